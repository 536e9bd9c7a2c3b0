package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	wordMain  = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	partStart = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packaged  = "http://schemas.openxmlformats.org/package/2006/"
	wordTypes = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// word writes the body of a Word document.
type word struct{ strings.Builder }

func plain(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(norm.NFC.String(s))) // a buffer takes everything
	return b.String()
}

// run is a piece of text with its looks: b bold, i italic, s struck through; size in half points, 0: that of the page.
func run(text, looks string, size int) string {
	if text == "" {
		return ""
	}
	var p strings.Builder
	for _, l := range looks {
		switch l {
		case 'b':
			p.WriteString("<w:b/>")
		case 'i':
			p.WriteString("<w:i/>")
		case 's':
			p.WriteString("<w:strike/>")
		}
	}
	if size > 0 {
		fmt.Fprintf(&p, `<w:sz w:val="%d"/>`, size)
	}
	return `<w:r><w:rPr>` + p.String() + `</w:rPr><w:t xml:space="preserve">` + plain(text) + `</w:t></w:r>`
}

func paragraphOf(align string, after int, runs ...string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:spacing w:before="0" w:after="%d"/><w:jc w:val="%s"/></w:pPr>%s</w:p>`, after, align, strings.Join(runs, ""))
}

// grid writes a table; widths are twentieths of a point.
// nothing is the paragraph of an empty cell that belongs to the one above it.
var nothing = paragraphOf("left", 0)

func (x *word) grid(widths []int, ruled bool, head bool, rows [][]string, groups ...int) {
	border := "none"
	if ruled {
		border = "single"
	}
	x.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(x, `<w:%s w:val="%s" w:sz="4" w:space="0" w:color="000000"/>`, side, border)
	}
	x.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(x, `<w:gridCol w:w="%d"/>`, w)
	}
	x.WriteString(`</w:tblGrid>`)
	for n, row := range rows {
		x.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if head && n == 0 {
			x.WriteString(`<w:tblHeader/>`)
		}
		x.WriteString(`</w:trPr>`)
		for i, cell := range row {
			merge := ""
			if slices.Contains(groups, i) && n > 0 {
				merge = `<w:vMerge w:val="restart"/>`
				if cell == nothing {
					merge = `<w:vMerge/>`
				}
			}
			fmt.Fprintf(x, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr>%s</w:tc>`, widths[i], merge, cell)
		}
		x.WriteString(`</w:tr>`)
	}
	x.WriteString(`</w:tbl>`)
	x.WriteString(paragraphOf("left", 60))
}

// WriteOfficialDOCX writes the document for Word, with the same words as WriteOfficialPDF.
func WriteOfficialDOCX(w io.Writer, d Official) error {
	across, down := 11906, 16838
	if d.Wide {
		across, down = down, across
	}
	inner := across - 1418 - 851
	x := &word{}
	x.officialHead(d, inner)
	annexes := d.annexes()
	for i, b := range d.Blocks {
		if i == annexes {
			x.officialSigners(d.Signers, inner)
		}
		if b.NewPage {
			x.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		}
		if b.Heading != "" {
			x.WriteString(paragraphOf("left", 80, run(b.Heading, "b", 0)))
		}
		if b.Text != "" {
			for _, line := range strings.Split(b.Text, "\n") {
				x.WriteString(paragraphOf("both", 60, run(line, "", 0)))
			}
		}
		if b.Table != nil {
			x.officialTable(*b.Table, inner)
		}
	}
	if annexes == len(d.Blocks) {
		x.officialSigners(d.Signers, inner)
	}
	turned := ""
	if d.Wide {
		turned = ` w:orient="landscape"`
	}
	fmt.Fprintf(x, `<w:sectPr><w:footerReference w:type="default" r:id="rIdF"/><w:pgSz w:w="%d" w:h="%d"%s/>`+
		`<w:pgMar w:top="1021" w:right="851" w:bottom="1134" w:left="1418" w:header="567" w:footer="454" w:gutter="0"/></w:sectPr>`, across, down, turned)
	return zipped(w, d, inner, x.String())
}

