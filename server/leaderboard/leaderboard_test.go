package leaderboard

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
)

func twoRounds(ties ...string) contest.Contest {
	return contest.Contest{ID: 7, TieBreakers: ties, Divisions: []contest.Division{{ID: 1, Name: "A", Position: 1}, {ID: 2, Name: "B", Position: 2}},
		Rounds: []contest.Round{{ID: 11, Position: 1, Kind: contest.Judged, Name: "Chào hỏi", Weight: 10000},
			{ID: 12, Position: 2, Kind: contest.Stage, Name: "Kiến thức", Weight: 10000}}}
}

func entry(id, division int64) roster.Entry {
	return roster.Entry{ID: id, DivisionID: division, Number: roster.NumberText(int(id)), State: roster.EntryActive}
}

type standing struct {
	entry int64
	place int
	tied  bool
}

func standings(b Board) []standing {
	var list []standing
	for _, r := range b.Rows {
		list = append(list, standing{r.EntryID, r.Place, r.Tied})
	}
	return list
}

// Equal totals share a place, the next place is left out, and whoever has no score yet stands last without a place.
func TestTiesAreExact(t *testing.T) {
	entries := []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1), entry(4, 1), entry(5, 1), {ID: 6, DivisionID: 1, Number: "006", State: roster.EntryWithdrawn}}
	scores := map[int64]Scores{
		11: {Rows: []Score{{EntryID: 1, Points: 4000}, {EntryID: 2, Points: 4175}, {EntryID: 3, Points: 4125}, {EntryID: 4, Points: 100}, {EntryID: 6, Points: 9999}}},
		12: {Rows: []Score{{EntryID: 1, Points: 4125}, {EntryID: 2, Points: 4000}, {EntryID: 3, Points: 4000}}}}
	got := standings(Compute(twoRounds(), entries, scores, false))
	want := []standing{{2, 1, false}, {1, 2, true}, {3, 2, true}, {4, 4, false}, {5, 0, false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("standings: %v, want %v", got, want)
	}
}

func TestTieBreakers(t *testing.T) {
	entries := []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1)}
	scores := map[int64]Scores{
		11: {Rows: []Score{{EntryID: 1, Points: 1000}, {EntryID: 2, Points: 2000}, {EntryID: 3, Points: 2000}}},
		12: {Rows: []Score{{EntryID: 1, Points: 2000, Correct: 9, TimeUs: 90}, {EntryID: 2, Points: 1000, Correct: 8, TimeUs: 70}, {EntryID: 3, Points: 1000, Correct: 8, TimeUs: 60}}}}
	for _, x := range []struct {
		name string
		ties []string
		want []standing
	}{
		{"none", nil, []standing{{1, 1, true}, {2, 1, true}, {3, 1, true}}},
		{"right answers", []string{contest.TieCorrect}, []standing{{1, 1, false}, {2, 2, true}, {3, 2, true}}},
		{"less time", []string{contest.TieTime}, []standing{{3, 1, false}, {2, 2, false}, {1, 3, false}}},
		{"the first round", []string{contest.TieOfRound(1)}, []standing{{2, 1, true}, {3, 1, true}, {1, 3, false}}},
		{"the first round, then time", []string{contest.TieOfRound(1), contest.TieTime}, []standing{{3, 1, false}, {2, 2, false}, {1, 3, false}}},
	} {
		if got := standings(Compute(twoRounds(x.ties...), entries, scores, false)); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// A hidden round is left out of the public board as if it had not been, also of totals and places.
func TestAHiddenRoundIsNotInThePublicBoard(t *testing.T) {
	entries := []roster.Entry{entry(1, 1), entry(2, 1)}
	shown := Scores{Rows: []Score{{EntryID: 1, Points: 500}, {EntryID: 2, Points: 400}}}
	secret := Scores{Hidden: true, Rows: []Score{{EntryID: 1, Points: 1}, {EntryID: 2, Points: 9000}}}
	public := Compute(twoRounds(), entries, map[int64]Scores{11: shown, 12: secret}, true)
	if got, want := standings(public), []standing{{1, 1, false}, {2, 2, false}}; !reflect.DeepEqual(got, want) || len(public.Rounds) != 1 || public.Rows[1].Total != 400 {
		t.Errorf("the public board: %+v", public)
	}
	whole := Compute(twoRounds(), entries, map[int64]Scores{11: shown, 12: secret}, false)
	if got, want := standings(whole), []standing{{2, 1, false}, {1, 2, false}}; !reflect.DeepEqual(got, want) || len(whole.Rounds) != 2 {
		t.Errorf("the whole board: %+v", whole)
	}
}

// Whatever the scores are: within a division places follow totals, nobody with an equal row is put before another,
// divisions don't touch each other, and the same scores make the same board.
func TestPlacesFollowScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := twoRounds()
		for i := range c.Rounds {
			c.Rounds[i].Weight = rapid.IntRange(0, 20000).Draw(t, "weight")
		}
		n := rapid.IntRange(0, 25).Draw(t, "entries")
		var entries []roster.Entry
		scores := map[int64]Scores{}
		for i := range n {
			id := int64(i + 1)
			entries = append(entries, entry(id, rapid.Int64Range(1, 2).Draw(t, "division")))
			for _, r := range c.Rounds {
				if rapid.Bool().Draw(t, "scored") {
					s := scores[r.ID]
					s.Rows = append(s.Rows, Score{EntryID: id, Points: rapid.Int64Range(-300, 300).Draw(t, "points")})
					scores[r.ID] = s
				}
			}
		}
		b := Compute(c, entries, scores, true)
		if len(b.Rows) != n {
			t.Fatalf("%d rows of %d entries", len(b.Rows), n)
		}
		for i, row := range b.Rows {
			better, equal := 0, 0
			for _, x := range b.Rows {
				if x.DivisionID != row.DivisionID || len(x.Scores) == 0 || x.EntryID == row.EntryID {
					continue
				}
				if x.Total > row.Total {
					better++
				} else if x.Total == row.Total {
					equal++
				}
			}
			if len(row.Scores) > 0 && (row.Place != better+1 || row.Tied != (equal > 0)) || len(row.Scores) == 0 && (row.Place != 0 || row.Tied) {
				t.Fatalf("row %d: place %d, tied %v; %d better, %d equal", i, row.Place, row.Tied, better, equal)
			}
			if i > 0 && b.Rows[i-1].DivisionID == row.DivisionID && row.Place != 0 && b.Rows[i-1].Place > row.Place {
				t.Fatalf("row %d stands before a better one", i-1)
			}
		}
		if again := Compute(c, entries, scores, true); !reflect.DeepEqual(again, b) {
			t.Fatal("the same scores made another board")
		}
	})
}

