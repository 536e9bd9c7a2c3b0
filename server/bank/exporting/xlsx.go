// Package exporting writes questions as the spreadsheets and documents that package importing reads.
//
// It must never write anything but what the bank says: no answer is computed or guessed here.
package exporting

import (
	"bytes"
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
			types: map[bank.ItemType]string{bank.Single: "Single", bank.Multiple: "Multiple", bank.TrueFalse: "True/False", bank.ShortText: "Short answer", bank.Numeric: "Numeric"},
			levels: map[bank.Difficulty]string{bank.Recognition: "Recognition", bank.Understanding: "Understanding", bank.Application: "Application",
				bank.HighApplication: "High application"},
			truth: [2]string{"True", "False"},
			hints: map[string]string{"answer": "A letter (B), several (A, C), the text of the option, True or False, a number, or accepted texts parted by |"}}
	}
	return words{sheet: "Câu hỏi", number: "STT", kind: "Loại câu hỏi", stem: "Câu hỏi", option: "Phương án ", answer: "Đáp án đúng",
		tolerance: "Sai số", topic: "Chủ đề", level: "Mức độ", explanation: "Giải thích", act: "Nguồn", article: "Điều khoản", note: "Ghi chú",
		partial: "Cho điểm từng phần", ignore: "Không xét dấu", pinned: "Giữ vị trí", yes: "x",
		question: "Câu", answerLabel: "Đáp án: ", explain: "Lời giải: ", source: "Nguồn: ", noteLabel: "Ghi chú: ", end: "HẾT",
		keyTitle: "BẢNG ĐÁP ÁN", levelTag: "Mức độ: ",
		types: map[bank.ItemType]string{bank.Single: "Một đáp án", bank.Multiple: "Nhiều đáp án", bank.TrueFalse: "Đúng/Sai", bank.ShortText: "Trả lời ngắn", bank.Numeric: "Số"},
		levels: map[bank.Difficulty]string{bank.Recognition: "Nhận biết", bank.Understanding: "Thông hiểu", bank.Application: "Vận dụng",
			bank.HighApplication: "Vận dụng cao"},
		truth: [2]string{"Đúng", "Sai"},
		hints: map[string]string{"answer": "Một chữ cái (B), nhiều chữ cái (A, C), nội dung phương án, Đúng hoặc Sai, một số, hoặc các đáp án chấp nhận cách nhau bằng dấu |"}}
}

// XLSX writes one question a row.
func XLSX(items []bank.Written, locale string) ([]byte, error) {
	w := wordsOf(locale)
	options := 4
	for _, i := range items {
		options = max(options, len(i.Content.Options))
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
				text = c.Options[i].Text
				if c.Options[i].Pinned {
					pinned = append(pinned, strings.ToUpper(bank.OptionID(i)))
				}
			}
			row = append(row, text)
		}
		tolerance := ""
		if c.Type == bank.Numeric && c.Key.Tolerance != "0" {
			tolerance = decimal(c.Key.Tolerance, locale)
		}
		row = append(row, answer(c, w, locale), tolerance, c.Topic, w.levels[c.Difficulty], c.Explanation, c.Source.Act, c.Source.Article, c.Source.Note,
			mark(c.PartialCredit == bank.RightMinusWrong, w), mark(c.Key.IgnoreMarks, w), strings.Join(pinned, ", "))
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
		return strings.Join(c.Key.Texts, " | ")
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
