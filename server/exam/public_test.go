package exam

import (
	"context"
	"testing"
)

// What everybody may read follows the guess and the frozen board, and is said before anybody asks for standings.
func TestWhatThePublicMayReadOfAnExam(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) {
		s.Guess, s.Ranking, s.ShowBoard = GuessEntrants, []Metric{ByPoints, ByGuess, ByTime}, AtSubmit
	})
	n := c.open()
	c.sit(n, 0, "9", 1, "a", "a", "b")
	v, err := n.Public(c.ctx, c.contestID, c.roundID)
	c.must(err)
	if len(v.Periods) != 1 || !v.Guess || v.Overall || v.Periods[0].Public || v.Periods[0].ClosesUs <= v.Periods[0].OpensUs {
		t.Fatalf("a guess is open: %+v", v)
	}
	c.close(n)
	if v, err = n.Public(c.ctx, c.contestID, c.roundID); err != nil || !v.Overall || !v.Periods[0].Public || !v.Periods[0].Settled {
		t.Fatalf("the period is counted: %+v, %v", v, err)
	}
	n.UseFrozen(func(context.Context, int64) (bool, error) { return true, nil })
	if v, err = n.Public(c.ctx, c.contestID, c.roundID); err != nil || !v.Held || v.Overall || v.Periods[0].Public {
		t.Fatalf("the board stands still: %+v, %v", v, err)
	}
}
