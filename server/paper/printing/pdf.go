package printing

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/export"
)

// The page, in millimetres.
const (
	left   = 20.0
	right  = export.A4Width - 15
	top    = 15.0
	bottom = export.A4Height - 18
	width  = right - left
	size   = 12.0 // points
	mm     = 0.3528
	lead   = 1.3
)

// block is something that is never broken across pages.
type block struct {
	height float64
	draw   func(y float64)
}

// press sets a document.
type press struct {
	*export.Paper
	d     Document
	w     words
	y     float64
	page  int
	pages int // of this variant, once they are known
	code  string
	shift float64 // where the column of a sheet begins
}

func pdf(d Document) ([]byte, error) {
	// The number of pages stands on each page: a first pass counts them.
	counts, _, err := run(d, nil)
	if err != nil {
		return nil, err
	}
	_, data, err := run(d, counts)
	return data, err
}

func run(d Document, counts []int) (pages []int, data []byte, err error) {
	paper, err := export.NewPaper(d.Contest+" – "+d.Name, d.Made)
	if err != nil {
		return nil, nil, err
	}
	s := &press{Paper: paper, d: d, w: wordsFor(d.Locale)}
	each := func(i int, code string, set func()) {
		s.page, s.code, s.pages = 0, code, 0
		if i < len(counts) {
			s.pages = counts[i]
		}
		s.turn()
		set()
		pages = append(pages, s.page)
	}
	switch d.What {
	case Key:
		each(0, "", s.key)
	case Sheet:
		for i, v := range sheets(d) {
			each(i, v.Code, func() { s.sheet(v) })
		}
	default:
		for i, v := range d.Variants {
			each(i, v.Code, func() { s.variant(v) })
		}
	}
	var b bytes.Buffer
	err = paper.Finish(&b)
	return pages, b.Bytes(), err
}

// turn begins a page with its foot.
func (s *press) turn() {
	s.Page()
	s.page++
	s.y = top
	s.Use(export.Serif, 10, export.Black)
	if s.code != "" {
		s.Write(left, bottom+9, s.w.code+" "+s.code)
	}
	s.WriteRight(right, bottom+9, fmt.Sprintf(s.w.page, strconv.Itoa(s.page), strconv.Itoa(max(s.page, s.pages))))
}

func (s *press) put(b block) {
	if s.y+b.height > bottom && s.y > top {
		s.turn()
	}
	b.draw(s.y)
	s.y += b.height
}

// together puts blocks on one page where that is possible without leaving half of one empty.
func (s *press) together(blocks []block) {
	whole := 0.0
	for _, b := range blocks {
		whole += b.height
	}
	if s.y+whole > bottom && whole < (bottom-top)/2 {
		s.turn()
	}
	for _, b := range blocks {
		s.put(b)
	}
}

func (s *press) head(title string, code string) {
	mid := left + width*0.27
	rightMid := left + width*0.73
	y := s.y + 5
	unit := s.Fit(strings.ToUpper(s.d.Unit), width*0.48, 3, export.SerifBold, 11.5, 8, export.Black)
	yl := y
	for _, l := range unit {
		s.WriteCentred(mid, yl, l)
		yl += 5
	}
	s.Rule(mid-14, yl-2.6, mid+14, yl-2.6, 0.25, export.Black)
	name := s.Fit(strings.ToUpper(s.d.Contest), width*0.5, 3, export.SerifBold, 11.5, 8, export.Black)
	yr := y
	for _, l := range name {
		s.WriteCentred(rightMid, yr, l)
		yr += 5
	}
	if s.d.Round != "" {
		s.Use(export.Serif, 11.5, export.Black)
		for _, l := range s.Wrap(s.d.Round, width*0.5) {
			s.WriteCentred(rightMid, yr, l)
			yr += 5
		}
	}
	s.Use(export.SerifItalic, 11, export.Black)
	if s.d.Minutes > 0 {
		s.WriteCentred(rightMid, yr, fmt.Sprintf(s.w.time, s.d.Minutes))
		yr += 5
	}
	s.y = max(yl, yr) + 4
	s.Use(export.SerifBold, 15, export.Black)
	s.WriteCentred(left+width/2, s.y, title)
	if code != "" {
		s.Use(export.SerifBold, 12, export.Black)
		text := s.w.code + ": " + code
		w := s.Width(text) + 8
		s.Frame(right-w, s.y-6, w, 8.5, 0.35, export.Black)
		s.Write(right-w+4, s.y-0.2, text)
	}
	s.y += 4
}

