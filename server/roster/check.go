package roster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Severity says what a finding does.
type Severity string

const (
	Refuse Severity = "refuse" // may not enter, unless an organizer decides otherwise
	Warn   Severity = "warn"   // an organizer should look
)

// Codes of findings.
const (
	FoundAge          = "age"
	FoundAgeUnknown   = "age_unknown"
	FoundUnit         = "unit"
	FoundDivision     = "division"
	FoundBarred       = "barred"
	FoundBarredName   = "barred_name"
	FoundWinner       = "winner"
	FoundWinnerName   = "winner_name"
	FoundCitizen      = "citizen_mismatch"
	FoundQuota        = "quota"
	FoundDuplicate    = "duplicate"
	FoundTwiceInDraft = "twice_in_draft"
)

// Finding is one thing that the rules say about a draft. It holds no personal data: others are named by their number.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity" enum:"refuse,warn"`
	Field    string   `json:"field" doc:"JSON path in the draft; empty: the whole"`
	Vi       string   `json:"vi"`
	En       string   `json:"en"`
	// EntryID or RegistrationID is the other one of a duplicate.
	EntryID        int64    `json:"entry_id,omitempty"`
	RegistrationID int64    `json:"registration_id,omitempty"`
	Likeness       Likeness `json:"likeness,omitempty"`
	// Waits: the quota is full, but there is a line to wait in.
	Waits bool `json:"waits,omitempty"`
}

// Facts are what the rules need to know besides the draft.
type Facts struct {
	Today  Date       // of the contest, at which ages count unless the terms name a day
	People []Identity // of the draft's members, in their order
	Unit   UnitFacts
	Taken  Taken
	Barred []Barred
	Known  []Known // people of this contest's other entries and registrations, each alike someone of the draft
}

// UnitFacts are about the draft's unit.
type UnitFacts struct {
	ID    int64
	Kind  string
	Above []int64 // the unit itself and all above it
	// Listed: the contest invites the unit or one above it.
	Listed bool
	// Target is how many entries the contest asks of the unit; 0: no number.
	Target int
}

// Taken is how many places others have.
type Taken struct {
	Entries      int // in all
	Division     int
	Unit         int
	UnitDivision int
	UnitPersons  int
}

// Barred is somebody who may not enter.
type Barred struct {
	Identity
	Winner bool   // of an earlier contest; otherwise of this contest's staff or by the list
	Vi, En string // who they are: "thành viên Ban Tổ chức"
}

// Known is a person of another entry or registration.
type Known struct {
	Identity
	EntryID, RegistrationID int64
	Number                  string
}

// Check says what the rules find in a cleaned draft. Every way into a contest goes through it.
func Check(r Rules, d Draft, f Facts) []Finding {
	c := checker{r: r, d: d, f: f, found: []Finding{}}
	c.unit()
	division, has := r.division(d.DivisionID)
	if has {
		c.divisionUnit(division)
	}
	for i, m := range d.Members {
		c.age(i, m, r.Eligibility.MinAge, r.Eligibility.MaxAge)
		if has {
			c.age(i, m, division.MinAge, division.MaxAge)
			c.divisionPerson(i, m, division)
		}
		c.citizen(i, m)
		c.barred(i)
		c.known(i)
	}
	c.quotas()
	return c.found
}

func (t Terms) division(id int64) (DivisionTerms, bool) {
	for _, d := range t.Eligibility.Divisions {
		if d.DivisionID == id {
			return d, true
		}
	}
	return DivisionTerms{}, false
}

type checker struct {
	r     Rules
	d     Draft
	f     Facts
	found []Finding
}

func (c *checker) add(f Finding) {
	same := func(x Finding) bool { return x == f }
	if !slices.ContainsFunc(c.found, same) {
		c.found = append(c.found, f)
	}
}

// at is the path of a person's field.
func (c *checker) at(i int, field string) string {
	if c.r.Kind == KindPerson {
		return field
	}
	return fmt.Sprintf("members[%d].%s", i, field)
}

// who names a member of a team in a sentence.
func (c *checker) who(i int) (vi, en string) {
	if c.r.Kind == KindPerson {
		return "Thí sinh", "The contestant"
	}
	return fmt.Sprintf("Thành viên thứ %d", i+1), fmt.Sprintf("Member %d", i+1)
}

func (c *checker) unit() {
	e := c.r.Eligibility
	inside := true
	switch e.Units {
	case ListedUnits:
		inside = c.f.Unit.Listed
	case UnderUnits:
		inside = slices.ContainsFunc(e.Under, func(id int64) bool { return slices.Contains(c.f.Unit.Above, id) })
	case AnyUnit:
	}
	if !inside {
		c.add(Finding{Code: FoundUnit, Severity: Refuse, Field: "unit_id", Vi: "Đơn vị này không thuộc diện dự thi theo thể lệ.",
			En: "By the rules this unit may not enter."})
	}
}

