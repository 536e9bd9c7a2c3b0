package unit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/fault"
)

// Flaw is something that must not be in a tree.
type Flaw struct {
	Code    FlawCode
	UnitID  int64
	Day     Day
	OtherID int64 // the parent, namesake or successor; 0: none
}

// FlawCode says what is wrong.
type FlawCode string

const (
	FlawPeriods   FlawCode = "periods"   // a period that is empty or overlaps the next one
	FlawParent    FlawCode = "parent"    // a parent that is not there for the whole period
	FlawCycle     FlawCode = "cycle"     // a unit that is below itself
	FlawSameName  FlawCode = "same_name" // two units of one name under one parent
	FlawSuccessor FlawCode = "successor" // a successor that is not there
)

// Flaws finds what is wrong with a tree: on every day it must be a tree, each parent there as long as its children
// say so, and no two units of one name beside each other.
func (t Tree) Flaws() []Flaw {
	var flaws []Flaw
	for _, id := range t.IDs() {
		flaws = append(flaws, t.flawsOf(t.units[id])...)
	}
	if len(flaws) > 0 {
		return flaws // the rest presumes that periods are in order
	}
	flaws = append(t.namesakes(), flaws...)
	for _, s := range t.successors {
		_, there := t.units[s.SuccessorID].At(s.Since)
		if _, known := t.units[s.UnitID]; !known || !there || s.UnitID == s.SuccessorID {
			flaws = append(flaws, Flaw{FlawSuccessor, s.UnitID, s.Since, s.SuccessorID})
		}
	}
	return flaws
}

func (t Tree) flawsOf(h History) []Flaw {
	var flaws []Flaw
	for i, p := range h.Periods {
		if p.To != "" && p.To <= p.From || i > 0 && h.Periods[i-1].To.until(p.From) {
			flaws = append(flaws, Flaw{FlawPeriods, h.ID, p.From, 0})
		}
		if p.ParentID == 0 {
			continue
		}
		if day, ok := t.units[p.ParentID].covers(p.From, p.To); !ok {
			flaws = append(flaws, Flaw{FlawParent, h.ID, day, p.ParentID})
			continue
		}
		// Units that form a circle do so on the first day of the youngest of their periods at the latest.
		if t.circle(h.ID, p.From) {
			flaws = append(flaws, Flaw{FlawCycle, h.ID, p.From, p.ParentID})
		}
	}
	if len(h.Periods) == 0 {
		flaws = append(flaws, Flaw{FlawPeriods, h.ID, Always, 0})
	}
	return flaws
}

// covers tells whether the unit is there all the time from a day until another; if not, since when.
func (h History) covers(from, to Day) (Day, bool) {
	day := from
	for _, p := range h.Periods {
		if p.From > day {
			return day, false
		}
		if !p.To.until(day) {
			continue
		}
		if p.To == "" || to != "" && p.To >= to {
			return "", true
		}
		day = p.To
	}
	return day, false
}

// circle tells whether the way up from a unit comes back to it.
func (t Tree) circle(id int64, day Day) bool {
	at := id
	for range len(t.units) {
		p, ok := t.units[at].At(day)
		if !ok || p.ParentID == 0 {
			return false
		}
		if at = p.ParentID; at == id {
			return true
		}
	}
	return false // a circle further up: found from one of its own units
}

// namesakes finds units of one name that stand under one parent at one time.
func (t Tree) namesakes() []Flaw {
	type place struct {
		parent int64
		key    string
	}
	type stay struct {
		id       int64
		from, to Day
	}
	places := make(map[place][]stay, len(t.units))
	for id, h := range t.units {
		for _, p := range h.Periods {
			at := place{p.ParentID, SameKey(p.Name)}
			places[at] = append(places[at], stay{id, p.From, p.To})
		}
	}
	var flaws []Flaw
	for _, stays := range places {
		if len(stays) < 2 {
			continue
		}
		slices.SortFunc(stays, func(a, b stay) int { return cmp.Or(cmp.Compare(a.from, b.from), older(a.id, b.id)) })
		last := stays[0]
		for _, s := range stays[1:] {
			if s.id != last.id && last.to.until(s.from) {
				flaws = append(flaws, Flaw{FlawSameName, s.id, s.from, last.id})
			}
			if last.to != "" && (s.to == "" || s.to > last.to) {
				last = s
			}
		}
	}
	slices.SortFunc(flaws, func(a, b Flaw) int { return cmp.Or(cmp.Compare(a.UnitID, b.UnitID), cmp.Compare(a.Day, b.Day)) })
	return flaws
}

// older compares the numbers of two units: those below zero are new, the nearer to zero the earlier.
func older(a, b int64) int {
	if (a < 0) != (b < 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(max(a, -a), max(b, -b))
}

// words says a flaw in Vietnamese and English.
func (t Tree) words(f Flaw) (vi, en string) {
	name := t.units[f.UnitID].Near(f.Day).Name
	other := t.units[f.OtherID].Near(f.Day).Name
	day, sinceVi, sinceEn, onVi, onEn := DayText(f.Day), "từ ngày "+DayText(f.Day), "from "+DayText(f.Day), "Ngày "+DayText(f.Day), "On "+DayText(f.Day)
	if f.Day == Always {
		day, sinceVi, sinceEn, onVi, onEn = "–", "trước đó", "before", "Trong hệ thống", "In the tree"
	}
	switch f.Code {
	case FlawPeriods:
		return fmt.Sprintf("Các giai đoạn của “%s” chồng lên nhau hoặc trống ở ngày %s.", name, day),
			fmt.Sprintf("The periods of “%s” overlap or are empty on %s.", name, day)
	case FlawParent:
		if _, known := t.units[f.OtherID]; !known {
			return fmt.Sprintf("Đơn vị cấp trên của “%s” không có trong hệ thống.", name), fmt.Sprintf("The parent of “%s” does not exist.", name)
		}
		return fmt.Sprintf("“%s” trực thuộc “%s”, nhưng %s đơn vị cấp trên đó không tồn tại.", name, other, sinceVi),
			fmt.Sprintf("“%s” stands under “%s”, which does not exist %s.", name, other, sinceEn)
	case FlawCycle:
		return fmt.Sprintf("“%s” không thể trực thuộc “%s”: “%s” đang ở dưới nó (ngày %s).", name, other, other, day),
			fmt.Sprintf("“%s” can't stand under “%s”, which is below it (%s).", name, other, day)
	case FlawSameName:
		return fmt.Sprintf("%s đã có đơn vị “%s” cùng tên dưới cùng một cấp trên.", onVi, other),
			fmt.Sprintf("%s there is another unit called “%s” under the same parent.", onEn, other)
	case FlawSuccessor:
		return fmt.Sprintf("Đơn vị kế tục của “%s” không tồn tại vào ngày %s.", name, day),
			fmt.Sprintf("The successor of “%s” does not exist on %s.", name, day)
	}
	return "", ""
}

// DayText is a day as people write it: 01/07/2025.
func DayText(d Day) string {
	if len(d) != 10 {
		return string(d)
	}
	return string(d[8:10] + "/" + d[5:7] + "/" + d[:4])
}

// refused turns the first flaw of a tree into a fault; nil: it has none.
func (t Tree) refused() error {
	flaws := t.Flaws()
	if len(flaws) == 0 {
		return nil
	}
	vi, en := t.words(flaws[0])
	return fault.New(fault.Invalid, "unit_"+string(flaws[0].Code), vi+" Chưa có gì được lưu.", en+" Nothing was saved.")
}
