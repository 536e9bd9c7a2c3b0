package export

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/signintech/gopdf"
)

func number(n int) string { return strconv.Itoa(n) }

const (
	officialLeft   = 25.0
	officialRight  = 15.0
	officialTop    = 18.0
	officialBottom = 20.0
	cellPad        = 1.4
)

// official lays one document out; total is the number of its pages, known after a first run.
type official struct {
	*Paper
	d             Official
	width, height float64
	y             float64
	page, total   int
}

// WriteOfficialPDF prints the document, and tells the letters that no font of ours has.
func WriteOfficialPDF(w io.Writer, d Official) (replaced []rune, err error) {
	total := 0
	for range 2 { // the foot of the first page already names the last one
		paper, err := NewPaper(d.Title+" "+d.About, d.Made)
		if err != nil {
			return nil, err
		}
		o := &official{Paper: paper, d: d, width: A4Width, height: A4Height, total: total}
		if d.Wide {
			o.width, o.height = A4Height, A4Width
		}
		o.run()
		if total == 0 {
			total = o.page
			continue
		}
		return paper.Replaced(), paper.Finish(w)
	}
	return nil, nil
}

func (o *official) next() {
	o.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: o.width, H: o.height}})
	o.page++
	o.y = officialTop
	o.Use(Serif, 9, SoftInk)
	foot := o.height - 9
	if o.d.Seal != "" {
		o.Write(officialLeft, foot, sealed+o.d.Seal)
	}
	o.WriteRight(o.width-officialRight, foot, "Trang "+number(o.page)+"/"+number(o.total))
}

func (o *official) inner() float64 { return o.width - officialLeft - officialRight }

// room begins a new page when less than so much is left.
func (o *official) room(height float64) {
	if o.y+height > o.height-officialBottom {
		o.next()
	}
}

func (o *official) run() {
	o.next()
	o.head()
	annexes := o.d.annexes()
	for i, b := range o.d.Blocks {
		if i == annexes {
			o.signatures()
		}
		if b.NewPage {
			o.next()
		}
		if b.Heading != "" {
			o.Use(SerifBold, 12.5, pureDark)
			lines := o.Wrap(b.Heading, o.inner())
			o.room(float64(len(lines))*o.Leading() + 14)
			o.Use(SerifBold, 12.5, pureDark)
			o.y = o.Lines(officialLeft, o.y+1.5, lines) + 2.2
		}
		if b.Text != "" {
			if i == annexes-1 && b.Table == nil {
				o.room(o.tall(b.Text) + o.signing()) // nobody signs on a page without a word
			}
			o.paragraph(b.Text)
		}
		if b.Table != nil {
			o.table(*b.Table)
		}
	}
	if annexes == len(o.d.Blocks) {
		o.signatures()
	}
}

func (o *official) head() {
	left, right := officialLeft+o.inner()*0.22, officialLeft+o.inner()*0.72
	half := o.inner() * 0.44
	y := o.y
	if o.d.Superior != "" {
		o.Use(Serif, 11.5, pureDark)
		for _, line := range o.Wrap(strings.ToUpper(o.d.Superior), half) {
			o.WriteCentred(left, y+4, line)
			y += o.Leading()
		}
	}
	o.Use(SerifBold, 11.5, pureDark)
	for _, line := range o.Wrap(strings.ToUpper(o.d.Issuer), half) {
		o.WriteCentred(left, y+4, line)
		y += o.Leading()
	}
	o.Rule(left-12, y+1.2, left+12, y+1.2, 0.3, pureDark)
	o.Use(SerifBold, 11.5, pureDark)
	o.WriteCentred(right, o.y+4, nation)
	o.Use(SerifBold, 12.5, pureDark)
	o.WriteCentred(right, o.y+9.5, motto)
	line := o.Width(motto) / 2
	o.Rule(right-line, o.y+11, right+line, o.y+11, 0.3, pureDark)
	o.Use(SerifItalic, 12, pureDark)
	o.WriteCentred(right, o.y+18, o.d.Where)
	o.y = max(y+8, o.y+26)
	o.Use(SerifBold, 15, pureDark)
	o.WriteCentred(o.width/2, o.y, o.d.Title)
	o.y += 2
	o.Use(SerifBold, 13, pureDark)
	for _, line := range o.balance(o.d.About, o.Wrap(o.d.About, o.inner()*0.86), o.inner()*0.86) {
		o.y += o.Leading()
		o.WriteCentred(o.width/2, o.y, line)
	}
	if o.d.Standing != "" {
		o.Use(SerifItalic, 12, pureDark)
		o.y += o.Leading() + 1
		o.WriteCentred(o.width/2, o.y, "("+o.d.Standing+")")
	}
	o.y += 6
}

func (o *official) paragraph(text string) {
	for _, part := range strings.Split(text, "\n") {
		o.Use(Serif, 12.5, pureDark)
		for _, line := range o.Wrap(part, o.inner()) {
			o.room(o.Leading())
			o.Use(Serif, 12.5, pureDark)
			o.Write(officialLeft, o.y+4, line)
			o.y += o.Leading()
		}
		o.y += 1
	}
	o.y += 1
}

