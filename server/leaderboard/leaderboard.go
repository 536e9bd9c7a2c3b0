// Package leaderboard projects the scores of all rounds into standings that are shown live.
//
// A board is a projection: it can be thrown away and built again, and is never the source of a result. The room must
// never add up anything in Redis, rank anywhere but in the ranking package, or let anything newer than a held (frozen
// or final) board reach the public: every public path goes through Service.public.
package leaderboard

import (
	"cmp"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// Score is what a round says of one entry.
type Score struct {
	EntryID int64
	Points  int64 // hundredths of a point
	// Correct and TimeUs are further metrics of a stage round or an online exam; zero for others.
	Correct int
	TimeUs  int64
	// Distance of the guess (hundredths) and SubmittedUs are metrics of an online exam; zero for others.
	Distance    int64
	SubmittedUs int64
}

// Scores are those of a whole round at one moment.
type Scores struct {
	// Version grows with each change of what the scores depend on; equal versions mean equal scores.
	Version int64
	// Hidden: the round's own board is not public now.
	Hidden bool
	// Discreet: nothing public may say now how many take part. Entries without a public score are not listed.
	Discreet bool
	// Order is the round's own list of metrics (points, or a tie-breaker); empty: points, then the contest's.
	Order []string
	Rows  []Score
}

// RoundScore is an entry's part in one round.
type RoundScore struct {
	RoundID int64 `json:"round_id"`
	Points  int64 `json:"points" doc:"Hundredths of a point"`
	Place   int   `json:"place" doc:"Within the division, in this round alone"`
	Tied    bool  `json:"tied"`
	Correct int   `json:"correct"`
	TimeUs  int64 `json:"time_us" doc:"Time used for right answers, or for the paper of an online exam, microseconds"`
	// Of an online exam.
	Distance    int64 `json:"distance,omitzero" doc:"Of the guess from what it was about, hundredths"`
	SubmittedUs int64 `json:"submitted_us,omitzero" doc:"From the opening to the submission, microseconds"`
}

// Row is an entry's standing.
type Row struct {
	EntryID    int64        `json:"entry_id"`
	Number     string       `json:"number"`
	Name       string       `json:"name"`
	UnitName   string       `json:"unit_name"`
	DivisionID int64        `json:"division_id"`
	Place      int          `json:"place" doc:"Within the division; 0: no score yet"`
	Tied       bool         `json:"tied"`
	Total      int64        `json:"total" doc:"Hundredths of a point"`
	Scores     []RoundScore `json:"scores" doc:"Only the rounds in which the entry has a score"`
	// Level is how many cuts the entry has come through; Kind stands only where persons and teams both take part: then
	// places are within the division and the kind.
	Level int         `json:"level,omitzero" doc:"How many cuts the entry has come through"`
	Kind  roster.Kind `json:"kind,omitempty" enum:"person,team" doc:"Only where persons and teams both take part: places are then per division and kind"`
}

// Score finds the row's part in a round.
func (r Row) Score(roundID int64) (RoundScore, bool) {
	for _, s := range r.Scores {
		if s.RoundID == roundID {
			return s, true
		}
	}
	return RoundScore{}, false
}

// BoardRound is a round as a board shows it.
type BoardRound struct {
	ID       int64              `json:"id"`
	Name     string             `json:"name"`
	Kind     contest.Kind       `json:"kind" enum:"stage,judged,exam,vote"`
	State    contest.RoundState `json:"state" enum:"planned,ready,running,paused,closed,scored"`
	MaxScore int64              `json:"max_score"`
	Weight   int                `json:"weight"`
	Scored   int                `json:"scored" doc:"Entries that have a score in it"`
	Order    []string           `json:"order,omitempty" doc:"Metrics by which the round ranks; missing: points, then the contest's tie-breakers"`
	Level    int                `json:"level,omitzero" doc:"How many cuts lie before the round"`
	FromZero bool               `json:"from_zero,omitzero" doc:"The total begins anew with the round"`
	// EntryKind stands only where persons and teams both take part.
	EntryKind contest.EntryKind `json:"entry_kind,omitempty" enum:"person,team"`
	TieBreak  bool              `json:"tie_break,omitzero" doc:"The round only resolves a tie; it gives nothing to the total"`
}

// Board is the standings of a contest, best first within each division.
type Board struct {
	ContestID   int64              `json:"contest_id"`
	Rounds      []BoardRound       `json:"rounds"`
	Divisions   []contest.Division `json:"divisions"`
	TieBreakers []string           `json:"tie_breakers"`
	Rows        []Row              `json:"rows"`
	Cuts        []BoardCut         `json:"cuts,omitempty" doc:"Where the line runs between those who go on and the others"`
}

// Lacks tells whether a row has no score in a round that its entry entered.
func (b Board) Lacks(row Row) bool {
	for _, r := range b.Rounds {
		if r.TieBreak || r.Level > row.Level || r.EntryKind != "" && string(r.EntryKind) != string(row.Kind) {
			continue
		}
		if _, ok := row.Score(r.ID); !ok {
			return true
		}
	}
	return false
}

// Input is all that a board is made of.
type Input struct {
	Contest contest.Contest
	Entries []roster.Entry
	Scores  map[int64]Scores // by round
	// Lists are the entries that promotions have brought into rounds, by the round that is entered.
	Lists map[int64][]int64
	// Decisions part those whom the marks leave tied.
	Decisions []Decision
	// Public: rounds whose board is hidden are left out as if they had not been.
	Public bool
}

// Decision resolves a tie in a round alone, or overall (round 0).
type Decision struct {
	RoundID int64
	ranking.Decision
}

// Compute makes a board of a contest without promotions and decisions.
func Compute(c contest.Contest, entries []roster.Entry, scores map[int64]Scores, public bool) Board {
	return ComputePlan(Input{Contest: c, Entries: entries, Scores: scores, Public: public})
}

// ComputePlan makes a board. It is a pure function of its input, so a board that is built again equals the old one.
func ComputePlan(in Input) Board {
	c := in.Contest
	b := Board{ContestID: c.ID, Rounds: []BoardRound{}, Divisions: c.Divisions, TieBreakers: c.TieBreakers, Rows: []Row{}}
	if b.TieBreakers == nil {
		b.TieBreakers = []string{}
	}
	if b.Divisions == nil {
		b.Divisions = []contest.Division{}
	}
	levels := levelsOf(in)
	discreet := false
	type part struct{ entryID, roundID int64 }
	found := make(map[part]Score, len(in.Entries)*len(c.Rounds))
	for _, r := range c.Rounds {
		s := in.Scores[r.ID]
		discreet = discreet || in.Public && s.Discreet
		if in.Public && s.Hidden {
			continue
		}
		b.Rounds = append(b.Rounds, BoardRound{ID: r.ID, Name: r.Name, Kind: r.Kind, State: r.State, MaxScore: r.MaxScore, Weight: r.Weight,
			Order: s.Order, Level: levels.of[r.ID], FromZero: r.FromZero, EntryKind: r.EntryKind, TieBreak: r.TieBreak()})
		for _, x := range s.Rows {
			found[part{x.EntryID, r.ID}] = x
		}
	}
	for _, e := range in.Entries {
		if e.State != roster.EntryActive || levels.unseen(e) {
			continue
		}
		row := Row{EntryID: e.ID, Number: e.Number, Name: e.Name, UnitName: e.UnitName, DivisionID: e.DivisionID, Level: levels.reached[e.ID], Scores: []RoundScore{}}
		if levels.mixed {
			row.Kind = e.Kind
		}
		for i, r := range b.Rounds {
			if s, ok := found[part{e.ID, r.ID}]; ok {
				row.Scores = append(row.Scores, RoundScore{RoundID: r.ID, Points: s.Points, Correct: s.Correct, TimeUs: s.TimeUs,
					Distance: s.Distance, SubmittedUs: s.SubmittedUs})
				if levels.counts(row.Level, r.ID) {
					row.Total += weighted(s.Points, r.Weight)
				}
				b.Rounds[i].Scored++
			}
		}
		if discreet && len(row.Scores) == 0 {
			continue
		}
		b.Rows = append(b.Rows, row)
	}
	if order, alone := levels.ownOrder(b, 0); alone && levels.top == 0 {
		// A contest of one round that ranks by its own list ranks by that list.
		b.TieBreakers = slices.DeleteFunc(slices.Clone(order), func(m string) bool { return m == byPoints })
	}
	for _, g := range groupsOf(b.Rows) {
		rankGroup(&b, in, levels, g)
	}
	slices.SortFunc(b.Rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(position(b.Divisions, x.DivisionID), position(b.Divisions, y.DivisionID)), cmp.Compare(y.Kind, x.Kind),
			cmp.Compare(unplacedLast(x.Place), unplacedLast(y.Place)), cmp.Compare(x.Number, y.Number), cmp.Compare(x.EntryID, y.EntryID))
	})
	b.Cuts = cutsOf(b, in, levels)
	return b
}

