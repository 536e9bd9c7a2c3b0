package exporting

import (
	"archive/zip"
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// keysInRow is how many keys a row of the key table holds.
const keysInRow = 10

// DOCX writes the questions as teachers do: labels, options, explanation and source, and a table of keys at the end.
func DOCX(title string, items []bank.Written, locale string) ([]byte, error) {
	d := &document{words: wordsOf(locale), locale: locale}
	d.paragraph("Title", run(title, "<w:b/>"))
	var keys []string
	for n, item := range items {
		d.question(n+1, item)
		if c := item.Content; c.Type.HasOptions() && len(c.Key.Options) > 0 {
			letters := strings.ToUpper(strings.Join(c.Key.Options, ", "))
			if c.Type == bank.TrueFalse {
				letters = map[bool]string{true: "A", false: "B"}[c.Key.Options[0] == bank.OptionTrue]
			}
			keys = append(keys, strconv.Itoa(n+1)+"-"+letters)
		}
	}
	d.paragraph("End", run("---------- "+d.words.end+" ----------", ""))
	if len(keys) > 0 {
		d.paragraph("End", run(d.words.keyTitle, "<w:b/>"))
		d.table(keys)
	}
	return d.finish()
}

type document struct {
	words    words
	locale   string
	body     strings.Builder
	rels     strings.Builder
	pictures [][2]string // name and data
}

func run(s, properties string) string {
	if properties != "" {
		properties = "<w:rPr>" + properties + "</w:rPr>"
	}
	return `<w:r>` + properties + `<w:t xml:space="preserve">` + text(s) + `</w:t></w:r>`
}

func (d *document) paragraph(style string, runs ...string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>`, style, strings.Join(runs, ""))
}

// guard is a space without width. It stands before text that would be read as a label, and is dropped when it is read.
const guard = "\u200b"

// label is what a reader could take for the start of an option, a question, a field or the end of the paper.
var (
	reLabel  = regexp.MustCompile(`^[\s*#>✓√☑✔\-–—_.=<\[(]|^[\p{L}\d./ ]{1,40}[.:)\]/–—-]|^\(?\d|(?i)^(câu|bài|question|q|phần|part|section|chương|chọn|hết|end|the end|lời|giải|hướng|explanation|solution|hdg)`)
	reInner  = regexp.MustCompile(`([\s*#])([A-Ha-h])([*.):/])`)
	reSuffix = regexp.MustCompile(`[)\]*.]$`)
)

// plain keeps a text from being read as anything but text.
func plain(s string) string {
	if reLabel.MatchString(s) {
		s = guard + s
	}
	s = reInner.ReplaceAllString(s, "$1$2"+guard+"$3")
	if reSuffix.MatchString(s) {
		s += guard
	}
	return s
}

// lines writes each paragraph of a text; the first one behind its label.
func (d *document) lines(style, label, properties, s string) {
	for i, l := range strings.Split(s, "\n") {
		switch {
		case i == 0 && label != "":
			d.paragraph(style, run(label, properties), rich(plain(l)))
		case l == "":
			d.paragraph(style, run(guard, ""))
		default:
			d.paragraph(style, rich(plain(l)))
		}
	}
}

// rich writes a text whose formulas are Word's own where Word can say them. Each carries beside it what was typed, so
// that an untouched one comes back to the last sign; Word drops that when it writes the formula anew.
func rich(s string) string {
	var b strings.Builder
	for _, t := range bank.TypedSegments(s) {
		omml, ok := Formula(strings.ReplaceAll(t.Source, guard, ""))
		if t.Source == "" || !ok {
			b.WriteString(run(t.Text, ""))
			continue
		}
		b.WriteString(strings.Replace(omml, "<m:oMath>", `<m:oMath h:typed="`+text(strings.ReplaceAll(t.Text, guard, ""))+`">`, 1))
	}
	return b.String()
}

func unset(s string) string { return run(s, "") }

// broken writes a text in one paragraph, with line breaks inside.
func broken(s string, write func(string) string) string {
	parts := strings.Split(s, "\n")
	for i := range parts {
		if parts[i] = plain(parts[i]); parts[i] == "" {
			parts[i] = guard
		}
		parts[i] = write(parts[i])
	}
	return strings.Join(parts, "<w:r><w:br/></w:r>")
}

// field writes a labelled text of one paragraph.
func (d *document) field(label, s string) {
	if s != "" {
		d.paragraph("Note", run(label, "<w:b/>"), broken(s, unset))
	}
}

func (d *document) question(n int, item bank.Written) {
	c, w := item.Content, d.words
	d.lines("Question", fmt.Sprintf("%s %d. ", w.question, n), "<w:b/>", c.Stem)
	d.picture(item, c.Image)
	if statesKind(c) {
		d.paragraph("Note", run(w.kindTag, "<w:b/>"), run(w.types[c.Type], ""))
	}
	for i, o := range c.Options {
		sign, letter := "", strings.ToUpper(bank.OptionID(i))+". "
		if o.Pinned && c.Type != bank.TrueFalse {
			sign = "#"
		}
		if c.Type == bank.TrueFalseGroup {
			letter = bank.OptionID(i) + ") "
		}
		d.paragraph("Option", run(sign+letter, ""), broken(o.Text, rich), d.drawing(item, o.Image))
	}
	for _, t := range c.Targets {
		d.paragraph("Option", run("("+t.ID+") ", ""), broken(t.Text, rich), d.drawing(item, t.Image))
	}
	switch {
	case c.Type == bank.FillIn:
		for i, line := range blankAnswers(c, d.locale) {
			d.paragraph("Note", run(map[bool]string{true: w.answerLabel}[i == 0], "<w:b/>"), run(line, ""))
		}
	case !c.Type.HasOptions():
		key := answer(c, w, d.locale)
		if c.Type == bank.Numeric && c.Key.Tolerance != "0" {
			key += " ± " + decimal(c.Key.Tolerance, d.locale)
		}
		d.paragraph("Note", run(w.answerLabel, "<w:b/>"), run(key, ""))
	}
	if rule := credit(c, w); rule != "" {
		d.paragraph("Note", run(w.creditTag, "<w:b/>"), run(rule, ""))
	}
	if c.Key.IgnoreMarks {
		d.paragraph("Note", run(w.marksTag, "<w:b/>"), run(w.yes, ""))
	}
	if c.Explanation != "" {
		d.lines("Note", w.explain, "<w:b/>", c.Explanation)
	}
	d.source(c.Source)
	d.field(w.noteLabel, c.Source.Note)
	d.field(w.topic+": ", c.Topic)
	d.paragraph("Note", run(w.levelTag, "<w:b/>"), run(w.levels[c.Difficulty], ""))
}

// source writes an act and its article as people do where that is read back as it is, else each behind its label.
func (d *document) source(s bank.Source) {
	if s.Act != "" && s.Article != "" && !strings.Contains(s.Act+s.Article, "—") && !strings.HasPrefix(s.Act, "http") && len([]rune(s.Act+s.Article)) < 250 {
		d.field(d.words.source, s.Act+" — "+s.Article)
		return
	}
	d.field(d.words.actTag, s.Act)
	d.field(d.words.articleTag, s.Article)
}

// statesKind tells whether the type would not be found out from the options and the answer alone.
func statesKind(c bank.Content) bool {
	switch c.Type {
	case bank.Single:
		return len(c.Options) == 2
	case bank.Multiple:
		return len(c.Key.Options) < 2
	case bank.TrueFalse, bank.Numeric:
		return false
	case bank.ShortText:
		key := typed(c.Key.Texts)
		return strings.ContainsAny(key, "0123456789[") || len([]rune(key)) < 6
	}
	return true
}

// picture writes the picture of an item, at most 14 cm wide.
func (d *document) picture(item bank.Written, image *bank.Image) {
	if drawing := d.drawing(item, image); drawing != "" {
		d.body.WriteString("<w:p>" + drawing + "</w:p>")
	}
}

// drawing is a run that shows a picture; none when there is no file of it.
func (d *document) drawing(item bank.Written, image *bank.Image) string {
	if image == nil {
		return ""
	}
	file, ok := item.Files[image.FileID]
	if !ok {
		return ""
	}
	const emuPerPixel, widest = 9525, 14 * 360000
	width := min(int64(image.Width)*emuPerPixel, widest)
	height := width * int64(image.Height) / int64(max(image.Width, 1))
	n := len(d.pictures) + 1
	name := fmt.Sprintf("media/image%d.%s", n, strings.TrimPrefix(file.Type, "image/"))
	d.pictures = append(d.pictures, [2]string{name, string(file.Data)})
	fmt.Fprintf(&d.rels, `<Relationship Id="rIdP%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="%s"/>`, n, name)
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="%d" descr="%s"/>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="%d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdP%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		width, height, n, n, text(image.Alt), n, n, n, width, height)
}

func (d *document) table(keys []string) {
	columns := min(keysInRow, len(keys))
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&d.body, `<w:%s w:val="single" w:sz="4" w:color="808080"/>`, side)
	}
	d.body.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>` + strings.Repeat(`<w:gridCol w:w="940"/>`, columns) + `</w:tblGrid>`)
	for start := 0; start < len(keys); start += columns {
		d.body.WriteString("<w:tr>")
		for i := range columns {
			key := ""
			if start+i < len(keys) {
				key = keys[start+i]
			}
			d.body.WriteString(`<w:tc><w:tcPr><w:tcW w:w="940" w:type="dxa"/></w:tcPr>`)
			d.paragraph("Key", run(key, ""))
			d.body.WriteString("</w:tc>")
		}
		d.body.WriteString("</w:tr>")
	}
	d.body.WriteString("</w:tbl>")
}

const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordSpaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
		`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" ` +
		`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:h="urn:hoithi:formula" mc:Ignorable="h"`
)

