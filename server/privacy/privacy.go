// Package privacy gives people their rights over their own data: to see, correct, take along, withdraw and be erased, each
// within its time; and reminds organizers of what they have kept long enough.
//
// It must never show one person's data to another, never erase without somebody's decision, and never break a result, a
// sealed snapshot or the chain of records by erasing.
package privacy

import (
	"time"

	"github.com/hoithi/hoithi/server/fault"
)

// Kind is what a person asks for.
type Kind string

const (
	See      Kind = "see"
	Correct  Kind = "correct"
	Withdraw Kind = "withdraw"
	Export   Kind = "export"
	Erase    Kind = "erase"
)

// State is where a request stands.
type State string

const (
	Open      State = "open"     // nobody has answered yet
	Accepted  State = "accepted" // answered: it will be done
	Done      State = "done"
	Refused   State = "refused"
	Cancelled State = "cancelled" // by the person
)

// Ended tells whether nothing more is to be done.
func (s State) Ended() bool { return s == Done || s == Refused || s == Cancelled }

// Term is the time within which a kind of request is met, in working days, and where that stands.
type Term struct {
	Kind       Kind
	AnswerDays int
	DoneDays   int
}

// Source names the law from which the terms are taken.
const Source = "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15 và Nghị định số 356/2025/NĐ-CP"

// Terms are the times for every kind: answered in 2 working days, done in 10, and in 20 what touches every copy.
var Terms = []Term{{See, 2, 10}, {Correct, 2, 10}, {Withdraw, 2, 10}, {Export, 2, 20}, {Erase, 2, 20}}

func termOf(kind Kind) Term {
	for _, t := range Terms {
		if t.Kind == kind {
			return t
		}
	}
	return Term{Kind: kind, AnswerDays: 2, DoneDays: 10}
}

// DueAfter is the end of the n-th working day after a moment, in the place of that moment. Public holidays count as
// working days: a date that comes too early harms nobody.
func DueAfter(asked time.Time, days int) time.Time {
	day := asked
	for days > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			days--
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, day.Location())
}

// Request is one that a person has made.
type Request struct {
	ID             int64
	ContestID      int64
	RegistrationID int64
	EntryID        int64
	Name, Number   string // of the person; anonymous once erased
	Kind           Kind
	State          State
	Words          string
	Answer         string
	AnswerDue      time.Time
	DoneDue        time.Time
	CreatedAt      time.Time
	AnsweredAt     *time.Time
	DoneAt         *time.Time
}

// Overdue tells whether a request waits longer than it may: for its answer, or to be done.
func (r Request) Overdue(now time.Time) bool {
	switch r.State {
	case Open:
		return now.After(r.AnswerDue) || now.After(r.DoneDue)
	case Accepted:
		return now.After(r.DoneDue)
	case Done, Refused, Cancelled:
	}
	return false
}

// DefaultKeepMonths is how long personal data is kept after a contest has ended, when its organizers say nothing else.
const DefaultKeepMonths = 24

// KeepUntil is the day from which a contest's personal data may be erased.
func KeepUntil(ended time.Time, months int) time.Time { return ended.AddDate(0, months, 0) }

var (
	alreadyAsked = fault.New(fault.Conflict, "data_request_open",
		"Bạn đã gửi yêu cầu này và Ban Tổ chức đang xử lý. Không cần gửi lại.",
		"You have asked for this already, and the organizers are working on it. There is no need to ask again.")
	tooManyRequests = fault.New(fault.TooMany, "too_many_data_requests",
		"Bạn vừa gửi nhiều yêu cầu. Chưa có gì được lưu thêm; hãy thử lại vào ngày mai hoặc liên hệ Ban Tổ chức.",
		"You have sent many requests. Nothing more was saved; try again tomorrow or ask the organizers.")
	wordsNeeded = fault.New(fault.Invalid, "data_request_words",
		"Hãy ghi rõ điều bạn yêu cầu, từ 5 đến 1.000 ký tự.", "Say what you ask for, in 5 to 1,000 characters.")
	answerNeeded = fault.New(fault.Invalid, "data_answer_needed",
		"Hãy ghi nội dung trả lời, từ 5 đến 1.000 ký tự: người yêu cầu sẽ đọc được.",
		"Write an answer of 5 to 1,000 characters: the person who asked will read it.")
	alreadyEnded = fault.New(fault.Conflict, "data_request_ended",
		"Yêu cầu này đã được xử lý xong hoặc đã rút.", "This request is finished already, or was taken back.")
	alreadyErased = fault.New(fault.Conflict, "data_erased",
		"Dữ liệu cá nhân đã được xóa.", "The personal data has been erased already.")
	notKeptLong = fault.New(fault.Conflict, "data_still_kept",
		"Thời hạn lưu dữ liệu của hội thi này chưa hết. Chỉ xóa được từng người theo yêu cầu.",
		"The time for which this contest keeps its data is not over. Only single persons can be erased, when they ask.")
	wrongConfirm = fault.New(fault.Invalid, "confirm_slug",
		"Hãy gõ đúng địa chỉ của hội thi để xác nhận. Chưa có gì bị xóa.", "Type the contest's address to confirm. Nothing was erased.")
)
