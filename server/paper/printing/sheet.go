package printing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/export"
)

// sheets are the answer sheets that are needed: one for all variants, with the code left to fill in, when the same kind
// of answer stands behind each number in all of them; else one a variant.
func sheets(d Document) []Variant {
	if len(d.Variants) == 0 {
		return nil
	}
	for _, v := range d.Variants[1:] {
		if !slices.Equal(shape(v), shape(d.Variants[0])) {
			return d.Variants
		}
	}
	if len(d.Variants) == 1 {
		return d.Variants
	}
	common := d.Variants[0]
	common.Code = ""
	return []Variant{common}
}

// shape is what an answer sheet has to offer for each question.
func shape(v Variant) []string {
	var list []string
	for _, i := range v.items() {
		q := i.Question
		kind := q.Type
		if kind.HasOptions() {
			kind = bank.Single
		}
		s := fmt.Sprintf("%s %d %d", kind, len(q.Options), len(q.Targets))
		for _, b := range q.Blanks {
			s += fmt.Sprintf(" %s%d", b.Type, len(b.Options))
		}
		list = append(list, s)
	}
	return list
}

const bubble = 2.35

func (s *press) bubbles(x, y float64, letters []string) {
	for i, l := range letters {
		s.Circle(x+float64(i)*6.4, y, bubble, 0.25, export.Black)
		s.Use(export.Serif, 9, export.SoftInk)
		s.WriteCentred(x+float64(i)*6.4, y+1.1, l)
	}
}

// digits draws a grid in which a number is written and filled in.
func (s *press) digits(x, y float64, label string, n int) {
	s.Use(export.SerifBold, 10.5, export.Black)
	s.WriteCentred(x+float64(n)*3, y, label)
	for i := range n {
		s.Frame(x+float64(i)*6, y+2, 6, 7, 0.25, export.Black)
		for d := range 10 {
			s.Circle(x+float64(i)*6+3, y+12.5+float64(d)*5.1, 2.1, 0.2, export.Black)
			s.Use(export.Serif, 8.5, export.SoftInk)
			s.WriteCentred(x+float64(i)*6+3, y+13.6+float64(d)*5.1, strconv.Itoa(d))
		}
	}
}

func letters(n int) []string {
	var list []string
	for i := range n {
		list = append(list, letter(i))
	}
	return list
}

func (s *press) sheet(v Variant) {
	s.head(s.w.sheet, v.Code)
	s.y += 6
	y := s.y
	code := 0
	if v.Code == "" {
		code = 3
		for _, x := range s.d.Variants {
			code = max(code, min(6, len(x.Code)))
		}
	}
	numberX := right - 36
	if code > 0 {
		numberX -= float64(code)*6 + 8
		s.digits(right-float64(code)*6, y, s.w.code, code)
	}
	s.digits(numberX, y, s.w.seat, 6)
	for i, label := range []string{s.w.name, s.w.room, s.w.date, s.w.sign, s.w.mark} {
		s.line(left, numberX-8, y+4+float64(i)*10, label)
	}
	s.Use(export.SerifItalic, 10.5, export.Black)
	for i, l := range s.Wrap(s.w.fill, numberX-8-left) {
		s.Write(left, y+56+float64(i)*4.6, l)
	}
	s.y = y + 68
	s.Rule(left, s.y, right, s.y, 0.25, export.Black)
	s.y += 3
	s.fields(v)
}

// fields sets the places for answers: what is filled in with bubbles in four columns, what is written below them.
func (s *press) fields(v Variant) {
	const columns = 4
	each := width / columns
	var marked, written []block
	for i, item := range v.items() {
		q, n := item.Question, strconv.Itoa(i+1)+"."
		switch {
		case q.Type.HasOptions():
			marked = append(marked, s.marked(n, letters(len(q.Options))))
		case q.Type == bank.TrueFalseGroup:
			for j := range q.Options {
				label := strings.ToLower(letter(j)) + ")"
				if j == 0 {
					label = n + " " + label
				}
				marked = append(marked, s.marked(label, []string{s.w.yes, s.w.no}))
			}
		default:
			written = append(written, s.written(n, q)...)
		}
	}
	for len(marked) > 0 {
		rows := min((len(marked)+columns-1)/columns, int((bottom-s.y)/6.2))
		if rows < 1 {
			s.turn()
			continue
		}
		base := s.y
		n := min(len(marked), rows*columns)
		for i, b := range marked[:n] {
			column := i / rows
			s.column(float64(column)*each, base+float64(i%rows)*6.2, b)
		}
		marked = marked[n:]
		s.y = base + float64(rows)*6.2 + 3
		if len(marked) > 0 {
			s.turn()
		}
	}
	for _, b := range written {
		s.put(b)
	}
}

