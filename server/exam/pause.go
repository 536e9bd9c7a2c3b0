package exam

import (
	"context"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/timing"
)

// Pause stops a round for everybody: nothing is taken any more, and no time passes.
func (s *Service) Pause(ctx context.Context, contestID, roundID int64, reason string) error {
	reason, err := cleanReason(reason, 0)
	if err != nil {
		return err
	}
	return s.act(ctx, contestID, roundID, func(a *act) error {
		switch a.phase {
		case PhasePaused:
			return errRoundPaused
		case PhaseClosed, PhaseScored:
			return errRoundOver
		case PhasePlanned, PhaseReady:
			return errNotRunning
		case PhaseRunning:
		}
		a.phase, a.paused = PhasePaused, a.nowUs
		a.add(Event{Kind: EventPaused, Reason: reason})
		return nil
	})
}

// Resume lets a round go on, and gives back exactly the time that it stood still: to every attempt, and to the windows.
func (s *Service) Resume(ctx context.Context, contestID, roundID int64) error {
	return s.act(ctx, contestID, roundID, func(a *act) error {
		if a.phase != PhasePaused {
			return errNotPaused
		}
		from := a.round.PausedAtUs
		length := max(a.nowUs-from, 0)
		if _, err := a.q.GiveDeadlinesBack(ctx, examdb.GiveDeadlinesBackParams{RoundID: roundID, LengthUs: length, PausedAtUs: from}); err != nil {
			return err
		}
		if err := a.giveWindowsBack(from); err != nil {
			return err
		}
		a.phase, a.paused = PhaseRunning, 0
		a.add(Event{Kind: EventResumed, ByUs: length})
		return nil
	})
}

func (a *act) giveWindowsBack(from int64) error {
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return err
	}
	opens := map[int64]int64{}
	for _, p := range periods {
		opens[p.ID] = p.OpensUs()
		for _, w := range p.Windows {
			given := GiveBack(timing.Window{OpensUs: w.OpensUs, ClosesUs: w.ClosesUs}, from, a.nowUs)
			if given.ClosesUs == w.ClosesUs {
				continue
			}
			if err := a.q.MoveWindow(a.ctx, examdb.MoveWindowParams{PeriodID: p.ID, DivisionID: w.DivisionID, OpensUs: given.OpensUs, ClosesUs: given.ClosesUs}); err != nil {
				return err
			}
		}
	}
	return a.moveOverrides(func(o examdb.ExamOverride) int64 {
		w := timing.Window{ClosesUs: *o.ClosesUs}
		switch {
		case o.OpensUs != nil:
			w.OpensUs = *o.OpensUs
		case o.PeriodID != nil:
			w.OpensUs = opens[*o.PeriodID]
		}
		return GiveBack(w, from, a.nowUs).ClosesUs
	})
}

// moveOverrides gives the windows of exceptions another end.
func (a *act) moveOverrides(closes func(o examdb.ExamOverride) int64) error {
	overrides, err := a.q.GrantedOverrides(a.ctx, a.round.RoundID)
	if err != nil {
		return err
	}
	for _, o := range overrides {
		if o.ClosesUs == nil {
			continue
		}
		if end := closes(o); end != *o.ClosesUs {
			if err := a.q.MoveOverride(a.ctx, examdb.MoveOverrideParams{ID: o.ID, OpensUs: o.OpensUs, ClosesUs: &end}); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxExtendUs bounds an extension: one day.
const maxExtendUs = 24 * timing.Hour

// Extend gives everybody more time in a period (0: in all that are open): to the windows that are open, and to every
// attempt that runs.
func (s *Service) Extend(ctx context.Context, contestID, roundID, periodID, byUs int64, reason string) error {
	if byUs < timing.Second || byUs > maxExtendUs {
		return errExtend
	}
	reason, err := cleanReason(reason, 0)
	if err != nil {
		return err
	}
	return s.act(ctx, contestID, roundID, func(a *act) error {
		switch a.phase {
		case PhaseRunning, PhasePaused:
		case PhaseClosed, PhaseScored:
			return errRoundOver
		case PhasePlanned, PhaseReady:
			return errNotRunning
		}
		// While it stands still, what was open at the pause is open, and no time is over.
		at := a.nowUs
		if a.paused != 0 {
			at = a.paused
		}
		moved, err := a.extendWindows(periodID, at, byUs)
		if err != nil {
			return err
		}
		attempts, err := a.q.ExtendDeadlines(ctx, examdb.ExtendDeadlinesParams{RoundID: roundID, PeriodID: periodID, NowUs: at, ByUs: byUs})
		if err != nil {
			return err
		}
		if moved == 0 && attempts == 0 {
			return errNothingOpen
		}
		a.add(Event{Kind: EventExtended, PeriodID: periodID, ByUs: byUs, Reason: reason})
		return nil
	})
}

func (a *act) extendWindows(periodID, at, byUs int64) (moved int, err error) {
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return 0, err
	}
	for _, p := range periods {
		if periodID != 0 && p.ID != periodID {
			continue
		}
		for _, w := range p.Windows {
			if at < w.OpensUs || at >= w.ClosesUs {
				continue
			}
			moved++
			if err := a.q.MoveWindow(a.ctx, examdb.MoveWindowParams{PeriodID: p.ID, DivisionID: w.DivisionID, OpensUs: w.OpensUs, ClosesUs: w.ClosesUs + byUs}); err != nil {
				return 0, err
			}
		}
	}
	return moved, a.moveOverrides(func(o examdb.ExamOverride) int64 {
		open := *o.ClosesUs > at && (o.OpensUs == nil || *o.OpensUs <= at) && (periodID == 0 || o.PeriodID == nil || *o.PeriodID == periodID)
		if !open {
			return *o.ClosesUs
		}
		return *o.ClosesUs + byUs
	})
}
