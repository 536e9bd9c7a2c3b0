package result_test

import (
	"context"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/unit"
)

// A contest was held in May 2025. Its result keeps the units as they were, whatever becomes of them afterwards.
func TestResultsKeepTheUnitAsItWas(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 600})
	h.stored = true
	units := unit.New(h.db)
	admin := account.With(context.Background(), account.Principal{AccountID: 1, Name: "Quản trị", Admin: true})
	act := func(c unit.Change) []int64 {
		t.Helper()
		_, made, err := units.Change(admin, c)
		h.must(err)
		return made
	}
	found := func(name string, kind unit.Kind, parent int64) int64 {
		return act(unit.Change{Kind: unit.Found, Day: "2000-01-01", New: unit.Part{Name: name, Kind: kind, ParentID: parent}})[0]
	}
	province := found("Tỉnh Lam Giang", unit.KindProvince, 0)
	district := found("Huyện Sông Lam", unit.KindDistrict, province)
	first, second := found("Xã Thanh Sơn", unit.KindCommune, district), found("Xã Thanh Thủy", unit.KindCommune, district)
	h.exec(`UPDATE contest SET starts_at = '2025-05-19T19:00:00+07:00'`)
	h.exec(`UPDATE entry SET unit_id = CASE number WHEN 1 THEN $1::bigint ELSE $2::bigint END`, first, second)

	names := func() (names []string) {
		t.Helper()
		entries, err := h.roster.Entries(h.ctx, h.contestID)
		h.must(err)
		for _, e := range entries {
			names = append(names, e.UnitName)
		}
		return names
	}
	final := func() (names []string, paths [][]string) {
		t.Helper()
		f, err := h.results.Final(context.Background(), "cchc")
		h.must(err)
		for _, s := range f.Standings {
			names, paths = append(names, s.UnitName), append(paths, s.UnitPath)
		}
		return names, paths
	}
	then := []string{"Xã Thanh Sơn", "Xã Thanh Thủy"}
	// Between the evening and the day on which the result became final the province was rearranged.
	act(unit.Change{Kind: unit.Rename, Day: "2025-06-01", Units: []int64{first}, New: unit.Part{Name: "Xã Thanh Sơn Đông"}})
	if got := names(); !slices.Equal(got, then) {
		t.Errorf("after a renaming the entries of the evening stand for %q, want %q", got, then)
	}
	r, err := h.finalize("")
	h.must(err)
	made := act(unit.Change{Kind: unit.Merge, Day: "2025-07-01", Units: []int64{first, second}, Into: []unit.Part{{Name: "Xã Thanh Sơn Thủy", ParentID: province}}})
	act(unit.Change{Kind: unit.Dissolve, Day: "2025-07-01", Units: []int64{district}})
	act(unit.Change{Kind: unit.Rename, Day: "2026-01-01", Units: []int64{province}, New: unit.Part{Name: "Tỉnh Giang Lam"}})
	got, paths := final()
	if !slices.Equal(got, then) {
		t.Errorf("the published result names %q, want %q", got, then)
	}
	for _, path := range paths {
		if !slices.Equal(path, []string{"Tỉnh Lam Giang", "Huyện Sông Lam"}) {
			t.Errorf("the published result says that the unit stood under %q", path)
		}
	}
	if after, err := h.results.Final(context.Background(), "cchc"); err != nil || after.Seal != result.Seal(r.Hash) {
		t.Errorf("the seal has changed: %v, %v", after.Seal, err)
	}
	if problems := h.found(); problems != "" {
		t.Errorf("verification finds %s", problems)
	}
	// The same contest next year: then the units are what they have become.
	h.exec(`UPDATE contest SET starts_at = '2026-05-19T19:00:00+07:00'`)
	h.exec(`UPDATE entry SET unit_id = $1`, made[0])
	if got := names(); !slices.Equal(got, []string{"Xã Thanh Sơn Thủy", "Xã Thanh Sơn Thủy"}) {
		t.Errorf("a year later the entries stand for %q", got)
	}
}
