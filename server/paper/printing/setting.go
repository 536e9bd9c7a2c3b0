package printing

import (
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/export"
)

// box is a word or a piece of a formula on a line: its extent around the baseline, and how it is drawn.
type box struct {
	width, up, down float64
	draw            func(x, y float64)
	space           bool // a line may break here, and nothing is drawn then
	newline         bool
}

func (s *press) word(text string, font export.Font, points float64) box {
	s.Use(font, points, export.Black)
	return box{width: s.Width(text), up: points * mm * 0.75, down: points * mm * 0.22, draw: func(x, y float64) {
		s.Use(font, points, export.Black)
		s.Write(x, y, text)
	}}
}

// boxes parts a text with formulas into what can be set on lines.
func (s *press) boxes(text string, font export.Font, points float64) []box {
	var list []box
	for _, segment := range bank.Segments(text) {
		if segment.Formula {
			list = append(list, s.row(formula(segment.Text), points))
			continue
		}
		for i, line := range strings.Split(segment.Text, "\n") {
			if i > 0 {
				list = append(list, box{newline: true})
			}
			for j, part := range strings.Split(line, " ") {
				if j > 0 {
					space := s.word(" ", font, points)
					space.space = true
					s.Use(font, points, export.Black)
					space.width = s.Width("n n") - s.Width("nn")
					list = append(list, space)
				}
				if part != "" {
					list = append(list, s.word(part, font, points))
				}
			}
		}
	}
	return list
}

// row sets pieces of a formula one behind the other.
func (s *press) row(nodes []node, points float64) box {
	var list []box
	for _, n := range nodes {
		list = append(list, s.node(n, points))
	}
	b := box{up: points * mm * 0.75, down: points * mm * 0.22}
	for _, x := range list {
		b.width += x.width
		b.up, b.down = max(b.up, x.up), max(b.down, x.down)
	}
	b.draw = func(x, y float64) {
		for _, part := range list {
			part.draw(x, y)
			x += part.width
		}
	}
	return b
}

func (s *press) node(n node, points float64) box {
	thin := points * mm * 0.12
	switch n.kind {
	case letterly:
		return s.word(n.text, export.SerifItalic, points)
	case fraction:
		a, b := s.row(n.parts[0], points*0.85), s.row(n.parts[1], points*0.85)
		axis := points * mm * 0.25
		w := max(a.width, b.width) + 2*thin
		return box{width: w + 2*thin, up: axis + thin + a.down + a.up, down: thin + b.up + b.down - axis, draw: func(x, y float64) {
			x += thin
			a.draw(x+(w-a.width)/2, y-axis-thin-a.down)
			s.Rule(x, y-axis, x+w, y-axis, 0.2, export.Black)
			b.draw(x+(w-b.width)/2, y-axis+thin+b.up)
		}}
	case root:
		in, index := s.row(n.parts[0], points), s.row(n.parts[1], points*0.55)
		hook := points * mm * 0.5
		before := max(0, index.width-hook*0.5)
		return box{width: before + hook + in.width + thin, up: in.up + 2*thin, down: in.down, draw: func(x, y float64) {
			if len(n.parts[1]) > 0 {
				index.draw(x, y-in.up*0.55)
			}
			x += before
			roof := y - in.up - thin
			s.Rule(x, y-in.up*0.35, x+hook*0.3, y-in.up*0.45, 0.2, export.Black)
			s.Rule(x+hook*0.3, y-in.up*0.45, x+hook*0.6, y+in.down*0.8, 0.3, export.Black)
			s.Rule(x+hook*0.6, y+in.down*0.8, x+hook, roof, 0.2, export.Black)
			s.Rule(x+hook, roof, x+hook+in.width+thin, roof, 0.2, export.Black)
			in.draw(x+hook+thin/2, y)
		}}
	case script:
		base, above, below := s.row(n.parts[0], points), s.row(n.parts[1], points*0.68), s.row(n.parts[2], points*0.68)
		if len(n.parts[0]) == 0 {
			base.width = 0
		}
		rise, drop := base.up*0.55, base.down*0.9
		b := box{width: base.width + max(above.width, below.width) + thin/2, up: base.up, down: base.down}
		if len(n.parts[1]) > 0 {
			b.up = max(b.up, rise+above.up)
		}
		if len(n.parts[2]) > 0 {
			b.down = max(b.down, drop+below.down)
		}
		b.draw = func(x, y float64) {
			base.draw(x, y)
			above.draw(x+base.width, y-rise)
			below.draw(x+base.width, y+drop)
		}
		return b
	case over:
		in := s.row(n.parts[0], points)
		return box{width: in.width + thin, up: in.up + 2*thin, down: in.down, draw: func(x, y float64) {
			in.draw(x, y)
			s.Rule(x, y-in.up-thin/2, x+in.width, y-in.up-thin/2, 0.2, export.Black)
		}}
	case word:
	}
	w := s.word(n.text, export.Serif, points)
	// Spaces around a sign are part of what is said; the width of a text without ink at its ends leaves them out.
	pad := float64(len(n.text)-len(strings.TrimLeft(n.text, " "))) * points * mm * 0.2
	end := float64(len(n.text)-len(strings.TrimRight(n.text, " "))) * points * mm * 0.2
	inner := s.word(strings.TrimSpace(n.text), export.Serif, points)
	w.width = pad + inner.width + end
	w.draw = func(x, y float64) { inner.draw(x+pad, y) }
	return w
}

