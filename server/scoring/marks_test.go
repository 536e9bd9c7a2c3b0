package scoring_test

import (
	"errors"
	"reflect"
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
	w := scoring.Combine(greeting, trimOne, []scoring.Sheet{
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
		w := scoring.Combine(plain, scoring.Combining{Method: scoring.TrimmedMean, Drop: c.drop, Decimals: 2}, totals(c.marks...), scoring.OvertimeWorking{})
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
	w := scoring.Combine(greeting, scoring.Combining{Method: scoring.Mean, Decimals: 1}, []scoring.Sheet{sheet(1, 725, 800, 925)}, scoring.OvertimeWorking{Deduction: 25})
	if w.Sheets[0].Total != 790 || w.Mean != 790 || w.Score != 770 {
		t.Errorf("total %d, mean %d, score %d", w.Sheets[0].Total, w.Mean, w.Score)
	}
	if w = scoring.Combine(plain, scoring.Combining{Method: scoring.Mean}, totals(750, 700), scoring.OvertimeWorking{}); w.Mean != 800 {
		t.Errorf("(8 + 7) ÷ 2 is 7,5, rounded half up 8, not %d", w.Mean)
	}
}

func TestDeductionNeverGoesBelowZero(t *testing.T) {
	w := scoring.Combine(plain, scoring.Combining{Method: scoring.Mean, Decimals: 2}, totals(30), scoring.OvertimeWorking{Deduction: 50})
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

func drawSheets(t *rapid.T, least int) []scoring.Sheet {
	mark := rapid.Int64Range(0, 40)
	sheets := make([]scoring.Sheet, rapid.IntRange(least, 11).Draw(t, "judges"))
	for i := range sheets {
		sheets[i] = sheet(i+1, 25*mark.Draw(t, "a"), 25*mark.Draw(t, "b"), 25*mark.Draw(t, "c"))
	}
	return sheets
}

func drawCombining(t *rapid.T) scoring.Combining {
	if rapid.Bool().Draw(t, "trimmed") {
		return scoring.Combining{Method: scoring.TrimmedMean, Drop: rapid.IntRange(1, scoring.MaxDrop).Draw(t, "drop"), Decimals: 2}
	}
	return scoring.Combining{Method: scoring.Mean, Decimals: 2}
}

func TestScoreDoesNotDependOnTheOrderOfSheets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 0), drawCombining(t)
		shuffled := rapid.Permutation(sheets).Draw(t, "shuffled")
		a := scoring.Combine(greeting, how, sheets, scoring.OvertimeWorking{})
		b := scoring.Combine(greeting, how, shuffled, scoring.OvertimeWorking{})
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestScoreStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 1), drawCombining(t)
		w := scoring.Combine(greeting, how, sheets, scoring.OvertimeWorking{})
		lowest, highest := greeting.Max(2), int64(0)
		kept, top, bottom := 0, 0, 0
		for _, s := range w.Sheets {
			lowest, highest = min(lowest, s.Total), max(highest, s.Total)
			switch s.Dropped {
			case scoring.DroppedHighest:
				top++
			case scoring.DroppedLowest:
				bottom++
			case scoring.Kept:
				kept++
			}
		}
		if w.Mean < lowest || w.Mean > highest {
			t.Fatalf("mean %d is not between the sheets %d and %d", w.Mean, lowest, highest)
		}
		if top != bottom || top != w.DropDone || kept != w.Count {
			t.Fatalf("dropped %d above, %d below, kept %d: %+v", top, bottom, kept, w)
		}
		if len(sheets) >= scoring.TrimFrom && kept < scoring.TrimKeeps || len(sheets) < scoring.TrimFrom && kept != len(sheets) {
			t.Fatalf("%d of %d sheets kept", kept, len(sheets))
		}
		if how.Method == scoring.TrimmedMean && len(sheets) >= scoring.TrimFrom && top == 0 {
			t.Fatalf("a trimmed mean of %d sheets dropped none", len(sheets))
		}
		for _, a := range w.Sheets {
			for _, b := range w.Sheets {
				if a.Dropped == scoring.DroppedHighest && a.Total < b.Total && b.Dropped == scoring.Kept {
					t.Fatalf("a sheet with %d was dropped as highest, one with %d stayed", a.Total, b.Total)
				}
			}
		}
	})
}

func TestBetterMarkNeverLowersTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 1), drawCombining(t)
		before := scoring.Combine(greeting, how, sheets, scoring.OvertimeWorking{}).Score
		s := sheets[rapid.IntRange(0, len(sheets)-1).Draw(t, "judge")]
		c := greeting[rapid.IntRange(0, 2).Draw(t, "criterion")]
		s.Marks[c.ID] = min(s.Marks[c.ID]+c.Step*rapid.Int64Range(1, 10).Draw(t, "better"), c.Max)
		if after := scoring.Combine(greeting, how, sheets, scoring.OvertimeWorking{}).Score; after < before {
			t.Fatalf("a better mark lowered the score from %d to %d", before, after)
		}
	})
}

// The printed numbers alone lead to the score: what a person with a pencil does.
func TestWorkingCanBeFollowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 1), drawCombining(t)
		overtime := scoring.Overtime{Method: scoring.OvertimePerMinute, LimitSeconds: 60, PerMinute: 25}
		w := scoring.Combine(greeting, how, sheets, overtime.Deduct(rapid.Int64Range(0, 900).Draw(t, "used")))
		var sum int64
		for _, s := range w.Sheets {
			var total int64
			for _, l := range s.Lines {
				total += l.Value
				if exact := l.Mark * l.Weight; l.Value*10_000-exact > 5_000 || exact-l.Value*10_000 >= 5_000 {
					t.Fatalf("%+v is not rounded half up", l)
				}
			}
			if total != s.Total {
				t.Fatalf("lines add up to %d, total says %d", total, s.Total)
			}
			if s.Dropped == scoring.Kept {
				sum += s.Total
			}
		}
		if sum != w.Sum {
			t.Fatalf("the kept sheets add up to %d, sum says %d", sum, w.Sum)
		}
		if d := 2 * (w.Mean*int64(w.Count) - w.Sum); d > int64(w.Count) || d <= -int64(w.Count) {
			t.Fatalf("%d ÷ %d is not %d rounded half up", w.Sum, w.Count, w.Mean)
		}
		if w.Score != max(w.Mean-w.Overtime.Deduction, 0) {
			t.Fatalf("%d − %d is not %d", w.Mean, w.Overtime.Deduction, w.Score)
		}
	})
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
