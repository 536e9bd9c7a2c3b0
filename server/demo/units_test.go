package demo_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/unit"
)

// The demo's tree lies in docs/samples as files to import, as it was before 2025 and with what happened since. Into an
// empty installation each is taken without a word; the second one after the first changes what was rearranged.
func TestSampleFilesHoldTheTree(t *testing.T) {
	empty := unit.NewTree(nil, nil)
	for name, rearranged := range map[string]bool{"don-vi-truoc-7-2025.xlsx": false, "don-vi-mau.xlsx": true} {
		tree, counts := demo.Units(rearranged)
		if flaws := tree.Flaws(); len(flaws) > 0 {
			t.Fatalf("%s: the tree has flaws: %+v", name, flaws[0])
		}
		path := filepath.Join("..", "..", "docs", "samples", name)
		if *writeSamples {
			data, err := unit.Workbook(tree, counts, "vi")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := export.ReadWorkbook(data, 5000, 40)
		if err != nil {
			t.Fatal(err)
		}
		file, err := unit.ReadFile(rows)
		if err != nil {
			t.Fatal(err)
		}
		taken, got := empty.Take(&file, nil, "2026-01-01")
		for _, r := range file.Rows {
			if r.Status == unit.RowRefused || len(r.Problems) > 0 {
				t.Fatalf("%s, row %d: %+v", name, r.Number, r.Problems)
			}
		}
		if taken.Len() != tree.Len() || len(got) != len(counts) {
			t.Errorf("%s holds %d units and %d counts, the demo %d and %d", name, taken.Len(), len(got), tree.Len(), len(counts))
		}
	}
}

// What the demo is to show: before July 2025 ten districts with 150 communes, after it 60 communes under the province.
func TestTheDemosTreeBeforeAndAfter(t *testing.T) {
	tree, _ := demo.Units(true)
	count := func(day unit.Day, kind unit.Kind, direct bool) (n int) {
		view := tree.At(day)
		for _, id := range view.Below(0) {
			if u, _ := view.Unit(id); u.Kind == kind && (!direct || len(view.Path(id)) == 2) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		day    unit.Day
		kind   unit.Kind
		direct bool
		want   int
	}{{"2025-06-30", unit.KindDistrict, true, 10}, {"2025-06-30", unit.KindCommune, false, 150}, {"2025-06-30", unit.KindCommune, true, 0},
		{"2025-07-01", unit.KindDistrict, false, 0}, {"2025-07-01", unit.KindCommune, true, 60}} {
		if got := count(c.day, c.kind, c.direct); got != c.want {
			t.Errorf("on %s there are %d units of kind %s, want %d", c.day, got, c.kind, c.want)
		}
	}
	contest, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	today := map[string]bool{}
	view := tree.At("2026-01-01")
	for _, id := range view.Below(0) {
		u, _ := view.Unit(id)
		today[u.Name] = true
	}
	for _, team := range contest.Teams {
		if !today[team.Unit] {
			t.Errorf("the team %q enters for %q, which is not in the demo's tree", team.Name, team.Unit)
		}
	}
}
