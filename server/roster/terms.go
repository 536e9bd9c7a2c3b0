package roster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Terms are what the organizer of a contest asks of those who register: the fields of the form, how many may enter and
// who. The window in which people register themselves stands with the contest.
type Terms struct {
	Version     int         `json:"version" doc:"As it was read; a change made in between is not overwritten"`
	Fields      []Field     `json:"fields" maxItems:"40"`
	Quotas      Quotas      `json:"quotas"`
	Eligibility Eligibility `json:"eligibility"`
	WaitingList bool        `json:"waiting_list" doc:"When a quota is full, further registrations wait in line instead of being refused"`
	MoveUp      bool        `json:"move_up" doc:"The next in line gets a place that has become free at once; otherwise an organizer gives it"`
}

// Quotas bound how many may enter. 0: no bound.
type Quotas struct {
	Entries     int             `json:"entries" minimum:"0" maximum:"200000" doc:"In all"`
	UnitEntries int             `json:"unit_entries" minimum:"0" maximum:"200000" doc:"Of every unit"`
	UnitTargets bool            `json:"unit_targets,omitempty" doc:"A unit may have as many entries as its target; one without a target, what every unit may"`
	UnitPersons int             `json:"unit_persons" minimum:"0" maximum:"200000" doc:"People of every unit, in all its teams"`
	Divisions   []DivisionQuota `json:"divisions" maxItems:"12"`
	Units       []UnitQuota     `json:"units" maxItems:"2000" doc:"Units with a number of their own"`
}

// DivisionQuota bounds the entries of a division.
type DivisionQuota struct {
	DivisionID int64 `json:"division_id" minimum:"1"`
	Entries    int   `json:"entries" minimum:"0" maximum:"200000" doc:"In all"`
	PerUnit    int   `json:"per_unit" minimum:"0" maximum:"200000" doc:"Of every unit"`
}

// UnitQuota is what one unit may send, instead of what every unit may.
type UnitQuota struct {
	UnitID     int64 `json:"unit_id" minimum:"1"`
	DivisionID int64 `json:"division_id,omitempty" minimum:"0" doc:"0: over all divisions"`
	Entries    int   `json:"entries" minimum:"0" maximum:"200000"`
	Persons    int   `json:"persons,omitempty" minimum:"0" maximum:"200000"`
}

// UnitScope says whose people may enter.
type UnitScope string

const (
	AnyUnit     UnitScope = "any"
	ListedUnits UnitScope = "listed" // those the contest invites, and what is below them
	UnderUnits  UnitScope = "under"  // chosen branches of the tree
)

// Eligibility says who may enter.
type Eligibility struct {
	AgeOn     string          `json:"age_on,omitempty" maxLength:"10" doc:"Day at which the age counts, 2006-01-31; empty: the contest's own day"`
	MinAge    int             `json:"min_age,omitempty" minimum:"0" maximum:"120" doc:"0: no bound"`
	MaxAge    int             `json:"max_age,omitempty" minimum:"0" maximum:"120" doc:"0: no bound"`
	Units     UnitScope       `json:"units" enum:"any,listed,under"`
	Under     []int64         `json:"under" maxItems:"200" doc:"Units whose branches may enter"`
	Divisions []DivisionTerms `json:"divisions" maxItems:"12"`
	BarStaff  bool            `json:"bar_staff" doc:"Organizers, hosts, secretaries, judges and authors of this contest may not enter"`
	Barred    []BarredPerson  `json:"barred" maxItems:"500"`
	WinnersOf []int64         `json:"winners_of" maxItems:"50" doc:"Contests whose first prizes may not enter again"`
	Winners   []BarredPerson  `json:"winners" maxItems:"500" doc:"Further former winners"`
}

// DivisionTerms are what a division asks for besides.
type DivisionTerms struct {
	DivisionID int64    `json:"division_id" minimum:"1"`
	MinAge     int      `json:"min_age,omitempty" minimum:"0" maximum:"120"`
	MaxAge     int      `json:"max_age,omitempty" minimum:"0" maximum:"120"`
	UnitKinds  []string `json:"unit_kinds" maxItems:"20" doc:"Kinds of unit; empty: all"`
	Positions  []string `json:"positions" maxItems:"40" doc:"Words of which one must stand in the position; empty: all"`
	FieldKey   string   `json:"field_key,omitempty" maxLength:"40" doc:"A field of the organizer's own"`
	Values     []string `json:"values" maxItems:"60" doc:"Of that field, one of which it must have"`
}

