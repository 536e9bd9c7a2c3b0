package stage

import "github.com/hoithi/hoithi/server/fault"

// What undoing a cue means:
//
//	next     the item is hidden again and is still to come
//	open     the opening never happened: responses to it count for nothing, the item is shown again, not yet open;
//	         only while there is time left
//	close    open again with the time that was left; the gap counts for nobody; only if the answer was never public
//	reveal   hidden again; the play doesn't count until it is revealed again
//	pause    the round goes on with the time that was left
//	resume   the round stands still again with the time that is left
//	extend   the added time is taken back; only before it has begun to run
//	replace  the former item is back as it was; only before the reserve item was opened
//	finish   the round goes on where it was
//	start    back to the waiting room; only before anything was shown
//	void, correct, screen, board, auto: what was before
//
// Cues are undone in reverse order. The end of an item's time is no cue: what it ended can't be undone by "open".

// UndoDone gives the cue that an undo would take back now, or why there is none.
func UndoDone(s *State, nowUs int64) (Done, *fault.Fault) {
	if s.Phase == PhaseScored {
		return Done{}, errRoundOver
	}
	if len(s.Done) == 0 {
		return Done{}, errNothingToUndo
	}
	d := s.Done[len(s.Done)-1]
	p := s.Play(d.Play)
	switch d.Kind {
	case EventShown, EventReplaced:
		if p.Status != PlayShown || s.Current != d.Play {
			return d, errUndoTooLate
		}
	case EventOpened:
		if p.Status != PlayOpen || p.DeadlineUs <= nowUs {
			return d, errUndoTimeUp
		}
	case EventStopped:
		if p.Exposed {
			return d, errUndoExposed
		}
		if p.Status != PlayClosing && p.Status != PlayClosed || s.Current != d.Play {
			return d, errUndoTooLate
		}
	case EventRevealed:
		if p.Status != PlayRevealed || s.Current != d.Play {
			return d, errUndoTooLate
		}
	case EventResumed:
		// If the clock that was started has run out since, there is nothing left to stop.
		if d.Clock && (p.Status != PlayOpen || p.DeadlineUs <= nowUs) {
			return d, errUndoTimeUp
		}
	case EventExtended:
		if p.Status == PlayPaused {
			if p.RemainingUs <= d.AddedUs {
				return d, errUndoTimeUp
			}
		} else if p.Status != PlayOpen || p.DeadlineUs-d.AddedUs <= nowUs {
			return d, errUndoTimeUp
		}
	}
	return d, nil
}

func stepUndo(s State, nowUs int64) (Event, *fault.Fault) {
	d, f := UndoDone(&s, nowUs)
	if f != nil {
		return Event{}, f
	}
	e := Event{Kind: EventUndone, Undoes: d.Seq, UndoesKind: d.Kind, Play: d.Play}
	p := s.Play(d.Play)
	switch d.Kind {
	case EventOpened:
		e.OldPlay, e.Play = d.Play, int32(len(s.Plays))+1
	case EventStopped:
		e.DeadlineUs = nowUs + d.RemainingUs
	case EventPaused:
		if p != nil && p.Status == PlayPaused {
			e.DeadlineUs = nowUs + p.RemainingUs
		}
	case EventExtended:
		if p.Status == PlayOpen {
			e.DeadlineUs = p.DeadlineUs - d.AddedUs
		}
	}
	return e, nil
}
