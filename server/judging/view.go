package judging

import (
	"strconv"

	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
)

// Live topics and the kinds of messages they carry. Each message is a whole view: a newer (epoch, seq) replaces it.
const (
	// JudgeTopic carries JudgeView, another one to each judge: KindJudgeView.
	JudgeTopic    = "judge/round/{round}"
	KindJudgeView = "judge_view"
	// OrganizerTopic carries JudgingView: KindJudgingView.
	OrganizerTopic  = "organizer/judging/{round}"
	KindJudgingView = "judging_view"
)

// JudgeView is all that one judge may see of a round. Marks of others have one place only, Others, and it stays empty
// until the judge's own sheet for that performance is locked.
type JudgeView struct {
	ContestID        int64              `json:"contest_id"`
	RoundID          int64              `json:"round_id"`
	RoundName        string             `json:"round_name"`
	Closed           bool               `json:"closed" doc:"The secretary has closed the marks: everything is read-only"`
	Seat             int                `json:"seat" doc:"Number in the panel: 3 is GK3"`
	Name             string             `json:"name" doc:"The judge's name"`
	Head             bool               `json:"head" doc:"Head of the panel"`
	Absent           bool               `json:"absent" doc:"Noted as absent: marks are refused"`
	Writer           int64              `json:"writer" doc:"Number of the device that may write; another number than the one this device claimed means that another device took over"`
	Criteria         []CriterionView    `json:"criteria" doc:"The rubric, in its order"`
	MaxTotal         int64              `json:"max_total" doc:"Highest total of a sheet, hundredths of a point"`
	Decimals         scoring.Rounding   `json:"decimals" doc:"What each printed number is rounded to, half up"`
	TimeLimitSeconds int64              `json:"time_limit_seconds" doc:"0: no limit"`
	Overtime         scoring.Overtime   `json:"overtime" doc:"What is taken off for overtime, for the line 'time' of the sheet"`
	Free             bool               `json:"free" doc:"Any entry may be opened and marked, on stage or not"`
	CountDown        bool               `json:"count_down" doc:"The clock shows the time left instead of the time used"`
	Warnings         []int64            `json:"warnings" doc:"Seconds left at which the clock changes its colour, the most first"`
	OnStage          int64              `json:"on_stage" doc:"The performance on stage now; 0: none"`
	Performances     []JudgePerformance `json:"performances" doc:"In running order; in a blind round by code"`
	Blind            bool               `json:"blind" doc:"Codes stand for the entries until the close"`
	Changes          []ChangeView       `json:"changes" doc:"Changes of the running order and of the seats on the night, the newest last; why somebody is away is not said"`
	Signing          JudgeSigning       `json:"signing"`
	// Closing is the head judge's page.
	Closing *ClosingView `json:"closing,omitempty" doc:"For the head of the panel only"`
}

// CriterionView is a line of the rubric.
type CriterionView struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description" doc:"One line under the name; may be empty"`
	Max         int64  `json:"max" doc:"Highest mark, hundredths of a point"`
	Step        int64  `json:"step" doc:"Distance between two marks, hundredths of a point"`
	Weight      int64  `json:"weight" doc:"Hundredths of a percent; 10000: the mark counts as it is"`
	// Levels are for people who mark; nothing is computed from them.
	Levels []Level `json:"levels" doc:"What the marks stand for, the highest first; may be empty"`
}

