package unit

import (
	"maps"
	"slices"
	"time"
)

// Day is a calendar day as "2025-07-01", so that days compare as texts. As an end, "" means that there is none.
type Day string

// Always is the day before anything was recorded.
const Always Day = "0001-01-01"

// DayOf is the day of a moment, in the moment's own time zone.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Valid tells whether the day is in the calendar.
func (d Day) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// until tells whether a end is after a day; no end is after every day.
func (d Day) until(day Day) bool { return d == "" || d > day }

// Period is what a unit is from one day until another.
type Period struct {
	From      Day    `json:"from"`
	To        Day    `json:"to,omitzero"` // the first day on which it no longer holds; "": it still does
	Name      string `json:"name"`
	ShortName string `json:"short_name,omitzero"`
	Kind      Kind   `json:"kind"`
	ParentID  int64  `json:"parent_id,omitzero"`  // 0: none
	Ground    string `json:"ground,omitzero"`     // the act by which the period begins: "Nghị quyết số ..."
	EndGround string `json:"end_ground,omitzero"` // the act by which the unit ends with it
}

// Holds tells whether the period is in force on a day.
func (p Period) Holds(day Day) bool { return p.From <= day && p.To.until(day) }

// History is one unit over time: its periods, oldest first.
type History struct {
	ID      int64    `json:"id"`
	Code    string   `json:"code"`
	Periods []Period `json:"periods"`
}

// At is the period in force on a day.
func (h History) At(day Day) (Period, bool) {
	for i := len(h.Periods) - 1; i >= 0; i-- {
		if p := h.Periods[i]; p.From <= day {
			return p, p.To.until(day)
		}
	}
	return Period{}, false
}

// Near is the period in force on a day, or else the one before it, or else the first: what to call a unit that is
// not there on that day.
func (h History) Near(day Day) Period {
	for i := len(h.Periods) - 1; i >= 0; i-- {
		if h.Periods[i].From <= day {
			return h.Periods[i]
		}
	}
	if len(h.Periods) == 0 {
		return Period{}
	}
	return h.Periods[0]
}

// unit is the history as one unit, near a day.
func (h History) unit(day Day) Unit {
	p := h.Near(day)
	u := Unit{ID: h.ID, Code: h.Code, Name: p.Name, ShortName: p.ShortName, Kind: p.Kind, ParentID: p.ParentID}
	if !p.Holds(day) && p.From <= day {
		u.EndedOn = p.To
	}
	return u
}

// Successor says that one unit goes on with another one, or with a part of it.
type Successor struct {
	UnitID      int64 `json:"unit_id"`
	SuccessorID int64 `json:"successor_id"`
	Since       Day   `json:"since"`
}

// Tree is all units over time. It is a value: changing one gives another.
type Tree struct {
	units      map[int64]History
	successors []Successor
	names      *nameIndex
}

// NewTree makes a tree of histories, each with its periods oldest first.
func NewTree(histories []History, successors []Successor) Tree {
	t := Tree{units: make(map[int64]History, len(histories)), successors: successors, names: &nameIndex{}}
	for _, h := range histories {
		t.units[h.ID] = h
	}
	return t
}

// Unit finds the history of a unit.
func (t Tree) Unit(id int64) (History, bool) {
	h, ok := t.units[id]
	return h, ok
}

// Len is how many units there are, ended ones too.
func (t Tree) Len() int { return len(t.units) }

// IDs are the units, ended ones too, in the order in which they were added.
func (t Tree) IDs() []int64 { return slices.Sorted(maps.Keys(t.units)) }

// copied is a tree whose map and successors are its own; periods are copied when they are changed.
func (t Tree) copied() Tree {
	return Tree{units: maps.Clone(t.units), successors: slices.Clone(t.successors), names: &nameIndex{}}
}

// Successors are the units that go on with a unit.
func (t Tree) Successors(id int64) []Successor {
	var out []Successor
	for _, s := range t.successors {
		if s.UnitID == id {
			out = append(out, s)
		}
	}
	return out
}

// Predecessors are the units that a unit goes on with.
func (t Tree) Predecessors(id int64) []Successor {
	var out []Successor
	for _, s := range t.successors {
		if s.SuccessorID == id {
			out = append(out, s)
		}
	}
	return out
}

// Heir follows the successors of an ended unit as long as there is exactly one, to a unit that is there on the day.
func (t Tree) Heir(id int64, day Day) (int64, bool) {
	for range len(t.units) {
		h, ok := t.units[id]
		if !ok {
			return 0, false
		}
		if _, there := h.At(day); there {
			return id, true
		}
		next := t.Successors(id)
		if len(next) != 1 {
			return 0, false
		}
		id = next[0].SuccessorID
	}
	return 0, false
}

// View is the tree on one day.
type View struct {
	Day      Day
	tree     Tree
	children map[int64][]int64
}

// At is the tree on a day.
func (t Tree) At(day Day) View {
	v := View{Day: day, tree: t, children: make(map[int64][]int64, len(t.units)/4+1)}
	for id, h := range t.units {
		if p, ok := h.At(day); ok {
			v.children[p.ParentID] = append(v.children[p.ParentID], id)
		}
	}
	return v
}

// Children are the units right below one, those at the top for 0, in Vietnamese order.
func (v View) Children(id int64) []Unit {
	units := make([]Unit, 0, len(v.children[id]))
	for _, child := range v.children[id] {
		units = append(units, v.tree.units[child].unit(v.Day))
	}
	Sort(units)
	return units
}

// HasChildren counts the units right below one.
func (v View) HasChildren(id int64) int { return len(v.children[id]) }

// Has tells whether a unit is there on the day.
func (v View) Has(id int64) bool {
	_, ok := v.tree.units[id].At(v.Day)
	return ok
}

// Unit is a unit near the view's day.
func (v View) Unit(id int64) (Unit, bool) {
	h, ok := v.tree.units[id]
	return h.unit(v.Day), ok
}

// Path leads from the top down to a unit, which stands last.
func (v View) Path(id int64) []Unit {
	var path []Unit
	for range len(v.tree.units) {
		h, ok := v.tree.units[id]
		if !ok {
			break
		}
		u := h.unit(v.Day)
		path = append(path, u)
		id = u.ParentID
	}
	slices.Reverse(path)
	return path
}

// Below are the units below one (0: all units), without itself.
func (v View) Below(id int64) []int64 {
	below := slices.Clone(v.children[id])
	for i := 0; i < len(below) && len(below) <= len(v.tree.units); i++ {
		below = append(below, v.children[below[i]]...)
	}
	return below
}
