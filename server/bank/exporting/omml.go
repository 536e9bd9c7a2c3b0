package exporting

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Formula writes LaTeX as Word keeps formulas (OMML), to be edited and printed there. ok is false when something in it
// has no counterpart: then it should stay as it was typed, never be shown as half of what it says.
func Formula(source string) (omml string, ok bool) {
	f := &formulaReader{s: source, ok: true}
	inside := f.until("")
	if !f.ok || f.at < len(f.s) || inside == "" {
		return "", false
	}
	return "<m:oMath>" + inside + "</m:oMath>", true
}

// deepest is how far formulas may nest; what is deeper is nobody's exam question.
const deepest = 40

type formulaReader struct {
	s     string
	at    int
	depth int
	ok    bool
}

func tag(name string, inside ...string) string {
	return "<m:" + name + ">" + strings.Join(inside, "") + "</m:" + name + ">"
}

func value(name, v string) string { return `<m:` + name + ` m:val="` + text(v) + `"/>` }

// letters is a run of signs; properties say that it is upright, bold or words.
func letters(s, properties string) string {
	if properties != "" {
		properties = tag("rPr", properties)
	}
	return `<m:r>` + properties + `<m:t xml:space="preserve">` + text(s) + `</m:t></m:r>`
}

const upright = `<m:sty m:val="p"/>`

func (f *formulaReader) fail() string {
	f.ok = false
	f.at = len(f.s)
	return ""
}

func (f *formulaReader) rest() string { return f.s[f.at:] }

func (f *formulaReader) spaces() {
	for f.at < len(f.s) && (f.s[f.at] == ' ' || f.s[f.at] == '\t' || f.s[f.at] == '\n') {
		f.at++
	}
}

// stops are where a sequence ends without its own end having come: they belong to what is around it.
func (f *formulaReader) stops() bool {
	rest := f.rest()
	return rest == "" || rest[0] == '}' || rest[0] == '&' || rest[0] == '\\' &&
		(strings.HasPrefix(rest, `\\`) || f.command("right") || f.command("middle") || f.command("end"))
}

