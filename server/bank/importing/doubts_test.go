package importing

import (
	"strings"
	"testing"
)

func TestDoubtsAreSaidNotGuessed(t *testing.T) {
	for name, tc := range map[string]struct {
		build func(*document)
		code  string
	}{
		"no answer anywhere":  {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y") }, "error:no_key"},
		"answer against mark": {func(d *document) { d.lines("Câu 1. Gì?\n*A. x\nB. y\nĐáp án: B") }, "error:key_conflict"},
		"marks against each other": {func(d *document) {
			d.lines("Câu 1. Gì?")
			d.p(run("A. xx", bold))
			d.p(run("B. yy", red))
			d.lines("C. z")
		}, "error:marks_conflict"},
		"two answers":              {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nĐáp án: A\nHẾT\n1-B") }, "error:two_answers"},
		"answer without option":    {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nĐáp án: E") }, "error:key_unknown"},
		"option left out":          {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nD. z\nĐáp án: A") }, "error:option_missing"},
		"label of a question lost": {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nĐáp án: A\nCâu hai gì?\nA. u\nB. v") }, ""},
		"options speak of letters": {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nC. Cả A và B\nĐáp án: C") }, "warning:letters_in_option"},
		"neither options nor key":  {func(d *document) { d.lines("Câu 1. Hãy trình bày suy nghĩ của bạn.") }, "error:no_options"},
		"options twice":            {func(d *document) { d.lines("Câu 1. Gì?\nA. x\nB. y\nA. u\nB. v\nĐáp án: A") }, "error:option_twice"},
		"a formula that is not known whole": {func(d *document) {
			d.raw(`<w:p>` + run("Câu 1. Tính ") + `<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>x+1</m:t></m:r></m:den></m:f><m:strange><m:r><m:t>y</m:t></m:r></m:strange></m:oMath></w:p>`)
			d.lines("Đáp án: 2")
		}, "warning:formula"},
		"text that belongs nowhere": {func(d *document) { d.lines("Câu 1. Gì?\n*A. x\nB. y\n\nĐoạn văn lạ") }, "warning:stray"},
	} {
		t.Run(name, func(t *testing.T) {
			d := new(document)
			tc.build(d)
			r := read(t, d.bytes(t))
			if len(r.Items) == 0 {
				t.Fatal("no item")
			}
			got := codes(r.Items[0].Problems)
			if tc.code != "" && !strings.Contains(got, tc.code) {
				t.Errorf("problems %q, want %s (item: %s)", got, tc.code, summary(r.Items[0]))
			}
			if strings.Contains(got, "UNTRANSLATED") {
				t.Errorf("a problem lacks a language: %s", got)
			}
		})
	}
	r := read(t, new(document).lines("Chỉ có một đoạn văn.").bytes(t))
	if !strings.Contains(codes(r.Problems), "error:nothing_found") {
		t.Errorf("problems %s", codes(r.Problems))
	}
}
