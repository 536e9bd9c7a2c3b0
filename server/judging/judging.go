// Package judging runs rounds that are judged by marks: rubric, panel, running order, sheets, and the way from marks
// to a score that anyone can follow.
//
// It must never acknowledge a mark that isn't committed, never show a judge the marks of others before the own sheet
// is locked, never change anything of a round that is checked or closed, and never do alone what needs two people. Ways of
// combining sheets belong to package scoring.
package judging

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/scoring"
)

// MarkingRules are the settings that a judged round runs with. They stand from the first performance on.
type MarkingRules struct {
	// Combining says how the sheets of the panel become one score.
	Combining scoring.Combining `json:"combining"`
	// Overtime says what a performance loses when it takes longer than its limit.
	Overtime scoring.Overtime `json:"overtime"`
	// Absent says what happens when a judge falls out. Sheets locked before count either way, and whoever takes the seat
	// over marks from then on.
	Absent Absence `json:"absent,omitempty" enum:"wait" doc:"Absent: the round counts without an absent judge; wait: it waits for the sheets"`
}

// Absence says what happens to a performance whose judge is absent.
type Absence string

const (
	// AbsenceCountsWithout: the sheets of the others make the score.
	AbsenceCountsWithout Absence = ""
	// AbsenceWaits: the sheet is waited for, until the judge is back or somebody else has given it.
	AbsenceWaits Absence = "wait"
)

// DefaultRules are a trimmed mean, and the usual step table for a limit in seconds (0: no limit).
func DefaultRules(limitSeconds int64) MarkingRules {
	r := MarkingRules{
		Combining: scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2},
		Overtime:  scoring.Overtime{Method: scoring.OvertimeNone},
	}
	if limitSeconds > 0 {
		r.Overtime = scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: limitSeconds, Steps: []scoring.OvertimeStep{
			{FromSeconds: 1, Deduction: 25}, {FromSeconds: 60, Deduction: 50}}}
	}
	return r
}

// Criterion is one line of the rubric, with its words.
type Criterion struct {
	scoring.Criterion
	Name        string
	Description string
	// Levels say what the marks stand for, the highest first. They never enter the arithmetic.
	Levels []Level
}

// Seat is a judge's place in the panel: GK1, GK2...
type Seat struct {
	Number    int
	AccountID int64
	Name      string
	Head      bool
	// Absent: gives no more marks. Sheets locked before still count, others are not waited for.
	Absent bool
	Reason string
	// LeftUs: somebody else judges in this place from here on, contest time; 0: not.
	LeftUs int64
	// Replaces is the seat whose remaining turns are this one's; 0: none. See Sits.
	Replaces int
	// Writer is the number of the judge's device that may write; 0: none has claimed the seat yet.
	Writer int64
}

// PerformanceState is where a performance stands.
type PerformanceState string

const (
	Planned PerformanceState = "planned"
	OnStage PerformanceState = "on_stage"
	Done    PerformanceState = "done"
)

// Performance is one entry's turn.
type Performance struct {
	ID       int64
	EntryID  int64
	Position int
	Title    string
	State    PerformanceState
	// StartedUs and EndedUs are contest time; 0: not yet.
	StartedUs int64
	EndedUs   int64
	// Seconds is the time used; nil until the performance is done.
	Seconds *int64
	// TimedByHand: the timekeeper's seconds replace those of the clock.
	TimedByHand bool
	// Number, EntryName, UnitName and Withdrawn are the entry's, as they are now.
	Number    int
	EntryName string
	UnitName  string
	Withdrawn bool
	// Calibration: judged for practice. It has no entry, and nothing that counts may ever look at it.
	Calibration bool
	Clock       Clock
	// LeftOut: does not perform in this part, by a change on the night; it counts as withdrawn here.
	LeftOut bool
	// Code stands for the entry in a blind round.
	Code string
	// Conflicts are the judges who are tied to the entry, by account.
	Conflicts map[int64]Why
	// away are the judges of other turns, by account, where that is known without the times: see Recompute.
	away map[int64]bool
	// masked: the code stands in the place of the name. See For.
	masked bool
}

// SheetState is where a sheet stands.
type SheetState string

const (
	Draft  SheetState = "draft"
	Locked SheetState = "locked"
)

