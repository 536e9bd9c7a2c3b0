package exam

import (
	"context"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/live"
)

// facts are what a round is at one moment, as Postgres told it.
type facts struct {
	roundID   int64
	contest   contest.Contest
	roundName string
	seq       int64
	version   int64
	settings  Settings
	phase     Phase
	pausedUs  int64
	published int64
	periods   []Period
	pools     map[int64]*Pool // by id
	overrides []override
	events    []Event
	course    course
	frame     live.Message
}

// override is an exception that holds.
type override struct {
	examdb.ExamOverride
	units map[int64]bool // the unit and all below it; nil: it is for one entry
}

func (f *facts) read(ctx context.Context, q *examdb.Queries, before *facts) error {
	row, err := q.Round(ctx, f.roundID)
	if err != nil {
		return err
	}
	f.seq, f.version, f.phase, f.pausedUs, f.published = row.Seq, row.Version, Phase(row.Phase), row.PausedAtUs, row.PublishedUs
	if f.settings, err = decodeSettings(row.Settings); err != nil {
		return err
	}
	if f.periods, err = readPeriods(ctx, q, f.roundID); err != nil {
		return err
	}
	after := int64(0)
	if before != nil {
		f.events = before.events[:len(before.events):len(before.events)]
		if n := len(f.events); n > 0 {
			after = f.events[n-1].Seq
		}
	}
	rows, err := q.EventsAfter(ctx, examdb.EventsAfterParams{RoundID: f.roundID, Seq: after})
	if err != nil {
		return err
	}
	news, err := eventsOf(rows)
	if err != nil {
		return err
	}
	f.events = append(f.events, news...)
	f.course = courseOf(f.events)
	if err := f.readPools(ctx, q, before); err != nil {
		return err
	}
	return f.readOverrides(ctx, q)
}

func readPeriods(ctx context.Context, q *examdb.Queries, roundID int64) ([]Period, error) {
	rows, err := q.Periods(ctx, roundID)
	if err != nil {
		return nil, err
	}
	windows, err := q.Windows(ctx, roundID)
	if err != nil {
		return nil, err
	}
	periods := make([]Period, 0, len(rows))
	for _, p := range rows {
		period := Period{ID: p.ID, Position: int(p.Position), Name: p.Name, Windows: []Window{}, Actual: p.Actual, SettledUs: p.SettledUs}
		for _, w := range windows {
			if w.PeriodID == p.ID {
				period.Windows = append(period.Windows, Window{DivisionID: w.DivisionID, OpensUs: w.OpensUs, ClosesUs: w.ClosesUs})
			}
		}
		periods = append(periods, period)
	}
	return periods, nil
}

func (f *facts) readPools(ctx context.Context, q *examdb.Queries, before *facts) error {
	rows, err := q.Pools(ctx, f.roundID)
	if err != nil {
		return err
	}
	var missing []int64
	for _, p := range rows {
		if before != nil && before.pools[p.ID] != nil {
			f.pools[p.ID] = before.pools[p.ID]
			continue
		}
		missing = append(missing, p.ID)
	}
	if len(missing) == 0 {
		return nil
	}
	contents, err := q.PoolContents(ctx, missing)
	if err != nil {
		return err
	}
	for _, c := range contents {
		if f.pools[c.ID], err = DecodePool(c.ID, c.Content, c.ContentHash); err != nil {
			return err
		}
	}
	for _, p := range rows {
		f.pools[p.ID].PeriodID, f.pools[p.ID].DivisionID = p.PeriodID, p.DivisionID
	}
	return nil
}

func (f *facts) readOverrides(ctx context.Context, q *examdb.Queries) error {
	rows, err := q.GrantedOverrides(ctx, f.roundID)
	if err != nil || len(rows) == 0 {
		return err
	}
	below, err := q.UnitsBelow(ctx, f.roundID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		o := override{ExamOverride: row}
		if row.UnitID != nil {
			o.units = map[int64]bool{}
			for _, u := range below {
				if u.OverrideID == row.ID {
					o.units[u.UnitID] = true
				}
			}
		}
		f.overrides = append(f.overrides, o)
	}
	return nil
}

func (f *facts) period(id int64) (Period, bool) {
	for _, p := range f.periods {
		if p.ID == id {
			return p, true
		}
	}
	return Period{}, false
}

// pool is what papers of a period and division are drawn from; nil: it is not prepared.
func (f *facts) pool(period, division int64) *Pool {
	var all *Pool
	for _, p := range f.pools {
		switch {
		case p.PeriodID != period:
		case p.DivisionID == division:
			return p
		case p.DivisionID == 0:
			all = p
		}
	}
	if f.settings.Blueprint(period, division) != f.settings.Blueprint(period, 0) && division != 0 && f.settings.Blueprint(period, division) != 0 {
		return nil // its own one is still to come
	}
	return all
}

// allowance adds up the exceptions that hold for an entry in a period.
func (f *facts) allowance(period, entry, unit int64) Allowance {
	var list []Override
	for _, o := range f.overrides {
		if (o.PeriodID != nil && *o.PeriodID != period) || (o.EntryID != nil && *o.EntryID != entry) || (o.units != nil && !o.units[unit]) {
			continue
		}
		x := Override{ExtraUs: o.ExtraUs, Attempts: int(o.Attempts)}
		if o.OpensUs != nil {
			x.OpensUs = *o.OpensUs
		}
		if o.ClosesUs != nil {
			x.ClosesUs = *o.ClosesUs
		}
		list = append(list, x)
	}
	return Allow(list)
}

// opensUs and closesUs are the first and last moments of a period, with all exceptions.
func (f *facts) opensUs(p Period) int64 {
	first := p.OpensUs()
	for _, o := range f.overrides {
		if (o.PeriodID == nil || *o.PeriodID == p.ID) && o.OpensUs != nil && first != 0 {
			first = min(first, *o.OpensUs)
		}
	}
	return first
}

func (f *facts) closesUs(p Period) int64 {
	last := p.ClosesUs()
	for _, o := range f.overrides {
		if (o.PeriodID == nil || *o.PeriodID == p.ID) && o.ClosesUs != nil {
			last = max(last, *o.ClosesUs)
		}
	}
	return last
}

func (f *facts) view() RoundView {
	return RoundView{RoundID: f.roundID, Seq: f.seq + f.version, Contest: f.contest.Name, Round: f.roundName, Phase: f.phase, PausedUs: f.pausedUs,
		DurationS: f.settings.DurationS, Attempts: f.settings.Attempts, Counts: f.settings.Counts, Guess: f.settings.Guess, Pass: f.settings.PassPercent,
		Ranking: f.settings.Ranking, ShowScore: f.settings.ShowScore, ShowKeys: f.settings.ShowKeys}
}
