package unit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func rooms(t *testing.T) (*Service, *pgxpool.Pool, context.Context) {
	t.Helper()
	db := testkit.Postgres(t)
	return New(db), db, account.With(t.Context(), account.Principal{AccountID: 7, Name: "Quản trị", Admin: true})
}

// filled has the small tree before July 2025, by import, and gives the numbers of the units by their codes.
func filledRoom(t *testing.T) (*Service, *pgxpool.Pool, context.Context, map[string]int64) {
	t.Helper()
	s, db, ctx := rooms(t)
	tree := province()
	for id, h := range tree.units {
		h.Code = fmt.Sprintf("LG%02d", id)
		tree.units[id] = h
	}
	data, err := Workbook(tree, []Count{{UnitID: 4, Day: "2025-01-31", Members: 120, Staff: 4}}, "vi")
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.Import(ctx, data)
	if err != nil || statuses(file) != "new new new new new new new new new" {
		t.Fatalf("import: %v, %s", err, statuses(file))
	}
	return s, db, ctx, codes(t, s)
}

func codes(t *testing.T, s *Service) map[string]int64 {
	t.Helper()
	tree, err := s.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]int64{}
	for _, id := range tree.IDs() {
		h, _ := tree.Unit(id)
		of[h.Code] = id
	}
	return of
}

func TestWhatHappenedIsKept(t *testing.T) {
	t.Parallel()
	s, db, ctx, id := filledRoom(t)
	other := New(db) // another node, which has read the tree before
	if _, err := other.Tree(ctx); err != nil {
		t.Fatal(err)
	}
	const ground = "Nghị quyết số 1656/NQ-UBTVQH15"
	_, made, err := s.Change(ctx, Change{Kind: Merge, Day: "2025-07-01", Ground: ground, Units: []int64{id["LG04"], id["LG05"]},
		Into: []Part{{Name: "Xã Thanh Sơn", Kind: KindCommune, ParentID: id["LG01"], Code: "LG90"}}})
	if err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if _, _, err := s.Change(ctx, Change{Kind: Dissolve, Day: "2025-07-01", Ground: ground, Units: []int64{id["LG02"], id["LG03"]}}); err != nil {
		t.Fatal(err)
	}
	tree, err := other.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if path := tree.At(Today()).Path(made[0]); !slices.Equal(names(path), []string{"Tỉnh Lam Giang", "Xã Thanh Sơn"}) {
		t.Errorf("another node sees the path %q", names(path))
	}
	before := tree.At("2025-06-30")
	if path := before.Path(id["LG05"]); !slices.Equal(names(path), []string{"Tỉnh Lam Giang", "Huyện Sông Lam", "Xã Thanh Thủy"}) {
		t.Errorf("the path of the past is %q", names(path))
	}
	if below := before.Below(id["LG02"]); len(below) != 3 {
		t.Errorf("below the district that was: %v", below)
	}
	old, err := s.Get(ctx, id["LG05"])
	if err != nil || old.EndedOn != "2025-07-01" {
		t.Errorf("present state of a merged unit: %+v, %v", old, err)
	}
	moved, err := s.Get(ctx, id["LG06"])
	if err != nil || moved.ParentID != id["LG01"] {
		t.Errorf("present parent of a commune whose district has ended: %+v, %v", moved, err)
	}
	// The database keeps the rule too, whoever writes.
	if _, err := db.Exec(ctx, `INSERT INTO unit_period (unit_id, valid_from, name, kind, same_key) VALUES ($1, '2024-01-01', 'x y', 'other', 'x')`, id["LG06"]); err == nil {
		t.Error("two periods of one unit may overlap in the database")
	}
	for _, c := range []Change{
		{Kind: Move, Day: "2026-01-01", Units: []int64{id["LG01"]}, ParentID: made[0]},
		{Kind: Found, Day: "2026-01-01", New: Part{Name: "Xã Khác", Code: "lg90"}},
	} {
		if _, _, err := s.Change(ctx, c); err == nil {
			t.Errorf("%s is accepted", c.Kind)
		}
	}
	events, broken, err := audit.Verify(ctx, db, 0)
	if err != nil || broken != 0 || events != 3 {
		t.Errorf("the system's chain has %d events, broken at %d, %v", events, broken, err)
	}
}

