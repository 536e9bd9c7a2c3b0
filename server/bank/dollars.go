package bank

import "strings"

// Translate writes a text for programs that mark formulas in another way: plain stretches go through text (their \$
// has become a dollar), formulas through formula.
func Translate(s string, text func(string) string, formula func(source string, display bool) string) string {
	var out, plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out.WriteString(text(plain.String()))
			plain.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], `\$`):
			plain.WriteByte('$')
			i += 2
			continue
		case s[i] == '$':
			if source, display, size := formulaIn(s, i); size > 0 {
				flush()
				out.WriteString(formula(source, display))
				i += size
				continue
			}
		}
		plain.WriteByte(s[i])
		i++
	}
	flush()
	return out.String()
}

// EscapeDollars keeps the dollars of a text that has no formulas from being read as their marks.
func EscapeDollars(s string) string {
	if strings.Count(s, "$") < 2 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '$' && (i == 0 || s[i-1] != '\\') {
			if _, _, size := formulaIn(s, i); size > 0 {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
