package exam

import (
	"context"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

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
func (x *ranked) page(ctx context.Context, q *examdb.Queries, w Wanted, public bool) (rows []StandingRow, count int, err error) {
	list, err := x.of(w.PeriodID)
	if err != nil {
		return nil, 0, err
	}
	var found map[int64]*resultPerson // nil: nobody is searched for
	words, key := strings.TrimSpace(w.Query), unit.SearchKey(w.Query)
	if key != "" {
		if found, err = x.everybody(ctx, q); err != nil {
			return nil, 0, err
		}
	}
	var within map[int64]bool
	if w.UnitID != 0 {
		within = below(x.units, w.UnitID)
	}
	var picked []EntryStanding
	var ids []int64
	for _, e := range list.all() {
		if w.DivisionID != 0 && e.DivisionID != w.DivisionID || within != nil && !within[x.who.unit(e.EntryID)] {
			continue
		}
		if p := found[e.EntryID]; found != nil && (p == nil || p.number != words && !p.matches(key, public)) {
			continue
		}
		if count++; count > w.Offset && len(picked) < w.Limit {
			picked, ids = append(picked, e), append(ids, e.EntryID)
		}
	}
	people, err := x.some(ctx, q, ids)
	if err != nil {
		return nil, 0, err
	}
	rows = make([]StandingRow, 0, len(picked))
	for _, e := range picked {
		p := people[e.EntryID]
		if p == nil {
			continue // deleted a moment ago
		}
		row := StandingRow{EntryStanding: e, Number: p.number, Name: p.name, Unit: x.names[p.unit]}
		if public {
			row.Name = p.public
		}
		rows = append(rows, row)
	}
	return rows, count, nil
}

// matches tells whether a search finds the entry. The public finds nobody by a name that it may not read.
func (p *resultPerson) matches(key string, public bool) bool {
	return strings.Contains(p.found, key) && (public || p.public == p.name) || !public && strings.Contains(p.search, key)
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
	rows, count, err := x.page(ctx, s.q, w, false)
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
	x, _, err := s.near(ctx, r.known(), 0)
	if err != nil {
		return nil, 0, nil, err
	}
	if err := s.mayShow(ctx, x.facts, w.PeriodID); err != nil {
		return nil, 0, nil, err
	}
	rows, count, err := x.page(ctx, s.q, w, true)
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
