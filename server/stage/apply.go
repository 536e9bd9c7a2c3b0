package stage

// Apply is the only way a round changes. It never refuses: Step has decided, and what is stored has happened. It leaves
// s untouched.
func Apply(s State, e Event) State {
	s = s.clone()
	prevPlay, prevScreen := s.Current, s.Screen
	s.Seq, s.LastUs = e.Seq, max(s.LastUs, e.AtUs)
	d := Done{Seq: e.Seq, Kind: e.Kind, Play: e.Play, PrevPlay: prevPlay, PrevScreen: prevScreen, PrevPhase: s.Phase, AtUs: e.AtUs}
	p := s.Play(e.Play)
	switch e.Kind {
	case EventStarted:
		s.Phase, s.StartedUs = PhaseRunning, e.AtUs
		if e.Settings != nil {
			s.Settings = *e.Settings
		}
		s.Items = append([]Item(nil), e.Items...)
		d.PrevFlag = s.BoardShown
		s.Auto, s.BoardShown, s.AutoSinceUs = s.Settings.AutoAdvance, s.Settings.ShowBoard, e.AtUs
		s.Screen = ScreenWaiting
	case EventShown:
		s.addPlay(e.Play, e.Item, e.AtUs)
		s.Screen = ScreenQuestion
	case EventOpened:
		p.Status, p.OpensUs, p.DeadlineUs = PlayOpen, e.AtUs, e.DeadlineUs
		s.Screen = ScreenQuestion
	case EventStopped:
		d.RemainingUs = p.DeadlineUs - e.AtUs
		p.Status, p.DeadlineUs = PlayClosing, e.AtUs
	case EventClosed:
		p.Status, p.ClosedUs, p.Rev = PlayClosed, e.AtUs, e.Seq
	case EventRevealed:
		p.Status, p.RevealedUs, p.Exposed, p.Rev = PlayRevealed, e.AtUs, true, e.Seq
	case EventPaused:
		d.Clock = s.pause(p, e.AtUs)
	case EventResumed:
		d.Clock = s.resume(p, e.AtUs, e.DeadlineUs)
	case EventExtended:
		d.AddedUs = e.AddedUs
		if p.Status == PlayPaused {
			p.RemainingUs += e.AddedUs
		} else {
			p.DeadlineUs = e.DeadlineUs
		}
	case EventVoided:
		d.PrevVoid, p.Void, p.Rev = p.Void, e.Policy, e.Seq
	case EventReplaced:
		if old := s.Play(e.OldPlay); old != nil {
			old.Was, old.Status, old.Rev = old.Status, PlayReplaced, e.Seq
		}
		s.addPlay(e.Play, e.Item, e.AtUs)
		s.Screen = ScreenQuestion
	case EventCorrected:
		d.PrevKey, p.KeyVersionID, p.Rev = p.KeyVersionID, e.Version, e.Seq
	case EventScreen:
		s.Screen = e.Screen
	case EventBoard:
		d.PrevFlag, s.BoardShown = s.BoardShown, e.On
	case EventAuto:
		d.PrevFlag, s.Auto, s.AutoSinceUs = s.Auto, e.On, e.AtUs
	case EventMedia:
		s.MediaOn, s.MediaUs = e.On, e.AtUs
	case EventFinished:
		s.Phase, s.FinishedUs = PhaseClosed, e.AtUs
	case EventScored:
		s.Phase, s.Done = PhaseScored, nil
	case EventUndone:
		s.undo(e)
	}
	switch e.Kind {
	case EventClosed, EventScored, EventUndone, EventMedia: // not cues that can be undone
	default:
		s.Done = append(s.Done, d)
	}
	switch e.Kind {
	case EventUndone:
		s.AutoHeld = true
	case EventClosed, EventScreen, EventBoard, EventMedia, EventVoided, EventCorrected: // leave the pace of the round as it is
	default:
		if s.AutoHeld {
			s.AutoHeld, s.AutoSinceUs = false, e.AtUs
		}
	}
	return s
}

