package judging

import (
	"encoding/json"
	"strconv"

	"github.com/hoithi/hoithi/server/fault"
)

// RequestKind is what one person asks and another one confirms.
type RequestKind string

const (
	// Reopen a locked sheet, so that its judge can correct it.
	Reopen RequestKind = "reopen"
	// Paper: the marks of a paper sheet become the judge's locked sheet.
	Paper RequestKind = "paper"
	// Revoke the signatures of a closed part.
	Revoke RequestKind = "revoke"
)

// RequestState is where a request stands.
type RequestState string

const (
	Asked     RequestState = "asked"
	Confirmed RequestState = "confirmed"
	Refused   RequestState = "refused"
	Withdrawn RequestState = "withdrawn"
)

// Request waits for a second person, or was decided by one.
type Request struct {
	ID            int64
	Kind          RequestKind
	PerformanceID int64 // 0 of a revocation
	AccountID     int64 // whose sheet
	Reason        string
	Marks         []MarkValue // of paper, as they were typed first
	Replaces      bool        // paper in place of what the device had saved
	Correction    bool        // a revocation after the contest's result was final
	State         RequestState
	AskedBy       int64
	AskedName     string
	AskedUs       int64
	DecidedBy     int64
	DecidedName   string
	DecidedUs     int64
}

// Door is the way by which somebody comes to a part: what the routes let through.
type Door int

const (
	// Office: secretaries and organizers.
	Office Door = iota + 1
	// PanelDoor: judges of the contest; only those on the panel of the part go on.
	PanelDoor
	// Watch: supervisors.
	Watch
)

// mayAsk tells whether somebody may ask for, or decide, something about a sheet of the seat (nil: about the part).
// The judges of a panel speak for their own sheet, the head judge for all.
func (j Judging) mayAsk(who int64, door Door, sheetOf int64) error {
	seat, sits := j.SeatOf(who)
	switch {
	case door == Office && sits:
		return errOwnPanel
	case door == Office, door == Watch && sheetOf == 0 && !sits:
		return nil
	case door == PanelDoor && sits && (seat.Head && !seat.Absent || sheetOf == who && sheetOf != 0):
		return nil
	case door == PanelDoor && sits:
		return errNotYours
	}
	return errNotOnPanel
}

// Request finds a request of the part.
func (j Judging) Request(id int64) (Request, bool) {
	for _, r := range j.Signing.Requests {
		if r.ID == id {
			return r, true
		}
	}
	return Request{}, false
}

// mayConfirm tells whether somebody may be the second person. Paper is typed again by somebody of the office; a
// correction of a final result needs an organizer among the two.
func (j Judging) mayConfirm(r Request, who int64, door Door) error {
	switch {
	case r.State != Asked:
		return errDecided
	case r.AskedBy == who:
		return errSamePerson
	case r.Kind == Paper && door != Office:
		return errNotYours
	}
	return j.mayAsk(who, door, r.AccountID)
}

