package exam_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/exam"
)

func number(n int64) *int64 { return &n }

// The order of a weekly quiz: right answers, then the closer guess, then the earlier one.
func TestTheCloserGuessStandsBeforeTheEarlierSubmit(t *testing.T) {
	s := exam.DefaultSettings()
	s.Guess, s.Ranking = exam.GuessAllRight, []exam.Metric{exam.ByCorrect, exam.ByGuess, exam.BySubmitted}
	counted := []exam.Counted{
		{EntryID: 1, PeriodID: 7, Correct: 5, Guess: 120_00, Guessed: true, SubmittedUs: 10},
		{EntryID: 2, PeriodID: 7, Correct: 5, Guess: 101_00, Guessed: true, SubmittedUs: 900},
		{EntryID: 3, PeriodID: 7, Correct: 5, SubmittedUs: 1},
		{EntryID: 4, PeriodID: 7, Correct: 4, Guess: 100_00, Guessed: true, SubmittedUs: 1},
		{EntryID: 5, PeriodID: 7, Correct: 5, Guess: 99_00, Guessed: true, SubmittedUs: 100},
	}
	places := func(actual *int64) []int64 {
		var ids []int64
		for _, e := range s.Standings(counted, nil, map[int64]*int64{7: actual}) {
			ids = append(ids, e.EntryID)
		}
		return ids
	}
	if got, want := places(number(100_00)), []int64{5, 2, 1, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("with the actual value: %v, want %v", got, want)
	}
	// While it is not known, a guess parts nobody: only the time does.
	if got, want := places(nil), []int64{3, 1, 5, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("before it is known: %v, want %v", got, want)
	}
}

func counteds(t *rapid.T) []exam.Counted {
	entries := rapid.IntRange(1, 12).Draw(t, "entries")
	var list []exam.Counted
	for e := range entries {
		for p := range rapid.IntRange(1, 3).Draw(t, "periods") {
			c := exam.Counted{EntryID: int64(e + 1), PeriodID: int64(p + 1), Points: rapid.Int64Range(0, 400).Draw(t, "points"),
				Correct: rapid.IntRange(0, 4).Draw(t, "correct"), Items: 4, TimeUs: rapid.Int64Range(0, 3).Draw(t, "time"),
				SubmittedUs: rapid.Int64Range(0, 3).Draw(t, "submitted")}
			if rapid.Bool().Draw(t, "guesses") {
				c.Guess, c.Guessed = rapid.Int64Range(0, 300).Draw(t, "guess"), true
			}
			list = append(list, c)
		}
	}
	return list
}

// Standings follow from what counts, not from the order in which it was read; nobody is lost, and equal values share a place.
func TestStandingsDependOnNothingButTheCountedAttempts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := exam.DefaultSettings()
		s.Guess = exam.GuessEntrants
		s.Overall = rapid.SampledFrom([]exam.Overall{exam.OverallSum, exam.OverallBest}).Draw(t, "overall")
		s.Ranking = rapid.Permutation(exam.Metrics).Draw(t, "ranking")[:rapid.IntRange(1, 5).Draw(t, "metrics")]
		list := counteds(t)
		actual := map[int64]*int64{1: number(100), 2: nil, 3: number(50)}
		divisions := map[int64]int64{}
		for _, c := range list {
			divisions[c.EntryID] = c.EntryID % 2
		}
		standings := s.Standings(list, divisions, actual)
		if again := s.Standings(rapid.Permutation(list).Draw(t, "shuffled"), divisions, actual); !slices.Equal(standings, again) {
			t.Fatalf("another order gives other standings:\n%v\n%v", standings, again)
		}
		seen := map[int64]bool{}
		for i, e := range standings {
			seen[e.EntryID] = true
			if i == 0 || standings[i-1].DivisionID != e.DivisionID {
				if e.Place != 1 {
					t.Fatalf("the first of a division has place %d", e.Place)
				}
				continue
			}
			if before := standings[i-1]; before.Place == e.Place && (!before.Tied || !e.Tied) || e.Place < before.Place {
				t.Fatalf("%v stands before %v", before, e)
			}
		}
		if len(seen) != len(standings) || len(seen) != len(divisions) {
			t.Fatalf("%d entries, %d standings", len(divisions), len(standings))
		}
	})
}

// A further period never lowers a sum, and never changes who is best for the worse.
func TestAFurtherPeriodTakesNothingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := exam.DefaultSettings()
		s.Ranking = []exam.Metric{exam.ByPoints}
		s.Overall = rapid.SampledFrom([]exam.Overall{exam.OverallSum, exam.OverallBest}).Draw(t, "overall")
		list := counteds(t)
		less := s.Standings(list[:len(list)-1], nil, nil)
		more := s.Standings(list, nil, nil)
		for _, e := range less {
			i := slices.IndexFunc(more, func(x exam.EntryStanding) bool { return x.EntryID == e.EntryID })
			if i < 0 || more[i].Points < e.Points || more[i].Periods < e.Periods {
				t.Fatalf("%v became %v", e, more)
			}
		}
	})
}
