package roster

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/unit"
)

// change does an act on the tree, as a system administrator would.
func (g *ground) change(t *testing.T, c unit.Change) []int64 {
	t.Helper()
	_, made, err := g.s.units.Change(g.ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func warnings(f File) string {
	var texts []string
	for _, e := range f.Entries {
		for _, p := range e.Problems {
			texts = append(texts, p.Vi)
		}
	}
	return strings.Join(texts, "\n")
}

func TestAFileFindsItsPeopleAfterUnitsHaveChanged(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	id := map[string]int64{}
	for _, name := range []string{"Xã Đồng Tâm", "Xã Thanh Sơn", "Xã Thanh Thủy", "Xã Cũ"} {
		id[name] = g.change(t, unit.Change{Kind: unit.Found, Day: "2020-01-01", New: unit.Part{Name: name}})[0]
	}
	list := file(t, []string{"Họ và tên", "Đơn vị"}, []string{"Nguyễn Văn An", "Xã Đồng Tâm"}, []string{"Trần Thị Bình", "Xã Thanh Thủy"})
	if f, entries, err := g.take(t, list); err != nil || len(entries) != 2 || f.counted(FileNew) != 2 {
		t.Fatal(err, warnings(f))
	}
	g.change(t, unit.Change{Kind: unit.Rename, Day: "2024-01-01", Units: []int64{id["Xã Đồng Tâm"]}, New: unit.Part{Name: "Xã Đồng Lòng"}})
	g.change(t, unit.Change{Kind: unit.Merge, Day: "2024-01-01", Units: []int64{id["Xã Thanh Sơn"], id["Xã Thanh Thủy"]}, Into: []unit.Part{{Name: "Xã Thanh Sơn Thủy"}}})
	g.change(t, unit.Change{Kind: unit.Split, Day: "2024-01-01", Units: []int64{id["Xã Cũ"]}, Into: []unit.Part{{Name: "Xã Đông"}, {Name: "Xã Tây"}}})
	renamed := file(t, []string{"Họ và tên", "Đơn vị"}, []string{"Nguyễn Văn An", "Xã Đồng Lòng"}, []string{"Trần Thị Bình", "Xã Thanh Sơn Thủy"})
	for name, data := range map[string][]byte{"by the former names": list, "by the new names": renamed} {
		f, entries, err := g.take(t, data)
		if err != nil || len(entries) != 0 || f.counted(FileDuplicate) != 2 {
			t.Errorf("%s: %d further entries, %v\n%s", name, len(entries), err, warnings(f))
		}
	}
	f, err := g.preview(file(t, []string{"Họ và tên", "Đơn vị"}, []string{"Lê Cúc", "Xã Đồng Tâm"}, []string{"Vũ Dũng", "Xã Thanh Sơn"}, []string{"Hồ Em", "Xã Cũ"},
		[]string{"Cao Giang", "Xã Mới Tinh"}))
	if err != nil {
		t.Fatal(err)
	}
	said := warnings(f)
	for _, want := range []string{"“Xã Đồng Tâm” đã đổi tên thành “Xã Đồng Lòng”", "“Xã Thanh Sơn” đã sáp nhập vào “Xã Thanh Sơn Thủy”",
		"“Xã Cũ” đã chia thành “Xã Đông”, “Xã Tây”", "Đơn vị mới, sẽ được thêm: Xã Mới Tinh"} {
		if !strings.Contains(said, want) {
			t.Errorf("it is not said: %s\n%s", want, said)
		}
	}
	if f.Entries[0].Draft.UnitID != id["Xã Đồng Tâm"] || f.Entries[0].UnitName() != "Xã Đồng Lòng" || f.Entries[2].Status != FileRefused {
		t.Errorf("understood as %+v", f.Entries)
	}
	// Who has come since to the unit that took over others keeps the act; the invitation of a unit that an act made does too.
	g.s.units.OnUndo(g.s.Resting)
	_, newest, err := g.s.units.Acts(g.ctx, 0, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := g.s.units.ForeseeUndo(g.ctx, newest); err != nil || u.Blocked() {
		t.Errorf("the split that nobody has used: %+v, %v", u.Rests, err)
	}
	if _, err := g.s.units.UndoAct(g.ctx, newest, "Ghi nhầm đơn vị"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.take(t, file(t, []string{"Họ và tên", "Đơn vị"}, []string{"Vũ Dũng", "Xã Thanh Sơn"})); err != nil {
		t.Fatal(err)
	}
	_, newest, err = g.s.units.Acts(g.ctx, 0, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	u, err := g.s.units.ForeseeUndo(g.ctx, newest)
	kinds := map[unit.RestKind]int{}
	for _, r := range u.Rests {
		kinds[r.Kind]++
	}
	if err != nil || !u.Blocked() || kinds[unit.RestEntries] != 1 || kinds[unit.RestInvited] != 1 {
		t.Errorf("somebody has entered for the merged unit: %+v, %v", u.Rests, err)
	}
}

func TestWhatStandsAboveAUnitIsThatOfTheContestsDay(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	up := g.change(t, unit.Change{Kind: unit.Found, Day: "2020-01-01", New: unit.Part{Name: "Huyện Sông Lam"}})[0]
	other := g.change(t, unit.Change{Kind: unit.Found, Day: "2020-01-01", New: unit.Part{Name: "Huyện Bình Giang"}})[0]
	id := g.change(t, unit.Change{Kind: unit.Found, Day: "2020-01-01", New: unit.Part{Name: "Xã Đồng Tâm", ParentID: up}})[0]
	g.change(t, unit.Change{Kind: unit.Move, Day: "2025-07-01", Units: []int64{id}, ParentID: other})
	for _, c := range []struct {
		day   string
		above int64
	}{{"2025-06-30", up}, {"2025-07-01", other}} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		noon := day.Add(5 * time.Hour)
		of := g.contest
		of.StartsAt = &noon
		err = pgx.BeginFunc(g.ctx, g.db, func(tx pgx.Tx) error {
			w := gathering{s: g.s, q: g.s.q.WithTx(tx), c: of, drafts: []weighed{{Draft: Draft{UnitID: id}}, {Draft: Draft{UnitName: "xã đồng tâm"}}}}
			if err := w.gatherUnits(g.ctx); err != nil {
				return err
			}
			f := w.facts[id]
			if len(f.Above) != 2 || f.Above[0] != id || f.Above[1] != c.above || w.units[1] != id {
				t.Errorf("on %s above the unit: %+v, by name %d", c.day, f, w.units[1])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
