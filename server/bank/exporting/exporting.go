// Package exporting writes questions as the spreadsheets, documents and exchange files that package importing reads.
//
// It must never write anything but what the bank says: no answer is computed or guessed here, and what a format has no
// place for is told beforehand (Losses), not dropped silently.
package exporting

import (
	"fmt"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// Write writes a file of questions.
func Write(format bank.Format, title string, items []bank.Written, locale string) ([]byte, error) {
	items = carried(format, items)
	switch format {
	case bank.XLSX:
		return XLSX(items, locale)
	case bank.DOCX:
		return DOCX(title, items, locale)
	case bank.GIFT:
		return gift(items), nil
	case bank.Aiken:
		return aiken(items), nil
	case bank.Moodle:
		return moodle(items), nil
	case bank.QTI21, bank.QTI30:
		return qti(format, items)
	}
	return nil, fmt.Errorf("exporting: no format %q", format)
}

// carried leaves out the items that a format can't say at all.
func carried(format bank.Format, items []bank.Written) []bank.Written {
	list := make([]bank.Written, 0, len(items))
	for _, i := range items {
		if canSay(format, i.Content) {
			list = append(list, i)
		}
	}
	return list
}

func canSay(format bank.Format, c bank.Content) bool {
	switch format {
	case bank.Aiken:
		return c.Type == bank.Single || c.Type == bank.TrueFalse
	case bank.GIFT:
		return c.Type != bank.FillIn || len(c.Blanks) == 1
	}
	return true
}

// Losses tells what a format would not carry of these items.
func Losses(format bank.Format, items []bank.Written) []bank.Loss {
	var losses []bank.Loss
	count := func(code string, whole bool, vi, en string, lost func(bank.Content) bool) {
		n := 0
		for _, i := range items {
			if (whole || canSay(format, i.Content)) && lost(i.Content) {
				n++
			}
		}
		if n > 0 {
			losses = append(losses, bank.Loss{Code: code, Items: n, Whole: whole, Vi: vi, En: en})
		}
	}
	count("type", true, "Loại câu hỏi mà định dạng này không có: câu sẽ không có trong tệp.",
		"Types of questions that the format does not have: the questions will not be in the file.",
		func(c bank.Content) bool { return !canSay(format, c) })
	pictures := func(c bank.Content) bool { return len(uses(c, "image")) > 0 }
	playing := func(c bank.Content) bool { return c.Media != nil }
	switch format {
	case bank.XLSX, bank.GIFT, bank.Aiken:
		count("pictures", false, "Hình: chỉ còn chữ.", "Pictures: only the text remains.", pictures)
		count("media", false, "Âm thanh, phim.", "Sounds and films.", playing)
	case bank.DOCX:
		count("media", false, "Âm thanh, phim: tệp Word chỉ giữ hình.", "Sounds and films: a Word file only keeps pictures.", playing)
	}
	if format == bank.Moodle {
		count("target_pictures", false, "Hình ở cột bên phải của câu ghép cặp.", "Pictures on the right side of matching questions.", func(c bank.Content) bool {
			for _, t := range c.Targets {
				if t.Image != nil {
					return true
				}
			}
			return false
		})
	}
	if format == bank.Aiken {
		count("explanation", false, "Giải thích.", "Explanations.", func(c bank.Content) bool { return c.Explanation != "" })
		count("details", false, "Chủ đề, mức độ, nguồn, phương án giữ vị trí.", "Topics, difficulties, sources and pinned options.", func(c bank.Content) bool {
			return c.Topic != "" || c.Source != (bank.Source{}) || c.Difficulty != bank.Understanding || len(bank.ExtraOf(c).Pinned) > 0
		})
		count("paragraphs", false, "Xuống dòng trong phương án.", "Line breaks inside of options.", func(c bank.Content) bool {
			for _, o := range c.Options {
				if strings.Contains(o.Text, "\n") {
					return true
				}
			}
			return false
		})
	}
	return losses
}

// uses are the files of one kind that a content shows.
func uses(c bank.Content, kind string) []bank.FileUse {
	var list []bank.FileUse
	for _, f := range c.Files() {
		if f.Kind == kind {
			list = append(list, f)
		}
	}
	return list
}