func (c *checker) divisionUnit(t DivisionTerms) {
	if len(t.UnitKinds) > 0 && !slices.Contains(t.UnitKinds, c.f.Unit.Kind) {
		c.add(Finding{Code: FoundDivision, Severity: Refuse, Field: "division_id", Vi: "Đơn vị này không thuộc đối tượng của bảng thi đã chọn.",
			En: "Units of this kind may not enter the chosen division."})
	}
}

func (c *checker) divisionPerson(i int, m Member, t DivisionTerms) {
	vi, en := c.who(i)
	if len(t.Positions) > 0 {
		held := " " + unit.WordsKey(m.Position) + " "
		fits := slices.ContainsFunc(t.Positions, func(w string) bool { return strings.Contains(held, " "+unit.WordsKey(w)+" ") })
		if !fits {
			c.add(Finding{Code: FoundDivision, Severity: Refuse, Field: c.at(i, KeyPosition), Vi: vi + " có chức vụ, công việc không thuộc đối tượng của bảng thi đã chọn.",
				En: en + " does not hold a position that may enter the chosen division."})
		}
	}
	if f := c.r.Field(t.FieldKey); t.FieldKey != "" && f.On && !slices.Contains(t.Values, m.Get(t.FieldKey)) {
		c.add(Finding{Code: FoundDivision, Severity: Refuse, Field: c.at(i, fieldPath(f)), Vi: vi + ": “" + f.Vi + "” không thuộc đối tượng của bảng thi đã chọn.",
			En: en + ": “" + f.Label("en") + "” does not fit the chosen division."})
	}
}

func (c *checker) age(i int, m Member, least, most int) {
	if least == 0 && most == 0 {
		return
	}
	vi, en := c.who(i)
	day := c.f.Today
	if on, ok := ReadDate(c.r.Eligibility.AgeOn); ok {
		day = on
	}
	born, ok := ReadDate(m.BirthDate)
	if !ok {
		c.add(Finding{Code: FoundAgeUnknown, Severity: Warn, Field: c.at(i, KeyBirthDate), Vi: vi + " chưa khai ngày sinh nên chưa xét được tuổi.",
			En: en + " has given no date of birth, so the age cannot be checked."})
		return
	}
	age := born.AgeAt(day)
	say := func(vi2, en2 string) {
		on := Field{Type: TypeDate}.Shown(day.String(), "vi")
		c.add(Finding{Code: FoundAge, Severity: Refuse, Field: c.at(i, KeyBirthDate), Vi: fmt.Sprintf("%s %d tuổi vào ngày %s; thể lệ yêu cầu %s.", vi, age, on, vi2),
			En: fmt.Sprintf("%s is %d years old on %s; the rules ask for %s.", en, age, on, en2)})
	}
	switch {
	case least > 0 && age < least:
		say(fmt.Sprintf("từ %d tuổi", least), fmt.Sprintf("%d or older", least))
	case most > 0 && age > most:
		say(fmt.Sprintf("không quá %d tuổi", most), fmt.Sprintf("%d or younger", most))
	}
}

// citizen compares what a citizen number tells with what was typed. Old numbers were not all given by the rule, so it
// only warns.
func (c *checker) citizen(i int, m Member) {
	year, male, ok := citizenTells(m.Citizen)
	if !ok {
		return
	}
	vi, en := c.who(i)
	if born, known := ReadDate(m.BirthDate); known && born.Year != year {
		c.add(Finding{Code: FoundCitizen, Severity: Warn, Field: c.at(i, KeyCitizen), Vi: vi + ": số định danh cá nhân không khớp với năm sinh đã khai.",
			En: en + ": the citizen number does not fit the year of birth."})
	}
	if m.Sex == "male" && !male || m.Sex == "female" && male {
		c.add(Finding{Code: FoundCitizen, Severity: Warn, Field: c.at(i, KeyCitizen), Vi: vi + ": số định danh cá nhân không khớp với giới tính đã khai.",
			En: en + ": the citizen number does not fit the sex."})
	}
}

func (c *checker) barred(i int) {
	if i >= len(c.f.People) {
		return
	}
	vi, en := c.who(i)
	for _, b := range c.f.Barred {
		like := c.f.People[i].Like(b.Identity)
		sure, hint := FoundBarred, FoundBarredName
		if b.Winner {
			sure, hint = FoundWinner, FoundWinnerName
		}
		switch like {
		case Unlike:
		case LikeName:
			c.add(Finding{Code: hint, Severity: Warn, Field: c.at(i, "name"), Likeness: like, Vi: vi + " trùng tên với " + b.Vi + ". Hãy xem có phải cùng một người không.",
				En: en + " has the name of " + b.En + ". See whether they are one person."})
		case LikeCitizen, LikePhone, LikeEmail, LikeNameBirth:
			c.add(Finding{Code: sure, Severity: Refuse, Field: c.at(i, "name"), Likeness: like, Vi: vi + " là " + b.Vi + ", theo thể lệ không được dự thi.",
				En: en + " is " + b.En + " and by the rules may not enter."})
		}
	}
}

