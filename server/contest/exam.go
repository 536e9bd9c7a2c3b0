package contest

import "time"

// ExamSpec sets an online exam round up. Its words (best, points, at_submit, ...) are those of the exam room; empty ones
// and DurationS -1 leave it to that room's defaults.
type ExamSpec struct {
	DurationS   int64 // seconds for an attempt; 0: no limit but the window; -1: the default
	Attempts    int   // in each period; 0: as many as one likes
	Counts      string
	Guess       string // what is predicted after the items; empty: nothing
	PassPercent int    // of the most points; 0: there is no passing
	Ranking     []string
	ShowScore   string
	OpenEntry   bool
	// AccountEntry lets whoever signs in with an account enter.
	AccountEntry bool
	Paper        ExamPaper
	// OpensAt and ClosesAt bound the only period; of a weekly round OpensAt is from when its weeks are counted. nil: the
	// organizer has not said yet, and the round has no period.
	OpensAt, ClosesAt *time.Time
	Weekly            *Weekly
}

// ExamPaper says what the first blueprint of an exam round asks for; it is shuffled in both ways.
type ExamPaper struct {
	Items  int
	Type   string // of the bank; empty: any
	Points int64  // of each item, in hundredths
}

// Weekly says when the periods of a weekly round open and close, by the clock of the contest's time zone.
type Weekly struct {
	Weeks         int
	Opens, Closes WeekTime // a Closes at or before Opens is in the week after
}

// WeekTime is a day of the week and a time of day.
type WeekTime struct {
	Day          time.Weekday
	Hour, Minute int
}

// MaxWeeks is how many weekly periods a round can be made with.
const MaxWeeks = 53

func exam(name string, spec ExamSpec) []RoundSpec {
	return []RoundSpec{{Kind: Exam, Name: name, Weight: 10000, Exam: spec}}
}

// DefaultExam is a round that is added by hand: 20 items of one point, everything else as the exam room has it.
var DefaultExam = ExamSpec{DurationS: -1, Attempts: 1, Paper: ExamPaper{Items: 20, Points: 100}}

// examTemplates are the online contests that provinces hold, number for number.
var examTemplates = []Template{
	{ID: "exam_weekly", EntryKind: PersonEntry, TieBreakers: []string{TieGuess, TieSubmitted}, Rounds: exam("Thi tuần", ExamSpec{
		DurationS: 0, Attempts: 0, Counts: "best", Guess: "all_right", Ranking: []string{"points", "guess", "submitted"}, ShowScore: "after_window",
		Paper:  ExamPaper{Items: 5, Type: "single", Points: 100},
		Weekly: &Weekly{Weeks: 4, Opens: WeekTime{Day: time.Monday, Hour: 10}, Closes: WeekTime{Day: time.Monday, Hour: 9}}})},
	{ID: "exam_multiple", EntryKind: PersonEntry, TieBreakers: []string{TieTime, TieSubmitted}, Rounds: exam("Thi trực tuyến", ExamSpec{
		DurationS: -1, Attempts: 1, Paper: ExamPaper{Items: 10, Type: "multiple", Points: 100}})},
	{ID: "exam_tries", EntryKind: PersonEntry, TieBreakers: []string{TieGuess, TieTime, TieSubmitted}, Rounds: exam("Thi trực tuyến", ExamSpec{
		DurationS: 20 * 60, Attempts: 3, Counts: "best", Guess: "all_right", Ranking: []string{"points", "guess", "time", "submitted"},
		Paper: ExamPaper{Items: 19, Points: 100}})},
	{ID: "exam_once", EntryKind: PersonEntry, TieBreakers: []string{TieTime, TieSubmitted}, Rounds: exam("Thi trực tuyến", ExamSpec{
		DurationS: 15 * 60, Attempts: 1, ShowScore: "at_submit", Paper: ExamPaper{Items: 20, Points: 100}})},
	{ID: "exam_drawn", EntryKind: PersonEntry, TieBreakers: []string{TieTime, TieSubmitted}, Rounds: exam("Thi trực tuyến", ExamSpec{
		DurationS: 20 * 60, Attempts: 1, Paper: ExamPaper{Items: 30, Points: 100}})},
	{ID: "exam_pass", EntryKind: PersonEntry, TieBreakers: []string{TieTime, TieSubmitted}, Rounds: exam("Thi trực tuyến", ExamSpec{
		DurationS: -1, Attempts: 1, PassPercent: 50, Paper: ExamPaper{Items: 10, Points: 1000}})},
}

// answered puts into a template's round what the organizer has answered.
func (spec RoundSpec) answered(a Answers) RoundSpec {
	if spec.Kind != Exam {
		return spec
	}
	spec.Exam.OpensAt, spec.Exam.ClosesAt = a.StartsAt, a.EndsAt
	spec.Exam.OpenEntry, spec.Exam.AccountEntry = a.OpenEntry, a.AccountEntry
	if w := spec.Exam.Weekly; w != nil && a.Weeks > 0 {
		spec.Exam.Weekly = &Weekly{Weeks: a.Weeks, Opens: w.Opens, Closes: w.Closes}
	}
	return spec
}
