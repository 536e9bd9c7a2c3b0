package importing

import (
	"regexp"
	"strings"
)

func unescaped(s string, sign byte) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case sign:
			n++
		}
	}
	return n
}

// indexUnescaped finds the first sign that has no backslash before it.
func indexUnescaped(s, sign string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], sign) {
			return i
		}
	}
	return -1
}

// unescape undoes GIFT's backslashes. LaTeX keeps its own: a backslash before anything else is one.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case 'n':
				// "\n" is a new line, "\neq" and "\nabla" are LaTeX of an author who forgot the second backslash.
				if i+2 < len(s) && (s[i+2] >= 'a' && s[i+2] <= 'z') && reLatexN.MatchString(s[i:]) {
					break
				}
				b.WriteByte('\n')
				i++
				continue
			case '~', '=', '#', '{', '}', ':', '\\':
				b.WriteByte(s[i+1])
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

var reLatexN = regexp.MustCompile(`^\\(ne|neq|nabla|nu|not|notin|neg|nexists|ni|nolimits|nmid)(?:[^A-Za-z]|$)`)

// giftText reads a text of GIFT in its format.
func giftText(s, format string) rich {
	if m := reGiftFormat.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		format, s = m[1], strings.TrimSpace(s)[len(m[0]):]
	}
	s = unescape(strings.TrimSpace(s))
	if format == "html" || (format != "plain" && reGiftHTML.MatchString(s)) {
		return fromHTML(strings.ReplaceAll(s, "\n", "<br>"))
	}
	if reTeX.MatchString(s) {
		s = dollars(s)
	}
	return rich{text: s}
}

// giftPart is one "=..." or "~...".
type giftPart struct {
	sign byte
	text string
}

// splitUnescaped parts a text at signs without a backslash; what stands before the first is left out.
func splitUnescaped(s, signs string) []giftPart {
	var parts []giftPart
	start := -1
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case strings.IndexByte(signs, s[i]) >= 0:
			if start >= 0 {
				parts[len(parts)-1].text = s[start:i]
			}
			parts = append(parts, giftPart{sign: s[i]})
			start = i + 1
		}
	}
	if start >= 0 {
		parts[len(parts)-1].text = s[start:]
	}
	return parts
}

func cutFeedback(s string) (string, string) {
	if at := indexUnescaped(s, "#"); at >= 0 {
		return s[:at], s[at+1:]
	}
	return s, ""
}
