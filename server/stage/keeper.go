package stage

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// The lease of a round says who ticks it, by the database's clock. Its holder stops by its own monotonic clock, counted
// from before the renewal was sent: it always stops earlier than another node can begin.
const (
	leaseTTL   = 1500 * time.Millisecond
	renewEvery = 400 * time.Millisecond
	// settleAfterOutage is how long the database must answer again before an item is closed: answers that waited on
	// any node through an outage are stored first.
	settleAfterOutage = time.Second
)

// keeper holds this node's leases.
type keeper struct {
	s    *Service
	mu   sync.Mutex
	held map[int64]*tenure
	done bool
}

// tenure is one lease from taking it to losing it.
type tenure struct {
	roundID int64
	fence   int64
	mu      sync.Mutex
	until   time.Time // monotonic
	end     context.CancelFunc
}

func (t *tenure) valid() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Now().Before(t.until)
}

func (t *tenure) extend(sentAt time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = sentAt.Add(leaseTTL)
}

func newKeeper(s *Service) *keeper { return &keeper{s: s, held: map[int64]*tenure{}} }

func (k *keeper) holds(roundID int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held[roundID] != nil
}

// turn renews what is held and takes what nobody holds.
func (k *keeper) turn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, leaseTTL)
	defer cancel()
	k.renew(ctx)
	rounds, err := k.s.q.LiveRoundsWithoutOwner(ctx)
	k.s.health.Report(err)
	if err != nil {
		return // the next turn asks again
	}
	for _, id := range rounds {
		k.take(ctx, id)
	}
}

func (k *keeper) renew(ctx context.Context) {
	var p stagedb.RenewLeasesParams
	k.mu.Lock()
	tenures := make(map[int64]*tenure, len(k.held))
	for id, t := range k.held {
		tenures[id] = t
		p.RoundIds, p.Fences = append(p.RoundIds, id), append(p.Fences, t.fence)
	}
	k.mu.Unlock()
	if len(tenures) == 0 {
		return
	}
	p.Node, p.TtlS = k.s.cfg.Node, leaseTTL.Seconds()
	sentAt := time.Now()
	kept, err := k.s.q.RenewLeases(ctx, p)
	k.s.health.Report(err)
	if err == nil {
		for _, id := range kept {
			tenures[id].extend(sentAt)
			delete(tenures, id)
		}
		for _, t := range tenures {
			k.drop(t, "another node has it")
		}
		return
	}
	for _, t := range tenures {
		if !t.valid() {
			k.drop(t, "it could not be renewed in time")
		}
	}
}

func (k *keeper) take(ctx context.Context, roundID int64) {
	if k.holds(roundID) {
		return
	}
	sentAt := time.Now()
	fence, err := k.s.q.TakeLease(ctx, stagedb.TakeLeaseParams{RoundID: roundID, Node: k.s.cfg.Node, TtlS: leaseTTL.Seconds()})
	if errors.Is(err, pgx.ErrNoRows) {
		return // somebody was quicker
	}
	k.s.health.Report(err)
	if err != nil {
		return
	}
	ctx, end := context.WithCancel(k.s.ctx)
	t := &tenure{roundID: roundID, fence: fence, end: end}
	t.extend(sentAt)
	k.mu.Lock()
	if k.done {
		k.mu.Unlock()
		end()
		return
	}
	k.held[roundID] = t
	k.mu.Unlock()
	k.s.log.Info("this node ticks the round", "round", roundID, "fence", fence)
	k.s.tasks.Go(func() {
		k.s.guarded(func(context.Context) { k.tick(ctx, t) })
		k.drop(t, "the ticking ended")
	})
}

// drop steps down. What another node has done since is read again from Postgres, as on every node.
func (k *keeper) drop(t *tenure, why string) {
	t.end()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[t.roundID] == t {
		delete(k.held, t.roundID)
		k.s.log.Info("this node no longer ticks the round", "round", t.roundID, "fence", t.fence, "why", why)
	}
}

// stop gives the leases back, so that another node need not wait for them to run out.
func (k *keeper) stop(ctx context.Context) {
	k.mu.Lock()
	k.done = true
	tenures := make([]*tenure, 0, len(k.held))
	for _, t := range k.held {
		tenures = append(tenures, t)
	}
	k.mu.Unlock()
	for _, t := range tenures {
		k.drop(t, "this node stops")
		if err := k.s.q.DropLease(ctx, stagedb.DropLeaseParams{RoundID: t.roundID, Node: k.s.cfg.Node, Fence: t.fence}); err != nil {
			k.s.log.Warn("a lease could not be given back; it runs out by itself", "round", t.roundID, "error", err)
		}
	}
}

// tick does what is due in a round for as long as the lease is held.
func (k *keeper) tick(ctx context.Context, t *tenure) {
	for ctx.Err() == nil {
		r, err := k.s.room(ctx, t.roundID)
		if err != nil {
			if !sleep(ctx, renewEvery) {
				return
			}
			continue
		}
		r.mu.Lock()
		state, changed := r.state, r.changed
		r.mu.Unlock()
		if state.Phase == PhaseClosed || state.Phase == PhaseScored {
			return
		}
		wait := time.Second
		if due, ok := NextDue(&state); ok {
			wait = time.Duration(due.AtUs-k.s.cfg.NowUs()) * time.Microsecond
			if due.Close {
				wait = max(wait, settleAfterOutage-k.s.health.UpFor())
			}
			if wait <= 0 {
				wait = k.fire(ctx, t, r, state, due)
			}
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(min(wait, time.Second))
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// fire gives the cue of the clock, and tells how long to wait if it could not.
func (k *keeper) fire(ctx context.Context, t *tenure, r *room, state State, due Due) time.Duration {
	if !t.valid() {
		return 50 * time.Millisecond // the next renewal tells whether this node is still the one
	}
	events, f := Step(state, due.Command, k.s.cfg.NowUs())
	if f != nil {
		if err := r.refresh(ctx); err != nil {
			k.s.log.Warn("a round can't be read", "round", r.id, "error", err)
		}
		return 20 * time.Millisecond
	}
	err := k.s.append(ctx, r, state, events, t.fence)
	switch {
	case err == nil:
		k.s.announce(ctx, r)
		return 0
	case errors.Is(err, errLostLease):
		k.drop(t, "its fence is no longer the newest")
	case fault.IsKind(err, fault.Conflict): // a cue came first
	default:
		k.s.log.Warn("the clock's cue could not be stored", "round", r.id, "cue", due.Command.Cue, "error", err)
	}
	if err := r.refresh(ctx); err != nil && ctx.Err() == nil {
		k.s.log.Warn("a round can't be read", "round", r.id, "error", err)
	}
	return 50 * time.Millisecond
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
