package bank

import "strings"

// Translate writes a text for programs that mark formulas in another way: plain stretches go through text (their \$
// has become a dollar), formulas through formula.
func Translate(s string, text func(string) string, formula func(source string, display bool) string) string {
	var out strings.Builder
	for _, part := range Segments(s) {
		if part.Formula {
			out.WriteString(formula(part.Text, part.Display))
			continue
		}
		out.WriteString(text(part.Text))
	}
	return out.String()
}

// Typed is a stretch of a text as its author typed it, or a formula with its dollars.
type Typed struct {
	Text string
	// Source is the formula, empty for a plain stretch.
	Source string
}

// TypedSegments parts a text as Segments does, and keeps every sign of it.
func TypedSegments(s string) []Typed {
	var out []Typed
	from := 0
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], `\$`):
			i += 2
			continue
		case s[i] == '$':
			if source, _, size := formulaIn(s, i); size > 0 {
				if from < i {
					out = append(out, Typed{Text: s[from:i]})
				}
				out = append(out, Typed{Text: s[i : i+size], Source: source})
				i += size
				from = i
				continue
			}
		}
		i++
	}
	if from < len(s) {
		out = append(out, Typed{Text: s[from:]})
	}
	return out
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
