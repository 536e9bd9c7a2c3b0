package exam

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/postgres"
)

// Bank gives the versions of items of one bank; what doesn't belong to it is left out. *bank.Service is one.
type Bank interface {
	Versions(ctx context.Context, bankID int64, versionIDs []int64) ([]bank.Version, error)
	// History gives all versions of an item, newest first.
	History(ctx context.Context, contestID, itemID int64) ([]bank.Version, error)
}

// Publisher carries views to browsers; *live.Hub is one.
type Publisher interface {
	Prepare(topic string, m live.Message) live.Message
	Publish(topic string, m live.Message)
	PublishKey(topic, key string, m live.Message)
	// PublishEach sends to each socket of a key what is made for it.
	PublishEach(topic, key string, make func(p account.Principal) live.Message)
	Count(topic string) int
	Keys(topic string) map[string]int
	CountKey(topic, key string) int
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
	Hub      Publisher    // nil: nobody looks on
	Relay    Hinter       // nil: other nodes are found by asking once a second
	Contests *contest.Service
	Papers   *paper.Service
	Bank     Bank
	// Seed gives the 32 random hexadecimal digits that a paper is drawn by; nil: paper.NewSeed.
	Seed func() string
	Log  *slog.Logger
}

// Service runs online exam rounds on this node.
type Service struct {
	cfg      Config
	db       *pgxpool.Pool
	q        *examdb.Queries
	contests *contest.Service
	papers   *paper.Service
	nowUs    func() int64
	health   *postgres.Health
	settle   time.Duration // how long the database must answer again before anything is closed
	log      *slog.Logger

	control control
	results resultCache

	turning sync.Mutex // held while the clock of this node does its turn

	mu       sync.Mutex
	rooms    map[int64]*room
	onChange []func(contestID, roundID int64)

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

// New opens the room. Start makes its clock run.
func New(cfg Config) *Service {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Hub == nil {
		cfg.Hub = silence{}
	}
	if cfg.Seed == nil {
		cfg.Seed = paper.NewSeed
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Service{cfg: cfg, db: cfg.DB, q: examdb.New(cfg.DB), contests: cfg.Contests, papers: cfg.Papers, nowUs: cfg.NowUs,
		health: postgres.NewHealth(), settle: settleAfterOutage, results: resultCache{patience: ownPatience}, log: cfg.Log, rooms: map[int64]*room{}, ctx: ctx, cancel: cancel}
}

// silence is a hub without sockets, for whoever uses the room without a server.
type silence struct{}

func (silence) Prepare(_ string, m live.Message) live.Message                      { return m }
func (silence) Publish(string, live.Message)                                       {}
func (silence) PublishKey(string, string, live.Message)                            {}
func (silence) PublishEach(string, string, func(p account.Principal) live.Message) {}
func (silence) Count(string) int                                                   { return 0 }
func (silence) Keys(string) map[string]int                                         { return nil }
func (silence) CountKey(string, string) int                                        { return 0 }
func (silence) ProbeKey(string, time.Duration)                                     {}

// OnChange is told, on every node that follows the round, after its scores may have changed: a hint, in no order.
func (s *Service) OnChange(f func(contestID, roundID int64)) { s.onChange = append(s.onChange, f) }

// Channels of hints.
const (
	hintRound = "exam/round" // payload: the round that has changed
	hintOwn   = "exam/own"   // payload: the round, and the entries whose own part has changed
	hintProbe = "exam/probe" // payload: the entry whose devices are to give a sign of life
)

// turnEvery is how often the clock of this node looks at the rounds that run.
const turnEvery = time.Second

// Start begins to follow rounds, and to do what the clock does in them. Every node does it: who comes second finds it done.
func (s *Service) Start() {
	if s.cfg.Relay != nil {
		s.cfg.Relay.On(hintRound, s.heardRound)
		s.cfg.Relay.On(hintOwn, s.heardOwn)
		s.cfg.Relay.On(hintProbe, s.heardProbe)
	}
	s.startControl()
	s.tasks.Go(func() {
		ticker := time.NewTicker(turnEvery)
		defer ticker.Stop()
		for {
			s.guarded(s.turn)
			select {
			case <-s.ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// Stop waits for what is under way. Call it after the sockets are closed.
func (s *Service) Stop() {
	s.cancel()
	s.tasks.Wait()
}

func (s *Service) guarded(f func(ctx context.Context)) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in the exam", "panic", r)
		}
	}()
	f(s.ctx)
}

// inBackground runs f unless the service stops.
func (s *Service) inBackground(f func(ctx context.Context)) {
	if s.ctx.Err() == nil {
		s.tasks.Go(func() { s.guarded(f) })
	}
}

// room finds a round on this node and reads it if it isn't known yet.
func (s *Service) room(ctx context.Context, roundID int64) (*room, error) {
	s.mu.Lock()
	r := s.rooms[roundID]
	if r == nil {
		r = newRoom(s, roundID)
		s.rooms[roundID] = r
	}
	s.mu.Unlock()
	if r.known() != nil {
		return r, nil
	}
	if err := r.refresh(ctx); err != nil {
		s.mu.Lock()
		if r.known() == nil && s.rooms[roundID] == r {
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