// PerformanceView is an entry's turn without any mark.
type PerformanceView struct {
	ID          int64            `json:"id"`
	Position    int              `json:"position" doc:"Place in the running order, from 1"`
	EntryID     int64            `json:"entry_id" doc:"0: hidden behind the code"`
	Number      string           `json:"number" doc:"Candidate number; empty while it is hidden behind the code"`
	EntryName   string           `json:"entry_name" doc:"In a blind round that is not closed the code"`
	Code        string           `json:"code" doc:"The code of a blind round; else empty"`
	UnitName    string           `json:"unit_name" doc:"May be empty"`
	Title       string           `json:"title" doc:"Title of the piece; may be empty"`
	State       PerformanceState `json:"state" enum:"planned,on_stage,done"`
	StartedUs   int64            `json:"started_us" doc:"Contest time in microseconds; 0: not yet. The stage clock shows now - started_us while on stage"`
	EndedUs     int64            `json:"ended_us" doc:"0: not yet"`
	Seconds     *int64           `json:"seconds,omitempty" doc:"Time used; absent until done"`
	TimedByHand bool             `json:"timed_by_hand" doc:"The timekeeper corrected the clock"`
	Clock       ClockView        `json:"clock"`
	Calibration bool             `json:"calibration" doc:"Judged for practice: it never counts, and stands before the running order"`
}

// JudgePerformance is a performance with the judge's own sheet.
type JudgePerformance struct {
	PerformanceView
	Sheet OwnSheet `json:"sheet"`
	// Progress is for the head judge alone; it has no place for a mark.
	Progress []SeatProgress `json:"progress,omitempty" doc:"Who still has marks to give; for the head of the panel only"`
	// Withdrawn: does not perform.
	Withdrawn bool `json:"withdrawn" doc:"Withdrawn, or left out of this part"`
	// Conflict is there when the judge is tied to the entry.
	Conflict *ConflictView `json:"conflict,omitempty" doc:"What ties this judge to the entry, and whether the sheet is left out for it"`
	Away     bool          `json:"away" doc:"Not this seat's turn: it began before this judge came, or was left to who came instead"`
	// Others is filled only after the own sheet was locked.
	Others *OthersView `json:"others,omitempty" doc:"Absent until the own sheet is locked"`
}

// OwnSheet is the judge's own sheet as it is stored. A mark counts as saved when it stands here or its command was
// answered with ok.
type OwnSheet struct {
	State    SheetState `json:"state" enum:"draft,locked"`
	Version  int64      `json:"version" doc:"Rises with each stored mark"`
	Reopened int        `json:"reopened" doc:"How often it was locked and opened again"`
	Marks    []OwnMark  `json:"marks" doc:"By the order of the criteria; a criterion without a mark is not in it"`
	Total    int64      `json:"total" doc:"Weighted sum of the marks so far, hundredths of a point"`
	Missing  int        `json:"missing" doc:"How many criteria have no mark yet"`
	LockedUs int64      `json:"locked_us" doc:"0: not locked"`
	Paper    bool       `json:"paper" doc:"Locked with the marks of a paper sheet that two people typed in"`
	// Returned says why a sheet that was locked is open again.
	Returned *ReturnedView `json:"returned,omitempty"`
}

// OwnMark is a stored mark with its key, so that a device can tell its own unsent marks from older ones.
type OwnMark struct {
	CriterionID int64 `json:"criterion_id"`
	Value       int64 `json:"value"`
	Writer      int64 `json:"writer"`
	Seq         int64 `json:"seq"`
	ReceivedUs  int64 `json:"received_us"`
}

// OthersView are the locked sheets of the other judges.
type OthersView struct {
	Sheets []OtherSheet `json:"sheets" doc:"Only locked ones, by seat"`
	// Working is there as soon as the performance is complete.
	Working *scoring.Working `json:"working,omitempty" doc:"The way to the score, once every sheet is locked"`
	// Alarms come once every sheet is locked, to the head judge alone.
	Alarms []Alarm `json:"alarms,omitempty" doc:"Sheets far from the panel's median; for the head of the panel only"`
}

// OtherSheet is another judge's locked sheet.
type OtherSheet struct {
	Seat  int         `json:"seat"`
	Name  string      `json:"name"`
	Marks []MarkValue `json:"marks"`
	Total int64       `json:"total"`
}

// MarkValue is a mark without its history.
type MarkValue struct {
	CriterionID int64 `json:"criterion_id"`
	Value       int64 `json:"value"`
}

