package unit

import (
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/fault"
)

// ChangeKind is what happens to units on a day.
type ChangeKind string

const (
	Found    ChangeKind = "found"    // thành lập
	Rename   ChangeKind = "rename"   // đổi tên, đổi loại
	Move     ChangeKind = "move"     // chuyển cấp trên
	Merge    ChangeKind = "merge"    // sáp nhập, hợp nhất
	Split    ChangeKind = "split"    // chia, tách
	Dissolve ChangeKind = "dissolve" // giải thể, kết thúc hoạt động
)

// Change is one act that changes the tree from a day on.
type Change struct {
	Kind   ChangeKind
	Day    Day
	Ground string  // căn cứ: the act it rests on
	Units  []int64 // what it is done to; none when a unit is founded
	// New is what is founded, or what the unit is called from that day on.
	New Part
	// ParentID is where the units move to; 0: to the top. When units are dissolved, where their children go; 0: up to
	// the parent of each.
	ParentID int64
	// Into is what goes on: one for a merger, several for a split.
	Into []Part
	// Keep: a unit that is split goes on beside what was taken from it.
	Keep bool
}

// Part is a unit that a change leads to: one that is there, or a new one.
type Part struct {
	UnitID    int64 // 0: a new one
	Code      string
	Name      string
	ShortName string
	Kind      Kind
	ParentID  int64
	Children  []int64 // of a split: the children that go with it
}

// MaxChange is how many units one act may touch by name.
const MaxChange = 2_000

var (
	badDay = fault.New(fault.Invalid, "bad_day",
		"Hãy ghi ngày có hiệu lực, ví dụ 01/07/2025.", "Give the day on which it takes effect, such as 01/07/2025.")
	badGround = fault.New(fault.Invalid, "bad_ground",
		"Căn cứ dài tối đa 300 ký tự.", "The ground has at most 300 characters.")
	tooFew = fault.New(fault.Invalid, "too_few_units",
		"Hãy chọn đủ các đơn vị của thao tác này. Chưa có gì được lưu.", "Choose the units of this act. Nothing was saved.")
	unknownUnit = fault.New(fault.NotFound, "unknown_unit",
		"Có đơn vị không còn trong hệ thống. Hãy tải lại trang.", "One of the units does not exist any more. Reload the page.")
	belowItself = fault.New(fault.Invalid, "unit_cycle",
		"Không thể chuyển một đơn vị vào dưới chính nó. Chưa có gì được lưu.", "A unit can't go below itself. Nothing was saved.")
	badKind = fault.New(fault.Invalid, "bad_unit_kind", "Loại đơn vị này không có.", "There is no such kind of unit.")
)

// workshop is a tree that is being changed.
type workshop struct {
	Tree
	day    Day
	ground string
	fresh  int64 // the next number of a new unit: new units are numbered below zero
}

// Apply makes the tree after a change. New units have numbers below zero, in the order of the change. The tree on any
// earlier day stays as it was.
func (t Tree) Apply(c Change) (Tree, error) {
	if !c.Day.Valid() {
		return t, badDay.At("day", badDay.Vi, badDay.En)
	}
	c.Ground = CleanName(c.Ground)
	if len([]rune(c.Ground)) > 300 {
		return t, badGround.At("ground", badGround.Vi, badGround.En)
	}
	if c.Kind != Found && len(c.Units) == 0 || len(c.Units) > MaxChange {
		return t, tooFew
	}
	c.Units = unique(c.Units)
	w := &workshop{Tree: t.copied(), day: c.Day, ground: c.Ground, fresh: -1}
	for _, id := range c.Units {
		if _, ok := w.units[id]; !ok {
			return t, unknownUnit
		}
	}
	var err error
	switch c.Kind {
	case Found:
		_, err = w.add(c.New, "new")
	case Rename:
		err = w.rename(c.Units[0], c.New, "new")
	case Move:
		err = w.move(c.Units, c.ParentID)
	case Merge:
		err = w.merge(c)
	case Split:
		err = w.split(c)
	case Dissolve:
		err = w.dissolve(c)
	}
	if err == nil {
		err = w.refused()
	}
	if err != nil {
		return t, err
	}
	return w.Tree, nil
}

