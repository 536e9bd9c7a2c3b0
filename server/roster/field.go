package roster

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hoithi/hoithi/server/unit"
)

// FieldType says what a field holds.
type FieldType string

const (
	TypeText    FieldType = "text"
	TypeNumber  FieldType = "number"
	TypeDate    FieldType = "date"
	TypeChoice  FieldType = "choice"
	TypeYesNo   FieldType = "yes_no"
	TypePhone   FieldType = "phone"
	TypeEmail   FieldType = "email"
	TypeCitizen FieldType = "citizen"
)

// Keys of the standard fields. The full name is always asked.
const (
	KeyUnit      = "unit"
	KeyBirthDate = "birth_date"
	KeySex       = "sex"
	KeyPhone     = "phone"
	KeyEmail     = "email"
	KeyCitizen   = "citizen_number"
	KeyPosition  = "position"
)

// Limits of the organizer's own fields.
const (
	maxOwnFields  = 20
	maxChoices    = 60
	maxFieldText  = 500
	maxFieldLabel = 120
	maxFieldHelp  = 300
	ownPrefix     = "own_"
)

// Choice is one of the values that a field offers.
type Choice struct {
	Key string `json:"key" maxLength:"40" doc:"Empty for a new one"`
	Vi  string `json:"vi" maxLength:"120"`
	En  string `json:"en,omitempty" maxLength:"120"`
}

// Field is one thing that is asked of every person of an entry: a standard one (its key is fixed, its type and label are
// ours), or one of the organizer's own.
type Field struct {
	Key      string    `json:"key" maxLength:"40" doc:"Empty for a new field of the organizer's own"`
	Standard bool      `json:"standard"`
	Type     FieldType `json:"type" enum:"text,number,date,choice,yes_no,phone,email,citizen"`
	Vi       string    `json:"vi" maxLength:"120"`
	En       string    `json:"en,omitempty" maxLength:"120"`
	HelpVi   string    `json:"help_vi,omitempty" maxLength:"300"`
	HelpEn   string    `json:"help_en,omitempty" maxLength:"300"`
	On       bool      `json:"on"`
	Required bool      `json:"required"`
	Pattern  string    `json:"pattern,omitempty" maxLength:"200" doc:"Regular expression (RE2) that the whole text must match"`
	Min      string    `json:"min,omitempty" maxLength:"20" doc:"Least length of a text, least number, earliest date"`
	Max      string    `json:"max,omitempty" maxLength:"20" doc:"Greatest length of a text, greatest number, latest date"`
	Choices  []Choice  `json:"choices,omitempty" maxItems:"60"`
}

// Label is the field's name in a language.
func (f Field) Label(locale string) string {
	if locale == "en" && f.En != "" {
		return f.En
	}
	return f.Vi
}

// sexes are the choices of the standard field.
var sexes = []Choice{{Key: "male", Vi: "Nam", En: "Male"}, {Key: "female", Vi: "Nữ", En: "Female"}, {Key: "other", Vi: "Khác", En: "Other"}}

// StandardFields are the fields that every contest can ask for, as a contest has them at first: a person gives phone
// and e-mail if they like, a team has one contact for all.
func StandardFields(kind Kind) []Field {
	alone := kind == KindPerson
	return []Field{
		{Key: KeyUnit, Standard: true, Type: TypeText, Vi: "Đơn vị", En: "Unit", On: true},
		{Key: KeyBirthDate, Standard: true, Type: TypeDate, Vi: "Ngày sinh", En: "Date of birth"},
		{Key: KeySex, Standard: true, Type: TypeChoice, Vi: "Giới tính", En: "Sex", Choices: sexes},
		{Key: KeyPhone, Standard: true, Type: TypePhone, Vi: "Số điện thoại", En: "Phone", On: alone},
		{Key: KeyEmail, Standard: true, Type: TypeEmail, Vi: "E-mail", En: "E-mail", On: alone},
		{Key: KeyCitizen, Standard: true, Type: TypeCitizen, Vi: "Số định danh cá nhân (CCCD)", En: "Citizen number"},
		{Key: KeyPosition, Standard: true, Type: TypeText, Vi: "Chức vụ, công việc", En: "Position"},
	}
}

// ValueOf brings what people type into the field's one form: a date as 2006-01-31, a number with a point, a choice as
// its key, yes or no. What cannot be understood is left for check to refuse.
func (f Field) ValueOf(typed string) string {
	s := unit.CleanName(typed)
	switch f.Type {
	case TypeDate:
		if d, ok := ReadDate(s); ok {
			return d.String()
		}
	case TypeNumber:
		if n, ok := readHundredths(s); ok {
			return hundredthsText(n)
		}
	case TypePhone:
		return CleanPhone(s)
	case TypeEmail:
		return strings.ToLower(s)
	case TypeCitizen:
		return CleanCitizen(s)
	case TypeYesNo:
		switch unit.SearchKey(s) {
		case "yes", "y", "true", "1", "co", "x", "dung":
			return "yes"
		case "no", "n", "false", "0", "khong", "k", "sai":
			return "no"
		}
	case TypeChoice:
		key := unit.SearchKey(s)
		for _, c := range f.Choices {
			if s == c.Key {
				return c.Key
			}
		}
		for _, c := range f.Choices {
			if key != "" && (key == unit.SearchKey(c.Vi) || key == unit.SearchKey(c.En)) {
				return c.Key
			}
		}
	case TypeText:
	}
	return s
}