// JudgingView is a round as the organizer and the secretary see it: set-up, running order and the table of all marks,
// drafts included, as they arrive.
type JudgingView struct {
	ContestID    int64           `json:"contest_id"`
	RoundID      int64           `json:"round_id"`
	RoundName    string          `json:"round_name"`
	Started      bool            `json:"started" doc:"A performance has begun: rubric, rules and panel stand"`
	Closed       bool            `json:"closed" doc:"Nothing changes any more"`
	ClosedUs     int64           `json:"closed_us" doc:"0: open"`
	Rules        MarkingRules    `json:"rules"`
	Criteria     []CriterionView `json:"criteria"`
	MaxTotal     int64           `json:"max_total" doc:"Highest total of a sheet, hundredths of a point"`
	Panel        []SeatView      `json:"panel"`
	OrderSeed    string          `json:"order_seed" doc:"Seed of the draw that made the running order; empty: set by hand"`
	OnStage      int64           `json:"on_stage" doc:"The performance on stage now; 0: none"`
	Performances []MarkedTurn    `json:"performances" doc:"In running order"`
	Conflict     ConflictRule    `json:"conflict" enum:"none,flag,bar" doc:"What a judge's tie to an entry does"`
	Blind        BlindView       `json:"blind"`
	Draw         string          `json:"draw" enum:"software,room,hand" doc:"How the running order came about"`
	Draws        int             `json:"draws" doc:"How often lots were drawn for this part: to draw again needs a reason"`
	Changes      []ChangeView    `json:"changes" doc:"What was changed since, the newest last"`
	Conduct      Conduct         `json:"conduct"`
	Publicity    Publicity       `json:"publicity"`
	Fixed        bool            `json:"publicity_fixed" doc:"A sheet has been locked: the public can only be shown less"`
	Watch        WatchView       `json:"watch"`
	Gaps         []Gap           `json:"gaps" doc:"What stands between the round and its check; empty: it can be checked"`
	Signing      SigningView     `json:"signing"`
}

// SeatView is a judge's place in the panel.
type SeatView struct {
	Seat      int    `json:"seat"`
	AccountID int64  `json:"account_id"`
	Name      string `json:"name"`
	Head      bool   `json:"head"`
	Absent    bool   `json:"absent"`
	Reason    string `json:"reason" doc:"Why absent; may be empty"`
	Left      bool   `json:"left" doc:"Replaced by somebody on a seat of their own: does not come back in this part"`
	Replaces  int    `json:"replaces" doc:"Judges the remaining turns of this seat; 0: none"`
	Ready     bool   `json:"ready" doc:"A device of this judge has opened the sheets"`
}

// MarkedTurn is a performance with everybody's marks.
type MarkedTurn struct {
	PerformanceView
	Withdrawn bool `json:"withdrawn" doc:"The entry has been withdrawn since, or left out of this part"`
	LeftOut   bool `json:"left_out" doc:"Left out of this part on the night; it can be brought back"`
	// Conflicts are the judges of the panel who are tied to the entry.
	Conflicts []ConflictView `json:"conflicts"`
	Away      []int          `json:"away" doc:"Seats that do not judge this turn: who sits there came later, or had left"`
	Sheets    []SheetView    `json:"sheets" doc:"One a seat, in their order"`
	Complete  bool           `json:"complete" doc:"Over, and every sheet that is waited for is locked: the score counts"`
	// Working is computed from the sheets that are locked so far.
	Working scoring.Working `json:"working"`
	// Place in this part alone, among the complete performances.
	Place int  `json:"place" doc:"0: not complete"`
	Tied  bool `json:"tied"`
}

// SheetView is one judge's sheet in the table.
type SheetView struct {
	Seat     int           `json:"seat"`
	State    SheetState    `json:"state" enum:"draft,locked"`
	Marks    []MarkValue   `json:"marks"`
	Total    int64         `json:"total"`
	Missing  int           `json:"missing"`
	LockedUs int64         `json:"locked_us"`
	Paper    bool          `json:"paper" doc:"From a paper sheet"`
	Versions []VersionView `json:"versions" doc:"Locked before and reopened since, the first one first"`
}

