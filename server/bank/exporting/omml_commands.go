package exporting

import "strings"

// named reads a command.
func (f *formulaReader) named() atom {
	name := f.name()
	if sign, ok := mathSigns[name]; ok {
		return atom{whole: letters(sign, "")}
	}
	if sign, ok := largeSigns[name]; ok {
		return atom{nary: sign}
	}
	if strings.Contains(mathFunctions, " "+name+" ") {
		return atom{whole: letters(name, upright), function: true, limits: strings.Contains(" lim max min sup inf det gcd ", " "+name+" ")}
	}
	if mark, ok := accents[name]; ok {
		return atom{whole: tag("acc", tag("accPr", value("chr", mark)), tag("e", f.argument()))}
	}
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac":
		return atom{whole: tag("f", tag("num", f.argument()), tag("den", f.argument()))}
	case "binom", "dbinom", "tbinom":
		inside := tag("f", tag("fPr", value("type", "noBar")), tag("num", f.argument()), tag("den", f.argument()))
		return atom{whole: tag("d", tag("e", inside))}
	case "sqrt":
		return atom{whole: f.root()}
	case "overline", "bar":
		return atom{whole: tag("bar", tag("barPr", value("pos", "top")), tag("e", f.argument()))}
	case "underline":
		return atom{whole: tag("bar", tag("barPr", value("pos", "bot")), tag("e", f.argument()))}
	case "overbrace":
		return atom{whole: tag("groupChr", tag("groupChrPr", value("chr", "⏞")+value("pos", "top")+value("vertJc", "bot")), tag("e", f.argument())), limits: true}
	case "underbrace":
		return atom{whole: tag("groupChr", tag("e", f.argument())), limits: true}
	case "boxed":
		return atom{whole: tag("borderBox", tag("e", f.argument()))}
	case "overset", "stackrel":
		lim := f.argument()
		return atom{whole: tag("limUpp", tag("e", f.argument()), tag("lim", lim))}
	case "underset":
		lim := f.argument()
		return atom{whole: tag("limLow", tag("e", f.argument()), tag("lim", lim))}
	case "text", "textrm", "mbox":
		return atom{whole: letters(f.words(), `<m:nor/>`)}
	case "mathrm", "operatorname":
		return atom{whole: letters(f.words(), upright)}
	case "mathbb":
		return atom{whole: letters(f.double(), "")}
	case "left":
		return atom{whole: f.delimited()}
	case "begin":
		return atom{whole: f.environment()}
	case "displaystyle", "textstyle":
		return atom{}
	}
	return atom{whole: f.fail()}
}

func (f *formulaReader) root() string {
	f.spaces()
	degree, hide := "", tag("radPr", value("degHide", "1"))
	if strings.HasPrefix(f.rest(), "[") {
		f.at++
		degree, hide = f.until("]"), ""
		if !strings.HasPrefix(f.rest(), "]") {
			return f.fail()
		}
		f.at++
	}
	return tag("rad", hide, tag("deg", degree), tag("e", f.argument()))
}

func (f *formulaReader) double() string {
	sign, ok := map[string]string{"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ"}[strings.TrimSpace(f.words())]
	if !ok {
		f.fail()
	}
	return sign
}

var fences = map[string]string{".": "", "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", `\{`: "{", `\}`: "}", `\|`: "‖", `\langle`: "⟨", `\rangle`: "⟩",
	`\lfloor`: "⌊", `\rfloor`: "⌋", `\lceil`: "⌈", `\rceil`: "⌉", `\vert`: "|", `\Vert`: "‖", `\lbrace`: "{", `\rbrace`: "}", "<": "⟨", ">": "⟩"}