// offset is where a column begins; blocks of bubbles are drawn from the left edge.
func (s *press) column(offset, y float64, b block) {
	s.shift = offset
	b.draw(y)
	s.shift = 0
}

func (s *press) marked(label string, signs []string) block {
	return block{6.2, func(y float64) {
		s.Use(export.SerifBold, 10.5, export.Black)
		s.WriteRight(left+s.shift+11, y+4.3, label)
		s.bubbles(left+s.shift+15.5, y+3.1, signs)
	}}
}

func (s *press) written(n string, q bank.Question) []block {
	label := func(y float64) {
		s.Use(export.SerifBold, 11, export.Black)
		s.Write(left, y+6, n)
	}
	boxes := func(prefix []string) block {
		return block{9.5, func(y float64) {
			label(y)
			x := left + 12
			s.Use(export.Serif, 11, export.Black)
			for _, p := range prefix {
				if p != "" {
					s.Use(export.Serif, 11, export.Black)
					s.Write(x, y+6, p)
					x += s.Width(p) + 1.5
				}
				s.Frame(x, y+1.2, 8, 6.6, 0.25, export.Black)
				x += 12
			}
		}}
	}
	switch q.Type {
	case bank.Ordering:
		return []block{boxes(make([]string, len(q.Options)))}
	case bank.Matching:
		var prefix []string
		for i := range q.Options {
			prefix = append(prefix, strings.ToLower(letter(i))+" –")
		}
		return []block{boxes(prefix)}
	case bank.FillIn:
		var list []block
		for i := range q.Blanks {
			list = append(list, block{9, func(y float64) {
				if i == 0 {
					label(y)
				}
				s.line(left+12, right, y+6, fmt.Sprintf("(%d)", i+1))
			}})
		}
		return list
	}
	return []block{{9, func(y float64) {
		label(y)
		s.Dots(left+12, y+6.6, right)
	}}}
}

// key sets the right answers of all variants in one table, eight variants beside each other.
func (s *press) key() {
	s.head(s.w.key, "")
	s.Use(export.SerifItalic, 11, export.Black)
	s.WriteCentred(left+width/2, s.y+1, s.d.Name)
	s.y += 6
	const most = 8
	for from := 0; from < len(s.d.Variants); from += most {
		s.keyTable(s.d.Variants[from:min(from+most, len(s.d.Variants))])
		s.y += 6
	}
}

func (s *press) keyTable(variants []Variant) {
	const first = 14.0
	each := min(40, (width-first)/float64(len(variants)))
	if len(variants) == 1 {
		each = width - first
	}
	row := func(cells []string, font export.Font) block {
		s.Use(font, 11, export.Black)
		lines, most := make([][]string, len(cells)), 1
		for i, c := range cells {
			w := each - 3
			if i == 0 {
				w = first - 3
			}
			lines[i] = s.Wrap(bank.PlainText(c), w)
			most = max(most, len(lines[i]))
		}
		h := float64(most)*4.8 + 2
		return block{h, func(y float64) {
			s.Use(font, 11, export.Black)
			x := left
			for i, l := range lines {
				w := each
				if i == 0 {
					w = first
				}
				s.Frame(x, y, w, h, 0.2, export.HairInk)
				for j, text := range l {
					s.WriteCentred(x+w/2, y+4.6+float64(j)*4.8, text)
				}
				x += w
			}
		}}
	}
	head := []string{s.w.question}
	most := 0
	for _, v := range variants {
		head = append(head, v.Code)
		most = max(most, len(v.items()))
	}
	title := row(head, export.SerifBold)
	s.put(title)
	for n := range most {
		cells := []string{strconv.Itoa(n + 1)}
		for _, v := range variants {
			text := ""
			if list := v.items(); n < len(list) {
				text = list[n].Right
			}
			cells = append(cells, text)
		}
		b := row(cells, export.Serif)
		if s.y+b.height > bottom {
			s.turn()
			s.put(title)
		}
		s.put(b)
	}
}
