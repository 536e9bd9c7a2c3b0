package exam

import (
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/ranking"
)

// Counting says which of several values counts.
type Counting string

// Countings of attempts within a period.
const (
	CountBest  Counting = "best" // the highest score; of equals the one that ranks before, then the earlier
	CountFirst Counting = "first"
	CountLast  Counting = "last"
)

// Overall says how the periods of a round make its score.
type Overall string

// Ways of putting periods together.
const (
	OverallSum  Overall = "sum"
	OverallBest Overall = "best"
)

// Guess is what contestants predict after the items.
type Guess string

// Meanings of the guess. All are computed when the period closes, by entries, not by attempts: whoever tries twice is
// one person.
const (
	GuessNone     Guess = ""
	GuessAllRight Guess = "all_right" // how many entries will have every item right
	GuessEntrants Guess = "entrants"  // how many entries will take part
	GuessShare    Guess = "share"     // how many per cent of those who take part will have every item right
)

// Moment says when contestants are shown something.
type Moment string

// Moments. Nothing about a single item is ever shown while a window is open.
const (
	AtSubmit    Moment = "at_submit"
	AfterWindow Moment = "after_window" // when the period's last window has closed and everything is scored
	Published   Moment = "published"    // when the organizer says so
	Never       Moment = "never"
)

// Metric is a value by which entries are ranked.
type Metric string

// Metrics, with the direction in which they rank.
const (
	ByPoints    Metric = "points"    // more first
	ByCorrect   Metric = "correct"   // more first
	ByGuess     Metric = "guess"     // closer first; none is behind every guess
	ByTime      Metric = "time"      // less time used first
	BySubmitted Metric = "submitted" // earlier first
)

// Metrics in the order in which a form offers them.
var Metrics = []Metric{ByPoints, ByCorrect, ByGuess, ByTime, BySubmitted}

// Source says from which blueprint a paper is drawn. The most specific one counts: period and division, then period,
// then division, then the one for all.
type Source struct {
	PeriodID    int64 `json:"period_id" minimum:"0" doc:"0: every period"`
	DivisionID  int64 `json:"division_id" minimum:"0" doc:"0: every division"`
	BlueprintID int64 `json:"blueprint_id" minimum:"1"`
}

// Division holds what differs in one division.
type Division struct {
	DivisionID int64 `json:"division_id" minimum:"1"`
	DurationS  int64 `json:"duration_s" minimum:"0" maximum:"86400" doc:"0: no limit but the window"`
}

// Settings are the rules of a round.
type Settings struct {
	DurationS   int64      `json:"duration_s" minimum:"0" maximum:"86400" doc:"Seconds for an attempt; 0: no limit but the window"`
	Divisions   []Division `json:"divisions" maxItems:"12" doc:"Durations that differ"`
	Attempts    int        `json:"attempts" minimum:"0" maximum:"1000" doc:"In each period; 0: as many as one likes"`
	Counts      Counting   `json:"counts" enum:"best,first,last" doc:"Which attempt of a period counts"`
	Overall     Overall    `json:"overall" enum:"sum,best" doc:"How periods make the round's score"`
	Sources     []Source   `json:"sources" maxItems:"200" doc:"Blueprints to draw papers from"`
	Guess       Guess      `json:"guess" enum:",all_right,entrants,share" doc:"What is predicted after the items; empty: nothing"`
	PassPercent int        `json:"pass_percent" minimum:"0" maximum:"100" doc:"Of the most points; 0: there is no passing"`
	Ranking     []Metric   `json:"ranking" minItems:"1" maxItems:"5" doc:"In order: the next counts only where all before are equal"`
	ShowScore   Moment     `json:"show_score" enum:"at_submit,after_window,published,never" doc:"When a contestant sees own points and time"`
	ShowKeys    Moment     `json:"show_keys" enum:"after_window,published,never" doc:"When right answers and the reason for each point are shown"`
	ShowBoard   Moment     `json:"show_board" enum:"at_submit,after_window,published,never" doc:"When the public sees standings; at_submit: live. While a guess is open never before the window's end"`
	OpenEntry   bool       `json:"open_entry" doc:"Anybody may enter with the registration form and its consent, without waiting for approval"`
	// AccountEntry: whoever signs in with an account, in the same way.
	AccountEntry bool  `json:"account_entry" doc:"Whoever signs in with an account may enter with the form and its consent, without waiting for approval"`
	AppealDays   int   `json:"appeal_days" minimum:"0" maximum:"60" doc:"Days after results are shown in which a review may be asked for; 0: none"`
	GraceMs      int64 `json:"grace_ms" minimum:"0" maximum:"10000" doc:"How long after the deadline an arrival still counts"`
}

// DefaultSettings are those of a new round: 20 minutes, one attempt, the score at once, the right answers afterwards.
func DefaultSettings() Settings {
	return Settings{DurationS: 20 * 60, Divisions: []Division{}, Attempts: 1, Counts: CountBest, Overall: OverallSum, Sources: []Source{},
		Ranking: []Metric{ByPoints, ByTime, BySubmitted}, ShowScore: AtSubmit, ShowKeys: AfterWindow, ShowBoard: AfterWindow, AppealDays: 3, GraceMs: 2000}
}

