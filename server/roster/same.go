package roster

import (
	"context"
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/unit"
)

// What makes two drafts the same entry: kind, division, unit and name. The unit counts by its identity, so that a new name
// or a merger changes nothing; only a unit that the tree does not know yet counts by what it is called.

// ofUnit is the unit's part of a same-key.
func ofUnit(id int64, name string) string {
	if id != 0 {
		return fmt.Sprintf("#%d", id)
	}
	return unit.SameKey(name)
}

// sameKey is equal for two drafts that may mean the same entry: kind, division, unit and name. Their phone numbers then
// part two people of one name: see samePhone.
func (d Draft) sameKey(kind Kind, unitKey string) string {
	return strings.Join([]string{string(kind), fmt.Sprint(d.DivisionID), unitKey, unit.WordsKey(d.Name)}, "|")
}

// sameKeys are the keys under which a draft may be known, its own first: also those of units that have merged into its
// unit, and of the unit's names, from when it was not in the tree yet.
func (d Draft) sameKeys(kind Kind, tree unit.Tree, u unit.Unit) []string {
	keys := []string{d.sameKey(kind, ofUnit(u.ID, u.Name))}
	if u.ID == 0 {
		return keys
	}
	names := map[string]bool{}
	for _, id := range tree.Lineage(u.ID) {
		if id != u.ID {
			keys = append(keys, d.sameKey(kind, ofUnit(id, "")))
		}
		h, _ := tree.Unit(id)
		for _, p := range h.Periods {
			if key := unit.SameKey(p.Name); !names[key] {
				names[key] = true
				keys = append(keys, d.sameKey(kind, key))
			}
		}
	}
	return keys
}

// unitOf is the unit of a draft: by its number, or by a name that means one unit of the tree on the contest's day. One that
// the tree does not know has no number.
func unitOf(tree unit.Tree, c contest.Contest, d Draft) unit.Unit {
	if d.UnitID != 0 {
		u, _ := tree.At(dayOf(c)).Unit(d.UnitID)
		u.ID = d.UnitID
		return u
	}
	if d.UnitName != "" {
		if found, _ := tree.Calls(d.UnitName, dayOf(c)); len(found) == 1 {
			return found[0].Unit
		}
	}
	return unit.Unit{Name: d.UnitName}
}

// keysOf are the same-keys of a draft, its own first.
func (s *Service) keysOf(ctx context.Context, c contest.Contest, d Draft) ([]string, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return d.sameKeys(Kind(c.EntryKind), tree, unitOf(tree, c, d)), nil
}
