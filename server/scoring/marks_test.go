package scoring_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

// The greeting of "Thanh niên với cải cách hành chính": content 50 %, form and creativity 30 %, style 20 %, each
// marked from 0 to 10 in quarters.
var greeting = scoring.Rubric{
	{ID: 1, Max: 1000, Step: 25, Weight: 5000},
	{ID: 2, Max: 1000, Step: 25, Weight: 3000},
	{ID: 3, Max: 1000, Step: 25, Weight: 2000},
}

func sheet(seat int, a, b, c int64) scoring.Sheet {
	return scoring.Sheet{Seat: seat, Marks: map[int64]int64{1: a, 2: b, 3: c}}
}

// combine is the round of one performance.
func combine(rubric scoring.Rubric, how scoring.Combining, sheets []scoring.Sheet, overtime scoring.OvertimeWorking) scoring.Working {
	return scoring.CombineRound(rubric, how, []scoring.Turn{{Sheets: sheets, Overtime: overtime}})[0]
}

var trimOne = scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 2}

// Five judges, worked with a pencil:
//
//	GK1  8,50×50% = 4,25   9,00×30% = 2,70   8,75×20% = 1,75   8,70
//	GK2  9,25     = 4,63   8,75     = 2,63   9,00     = 1,80   9,06   (4,625 and 2,625 rounded half up)
//	GK3  7,00     = 3,50   7,50     = 2,25   8,00     = 1,60   7,35   lowest
//	GK4  9,75     = 4,88   9,50     = 2,85   9,50     = 1,90   9,63   highest
//	GK5  8,75     = 4,38   8,25     = 2,48   8,50     = 1,70   8,56
//	(8,70 + 9,06 + 8,56) ÷ 3 = 26,32 ÷ 3 = 8,77; 5:40 of 5:00 used: −0,25 → 8,52
func TestWorkedExample(t *testing.T) {
	overtime := scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 300, Steps: []scoring.OvertimeStep{{FromSeconds: 1, Deduction: 25}, {FromSeconds: 60, Deduction: 50}}}
	w := combine(greeting, trimOne, []scoring.Sheet{
		sheet(1, 850, 900, 875), sheet(2, 925, 875, 900), sheet(3, 700, 750, 800), sheet(4, 975, 950, 950), sheet(5, 875, 825, 850),
	}, overtime.Deduct(340))
	var totals []int64
	var dropped []scoring.Dropped
	for _, s := range w.Sheets {
		totals, dropped = append(totals, s.Total), append(dropped, s.Dropped)
	}
	if !slices.Equal(totals, []int64{870, 906, 735, 963, 856}) {
		t.Errorf("totals %v", totals)
	}
	if !slices.Equal(dropped, []scoring.Dropped{"", "", scoring.DroppedLowest, scoring.DroppedHighest, ""}) {
		t.Errorf("dropped %v", dropped)
	}
	if w.Sum != 2632 || w.Count != 3 || w.Mean != 877 || w.Overtime.Deduction != 25 || w.Score != 852 {
		t.Errorf("sum %d, count %d, mean %d, deduction %d, score %d", w.Sum, w.Count, w.Mean, w.Overtime.Deduction, w.Score)
	}
	if want := (scoring.SheetLine{CriterionID: 1, Mark: 925, Weight: 5000, Value: 463}); w.Sheets[1].Lines[0] != want {
		t.Errorf("line %+v, want %+v", w.Sheets[1].Lines[0], want)
	}
}

// One criterion, so that the totals are the marks.
var plain = scoring.Rubric{{ID: 1, Max: 10000, Step: 1, Weight: scoring.FullWeight}}

func totals(marks ...int64) []scoring.Sheet {
	sheets := make([]scoring.Sheet, len(marks))
	for i, m := range marks {
		sheets[i] = scoring.Sheet{Seat: i + 1, Marks: map[int64]int64{1: m}}
	}
	return sheets
}

