package importing

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// document writes .docx files as Word and its imitators do, with just the parts that matter here.
type document struct {
	body    strings.Builder
	numbers string // numbering.xml
	styles  string
	rels    string
	media   map[string][]byte
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// run writes a run; properties are the inside of rPr. Tabs and newlines become Word's own elements.
func run(text string, properties ...string) string {
	var b strings.Builder
	b.WriteString("<w:r>")
	if len(properties) > 0 {
		b.WriteString("<w:rPr>" + strings.Join(properties, "") + "</w:rPr>")
	}
	piece := func(s string) {
		if s != "" {
			b.WriteString(`<w:t xml:space="preserve">` + escape(s) + "</w:t>")
		}
	}
	start := 0
	for i, r := range text {
		switch r {
		case '\t':
			piece(text[start:i])
			b.WriteString("<w:tab/>")
			start = i + 1
		case '\n':
			piece(text[start:i])
			b.WriteString("<w:br/>")
			start = i + 1
		}
	}
	piece(text[start:])
	b.WriteString("</w:r>")
	return b.String()
}

const (
	bold      = "<w:b/>"
	underline = `<w:u w:val="single"/>`
	red       = `<w:color w:val="FF0000"/>`
	yellow    = `<w:highlight w:val="yellow"/>`
)

func (d *document) raw(s string) *document { d.body.WriteString(s); return d }

// p writes a paragraph of ready runs.
func (d *document) p(runs ...string) *document {
	return d.raw("<w:p>" + strings.Join(runs, "") + "</w:p>")
}

// lines writes plain paragraphs.
func (d *document) lines(text string) *document {
	for l := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		d.p(run(l))
	}
	return d
}

// numbered writes a paragraph of an automatic list.
func (d *document) numbered(num, level int, runs ...string) *document {
	return d.raw(fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr>%s</w:p>`, level, num, strings.Join(runs, "")))
}

// table writes a table of plain cells.
func (d *document) table(rows ...[]string) *document {
	d.raw("<w:tbl><w:tblPr/>")
	for _, r := range rows {
		d.raw("<w:tr>")
		for _, c := range r {
			d.raw("<w:tc><w:tcPr/>")
			d.lines(c)
			d.raw("</w:tc>")
		}
		d.raw("</w:tr>")
	}
	return d.raw("</w:tbl>")
}

const wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`

func (d *document) bytes(t testing.TB) []byte {
	t.Helper()
	parts := map[string][]byte{
		"[Content_Types].xml": []byte(`<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`),
		"_rels/.rels":         []byte(`<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`),
		"word/document.xml":   []byte(`<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordSpace + `><w:body>` + d.body.String() + `<w:sectPr/></w:body></w:document>`),
		"word/_rels/document.xml.rels": []byte(`<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			d.rels + `</Relationships>`),
	}
	if d.numbers != "" {
		parts["word/numbering.xml"] = []byte(`<w:numbering ` + wordSpace + `>` + d.numbers + `</w:numbering>`)
	}
	if d.styles != "" {
		parts["word/styles.xml"] = []byte(`<w:styles ` + wordSpace + `>` + d.styles + `</w:styles>`)
	}
	for name, data := range d.media {
		parts[name] = data
	}
	return zipped(t, parts)
}

func zipped(t testing.TB, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// listLevels writes an abstract list and the numbers that use it.
func listLevels(abstract int, levels [][2]string, numbers ...int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<w:abstractNum w:abstractNumId="%d">`, abstract)
	for i, l := range levels {
		fmt.Fprintf(&b, `<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/></w:lvl>`, i, l[0], l[1])
	}
	b.WriteString("</w:abstractNum>")
	for _, n := range numbers {
		fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/></w:num>`, n, abstract)
	}
	return b.String()
}