// JudgeView makes the view of one judge; false: not on the panel.
func (j Judging) JudgeView(accountID int64) (JudgeView, bool) {
	j = j.For(0) // a judge never holds the names
	seat, ok := j.SeatOf(accountID)
	if !ok {
		return JudgeView{}, false
	}
	rubric, scores := j.Rubric(), j.byPerformance()
	v := JudgeView{ContestID: j.ContestID, RoundID: j.RoundID, RoundName: j.RoundName, Closed: j.Closed(), Seat: seat.Number,
		Name: seat.Name, Head: seat.Head, Absent: seat.Absent, Writer: seat.Writer, Criteria: j.criteriaViews(),
		MaxTotal: rubric.Max(j.Rules.Combining.Decimals), Decimals: j.Rules.Combining.Decimals, TimeLimitSeconds: j.Rules.Overtime.LimitSeconds,
		Overtime: j.Rules.Overtime, Free: j.Conduct.Choosing == Freely, CountDown: j.Conduct.CountDown, Warnings: j.Conduct.Warnings,
		Performances: []JudgePerformance{}, Signing: j.judgeSigning(seat), Closing: j.closingView(seat),
		Blind: j.Blind, Changes: j.changesForJudges()}
	for _, p := range j.Performances {
		if p.State == OnStage {
			v.OnStage = p.ID
		}
		own := j.Sheet(p.ID, accountID)
		jp := JudgePerformance{PerformanceView: performanceView(p), Sheet: j.ownSheet(rubric, own), Withdrawn: p.Withdrawn, Conflict: j.ownConflict(p, seat), Away: !j.Sits(p, seat)}
		if seat.Head {
			jp.Progress = j.progress(rubric, p)
		}
		if own.State == Locked {
			jp.Others = j.others(rubric, p, accountID, scores[p.ID])
			if seat.Head {
				jp.Others.Alarms = j.alarms(rubric, p)
			}
		}
		v.Performances = append(v.Performances, jp)
	}
	return v, true
}

func (j Judging) ownSheet(rubric scoring.Rubric, s Sheet) OwnSheet {
	v := OwnSheet{State: s.State, Version: s.Version, Reopened: len(j.Versions(s.PerformanceID, s.AccountID)), LockedUs: s.LockedUs, Marks: []OwnMark{}, Paper: s.Paper, Returned: j.returned(s)}
	_, v.Total, v.Missing = rubric.Total(s.Values(), j.Rules.Combining.Decimals)
	for _, c := range rubric {
		if m, ok := s.Marks[c.ID]; ok {
			v.Marks = append(v.Marks, OwnMark{CriterionID: c.ID, Value: m.Value, Writer: m.Writer, Seq: m.Seq, ReceivedUs: m.ReceivedUs})
		}
	}
	return v
}

func (j Judging) others(rubric scoring.Rubric, p Performance, accountID int64, score Score) *OthersView {
	v := &OthersView{Sheets: []OtherSheet{}}
	for _, seat := range j.Panel {
		s := j.Sheet(p.ID, seat.AccountID)
		if seat.AccountID == accountID || s.State != Locked {
			continue
		}
		_, total, _ := rubric.Total(s.Values(), j.Rules.Combining.Decimals)
		v.Sheets = append(v.Sheets, OtherSheet{Seat: seat.Number, Name: seat.Name, Marks: markValues(rubric, s), Total: total})
	}
	if score.Complete {
		v.Working = &score.Working
	}
	return v
}

