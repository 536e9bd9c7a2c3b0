package exam

import (
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

// Kinds of live messages of this room.
const (
	KindRound   = "exam_round"
	KindOwn     = "exam_own"
	KindPaper   = "exam_paper"
	KindControl = "exam_control"
)

// RoundView is the same for all contestants of a round: what it is, and its rules. It says nothing of how many take
// part, which a guess may be about.
type RoundView struct {
	RoundID   int64    `json:"round_id"`
	Seq       int64    `json:"seq" doc:"Number of the round's last event"`
	Contest   string   `json:"contest"`
	Round     string   `json:"round"`
	Phase     Phase    `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	PausedUs  int64    `json:"paused_us,omitzero" doc:"Since when the round stands still"`
	DurationS int64    `json:"duration_s" doc:"0: no limit but the window; a division may have its own, see exam_own"`
	Attempts  int      `json:"attempts" doc:"In each period; 0: as many as one likes"`
	Counts    Counting `json:"counts" enum:"best,first,last"`
	Guess     Guess    `json:"guess" enum:",all_right,entrants,share"`
	Pass      int      `json:"pass_percent" doc:"0: there is no passing"`
	Ranking   []Metric `json:"ranking"`
	ShowScore Moment   `json:"show_score" enum:"at_submit,after_window,published,never"`
	ShowKeys  Moment   `json:"show_keys" enum:"after_window,published,never"`
}

// OwnView is what only the entry itself may see. It has no place for a right answer.
type OwnView struct {
	EntryID   int64       `json:"entry_id"`
	Number    string      `json:"number"`
	Name      string      `json:"name"`
	Unit      string      `json:"unit,omitempty"`
	Division  string      `json:"division,omitempty"`
	DurationS int64       `json:"duration_s" doc:"That holds for this entry; 0: no limit but the window"`
	Periods   []OwnPeriod `json:"periods"`
	// Open is the running attempt; nil: none.
	Open     *OwnOpen    `json:"open,omitempty"`
	Messages []OwnNotice `json:"messages" doc:"Announcements, and own questions with their answers, newest first"`
}

// OwnPeriod is a period as it holds for an entry, with its exceptions.
type OwnPeriod struct {
	ID       int64        `json:"id"`
	Name     string       `json:"name"`
	OpensUs  int64        `json:"opens_us"`
	ClosesUs int64        `json:"closes_us"`
	ExtraUs  int64        `json:"extra_us,omitzero" doc:"Extra time that was granted"`
	Items    int          `json:"items" doc:"How many items a paper has; 0: not known yet"`
	Points   int64        `json:"points" doc:"The most points, in hundredths"`
	Left     int          `json:"left" doc:"Attempts left; -1: as many as one likes"`
	Attempts []OwnAttempt `json:"attempts"`
}

// OwnAttempt is a sitting of the entry.
type OwnAttempt struct {
	ID         int64  `json:"id"`
	Number     int    `json:"number"`
	StartedUs  int64  `json:"started_us"`
	DeadlineUs int64  `json:"deadline_us"`
	FinishedUs int64  `json:"finished_us,omitzero" doc:"0: running"`
	Finish     Finish `json:"finish,omitempty" enum:"submitted,deadline"`
	Answered   int    `json:"answered" doc:"Saved answers, once it is finished"`
	// Score is nil while it may not be shown, or is not counted yet.
	Score *OwnScore `json:"score,omitempty"`
}

// OwnScore is what an attempt came to.
type OwnScore struct {
	Points  int64  `json:"points" doc:"Hundredths of a point"`
	Max     int64  `json:"max" doc:"The most points, in hundredths"`
	Correct int    `json:"correct"`
	TimeUs  int64  `json:"time_us" doc:"Time used, without pauses"`
	Passed  *bool  `json:"passed,omitempty" doc:"Only where there is a pass mark"`
	Counts  bool   `json:"counts" doc:"The attempt of its period that counts so far"`
	Guess   *int64 `json:"guess,omitempty" doc:"The entry's guess, hundredths"`
	Actual  *int64 `json:"actual,omitempty" doc:"What the guess was about, hundredths; only once the period is settled"`
}

// OwnOpen says who answers in the running attempt.
type OwnOpen struct {
	AttemptID  int64 `json:"attempt_id"`
	PeriodID   int64 `json:"period_id"`
	DeadlineUs int64 `json:"deadline_us" doc:"0: none but a pause stands"`
	// Writer is the number of the device that answers now; Mine: it is the asking one.
	Writer int32 `json:"writer"`
	Mine   bool  `json:"mine"`
}

// OwnNotice is an announcement, or a question with its answer.
type OwnNotice struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind" enum:"announcement,clarification"`
	Own     bool   `json:"own" doc:"For, or from, this entry alone"`
	Place   int16  `json:"place,omitzero" doc:"The item that a question is about"`
	Body    string `json:"body"`
	AtUs    int64  `json:"at_us"`
	Reply   string `json:"reply,omitempty"`
	ReplyUs int64  `json:"reply_us,omitzero"`
}

// PaperView is the paper of a running attempt with what is saved: whole, so that a break of the network costs nothing.
type PaperView struct {
	AttemptID  int64       `json:"attempt_id"`
	Number     int         `json:"number"`
	PeriodID   int64       `json:"period_id"`
	StartedUs  int64       `json:"started_us"`
	DeadlineUs int64       `json:"deadline_us"`
	Writer     int32       `json:"writer"`
	Items      []PaperItem `json:"items"`
	Guess      Guess       `json:"guess" enum:",all_right,entrants,share"`
	Saved      []Saved     `json:"saved"`
}

// PaperItem is an item on a paper, its lists in this attempt's order.
type PaperItem struct {
	Place    int16         `json:"place" doc:"1, 2, ..."`
	Part     string        `json:"part,omitempty" doc:"Heading of the part that begins here"`
	Note     string        `json:"note,omitempty"`
	Points   int64         `json:"points" doc:"Hundredths of a point"`
	Question bank.Question `json:"question"`
}

// Saved is a response as it stands in Postgres. Place 0 is the guess, -1 the places flagged for later (as text: "3,7").
type Saved struct {
	Place      int16          `json:"place"`
	Seq        int32          `json:"seq"`
	Writer     int32          `json:"writer"`
	ReceivedUs int64          `json:"received_us"`
	Options    []string       `json:"options,omitempty"`
	Text       string         `json:"text,omitempty"`
	Parts      []scoring.Part `json:"parts,omitempty"`
}