// line writes a label and dots up to x2.
func (s *press) line(x1, x2, y float64, label string) {
	s.Use(export.Serif, size, export.Black)
	s.Write(x1, y, label+":")
	s.Dots(x1+s.Width(label+":")+1.5, y+0.6, x2)
}

func (s *press) variant(v Variant) {
	s.head(s.w.paper, v.Code)
	facts := []string{fmt.Sprintf(s.w.items, len(v.items()))}
	if s.d.Points > 0 {
		facts = append(facts, fmt.Sprintf(s.w.points, number(s.d.Points, s.d.Locale)))
	}
	s.Use(export.SerifItalic, 11, export.Black)
	s.WriteCentred(left+width/2, s.y+1, "("+strings.Join(facts, "; ")+")")
	s.y += 9
	s.line(left, left+width*0.6, s.y, s.w.name)
	s.line(left+width*0.62, right, s.y, s.w.number)
	s.y += 4
	s.Rule(left, s.y, right, s.y, 0.25, export.Black)
	s.y += 4
	n := 0
	for _, part := range v.Parts {
		s.part(part)
		_, same := part.samePoints()
		for _, item := range part.Items {
			n++
			label := fmt.Sprintf("%s %d.", s.w.question, n)
			if !same && item.Points > 0 {
				label += " (" + fmt.Sprintf(s.w.point, number(item.Points, s.d.Locale)) + ")"
			}
			s.together(s.question(label, item))
		}
	}
	s.put(block{14, func(y float64) {
		s.Use(export.SerifBold, size, export.Black)
		s.WriteCentred(left+width/2, y+7, "––––– "+s.w.end+" –––––")
		s.Use(export.SerifItalic, 10.5, export.Black)
		s.WriteCentred(left+width/2, y+12, s.w.notes)
	}})
}

func (s *press) part(p Part) {
	var blocks []block
	title := p.Title
	if points, same := p.samePoints(); same && title != "" && points > 0 {
		title += " (" + fmt.Sprintf(s.w.point, number(points, s.d.Locale)) + "/" + strings.ToLower(s.w.question) + ")"
	}
	if title != "" {
		blocks = append(blocks, block{2, func(float64) {}})
		blocks = append(blocks, s.text(title, left, width, export.SerifBold)...)
	}
	if p.Note != "" {
		blocks = append(blocks, s.text(p.Note, left, width, export.SerifItalic)...)
	}
	if len(blocks) > 0 {
		s.together(append(blocks, block{1, func(float64) {}}))
	}
}

