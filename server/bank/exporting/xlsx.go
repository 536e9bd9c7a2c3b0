package exporting

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/export"
)

// words are the headings and labels of a file in one language.
type words struct {
	sheet                                                                      string
	number, kind, stem, option, answer, tolerance, topic, level                string
	explanation, act, article, note, partial, ignore, pinned, yes              string
	question, answerLabel, explain, source, noteLabel, end, keyTitle, levelTag string
	types                                                                      map[bank.ItemType]string
	credits                                                                    map[bank.PartialCredit]string
	target, kindTag, creditTag, marksTag, actTag, articleTag                   string
	levels                                                                     map[bank.Difficulty]string
	truth                                                                      [2]string
	hints                                                                      map[string]string
}

func wordsOf(locale string) words {
	if locale == "en" {
		return words{sheet: "Questions", number: "No", kind: "Type", stem: "Question", option: "Option ", answer: "Correct answer",
			tolerance: "Tolerance", topic: "Topic", level: "Difficulty", explanation: "Explanation", act: "Source", article: "Article", note: "Note",
			partial: "Partial credit", ignore: "Ignore marks", pinned: "Pinned", yes: "x",
			question: "Question", answerLabel: "Answer: ", explain: "Explanation: ", source: "Source: ", noteLabel: "Note: ", end: "THE END",
			keyTitle: "ANSWER KEY", levelTag: "Difficulty: ",
			types: map[bank.ItemType]string{bank.Single: "Single", bank.Multiple: "Multiple", bank.TrueFalse: "True/False", bank.ShortText: "Short answer", bank.Numeric: "Numeric",
				bank.TrueFalseGroup: "True/False group", bank.FillIn: "Fill in", bank.Ordering: "Ordering", bank.Matching: "Matching"},
			credits: map[bank.PartialCredit]string{bank.AllOrNothing: "all or nothing", bank.RightMinusWrong: "right minus wrong", bank.Proportion: "proportion",
				bank.PerPart: "per part", bank.InSequence: "in sequence"},
			target: "Match ", kindTag: "Type: ", creditTag: "Credit: ", marksTag: "Ignore marks: ", actTag: "Act: ", articleTag: "Article: ",
			levels: map[bank.Difficulty]string{bank.Recognition: "Recognition", bank.Understanding: "Understanding", bank.Application: "Application",
				bank.HighApplication: "High application"},
			truth: [2]string{"True", "False"},
			hints: map[string]string{"answer": "A letter (B), several (A, C), the text of the option, True or False, a number, or accepted texts parted by |. Groups: True, False, True, False. Ordering: C, A, B. Matching: A-2, B-1. Blanks: [[1]] text | other text, [[2]] = 7.5, [[3]] {red | *green}"}}
	}
	return words{sheet: "Câu hỏi", number: "STT", kind: "Loại câu hỏi", stem: "Câu hỏi", option: "Phương án ", answer: "Đáp án đúng",
		tolerance: "Sai số", topic: "Chủ đề", level: "Mức độ", explanation: "Giải thích", act: "Nguồn", article: "Điều khoản", note: "Ghi chú",
		partial: "Cho điểm từng phần", ignore: "Không xét dấu", pinned: "Giữ vị trí", yes: "x",
		question: "Câu", answerLabel: "Đáp án: ", explain: "Lời giải: ", source: "Nguồn: ", noteLabel: "Ghi chú: ", end: "HẾT",
		keyTitle: "BẢNG ĐÁP ÁN", levelTag: "Mức độ: ",
		types: map[bank.ItemType]string{bank.Single: "Một đáp án", bank.Multiple: "Nhiều đáp án", bank.TrueFalse: "Đúng/Sai", bank.ShortText: "Trả lời ngắn", bank.Numeric: "Số",
			bank.TrueFalseGroup: "Nhóm đúng/sai", bank.FillIn: "Điền vào chỗ trống", bank.Ordering: "Sắp xếp", bank.Matching: "Ghép cặp"},
		credits: map[bank.PartialCredit]string{bank.AllOrNothing: "đúng hết", bank.RightMinusWrong: "đúng trừ sai", bank.Proportion: "tỉ lệ đúng",
			bank.PerPart: "từng phần", bank.InSequence: "theo thứ tự"},
		target: "Vế ghép ", kindTag: "Dạng: ", creditTag: "Cách cho điểm: ", marksTag: "Không xét dấu: ", actTag: "Văn bản: ", articleTag: "Điều khoản: ",
		levels: map[bank.Difficulty]string{bank.Recognition: "Nhận biết", bank.Understanding: "Thông hiểu", bank.Application: "Vận dụng",
			bank.HighApplication: "Vận dụng cao"},
		truth: [2]string{"Đúng", "Sai"},
		hints: map[string]string{"answer": "Một chữ cái (B), nhiều chữ cái (A, C), nội dung phương án, Đúng hoặc Sai, một số, hoặc các đáp án chấp nhận cách nhau bằng dấu |. Nhóm đúng/sai: Đúng, Sai, Đúng, Sai. Sắp xếp: C, A, B. Ghép cặp: A-2, B-1. Chỗ trống: [[1]] chữ | cách viết khác, [[2]] = 7,5, [[3]] {đỏ | *xanh}"}}
}

