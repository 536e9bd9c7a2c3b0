package printing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

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
