package judging_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

// However the buttons are pressed, the clock shows the sum of the times in which it ran, and never runs backwards.
func TestClockCountsOnlyWhileItRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		acts := []judging.ClockAct{judging.ActStart, judging.ActPause, judging.ActResume, judging.ActStop}
		c, now, ran := judging.Clock{State: judging.ClockReady}, int64(1_000), int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "presses") {
			passed := rapid.Int64Range(0, 90_000_000).Draw(t, "passed")
			if c.State == judging.ClockRunning {
				ran += passed
			}
			now += passed
			if got := c.Used(now); got != ran {
				t.Fatalf("the clock shows %d, it ran %d", got, ran)
			}
			act := rapid.SampledFrom(acts).Draw(t, "act")
			reason := rapid.SampledFrom([]string{"", "Mất điện"}).Draw(t, "reason")
			next, err := c.Step(act, reason, now)
			if err != nil && next.State != c.State {
				t.Fatalf("%s was refused and still moved %s to %s", act, c.State, next.State)
			}
			if err == nil && c.State == judging.ClockPaused && next.State != judging.ClockPaused && c.Reason == "" && reason == "" {
				t.Fatalf("a pause without a reason ended")
			}
			if err == nil {
				c = next
			}
			if got := c.Used(now); got != ran {
				t.Fatalf("a press moved the clock from %d to %d", ran, got)
			}
		}
	})
}

func (h *hall) press(p int64, act judging.ClockAct, reason string) error {
	return h.s.Clock(h.organizer, h.contestID, h.roundID, p, act, reason)
}

// The timekeeper starts the clock after the entry has come on stage, a failure stops it for a while, and only what ran
// is charged.
func TestTimekeepersClock(t *testing.T) {
	h := open(t, 1, 2)
	rules := mean
	rules.Overtime = scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 300, Steps: []scoring.OvertimeStep{{FromSeconds: 1, Deduction: 25}, {FromSeconds: 60, Deduction: 50}}}
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, rules))
	conduct := judging.DefaultConduct()
	conduct.ClockStart = judging.ByTimekeeper
	h.must(h.s.SetConduct(h.organizer, h.contestID, h.roundID, conduct))
	p := h.performance(0)
	wants(t, "a clock before the stage", h.press(p, judging.ActStart, ""), "performance_not_on_stage")
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, p))
	h.clockUs.Add(40 * second) // the entry arranges its props
	wants(t, "a pause of a clock that never ran", h.press(p, judging.ActPause, ""), "clock_elsewhere")
	h.must(h.press(p, judging.ActStart, ""))
	h.must(h.press(p, judging.ActStart, "")) // pressed twice: once
	h.clockUs.Add(200 * second)
	h.must(h.press(p, judging.ActPause, ""))
	h.clockUs.Add(600 * second) // the lights are out
	wants(t, "going on without a reason", h.press(p, judging.ActResume, ""), "pause_reason")
	if err := h.press(p, judging.ActPause, "x"); err == nil {
		t.Error("a reason of one letter was taken")
	}
	h.must(h.press(p, judging.ActPause, "Mất điện"))
	if c := h.judging().Performances[0].Clock; c.State != judging.ClockPaused || c.Reason != "Mất điện" || c.UsedUs != 200*second {
		t.Errorf("paused: %+v", c)
	}
	h.must(h.press(p, judging.ActResume, ""))
	h.clockUs.Add(142*second + 900_000)
	h.must(h.press(p, judging.ActStop, ""))
	h.clockUs.Add(30 * second) // bows
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, p))
	j := h.judging()
	if got := *j.Performances[0].Seconds; got != 342 {
		t.Errorf("the time used is %d s, want 342", got)
	}
	if s := j.Scores()[0]; s.Working.Overtime.OverSeconds != 42 || s.Working.Overtime.Deduction != 25 {
		t.Errorf("the deduction: %+v", s.Working.Overtime)
	}
	wants(t, "a clock after the stage", h.press(p, judging.ActResume, ""), "performance_not_on_stage")
	if n := h.count(`SELECT count(*) FROM clock_act WHERE performance_id = $1`, p); n != 5 {
		t.Errorf("%d acts are kept, want 5: start, two pauses, resume, stop", n)
	}
	if n := h.count(`SELECT count(*) FROM clock_act WHERE reason = 'Mất điện' AND used_us = 200000000`); n != 2 {
		t.Errorf("the failure stands in %d acts, want 2", n)
	}
	// The next one's clock was never started: nothing is charged.
	h.perform(1, 900)
	if got := *h.judging().Performances[1].Seconds; got != 0 {
		t.Errorf("a clock that nobody started shows %d s", got)
	}
}
