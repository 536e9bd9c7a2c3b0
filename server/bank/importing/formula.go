package importing

import (
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// formula puts a formula of the document into the text as LaTeX.
func (r *bodyReader) formula(math *node) {
	p := r.open()
	if p == nil || p.hidden {
		return
	}
	for _, a := range math.attrs {
		if a.Name.Space == "urn:hoithi:formula" && a.Name.Local == "typed" {
			p.text.add(limited(a.Value, bank.MaxFormula+4), p.run) // our own export, untouched since
			return
		}
	}
	source, ok := latex(math)
	if source == "" {
		return
	}
	p.formula = p.formula || !ok
	p.text.add("$"+limited(source, bank.MaxFormula-1)+"$", p.run)
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
