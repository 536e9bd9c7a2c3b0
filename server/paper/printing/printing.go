// Package printing sets papers, answer sheets and keys on A4, as PDF and as Word documents.
//
// It must never see a key unless a key is to be printed: papers and sheets are made from questions, which have none.
package printing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/bank"
)

// What is to be printed.
type What string

// What there is to print.
const (
	Paper What = "paper"
	Sheet What = "sheet"
	Key   What = "key"
)

// Format of a file.
type Format string

// The formats.
const (
	PDF  Format = "pdf"
	DOCX Format = "docx"
)

// Document is what is printed: all variants one after the other; of keys one table for all.
type Document struct {
	What     What
	Locale   string
	Unit     string
	Contest  string
	Round    string // may be empty
	Name     string
	Minutes  int   // 0: not stated
	Points   int64 // hundredths; 0: not stated
	Made     time.Time
	Variants []Variant
	Pictures map[string]Picture // by file id
}

// Variant is one paper with its code.
type Variant struct {
	Code  string
	Parts []Part
}

// Part is a section.
type Part struct {
	Title string
	Note  string
	Items []Item
}

// Item is a question with its points; Right is its key in words, for keys only.
type Item struct {
	Points   int64
	Question bank.Question
	Right    string
}

// Picture is a file that a question shows.
type Picture struct {
	Type          string
	Data          []byte
	Width, Height int
}

// Write prints a document.
func Write(d Document, format Format) ([]byte, error) {
	if format == DOCX {
		return docx(d)
	}
	return pdf(d)
}

func (v Variant) items() []Item {
	var list []Item
	for _, p := range v.Parts {
		list = append(list, p.Items...)
	}
	return list
}

// words are the fixed words of a print.
type words struct {
	paper, code, time, items, points, point, name, number, room, date, sign, question, end, page, yes, no, trueLong, falseLong,
	sheet, key, order, answer, fill, notes, left, right, mark, seat, variant string
}

func wordsFor(locale string) words {
	if locale == "en" {
		return words{paper: "PAPER", code: "Paper code", time: "Time: %d minutes", items: "%d questions", points: "%s points in all", point: "%s points",
			name: "Full name", number: "Candidate number", room: "Unit", date: "Date", sign: "Invigilator", question: "Question", end: "THE END", page: "Page %s/%s",
			yes: "T", no: "F", trueLong: "True", falseLong: "False", sheet: "ANSWER SHEET", key: "KEY", order: "Order", answer: "Answer",
			fill: "Fill the circle of your answer. Write clearly.", notes: "Questions about the paper may not be answered.", left: "Column 1", right: "Column 2", mark: "Mark", seat: "Candidate number", variant: "Code"}
	}
	return words{paper: "ĐỀ THI", code: "Mã đề", time: "Thời gian làm bài: %d phút", items: "%d câu", points: "Tổng %s điểm", point: "%s điểm",
		name: "Họ và tên", number: "Số báo danh", room: "Đơn vị", date: "Ngày thi", sign: "Giám thị", question: "Câu", end: "HẾT", page: "Trang %s/%s",
		yes: "Đ", no: "S", trueLong: "Đúng", falseLong: "Sai", sheet: "PHIẾU TRẢ LỜI", key: "ĐÁP ÁN", order: "Thứ tự", answer: "Trả lời",
		fill: "Tô kín ô tròn ứng với phương án trả lời; viết rõ ràng ở những câu tự điền.", notes: "Cán bộ coi thi không giải thích gì thêm.", left: "Cột 1", right: "Cột 2", mark: "Điểm", seat: "Số báo danh", variant: "Mã đề"}
}

// number writes hundredths as people here do.
func number(hundredths int64, locale string) string {
	s := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%02d", rest), "0")
	}
	if locale != "en" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

func letter(i int) string { return strings.ToUpper(bank.OptionID(i)) }

// choiceText is an option in the words of the locale.
func choiceText(c bank.Choice, w words) string {
	switch c.ID {
	case bank.OptionTrue:
		return w.trueLong
	case bank.OptionFalse:
		return w.falseLong
	}
	return c.Text
}

const dots = "………………"

// stemText is the question with dotted lines for its blanks, each with its number.
func stemText(q bank.Question) string {
	s := q.Stem
	for i, b := range q.Blanks {
		s = strings.ReplaceAll(s, "[["+b.ID+"]]", "("+strconv.Itoa(i+1)+") "+dots)
	}
	return s
}

// samePoints are the points of every item of a part, if they are the same for all.
func (p Part) samePoints() (int64, bool) {
	for _, i := range p.Items {
		if i.Points != p.Items[0].Points {
			return 0, false
		}
	}
	return append(p.Items, Item{})[0].Points, len(p.Items) > 0
}
