package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/unit"
)

// Led says for whom a leader acts; where one is nil, an organizer acts.
type Led struct {
	AccountID int64
	Units     []unit.Unit // all the leader may act for, what is below included
	Own       []int64     // those that were given to the leader by name
}

// May tells whether the leader acts for a unit.
func (l Led) May(unitID int64) bool {
	for _, u := range l.Units {
		if u.ID == unitID {
			return unitID != 0
		}
	}
	return false
}

// IDs are the units' numbers.
func (l Led) IDs() []int64 {
	ids := make([]int64, len(l.Units))
	for i, u := range l.Units {
		ids[i] = u.ID
	}
	return ids
}

// knownUnits are the units that the rows of a file can name.
type knownUnits struct {
	list  []unit.Unit
	same  map[string]int   // by unit.SameKey; -1: several
	alike map[string][]int // by unit.SearchKey, with and without the word for the kind
	byID  map[int64]int
	tree  unit.Tree // what they were called, and who goes on with them
	day   unit.Day  // the contest's
	said  map[string]bool
}

// fileUnits are the units of the contest, or those that the leader acts for.
func (s *Service) fileUnits(ctx context.Context, c contest.Contest, led *Led) (*knownUnits, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	k := &knownUnits{same: map[string]int{}, alike: map[string][]int{}, byID: map[int64]int{}, tree: tree, day: dayOf(c), said: map[string]bool{}}
	if led != nil {
		for _, u := range led.Units {
			k.add(u)
		}
		return k, nil
	}
	units, err := s.unitsOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		k.add(unit.Unit{ID: u.ID, Name: u.Name})
	}
	return k, nil
}

func (k *knownUnits) add(u unit.Unit) {
	i := len(k.list)
	k.list = append(k.list, u)
	if u.ID != 0 {
		k.byID[u.ID] = i
	}
	for _, name := range []string{u.Name, u.ShortName} {
		if name == "" {
			continue
		}
		if at, there := k.same[unit.SameKey(name)]; there && at != i {
			k.same[unit.SameKey(name)] = -1
		} else {
			k.same[unit.SameKey(name)] = i
		}
		key := unit.SearchKey(name)
		for _, way := range []string{key, bare(key)} {
			if list := k.alike[way]; len(list) == 0 || list[len(list)-1] != i {
				k.alike[way] = append(list, i)
			}
		}
	}
}

// kindWords stand before the names of places; people leave them out or cut them short.
var kindWords = []string{"phuong ", "xa ", "thi tran ", "dac khu ", "tinh ", "thanh pho ", "tp ", "doan ", "p ", "x ", "tt "}

// bare is a search key without the words for the kind before it.
func bare(key string) string {
	for range 2 {
		for _, word := range kindWords {
			key = strings.TrimPrefix(key, word)
		}
	}
	return key
}

func (k *knownUnits) names() []string {
	var names []string
	for _, u := range k.list {
		names = append(names, u.Name)
		if u.ShortName != "" {
			names = append(names, u.ShortName)
		}
	}
	return names
}

// find tells which unit a name means; sure: by its letters, not by a likeness.
func (k *knownUnits) find(name string) (u unit.Unit, found, sure bool) {
	if i, ok := k.same[unit.SameKey(name)]; ok && i >= 0 {
		return k.list[i], true, true
	}
	key := unit.SearchKey(name)
	for _, way := range []string{key, bare(key)} {
		if list := k.alike[way]; len(list) == 1 {
			return k.list[list[0]], true, false
		}
	}
	return unit.Unit{}, false, false
}

// place finds the unit of each entry of a file. For an organizer a new name becomes a new unit; a leader's people belong
// to the leader's units.
func (k *knownUnits) place(f *File, led *Led) {
	for i := range f.Entries {
		e := &f.Entries[i]
		if led == nil {
			k.placeAny(e)
			continue
		}
		k.placeLed(e, *led)
	}
}

// placeAny points out units that the contest does not know yet: a slip of the pen would become a unit of its own.
func (k *knownUnits) placeAny(e *FileEntry) {
	name := e.Draft.UnitName
	if name == "" || e.Status == FileRefused {
		return
	}
	u, found, sure := k.find(name)
	if found && sure && u.ID != 0 {
		k.belongs(e, u)
		return
	}
	if found && sure || k.byPast(e, name, true) {
		return // a new one, said before; or one of the tree
	}
	switch {
	case found && u.Name != name && unit.SearchKey(u.Name) == unit.SearchKey(name):
		e.warn(fmt.Sprintf("Đơn vị “%s” gần giống “%s” đã có. Nếu là một, hãy sửa trong tệp.", name, u.Name),
			fmt.Sprintf("The unit “%s” looks like “%s”. If they are one, mend the file.", name, u.Name))
		k.add(unit.Unit{Name: name})
	default:
		e.warn("Đơn vị mới, sẽ được thêm: "+name+".", "A new unit, it will be added: "+name+".")
		k.add(unit.Unit{Name: name}) // said once
	}
}