// checkPaper compares what stands on paper with what the device of the judge has saved.
func (j Judging) checkPaper(p Performance, seat Seat, marks []MarkValue, replaces bool) error {
	sheet := j.Sheet(p.ID, seat.AccountID)
	switch {
	case p.State == Planned:
		return errNotBegun
	case !j.Sits(p, seat):
		return errOtherTurn
	case j.gone(seat):
		return errPaperAbsent
	case sheet.State == Locked:
		return errPaperLocked
	}
	f := errPaperMarks
	given := map[int64]int64{}
	for _, v := range marks {
		given[v.CriterionID] = v.Value
	}
	for i, c := range j.Criteria {
		v, there := given[c.ID]
		if !there || c.CheckMark(v) != nil {
			f = f.At(at("marks", i), c.Name+": điểm trên phiếu thiếu hoặc không đúng thang điểm.", c.Name+": the mark is missing or does not fit the scale.")
		}
	}
	if len(f.Fields) > 0 || len(given) != len(j.Criteria) || len(marks) != len(j.Criteria) {
		return f
	}
	if replaces {
		return nil
	}
	f = errPaperConflict
	for i, c := range j.Criteria {
		if m, saved := sheet.Marks[c.ID]; saved && m.Value != given[c.ID] {
			f = f.At(at("marks", i), c.Name+": trên máy "+printed(m.Value, "vi")+", trên giấy "+printed(given[c.ID], "vi")+".",
				c.Name+": "+printed(m.Value, "en")+" on the device, "+printed(given[c.ID], "en")+" on paper.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// differs names the criteria in which the second typing differs from the first.
func (j Judging) differs(first, second []MarkValue) error {
	typed := map[int64]int64{}
	for _, v := range second {
		typed[v.CriterionID] = v.Value
	}
	f := errPaperDiffers
	for _, v := range first {
		if again, ok := typed[v.CriterionID]; !ok || again != v.Value {
			c, _ := j.Criterion(v.CriterionID)
			f = f.At("marks", c.Name+": hai người nhập khác nhau.", c.Name+": the two of you typed different marks.")
		}
	}
	if len(f.Fields) > 0 || len(first) != len(second) {
		return f
	}
	return nil
}

func decodeMarks(b []byte) ([]MarkValue, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var marks []MarkValue
	err := json.Unmarshal(b, &marks)
	return marks, err
}

func itoa(n int) string { return strconv.Itoa(n) }

// printed writes hundredths as people read them: 7,5.
func printed(hundredths int64, locale string) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "−", -hundredths
	}
	s := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest != 0 {
		mark := ","
		if locale == "en" {
			mark = "."
		}
		digits := strconv.FormatInt(100+rest, 10)[1:]
		if digits[1] == '0' {
			digits = digits[:1]
		}
		s += mark + digits
	}
	return sign + s
}

// Faults of requests.
var (
	errNotYours = fault.New(fault.Forbidden, "not_your_request",
		"Việc này dành cho Trưởng ban Giám khảo, thư ký hoặc giám khảo của chính phiếu này.",
		"This is for the head judge, the secretary, or the judge whose sheet it is.")
	errSamePerson = fault.New(fault.Forbidden, "second_person_needed",
		"Cần người thứ hai xác nhận: người đề nghị không tự xác nhận được.",
		"A second person has to confirm: nobody confirms a request of their own.")
	errDecided   = conflict("request_decided", "Đề nghị này đã được xử lý.", "This request has been decided already.")
	errNotAsker  = fault.New(fault.Forbidden, "not_your_request_to_withdraw", "Chỉ người đề nghị mới rút lại được.", "Only who asked can withdraw it.")
	errRequested = conflict("request_waiting",
		"Đã có một đề nghị đang chờ xác nhận cho phiếu hoặc phần thi này.",
		"A request for this sheet or part is already waiting to be confirmed.")
	errNotLocked   = conflict("sheet_not_locked", "Phiếu này chưa chốt nên không cần mở lại.", "This sheet is not locked, so it need not be reopened.")
	errPaperAbsent = conflict("paper_judge_absent",
		"Giám khảo này được ghi là vắng nên không nhập phiếu giấy được.",
		"This judge is noted as absent, so no paper sheet can be typed in.")
	errPaperLocked = conflict("paper_sheet_locked",
		"Phiếu của giám khảo này đã chốt trên máy. Muốn thay bằng phiếu giấy, hãy mở lại phiếu trước. Điểm đã chốt vẫn nguyên.",
		"This judge has locked the sheet on the device. Reopen it first to put the paper in its place. The locked marks are untouched.")
	errPaperMarks = invalid("paper_marks",
		"Điểm nhập từ phiếu giấy chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
		"The marks from paper are not right, so they were not saved. Look at the marked fields.")
	errPaperConflict = conflict("paper_conflict",
		"Giám khảo đã chấm khác trên máy nên chưa nhận phiếu giấy. Hỏi lại giám khảo; nếu máy hỏng, chọn thay điểm trên máy và ghi lý do.",
		"The device of this judge has saved other marks, so the paper was not accepted. Ask the judge; if the device has failed, choose to replace its marks and say why.")
	errPaperDiffers = conflict("paper_differs",
		"Hai lần nhập khác nhau nên phiếu giấy chưa được tính. Hãy xem lại phiếu; nếu lần đầu sai, từ chối rồi nhập lại.",
		"The two typings differ, so the paper does not count yet. Look at the sheet; if the first one was wrong, refuse it and type it in again.")
	errFinalResult = conflict("result_is_final",
		"Kết quả hội thi đã chốt. Thu hồi chữ ký lúc này là đính chính: hãy chọn đính chính và có Ban Tổ chức trong hai người. Kết quả đã công bố giữ nguyên cho đến khi đính chính.",
		"The contest's result is final. Revoking now is a correction: choose it as such, with an organizer among the two. What was published stays until it is corrected.")
	errArchived = conflict("contest_archived", "Hội thi đã lưu trữ nên không thu hồi chữ ký được.", "The contest is archived, so signatures cannot be revoked.")
)
