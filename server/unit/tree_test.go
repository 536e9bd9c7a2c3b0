package unit

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// province is a small tree as it may have been in 2024: a province, two districts, their communes, an agency.
func province() Tree {
	one := func(id int64, name string, kind Kind, parent int64) History {
		return History{ID: id, Periods: []Period{{From: Always, Name: name, Kind: kind, ParentID: parent}}}
	}
	return NewTree([]History{
		one(1, "Tỉnh Lam Giang", KindProvince, 0),
		one(2, "Huyện Sông Lam", KindDistrict, 1), one(3, "Thị xã Bình Giang", KindDistrict, 1),
		one(4, "Xã Thanh Sơn", KindCommune, 2), one(5, "Xã Thanh Thủy", KindCommune, 2), one(6, "Xã Đồng Tâm", KindCommune, 2),
		one(7, "Phường Bình Minh", KindCommune, 3), one(8, "Phường Đông Hải", KindCommune, 3), one(9, "Sở Nội vụ", KindAgency, 1),
	}, nil)
}

// july is 1 July 2025 in the small tree: communes merge, districts end, what is left stands under the province.
func july(t *testing.T) Tree {
	t.Helper()
	tree := province()
	for _, c := range []Change{
		{Kind: Merge, Units: []int64{4, 5}, Into: []Part{{Name: "Xã Thanh Sơn", Kind: KindCommune, ParentID: 1}}},
		{Kind: Merge, Units: []int64{7, 8}, Into: []Part{{UnitID: 7, Name: "Phường Bình Hải"}}},
		{Kind: Dissolve, Units: []int64{2, 3}},
	} {
		c.Day, c.Ground = "2025-07-01", "Nghị quyết về sắp xếp đơn vị hành chính"
		next, err := tree.Apply(c)
		if err != nil {
			t.Fatalf("%s: %v", c.Kind, err)
		}
		for _, id := range next.IDs() { // as the service does: a new unit gets a number of its own
			if id < 0 {
				next = renumbered(next, id, 10)
			}
		}
		tree = next
	}
	return tree
}

// renumbered gives a unit another number everywhere.
func renumbered(t Tree, from, to int64) Tree {
	swap := func(id *int64) {
		if *id == from {
			*id = to
		}
	}
	var histories []History
	for _, id := range t.IDs() {
		h := t.units[id]
		swap(&h.ID)
		h.Periods = slices.Clone(h.Periods)
		for i := range h.Periods {
			swap(&h.Periods[i].ParentID)
		}
		histories = append(histories, h)
	}
	links := slices.Clone(t.successors)
	for i := range links {
		swap(&links[i].UnitID)
		swap(&links[i].SuccessorID)
	}
	return NewTree(histories, links)
}

func names(units []Unit) []string {
	out := []string{}
	for _, u := range units {
		out = append(out, u.Name)
	}
	return out
}

func TestTheDistrictLevelEnds(t *testing.T) {
	tree := july(t)
	before, after := tree.At("2025-06-30"), tree.At("2025-07-01")
	if got, want := names(before.Children(1)), []string{"Huyện Sông Lam", "Thị xã Bình Giang", "Sở Nội vụ"}; !slices.Equal(got, want) {
		t.Errorf("before: under the province %q, want %q", got, want)
	}
	if got, want := names(after.Children(1)), []string{"Phường Bình Hải", "Xã Đồng Tâm", "Xã Thanh Sơn", "Sở Nội vụ"}; !slices.Equal(got, want) {
		t.Errorf("after: under the province %q, want %q", got, want)
	}
	if got, want := names(before.Path(5)), []string{"Tỉnh Lam Giang", "Huyện Sông Lam", "Xã Thanh Thủy"}; !slices.Equal(got, want) {
		t.Errorf("path of the past %q, want %q", got, want)
	}
	if heir, ok := tree.Heir(5, "2026-01-01"); !ok || heir != 10 {
		t.Errorf("Xã Thanh Thủy goes on in %d, %v", heir, ok)
	}
	line := func(id int64) (kinds []EventKind) {
		for _, e := range tree.Line(id) {
			if e.Ground == "" || e.Day != "2025-07-01" {
				t.Errorf("event %+v of unit %d lacks its ground or day", e, id)
			}
			kinds = append(kinds, e.Kind)
		}
		return kinds
	}
	for id, want := range map[int64][]EventKind{
		5: {EventMerged}, 10: {EventFormed}, 7: {EventRenamed, EventMoved, EventReceived}, 2: {EventDissolved}, 6: {EventMoved}, 1: nil,
	} {
		if got := line(id); !slices.Equal(got, want) {
			t.Errorf("line of unit %d: %v, want %v", id, got, want)
		}
	}
}