// belongs says that a row's people belong to a unit of the tree, whatever the row calls it.
func (k *knownUnits) belongs(e *FileEntry, u unit.Unit) {
	e.Draft.UnitID, e.Draft.UnitName, e.unitName = u.ID, "", u.Name
}

// byPast finds the unit that was called so before, or that goes on with one that was: on the contest's day. It tells
// whether the row is dealt with; anywhere: also by units that the list does not hold.
func (k *knownUnits) byPast(e *FileEntry, name string, anywhere bool) bool {
	found, ended := k.tree.Calls(name, k.day)
	listed := slices.DeleteFunc(slices.Clone(found), func(n unit.Named) bool { _, ok := k.byID[n.ID]; return !ok })
	if len(listed) > 0 || !anywhere {
		found = listed
	}
	short := clipRunes(name, 80)
	switch {
	case len(found) == 1:
		k.belongs(e, found[0].Unit)
		k.tell(e, short, found[0])
		return true
	case len(found) > 1:
		e.refuse(Problem{Row: e.FirstRow, Value: name, Vi: fmt.Sprintf("Có %d đơn vị tên “%s”. Hãy ghi mã đơn vị thay cho tên.", len(found), short),
			En: fmt.Sprintf("%d units are called “%s”. Write the unit's code instead of the name.", len(found), short)})
		return true
	case len(ended) > 0 && anywhere:
		u := ended[0]
		var heirs []string
		for _, s := range k.tree.Successors(u.ID) {
			if h, ok := k.tree.Unit(s.SuccessorID); ok {
				heirs = append(heirs, "“"+h.Near(k.day).Name+"”")
			}
		}
		p := Problem{Row: e.FirstRow, Value: name, Vi: fmt.Sprintf("“%s” không còn từ ngày %s và không có đơn vị kế tục.", short, unit.DayText(u.EndedOn)),
			En: fmt.Sprintf("“%s” is no more since %s, and no unit goes on with it.", short, unit.DayText(u.EndedOn))}
		if u.EndedOn == "" {
			p.Vi, p.En = fmt.Sprintf("“%s” chưa có vào ngày hội thi.", short), fmt.Sprintf("“%s” is not there yet on the contest's day.", short)
		}
		if len(heirs) > 0 {
			p.Vi = fmt.Sprintf("“%s” đã chia thành %s. Hãy ghi đơn vị hiện nay.", short, strings.Join(heirs, ", "))
			p.En = fmt.Sprintf("“%s” was split into %s. Write which of them it is now.", short, strings.Join(heirs, ", "))
		}
		e.refuse(p)
		return true
	}
	return false
}

// tell says once how a former name is understood.
func (k *knownUnits) tell(e *FileEntry, name string, n unit.Named) {
	if n.Was == "" || k.said[n.Was] {
		return
	}
	k.said[n.Was] = true
	if n.Merged {
		e.warn(fmt.Sprintf("“%s” đã sáp nhập vào “%s”: ghi vào đơn vị mới.", name, n.Name),
			fmt.Sprintf("“%s” has merged into “%s”, to which the row is taken.", name, n.Name))
		return
	}
	e.warn(fmt.Sprintf("“%s” đã đổi tên thành “%s”.", name, n.Name), fmt.Sprintf("“%s” was renamed to “%s”.", name, n.Name))
}

func (k *knownUnits) placeLed(e *FileEntry, led Led) {
	name := e.Draft.UnitName
	if name == "" {
		if len(led.Own) == 1 {
			e.Draft.UnitID = led.Own[0]
			for _, u := range led.Units {
				if u.ID == led.Own[0] {
					e.unitName = u.Name
				}
			}
			return
		}
		e.refuse(Problem{Row: e.FirstRow, Vi: "Chưa ghi đơn vị. Bạn phụ trách nhiều đơn vị nên mỗi dòng cần tên đơn vị.",
			En: "The unit is missing. You act for several units, so each row needs one."})
		return
	}
	u, found, sure := k.find(name)
	if found && sure {
		k.belongs(e, u)
		return
	}
	if k.byPast(e, name, false) {
		return
	}
	if !found {
		e.refuse(Problem{Row: e.FirstRow, Value: name, Vi: fmt.Sprintf("“%s” không thuộc đơn vị bạn phụ trách.", clipRunes(name, 80)),
			En: fmt.Sprintf("“%s” is none of the units you act for.", clipRunes(name, 80))})
		return
	}
	e.warn(fmt.Sprintf("“%s” được hiểu là “%s”.", name, u.Name), fmt.Sprintf("“%s” is taken as “%s”.", name, u.Name))
	k.belongs(e, u)
}
