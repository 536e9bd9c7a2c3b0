package sheet

import (
	"strings"
	"unicode"

	"github.com/hoithi/hoithi/server/unit"
)

// byLooks gives fields that no title names to columns whose cells look like them, and takes a likely field from a column
// whose cells never look like it.
func (l *Layout) byLooks(t Table, fields []Field) {
	rows := t.Rows[l.First:min(len(t.Rows), l.First+maxLooked)]
	share := func(column int, f Field) (part float64, cells int) {
		fits := 0
		for _, row := range rows {
			if cell := row.Cell(column); cell != "" {
				cells++
				if f.fits(cell) {
					fits++
				}
			}
		}
		if cells == 0 {
			return 0, 0
		}
		return float64(fits) / float64(cells), cells
	}
	taken := map[string]bool{}
	for c := range l.Columns {
		column := &l.Columns[c]
		for _, f := range fields {
			if f.Key != column.Field || column.Sure || f.Kind == Text || f.Kind == Person || f.Kind == Known {
				continue
			}
			if part, cells := share(c, f); cells >= 3 && part == 0 {
				column.Field = Ignored
			}
		}
		taken[column.Field] = true
	}
	for _, f := range fields {
		// Without a header a guess needs to be right more often.
		if taken[f.Key] || f.Kind == Text || f.Kind == Person && l.Head >= 0 {
			continue
		}
		best, at := 0.69, -1
		for c := range l.Columns {
			if l.Columns[c].Field != Ignored || l.Columns[c].Sure {
				continue
			}
			if part, cells := share(c, f); cells > 0 && part > best {
				best, at = part, c
			}
		}
		if at >= 0 {
			l.Columns[at].Field, taken[f.Key] = f.Key, true
		}
	}
}

func (f Field) fits(cell string) bool {
	switch f.Kind {
	case Person:
		return isPerson(cell)
	case Phone:
		return IsPhone(cell)
	case Email:
		return IsEmail(cell)
	case Date:
		if isNumber(cell) {
			return false // a bare number is a date only where the title says so
		}
		_, err := ReadDate(cell)
		return err == ""
	case Citizen:
		digits := Plain(cell)
		return len(digits) == 12 && digits[0] == '0' && allDigits(digits)
	case Known:
		_, ok := f.Values[unit.SearchKey(cell)]
		return ok
	case Text:
	}
	return false
}

// surnames of nine in ten Vietnamese, as unit.SearchKey writes them, and some of the mountains.
var surnames = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong cao luong " +
		"mai trinh ta dao to chu chau thai luu ha lam vuong quach doan kieu tong giang nghiem an bach cu dam dieu ma lo vang giang " +
		"sung thao hau nong be hoa la lu mac luc ninh phung quan sam tang thach than tieu ton tu ung van vi xa") {
		set[name] = true
	}
	return set
}()

// isPerson tells whether a cell looks like the full name of a person.
func isPerson(cell string) bool {
	words := strings.Fields(unit.SearchKey(cell))
	if len(words) < 2 || len(words) > 6 || !surnames[words[0]] {
		return false
	}
	for _, r := range cell {
		if unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// IsPhone tells whether a cell looks like a Vietnamese phone number, with or without its leading zero.
func IsPhone(cell string) bool {
	var digits []byte
	for _, r := range Plain(cell) {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == '+' && len(digits) == 0, r == ' ', r == '\u00a0', r == '.', r == '-', r == '(', r == ')', r == '\'':
		default:
			return false
		}
	}
	switch s := string(digits); {
	case len(s) == 10 || len(s) == 11 && s[0] == '0' && s[1] == '2':
		return s[0] == '0' && s[1] != '0' && s[1] != '1'
	case len(s) == 11 && strings.HasPrefix(s, "84"):
		return true
	case len(s) == 9:
		return s[0] >= '3' && s[0] != '4' && s[0] != '6'
	}
	return false
}

// IsEmail tells whether a cell looks like an e-mail address.
func IsEmail(cell string) bool {
	at := strings.IndexByte(cell, '@')
	return at > 0 && strings.Count(cell, "@") == 1 && strings.LastIndexByte(cell, '.') > at+1 && !strings.ContainsAny(cell, " \t\n") &&
		!strings.HasSuffix(cell, ".")
}

func isNumber(cell string) bool { return allDigits(Plain(cell)) }

func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
