package unit

import (
	"slices"
	"strings"
	"sync"
)

// nameIndex finds units by what they are or were called, and by their codes. It is made when it is first asked.
type nameIndex struct {
	once sync.Once
	ids  map[string][]int64 // by SameKey of a name, and by the code in capitals after a "#"
}

func (t Tree) called(name string) []int64 {
	t.names.once.Do(func() {
		t.names.ids = make(map[string][]int64, len(t.units))
		for _, id := range t.IDs() {
			h := t.units[id]
			keys := []string{"#" + strings.ToUpper(h.Code)}
			for _, p := range h.Periods {
				if key := SameKey(p.Name); !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
			for _, key := range keys {
				t.names.ids[key] = append(t.names.ids[key], id)
			}
		}
	})
	ids := slices.Clone(t.names.ids[SameKey(name)])
	if code := strings.ToUpper(strings.TrimSpace(name)); code != "" {
		ids = append(ids, t.names.ids["#"+code]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Named is a unit that a name means on a day.
type Named struct {
	Unit
	Was    string // the former name by which it was found, as it is written in the tree; "": it is called so
	Merged bool   // the former name is that of a unit which goes on in this one
}

// Calls finds the units that a name or code means on a day: those that are called so then, or else those that were called
// so or go on with a unit that was. ended: units of that name that are no more and that no single unit goes on with.
func (t Tree) Calls(name string, day Day) (found []Named, ended []Unit) {
	key, code := SameKey(name), strings.TrimSpace(name)
	if key == "" {
		return nil, nil
	}
	var now, later []Named
	for _, id := range t.called(name) {
		h := t.units[id]
		i := slices.IndexFunc(h.Periods, func(p Period) bool { return SameKey(p.Name) == key })
		byCode := h.Code != "" && strings.EqualFold(h.Code, code)
		p, there := h.At(day)
		switch {
		case there && (byCode || SameKey(p.Name) == key):
			now = append(now, Named{Unit: h.unit(day)})
		case there:
			later = append(later, Named{Unit: h.unit(day), Was: h.Periods[i].Name})
		default:
			heir, ok := t.Heir(id, day)
			if !ok {
				ended = append(ended, h.unit(day))
				continue
			}
			later = append(later, Named{Unit: t.units[heir].unit(day), Was: h.Near(day).Name, Merged: true}) // by whichever of its names
		}
	}
	if len(now) > 0 {
		return now, nil
	}
	for _, n := range later { // two that have merged into one are one
		if !slices.ContainsFunc(found, func(f Named) bool { return f.ID == n.ID }) {
			found = append(found, n)
		}
	}
	return found, ended
}

// Lineage is a unit and all that go on in it alone, whatever the day.
func (t Tree) Lineage(id int64) []int64 {
	line := []int64{id}
	for i := 0; i < len(line); i++ {
		for _, s := range t.Predecessors(line[i]) {
			h := t.units[s.UnitID]
			over := len(h.Periods) > 0 && h.Periods[len(h.Periods)-1].To == s.Since
			if over && len(t.Successors(s.UnitID)) == 1 && !slices.Contains(line, s.UnitID) {
				line = append(line, s.UnitID)
			}
		}
	}
	return line
}