func (x *word) officialHead(d Official, inner int) {
	left := ""
	if d.Superior != "" {
		left = paragraphOf("center", 0, run(strings.ToUpper(d.Superior), "", 0))
	}
	left += paragraphOf("center", 0, run(strings.ToUpper(d.Issuer), "b", 0)) + paragraphOf("center", 0, run("––––––", "", 0))
	right := paragraphOf("center", 0, run(nation, "b", 0)) + paragraphOf("center", 0, run(motto, "b", 0)) + paragraphOf("center", 60, run("––––––––––––", "", 0)) +
		paragraphOf("center", 0, run(d.Where, "i", 0))
	x.grid([]int{inner * 42 / 100, inner * 58 / 100}, false, false, [][]string{{left, right}})
	x.WriteString(paragraphOf("center", 40, run(d.Title, "b", 30)))
	x.WriteString(paragraphOf("center", 120, run(d.About, "b", 26)))
	if d.Standing != "" {
		x.WriteString(paragraphOf("center", 120, run("("+d.Standing+")", "i", 0)))
	}
}

func (x *word) officialTable(t OfficialTable, inner int) {
	sum := 0.0
	for _, c := range t.Columns {
		sum += c.Width
	}
	widths, head := make([]int, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = int(c.Width / sum * float64(inner))
		head[i] = paragraphOf("center", 0, run(c.Title, "b", 22))
	}
	rows, groups := [][]string{head}, []int{}
	for i, c := range t.Columns {
		if c.Groups {
			groups = append(groups, i)
		}
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			align, looks := "left", ""
			if t.Columns[i].Right {
				align = "right"
			}
			if c.Bold {
				looks += "b"
			}
			if c.Struck {
				looks += "s"
			}
			if t.Columns[i].Groups && c.Text == "" {
				cells[i] = nothing
				continue
			}
			cells[i] = paragraphOf(align, 0, run(c.Text, looks, 22))
			if c.Note != "" {
				cells[i] += paragraphOf(align, 0, run(c.Note, "", 17))
			}
		}
		rows = append(rows, cells)
	}
	x.grid(widths, true, true, rows, groups...)
}

func (x *word) officialSigners(signers []Signer, inner int) {
	const across = 3
	for from := 0; from < len(signers); from += across {
		group := signers[from:min(from+across, len(signers))]
		widths, cells := make([]int, len(group)), make([]string, len(group))
		for i, s := range group {
			widths[i] = inner / len(group)
			cells[i] = paragraphOf("center", 0, run(strings.ToUpper(s.Role), "b", 0)) + paragraphOf("center", 0, run(toSign, "i", 22)) +
				strings.Repeat(paragraphOf("center", 0), 4) + paragraphOf("center", 0, run(s.Name, "b", 0))
		}
		x.grid(widths, false, false, [][]string{cells})
	}
}

func zipped(w io.Writer, d Official, inner int, body string) error {
	field := func(name string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	seal := ""
	if d.Seal != "" {
		seal = sealed + d.Seal
	}
	footer := fmt.Sprintf(`<w:ftr %s><w:p><w:pPr><w:tabs><w:tab w:val="right" w:pos="%d"/></w:tabs></w:pPr>%s<w:r><w:tab/></w:r>%s%s%s%s</w:p></w:ftr>`,
		wordMain, inner, run(seal, "", 18), run("Trang ", "", 18), field("PAGE"), run("/", "", 18), field("NUMPAGES"))
	z := zip.NewWriter(w)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + packaged + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + wordTypes + `document.main+xml"/>` +
			`<Override PartName="/word/styles.xml" ContentType="` + wordTypes + `styles+xml"/><Override PartName="/word/footer1.xml" ContentType="` + wordTypes + `footer+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packaged + `relationships"><Relationship Id="rId1" Type="` + relations + `officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="` + packaged + `relationships"><Relationship Id="rIdS" Type="` + relations + `styles" Target="styles.xml"/>` +
			`<Relationship Id="rIdF" Type="` + relations + `footer" Target="footer1.xml"/></Relationships>`},
		{"word/styles.xml", `<w:styles ` + wordMain + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="25"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`},
		{"word/footer1.xml", footer},
		{"word/document.xml", `<w:document ` + wordMain + `><w:body>` + body + `</w:body></w:document>`},
	} {
		f, err := z.Create(part[0])
		if err != nil {
			return fmt.Errorf("write docx: %w", err)
		}
		if _, err := io.WriteString(f, partStart+part[1]); err != nil {
			return fmt.Errorf("write docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write docx: %w", err)
	}
	return nil
}
