package importing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// Moodle XML: <quiz> with a <question type="..."> each; one of type "category" says where the following ones belong.
func readMoodle(root *node) bank.Reading {
	reading := bank.Reading{Format: bank.Moodle, Items: []bank.ReadItem{}, Problems: []bank.Problem{}}
	topic := ""
	skipped := 0
	for _, q := range root.children("question") {
		kind := strings.ToLower(q.attr("type"))
		switch kind {
		case "category":
			topic = moodleTopic(q.at("category", "text").content())
			continue
		case "description":
			skipped++ // a text between questions asks nothing
			continue
		}
		if len(reading.Items) > bank.MaxReadItems {
			break
		}
		b := newBuilt("line", "", q.line, q.line)
		b.c.Topic = topic
		b.item.Label = limited(bank.CleanLine(q.at("name", "text").content()), 60)
		if extra := q.child("hoithi"); extra != nil {
			b.extra = bank.DecodeExtra(strings.TrimSpace(extra.content()))
		}
		for _, tag := range q.child("tags").children("tag") {
			if level, known := difficultyOf(tag.child("text").content()); known {
				b.c.Difficulty = level
			}
		}
		b.moodle(q, kind)
		b.item.Original = moodleOriginal(q)
		reading.Items = append(reading.Items, b.finished())
	}
	if skipped > 0 {
		reading.Problems = append(reading.Problems, problem(bank.Warning, "descriptions", "",
			fmt.Sprintf("%d đoạn giới thiệu (description) không phải câu hỏi nên được bỏ qua.", skipped),
			fmt.Sprintf("%d descriptions are no questions and were left out.", skipped)))
	}
	if len(reading.Items) == 0 {
		reading.Problems = append(reading.Problems, nothingFound())
	}
	return reading
}

// moodleOriginal shows what the file says, without its markup.
func moodleOriginal(q *node) string {
	lines := []string{fromHTML(q.at("questiontext", "text").content()).text}
	for _, k := range q.kids {
		switch k.name {
		case "answer":
			fraction := k.attr("fraction")
			lines = append(lines, strings.TrimSpace(fraction+" %  "+fromHTML(k.child("text").content()).text))
		case "subquestion":
			lines = append(lines, fromHTML(k.child("text").content()).text+" → "+k.at("answer", "text").content())
		case "dragbox", "selectoption":
			lines = append(lines, "["+k.child("text").content()+"]")
		}
	}
	return strings.Join(lines, "\n")
}

// moodleText reads an element with a format, a <text> and its files.
func (b *built) moodleText(n *node) rich {
	if n == nil {
		return rich{}
	}
	files := map[string]*node{}
	for _, f := range n.children("file") {
		files[f.attr("name")] = f
	}
	outer := b.stored
	b.stored = func(source string) []byte {
		name, ours := strings.CutPrefix(source, "@@PLUGINFILE@@/")
		if !ours {
			return nil
		}
		if i := strings.IndexByte(name, '?'); i >= 0 {
			name = name[:i]
		}
		f := files[name]
		if f == nil {
			f = files[name[strings.LastIndexByte(name, '/')+1:]]
		}
		if f == nil && outer != nil {
			return outer(source)
		}
		return fromBase64(f.content())
	}
	s := n.child("text").content()
	if n.child("text") == nil {
		s = n.content()
	}
	switch n.attr("format") {
	case "plain_text":
		return rich{text: s}
	case "html":
		return fromHTML(s)
	}
	if reGiftHTML.MatchString(s) {
		return fromHTML(s)
	}
	return rich{text: s}
}

func (b *built) moodle(q *node, kind string) {
	stem := b.moodleText(q.child("questiontext"))
	if kind != "cloze" && kind != "gapselect" && kind != "ddwtos" {
		b.stem(stem)
	}
	feedback := b.moodleText(q.child("generalfeedback"))
	b.c.Explanation = feedback.text
	b.say(feedback, "explanation")
	switch kind {
	case "multichoice":
		b.moodleChoice(q)
	case "truefalse":
		b.c.Type, b.c.Key.Options = bank.TrueFalse, []string{}
		for _, a := range q.children("answer") {
			if id, ok := truth(a.child("text").content()); ok && percent(a) > 0 {
				b.c.Key.Options = append(b.c.Key.Options, id)
			}
		}
	case "shortanswer":
		b.c.Type = bank.ShortText
		for _, a := range q.children("answer") {
			if percent(a) >= 100 {
				text := a.child("text").content()
				if a.attr("format") == "html" {
					text = plainHTML(text)
				}
				b.c.Key.Texts = append(b.c.Key.Texts, text)
			} else {
				b.partAnswers()
			}
		}
		for _, t := range b.c.Key.Texts {
			if strings.Contains(t, "*") {
				b.doubt("wildcard", "key.texts", "Đáp án có dấu * (ở Moodle nghĩa là chữ bất kỳ); ở đây được hiểu là chính dấu *.",
					"An answer has an asterisk, which is a wildcard in Moodle; here it is the sign itself.")
			}
		}
	case "numerical":
		b.moodleNumber(q)
	case "matching":
		b.moodlePairs(q)
	case "ordering":
		var options []bank.Option
		for i, a := range q.children("answer") {
			options = append(options, b.option(bank.OptionID(i), b.moodleText(a), fmt.Sprintf("options[%d]", i)))
		}
		b.ordered(options)
	case "gapselect", "ddwtos":
		b.moodleGaps(q, kind, stem)
	case "cloze":
		b.moodleCloze(q)
	case "mtf", "kprime":
		b.moodleGroup(q, kind)
	default:
		b.unknown(kind)
	}
}

