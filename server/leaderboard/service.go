package leaderboard

import (
	"context"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard/leaderboarddb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/roster"
)

// Source gives the scores of rounds of one kind, from Postgres. app plugs one in for each kind.
type Source interface {
	Scores(ctx context.Context, roundID int64) (Scores, error)
	// Version is that of Scores, cheaply: it is asked once a second for boards that somebody watches.
	Version(ctx context.Context, roundID int64) (int64, error)
}

// Discreet is a Source some of whose rounds forbid to say how many take part, also before they have begun.
type Discreet interface {
	Discreet(ctx context.Context, roundID int64) (bool, error)
}

// Contests is what the boards need of the contests.
type Contests interface {
	Get(ctx context.Context, id int64) (contest.Contest, error)
	Visible(ctx context.Context, slug string) (contest.Contest, error)
	Round(ctx context.Context, contestID, roundID int64) (contest.Round, error)
}

// Roster is what the boards need of the roster.
type Roster interface {
	Entries(ctx context.Context, contestID int64) ([]roster.Entry, error)
	// Masks are what the public reads instead of some entries' names; MaskVersion changes when they do.
	Masks(ctx context.Context, contestID int64) (map[int64]roster.Mask, error)
	MaskVersion(ctx context.Context, contestID int64) (string, error)
}

// Status says what kind of board the public sees.
type Status string

// Statuses. They must never be confused on a screen.
const (
	Provisional Status = "provisional"
	Frozen      Status = "frozen"
	Final       Status = "final"
)

// Public is the board that the public may see now. Nothing else of this room reaches the public.
type Public struct {
	Version  int64  `json:"version"`
	Status   Status `json:"status" enum:"provisional,frozen,final"`
	HeldAtUs int64  `json:"held_at_us,omitzero" doc:"Since when the board stands still; 0: it is live"`
	Board    Board  `json:"board"`
}

// Service builds boards and shows them.
type Service struct {
	db       *pgxpool.Pool
	q        *leaderboarddb.Queries
	redis    redis.UniversalClient
	contests Contests
	roster   Roster
	sources  map[contest.Kind]Source
	hub      *live.Hub
	relay    *live.Relay
	log      *slog.Logger
	address  string
	plan     Plan

	reading sync.Mutex // one board at a time that this node doesn't know yet
	seen    sync.Map   // contests that are public

	mu     sync.Mutex
	boards map[int64]*watched // contests with watchers here, or changed here
	wake   chan struct{}
}

// Parts are what the room is opened with.
type Parts struct {
	DB       *pgxpool.Pool
	Redis    redis.UniversalClient
	Contests Contests
	Roster   Roster
	Sources  map[contest.Kind]Source
	Hub      *live.Hub
	Relay    *live.Relay
	Log      *slog.Logger
	// Address is that of the server for phones in the hall.
	Address string
}

// New opens the room. Run keeps its boards up to date.
func New(p Parts) *Service {
	return &Service{db: p.DB, q: leaderboarddb.New(p.DB), redis: p.Redis, contests: p.Contests, roster: p.Roster, sources: p.Sources,
		hub: p.Hub, relay: p.Relay, log: p.Log, address: p.Address, boards: map[int64]*watched{}, wake: make(chan struct{}, 1)}
}
