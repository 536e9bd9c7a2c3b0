package unit

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/postgres"
)

// Whatever was done to a tree, one act after the other can be taken back, and on every day the tree is then exactly what
// it was before each of them.
func TestActsAreTakenBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := []Day{Always, "2025-01-01", "2025-06-30", "2025-07-01", "2026-01-01", "2030-01-01"}
		trees := []Tree{province()}
		next := int64(100)
		for i := range rapid.IntRange(1, 8).Draw(t, "acts") {
			tree := trees[len(trees)-1]
			ids := tree.IDs()
			c := Change{Kind: rapid.SampledFrom([]ChangeKind{Found, Rename, Move, Merge, Split, Dissolve}).Draw(t, "kind"),
				Day: rapid.SampledFrom(days[1:5]).Draw(t, "day"), Ground: fmt.Sprintf("Căn cứ %d", i),
				Units:    rapid.SliceOfN(rapid.SampledFrom(ids), 1, 3).Draw(t, "units"),
				New:      Part{Name: fmt.Sprintf("Đơn vị %d", i), ParentID: rapid.SampledFrom(append(ids, 0)).Draw(t, "new parent")},
				ParentID: rapid.SampledFrom(append(ids, 0)).Draw(t, "parent"), Keep: rapid.Bool().Draw(t, "keep")}
			part := func(label string) Part {
				if rapid.Bool().Draw(t, "existing "+label) {
					return Part{UnitID: rapid.SampledFrom(ids).Draw(t, "into "+label)}
				}
				return Part{Name: fmt.Sprintf("Phần %d %s", i, label), ParentID: rapid.SampledFrom(append(ids, 0)).Draw(t, "parent "+label)}
			}
			switch c.Kind {
			case Merge:
				c.Into = []Part{part("one")}
			case Split:
				c.Units, c.Into = c.Units[:1], []Part{part("one"), part("two")}
			case Found, Rename, Move, Dissolve:
			}
			changed, err := tree.Apply(c)
			if err != nil {
				continue
			}
			for _, id := range changed.IDs() {
				if id < 0 {
					changed = renumbered(changed, id, next)
					next++
				}
			}
			trees = append(trees, changed)
		}
		for i := len(trees) - 1; i > 0; i-- {
			b := BackFrom(trees[i], trees[i-1])
			then, err := trees[i].Undo(b)
			if err != nil {
				t.Fatalf("an act that was done can't be taken back: %v", err)
			}
			if !reflect.DeepEqual(then.units, trees[i-1].units) || !slices.Equal(then.successors, trees[i-1].successors) {
				t.Fatalf("taken back it is\n%v\nwas\n%v", then, trees[i-1])
			}
			for _, day := range days {
				if !reflect.DeepEqual(picture(then, day), picture(trees[i-1], day)) {
					t.Fatalf("on %s the tree differs", day)
				}
			}
			told := map[int64]bool{}
			for _, e := range undoEffects(trees[i], then, b) {
				told[e.UnitID] = true
			}
			if len(told) != len(b.touched()) {
				t.Fatalf("%d units are touched, %d are told", len(b.touched()), len(told))
			}
		}
	})
}

// everything is the tree as a file, without the codes that new units get: what an undo must bring back.
func everything(t *testing.T, s *Service) string {
	t.Helper()
	tree, err := s.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	present := ""
	for _, id := range tree.IDs() {
		u, err := s.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		present += fmt.Sprintln(u, tree.units[id])
	}
	return fmt.Sprint(present, tree.successors, counts)
}

