package importing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// marks are the ways in which a letter can be marked in a document.
type marks struct {
	bold, underline, highlight bool
	colour                     string // "" for black and near black
}

// line is a line of text whose every letter knows its marks.
type line struct {
	text      string
	marks     []marks // one a rune
	paragraph int
	pictures  []string // names of pictures' parts
	alts      []string
	formula   bool       // one that could not be turned into LaTeX whole
	blank     bool       // stands for an empty paragraph
	table     bool       // a row of a table
	keys      []keyEntry // stands for a whole key table
}

// writing gathers the letters of a line.
type writing struct {
	text  strings.Builder
	marks []marks
}

func (w *writing) add(s string, m marks) {
	for _, r := range s {
		if len(w.marks) >= maxLineRunes {
			return
		}
		w.text.WriteRune(r)
		w.marks = append(w.marks, m)
	}
}

// lines are the written lines in NFC, parted at line breaks.
func (w *writing) lines() []line {
	var out []line
	whole := line{text: w.text.String(), marks: w.marks}
	from := 0
	for from <= len(whole.text) {
		to := strings.IndexByte(whole.text[from:], '\n')
		if to < 0 {
			out = append(out, whole.from(from).composed())
			break
		}
		out = append(out, whole.cut(from, from+to).composed())
		from += to + 1
	}
	return out
}

// cut is the part between two byte offsets of the text.
func (l line) cut(from, to int) line {
	start := utf8.RuneCountInString(l.text[:from])
	n := utf8.RuneCountInString(l.text[from:to])
	c := l
	c.text = l.text[from:to]
	c.marks = l.marks[start : start+n]
	return c
}

// from is the part after a byte offset.
func (l line) from(offset int) line { return l.cut(offset, len(l.text)) }

// trimmed is the line without spaces around it.
func (l line) trimmed() line {
	from := len(l.text) - len(strings.TrimLeftFunc(l.text, unicode.IsSpace))
	to := len(strings.TrimRightFunc(l.text, unicode.IsSpace))
	if from >= to {
		c := l
		c.text, c.marks = "", nil
		return c
	}
	return l.cut(from, to)
}

// composed is the line in NFC; a composed letter keeps the marks of its first part.
func (l line) composed() line {
	if norm.NFC.IsNormalString(l.text) {
		return l
	}
	c := l
	c.text, c.marks = "", nil
	var b strings.Builder
	var it norm.Iter
	it.InitString(norm.NFC, l.text)
	consumed := 0
	for !it.Done() {
		before := it.Pos()
		segment := it.Next()
		m := l.marks[min(consumed, len(l.marks)-1)]
		for range string(segment) {
			c.marks = append(c.marks, m)
		}
		b.Write(segment)
		consumed += utf8.RuneCountInString(l.text[before:it.Pos()])
	}
	c.text = b.String()
	return c
}

// share tells how much of the visible text (in percent) has a mark.
func share(m []marks, text string, has func(marks) bool) int {
	n, marked := 0, 0
	i := 0
	for _, r := range text {
		if i >= len(m) {
			break
		}
		if !unicode.IsSpace(r) {
			n++
			if has(m[i]) {
				marked++
			}
		}
		i++
	}
	if n == 0 {
		return 0
	}
	return marked * 100 / n
}