func unique(ids []int64) []int64 {
	seen := map[int64]bool{}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// CheckPart cleans and checks what is written about a unit; path is where it stands in the input.
func CheckPart(p Part, path string) (Part, error) {
	p.Name, p.ShortName, p.Code = CleanName(p.Name), CleanName(p.ShortName), CleanName(p.Code)
	if err := CheckName(p.Name); err != nil {
		return p, badName.At(path+".name", badName.Vi, badName.En)
	}
	if len([]rune(p.ShortName)) > 60 || len([]rune(p.Code)) > 40 {
		return p, badName.At(path+".short_name", "Tên viết tắt dài tối đa 60 ký tự, mã tối đa 40.", "A short name has at most 60 characters, a code 40.")
	}
	if p.Kind == "" {
		p.Kind = GuessKind(p.Name)
	}
	if !slices.Contains(Kinds, p.Kind) {
		return p, badKind.At(path+".kind", badKind.Vi, badKind.En)
	}
	return p, nil
}

// add founds a unit.
func (w *workshop) add(p Part, path string) (int64, error) {
	p, err := CheckPart(p, path)
	if err != nil {
		return 0, err
	}
	id := w.fresh
	w.fresh--
	w.units[id] = History{ID: id, Code: p.Code, Periods: []Period{{From: w.day, Name: p.Name, ShortName: p.ShortName, Kind: p.Kind,
		ParentID: p.ParentID, Ground: w.ground}}}
	return id, nil
}

// begin starts a new period of a unit on the day, from the one in force.
func (w *workshop) begin(id int64, change func(*Period)) error {
	h := w.units[id]
	if err := w.open(h); err != nil {
		return err
	}
	periods := slices.Clone(h.Periods)
	last := &periods[len(periods)-1]
	if last.From == w.day { // the second change of one day
		change(last)
		last.Ground = both(last.Ground, w.ground)
	} else {
		next := *last
		last.To, last.EndGround = w.day, ""
		next.From, next.Ground = w.day, w.ground
		change(&next)
		periods = append(periods, next)
	}
	h.Periods = periods
	w.units[id] = h
	return nil
}

// open refuses a unit that is not there on the day, or has changed or ended after it.
func (w *workshop) open(h History) error {
	p, there := h.At(w.day)
	last := h.Periods[len(h.Periods)-1]
	switch {
	case last.From > w.day:
		return fault.New(fault.Conflict, "unit_changed_later",
			fmt.Sprintf("“%s” đã có thay đổi từ ngày %s. Hãy chọn một ngày không sớm hơn. Chưa có gì được lưu.", last.Name, DayText(last.From)),
			fmt.Sprintf("“%s” has changed on %s. Choose a day that is not earlier. Nothing was saved.", last.Name, DayText(last.From)))
	case !there:
		return fault.New(fault.Conflict, "unit_ended",
			fmt.Sprintf("“%s” đã kết thúc từ ngày %s. Chưa có gì được lưu.", last.Name, DayText(last.To)),
			fmt.Sprintf("“%s” has ended on %s. Nothing was saved.", last.Name, DayText(last.To)))
	case p.To != "":
		return fault.New(fault.Conflict, "unit_ended",
			fmt.Sprintf("“%s” kết thúc từ ngày %s theo một thao tác đã ghi. Chưa có gì được lưu.", last.Name, DayText(last.To)),
			fmt.Sprintf("“%s” ends on %s by what is recorded. Nothing was saved.", last.Name, DayText(last.To)))
	}
	return nil
}

func both(a, b string) string {
	if b == "" || a == b {
		return a
	}
	if a == "" {
		return b
	}
	joined := []rune(a + "; " + b)
	return string(joined[:min(len(joined), 300)])
}

// end closes a unit on the day.
func (w *workshop) end(id int64) error {
	h := w.units[id]
	if err := w.open(h); err != nil {
		return err
	}
	periods := slices.Clone(h.Periods)
	if last := periods[len(periods)-1]; last.From == w.day {
		if len(periods) == 1 || periods[len(periods)-2].To != w.day {
			return fault.New(fault.Conflict, "unit_begins_that_day",
				fmt.Sprintf("“%s” bắt đầu đúng ngày %s nên không thể kết thúc trong ngày đó. Chưa có gì được lưu.", last.Name, DayText(w.day)),
				fmt.Sprintf("“%s” begins on %s and can't end on that day. Nothing was saved.", last.Name, DayText(w.day)))
		}
		periods = periods[:len(periods)-1]
	}
	last := &periods[len(periods)-1]
	last.To, last.EndGround = w.day, w.ground
	h.Periods = periods
	w.units[id] = h
	return nil
}

// reparent puts everything that stands under one unit from the day on under another one.
func (w *workshop) reparent(from int64, to func(child int64) int64) error {
	for _, id := range w.IDs() {
		h := w.units[id]
		if !slices.ContainsFunc(h.Periods, func(p Period) bool { return p.ParentID == from && p.To.until(w.day) }) {
			continue
		}
		var periods []Period
		for _, p := range h.Periods {
			switch {
			case p.ParentID != from || !p.To.until(w.day):
				periods = append(periods, p)
			case p.From < w.day:
				before, after := p, p
				before.To, before.EndGround = w.day, ""
				after.From, after.ParentID, after.Ground = w.day, to(id), w.ground
				periods = append(periods, before, after)
			default:
				p.ParentID = to(id)
				if p.From == w.day {
					p.Ground = both(p.Ground, w.ground)
				}
				periods = append(periods, p)
			}
		}
		h.Periods = periods
		w.units[id] = h
	}
	return nil
}

// parentOf is where a unit stands on the day.
func (w *workshop) parentOf(id int64) int64 {
	p, _ := w.units[id].At(w.day)
	return p.ParentID
}
