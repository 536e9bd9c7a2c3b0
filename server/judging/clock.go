package judging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/timing"
)

// ClockState is where a stage clock stands.
type ClockState string

const (
	ClockReady   ClockState = "ready"
	ClockRunning ClockState = "running"
	ClockPaused  ClockState = "paused"
	ClockStopped ClockState = "stopped"
)

// ClockAct is what the timekeeper does to a clock.
type ClockAct string

const (
	ActStart  ClockAct = "start"
	ActPause  ClockAct = "pause"
	ActResume ClockAct = "resume"
	ActStop   ClockAct = "stop"
	// actCorrect: the time was corrected after the performance. Nobody presses it; it is kept with the others.
	actCorrect ClockAct = "correct"
)

// Clock is the stage clock of one performance. It counts in contest time: no device's own clock has a say.
type Clock struct {
	State ClockState
	// UsedUs is the time that ran before SinceUs; SinceUs is 0 while the clock stands.
	UsedUs  int64
	SinceUs int64
	// Reason says why the clock is paused; empty: not told yet.
	Reason string
}

// Used is the time that the clock shows.
func (c Clock) Used(nowUs int64) int64 {
	if c.State != ClockRunning {
		return c.UsedUs
	}
	return c.UsedUs + max(nowUs-c.SinceUs, 0)
}

// Step is the clock after an act. An act that finds its work done changes nothing: a button pressed twice, or by two
// people, does what it says once. A pause may be given its reason later, and must have one before it ends.
func (c Clock) Step(act ClockAct, reason string, nowUs int64) (Clock, error) {
	stand := func(state ClockState) Clock { return Clock{State: state, UsedUs: c.Used(nowUs)} }
	run := Clock{State: ClockRunning, UsedUs: c.UsedUs, SinceUs: nowUs}
	if c.State == ClockPaused && reason != "" {
		c.Reason = reason
	}
	switch {
	case act == ActStart && c.State == ClockReady:
		return run, nil
	case act == ActPause && c.State == ClockRunning:
		next := stand(ClockPaused)
		next.Reason = reason
		return next, nil
	case (act == ActResume || act == ActStop) && c.State == ClockPaused && c.Reason == "":
		return c, errPauseReason
	case act == ActResume && (c.State == ClockPaused || c.State == ClockStopped):
		return run, nil
	case act == ActStop && (c.State == ClockRunning || c.State == ClockPaused):
		return stand(ClockStopped), nil
	case (act == ActStart || act == ActResume) && c.State == ClockRunning,
		act == ActPause && c.State == ClockPaused,
		act == ActStop && c.State == ClockStopped:
		return c, nil
	}
	return c, errClock
}

// Clock acts on the stage clock of the performance that is on stage.
func (s *Service) Clock(ctx context.Context, contestID, roundID, performanceID int64, act ClockAct, reason string) error {
	// The moment of the press, not of the row's lock.
	now := s.nowUs()
	if reason != "" {
		var err error
		if reason, err = Reason(reason); err != nil {
			return err
		}
	}
	return s.onPerformance(ctx, contestID, roundID, performanceID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging, p Performance) error {
		if p.State != OnStage {
			return errNotOnStage
		}
		next, err := p.Clock.Step(act, reason, now)
		if err != nil || next == p.Clock {
			return err
		}
		if err := q.SetClock(ctx, judgingdb.SetClockParams{ID: p.ID, ClockState: string(next.State), ClockUsedUs: next.UsedUs,
			ClockSinceUs: since(next), ClockReason: next.Reason}); err != nil {
			return err
		}
		if err := keepAct(ctx, q, p.ID, act, next, now, pauseReason(reason, p.Clock)); err != nil {
			return err
		}
		return record(ctx, tx, j, "clock", map[string]any{"round": roundID, "performance": p.ID, "entry": p.EntryID,
			"act": act, "seconds": next.Used(now) / timing.Second, "reason": reason})
	})
}

// pauseReason is the reason under which an act is kept: its own, or that of the pause which it ends.
func pauseReason(reason string, before Clock) string {
	if reason == "" {
		return before.Reason
	}
	return reason
}

func keepAct(ctx context.Context, q *judgingdb.Queries, performanceID int64, act ClockAct, c Clock, nowUs int64, reason string) error {
	var by *int64
	if id := account.From(ctx).AccountID; id != 0 {
		by = &id
	}
	return q.AddClockAct(ctx, judgingdb.AddClockActParams{PerformanceID: performanceID, AtUs: nowUs, Act: string(act),
		UsedUs: c.Used(nowUs), Reason: reason, AccountID: by})
}

// keepCorrection keeps that the time of a performance was corrected: the last act at its clock.
func keepCorrection(ctx context.Context, q *judgingdb.Queries, p Performance, seconds, nowUs int64, reason string) error {
	var by *int64
	if id := account.From(ctx).AccountID; id != 0 {
		by = &id
	}
	before := value(p.Seconds) * timing.Second
	return q.AddClockAct(ctx, judgingdb.AddClockActParams{PerformanceID: p.ID, AtUs: nowUs, Act: string(actCorrect),
		UsedUs: seconds * timing.Second, BeforeUs: &before, Reason: reason, AccountID: by})
}

func since(c Clock) *int64 {
	if c.State != ClockRunning {
		return nil
	}
	return &c.SinceUs
}

// ClockView is a stage clock as screens show it.
type ClockView struct {
	State   ClockState `json:"state" enum:"ready,running,paused,stopped"`
	UsedUs  int64      `json:"used_us" doc:"Time that ran before since_us"`
	SinceUs int64      `json:"since_us" doc:"Contest time since which it runs; 0: it stands. It shows used_us + (now - since_us)"`
	Reason  string     `json:"reason" doc:"Why it is paused; may be empty"`
}

func clockView(c Clock) ClockView {
	v := ClockView{State: c.State, UsedUs: c.UsedUs, Reason: c.Reason}
	if c.State == ClockRunning {
		v.SinceUs = c.SinceUs
	}
	return v
}
