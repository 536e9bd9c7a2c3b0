package judging

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/scoring"
)

// panelOf is one performance that is over, with a locked sheet of one mark from every judge.
func panelOf(totals []int64, within int64) (Judging, scoring.Rubric) {
	j := Judging{Conduct: Conduct{Tolerances: []Tolerance{{Within: within}}},
		Criteria:     []Criterion{{Criterion: scoring.Criterion{ID: 1, Max: 10_000, Step: 1, Weight: scoring.FullWeight}}},
		Performances: []Performance{{ID: 1, EntryID: 1, State: Done}},
		Rules:        MarkingRules{Combining: scoring.Combining{Method: scoring.Mean, Decimals: 2}}}
	for i, total := range totals {
		id := int64(i + 1)
		j.Panel = append(j.Panel, Seat{Number: i + 1, AccountID: id})
		j.Sheets = append(j.Sheets, Sheet{PerformanceID: 1, AccountID: id, State: Locked, Marks: map[int64]Mark{1: {Value: total}}})
	}
	return j, j.Rubric()
}

// Of a panel that agrees but for one, that one alone is told to the head judge: nobody who is of one mind with the others is
// drawn in, however far the one lies away and however small the panel is.
func TestOneFarSheetAlarmsAloneAndAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		within := rapid.Int64Range(1, 3000).Draw(t, "within")
		agreed := rapid.Int64Range(0, 10_000-within).Draw(t, "agreed")
		totals := rapid.SliceOfN(rapid.Int64Range(agreed, agreed+within), 2, 12).Draw(t, "of one mind")
		far := rapid.Int64Range(0, 10_000).Draw(t, "far")
		at := rapid.IntRange(0, len(totals)).Draw(t, "seat")
		low, high := slices.Min(totals), slices.Max(totals)
		j, rubric := panelOf(slices.Insert(slices.Clone(totals), at, far), within)
		alarmed := false
		for _, a := range j.alarms(rubric, j.Performances[0]) {
			if a.Seat != at+1 {
				t.Fatalf("GK%d is told of, who is of one mind with the others: %+v", a.Seat, a)
			}
			alarmed = true
		}
		if beyond := max(low-far, far-high); beyond > within && !alarmed {
			t.Fatalf("%d is more than %d from all of %v, and nobody is told", far, within, totals)
		}
	})
}

// The case that it is for: two agree, and the third pulls the mean so far that all three lie away from it.
func TestInAPanelOfThreeOnlyTheFarOneIsTold(t *testing.T) {
	j, rubric := panelOf([]int64{8000, 8100, 2000}, 1500)
	if a := j.alarms(rubric, j.Performances[0]); len(a) != 1 || a[0].Seat != 3 || a[0].Median != 8000 || a[0].Deviation != -6000 {
		t.Errorf("alarms: %+v", a)
	}
}