// known points out people who stand in another entry or registration too, and twice in this one.
func (c *checker) known(i int) {
	if i >= len(c.f.People) {
		return
	}
	vi, en := c.who(i)
	for j, other := range c.f.People[:i] {
		if like := c.f.People[i].Like(other); like != Unlike && like != LikeName && like != LikeEmail {
			c.add(Finding{Code: FoundTwiceInDraft, Severity: Warn, Field: c.at(i, "name"), Likeness: like,
				Vi: fmt.Sprintf("%s và thành viên thứ %d có thể là một người (%s).", vi, j+1, likenessVi[like]),
				En: fmt.Sprintf("%s and member %d may be one person (%s).", en, j+1, likenessEn[like])})
		}
	}
	for _, k := range c.f.Known {
		like := c.f.People[i].Like(k.Identity)
		if like == Unlike || like == LikeName || like == LikeEmail {
			continue // one mailbox often serves a whole office
		}
		otherVi, otherEn := "một đăng ký khác", "another registration"
		if k.Number != "" {
			otherVi, otherEn = "số báo danh "+k.Number, "candidate number "+k.Number
		}
		c.add(Finding{Code: FoundDuplicate, Severity: Warn, Field: c.at(i, "name"), EntryID: k.EntryID, RegistrationID: k.RegistrationID, Likeness: like,
			Vi: vi + " trùng với " + otherVi + ": " + likenessVi[like] + ".", En: en + " is in " + otherEn + " too: " + likenessEn[like] + "."})
	}
}

var (
	likenessVi = map[Likeness]string{LikeCitizen: "cùng số định danh cá nhân", LikePhone: "cùng số điện thoại", LikeEmail: "cùng e-mail", LikeNameBirth: "cùng họ tên và ngày sinh", LikeName: "cùng họ tên"}
	likenessEn = map[Likeness]string{LikeCitizen: "the same citizen number", LikePhone: "the same phone number", LikeEmail: "the same e-mail", LikeNameBirth: "the same name and date of birth", LikeName: "the same name"}
)

func (c *checker) quotas() {
	q, taken := c.r.Quotas, c.f.Taken
	over := func(most, has, more int, field, vi, en string) {
		if most == 0 || has+more <= most {
			return
		}
		f := Finding{Code: FoundQuota, Severity: Refuse, Field: field, Vi: fmt.Sprintf(vi, most), En: fmt.Sprintf(en, most)}
		if c.r.WaitingList {
			f.Severity, f.Waits = Warn, true
		}
		c.add(f)
	}
	over(q.Entries, taken.Entries, 1, "", "Hội thi đã nhận đủ %d lượt đăng ký.", "The contest has all of its %d entries.")
	for _, d := range q.Divisions {
		if d.DivisionID == c.d.DivisionID {
			over(d.Entries, taken.Division, 1, "division_id", "Bảng thi này đã nhận đủ %d lượt đăng ký.", "This division has all of its %d entries.")
		}
	}
	if c.f.Unit.ID == 0 {
		return
	}
	entries, perDivision, persons := q.ForUnit(c.f.Unit, c.d.DivisionID)
	over(entries, taken.Unit, 1, "unit_id", "Đơn vị đã đăng ký đủ %d suất.", "The unit has all of its %d entries.")
	over(perDivision, taken.UnitDivision, 1, "unit_id", "Đơn vị đã đăng ký đủ %d suất của bảng thi này.", "The unit has all of its %d entries in this division.")
	over(persons, taken.UnitPersons, len(c.d.Members), "unit_id", "Đơn vị đã đăng ký đủ %d người.", "The unit has all of its %d people.")
}

// ForUnit gives what a unit may send: its own numbers, or its target where that bounds it, or those of every unit.
func (q Quotas) ForUnit(u UnitFacts, divisionID int64) (entries, perDivision, persons int) {
	entries, persons = q.UnitEntries, q.UnitPersons
	if q.UnitTargets && u.Target > 0 {
		entries = u.Target
	}
	for _, d := range q.Divisions {
		if d.DivisionID == divisionID {
			perDivision = d.PerUnit
		}
	}
	for _, own := range q.Units {
		switch {
		case own.UnitID != u.ID:
		case own.DivisionID == 0:
			if own.Entries > 0 {
				entries = own.Entries
			}
			if own.Persons > 0 {
				persons = own.Persons
			}
		case own.DivisionID == divisionID && own.Entries > 0:
			perDivision = own.Entries
		}
	}
	return entries, perDivision, persons
}

// Refused tells whether a finding keeps the draft out.
func Refused(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Refuse })
}

// Waits tells whether the draft has to wait in line for a place.
func Waits(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Waits })
}

var notEligible = fault.New(fault.Invalid, "not_eligible",
	"Theo thể lệ của hội thi, đăng ký này chưa được nhận. Chưa có gì được lưu; hãy xem lý do ở các ô được đánh dấu.",
	"By the contest's rules this registration cannot be taken. Nothing was saved; the marked fields say why.")

// refusal is the fault of the findings that keep a draft out; nil: none does.
func refusal(found []Finding) error {
	f := notEligible
	for _, x := range found {
		if x.Severity == Refuse {
			f = f.At(x.Field, x.Vi, x.En)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
