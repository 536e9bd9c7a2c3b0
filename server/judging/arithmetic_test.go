package judging_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
)

// example is a working with the lines that the minutes print of it. The screen's own test reads the same file.
type example struct {
	Name     string                   `json:"name"`
	Working  scoring.Working          `json:"working"`
	Totals   []string                 `json:"totals"`
	Lines    []judging.ArithmeticLine `json:"lines"`
	Notes    []string                 `json:"notes"`
	Combined string                   `json:"combined"`
	Score    string                   `json:"score"`
}

const examplesFile = "../../frontend/src/lib/judging/arithmetic.examples.json"

// The minutes and the screen show the same sentences and numbers, to the last digit: both are held against one file of
// examples of every combination. HOITHI_WRITE_EXAMPLES=1 writes it anew from the server's side.
func TestMinutesSayWhatTheScreenSays(t *testing.T) {
	rubric := scoring.Rubric{{ID: 1, Max: 1000, Step: 25, Weight: 5000}, {ID: 2, Max: 2000, Step: 50, Weight: scoring.FullWeight}}
	overtime := scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 300, Steps: []scoring.OvertimeStep{{FromSeconds: 1, Deduction: 25}}}
	turn := func(used int64, marks ...[3]int64) scoring.Turn {
		x := scoring.Turn{Overtime: overtime.Deduct(used)}
		for _, m := range marks {
			x.Sheets = append(x.Sheets, scoring.Sheet{Seat: int(m[0]), Marks: map[int64]int64{1: m[1], 2: m[2]}})
		}
		return x
	}
	five := turn(340, [3]int64{1, 725, 1650}, [3]int64{2, 800, 1700}, [3]int64{3, 975, 1950}, [3]int64{4, 500, 1100}, [3]int64{5, 825, 1600})
	four := turn(290, [3]int64{1, 725, 1650}, [3]int64{2, 800, 1700}, [3]int64{3, 975, 1950}, [3]int64{4, 500, 1100})
	two := turn(0, [3]int64{1, 1000, 1950}, [3]int64{2, 500, 1100})
	three := turn(4000, [3]int64{1, 1000, 1950}, [3]int64{2, 500, 1100}, [3]int64{3, 900, 1500})
	open := four
	open.Open = true
	others := []scoring.Turn{turn(0, [3]int64{1, 725, 1600}, [3]int64{2, 850, 1750}), turn(0, [3]int64{2, 600, 1500}, [3]int64{3, 700, 1400}),
		turn(0, [3]int64{1, 600, 1250}, [3]int64{3, 750, 1400}), turn(0, [3]int64{1, 900, 1700}, [3]int64{2, 700, 1400}, [3]int64{3, 725, 1400})}
	markers := scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: scoring.ThirdNearer, Decimals: 2}
	all, alone := markers, markers
	all.Third, alone.Third = scoring.ThirdAll, scoring.ThirdAlone
	ranks, scale := scoring.Combining{Method: scoring.RankSum, Decimals: 2}, scoring.Combining{Method: scoring.ZScore, LeastSheets: 3, Decimals: 2}
	few := scale
	few.LeastSheets = 4
	var got []example
	add := func(name string, how scoring.Combining, turns ...scoring.Turn) {
		w := scoring.CombineRound(rubric, how, turns)[0]
		x := example{Name: name, Working: w, Totals: []string{}, Lines: judging.Arithmetic(w), Notes: judging.ArithmeticNotes(w),
			Combined: judging.CombinedText(w), Score: judging.ScoreText(w)}
		if x.Lines == nil {
			x.Lines = []judging.ArithmeticLine{}
		}
		for _, s := range w.Sheets {
			x.Totals = append(x.Totals, judging.SeatName(s.Seat)+" "+judging.Points(s.Total, int(w.Decimals))+" "+judging.DroppedReason(s.Dropped))
		}
		got = append(got, x)
	}
	add("mean", scoring.Combining{Method: scoring.Mean, Decimals: 1}, five)
	add("mean of one sheet", scoring.Combining{Method: scoring.Mean}, turn(0, [3]int64{2, 725, 1650}))
	add("trimmed", scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2}, five)
	add("trimmed by fewer", scoring.Combining{Method: scoring.TrimmedMean, Drop: 2, Decimals: 2}, five)
	add("trimmed by none", scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2}, four)
	add("median of five", scoring.Combining{Method: scoring.Median, Decimals: 2}, five)
	add("median of four", scoring.Combining{Method: scoring.Median, Decimals: 2}, four)
	add("within", scoring.Combining{Method: scoring.MeanWithin, Distance: 400, Decimals: 2}, five)
	add("within, none dropped", scoring.Combining{Method: scoring.MeanWithin, Distance: 2000, Decimals: 2}, five)
	add("within, all far", scoring.Combining{Method: scoring.MeanWithin, Distance: 50, Decimals: 2}, two)
	add("places", ranks, append([]scoring.Turn{turn(340, [3]int64{1, 725, 1600}, [3]int64{2, 850, 1750}, [3]int64{3, 700, 1400})}, turn(0, [3]int64{1, 700, 1600}, [3]int64{2, 850, 1750}))...)
	add("places, open", ranks, open, five)
	add("places, nobody marked all", ranks, turn(0, [3]int64{1, 725, 1600}), turn(0, [3]int64{2, 725, 1600}))
	add("markers who agree", markers, turn(0, [3]int64{1, 725, 1600}, [3]int64{2, 800, 1700}))
	add("markers, one sheet", markers, turn(0, [3]int64{2, 800, 1700}))
	add("markers, third missing", markers, two)
	add("markers, nearer", markers, three)
	add("markers, all", all, three)
	add("markers, alone", alone, three)
	add("level", scale, others...)
	add("level, few sheets", few, others...)
	add("level, same entries", scale, five)
	add("level, a judge who gave everybody the same", scale, turn(0, [3]int64{1, 500, 1000}, [3]int64{2, 725, 1600}), turn(0, [3]int64{1, 500, 1000}, [3]int64{2, 825, 1600}),
		turn(0, [3]int64{1, 500, 1000}, [3]int64{2, 925, 1600}), turn(0, [3]int64{2, 1000, 2000}))
	var b bytes.Buffer
	for i, x := range got {
		b.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(x); err != nil {
			t.Fatal(err)
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("\n]\n")
	if os.Getenv("HOITHI_WRITE_EXAMPLES") != "" {
		if err := os.WriteFile(examplesFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(examplesFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("the minutes' arithmetic has changed; with HOITHI_WRITE_EXAMPLES=1 the examples are written anew, and the screen's test tells whether it says the same")
	}
}
