// Package vote runs rounds that the audience decides: one vote a printed ticket or a verified mail address, a count that is
// live or hidden, and a score that follows from the count.
//
// It must never acknowledge a vote that isn't committed, never count two votes of one ticket or address, never keep who
// voted in a form that can be read, never show a hidden count to the public before it is published, and never let votes
// for a candidate that has withdrawn change what the others get.
package vote

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/scoring"
)

// Settings are what a vote runs with. From the opening on only its end can move.
type Settings struct {
	// Max is what the entry with the most votes gets, in hundredths of a point.
	Max int64 `json:"max" minimum:"1" maximum:"100000" doc:"Score of the entry with the most votes, hundredths of a point"`
	// Tickets and Mail are the ways to vote.
	Tickets bool `json:"tickets" doc:"With printed ticket codes"`
	Mail    bool `json:"mail" doc:"With a code sent to a mail address"`
	// Live shows the count to everybody while the vote runs; otherwise it is hidden until it is published.
	Live bool `json:"live" doc:"The count is public while the vote runs; else it is hidden until it is published"`
	// OpensUs and ClosesUs are calendar times in microseconds; 0: by the organizer's hand.
	OpensUs  int64 `json:"opens_us" minimum:"0" doc:"0: opened by hand"`
	ClosesUs int64 `json:"closes_us" minimum:"0" doc:"0: closed by hand"`
}

// DefaultSettings are ten points, tickets, a hidden count.
var DefaultSettings = Settings{Max: 1000, Tickets: true}

// Check tells what is wrong with the settings.
func (s Settings) Check() error {
	f := errSettings
	if s.Max < 1 || s.Max > scoring.MaxMark {
		f = f.At("max", "Điểm tối đa phải lớn hơn 0 và không quá 1.000.", "The maximum must be above 0 and at most 1,000.")
	}
	if !s.Tickets && !s.Mail {
		f = f.At("tickets", "Hãy chọn ít nhất một cách bỏ phiếu.", "Choose at least one way to vote.")
	}
	if s.OpensUs < 0 || s.ClosesUs < 0 || s.ClosesUs > 0 && s.ClosesUs <= s.OpensUs {
		f = f.At("closes_us", "Giờ đóng phải sau giờ mở.", "It must close after it opens.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// State is where a vote stands.
type State string

const (
	Planned State = "planned"
	Open    State = "open"
	Closed  State = "closed"
)

// Vote is the whole of a vote round but for the single votes.
type Vote struct {
	RoundID, ContestID int64
	Round              string
	Settings           Settings
	OpenedUs           int64
	ClosedUs           int64
	PublishedUs        int64
}

// State is where the vote stands now: its end by the clock holds at once, whoever notes it when.
func (v Vote) State(nowUs int64) State {
	switch {
	case v.ClosedUs > 0 || v.OpenedUs > 0 && v.Settings.ClosesUs > 0 && nowUs >= v.Settings.ClosesUs:
		return Closed
	case v.OpenedUs > 0:
		return Open
	}
	return Planned
}

// Shown tells whether the public may see the count: always with a live one, else from the publication on.
func (v Vote) Shown() bool { return v.Settings.Live || v.PublishedUs > 0 }

// Count is what an entry has.
type Count struct {
	EntryID int64 `json:"entry_id"`
	Votes   int64 `json:"votes"`
}

// Score is what an entry gets for its votes, in hundredths of a point.
type Score struct {
	EntryID int64
	Votes   int64
	Points  int64
}

// Tally is what the stored votes come to. Who withdraws from the contest keeps the votes, but they count for nothing: not
// in the most votes, not in a share, not in a sum. Who comes back has them again.
type Tally struct {
	Counts    []Count // of those that can still win, also of those that have no votes; by entry
	Withdrawn []Count // of those that have withdrawn since the vote was opened; by entry
}

// tally parts the votes of all candidates, which come by entry.
func tally(all []Count, withdrawn func(entryID int64) bool) Tally {
	t := Tally{Counts: []Count{}, Withdrawn: []Count{}}
	for _, c := range all {
		if withdrawn(c.EntryID) {
			t.Withdrawn = append(t.Withdrawn, c)
		} else {
			t.Counts = append(t.Counts, c)
		}
	}
	return t
}

func sum(counts []Count) (votes int64) {
	for _, c := range counts {
		votes += c.Votes
	}
	return votes
}

// Scores are max × votes ÷ the most votes, rounded half up; all 0 when nobody voted. The counts are those of a Tally: of
// the candidates that can still win.
func Scores(maximum int64, counts []Count) []Score {
	var most int64
	for _, c := range counts {
		most = max(most, c.Votes)
	}
	scores := make([]Score, len(counts))
	for i, c := range counts {
		scores[i] = Score{EntryID: c.EntryID, Votes: c.Votes, Points: scoring.Share(maximum, c.Votes, most)}
	}
	return scores
}

// inputs is everything that the scores follow from, in a form that can be hashed and computed again.
type inputs struct {
	RoundID    int64    `json:"round_id"`
	Settings   Settings `json:"settings"`
	OpenedUs   int64    `json:"opened_us"`
	ClosedUs   int64    `json:"closed_us"`
	Candidates []int64  `json:"candidates"`
	Withdrawn  []int64  `json:"withdrawn,omitempty"` // of the candidates; by entry
	Ballots    []ballot `json:"ballots"`             // in the order in which they came
}

type ballot struct {
	EntryID int64  `json:"entry_id"`
	Way     string `json:"way"`
	MAC     []byte `json:"mac"`
	AtUs    int64  `json:"at_us"`
}

func (in inputs) encode() []byte {
	b, err := json.Marshal(in)
	if err != nil {
		// Integers, strings of our own and lists of them always encode.
		panic(err)
	}
	return b
}

// Recompute counts again from nothing but the bytes of Inputs.
func Recompute(canonical []byte) ([]Score, error) {
	var in inputs
	if err := json.Unmarshal(canonical, &in); err != nil {
		return nil, fmt.Errorf("vote: read inputs: %w", err)
	}
	t := tally(in.counts(), func(id int64) bool { return slices.Contains(in.Withdrawn, id) })
	return Scores(in.Settings.Max, t.Counts), nil
}

// counts are the votes of all candidates, by entry.
func (in inputs) counts() []Count {
	counts := make([]Count, len(in.Candidates))
	for i, id := range in.Candidates {
		counts[i].EntryID = id
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(a.EntryID, b.EntryID) })
	voted := map[string]bool{}
	for _, b := range in.Ballots {
		i, found := slices.BinarySearchFunc(counts, b.EntryID, func(c Count, id int64) int { return cmp.Compare(c.EntryID, id) })
		if found && !voted[string(b.MAC)] {
			voted[string(b.MAC)] = true
			counts[i].Votes++
		}
	}
	return counts
}
