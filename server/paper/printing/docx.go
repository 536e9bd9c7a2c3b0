package printing

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
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

// rich writes a text with its formulas as Word's own.
func rich(s, properties string) string {
	var b strings.Builder
	for _, segment := range bank.Segments(s) {
		if segment.Formula {
			b.WriteString("<m:oMath>" + omml(formula(segment.Text)) + "</m:oMath>")
			continue
		}
		b.WriteString(wordRun(segment.Text, properties))
	}
	return b.String()
}

func omml(nodes []node) string {
	var b strings.Builder
	for _, n := range nodes {
		p := func(i int) string { return omml(n.parts[i]) }
		switch n.kind {
		case fraction:
			b.WriteString("<m:f><m:num>" + p(0) + "</m:num><m:den>" + p(1) + "</m:den></m:f>")
		case root:
			hide := ""
			if len(n.parts[1]) == 0 {
				hide = `<m:radPr><m:degHide m:val="1"/></m:radPr>`
			}
			b.WriteString("<m:rad>" + hide + "<m:deg>" + p(1) + "</m:deg><m:e>" + p(0) + "</m:e></m:rad>")
		case script:
			switch {
			case n.parts[1] != nil && n.parts[2] != nil:
				b.WriteString("<m:sSubSup><m:e>" + p(0) + "</m:e><m:sub>" + p(2) + "</m:sub><m:sup>" + p(1) + "</m:sup></m:sSubSup>")
			case n.parts[2] != nil:
				b.WriteString("<m:sSub><m:e>" + p(0) + "</m:e><m:sub>" + p(2) + "</m:sub></m:sSub>")
			default:
				b.WriteString("<m:sSup><m:e>" + p(0) + "</m:e><m:sup>" + p(1) + "</m:sup></m:sSup>")
			}
		case over:
			b.WriteString(`<m:bar><m:barPr><m:pos m:val="top"/></m:barPr><m:e>` + p(0) + "</m:e></m:bar>")
		case letterly:
			b.WriteString(`<m:r><m:t xml:space="preserve">` + escaped(n.text) + `</m:t></m:r>`)
		case word:
			b.WriteString(`<m:r><m:rPr><m:sty m:val="p"/></m:rPr><m:t xml:space="preserve">` + escaped(n.text) + `</m:t></m:r>`)
		}
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

func (x *writer) head(title, code string) {
	left := cell(centre, wordRun(strings.ToUpper(x.d.Unit), bold)) + cell(centre, wordRun("––––––––", ""))
	right := cell(centre, wordRun(strings.ToUpper(x.d.Contest), bold))
	if x.d.Round != "" {
		right += cell(centre, wordRun(x.d.Round, ""))
	}
	if x.d.Minutes > 0 {
		right += cell(centre, wordRun(fmt.Sprintf(x.w.time, x.d.Minutes), italic))
	}
	x.grid([]int{4500, 5100}, false, [][]string{{left, right}})
	x.p(`<w:spacing w:before="120" w:after="60"/><w:jc w:val="center"/>`, wordRun(title, bold+`<w:sz w:val="30"/>`))
	if code != "" {
		x.p(`<w:spacing w:after="60"/><w:jc w:val="right"/>`, wordRun(x.w.code+": "+code, bold+`<w:bdr w:val="single" w:sz="6" w:space="4"/>`))
	}
}

func (x *writer) variant(v Variant) {
	x.head(x.w.paper, v.Code)
	facts := []string{fmt.Sprintf(x.w.items, len(v.items()))}
	if x.d.Points > 0 {
		facts = append(facts, fmt.Sprintf(x.w.points, number(x.d.Points, x.d.Locale)))
	}
	x.p(centre, wordRun("("+strings.Join(facts, "; ")+")", italic))
	x.p(`<w:spacing w:before="120" w:after="120"/>`, wordRun(x.w.name+": "+strings.Repeat("…", 26)+"   "+x.w.number+": "+strings.Repeat("…", 12), ""))
	n := 0
	for _, part := range v.Parts {
		points, same := part.samePoints()
		if part.Title != "" {
			title := part.Title
			if same && points > 0 {
				title += " (" + fmt.Sprintf(x.w.point, number(points, x.d.Locale)) + "/" + strings.ToLower(x.w.question) + ")"
			}
			x.p(`<w:keepNext/><w:spacing w:before="160" w:after="60"/>`, wordRun(title, bold))
		}
		if part.Note != "" {
			x.p(`<w:keepNext/>`+tight, wordRun(part.Note, italic))
		}
		for _, item := range part.Items {
			n++
			label := fmt.Sprintf("%s %d. ", x.w.question, n)
			if !same && item.Points > 0 {
				label += "(" + fmt.Sprintf(x.w.point, number(item.Points, x.d.Locale)) + ") "
			}
			x.question(label, item.Question)
		}
	}
	x.p(`<w:spacing w:before="240" w:after="0"/><w:jc w:val="center"/>`, wordRun("––––– "+x.w.end+" –––––", bold))
	x.p(centre, wordRun(x.w.notes, italic))
}

func (x *writer) question(label string, q bank.Question) {
	x.p(`<w:keepNext/><w:spacing w:before="100" w:after="40"/>`, wordRun(label, bold), rich(stemText(q), ""))
	if q.Image != nil {
		x.p(`<w:keepNext/>`+centre, x.picture(q.Image, 110))
	}
	const option = `<w:spacing w:after="20"/><w:ind w:left="280"/>`
	one := func(label string, o bank.Choice) string {
		return wordRun(label+" ", "") + rich(choiceText(o, x.w), "") + x.picture(o.Image, 50)
	}
	switch q.Type {
	case bank.Matching:
		var a, b string
		for i, o := range q.Options {
			a += cell(tight, one(strings.ToLower(letter(i))+")", o))
		}
		for i, o := range q.Targets {
			b += cell(tight, one(strconv.Itoa(i+1)+".", o))
		}
		x.grid([]int{4700, 4900}, false, [][]string{{a, b}})
	case bank.TrueFalseGroup:
		var rows [][]string
		for i, o := range q.Options {
			rows = append(rows, []string{cell(tight, one(strings.ToLower(letter(i))+")", o)), cell(centre, wordRun(x.w.yes, "")), cell(centre, wordRun(x.w.no, ""))})
		}
		x.grid([]int{8200, 700, 700}, true, rows)
	case bank.Ordering:
		x.options(q, option, one)
		x.p(option, wordRun(x.w.order+": "+strings.TrimSuffix(strings.Repeat("……… – ", len(q.Options)), " – "), ""))
	case bank.FillIn:
		for i, b := range q.Blanks {
			var list []string
			for j, o := range b.Options {
				list = append(list, letter(j)+". "+o.Text)
			}
			if len(list) > 0 {
				x.p(option, rich(fmt.Sprintf("(%d) %s", i+1, strings.Join(list, "    ")), ""))
			}
		}
	case bank.ShortText, bank.Numeric:
		x.p(option, wordRun(x.w.answer+": "+strings.Repeat("…", 40), ""))
	default:
		x.options(q, option, one)
	}
}

// options puts short options beside each other, at the same places in every question.
func (x *writer) options(q bank.Question, properties string, one func(string, bank.Choice) string) {
	longest := 0
	for _, o := range q.Options {
		n := len([]rune(choiceText(o, x.w)))
		if o.Image != nil || strings.Contains(o.Text, "\n") {
			n = 1000
		}
		longest = max(longest, n)
	}
	columns := 1
	switch {
	case longest <= 16:
		columns = 4
	case longest <= 36:
		columns = 2
	}
	tabs := ""
	for i := 1; i < columns; i++ {
		tabs += fmt.Sprintf(`<w:tab w:val="left" w:pos="%d"/>`, 280+i*9300/columns)
	}
	if tabs != "" {
		properties = "<w:tabs>" + tabs + "</w:tabs>" + properties
	}
	for i := 0; i < len(q.Options); i += columns {
		var runs []string
		for j := i; j < min(i+columns, len(q.Options)); j++ {
			if j > i {
				runs = append(runs, "<w:r><w:tab/></w:r>")
			}
			runs = append(runs, one(letter(j)+".", q.Options[j]))
		}
		x.p(properties, runs...)
	}
}

// picture is a run that shows a picture, at most so many millimetres wide.
func (x *writer) picture(image *bank.Image, widest int64) string {
	if image == nil {
		return ""
	}
	file, ok := x.d.Pictures[image.FileID]
	if !ok || file.Width <= 0 || file.Height <= 0 {
		return wordRun("["+image.Alt+"]", italic)
	}
	id, ok := x.pictures[image.FileID]
	if !ok {
		n := len(x.pictures) + 1
		id = fmt.Sprintf("rIdP%d", n)
		name := fmt.Sprintf("media/picture%d.%s", n, strings.TrimPrefix(file.Type, "image/"))
		x.pictures[image.FileID] = id
		x.files = append(x.files, [2]string{"word/" + name, string(file.Data)})
		fmt.Fprintf(&x.rels, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="%s"/>`, id, name)
	}
	const perPixel, perMM = 9525, 36000
	w := min(int64(file.Width)*perPixel, widest*perMM)
	h := w * int64(file.Height) / int64(file.Width)
	x.drawings++
	n := x.drawings
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="%d" descr="%s"/>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="%d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		w, h, n, n, escaped(image.Alt), n, n, id, w, h)
}

// circled are the letters of a bubble that a word processor has.
func circled(signs []string) string {
	var b strings.Builder
	for _, s := range signs {
		if len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' {
			b.WriteString(string(rune('Ⓐ'+rune(s[0]-'A'))) + "  ")
		} else {
			b.WriteString("◯ " + s + "  ")
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (x *writer) sheet(v Variant) {
	x.head(x.w.sheet, v.Code)
	line := func(label string, n int) { x.p(tight, wordRun(label+": "+strings.Repeat("…", n), "")) }
	line(x.w.name, 44)
	line(x.w.room, 44)
	code := x.w.number + ": " + strings.Repeat("…", 16)
	if v.Code == "" {
		code += "   " + x.w.code + ": " + strings.Repeat("…", 10)
	}
	x.p(tight, wordRun(code+"   "+x.w.date+": "+strings.Repeat("…", 10), ""))
	x.p(`<w:spacing w:after="160"/>`, wordRun(x.w.fill, italic))
	var marked, written []string
	for i, item := range v.items() {
		q, n := item.Question, strconv.Itoa(i+1)+"."
		switch {
		case q.Type.HasOptions():
			marked = append(marked, cell(tight, wordRun(n+" ", bold), wordRun(circled(letters(len(q.Options))), "")))
		case q.Type == bank.TrueFalseGroup:
			for j := range q.Options {
				label := strings.ToLower(letter(j)) + ") "
				if j == 0 {
					label = n + " " + label
				}
				marked = append(marked, cell(tight, wordRun(label, bold), wordRun(circled([]string{x.w.yes, x.w.no}), "")))
			}
		case q.Type == bank.Ordering:
			written = append(written, n+" "+strings.TrimSuffix(strings.Repeat("……… – ", len(q.Options)), " – "))
		case q.Type == bank.Matching:
			s := n
			for j := range q.Options {
				s += "  " + strings.ToLower(letter(j)) + " – ………"
			}
			written = append(written, s)
		case q.Type == bank.FillIn:
			s := n
			for j := range q.Blanks {
				s += fmt.Sprintf("  (%d) %s", j+1, strings.Repeat("…", 14))
			}
			written = append(written, s)
		default:
			written = append(written, n+" "+strings.Repeat("…", 44))
		}
	}
	const columns = 4
	rows := (len(marked) + columns - 1) / columns
	var table [][]string
	for r := range rows {
		var row []string
		for c := range columns {
			if at := c*rows + r; at < len(marked) {
				row = append(row, marked[at])
			} else {
				row = append(row, cell(tight))
			}
		}
		table = append(table, row)
	}
	if len(table) > 0 {
		x.grid([]int{2400, 2400, 2400, 2400}, true, table)
	}
	for _, s := range written {
		x.p(`<w:spacing w:before="120" w:after="60"/>`, wordRun(s, ""))
	}
}

func (x *writer) key() {
	x.head(x.w.key, "")
	x.p(centre, wordRun(x.d.Name, italic))
	const most = 8
	for from := 0; from < len(x.d.Variants); from += most {
		list := x.d.Variants[from:min(from+most, len(x.d.Variants))]
		widths := []int{800}
		head := []string{cell(centre, wordRun(x.w.question, bold))}
		n := 0
		for _, v := range list {
			widths = append(widths, min(3000, 8800/len(list)))
			head = append(head, cell(centre, wordRun(v.Code, bold)))
			n = max(n, len(v.items()))
		}
		rows := [][]string{head}
		for i := range n {
			row := []string{cell(centre, wordRun(strconv.Itoa(i+1), bold))}
			for _, v := range list {
				text := ""
				if items := v.items(); i < len(items) {
					text = items[i].Right
				}
				row = append(row, cell(centre, rich(text, "")))
			}
			rows = append(rows, row)
		}
		x.grid(widths, true, rows)
		x.p(tight)
	}
}

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
