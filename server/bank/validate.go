package bank

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/scoring"
)

// The limits of a content, in characters (runes) and counts. They keep a question readable on a phone and a batch of
// questions small enough to send at once.
const (
	MaxStem        = 4000
	MaxOption      = 1000
	MinOptions     = 2
	MaxOptions     = 8
	MaxExplanation = 4000
	MaxSourceField = 300
	MaxSourceNote  = 1000
	MaxTopic       = 200
	MaxTopicDepth  = 4
	MaxKeyTexts    = 20
	MaxKeyText     = 200
	MaxAlt         = 300
)

var invalidContent = fault.New(fault.Invalid, "item_invalid",
	"Câu hỏi chưa hợp lệ. Chưa có gì được lưu; hãy sửa các chỗ được đánh dấu.",
	"The question is not valid yet. Nothing was saved; mend the marked places.")

// Validate says what is wrong with a content, field by field, or nil. It judges the normalized form.
func (c Content) Validate() error {
	n := c.Normalized()
	v := &checker{}
	if !slices.Contains(Types, n.Type) {
		v.at("type", "Loại câu hỏi không có trong danh sách.", "This type of question is unknown.")
	}
	if !slices.Contains(Difficulties, n.Difficulty) {
		v.at("difficulty", "Hãy chọn mức độ.", "Choose a difficulty.")
	}
	if n.Stem == "" {
		v.at("stem", "Chưa có nội dung câu hỏi.", "The question has no text.")
	}
	v.length("stem", n.Stem, MaxStem)
	v.length("explanation", n.Explanation, MaxExplanation)
	v.length("source.act", n.Source.Act, MaxSourceField)
	v.length("source.article", n.Source.Article, MaxSourceField)
	v.length("source.note", n.Source.Note, MaxSourceNote)
	v.length("topic", n.Topic, MaxTopic)
	if strings.Count(n.Topic, "/") >= MaxTopicDepth {
		v.at("topic", fmt.Sprintf("Chủ đề có nhiều nhất %d cấp.", MaxTopicDepth),
			fmt.Sprintf("A topic has at most %d levels.", MaxTopicDepth))
	}
	v.image(n.Image)
	if n.PartialCredit != AllOrNothing && n.PartialCredit != RightMinusWrong {
		v.at("partial_credit", "Cách cho điểm này không có trong danh sách.", "This rule for partial credit is unknown.")
	}
	switch n.Type {
	case Single, Multiple, TrueFalse:
		v.options(n)
	case ShortText:
		v.texts(n.Key)
	case Numeric:
		v.number(n.Key)
	}
	return v.err()
}

// checker collects wrong fields.
type checker struct{ fault *fault.Fault }

func (v *checker) at(path, vi, en string) {
	if v.fault == nil {
		v.fault = invalidContent
	}
	v.fault = v.fault.At(path, vi, en)
}

func (v *checker) err() error {
	if v.fault == nil {
		return nil
	}
	return v.fault
}

func (v *checker) length(path, s string, limit int) {
	if n := utf8.RuneCountInString(s); n > limit {
		v.at(path, fmt.Sprintf("Dài %d ký tự, nhiều nhất %d.", n, limit),
			fmt.Sprintf("%d characters long, at most %d.", n, limit))
	}
}

func (v *checker) image(image *Image) {
	if image == nil {
		return
	}
	if !isHex(image.FileID, 32) || !isHex(image.Hash, 64) {
		v.at("image", "Hình ảnh không còn; hãy tải lên lại.", "The picture is missing; upload it again.")
	}
	if image.Width < 1 || image.Height < 1 || image.Width > 20000 || image.Height > 20000 {
		v.at("image", "Kích thước hình ảnh không hợp lệ.", "The size of the picture is not valid.")
	}
	v.length("image.alt", image.Alt, MaxAlt)
}

func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}

func (v *checker) options(n Content) {
	if len(n.Options) < MinOptions || len(n.Options) > MaxOptions {
		v.at("options", fmt.Sprintf("Cần từ %d đến %d phương án.", MinOptions, MaxOptions),
			fmt.Sprintf("Give %d to %d options.", MinOptions, MaxOptions))
	}
	seen := map[string]int{}
	ids := map[string]bool{}
	for i, o := range n.Options {
		path := fmt.Sprintf("options[%d]", i)
		if n.Type != TrueFalse && o.ID != OptionID(i) {
			v.at(path+".id", "Mã phương án phải theo thứ tự a, b, c…", "Option ids must run a, b, c...")
		}
		ids[o.ID] = true
		if o.Text == "" {
			v.at(path+".text", "Phương án còn trống.", "This option is empty.")
			continue
		}
		v.length(path+".text", o.Text, MaxOption)
		folded := strings.ToLower(o.Text)
		if first, twice := seen[folded]; twice {
			v.at(path+".text", fmt.Sprintf("Trùng với phương án %s.", strings.ToUpper(OptionID(first))),
				fmt.Sprintf("The same as option %s.", strings.ToUpper(OptionID(first))))
		} else {
			seen[folded] = i
		}
	}
	switch {
	case len(n.Key.Options) == 0:
		v.at("key.options", "Chưa chọn đáp án đúng.", "No right option is chosen.")
	case len(n.Key.Options) > 1 && n.Type != Multiple:
		v.at("key.options", "Loại câu hỏi này chỉ có một đáp án đúng.", "This type of question has one right option.")
	}
	for _, id := range n.Key.Options {
		if !ids[id] {
			v.at("key.options", "Đáp án không nằm trong các phương án.", "The right answer is not among the options.")
			break
		}
	}
}

func (v *checker) texts(k Key) {
	switch {
	case len(k.Texts) == 0:
		v.at("key.texts", "Chưa có đáp án được chấp nhận.", "There is no accepted answer.")
	case len(k.Texts) > MaxKeyTexts:
		v.at("key.texts", fmt.Sprintf("Nhiều nhất %d đáp án.", MaxKeyTexts), fmt.Sprintf("At most %d answers.", MaxKeyTexts))
	}
	for i, t := range k.Texts {
		path := fmt.Sprintf("key.texts[%d]", i)
		v.length(path, t, MaxKeyText)
		if SearchKey(t) == "" || scoring.Fold(t, scoring.DiacriticsIgnored) == "" {
			v.at(path, "Đáp án phải có chữ hoặc số.", "An answer needs letters or digits.")
		}
	}
}

func (v *checker) number(k Key) {
	// The rules count in millionths: what they can't hold must not become a key.
	if _, err := scoring.ParseDecimal(k.Number); err != nil {
		v.at("key.number", "Đáp án phải là một số có nhiều nhất 6 chữ số thập phân, ví dụ 7,5.",
			"The answer must be a number with at most 6 decimals, such as 7.5.")
	}
	if t, err := scoring.ParseDecimal(k.Tolerance); err != nil || t < 0 {
		v.at("key.tolerance", "Sai số phải là một số từ 0 trở lên.", "The tolerance must be a number from 0 up.")
	}
}

// OptionID is the id of the option at this place: "a", "b", ...
func OptionID(i int) string { return string(rune('a' + i)) }
