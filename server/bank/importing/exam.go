package importing

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// draft is a question while its lines are gathered.
type draft struct {
	number      int
	group       int // which numbering it belongs to
	label       string
	stem        []string
	options     []draftOption
	answer      string // as written: "B", "A, C", "Hà Nội"
	answered    bool
	explanation []string
	source      string
	remark      string
	topic       string
	difficulty  string
	kind        bank.ItemType // as a label states it; empty: to be found out
	credit      string
	ignoreMarks bool
	act         string // a source that was labelled apart
	article     string
	targets     []bank.Option
	pinAll      bool // options are not to be shuffled
	group2025   bool // under a heading for true/false groups
	optionAt    int  // the paragraph of the last option
	from, to    int
	original    []string
	pictures    []string
	alts        []string
	problems    []bank.Problem
}

// draftOption is an option with the marks on its letter and its text.
type draftOption struct {
	letter  int
	starred bool
	pinned  bool
	small   bool // "a)" and not "A."
	label   line
	text    line
	picture string
	alt     string
}

// examReader walks over the lines of a document that is labelled in the Azota style, or marked in place.
type examReader struct {
	lines    []line
	byNumber bool // questions start with "1." because there is no "Câu 1" anywhere
	drafts   []*draft
	current  *draft
	field    string // what a line without a label goes on with: stem, option, explanation
	group    int
	topic    string
	blank    bool // the line before was empty
	inKey    bool // behind "HẾT" or "ĐÁP ÁN"
	keys     []keyEntry
	problems []bank.Problem
	strays   int
	stored   func(string) []byte // finds pictures
	capitals bool                // some options are "A.": then "a)" are statements
	groups   bool                // under a heading for true/false groups
	pinAll   bool                // in a group whose options are not to be shuffled
	lead     []string            // the text that goes before all questions of a group
	inGroup  bool
	last     *string // what a line break inside of a paragraph goes on with
	lastFrom int     // and that paragraph
}

// readPaper turns the blocks of a document into items: labelled ones, or those told apart by blank lines only.
func readPaper(blocks []block, stored func(string) []byte) bank.Reading {
	r := &examReader{stored: stored}
	labelled, numbered := 0, 0
	for _, b := range blocks {
		if b.table != nil {
			r.addTable(b.table)
			continue
		}
		for _, l := range b.lines {
			r.addLine(l)
		}
	}
	lettered, starred := 0, 0
	for _, l := range r.lines {
		switch m := reOption.FindStringSubmatch(l.text); {
		case reQuestion.MatchString(l.text):
			labelled++
		case reNumber.MatchString(l.text):
			numbered++
		case m != nil:
			lettered++
			r.capitals = r.capitals || m[2] < "a"
		case strings.HasPrefix(l.text, "*"):
			starred++
		}
	}
	if labelled == 0 && lettered == 0 && starred > 0 {
		return r.readUnlabelled()
	}
	r.byNumber = labelled == 0 && numbered > 0
	for i, l := range r.lines {
		if l.keys != nil {
			r.keys = append(r.keys, l.keys...)
			continue
		}
		r.take(i, l)
	}
	return r.finish()
}

// addLine puts a line in the queue; empty ones are kept as a sign.
func (r *examReader) addLine(l line) {
	l = l.trimmed()
	l.blank = l.text == "" && len(l.pictures) == 0
	r.lines = append(r.lines, l)
}

