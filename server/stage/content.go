package stage

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/scoring"
)

// Faults of what a contestant sends. Nothing of it was saved.
var (
	errAnswer = fault.New(fault.Invalid, "answer_invalid",
		"Câu trả lời không hợp lệ nên chưa được lưu. Hãy chọn hoặc nhập lại.",
		"This answer can't be taken, so it was not saved. Choose or type it again.")
	errAnswerNumber = fault.New(fault.Invalid, "answer_not_a_number",
		"Câu này cần một con số (ví dụ 7,5). Câu trả lời chưa được lưu.",
		"This item takes a number (such as 7.5). The answer was not saved.")
)

// keyOf gives the key of a content in the form in which answers are scored.
func keyOf(c bank.Content) (scoring.Key, error) {
	k := scoring.Key{Type: scoring.ItemType(c.Type)}
	switch c.Type {
	case bank.Single, bank.Multiple, bank.TrueFalse:
		k.Options = c.Key.Options
		if c.Type == bank.Multiple {
			k.Credit = scoring.Credit(c.PartialCredit)
		}
	case bank.ShortText:
		k.Accepted, k.Diacritics = c.Key.Texts, scoring.DiacriticsStrict
		if c.Key.IgnoreMarks {
			k.Diacritics = scoring.DiacriticsIgnored
		}
	case bank.Numeric:
		var err error
		if k.Value, err = scoring.ParseDecimal(c.Key.Number); err != nil {
			return k, err
		}
		if k.Tolerance, err = scoring.ParseDecimal(c.Key.Tolerance); err != nil {
			return k, err
		}
	}
	return k, k.Check(optionIDs(c))
}

func optionIDs(c bank.Content) []string {
	ids := make([]string, 0, len(c.Options))
	for _, o := range c.Options {
		ids = append(ids, o.ID)
	}
	return ids
}

// readAnswer brings what a device sent into the one form that is stored. What a keyboard adds without being asked
// (composed letters, spaces, line ends) is mended; what can't be stored or compared is refused.
func readAnswer(c bank.Content, in scoring.Typed) (scoring.Response, *fault.Fault) {
	if len(in.Text) > 4*scoring.MaxText || !utf8.ValidString(in.Text) || len(in.Options) > scoring.MaxOptions {
		return scoring.Response{}, errAnswer
	}
	in.Text = norm.NFC.String(strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, in.Text)))
	if strings.ContainsFunc(in.Text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }) {
		return scoring.Response{}, errAnswer
	}
	r, err := scoring.ParseResponse(scoring.ItemType(c.Type), optionIDs(c), in)
	switch {
	case errors.Is(err, scoring.ErrNumber):
		return r, errAnswerNumber
	case err != nil:
		return r, errAnswer.Because(err)
	}
	return r, nil
}
