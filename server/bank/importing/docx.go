package importing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// block is a paragraph (its lines) or a table (rows of cells of lines).
type block struct {
	lines []line
	table [][][]line
}

func readDocx(parts archive) (bank.Reading, error) {
	body, err := parts.read("word/document.xml", maxPart)
	if err != nil {
		return bank.Reading{}, err
	}
	styles, err := readStyles(parts)
	if err != nil {
		return bank.Reading{}, err
	}
	lists, err := readNumbering(parts)
	if err != nil {
		return bank.Reading{}, err
	}
	targets, err := readTargets(parts)
	if err != nil {
		return bank.Reading{}, err
	}
	blocks, err := readBody(body, styles, lists, targets)
	if err != nil {
		return bank.Reading{}, err
	}
	reading := readPaper(blocks, func(name string) []byte {
		data, err := parts.read(name, maxPicture)
		if err != nil {
			return nil
		}
		return data
	})
	reading.Format = bank.DOCX
	return reading, nil
}

// readTargets maps relation ids to the parts inside the file; what points outside is left out.
func readTargets(parts archive) (map[string]string, error) {
	data, err := parts.read("word/_rels/document.xml.rels", maxPart)
	if err != nil || data == nil {
		return nil, err
	}
	var rels struct {
		Relationship []struct {
			ID         string `xml:"Id,attr"`
			Target     string `xml:"Target,attr"`
			TargetMode string `xml:"TargetMode,attr"`
		}
	}
	if err := xml.Unmarshal(data, &rels); err != nil {
		return nil, errBroken.Because(err)
	}
	targets := map[string]string{}
	for _, r := range rels.Relationship {
		if strings.EqualFold(r.TargetMode, "External") {
			continue
		}
		if rest, absolute := strings.CutPrefix(r.Target, "/"); absolute {
			targets[r.ID] = path.Clean(rest)
		} else {
			targets[r.ID] = path.Join("word", r.Target)
		}
	}
	return targets, nil
}

// paragraph is a paragraph while it is read.
type paragraph struct {
	number   int
	style    string
	numID    string
	level    string
	numbered bool
	base     marks // of its style
	own      marks // of its mark, which the automatic label wears
	shaded   bool
	text     writing
	pictures []string
	alts     []string
	formula  bool

	// The run that is being read.
	run       marks
	hidden    bool
	position  string // superscript, subscript
	inRun     bool
	inProps   bool // pPr
	inRunProp bool // rPr
}

type bodyReader struct {
	styles  styles
	lists   *lists
	targets map[string]string

	blocks     []block
	count      int
	paragraphs []*paragraph // open ones; text boxes stand inside of paragraphs
	tables     int          // depth
	table      [][][]line   // the outermost open table
	tree       *treeReader  // reads formulas whole
	taking     bool         // inside w:t
}

// skipped are elements whose content is not the text of the document: deletions, field codes, old versions of
// properties, and the twin of a drawing for old programs.
var skipped = map[string]bool{
	"del": true, "moveFrom": true, "instrText": true, "delText": true, "delInstrText": true, "Fallback": true,
	"pPrChange": true, "rPrChange": true, "sectPr": true, "tblPrChange": true, "trPrChange": true, "tcPrChange": true,
	"annotation": true, "binData": true, "txbxStyle": true,
}

func readBody(data []byte, styles styles, lists *lists, targets map[string]string) ([]block, error) {
	r := &bodyReader{styles: styles, lists: lists, targets: targets}
	d := xml.NewDecoder(bytes.NewReader(data))
	r.tree = &treeReader{d: d}
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errBroken.Because(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errEntities
		case xml.StartElement:
			if isMath(t.Name) && t.Name.Local == "oMath" {
				math, err := r.tree.element(t, depth)
				if err != nil {
					return nil, err
				}
				r.formula(math)
				continue
			}
			if skipped[t.Name.Local] {
				if err := d.Skip(); err != nil {
					return nil, errBroken.Because(err)
				}
				continue
			}
			if depth++; depth > maxDepth {
				return nil, errBroken.Because(errors.New("elements too deep"))
			}
			r.start(t)
			if r.count > maxParagraphs {
				return nil, errTooLarge
			}
		case xml.EndElement:
			depth--
			r.end(t.Name)
		case xml.CharData:
			r.chars(string(t))
		}
	}
	return r.blocks, nil
}

