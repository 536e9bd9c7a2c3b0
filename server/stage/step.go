package stage

import (
	"unicode/utf8"

	"github.com/hoithi/hoithi/server/fault"
)

// Step decides what a command does at nowUs: the events that it makes, or why it can't be. It changes nothing.
//
// Times only go forwards: if the clock of the node that received a cue is behind, the last event's time counts.
func Step(s State, c Command, nowUs int64) ([]Event, *fault.Fault) {
	nowUs = max(nowUs, s.LastUs)
	if c.Timer {
		return stepTimer(s, c, nowUs)
	}
	e, f := stepCue(s, c, nowUs)
	if f != nil {
		return nil, f
	}
	e.Seq, e.AtUs, e.By, e.Reason = s.Seq+1, nowUs, c.By, c.Reason
	return []Event{e}, nil
}

// stepTimer lets a timer through only if it is the one that the state is waiting for.
func stepTimer(s State, c Command, nowUs int64) ([]Event, *fault.Fault) {
	due, ok := NextDue(&s)
	if !ok || due.Command.Cue != c.Cue || due.Command.Play != c.Play || due.Command.DueUs != c.DueUs {
		return nil, errStaleTimer
	}
	if nowUs < due.AtUs {
		return nil, errEarlyTimer
	}
	if due.Close {
		return []Event{{Seq: s.Seq + 1, AtUs: nowUs, Kind: EventClosed, Play: c.Play}}, nil
	}
	e, f := stepCue(s, Command{Cue: c.Cue}, nowUs)
	if f != nil {
		return nil, f
	}
	e.Seq, e.AtUs = s.Seq+1, nowUs
	return []Event{e}, nil
}

func stepCue(s State, c Command, nowUs int64) (Event, *fault.Fault) {
	if len(c.Reason) > 500 || !utf8.ValidString(c.Reason) {
		return Event{}, errReason
	}
	switch c.Cue {
	case CueStart:
		return stepStart(s, c)
	case CueScored:
		if s.Phase != PhaseClosed {
			return Event{}, errNotClosedRound
		}
		return Event{Kind: EventScored}, nil
	case CueVoid, CueCorrect:
		return stepCorrection(s, c)
	case CueUndo:
		return stepUndo(s, nowUs)
	case CueScreen:
		return stepScreen(s, c)
	case CueBoard:
		return Event{Kind: EventBoard, On: c.On}, nil
	case CueMedia:
		if s.CurrentPlay() == nil {
			return Event{}, errNotStarted
		}
		if !c.On && !s.MediaOn {
			return Event{}, errNoChange
		}
		return Event{Kind: EventMedia, On: c.On}, nil // on again: from the start
	}
	switch s.Phase {
	case PhasePlanned, PhaseReady:
		return Event{}, errNotStarted
	case PhaseClosed, PhaseScored:
		return Event{}, errRoundOver
	case PhasePaused:
		return stepPaused(s, c, nowUs)
	case PhaseRunning:
	}
	switch c.Cue {
	case CueNext:
		return stepNext(s, c)
	case CueReplace:
		return stepReplace(s, c)
	case CueFinish:
		return stepFinish(s)
	case CuePause:
		return Event{Kind: EventPaused, Play: s.Current}, nil
	case CueResume:
		return Event{}, errNotPaused
	case CueAuto:
		return Event{Kind: EventAuto, On: c.On}, nil
	}
	return stepPlay(s, c, nowUs)
}

// stepPlay are the cues for the item on stage while the round runs.
func stepPlay(s State, c Command, nowUs int64) (Event, *fault.Fault) {
	p := s.CurrentPlay()
	if p == nil {
		return Event{}, errNothingOnStage
	}
	e := Event{Play: p.Number}
	switch c.Cue {
	case CueOpen:
		if p.Status != PlayShown {
			return Event{}, errNotShown
		}
		e.Kind, e.DeadlineUs = EventOpened, nowUs+p.DurationUs
	case CueClose:
		if p.Status != PlayOpen || p.DeadlineUs <= nowUs {
			return Event{}, errNotOpen
		}
		e.Kind = EventStopped
	case CueReveal:
		switch p.Status {
		case PlayClosed:
			e.Kind = EventRevealed
		case PlayOpen, PlayClosing:
			return Event{}, errStillClosing
		default:
			return Event{}, errNotClosedItem
		}
	case CueExtend:
		if p.Status != PlayOpen {
			return Event{}, errNotOpen
		}
		// Pressed just after the end, it still gives the whole ten seconds.
		e.Kind, e.DeadlineUs = EventExtended, max(p.DeadlineUs, nowUs)+ExtendUs
		e.AddedUs = e.DeadlineUs - p.DeadlineUs
	default:
		return Event{}, errUnknownCue
	}
	return e, nil
}

