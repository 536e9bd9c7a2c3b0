package timing_test

import (
	"testing"

	"github.com/hoithi/hoithi/server/timing"
	"pgregory.net/rapid"
)

func TestDeadline(t *testing.T) {
	const (
		start = 1_000 * timing.Second
		close = 1_600 * timing.Second
	)
	for name, c := range map[string]struct{ start, duration, close, extra, want int64 }{
		"duration ends first":           {start, 300 * timing.Second, close, 0, 1_300 * timing.Second},
		"window closes first":           {start, 900 * timing.Second, close, 0, close},
		"extra on the duration":         {start, 300 * timing.Second, close, 60 * timing.Second, 1_360 * timing.Second},
		"extra reaches past the window": {start, 900 * timing.Second, close, 60 * timing.Second, close + 60*timing.Second},
		"no window":                     {start, 300 * timing.Second, 0, 0, 1_300 * timing.Second},
		"no duration":                   {start, 0, close, 0, close},
		"no limit at all":               {start, 0, 0, 60 * timing.Second, 0},
		"negative extra takes nothing":  {start, 300 * timing.Second, close, -5, 1_300 * timing.Second},
	} {
		if got := timing.Deadline(c.start, c.duration, c.close, c.extra); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestWindow(t *testing.T) {
	w := timing.Window{OpensUs: 10, ClosesUs: 20}
	for now, open := range map[int64]bool{9: false, 10: true, 19: true, 20: false} {
		if w.Open(now) != open {
			t.Errorf("open at %d = %v", now, !open)
		}
	}
	if w.Over(19) || !w.Over(20) {
		t.Error("the closing moment is the end of the window")
	}
	if forever := (timing.Window{OpensUs: 10}); !forever.Open(1<<60) || forever.Over(1<<60) {
		t.Error("a window without a close never closes")
	}
}

func TestGraceAndDrain(t *testing.T) {
	const deadline = 50 * timing.Second
	if !timing.InTime(deadline+timing.DefaultGraceUs, deadline, timing.DefaultGraceUs) {
		t.Error("an arrival at the last microsecond of the grace counts")
	}
	if timing.InTime(deadline+timing.DefaultGraceUs+1, deadline, timing.DefaultGraceUs) {
		t.Error("an arrival after the grace does not count")
	}
	if got := timing.CloseAt(deadline, timing.DefaultGraceUs); got != 51_500_000 {
		t.Errorf("the gate shuts at %d, want deadline + 1 s + 0.5 s", got)
	}
}

// A round on stage: 20 s, paused after 5 s for an hour, 10 s more while paused, resumed: 25 s are left.
func TestPauseExtendResume(t *testing.T) {
	c := timing.Start(100*timing.Second, 20*timing.Second)
	c = c.Pause(105 * timing.Second)
	if c.Over(1_000_000 * timing.Second) {
		t.Error("a paused clock ran out")
	}
	c = c.Extend(106*timing.Second, 10*timing.Second).Resume(105*timing.Second + timing.Hour)
	if got := c.Remaining(105*timing.Second + timing.Hour); got != 25*timing.Second {
		t.Errorf("%d µs left, want 25 s", got)
	}
	if got := c.Elapsed(107*timing.Second + timing.Hour); got != 7*timing.Second {
		t.Errorf("%d µs used, want 7 s: a pause is no time used", got)
	}
}

func TestExtendAfterTheEndGivesTheWholeExtension(t *testing.T) {
	c := timing.Start(0, 10*timing.Second).Extend(14*timing.Second, 20*timing.Second)
	if got := c.Remaining(14 * timing.Second); got != 20*timing.Second {
		t.Errorf("%d µs left, want 20 s", got)
	}
}

func TestEndNow(t *testing.T) {
	c := timing.Start(100, 50)
	if got := c.EndNow(120); got.DeadlineUs != 120 || !got.Over(120) {
		t.Errorf("%+v", got)
	}
	if got := c.EndNow(500); got.DeadlineUs != 150 {
		t.Errorf("ending late moved the deadline to %d", got.DeadlineUs)
	}
	if got := c.Pause(110).EndNow(1_000); got.Paused() || !got.Over(1_000) || got.Elapsed(got.DeadlineUs) < 10 {
		t.Errorf("a paused clock did not end: %+v", got)
	}
}

// Whatever the host presses and when: no press takes time away from a contestant except "end now", the time left is
// the same at both ends of a pause, and time used plus time left is what was given.
func TestClockKeepsTheTimeItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := rapid.Int64Range(1, 1<<50).Draw(t, "opens")
		given := rapid.Int64Range(1, timing.Hour).Draw(t, "duration")
		c := timing.Start(now, given)
		for range rapid.IntRange(0, 30).Draw(t, "presses") {
			now += rapid.Int64Range(0, timing.Minute).Draw(t, "passes")
			before := c.Remaining(now)
			switch rapid.SampledFrom([]string{"pause", "resume", "extend"}).Draw(t, "press") {
			case "pause":
				c = c.Pause(now)
				if c.Remaining(now) != before {
					t.Fatalf("a pause changed the time left from %d to %d", before, c.Remaining(now))
				}
			case "resume":
				c = c.Resume(now)
				if c.Remaining(now) != before {
					t.Fatalf("resuming changed the time left from %d to %d", before, c.Remaining(now))
				}
			case "extend":
				by := rapid.Int64Range(1, timing.Minute).Draw(t, "by")
				// Time that ran out before the extension is gone: it counts as given.
				given += by
				if over := now - c.DeadlineUs; !c.Paused() && over > 0 {
					given += over
				}
				c = c.Extend(now, by)
				if got := c.Remaining(now); got != before+by {
					t.Fatalf("an extension of %d gave %d", by, got-before)
				}
			}
			if !c.Over(now) && c.Elapsed(now)+c.Remaining(now) != given {
				t.Fatalf("used %d + left %d, given %d", c.Elapsed(now), c.Remaining(now), given)
			}
		}
	})
}

func TestDeadlineNeverBeforeItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(0, 1<<50).Draw(t, "start")
		duration := rapid.Int64Range(0, timing.Hour).Draw(t, "duration")
		closes := rapid.Int64Range(0, 1<<50).Draw(t, "closes")
		extra := rapid.Int64Range(0, timing.Hour).Draw(t, "extra")
		plain, with := timing.Deadline(start, duration, closes, 0), timing.Deadline(start, duration, closes, extra)
		if plain != 0 && with != plain+extra {
			t.Fatalf("extra time of %d became %d", extra, with-plain)
		}
		if duration > 0 && plain > start+duration || closes > 0 && plain > closes {
			t.Fatalf("deadline %d is later than a limit", plain)
		}
	})
}
