package exam

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// resultCache keeps the standings of rounds on this node. It can be thrown away at any moment.
type resultCache struct {
	mu     sync.Mutex
	rounds map[int64]*rankedRound
	// frozen tells whether the public board of a contest stands still: then nothing newer reaches the public by this room.
	frozen func(ctx context.Context, contestID int64) (bool, error)
	// patience is how long a contestant's own page waits for standings that are being worked out.
	patience time.Duration
}

// UseFrozen says how to ask whether the public board of a contest is frozen.
func (s *Service) UseFrozen(f func(ctx context.Context, contestID int64) (bool, error)) {
	s.results.frozen = f
}

type rankedRound struct {
	mu      sync.Mutex
	now     *ranked
	working *rankWork // under way; nil: none

	items     map[int64]*itemsReport // by period
	reporting map[int64]*reporting   // under way
}

// rankWork is the work on standings: of many who ask at once one works.
type rankWork struct {
	done chan struct{} // closed at the end; then made or err is there
	made *ranked
	err  error
}

// ranked are the standings of a round at one moment.
type ranked struct {
	basis   basis
	madeAt  time.Time
	facts   *facts
	who     membership
	overall *standingList
	periods map[int64]*standingList
	units   []UnitPlan
	names   map[int64]string // of units

	naming sync.Mutex
	people map[int64]*resultPerson // all of them, once a search or a workbook has needed it
}

// basis is what standings follow from, in short.
type basis struct{ scores, seq, version int64 }

// covers tells whether what follows from b is no older than what follows from other.
func (b basis) covers(other basis) bool {
	return b.scores >= other.scores && b.seq >= other.seq && b.version >= other.version
}

const (
	// freshFor is how long units and divisions are taken as they were read.
	freshFor = 10 * time.Second
	// nearFor is how old the public's standings may be: while thousands submit they change all the time.
	nearFor = 5 * time.Second
	// rankWithin bounds the work on standings; it goes on when whoever asked has gone.
	rankWithin = time.Minute
	// ownPatience is how long a contestant's own page waits for standings; see near.
	ownPatience = 25 * time.Millisecond
)

func (s *Service) rankedRound(roundID int64) *rankedRound {
	s.results.mu.Lock()
	defer s.results.mu.Unlock()
	if s.results.rounds == nil {
		s.results.rounds = map[int64]*rankedRound{}
	}
	x := s.results.rounds[roundID]
	if x == nil {
		x = &rankedRound{items: map[int64]*itemsReport{}, reporting: map[int64]*reporting{}}
		s.results.rounds[roundID] = x
	}
	return x
}

// ranked gives the standings as they follow from what stands in Postgres now.
func (s *Service) ranked(ctx context.Context, contestID, roundID int64) (*ranked, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	row, err := s.q.Round(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	asked := basis{row.ScoresVersion, row.Seq, row.Version}
	x := s.rankedRound(roundID)
	for {
		now, work := x.look(func(now *ranked) bool { return now.basis.covers(asked) && time.Since(now.madeAt) < freshFor }, func() *rankWork { return s.rankAnew(x, roundID) })
		if work == nil {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return nil, postgres.Fault(ctx.Err())
		case <-work.done:
		}
		switch {
		case work.err != nil:
			return nil, work.err
		case work.made.basis.covers(asked):
			return work.made, nil
		}
		// It had begun before what was asked for: once more.
	}
}

// near gives standings that may be some seconds old, but never from before something was settled or set anew: the public
// reads them while thousands submit. With patience (0: none) they are waited for only so long; late then says that there
// are newer ones to come, and what is given, if anything, is what was there before.
func (s *Service) near(ctx context.Context, f *facts, patience time.Duration) (given *ranked, late bool, err error) {
	x := s.rankedRound(f.roundID)
	fits := func(now *ranked) bool {
		return now.facts.version == f.version && now.facts.published == f.published && sameSettled(now.facts.periods, f.periods)
	}
	now, work := x.look(func(now *ranked) bool { return fits(now) && time.Since(now.madeAt) < nearFor }, func() *rankWork { return s.rankAnew(x, f.roundID) })
	if work == nil {
		return now, false, nil
	}
	var enough <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-ctx.Done():
		return nil, false, postgres.Fault(ctx.Err())
	case <-enough:
		if now != nil && fits(now) {
			return now, true, nil
		}
		return nil, true, nil
	case <-work.done:
	}
	return work.made, false, work.err
}

func sameSettled(a, b []Period) bool {
	return slices.EqualFunc(a, b, func(x, y Period) bool { return x.ID == y.ID && x.SettledUs == y.SettledUs })
}

// look gives the standings that are there, and the work that has to be waited for unless they do.
func (x *rankedRound) look(does func(now *ranked) bool, begin func() *rankWork) (*ranked, *rankWork) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.now != nil && does(x.now) {
		return x.now, nil
	}
	if x.working == nil {
		x.working = begin()
	}
	return x.now, x.working
}

// rankAnew works out the standings, also when whoever asked for them has gone: the next one finds them.
func (s *Service) rankAnew(x *rankedRound, roundID int64) *rankWork {
	work := &rankWork{done: make(chan struct{}), err: postgres.Fault(context.Canceled)}
	end := func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.working = nil
		if work.err == nil {
			x.now = work.made
		}
		close(work.done)
	}
	if s.ctx.Err() != nil {
		go end()
		return work
	}
	s.inBackground(func(ctx context.Context) {
		defer end()
		ctx, cancel := context.WithTimeout(ctx, rankWithin)
		defer cancel()
		work.made, work.err = s.rank(ctx, roundID)
	})
	return work
}

