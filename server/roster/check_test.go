package roster

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
)

func codes(found []Finding) string {
	var list []string
	for _, f := range found {
		list = append(list, f.Code+"/"+string(f.Severity))
	}
	return strings.Join(list, " ")
}

func rulesFor(kind Kind, alter func(*Terms)) Rules {
	t := FirstTerms(kind)
	for i := range t.Fields {
		t.Fields[i].On = true
	}
	alter(&t)
	return Rules{Kind: kind, TeamMin: 1, TeamMax: 9, Divisions: []contest.Division{{ID: 1, Name: "A"}, {ID: 2, Name: "B"}}, Terms: t}
}

func TestAgeCountsBirthdays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := Date{rapid.IntRange(1940, 2020).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")}
		years := rapid.IntRange(0, 90).Draw(t, "years")
		birthday := Date{born.Year + years, born.Month, born.Day}
		if born.AgeAt(birthday) != years {
			t.Fatalf("born %v is %d on %v", born, born.AgeAt(birthday), birthday)
		}
		if eve, ok := ReadDate(fmt.Sprintf("%d/%d/%d", birthday.Day-1, birthday.Month, birthday.Year)); ok && born.AgeAt(eve) != years-1 {
			t.Fatalf("born %v is %d on the eve %v", born, born.AgeAt(eve), eve)
		}
		least, most := rapid.IntRange(0, 60).Draw(t, "least"), rapid.IntRange(60, 100).Draw(t, "most")
		r := rulesFor(KindPerson, func(x *Terms) {
			x.Eligibility.MinAge, x.Eligibility.MaxAge, x.Eligibility.AgeOn = least, most, birthday.String()
		})
		found := Check(r, Draft{Name: "An", DivisionID: 1, Members: []Member{{Name: "An", Person: Person{BirthDate: born.String()}}}}, Facts{})
		if allowed := years >= least && years <= most; allowed == Refused(found) {
			t.Fatalf("%d years, from %d to %d: %s", years, least, most, codes(found))
		}
	})
}

func TestAQuotaIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := rapid.IntRange(0, 4).Draw(t, "target") // of unit 8
		q := Quotas{UnitTargets: rapid.Bool().Draw(t, "by targets"), Entries: rapid.IntRange(0, 6).Draw(t, "all"), UnitEntries: rapid.IntRange(0, 4).Draw(t, "unit"), UnitPersons: rapid.IntRange(0, 12).Draw(t, "persons"),
			Divisions: []DivisionQuota{{DivisionID: 1, Entries: rapid.IntRange(0, 4).Draw(t, "division"), PerUnit: rapid.IntRange(0, 3).Draw(t, "per unit")}},
			Units:     []UnitQuota{{UnitID: 7, Entries: rapid.IntRange(0, 5).Draw(t, "own"), DivisionID: rapid.SampledFrom([]int64{0, 1}).Draw(t, "own division")}}}
		waiting := rapid.Bool().Draw(t, "waiting list")
		r := rulesFor(KindTeam, func(x *Terms) { x.Quotas, x.WaitingList = q, waiting })
		taken := map[placeKey]int{}
		for range rapid.IntRange(1, 25).Draw(t, "drafts") {
			d := Draft{Name: "Đội", DivisionID: rapid.SampledFrom([]int64{1, 2}).Draw(t, "of division"), Members: make([]Member, rapid.IntRange(1, 5).Draw(t, "people"))}
			u := rapid.SampledFrom([]int64{0, 7, 8}).Draw(t, "of unit")
			facts := UnitFacts{ID: u}
			if u == 8 {
				facts.Target = target
			}
			found := Check(r, d, Facts{Unit: facts, Taken: Taken{Entries: taken[placeKey{}], Division: taken[placeKey{divisionID: d.DivisionID}],
				Unit: taken[placeKey{unitID: u}], UnitDivision: taken[placeKey{d.DivisionID, u, false}], UnitPersons: taken[placeKey{unitID: u, persons: true}]}})
			if Refused(found) && waiting || Waits(found) && !waiting {
				t.Fatalf("waiting list %v: %s", waiting, codes(found))
			}
			if Refused(found) || Waits(found) {
				continue
			}
			taken[placeKey{}]++
			taken[placeKey{divisionID: d.DivisionID}]++
			if u == 0 {
				continue
			}
			taken[placeKey{unitID: u}]++
			taken[placeKey{d.DivisionID, u, false}]++
			taken[placeKey{unitID: u, persons: true}] += len(d.Members)
		}
		within := func(what string, has, most int) {
			if most > 0 && has > most {
				t.Fatalf("%s: %d of %d", what, has, most)
			}
		}
		within("all", taken[placeKey{}], q.Entries)
		within("division", taken[placeKey{divisionID: 1}], q.Divisions[0].Entries)
		for _, u := range []int64{7, 8} {
			entries, perDivision, persons := q.ForUnit(UnitFacts{ID: u}, 1)
			if u == 8 && q.UnitTargets && target > 0 {
				entries = target
			}
			within("unit in division", taken[placeKey{1, u, false}], perDivision)
			within("unit", taken[placeKey{unitID: u}], entries)
			within("people", taken[placeKey{unitID: u, persons: true}], persons)
		}
	})
}