func TestTrimmedMeanOfSmallPanels(t *testing.T) {
	for name, c := range map[string]struct {
		drop  int
		marks []int64
		done  int
		mean  int64
	}{
		"four judges drop nobody":              {1, []int64{100, 200, 300, 1000}, 0, 400},
		"five drop one at each end":            {1, []int64{100, 200, 300, 400, 1000}, 1, 300},
		"five asked for two drop only one":     {2, []int64{100, 200, 300, 400, 1000}, 1, 300},
		"six asked for two drop only one":      {2, []int64{100, 200, 300, 400, 500, 1000}, 1, 350},
		"seven drop two":                       {2, []int64{0, 100, 200, 300, 400, 900, 1000}, 2, 300},
		"half a hundredth is rounded up":       {1, []int64{0, 100, 101, 101, 100, 900}, 1, 101},
		"equal totals lose one at each end":    {1, []int64{500, 500, 500, 500, 500}, 1, 500},
		"one judge alone":                      {1, []int64{777}, 0, 777},
		"nobody has marked yet, nothing to do": {1, nil, 0, 0},
	} {
		w := combine(plain, scoring.Combining{Method: scoring.TrimmedMean, Drop: c.drop, Decimals: 2}, totals(c.marks...), scoring.OvertimeWorking{})
		if w.DropDone != c.done || w.Mean != c.mean || w.DropWanted != c.drop || w.Count != len(c.marks)-2*c.done {
			t.Errorf("%s: dropped %d, mean %d of %d, want %d, %d", name, w.DropDone, w.Mean, w.Count, c.done, c.mean)
		}
	}
}

func TestOvertime(t *testing.T) {
	steps := scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 600, Steps: []scoring.OvertimeStep{{FromSeconds: 1, Deduction: 25}, {FromSeconds: 60, Deduction: 50}}}
	perMinute := scoring.Overtime{Method: scoring.OvertimePerMinute, LimitSeconds: 600, PerMinute: 100}
	for _, c := range []struct {
		rule        scoring.Overtime
		used, taken int64
	}{
		{steps, 599, 0}, {steps, 600, 0}, {steps, 601, 25}, {steps, 659, 25}, {steps, 660, 50}, {steps, 9_000, 50},
		{perMinute, 659, 0}, {perMinute, 660, 100}, {perMinute, 719, 100}, {perMinute, 720, 200},
		{scoring.Overtime{Method: scoring.OvertimeNone, LimitSeconds: 600}, 9_000, 0},
	} {
		if got := c.rule.Deduct(c.used); got.Deduction != c.taken {
			t.Errorf("%s, %d s: −%d, want −%d", c.rule.Method, c.used, got.Deduction, c.taken)
		}
	}
}

// 7,25 × 50 % = 3,625 → 3,6 · 8,00 × 30 % = 2,40 · 9,25 × 20 % = 1,85 → 1,9; 7,9 in all; −0,25 → 7,65 → 7,7
func TestOneDecimal(t *testing.T) {
	w := combine(greeting, scoring.Combining{Method: scoring.Mean, Decimals: 1}, []scoring.Sheet{sheet(1, 725, 800, 925)}, scoring.OvertimeWorking{Deduction: 25})
	if w.Sheets[0].Total != 790 || w.Mean != 790 || w.Score != 770 {
		t.Errorf("total %d, mean %d, score %d", w.Sheets[0].Total, w.Mean, w.Score)
	}
	if w = combine(plain, scoring.Combining{Method: scoring.Mean}, totals(750, 700), scoring.OvertimeWorking{}); w.Mean != 800 {
		t.Errorf("(8 + 7) ÷ 2 is 7,5, rounded half up 8, not %d", w.Mean)
	}
}

func TestDeductionNeverGoesBelowZero(t *testing.T) {
	w := combine(plain, scoring.Combining{Method: scoring.Mean, Decimals: 2}, totals(30), scoring.OvertimeWorking{Deduction: 50})
	if w.Mean != 30 || w.Score != 0 {
		t.Errorf("mean %d, score %d", w.Mean, w.Score)
	}
}

