// Package contest knows contests, their divisions and rounds, and the plan that combines the rounds.
//
// It must never know what happens inside a round: each kind of round is a RoundKind that app plugs in. A contest's
// state only moves forward, each step with a preview and a record.
package contest

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/fault"
)

// State is where a contest stands in its life. Forward only.
type State string

const (
	Draft     State = "draft"     // being set up; only its people see it
	Open      State = "open"      // registration; the public page is visible
	Running   State = "running"   // rounds may start
	Ended     State = "ended"     // all rounds are over
	Finalized State = "finalized" // final results stand
	Archived  State = "archived"
)

// States in their order.
var States = []State{Draft, Open, Running, Ended, Finalized, Archived}

// Next is the state after s; "" after the last.
func (s State) Next() State {
	for i, x := range States[:len(States)-1] {
		if x == s {
			return States[i+1]
		}
	}
	return ""
}

// EntryKind says who enters.
type EntryKind string

const (
	PersonEntry EntryKind = "person"
	TeamEntry   EntryKind = "team"
)

// Kind of a round.
type Kind string

const (
	Stage  Kind = "stage"  // host-led, all together
	Judged Kind = "judged" // marks by rubric
	Vote   Kind = "vote"   // what the audience votes
	Exam   Kind = "exam"   // a self-paced test within a window
)

// RoundState is where a round stands: planned → ready → running ⇄ paused → closed → scored.
type RoundState string

const (
	Planned      RoundState = "planned"
	Ready        RoundState = "ready"
	RoundRunning RoundState = "running"
	Paused       RoundState = "paused"
	Closed       RoundState = "closed"
	Scored       RoundState = "scored"
)

// Contest is the whole event.
type Contest struct {
	ID            int64
	Slug          string
	Name          string
	OrganizerName string
	Venue         string
	Rules         string
	TimeZone      string
	State         State
	Template      string
	EntryKind     EntryKind
	TeamMin       int
	TeamMax       int
	// RegistrationOpensAt and RegistrationClosesAt bound self-registration; nil: no bound on that side.
	RegistrationOpensAt  *time.Time
	RegistrationClosesAt *time.Time
	StartsAt             *time.Time
	// TieBreakers are further metrics in order, after the total: see TieBreaker.
	TieBreakers []string
	BankID      int64
	// Unlisted: not on the home page; who has the address sees it.
	Unlisted bool
	// RehearsalOf: a copy that never counts; 0: a real contest.
	RehearsalOf int64
	Version     int
	Divisions   []Division
	Rounds      []Round
}

// RegistrationOpen tells whether people may register themselves at a moment.
func (c Contest) RegistrationOpen(now time.Time) bool {
	return c.State == Open && (c.RegistrationOpensAt == nil || !now.Before(*c.RegistrationOpensAt)) &&
		(c.RegistrationClosesAt == nil || now.Before(*c.RegistrationClosesAt))
}

// Round finds a round of the contest.
func (c Contest) Round(id int64) (Round, bool) {
	for _, r := range c.Rounds {
		if r.ID == id {
			return r, true
		}
	}
	return Round{}, false
}

// Division parts entries that are ranked apart.
type Division struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Position int    `json:"position"`
}

// Round is a stage of the contest.
type Round struct {
	ID        int64
	ContestID int64
	Position  int
	Kind      Kind
	Name      string
	State     RoundState
	StartsAt  *time.Time
	// Weight: the round gives score × Weight / 10000 to the total (hundredths of a percent).
	Weight int
	// MaxScore in hundredths of a point; 0: not known yet.
	MaxScore int64
	// FromZero: the total begins anew with this round.
	FromZero bool
	// Intake says who enters.
	Intake Intake
	// EntryKind of the round; empty: the contest has one kind only. It follows from the plan, as ListOf does: the round
	// whose list of entries holds for this one, or 0 where everybody enters.
	EntryKind EntryKind
	ListOf    int64
}

