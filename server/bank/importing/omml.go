package importing

import (
	"strings"
	"unicode"
)

// Word keeps formulas as OMML, a tree of fractions, roots, scripts and the like. latex turns such a tree into the
// LaTeX that the pages show; ok is false when something in it had no counterpart and only its text was kept.
func latex(math *node) (formula string, ok bool) {
	w := &latexWriter{ok: true}
	return strings.TrimSpace(w.all(math)), w.ok
}

type latexWriter struct{ ok bool }

// all is what the children say, one behind the other. A command and a letter behind it stay apart.
func (w *latexWriter) all(n *node) string {
	var b strings.Builder
	if n == nil {
		return ""
	}
	for _, k := range n.kids {
		piece := w.one(k)
		if piece != "" && needsSpace(b.String(), piece) {
			b.WriteByte(' ')
		}
		b.WriteString(piece)
	}
	return b.String()
}

// needsSpace tells whether "\alpha" and "x" would run together.
func needsSpace(before, after string) bool {
	first := rune(after[0])
	if first >= 0x80 || !unicode.IsLetter(first) {
		return false
	}
	i := len(before)
	for i > 0 && (before[i-1] >= 'a' && before[i-1] <= 'z' || before[i-1] >= 'A' && before[i-1] <= 'Z') {
		i--
	}
	return i < len(before) && i > 0 && before[i-1] == '\\'
}

// part is a child as one group; val reads a property such as <m:sSup><m:...Pr><m:chr m:val="..."/>.
func (w *latexWriter) part(n *node, name string) string { return w.all(n.child(name)) }

