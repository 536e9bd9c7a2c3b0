package roster

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
)

func TestNamesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"NGUYỄN VĂN AN": "Nguyễn Văn An", "đỗ thị ánh": "Đỗ Thị Ánh", "H'HEN NIÊ": "H'Hen Niê", "Y-BHIÊU": "Y-Bhiêu", "ĐẶNG  ƯU": "Đặng  Ưu",
		// Written with care, or nothing to judge by.
		"Nguyễn Văn An": "", "Trần VĂN Bình": "", "Y": "", "": "", "123": "",
	} {
		got, other := OrdinaryName(name)
		if other != (want != "") || other && got != want {
			t.Errorf("%q becomes %q, %v", name, got, other)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.RuneFrom([]rune("aăâbcdđeêghiklmnoôơpqrstuưvxyạảãáàầếởửỵ AÁĐỸ'-"))).Draw(t, "name")
		got, other := OrdinaryName(name)
		if !strings.EqualFold(got, name) {
			t.Fatalf("%q became %q: other letters", name, got)
		}
		if _, again := OrdinaryName(got); other && again && len([]rune(got)) > 3 && strings.ContainsAny(strings.Trim(got, " '-"), "aăâbcdđeêghiklmnoôơpqrstuưvxyạảãáàầếởửỵ") {
			t.Fatalf("%q became %q, which is not ordinary yet", name, got)
		}
	})
}

// Names in capitals are pointed out, and taken in the ordinary spelling only when the owner of the list says so.
func TestAListInCapitalsIsRespelledOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	data := file(t, []string{"Họ và tên", "Đơn vị"}, []string{"NGUYỄN VĂN AN", "Xã Nghĩa Đô"}, []string{"Trần Bình", "Xã Nghĩa Đô"}, []string{"lê thị cúc", "Xã Nghĩa Đô"})
	u, err := g.s.Bring(g.ctx, g.contest.ID, nil, "ds.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	names := func(f File) string {
		var all []string
		for _, e := range f.Entries {
			all = append(all, e.Draft.Name)
		}
		return strings.Join(all, ", ")
	}
	if got := names(u.File); got != "NGUYỄN VĂN AN, Trần Bình, lê thị cúc" || u.File.Respelling != (Respelling{2, "NGUYỄN VĂN AN", "Nguyễn Văn An"}) {
		t.Fatalf("brought: %s, %+v", got, u.File.Respelling)
	}
	for _, ordinary := range []bool{true, false, true} {
		if u, err = g.s.Respell(g.ctx, g.contest.ID, nil, u.ID, ordinary); err != nil || u.File.Respelled != ordinary || u.File.Respelling.Names != 2 {
			t.Fatalf("respelled %v: %+v, %v", ordinary, u.File.Respelling, err)
		}
	}
	if got := names(u.File); got != "Nguyễn Văn An, Trần Bình, Lê Thị Cúc" {
		t.Errorf("the preview shows %s", got)
	}
	if _, _, err := g.s.Take(g.ctx, g.contest.ID, nil, u.ID, LedConsent{}); err != nil {
		t.Fatal(err)
	}
	entries, err := g.s.Entries(t.Context(), g.contest.ID)
	if err != nil || len(entries) != 3 || entries[0].Name != "Nguyễn Văn An" || entries[0].Members[0].Name != "Nguyễn Văn An" {
		t.Errorf("taken: %+v, %v", entries, err)
	}
}

// Where targets bound their units, a target that is raised lets those in line move up at once.
func TestATargetBoundsItsUnit(t *testing.T) {
	t.Parallel()
	g := lay(t, contest.PersonEntry)
	if err := g.s.InviteUnits(g.ctx, g.contest.ID, []string{"Xã Nghĩa Đô", "Xã Đông Sơn"}); err != nil {
		t.Fatal(err)
	}
	form, err := g.s.RegistrationForm(t.Context(), g.contest.Slug)
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]int64{}
	for _, u := range form.Units {
		units[u.Name] = u.ID
	}
	if err := g.s.SetPlan(g.ctx, g.contest.ID, []PlanChange{{UnitID: units["Xã Nghĩa Đô"], Target: 1}}); err != nil {
		t.Fatal(err)
	}
	g.asks(t, func(x *Terms) { x.Quotas.UnitTargets, x.WaitingList, x.MoveUp = true, true, true })
	from := func(name, unitName string) Draft {
		return Draft{Name: name, UnitID: units[unitName], Members: []Member{{Name: name, Role: RoleCaptain}}}
	}
	g.register(t, from("Lê Một", "Xã Nghĩa Đô"))
	g.register(t, from("Lê Hai", "Xã Nghĩa Đô"))
	g.register(t, from("Lê Ba", "Xã Đông Sơn")) // no target: no bound
	g.register(t, from("Lê Bốn", "Xã Đông Sơn"))
	if got := g.states(t); got["Lê Một"] != "pending" || got["Lê Hai"] != "waitlisted" || got["Lê Ba"] != "pending" || got["Lê Bốn"] != "pending" {
		t.Fatalf("registered: %v", got)
	}
	if err := g.s.SetPlan(g.ctx, g.contest.ID, []PlanChange{{UnitID: units["Xã Nghĩa Đô"], Target: 2}}); err != nil {
		t.Fatal(err)
	}
	if got := g.states(t)["Lê Hai"]; got != "pending" {
		t.Errorf("after the target was raised: %s", got)
	}
}