// View makes the view of the organizer and the secretary.
func (j Judging) View() JudgingView {
	rubric, scores := j.Rubric(), j.byPerformance()
	v := JudgingView{ContestID: j.ContestID, RoundID: j.RoundID, RoundName: j.RoundName, Started: j.Started(), Closed: j.Closed(),
		ClosedUs: j.ClosedUs, Rules: j.Rules, Criteria: j.criteriaViews(), MaxTotal: rubric.Max(j.Rules.Combining.Decimals),
		Panel: []SeatView{}, OrderSeed: j.OrderSeed, Performances: []MarkedTurn{}, Gaps: j.Gaps(),
		Conduct: j.Conduct, Publicity: j.Publicity, Fixed: j.EverLocked() || j.Closed(), Watch: j.Watch(),
		Conflict: j.Conflict, Blind: j.blindView(), Draw: j.drawn(), Draws: j.Draws, Changes: j.changeViews()}
	if v.Closed {
		v.Gaps = []Gap{}
	}
	v.Signing = j.signingView(v.Gaps)
	places := j.Places(j.Scores())
	for _, s := range j.Panel {
		v.Panel = append(v.Panel, SeatView{Seat: s.Number, AccountID: s.AccountID, Name: s.Name, Head: s.Head, Absent: s.Absent,
			Reason: s.Reason, Ready: s.Writer > 0, Left: s.LeftUs != 0, Replaces: s.Replaces})
	}
	for _, p := range j.Performances {
		if p.State == OnStage {
			v.OnStage = p.ID
		}
		score := scores[p.ID]
		turn := MarkedTurn{PerformanceView: performanceView(p), Withdrawn: p.Withdrawn, LeftOut: p.LeftOut, Conflicts: j.conflictViews(p), Away: j.away(p), Sheets: []SheetView{},
			Complete: score.Complete, Working: score.Working, Place: places[p.EntryID].Place, Tied: places[p.EntryID].Tied}
		for _, seat := range j.Panel {
			s := j.Sheet(p.ID, seat.AccountID)
			row := SheetView{Seat: seat.Number, State: s.State, LockedUs: s.LockedUs, Marks: markValues(rubric, s), Paper: s.Paper,
				Versions: j.versionViews(p.ID, seat.AccountID)}
			_, row.Total, row.Missing = rubric.Total(s.Values(), j.Rules.Combining.Decimals)
			turn.Sheets = append(turn.Sheets, row)
		}
		v.Performances = append(v.Performances, turn)
	}
	return v
}

func (j Judging) criteriaViews() []CriterionView {
	views := make([]CriterionView, 0, len(j.Criteria))
	for _, c := range j.Criteria {
		v := CriterionView{ID: c.ID, Name: c.Name, Description: c.Description, Max: c.Max, Step: c.Step, Weight: c.Weight, Levels: []Level{}}
		v.Levels = append(v.Levels, c.Levels...)
		views = append(views, v)
	}
	return views
}

func performanceView(p Performance) PerformanceView {
	number := ""
	if p.EntryID > 0 {
		number = roster.NumberText(p.Number)
	}
	return PerformanceView{ID: p.ID, Position: p.Position, EntryID: max(p.EntryID, 0), Number: number, EntryName: p.EntryName, Code: p.Code,
		UnitName: p.UnitName, Title: p.Title, State: p.State, StartedUs: p.StartedUs, EndedUs: p.EndedUs, Seconds: p.Seconds,
		TimedByHand: p.TimedByHand, Clock: clockView(p.Clock), Calibration: p.Calibration}
}

func markValues(rubric scoring.Rubric, s Sheet) []MarkValue {
	values := make([]MarkValue, 0, len(s.Marks))
	for _, c := range rubric {
		if m, ok := s.Marks[c.ID]; ok {
			values = append(values, MarkValue{CriterionID: c.ID, Value: m.Value})
		}
	}
	return values
}

// JudgeTopicOf is the topic of a round's judges.
func JudgeTopicOf(roundID int64) string { return "judge/round/" + strconv.FormatInt(roundID, 10) }

// OrganizerTopicOf is the topic of a round's secretary.
func OrganizerTopicOf(roundID int64) string {
	return "organizer/judging/" + strconv.FormatInt(roundID, 10)
}
