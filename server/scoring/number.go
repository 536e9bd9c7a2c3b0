package scoring

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// Number is a decimal number in millionths: exact, comparable, the same on every machine.
type Number int64

// numberScale is how many units of Number are one.
const (
	numberScale    = 1_000_000
	numberDecimals = 6
	// maxNumber bounds what is read: below a million millions, so that sums cannot overflow.
	maxNumber Number = 1_000_000_000_000 * numberScale
)

// ErrNumber says that a text is no number that can be compared.
var ErrNumber = errors.New("not a number below 1 000 000 000 000 with at most 6 decimals")

func (n Number) inBounds() bool { return n > -maxNumber && n < maxNumber }

// ParseNumber reads a number as people in Việt Nam write it: 7,5 · 1.500.000 · 1 500 · −3 · 1.234,56.
//
// The comma is the decimal sign. A dot parts thousands where it can (groups of exactly three digits, the first group
// without a leading zero), else it is read as a decimal sign, because phone keyboards offer only the dot: 7.5 is 7,5,
// and 1.500 is one thousand five hundred. Several commas in groups of three, or a comma before a dot, are the English
// form: 1,500,000 and 1,234.56.
func ParseNumber(s string) (Number, error) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '−':
			return '-'
		}
		return r
	}, strings.TrimSpace(s))
	s, negative := strings.CutPrefix(s, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	whole, decimals, ok := splitNumber(strings.TrimSpace(s))
	if !ok {
		return 0, ErrNumber
	}
	return makeNumber(negative, whole, decimals)
}

// splitNumber parts the digits before the decimal sign from those behind it.
func splitNumber(s string) (whole, decimals string, ok bool) {
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	decimalSign, groupSign := ",", "."
	switch {
	case commas == 1 && dots > 0 && strings.IndexByte(s, ',') < strings.IndexByte(s, '.'), commas > 1:
		decimalSign, groupSign = ".", ","
	case commas == 0 && dots == 1 && !grouped(s, "."):
		decimalSign, groupSign = ".", ","
	}
	whole, decimals, found := strings.Cut(s, decimalSign)
	if found && !allDigits(decimals) {
		return "", "", false
	}
	for _, sign := range []string{groupSign, " "} {
		if strings.Contains(whole, sign) {
			if !grouped(whole, sign) {
				return "", "", false
			}
			whole = strings.ReplaceAll(whole, sign, "")
		}
	}
	return whole, decimals, allDigits(whole)
}

// grouped tells whether s is digits in groups of three: 1.500, 12.345.678, not 0.500 and not 1.50.
func grouped(s, sign string) bool {
	groups := strings.Split(s, sign)
	if len(groups[0]) < 1 || len(groups[0]) > 3 || groups[0][0] == '0' || !allDigits(groups[0]) {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 || !allDigits(g) {
			return false
		}
	}
	return len(groups) > 1
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// ParseDecimal reads the one form that programs write: digits, a point, digits. Unlike ParseNumber it guesses nothing:
// 1.500 is one and a half.
func ParseDecimal(s string) (Number, error) {
	unsigned, negative := strings.CutPrefix(s, "-")
	whole, decimals, found := strings.Cut(unsigned, ".")
	if !allDigits(whole) || found && !allDigits(decimals) {
		return 0, ErrNumber
	}
	return makeNumber(negative, whole, decimals)
}

func makeNumber(negative bool, whole, decimals string) (Number, error) {
	if len(whole) > 12 || len(decimals) > numberDecimals {
		return 0, ErrNumber
	}
	units, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", numberDecimals-len(decimals)), 10, 64)
	if err != nil {
		return 0, ErrNumber
	}
	if negative {
		units = -units
	}
	return Number(units), nil
}

// String is the form for programs: 7.5.
func (n Number) String() string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	decimals := strings.TrimRight(strconv.FormatInt(int64(n%numberScale)+numberScale, 10)[1:], "0")
	if decimals != "" {
		decimals = "." + decimals
	}
	return sign + strconv.FormatInt(int64(n/numberScale), 10) + decimals
}

// MarshalText is the form of a Number in JSON: a text, because a browser's numbers are not exact enough.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (n *Number) UnmarshalText(text []byte) error {
	parsed, err := ParseDecimal(string(text))
	if err != nil {
		return err
	}
	*n = parsed
	return nil
}
