package plan

import (
	"cmp"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// Unit is an organisation with what the contest expects of it.
type Unit struct {
	ID, ParentID int64
	Name         string
	Invited      bool
	BlockID      int64
	Target       int // 0: none
	Headcount    int // 0: not confirmed
}

// Person is an entry as its unit counts it.
type Person struct {
	EntryID, UnitID int64
	Taken           bool
	Points          int64
}

// Why says why a unit is not ranked.
type Why string

const (
	TooFew   Why = "too_few"   // fewer valid turns than the rule asks for
	TooSmall Why = "too_small" // too small a share of its target or headcount
	NoCount  Why = "no_count"  // the share is asked for, and the unit has no target or headcount
)

// UnitResult is how a unit's people did.
type UnitResult struct {
	UnitID   int64 `json:"unit_id"`
	BlockID  int64 `json:"block_id"`
	Number   int   `json:"number"`
	Place    int   `json:"place" doc:"0: not ranked"`
	Tied     bool  `json:"tied"`
	Result   int64 `json:"result" doc:"Mean of its best, hundredths of a point, half up"`
	Entrants int   `json:"entrants" doc:"Who took part"`
	Valid    int   `json:"valid" doc:"Who of them has a valid turn"`
	Entries  int   `json:"entries" doc:"Who is registered"`
	Why      Why   `json:"why,omitempty" enum:"too_few,too_small,no_count"`
	// Counted are the entries whose points make the result, best first.
	Counted []int64 `json:"-"`
}

// CountsAt is the unit at which the people of a unit count: the nearest one above, itself included, that has a target;
// without one the nearest that is invited; else their own.
func CountsAt(units map[int64]Unit, id int64) int64 {
	nearest := int64(0)
	for at, steps := id, 0; at != 0 && steps < 20; steps++ {
		u, ok := units[at]
		if !ok {
			break
		}
		if u.Invited && u.Target > 0 {
			return at
		}
		if u.Invited && nearest == 0 {
			nearest = at
		}
		at = u.ParentID
	}
	if nearest == 0 {
		return id
	}
	return nearest
}

// UnitResults works out and ranks the results of units: the mean of the best so many valid turns, where who is missing
// counts 0; of equal results more valid turns stand first; what is then still equal is tied, until somebody decides.
// units stand in the order of their names.
func UnitResults(units []Unit, people []Person, rule contest.UnitRule, decisions []ranking.Decision) []UnitResult {
	byID := make(map[int64]Unit, len(units))
	number := make(map[int64]int, len(units))
	for i, u := range units {
		byID[u.ID], number[u.ID] = u, i+1
	}
	rows := map[int64]*UnitResult{}
	turns := map[int64][]Person{}
	for _, p := range people {
		if p.UnitID == 0 {
			continue
		}
		at := CountsAt(byID, p.UnitID)
		row := rows[at]
		if row == nil {
			row = &UnitResult{UnitID: at, BlockID: byID[at].BlockID, Number: number[at]}
			rows[at] = row
		}
		row.Entries++
		if p.Taken {
			row.Entrants++
		}
		if valid(rule, p) {
			row.Valid++
			turns[at] = append(turns[at], p)
		}
	}
	heats := map[int64][]ranking.Row{}
	for at, row := range rows {
		row.weigh(turns[at], max(rule.Best, 1))
		if row.Why = whyNot(rule, byID[at], row.Valid); row.Why != "" {
			continue
		}
		heat := int64(0)
		if rule.ByBlock {
			heat = row.BlockID
		}
		heats[heat] = append(heats[heat], ranking.Row{ID: at, Values: []int64{row.Result, int64(row.Valid)}})
	}
	for _, list := range heats {
		for _, s := range ranking.RankDecided([]ranking.Metric{{Name: "result"}, {Name: "valid"}}, list, decisions) {
			rows[s.ID].Place, rows[s.ID].Tied = s.Place, s.Tied
		}
	}
	list := make([]UnitResult, 0, len(rows))
	for _, row := range rows {
		list = append(list, *row)
	}
	last := func(place int) int {
		if place == 0 {
			return int(^uint(0) >> 1)
		}
		return place
	}
	slices.SortFunc(list, func(a, b UnitResult) int {
		return cmp.Or(cmp.Compare(last(a.Place), last(b.Place)), cmp.Compare(a.Number, b.Number), cmp.Compare(a.UnitID, b.UnitID))
	})
	return list
}

// weigh makes the result of the valid turns.
func (u *UnitResult) weigh(valid []Person, best int) {
	slices.SortFunc(valid, func(a, b Person) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.EntryID, b.EntryID))
	})
	var sum int64
	for _, p := range valid[:min(best, len(valid))] {
		sum += p.Points
		u.Counted = append(u.Counted, p.EntryID)
	}
	u.Result = halfUp(sum, int64(best))
}

func halfUp(a, b int64) int64 {
	if a < 0 {
		return -((-2*a + b) / (2 * b))
	}
	return (2*a + b) / (2 * b)
}

// unitHeats are the lists that units are promoted by.
func unitHeats(results []UnitResult, intake contest.Intake, blocks []int64) []Heat {
	ids := []int64{0}
	if intake.Units.ByBlock {
		ids = append(slices.Clone(blocks), 0)
	}
	var heats []Heat
	for _, id := range ids {
		h := Heat{ID: id, Places: intake.PlacesIn(0), Lines: []Line{}}
		for _, u := range results {
			if u.Place > 0 && (!intake.Units.ByBlock || u.BlockID == id) {
				h.Lines = append(h.Lines, Line{ID: u.UnitID, Number: u.Number, Place: u.Place, Tied: u.Tied, Value: u.Result, Valid: u.Valid})
			}
		}
		if len(h.Lines) == 0 && intake.Units.ByBlock {
			continue
		}
		h.Cut(intake.Reserves)
		heats = append(heats, h)
	}
	return heats
}

// peopleOf are the persons who stand before a round that units enter, with their points.
func peopleOf(in leaderboard.Input, round contest.Round) []Person {
	before, ok := in.Contest.Before(round.ID)
	if !ok {
		return nil
	}
	b := leaderboard.ComputePlan(in.Before(round.ID))
	rows := make(map[int64]leaderboard.Row, len(b.Rows))
	for _, r := range b.Rows {
		rows[r.EntryID] = r
	}
	var people []Person
	for _, e := range in.Entries {
		r, there := rows[e.ID]
		if e.State != roster.EntryActive || e.Kind != roster.KindPerson {
			continue
		}
		p := Person{EntryID: e.ID, UnitID: e.UnitID}
		if there && round.Intake.Basis == contest.BasisPrevious {
			s, ok := r.Score(before.ID)
			p.Taken, p.Points = ok, s.Points
		} else if there {
			p.Taken, p.Points = len(r.Scores) > 0, r.Total
		}
		people = append(people, p)
	}
	return people
}
