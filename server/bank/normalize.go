package bank

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/unit"
)

// CleanLine is a text of one line: NFC, no control characters, single spaces, trimmed.
func CleanLine(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\u2028", "\n", "\u2029", "\n")

// CleanText is a text of paragraphs: each one a clean line, no empty ones at the ends and never two in a row.
func CleanText(s string) string {
	s = lineEnds.Replace(s)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		line = CleanLine(line)
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// printable drops what can't be seen but would make equal texts differ, or break a line on the projector.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == '\u2060', r == '\u00ad',
			r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(s)
}

func cleanTopic(s string) string {
	var branches []string
	for branch := range strings.SplitSeq(s, "/") {
		if branch = CleanLine(branch); branch != "" {
			branches = append(branches, branch)
		}
	}
	return strings.Join(branches, " / ")
}

// cleanDecimal brings a decimal number to one spelling: "7,50" and "7.5" are both "7.5". What is no number is left
// for Validate to refuse.
func cleanDecimal(s string) string {
	s = CleanLine(s)
	d, ok := ParseDecimal(s)
	if !ok {
		return s
	}
	return d
}

// ParseDecimal reads a number as Vietnamese and English keyboards type it: "7,5", "7.5", "1.500.000", "1 500 000",
// "-3". It answers in one spelling, with a point and without idle zeros. A single separator is the decimal one
// ("1.500" is 1.5, as in the number field of a phone); several equal ones part thousands.
func ParseDecimal(s string) (string, bool) {
	s = strings.NewReplacer(" ", "", "\u2212", "-", "\u2013", "-").Replace(strings.TrimSpace(s))
	sign := ""
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	decimal := byte(0)
	switch {
	case points+commas == 0:
	case points == 1 && commas == 0:
		decimal = '.'
	case commas == 1 && points == 0:
		decimal = ','
	case points > 1 && commas <= 1:
		decimal = ','
	case commas > 1 && points <= 1:
		decimal = '.'
	case points == 1 && commas == 1: // the last one parts the decimals
		decimal = s[max(strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ','))]
	default:
		return "", false
	}
	whole, fraction := s, ""
	if decimal != 0 {
		if i := strings.LastIndexByte(s, decimal); i >= 0 {
			whole, fraction = s[:i], s[i+1:]
		}
	}
	if strings.ContainsAny(whole, ".,") {
		groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
		for i, g := range groups {
			if (i > 0 && len(g) != 3) || (i == 0 && (g == "" || len(g) > 3)) {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
	}
	if !digits(whole) || (decimal != 0 && fraction != "" && !digits(fraction)) {
		return "", false
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	fraction = strings.TrimRight(fraction, "0")
	if fraction != "" {
		whole += "." + fraction
	}
	if whole == "0" {
		return "0", true
	}
	return sign + whole, true
}

func digits(s string) bool {
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

// SearchKey is how texts are searched and compared: as names of units are, without marks.
func SearchKey(s string) string { return unit.SearchKey(s) }
