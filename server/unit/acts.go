package unit

import (
	"slices"

	"github.com/hoithi/hoithi/server/fault"
)

var (
	sameAsBefore = fault.New(fault.Invalid, "nothing_changes",
		"Thao tác này không đổi gì. Hãy kiểm tra lại tên và nơi trực thuộc.", "This would change nothing. Check the name and the parent.")
	mergeNeedsTwo = fault.New(fault.Invalid, "merge_needs_two",
		"Sáp nhập cần ít nhất hai đơn vị, và một đơn vị kế tục.", "A merger needs at least two units, and one that goes on.")
	splitNeedsParts = fault.New(fault.Invalid, "split_needs_parts",
		"Chia một đơn vị cần ít nhất hai đơn vị kế tục; tách một phần ra cần ít nhất một.",
		"A unit is split into at least two; taking a part from it needs at least one.")
	notAChild = fault.New(fault.Invalid, "not_a_child",
		"Có đơn vị trực thuộc không còn ở dưới đơn vị bị chia. Hãy tải lại trang.", "One of the children does not stand below the unit any more. Reload the page.")
)

func (w *workshop) rename(id int64, p Part, path string) error {
	old := w.units[id].Near(w.day)
	if p.Kind == "" {
		p.Kind = old.Kind
	}
	p, err := CheckPart(p, path)
	if err != nil {
		return err
	}
	if p.Name == old.Name && p.ShortName == old.ShortName && p.Kind == old.Kind {
		return sameAsBefore
	}
	return w.begin(id, func(next *Period) { next.Name, next.ShortName, next.Kind = p.Name, p.ShortName, p.Kind })
}

func (w *workshop) move(ids []int64, parent int64) error {
	moved := false
	for _, id := range ids {
		if id == parent {
			return belowItself
		}
		if w.parentOf(id) == parent && w.units[id].Near(w.day).Holds(w.day) {
			continue
		}
		moved = true
		if err := w.begin(id, func(next *Period) { next.ParentID = parent }); err != nil {
			return err
		}
	}
	if !moved {
		return sameAsBefore
	}
	return nil
}

// successor finds or founds what a change leads to.
func (w *workshop) successor(p Part, path string) (int64, error) {
	if p.UnitID == 0 {
		return w.add(p, path)
	}
	h, ok := w.units[p.UnitID]
	if !ok {
		return 0, unknownUnit
	}
	if err := w.open(h); err != nil {
		return 0, err
	}
	old := h.Near(w.day)
	if p.Name = CleanName(p.Name); p.Name == "" || p.Name == old.Name {
		return p.UnitID, nil
	}
	if p.ShortName == "" {
		p.ShortName = old.ShortName
	}
	return p.UnitID, w.rename(p.UnitID, p, path)
}

func (w *workshop) merge(c Change) error {
	if len(c.Into) != 1 {
		return mergeNeedsTwo
	}
	into := c.Into[0]
	ended := slices.DeleteFunc(slices.Clone(c.Units), func(id int64) bool { return id == into.UnitID })
	if len(ended) == 0 || into.UnitID == 0 && len(ended) < 2 {
		return mergeNeedsTwo
	}
	for _, id := range ended {
		if into.UnitID != 0 && w.isBelow(into.UnitID, id) || into.UnitID == 0 && (into.ParentID == id || w.isBelow(into.ParentID, id)) {
			return belowItself
		}
	}
	heir, err := w.successor(into, "into[0]")
	if err != nil {
		return err
	}
	for _, id := range ended {
		if err := w.reparent(id, func(int64) int64 { return heir }); err != nil {
			return err
		}
	}
	for _, id := range ended {
		if err := w.end(id); err != nil {
			return err
		}
		w.successors = append(w.successors, Successor{id, heir, w.day})
	}
	return nil
}

// isBelow tells whether a unit stands somewhere below another one on the day.
func (w *workshop) isBelow(id, above int64) bool {
	for range len(w.units) {
		if id == 0 {
			return false
		}
		if id = w.parentOf(id); id == above {
			return true
		}
	}
	return false
}

func (w *workshop) split(c Change) error {
	if len(c.Units) != 1 || len(c.Into) == 0 || !c.Keep && len(c.Into) < 2 {
		return splitNeedsParts
	}
	id := c.Units[0]
	if err := w.open(w.units[id]); err != nil {
		return err
	}
	goes := map[int64]int64{} // child → part
	var parts []int64
	for i, p := range c.Into {
		if p.UnitID == id || p.UnitID != 0 && w.isBelow(p.UnitID, id) || p.UnitID == 0 && (p.ParentID == id && !c.Keep || !c.Keep && w.isBelow(p.ParentID, id)) {
			return belowItself
		}
		part, err := w.successor(p, "into["+string(rune('0'+i%10))+"]")
		if err != nil {
			return err
		}
		parts = append(parts, part)
		for _, child := range p.Children {
			if w.parentOf(child) != id {
				return notAChild
			}
			goes[child] = part
		}
	}
	if len(unique(parts)) != len(parts) {
		return splitNeedsParts
	}
	if !c.Keep || len(goes) > 0 {
		rest := parts[0] // whoever is not named goes with the first
		if c.Keep {
			rest = id
		}
		err := w.reparent(id, func(child int64) int64 {
			if part, ok := goes[child]; ok {
				return part
			}
			return rest
		})
		if err != nil {
			return err
		}
		if c.Keep {
			w.undoIdle()
		}
	}
	if !c.Keep {
		if err := w.end(id); err != nil {
			return err
		}
	}
	for _, part := range parts {
		w.successors = append(w.successors, Successor{id, part, w.day})
	}
	return nil
}

// undoIdle joins periods that the day has cut without changing anything.
func (w *workshop) undoIdle() {
	for id, h := range w.units {
		for i := 1; i < len(h.Periods); i++ {
			a, b := h.Periods[i-1], h.Periods[i]
			if b.From != w.day || a.To != w.day || a.Name != b.Name || a.ShortName != b.ShortName || a.Kind != b.Kind || a.ParentID != b.ParentID {
				continue
			}
			a.To, a.EndGround = b.To, b.EndGround
			periods := slices.Clone(h.Periods[:i-1])
			h.Periods = append(append(periods, a), h.Periods[i+1:]...)
			w.units[id] = h
			break
		}
	}
}

func (w *workshop) dissolve(c Change) error {
	gone := map[int64]bool{}
	for _, id := range c.Units {
		gone[id] = true
	}
	if gone[c.ParentID] {
		return belowItself
	}
	up := map[int64]int64{} // where the children of each go: the next one above that is not dissolved too
	for _, id := range c.Units {
		parent := c.ParentID
		if parent == 0 {
			parent = w.parentOf(id)
			for range len(w.units) {
				if !gone[parent] {
					break
				}
				parent = w.parentOf(parent)
			}
		} else if w.isBelow(parent, id) {
			return belowItself
		}
		up[id] = parent
	}
	for _, id := range c.Units {
		if err := w.reparent(id, func(int64) int64 { return up[id] }); err != nil {
			return err
		}
	}
	for _, id := range c.Units {
		if err := w.end(id); err != nil {
			return err
		}
	}
	return nil
}