func (f *formulaReader) fence() string {
	f.spaces()
	if f.rest() == "" {
		return f.fail()
	}
	sign := f.rest()[:1]
	if sign == `\` {
		sign += f.name()
	} else {
		f.at++
	}
	fence, ok := fences[sign]
	if !ok {
		return f.fail()
	}
	return fence
}

func (f *formulaReader) delimited() string {
	begin, between := f.fence(), ""
	parts := []string{f.until("")}
	for f.ok && f.command("middle") {
		f.name()
		if sign := f.fence(); between == "" {
			between = sign
		} else if sign != between {
			return f.fail()
		}
		parts = append(parts, f.until(""))
	}
	if !f.command("right") {
		return f.fail()
	}
	f.name()
	return fenced(begin, between, f.fence(), parts...)
}

func fenced(begin, between, end string, parts ...string) string {
	properties := value("begChr", begin)
	if between != "" {
		properties += value("sepChr", between)
	}
	properties += value("endChr", end)
	var inside strings.Builder
	for _, p := range parts {
		inside.WriteString(tag("e", p))
	}
	return tag("d", tag("dPr", properties), inside.String())
}

var matrices = map[string][2]string{"matrix": {}, "pmatrix": {"(", ")"}, "bmatrix": {"[", "]"}, "Bmatrix": {"{", "}"}, "vmatrix": {"|", "|"}, "Vmatrix": {"‖", "‖"}}

// environment is a matrix, cases or lines under each other.
func (f *formulaReader) environment() string {
	name := f.words()
	var rows [][]string
	row := []string{}
	for f.ok {
		row = append(row, f.until(""))
		switch {
		case strings.HasPrefix(f.rest(), "&"):
			f.at++
			continue
		case strings.HasPrefix(f.rest(), `\\`):
			f.at += 2
			rows, row = append(rows, row), []string{}
			continue
		case !f.command("end"):
			return f.fail()
		}
		f.name()
		if f.words() != name {
			return f.fail()
		}
		if len(row) > 1 || row[0] != "" {
			rows = append(rows, row)
		}
		break
	}
	if !f.ok || len(rows) == 0 {
		return f.fail()
	}
	if around, ok := matrices[name]; ok {
		if around[0] == "" {
			return matrix(rows)
		}
		return fenced(around[0], "", around[1], matrix(rows))
	}
	lines := func() string {
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(tag("e", strings.Join(r, letters("&", ""))))
		}
		return tag("eqArr", b.String())
	}
	switch name {
	case "cases":
		return fenced("{", "", "", lines())
	case "aligned", "align", "align*", "gathered", "split":
		return lines()
	}
	return f.fail()
}

func matrix(rows [][]string) string {
	widest := 0
	for _, r := range rows {
		widest = max(widest, len(r))
	}
	var b strings.Builder
	for _, r := range rows {
		cells := ""
		for i := range widest {
			cell := ""
			if i < len(r) {
				cell = r[i]
			}
			cells += tag("e", cell)
		}
		b.WriteString(tag("mr", cells))
	}
	return tag("m", b.String())
}

var largeSigns = map[string]string{"sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "iiint": "∭", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂",
	"bigvee": "⋁", "bigwedge": "⋀", "bigoplus": "⨁", "bigotimes": "⨂"}

const mathFunctions = " sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp lim max min sup inf det gcd dim ker deg "

var accents = map[string]string{"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "vec": "\u20d7", "overrightarrow": "\u20d7",
	"overleftarrow": "\u20d6", "dot": "\u0307", "ddot": "\u0308", "dddot": "\u20db", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300"}

var mathSigns = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ϵ", "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ",
	"iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "varsigma": "ς", "tau": "τ",
	"upsilon": "υ", "varphi": "φ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
	"Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
	"times": "×", "div": "÷", "pm": "±", "mp": "∓", "cdot": "⋅", "ast": "∗", "circ": "∘", "degree": "°", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
	"leqslant": "⩽", "geqslant": "⩾", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "cong": "≅", "propto": "∝", "ll": "≪", "gg": "≫",
	"lt": "<", "gt": ">", "infty": "∞", "partial": "∂", "nabla": "∇", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "supset": "⊃", "subseteq": "⊆",
	"supseteq": "⊇", "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃", "nexists": "∄",
	"neg": "¬", "lnot": "¬", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "oplus": "⊕", "otimes": "⊗", "perp": "⊥", "parallel": "∥", "mid": "|",
	"angle": "∠", "triangle": "△", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "Rightarrow": "⇒",
	"implies": "⟹", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⟺", "uparrow": "↑", "downarrow": "↓", "mapsto": "↦", "rightleftharpoons": "⇌",
	"ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "prime": "′", "ell": "ℓ", "hbar": "ℏ", "lfloor": "⌊", "rfloor": "⌋",
	"lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "vert": "|", "Vert": "‖", "lbrace": "{", "rbrace": "}", "backslash": "\\",
	"{": "{", "}": "}", "%": "%", "#": "#", "&": "&", "_": "_", "$": "$", "|": "‖", " ": " ", ",": "\u2009", ":": "\u2005", ";": "\u2004", "!": "\u200b",
	"quad": "\u2003", "qquad": "\u2003\u2003",
}
