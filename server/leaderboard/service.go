package leaderboard

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard/leaderboarddb"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
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

// gather reads all that a board is made of.
func (s *Service) gather(ctx context.Context, contestID int64) (contest.Contest, []roster.Entry, map[int64]Scores, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return c, nil, nil, err
	}
	entries, err := s.roster.Entries(ctx, contestID)
	if err != nil {
		return c, nil, nil, err
	}
	scores := map[int64]Scores{}
	for _, r := range c.Rounds {
		source := s.sources[r.Kind]
		if source == nil {
			continue
		}
		if r.State == contest.Planned || r.State == contest.Ready {
			discreet, err := isDiscreet(ctx, source, r.ID)
			if err != nil {
				return c, nil, nil, err
			}
			if discreet {
				scores[r.ID] = Scores{Discreet: true}
			}
			continue
		}
		if scores[r.ID], err = source.Scores(ctx, r.ID); err != nil {
			return c, nil, nil, err
		}
	}
	return c, entries, scores, nil
}

// Plan gives what promotions and decisions on ties mean for the boards. app plugs it in.
type Plan interface {
	// Facts are the lists of rounds that promotions have filled, and the decisions on ties, the oldest first.
	Facts(ctx context.Context, contestID int64) (map[int64][]int64, []Decision, error)
	// Version changes whenever they do, and is cheap.
	Version(ctx context.Context, contestID int64) (string, error)
}

// UsePlan plugs in the plan. Without it there are no promotions.
func (s *Service) UsePlan(p Plan) { s.plan = p }

// Input reads all that a board of everything is made of, for organizers and for the results; never for the public.
func (s *Service) Input(ctx context.Context, contestID int64) (Input, error) {
	c, entries, scores, err := s.gather(ctx, contestID)
	in := Input{Contest: c, Entries: entries, Scores: scores}
	if err != nil || s.plan == nil {
		return in, err
	}
	in.Lists, in.Decisions, err = s.plan.Facts(ctx, contestID)
	return in, err
}

func isDiscreet(ctx context.Context, source Source, roundID int64) (bool, error) {
	if d, ok := source.(Discreet); ok {
		return d.Discreet(ctx, roundID)
	}
	return false, nil
}

// Whole computes the board with everything in it, for organizers and for the results; never for the public.
func (s *Service) Whole(ctx context.Context, contestID int64) (Board, error) {
	in, err := s.Input(ctx, contestID)
	if err != nil {
		return Board{}, err
	}
	return ComputePlan(in), nil
}

// public is the one function that decides what the public may see: the held board, or the present one without the
// rounds that are hidden. The scores are read before it is asked whether the board is held, and the question waits for
// a freeze that is under way (Freeze reads its own scores with the row locked). So either every score read here is in
// the frozen board as well, or the answer is that board.
func (s *Service) public(ctx context.Context, contestID int64) (Public, error) {
	version, err := s.q.NextBoardVersion(ctx, contestID)
	if postgres.IsForeignKeyViolation(err) {
		return Public{}, fault.NothingHere
	}
	if err != nil {
		return Public{}, postgres.Fault(err)
	}
	in, err := s.Input(ctx, contestID)
	if err != nil {
		return Public{}, err
	}
	in.Public = true
	p := Public{Version: version, Status: Provisional, Board: ComputePlan(in)}
	held, err := s.q.HeldBoard(ctx, contestID)
	if err != nil {
		return Public{}, postgres.Fault(err)
	}
	if held.Held != nil {
		p.Status, p.HeldAtUs = Status(*held.Held), *held.HeldAtUs
		p.Board = Board{}
		if err := json.Unmarshal(held.HeldBoard, &p.Board); err != nil {
			return Public{}, err
		}
	}
	masks, err := s.roster.Masks(ctx, contestID)
	if err != nil {
		return Public{}, err
	}
	p.Board.mask(masks)
	return p, nil
}

var (
	alreadyFrozen = fault.New(fault.Conflict, "already_frozen",
		"Bảng điểm đã được tạm giấu hoặc đã chốt.", "The board is frozen already, or final.")
	notFrozen = fault.New(fault.Conflict, "not_frozen",
		"Bảng điểm đang không bị tạm giấu.", "The board is not frozen.")
)

// Freeze makes the public board stand still from now on.
func (s *Service) Freeze(ctx context.Context, contestID int64) error {
	return s.done(contestID, s.freeze(ctx, contestID))
}

func (s *Service) freeze(ctx context.Context, contestID int64) error {
	if _, err := s.q.NextBoardVersion(ctx, contestID); err != nil { // makes the row that is locked below
		return postgres.Fault(err)
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		held, err := q.LockBoard(ctx, contestID)
		if err != nil {
			return err
		}
		if held.Held != nil {
			return alreadyFrozen
		}
		in, err := s.Input(ctx, contestID)
		if err != nil {
			return err
		}
		in.Public = true
		body, err := audit.Canonical(ComputePlan(in))
		if err != nil {
			return err
		}
		if err := q.HoldBoard(ctx, leaderboarddb.HoldBoardParams{ContestID: contestID, Held: ptr(string(Frozen)), HeldBoard: body}); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "board.freeze", map[string]any{})
	})
}