// A contest of one exam ranks exactly by the exam's own list, whatever the contest's tie-breakers are.
func TestAnExamRanksByItsOwnList(t *testing.T) {
	c := contest.Contest{ID: 7, TieBreakers: []string{contest.TieTime}, Divisions: []contest.Division{{ID: 1, Name: "A", Position: 1}},
		Rounds: []contest.Round{{ID: 11, Position: 1, Kind: contest.Exam, Name: "Thi tuần", Weight: 10000}}}
	entries := []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1), entry(4, 1)}
	rows := []Score{{EntryID: 1, Points: 500, Distance: 300, TimeUs: 10, SubmittedUs: 5}, {EntryID: 2, Points: 500, Distance: 100, TimeUs: 90, SubmittedUs: 8},
		{EntryID: 3, Points: 500, Distance: 100, TimeUs: 99, SubmittedUs: 7}, {EntryID: 4, Points: 500, Distance: 100, TimeUs: 1, SubmittedUs: 8}}
	scores := map[int64]Scores{11: {Order: []string{"points", "guess", "submitted"}, Rows: rows}}
	b := Compute(c, entries, scores, true)
	want := []standing{{3, 1, false}, {2, 2, true}, {4, 2, true}, {1, 4, false}}
	if got := standings(b); !reflect.DeepEqual(got, want) {
		t.Errorf("standings: %v, want %v", got, want)
	}
	for _, r := range b.Rows {
		if r.Scores[0].Place != r.Place || r.Scores[0].Tied != r.Tied {
			t.Errorf("entry %d: place %d in the round, %d in the contest", r.EntryID, r.Scores[0].Place, r.Place)
		}
	}
	if !reflect.DeepEqual(b.TieBreakers, []string{"guess", "submitted"}) {
		t.Errorf("the board names %v as what decides between equals", b.TieBreakers)
	}
	// With tie-breakers of the contest the same order comes about beside another round.
	c.Rounds = append(c.Rounds, contest.Round{ID: 12, Position: 2, Kind: contest.Judged, Weight: 10000})
	c.TieBreakers = []string{contest.TieGuess, contest.TieSubmitted}
	if got := standings(Compute(c, entries, scores, true)); !reflect.DeepEqual(got, want) {
		t.Errorf("by the contest's tie-breakers: %v, want %v", got, want)
	}
}

// While a guess about the number of entries is open, the public board lists nobody without a public score.
func TestADiscreetRoundTellsNoNumbers(t *testing.T) {
	entries := []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1)}
	scores := map[int64]Scores{11: {Rows: []Score{{EntryID: 1, Points: 500}}}, 12: {Hidden: true, Discreet: true, Rows: []Score{{EntryID: 1}, {EntryID: 2}}}}
	if b := Compute(twoRounds(), entries, scores, true); len(b.Rows) != 1 {
		t.Errorf("the public board lists %d entries", len(b.Rows))
	}
	if b := Compute(twoRounds(), entries, scores, false); len(b.Rows) != 3 {
		t.Errorf("the organizers' board lists %d entries", len(b.Rows))
	}
}