func (s *State) addPlay(number int32, itemID, atUs int64) {
	it := s.Item(itemID)
	if it == nil {
		return
	}
	for int32(len(s.Plays)) < number {
		s.Plays = append(s.Plays, Play{Number: int32(len(s.Plays)) + 1, Status: PlayWithdrawn})
	}
	s.Plays[number-1] = Play{
		Number: number, ItemID: it.ID, VersionID: it.VersionID, KeyVersionID: it.VersionID,
		Points: it.Points, DurationUs: it.DurationUs, Status: PlayShown, ShownUs: atUs,
	}
	s.Current, s.MediaOn, s.MediaUs = number, false, 0
}

// pause stops the round, and the clock of a play that still has time; it tells whether it stopped a clock.
func (s *State) pause(p *Play, atUs int64) bool {
	s.Phase = PhasePaused
	if p == nil || p.Status != PlayOpen || p.DeadlineUs <= atUs {
		return false
	}
	p.Status, p.RemainingUs, p.DeadlineUs = PlayPaused, p.DeadlineUs-atUs, atUs
	return true
}

func (s *State) resume(p *Play, atUs, deadlineUs int64) bool {
	s.Phase, s.AutoSinceUs = PhaseRunning, atUs
	if p == nil || p.Status != PlayPaused {
		return false
	}
	// The deadline of a paused play is the moment it was paused.
	p.Stops = append(p.Stops, Span{FromUs: p.DeadlineUs, ToUs: atUs})
	p.Status, p.DeadlineUs, p.RemainingUs = PlayOpen, deadlineUs, 0
	return true
}

// undo takes the last cue back.
func (s *State) undo(e Event) {
	if len(s.Done) == 0 {
		return
	}
	d := s.Done[len(s.Done)-1]
	s.Done = s.Done[:len(s.Done)-1]
	p := s.Play(d.Play)
	switch d.Kind {
	case EventStarted:
		s.Phase, s.StartedUs, s.Screen, s.BoardShown, s.Auto = PhaseReady, 0, d.PrevScreen, d.PrevFlag, false
	case EventShown:
		p.Status, p.Rev = PlayWithdrawn, e.Seq
		s.Current, s.Screen = d.PrevPlay, d.PrevScreen
	case EventOpened:
		// Shown again as a new play; the cue that showed it now stands for the new play.
		p.Status, p.Rev = PlayWithdrawn, e.Seq
		s.addPlay(e.Play, p.ItemID, e.AtUs)
		for i := range s.Done {
			if (s.Done[i].Kind == EventShown || s.Done[i].Kind == EventReplaced) && s.Done[i].Play == d.Play {
				s.Done[i].Play = e.Play
			}
		}
		s.Screen = d.PrevScreen
	case EventStopped:
		// The gap between the close and now counts for nobody.
		p.Stops = append(p.Stops, Span{FromUs: d.AtUs, ToUs: e.AtUs})
		p.Status, p.DeadlineUs, p.ClosedUs, p.Rev = PlayOpen, e.DeadlineUs, 0, e.Seq
	case EventRevealed:
		p.Status, p.RevealedUs, p.Rev = PlayClosed, 0, e.Seq
	case EventPaused:
		s.resume(p, e.AtUs, e.DeadlineUs)
	case EventResumed:
		s.pause(p, e.AtUs)
	case EventExtended:
		if p.Status == PlayPaused {
			p.RemainingUs -= d.AddedUs
		} else {
			p.DeadlineUs = e.DeadlineUs
		}
	case EventVoided:
		p.Void, p.Rev = d.PrevVoid, e.Seq
	case EventReplaced:
		p.Status, p.Rev = PlayWithdrawn, e.Seq
		if old := s.Play(d.PrevPlay); old != nil {
			old.Status, old.Was, old.Rev = old.Was, "", e.Seq
		}
		s.Current, s.Screen = d.PrevPlay, d.PrevScreen
	case EventCorrected:
		p.KeyVersionID, p.Rev = d.PrevKey, e.Seq
	case EventScreen:
		s.Screen = d.PrevScreen
	case EventBoard:
		s.BoardShown = d.PrevFlag
	case EventAuto:
		s.Auto = d.PrevFlag
	case EventFinished:
		s.Phase, s.FinishedUs = d.PrevPhase, 0
	}
}
