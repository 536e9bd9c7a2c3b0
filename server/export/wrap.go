package export

import "strings"

// Wrap breaks a text into lines that fit the width in the chosen type. A word that is wider than a line is broken
// inside.
func (p *Paper) Wrap(text string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(p.Printable(text)) {
		for {
			candidate := word
			if line != "" {
				candidate = line + " " + word
			}
			if p.Width(candidate) <= width {
				line = candidate
				break
			}
			if line != "" {
				lines = append(lines, line)
				line = ""
				continue
			}
			head := p.head(word, width)
			lines = append(lines, head)
			word = word[len(head):]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// head is the longest beginning of a word that fits, at least one letter.
func (p *Paper) head(word string, width float64) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && p.Width(word[:next]) > width {
			break
		}
		end = next
	}
	return word[:end]
}

// Fit chooses the largest type between most and least points in which the text takes no more than maxLines lines of
// the width; at the least size what is still too long ends in an ellipsis. The paper is left with that type in use.
func (p *Paper) Fit(text string, width float64, maxLines int, font Font, most, least float64, ink Ink) []string {
	for size := most; ; size -= 0.5 {
		if size < least {
			size = least
		}
		p.Use(font, size, ink)
		lines := p.Wrap(text, width)
		if len(lines) <= maxLines && !p.brokenWord(text, width) {
			return p.balance(text, lines, width)
		}
		if size > least {
			continue
		}
		if len(lines) > maxLines {
			lines = lines[:maxLines]
			last := lines[maxLines-1]
			for last != "" && p.Width(last+"…") > width {
				r := []rune(last)
				last = string(r[:len(r)-1])
			}
			lines[maxLines-1] = strings.TrimRight(last, " ") + "…"
		}
		return lines
	}
}

// FitBox chooses the largest type in which the text fits a box, and gives the lines with the baseline of the first one
// measured from the upper edge of the text's own block.
func (p *Paper) FitBox(text string, width, height float64, font Font, most, least float64, ink Ink) []string {
	for size := most; ; size -= 0.5 {
		size = max(size, least)
		rows := max(int(height/(size*millimetresPerPoint*leading)), 1)
		lines := p.Fit(text, width, rows, font, size, size, ink)
		cut := len(lines) > 0 && strings.HasSuffix(lines[len(lines)-1], "…") && !strings.HasSuffix(text, "…")
		if size == least || (!cut && !p.brokenWord(text, width)) {
			return lines
		}
	}
}

// Lines writes lines under each other, the first with its capitals' upper edge at y, and gives the lower edge of the
// last one's baseline.
func (p *Paper) Lines(x, y float64, lines []string) float64 {
	baseline := y + p.size*millimetresPerPoint*capHeight
	for i, line := range lines {
		if i > 0 {
			baseline += p.Leading()
		}
		p.Write(x, baseline, line)
	}
	return baseline
}

// brokenWord tells whether a single word is wider than the line.
func (p *Paper) brokenWord(text string, width float64) bool {
	for _, word := range strings.Fields(text) {
		if p.Width(word) > width {
			return true
		}
	}
	return false
}

// balance narrows the lines as long as their number stays the same, so that the last one is not a lone word.
func (p *Paper) balance(text string, lines []string, width float64) []string {
	if len(lines) < 2 {
		return lines
	}
	for narrower := width - 1; narrower > width/2; narrower-- {
		next := p.Wrap(text, narrower)
		if len(next) > len(lines) || p.brokenWord(text, narrower) {
			break
		}
		lines = next
	}
	return lines
}

// Size is the chosen size in points.
func (p *Paper) Size() float64 { return p.size }

// Leading is the distance between two lines of the chosen type, in millimetres.
func (p *Paper) Leading() float64 { return p.size * millimetresPerPoint * leading }

const (
	millimetresPerPoint = 25.4 / 72
	leading             = 1.22
	capHeight           = 0.73
)