func TestTheNewestActIsTakenBack(t *testing.T) {
	t.Parallel()
	s, db, ctx, id := filledRoom(t)
	other := New(db) // another node
	imported := everything(t, s)
	acts := []Change{
		{Kind: Found, Day: "2025-02-01", New: Part{Name: "Xã Mới", ParentID: id["LG02"], Code: "LG99"}},
		{Kind: Rename, Day: "2025-03-01", Ground: "Nghị quyết", Units: []int64{id["LG06"]}, New: Part{Name: "Xã Đồng Lòng"}},
		{Kind: Merge, Day: "2025-07-01", Units: []int64{id["LG04"], id["LG05"]}, Into: []Part{{UnitID: id["LG04"], Name: "Xã Thanh Sơn Thủy"}}},
		{Kind: Merge, Day: "2025-07-01", Units: []int64{id["LG07"], id["LG08"]}, Into: []Part{{Name: "Phường Bình Hải", ParentID: id["LG01"]}}},
		{Kind: Split, Day: "2025-08-01", Units: []int64{id["LG09"]}, Keep: true, Into: []Part{{Name: "Sở Tư pháp", ParentID: id["LG01"]}}},
		{Kind: Move, Day: "2026-01-01", Units: []int64{id["LG06"]}, ParentID: id["LG03"]},
		{Kind: Dissolve, Day: "2026-02-01", Units: []int64{id["LG02"]}},
	}
	before := []string{imported}
	for _, c := range acts {
		if _, _, err := s.Change(ctx, c); err != nil {
			t.Fatal(c.Kind, err)
		}
		before = append(before, everything(t, s))
	}
	// A correction and an import are acts too.
	if err := s.Correct(ctx, id["LG03"], Always, Part{Name: "Thị xã Bình Giang", Kind: KindDistrict, Code: "LG30"}, "Sửa mã"); err != nil {
		t.Fatal(err)
	}
	before = append(before, everything(t, s))
	again := province()
	for n, h := range again.units {
		h.Code = fmt.Sprintf("LG%02d", n+40)
		again.units[n] = h
	}
	again.units[1] = History{ID: 1, Code: "LG41", Periods: []Period{{From: Always, Name: "Tỉnh Khác", Kind: KindProvince}}}
	data, err := Workbook(again, []Count{{UnitID: 1, Day: "2025-01-31", Members: 7, Staff: 1}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	if file, err := s.Import(ctx, data); err != nil || file.Rows[0].Status != RowNew {
		t.Fatal(err, statuses(file))
	}
	list, newest, err := s.Acts(ctx, 0, 0, 50)
	if err != nil || len(list) != len(acts)+3 || list[0].Kind != ActImport || newest != list[0].ID {
		t.Fatalf("%d acts, newest %d, %v: %+v", len(list), newest, err, list)
	}
	if _, err := s.UndoAct(ctx, list[1].ID, "Nhầm ngày"); faultCode(err) != "unit_act_rests" {
		t.Errorf("an act under a newer one is taken back: %v", err)
	}
	if _, err := s.UndoAct(ctx, list[0].ID, " x "); faultCode(err) != "unit_undo_reason" {
		t.Errorf("without a reason: %v", err)
	}
	for i, act := range list[:len(list)-1] {
		now := everything(t, s)
		seen, err := s.ForeseeUndo(ctx, act.ID)
		if err != nil || seen.Blocked() || len(seen.Effects) == 0 || everything(t, s) != now {
			t.Fatalf("%s: preview %+v, %v", act.Kind, seen, err)
		}
		if _, err := s.UndoAct(ctx, act.ID, "Ghi nhầm nghị quyết"); err != nil {
			t.Fatalf("%s: %v", act.Kind, err)
		}
		if got, want := everything(t, other), before[len(before)-1-i]; got != want {
			t.Fatalf("after %s was taken back:\n%s\nwas\n%s", act.Kind, got, want)
		}
		if _, err := s.UndoAct(ctx, act.ID, "Ghi nhầm nghị quyết"); faultCode(err) != "unit_act_rests" {
			t.Errorf("%s is taken back twice: %v", act.Kind, err)
		}
	}
	list, newest, err = s.Acts(ctx, id["LG06"], 0, 50)
	if err != nil || len(list) != 3 || list[1].UndoneAt == nil || list[1].Reason != "Ghi nhầm nghị quyết" || list[2].Kind != ActImport || newest != list[2].ID {
		t.Errorf("what stays with the unit: %+v, newest %d, %v", list, newest, err)
	}
	events, err := audit.List(ctx, db, 0, 0, 100)
	if err != nil || len(events) != 2*(len(acts)+2)+1 || events[0].Action != "unit.undo" {
		t.Errorf("%d events, %v", len(events), err)
	}
}

func TestWhatRestsOnAnActKeepsIt(t *testing.T) {
	t.Parallel()
	s, db, ctx, id := filledRoom(t)
	_, made, err := s.Change(ctx, Change{Kind: Merge, Day: "2025-07-01", Units: []int64{id["LG04"], id["LG05"]}, Into: []Part{{Name: "Xã Thanh Sơn Thủy", ParentID: id["LG01"]}}})
	if err != nil {
		t.Fatal(err)
	}
	acts, newest, err := s.Acts(ctx, made[0], 0, 1)
	if err != nil || len(acts) != 1 {
		t.Fatal(acts, err)
	}
	kinds := func() (out []RestKind) {
		u, err := s.ForeseeUndo(ctx, newest)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range u.Rests {
			out = append(out, r.Kind)
		}
		return out
	}
	if got := kinds(); len(got) != 0 {
		t.Errorf("nothing was done and there rests %v", got)
	}
	if err := s.SetCount(ctx, Count{UnitID: made[0], Day: "2025-12-31", Members: 5, Staff: -1}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(); !slices.Equal(got, []RestKind{RestCounts}) {
		t.Errorf("a headcount was written since, and there rests %v", got)
	}
	if _, err := s.UndoAct(ctx, newest, "Ghi nhầm"); faultCode(err) != "unit_act_rests" {
		t.Errorf("a headcount would be lost: %v", err)
	}
	if err := s.SetCount(ctx, Count{UnitID: made[0], Day: "2025-12-31", Members: -1, Staff: -1}); err != nil {
		t.Fatal(err)
	}
	// Another room that knows of something is asked with what it needs.
	var asked Taken
	s.OnUndo(func(_ context.Context, _ pgx.Tx, in Taken) ([]Rest, error) {
		asked = in
		return []Rest{{Kind: RestTargets, Unit: "Xã"}}, nil
	})
	// A new unit that took a name which the undo would bring back under the same parent.
	err = postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `WITH u AS (INSERT INTO unit (name, kind, parent_id, search_key, same_key) VALUES ('Xã Thanh Sơn', 'commune', $1, 'x', $2) RETURNING id)
			INSERT INTO unit_period (unit_id, valid_from, name, kind, parent_id, same_key) SELECT id, '2025-07-01', 'Xã Thanh Sơn', 'commune', $1, $2 FROM u`, id["LG02"], SameKey("Xã Thanh Sơn"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := kinds(); !slices.Equal(got, []RestKind{RestTree, RestTargets}) {
		t.Errorf("two units would have one name, and there rests %v", got)
	}
	if !slices.Equal(asked.Made, made) || len(asked.Shared) != 0 || asked.Since.IsZero() || len(asked.Units) != 3 {
		t.Errorf("another room is asked %+v", asked)
	}
	if _, err := db.Exec(ctx, `DELETE FROM unit WHERE name = 'Xã Thanh Sơn' AND id > $1`, made[0]); err != nil {
		t.Fatal(err)
	}
	u, err := s.UndoAct(ctx, newest, "Ghi nhầm")
	if err != nil || u.Act.ID != newest {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, made[0]); faultCode(err) != "not_found" {
		t.Errorf("the unit that the act made is still there: %v", err)
	}
}
