package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Clock tells contest time: the database's clock, carried on by this node's monotonic clock between measurements, so
// that all nodes agree, and nobody who sets a wall clock can move a deadline.
//
// It never goes backwards. A small correction is spread out (five hundredths of the time that passes); only a large
// one forwards, as after a laptop's sleep, is made at once.
type Clock struct {
	mono    func() int64 // microseconds since some start, never set back
	sample  func(context.Context) (dbUs int64, err error)
	mu      sync.Mutex // measurements are one at a time
	best    measurement
	have    bool
	course  atomic.Pointer[course]
	last    atomic.Int64
	stop    context.CancelFunc
	stopped chan struct{}
}

// A measurement says: at mono, contest time minus mono was offset, give or take half of the round trip.
type measurement struct{ mono, offset, roundTrip int64 }

// A course leads from one offset to another, beginning at a moment of the monotonic clock.
type course struct{ began, from, to int64 }

const (
	clockEvery     = 5 * time.Second
	clockSamples   = 5
	slewDivisor    = 20      // a correction moves at most 1/20 of the time that passes
	driftPerSecond = 200     // microseconds by which two honest clocks may part in a second, at worst
	leapUs         = 250_000 // forwards, more than this is made good at once
)

// StartClock measures once, so that the clock is right from its first answer, then again every few seconds until ctx
// ends or Stop is called.
func StartClock(ctx context.Context, pool *pgxpool.Pool) (*Clock, error) {
	start := time.Now()
	c := newClock(
		func() int64 { return time.Since(start).Microseconds() },
		func(ctx context.Context) (us int64, err error) {
			err = pool.QueryRow(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&us)
			return us, err
		})
	if err := c.measure(ctx); err != nil {
		return nil, fmt.Errorf("contest clock: %w", err)
	}
	ctx, c.stop = context.WithCancel(ctx)
	c.stopped = make(chan struct{})
	go c.keepMeasuring(ctx)
	return c, nil
}

func newClock(mono func() int64, sample func(context.Context) (int64, error)) *Clock {
	return &Clock{mono: mono, sample: sample}
}

// Stop ends the background measuring. The clock still tells the time, on the monotonic clock alone.
func (c *Clock) Stop() {
	c.stop()
	<-c.stopped
}

// NowUs is contest time in microseconds since 1970. It never returns less than it returned before.
func (c *Clock) NowUs() int64 {
	mono := c.mono()
	now := mono + c.course.Load().at(mono)
	for {
		last := c.last.Load()
		if now <= last {
			return last
		}
		if c.last.CompareAndSwap(last, now) {
			return now
		}
	}
}

// Now is contest time for the calendar.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.NowUs()).UTC() }

// UncertaintyUs says how far from the database's clock this one may be.
func (c *Clock) UncertaintyUs() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	mono := c.mono()
	left := c.best.offset - c.course.Load().at(mono)
	return c.best.uncertainty(mono) + max(left, -left)
}

func (c *Clock) keepMeasuring(ctx context.Context) {
	defer close(c.stopped)
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A database that is away is no news here: the clock goes on by itself.
		round, cancel := context.WithTimeout(ctx, clockEvery)
		if err := c.measure(round); err != nil && ctx.Err() == nil {
			slog.Debug("contest clock: not measured", "err", err)
		}
		cancel()
	}
}

// measure takes a few samples and follows the one with the least round trip, if it is better than what was known or
// contradicts it.
func (c *Clock) measure(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var least measurement
	for i := range clockSamples {
		before := c.mono()
		db, err := c.sample(ctx)
		after := c.mono()
		if err != nil {
			if i > 0 {
				break // what was measured so far is good
			}
			return err
		}
		m := measurement{mono: after, offset: db - (before + (after-before)/2), roundTrip: after - before}
		if i == 0 || m.roundTrip < least.roundTrip {
			least = m
		}
	}
	c.follow(least)
	return nil
}

func (c *Clock) follow(m measurement) {
	now := c.mono()
	if !c.have {
		c.best, c.have = m, true
		c.course.Store(&course{began: now, from: m.offset, to: m.offset})
		return
	}
	mine, news := c.best.uncertainty(now), m.uncertainty(now)
	parted := m.offset - c.best.offset
	if news > mine && max(parted, -parted) <= mine+news {
		return // agrees with what is known, and knows less
	}
	c.best = m
	from := c.course.Load().at(now)
	switch ahead := m.offset - from; {
	case ahead > leapUs:
		slog.Warn("contest clock: leapt forwards to the database's clock", "by_us", ahead)
		from = m.offset
	case ahead < -leapUs:
		slog.Warn("contest clock: the database's clock was set back; following slowly", "by_us", -ahead)
	}
	c.course.Store(&course{began: now, from: from, to: m.offset})
}

func (m measurement) uncertainty(mono int64) int64 {
	return m.roundTrip/2 + (mono-m.mono)*driftPerSecond/1_000_000
}

func (c *course) at(mono int64) int64 {
	most := max(0, mono-c.began) / slewDivisor
	return c.from + max(-most, min(most, c.to-c.from))
}