func isMath(n xml.Name) bool { return strings.HasSuffix(n.Space, "/math") }

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reads a toggle such as <w:b/>, <w:b w:val="0"/>.
func on(t xml.StartElement) bool {
	switch strings.ToLower(attr(t, "val")) {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func (r *bodyReader) open() *paragraph {
	if len(r.paragraphs) == 0 {
		return nil
	}
	return r.paragraphs[len(r.paragraphs)-1]
}

func (r *bodyReader) start(t xml.StartElement) {
	if isMath(t.Name) {
		return
	}
	switch t.Name.Local {
	case "p":
		if strings.HasSuffix(t.Name.Space, "drawingml/2006/main") {
			return // the text of a chart or shape in another language of shapes
		}
		r.count++
		r.paragraphs = append(r.paragraphs, &paragraph{number: r.count})
		return
	case "tbl":
		r.tables++
		return
	case "tr":
		if r.tables == 1 {
			r.table = append(r.table, nil)
		}
		return
	case "tc":
		if r.tables == 1 && len(r.table) > 0 {
			row := len(r.table) - 1
			r.table[row] = append(r.table[row], []line{})
		}
		return
	}
	p := r.open()
	if p == nil {
		return
	}
	switch t.Name.Local {
	case "pPr":
		p.inProps = true
	case "rPr":
		p.inRunProp = true
	case "r":
		p.inRun, p.hidden, p.position = true, false, ""
		p.run = p.base
		p.run.highlight = p.run.highlight || p.shaded
	case "t":
		r.taking = true
	case "tab", "ptab":
		if p.inRun && !p.inRunProp {
			p.text.add("\t", p.run)
		}
	case "br", "cr":
		p.text.add("\n", p.run)
	case "noBreakHyphen":
		p.text.add("-", p.run)
	case "blip", "imagedata":
		id := attr(t, "embed")
		if id == "" {
			id = attr(t, "id")
		}
		if target := r.targets[id]; target != "" && len(p.pictures) < 10 {
			p.pictures = append(p.pictures, target)
		}
	case "docPr":
		if alt := attr(t, "descr"); alt != "" {
			p.alts = append(p.alts, alt)
		}
	default:
		r.property(p, t)
	}
}

// property reads the properties of paragraphs and runs.
func (r *bodyReader) property(p *paragraph, t xml.StartElement) {
	switch {
	case p.inRunProp && p.inProps:
		r.styles.apply(&p.own, t)
	case p.inRunProp && p.inRun:
		switch t.Name.Local {
		case "vanish":
			p.hidden = on(t)
		case "vertAlign":
			p.position = attr(t, "val")
		default:
			r.styles.apply(&p.run, t)
		}
	case p.inProps:
		switch t.Name.Local {
		case "pStyle":
			p.style = attr(t, "val")
			s := r.styles[p.style]
			p.base, p.own = s.marks, s.marks
			if !p.numbered && s.numID != "" {
				p.numID, p.level = s.numID, s.level
			}
		case "numPr":
			p.numbered = true
		case "ilvl":
			p.level = attr(t, "val")
		case "numId":
			p.numID = attr(t, "val")
		case "shd":
			p.shaded = shaded(t)
		}
	}
}

func (r *bodyReader) end(n xml.Name) {
	if isMath(n) {
		return
	}
	switch n.Local {
	case "p":
		if !strings.HasSuffix(n.Space, "drawingml/2006/main") {
			r.endParagraph()
		}
		return
	case "tbl":
		r.tables--
		if r.tables == 0 {
			r.blocks = append(r.blocks, block{table: r.table})
			r.table = nil
		}
		return
	case "t":
		r.taking = false
	}
	p := r.open()
	if p == nil {
		return
	}
	switch n.Local {
	case "pPr":
		p.inProps = false
	case "rPr":
		p.inRunProp = false
	case "r":
		p.inRun = false
		p.run = p.base
	}
}

func (r *bodyReader) chars(s string) {
	p := r.open()
	if p == nil || !r.taking || p.hidden {
		return
	}
	s = strings.NewReplacer("\n", " ", "\r", "", "\u00a0", " ").Replace(s)
	p.text.add(raised(s, p.position), p.run)
}

func (r *bodyReader) endParagraph() {
	p := r.open()
	if p == nil {
		return
	}
	r.paragraphs = r.paragraphs[:len(r.paragraphs)-1]
	lines := p.text.lines()
	if label := r.lists.label(p.numID, p.level); label != "" {
		var w writing
		w.add(label+" ", p.own)
		first := lines[0]
		lines[0].text = w.text.String() + first.text
		lines[0].marks = append(w.marks, first.marks...)
	}
	for i := range lines {
		lines[i].paragraph = p.number
	}
	lines[0].pictures, lines[0].alts, lines[0].formula = p.pictures, p.alts, p.formula
	if r.tables > 0 && len(r.table) > 0 {
		row := len(r.table) - 1
		if cell := len(r.table[row]) - 1; cell >= 0 {
			r.table[row][cell] = append(r.table[row][cell], lines...)
			return
		}
	}
	r.blocks = append(r.blocks, block{lines: lines})
}
