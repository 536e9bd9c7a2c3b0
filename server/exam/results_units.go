package exam

import (
	"cmp"
	"slices"

	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/unit"
)

// UnitPlan is a unit with what a contest expects of it.
type UnitPlan struct {
	ID, ParentID  int64
	Name          string
	Invited       bool
	BlockID       int64 // 0: in none
	Block         string
	BlockPosition int
	Target        int // 0: none
	Headcount     int // 0: not confirmed
}

// UnitMetric is what units are compared by.
type UnitMetric string

// Metrics of units; more comes first.
const (
	UnitsByEntrants  UnitMetric = "entrants"
	UnitsByHeadcount UnitMetric = "headcount" // entrants of a hundred of its people
	UnitsByTarget    UnitMetric = "target"    // entrants of a hundred that were asked for
	UnitsByAverage   UnitMetric = "average"
	UnitsByBest      UnitMetric = "best" // the mean of its best k, absent ones being 0
)

// UnitStanding is how a unit did.
type UnitStanding struct {
	UnitID    int64  `json:"unit_id"`
	Name      string `json:"name"`
	BlockID   int64  `json:"block_id" doc:"0: in no block"`
	Block     string `json:"block"`
	Place     int    `json:"place" doc:"Within the block; 0: the metric can't be told of this unit"`
	Tied      bool   `json:"tied"`
	Entrants  int    `json:"entrants" doc:"Entries with an attempt that counts"`
	Entries   int    `json:"entries" doc:"Entries that are registered"`
	Target    int    `json:"target" doc:"0: none"`
	Headcount int    `json:"headcount" doc:"0: not confirmed"`
	OfTarget  *int64 `json:"of_target,omitempty" doc:"Entrants of the target, hundredths of a per cent"`
	OfPeople  *int64 `json:"of_people,omitempty" doc:"Entrants of the headcount, hundredths of a per cent"`
	Average   int64  `json:"average" doc:"Mean of the points of its entrants, hundredths, half up"`
	Best      int64  `json:"best" doc:"Mean of the points of its best, absent ones being 0, hundredths, half up"`
}

// value is what a unit is ranked by; ok is false when it can't be.
func (u UnitStanding) value(m UnitMetric) (int64, bool) {
	switch m {
	case UnitsByHeadcount:
		return deref(u.OfPeople), u.OfPeople != nil
	case UnitsByTarget:
		return deref(u.OfTarget), u.OfTarget != nil
	case UnitsByAverage:
		return u.Average, u.Entrants > 0
	case UnitsByBest:
		return u.Best, u.Entrants > 0
	case UnitsByEntrants:
	}
	return int64(u.Entrants), true
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}

// Member is an entry as its unit counts it.
type Member struct {
	UnitID int64
	Taken  bool
	Points int64
}

// UnitStandings compares units within their blocks, by entries that took part. People of a unit count at the nearest one
// above, itself included, that has a target; without one at the nearest that is invited; where none is, at their own.
// Of equal ones the one with more entrants stands before; what is then still equal shares its place.
func UnitStandings(units []UnitPlan, members []Member, by UnitMetric, best int) []UnitStanding {
	plan := make(map[int64]UnitPlan, len(units))
	for _, u := range units {
		plan[u.ID] = u
	}
	rows := map[int64]*UnitStanding{}
	points := map[int64][]int64{}
	at := func(id int64) *UnitStanding {
		if rows[id] == nil {
			u := plan[id]
			rows[id] = &UnitStanding{UnitID: id, Name: u.Name, BlockID: u.BlockID, Block: u.Block, Target: u.Target, Headcount: u.Headcount}
		}
		return rows[id]
	}
	for _, u := range units {
		if u.Invited && countsAt(plan, u.ID) == u.ID {
			at(u.ID)
		}
	}
	where := make(map[int64]*UnitStanding, len(units)) // their people count
	for _, m := range members {
		if m.UnitID == 0 {
			continue
		}
		row := where[m.UnitID]
		if row == nil {
			row = at(countsAt(plan, m.UnitID))
			where[m.UnitID] = row
		}
		row.Entries++
		if m.Taken {
			row.Entrants++
			points[row.UnitID] = append(points[row.UnitID], m.Points)
		}
	}
	blocks := map[int64][]ranking.Row{}
	for id, row := range rows {
		row.measure(points[id], best)
		if v, ok := row.value(by); ok {
			blocks[row.BlockID] = append(blocks[row.BlockID], ranking.Row{ID: id, Values: []int64{v, int64(row.Entrants)}})
		}
	}
	for _, list := range blocks {
		for _, p := range ranking.Rank([]ranking.Metric{{Name: string(by)}, {Name: "entrants"}}, list) {
			rows[p.ID].Place, rows[p.ID].Tied = p.Place, p.Tied
		}
	}
	list := make([]UnitStanding, 0, len(rows))
	for _, row := range rows {
		list = append(list, *row)
	}
	keys := make(map[int64]string, len(rows))
	for id, row := range rows {
		keys[id] = unit.SearchKey(row.Name)
	}
	last := func(place int) int {
		if place == 0 {
			return int(^uint(0) >> 1)
		}
		return place
	}
	slices.SortFunc(list, func(a, b UnitStanding) int {
		return cmp.Or(cmp.Compare(blockPosition(plan[a.UnitID]), blockPosition(plan[b.UnitID])), cmp.Compare(a.BlockID, b.BlockID),
			cmp.Compare(last(a.Place), last(b.Place)), cmp.Compare(keys[a.UnitID], keys[b.UnitID]), cmp.Compare(a.UnitID, b.UnitID))
	})
	return list
}

func blockPosition(u UnitPlan) int {
	if u.BlockID == 0 {
		return 1_000_000 // units in no block stand last
	}
	return u.BlockPosition
}

// countsAt is the unit at which the people of a unit count.
func countsAt(plan map[int64]UnitPlan, id int64) int64 {
	nearest := int64(0)
	for at, steps := id, 0; at != 0 && steps < 20; steps++ {
		u, ok := plan[at]
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

func (u *UnitStanding) measure(points []int64, best int) {
	u.OfTarget, u.OfPeople = shareOfHundred(u.Entrants, u.Target), shareOfHundred(u.Entrants, u.Headcount)
	if len(points) == 0 {
		return
	}
	slices.SortFunc(points, func(a, b int64) int { return cmp.Compare(b, a) })
	var sum, top int64
	for i, p := range points {
		sum += p
		if i < best {
			top += p
		}
	}
	u.Average = halfUp(sum, int64(len(points)))
	u.Best = halfUp(top, int64(max(best, 1)))
}

// shareOfHundred is n of total in hundredths of a per cent, half up; nil: there is no total.
func shareOfHundred(n, total int) *int64 {
	if total <= 0 {
		return nil
	}
	v := halfUp(int64(n)*10_000, int64(total))
	return &v
}

func halfUp(a, b int64) int64 {
	if a < 0 {
		return -((-2*a + b) / (2 * b))
	}
	return (2*a + b) / (2 * b)
}

// unitStandings compares the units by a period; 0: by the whole round.
func (x *ranked) unitStandings(period int64, by UnitMetric, best int) ([]UnitStanding, error) {
	list, err := x.of(period)
	if err != nil {
		return nil, err
	}
	standings := list.all()
	members := make([]Member, 0, len(x.who.members))
	for _, m := range x.who.members {
		one := Member{UnitID: m.unit}
		if i, taken := list.at[m.id]; taken {
			one.Taken, one.Points = true, standings[i].Points
		}
		members = append(members, one)
	}
	return UnitStandings(x.units, members, by, best), nil
}
