package stage

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// Contests is what this room asks of the room of contests.
type Contests interface {
	Get(ctx context.Context, contestID int64) (contest.Contest, error)
	Round(ctx context.Context, contestID, roundID int64) (contest.Round, error)
	// HoldState tells where a contest stands and whether it is a rehearsal; it stays there until tx ends.
	HoldState(ctx context.Context, tx pgx.Tx, contestID int64) (state contest.State, rehearsal bool, err error)
	SetRoundState(ctx context.Context, tx pgx.Tx, roundID int64, state contest.RoundState) error
	SetRoundMaxScore(ctx context.Context, tx pgx.Tx, roundID, maxScore int64) error
}

// Entries tells who takes part in a round.
type Entries interface {
	// RoundEntries are the active entries of a round, in the order of their numbers.
	RoundEntries(ctx context.Context, contestID, roundID int64) ([]roster.Entry, error)
}

// Version is an immutable version of an item.
type Version struct {
	ID      int64
	ItemID  int64
	Content bank.Content
	Hash    []byte
	Bar     Bar
}

// Bar says why a version may not be put into a round; empty: it may.
type Bar string

// Numbered is a version in the history of its item.
type Numbered struct {
	Version
	Number int
	At     time.Time
}

// Bank gives the versions of items of one bank; what doesn't belong to it is left out.
type Bank interface {
	ItemVersions(ctx context.Context, bankID int64, versionIDs []int64) ([]Version, error)
	// ItemHistory gives all versions of an item of a contest's bank, newest first.
	ItemHistory(ctx context.Context, contestID, itemID int64) ([]Numbered, error)
}

// Files keeps what items show.
type Files interface {
	Sizes(ctx context.Context, ids []string) (map[string]int64, error)
	Read(ctx context.Context, id string) (files.File, []byte, error)
}

// Publisher carries views to browsers; *live.Hub is one.
type Publisher interface {
	Prepare(topic string, m live.Message) live.Message
	Publish(topic string, m live.Message)
	PublishKey(topic, key string, m live.Message)
	Count(topic string) int
	Keys(topic string) map[string]int
	ProbeKey(key string, within time.Duration)
}

// Hinter tells other nodes that there is something to read; *live.Relay is one. Nothing depends on a hint's arrival.
type Hinter interface {
	Hint(channel, payload string)
	On(prefix string, fn func(channel, payload string))
}

// Config is what the room needs.
type Config struct {
	DB       *pgxpool.Pool
	NowUs    func() int64 // contest time
	Node     string       // unique for this process
	Hub      Publisher
	Relay    Hinter // nil: other nodes are found by asking once a second
	Contests Contests
	Entries  Entries
	Bank     Bank
	Files    Files  // nil: what items show is fetched when it is shown
	Secret   []byte // of the installation; the keys of sealed files follow from it
	Log      *slog.Logger
}

// Service runs host-led rounds on this node.
type Service struct {
	cfg    Config
	q      *stagedb.Queries
	health *postgres.Health
	log    *slog.Logger

	mu       sync.Mutex
	rooms    map[int64]*room
	onChange []func(roundID, seq int64)

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup
	keeper *keeper
	sealed sealedCopies
}

// New opens the room. Start makes it tick.
func New(cfg Config) *Service {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{cfg: cfg, q: stagedb.New(cfg.DB), health: postgres.NewHealth(), log: cfg.Log, rooms: map[int64]*room{}, ctx: ctx, cancel: cancel}
	s.keeper = newKeeper(s)
	return s
}

// OnChange is told, on every node that follows the round, after the scores of a round may have changed at seq: a
// hint, in no order.
func (s *Service) OnChange(f func(roundID, seq int64)) { s.onChange = append(s.onChange, f) }

// Channels of hints.
const (
	hintRound = "stage/round" // payload: the round that has a new event
	hintOwn   = "stage/own"   // payload: round and entry whose answering device has changed
	hintProbe = "stage/probe" // payload: the entry whose devices are to give a sign of life
)

// Start begins to follow rounds, to tick those that nobody ticks, and to tell consoles who is there.
func (s *Service) Start() {
	if s.cfg.Relay != nil {
		s.cfg.Relay.On(hintRound, s.heardRound)
		s.cfg.Relay.On(hintOwn, s.heardOwn)
		s.cfg.Relay.On(hintProbe, s.heardProbe)
	}
	s.every(time.Second, s.followAll)
	s.every(500*time.Millisecond, s.countAll)
	s.every(renewEvery, s.keeper.turn)
	s.every(beatEvery, s.beat)
}

// every runs f at once and then again and again until the service stops. A slow f delays only itself.
func (s *Service) every(d time.Duration, f func(ctx context.Context)) {
	s.tasks.Go(func() {
		ticker := time.NewTicker(d)
		defer ticker.Stop()
		for {
			s.guarded(f)
			select {
			case <-s.ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

func (s *Service) guarded(f func(ctx context.Context)) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in the stage", "panic", r)
		}
	}()
	f(s.ctx)
}

// Stop gives up leases and waits for what is under way. Call it after the sockets are closed.
func (s *Service) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	s.keeper.stop(ctx)
	if err := s.q.LeaveNode(ctx, s.cfg.Node); err != nil {
		s.log.Warn("leaving the list of nodes", "error", err)
	}
	s.cancel()
	s.tasks.Wait()
}

const (
	beatEvery = 2 * time.Second
	beatTTL   = 6.0 // seconds
)

func (s *Service) beat(ctx context.Context) {
	err := s.q.Beat(ctx, stagedb.BeatParams{Node: s.cfg.Node, TtlS: beatTTL})
	s.health.Report(err)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("this node can't say that it lives", "error", err)
	}
}

// room finds a round on this node and brings it up to date.
func (s *Service) room(ctx context.Context, roundID int64) (*room, error) {
	s.mu.Lock()
	r := s.rooms[roundID]
	if r == nil {
		r = newRoom(s, roundID)
		s.rooms[roundID] = r
	}
	s.mu.Unlock()
	if r.isLoaded() {
		return r, nil
	}
	if err := r.refresh(ctx); err != nil {
		s.mu.Lock()
		if !r.isLoaded() && s.rooms[roundID] == r {
			delete(s.rooms, roundID)
		}
		s.mu.Unlock()
		return nil, err
	}
	return r, nil
}

func (s *Service) allRooms() []*room {
	s.mu.Lock()
	defer s.mu.Unlock()
	rooms := make([]*room, 0, len(s.rooms))
	for _, r := range s.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// followAll asks once a second which of the rounds that matter here have moved on: hints may be lost.
func (s *Service) followAll(ctx context.Context) {
	var ids []int64
	rooms := map[int64]*room{}
	for _, r := range s.allRooms() {
		if r.inUse() {
			ids = append(ids, r.id)
			rooms[r.id] = r
		} else if r.idleFor() > 10*time.Minute {
			s.mu.Lock()
			delete(s.rooms, r.id)
			s.mu.Unlock()
		}
	}
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	positions, err := s.q.Positions(ctx, ids)
	s.health.Report(err)
	if err != nil {
		return // clients see that nothing moves; the next second asks again
	}
	for _, p := range positions {
		if r := rooms[p.RoundID]; r.behind(p.Seq, p.Version) {
			r.poke()
		}
	}
}