// Tie-breakers: ordered metrics after the total. A round's score is "round:<position>", so that a clone keeps it.
const (
	TieCorrect = "correct" // more right answers in the stage rounds and online exams
	TieTime    = "time"    // less time used for right answers in the stage rounds, or for the papers of online exams
	// Of online exams: a guess that is closer, and an earlier submission.
	TieGuess     = "guess"
	TieSubmitted = "submitted"
	tieRound     = "round:" // a higher score in the round at that position
	// Of what the marks leave open: decisions that are made when the tie is there. See the plan room.
	TieHead = "head" // the head judge's decision
	TieLots = "lots" // a draw of lots with a stored seed
)

// Limits of a contest's set-up.
const (
	maxDivisions = 12
	maxRounds    = 20
	maxRules     = 40_000
)

var badContest = fault.New(fault.Invalid, "invalid_contest",
	"Thông tin hội thi chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The contest's data is not right, so it was not saved. Look at the marked fields.")

// Check finds what is wrong with the contest's own fields; nil: nothing.
func (c *Contest) Check() error {
	f := badContest
	text := func(path, value string, least, most int, vi, en string) {
		if n := len([]rune(value)); n < least || n > most || strings.ContainsRune(value, 0) {
			f = f.At(path, vi, en)
		}
	}
	c.Name, c.OrganizerName, c.Venue = clean(c.Name), clean(c.OrganizerName), clean(c.Venue)
	c.Rules = norm.NFC.String(strings.TrimSpace(c.Rules))
	text("name", c.Name, 3, 160, "Tên hội thi cần từ 3 đến 160 ký tự.", "The name needs 3 to 160 characters.")
	text("organizer_name", c.OrganizerName, 2, 160, "Đơn vị tổ chức cần từ 2 đến 160 ký tự.", "The organizing unit needs 2 to 160 characters.")
	text("venue", c.Venue, 0, 200, "Địa điểm dài tối đa 200 ký tự.", "The venue has at most 200 characters.")
	text("rules", c.Rules, 0, maxRules, "Thể lệ dài tối đa 40.000 ký tự.", "The rules have at most 40,000 characters.")
	if c.EntryKind != PersonEntry && c.EntryKind != TeamEntry {
		f = f.At("entry_kind", "Hãy chọn cá nhân hoặc đội.", "Choose persons or teams.")
	}
	if c.TeamMin < 1 || c.TeamMax > 60 || c.TeamMin > c.TeamMax {
		f = f.At("team_max", "Số thành viên của đội từ 1 đến 60, nhỏ nhất không quá lớn nhất.", "A team has 1 to 60 members, the least not above the most.")
	}
	if c.RegistrationOpensAt != nil && c.RegistrationClosesAt != nil && !c.RegistrationOpensAt.Before(*c.RegistrationClosesAt) {
		f = f.At("registration_closes_at", "Giờ đóng đăng ký phải sau giờ mở.", "Registration must close after it opens.")
	}
	for _, t := range c.TieBreakers {
		if !c.knownTieBreaker(t) {
			f = f.At("tie_breakers", "Có tiêu chí phụ không còn dùng được.", "One of the tie-breakers does not exist.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (c *Contest) knownTieBreaker(t string) bool {
	if t == TieCorrect || t == TieTime || t == TieGuess || t == TieSubmitted || t == TieHead || t == TieLots {
		return true
	}
	for _, r := range c.Rounds {
		if t == TieOfRound(r.Position) {
			return true
		}
	}
	return false
}

func clean(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

// Missing is one thing that still stands between a contest and its evening.
type Missing struct {
	Code string `json:"code" doc:"Stable name, for the page to link to where it can be done"`
	Done bool   `json:"done"`
	// Blocks names the state that cannot be reached before it is done; empty: only advice.
	Blocks  State `json:"blocks,omitempty"`
	RoundID int64 `json:"round_id,omitzero"`
	// Vi and En say it to the organizer.
	Vi string `json:"vi"`
	En string `json:"en"`
}
