package judging_test

import (
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

func TestLevelsAreSortedAndMayTouchButNeverOverlap(t *testing.T) {
	line := func(levels ...judging.Level) []judging.Criterion {
		return []judging.Criterion{{Name: "Nội dung", Levels: levels,
			Criterion: scoring.Criterion{Max: 1000, Step: 50, Weight: scoring.FullWeight}}}
	}
	good := line(judging.Level{From: 500, To: 700, Name: "Khá"}, judging.Level{From: 900, To: 1000, Name: " Xuất  sắc ", Text: "Mới, trúng chủ đề"},
		judging.Level{From: 700, To: 850, Name: "Tốt"})
	if err := judging.CheckCriteria(good); err != nil {
		t.Fatal(err)
	}
	if l := good[0].Levels; l[0].Name != "Xuất sắc" || l[1].Name != "Tốt" || l[2].Name != "Khá" {
		t.Fatalf("levels are not sorted from the highest: %+v", l)
	}
	for mark, want := range map[int64]string{1000: "Xuất sắc", 870: "", 700: "Tốt", 650: "Khá", 0: ""} {
		if l, _ := good[0].LevelOf(mark); l.Name != want {
			t.Errorf("%d is %q, want %q", mark, l.Name, want)
		}
	}
	for name, bad := range map[string][]judging.Criterion{
		"overlap":     line(judging.Level{From: 0, To: 600, Name: "a"}, judging.Level{From: 550, To: 1000, Name: "b"}),
		"above max":   line(judging.Level{From: 0, To: 1050, Name: "a"}),
		"upside down": line(judging.Level{From: 600, To: 500, Name: "a"}),
		"no name":     line(judging.Level{From: 0, To: 500, Name: " "}),
		"twice":       line(judging.Level{From: 500, To: 500, Name: "a"}, judging.Level{From: 500, To: 500, Name: "b"}),
	} {
		if judging.CheckCriteria(bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// Levels are stored, shown to judges, and copied with the round.
func TestLevelsReachTheJudge(t *testing.T) {
	h := open(t, 1, 1)
	levels := []judging.Level{{From: 900, To: 1000, Name: "Xuất sắc", Text: "Mới, trúng chủ đề"}, {From: 0, To: 850, Name: "Đạt"}}
	h.must(h.s.SetRubric(h.organizer, h.contestID, h.roundID, []judging.Criterion{{Name: "Nội dung", Levels: levels,
		Criterion: scoring.Criterion{Max: 1000, Step: 50, Weight: scoring.FullWeight}}}))
	v, _, err := h.s.JudgeView(h.judges[0], h.contestID, h.roundID)
	h.must(err)
	if got := v.Criteria[0].Levels; len(got) != 2 || got[0] != levels[0] || got[1] != levels[1] {
		t.Fatalf("the judge sees %+v", got)
	}
	copied, err := h.contests.Clone(h.organizer, h.contestID, "Hội thi năm sau", nil)
	h.must(err)
	j, err := h.s.Get(h.organizer, copied.ID, copied.Rounds[0].ID)
	h.must(err)
	if len(j.Criteria[0].Levels) != 2 {
		t.Fatalf("the copy has %+v", j.Criteria)
	}
}
