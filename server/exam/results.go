package exam

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
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
}

// UseFrozen says how to ask whether the public board of a contest is frozen.
func (s *Service) UseFrozen(f func(ctx context.Context, contestID int64) (bool, error)) {
	s.results.frozen = f
}

type rankedRound struct {
	mu  sync.Mutex
	now *ranked

	reporting sync.Mutex
	items     map[int64]*itemsReport // by period
}

// ranked are the standings of a round at one moment.
type ranked struct {
	basis   basis
	madeAt  time.Time
	facts   *facts
	people  map[int64]*resultPerson
	overall func() []EntryStanding
	periods map[int64]func() []EntryStanding
	units   []UnitPlan

	searched sync.Once // whether names have been made ready to be searched: most readers never search
}

// basis is what standings follow from, in short.
type basis struct{ scores, seq, version int64 }

// freshFor is how long names and units are taken as they were read.
const freshFor = 10 * time.Second

// resultPerson is an entry as standings name it.
type resultPerson struct {
	id, division, unit int64
	number             string
	name, public       string
	search, found      string // by what organizers and the public find it
}

func (s *Service) rankedRound(roundID int64) *rankedRound {
	s.results.mu.Lock()
	defer s.results.mu.Unlock()
	if s.results.rounds == nil {
		s.results.rounds = map[int64]*rankedRound{}
	}
	x := s.results.rounds[roundID]
	if x == nil {
		x = &rankedRound{items: map[int64]*itemsReport{}}
		s.results.rounds[roundID] = x
	}
	return x
}

