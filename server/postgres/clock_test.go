package postgres

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"

	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the clock warns of what these tests do to it
	os.Exit(m.Run())
}

// A world with a true time, a node's monotonic clock, a database's clock, and a network between them.
type world struct {
	mono, db    int64 // microseconds
	there, back int64 // the way of the next samples
	away        bool
	pass        func(us int64)
	clock       *Clock
}

func newWorld(t interface{ Fatal(...any) }) *world {
	w := &world{mono: 5, db: 1_700_000_000_000_000, there: 200, back: 200}
	w.pass = func(us int64) { w.mono += us; w.db += us }
	w.clock = newClock(func() int64 { return w.mono }, func(context.Context) (int64, error) {
		if w.away {
			return 0, errors.New("away")
		}
		w.pass(w.there)
		db := w.db
		w.pass(w.back)
		return db, nil
	})
	if err := w.clock.measure(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) error() int64 { return w.clock.NowUs() - w.db }

func TestClockIsTheDatabasesClock(t *testing.T) {
	w := newWorld(t)
	if e := w.error(); e != 0 {
		t.Errorf("an even way there and back, and it is off by %d µs", e)
	}
	w.pass(60_000_000)
	if e := w.error(); e != 0 {
		t.Errorf("off by %d µs after a minute", e)
	}
}

// A sample that took long says little; it must not move the clock away from what a quick one has shown.
func TestClockTrustsTheQuickSample(t *testing.T) {
	w := newWorld(t)
	w.pass(1_000_000)
	w.there, w.back = 300_000, 100
	if err := w.clock.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(60_000_000)
	if e := w.error(); e != 0 {
		t.Errorf("off by %d µs after a slow sample", e)
	}
}

func TestClockGoesOnWhileTheDatabaseIsAway(t *testing.T) {
	w := newWorld(t)
	w.away = true
	w.pass(10_000_000)
	if err := w.clock.measure(t.Context()); err == nil {
		t.Fatal("measured without a database")
	}
	if e := w.error(); e != 0 {
		t.Errorf("off by %d µs", e)
	}
}

func TestClockLeapsForwardAfterASleep(t *testing.T) {
	w := newWorld(t)
	w.db += 3_600_000_000 // the monotonic clock stood still
	if err := w.clock.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := w.error(); e < -1000 || e > 1000 {
		t.Errorf("off by %d µs", e)
	}
}

func TestClockFollowsSlowlyWhenTheDatabaseIsSetBack(t *testing.T) {
	w := newWorld(t)
	before := w.clock.NowUs()
	w.db -= 1_000_000
	if err := w.clock.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := w.clock.NowUs(); now < before {
		t.Fatalf("went back by %d µs", before-now)
	}
	if u := w.clock.UncertaintyUs(); u < 900_000 {
		t.Errorf("claims to be right to %d µs, and is off by a second", u)
	}
	for range 30 {
		w.pass(1_000_000)
	}
	if e := w.error(); e < -1000 || e > 1000 {
		t.Errorf("still off by %d µs after 30 s", e)
	}
}

// Whatever happens to the network and to the database's clock, contest time never goes back, and where the database's
// clock is honest, the stated uncertainty holds.
func TestClockProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		honest := true
		last := w.clock.NowUs()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.pass(rapid.Int64Range(0, 20_000_000).Draw(t, "pass"))
			w.there = rapid.Int64Range(0, 200_000).Draw(t, "there")
			w.back = rapid.Int64Range(0, 200_000).Draw(t, "back")
			w.away = rapid.Bool().Draw(t, "away")
			if rapid.IntRange(0, 5).Draw(t, "set") == 0 {
				w.db += rapid.Int64Range(-5_000_000, 5_000_000).Draw(t, "by")
				honest = false
			}
			_ = w.clock.measure(context.Background()) // being away is part of the world
			now := w.clock.NowUs()
			if now < last {
				t.Fatalf("went back by %d µs", last-now)
			}
			last = now
			e, most := w.error(), w.clock.UncertaintyUs()
			if honest && (e > most+1 || e < -most-1) {
				t.Fatalf("off by %d µs, and claims at most %d", e, most)
			}
		}
	})
}