// question sets an item as blocks.
func (s *press) question(label string, item Item) []block {
	q := item.Question
	blocks := []block{{1.6, func(float64) {}}}
	blocks = append(blocks, s.labelled(label, stemText(q), left, width)...)
	blocks = append(blocks, s.picture(q.Image, left, width, 110, 70)...)
	switch q.Type {
	case bank.Matching:
		half := width/2 - 3
		var a, b []block
		for i, o := range q.Options {
			a = append(a, s.choice(strings.ToLower(letter(i))+")", o, left+4, half-4)...)
		}
		for i, o := range q.Targets {
			b = append(b, s.choice(strconv.Itoa(i+1)+".", o, left+half+6, half)...)
		}
		blocks = append(blocks, beside(a, b)...)
	case bank.TrueFalseGroup:
		for i, o := range q.Options {
			row := s.choice(strings.ToLower(letter(i))+")", o, left+4, width-26)
			first := row[0]
			row[0] = block{max(first.height, 6.2), func(y float64) {
				first.draw(y)
				s.box(right-18, y+0.4, s.w.yes)
				s.box(right-9, y+0.4, s.w.no)
			}}
			blocks = append(blocks, row...)
		}
	case bank.Ordering:
		blocks = append(blocks, s.choices(q)...)
		blocks = append(blocks, block{9, func(y float64) {
			s.Use(export.SerifItalic, size, export.Black)
			s.Write(left+4, y+5.6, s.w.order+":")
			x := left + 6 + s.Width(s.w.order+":")
			for i := range q.Options {
				s.Frame(x, y+1, 8, 6.4, 0.25, export.Black)
				x += 8
				if i < len(q.Options)-1 {
					s.Write(x+1, y+5.4, "–")
					x += 4.5
				}
			}
		}})
	case bank.FillIn:
		for i, b := range q.Blanks {
			var list []string
			for j, o := range b.Options {
				list = append(list, letter(j)+". "+o.Text)
			}
			if len(list) > 0 {
				blocks = append(blocks, s.text(fmt.Sprintf("(%d) %s", i+1, strings.Join(list, "    ")), left+4, width-4, export.Serif)...)
			}
		}
	case bank.ShortText, bank.Numeric:
		blocks = append(blocks, block{8, func(y float64) {
			s.line(left+4, right, y+5.4, s.w.answer)
		}})
	default:
		blocks = append(blocks, s.choices(q)...)
	}
	return blocks
}

func (s *press) box(x, y float64, text string) {
	s.Frame(x, y, 7, 5.4, 0.25, export.Black)
	s.Use(export.Serif, 10.5, export.SoftInk)
	s.WriteCentred(x+3.5, y+4, text)
}

// choices sets options in four, two or one column, as many as fit.
func (s *press) choices(q bank.Question) []block {
	for _, columns := range []int{4, 2, 1} {
		each := (width - 4) / float64(columns)
		if columns > 1 && !s.fits(q.Options, each-2) {
			continue
		}
		var blocks []block
		for i := 0; i < len(q.Options); i += columns {
			var row []block
			for j := i; j < min(i+columns, len(q.Options)); j++ {
				row = beside(row, s.choice(letter(j)+".", q.Options[j], left+4+float64(j-i)*each, each-2))
			}
			blocks = append(blocks, row...)
		}
		return blocks
	}
	return nil
}

func (s *press) fits(options []bank.Choice, each float64) bool {
	for _, o := range options {
		text := choiceText(o, s.w)
		if strings.Contains(text, "\n") || len(s.wrapped(s.boxes("A. "+text, export.Serif, size), each)) > 1 {
			return false
		}
	}
	return true
}

func (s *press) choice(label string, o bank.Choice, x, w float64) []block {
	blocks := s.labelledIn(label, choiceText(o, s.w), x, w, export.Serif)
	return append(blocks, s.picture(o.Image, x+6, w-6, 55, 35)...)
}

// picture sets a picture no larger than the room for it; one that is missing is told by its description.
func (s *press) picture(image *bank.Image, x, w, widest, highest float64) []block {
	if image == nil {
		return nil
	}
	file, ok := s.d.Pictures[image.FileID]
	if !ok || file.Width <= 0 || file.Height <= 0 {
		return s.text("["+image.Alt+"]", x, w, export.SerifItalic)
	}
	wide := min(widest, w, float64(file.Width)*0.2646)
	high := wide * float64(file.Height) / float64(file.Width)
	if high > highest {
		wide, high = wide*highest/high, highest
	}
	return []block{{high + 3, func(y float64) {
		if !s.Picture(file.Data, x+4, y+1.5, wide, high) {
			s.Use(export.SerifItalic, size, export.Black)
			s.Write(x, y+5, "["+image.Alt+"]")
		}
	}}}
}

// beside puts two columns of blocks side by side, row by row.
func beside(a, b []block) []block {
	var rows []block
	for i := range max(len(a), len(b)) {
		var l, r block
		if i < len(a) {
			l = a[i]
		}
		if i < len(b) {
			r = b[i]
		}
		rows = append(rows, block{max(l.height, r.height), func(y float64) {
			for _, x := range []block{l, r} {
				if x.draw != nil {
					x.draw(y)
				}
			}
		}})
	}
	return rows
}