// ranked gives the standings as they follow from what stands in Postgres. Of many who ask at once one computes.
func (s *Service) ranked(ctx context.Context, contestID, roundID int64) (*ranked, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	x := s.rankedRound(roundID)
	x.mu.Lock()
	defer x.mu.Unlock()
	row, err := s.q.Round(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	b := basis{row.ScoresVersion, row.Seq, row.Version}
	if x.now != nil && x.now.basis == b && time.Since(x.now.madeAt) < freshFor {
		return x.now, nil
	}
	made := &ranked{basis: b, madeAt: time.Now(), facts: r.known()}
	if err := s.rank(ctx, r, made); err != nil {
		return nil, err
	}
	x.now = made
	return made, nil
}

func (s *Service) rank(ctx context.Context, r *room, made *ranked) error {
	f := made.facts
	rows, err := s.q.ResultPeople(ctx, f.contest.ID)
	if err != nil {
		return postgres.Fault(err)
	}
	made.people = make(map[int64]*resultPerson, len(rows))
	for _, x := range rows {
		number := roster.NumberText(int(x.Number))
		p := &resultPerson{id: x.ID, division: x.DivisionID, unit: x.UnitID, number: number, name: x.Name, public: x.Name, search: x.SearchKey}
		if x.NameHidden || x.Erased {
			p.public = roster.PublicName(roster.Kind(x.Kind), x.Name, number, x.Erased)
		}
		made.people[x.ID] = p
	}
	units, err := s.q.ResultUnits(ctx, f.contest.ID)
	if err != nil {
		return postgres.Fault(err)
	}
	for _, u := range units {
		made.units = append(made.units, UnitPlan{ID: u.UnitID, ParentID: u.ParentID, Name: u.Name, Invited: u.Invited, BlockID: u.BlockID, Block: u.Block,
			BlockPosition: int(u.BlockPosition), Target: int(u.Target), Headcount: int(u.Headcount)})
	}
	all, _, err := r.counted(ctx, f)
	if err != nil {
		return err
	}
	// Whoever has withdrawn is not ranked; the division is the one of today.
	divisions := make(map[int64]int64, len(made.people))
	counted := all[:0]
	for _, c := range all {
		if p := made.people[c.EntryID]; p != nil {
			divisions[c.EntryID] = p.division
			counted = append(counted, c)
		}
	}
	actual := f.actuals()
	byPeriod := map[int64][]Counted{}
	for _, c := range counted {
		byPeriod[c.PeriodID] = append(byPeriod[c.PeriodID], c)
	}
	// Each list is ranked when it is asked for: of many weeks mostly one is.
	made.periods = make(map[int64]func() []EntryStanding, len(f.periods))
	for _, p := range f.periods {
		made.periods[p.ID] = sync.OnceValue(func() []EntryStanding { return f.settings.Standings(byPeriod[p.ID], divisions, actual) })
	}
	if len(f.periods) == 1 {
		made.overall = made.periods[f.periods[0].ID]
		return nil
	}
	made.overall = sync.OnceValue(func() []EntryStanding { return f.settings.Standings(counted, divisions, actual) })
	return nil
}

// of gives the standings of a period; 0: of the whole round.
func (x *ranked) of(period int64) ([]EntryStanding, error) {
	if period == 0 {
		return x.overall(), nil
	}
	list, ok := x.periods[period]
	if !ok {
		return nil, errNoPeriod
	}
	return list(), nil
}

// Wanted says which standings are asked for.
type Wanted struct {
	PeriodID   int64 // 0: the whole round
	DivisionID int64 // 0: all, one after the other
	UnitID     int64 // with all below it; 0: all
	Query      string
	Offset     int
	Limit      int
}

// StandingRow is an entry's standing with its name.
type StandingRow struct {
	EntryStanding
	Number string `json:"number"`
	Name   string `json:"name"`
	Unit   string `json:"unit"`
}

// page picks what is wanted, in the order of the standings, and says how many there are.
func (x *ranked) page(w Wanted, public bool) (rows []StandingRow, count int, err error) {
	list, err := x.of(w.PeriodID)
	if err != nil {
		return nil, 0, err
	}
	key := unit.SearchKey(w.Query)
	if key != "" {
		x.searched.Do(func() {
			for _, p := range x.people {
				p.found = unit.SearchKey(p.public)
			}
		})
	}
	var within map[int64]bool
	if w.UnitID != 0 {
		within = below(x.units, w.UnitID)
	}
	names := unitNames(x.units)
	rows = []StandingRow{}
	for _, e := range list {
		p := x.people[e.EntryID]
		if p == nil || w.DivisionID != 0 && e.DivisionID != w.DivisionID || within != nil && !within[p.unit] {
			continue
		}
		if key != "" && p.number != strings.TrimSpace(w.Query) && !p.matches(key, public) {
			continue
		}
		if count++; count > w.Offset && len(rows) < w.Limit {
			rows = append(rows, x.row(e, p, names, public))
		}
	}
	return rows, count, nil
}

// matches tells whether a search finds the entry. The public finds nobody by a name that it may not read.
func (p *resultPerson) matches(key string, public bool) bool {
	return strings.Contains(p.found, key) && (public || p.public == p.name) || !public && strings.Contains(p.search, key)
}

func (x *ranked) row(e EntryStanding, p *resultPerson, names map[int64]string, public bool) StandingRow {
	row := StandingRow{EntryStanding: e, Number: p.number, Name: p.name, Unit: names[p.unit]}
	if public {
		row.Name = p.public
	}
	return row
}

// standing finds that of an entry; nil: it has none.
func (x *ranked) standing(period, entry int64) (*EntryStanding, int) {
	list, err := x.of(period)
	if err != nil {
		return nil, 0
	}
	at := slices.IndexFunc(list, func(e EntryStanding) bool { return e.EntryID == entry })
	if at < 0 {
		return nil, 0
	}
	of := 0
	for _, e := range list {
		if e.DivisionID == list[at].DivisionID {
			of++
		}
	}
	return &list[at], of
}

// boardShown tells whether the standings of a period may be public now. While a guess about it is open they never are:
// they would tell how many take part.
func (f *facts) boardShown(p Period) bool {
	return f.shows(f.settings.ShowBoard, p) && (f.settings.Guess == GuessNone || p.SettledUs != 0)
}

// keysShown tells whether the right answers of a period may be seen now.
func (f *facts) keysShown(p Period) bool {
	return p.SettledUs != 0 && f.settings.ShowKeys != AtSubmit && f.shows(f.settings.ShowKeys, p)
}

// overallShown tells whether the standings of all periods that have opened may be public.
func (f *facts) overallShown() bool {
	opened := false
	for _, p := range f.periods {
		if !f.course.Opened[p.ID] {
			continue
		}
		if opened = true; !f.boardShown(p) {
			return false
		}
	}
	return opened
}

var (
	errBoardHidden = fault.New(fault.NotFound, "exam_board_hidden",
		"Bảng xếp hạng này chưa được công khai. Ban Tổ chức công bố theo thể lệ.", "These standings are not public yet. The organizers publish them as the rules say.")
	errBoardHeld = fault.New(fault.NotFound, "exam_board_held",
		"Bảng xếp hạng đang được tạm giấu, hãy xem ở trang bảng điểm của hội thi.", "The standings stand still for now; see the contest's board.")
)

// Standings gives a page of the standings for organizers.
func (s *Service) Standings(ctx context.Context, contestID, roundID int64, w Wanted) ([]StandingRow, int, *ranked, error) {
	x, err := s.ranked(ctx, contestID, roundID)
	if err != nil {
		return nil, 0, nil, err
	}
	rows, count, err := x.page(w, false)
	return rows, count, x, err
}

// PublicStandings gives a page of what the public may see now. Every public path to standings of this room goes by here.
func (s *Service) PublicStandings(ctx context.Context, contestID, roundID int64, w Wanted) ([]StandingRow, int, *ranked, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, 0, nil, err
	}
	if err := s.mayShow(ctx, r.known(), w.PeriodID); err != nil {
		return nil, 0, nil, err
	}
	x, err := s.ranked(ctx, contestID, roundID)
	if err != nil {
		return nil, 0, nil, err
	}
	if err := s.mayShow(ctx, x.facts, w.PeriodID); err != nil {
		return nil, 0, nil, err
	}
	rows, count, err := x.page(w, true)
	return rows, count, x, err
}

