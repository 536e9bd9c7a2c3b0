package printing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

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
