package judging

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
)

// SigningState is how far a part is signed.
type SigningState string

const (
	// PartOpen: marks come in. Whatever is shown is provisional.
	PartOpen SigningState = "open"
	// PartChecked: the secretary has compared all sheets; nothing changes but by sending the part back.
	PartChecked SigningState = "checked"
	// PartClosed: the head judge has signed.
	PartClosed SigningState = "closed"
)

// Step is what a signature stands for.
type Step string

const (
	StepCheck   Step = "check"
	StepClose   Step = "close"
	StepWitness Step = "witness"
)

// Signing is how a part came to be signed, and all that was asked for on the way.
type Signing struct {
	// Number counts how often the part came to be signed: it rises with each revocation.
	Number     int
	CheckedUs  int64
	CheckedBy  int64
	Supervised bool
	Signatures []Signature // all there ever were, in their order
	Requests   []Request
	Ended      []SheetVersion // the versions of sheets that count no more
}

// Signature stands under a part. The bytes that were signed are kept beside it; here is their hash.
type Signature struct {
	ID        int64
	Number    int
	Step      Step
	AccountID int64
	Name      string
	AtUs      int64
	Hash      []byte
	// EndedUs: sent back or revoked. The signature and what was signed stay.
	EndedUs   int64
	EndedBy   string
	Reason    string
	RequestID int64 // the revocation that ended it
}

// SheetVersion is a state in which a sheet was locked once.
type SheetVersion struct {
	SheetID       int64
	PerformanceID int64
	AccountID     int64
	Number        int
	Paper         bool
	Marks         []MarkValue
	LockedUs      int64
	RequestID     int64 // of paper marks
	EndedUs       int64
	EndedBy       int64 // the request that reopened it
}

// State is how far the part is signed.
func (j Judging) State() SigningState {
	switch {
	case j.Closed():
		return PartClosed
	case j.Signing.CheckedUs != 0:
		return PartChecked
	}
	return PartOpen
}

// Signature is the one that stands for a step now.
func (j Judging) Signature(step Step) (Signature, bool) {
	for _, s := range j.Signing.Signatures {
		if s.Step == step && s.EndedUs == 0 {
			return s, true
		}
	}
	return Signature{}, false
}

// Head is the seat that closes the part.
func (j Judging) Head() (Seat, bool) {
	for _, s := range j.Panel {
		if s.Head {
			return s, true
		}
	}
	return Seat{}, false
}

// Versions are the ended versions of a sheet, the first one first.
func (j Judging) Versions(performanceID, accountID int64) []SheetVersion {
	var list []SheetVersion
	for _, v := range j.Signing.Ended {
		if v.PerformanceID == performanceID && v.AccountID == accountID {
			list = append(list, v)
		}
	}
	return list
}

// signGaps is what else keeps a part from being signed: nobody who closes it, and questions that are not answered yet.
func (j Judging) signGaps() []Gap {
	gaps := []Gap{}
	switch head, named := j.Head(); {
	case len(j.Panel) == 0: // told already
	case !named:
		gaps = append(gaps, Gap{Code: "head", Vi: "Chưa cử Trưởng ban Giám khảo để chốt phần thi", En: "No head judge has been named to close the part"})
	case head.Absent:
		gaps = append(gaps, Gap{Code: "head", Seat: head.Number, Vi: "Trưởng ban Giám khảo (" + head.Name + ") vắng: hãy cử người thay",
			En: "The head judge (" + head.Name + ") is absent: name another one"})
	}
	for _, r := range j.Signing.Requests {
		if r.State != Asked || r.Kind == Revoke || j.practised(r.PerformanceID) {
			continue
		}
		p, _ := j.Performance(r.PerformanceID)
		seat, _ := j.SeatOf(r.AccountID)
		vi, en := "đang chờ người thứ hai xác nhận mở lại phiếu", "the reopening of the sheet waits for a second person"
		if r.Kind == Paper {
			vi, en = "đang chờ người thứ hai xác nhận phiếu giấy", "the paper sheet waits for a second person"
		}
		gaps = append(gaps, Gap{Code: "request_open", PerformanceID: r.PerformanceID, Seat: seat.Number,
			Vi: p.EntryName + ": GK" + itoa(seat.Number) + " " + vi, En: p.EntryName + ", judge " + itoa(seat.Number) + ": " + en})
	}
	return gaps
}