func (s *Service) mayShow(ctx context.Context, f *facts, periodID int64) error {
	if f.contest.State == contest.Draft {
		return fault.NothingHere
	}
	shown := false
	if periodID == 0 {
		shown = f.overallShown()
	} else if p, ok := f.period(periodID); ok {
		shown = f.boardShown(p)
	}
	if !shown {
		return errBoardHidden
	}
	if s.results.frozen != nil {
		frozen, err := s.results.frozen(ctx, f.contest.ID)
		if err != nil {
			return err
		}
		if frozen {
			return errBoardHeld
		}
	}
	return nil
}

// Discreet tells whether nothing public may say now how many take part in a round: a guess is open.
func (s *Service) Discreet(ctx context.Context, roundID int64) (bool, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return false, err
	}
	f := r.known()
	return f.settings.Guess != GuessNone && slices.ContainsFunc(f.periods, func(p Period) bool { return p.SettledUs == 0 }), nil
}

// Order is the list of metrics by which a round ranks.
func (s *Service) Order(ctx context.Context, roundID int64) ([]string, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, m := range r.known().settings.Ranking {
		list = append(list, string(m))
	}
	return list, nil
}

func unitNames(units []UnitPlan) map[int64]string {
	names := make(map[int64]string, len(units))
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return names
}

// below is a unit with everything below it.
func below(units []UnitPlan, id int64) map[int64]bool {
	children := map[int64][]int64{}
	for _, u := range units {
		children[u.ParentID] = append(children[u.ParentID], u.ID)
	}
	found := map[int64]bool{id: true}
	for todo := []int64{id}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		for _, c := range children[next] {
			if !found[c] {
				found[c] = true
				todo = append(todo, c)
			}
		}
	}
	return found
}

func byName(a, b string) int { return cmp.Compare(unit.SearchKey(a), unit.SearchKey(b)) }