// Thaw lets the public see the present board again.
func (s *Service) Thaw(ctx context.Context, contestID int64) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).ReleaseBoard(ctx, leaderboarddb.ReleaseBoardParams{ContestID: contestID, Held: ptr(string(Frozen))})
		if err != nil {
			return err
		}
		if n == 0 {
			kept, err := s.q.WithTx(tx).KeptBack(ctx, contestID)
			if err == nil && kept != nil {
				return finalKeptBack
			}
			return notFrozen
		}
		return audit.Append(ctx, tx, contestID, "board.thaw", map[string]any{})
	})
	return s.done(contestID, err)
}

// done tells everybody who watches after an act on the board.
func (s *Service) done(contestID int64, err error) error {
	if err != nil {
		return postgres.Fault(err)
	}
	s.Changed(contestID)
	return nil
}

func ptr[T any](v T) *T { return &v }

// Run keeps boards up to date until ctx ends: what was reported as changed is built at most four times a second, and
// for boards that somebody watches here it is checked once a second whether a change was missed or Redis lost them.
func (s *Service) Run(ctx context.Context) {
	s.watchScreens(ctx)
	s.relay.On(hintChannel, func(_, payload string) {
		if id, err := strconv.ParseInt(payload, 10, 64); err == nil {
			s.reload(ctx, id)
			return
		}
		for _, id := range s.watching() { // hints may have been missed
			s.reload(ctx, id)
		}
	})
	build := time.NewTicker(250 * time.Millisecond)
	defer build.Stop()
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			s.buildChanged(ctx)
			select { // a burst of changes makes one board
			case <-ctx.Done():
				return
			case <-build.C:
			}
		case <-build.C:
			s.buildChanged(ctx)
		case <-check.C:
			s.checkWatched(ctx)
		}
	}
}

// Changed notes that a contest's board may have changed. It does not wait.
func (s *Service) Changed(contestID int64) {
	s.mu.Lock()
	s.board(contestID).dirty = true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// restAfter is how many times as long as the making of a board the rest behind it is.
const restAfter = 3

func (s *Service) buildChanged(ctx context.Context) {
	s.mu.Lock()
	var ids []int64
	for id, w := range s.boards {
		if w.dirty && !time.Now().Before(w.notBefore) {
			w.dirty = false
			ids = append(ids, id)
		}
	}
	s.mu.Unlock()
	for _, id := range ids {
		began := time.Now()
		err := s.build(ctx, id)
		s.mu.Lock()
		w := s.board(id)
		// A board of a hundred thousand takes a second to make: without a rest it would keep a processor for itself as
		// long as scores come in, and whoever asks for something else would wait.
		w.notBefore = time.Now().Add(restAfter * time.Since(began))
		if err != nil && ctx.Err() == nil && !errors.Is(err, fault.NothingHere) {
			s.log.Warn("building a board; trying again", "contest", id, "error", err)
			w.dirty, w.notBefore = true, time.Now().Add(time.Second)
		}
		s.mu.Unlock()
	}
}

// build makes the public board anew, writes it to Redis and tells all nodes. Without Redis the boards pause.
func (s *Service) build(ctx context.Context, contestID int64) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	versions, err := s.versions(ctx, contestID)
	if err != nil {
		return err
	}
	p, err := s.public(ctx, contestID)
	if err != nil {
		return err
	}
	if err := s.write(ctx, p, versions); err != nil {
		return err
	}
	s.mu.Lock()
	s.board(contestID).builtFrom = versions
	s.mu.Unlock()
	s.relay.Hint(hintChannel, strconv.FormatInt(contestID, 10))
	s.show(ctx, p)
	return nil
}

// versions is what a board depends on, in short.
func (s *Service) versions(ctx context.Context, contestID int64) (string, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return "", err
	}
	held, err := s.q.Held(ctx, contestID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	masks, err := s.roster.MaskVersion(ctx, contestID)
	if err != nil {
		return "", err
	}
	out := strconv.Itoa(c.Version) + string(c.State) + " masks:" + masks
	if s.plan != nil {
		v, err := s.plan.Version(ctx, contestID)
		if err != nil {
			return "", err
		}
		out += " plan:" + v
	}
	if held.HeldAtUs != nil {
		out += " held:" + strconv.FormatInt(*held.HeldAtUs, 10)
	}
	for _, r := range c.Rounds {
		source := s.sources[r.Kind]
		if source == nil {
			continue
		}
		if r.State == contest.Planned || r.State == contest.Ready {
			discreet, err := isDiscreet(ctx, source, r.ID)
			if err != nil {
				return "", err
			}
			if discreet {
				out += " " + strconv.FormatInt(r.ID, 10) + ":discreet"
			}
			continue
		}
		v, err := source.Version(ctx, r.ID)
		if err != nil {
			return "", err
		}
		out += " " + strconv.FormatInt(r.ID, 10) + ":" + strconv.FormatInt(v, 10)
	}
	return out, nil
}