// wrapped breaks boxes into lines. The first line may begin further in.
func (s *press) wrapped(list []box, w float64, indent ...float64) [][]box {
	lines := [][]box{nil}
	at := 0.0
	if len(indent) > 0 {
		at = indent[0]
	}
	next := func() {
		lines = append(lines, nil)
		at = 0
	}
	for i := 0; i < len(list); {
		if list[i].newline {
			next()
			i++
			continue
		}
		if list[i].space {
			if at > 0 {
				lines[len(lines)-1] = append(lines[len(lines)-1], list[i])
				at += list[i].width
			}
			i++
			continue
		}
		// What stands without a space between goes to one line.
		end, wide := i, 0.0
		for end < len(list) && !list[end].space && !list[end].newline {
			wide += list[end].width
			end++
		}
		if at > 0 && at+wide > w {
			next()
		}
		for ; i < end; i++ {
			lines[len(lines)-1] = append(lines[len(lines)-1], list[i])
			at += list[i].width
		}
	}
	return lines
}

// lines sets lines below each other, and tells how far the baseline of the first lies below its top.
func (s *press) lines(lines [][]box, x float64, indent float64) (blocks []block, base float64) {
	for i, line := range lines {
		up, down := size*mm*0.75, size*mm*0.22
		for _, b := range line {
			up, down = max(up, b.up), max(down, b.down)
		}
		from := x
		if i == 0 {
			from += indent
			base = up + lead/2
		}
		blocks = append(blocks, block{up + down + lead, func(y float64) {
			at := from
			for _, b := range line {
				if b.draw != nil && !b.space {
					b.draw(at, y+up+lead/2)
				}
				at += b.width
			}
		}})
	}
	return blocks, base
}

func (s *press) text(text string, x, w float64, font export.Font) []block {
	blocks, _ := s.lines(s.wrapped(s.boxes(text, font, size), w), x, 0)
	return blocks
}

// labelled sets a text behind a bold label on its first line.
func (s *press) labelled(label, text string, x, w float64) []block {
	s.Use(export.SerifBold, size, export.Black)
	indent := s.Width(label) + 1.6
	blocks, base := s.lines(s.wrapped(s.boxes(text, export.Serif, size), w, indent), x, indent)
	return s.withLabel(blocks, base, label, x, export.SerifBold)
}

// labelledIn sets a text that stays behind its label on every line.
func (s *press) labelledIn(label, text string, x, w float64, font export.Font) []block {
	s.Use(font, size, export.Black)
	indent := max(6, s.Width(label)+1.5)
	blocks, base := s.lines(s.wrapped(s.boxes(text, export.Serif, size), w-indent), x+indent, 0)
	return s.withLabel(blocks, base, label, x, font)
}

func (s *press) withLabel(blocks []block, base float64, label string, x float64, font export.Font) []block {
	first := blocks[0]
	blocks[0] = block{first.height, func(y float64) {
		s.Use(font, size, export.Black)
		s.Write(x, y+base, label)
		first.draw(y)
	}}
	return blocks
}
