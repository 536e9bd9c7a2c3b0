package importing

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/hoithi/hoithi/server/bank"
)

// rich is what a piece of HTML says as plain text: paragraphs parted by newlines, formulas as $LaTeX$, and the media
// that stood in it.
type rich struct {
	text   string
	media  []mediaRef
	table  bool // a table became lines of text
	lost   bool // something had no counterpart (a script, a frame, an unknown formula)
	beyond bool // it points at files outside of the package
}

// mediaRef names a file: a path inside the package, or a data: URI.
type mediaRef struct{ source, alt string }

// fromHTML reads HTML as browsers do; it never fails.
func fromHTML(s string) rich {
	if !strings.ContainsAny(s, "<&") {
		w := &richWriter{}
		w.text(s)
		return w.done()
	}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return rich{text: s, lost: true}
	}
	budget := maxNodes / 4
	return fromTree(treeOf(root, 0, &budget))
}

// plainHTML reads text that knows no formulas, such as an accepted answer.
func plainHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.TrimSpace(s)
	}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return s
	}
	budget := maxNodes / 4
	return strings.TrimSpace(treeOf(root, 0, &budget).content())
}

func treeOf(h *html.Node, depth int, budget *int) *node {
	n := &node{name: h.Data}
	if h.Type == html.DocumentNode {
		n.name = "body"
	}
	for _, a := range h.Attr {
		n.attrs = append(n.attrs, attribute(a.Key, a.Val))
	}
	for kid := h.FirstChild; kid != nil; kid = kid.NextSibling {
		if *budget--; *budget < 0 || depth > maxDepth {
			break
		}
		switch kid.Type {
		case html.TextNode:
			n.kids = append(n.kids, &node{text: kid.Data})
		case html.ElementNode:
			n.kids = append(n.kids, treeOf(kid, depth+1, budget))
		}
	}
	return n
}

// fromTree reads the elements of HTML that QTI uses as well.
func fromTree(n *node) rich {
	w := &richWriter{}
	w.inside(n)
	return w.done()
}

// richWriter writes text while it walks over elements.
type richWriter struct {
	out   bytes.Buffer
	rich  rich
	depth int
	// gap answers for elements that stand for a blank to fill in; nil: there are none.
	gap func(*node) (string, bool)
}

func (w *richWriter) done() rich {
	w.rich.text = strings.TrimSpace(w.out.String())
	return w.rich
}

// newline ends the line that is open, if one is.
func (w *richWriter) newline() {
	if b := w.out.Bytes(); len(b) > 0 && b[len(b)-1] != '\n' {
		w.out.WriteByte('\n')
	}
}

var (
	reTeX     = regexp.MustCompile(`(?s)\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$`)
	reSpacing = regexp.MustCompile(`[ \t\r\n\f\x{a0}]+`)
)

