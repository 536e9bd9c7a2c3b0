package roster

import (
	"fmt"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// Person is what is known of one human beside the name and the part in a team. Before Clean the values stand as they
// were typed; after it each has the one form of its field. It never goes to the public.
type Person struct {
	BirthDate string // 2006-01-31; "" when it is not known
	Sex       string // male, female, other; ""
	Phone     string
	Email     string
	Citizen   string            // citizen number: 12 digits. Stored sealed only.
	Position  string            // job or office
	Own       map[string]string // the organizer's own fields by key
}

// Get gives the value of a field.
func (p Person) Get(key string) string {
	switch key {
	case KeyBirthDate:
		return p.BirthDate
	case KeySex:
		return p.Sex
	case KeyPhone:
		return p.Phone
	case KeyEmail:
		return p.Email
	case KeyCitizen:
		return p.Citizen
	case KeyPosition:
		return p.Position
	}
	return p.Own[key]
}

// Set writes the value of a field.
func (p *Person) Set(key, value string) {
	switch key {
	case KeyBirthDate:
		p.BirthDate = value
	case KeySex:
		p.Sex = value
	case KeyPhone:
		p.Phone = value
	case KeyEmail:
		p.Email = value
	case KeyCitizen:
		p.Citizen = value
	case KeyPosition:
		p.Position = value
	default:
		if value == "" {
			delete(p.Own, key)
			return
		}
		if p.Own == nil {
			p.Own = map[string]string{}
		}
		p.Own[key] = value
	}
}

// clean keeps what the contest asks for, each value in its one form: what is not asked for is not kept.
func (p Person) clean(fields []Field) Person {
	var out Person
	for _, f := range fields {
		if f.On && f.Key != KeyUnit {
			out.Set(f.Key, f.ValueOf(p.Get(f.Key)))
		}
	}
	return out
}

// check marks the fields that are not right. Organizers may leave out what is required: they often know less.
func (p Person) check(f *fault.Fault, fields []Field, prefix string, byOrganizer bool) *fault.Fault {
	for _, x := range fields {
		if !x.On || x.Key == KeyUnit {
			continue
		}
		x.Required = x.Required && !byOrganizer
		if vi, en := x.check(p.Get(x.Key)); vi != "" {
			f = f.At(prefix+fieldPath(x), vi, en)
		} else if x.Key == KeyBirthDate && p.BirthDate != "" {
			if d, _ := ReadDate(p.BirthDate); d.Year < 1900 || d.Year > 2100 {
				f = f.At(prefix+KeyBirthDate, "Năm sinh chưa đúng.", "The year of birth is not right.")
			}
		}
	}
	return f
}

func fieldPath(f Field) string {
	if f.Standard {
		return f.Key
	}
	return "own." + f.Key
}

// Date is a day of the calendar, without a time zone.
type Date struct{ Year, Month, Day int }

// ReadDate reads 2006-01-31 and what people write: 31/1/2006, 31-01-2006, 31.1.2006.
func ReadDate(s string) (Date, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 10 {
		return Date{}, false
	}
	for _, layout := range []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Date{t.Year(), int(t.Month()), t.Day()}, true
		}
	}
	return Date{}, false
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Before tells whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.days() < other.days() }

func (d Date) days() int64 { return int64(d.Year)*10_000 + int64(d.Month)*100 + int64(d.Day) }

// AgeAt is how many birthdays someone born on d has had by a day.
func (d Date) AgeAt(day Date) int {
	age := day.Year - d.Year
	if day.Month < d.Month || day.Month == d.Month && day.Day < d.Day {
		age--
	}
	return age
}

const citizenLength = 12

// CleanCitizen brings a citizen number into twelve digits: spreadsheets drop leading zeros, people put spaces in between.
func CleanCitizen(s string) string {
	digits := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '.', '-', '\u00a0', '\'':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	// Places are 001 to 096: a spreadsheet has dropped one zero or two.
	if n := len(digits); isDigits(digits) && n >= citizenLength-2 && n < citizenLength {
		digits = strings.Repeat("0", citizenLength-n) + digits
	}
	return clipRunes(digits, 30)
}

func isCitizen(s string) bool { return len(s) == citizenLength && isDigits(s) }

// MaskCitizen shows enough of a citizen number to recognise one's own, too little to use it.
func MaskCitizen(s string) string {
	if len(s) < 6 {
		return ""
	}
	return s[:1] + "…" + s[len(s)-4:]
}

// isMask tells a shown citizen number that comes back unchanged from one that was typed.
func isMask(s string) bool { return strings.Contains(s, "…") }

// citizenTells reads sex and year of birth out of a citizen number: three digits of place, one of century and sex, two
// of the year.
func citizenTells(s string) (year int, male, ok bool) {
	if !isCitizen(s) {
		return 0, false, false
	}
	code := int(s[3] - '0')
	return 1900 + code/2*100 + int(s[4]-'0')*10 + int(s[5]-'0'), code%2 == 0, true
}

// Identity is what tells whether two people are one. It holds no citizen number, only its keyed hash.
type Identity struct {
	Name      string // by unit.WordsKey
	BirthDate string
	Phone     string
	Email     string
	Citizen   string // HMAC
}

// Likeness says by what two people are alike.
type Likeness string

const (
	LikeCitizen   Likeness = "citizen"
	LikePhone     Likeness = "phone"
	LikeEmail     Likeness = "email"
	LikeNameBirth Likeness = "name_birth"
	LikeName      Likeness = "name" // a hint only
	Unlike        Likeness = ""
)

// Like compares two people, by the surest sign first. Two different citizen numbers, or two birth dates, part people of
// one name.
func (i Identity) Like(o Identity) Likeness {
	both := func(a, b string) bool { return a != "" && a == b }
	switch {
	case both(i.Citizen, o.Citizen):
		return LikeCitizen
	case i.Citizen != "" && o.Citizen != "":
		return Unlike
	case both(i.Phone, o.Phone):
		return LikePhone
	case both(i.Name, o.Name) && both(i.BirthDate, o.BirthDate):
		return LikeNameBirth
	case both(i.Email, o.Email):
		return LikeEmail
	case both(i.Name, o.Name) && (i.BirthDate == "" || o.BirthDate == ""):
		return LikeName
	}
	return Unlike
}

// identity is that of a cleaned member; mac hashes the citizen number.
func (m Member) identity(mac func(string) string) Identity {
	id := Identity{Name: unit.WordsKey(m.Name), BirthDate: m.BirthDate, Phone: m.Phone, Email: m.Email}
	if m.Citizen != "" {
		id.Citizen = mac(m.Citizen)
	}
	return id
}
