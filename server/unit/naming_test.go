package unit

import (
	"slices"
	"testing"
)

func TestWhatANameMeansOnADay(t *testing.T) {
	tree := july(t)
	for _, c := range []Change{
		{Kind: Rename, Day: "2025-09-01", Units: []int64{6}, New: Part{Name: "Xã Đồng Lòng"}},
		{Kind: Split, Day: "2025-10-01", Units: []int64{9}, Into: []Part{{Name: "Sở A", ParentID: 1}, {Name: "Sở B", ParentID: 1}}},
	} {
		next, err := tree.Apply(c)
		if err != nil {
			t.Fatal(err)
		}
		for n, id := range next.IDs() {
			if id < 0 {
				next = renumbered(next, id, int64(20+n))
			}
		}
		tree = next
	}
	for _, c := range []struct {
		name   string
		day    Day
		ids    []int64
		was    string
		merged bool
		ended  int
	}{
		{"x. đồng tâm", "2025-08-01", []int64{6}, "", false, 0},
		{"Xã Đồng Tâm", "2026-01-01", []int64{6}, "Xã Đồng Tâm", false, 0},
		{"Xã Đồng Lòng", "2025-08-01", []int64{6}, "Xã Đồng Lòng", false, 0}, // a name ahead of its day
		{"Xã Thanh Thủy", "2025-06-30", []int64{5}, "", false, 0},
		{"Xã Thanh Thủy", "2026-01-01", []int64{10}, "Xã Thanh Thủy", true, 0},
		{"Xã Thanh Sơn", "2026-01-01", []int64{10}, "", false, 0}, // the new one is called like one of the old
		{"Xã Thanh Sơn", "2025-06-30", []int64{4}, "", false, 0},
		{"Phường Đông Hải", "2026-01-01", []int64{7}, "Phường Đông Hải", true, 0},
		{"Phường Bình Minh", "2026-01-01", []int64{7}, "Phường Bình Minh", false, 0},
		{"Sở Nội vụ", "2026-01-01", nil, "", false, 1},
		{"Huyện Sông Lam", "2026-01-01", nil, "", false, 1},
		{"Xã Không Có", "2026-01-01", nil, "", false, 0},
		{"  ", "2026-01-01", nil, "", false, 0},
	} {
		found, ended := tree.Calls(c.name, c.day)
		var ids []int64
		for _, n := range found {
			ids = append(ids, n.ID)
			if n.Was != c.was || n.Merged != c.merged {
				t.Errorf("%q on %s: %+v", c.name, c.day, n)
			}
		}
		if !slices.Equal(ids, c.ids) || len(ended) != c.ended {
			t.Errorf("%q on %s means %v, ended %v", c.name, c.day, ids, ended)
		}
	}
	if line := tree.Lineage(10); !slices.Equal(line, []int64{10, 4, 5}) {
		t.Errorf("what goes on in the new commune: %v", line)
	}
	if line := tree.Lineage(20); len(line) != 1 {
		t.Errorf("a part of what was split is taken for the whole: %v", line)
	}
}