func TestLikenessIsMutualAndSure(t *testing.T) {
	some := func(t *rapid.T, of string) Identity {
		pick := func(what string, values ...string) string { return rapid.SampledFrom(values).Draw(t, of+what) }
		return Identity{Name: pick("name", "an", "bình"), BirthDate: pick("born", "", "1990-01-02", "1991-01-02"), Phone: pick("phone", "", "0912345678", "0987654321"),
			Email: pick("mail", "", "a@x.vn"), Citizen: pick("citizen", "", "m1", "m2")}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := some(t, "a "), some(t, "b ")
		like := a.Like(b)
		if like != b.Like(a) {
			t.Fatalf("%+v and %+v: %s, %s", a, b, like, b.Like(a))
		}
		if a.Citizen != "" && b.Citizen != "" && (a.Citizen == b.Citizen) != (like == LikeCitizen) {
			t.Fatalf("citizen numbers decide: %+v, %+v: %s", a, b, like)
		}
		if like == LikeName && a.BirthDate != "" && b.BirthDate != "" {
			t.Fatalf("two known birth dates leave no hint: %+v, %+v", a, b)
		}
	})
}

func TestWhoMayNotEnter(t *testing.T) {
	staff := Barred{Identity: Identity{Name: "nguyễn văn an", Phone: "0912345678"}, Vi: "thành viên Ban Tổ chức", En: "one of the organizers"}
	winner := Barred{Identity: Identity{Name: "lê bình", BirthDate: "1990-05-06"}, Winner: true, Vi: "người đã đạt giải Nhất", En: "a winner"}
	r := rulesFor(KindPerson, func(x *Terms) {
		x.Eligibility.Units = UnderUnits
		x.Eligibility.Under = []int64{3}
		x.Eligibility.Divisions = []DivisionTerms{{DivisionID: 1, UnitKinds: []string{"agency"}, Positions: []string{"công chức", "Bí thư"}}}
	})
	for _, c := range []struct {
		name     string
		identity Identity
		person   Person
		division int64
		unit     UnitFacts
		want     string
	}{
		{"an official", Identity{Name: "trần cúc"}, Person{Position: "Công chức Tư pháp"}, 1, UnitFacts{ID: 9, Kind: "agency", Above: []int64{9, 3}}, ""},
		{"another kind of unit and position", Identity{Name: "trần cúc"}, Person{Position: "Nông dân"}, 1, UnitFacts{ID: 9, Kind: "commune", Above: []int64{9, 3}}, "division/refuse division/refuse"},
		{"the open division", Identity{Name: "trần cúc"}, Person{}, 2, UnitFacts{ID: 9, Kind: "commune", Above: []int64{9, 3}}, ""},
		{"another branch", Identity{Name: "trần cúc"}, Person{}, 2, UnitFacts{ID: 8, Above: []int64{8, 4}}, "unit/refuse"},
		{"an organizer by phone", Identity{Name: "an nguyễn", Phone: "0912345678"}, Person{}, 2, UnitFacts{ID: 3, Above: []int64{3}}, "barred/refuse"},
		{"an organizer's namesake", Identity{Name: "nguyễn văn an"}, Person{}, 2, UnitFacts{ID: 3, Above: []int64{3}}, "barred_name/warn"},
		{"a winner by name and birth", Identity{Name: "lê bình", BirthDate: "1990-05-06"}, Person{}, 2, UnitFacts{ID: 3, Above: []int64{3}}, "winner/refuse"},
		{"born on another day", Identity{Name: "lê bình", BirthDate: "1991-05-06"}, Person{}, 2, UnitFacts{ID: 3, Above: []int64{3}}, ""},
	} {
		got := codes(Check(r, Draft{Name: "X", DivisionID: c.division, Members: []Member{{Name: "X", Person: c.person}}},
			Facts{People: []Identity{c.identity}, Unit: c.unit, Barred: []Barred{staff, winner}}))
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCitizenNumberOnlyWarns(t *testing.T) {
	r := rulesFor(KindPerson, func(*Terms) {})
	check := func(p Person) string {
		return codes(Check(r, Draft{Name: "An", DivisionID: 1, Members: []Member{{Name: "An", Person: p}}}, Facts{}))
	}
	if got := check(Person{Citizen: "038190000001", BirthDate: "1990-01-02", Sex: "female"}); got != "" {
		t.Errorf("a fitting number: %s", got)
	}
	if got := check(Person{Citizen: "038190000001", BirthDate: "1991-01-02", Sex: "male"}); got != "citizen_mismatch/warn citizen_mismatch/warn" {
		t.Errorf("another year and sex: %s", got)
	}
	if got := check(Person{Citizen: "038204000001", BirthDate: "2004-01-02", Sex: "male"}); got != "" {
		t.Errorf("of this century: %s", got)
	}
}

func TestTypedValuesHaveOneForm(t *testing.T) {
	choice := Field{Key: "own_1", Type: TypeChoice, Vi: "Cỡ áo", On: true, Required: true, Choices: []Choice{{Key: "c1", Vi: "Nhỏ", En: "Small"}, {Key: "c2", Vi: "Lớn"}}}
	number := Field{Key: "own_2", Type: TypeNumber, Vi: "Số năm", On: true, Min: "0", Max: "60"}
	code := Field{Key: "own_3", Type: TypeText, Vi: "Mã thẻ", On: true, Pattern: "[A-Z]{2}[0-9]{4}"}
	fields := append(StandardFields(KindPerson), choice, number, code)
	for i := range fields {
		fields[i].On = true
	}
	typed := Person{BirthDate: "7/8/1990", Sex: "Nữ", Phone: "+84 912 345 678", Email: " An@X.vn ", Citizen: "38190000001", Own: map[string]string{"own_1": "lon", "own_2": "7,50", "own_3": "AB1234", "gone": "x"}}
	p := typed.clean(fields)
	want := Person{BirthDate: "1990-08-07", Sex: "female", Phone: "0912345678", Email: "an@x.vn", Citizen: "038190000001"}
	if p.BirthDate != want.BirthDate || p.Sex != want.Sex || p.Phone != want.Phone || p.Email != want.Email || p.Citizen != want.Citizen {
		t.Errorf("got %+v", p)
	}
	if fmt.Sprint(p.Own) != "map[own_1:c2 own_2:7.5 own_3:AB1234]" {
		t.Errorf("own fields %v", p.Own)
	}
	if f := p.check(badEntry, fields, "", false); len(f.Fields) != 0 {
		t.Errorf("refused: %v", f.Fields)
	}
	bad := Person{BirthDate: "31/2/1990", Sex: "?", Citizen: "123", Own: map[string]string{"own_2": "61", "own_3": "x"}}.clean(fields)
	var paths []string
	for _, f := range bad.check(badEntry, fields, "members[0].", false).Fields {
		paths = append(paths, f.Path)
	}
	if got := strings.Join(paths, " "); got != "members[0].birth_date members[0].sex members[0].citizen_number members[0].own.own_1 members[0].own.own_2 members[0].own.own_3" {
		t.Errorf("marked: %s", got)
	}
	stored, err := ownTo(fields, p.Own)
	if err != nil || stored != `{"own_1":"c2","own_2":7.5,"own_3":"AB1234"}` {
		t.Errorf("stored %s, %v", stored, err)
	}
	back, err := ownFrom([]byte(stored))
	if err != nil || fmt.Sprint(back) != fmt.Sprint(p.Own) {
		t.Errorf("read back %v, %v", back, err)
	}
}