func TestSplitAndSeparate(t *testing.T) {
	tree, err := province().Apply(Change{Kind: Split, Day: "2026-01-01", Ground: "Đề án chia tách", Units: []int64{2}, Into: []Part{
		{Name: "Cụm Nam", ParentID: 1, Children: []int64{6}}, {Name: "Cụm Bắc", ParentID: 1, Children: []int64{4}}}})
	if err != nil {
		t.Fatal(err)
	}
	// Xã Thanh Thủy was named for no part: it goes with the first.
	view := tree.At("2026-01-01")
	if got := names(view.Children(-1)); !slices.Equal(got, []string{"Xã Đồng Tâm", "Xã Thanh Thủy"}) {
		t.Errorf("the first part has %q", got)
	}
	if got := names(view.Children(-2)); !slices.Equal(got, []string{"Xã Thanh Sơn"}) || view.Has(2) {
		t.Errorf("the second part has %q, and the old unit is there: %v", got, view.Has(2))
	}
	tree, err = province().Apply(Change{Kind: Split, Day: "2026-01-01", Units: []int64{2}, Keep: true, Into: []Part{
		{Name: "Cụm Nam", ParentID: 1, Children: []int64{6}}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(tree.At("2026-01-01").Children(2)); !slices.Equal(got, []string{"Xã Thanh Sơn", "Xã Thanh Thủy"}) {
		t.Errorf("the unit that goes on has %q", got)
	}
	if h, _ := tree.Unit(4); len(h.Periods) != 1 {
		t.Errorf("a child that stays got a new period: %+v", h.Periods)
	}
}

func TestActsThatAreRefused(t *testing.T) {
	tree := july(t)
	for name, c := range map[string]struct {
		Change
		code string
	}{
		"below itself":            {Change{Kind: Move, Day: "2026-01-01", Units: []int64{1}, ParentID: 6}, "unit_cycle"},
		"into what has ended":     {Change{Kind: Move, Day: "2026-01-01", Units: []int64{6}, ParentID: 2}, "unit_parent"},
		"an ended unit":           {Change{Kind: Rename, Day: "2026-01-01", Units: []int64{2}, New: Part{Name: "Huyện Mới"}}, "unit_ended"},
		"before a later change":   {Change{Kind: Rename, Day: "2025-01-01", Units: []int64{6}, New: Part{Name: "Xã Mới"}}, "unit_changed_later"},
		"a name that is taken":    {Change{Kind: Rename, Day: "2026-01-01", Units: []int64{6}, New: Part{Name: "X. Thanh Sơn"}}, "unit_same_name"},
		"a merger of one":         {Change{Kind: Merge, Day: "2026-01-01", Units: []int64{6}, Into: []Part{{Name: "Xã Mới", ParentID: 1}}}, "merge_needs_two"},
		"a merger into a child":   {Change{Kind: Merge, Day: "2026-01-01", Units: []int64{1, 9}, Into: []Part{{UnitID: 6}}}, "unit_cycle"},
		"a split into one":        {Change{Kind: Split, Day: "2026-01-01", Units: []int64{6}, Into: []Part{{Name: "Xã Mới", ParentID: 1}}}, "split_needs_parts"},
		"a day that is none":      {Change{Kind: Move, Day: "2026-02-30", Units: []int64{6}}, "bad_day"},
		"what changes nothing":    {Change{Kind: Move, Day: "2026-01-01", Units: []int64{6}, ParentID: 1}, "nothing_changes"},
		"on the day it began":     {Change{Kind: Dissolve, Day: "2025-07-01", Units: []int64{10}}, "unit_begins_that_day"},
		"a unit nobody knows":     {Change{Kind: Dissolve, Day: "2026-01-01", Units: []int64{99}}, "unknown_unit"},
		"a name of one letter":    {Change{Kind: Found, Day: "2026-01-01", New: Part{Name: " X "}}, "bad_unit_name"},
		"no unit to be dissolved": {Change{Kind: Dissolve, Day: "2026-01-01"}, "too_few_units"},
	} {
		next, err := tree.Apply(c.Change)
		if f := faultCode(err); f != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
		if !reflect.DeepEqual(next, tree) {
			t.Errorf("%s: a refused act has changed the tree", name)
		}
	}
}

// Whatever is done to a tree in whatever order: on every day it is a tree, and what was before the day of an act stays
// exactly as it was.
func TestTheTreeStaysATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := province()
		days := []Day{"2025-01-01", "2025-03-01", "2025-07-01", "2025-07-02", "2026-01-01"}
		next := int64(100)
		for i := range rapid.IntRange(1, 12).Draw(t, "acts") {
			ids := tree.IDs()
			some := func(label string, most int) []int64 {
				return rapid.SliceOfN(rapid.SampledFrom(ids), 1, most).Draw(t, label)
			}
			part := func(label string) Part {
				p := Part{Name: fmt.Sprintf("Đơn vị %d %s", i, label), Kind: KindOther, ParentID: rapid.SampledFrom(append(ids, 0)).Draw(t, "parent "+label)}
				if rapid.Bool().Draw(t, "existing "+label) {
					p = Part{UnitID: rapid.SampledFrom(ids).Draw(t, "into "+label)}
				}
				return p
			}
			c := Change{Kind: rapid.SampledFrom([]ChangeKind{Found, Rename, Move, Merge, Split, Dissolve}).Draw(t, "kind"),
				Day: rapid.SampledFrom(days).Draw(t, "day"), Ground: "Căn cứ", Units: some("units", 3), New: part("new"),
				ParentID: rapid.SampledFrom(append(ids, 0)).Draw(t, "parent"), Keep: rapid.Bool().Draw(t, "keep")}
			c.New.UnitID = 0
			if c.New.Name == "" {
				c.New.Name = fmt.Sprintf("Đơn vị %d", i)
			}
			switch c.Kind {
			case Merge:
				c.Into = []Part{part("merged")}
			case Split:
				c.Units = c.Units[:1]
				c.Into = []Part{part("first"), part("second")}
				c.Into[0].Children = tree.At(c.Day).children[c.Units[0]]
			}
			changed, err := tree.Apply(c)
			if err != nil {
				continue // refused: the tree stays as it was
			}
			for _, id := range changed.IDs() {
				if id < 0 {
					changed = renumbered(changed, id, next)
					next++
				}
			}
			checkTree(t, changed, append(days, "2030-01-01"))
			for _, day := range append([]Day{Always}, days...) {
				if day < c.Day && !reflect.DeepEqual(picture(tree, day), picture(changed, day)) {
					t.Fatalf("%s on %s has changed the tree on %s", c.Kind, c.Day, day)
				}
			}
			if len(Effects(tree, changed, c.Day)) == 0 && !(c.Kind == Split && c.Keep) && c.Kind != Split {
				t.Fatalf("%s was accepted and changes nothing that is told", c.Kind)
			}
			tree = changed
		}
	})
}