// XLSX writes one question a row.
func XLSX(items []bank.Written, locale string) ([]byte, error) {
	w := wordsOf(locale)
	options, targets := 4, 0
	for _, i := range items {
		options, targets = max(options, len(i.Content.Options)), max(targets, len(i.Content.Targets))
	}
	kinds := make([]string, 0, len(bank.Types))
	for _, t := range bank.Types {
		kinds = append(kinds, w.types[t])
	}
	levels := make([]string, 0, len(bank.Difficulties))
	for _, d := range bank.Difficulties {
		levels = append(levels, w.levels[d])
	}
	sheet := export.Sheet{Name: w.sheet, Columns: []export.Column{
		{Title: w.number, Width: 6}, {Title: w.kind, Width: 16, Choices: kinds}, {Title: w.stem, Width: 60},
	}}
	for i := range options {
		sheet.Columns = append(sheet.Columns, export.Column{Title: w.option + strings.ToUpper(bank.OptionID(i)), Width: 28})
	}
	for i := range targets {
		sheet.Columns = append(sheet.Columns, export.Column{Title: w.target + bank.TargetID(i), Width: 24})
	}
	sheet.Columns = append(sheet.Columns, export.Column{Title: w.answer, Width: 14, Note: w.hints["answer"]}, export.Column{Title: w.tolerance, Width: 9},
		export.Column{Title: w.topic, Width: 24}, export.Column{Title: w.level, Width: 16, Choices: levels}, export.Column{Title: w.explanation, Width: 48},
		export.Column{Title: w.act, Width: 32}, export.Column{Title: w.article, Width: 18}, export.Column{Title: w.note, Width: 24},
		export.Column{Title: w.partial, Width: 12}, export.Column{Title: w.ignore, Width: 12}, export.Column{Title: w.pinned, Width: 10})
	for n, item := range items {
		c := item.Content
		row := []any{n + 1, w.types[c.Type], c.Stem}
		var pinned []string
		for i := range options {
			text := ""
			if i < len(c.Options) && c.Type != bank.TrueFalse {
				text = unlabelled(c.Options[i].Text)
				if c.Options[i].Pinned {
					pinned = append(pinned, strings.ToUpper(bank.OptionID(i)))
				}
			}
			row = append(row, text)
		}
		for i := range targets {
			text := ""
			if i < len(c.Targets) {
				text = c.Targets[i].Text
			}
			row = append(row, text)
		}
		tolerance := ""
		if c.Type == bank.Numeric && c.Key.Tolerance != "0" {
			tolerance = decimal(c.Key.Tolerance, locale)
		}
		row = append(row, answer(c, w, locale), tolerance, c.Topic, w.levels[c.Difficulty], c.Explanation, c.Source.Act, c.Source.Article, c.Source.Note,
			credit(c, w), mark(c.Key.IgnoreMarks, w), strings.Join(pinned, ", "))
		sheet.Rows = append(sheet.Rows, row)
	}
	var b bytes.Buffer
	err := export.WriteWorkbook(&b, sheet)
	return b.Bytes(), err
}

