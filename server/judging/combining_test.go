package judging_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

func rulesOf(c scoring.Combining) judging.MarkingRules {
	return judging.MarkingRules{Combining: c, Overtime: scoring.Overtime{Method: scoring.OvertimeNone}}
}

func codesOf(gaps []judging.Gap) []string {
	var codes []string
	for _, g := range gaps {
		codes = append(codes, g.Code)
	}
	return codes
}

func (h *hall) scoreOf(performance int64) judging.Score {
	h.t.Helper()
	scores := h.judging().Scores()
	return scores[slices.IndexFunc(scores, func(s judging.Score) bool { return s.PerformanceID == performance })]
}

// Two markers who agree need no third; from 20 % of 20 points on a third sheet is waited for, and by whom.
func TestThirdMarkerIsWaitedFor(t *testing.T) {
	h := open(t, 2, 2)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, rulesOf(scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: scoring.ThirdNearer, Decimals: 2})))
	if gaps := codesOf(h.judging().SetUpGaps()); !slices.Equal(gaps, []string{"panel"}) {
		t.Errorf("two judges alone: %v", gaps)
	}
	h = open(t, 3, 2)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, rulesOf(scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: scoring.ThirdNearer, Decimals: 2})))
	agreed, apart := h.perform(0, 60), h.perform(1, 60)
	first, second, third := h.device(0), h.device(1), h.device(2)
	lock := func(d *device, p int64, values ...int64) {
		t.Helper()
		_, err := d.lock(p, d.fill(p, values...))
		h.must(err)
	}
	lock(first, agreed, 800, 500, 300)
	lock(second, agreed, 600, 450, 200) // 16,00 and 12,50: 3,50 apart
	lock(first, apart, 900, 500, 300)
	lock(second, apart, 600, 450, 250) // 17,00 and 13,00: 4,00 apart
	if s := h.scoreOf(agreed); !s.Complete || s.Score != 1425 || s.Working.Markers.Third != scoring.ThirdNeedless {
		t.Errorf("agreed: %+v", s)
	}
	if s := h.scoreOf(apart); s.Complete || s.Working.Markers.Third != scoring.ThirdMissing {
		t.Errorf("apart, without a third: %+v", s)
	}
	if gaps := h.judging().Gaps(); len(gaps) == 0 || gaps[0].Code != "sheet_open" || gaps[0].PerformanceID != apart || gaps[0].Seat != 3 {
		t.Errorf("nobody is asked for the third sheet: %+v", gaps)
	}
	lock(third, apart, 850, 500, 200) // 15,50: nearer to 17,00
	if s := h.scoreOf(apart); !s.Complete || s.Score != 1625 {
		t.Errorf("with the third: %+v", s)
	}
	sameWhenComputedAgain(h)
}

// An absent judge is left out or waited for, as the rules said beforehand.
func TestAbsentJudgeByTheRules(t *testing.T) {
	for _, absent := range []judging.Absence{judging.AbsenceCountsWithout, judging.AbsenceWaits} {
		h := open(t, 2, 1)
		rules := rulesOf(scoring.Combining{Method: scoring.Median, Decimals: 2})
		rules.Absent = absent
		h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, rules))
		p, d := h.perform(0, 60), h.device(0)
		_, err := d.lock(p, d.fill(p, 800, 500, 300))
		h.must(err)
		h.must(h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 2, true, "ốm"))
		waits := slices.Contains(codesOf(h.judging().Gaps()), "sheet_open")
		if s := h.scoreOf(p); s.Complete != (absent == judging.AbsenceCountsWithout) || waits == s.Complete || s.Score != 1600 {
			t.Errorf("%q: waits %v, score %+v", absent, waits, s)
		}
		sameWhenComputedAgain(h)
	}
}