// addTable reads a table as a key, as options or questions laid out in cells, or as part of a stem.
func (r *examReader) addTable(table [][][]line) {
	if keys := keyTable(table); keys != nil {
		r.lines = append(r.lines, line{keys: keys})
		return
	}
	layout := false
	for _, row := range table {
		for _, cell := range row {
			for _, l := range cell {
				l = l.trimmed()
				layout = layout || reOption.MatchString(l.text) || reQuestion.MatchString(l.text)
			}
		}
	}
	for _, row := range table {
		if layout {
			for _, cell := range row {
				for _, l := range cell {
					if l = l.trimmed(); l.text != "" || len(l.pictures) > 0 {
						r.addLine(l)
					}
				}
			}
			continue
		}
		var w writing
		whole := line{table: true}
		for _, cell := range row {
			for _, l := range cell {
				whole.paragraph = max(whole.paragraph, l.paragraph)
				whole.pictures = append(whole.pictures, l.pictures...)
				if l = l.trimmed(); l.text == "" {
					continue
				}
				if w.text.Len() > 0 {
					w.add(" | ", marks{})
				}
				w.add(l.text, marks{})
			}
		}
		whole.text, whole.marks = w.text.String(), w.marks
		if whole.text != "" || len(whole.pictures) > 0 {
			r.addLine(whole)
		}
	}
}

// take reads one line.
func (r *examReader) take(i int, l line) {
	if l.blank {
		r.blank = true
		return
	}
	defer func() { r.blank = false }()
	if r.takeShuffle(l) {
		return
	}
	if reEnd.MatchString(l.text) {
		r.current, r.inKey = nil, true
		return
	}
	if len(r.drafts) > 0 && reKeyTitle.MatchString(l.text) && (r.current == nil || r.current.complete()) {
		r.current, r.inKey = nil, true
		return
	}
	if r.inKey && r.takeKeyLine(l) {
		return
	}
	if pairs := keyLine(l.text, 2); pairs != nil && len(r.drafts) > 1 {
		r.current, r.inKey = nil, true
		r.keys = append(r.keys, pairs...)
		return
	}
	if r.takeHeading(l) || r.takeQuestion(i, l) {
		return
	}
	if r.current == nil {
		if r.inGroup && l.text != "" {
			r.lead = append(r.lead, l.text)
		}
		return // the title and the instructions of the paper
	}
	r.current.note(l)
	before := len(r.current.options)
	if r.takeOptions(i, l) {
		r.current.picturesOf(l, before)
		r.last = nil
		return
	}
	r.current.picturesOf(l, -1)
	if r.takeField(l) {
		return
	}
	if r.last != nil && r.lastFrom == l.paragraph {
		*r.last += "\n" + l.text
		return
	}
	r.goOn(l)
}

// complete tells whether a question could end here.
func (d *draft) complete() bool { return len(d.options) >= 2 || d.answered }

func (d *draft) note(l line) {
	d.to = max(d.to, l.paragraph)
	if l.text != "" {
		d.original = append(d.original, l.text)
	}
	if l.formula {
		d.doubt("formula", "stem", "Công thức có phần chưa chuyển được, chỉ giữ lại chữ: hãy so với bản gốc.",
			"A part of a formula could not be converted and was kept as text: compare it with the original.")
	}
	if l.table {
		d.doubt("table", "stem", "Câu có bảng: mỗi hàng đã chuyển thành một dòng chữ, hãy so với bản gốc.",
			"A table was turned into lines of text; compare it with the original.")
	}
}

// doubt adds a warning once.
func (d *draft) doubt(code, path, vi, en string) {
	for _, p := range d.problems {
		if p.Code == code {
			return
		}
	}
	d.problems = append(d.problems, problem(bank.Warning, code, path, vi, en))
}

// takeHeading reads "Phần I. ...", "II. ..." and "Chủ đề 2: ..." between questions.
func (r *examReader) takeHeading(l line) bool {
	if r.current != nil && !r.current.complete() {
		return false
	}
	title := ""
	if m := reTopic.FindStringSubmatch(l.text); m != nil && (r.current == nil || r.blank || m[1] != "") {
		title = m[2]
	} else if m := reGroup.FindStringSubmatch(l.text); m != nil {
		title = m[2]
	} else if m := reRoman.FindStringSubmatch(l.text); m != nil {
		title = m[2]
	} else {
		return false
	}
	r.current = nil
	r.group++
	r.topic = asTopic(title)
	r.groups = strings.Contains(bank.SearchKey(title), "dung sai")
	return true
}