// canonicalMarks are the marks of a sheet as bytes that are the same for the same marks, and their hash.
func canonicalMarks(marks []MarkValue) (body, hash []byte, err error) {
	sorted := slices.SortedFunc(slices.Values(marks), func(a, b MarkValue) int { return int(a.CriterionID - b.CriterionID) })
	if sorted == nil {
		sorted = []MarkValue{}
	}
	body, err = audit.Canonical(sorted)
	sum := sha256.Sum256(body)
	return body, sum[:], err
}

// loadSigning turns the rows of signatures and ended versions into what the rules read.
func (g *Signing) read(signatures []judgingdb.SignaturesRow, requests []judgingdb.JudgingRequest, ended []judgingdb.EndedVersionsRow) error {
	for _, s := range signatures {
		g.Signatures = append(g.Signatures, Signature{ID: s.ID, Number: int(s.Signing), Step: Step(s.Step), AccountID: s.AccountID, Name: s.Name, AtUs: s.AtUs,
			Hash: s.Hash, EndedUs: value(s.EndedUs), EndedBy: s.EndedName, Reason: s.Reason, RequestID: value(s.RequestID)})
	}
	for _, r := range requests {
		marks, err := decodeMarks(r.Marks)
		if err != nil {
			return err
		}
		g.Requests = append(g.Requests, Request{ID: r.ID, Kind: RequestKind(r.Kind), PerformanceID: value(r.PerformanceID), AccountID: value(r.AccountID),
			Reason: r.Reason, Marks: marks, Replaces: r.Replaces, Correction: r.Correction, State: RequestState(r.State), AskedBy: r.AskedBy,
			AskedName: r.AskedName, AskedUs: r.AskedUs, DecidedBy: value(r.DecidedBy), DecidedName: r.DecidedName, DecidedUs: value(r.DecidedUs)})
	}
	for _, v := range ended {
		marks, err := decodeMarks(v.Marks)
		if err != nil {
			return err
		}
		g.Ended = append(g.Ended, SheetVersion{SheetID: v.SheetID, PerformanceID: v.PerformanceID, AccountID: v.AccountID, Number: int(v.Number),
			Paper: v.Paper, Marks: marks, LockedUs: v.LockedUs, RequestID: value(v.RequestID), EndedUs: value(v.EndedUs), EndedBy: value(v.EndedBy)})
	}
	return nil
}

// inputsHash is the hash of everything that the scores follow from.
func (j Judging) inputsHash() string {
	sum := sha256.Sum256(j.Inputs())
	return hex.EncodeToString(sum[:])
}

// Faults of signing.
var (
	errChecked = conflict("judging_checked",
		"Thư ký đã kiểm tra phần thi này nên không thay đổi được. Muốn sửa, hãy trả lại phần thi trước. Điểm đã lưu vẫn nguyên.",
		"The secretary has checked this part, so nothing can be changed. Send it back first. Saved marks are untouched.")
	errNotChecked = conflict("judging_not_checked",
		"Thư ký chưa kiểm tra phần thi này nên chưa chốt được.",
		"The secretary has not checked this part yet, so it cannot be closed.")
	errNotHead = fault.New(fault.Forbidden, "not_head_judge",
		"Chỉ Trưởng ban Giám khảo có mặt mới chốt được phần thi.",
		"Only the head judge who is present closes the part.")
	errMoved = conflict("judging_moved",
		"Điểm hoặc thông tin vừa thay đổi so với màn hình nên chưa ký. Hãy xem lại rồi ký; nếu thư ký đã kiểm tra, hãy trả lại để kiểm tra lần nữa.",
		"Marks or names have changed since this screen was shown, so nothing was signed. Look again; if the part was checked already, send it back to be checked once more.")
	errSameSigner = fault.New(fault.Forbidden, "signer_twice",
		"Mỗi bước cần một người khác nhau ký. Bạn đã ký một bước của phần thi này.",
		"Each step is signed by another person. You have signed a step of this part already.")
	errNotClosed = conflict("judging_not_closed",
		"Phần thi chưa được chốt nên chưa làm được việc này.",
		"The part has not been closed yet, so this cannot be done.")
	errWitnessed = conflict("judging_witnessed", "Giám sát đã ký phần thi này.", "The supervisor has signed this part already.")
	errOwnPanel  = fault.New(fault.Forbidden, "judge_cannot_tally",
		"Bạn là giám khảo của phần thi này nên không làm được việc của thư ký.",
		"You are a judge of this part, so you cannot do the secretary's work in it.")
)
