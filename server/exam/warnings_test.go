package exam

import "testing"

// Several attempts with points at once let contestants find the right answers by trying.
func TestPointsAtOnceWithSeveralAttemptsAreWarnedOf(t *testing.T) {
	for _, x := range []struct {
		attempts int
		score    Moment
		warns    bool
	}{{1, AtSubmit, false}, {0, AfterWindow, false}, {3, Published, false}, {0, AtSubmit, true}, {2, AtSubmit, true}} {
		s := DefaultSettings()
		s.Attempts, s.ShowScore = x.attempts, x.score
		if got := s.warnings(); (len(got) == 1) != x.warns || x.warns && got[0].Code != "trial" {
			t.Errorf("%d attempts, points %s: %+v", x.attempts, x.score, got)
		}
	}
}