// GraceUs is how long after a deadline an arrival still counts.
func (s Settings) GraceUs() int64 { return s.GraceMs * 1000 }

// DurationUs is the time for an attempt in a division; 0: no limit but the window.
func (s Settings) DurationUs(division int64) int64 {
	for _, d := range s.Divisions {
		if d.DivisionID == division {
			return d.DurationS * 1_000_000
		}
	}
	return s.DurationS * 1_000_000
}

// Blueprint finds the one that papers of a period and division are drawn from; 0: none.
func (s Settings) Blueprint(period, division int64) int64 {
	var found, weight int64 = 0, -1
	for _, x := range s.Sources {
		if x.PeriodID != 0 && x.PeriodID != period || x.DivisionID != 0 && x.DivisionID != division {
			continue
		}
		var w int64
		if x.PeriodID != 0 {
			w += 2
		}
		if x.DivisionID != 0 {
			w++
		}
		if w > weight {
			found, weight = x.BlueprintID, w
		}
	}
	return found
}

// Order is the list of metrics as package ranking takes it.
func (s Settings) Order() []ranking.Metric {
	list := make([]ranking.Metric, 0, len(s.Ranking))
	for _, m := range s.Ranking {
		list = append(list, ranking.Metric{Name: string(m), Ascending: m != ByPoints && m != ByCorrect})
	}
	return list
}

var errSettings = fault.New(fault.Invalid, "exam_settings",
	"Cài đặt vòng thi chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The round's settings are not right, so they were not saved. Look at the marked fields.")

// Check tells what is wrong with the settings.
func (s Settings) Check() *fault.Fault {
	f := errSettings
	wrong := func(bad bool, path, vi, en string) {
		if bad {
			f = f.At(path, vi, en)
		}
	}
	wrong(s.DurationS < 0 || s.DurationS > 86400, "duration_s", "Thời gian làm bài từ 0 đến 24 giờ.", "The time is 0 to 24 hours.")
	wrong(s.DurationS > 0 && s.DurationS < 30, "duration_s", "Thời gian làm bài ít nhất 30 giây.", "The time is at least 30 seconds.")
	seen := map[int64]bool{}
	for i, d := range s.Divisions {
		wrong(d.DurationS < 0 || d.DurationS > 86400 || seen[d.DivisionID] || d.DivisionID < 1, fmt.Sprintf("divisions[%d]", i),
			"Thời gian riêng của bảng này chưa đúng.", "The time of this division is not right.")
		seen[d.DivisionID] = true
	}
	wrong(s.Attempts < 0 || s.Attempts > 1000, "attempts", "Số lượt thi từ 0 đến 1.000.", "Attempts are 0 to 1,000.")
	wrong(!slices.Contains([]Counting{CountBest, CountFirst, CountLast}, s.Counts), "counts", "Hãy chọn lượt được tính.", "Choose which attempt counts.")
	wrong(s.Overall != OverallSum && s.Overall != OverallBest, "overall", "Hãy chọn cách gộp các kỳ.", "Choose how periods are put together.")
	wrong(!slices.Contains([]Guess{GuessNone, GuessAllRight, GuessEntrants, GuessShare}, s.Guess), "guess", "Hãy chọn câu dự đoán.", "Choose the guess.")
	wrong(s.PassPercent < 0 || s.PassPercent > 100, "pass_percent", "Mức đạt từ 0 đến 100 %.", "The pass mark is 0 to 100 %.")
	wrong(len(s.Ranking) == 0, "ranking", "Cần ít nhất một tiêu chí xếp hạng.", "Rank by at least one metric.")
	for i, m := range s.Ranking {
		wrong(!slices.Contains(Metrics, m) || slices.Contains(s.Ranking[:i], m), "ranking", "Mỗi tiêu chí xếp hạng chỉ dùng một lần.", "A metric is used only once.")
		wrong(m == ByGuess && s.Guess == GuessNone, "ranking", "Xếp hạng theo câu dự đoán thì phải có câu dự đoán.", "Ranking by the guess needs a guess.")
	}
	score := []Moment{AtSubmit, AfterWindow, Published, Never}
	wrong(!slices.Contains(score, s.ShowScore), "show_score", "Hãy chọn lúc cho xem điểm.", "Choose when scores are shown.")
	wrong(!slices.Contains(score[1:], s.ShowKeys), "show_keys", "Đáp án không bao giờ hiện khi còn giờ thi.", "Right answers are never shown while a window is open.")
	wrong(!slices.Contains(score, s.ShowBoard), "show_board", "Hãy chọn lúc công khai bảng xếp hạng.", "Choose when standings are public.")
	wrong(s.AppealDays < 0 || s.AppealDays > 60, "appeal_days", "Thời gian nhận phúc khảo từ 0 đến 60 ngày.", "Appeals are taken for 0 to 60 days.")
	wrong(s.GraceMs < 0 || s.GraceMs > 10_000, "grace_ms", "Thời gian chờ câu gửi muộn từ 0 đến 10 giây.", "The grace is 0 to 10 seconds.")
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