func percent(a *node) float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(a.attr("fraction")), 64)
	if err != nil {
		return 0
	}
	return f
}

func (b *built) partAnswers() {
	b.doubt("part_answers", "key", "Đáp án chỉ được một phần điểm hoặc 0 điểm trong tệp không được nhập.",
		"Answers that are worth only a part of the points, or none, are not imported.")
}

func (b *built) moodleChoice(q *node) {
	var places []int
	for i, a := range q.children("answer") {
		b.c.Options = append(b.c.Options, b.option(bank.OptionID(i), b.moodleText(a), fmt.Sprintf("options[%d]", i)))
		if percent(a) > 0 {
			places = append(places, i)
		}
		if a.child("feedback") != nil && !blankText(fromHTML(a.at("feedback", "text").content()).text) {
			b.doubt("feedback", "explanation", "Nhận xét riêng của từng phương án không được nhập.", "Feedback on single options is not imported.")
		}
	}
	single := strings.TrimSpace(q.child("single").content())
	several := single == "false" || single == "0"
	if !several && len(places) > 1 {
		// Only one can be chosen: the one with the full points is right.
		var full []int
		for i, a := range q.children("answer") {
			if percent(a) >= 100 {
				full = append(full, i)
			}
		}
		if len(full) == 1 {
			places = full
			b.partAnswers()
		}
	}
	b.right(places, several)
	if shuffle := strings.TrimSpace(q.child("shuffleanswers").content()); (shuffle == "false" || shuffle == "0") && b.extra.Type == "" {
		for _, o := range b.c.Options {
			b.extra.Pinned = append(b.extra.Pinned, o.ID)
		}
	}
}

func (b *built) moodleNumber(q *node) {
	b.c.Type = bank.Numeric
	found := false
	for _, a := range q.children("answer") {
		if percent(a) < 100 || found {
			b.partAnswers()
			continue
		}
		found = true
		b.number(a.child("text").content(), a.child("tolerance").content())
		if strings.TrimSpace(b.c.Key.Number) == "*" {
			b.c.Key.Number = ""
		}
	}
	if q.child("units") != nil && len(q.child("units").children("unit")) > 0 {
		b.doubt("units", "key.number", "Đơn vị đo của đáp số không được nhập.", "Units of the number are not imported.")
	}
}

func (b *built) moodlePairs(q *node) {
	var left []bank.Option
	var right, more []string
	for _, s := range q.children("subquestion") {
		source, target := b.moodleText(s), fromHTML(s.at("answer", "text").content()).text
		if blankText(source.text) && len(source.media) == 0 {
			more = append(more, target)
			continue
		}
		n := len(left)
		left = append(left, b.option(bank.OptionID(n), source, fmt.Sprintf("options[%d]", n)))
		right = append(right, target)
	}
	b.pairs(left, right, more)
}

// moodleGroup reads the statements of the two plugins for true/false groups.
func (b *built) moodleGroup(q *node, kind string) {
	b.c.Type, b.c.PartialCredit, b.c.Key.Options = bank.TrueFalseGroup, bank.ByTable, []string{}
	rows := q.children("row")
	for i, row := range rows {
		b.c.Options = append(b.c.Options, b.option(bank.OptionID(i), b.moodleText(row.child("rowtext")), fmt.Sprintf("options[%d]", i)))
		if row.child("rowtext") == nil {
			b.c.Options[i] = b.option(bank.OptionID(i), b.moodleText(row.child("optiontext")), fmt.Sprintf("options[%d]", i))
		}
	}
	for _, w := range q.children("weight") {
		row, err := strconv.Atoi(w.attr("rownumber"))
		weight, _ := strconv.ParseFloat(strings.TrimSpace(w.child("value").content()), 64)
		if err == nil && row >= 1 && row <= len(rows) && w.attr("columnnumber") == "1" && weight > 0 {
			b.c.Key.Options = append(b.c.Key.Options, bank.OptionID(row-1))
		}
	}
	if len(rows) == 0 {
		b.unknown(kind)
	}
}

var reGap = regexp.MustCompile(`\[\[(\d{1,2})\]\]`)

// moodleGaps reads words that are dragged or chosen into [[1]], [[2]]: each gap offers the words of its group.
func (b *built) moodleGaps(q *node, kind string, stem rich) {
	type word struct{ text, group string }
	var words []word
	for _, n := range q.children(map[string]string{"gapselect": "selectoption", "ddwtos": "dragbox"}[kind]) {
		words = append(words, word{fromHTML(n.child("text").content()).text, strings.TrimSpace(n.child("group").content())})
	}
	b.c.Type, b.c.PartialCredit = bank.FillIn, bank.PerPart
	stem.text = reGap.ReplaceAllStringFunc(stem.text, func(m string) string {
		i, _ := strconv.Atoi(m[2 : len(m)-2])
		if i < 1 || i > len(words) {
			b.wrong("gap_unknown", "stem", fmt.Sprintf("Chỗ trống %s không có từ nào.", m), fmt.Sprintf("There is no word for the gap %s.", m))
			return m
		}
		id := fmt.Sprint(len(b.c.Blanks) + 1)
		blank, key := bank.Blank{ID: id, Type: bank.Single}, bank.BlankKey{ID: id}
		for j, w := range words {
			if w.group != words[i-1].group {
				continue
			}
			option := bank.OptionID(len(blank.Options))
			blank.Options = append(blank.Options, bank.Option{ID: option, Text: w.text})
			if j == i-1 {
				key.Option = option
			}
		}
		b.c.Blanks, b.c.Key.Blanks = append(b.c.Blanks, blank), append(b.c.Key.Blanks, key)
		return "[[" + id + "]]"
	})
	b.stem(stem)
}