func TestFormerNamesLeadToTheUnitOfToday(t *testing.T) {
	t.Parallel()
	s, db, ctx, id := filledRoom(t)
	for _, c := range []Change{
		{Kind: Merge, Day: "2025-07-01", Units: []int64{id["LG04"], id["LG05"]}, Into: []Part{{UnitID: id["LG04"], Name: "Xã Thanh Sơn Thủy"}}},
		{Kind: Rename, Day: "2025-07-01", Units: []int64{id["LG06"]}, New: Part{Name: "Xã Đồng Lòng"}},
	} {
		if _, _, err := s.Change(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	ensure := func(names ...string) (found map[string]Unit) {
		err := postgres.InTx(ctx, db, func(tx pgx.Tx) (err error) {
			found, err = s.Ensure(ctx, tx, names)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return found
	}
	found := ensure("X. Thanh Thủy", "xã đồng tâm", "Xã Đồng Lòng", "Xã Mới Tinh", "X. MỚI TINH")
	for name, want := range map[string]string{"X. Thanh Thủy": "Xã Thanh Sơn Thủy", "xã đồng tâm": "Xã Đồng Lòng", "Xã Đồng Lòng": "Xã Đồng Lòng", "X. MỚI TINH": "Xã Mới Tinh"} {
		if found[name].Name != want {
			t.Errorf("%q leads to %q, want %q", name, found[name].Name, want)
		}
	}
	if found["Xã Mới Tinh"].ID != found["X. MỚI TINH"].ID {
		t.Error("two spellings became two units")
	}
	var group sync.WaitGroup
	ids := make([]int64, 6)
	for i := range ids {
		group.Go(func() { ids[i] = ensure("Đoàn Cơ quan Đảng")["Đoàn Cơ quan Đảng"].ID })
	}
	group.Wait()
	if slices.Min(ids) != slices.Max(ids) || ids[0] == 0 {
		t.Errorf("at the same time one name became the units %v", ids)
	}
	hits, total, err := s.Search(ctx, Query{Words: "doan co quan"})
	if err != nil || total != 1 || hits[0].Code == "" {
		t.Errorf("a unit that was added is found as %+v, %v", hits, err)
	}
}

func TestAChangeAheadComesWithItsDay(t *testing.T) {
	t.Parallel()
	s, db, ctx, id := filledRoom(t)
	day := Today().shifted(30)
	if _, _, err := s.Change(ctx, Change{Kind: Rename, Day: day, Units: []int64{id["LG06"]}, New: Part{Name: "Xã Tương Lai"}}); err != nil {
		t.Fatal(err)
	}
	if u, err := s.Get(ctx, id["LG06"]); err != nil || u.Name != "Xã Đồng Tâm" {
		t.Errorf("before its day the unit is called %q, %v", u.Name, err)
	}
	if all, err := s.Names(ctx, day); err != nil || all[id["LG06"]] != "Xã Tương Lai" {
		t.Errorf("on its day it is called %q, %v", all[id["LG06"]], err)
	}
	// The day has come: the recorded change now lies in the past.
	if _, err := db.Exec(ctx, `UPDATE unit_period SET valid_to = '2026-01-01' WHERE unit_id = $1 AND valid_to IS NOT NULL`, id["LG06"]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ctx, `UPDATE unit_period SET valid_from = '2026-01-01' WHERE unit_id = $1 AND valid_to IS NULL`, id["LG06"]); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Settle(ctx); err != nil || n != 1 {
		t.Errorf("%d units changed with the day, %v", n, err)
	}
	if u, err := s.Get(ctx, id["LG06"]); err != nil || u.Name != "Xã Tương Lai" {
		t.Errorf("on its day the unit is called %q, %v", u.Name, err)
	}
}

func TestImportTwiceAndIntoAnotherInstallation(t *testing.T) {
	t.Parallel()
	s, _, ctx, id := filledRoom(t)
	if _, _, err := s.Change(ctx, Change{Kind: Merge, Day: "2025-07-01", Ground: "Nghị quyết", Units: []int64{id["LG07"], id["LG08"]},
		Into: []Part{{Name: "Phường Bình Hải", Kind: KindCommune, ParentID: id["LG01"]}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCount(ctx, Count{UnitID: id["LG04"], Day: "2025-12-31", Members: 130, Staff: -1}); err != nil {
		t.Fatal(err)
	}
	first, err := s.Export(ctx, "vi")
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.Import(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rows {
		if r.Status != RowSame {
			t.Errorf("imported where it came from, row %d is %s: %+v", r.Number, r.Status, r.Problems)
		}
	}
	there, _, thereCtx := rooms(t)
	if _, err := there.Import(thereCtx, first); err != nil {
		t.Fatal(err)
	}
	second, err := there.Export(thereCtx, "vi")
	if err != nil {
		t.Fatal(err)
	}
	a, err := export.ReadWorkbook(first, maxFileRows, maxFileColumns)
	if err != nil {
		t.Fatal(err)
	}
	b, err := export.ReadWorkbook(second, maxFileRows, maxFileColumns)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != len(b) || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("out and in again it reads\n%v\nwas\n%v", b, a)
	}
}