// With places instead of points the most that can be reached hangs on the judges and the entries.
func TestSumOfRanksOfARound(t *testing.T) {
	h := open(t, 2, 3)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, rulesOf(scoring.Combining{Method: scoring.RankSum, Decimals: 2})))
	most := func() int64 {
		r, err := h.contests.Round(t.Context(), h.contestID, h.roundID)
		h.must(err)
		return r.MaxScore
	}
	if got := most(); got != 600 {
		t.Errorf("two judges, three entries: at most %d", got)
	}
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{{EntryID: h.entries[0]}, {EntryID: h.entries[1]}}))
	if got := most(); got != 400 {
		t.Errorf("two judges, two entries: at most %d", got)
	}
	h.must(h.s.AddCalibration(h.organizer, h.contestID, h.roundID, "Tiết mục thử"))
	if got := most(); got != 400 {
		t.Errorf("a performance for practice takes it to %d", got)
	}
	h.must(h.s.RemoveCalibration(h.organizer, h.contestID, h.roundID, h.performance(0)))
	a, b := h.perform(0, 60), h.perform(1, 60)
	for i, values := range [][]int64{{800, 500, 300}, {700, 500, 300}} {
		d := h.device(i)
		for _, p := range []int64{a, b} {
			_, err := d.lock(p, d.fill(p, values...))
			h.must(err)
			values = []int64{750, 500, 300} // before the first judge's 8,00, behind the second's 7,00
		}
	}
	// GK1: a 16,00, b 15,50; GK2: a 15,00, b 15,50. Both have the places 1 and 2.
	if x, y := h.scoreOf(a), h.scoreOf(b); x.Score != 300 || y.Score != 300 || !x.Complete || x.Working.Ranks.Sum != 300 {
		t.Errorf("%+v\n%+v", x, y)
	}
	sameWhenComputedAgain(h)
	if r, err := h.contests.Round(t.Context(), h.contestID, h.roundID); err != nil || r.State != contest.RoundRunning {
		t.Errorf("round is %s (%v)", r.State, err)
	}
}

// Inputs that were hashed before there were other combinations than two: they must be computed to the same scores, and
// rules without the newer settings must be written as they always were.
const olderInputs = `{"round_id":7,"rules":{"combining":{"method":"trimmed_mean","drop":1,"decimals":2},"overtime":{"method":"steps","limit_seconds":300,"steps":[{"from_seconds":1,"deduction":25},{"from_seconds":60,"deduction":50}]}},"criteria":[{"id":1,"max":2000,"step":25,"weight":10000}],"panel":[{"seat":1,"account_id":11,"head":true,"absent":false},{"seat":2,"account_id":12,"head":false,"absent":false},{"seat":3,"account_id":13,"head":false,"absent":false},{"seat":4,"account_id":14,"head":false,"absent":false},{"seat":5,"account_id":15,"head":false,"absent":false}],"performances":[{"id":3,"entry_id":4,"state":"done","seconds":340,"sheets":[{"seat":1,"state":"locked","marks":[{"criterion_id":1,"value":1700,"writer":1,"seq":1,"received_us":5}]},{"seat":2,"state":"locked","marks":[{"criterion_id":1,"value":1800,"writer":1,"seq":1,"received_us":5}]},{"seat":3,"state":"locked","marks":[{"criterion_id":1,"value":1250,"writer":1,"seq":1,"received_us":5}]},{"seat":4,"state":"locked","marks":[{"criterion_id":1,"value":2000,"writer":1,"seq":1,"received_us":5}]},{"seat":5,"state":"locked","marks":[{"criterion_id":1,"value":1700,"writer":1,"seq":1,"received_us":5}]}]}],"closed":true}`

func TestOlderInputsGiveTheSameScores(t *testing.T) {
	scores, err := judging.Recompute([]byte(olderInputs))
	if err != nil || len(scores) != 1 || scores[0].Score != 1708 || !scores[0].Complete || scores[0].EntryID != 4 {
		t.Fatalf("%+v (%v)", scores, err)
	}
	h := open(t, 1, 1)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.DefaultRules(300)))
	now, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	rules := olderInputs[strings.Index(olderInputs, `"rules"`):strings.Index(olderInputs, `"criteria"`)]
	if !strings.Contains(string(now), rules) {
		t.Errorf("the same rules have other bytes now:\n%s\nwant\n%s", now, rules)
	}
}