func style(id, name, paragraph, properties string) string {
	return fmt.Sprintf(`<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="%s"/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, name, paragraph, properties)
}

func (d *document) finish() ([]byte, error) {
	styles := `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="26"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		style("Title", "Hoi Thi Title", `<w:spacing w:after="240"/><w:jc w:val="center"/>`, `<w:sz w:val="32"/>`) +
		style("Question", "Hoi Thi Question", `<w:keepNext/><w:spacing w:before="200" w:after="40"/>`, "") +
		style("Option", "Hoi Thi Option", `<w:spacing w:after="20"/><w:ind w:left="360"/>`, "") +
		style("Note", "Hoi Thi Note", `<w:spacing w:after="20"/><w:ind w:left="360"/>`, `<w:i/><w:sz w:val="24"/>`) +
		style("End", "Hoi Thi End", `<w:spacing w:before="240" w:after="120"/><w:jc w:val="center"/>`, "") +
		style("Key", "Hoi Thi Key", `<w:jc w:val="center"/>`, "")
	parts := [][2]string{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="gif" ContentType="image/gif"/>` +
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
			`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` + d.rels.String() + `</Relationships>`},
		{"word/styles.xml", xmlHead + `<w:styles ` + wordSpaces + `>` + styles + `</w:styles>`},
		{"word/document.xml", xmlHead + `<w:document ` + wordSpaces + `><w:body>` + d.body.String() +
			`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`},
	}
	for _, p := range d.pictures {
		parts = append(parts, [2]string{"word/" + p[0], p[1]})
	}
	return Zipped(parts)
}

// Zipped packs files, given as names and contents, into one: that is what a Word document is.
func Zipped(parts [][2]string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
