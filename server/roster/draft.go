package roster

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Limits of what can be entered.
const (
	MaxName       = 200
	maxPersonName = 120
	maxReserves   = 10
	maxMembers    = 80
	maxReason     = 500
	// MaxEntries is how many entries one contest can have.
	MaxEntries = 200_000
	// maxPending bounds what strangers can make us keep.
	maxPending = 20_000
)

// Draft is what someone writes about an entry-to-be.
type Draft struct {
	DivisionID int64
	UnitID     int64  // 0: UnitName says it
	UnitName   string // as typed, when the unit is not in the list; "" with UnitID 0: without a unit
	Name       string // of the person, or of the team
	// Members are the people of a team. Of a person who enters alone it holds one, for the Person in it; name, phone and
	// e-mail stand with the draft.
	Members []Member
	Phone   string // of the contact
	Email   string
}

// Rules are what a contest asks of its entries.
type Rules struct {
	Kind             Kind
	TeamMin, TeamMax int
	Divisions        []contest.Division
	Terms
}

// RulesOf gives the rules of a contest with the terms its organizer has set; see Service.Rules.
func RulesOf(c contest.Contest, t Terms) Rules {
	return Rules{Kind: Kind(c.EntryKind), TeamMin: c.TeamMin, TeamMax: c.TeamMax, Divisions: c.Divisions, Terms: t}
}

func (r Rules) knows(divisionID int64) bool {
	for _, d := range r.Divisions {
		if d.ID == divisionID {
			return true
		}
	}
	return false
}

// Clean brings what people type into one form: names on one line in NFC, phone numbers as ten digits from 0, one
// captain first. A single division needs no choosing.
func (d Draft) Clean(r Rules) Draft {
	d.Name, d.UnitName = unit.CleanName(d.Name), unit.CleanName(d.UnitName)
	d.Email = strings.ToLower(strings.TrimSpace(d.Email))
	d.Phone = CleanPhone(d.Phone)
	if d.DivisionID == 0 && len(r.Divisions) == 1 {
		d.DivisionID = r.Divisions[0].ID
	}
	if d.UnitID != 0 {
		d.UnitName = ""
	}
	if r.Kind == KindPerson {
		alone := Member{Name: d.Name, Role: RoleCaptain}
		if len(d.Members) > 0 {
			alone.ID, alone.Person = d.Members[0].ID, d.Members[0].Person
		}
		if d.Phone != "" {
			alone.Phone = d.Phone
		}
		if d.Email != "" {
			alone.Email = d.Email
		}
		alone.Person = alone.clean(r.Fields)
		d.Phone, d.Email = alone.Phone, alone.Email
		d.Members = []Member{alone}
		return d
	}
	var captain, others, reserves []Member
	for _, m := range d.Members {
		m.Name = unit.CleanName(m.Name)
		if m.Name == "" {
			continue
		}
		m.Person = m.clean(r.Fields)
		switch m.Role {
		case RoleCaptain:
			captain = append(captain, m)
		case RoleReserve:
			reserves = append(reserves, m)
		case RoleMember:
			others = append(others, m)
		default:
			m.Role = RoleMember
			others = append(others, m)
		}
	}
	if len(captain) == 0 && len(others) > 0 {
		others[0].Role = RoleCaptain
	}
	d.Members = append(append(captain, others...), reserves...)
	return d
}

var badEntry = fault.New(fault.Invalid, "invalid_entry",
	"Thông tin đăng ký chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The registration is not right, so it was not saved. Look at the marked fields.")

