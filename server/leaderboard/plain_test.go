package leaderboard

import (
	"bytes"
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// A contest without cuts and promotions has the board that the plain weighted sum gives, to the last byte: what was
// sealed and published before there were plans stays true.
func TestAPlainContestKeepsItsBoard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := twoRounds(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{contest.TieCorrect, contest.TieTime, contest.TieGuess, contest.TieSubmitted,
			"round:1", "round:2"}), 0, 3, rapid.ID).Draw(t, "ties")...)
		if rapid.Bool().Draw(t, "one round") {
			c.Rounds = c.Rounds[:1]
		}
		scores := map[int64]Scores{}
		for i := range c.Rounds {
			c.Rounds[i].Weight = rapid.SampledFrom([]int{0, 5000, 10000, 12345}).Draw(t, "weight")
			c.Rounds[i].Intake = contest.Intake{Who: rapid.SampledFrom([]contest.Who{"", contest.WhoAll, contest.WhoSame}).Draw(t, "who")}
			s := Scores{Hidden: rapid.Bool().Draw(t, "hidden"), Discreet: rapid.IntRange(0, 3).Draw(t, "discreet") == 0}
			if rapid.Bool().Draw(t, "own list") {
				s.Order = []string{byPoints, contest.TieTime}
			}
			scores[c.Rounds[i].ID] = s
		}
		var entries []roster.Entry
		for i := range rapid.IntRange(0, 20).Draw(t, "entries") {
			id := int64(i + 1)
			entries = append(entries, entry(id, rapid.Int64Range(1, 2).Draw(t, "division")))
			for _, r := range c.Rounds {
				if s := scores[r.ID]; rapid.Bool().Draw(t, "scored") {
					s.Rows = append(s.Rows, Score{EntryID: id, Points: rapid.Int64Range(-3, 3).Draw(t, "points"), Correct: rapid.IntRange(0, 2).Draw(t, "correct"),
						TimeUs: rapid.Int64Range(0, 2).Draw(t, "time"), Distance: rapid.Int64Range(0, 1).Draw(t, "distance"), SubmittedUs: 1})
					scores[r.ID] = s
				}
			}
		}
		public := rapid.Bool().Draw(t, "public")
		want, err := audit.Canonical(plainBoard(c, entries, scores, public))
		if err != nil {
			t.Fatal(err)
		}
		got, err := audit.Canonical(Compute(c, entries, scores, public))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("the board became\n%s\nwas\n%s", got, want)
		}
	})
}

// plainBoard is the board as it was worked out before there were plans.
func plainBoard(c contest.Contest, entries []roster.Entry, scores map[int64]Scores, public bool) Board {
	b := Board{ContestID: c.ID, Rounds: []BoardRound{}, Divisions: c.Divisions, TieBreakers: c.TieBreakers, Rows: []Row{}}
	if b.TieBreakers == nil {
		b.TieBreakers = []string{}
	}
	if b.Divisions == nil {
		b.Divisions = []contest.Division{}
	}
	discreet := false
	type part struct{ entryID, roundID int64 }
	found := make(map[part]Score, len(entries)*len(c.Rounds))
	for _, r := range c.Rounds {
		s := scores[r.ID]
		discreet = discreet || public && s.Discreet
		if public && s.Hidden {
			continue
		}
		b.Rounds = append(b.Rounds, BoardRound{ID: r.ID, Name: r.Name, Kind: r.Kind, State: r.State, MaxScore: r.MaxScore, Weight: r.Weight, Order: s.Order})
		for _, x := range s.Rows {
			found[part{x.EntryID, r.ID}] = x
		}
	}
	for _, e := range entries {
		if e.State != roster.EntryActive {
			continue
		}
		row := Row{EntryID: e.ID, Number: e.Number, Name: e.Name, UnitName: e.UnitName, DivisionID: e.DivisionID, Scores: []RoundScore{}}
		for i, r := range b.Rounds {
			if s, ok := found[part{e.ID, r.ID}]; ok {
				row.Scores = append(row.Scores, RoundScore{RoundID: r.ID, Points: s.Points, Correct: s.Correct, TimeUs: s.TimeUs,
					Distance: s.Distance, SubmittedUs: s.SubmittedUs})
				row.Total += weighted(s.Points, r.Weight)
				b.Rounds[i].Scored++
			}
		}
		if discreet && len(row.Scores) == 0 {
			continue
		}
		b.Rows = append(b.Rows, row)
	}
	order := append([]string{byPoints}, b.TieBreakers...)
	if len(c.Rounds) == 1 && len(b.Rounds) == 1 && len(b.Rounds[0].Order) > 0 {
		// A contest of one round that ranks by its own list ranks by that list.
		order = b.Rounds[0].Order
		b.TieBreakers = slices.DeleteFunc(slices.Clone(order), func(m string) bool { return m == byPoints })
	}
	for _, d := range divisionsOf(b.Rows) {
		plainDivision(&b, c, d, order)
	}
	slices.SortFunc(b.Rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(position(b.Divisions, x.DivisionID), position(b.Divisions, y.DivisionID)),
			cmp.Compare(unplacedLast(x.Place), unplacedLast(y.Place)), cmp.Compare(x.Number, y.Number), cmp.Compare(x.EntryID, y.EntryID))
	})
	return b
}

func divisionsOf(rows []Row) []int64 {
	var ids []int64
	for _, r := range rows {
		if !slices.Contains(ids, r.DivisionID) {
			ids = append(ids, r.DivisionID)
		}
	}
	return ids
}

// plainDivision gives places: overall by the order, and in each round by that round alone.
func plainDivision(b *Board, c contest.Contest, division int64, order []string) {
	at := map[int64]int{}
	for i, r := range b.Rows {
		if r.DivisionID == division {
			at[r.EntryID] = i
		}
	}
	metrics := metricsOf(order)
	var overall []ranking.Row
	for id, i := range at {
		if len(b.Rows[i].Scores) == 0 {
			continue
		}
		values := make([]int64, 0, len(order))
		for _, t := range order {
			values = append(values, plainTie(b.Rows[i], c, t))
		}
		overall = append(overall, ranking.Row{ID: id, Values: values})
	}
	for _, s := range ranking.Rank(metrics, overall) {
		b.Rows[at[s.ID]].Place, b.Rows[at[s.ID]].Tied = s.Place, s.Tied
	}
	for _, r := range b.Rounds {
		rankRound(b, r, at, c.TieBreakers, nil)
	}
}

func plainTie(row Row, c contest.Contest, tie string) int64 {
	switch tie {
	case byPoints:
		return row.Total
	case contest.TieCorrect, contest.TieTime, contest.TieGuess, contest.TieSubmitted:
		var sum int64
		for _, s := range row.Scores {
			sum += s.value(tie)
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