// mask hides the names of those who do not want theirs published, also in a board that was held before they said so.
func (b *Board) mask(masks map[int64]roster.Mask) {
	for i, r := range b.Rows {
		if m, ok := masks[r.EntryID]; ok {
			b.Rows[i].Name = m.Name
		}
	}
}

// weighted rounds half up (away from zero) to hundredths, as at every printed step.
func weighted(points int64, weight int) int64 {
	n := points * int64(weight)
	if n < 0 {
		return -((-n + 5000) / 10000)
	}
	return (n + 5000) / 10000
}

func unplacedLast(place int) int {
	if place == 0 {
		return int(^uint(0) >> 1)
	}
	return place
}

func position(divisions []contest.Division, id int64) int {
	for _, d := range divisions {
		if d.ID == id {
			return d.Position
		}
	}
	return 0
}

// byPoints is the metric that every list has: the points of a round, or the total.
const byPoints = "points"

// metricsOf gives each metric its direction.
func metricsOf(order []string) []ranking.Metric {
	metrics := make([]ranking.Metric, 0, len(order))
	for _, t := range order {
		metrics = append(metrics, ranking.Metric{Name: t, Ascending: t == contest.TieTime || t == contest.TieGuess || t == contest.TieSubmitted})
	}
	return metrics
}

