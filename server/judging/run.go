package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/timing"
)

// Start puts a performance on stage: its clock runs, and judges can mark it. The first one starts the round.
func (s *Service) Start(ctx context.Context, contestID, roundID, performanceID int64) error {
	now := s.nowUs()
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		state, _, err := s.contests.HoldState(ctx, tx, j.ContestID) // nobody ends the contest meanwhile
		if err != nil {
			return err
		}
		// The panel practises before the evening.
		if state != contest.Running && !(p.Calibration && state == contest.Open) {
			return errContestNotRunning
		}
		if p.State != Planned && !p.markedFreely() {
			return errNotPlanned
		}
		if p.Withdrawn {
			return errSitsOut
		}
		if p.EntryID != 0 && !slices.ContainsFunc(j.Panel, func(x Seat) bool { return !x.Absent && j.Sits(p, x) && !j.Barred(p, x.AccountID) }) {
			return errNobodyMarks
		}
		if _, taken := j.OnStage(); taken {
			return errOthersOnStage
		}
		if gaps := j.SetUpGaps(); len(gaps) > 0 && !(p.Calibration && len(j.Criteria) > 0 && len(j.Panel) > 0) {
			return withGaps(errNotReady, gaps)
		}
		if err := s.keepConflicts(ctx, q, j, p.ID); err != nil {
			return err
		}
		if !j.Started() && !p.Calibration {
			if err := s.contests.SetRoundState(ctx, tx, roundID, contest.RoundRunning); err != nil {
				return err
			}
		}
		clock := Clock{State: ClockReady}
		if j.Conduct.ClockStart == WithStage {
			clock = Clock{State: ClockRunning, SinceUs: now}
		}
		if err := q.StartPerformance(ctx, judgingdb.StartPerformanceParams{ID: p.ID, StartedUs: now,
			ClockState: string(clock.State), ClockSinceUs: since(clock)}); err != nil {
			return err
		}
		if clock.State == ClockRunning {
			if err := keepAct(ctx, q, p.ID, ActStart, clock, now, ""); err != nil {
				return err
			}
		}
		return record(ctx, tx, j, "start", map[string]any{"round": roundID, "performance": p.ID, "entry": p.EntryID})
	})
}

// Finish takes the performance off the stage; the time used is that of the stage clock, in completed seconds: 5:00,9
// is 5:00.
func (s *Service) Finish(ctx context.Context, contestID, roundID, performanceID int64) error {
	now := s.nowUs()
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		if p.State != OnStage {
			return errNotOnStage
		}
		ended := max(now, p.StartedUs)
		clock := Clock{State: ClockStopped, UsedUs: p.Clock.Used(ended)}
		seconds := min(clock.UsedUs/timing.Second, maxSeconds)
		if err := q.FinishPerformance(ctx, judgingdb.FinishPerformanceParams{ID: p.ID, EndedUs: ended, Seconds: seconds, ClockUsedUs: clock.UsedUs}); err != nil {
			return err
		}
		if p.Clock.State == ClockRunning {
			if err := keepAct(ctx, q, p.ID, ActStop, clock, ended, ""); err != nil {
				return err
			}
		}
		return record(ctx, tx, j, "finish", map[string]any{"round": roundID, "performance": p.ID, "entry": p.EntryID, "seconds": seconds})
	})
}

// maxSeconds is the longest time that is kept: one day.
const maxSeconds = 86_400

// Return takes back a start by mistake. Nothing may have been marked yet.
func (s *Service) Return(ctx context.Context, contestID, roundID, performanceID int64) error {
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		if p.State == Planned {
			return errStillPlanned
		}
		marked, err := q.HasMarks(ctx, p.ID)
		if err != nil {
			return err
		}
		if marked {
			return errHasMarks
		}
		if err := q.ReturnPerformance(ctx, p.ID); err != nil {
			return err
		}
		return record(ctx, tx, j, "return", map[string]any{"round": roundID, "performance": p.ID, "entry": p.EntryID})
	})
}

// SetSeconds replaces the clock's time by the timekeeper's, with a reason.
func (s *Service) SetSeconds(ctx context.Context, contestID, roundID, performanceID, seconds int64, reason string) error {
	if seconds < 0 || seconds > maxSeconds {
		return errSeconds
	}
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		if p.State != Done {
			return errNotDone
		}
		if err := q.TimePerformance(ctx, judgingdb.TimePerformanceParams{ID: p.ID, Seconds: seconds}); err != nil {
			return err
		}
		if err := keepCorrection(ctx, q, p, seconds, s.nowUs(), reason); err != nil {
			return err
		}
		return record(ctx, tx, j, "seconds", map[string]any{"round": roundID, "performance": p.ID, "before": value(p.Seconds), "after": seconds, "reason": reason})
	})
}

func (s *Service) onPerformance(ctx context.Context, contestID, roundID, performanceID int64, fn func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		p, ok := j.Performance(performanceID)
		if !ok {
			return fault.NothingHere
		}
		return fn(tx, q, j, p)
	})
}

// withGaps names what is missing, the first ones of a long list.
func withGaps(f *fault.Fault, gaps []Gap) error {
	const most = 20
	for i, g := range gaps {
		if i == most {
			break
		}
		f = f.At(g.Code, g.Vi, g.En)
	}
	return f
}
