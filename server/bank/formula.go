package bank

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of formulas. They keep a hostile one from holding up a phone.
const (
	MaxFormula  = 1000
	MaxFormulas = 40
)

// Segment is a stretch of text, or a formula.
type Segment struct {
	Text    string
	Formula bool
	// Display: the formula stands on a line of its own.
	Display bool
}

// Segments parts a text into plain stretches and formulas: $...$ within a line, $$...$$ on a line of its own, \$ is a
// dollar. A $ that is followed by a space, or not closed before the paragraph ends, is a dollar too, and so is one that
// touches a letter or digit on its outer side: prices and cells of a spreadsheet ($A$1) need no care. frontend/src/lib/ui/formula/segments.ts reads texts in the same way; the two share their test cases.
func Segments(s string) []Segment {
	var out []Segment
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, Segment{Text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], `\$`):
			plain.WriteByte('$')
			i += 2
		case s[i] == '$':
			formula, display, size := formulaIn(s, i)
			if size == 0 {
				plain.WriteByte('$')
				i++
				continue
			}
			flush()
			out = append(out, Segment{Text: formula, Formula: true, Display: display})
			i += size
		default:
			plain.WriteByte(s[i])
			i++
		}
	}
	flush()
	return out
}

// formulaIn reads the formula that begins with the $ at this place. A size of 0 says that there is none.
func formulaIn(s string, at int) (formula string, display bool, size int) {
	formula, display, size = formulaAt(s[at:])
	if !display && touches(utf8.DecodeLastRuneInString(s[:at])) {
		return "", false, 0
	}
	return formula, display, size
}

// formulaAt reads the formula at the start of s, which is a $. A size of 0 says that there is none.
func formulaAt(s string) (formula string, display bool, size int) {
	sign := "$"
	if strings.HasPrefix(s, "$$") {
		sign = "$$"
	}
	inside := s[len(sign):]
	for i := 0; i < len(inside); i++ {
		switch {
		case inside[i] == '\\':
			i++ // the next character is the formula's
		case inside[i] == '\n' && sign == "$":
			return "", false, 0
		case strings.HasPrefix(inside[i:], sign):
			formula = inside[:i]
			if strings.TrimSpace(formula) == "" || sign == "$" &&
				(formula[0] == ' ' || formula[i-1] == ' ' || touches(utf8.DecodeRuneInString(inside[i+1:]))) {
				return "", false, 0
			}
			return strings.TrimSpace(formula), sign == "$$", i + 2*len(sign)
		}
	}
	return "", false, 0
}

func touches(r rune, size int) bool { return size > 0 && (unicode.IsLetter(r) || unicode.IsNumber(r)) }

// PlainText is a text for places that can't show formulas: their source without the dollars.
func PlainText(s string) string {
	if !strings.Contains(s, "$") {
		return s
	}
	var b strings.Builder
	for _, part := range Segments(s) {
		b.WriteString(part.Text)
	}
	return b.String()
}

// formulas bounds the formulas of a content. Whether one can be set is for the browser to say, in the editor.
func (v *checker) formulas(n Content) {
	check := func(path, text string) {
		if !strings.Contains(text, "$") {
			return
		}
		count := 0
		for _, part := range Segments(text) {
			if !part.Formula {
				continue
			}
			count++
			if len(part.Text) > MaxFormula {
				v.at(path, fmt.Sprintf("Công thức dài quá %d ký tự.", MaxFormula), fmt.Sprintf("A formula has more than %d characters.", MaxFormula))
				return
			}
		}
		if count > MaxFormulas {
			v.at(path, fmt.Sprintf("Nhiều nhất %d công thức trong một đoạn.", MaxFormulas), fmt.Sprintf("At most %d formulas in one text.", MaxFormulas))
		}
	}
	check("stem", n.Stem)
	check("explanation", n.Explanation)
	for i, o := range n.Options {
		check(fmt.Sprintf("options[%d].text", i), o.Text)
	}
	for i, o := range n.Targets {
		check(fmt.Sprintf("targets[%d].text", i), o.Text)
	}
}
