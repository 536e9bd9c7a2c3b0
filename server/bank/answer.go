package bank

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

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

// ScoringKey is the key in the form in which answers are scored.
func (c Content) ScoringKey() (scoring.Key, error) {
	k := scoring.Key{Type: scoring.ItemType(c.Type)}
	if len(c.Type.Credits()) > 1 || c.PartialCredit == ByTable {
		k.Credit, k.Table = scoring.Credit(c.PartialCredit), c.CreditTable
	}
	var err error
	switch c.Type {
	case Single, Multiple, TrueFalse, TrueFalseGroup:
		k.Options = c.Key.Options
	case Ordering:
		k.Order = c.Key.Order
	case Matching:
		for _, p := range c.Key.Pairs {
			k.Pairs = append(k.Pairs, scoring.Part{ID: p.Option, Value: p.Target})
		}
	case FillIn:
		for i, b := range c.Key.Blanks {
			blank := scoring.BlankKey{ID: b.ID, Key: scoring.Key{Type: scoring.ItemType(c.Blanks[i].Type)}}
			switch c.Blanks[i].Type {
			case Single:
				blank.Options = []string{b.Option}
			case ShortText:
				blank.Key = accepting(blank.Key, b.Texts, b.IgnoreMarks)
			case Numeric:
				if err = readNumber(&blank.Key, b.Number, b.Tolerance); err != nil {
					return k, err
				}
			}
			k.Blanks = append(k.Blanks, blank)
		}
	case ShortText:
		k = accepting(k, c.Key.Texts, c.Key.IgnoreMarks)
	case Numeric:
		if err = readNumber(&k, c.Key.Number, c.Key.Tolerance); err != nil {
			return k, err
		}
	}
	return k, k.Check(c.Shape())
}

func accepting(k scoring.Key, texts []string, ignoreMarks bool) scoring.Key {
	k.Accepted, k.Diacritics = texts, scoring.DiacriticsStrict
	if ignoreMarks {
		k.Diacritics = scoring.DiacriticsIgnored
	}
	return k
}

func readNumber(k *scoring.Key, number, tolerance string) (err error) {
	if k.Value, err = scoring.ParseDecimal(number); err != nil {
		return err
	}
	k.Tolerance, err = scoring.ParseDecimal(tolerance)
	return err
}

// Shape is what an answer to the item is checked against.
func (c Content) Shape() scoring.Shape {
	shape := scoring.Shape{Type: scoring.ItemType(c.Type), Options: OptionIDs(c.Options), Targets: OptionIDs(c.Targets)}
	for _, b := range c.Blanks {
		shape.Blanks = append(shape.Blanks, scoring.BlankShape{ID: b.ID, Type: scoring.ItemType(b.Type), Options: OptionIDs(b.Options)})
	}
	return shape
}

// OptionIDs are the ids of options, in their order.
func OptionIDs(options []Option) []string {
	ids := make([]string, 0, len(options))
	for _, o := range options {
		ids = append(ids, o.ID)
	}
	return ids
}

// ReadAnswer brings what a device sent into the one form that is stored. What a keyboard adds without being asked
// (composed letters, spaces, line ends) is mended; what can't be stored or compared is refused.
func (c Content) ReadAnswer(in scoring.Typed) (scoring.Response, *fault.Fault) {
	if len(in.Options) > scoring.MaxOptions || len(in.Parts) > scoring.MaxOptions {
		return scoring.Response{}, errAnswer
	}
	var ok bool
	if in.Text, ok = mended(in.Text); !ok {
		return scoring.Response{}, errAnswer
	}
	parts := make([]scoring.Part, len(in.Parts))
	for i, p := range in.Parts {
		if p.Value, ok = mended(p.Value); !ok {
			return scoring.Response{}, errAnswer
		}
		parts[i] = p
	}
	in.Parts = parts
	r, err := scoring.ParseResponse(c.Shape(), in)
	switch {
	case errors.Is(err, scoring.ErrNumber):
		return r, errAnswerNumber
	case err != nil:
		return r, errAnswer.Because(err)
	}
	return r, nil
}

// mended is a typed text without what a keyboard adds; not ok: it can't be stored.
func mended(text string) (string, bool) {
	if len(text) > 4*scoring.MaxText || !utf8.ValidString(text) {
		return "", false
	}
	text = norm.NFC.String(strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, text)))
	return text, !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError })
}