func TestChecksOfTheRules(t *testing.T) {
	ok := scoring.Criterion{ID: 1, Max: 1000, Step: 25, Weight: 10000}
	for name, c := range map[string]struct {
		got, want error
	}{
		"a good criterion":         {ok.Check(), nil},
		"no maximum":               {scoring.Criterion{Step: 25, Weight: 1}.Check(), scoring.ErrMax},
		"a step that never fits":   {scoring.Criterion{Max: 1000, Step: 300, Weight: 1}.Check(), scoring.ErrStep},
		"no weight":                {scoring.Criterion{Max: 1000, Step: 25}.Check(), scoring.ErrWeight},
		"an empty rubric":          {scoring.Rubric{}.Check(), scoring.ErrCriteria},
		"a rubric with a bad line": {scoring.Rubric{ok, {}}.Check(), scoring.ErrMax},
		"a mark on a step":         {ok.CheckMark(775), nil},
		"a mark between steps":     {ok.CheckMark(780), scoring.ErrMark},
		"a mark above the maximum": {ok.CheckMark(1025), scoring.ErrMark},
		"a mark below nothing":     {ok.CheckMark(-25), scoring.ErrMark},
		"mean":                     {scoring.Combining{Method: scoring.Mean}.Check(), nil},
		"mean that drops":          {scoring.Combining{Method: scoring.Mean, Drop: 1}.Check(), scoring.ErrDrop},
		"trimmed mean of nothing":  {scoring.Combining{Method: scoring.TrimmedMean}.Check(), scoring.ErrDrop},
		"three decimals":           {scoring.Combining{Method: scoring.Mean, Decimals: 3}.Check(), scoring.ErrDecimals},
		"median":                   {scoring.Combining{Method: scoring.Median, Decimals: 1}.Check(), nil},
		"no distance":              {scoring.Combining{Method: scoring.MeanWithin}.Check(), scoring.ErrDistance},
		"a distance for a median":  {scoring.Combining{Method: scoring.Median, Distance: 200}.Check(), scoring.ErrDistance},
		"no threshold":             {scoring.Combining{Method: scoring.TwoMarkers, Third: scoring.ThirdAll}.Check(), scoring.ErrThreshold},
		"no rule for the third":    {scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000}.Check(), scoring.ErrThird},
		"unknown rule for it":      {scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: "best"}.Check(), scoring.ErrThird},
		"a third for a mean":       {scoring.Combining{Method: scoring.Mean, Third: scoring.ThirdAll}.Check(), scoring.ErrThird},
		"nonsense for a mean":      {scoring.Combining{Method: scoring.Mean, Third: "best"}.Check(), scoring.ErrThird},
		"two markers":              {scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: scoring.ThirdNearer}.Check(), nil},
		"z-scores of two sheets":   {scoring.Combining{Method: scoring.ZScore, LeastSheets: 2}.Check(), scoring.ErrLeastSheets},
		"sum of ranks":             {scoring.Combining{Method: scoring.RankSum}.Check(), nil},
		"unknown combination":      {scoring.Combining{Method: "median?"}.Check(), scoring.ErrCombination},
		"no limit":                 {scoring.Overtime{Method: scoring.OvertimePerMinute, PerMinute: 1}.Check(), scoring.ErrOvertimeLimit},
		"nothing per minute":       {scoring.Overtime{Method: scoring.OvertimePerMinute, LimitSeconds: 1}.Check(), scoring.ErrOvertimeMinute},
		"steps that fall":          {scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 1, Steps: []scoring.OvertimeStep{{60, 50}, {120, 25}}}.Check(), scoring.ErrOvertimeSteps},
		"a step from the limit on": {scoring.Overtime{Method: scoring.OvertimeSteps, LimitSeconds: 1, Steps: []scoring.OvertimeStep{{0, 50}}}.Check(), scoring.ErrOvertimeSteps},
		"unknown method":           {scoring.Overtime{Method: "guess", LimitSeconds: 1}.Check(), scoring.ErrOvertimeMethod},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

func TestMoreTimeNeverCostsLess(t *testing.T) {
	rules := []scoring.Overtime{
		{Method: scoring.OvertimePerMinute, LimitSeconds: 300, PerMinute: 100},
		{Method: scoring.OvertimeSteps, LimitSeconds: 300, Steps: []scoring.OvertimeStep{{10, 25}, {60, 50}, {180, 200}}},
	}
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom(rules).Draw(t, "rule")
		a := rapid.Int64Range(0, 2_000).Draw(t, "used")
		b := a + rapid.Int64Range(0, 500).Draw(t, "longer")
		if o.Deduct(b).Deduction < o.Deduct(a).Deduction {
			t.Fatalf("%d s cost %d, %d s cost %d", a, o.Deduct(a).Deduction, b, o.Deduct(b).Deduction)
		}
		if a <= o.LimitSeconds && o.Deduct(a).Deduction != 0 {
			t.Fatalf("%d s within the limit cost %d", a, o.Deduct(a).Deduction)
		}
	})
}