// dollars turns the marks by which other programs tell formulas into ours.
func dollars(s string) string {
	if !strings.ContainsAny(s, `$\`) {
		return s
	}
	var b strings.Builder
	for {
		at := reTeX.FindStringIndex(s)
		if at == nil {
			break
		}
		b.WriteString(bank.EscapeDollars(s[:at[0]]))
		inside := strings.TrimSpace(s[at[0]+2 : at[1]-2])
		if strings.HasPrefix(s[at[0]:], `\(`) {
			b.WriteString("$" + inside + "$")
		} else {
			b.WriteString("$$" + inside + "$$")
		}
		s = s[at[1]:]
	}
	b.WriteString(bank.EscapeDollars(s))
	return b.String()
}

func (w *richWriter) text(s string) {
	s = dollars(s)
	s = reSpacing.ReplaceAllString(s, " ")
	if b := w.out.Bytes(); len(b) == 0 || b[len(b)-1] == '\n' {
		s = strings.TrimLeft(s, " ")
	}
	if w.out.Len() < 1<<20 {
		w.out.WriteString(s)
	}
}

func (w *richWriter) inside(n *node) {
	if w.depth++; w.depth < maxDepth {
		for _, k := range n.kids {
			w.one(k)
		}
	}
	w.depth--
}

func (w *richWriter) one(n *node) {
	if n.name == "" {
		w.text(n.text)
		return
	}
	if w.gap != nil {
		if mark, ok := w.gap(n); ok {
			w.text(mark)
			return
		}
	}
	switch n.name {
	case "br":
		w.out.WriteByte('\n')
	case "choiceInteraction", "orderInteraction", "matchInteraction", "associateInteraction", "extendedTextInteraction", "hottextInteraction",
		"uploadInteraction", "drawingInteraction", "sliderInteraction", "mediaInteraction":
		w.newline()
		w.inside(&node{kids: append(n.children("prompt"), n.find("audio", "video", "object")...)})
		w.newline()
	case "gapText", "gapImg", "endAttemptInteraction", "portableCustomInteraction", "customInteraction":
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "section", "article", "center", "figure",
		"prompt", "itemBody", "gapMatchInteraction", "dl", "dt", "dd", "hr":
		w.newline()
		w.inside(n)
		w.newline()
	case "li":
		w.newline()
		w.out.WriteString("- ")
		w.inside(n)
		w.newline()
	case "table":
		w.rich.table = true
		w.newline()
		w.inside(n)
		w.newline()
	case "tr":
		w.row(n)
	case "sup", "sub":
		w.script(n)
	case "img", "object", "embed":
		w.media(n, n.attr("src", "data"), n.attr("alt"))
	case "audio", "video":
		source := n.attr("src")
		if first := n.child("source"); source == "" && first != nil {
			source = first.attr("src")
		}
		w.media(n, source, n.attr("title", "aria-label"))
	case "math":
		formula, ok := fromMathML(n)
		w.rich.lost = w.rich.lost || !ok
		w.out.WriteString("$" + formula + "$")
	case "script", "iframe", "form", "input", "select", "canvas", "svg":
		w.rich.lost = true
	case "style", "head", "title", "feedbackInline", "feedbackBlock", "rubricBlock", "template":
	default:
		w.inside(n)
	}
}

func (w *richWriter) media(n *node, source, alt string) {
	source = strings.TrimSpace(source)
	switch {
	case source == "":
	case strings.HasPrefix(source, "http://"), strings.HasPrefix(source, "https://"), strings.HasPrefix(source, "//"):
		w.rich.beyond = true
	case len(w.rich.media) < 20:
		if alt == "" {
			alt = strings.TrimSpace(n.content())
		}
		w.rich.media = append(w.rich.media, mediaRef{source: source, alt: alt})
	}
}

// row writes a row of a table as one line.
func (w *richWriter) row(n *node) {
	var cells []string
	for _, k := range n.kids {
		if k.name != "td" && k.name != "th" {
			continue
		}
		inner := &richWriter{gap: w.gap, depth: w.depth + 1}
		inner.inside(k)
		cell := inner.done()
		cells = append(cells, strings.ReplaceAll(cell.text, "\n", " "))
		w.rich.media = append(w.rich.media, cell.media...)
		w.rich.lost, w.rich.beyond = w.rich.lost || cell.lost, w.rich.beyond || cell.beyond
	}
	w.newline()
	w.out.WriteString(strings.Join(cells, " | "))
	w.newline()
}

// script writes x² and H₂O with the letters that there are, else with ^ and _.
func (w *richWriter) script(n *node) {
	s := strings.TrimSpace(n.content())
	position := map[string]string{"sup": "superscript", "sub": "subscript"}[strings.ToLower(n.name)]
	if high := raised(s, position); high != s && !strings.ContainsFunc(high, func(r rune) bool { return strings.ContainsRune(s, r) }) {
		w.out.WriteString(high)
		return
	}
	if s != "" {
		w.out.WriteString(map[string]string{"superscript": "^", "subscript": "_"}[position] + s)
	}
}

// fromMathML turns the presentation elements of MathML into LaTeX.
func fromMathML(n *node) (string, bool) {
	for _, a := range n.find("annotation") {
		if strings.Contains(a.attr("encoding"), "tex") {
			return strings.TrimSpace(a.content()), true
		}
	}
	w := &latexWriter{ok: true}
	s := w.mathML(n, 0)
	return strings.TrimSpace(s), w.ok
}

func (w *latexWriter) mathML(n *node, depth int) string {
	if depth > maxDepth {
		w.ok = false
		return ""
	}
	all := func() string {
		var b strings.Builder
		for _, k := range n.kids {
			if piece := w.mathML(k, depth+1); piece != "" {
				if needsSpace(b.String(), piece) {
					b.WriteByte(' ')
				}
				b.WriteString(piece)
			}
		}
		return b.String()
	}
	kids := elements(n)
	kid := func(i int) string {
		if i < len(kids) {
			return w.mathML(kids[i], depth+1)
		}
		w.ok = false
		return ""
	}
	switch strings.ToLower(n.name) {
	case "":
		return ""
	case "mi", "mn", "mo":
		s := strings.TrimSpace(n.content())
		if functions[s] {
			return `\` + s
		}
		return symbols(s)
	case "mtext", "ms":
		return `\text{` + textOnly(n.content()) + `}`
	case "mfrac":
		return `\frac{` + kid(0) + `}{` + kid(1) + `}`
	case "msqrt":
		return `\sqrt{` + all() + `}`
	case "mroot":
		return `\sqrt[` + kid(1) + `]{` + kid(0) + `}`
	case "msup":
		return group(kid(0)) + "^{" + kid(1) + "}"
	case "msub":
		return group(kid(0)) + "_{" + kid(1) + "}"
	case "msubsup", "munderover":
		return group(kid(0)) + "_{" + kid(1) + "}^{" + kid(2) + "}"
	case "munder":
		return group(kid(0)) + "_{" + kid(1) + "}"
	case "mover":
		if len(kids) == 2 && strings.ToLower(kids[1].name) == "mo" {
			return accent(strings.TrimSpace(kids[1].content())) + "{" + kid(0) + "}"
		}
		return `\overset{` + kid(1) + `}{` + kid(0) + `}`
	case "mtable":
		var rows []string
		for _, row := range kids {
			var cells []string
			for _, c := range elements(row) {
				cells = append(cells, w.mathML(c, depth+1))
			}
			rows = append(rows, strings.Join(cells, " & "))
		}
		return `\begin{matrix}` + strings.Join(rows, ` \\ `) + `\end{matrix}`
	case "mfenced":
		var parts []string
		for i := range kids {
			parts = append(parts, kid(i))
		}
		open, shut := n.attr("open"), n.attr("close")
		if open == "" {
			open = "("
		}
		if shut == "" {
			shut = ")"
		}
		return `\left` + fence(open) + strings.Join(parts, ",") + `\right` + fence(shut)
	case "math", "mrow", "mstyle", "semantics", "mpadded", "menclose", "mtd", "mtr", "mphantom":
		return all()
	case "annotation", "annotation-xml", "mspace":
		return ""
	}
	w.ok = false
	return all()
}

// blankText tells whether a text has nothing to read.
func blankText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}
