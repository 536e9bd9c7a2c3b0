package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/unit"
)

// Plain writes a number that a spreadsheet keeps as "9.12345678E8" or "912345678.0" with its digits only; every other
// text stays as it is.
func Plain(s string) string {
	mantissa, power, found := strings.Cut(strings.ToUpper(strings.TrimSpace(s)), "E")
	exponent := 0
	if found {
		n, err := strconv.Atoi(strings.TrimPrefix(power, "+"))
		if err != nil || n < 0 || n > 20 {
			return s
		}
		exponent = n
	}
	whole, rest, dot := strings.Cut(mantissa, ".")
	if !found && (!dot || strings.Trim(rest, "0") != "") || !allDigits(whole) || rest != "" && !allDigits(rest) {
		return s
	}
	if !found && len(rest) != 1 { // "12.000" is twelve thousand to a Vietnamese reader, not a number of ours
		return s
	}
	rest = strings.TrimRight(rest, "0")
	if len(rest) > exponent {
		return s
	}
	return whole + rest + strings.Repeat("0", exponent-len(rest))
}

// Day is a calendar day.
type Day struct{ Year, Month, Day int }

// String writes the day as ISO 8601 does.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// BadDate says why a text is no day; "" when it is one.
type BadDate string

const (
	NotADate BadDate = "not_a_date"
	OnlyYear BadDate = "only_year" // "1999": day and month are missing
	NoSuch   BadDate = "no_such_day"
)

// ReadDate reads a day as people and spreadsheets write it: 7/8/1999, 07-08-1999, 7.8.99, 1999-08-07, "7 tháng 8 năm
// 1999", or Excel's number of days. The day comes before the month, unless only the other order is a day.
func ReadDate(s string) (Day, BadDate) {
	s = strings.TrimSpace(s)
	if len(s) > 60 {
		return Day{}, NotADate
	}
	if n := Plain(s); allDigits(n) {
		return dayOfNumber(n)
	}
	if whole, rest, ok := strings.Cut(s, "."); ok && allDigits(whole) && len(whole) == 5 && allDigits(rest) {
		return dayOfNumber(whole) // a serial with a time of day
	}
	var parts []string
	for _, word := range strings.Fields(unit.SearchKey(s)) {
		if allDigits(word) {
			parts = append(parts, word)
			continue
		}
		switch word {
		case "ngay", "thang", "nam", "sinh":
			continue
		}
		if len(parts) == 2 && strings.Contains(word, "t") { // 1999-08-07T00:00:00
			if day, _, ok := strings.Cut(word, "t"); ok && allDigits(day) {
				parts = append(parts, day)
				break
			}
		}
		return Day{}, NotADate
	}
	if len(parts) > 3 && len(parts[0]) == 4 { // a time behind the day
		parts = parts[:3]
	} else if len(parts) > 3 && len(parts[2]) == 4 {
		parts = parts[:3]
	}
	if len(parts) != 3 {
		return Day{}, NotADate
	}
	n := [3]int{}
	for i, p := range parts {
		if len(p) > 4 {
			return Day{}, NotADate
		}
		n[i], _ = strconv.Atoi(p)
	}
	if len(parts[0]) == 4 {
		return checked(n[0], n[1], n[2])
	}
	year := n[2]
	switch len(parts[2]) {
	case 4:
	case 2: // nobody who takes part was born after this year's two digits; see whether 20.. or 19.. is meant
		year += 1900
		if n[2] <= 25 {
			year += 100
		}
	default:
		return Day{}, NotADate
	}
	d, bad := checked(year, n[1], n[0])
	if bad != "" && n[1] > 12 && n[0] <= 12 {
		return checked(year, n[0], n[1])
	}
	return d, bad
}

func checked(year, month, day int) (Day, BadDate) {
	if year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month) {
		return Day{}, NoSuch
	}
	return Day{year, month, day}, ""
}

func daysOf(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	}
	return 31
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// dayOfNumber reads a year alone, a day without separators (07081999), or Excel's count of days from 1900.
func dayOfNumber(digits string) (Day, BadDate) {
	if len(digits) == 8 {
		n, _ := strconv.Atoi(digits)
		if d, bad := checked(n%10000, n/10000%100, n/1000000); bad == "" {
			return d, ""
		}
		return checked(n/10000, n/100%100, n%100)
	}
	if len(digits) > 5 {
		return Day{}, NotADate
	}
	n, _ := strconv.Atoi(digits)
	switch {
	case n >= 1900 && n <= 2100:
		return Day{}, OnlyYear
	case n < 61 || n > 73_000: // before March 1900 Excel counts a day that never was
		return Day{}, NotADate
	}
	n -= 61 // 1 March 1900
	year, month, day := 1900, 3, 1
	for {
		left := daysOf(year, month) - day + 1
		if n < left {
			return Day{year, month, day + n}, ""
		}
		n -= left
		day = 1
		if month++; month > 12 {
			month, year = 1, year+1
		}
	}
}

// CitizenNumber reads a citizen number: spreadsheets drop its leading zeros.
func CitizenNumber(s string) string {
	digits := Plain(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\'' || r == '-' {
			return -1
		}
		return r
	}, s))
	if allDigits(digits) && len(digits) >= 10 && len(digits) < 12 {
		digits = strings.Repeat("0", 12-len(digits)) + digits
	}
	return digits
}