// rankRound ranks one round alone: by its own list, or by points, then by those general tie-breakers (right answers,
// time) that the contest uses.
func rankRound(b *Board, r BoardRound, at map[int64]int, ties []string, decisions []Decision) {
	order := r.Order
	if len(order) == 0 {
		order = []string{byPoints}
		for _, t := range ties {
			if t == contest.TieCorrect || t == contest.TieTime {
				order = append(order, t)
			}
		}
	}
	var rows []ranking.Row
	for id, i := range at {
		s, ok := b.Rows[i].Score(r.ID)
		if !ok {
			continue
		}
		values := make([]int64, 0, len(order))
		for _, m := range order {
			values = append(values, s.value(m))
		}
		rows = append(rows, ranking.Row{ID: id, Values: values})
	}
	for _, s := range ranking.RankDecided(metricsOf(order), rows, decidedIn(decisions, r.ID)) {
		scores := b.Rows[at[s.ID]].Scores
		for i := range scores {
			if scores[i].RoundID == r.ID {
				scores[i].Place, scores[i].Tied = s.Place, s.Tied
			}
		}
	}
}

// value is that of a metric.
func (s RoundScore) value(metric string) int64 {
	switch metric {
	case contest.TieCorrect:
		return int64(s.Correct)
	case contest.TieTime:
		return s.TimeUs
	case contest.TieGuess:
		return s.Distance
	case contest.TieSubmitted:
		return s.SubmittedUs
	}
	return s.Points
}

// tieValue is a row's value for one of the contest's tie-breakers.
func tieValue(row Row, c contest.Contest, levels levels, tie string) int64 {
	switch tie {
	case byPoints:
		return row.Total
	case contest.TieHead, contest.TieLots:
		return 0 // they come as decisions, once the tie is there
	case contest.TieCorrect, contest.TieTime, contest.TieGuess, contest.TieSubmitted:
		var sum int64
		for _, s := range row.Scores {
			if levels.counts(row.Level, s.RoundID) {
				sum += s.value(tie)
			}
		}
		return sum
	}
	for _, r := range c.Rounds {
		if contest.TieOfRound(r.Position) != tie {
			continue
		}
		if s, ok := row.Score(r.ID); ok {
			return s.Points
		}
	}
	return -1 << 40 // no score in that round: behind everybody who has one
}