// table draws a table whose head is repeated on each page.
func (o *official) table(t OfficialTable) {
	sum := 0.0
	for _, c := range t.Columns {
		sum += c.Width
	}
	widths := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = c.Width / sum * o.inner()
	}
	head := make([]OfficialCell, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = OfficialCell{Text: c.Title, Bold: true}
	}
	o.room(o.rowHeight(head, widths) + 12)
	o.row(head, t.Columns, widths, true)
	group := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row {
			if t.Columns[i].Groups && c.Text != "" {
				group[i] = c.Text
			}
		}
		if height := o.rowHeight(row, widths); o.y+height > o.height-officialBottom {
			o.Rule(officialLeft, o.y, officialLeft+o.inner(), o.y, 0.2, pureDark)
			o.next()
			o.row(head, t.Columns, widths, true)
			row = slices.Clone(row)
			for i, c := range row {
				if t.Columns[i].Groups && c.Text == "" {
					row[i].Text = group[i] + " (tiếp)"
				}
			}
		}
		o.row(row, t.Columns, widths, false)
	}
	o.Rule(officialLeft, o.y, officialLeft+o.inner(), o.y, 0.2, pureDark)
	o.y += 4
}

const (
	cellSize = 11.0
	noteSize = 8.5
)

func (o *official) cell(c OfficialCell, width float64) (lines, notes []string) {
	o.cellFont(c, width)
	lines = o.Wrap(c.Text, width-2*cellPad)
	o.Use(Serif, noteSize, SoftInk)
	return lines, o.Wrap(c.Note, width-2*cellPad)
}

// cellFont chooses the type of a cell: smaller where a figure would break over two lines.
func (o *official) cellFont(c OfficialCell, width float64) {
	font := Serif
	if c.Bold {
		font = SerifBold
	}
	o.Use(font, cellSize, pureDark)
	for size := cellSize - 0.5; size >= 6 && !strings.Contains(c.Text, " ") && o.Width(c.Text) > width-2*cellPad; size -= 0.5 {
		o.Use(font, size, pureDark)
	}
}

func (o *official) rowHeight(row []OfficialCell, widths []float64) float64 {
	height := 0.0
	for i, c := range row {
		lines, notes := o.cell(c, widths[i])
		height = max(height, (float64(len(lines))*cellSize+float64(len(notes))*noteSize)*millimetresPerPoint*leading)
	}
	return height + 2*cellPad
}

func (o *official) row(row []OfficialCell, columns []OfficialColumn, widths []float64, head bool) {
	height, x := o.rowHeight(row, widths), officialLeft
	for i, c := range row {
		if columns[i].Groups && !head {
			if c.Text != "" {
				o.Rule(x, o.y, x+widths[i], o.y, 0.2, pureDark)
			}
			o.Rule(x, o.y, x, o.y+height, 0.2, pureDark)
		} else {
			o.Frame(x, o.y, widths[i], height, 0.2, pureDark)
		}
		lines, notes := o.cell(c, widths[i])
		y := o.y + cellPad
		place := func(line string, size float64) float64 {
			base := y + size*millimetresPerPoint*0.9
			switch {
			case head:
				o.WriteCentred(x+widths[i]/2, base, line)
			case columns[i].Right:
				o.WriteRight(x+widths[i]-cellPad, base, line)
			default:
				o.Write(x+cellPad, base, line)
			}
			y += size * millimetresPerPoint * leading
			return base
		}
		for _, line := range lines {
			o.cellFont(c, widths[i])
			base := place(line, cellSize)
			if c.Struck {
				from, long := x+cellPad, o.Width(line)
				if columns[i].Right {
					from = x + widths[i] - cellPad - long
				}
				o.Rule(from-0.4, base-1.1, from+long+0.4, base-1.1, 0.35, pureDark)
			}
		}
		for _, line := range notes {
			o.Use(Serif, noteSize, SoftInk)
			place(line, noteSize)
		}
		x += widths[i]
	}
	o.y += height
}

// tall is the height of a text.
func (o *official) tall(text string) float64 {
	height := 1.0
	o.Use(Serif, 12.5, pureDark)
	for part := range strings.SplitSeq(text, "\n") {
		height += float64(len(o.Wrap(part, o.inner())))*o.Leading() + 1
	}
	return height
}

// signing is the height of a line of signatures: less where many sign, so that they stay together.
func (o *official) signing() float64 {
	if len(o.d.Signers) > 3 {
		return 38
	}
	return 46
}

// signatures are three to a line, with room for the ink.
func (o *official) signatures() {
	const across = 3
	tall := o.signing()
	for from := 0; from < len(o.d.Signers); from += across {
		group := o.d.Signers[from:min(from+across, len(o.d.Signers))]
		o.room(tall)
		width := o.inner() / float64(len(group))
		for i, s := range group {
			x := officialLeft + width*(float64(i)+0.5)
			y := o.y + 5
			o.Use(SerifBold, 12, pureDark)
			for _, line := range o.Wrap(strings.ToUpper(s.Role), width-4) {
				o.WriteCentred(x, y, line)
				y += o.Leading()
			}
			o.Use(SerifItalic, 11, pureDark)
			o.WriteCentred(x, y, toSign)
			o.Use(SerifBold, 12, pureDark)
			o.WriteCentred(x, o.y+tall-6, s.Name)
		}
		o.y += tall
	}
}
