package roster

import (
	"context"
	"fmt"
	"strings"

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
}

// fileUnits are the units of the contest, or those that the leader acts for.
func (s *Service) fileUnits(ctx context.Context, contestID int64, led *Led) (*knownUnits, error) {
	k := &knownUnits{same: map[string]int{}, alike: map[string][]int{}}
	if led != nil {
		for _, u := range led.Units {
			k.add(u)
		}
		return k, nil
	}
	units, err := s.unitsOf(ctx, contestID)
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
	switch {
	case found && sure:
		e.Draft.UnitName = u.Name
	case found && u.Name != name && unit.SearchKey(u.Name) == unit.SearchKey(name):
		e.warn(fmt.Sprintf("Đơn vị “%s” gần giống “%s” đã có. Nếu là một, hãy sửa trong tệp.", name, u.Name),
			fmt.Sprintf("The unit “%s” looks like “%s”. If they are one, mend the file.", name, u.Name))
		k.add(unit.Unit{Name: name})
	default:
		e.warn("Đơn vị mới, sẽ được thêm: "+name+".", "A new unit, it will be added: "+name+".")
		k.add(unit.Unit{Name: name}) // said once
	}
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
	if !found {
		e.refuse(Problem{Row: e.FirstRow, Value: name, Vi: fmt.Sprintf("“%s” không thuộc đơn vị bạn phụ trách.", clipRunes(name, 80)),
			En: fmt.Sprintf("“%s” is none of the units you act for.", clipRunes(name, 80))})
		return
	}
	if !sure {
		e.warn(fmt.Sprintf("“%s” được hiểu là “%s”.", name, u.Name), fmt.Sprintf("“%s” is taken as “%s”.", name, u.Name))
	}
	e.Draft.UnitID, e.Draft.UnitName, e.unitName = u.ID, "", u.Name
}
