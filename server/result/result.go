// Package result turns provisional standings into final results by an explicit act, keeps every revision, and can
// prove that a result follows from its responses and marks.
//
// It must never overwrite a revision, take a result from a live board's cache, or let a provisional standing look final.
package result

import (
	"crypto/sha256"
	"slices"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/plan"
	"github.com/hoithi/hoithi/server/roster"
)

// Snapshot is a final result: everything that is needed to understand and to recompute it. Its canonical bytes are
// stored and hashed.
type Snapshot struct {
	Format        int                `json:"format" doc:"Version of this structure"`
	ContestID     int64              `json:"contest_id"`
	Slug          string             `json:"slug"`
	Name          string             `json:"name"`
	OrganizerName string             `json:"organizer_name"`
	Revision      int                `json:"revision"`
	Reason        string             `json:"reason" doc:"Of a correction; empty for the first revision"`
	TieBreakers   []string           `json:"tie_breakers"`
	Divisions     []contest.Division `json:"divisions"`
	Rounds        []SnapshotRound    `json:"rounds"`
	Standings     []Standing         `json:"standings" doc:"Best first within each division"`
	// Since format 2.
	Awards     []Given     `json:"awards,omitempty" doc:"Within a division from the highest down"`
	SidePrizes []SidePrize `json:"side_prizes,omitempty"`
	// Plan is what the standings rest on besides the rounds: promotions and decisions on ties; nil: a plain sum.
	Plan *plan.Sealed `json:"plan,omitempty"`
}

// format is the version of the structure that is written now. Format 1 knew no awards; it stays readable as it is.
const format = 2

// SnapshotRound is a round with its rules as they were, and the hash of all that its scores depend on.
type SnapshotRound struct {
	ID         int64        `json:"id"`
	Name       string       `json:"name"`
	Kind       contest.Kind `json:"kind"`
	Weight     int          `json:"weight"`
	MaxScore   int64        `json:"max_score"`
	InputsHash string       `json:"inputs_hash" doc:"SHA-256 over the round's settings, items or rubric, and every response or mark"`
}

// Standing is an entry's final place. The unit's name and where it stood are kept as they were on the contest's day.
type Standing struct {
	EntryID    int64                    `json:"entry_id"`
	Number     string                   `json:"number"`
	Name       string                   `json:"name"`
	UnitID     int64                    `json:"unit_id,omitzero"`
	UnitName   string                   `json:"unit_name"`
	UnitPath   []string                 `json:"unit_path,omitempty" doc:"The units above it, from the top down"`
	Members    []string                 `json:"members"`
	DivisionID int64                    `json:"division_id"`
	Place      int                      `json:"place" doc:"0: took part without any score"`
	Level      int                      `json:"level,omitzero" doc:"How many cuts the entry has come through"`
	Kind       roster.Kind              `json:"kind,omitempty" enum:"person,team" doc:"Only where persons and teams both take part: places are then per division and kind"`
	Tied       bool                     `json:"tied"`
	Total      int64                    `json:"total"`
	Scores     []leaderboard.RoundScore `json:"scores"`
}

// mask takes names out of what is shown of a snapshot: those of people who have been erased, or with erasedOnly false also
// of those who refused publication. What is stored, and its hash, stay as they are.
func (s *Snapshot) mask(masks map[int64]roster.Mask, erasedOnly bool) {
	for i, st := range s.Standings {
		if m, ok := masks[st.EntryID]; ok && (m.Erased || !erasedOnly) {
			s.Standings[i].Name, s.Standings[i].Members = m.Name, []string{}
		}
	}
	for i, p := range s.SidePrizes {
		if m, ok := masks[p.EntryID]; ok && (m.Erased || !erasedOnly) {
			s.SidePrizes[i].Receiver = ""
		}
	}
}

// Seal is the short form of a hash that people compare by eye.
func Seal(hash []byte) string { return audit.Seal(hash) }

