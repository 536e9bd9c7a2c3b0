package exam

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// room is this node's copy of a round. It can be thrown away at any moment.
type room struct {
	s  *Service
	id int64

	refreshing sync.Mutex // one look at a time, so that views go out in order
	readFrom   time.Time  // when the last good look began; guarded by refreshing

	mu      sync.Mutex
	now     *facts // never changed, only replaced
	scores  int64  // scores_version as it was told to boards
	lastUse time.Time
	poked   bool
	again   bool
	triedUs map[int64]int64 // when the clock last tried to prepare a period

	texts     texts
	sittings  sittings
	flights   flights
	sockets   sockets
	starts    lane[startAsk, started]
	responses lane[arrival, stored]
	submits   lane[submitAsk, struct{}]
	devices   lane[deviceAsk, int32]
	lookups   lane[int64, *sitting]
	own       lane[int64, ownPart]
}

func newRoom(s *Service, id int64) *room {
	r := &room{s: s, id: id, lastUse: time.Now()}
	r.responses = newLane(1000, r.responseStore().Flush)
	r.starts = newLane(300, r.startStore().Flush)
	r.submits = newLane(1000, r.submitStore().Flush)
	r.devices = newLane(1000, r.flushDevices)
	r.lookups = newLane(500, r.flushSittings)
	r.own = newLane(500, r.flushOwn)
	return r
}

// lane is a postgres.Lane that speaks to contestants.
type lane[Q, A any] struct{ *postgres.Lane[Q, A] }

type reply[A any] = postgres.Reply[A]

func newLane[Q, A any](maxBatch int, flush func(batch []Q) []reply[A]) lane[Q, A] {
	return lane[Q, A]{&postgres.Lane[Q, A]{Flush: flush, MaxBatch: maxBatch, MaxQueue: 100_000}}
}

// ask waits for the answer. When ctx ends first, nobody knows what becomes of q.
func (l lane[Q, A]) ask(ctx context.Context, q Q) (A, error) {
	a, err := l.Ask(ctx, q)
	if errors.Is(err, postgres.ErrLaneFull) {
		return a, errLaneFull
	}
	if errors.Is(err, postgres.ErrNotAwaited) {
		return a, errNotKnown.Because(err)
	}
	return a, err
}

// known is what this node knows of the round; nil: nothing yet.
func (r *room) known() *facts {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastUse = time.Now()
	return r.now
}

func (r *room) idleFor() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.lastUse)
}

// refresh reads what is new and tells everybody on this node who looks at the round.
func (r *room) refresh(ctx context.Context) error { return r.refreshSince(ctx, time.Now()) }

// recent is refresh for those who come: thousands may come at once, and a round that is followed here was read within
// the last second anyway.
func (r *room) recent(ctx context.Context) error {
	return r.refreshSince(ctx, time.Now().Add(-time.Second))
}

// refreshSince is content with a look at Postgres that began after enough: of many who wait only one looks.
func (r *room) refreshSince(ctx context.Context, enough time.Time) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	if r.readFrom.After(enough) {
		return nil
	}
	from := time.Now()
	err := r.read(ctx)
	r.s.health.Report(err)
	if err == nil {
		r.readFrom = from
	}
	return err
}

func (r *room) read(ctx context.Context) error {
	row, err := r.s.q.Round(ctx, r.id)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNotExam
	}
	if err != nil {
		return postgres.Fault(err)
	}
	r.mu.Lock()
	before := r.now
	r.mu.Unlock()
	if before == nil || row.Seq > before.seq || row.Version != before.version || Phase(row.Phase) != before.phase {
		after, err := r.readFacts(ctx, before)
		if err != nil {
			return err
		}
		r.mu.Lock()
		r.now = after
		r.mu.Unlock()
		if before != nil {
			r.tell(before, after)
		}
	}
	r.mu.Lock()
	moved := r.scores != row.ScoresVersion && r.now != nil
	r.scores = row.ScoresVersion
	contestID := r.now.contest.ID
	r.mu.Unlock()
	if moved && before != nil {
		r.s.inBackground(func(context.Context) {
			for _, f := range r.s.onChange {
				f(contestID, r.id)
			}
		})
	}
	return nil
}

