package roster

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit"
)

// cleanFields brings a form's fields into order: each standard one once, then the organizer's own, each with a key that
// stays when the label changes.
func cleanFields(kind Kind, fields []Field) []Field {
	out := StandardFields(kind)
	for i := range out {
		for _, f := range fields {
			if f.Key == out[i].Key && f.Standard {
				out[i].On, out[i].Required = f.On || f.Key == KeyUnit, f.Required && (f.On || f.Key == KeyUnit)
				out[i].HelpVi, out[i].HelpEn = unit.CleanName(f.HelpVi), unit.CleanName(f.HelpEn)
			}
		}
	}
	highest := 0
	for _, f := range fields {
		if n, err := strconv.Atoi(strings.TrimPrefix(f.Key, ownPrefix)); err == nil && strings.HasPrefix(f.Key, ownPrefix) {
			highest = max(highest, min(n, 1_000_000))
		}
	}
	for _, f := range fields {
		if f.Standard {
			continue
		}
		f.Vi, f.En, f.HelpVi, f.HelpEn = unit.CleanName(f.Vi), unit.CleanName(f.En), unit.CleanName(f.HelpVi), unit.CleanName(f.HelpEn)
		if n, err := strconv.Atoi(strings.TrimPrefix(f.Key, ownPrefix)); err != nil || n < 1 || !strings.HasPrefix(f.Key, ownPrefix) {
			highest++
			f.Key = ownPrefix + strconv.Itoa(highest)
		}
		f.Min, f.Max = cleanBound(f, f.Min), cleanBound(f, f.Max)
		if f.Type != TypeText {
			f.Pattern = ""
		}
		f.Choices = cleanChoices(f)
		out = append(out, f)
	}
	return out
}

func cleanBound(f Field, bound string) string {
	switch f.Type {
	case TypeDate, TypeNumber:
		return f.ValueOf(bound)
	case TypeText:
		return strings.TrimSpace(bound)
	case TypeChoice, TypeYesNo, TypePhone, TypeEmail, TypeCitizen:
	}
	return ""
}

func cleanChoices(f Field) []Choice {
	if f.Type != TypeChoice {
		return nil
	}
	used := map[string]bool{}
	for _, c := range f.Choices {
		used[c.Key] = true
	}
	var out []Choice
	n := 0
	for _, c := range f.Choices {
		if c.Vi, c.En = unit.CleanName(c.Vi), unit.CleanName(c.En); c.Vi == "" {
			continue
		}
		for c.Key == "" {
			if n++; !used["c"+strconv.Itoa(n)] {
				c.Key = "c" + strconv.Itoa(n)
			}
		}
		out = append(out, c)
	}
	return out
}

// checkFields finds what is wrong with the fields that an organizer has written.
func checkFields(f *fault.Fault, fields []Field) *fault.Fault {
	own := 0
	keys, labels := map[string]bool{}, map[string]bool{}
	for i, x := range fields {
		if x.Standard {
			continue
		}
		own++
		at := func(part, vi, en string) { f = f.At(fmt.Sprintf("fields[%d].%s", i, part), vi, en) }
		if n := len([]rune(x.Vi)); n < 2 || n > maxFieldLabel {
			at("vi", "Tên mục cần từ 2 đến 120 ký tự.", "The label needs 2 to 120 characters.")
		}
		if keys[x.Key] || labels[unit.WordsKey(x.Vi)] {
			at("vi", "Đã có mục cùng tên này.", "There is a field with this name already.")
		}
		keys[x.Key], labels[unit.WordsKey(x.Vi)] = true, true
		if len([]rune(x.HelpVi)) > maxFieldHelp || len([]rune(x.HelpEn)) > maxFieldHelp {
			at("help_vi", "Lời giải thích dài tối đa 300 ký tự.", "The explanation has at most 300 characters.")
		}
		if x.Type == TypeChoice && (len(x.Choices) < 2 || len(x.Choices) > maxChoices) {
			at("choices", "Cần từ 2 đến 60 lựa chọn.", "It needs 2 to 60 choices.")
		}
		if _, err := regexp.Compile(`^(?:` + x.Pattern + `)$`); err != nil || len(x.Pattern) > 200 {
			at("pattern", "Mẫu kiểm tra không phải biểu thức chính quy đúng.", "The pattern is not a valid regular expression.")
		}
		if !x.boundsFit() {
			at("min", "Giá trị nhỏ nhất và lớn nhất chưa đúng.", "The least and the greatest value are not right.")
		}
	}
	if own > maxOwnFields {
		f = f.At("fields", "Mỗi hội thi có tối đa 20 mục riêng.", "A contest has at most 20 fields of its own.")
	}
	return f
}

func (f Field) boundsFit() bool {
	read := func(s string) (int64, bool) {
		switch f.Type {
		case TypeNumber:
			return readHundredths(s)
		case TypeDate:
			d, ok := ReadDate(s)
			return d.days(), ok
		case TypeText:
			n, err := strconv.ParseInt(s, 10, 32)
			return n, err == nil && n >= 0
		case TypeChoice, TypeYesNo, TypePhone, TypeEmail, TypeCitizen:
		}
		return 0, false
	}
	least, hasLeast := read(f.Min)
	most, hasMost := read(f.Max)
	return (hasLeast || f.Min == "") && (hasMost || f.Max == "") && (!hasLeast || !hasMost || least <= most)
}
