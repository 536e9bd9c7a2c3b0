package printing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// node is a piece of a formula as paper can show it. What is not known of LaTeX is printed by its name, never dropped.
type node struct {
	kind  kind
	text  string
	parts [3][]node // of a fraction: above, below; of a root: inside, index; of a script: base, above, below
}

type kind int

const (
	word kind = iota
	letterly
	fraction
	root
	script
	over
)

// signs are commands that stand for a letter the typeface has, or for the words one reads in their place.
var signs = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
	"lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ",
	"psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
	"le": " ≤ ", "leq": " ≤ ", "leqslant": " ≤ ", "ge": " ≥ ", "geq": " ≥ ", "geqslant": " ≥ ", "ne": " ≠ ", "neq": " ≠ ", "approx": " ≈ ", "equiv": " ≡ ",
	"times": " × ", "cdot": " · ", "div": " : ", "pm": " ± ", "mp": " ∓ ", "infty": "∞", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂",
	"to": " → ", "rightarrow": " → ", "leftarrow": " ← ", "leftrightarrow": " ↔ ", "Rightarrow": " => ", "Leftrightarrow": " <=> ", "implies": " => ", "iff": " <=> ",
	"in": " thuộc ", "notin": " không thuộc ", "subset": " nằm trong ", "cup": " hợp ", "cap": " ∩ ", "forall": "mọi ", "exists": "tồn tại ", "emptyset": "Ø", "varnothing": "Ø",
	"angle": "góc ", "perp": " vuông góc với ", "parallel": " // ", "circ": "°", "degree": "°", "ldots": "…", "dots": "…", "cdots": "…", "prime": "′",
	"quad": "  ", "qquad": "    ", "percent": "%", "R": "R", "N": "N", "Z": "Z", "lt": " < ", "gt": " > ", "mid": " | ", "star": "*", "ast": "*",
}

// styled commands hold a text that is set as it is.
var styled = []string{"text", "mathrm", "textbf", "mathbf", "mathbb", "mathcal", "mathit", "operatorname", "textit", "boxed", "displaystyle", "textstyle", "limits", "left", "right", "big", "Big", "bigl", "bigr"}

// formula reads LaTeX.
func formula(s string) []node {
	r := &reader{s: s}
	return r.until("")
}

type reader struct {
	s  string
	at int
}

func (r *reader) until(end string) []node {
	var list []node
	for r.at < len(r.s) {
		if end != "" && strings.HasPrefix(r.s[r.at:], end) {
			r.at += len(end)
			break
		}
		list = r.one(list)
	}
	return list
}

// one reads the next piece. A script takes what stands before it as its base.
func (r *reader) one(list []node) []node {
	c, size := utf8.DecodeRuneInString(r.s[r.at:])
	r.at += size
	switch {
	case c == '{':
		return append(list, r.until("}")...)
	case c == '}' || c == '&':
		return append(list, node{kind: word, text: " "})
	case c == '^' || c == '_':
		n := node{kind: script}
		if last := len(list) - 1; last >= 0 {
			if list[last].kind == script && list[last].parts[1+index(c == '_')] == nil {
				n, list = list[last], list[:last]
			} else {
				n.parts[0], list = []node{list[last]}, list[:last]
			}
		}
		n.parts[1+index(c == '_')] = r.argument()
		return append(list, n)
	case c == '\\':
		return r.command(list)
	case strings.ContainsRune("=<>+", c):
		return append(list, node{kind: word, text: " " + string(c) + " "})
	case c == '-' || c == '−':
		sign := "−"
		if len(list) > 0 && !strings.HasSuffix(list[len(list)-1].text, " ") {
			sign = " − "
		}
		return append(list, node{kind: word, text: sign})
	case unicode.IsSpace(c):
		return list
	case unicode.IsLetter(c):
		return append(list, node{kind: letterly, text: string(c)})
	}
	if last := len(list) - 1; unicode.IsDigit(c) && last >= 0 && list[last].kind == word && strings.Trim(list[last].text, "0123456789,.") == "" {
		list[last].text += string(c)
		return list
	}
	return append(list, node{kind: word, text: string(c)})
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// argument is what stands in braces, or the one sign that follows.
func (r *reader) argument() []node {
	for r.at < len(r.s) && r.s[r.at] == ' ' {
		r.at++
	}
	if r.at >= len(r.s) {
		return []node{}
	}
	return r.one([]node{})
}

func (r *reader) name() string {
	from := r.at
	for r.at < len(r.s) && (r.s[r.at] >= 'a' && r.s[r.at] <= 'z' || r.s[r.at] >= 'A' && r.s[r.at] <= 'Z') {
		r.at++
	}
	if r.at == from && r.at < len(r.s) {
		_, size := utf8.DecodeRuneInString(r.s[r.at:])
		r.at += size
	}
	return r.s[from:r.at]
}

func (r *reader) command(list []node) []node {
	name := r.name()
	switch name {
	case "frac", "dfrac", "tfrac":
		return append(list, node{kind: fraction, parts: [3][]node{r.argument(), r.argument()}})
	case "sqrt":
		n := node{kind: root}
		if r.at < len(r.s) && r.s[r.at] == '[' {
			r.at++
			n.parts[1] = r.until("]")
		}
		n.parts[0] = r.argument()
		return append(list, n)
	case "overline", "widehat", "hat", "bar", "vec", "overrightarrow":
		return append(list, node{kind: over, parts: [3][]node{r.argument()}})
	case "begin", "end":
		if i := strings.IndexByte(r.s[r.at:], '}'); i >= 0 {
			r.at += i + 1
		}
		return append(list, node{kind: word, text: " "})
	case "\\":
		return append(list, node{kind: word, text: "; "})
	case ",", ";", ":", "!", " ":
		return append(list, node{kind: word, text: " "})
	case "{", "}", "%", "$", "_", "#", "&", "|":
		return append(list, node{kind: word, text: name})
	case "text", "mathrm", "operatorname", "textbf", "textit", "mathbf":
		if r.at < len(r.s) && r.s[r.at] == '{' {
			end := strings.IndexByte(r.s[r.at:], '}')
			if end < 0 {
				end = len(r.s) - r.at
			}
			text := r.s[r.at+1 : r.at+end]
			r.at = min(len(r.s), r.at+end+1)
			return append(list, node{kind: word, text: text})
		}
		return list
	}
	for _, s := range styled {
		if s == name {
			return list
		}
	}
	if sign, ok := signs[name]; ok {
		return append(list, node{kind: word, text: sign})
	}
	return append(list, node{kind: word, text: name + " "})
}