// Sheet is one judge's marks for one performance: those that count.
type Sheet struct {
	ID            int64
	PerformanceID int64
	AccountID     int64
	State         SheetState
	Version       int64
	LockedUs      int64
	Paper         bool           // locked with marks that two people read from paper
	Marks         map[int64]Mark // by criterion
}

// Mark is a value that counts. A mark that was taken back is not among them.
type Mark struct {
	Value      int64
	Writer     int64
	Seq        int64
	ReceivedUs int64
}

// Judging is the whole of a judged round, as it stood at one moment.
type Judging struct {
	RoundID     int64
	ContestID   int64
	RoundName   string
	Epoch, Seq  int64
	Rules       MarkingRules
	Conduct     Conduct
	Publicity   Publicity
	OrderSeed   string // empty: the order was set by hand
	ClosedUs    int64  // 0: open
	Conflict    ConflictRule
	Blind       bool
	BlindKeeper int64
	KeeperName  string
	blindSeed   string
	DrawID      int64 // 0: the order was set by hand
	Draws       int   // how often lots were drawn for this part
	Changes     []Change
	Pressed     []Pressed // what was done at the stage clocks, in time
	// whole is the round with its names, behind one that is shown by codes: what is signed is always the whole.
	whole        *Judging
	Criteria     []Criterion
	Panel        []Seat        // by number
	Performances []Performance // in running order
	Sheets       []Sheet
	Signing      Signing
}

// Closed tells whether the round has been closed.
func (j Judging) Closed() bool { return j.ClosedUs != 0 }

// Started tells whether a performance has begun: from then on the rules stand.
func (j Judging) Started() bool {
	for _, p := range j.Performances {
		if p.State != Planned && !p.Calibration {
			return true
		}
	}
	return false
}

// OnStage is the performance that is on stage now.
func (j Judging) OnStage() (Performance, bool) {
	for _, p := range j.Performances {
		if p.State == OnStage {
			return p, true
		}
	}
	return Performance{}, false
}

// SeatOf is the seat of an account.
func (j Judging) SeatOf(accountID int64) (Seat, bool) {
	for _, s := range j.Panel {
		if s.AccountID == accountID {
			return s, true
		}
	}
	return Seat{}, false
}

// Performance finds a performance of the round.
func (j Judging) Performance(id int64) (Performance, bool) {
	for _, p := range j.Performances {
		if p.ID == id {
			return p, true
		}
	}
	return Performance{}, false
}

// Criterion finds a line of the rubric.
func (j Judging) Criterion(id int64) (Criterion, bool) {
	for _, c := range j.Criteria {
		if c.ID == id {
			return c, true
		}
	}
	return Criterion{}, false
}

// Sheet is what a judge has given for a performance; an empty draft when there is nothing yet.
func (j Judging) Sheet(performanceID, accountID int64) Sheet {
	for _, s := range j.Sheets {
		if s.PerformanceID == performanceID && s.AccountID == accountID {
			return s
		}
	}
	return Sheet{PerformanceID: performanceID, AccountID: accountID, State: Draft}
}

// Values are the marks of a sheet by criterion.
func (s Sheet) Values() map[int64]int64 {
	v := make(map[int64]int64, len(s.Marks))
	for id, m := range s.Marks {
		v[id] = m.Value
	}
	return v
}

// Rubric is the arithmetic part of the criteria.
func (j Judging) Rubric() scoring.Rubric {
	r := make(scoring.Rubric, len(j.Criteria))
	for i, c := range j.Criteria {
		r[i] = c.Criterion
	}
	return r
}

// Limits of what is typed.
const (
	maxName        = 120
	maxDescription = 500
	maxTitle       = 200
	maxReason      = 500
	maxSeats       = 31
	maxPlaces      = 500
)

