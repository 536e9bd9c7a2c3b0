package importing

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// nextLetter is the option with which the next line that is not empty starts, or -1.
func (r *examReader) nextLetter(i int) int {
	for j := i + 1; j < len(r.lines) && j < i+4; j++ {
		if r.lines[j].blank {
			continue
		}
		if m := reOption.FindStringSubmatch(r.lines[j].text); m != nil {
			return int(strings.ToLower(m[2])[0] - 'a')
		}
		return -1
	}
	return -1
}

// takeOptions reads a line that starts with the letter of an option, and the ones that follow on the same line.
func (r *examReader) takeOptions(i int, l line) bool {
	d := r.current
	if r.field == "explanation" {
		return false
	}
	m := reOption.FindStringSubmatchIndex(l.text)
	if m == nil {
		if _, options := splitInline(l, len(d.options), r.nextLetter(i)); len(options) >= 2 && len(d.options) == 0 {
			stem, _ := splitInline(l, 0, r.nextLetter(i))
			d.stem = append(d.stem, strings.TrimSpace(stem.text))
			r.addOptions(options)
			return true
		}
		return false
	}
	letter := int(strings.ToLower(l.text[m[4]:m[5]])[0] - 'a')
	expected := len(d.options)
	if expected > 0 {
		expected = d.options[len(d.options)-1].letter + 1
	}
	switch {
	case letter == expected:
	case letter > expected && letter <= expected+2 && expected > 0:
		d.problems = append(d.problems, problem(bank.Error, "option_missing", "options",
			fmt.Sprintf("Không thấy phương án %s.", strings.ToUpper(bank.OptionID(expected))),
			fmt.Sprintf("Option %s was not found.", strings.ToUpper(bank.OptionID(expected)))))
	case letter < expected:
		d.problems = append(d.problems, problem(bank.Error, "option_twice", "options",
			fmt.Sprintf("Phương án %s có hai lần; có thể thiếu nhãn \"Câu\" của câu sau.", strings.ToUpper(bank.OptionID(letter))),
			fmt.Sprintf("Option %s occurs twice; perhaps the label of the next question is missing.", strings.ToUpper(bank.OptionID(letter)))))
		return false
	default:
		return false
	}
	_, options := splitInline(l, letter, r.nextLetter(i))
	r.addOptions(options)
	d.optionAt = l.paragraph
	return true
}

func (r *examReader) addOptions(options []draftOption) {
	if len(options) > 0 {
		r.current.options = append(r.current.options, options...)
		r.field = "option"
	}
}

// takeField reads "Đáp án: B", "Lời giải: ...", "Nguồn: ..." and the like.
func (r *examReader) takeField(l line) bool {
	d := r.current
	if r.takeSetting(l) {
		return true
	}
	if m := reAnswer.FindStringSubmatch(l.text); m != nil {
		d.setAnswer(m[1])
		r.field = "explanation"
		return true
	}
	if m := reChoose.FindStringSubmatch(l.text); m != nil && len(d.options) > 1 {
		d.setAnswer(m[1])
		if m[2] != "" {
			d.explanation = append(d.explanation, m[2])
		}
		r.field = "explanation"
		return true
	}
	if m := reExplain.FindStringSubmatch(l.text); m != nil {
		if m[1] != "" {
			d.explanation = append(d.explanation, m[1])
		}
		r.field = "explanation"
		return true
	}
	if m := reSource.FindStringSubmatch(l.text); m != nil && (d.complete() || r.field == "explanation") {
		d.source = m[1]
		return r.goesOn(&d.source, l)
	}
	if m := reNote.FindStringSubmatch(l.text); m != nil && d.complete() {
		d.remark = m[1]
		return r.goesOn(&d.remark, l)
	}
	if m := reTopic.FindStringSubmatch(l.text); m != nil && d.complete() {
		d.topic = m[2]
		return true
	}
	if m := reLevel.FindStringSubmatch(l.text); m != nil {
		d.difficulty = m[1]
		return true
	}
	return false
}

// takeSetting reads the labels with which an exported document says what its text does not: "Dạng: Ghép cặp".
func (r *examReader) takeSetting(l line) bool {
	d := r.current
	if m := reKind.FindStringSubmatch(l.text); m != nil {
		kind, known := typeOf(m[1])
		if known {
			d.kind = kind
			if r.field == "stem" {
				r.field = "kind"
			}
		}
		return known
	}
	if m := reCredit.FindStringSubmatch(l.text); m != nil {
		if rule, _ := creditOf(m[1]); rule != "" {
			d.credit = m[1]
			return true
		}
		return false
	}
	if m := reMarks.FindStringSubmatch(l.text); m != nil {
		d.ignoreMarks = yes(m[1])
		return true
	}
	if !d.complete() && r.field != "explanation" {
		return false
	}
	if m := reAct.FindStringSubmatch(l.text); m != nil {
		d.act = m[1]
		return r.goesOn(&d.act, l)
	}
	if m := reClause.FindStringSubmatch(l.text); m != nil {
		d.article = m[1]
		return r.goesOn(&d.article, l)
	}
	return false
}

// goesOn lets line breaks inside of this paragraph belong to the field.
func (r *examReader) goesOn(field *string, l line) bool {
	r.last, r.lastFrom = field, l.paragraph
	return true
}

func (d *draft) setAnswer(s string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	if d.answered && !strings.EqualFold(strings.TrimRight(s, "."), strings.TrimRight(d.answer, ".")) {
		d.problems = append(d.problems, problem(bank.Error, "two_answers", "key.options",
			fmt.Sprintf("Tệp ghi hai đáp án khác nhau: \"%s\" và \"%s\". Hãy chọn đáp án đúng.", short(d.answer), short(s)),
			fmt.Sprintf("The file states two answers: %q and %q. Choose the right one.", short(d.answer), short(s))))
		return
	}
	d.answer, d.answered = s, true
}

// goOn adds a line without a label to what it continues.
func (r *examReader) goOn(l line) {
	d := r.current
	switch {
	case l.text == "":
	case d.kind == bank.Matching && len(d.options) > 0 && reTarget.MatchString(l.text):
		m := reTarget.FindStringSubmatch(l.text)
		d.targets = append(d.targets, bank.Option{ID: m[1], Text: m[2]})
		r.field = "target"
		r.goesOn(&d.targets[len(d.targets)-1].Text, l)
	case d.kind == bank.FillIn && d.answered && strings.HasPrefix(l.text, "[["):
		d.answer += "\n" + l.text
	case r.field == "option" && l.paragraph == d.optionAt:
		last := &d.options[len(d.options)-1]
		last.text.text += "\n" + l.text
		last.text.marks = append(append(append([]marks(nil), last.text.marks...), marks{}), l.marks...)
	case r.field == "stem":
		d.stem = append(d.stem, l.text)
	case r.field == "explanation":
		d.explanation = append(d.explanation, l.text)
	case r.field == "option" && !r.blank:
		last := &d.options[len(d.options)-1]
		last.text.text += " " + l.text
		last.text.marks = append(append(append([]marks(nil), last.text.marks...), marks{}), l.marks...)
		if len(d.options) >= 2 {
			d.doubt("continued", fmt.Sprintf("options[%d].text", len(d.options)-1),
				"Phương án cuối có thêm dòng phía dưới: hãy kiểm tra dòng đó có thuộc phương án không.",
				"The last option goes on in the next line: check that the line belongs to it.")
		}
	default:
		r.strays++
		d.doubt("stray", "", "Sau các phương án còn dòng chữ không rõ thuộc về đâu; dòng này không được nhập.",
			"There is text behind the options that belongs to nothing; it will not be imported.")
	}
}