func (s *Service) rank(ctx context.Context, roundID int64) (*ranked, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	// The basis first: what is read after it is no older.
	row, err := s.q.Round(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	made := &ranked{basis: basis{row.ScoresVersion, row.Seq, row.Version}, madeAt: time.Now()}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	f := r.known()
	made.facts = f
	units, err := s.q.ResultUnits(ctx, f.contest.ID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	made.names = make(map[int64]string, len(units))
	for _, u := range units {
		made.names[u.UnitID] = u.Name
		made.units = append(made.units, UnitPlan{ID: u.UnitID, ParentID: u.ParentID, Name: u.Name, Invited: u.Invited, BlockID: u.BlockID, Block: u.Block,
			BlockPosition: int(u.BlockPosition), Target: int(u.Target), Headcount: int(u.Headcount)})
	}
	periods, who, err := r.counted(ctx, f)
	if err != nil {
		return nil, err
	}
	made.who = who
	actual := f.actuals()
	made.periods = make(map[int64]*standingList, len(f.periods))
	for _, p := range f.periods {
		var own [][]Counted
		if i := slices.IndexFunc(periods, func(list []Counted) bool { return list[0].PeriodID == p.ID }); i >= 0 {
			own = periods[i : i+1]
		}
		made.periods[p.ID] = listLater(func() []EntryStanding { return f.settings.standings(own, who.divisions, actual) })
	}
	if len(f.periods) == 1 {
		made.overall = made.periods[f.periods[0].ID]
		return made, nil
	}
	made.overall = listLater(func() []EntryStanding { return f.settings.standings(periods, who.divisions, actual) })
	return made, nil
}

// standingList are standings that are ranked when they are first asked for: of many weeks mostly one is.
type standingList struct {
	once  sync.Once
	done  chan struct{}
	make  func() []EntryStanding
	list  []EntryStanding
	at    map[int64]int32 // where an entry stands
	sizes map[int64]int   // of divisions
}

func listLater(of func() []EntryStanding) *standingList {
	return &standingList{done: make(chan struct{}), make: of}
}

// all are the standings, best first.
func (l *standingList) all() []EntryStanding {
	l.once.Do(func() {
		defer close(l.done)
		l.list = l.make()
		l.make = nil // and what it was made of
		l.at, l.sizes = make(map[int64]int32, len(l.list)), map[int64]int{}
		for i, e := range l.list {
			l.at[e.EntryID] = int32(i)
			l.sizes[e.DivisionID]++
		}
	})
	return l.list
}

// within tells whether the standings are there, after a while at most.
func (l *standingList) within(patience time.Duration) bool {
	select {
	case <-l.done:
		return true
	default:
	}
	go l.all()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-l.done:
		return true
	case <-timer.C:
		return false
	}
}

// of an entry: its standing and how many are ranked with it; nil: it has none.
func (l *standingList) of(entry int64) (*EntryStanding, int) {
	list := l.all()
	i, ok := l.at[entry]
	if !ok {
		return nil, 0
	}
	return &list[i], l.sizes[list[i].DivisionID]
}

// of gives the standings of a period; 0: of the whole round.
func (x *ranked) of(period int64) (*standingList, error) {
	if period == 0 {
		return x.overall, nil
	}
	list, ok := x.periods[period]
	if !ok {
		return nil, errNoPeriod
	}
	return list, nil
}

// resultPerson is an entry as standings name it.
type resultPerson struct {
	unit          int64
	number        string
	name, public  string
	search, found string // by what organizers and the public find it
}

func personOf(x examdb.ResultPeopleRow) *resultPerson {
	number := roster.NumberText(int(x.Number))
	p := &resultPerson{unit: x.UnitID, number: number, name: x.Name, public: x.Name, search: x.SearchKey}
	if x.NameHidden || x.Erased {
		p.public = roster.PublicName(roster.Kind(x.Kind), x.Name, number, x.Erased)
	}
	return p
}

// everybody gives all entries of the round, ready to be searched.
func (x *ranked) everybody(ctx context.Context, q *examdb.Queries) (map[int64]*resultPerson, error) {
	x.naming.Lock()
	defer x.naming.Unlock()
	if x.people != nil {
		return x.people, nil
	}
	rows, err := q.ResultPeople(ctx, x.facts.roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	people := make(map[int64]*resultPerson, len(rows))
	for _, row := range rows {
		p := personOf(row)
		p.found = unit.SearchKey(p.public)
		people[row.ID] = p
	}
	x.people = people
	return people, nil
}

// some gives a few entries, as they are named now.
func (x *ranked) some(ctx context.Context, q *examdb.Queries, ids []int64) (map[int64]*resultPerson, error) {
	rows, err := q.ResultNames(ctx, examdb.ResultNamesParams{ContestID: x.facts.contest.ID, Ids: ids})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	people := make(map[int64]*resultPerson, len(rows))
	for _, row := range rows {
		people[row.ID] = personOf(examdb.ResultPeopleRow(row))
	}
	return people, nil
}