// tidy brings typed text into NFC with single spaces.
func tidy(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

func fits(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// Reason checks the reason that an exception needs.
func Reason(s string) (string, error) {
	s = tidy(s)
	if !fits(s, 2, maxReason) {
		return "", errReason
	}
	return s, nil
}

// CheckCriteria checks a rubric and tidies its words.
func CheckCriteria(criteria []Criterion) error {
	if len(criteria) == 0 || len(criteria) > scoring.MaxCriteria {
		return errRubric.At("criteria", "Biểu điểm cần từ 1 đến 30 tiêu chí.", "A rubric needs 1 to 30 criteria.")
	}
	f := errRubric
	for i := range criteria {
		c := &criteria[i]
		c.Name, c.Description = tidy(c.Name), tidy(c.Description)
		f = c.check(f, at("criteria", i))
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (c *Criterion) check(f *fault.Fault, path string) *fault.Fault {
	if !fits(c.Name, 1, maxName) {
		f = f.At(path+".name", "Tên tiêu chí cần từ 1 đến 120 ký tự.", "A criterion's name needs 1 to 120 characters.")
	}
	if !fits(c.Description, 0, maxDescription) {
		f = f.At(path+".description", "Mô tả dài tối đa 500 ký tự.", "The description has at most 500 characters.")
	}
	f = c.checkLevels(f, path)
	switch err := c.Check(); {
	case errors.Is(err, scoring.ErrMax):
		f = f.At(path+".max", "Điểm tối đa phải lớn hơn 0 và không quá 1.000.", "The maximum must be above 0 and at most 1,000.")
	case errors.Is(err, scoring.ErrStep):
		f = f.At(path+".step", "Bước điểm phải lớn hơn 0 và chia hết điểm tối đa.", "The step must be above 0 and divide the maximum.")
	case errors.Is(err, scoring.ErrWeight):
		f = f.At(path+".weight", "Trọng số phải lớn hơn 0 và không quá 1.000 %.", "The weight must be above 0 and at most 1,000 %.")
	}
	return f
}

// Check checks the rules.
func (r MarkingRules) Check() error {
	f := errRules
	switch err := r.Combining.Check(); {
	case errors.Is(err, scoring.ErrCombination):
		f = f.At("combining.method", "Hãy chọn một cách tính điểm trong danh sách.", "Choose one of the listed ways to combine marks.")
	case errors.Is(err, scoring.ErrDrop):
		f = f.At("combining.drop", "Số phiếu bỏ ở mỗi đầu từ 1 đến 5 (chỉ khi bỏ điểm cao nhất, thấp nhất).", "1 to 5 sheets are dropped at each end, and only by a trimmed mean.")
	case errors.Is(err, scoring.ErrDistance):
		f = f.At("combining.distance", "Khoảng cách so với điểm trung bình phải lớn hơn 0 và không quá 1.000 điểm.", "The distance from the mean must be above 0 and at most 1,000 points.")
	case errors.Is(err, scoring.ErrThreshold):
		f = f.At("combining.threshold", "Mức chênh lệch phải lớn hơn 0 % và không quá 100 % điểm tối đa.", "The difference must be above 0 % and at most 100 % of the maximum.")
	case errors.Is(err, scoring.ErrThird):
		f = f.At("combining.third", "Hãy chọn cách dùng điểm của người chấm thứ ba.", "Choose what the third marker's sheet does.")
	case errors.Is(err, scoring.ErrLeastSheets):
		f = f.At("combining.least_sheets", "Số phiếu tối thiểu của mỗi giám khảo từ 3 đến 100.", "Each judge must have given 3 to 100 sheets.")
	case errors.Is(err, scoring.ErrDecimals):
		f = f.At("combining.decimals", "Làm tròn đến 0, 1 hoặc 2 chữ số thập phân.", "Numbers are rounded to 0, 1 or 2 decimals.")
	}
	if r.Absent != AbsenceCountsWithout && r.Absent != AbsenceWaits {
		f = f.At("absent", "Hãy chọn cách xử lý khi giám khảo vắng.", "Choose what happens when a judge is absent.")
	}
	switch err := r.Overtime.Check(); {
	case errors.Is(err, scoring.ErrOvertimeMethod):
		f = f.At("overtime.method", "Hãy chọn một cách trừ điểm trong danh sách.", "Choose one of the listed ways to deduct.")
	case errors.Is(err, scoring.ErrOvertimeLimit):
		f = f.At("overtime.limit_seconds", "Thời gian tối đa phải lớn hơn 0 và không quá một ngày.", "The time limit must be above 0 and at most one day.")
	case errors.Is(err, scoring.ErrOvertimeSteps):
		f = f.At("overtime.steps", "Bảng trừ điểm cần 1 đến 10 bậc, số giây và điểm trừ tăng dần.", "The table needs 1 to 10 steps with rising seconds and deductions.")
	case errors.Is(err, scoring.ErrOvertimeMinute):
		f = f.At("overtime.per_minute", "Điểm trừ mỗi phút phải lớn hơn 0 và không quá 1.000.", "The deduction per minute must be above 0 and at most 1,000.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
