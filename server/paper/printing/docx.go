package printing

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/bank/exporting"
)

// writer writes a Word document: its body, and the files that the body names.
type writer struct {
	d        Document
	w        words
	body     strings.Builder
	rels     strings.Builder
	types    strings.Builder
	files    [][2]string
	pictures map[string]string // relation by file id
	drawings int
}

func docx(d Document) ([]byte, error) {
	x := &writer{d: d, w: wordsFor(d.Locale), pictures: map[string]string{}}
	switch d.What {
	case Key:
		x.key()
		x.section("", true)
	case Sheet:
		list := sheets(d)
		for i, v := range list {
			x.sheet(v)
			x.section(v.Code, i == len(list)-1)
		}
	default:
		for i, v := range d.Variants {
			x.variant(v)
			x.section(v.Code, i == len(d.Variants)-1)
		}
	}
	return x.finish()
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func wordRun(s, properties string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteString("<w:r><w:br/></w:r>")
		}
		fmt.Fprintf(&b, `<w:r><w:rPr>%s</w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`, properties, escaped(line))
	}
	return b.String()
}

// rich writes a text with its formulas as Word's own; one that Word can't say stands as it was typed.
func rich(s, properties string) string {
	var b strings.Builder
	for _, segment := range bank.Segments(s) {
		if segment.Formula {
			if omml, ok := exporting.Formula(segment.Text); ok {
				b.WriteString(omml)
				continue
			}
		}
		b.WriteString(wordRun(segment.Text, properties))
	}
	return b.String()
}

func (x *writer) p(properties string, runs ...string) {
	fmt.Fprintf(&x.body, `<w:p><w:pPr>%s</w:pPr>%s</w:p>`, properties, strings.Join(runs, ""))
}

const (
	bold   = "<w:b/>"
	italic = "<w:i/>"
	centre = `<w:spacing w:after="0"/><w:jc w:val="center"/>`
	tight  = `<w:spacing w:after="40"/>`
)

// grid writes a table. Widths are in twentieths of a point; lines tells whether it has any.
func (x *writer) grid(widths []int, lines bool, rows [][]string) {
	border := "none"
	if lines {
		border = "single"
	}
	x.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&x.body, `<w:%s w:val="%s" w:sz="4" w:space="0" w:color="808080"/>`, side, border)
	}
	x.body.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(&x.body, `<w:gridCol w:w="%d"/>`, w)
	}
	x.body.WriteString(`</w:tblGrid>`)
	for _, row := range rows {
		x.body.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, cell := range row {
			fmt.Fprintf(&x.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc>`, widths[i], cell)
		}
		x.body.WriteString(`</w:tr>`)
	}
	x.body.WriteString(`</w:tbl>`)
}

func cell(properties string, runs ...string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}