// Shown is a value as people read it.
func (f Field) Shown(value, locale string) string {
	switch f.Type {
	case TypeDate:
		if d, ok := ReadDate(value); ok {
			return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
		}
	case TypeChoice:
		for _, c := range f.Choices {
			if c.Key == value {
				if locale == "en" && c.En != "" {
					return c.En
				}
				return c.Vi
			}
		}
	case TypeYesNo:
		if words, ok := map[string][2]string{"yes": {"Có", "Yes"}, "no": {"Không", "No"}}[value]; ok {
			return pick(locale, words[0], words[1])
		}
	case TypeNumber:
		if locale != "en" {
			return strings.Replace(value, ".", ",", 1)
		}
	case TypeCitizen:
		return MaskCitizen(value)
	case TypeText, TypePhone, TypeEmail:
	}
	return value
}

func pick(locale, vi, en string) string {
	if locale == "en" {
		return en
	}
	return vi
}

// check refuses a value that is not what the field asks for; "" for one that is right.
func (f Field) check(value string) (vi, en string) {
	if value == "" {
		if f.Required {
			return "Hãy điền “" + f.Vi + "”.", "Fill in “" + f.Label("en") + "”."
		}
		return "", ""
	}
	switch f.Type {
	case TypeText:
		return f.checkText(value)
	case TypeNumber:
		return f.checkNumber(value)
	case TypeDate:
		return f.checkDate(value)
	case TypeChoice:
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Key == value }) {
			return "Hãy chọn một giá trị có trong danh sách “" + f.Vi + "”.", "Choose one of the values of “" + f.Label("en") + "”."
		}
	case TypeYesNo:
		if value != "yes" && value != "no" {
			return "Hãy trả lời có hoặc không.", "Answer yes or no."
		}
	case TypePhone:
		if !isPhone(value) {
			return "Số điện thoại cần 10 chữ số, bắt đầu bằng 0 hoặc +84.", "A phone number has 10 digits and begins with 0 or +84."
		}
	case TypeEmail:
		if !isEmail(value) {
			return "Địa chỉ e-mail chưa đúng.", "This e-mail address is not right."
		}
	case TypeCitizen:
		if !isCitizen(value) {
			return "Số định danh cá nhân (CCCD) gồm đúng 12 chữ số.", "A citizen number has exactly 12 digits."
		}
	}
	return "", ""
}

func (f Field) checkText(value string) (vi, en string) {
	least, most := 0, maxFieldText
	if n, err := strconv.Atoi(f.Min); err == nil {
		least = n
	}
	if n, err := strconv.Atoi(f.Max); err == nil {
		most = min(n, maxFieldText)
	}
	if n := len([]rune(value)); n < least || n > most {
		return fmt.Sprintf("“%s” cần từ %d đến %d ký tự.", f.Vi, least, most), fmt.Sprintf("“%s” needs %d to %d characters.", f.Label("en"), least, most)
	}
	if f.Pattern == "" {
		return "", ""
	}
	// RE2 runs in linear time, so an organizer's expression cannot hold the server up.
	if whole, err := regexp.Compile(`^(?:` + f.Pattern + `)$`); err == nil && !whole.MatchString(value) {
		vi, en = "“"+f.Vi+"” chưa đúng mẫu.", "“"+f.Label("en")+"” does not have the form that is asked for."
		if f.HelpVi != "" {
			vi += " " + f.HelpVi
		}
		if f.HelpEn != "" {
			en += " " + f.HelpEn
		}
	}
	return vi, en
}

func (f Field) checkNumber(value string) (vi, en string) {
	n, ok := readHundredths(value)
	if !ok {
		return "Hãy ghi một số (tối đa hai chữ số thập phân).", "Give a number (at most two decimals)."
	}
	if least, set := readHundredths(f.Min); set && n < least {
		return "Số nhỏ nhất là " + f.Shown(f.Min, "vi") + ".", "The least number is " + f.Min + "."
	}
	if most, set := readHundredths(f.Max); set && n > most {
		return "Số lớn nhất là " + f.Shown(f.Max, "vi") + ".", "The greatest number is " + f.Max + "."
	}
	return "", ""
}

func (f Field) checkDate(value string) (vi, en string) {
	d, ok := ReadDate(value)
	if !ok {
		return "Hãy ghi ngày theo dạng ngày/tháng/năm, ví dụ 07/08/1990.", "Give a date as day/month/year, like 07/08/1990."
	}
	if least, set := ReadDate(f.Min); set && d.Before(least) {
		return "Ngày sớm nhất là " + f.Shown(f.Min, "vi") + ".", "The earliest date is " + f.Shown(f.Min, "en") + "."
	}
	if most, set := ReadDate(f.Max); set && most.Before(d) {
		return "Ngày muộn nhất là " + f.Shown(f.Max, "vi") + ".", "The latest date is " + f.Shown(f.Max, "en") + "."
	}
	return "", ""
}

// readHundredths reads a number with at most two decimals; a comma is a decimal comma.
func readHundredths(s string) (int64, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 12 || len(part) > 2 || strings.IndexFunc(whole+part, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return sign * n, err == nil
}

func hundredthsText(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if n%100 == 0 {
		return fmt.Sprintf("%s%d", sign, n/100)
	}
	return sign + strings.TrimRight(fmt.Sprintf("%d.%02d", n/100, n%100), "0")
}

func isDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) || r > '9' }) < 0
}
