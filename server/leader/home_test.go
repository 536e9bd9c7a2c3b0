package leader

import (
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/roster"
)

// A leader of one unit reads the unit's own bound, whatever rule it follows from, and is asked only what is asked.
func TestAHomeTellsTheUnitsOwnBound(t *testing.T) {
	t.Parallel()
	g, _ := lay(t)
	if _, err := g.db.Exec(t.Context(), `UPDATE contest_unit SET target = 4 WHERE contest_id = $1`, g.contest.ID); err != nil {
		t.Fatal(err)
	}
	set := func(q roster.Quotas) LeaderHomeView {
		t.Helper()
		rules, err := g.s.Roster.Rules(g.ctx, g.contest.ID)
		if err != nil {
			t.Fatal(err)
		}
		rules.Quotas = q
		if _, err := g.s.Roster.SetTerms(g.ctx, g.contest.ID, rules.Terms); err != nil {
			t.Fatal(err)
		}
		h, err := g.s.Home(g.a, g.contest.ID)
		if err != nil {
			t.Fatal(err)
		}
		return g.s.homeView(h)
	}
	for _, c := range []struct {
		q      roster.Quotas
		most   int
		target bool
	}{
		{roster.Quotas{UnitEntries: 9}, 9, false},
		{roster.Quotas{UnitEntries: 9, UnitTargets: true}, 4, true},
		{roster.Quotas{UnitTargets: true, Units: []roster.UnitQuota{{UnitID: g.hac, Entries: 6}}}, 6, false},
	} {
		v := set(c.q)
		if v.UnitEntries != c.most || v.UnitTargets != c.target {
			t.Errorf("%+v: tells %d, as the target %t", c.q, v.UnitEntries, v.UnitTargets)
		}
		if slices.ContainsFunc(v.Fields, func(f roster.Field) bool { return !f.On || f.Key == roster.KeyUnit }) {
			t.Errorf("asks for %+v", v.Fields)
		}
	}
}