// picture is what can be seen of a tree on a day.
func picture(t Tree, day Day) map[int64][4]string {
	seen := map[int64][4]string{}
	for id, h := range t.units {
		if p, ok := h.At(day); ok {
			seen[id] = [4]string{p.Name, p.ShortName, string(p.Kind), fmt.Sprint(p.ParentID)}
		}
	}
	return seen
}

// checkTree looks without the rules of the tree itself: from every unit one comes to the top, over units that are there.
func checkTree(t *rapid.T, tree Tree, days []Day) {
	for _, day := range days {
		view := tree.At(day)
		reached := 0
		for id, h := range tree.units {
			p, ok := h.At(day)
			if !ok {
				continue
			}
			reached++
			for steps := 0; p.ParentID != 0; steps++ {
				parent, known := tree.units[p.ParentID]
				up, there := parent.At(day)
				if !known || !there || steps > len(tree.units) {
					t.Fatalf("on %s unit %d does not come to the top", day, id)
				}
				p = up
			}
		}
		if below := view.Below(0); len(below) != reached {
			t.Fatalf("on %s %d units are there, %d are below the top", day, reached, len(below))
		}
	}
	for id, h := range tree.units {
		for i, p := range h.Periods {
			if p.To != "" && p.To <= p.From || i > 0 && (h.Periods[i-1].To == "" || h.Periods[i-1].To > p.From) {
				t.Fatalf("periods of unit %d: %+v", id, h.Periods)
			}
		}
	}
}