// readFacts reads a round in one snapshot: what it gives belongs together.
func (r *room) readFacts(ctx context.Context, before *facts) (*facts, error) {
	f := &facts{roundID: r.id, pools: map[int64]*Pool{}}
	round, err := r.s.contests.Round(ctx, 0, r.id)
	if err != nil {
		return nil, err
	}
	if f.contest, err = r.s.contests.Get(ctx, round.ContestID); err != nil {
		return nil, err
	}
	f.roundName = round.Name
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = postgres.InTxWith(ctx, r.s.db, snapshot, func(tx pgx.Tx) error { return f.read(ctx, r.s.q.WithTx(tx), before) })
	if err != nil {
		return nil, postgres.Fault(err)
	}
	// The set-up has no event: its version counts on, so that every view is newer than the one before.
	f.frame = r.s.cfg.Hub.Prepare(contestantTopic(r.id), live.Message{Kind: KindRound, Epoch: 1, Seq: f.seq + f.version, Data: f.view()})
	return f, nil
}

// tell sends the views to everybody on this node who looks.
func (r *room) tell(before, after *facts) {
	r.s.cfg.Hub.Publish(contestantTopic(r.id), after.frame)
	for _, e := range after.events[len(before.events):] {
		switch e.Kind {
		case EventResumed, EventExtended, EventOverride, EventPrepared, EventPublished, EventSettled, EventVoid, EventCorrect:
			r.tellOwn()
			return
		default:
		}
	}
	if after.version != before.version {
		r.tellOwn()
	}
}

// changed tells all nodes, this one too, that a round has something new.
func (s *Service) changed(roundID int64) {
	payload := strconv.FormatInt(roundID, 10)
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintRound, payload)
	}
	s.heardRound(hintRound, payload)
}

func (s *Service) heardRound(_, payload string) {
	if payload == "" { // hints may have been missed
		for _, r := range s.allRooms() {
			r.poke()
		}
		return
	}
	id, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return
	}
	s.mu.Lock()
	r := s.rooms[id]
	s.mu.Unlock()
	if r != nil {
		r.poke()
	}
}

// poke makes the room look at Postgres soon; many pokes make one look.
func (r *room) poke() {
	r.mu.Lock()
	if r.poked {
		r.again = true
		r.mu.Unlock()
		return
	}
	r.poked = true
	r.mu.Unlock()
	r.s.inBackground(func(ctx context.Context) {
		for more := true; more; {
			looking, cancel := context.WithTimeout(ctx, 10*time.Second)
			if err := r.refresh(looking); err != nil && ctx.Err() == nil {
				r.s.log.Warn("an exam round can't be read", "round", r.id, "error", err)
			}
			cancel()
			r.mu.Lock()
			more = r.again
			r.again, r.poked = false, more
			r.mu.Unlock()
		}
	})
}

// texts are the contents of the versions that this node has needed; they never leave it but as questions.
type texts struct {
	mu       sync.Mutex
	contents map[int64]bank.Content
	keys     map[int64]scoring.Key
}

// contentsOf gives all that papers of a pool can have. What it gives must not be changed.
func (r *room) contentsOf(ctx context.Context, f *facts, p *Pool) (map[int64]bank.Content, error) {
	ids := make([]int64, 0, len(p.Offers))
	for _, o := range p.Offers {
		ids = append(ids, o.Version)
	}
	contents, _, err := r.versions(ctx, f, ids)
	return contents, err
}

func (r *room) versions(ctx context.Context, f *facts, ids []int64) (map[int64]bank.Content, map[int64]scoring.Key, error) {
	r.texts.mu.Lock()
	defer r.texts.mu.Unlock()
	var missing []int64
	for _, id := range ids {
		if _, ok := r.texts.contents[id]; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		found, err := r.s.cfg.Bank.Versions(ctx, f.contest.BankID, missing)
		if err != nil {
			return nil, nil, err
		}
		contents, keys := maps.Clone(r.texts.contents), maps.Clone(r.texts.keys)
		if contents == nil {
			contents, keys = map[int64]bank.Content{}, map[int64]scoring.Key{}
		}
		for _, v := range found {
			contents[v.ID] = v.Content
			if keys[v.ID], err = v.Content.ScoringKey(); err != nil {
				return nil, nil, fmt.Errorf("version %d: %w", v.ID, err)
			}
		}
		r.texts.contents, r.texts.keys = contents, keys
	}
	return r.texts.contents, r.texts.keys, nil
}
