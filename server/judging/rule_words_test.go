package judging_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

// The rule that the minutes print is the sentence of the screen, word by word.
func TestTheMinutesSayTheRuleOfTheScreen(t *testing.T) {
	words := map[string]any{}
	for _, name := range []string{"judging", "combining"} {
		body, err := os.ReadFile("../../frontend/messages/vi/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &words); err != nil {
			t.Fatal(err)
		}
	}
	say := func(key string, given ...string) string {
		text, _ := words[key].(string)
		return strings.NewReplacer(given...).Replace(text)
	}
	markers := []string{"{threshold}", "12,5\u00a0%", "{decimals}", "2"}
	for _, x := range []struct {
		how  scoring.Combining
		want string
	}{
		{scoring.Combining{Method: scoring.Mean, Decimals: 1}, say("judging_combining_mean", "{decimals}", "1")},
		{scoring.Combining{Method: scoring.TrimmedMean, Drop: 2, Decimals: 2}, say("judging_combining_trimmed", "{drop}", "2", "{decimals}", "2")},
		{scoring.Combining{Method: scoring.Median, Decimals: 0}, say("combining_rule_median", "{decimals}", "0")},
		{scoring.Combining{Method: scoring.MeanWithin, Distance: 150, Decimals: 2}, say("combining_rule_within", "{distance}", "1,5", "{decimals}", "2")},
		{scoring.Combining{Method: scoring.RankSum, Decimals: 2}, say("combining_rule_places")},
		{scoring.Combining{Method: scoring.TwoMarkers, Threshold: 1250, Third: scoring.ThirdNearer, Decimals: 2}, say("combining_rule_markers_nearer", markers...)},
		{scoring.Combining{Method: scoring.TwoMarkers, Threshold: 1250, Third: scoring.ThirdAll, Decimals: 2}, say("combining_rule_markers_all", markers...)},
		{scoring.Combining{Method: scoring.TwoMarkers, Threshold: 1250, Third: scoring.ThirdAlone, Decimals: 2}, say("combining_rule_markers_alone", markers...)},
		{scoring.Combining{Method: scoring.ZScore, LeastSheets: 3, Decimals: 2}, say("combining_rule_scale", "{least}", "3", "{decimals}", "2")},
	} {
		if got := judging.RuleText(judging.MarkingRules{Combining: x.how}); got != x.want {
			t.Errorf("%s: %q, the screen says %q", x.how.Method, got, x.want)
		}
	}
	waits := judging.RuleText(judging.MarkingRules{Combining: scoring.Combining{Method: scoring.Mean}, Absent: judging.AbsenceWaits})
	if !strings.HasSuffix(waits, " "+say("combining_absent_rule")) {
		t.Errorf("an absent judge: %q", waits)
	}
	table := strings.Join([]string{say("judging_overtime_step", "{time}", "1 giây", "{points}", "0,25"), say("judging_overtime_step", "{time}", "1 phút", "{points}", "0,5")}, "; ")
	for got, want := range map[string]string{
		judging.OvertimeText(scoring.Overtime{Method: scoring.OvertimeNone}):                    say("judging_overtime_none"),
		judging.OvertimeText(scoring.Overtime{Method: scoring.OvertimeNone, LimitSeconds: 330}): say("judging_overtime_free", "{limit}", "5 phút 30 giây"),
		judging.OvertimeText(scoring.Overtime{Method: scoring.OvertimePerMinute, LimitSeconds: 480, PerMinute: 100}): say("judging_overtime_rule",
			"{limit}", "8 phút", "{table}", say("judging_overtime_minute", "{points}", "1")),
		judging.OvertimeText(scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 480, Steps: []scoring.OvertimeStep{{FromSeconds: 1, Deduction: 25},
			{FromSeconds: 60, Deduction: 50}}}): say("judging_overtime_rule", "{limit}", "8 phút", "{table}", table),
	} {
		if got != want {
			t.Errorf("%q, the screen says %q", got, want)
		}
	}
}
