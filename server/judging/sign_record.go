package judging

import (
	"crypto/sha256"
	"slices"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// Record is what people sign under a part: all that its minutes say. Secretary, head judge and supervisor sign the same
// bytes, so they bear the same seal.
type Record struct {
	Format       int             `json:"format"`
	RoundID      int64           `json:"round_id"`
	RoundName    string          `json:"round_name"`
	Signing      int             `json:"signing"`
	Rules        MarkingRules    `json:"rules"`
	Criteria     []CriterionView `json:"criteria"`
	MaxTotal     int64           `json:"max_total"`
	Panel        []RecordSeat    `json:"panel"`
	Turns        []RecordTurn    `json:"turns"` // in running order
	Exceptions   []Exception     `json:"exceptions"`
	InputsSHA256 string          `json:"inputs_sha256"`
}

// RecordSeat is a judge as signed for.
type RecordSeat struct {
	Seat   int    `json:"seat"`
	Name   string `json:"name"`
	Head   bool   `json:"head"`
	Absent bool   `json:"absent"`
}

// RecordTurn is a performance with its sheets, the way to its score, and its place in the part.
type RecordTurn struct {
	Position    int             `json:"position"`
	EntryID     int64           `json:"entry_id"`
	Number      string          `json:"number"`
	EntryName   string          `json:"entry_name"`
	UnitName    string          `json:"unit_name"`
	Title       string          `json:"title"`
	Code        string          `json:"code,omitempty"` // under which a blind round was judged
	Seconds     int64           `json:"seconds"`
	TimedByHand bool            `json:"timed_by_hand"`
	Sheets      []RecordSheet   `json:"sheets"` // the locked ones, by seat
	Working     scoring.Working `json:"working"`
	Score       int64           `json:"score"`
	Complete    bool            `json:"complete"`
	Place       int             `json:"place"` // 0: without a score
	Tied        bool            `json:"tied"`
}

// RecordSheet is a locked sheet.
type RecordSheet struct {
	Seat     int         `json:"seat"`
	Version  int         `json:"version"`
	Paper    bool        `json:"paper"`
	LockedUs int64       `json:"locked_us"`
	Marks    []MarkValue `json:"marks"`
	Total    int64       `json:"total"`
}

// Exception is a line of the annex: what did not go by itself.
type Exception struct {
	Code string `json:"code" enum:"reopened,paper,revoked,absent,time,pause,order,conflict,panel,blind"`
	AtUs int64  `json:"at_us" doc:"0: not at one moment"`
	Vi   string `json:"vi"`
	En   string `json:"en"`
}

// Place is an entry's place in the part alone.
type Place struct {
	Place int
	Tied  bool
}

// Places ranks the complete performances by their scores, by entry.
func (j Judging) Places(scores []Score) map[int64]Place {
	rows := []ranking.Row{}
	for _, s := range scores {
		if s.Complete {
			rows = append(rows, ranking.Row{ID: s.EntryID, Values: []int64{s.Score}})
		}
	}
	places := map[int64]Place{}
	for _, s := range ranking.Rank([]ranking.Metric{{Name: "score"}}, rows) {
		places[s.ID] = Place{Place: s.Place, Tied: s.Tied}
	}
	return places
}

// Record makes what is signed from the part as it stands. It has no place for who signs or when: until the part is
// opened again it stays the same.
func (j Judging) Record() Record {
	j.ClosedUs = 0
	rubric, scores := j.Rubric(), j.byPerformance()
	places := j.Places(j.Scores())
	r := Record{Format: 1, RoundID: j.RoundID, RoundName: j.RoundName, Signing: max(j.Signing.Number, 1), Rules: j.Rules, Criteria: j.criteriaViews(),
		MaxTotal: rubric.Max(j.Rules.Combining.Decimals), Panel: []RecordSeat{}, Turns: []RecordTurn{}, Exceptions: j.exceptions(), InputsSHA256: j.inputsHash()}
	for _, s := range j.Panel {
		r.Panel = append(r.Panel, RecordSeat{Seat: s.Number, Name: s.Name, Head: s.Head, Absent: s.Absent})
	}
	for _, p := range j.Performances {
		s, counts := scores[p.ID]
		if !counts || p.State == Planned {
			continue // for practice, or left out before its turn
		}
		t := RecordTurn{Position: p.Position, EntryID: p.EntryID, Number: roster.NumberText(p.Number), EntryName: p.EntryName, UnitName: p.UnitName, Title: p.Title, Code: p.Code,
			Seconds: s.Seconds, TimedByHand: p.TimedByHand, Sheets: []RecordSheet{}, Working: s.Working, Score: s.Score, Complete: s.Complete,
			Place: places[p.EntryID].Place, Tied: places[p.EntryID].Tied}
		for _, seat := range j.Panel {
			sheet := j.Sheet(p.ID, seat.AccountID)
			if sheet.State != Locked {
				continue
			}
			_, total, _ := rubric.Total(sheet.Values(), j.Rules.Combining.Decimals)
			t.Sheets = append(t.Sheets, RecordSheet{Seat: seat.Number, Version: len(j.Versions(p.ID, seat.AccountID)) + 1, Paper: sheet.Paper,
				LockedUs: sheet.LockedUs, Marks: markValues(rubric, sheet), Total: total})
		}
		r.Turns = append(r.Turns, t)
	}
	return r
}

// sealed gives the bytes of a record and their hash.
func (r Record) sealed() (body, hash []byte, err error) {
	body, err = audit.Canonical(r)
	sum := sha256.Sum256(body)
	return body, sum[:], err
}

// exceptions lists what the annex of the minutes has to tell, in the order of the acts.
func (j Judging) exceptions() []Exception {
	list := j.panelExceptions()
	for _, v := range j.Signing.Ended {
		if j.practised(v.PerformanceID) {
			continue
		}
		r, _ := j.Request(v.EndedBy)
		list = append(list, j.reopened(v, r))
	}
	for _, s := range j.Sheets {
		if s.State == Locked && s.Paper && !j.practised(s.PerformanceID) {
			list = append(list, j.fromPaper(s))
		}
	}
	for _, s := range j.Signing.Signatures {
		if s.Step != StepClose || s.EndedUs == 0 {
			continue
		}
		r, _ := j.Request(s.RequestID)
		list = append(list, Exception{Code: "revoked", AtUs: s.EndedUs,
			Vi: "Thu hồi chữ ký chốt lần " + itoa(s.Number) + " (mã niêm phong " + audit.Seal(s.Hash) + "). Đề nghị: " + r.AskedName + "; xác nhận: " + r.DecidedName + ". Lý do: " + ended(s.Reason),
			En: "Signature " + itoa(s.Number) + " revoked (seal " + audit.Seal(s.Hash) + "). Asked by " + r.AskedName + ", confirmed by " + r.DecidedName + ". Reason: " + ended(s.Reason)})
	}
	for _, s := range j.Panel {
		if s.Absent && s.LeftUs == 0 { // a change tells who was replaced
			list = append(list, Exception{Code: "absent", Vi: "GK" + itoa(s.Number) + " (" + s.Name + ") vắng. Lý do: " + ended(s.Reason),
				En: "Judge " + itoa(s.Number) + " (" + s.Name + ") absent. Reason: " + ended(s.Reason)})
		}
	}
	list = append(list, j.clockExceptions()...)
	// What has no moment of its own comes last.
	slices.SortStableFunc(list, func(a, b Exception) int {
		switch {
		case a.AtUs == b.AtUs:
			return 0
		case a.AtUs == 0 || b.AtUs != 0 && a.AtUs > b.AtUs:
			return 1
		}
		return -1
	})
	return list
}

// reopened tells the marks before and after, criterion by criterion, as far as they differ.
func (j Judging) reopened(v SheetVersion, r Request) Exception {
	p, _ := j.Performance(v.PerformanceID)
	seat, _ := j.SeatOf(v.AccountID)
	after := j.after(v)
	vi, en := "", ""
	for _, c := range j.Criteria {
		before, was := markOf(v.Marks, c.ID)
		now, is := markOf(after, c.ID)
		if was == is && before == now {
			continue
		}
		text := func(mark int64, there bool, locale string) string {
			if !there {
				return "–"
			}
			return printed(mark, locale)
		}
		vi += " " + c.Name + ": " + text(before, was, "vi") + " → " + text(now, is, "vi") + "."
		en += " " + c.Name + ": " + text(before, was, "en") + " → " + text(now, is, "en") + "."
	}
	if vi == "" {
		vi, en = " Điểm không đổi.", " The marks stayed the same."
	}
	return Exception{Code: "reopened", AtUs: v.EndedUs,
		Vi: p.EntryName + ", GK" + itoa(seat.Number) + " (" + seat.Name + "): mở lại phiếu bản " + itoa(v.Number) + ". Đề nghị: " + r.AskedName + "; xác nhận: " + r.DecidedName + ". Lý do: " + ended(r.Reason) + vi,
		En: p.EntryName + ", judge " + itoa(seat.Number) + " (" + seat.Name + "): version " + itoa(v.Number) + " of the sheet reopened. Asked by " + r.AskedName + ", confirmed by " + r.DecidedName + ". Reason: " + ended(r.Reason) + en}
}

// after are the marks that came after an ended version: of the next one, or of the sheet as it stands.
func (j Judging) after(v SheetVersion) []MarkValue {
	for _, next := range j.Signing.Ended {
		if next.SheetID == v.SheetID && next.Number == v.Number+1 {
			return next.Marks
		}
	}
	return markValues(j.Rubric(), j.Sheet(v.PerformanceID, v.AccountID))
}

func (j Judging) fromPaper(s Sheet) Exception {
	p, _ := j.Performance(s.PerformanceID)
	seat, _ := j.SeatOf(s.AccountID)
	vi, en := "", ""
	var at int64
	for _, r := range j.Signing.Requests {
		if r.Kind == Paper && r.State == Confirmed && r.PerformanceID == s.PerformanceID && r.AccountID == s.AccountID {
			at = r.DecidedUs
			vi, en = " Người nhập: "+r.AskedName+"; người nhập lại: "+r.DecidedName+".", " Typed by "+r.AskedName+", typed again by "+r.DecidedName+"."
			if r.Reason != "" {
				vi, en = vi+" Ghi chú: "+ended(r.Reason), en+" Note: "+ended(r.Reason)
			}
			if r.Replaces {
				vi, en = vi+" Thay điểm đã lưu trên máy.", en+" In place of the marks on the device."
			}
		}
	}
	return Exception{Code: "paper", AtUs: at, Vi: p.EntryName + ", GK" + itoa(seat.Number) + " (" + seat.Name + "): điểm nhập từ phiếu giấy." + vi,
		En: p.EntryName + ", judge " + itoa(seat.Number) + " (" + seat.Name + "): marks typed from a paper sheet." + en}
}

func markOf(marks []MarkValue, criterionID int64) (int64, bool) {
	for _, m := range marks {
		if m.CriterionID == criterionID {
			return m.Value, true
		}
	}
	return 0, false
}

// ended closes a reason as a sentence.
func ended(s string) string {
	if s == "" || s[len(s)-1] == '.' || s[len(s)-1] == '!' || s[len(s)-1] == '?' {
		return s
	}
	return s + "."
}
