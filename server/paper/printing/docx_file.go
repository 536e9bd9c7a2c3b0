package printing

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank/exporting"
)

// section ends the pages of a variant: its foot, with pages numbered from one.
func (x *writer) section(code string, last bool) {
	n := len(x.files) + 1
	id := fmt.Sprintf("rIdF%d", n)
	name := fmt.Sprintf("footer%d.xml", n)
	label := ""
	if code != "" {
		label = x.w.code + " " + code
	}
	field := func(name string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	before, rest, _ := strings.Cut(x.w.page, "%s")
	between, _, _ := strings.Cut(rest, "%s")
	x.files = append(x.files, [2]string{"word/" + name, xmlHead + `<w:ftr ` + spaces + `><w:p><w:pPr><w:tabs><w:tab w:val="right" w:pos="9600"/></w:tabs></w:pPr>` +
		wordRun(label, "") + `<w:r><w:tab/></w:r>` + wordRun(before, "") + field("PAGE") + wordRun(between, "") + field("SECTIONPAGES") + `</w:p></w:ftr>`})
	fmt.Fprintf(&x.rels, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="%s"/>`, id, name)
	fmt.Fprintf(&x.types, `<Override PartName="/word/%s" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>`, name)
	properties := `<w:sectPr><w:footerReference w:type="default" r:id="` + id + `"/><w:type w:val="nextPage"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="850" w:right="850" w:bottom="1000" w:left="1134" w:header="567" w:footer="480" w:gutter="0"/><w:pgNumType w:start="1"/></w:sectPr>`
	if last {
		x.body.WriteString(properties)
		return
	}
	x.p(properties)
}

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spaces  = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
)

func (x *writer) finish() ([]byte, error) {
	parts := append([][2]string{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="gif" ContentType="image/gif"/>` +
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
			`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` + x.types.String() + `</Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` + x.rels.String() + `</Relationships>`},
		{"word/styles.xml", xmlHead + `<w:styles ` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="24"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>`},
		{"word/document.xml", xmlHead + `<w:document ` + spaces + `><w:body>` + x.body.String() + `</w:body></w:document>`},
	}, x.files...)
	return exporting.Zipped(parts)
}
