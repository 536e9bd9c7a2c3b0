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
	MaxTargets     = 12
	MaxBlanks      = scoring.MaxBlanks
	MaxBlankKey    = scoring.MaxBlankText
	MaxTranscript  = 8000
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
	v.image("image", n.Image)
	v.media(n.Media)
	v.formulas(n)
	if !slices.Contains(n.Type.Credits(), n.PartialCredit) {
		v.at("partial_credit", "Cách cho điểm này không có trong danh sách.", "This rule for partial credit is unknown.")
	}
	switch n.Type {
	case Single, Multiple, TrueFalse:
		v.list("options", n.Options, n.Type != TrueFalse, MinOptions, MaxOptions)
		v.chosen(n)
	case TrueFalseGroup:
		v.group(n)
	case Ordering:
		v.order(n)
	case Matching:
		v.matching(n)
	case FillIn:
		v.blanks(n)
	case ShortText:
		v.texts("key.texts", n.Key.Texts, MaxKeyText)
	case Numeric:
		v.number("key.", n.Key.Number, n.Key.Tolerance)
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

func (v *checker) image(path string, image *Image) {
	if image == nil {
		return
	}
	if !isHex(image.FileID, 32) || !isHex(image.Hash, 64) {
		v.at(path, "Hình ảnh không còn; hãy tải lên lại.", "The picture is missing; upload it again.")
	}
	if image.Width < 1 || image.Height < 1 || image.Width > 20000 || image.Height > 20000 {
		v.at(path, "Kích thước hình ảnh không hợp lệ.", "The size of the picture is not valid.")
	}
	v.length(path+".alt", image.Alt, MaxAlt)
}

func (v *checker) media(media *Media) {
	if media == nil {
		return
	}
	if !isHex(media.FileID, 32) || !isHex(media.Hash, 64) || media.Size < 1 || media.ContentType == "" ||
		media.Kind != Audio && media.Kind != Video {
		v.at("media", "Tệp âm thanh hoặc phim không còn; hãy tải lên lại.", "The sound or film is missing; upload it again.")
	}
	v.length("media.alt", media.Alt, MaxAlt)
	v.length("media.transcript", media.Transcript, MaxTranscript)
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
