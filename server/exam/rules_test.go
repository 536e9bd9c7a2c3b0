package exam

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/timing"
)

func drawRivals(t *rapid.T) []Rival {
	n := rapid.IntRange(1, 8).Draw(t, "attempts")
	var list []Rival
	for i := range n {
		r := Rival{ID: int64(i + 1), Number: i + 1, Points: rapid.Int64Range(0, 3).Draw(t, "points") * 100, Correct: rapid.IntRange(0, 3).Draw(t, "correct"),
			TimeUs: rapid.Int64Range(1, 4).Draw(t, "time"), FinishedUs: int64(i+1) * 10}
		if rapid.Bool().Draw(t, "guessed") {
			g := rapid.Int64Range(0, 5).Draw(t, "guess") * 100
			r.Guess = &g
		}
		list = append(list, r)
	}
	return list
}

// One attempt counts, whatever the order in which they are looked at; the best is never beaten by another.
func TestExactlyOneAttemptCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := DefaultSettings()
		s.Guess, s.Ranking = GuessEntrants, []Metric{ByPoints, ByGuess, ByTime}
		s.Counts = rapid.SampledFrom([]Counting{CountBest, CountFirst, CountLast}).Draw(t, "counts")
		rivals := drawRivals(t)
		actual := rapid.Int64Range(0, 5).Draw(t, "actual") * 100
		chosen := rivals[s.Counting(rivals, &actual)]
		turned := slices.Clone(rivals)
		slices.Reverse(turned)
		if again := turned[s.Counting(turned, &actual)]; again.ID != chosen.ID {
			t.Fatalf("attempt %d or %d, as one looks at it", chosen.ID, again.ID)
		}
		for _, r := range rivals {
			switch {
			case s.Counts == CountFirst && r.Number < chosen.Number, s.Counts == CountLast && r.Number > chosen.Number:
				t.Fatalf("%+v counts before %+v", chosen, r)
			case s.Counts == CountBest && r.Points > chosen.Points:
				t.Fatalf("%+v counts, but %+v has more", chosen, r)
			case s.Counts == CountBest && r.Points == chosen.Points && Distance(r.Guess, &actual) < Distance(chosen.Guess, &actual):
				t.Fatalf("%+v counts, but %+v guessed closer", chosen, r)
			}
		}
	})
}

func TestWhatTheGuessWasAbout(t *testing.T) {
	for _, x := range []struct {
		guess              Guess
		entrants, allRight int64
		want               int64
	}{{GuessEntrants, 1234, 7, 123400}, {GuessAllRight, 1234, 7, 700}, {GuessShare, 3, 1, 3333}, {GuessShare, 3, 2, 6667}, {GuessShare, 0, 0, 0}, {GuessShare, 8, 8, 10000}} {
		if got := GuessActual(x.guess, x.entrants, x.allRight); got == nil || *got != x.want {
			t.Errorf("%s of %d and %d: %v, want %d", x.guess, x.entrants, x.allRight, got, x.want)
		}
	}
	if GuessActual(GuessNone, 5, 5) != nil {
		t.Error("nothing was guessed")
	}
}

// A pause takes nothing from a window and gives nothing: what was left when it began, or when the window opened in it, is
// left when it ends.
func TestAPauseGivesWindowsBackExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opens := rapid.Int64Range(1, 1000).Draw(t, "opens")
		w := timing.Window{OpensUs: opens, ClosesUs: opens + rapid.Int64Range(1, 1000).Draw(t, "length")}
		from := rapid.Int64Range(1, 2500).Draw(t, "paused")
		until := from + rapid.Int64Range(0, 1000).Draw(t, "for")
		usable := func(w timing.Window) (n int64) {
			for us := w.OpensUs; us < w.ClosesUs; us++ {
				if us < from || us >= until {
					n++
				}
			}
			return n
		}
		after := GiveBack(w, from, until)
		if after.OpensUs != w.OpensUs || usable(after) != w.ClosesUs-w.OpensUs {
			t.Fatalf("%+v, paused from %d to %d, became %+v", w, from, until, after)
		}
	})
}

func TestReadingAGuess(t *testing.T) {
	for _, x := range []struct {
		guess Guess
		text  string
		want  int64 // −1: refused
	}{{GuessEntrants, "12.345", 1234500}, {GuessEntrants, " 7 ", 700}, {GuessEntrants, "7,5", -1}, {GuessEntrants, "-3", -1}, {GuessEntrants, "nhiều", -1},
		{GuessShare, "45,5", 4550}, {GuessShare, "45,55 %", 4555}, {GuessShare, "45,555", -1}, {GuessShare, "100", 10000}, {GuessShare, "100,01", -1},
		{GuessEntrants, "7\x00", -1}, {GuessEntrants, "7 %", -1}} {
		n, f := guessOf(x.guess, x.text)
		if (f != nil) != (x.want < 0) || f == nil && *n.Guess != x.want {
			t.Errorf("%s %q: %+v, %v", x.guess, x.text, n, f)
		}
	}
	if n, f := guessOf(GuessShare, "  "); f != nil || n.Guess != nil {
		t.Error("an empty guess takes an earlier one back")
	}
}