func mark(on bool, w words) string {
	if on {
		return w.yes
	}
	return ""
}

// answer is the key as an author would write it.
func answer(c bank.Content, w words, locale string) string {
	switch c.Type {
	case bank.TrueFalse:
		if len(c.Key.Options) == 1 && c.Key.Options[0] == bank.OptionTrue {
			return w.truth[0]
		}
		return w.truth[1]
	case bank.ShortText:
		return typed(c.Key.Texts)
	case bank.TrueFalseGroup:
		words := make([]string, 0, len(c.Options))
		for _, o := range c.Options {
			words = append(words, w.truth[map[bool]int{true: 0, false: 1}[contains(c.Key.Options, o.ID)]])
		}
		return strings.Join(words, ", ")
	case bank.Ordering:
		return strings.ToUpper(strings.Join(c.Key.Order, ", "))
	case bank.Matching:
		pairs := make([]string, 0, len(c.Key.Pairs))
		for _, p := range c.Key.Pairs {
			pairs = append(pairs, strings.ToUpper(p.Option)+"-"+p.Target)
		}
		return strings.Join(pairs, ", ")
	case bank.FillIn:
		return strings.Join(blankAnswers(c, locale), "\n")
	case bank.Numeric:
		return decimal(c.Key.Number, locale)
	}
	return strings.ToUpper(strings.Join(c.Key.Options, ", "))
}

// decimal writes a number with the reader's decimal sign. A point before exactly three digits would be read as
// thousands, so the comma is also written in English there.
func decimal(s, locale string) string {
	if _, fraction, found := strings.Cut(s, "."); locale == "en" && !(found && len(fraction) == 3) {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

var reOwnLabel = regexp.MustCompile(`^[A-Ha-h]\s*[.)]\s`)

// unlabelled keeps an option that starts like "A. " from losing that start.
func unlabelled(s string) string {
	if reOwnLabel.MatchString(s) {
		return guard + s
	}
	return s
}

// credit names a rule that is not the usual one of the type, or the table of a group.
func credit(c bank.Content, w words) string {
	if c.PartialCredit == bank.ByTable {
		parts := make([]string, 0, len(c.CreditTable))
		for _, n := range c.CreditTable {
			part := strconv.FormatInt(n/100, 10)
			if n%100 != 0 {
				part += fmt.Sprintf(",%02d", n%100)
			}
			parts = append(parts, part+" %")
		}
		return strings.Join(parts, " / ")
	}
	if c.PartialCredit == c.Type.Credits()[0] {
		return ""
	}
	return w.credits[c.PartialCredit]
}

var typedSigns = strings.NewReplacer(`\`, `\\`, "|", `\|`, ";", `\;`, "[", `\[`, "{", `\{`, "}", `\}`, "*", `\*`, "=", `\=`, "~", `\~`)

// typed writes accepted texts, parted by bars.
func typed(texts []string) string {
	parts := make([]string, 0, len(texts))
	for _, t := range texts {
		parts = append(parts, typedSigns.Replace(t))
	}
	return strings.Join(parts, " | ")
}

// blankAnswers is a line for each blank.
func blankAnswers(c bank.Content, locale string) []string {
	lines := make([]string, 0, len(c.Blanks))
	for i, b := range c.Blanks {
		key, line := c.Key.Blanks[i], "[["+b.ID+"]] "
		switch b.Type {
		case bank.Single:
			parts := make([]string, 0, len(b.Options))
			for _, o := range b.Options {
				parts = append(parts, map[bool]string{true: "*", false: ""}[o.ID == key.Option]+typedSigns.Replace(o.Text))
			}
			line += "{" + strings.Join(parts, " | ") + "}"
		case bank.Numeric:
			line += "= " + decimal(key.Number, locale)
			if key.Tolerance != "0" {
				line += " ± " + decimal(key.Tolerance, locale)
			}
		default:
			if key.IgnoreMarks {
				line += "~ "
			}
			line += typed(key.Texts)
		}
		lines = append(lines, line)
	}
	return lines
}
