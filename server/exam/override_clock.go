package exam

import (
	"slices"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/timing"
)

// applyOverride is overridden for one that has just been added.
func (a *act) applyOverride(id int64, row examdb.AddOverrideParams, units []int64, granted bool, reason string) (int, bool, error) {
	after, err := a.overrides()
	if err != nil {
		return 0, false, err
	}
	before := make([]override, 0, len(after))
	for _, o := range after {
		if o.ID != id {
			before = append(before, o)
		}
	}
	return a.overridden(id, row, units, before, granted, reason)
}

// overridden brings the running clocks in line with the exceptions as they stand now, and notes the event.
func (a *act) overridden(id int64, row examdb.AddOverrideParams, units []int64, before []override, granted bool, reason string) (running int, reopens bool, err error) {
	after, err := a.overrides()
	if err != nil {
		return 0, false, err
	}
	moved, err := a.moved(row, units, before, after)
	if err != nil {
		return 0, false, err
	}
	if len(moved.Ids) > 0 {
		if err := a.q.SetDeadlines(a.ctx, moved); err != nil {
			return 0, false, err
		}
	}
	if granted {
		if reopens, err = a.reopen(row, after, true); err != nil {
			return 0, false, err
		}
	}
	e := Event{Kind: EventOverride, Override: id, Reason: reason}
	if row.PeriodID != nil {
		e.PeriodID = *row.PeriodID
	}
	if row.EntryID != nil {
		e.Entry = *row.EntryID
	}
	if row.UnitID != nil {
		e.Unit = *row.UnitID
	}
	if granted {
		e.ByUs = row.ExtraUs
	}
	a.add(e)
	return len(moved.Ids), reopens, nil
}

// wouldMove is what granting an exception would do now.
func (a *act) wouldMove(row examdb.AddOverrideParams, units []int64) (running int, reopens, over bool, known []Learned, err error) {
	before, err := a.overrides()
	if err != nil {
		return 0, false, false, nil, err
	}
	added := override{ExamOverride: examdb.ExamOverride{PeriodID: row.PeriodID, EntryID: row.EntryID, UnitID: row.UnitID, ExtraUs: row.ExtraUs,
		OpensUs: row.OpensUs, ClosesUs: row.ClosesUs, Attempts: row.Attempts}}
	if row.UnitID != nil {
		added.units = map[int64]bool{}
		for _, u := range units {
			added.units[u] = true
		}
	}
	after := append(before[:len(before):len(before)], added)
	moved, err := a.moved(row, units, before, after)
	if err != nil {
		return 0, false, false, nil, err
	}
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return 0, false, false, nil, err
	}
	over = len(periods) > 0
	f := &facts{periods: periods, overrides: after, settings: a.settings, published: a.published}
	for _, p := range periods {
		over = over && (row.PeriodID != nil && *row.PeriodID != p.ID || f.over(p, a.nowUs))
	}
	if reopens, err = a.reopen(row, after, false); err != nil {
		return 0, false, false, nil, err
	}
	if reopens || row.Attempts > 0 {
		known = f.learned(row.PeriodID)
	}
	return len(moved.Ids), reopens, over && len(moved.Ids) == 0, known, nil
}

// learned is what of a period (nil: of any) was shown already to those who take it later.
func (f *facts) learned(periodID *int64) []Learned {
	var list []Learned
	note := func(is bool, what Learned) {
		if is && !slices.Contains(list, what) {
			list = append(list, what)
		}
	}
	for _, p := range f.periods {
		if periodID != nil && *periodID != p.ID {
			continue
		}
		settled := p.SettledUs != 0
		note(settled && f.settings.Guess != GuessNone && (f.boardShown(p) || f.shows(f.settings.ShowScore, p)), LearnedActual)
		note(settled && f.boardShown(p), LearnedBoard)
		note(f.shows(f.settings.ShowScore, p), LearnedScore)
	}
	return list
}

// moved works out the deadlines of the running attempts that an exception is about. What a deadline has gathered since the
// start (pauses, extensions) stays in it: only the difference that the exception makes is added.
func (a *act) moved(row examdb.AddOverrideParams, units []int64, before, after []override) (list examdb.SetDeadlinesParams, err error) {
	ask := examdb.OpenAttemptsOfParams{RoundID: a.round.RoundID, UnitIds: units}
	if row.PeriodID != nil {
		ask.PeriodID = *row.PeriodID
	}
	if row.EntryID != nil {
		ask.EntryID = *row.EntryID
	}
	open, err := a.q.OpenAttemptsOf(a.ctx, ask)
	if err != nil || len(open) == 0 {
		return list, err
	}
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return list, err
	}
	rows, err := a.q.EventsAfter(a.ctx, examdb.EventsAfterParams{RoundID: a.round.RoundID})
	if err != nil {
		return list, err
	}
	events, err := eventsOf(rows)
	if err != nil {
		return list, err
	}
	was, is := &facts{periods: periods, overrides: before}, &facts{periods: periods, overrides: after}
	now := a.nowUs
	if a.paused != 0 {
		now = a.paused
	}
	for _, x := range open {
		period, _ := was.period(x.PeriodID)
		window, _ := period.Window(x.DivisionID)
		start := x.StartedUs + x.PausedUs + extended(events, x.PeriodID, x.StartedUs)
		end := func(f *facts) int64 {
			allowed := f.allowance(x.PeriodID, x.EntryID, x.UnitID)
			return timing.Deadline(start, a.settings.DurationUs(x.DivisionID), allowed.Apply(window).ClosesUs, allowed.ExtraUs)
		}
		by := end(is) - end(was)
		deadline := x.DeadlineUs + by
		switch {
		case by == 0:
			continue
		case by < 0: // nobody's time ends in the past
			deadline = min(max(deadline, now), x.DeadlineUs)
		case x.DeadlineUs < now: // it has just run out, and what is given counts from now
			deadline = now + by
		}
		list.Ids, list.Deadlines = append(list.Ids, x.ID), append(list.Deadlines, deadline)
	}
	return list, nil
}

// extended is what extensions have added to an attempt that runs.
func extended(events []Event, periodID, startedUs int64) (sum int64) {
	for _, e := range events {
		if e.Kind == EventExtended && e.AtUs >= startedUs && (e.PeriodID == 0 || e.PeriodID == periodID) {
			sum += e.ByUs
		}
	}
	return sum
}

// reopen lets a round go on that was over, when an exception makes room in it; what its guess was about is open again.
func (a *act) reopen(row examdb.AddOverrideParams, after []override, do bool) (bool, error) {
	if a.phase != PhaseRunning && a.phase != PhaseClosed && a.phase != PhaseScored {
		return false, nil
	}
	periods, err := readPeriods(a.ctx, a.q, a.round.RoundID)
	if err != nil {
		return false, err
	}
	f := &facts{periods: periods, overrides: after, settings: a.settings}
	again := false
	for _, p := range periods {
		if row.PeriodID != nil && *row.PeriodID != p.ID || row.ClosesUs == nil || f.over(p, a.nowUs) {
			continue
		}
		if p.SettledUs != 0 {
			again = true
			if do {
				if err := a.q.UnsettlePeriod(a.ctx, p.ID); err != nil {
					return false, err
				}
			}
		}
	}
	if a.phase != PhaseRunning && again && do {
		a.phase = PhaseRunning
	}
	if again && do {
		a.scores()
	}
	return again, nil
}