// Check finds what is wrong with a cleaned draft; nil: nothing. An organizer may add a team before its people are
// known, a registrant may not.
func (d Draft) Check(r Rules, byOrganizer bool) error {
	f := badEntry
	nameLimit, who, whoEn := MaxName, "Tên đội", "The team's name"
	if r.Kind == KindPerson {
		nameLimit, who, whoEn = maxPersonName, "Họ và tên", "The name"
	}
	if n := len([]rune(d.Name)); n < 2 || n > nameLimit || !hasLetter(d.Name) {
		f = f.At("name", fmt.Sprintf("%s cần từ 2 đến %d ký tự.", who, nameLimit), fmt.Sprintf("%s needs 2 to %d characters.", whoEn, nameLimit))
	}
	if !r.knows(d.DivisionID) {
		f = f.At("division_id", "Hãy chọn bảng thi.", "Choose a division.")
	}
	if d.UnitName != "" {
		if n := len([]rune(d.UnitName)); n < 2 || n > unit.MaxName || !hasLetter(d.UnitName) {
			f = f.At("unit_name", "Tên đơn vị cần từ 2 đến 200 ký tự.", "A unit's name needs 2 to 200 characters.")
		}
	}
	if u := r.Field(KeyUnit); u.Required && !byOrganizer && d.UnitID == 0 && d.UnitName == "" {
		f = f.At("unit_id", "Hãy chọn đơn vị.", "Choose the unit.")
	}
	if r.Kind == KindTeam {
		contact := Person{Phone: d.Phone, Email: d.Email}
		f = contact.check(f, contactFields, "", byOrganizer)
		f = d.checkMembers(f, r, byOrganizer)
	} else if len(d.Members) > 0 {
		f = d.Members[0].check(f, r.Fields, "", byOrganizer)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (d Draft) checkMembers(f *fault.Fault, r Rules, byOrganizer bool) *fault.Fault {
	active, reserves, captains := 0, 0, 0
	for i, m := range d.Members {
		if n := len([]rune(m.Name)); n < 2 || n > maxPersonName || !hasLetter(m.Name) {
			f = f.At(fmt.Sprintf("members[%d].name", i), "Họ và tên cần từ 2 đến 120 ký tự.", "A name needs 2 to 120 characters.")
		}
		f = m.check(f, r.Fields, fmt.Sprintf("members[%d].", i), byOrganizer)
		switch m.Role {
		case RoleReserve:
			reserves++
		case RoleCaptain:
			captains++
			active++
		case RoleMember:
			active++
		}
	}
	least := r.TeamMin
	if byOrganizer {
		least = 0
	}
	switch {
	case active < least || active > r.TeamMax:
		f = f.At("members", fmt.Sprintf("Đội cần từ %d đến %d thành viên chính thức, hiện có %d.", max(least, 1), r.TeamMax, active),
			fmt.Sprintf("A team has %d to %d members, this one has %d.", max(least, 1), r.TeamMax, active))
	case captains > 1:
		f = f.At("members", "Mỗi đội chỉ có một đội trưởng.", "A team has one captain only.")
	case reserves > maxReserves:
		f = f.At("members", "Mỗi đội có tối đa 10 người dự bị.", "A team has at most 10 reserves.")
	}
	return f
}

// contactFields are those of a team's contact: given if they like.
var contactFields = []Field{{Key: KeyPhone, Standard: true, Type: TypePhone, On: true}, {Key: KeyEmail, Standard: true, Type: TypeEmail, On: true}}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// CleanPhone brings a Vietnamese phone number into the form 0912345678: spreadsheets drop the leading zero, people
// write +84 and put spaces and dots in between. What is no phone number is left for Check to refuse.
func CleanPhone(s string) string {
	s = strings.TrimSpace(s)
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r == '+':
			return r
		case unicode.IsSpace(r), r == '.', r == '-', r == '(', r == ')', r == '\'':
			return -1
		}
		return 'x'
	}, s)
	switch {
	case digits == "" || strings.Contains(digits, "x"):
		return strings.TrimSpace(clipRunes(s, 20))
	case strings.HasPrefix(digits, "+84"):
		digits = "0" + strings.TrimPrefix(digits[3:], "0")
	case strings.HasPrefix(digits, "84") && len(digits) == 11:
		digits = "0" + digits[2:]
	case digits[0] != '0' && digits[0] != '+' && len(digits) == 9:
		digits = "0" + digits
	}
	return clipRunes(digits, 20)
}

func isPhone(s string) bool {
	if len(s) < 10 || len(s) > 11 || s[0] != '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func isEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if len(s) > 200 || at < 1 || strings.Count(s, "@") != 1 || strings.ContainsAny(s, " \t\r\n,;<>\"\x00") {
		return false
	}
	dot := strings.LastIndexByte(s[at:], '.')
	return dot > 1 && at+dot < len(s)-1
}

func clipRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// samePhone tells whether two phone numbers can belong to the same entry: they differ only when both are known.
func samePhone(a, b string) bool { return a == b || a == "" || b == "" }

// searchKey is what the organizer's search looks into.
func (d Draft) searchKey(unitName string) string {
	words := []string{d.Name, unitName}
	for _, m := range d.Members {
		if m.Name != d.Name {
			words = append(words, m.Name)
		}
	}
	if d.Phone != "" {
		words = append(words, d.Phone)
	}
	return unit.SearchKey(strings.Join(words, " "))
}