func val(n *node, fallback string) string {
	if n == nil {
		return fallback
	}
	for _, a := range n.attrs {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}

func isOn(n *node) bool {
	if n == nil {
		return false
	}
	switch val(n, "") {
	case "0", "off", "false":
		return false
	}
	return true
}

func (w *latexWriter) one(n *node) string {
	switch n.name {
	case "":
		return ""
	case "r":
		return w.run(n)
	case "f":
		top, bottom := w.part(n, "num"), w.part(n, "den")
		switch val(n.at("fPr", "type"), "bar") {
		case "lin":
			return group(top) + "/" + group(bottom)
		case "noBar":
			return `\genfrac{}{}{0pt}{}{` + top + `}{` + bottom + `}`
		}
		return `\frac{` + top + `}{` + bottom + `}`
	case "rad":
		degree := w.part(n, "deg")
		if degree == "" || isOn(n.at("radPr", "degHide")) {
			return `\sqrt{` + w.part(n, "e") + `}`
		}
		return `\sqrt[` + degree + `]{` + w.part(n, "e") + `}`
	case "sSup":
		return w.base(n) + "^{" + w.part(n, "sup") + "}"
	case "sSub":
		return w.base(n) + "_{" + w.part(n, "sub") + "}"
	case "sSubSup":
		return w.base(n) + "_{" + w.part(n, "sub") + "}^{" + w.part(n, "sup") + "}"
	case "sPre":
		return "{}_{" + w.part(n, "sub") + "}^{" + w.part(n, "sup") + "}" + w.base(n)
	case "nary":
		return w.nary(n)
	case "func":
		return w.function(n)
	case "limLow":
		return w.limit(n, "_", `\underset`)
	case "limUpp":
		return w.limit(n, "^", `\overset`)
	case "d":
		return w.delimited(n)
	case "m":
		return `\begin{matrix}` + w.rows(n) + `\end{matrix}`
	case "eqArr":
		return `\begin{aligned}` + w.lines(n) + `\end{aligned}`
	case "acc":
		return accent(val(n.at("accPr", "chr"), "\u0302")) + "{" + w.part(n, "e") + "}"
	case "bar":
		if val(n.at("barPr", "pos"), "bot") == "top" {
			return `\overline{` + w.part(n, "e") + `}`
		}
		return `\underline{` + w.part(n, "e") + `}`
	case "groupChr":
		return w.grouped(n)
	case "borderBox":
		return `\boxed{` + w.part(n, "e") + `}`
	case "box", "phant", "e", "oMath", "num", "den", "sub", "sup", "deg", "fName", "lim":
		return w.all(n)
	case "ins", "sdt", "sdtContent", "smartTag", "hyperlink":
		return w.all(n)
	case "del", "moveFrom":
		return ""
	case "t":
		return symbols(n.content())
	}
	if strings.HasSuffix(n.name, "Pr") || strings.HasPrefix(n.name, "bookmark") || n.name == "proofErr" {
		return ""
	}
	w.ok = false
	return `\text{` + textOnly(n.content()) + `}`
}

// base is what a script hangs on; more than one sign is held together.
func (w *latexWriter) base(n *node) string {
	e := w.part(n, "e")
	if e == "" {
		return "{}"
	}
	return group(e)
}

// group puts braces around more than one sign.
func group(s string) string {
	runes := []rune(s)
	if len(runes) == 1 || (strings.HasPrefix(s, `\`) && strings.IndexFunc(s[1:], func(r rune) bool { return !unicode.IsLetter(r) }) < 0) {
		return s
	}
	return "{" + s + "}"
}

// run is a run of letters: roman when the author made it so, a function when it is the name of one.
func (w *latexWriter) run(n *node) string {
	var text strings.Builder
	for _, k := range n.kids {
		switch k.name {
		case "t":
			text.WriteString(k.content())
		case "tab", "br":
			text.WriteByte(' ')
		case "", "rPr", "ctrlPr", "lastRenderedPageBreak":
		default:
			w.ok = false
		}
	}
	s := text.String()
	properties := n.child("rPr")
	if isOn(properties.child("nor")) {
		if strings.TrimSpace(s) == "" {
			return ""
		}
		return `\text{` + textOnly(s) + `}`
	}
	bare := strings.TrimSpace(s)
	if functions[bare] {
		return `\` + bare
	}
	if val(properties.child("sty"), "i") == "p" && len(bare) > 1 && isWord(bare) {
		return `\mathrm{` + bare + `}`
	}
	return symbols(s)
}

func isWord(s string) bool {
	for _, r := range s {
		if r >= 0x80 || !unicode.IsLetter(r) {
			return false
		}
	}
	return s != ""
}

var functions = map[string]bool{"sin": true, "cos": true, "tan": true, "cot": true, "sec": true, "csc": true, "arcsin": true, "arccos": true,
	"arctan": true, "sinh": true, "cosh": true, "tanh": true, "log": true, "ln": true, "lg": true, "exp": true, "lim": true, "max": true,
	"min": true, "sup": true, "inf": true, "det": true, "gcd": true, "dim": true, "ker": true, "deg": true}

func (w *latexWriter) function(n *node) string {
	name, e := w.part(n, "fName"), w.part(n, "e")
	if strings.HasPrefix(e, `\left`) || strings.HasPrefix(e, "{") || strings.HasPrefix(e, `\`) {
		return name + e
	}
	return name + " " + e
}

// limit writes "lim" with what stands below it, and any other base with something above or below.
func (w *latexWriter) limit(n *node, script, command string) string {
	base, lim := w.part(n, "e"), w.part(n, "lim")
	switch base {
	case `\lim`, `\max`, `\min`, `\sup`, `\inf`, `\det`, `\gcd`:
		return base + script + "{" + lim + "}"
	}
	return command + "{" + lim + "}{" + base + "}"
}

var large = map[string]string{"∑": `\sum`, "∏": `\prod`, "∐": `\coprod`, "∫": `\int`, "∬": `\iint`, "∭": `\iiint`, "∮": `\oint`,
	"⋃": `\bigcup`, "⋂": `\bigcap`, "⋁": `\bigvee`, "⋀": `\bigwedge`, "⨁": `\bigoplus`, "⨂": `\bigotimes`}

func (w *latexWriter) nary(n *node) string {
	sign := val(n.at("naryPr", "chr"), "∫")
	out, known := large[sign]
	if !known {
		w.ok = false
		out = symbols(sign)
	}
	if val(n.at("naryPr", "limLoc"), "") == "undOvr" && strings.Contains(out, "int") {
		out += `\limits`
	}
	if sub := w.part(n, "sub"); sub != "" {
		out += "_{" + sub + "}"
	}
	if sup := w.part(n, "sup"); sup != "" {
		out += "^{" + sup + "}"
	}
	e := w.part(n, "e")
	if e != "" && needsSpace(out, e) {
		return out + " " + e
	}
	return out + e
}

func (w *latexWriter) delimited(n *node) string {
	begin, end := val(n.at("dPr", "begChr"), "("), val(n.at("dPr", "endChr"), ")")
	between := val(n.at("dPr", "sepChr"), "|")
	parts := n.children("e")
	if len(parts) == 1 {
		inside := elements(parts[0])
		if len(inside) == 1 {
			switch {
			case inside[0].name == "eqArr" && begin == "{" && end == "":
				return `\begin{cases}` + w.lines(inside[0]) + `\end{cases}`
			case inside[0].name == "m":
				if kind := map[string]string{"()": "pmatrix", "[]": "bmatrix", "||": "vmatrix", "‖‖": "Vmatrix", "{}": "Bmatrix"}[begin+end]; kind != "" {
					return `\begin{` + kind + `}` + w.rows(inside[0]) + `\end{` + kind + `}`
				}
			case inside[0].name == "f" && val(inside[0].at("fPr", "type"), "") == "noBar" && begin+end == "()":
				return `\binom{` + w.part(inside[0], "num") + `}{` + w.part(inside[0], "den") + `}`
			}
		}
	}
	pieces := make([]string, 0, len(parts))
	for _, p := range parts {
		pieces = append(pieces, w.all(p))
	}
	return `\left` + fence(begin) + strings.Join(pieces, ` \middle`+fence(between)) + `\right` + fence(end)
}

func elements(n *node) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name != "" && !strings.HasSuffix(k.name, "Pr") {
			out = append(out, k)
		}
	}
	return out
}

// fence is a bracket as \left and \right want it.
func fence(s string) string {
	switch s {
	case "":
		return ". "
	case "{":
		return `\{ `
	case "}":
		return `\} `
	case "⟨", "〈", "<":
		return `\langle `
	case "⟩", "〉", ">":
		return `\rangle `
	case "⌊":
		return `\lfloor `
	case "⌋":
		return `\rfloor `
	case "⌈":
		return `\lceil `
	case "⌉":
		return `\rceil `
	case "‖", "∥":
		return `\| `
	case "(", ")", "[", "]", "|", "/":
		return s
	}
	return ". "
}

func (w *latexWriter) rows(n *node) string {
	var rows []string
	for _, r := range n.children("mr") {
		var cells []string
		for _, e := range r.children("e") {
			cells = append(cells, w.all(e))
		}
		rows = append(rows, strings.Join(cells, " & "))
	}
	return strings.Join(rows, ` \\ `)
}

func (w *latexWriter) lines(n *node) string {
	var lines []string
	for _, e := range n.children("e") {
		// Word aligns at "&", which came out as the sign.
		lines = append(lines, strings.ReplaceAll(w.all(e), `\&`, "&"))
	}
	return strings.Join(lines, ` \\ `)
}

func (w *latexWriter) grouped(n *node) string {
	sign, e := val(n.at("groupChrPr", "chr"), "⏟"), w.part(n, "e")
	above := val(n.at("groupChrPr", "pos"), "bot") == "top"
	switch {
	case sign == "⏞" || sign == "⏟" && above:
		return `\overbrace{` + e + `}`
	case sign == "⏟":
		return `\underbrace{` + e + `}`
	case sign == "→" && above:
		return `\overrightarrow{` + e + `}`
	case sign == "←" && above:
		return `\overleftarrow{` + e + `}`
	case above:
		return `\overset{` + symbols(sign) + `}{` + e + `}`
	}
	return `\underset{` + symbols(sign) + `}{` + e + `}`
}

func accent(sign string) string {
	switch sign {
	case "\u0302", "^":
		return `\widehat`
	case "\u0303", "~":
		return `\widetilde`
	case "\u0304", "\u0305", "¯":
		return `\overline`
	case "\u20d7", "→", "\u20d1":
		return `\overrightarrow`
	case "\u20d6", "←":
		return `\overleftarrow`
	case "\u0307":
		return `\dot`
	case "\u0308":
		return `\ddot`
	case "\u030c":
		return `\check`
	case "\u0306":
		return `\breve`
	case "\u0301":
		return `\acute`
	case "\u0300":
		return `\grave`
	case "\u20db":
		return `\dddot`
	}
	return `\overline`
}