// command tells whether a command of this name comes next.
func (f *formulaReader) command(name string) bool {
	after, is := strings.CutPrefix(f.rest(), `\`+name)
	return is && (after == "" || !isLatin(after[0]))
}

func isLatin(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// until reads pieces up to an end, which it leaves to the caller.
func (f *formulaReader) until(end string) string {
	if f.depth++; f.depth > deepest {
		return f.fail()
	}
	defer func() { f.depth-- }()
	var b strings.Builder
	for f.ok {
		f.spaces()
		if f.stops() || end != "" && strings.HasPrefix(f.rest(), end) {
			break
		}
		b.WriteString(f.piece())
	}
	return b.String()
}

// argument is what stands in braces, or the one sign or command that follows.
func (f *formulaReader) argument() string {
	f.spaces()
	switch {
	case f.stops():
		return f.fail()
	case f.rest()[0] == '{':
		return f.braces()
	case isDigit(f.rest()[0]):
		f.at++
		return letters(f.s[f.at-1:f.at], "")
	}
	n := f.atom()
	return n.whole
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (f *formulaReader) braces() string {
	f.at++
	inside := f.until("}")
	if !strings.HasPrefix(f.rest(), "}") {
		return f.fail()
	}
	f.at++
	return inside
}

// words is the text in braces, taken as it stands.
func (f *formulaReader) words() string {
	f.spaces()
	if !strings.HasPrefix(f.rest(), "{") {
		f.fail()
		return ""
	}
	end := strings.IndexByte(f.rest(), '}')
	if end < 0 {
		f.fail()
		return ""
	}
	s := f.rest()[1:end]
	f.at += end + 1
	s = strings.NewReplacer(`\$`, "$", `\%`, "%", `\#`, "#", `\&`, "&", `\_`, "_").Replace(s)
	if strings.ContainsAny(s, `\{$`) {
		f.fail()
	}
	return s
}

// atom is a piece before its scripts. Large signs, functions and limits take what follows into themselves.
type atom struct {
	whole    string
	nary     string // the sign of a sum, an integral
	function bool
	limits   bool // scripts stand below and above
}

// piece is an atom with its scripts, and with what it governs.
func (f *formulaReader) piece() string {
	a := f.atom()
	limits := a.limits
	for f.command("limits") || f.command("nolimits") {
		limits = f.command("limits")
		f.name()
	}
	sub, sup, has := f.scripts()
	if !f.ok {
		return ""
	}
	switch {
	case a.nary != "":
		return f.large(a.nary, sub, sup, limits)
	case a.function:
		name := a.whole
		if limits && sub != "" {
			name, sub = tag("limLow", tag("e", name), tag("lim", sub)), ""
		}
		name = scripted(name, sub, sup)
		if e := f.governed(); e != "" {
			return tag("func", tag("fName", name), tag("e", e))
		}
		return name
	case limits && has:
		out := a.whole
		if sub != "" {
			out = tag("limLow", tag("e", out), tag("lim", sub))
		}
		if sup != "" {
			out = tag("limUpp", tag("e", out), tag("lim", sup))
		}
		return out
	}
	return scripted(a.whole, sub, sup)
}

// governed is the one piece behind a function or a large sign.
func (f *formulaReader) governed() string {
	f.spaces()
	if f.stops() || strings.IndexByte("+-=<>,;.)]|", f.rest()[0]) >= 0 {
		return ""
	}
	return f.piece()
}

func (f *formulaReader) large(sign, sub, sup string, limits bool) string {
	e := f.governed()
	if e == "" { // Word would show an empty box
		return scripted(letters(sign, ""), sub, sup)
	}
	place := "subSup"
	if limits || !strings.ContainsRune("∫∬∭∮", []rune(sign)[0]) {
		place = "undOvr"
	}
	properties := value("chr", sign) + value("limLoc", place)
	if sub == "" {
		properties += value("subHide", "1")
	}
	if sup == "" {
		properties += value("supHide", "1")
	}
	return tag("nary", tag("naryPr", properties), tag("sub", sub), tag("sup", sup), tag("e", e))
}

func scripted(base, sub, sup string) string {
	switch {
	case sub != "" && sup != "":
		return tag("sSubSup", tag("e", base), tag("sub", sub), tag("sup", sup))
	case sub != "":
		return tag("sSub", tag("e", base), tag("sub", sub))
	case sup != "":
		return tag("sSup", tag("e", base), tag("sup", sup))
	}
	return base
}

// scripts reads what is raised and lowered. Primes are raised.
func (f *formulaReader) scripts() (sub, sup string, has bool) {
	primes := ""
	for f.ok {
		f.spaces()
		rest := f.rest()
		switch {
		case rest != "" && rest[0] == '\'':
			primes += "′"
			f.at++
		case rest != "" && rest[0] == '_' && sub == "":
			f.at++
			sub = f.argument()
		case rest != "" && rest[0] == '^' && sup == "":
			f.at++
			sup = f.argument()
		case rest != "" && (rest[0] == '_' || rest[0] == '^'): // twice raised is no formula
			return f.fail(), "", false
		default:
			if primes != "" {
				sup = letters(primes, "") + sup
			}
			return sub, sup, sub != "" || sup != ""
		}
	}
	return "", "", false
}

func (f *formulaReader) name() string {
	f.at++ // the backslash
	from := f.at
	for f.at < len(f.s) && isLatin(f.s[f.at]) {
		f.at++
	}
	if f.at == from && f.at < len(f.s) {
		_, size := utf8.DecodeRuneInString(f.rest())
		f.at += size
	}
	return f.s[from:f.at]
}

func (f *formulaReader) atom() atom {
	if f.depth++; f.depth > deepest {
		return atom{whole: f.fail()}
	}
	defer func() { f.depth-- }()
	c, size := utf8.DecodeRuneInString(f.rest())
	switch {
	case c == '{':
		return atom{whole: f.braces()}
	case c == '\\':
		return f.named()
	case c == '^' || c == '_' || c == '\'': // scripts without a base
		return atom{whole: ""}
	case c == '%' || c == '#' || c == '$' || c == utf8.RuneError:
		return atom{whole: f.fail()}
	case isDigit(byte(c)) && c < utf8.RuneSelf:
		from := f.at
		for f.at < len(f.s) && (isDigit(f.s[f.at]) || (f.s[f.at] == '.' || f.s[f.at] == ',') && f.at+1 < len(f.s) && isDigit(f.s[f.at+1])) {
			f.at++
		}
		return atom{whole: letters(f.s[from:f.at], "")}
	}
	f.at += size
	switch {
	case c == '-':
		return atom{whole: letters("−", "")}
	case c == '~':
		return atom{whole: letters(" ", "")}
	case c >= utf8.RuneSelf && unicode.IsLetter(c): // words of the author's language
		return atom{whole: letters(string(c), `<m:nor/>`)}
	}
	return atom{whole: letters(string(c), "")}
}
