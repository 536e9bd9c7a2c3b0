package importing

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

var reCloze = regexp.MustCompile(`\{\d*:(SHORTANSWER|SHORTANSWER_C|SAC?|SAC|MWC?|MW|NUMERICAL|NM|MULTICHOICE|MULTICHOICE_[VHS]+|MC|MC[VHS]+|MULTIRESPONSE\w*|MR\w*):`)

// moodleCloze reads answers that stand in the text: {1:SHORTANSWER:=a~=b}.
func (b *built) moodleCloze(q *node) {
	question := q.child("questiontext")
	if question == nil {
		b.unknown("cloze")
		return
	}
	text := question.child("text").content()
	var out strings.Builder
	b.c.Type, b.c.PartialCredit = bank.FillIn, bank.PerPart
	for {
		at := reCloze.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		end := indexUnescaped(text[at[1]:], "}")
		if end < 0 {
			b.wrong("braces", "stem", "Thiếu dấu } đóng phần trả lời.", "The brace } that closes the answers is missing.")
			break
		}
		id := fmt.Sprint(len(b.c.Blanks) + 1)
		b.clozeBlank(id, text[at[2]:at[3]], text[at[1]:at[1]+end])
		out.WriteString(text[:at[0]] + "[[" + id + "]]")
		text = text[at[1]+end+1:]
	}
	out.WriteString(text)
	n := *question
	n.kids = append([]*node{{name: "text", kids: []*node{{text: out.String()}}}}, question.children("file")...)
	b.stem(b.moodleText(&n))
}

// clozeUnescape undoes the backslashes inside of an answer.
func clozeUnescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`}~#=\"/{`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return plainHTML(b.String())
}

func (b *built) clozeBlank(id, kind, body string) {
	blank, key := bank.Blank{ID: id, Type: bank.ShortText}, bank.BlankKey{ID: id}
	parts := splitUnescaped("~"+strings.TrimPrefix(body, "~"), "~")
	switch {
	case strings.HasPrefix(kind, "N"):
		blank.Type, key.Tolerance = bank.Numeric, "0"
	case strings.HasPrefix(kind, "M") && kind != "MW" && kind != "MWC":
		blank.Type = bank.Single
	}
	for _, p := range parts {
		text, right := strings.CutPrefix(strings.TrimSpace(p.text), "=")
		if m := reGiftWeight.FindStringSubmatch(text); m != nil {
			right = m[1] == "100"
			text = text[len(m[0]):]
			if !right && m[1] != "0" {
				b.partAnswers()
			}
		}
		text, feedback := cutFeedback(text)
		if !blankText(feedback) {
			b.doubt("feedback", "explanation", "Nhận xét riêng của từng phương án không được nhập.", "Feedback on single options is not imported.")
		}
		switch blank.Type {
		case bank.Numeric:
			if right && key.Number == "" {
				value, tolerance, _ := strings.Cut(clozeUnescape(text), ":")
				key.Number = strings.TrimSpace(value)
				if tolerance = strings.TrimSpace(tolerance); tolerance != "" {
					key.Tolerance = tolerance
				}
			}
		case bank.Single:
			option := bank.OptionID(len(blank.Options))
			blank.Options = append(blank.Options, bank.Option{ID: option, Text: clozeUnescape(text)})
			if right {
				if key.Option != "" {
					b.doubt("more_right", "key.blanks", "Một chỗ trống có nhiều đáp án đúng: chỉ lấy đáp án đầu.", "A blank has several right choices: the first one is taken.")
					continue
				}
				key.Option = option
			}
		default:
			if right {
				key.Texts = append(key.Texts, clozeUnescape(text))
			}
		}
	}
	b.c.Blanks, b.c.Key.Blanks = append(b.c.Blanks, blank), append(b.c.Key.Blanks, key)
}
