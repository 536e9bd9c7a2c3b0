package importing

import (
	"encoding/xml"
	"regexp"
	"strings"
)

// Formulas become text of one line: fractions with a slash, powers with ^. Structural brackets around a single letter
// or number are dropped.
const openMark, closeMark = "\ue000", "\ue001"

var simpleGroup = regexp.MustCompile(openMark + `([\p{L}\p{N},.]*)` + closeMark)

func (r *bodyReader) startMath(t xml.StartElement) {
	switch t.Name.Local {
	case "oMath":
		if r.mathDepth++; r.mathDepth == 1 {
			r.math = &strings.Builder{}
		}
	case "t":
		r.taking = true
	}
	if r.math == nil {
		return
	}
	switch t.Name.Local {
	case "num", "den":
		r.math.WriteString(openMark)
	case "sup":
		r.math.WriteString("^" + openMark)
	case "sub":
		r.math.WriteString("_" + openMark)
	case "rad":
		r.math.WriteString("√" + openMark)
	case "d":
		r.math.WriteString("(")
	}
}

func (r *bodyReader) endMath(n xml.Name) {
	if n.Local == "t" {
		r.taking = false
	}
	if r.math == nil {
		return
	}
	switch n.Local {
	case "num":
		r.math.WriteString(closeMark + "/")
	case "den", "sup", "sub", "rad":
		r.math.WriteString(closeMark)
	case "d":
		r.math.WriteString(")")
	case "oMath":
		if r.mathDepth--; r.mathDepth > 0 {
			return
		}
		text := simpleGroup.ReplaceAllString(r.math.String(), "$1")
		text = strings.NewReplacer(openMark, "(", closeMark, ")").Replace(text)
		r.math = nil
		if p := r.open(); p != nil {
			p.formula = true
			p.text.add(text, p.run)
		}
	}
}

var (
	superscripts = map[rune]rune{'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹', '-': '⁻', '+': '⁺', 'n': 'ⁿ'}
	subscripts   = map[rune]rune{'0': '₀', '1': '₁', '2': '₂', '3': '₃', '4': '₄', '5': '₅', '6': '₆', '7': '₇', '8': '₈', '9': '₉'}
)

// raised writes m² and CO₂ with letters that stay right in plain text, where there are such letters.
func raised(s, position string) string {
	letters := map[string]map[rune]rune{"superscript": superscripts, "subscript": subscripts}[position]
	if letters == nil {
		return s
	}
	return strings.Map(func(r rune) rune {
		if to, ok := letters[r]; ok {
			return to
		}
		return r
	}, s)
}