// takeQuestion reads the first line of a question.
func (r *examReader) takeQuestion(i int, l line) bool {
	var rest line
	label, number := "", 0
	if m := reQuestion.FindStringSubmatchIndex(l.text); m != nil && !r.byNumber {
		number, rest = atoi(l.text[m[2]:m[3]]), l.from(m[1])
		label = strings.TrimRight(bank.CleanLine(l.text[:m[3]]), ".:)")
	} else if m := reNumber.FindStringSubmatchIndex(l.text); m != nil && r.byNumber {
		number = atoi(l.text[m[2]:m[3]])
		end := m[1]
		if m[4] >= 0 {
			end = m[4]
		}
		rest = l.from(end)
		label = l.text[m[2]:m[3]]
		// A list inside a stem starts at 1 again; questions go on.
		if d := r.current; d != nil && !d.complete() && number <= d.number {
			return false
		}
	} else {
		return false
	}
	d := &draft{number: number, group: r.group, label: label, topic: r.topic, from: l.paragraph, to: l.paragraph, pinAll: r.pinAll, group2025: r.groups}
	r.last = nil
	if len(r.lead) > 0 {
		d.stem = append(d.stem, r.lead...)
		d.doubt("lead", "stem", "Đoạn dẫn chung của nhóm câu đã được thêm vào đầu câu.", "The text that the group shares was put before the question.")
	}
	for {
		m := reTag.FindStringSubmatchIndex(rest.text)
		if m == nil {
			break
		}
		tag := rest.text[m[2]:m[3]]
		if _, known := difficultyOf(tag); known {
			d.difficulty = tag
		} else if !rePoints.MatchString(strings.TrimSpace(tag)) {
			break
		}
		rest = rest.from(m[1])
	}
	rest.text = strings.TrimLeft(rest.text, ".: ")
	rest.marks = rest.marks[len(rest.marks)-len([]rune(rest.text)):]
	r.drafts = append(r.drafts, d)
	r.current, r.field = d, "stem"
	d.note(l)
	d.picturesOf(l, -1)
	stem, options := splitInline(rest, 0, r.nextLetter(i))
	if len(options) < 2 {
		stem, options = rest, nil
	}
	if stem.text != "" {
		d.stem = append(d.stem, strings.TrimSpace(stem.text))
	}
	r.addOptions(options)
	return true
}

// finish joins the keys to the questions and makes the reading.
func (r *examReader) finish() bank.Reading {
	reading := bank.Reading{Items: []bank.ReadItem{}, Problems: r.problems}
	reading.Problems = append(reading.Problems, joinKeys(r.drafts, r.keys)...)
	withoutLevel := 0
	for i, d := range r.drafts {
		if i > bank.MaxReadItems {
			break
		}
		item, levelKnown := d.item(r)
		if !levelKnown {
			withoutLevel++
		}
		reading.Items = append(reading.Items, item)
	}
	if len(reading.Items) == 0 {
		reading.Problems = append(reading.Problems, problem(bank.Error, "nothing_found", "",
			"Không tìm thấy câu hỏi nào. Mỗi câu cần bắt đầu bằng \"Câu 1.\" hoặc \"1.\", các phương án bằng \"A.\", \"B.\"…",
			"No question was found. Each one must start with \"Câu 1.\" or \"1.\", and its options with \"A.\", \"B.\"..."))
	}
	reading.Problems = append(reading.Problems, levelNote(withoutLevel, len(reading.Items))...)
	if reading.Problems == nil {
		reading.Problems = []bank.Problem{}
	}
	return reading
}

// levelNote says once for the file that levels were not stated.
func levelNote(without, all int) []bank.Problem {
	if without == 0 {
		return nil
	}
	return []bank.Problem{problem(bank.Warning, "no_difficulty", "difficulty",
		fmt.Sprintf("%d trong %d câu không ghi mức độ: tạm xếp vào \"Thông hiểu\".", without, all),
		fmt.Sprintf("%d of %d questions state no difficulty: they are put under \"Understanding\" for now.", without, all))}
}

func short(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