// BarredPerson is someone who may not enter, by what is known of them.
type BarredPerson struct {
	Name       string `json:"name" maxLength:"120"`
	BirthDate  string `json:"birth_date,omitempty" maxLength:"10"`
	Phone      string `json:"phone,omitempty" maxLength:"40"`
	Email      string `json:"email,omitempty" maxLength:"254"`
	Citizen    string `json:"citizen_number,omitempty" maxLength:"20" doc:"Written only: kept as a keyed hash"`
	CitizenMAC string `json:"citizen_mac,omitempty" maxLength:"80" doc:"Of the number given before; sent back unchanged"`
	Reason     string `json:"reason,omitempty" maxLength:"200"`
}

func (b BarredPerson) identity() Identity {
	return Identity{Name: unit.WordsKey(b.Name), BirthDate: b.BirthDate, Phone: b.Phone, Email: b.Email, Citizen: b.CitizenMAC}
}

// FirstTerms are those of a contest whose organizer has set none.
func FirstTerms(kind Kind) Terms {
	return Terms{Fields: StandardFields(kind), Eligibility: Eligibility{Units: AnyUnit}}.full()
}

// full fills what is missing, so that lists are never null.
func (t Terms) full() Terms {
	t.Quotas.Divisions, t.Quotas.Units = notNil(t.Quotas.Divisions), notNil(t.Quotas.Units)
	e := &t.Eligibility
	e.Under, e.Divisions, e.Barred = notNil(e.Under), notNil(e.Divisions), notNil(e.Barred)
	e.WinnersOf, e.Winners = notNil(e.WinnersOf), notNil(e.Winners)
	e.Divisions = slices.Clone(e.Divisions)
	for i := range e.Divisions {
		d := &e.Divisions[i]
		d.UnitKinds, d.Positions, d.Values = notNil(d.UnitKinds), notNil(d.Positions), notNil(d.Values)
	}
	if e.Units == "" {
		e.Units = AnyUnit
	}
	return t
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Field finds a field by its key; a field that is not there is not asked.
func (t Terms) Field(key string) Field {
	for _, f := range t.Fields {
		if f.Key == key {
			return f
		}
	}
	return Field{Key: key}
}

// Asked are the fields that are asked of every person.
func (t Terms) Asked() []Field {
	var asked []Field
	for _, f := range t.Fields {
		if f.On && f.Key != KeyUnit {
			asked = append(asked, f)
		}
	}
	return asked
}

var badTerms = fault.New(fault.Invalid, "invalid_registration_terms",
	"Điều kiện đăng ký chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The registration rules are not right, so they were not saved. Look at the marked fields.")

// Clean brings the terms into one form for a contest; mac hashes citizen numbers.
func (t Terms) Clean(c contest.Contest, mac func(string) string) Terms {
	t.Fields = cleanFields(Kind(c.EntryKind), t.Fields)
	e := &t.Eligibility
	if d, ok := ReadDate(e.AgeOn); ok {
		e.AgeOn = d.String()
	}
	e.Barred, e.Winners = cleanBarred(e.Barred, mac), cleanBarred(e.Winners, mac)
	slices.Sort(e.WinnersOf)
	e.WinnersOf = slices.Compact(e.WinnersOf)
	for i := range e.Divisions {
		d := &e.Divisions[i]
		d.Positions = cleanWords(d.Positions)
		f := t.Field(d.FieldKey)
		for j := range d.Values {
			d.Values[j] = f.ValueOf(d.Values[j])
		}
		d.Values = slices.DeleteFunc(d.Values, func(s string) bool { return s == "" })
	}
	return t.full()
}

func cleanWords(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if w = unit.CleanName(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func cleanBarred(people []BarredPerson, mac func(string) string) []BarredPerson {
	out := make([]BarredPerson, 0, len(people))
	for _, b := range people {
		b.Name, b.Phone, b.Reason = unit.CleanName(b.Name), CleanPhone(b.Phone), unit.CleanName(b.Reason)
		b.Email = strings.ToLower(strings.TrimSpace(b.Email))
		if d, ok := ReadDate(b.BirthDate); ok {
			b.BirthDate = d.String()
		}
		// A number that is not one stays for Check to point at; it is never stored.
		if number := CleanCitizen(b.Citizen); number == "" || isCitizen(number) {
			if number != "" {
				b.CitizenMAC = mac(number)
			}
			b.Citizen = ""
		}
		if b.Name == "" && b.Phone == "" && b.Email == "" && b.CitizenMAC == "" && b.Citizen == "" {
			continue
		}
		out = append(out, b)
	}
	return out
}

// Check finds what is wrong with cleaned terms; nil: nothing.
func (t Terms) Check(c contest.Contest) error {
	f := checkFields(badTerms, t.Fields)
	e := t.Eligibility
	ages := func(path string, least, most int) {
		if most > 0 && least > most {
			f = f.At(path, "Tuổi nhỏ nhất không được quá tuổi lớn nhất.", "The least age must not be above the greatest.")
		}
	}
	if _, ok := ReadDate(e.AgeOn); !ok && e.AgeOn != "" {
		f = f.At("eligibility.age_on", "Hãy ghi ngày theo dạng ngày/tháng/năm.", "Give a date as day/month/year.")
	}
	ages("eligibility.min_age", e.MinAge, e.MaxAge)
	if e.Units == UnderUnits && len(e.Under) == 0 {
		f = f.At("eligibility.under", "Hãy chọn ít nhất một đơn vị.", "Choose at least one unit.")
	}
	rules := Rules{Divisions: c.Divisions}
	for i, d := range e.Divisions {
		path := fmt.Sprintf("eligibility.divisions[%d]", i)
		ages(path+".min_age", d.MinAge, d.MaxAge)
		if !rules.knows(d.DivisionID) {
			f = f.At(path+".division_id", "Bảng thi này không còn nữa.", "This division is no longer there.")
		}
		if d.FieldKey != "" && (t.Field(d.FieldKey).Type == "" || len(d.Values) == 0) {
			f = f.At(path+".values", "Hãy chọn mục và ít nhất một giá trị được dự thi.", "Choose the field and at least one value that may enter.")
		}
		if len(d.Positions) > 0 && !t.Field(KeyPosition).On {
			f = f.At(path+".positions", "Hãy bật mục “Chức vụ, công việc” trong phiếu đăng ký trước.", "Switch the field “Position” on first.")
		}
	}
	if needsBirthDate := e.MinAge > 0 || e.MaxAge > 0 || slices.ContainsFunc(e.Divisions, func(d DivisionTerms) bool { return d.MinAge > 0 || d.MaxAge > 0 }); needsBirthDate && !t.Field(KeyBirthDate).On {
		f = f.At("eligibility.min_age", "Hãy bật mục “Ngày sinh” trong phiếu đăng ký trước.", "Switch the field “Date of birth” on first.")
	}
	for i, d := range t.Quotas.Divisions {
		if !rules.knows(d.DivisionID) {
			f = f.At(fmt.Sprintf("quotas.divisions[%d].division_id", i), "Bảng thi này không còn nữa.", "This division is no longer there.")
		}
	}
	f = checkBarred(f, "eligibility.barred", e.Barred)
	f = checkBarred(f, "eligibility.winners", e.Winners)
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func checkBarred(f *fault.Fault, path string, people []BarredPerson) *fault.Fault {
	for i, b := range people {
		at := func(part, vi, en string) { f = f.At(fmt.Sprintf("%s[%d].%s", path, i, part), vi, en) }
		if len([]rune(b.Name)) < 2 {
			at("name", "Hãy ghi họ và tên.", "Give the full name.")
		}
		if _, ok := ReadDate(b.BirthDate); !ok && b.BirthDate != "" {
			at("birth_date", "Hãy ghi ngày theo dạng ngày/tháng/năm.", "Give a date as day/month/year.")
		}
		if b.Phone != "" && !isPhone(b.Phone) {
			at("phone", "Số điện thoại cần 10 chữ số.", "A phone number has 10 digits.")
		}
		if b.Citizen != "" {
			at("citizen_number", "Số định danh cá nhân (CCCD) gồm đúng 12 chữ số.", "A citizen number has exactly 12 digits.")
		}
	}
	return f
}
