package leader

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/unit"
)

// A leader acts for what is below the unit, and a branch counts towards its commune's target.
func TestWhatIsBelowAUnitIsItsLeaders(t *testing.T) {
	t.Parallel()
	g, round := lay(t)
	if _, err := g.db.Exec(t.Context(), `UPDATE contest_unit SET target = 2 WHERE contest_id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.s.Units.Change(g.ctx, unit.Change{Kind: unit.Found, Day: unit.Today(), New: unit.Part{Name: "Chi đoàn 1", ParentID: g.hac}}); err != nil {
		t.Fatal(err)
	}
	_, done := g.bring(t, g.a, sheetOf(t, []any{"Họ tên", "Đơn vị"}, []any{"Nguyễn An", "chi đoàn 1"}, []any{"Trần Bình", "Phường Hạc Thành"}, []any{"Lê Cúc", "Chi đoàn 9"}))
	if done.Added != 2 {
		t.Fatalf("added %d: %+v", done.Added, done.File.Entries)
	}
	people, _, err := g.s.People(g.a, g.contest.ID, Filter{})
	if err != nil || len(people) != 2 {
		t.Fatalf("people %+v, %v", people, err)
	}
	approved, err := g.s.Roster.Approve(g.ctx, g.contest.ID, []int64{people[0].ID, people[1].ID}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.db.Exec(t.Context(), `UPDATE round SET state = 'running' WHERE contest_id = $1 AND position = 1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	round.taken = []int64{approved.Entries[0].ID}
	p, err := g.s.Progress(g.ctx, g.contest.ID, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	standings := map[string]Standing{}
	for _, r := range p.Rows {
		standings[r.Name] = r.Standing()
	}
	if len(p.Rows) != 3 || standings["Phường Hạc Thành"] != Reached || standings["Xã Nga Sơn"] != NotBegun {
		t.Errorf("standings %v", standings)
	}
	if total := Sum(p.Rows); total.Target != 6 || Percent(total.Registered, total.Target) != 33 || total.Entered != 1 || total.NotBegun != 2 {
		t.Errorf("total %+v", total)
	}
	if len(p.Left) != 1 || p.Left[0].EntryID != approved.Entries[1].ID {
		t.Errorf("not entered yet: %+v", p.Left)
	}
	if data, err := g.s.ProgressFile(g.ctx, g.contest.ID, nil, 0, "vi"); err != nil || len(data) == 0 {
		t.Errorf("the file: %d bytes, %v", len(data), err)
	}
}

// A block's sum never hides a unit that has nobody behind one that has many.
func TestSumsKeepToEachUnitsTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 8).Draw(t, "units")
		rows := make([]UnitRow, n)
		for i := range rows {
			rows[i] = UnitRow{Block: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "block"), Target: rapid.IntRange(0, 20).Draw(t, "target"),
				Count: Count{Approved: rapid.IntRange(0, 30).Draw(t, "approved"), Pending: rapid.IntRange(0, 30).Draw(t, "pending")}}
		}
		total := Sum(rows)
		var units, met int
		for _, b := range Blocks(rows) {
			units, met = units+b.Units, met+b.Registered
		}
		if units != n || met != total.Registered || total.Registered > total.Target {
			t.Fatalf("blocks have %d units and %d met, all have %d and %d of %d", units, met, n, total.Registered, total.Target)
		}
		if percent := Percent(total.Registered, total.Target); percent == 100 && total.Below+total.NotBegun > 0 {
			for _, r := range rows {
				if r.Missing() > 0 {
					t.Fatal("a hundred percent although somebody is missing")
				}
			}
		}
	})
}
