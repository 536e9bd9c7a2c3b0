package contest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// withoutMarks is the key under which people search and link: NFD without marks, đ as d, lower case.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}