// hashOf is the SHA-256 of some bytes.
func hashOf(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// Problem is something that people must know, or mend, before they finalize.
type Problem struct {
	Code   string `json:"code"`
	Blocks bool   `json:"blocks"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
}

// Problems looks at the standings before they become final.
func Problems(c contest.Contest, b leaderboard.Board) []Problem {
	problems := []Problem{}
	for _, r := range c.Rounds {
		if r.State != contest.Closed && r.State != contest.Scored {
			problems = append(problems, Problem{Code: "round_not_closed", Blocks: r.State == contest.RoundRunning || r.State == contest.Paused,
				Vi: "Vòng “" + r.Name + "” chưa chốt điểm.", En: "Round “" + r.Name + "” is not closed."})
		}
	}
	if len(b.Rows) == 0 {
		problems = append(problems, Problem{Code: "no_entries", Blocks: true, Vi: "Chưa có thí sinh hay đội nào.", En: "There are no entries."})
	}
	if !slices.ContainsFunc(b.Rows, func(r leaderboard.Row) bool { return r.Place > 0 }) {
		problems = append(problems, Problem{Code: "no_scores", Blocks: true, Vi: "Chưa có điểm nào.", En: "There are no scores yet."})
	}
	for _, r := range b.Rows {
		switch {
		case r.Place == 0:
			problems = append(problems, Problem{Code: "without_score", Vi: r.Number + " · " + r.Name + " chưa có điểm.", En: r.Number + " · " + r.Name + " has no score."})
		case r.Place <= 3 && r.Tied:
			problems = append(problems, Problem{Code: "tie", Vi: r.Number + " · " + r.Name + " đồng hạng " + itoa(r.Place) + ".",
				En: r.Number + " · " + r.Name + " shares place " + itoa(r.Place) + "."})
		case b.Lacks(r):
			problems = append(problems, Problem{Code: "missing_round", Vi: r.Number + " · " + r.Name + " thiếu điểm ở ít nhất một vòng.",
				En: r.Number + " · " + r.Name + " lacks a score in at least one round."})
		}
	}
	return problems
}

// Change is how an entry's standing differs between two revisions.
type Change struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	OldPlace int    `json:"old_place" doc:"0: had none"`
	NewPlace int    `json:"new_place" doc:"0: has none"`
	OldTotal int64  `json:"old_total"`
	NewTotal int64  `json:"new_total"`
	OldAward string `json:"old_award,omitempty"`
	NewAward string `json:"new_award,omitempty"`
}

// Compare lists what a correction changes.
func Compare(before, after []Standing) []Change {
	changes := []Change{}
	old := map[int64]Standing{}
	for _, s := range before {
		old[s.EntryID] = s
	}
	for _, s := range after {
		o, known := old[s.EntryID]
		delete(old, s.EntryID)
		if !known || o.Place != s.Place || o.Total != s.Total || o.Tied != s.Tied || !slices.Equal(o.Scores, s.Scores) || o.Name != s.Name {
			changes = append(changes, Change{Number: s.Number, Name: s.Name, OldPlace: o.Place, NewPlace: s.Place, OldTotal: o.Total, NewTotal: s.Total})
		}
	}
	for _, s := range before { // who is no longer there, in the old order
		if o, gone := old[s.EntryID]; gone {
			changes = append(changes, Change{Number: o.Number, Name: o.Name, OldPlace: o.Place, OldTotal: o.Total})
		}
	}
	return changes
}

// compareSnapshots lists what a correction changes, in places and totals as well as in awards.
func compareSnapshots(before, after Snapshot) []Change {
	changes := Compare(before.Standings, after.Standings)
	at := map[string]int{}
	for i, c := range changes {
		at[c.Number] = i
	}
	old := map[int64]Standing{}
	for _, s := range before.Standings {
		old[s.EntryID] = s
	}
	for _, s := range after.Standings {
		was, is := AwardOf(before.Awards, s.EntryID), AwardOf(after.Awards, s.EntryID)
		if was == is {
			continue
		}
		i, listed := at[s.Number]
		if !listed {
			o := old[s.EntryID]
			changes = append(changes, Change{Number: s.Number, Name: s.Name, OldPlace: o.Place, NewPlace: s.Place, OldTotal: o.Total, NewTotal: s.Total})
			i = len(changes) - 1
		}
		changes[i].OldAward, changes[i].NewAward = was, is
	}
	return changes
}
