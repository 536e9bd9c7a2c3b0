package roster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/unit"
)

// grow founds a small province and gives its units by their names.
func (g *ground) grow(t *testing.T) map[string]int64 {
	t.Helper()
	of := map[string]int64{}
	add := func(name string, kind unit.Kind, parent string) {
		_, made, err := g.s.units.Change(g.ctx, unit.Change{Kind: unit.Found, Day: "2000-01-01", New: unit.Part{Name: name, Kind: kind, ParentID: of[parent]}})
		if err != nil {
			t.Fatal(err)
		}
		of[name] = made[0]
	}
	add("Tỉnh Lam Giang", unit.KindProvince, "")
	add("Huyện Sông Lam", unit.KindDistrict, "Tỉnh Lam Giang")
	for _, name := range []string{"Xã Đồng Tâm", "Xã Ân Thi", "Xã An Bình"} {
		add(name, unit.KindCommune, "Huyện Sông Lam")
	}
	add("Sở Nội vụ", unit.KindAgency, "Tỉnh Lam Giang")
	return of
}

func planText(p Plan) string {
	blocks := map[int64]string{0: "-"}
	for _, b := range p.Blocks {
		blocks[b.ID] = b.Name
	}
	var out []string
	for _, u := range p.Units {
		out = append(out, fmt.Sprintf("%s %s %d/%d", u.Name, blocks[u.BlockID], u.Target, u.Headcount))
	}
	return strings.Join(out, ", ")
}

