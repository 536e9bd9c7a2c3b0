package judging

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/scoring"
)

// load reads the whole round. Several statements: the caller's transaction keeps them together, by one snapshot or by
// the round's lock.
func load(ctx context.Context, q *judgingdb.Queries, round contest.Round) (Judging, error) {
	j := Judging{RoundID: round.ID, ContestID: round.ContestID, RoundName: round.Name}
	row, err := q.JudgedRound(ctx, round.ID)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		j.Seq, j.Rules, j.Conduct, j.Publicity = 1, DefaultRules(0), DefaultConduct(), DefaultPublicity()
		return j, nil
	case err != nil:
		return j, err
	}
	j.Epoch, j.Seq = row.Epoch, row.Seq
	if err := json.Unmarshal(row.Settings, &j.Rules); err != nil {
		return j, fmt.Errorf("rules of round %d: %w", round.ID, err)
	}
	j.Conduct = DefaultConduct()
	if row.Conduct != nil {
		if err := json.Unmarshal(row.Conduct, &j.Conduct); err != nil {
			return j, fmt.Errorf("conduct of round %d: %w", round.ID, err)
		}
	}
	j.Publicity = Publicity{Marks: PublicMarks(row.PublicMarks), Hall: HallScore(row.HallScore)}
	j.OrderSeed, j.ClosedUs = value(row.OrderSeed), value(row.ClosedUs)
	j.Signing = Signing{Number: int(row.Signing), CheckedUs: value(row.CheckedUs), CheckedBy: value(row.CheckedBy), Supervised: row.Supervised}
	if err := j.loadSetUp(ctx, q); err != nil {
		return j, err
	}
	draws, err := q.CountDraws(ctx, round.ID)
	if err != nil {
		return j, err
	}
	j.Draws = int(draws)
	if err := j.loadPanel(ctx, q); err != nil {
		return j, err
	}
	if err := j.loadMarks(ctx, q); err != nil {
		return j, err
	}
	return j, j.loadSigning(ctx, q)
}

func (j *Judging) loadSetUp(ctx context.Context, q *judgingdb.Queries) error {
	criteria, err := q.Criteria(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, c := range criteria {
		levels, err := decodeLevels(c.Levels)
		if err != nil {
			return err
		}
		j.Criteria = append(j.Criteria, Criterion{Name: c.Name, Description: c.Description, Levels: levels,
			Criterion: scoring.Criterion{ID: c.ID, Max: c.Max, Step: c.Step, Weight: c.Weight}})
	}
	panel, err := q.Panel(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, p := range panel {
		j.Panel = append(j.Panel, Seat{Number: int(p.Seat), AccountID: p.AccountID, Name: p.Name, Head: p.Head,
			Absent: p.Absent, Reason: p.Reason, Writer: p.Writer, LeftUs: p.LeftUs, Replaces: int(p.Replaces)})
	}
	performances, err := q.Performances(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, p := range performances {
		if p.Calibration {
			p.Title = "" // it is the name
		}
		j.Performances = append(j.Performances, Performance{ID: p.ID, EntryID: value(p.EntryID), Position: int(p.Position), Title: p.Title,
			State: PerformanceState(p.State), StartedUs: value(p.StartedUs), EndedUs: value(p.EndedUs), Seconds: p.Seconds,
			TimedByHand: p.TimedBy == "timekeeper", Number: int(p.EntryNumber), EntryName: p.EntryName, UnitName: p.UnitName,
			Withdrawn: p.EntryState == "withdrawn" || j.sitsOutForGood(p), Calibration: p.Calibration,
			Clock: Clock{State: ClockState(p.ClockState), UsedUs: p.ClockUsedUs, SinceUs: value(p.ClockSinceUs), Reason: p.ClockReason}})
	}
	return nil
}

// sitsOutForGood tells whether a turn was never performed in a part that is closed: it is closed without it, also when its
// entry has come back to the contest since.
func (j *Judging) sitsOutForGood(p judgingdb.PerformancesRow) bool {
	return j.Closed() && PerformanceState(p.State) == Planned && !p.Calibration
}

func (j *Judging) loadMarks(ctx context.Context, q *judgingdb.Queries) error {
	sheets, err := q.Sheets(ctx, j.RoundID)
	if err != nil {
		return err
	}
	index := make(map[int64]int, len(sheets))
	for i, s := range sheets {
		index[s.ID] = i
		j.Sheets = append(j.Sheets, Sheet{ID: s.ID, PerformanceID: s.PerformanceID, AccountID: s.AccountID,
			State: SheetState(s.State), Version: s.Version, LockedUs: value(s.LockedUs), Paper: s.Paper, Marks: map[int64]Mark{}})
	}
	marks, err := q.CountingMarks(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if m.Value != nil {
			j.Sheets[index[m.SheetID]].Marks[m.CriterionID] = Mark{Value: *m.Value, Writer: m.Writer, Seq: m.Seq, ReceivedUs: m.ReceivedUs}
		}
	}
	return nil
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