func stepStart(s State, c Command) (Event, *fault.Fault) {
	switch s.Phase {
	case PhasePlanned:
		return Event{}, errNoItems
	case PhaseReady:
	default:
		return Event{}, errStarted
	}
	if f := CheckTimeline(c.Settings, c.Items); f != nil {
		return Event{}, f
	}
	settings := c.Settings
	return Event{Kind: EventStarted, Settings: &settings, Items: c.Items}, nil
}

// stepPaused are the cues while the round stands still: the clock of an open item is stopped.
func stepPaused(s State, c Command, nowUs int64) (Event, *fault.Fault) {
	p := s.CurrentPlay()
	switch c.Cue {
	case CueResume:
		e := Event{Kind: EventResumed, Play: s.Current}
		if p != nil && p.Status == PlayPaused {
			e.DeadlineUs = nowUs + p.RemainingUs
		}
		return e, nil
	case CueExtend:
		if p != nil && p.Status == PlayPaused {
			return Event{Kind: EventExtended, Play: p.Number, AddedUs: ExtendUs}, nil
		}
		return Event{}, errNotOpen
	case CueAuto:
		return Event{Kind: EventAuto, On: c.On}, nil
	}
	return Event{}, errPaused
}

func stepNext(s State, c Command) (Event, *fault.Fault) {
	if p := s.CurrentPlay(); p != nil {
		if p.Status == PlayShown {
			return Event{}, errStillShown
		}
		if p.Running() {
			return Event{}, errStillOpen
		}
	}
	it := s.NextItem(false)
	if c.Item != 0 {
		if it = s.Item(c.Item); it == nil {
			return Event{}, errNoSuchItem
		}
		if s.Used(it.ID) {
			return Event{}, errItemUsed
		}
	}
	if it == nil {
		return Event{}, errNoMoreItems
	}
	return Event{Kind: EventShown, Play: int32(len(s.Plays)) + 1, Item: it.ID, OldPlay: s.Current}, nil
}

// stepReplace puts a reserve item in the place of the one on stage, which then counts for nothing.
func stepReplace(s State, c Command) (Event, *fault.Fault) {
	p := s.CurrentPlay()
	if p == nil {
		return Event{}, errNothingOnStage
	}
	if p.Running() {
		return Event{}, errStillOpen
	}
	it := s.NextItem(true)
	if c.Item != 0 {
		if it = s.Item(c.Item); it == nil {
			return Event{}, errNoSuchItem
		}
		if s.Used(it.ID) {
			return Event{}, errItemUsed
		}
	}
	if it == nil {
		return Event{}, errNoReserve
	}
	return Event{Kind: EventReplaced, Play: int32(len(s.Plays)) + 1, Item: it.ID, OldPlay: p.Number}, nil
}

func stepFinish(s State) (Event, *fault.Fault) {
	if p := s.CurrentPlay(); p != nil {
		if p.Status == PlayShown {
			return Event{}, errStillShown
		}
		if p.Running() {
			return Event{}, errStillOpen
		}
	}
	return Event{Kind: EventFinished, OldPlay: s.Current}, nil
}

func stepScreen(s State, c Command) (Event, *fault.Fault) {
	switch c.Screen {
	case ScreenWaiting, ScreenBlack, ScreenBoard:
	case ScreenQuestion:
		if s.Current == 0 {
			return Event{}, errNothingOnStage
		}
	default:
		return Event{}, errUnknownCue
	}
	if c.Screen == s.Screen {
		return Event{}, errNoChange
	}
	return Event{Kind: EventScreen, Screen: c.Screen}, nil
}

// stepCorrection changes what a play is worth; possible for as long as the scores can still be recomputed.
func stepCorrection(s State, c Command) (Event, *fault.Fault) {
	p := s.Play(c.Play)
	if p == nil {
		return Event{}, errNoSuchPlay
	}
	switch p.Status {
	case PlayShown, PlayWithdrawn, PlayReplaced:
		return Event{}, errNoSuchPlay
	}
	if c.Cue == CueVoid {
		switch c.Policy {
		case VoidNone, VoidNobody, VoidEverybody:
		default:
			return Event{}, errUnknownCue
		}
		if p.Void == c.Policy {
			return Event{}, errNoChange
		}
		return Event{Kind: EventVoided, Play: p.Number, Policy: c.Policy}, nil
	}
	if p.Running() {
		return Event{}, errStillOpen
	}
	if c.Version <= 0 || c.Version == p.KeyVersionID {
		return Event{}, errNoChange
	}
	return Event{Kind: EventCorrected, Play: p.Number, Version: c.Version}, nil
}