func TestBlocksAndTargets(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.TeamEntry)
	of := g.grow(t)
	id := g.contest.ID
	if n, err := g.s.InviteBelow(g.ctx, id, of["Tỉnh Lam Giang"], true, []unit.Kind{unit.KindCommune, unit.KindAgency}); err != nil || n != 4 {
		t.Fatalf("invited %d, %v", n, err)
	}
	if n, err := g.s.InviteBelow(g.ctx, id, of["Huyện Sông Lam"], false, nil); err != nil || n != 0 {
		t.Errorf("invited again: %d, %v", n, err)
	}
	if err := g.s.SaveBlocks(g.ctx, id, []Block{{Name: "Khối xã, phường"}, {Name: "Khối cơ quan"}}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]Block{{{Name: "Khối A"}, {Name: "KHỐI A"}}, {{Name: "x"}}} {
		if err := g.s.SaveBlocks(g.ctx, id, bad); err == nil {
			t.Errorf("blocks %v are accepted", bad)
		}
	}
	plan := func() Plan {
		t.Helper()
		p, err := g.s.Plan(g.ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	blocks := plan().Blocks
	if err := g.s.units.SetCount(g.ctx, unit.Count{UnitID: of["Xã Ân Thi"], Day: "2020-01-01", Members: 321, Staff: 5}); err != nil {
		t.Fatal(err)
	}
	changes := []PlanChange{{UnitID: of["Xã Ân Thi"], BlockID: blocks[0].ID, Target: 2, Headcount: 321}, {UnitID: of["Xã An Bình"], BlockID: blocks[0].ID, Target: 1, Headcount: -2},
		{UnitID: of["Sở Nội vụ"], BlockID: blocks[1].ID, Target: -2, Headcount: -2}}
	if err := g.s.SetPlan(g.ctx, id, changes); err != nil {
		t.Fatal(err)
	}
	const want = "Sở Nội vụ Khối cơ quan -1/-1, Xã An Bình Khối xã, phường 1/-1, Xã Ân Thi Khối xã, phường 2/321, Xã Đồng Tâm - -1/-1"
	if got := planText(plan()); got != want {
		t.Errorf("the plan is\n%s\nwant\n%s", got, want)
	}
	if u := plan().Units[2]; u.Counted != 321 || u.ParentName != "Huyện Sông Lam" {
		t.Errorf("a unit of the plan: %+v", u)
	}
	if err := g.s.SetPlan(g.ctx, id, []PlanChange{{UnitID: of["Xã Đồng Tâm"], Target: 5, Headcount: -2}, {UnitID: of["Huyện Sông Lam"], Target: 1}}); err == nil {
		t.Error("a target for a unit that is not invited is accepted")
	}
	wantFault(t, g.s.SetPlan(g.ctx, id, []PlanChange{{UnitID: of["Xã Đồng Tâm"], BlockID: 999, Target: -2, Headcount: -2}}), "bad_block")
	if got := planText(plan()); got != want {
		t.Errorf("refused changes have left\n%s", got)
	}
	// A copy of the contest expects the same of its units, but nobody has confirmed their headcounts for its day.
	g.contests.OnCopy(g.s.CopyPlan)
	made, err := g.contests.Clone(g.ctx, id, "Hội thi năm sau", nil)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := g.s.Plan(g.ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := planText(copied); got != strings.Replace(want, "2/321", "2/-1", 1) {
		t.Errorf("the copy's plan is\n%s", got)
	}
	// A block that is left out ends, its units stay.
	if err := g.s.SaveBlocks(g.ctx, id, blocks[1:]); err != nil {
		t.Fatal(err)
	}
	if got := planText(plan()); !strings.Contains(got, "Xã Ân Thi - 2/321") || !strings.Contains(got, "Sở Nội vụ Khối cơ quan") {
		t.Errorf("without a block: %s", got)
	}
	if _, err := g.db.Exec(g.ctx, `UPDATE contest SET state = 'finalized' WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	wantFault(t, g.s.SetPlan(g.ctx, id, changes[:1]), "plan_closed")
	if _, broken, err := audit.Verify(g.ctx, g.db, id); err != nil || broken != 0 {
		t.Errorf("the chain is broken at %d, %v", broken, err)
	}
}

func TestBlocksAndTargetsByFile(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.TeamEntry)
	of := g.grow(t)
	id := g.contest.ID
	if err := g.s.InviteByID(g.ctx, id, []int64{of["Xã Ân Thi"], of["Xã An Bình"]}); err != nil {
		t.Fatal(err)
	}
	out, err := g.s.ExportPlan(g.ctx, id, "vi")
	if err != nil {
		t.Fatal(err)
	}
	if f, err := g.s.ImportPlan(g.ctx, id, out); err != nil || slices.ContainsFunc(f.Rows, func(r PlanRow) bool { return r.Status != FileDuplicate }) {
		t.Errorf("what was exported changes something: %+v, %v", f, err)
	}
	rows := [][]any{{"X. AN BÌNH", "Khối xã", 3, "1.200"}, {"Xã Ân Thi", "khối xã", "", 88}, {"Sở Nội vụ", "Khối cơ quan", 2, ""},
		{"Xã Không Có", "", 1, ""}, {"Xã Đồng Tâm", "", "nhiều", ""}, {"Xã Ân Thi", "", 9, ""}}
	data := workbook(t, []string{"Đơn vị", "Khối thi đua", "Chỉ tiêu (đội)", "Quân số"}, rows)
	for range 2 {
		f, err := g.s.PreviewPlan(g.ctx, id, data)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range f.Rows {
			got = append(got, string(r.Status))
		}
		if want := "new new new error error error"; strings.Join(got, " ") != want || len(f.NewBlocks) != 2 || !f.Rows[2].Invites || f.Rows[0].Invites {
			t.Fatalf("the preview says %v %+v", got, f)
		}
	}
	if got, err := g.s.Plan(g.ctx, id); err != nil || len(got.Blocks) != 0 || len(got.Units) != 2 {
		t.Fatalf("a preview has saved something: %+v, %v", got, err)
	}
	if _, err := g.s.ImportPlan(g.ctx, id, data); err != nil {
		t.Fatal(err)
	}
	got, err := g.s.Plan(g.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	const want = "Sở Nội vụ Khối cơ quan 2/-1, Xã An Bình Khối xã 3/1200, Xã Ân Thi Khối xã -1/88"
	if planText(got) != want {
		t.Errorf("the plan is\n%s\nwant\n%s", planText(got), want)
	}
	f, err := g.s.ImportPlan(g.ctx, id, data)
	if err != nil || len(f.NewBlocks) != 0 || f.Rows[0].Status != FileDuplicate {
		t.Errorf("once more: %+v, %v", f, err)
	}
}

func workbook(t *testing.T, titles []string, rows [][]any) []byte {
	t.Helper()
	sheet := export.Sheet{Name: "x"}
	for _, title := range titles {
		sheet.Columns = append(sheet.Columns, export.Column{Title: title})
	}
	sheet.Rows = rows
	var b strings.Builder
	if err := export.WriteWorkbook(&b, sheet); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}
