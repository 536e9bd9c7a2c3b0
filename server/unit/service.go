package unit

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/unit/unitdb"
)

// Service keeps the tree of units. What it has read stays in memory until the tree changes on any node.
type Service struct {
	db   *pgxpool.Pool
	q    *unitdb.Queries
	mu   sync.Mutex
	read *reading
	// resting say what rests on an act that is to be taken back.
	resting []func(ctx context.Context, tx pgx.Tx, t Taken) ([]Rest, error)
}

// reading is the tree as it was read, with what is needed to search it.
type reading struct {
	version int64
	tree    Tree
	once    sync.Once
	keys    map[int64][]string // findKey of each period of each unit
}

// New opens the room.
func New(db *pgxpool.Pool) *Service { return &Service{db: db, q: unitdb.New(db)} }

// zone is where the calendar of the units is kept.
var zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*3600)

// Today is the day that "" stands for.
func Today() Day { return DayOf(time.Now().In(zone)) }

func orToday(day Day) Day {
	if day == "" {
		return Today()
	}
	return day
}

// Tree gives all units over time.
func (s *Service) Tree(ctx context.Context) (Tree, error) {
	r, err := s.reading(ctx)
	if err != nil {
		return Tree{}, err
	}
	return r.tree, nil
}

func (s *Service) reading(ctx context.Context) (*reading, error) {
	version, err := s.q.TreeVersion(ctx)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	s.mu.Lock()
	r := s.read
	s.mu.Unlock()
	if r != nil && r.version == version {
		return r, nil
	}
	r = &reading{}
	// One view of the database: the version belongs to the periods that are read with it.
	err = postgres.InTxWith(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if r.version, err = q.TreeVersion(ctx); err != nil {
			return err
		}
		r.tree, err = readTree(ctx, q)
		return err
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil || s.read.version < r.version {
		s.read = r
	}
	return r, nil
}

func readTree(ctx context.Context, q *unitdb.Queries) (Tree, error) {
	units, err := q.AllUnits(ctx)
	if err != nil {
		return Tree{}, err
	}
	periods, err := q.AllPeriods(ctx)
	if err != nil {
		return Tree{}, err
	}
	links, err := q.AllSuccessors(ctx)
	if err != nil {
		return Tree{}, err
	}
	histories := make([]History, len(units))
	at := make(map[int64]int, len(units))
	for i, u := range units {
		histories[i] = History{ID: u.ID, Code: u.Code}
		at[u.ID] = i
	}
	for _, p := range periods {
		h := &histories[at[p.UnitID]]
		h.Periods = append(h.Periods, Period{From: Day(p.ValidFrom), To: Day(p.ValidTo), Name: p.Name, ShortName: p.ShortName,
			Kind: Kind(p.Kind), ParentID: p.ParentID, Ground: p.Ground, EndGround: p.EndGround})
	}
	successors := make([]Successor, len(links))
	for i, l := range links {
		successors[i] = Successor{UnitID: l.UnitID, SuccessorID: l.SuccessorID, Since: Day(l.Since)}
	}
	return NewTree(histories, successors), nil
}

// Get finds one unit as it is today.
func (s *Service) Get(ctx context.Context, id int64) (Unit, error) {
	row, err := s.q.UnitByID(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Unit{}, fault.NothingHere
	}
	if err != nil {
		return Unit{}, postgres.Fault(err)
	}
	return Unit{ID: row.ID, Code: row.Code, Name: row.Name, ShortName: row.ShortName, Kind: Kind(row.Kind), ParentID: row.ParentID,
		EndedOn: Day(row.EndedOn)}, nil
}

// Names are what the units are called on a day ("": today); one that is not there then goes by its nearest name.
func (s *Service) Names(ctx context.Context, at Day) (map[int64]string, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	day := orToday(at)
	names := make(map[int64]string, tree.Len())
	for id, h := range tree.units {
		names[id] = h.Near(day).Name
	}
	return names, nil
}

// Query asks for units.
type Query struct {
	Words string
	Under int64 // only what stands below this unit; 0: everywhere
	At    Day   // "": today
	Kind  Kind  // "": all
	Ended bool  // units that are not there on the day, too
	Skip  int
	Most  int // 1 to 200
}

// Hit is a unit that was found.
type Hit struct {
	Unit
	Path []Unit // from the top down to its parent
	Was  string // the former name by which it was found
}

// Search finds units without regard to marks and case, by words in any order, abbreviations, codes and initials; the
// nearest first, then in Vietnamese order. It gives a part of them and how many there are.
func (s *Service) Search(ctx context.Context, query Query) ([]Hit, int, error) {
	r, err := s.reading(ctx)
	if err != nil {
		return nil, 0, err
	}
	hits := r.search(query, orToday(query.At))
	total := len(hits)
	hits = hits[min(max(query.Skip, 0), total):]
	hits = hits[:min(min(max(query.Most, 1), 200), len(hits))]
	view := r.tree.At(orToday(query.At))
	for i := range hits {
		path := view.Path(hits[i].ID)
		hits[i].Path = path[:max(len(path)-1, 0)]
	}
	return hits, total, nil
}

func (r *reading) search(query Query, day Day) []Hit {
	r.once.Do(func() {
		r.keys = make(map[int64][]string, r.tree.Len())
		for id, h := range r.tree.units {
			for _, p := range h.Periods {
				r.keys[id] = append(r.keys[id], findKey(h.Code, p.Name, p.ShortName))
			}
		}
	})
	var under map[int64]bool
	if query.Under != 0 {
		under = map[int64]bool{}
		for _, id := range r.tree.At(day).Below(query.Under) {
			under[id] = true
		}
	}
	wanted := want(query.Words)
	ranks := map[int64]int{}
	var hits []Hit
	for id, h := range r.tree.units {
		_, there := h.At(day)
		if !there && !query.Ended || under != nil && !under[id] {
			continue
		}
		u := h.unit(day)
		if query.Kind != "" && u.Kind != query.Kind {
			continue
		}
		hit, rank := Hit{Unit: u}, -1
		for i, key := range r.keys[id] {
			if !wanted.in(key) {
				continue
			}
			if h.Periods[i].Name == u.Name {
				rank, hit.Was = wanted.rank(key), ""
				break
			}
			rank, hit.Was = 3+wanted.rank(key), h.Periods[i].Name
		}
		if rank < 0 {
			continue
		}
		if !there {
			rank += 6
		}
		ranks[id] = rank
		hits = append(hits, hit)
	}
	SortBy(hits, func(h Hit) string { return h.Name })
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(ranks[a.ID], ranks[b.ID]) })
	return hits
}
