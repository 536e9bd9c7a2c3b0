package scoring_test

import (
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/scoring"
)

// Worked examples. Where one comes from published rules, the test names them; the others were worked with a pencil.

func seatsDropped(w scoring.Working, why scoring.Dropped) []int {
	var seats []int
	for _, s := range w.Sheets {
		if s.Dropped == why {
			seats = append(seats, s.Seat)
		}
	}
	return seats
}

// International Jump Rope Union, Technical Manual, Calculations (rules.ijru.sport): of 112, 115, 118, 119 and 121 the
// highest and the lowest are dropped, and the others make 117,33. (That book drops from four judges on, this product
// from five.)
func TestTrimmedMeanOfTheRopeSkippers(t *testing.T) {
	w := combine(plain, trimOne, totals(11200, 11500, 11800, 11900, 12100), scoring.OvertimeWorking{})
	if w.Score != 11733 || w.Sum != 35200 || !slices.Equal(seatsDropped(w, scoring.DroppedLowest), []int{1}) || !slices.Equal(seatsDropped(w, scoring.DroppedHighest), []int{5}) {
		t.Errorf("%+v", w)
	}
}

// UK Pole Performance Championship, Marking System (ukppc.co.uk/marking-system): the highest (judge 2) and the lowest
// (judge 1) of six are excluded; 47,8 + 77,2 + 50,7 + 52,3 = 228,0; ÷ 4 = 57,0. (The page's text does not give the two
// excluded totals; 81,0 and 40,0 stand for them.)
func TestTrimmedMeanOfThePoleChampionship(t *testing.T) {
	w := combine(plain, scoring.Combining{Method: scoring.TrimmedMean, Drop: 1, Decimals: 1}, totals(4000, 8100, 4780, 7720, 5070, 5230), scoring.OvertimeWorking{})
	if w.Sum != 22800 || w.Count != 4 || w.Score != 5700 {
		t.Errorf("%+v", w)
	}
}

// Chardonnay du Monde, "La médiane" (chardonnay-du-monde.com): with an odd number of jurors the mark in the middle, with
// an even number the mean of the two nearest to the middle.
func TestMedian(t *testing.T) {
	how := scoring.Combining{Method: scoring.Median, Decimals: 2}
	for name, c := range map[string]struct {
		totals []int64
		middle []int
		score  int64
	}{
		"five":                {[]int64{900, 650, 800, 720, 810}, []int{3}, 800},
		"four":                {[]int64{900, 650, 800, 725}, []int{4, 3}, 763}, // (7,25 + 8,00) ÷ 2 = 7,625
		"one":                 {[]int64{777}, []int{1}, 777},
		"equal totals":        {[]int64{500, 500, 500, 900}, []int{2, 3}, 500},
		"an extreme is alone": {[]int64{0, 800, 810}, []int{2}, 800},
	} {
		w := combine(plain, how, totals(c.totals...), scoring.OvertimeWorking{})
		if w.Score != c.score || !slices.Equal(w.Middle.Middle, c.middle) || w.Count != len(c.middle) {
			t.Errorf("%s: %d of seats %v, want %d of %v", name, w.Score, w.Middle.Middle, c.score, c.middle)
		}
	}
}

// The rule as music competitions have it: European Guitar Teachers Association Cyprus, Competition Calculator
// (egta.org.cy): a vote that is too far from the mean is deleted and the mean is taken again, once. Here with the scale of
// 6 to 10 in halves and a distance of 2; a sheet exactly 2 away stays.
//
//	GK1 9,0 · GK2 9,5 · GK3 6,0 · GK4 9,0 · GK5 8,5: 42,0 ÷ 5 = 8,40; 6,0 is 2,40 away and is dropped
//	36,0 ÷ 4 = 9,00
func TestMeanWithinADistance(t *testing.T) {
	how := scoring.Combining{Method: scoring.MeanWithin, Distance: 200, Decimals: 2}
	w := combine(plain, how, totals(900, 950, 600, 900, 850), scoring.OvertimeWorking{})
	if w.Within.Sum != 4200 || w.Within.Mean != 840 || !slices.Equal(seatsDropped(w, scoring.DroppedFar), []int{3}) || w.Sum != 3600 || w.Score != 900 {
		t.Errorf("%+v %+v", w, w.Within)
	}
	// 6,0 · 8,0 · 10,0: mean 8,00, both ends exactly 2,00 away.
	if w = combine(plain, how, totals(600, 800, 1000), scoring.OvertimeWorking{}); w.Score != 800 || w.Count != 3 {
		t.Errorf("a sheet exactly at the distance was dropped: %+v", w)
	}
	// A panel in two halves: nobody is near 7,50, so nobody is dropped, and the working says so.
	if w = combine(plain, how, totals(1000, 1000, 500, 500), scoring.OvertimeWorking{}); w.LeftOut != scoring.LeftOutAllFar || w.Count != 4 || w.Score != 750 {
		t.Errorf("a divided panel: %+v", w)
	}
	// Once: 3,5 is dropped; 7,3 is then 2,03 from the new mean 9,33, and stays.
	if w = combine(plain, how, totals(1000, 1000, 1000, 730, 350), scoring.OvertimeWorking{}); w.Within.Mean != 816 || !slices.Equal(seatsDropped(w, scoring.DroppedFar), []int{5}) || w.Score != 933 {
		t.Errorf("the first mean decides alone: %+v", w)
	}
}

// South American pipe bands (spbasa.org, Adjudication, Results: Example, March-Strathspey-Reel): three adjudicators put
// three bands in order; first place is worth 3, second 2, third 1, which gives A 8, B 4 and C 6: the same numbers as
// judges × (entries + 1) − sum of places. (The page's picture with the single places is not in its text: these are
// places with those sums.)
func TestRankSumOfThePipeBands(t *testing.T) {
	how := scoring.Combining{Method: scoring.RankSum, Decimals: 2}
	ws := scoring.CombineRound(plain, how, []scoring.Turn{
		{ID: 1, Sheets: totals(9000, 8800, 8500)}, // first, first, second
		{ID: 2, Sheets: totals(7000, 8000, 7500)}, // third, second, third
		{ID: 3, Sheets: totals(8000, 7900, 8600)}, // second, third, first
	})
	if got := []int64{ws[0].Score, ws[1].Score, ws[2].Score}; !slices.Equal(got, []int64{800, 400, 600}) {
		t.Errorf("A, B, C have %v", got)
	}
	if r := ws[0].Ranks; r.Judges != 3 || r.Entries != 3 || r.Sum != 400 || ws[0].Sheets[2].Rank != 200 {
		t.Errorf("%+v", ws[0])
	}
}

// AllPsych, Ordinal scales (allpsych.com/stats): three equal values at the places 8, 9 and 10 each get (8 + 9 + 10) ÷ 3 = 9.
func TestEqualTotalsShareTheMeanOfTheirPlaces(t *testing.T) {
	turns := make([]scoring.Turn, 10)
	for i := range turns {
		turns[i] = scoring.Turn{ID: int64(i), Sheets: totals(int64(max(2000-i*100, 1300)))}
	}
	ws := scoring.CombineRound(plain, scoring.Combining{Method: scoring.RankSum}, turns)
	for i, want := range []int64{100, 200, 300, 400, 500, 600, 700, 900, 900, 900} {
		if got := ws[i].Sheets[0].Rank; got != want {
			t.Errorf("entry %d has place %d, want %d", i+1, got, want)
		}
	}
	ws = scoring.CombineRound(plain, scoring.Combining{Method: scoring.RankSum}, []scoring.Turn{{Sheets: totals(900)}, {Sheets: totals(900)}})
	if ws[0].Score != 150 || ws[1].Score != 150 {
		t.Errorf("two equal entries share 1 and 2: 1,5 each: %+v", ws)
	}
}

// Points cannot be taken from places: overtime is taken from each judge's total, before the entries are put in order.
func TestOvertimeUnderRankSum(t *testing.T) {
	ws := scoring.CombineRound(plain, scoring.Combining{Method: scoring.RankSum, Decimals: 2}, []scoring.Turn{
		{ID: 1, Sheets: totals(900, 850), Overtime: scoring.OvertimeWorking{Deduction: 50}}, {ID: 2, Sheets: totals(860, 850)},
	})
	if ws[0].Sheets[0].Counted != 850 || ws[0].Sheets[0].Rank != 200 || ws[0].Sheets[1].Rank != 200 || ws[0].Score != 200 || ws[1].Score != 400 {
		t.Errorf("%+v", ws)
	}
}

// Who has not marked everything cannot put everything in an order.
func TestRankSumWithoutAJudge(t *testing.T) {
	how := scoring.Combining{Method: scoring.RankSum, Decimals: 2}
	turns := []scoring.Turn{{ID: 1, Sheets: totals(900, 800, 900)}, {ID: 2, Sheets: totals(800, 900)}}
	ws := scoring.CombineRound(plain, how, turns)
	if ws[0].Sheets[2].Dropped != scoring.DroppedPartial || ws[0].Ranks.Judges != 2 || ws[0].Score != 300 || ws[1].Score != 300 {
		t.Errorf("%+v", ws)
	}
	turns[1].Sheets = totals(800, 900)[1:]
	turns[0].Sheets = totals(900)
	for _, w := range scoring.CombineRound(plain, how, turns) {
		if w.LeftOut != scoring.LeftOutNoFullJudge || w.Ranks != nil || w.Score != 900 {
			t.Errorf("no judge has marked both: %+v", w)
		}
	}
	turns = append(turns[:0], scoring.Turn{Sheets: totals(700, 600)}, scoring.Turn{Sheets: totals(900), Open: true})
	if ws = scoring.CombineRound(plain, how, turns); ws[0].Score != 200 || ws[1].LeftOut != scoring.LeftOutOpen || ws[1].Score != 0 {
		t.Errorf("an open performance is compared: %+v", ws)
	}
}

// A Vietnamese rule for written papers on a scale of 100 (as quoted in an answer of a labour law question service, "điểm
// bài kiểm tra viết là trung bình cộng của hai thành viên; chênh lệch nhau từ 20 điểm trở lên thì chấm lần thứ ba, điểm
// chấm lần này là điểm chính thức"): from a difference of 20 on a third marking, whose mark is the official one.
func TestThirdMarkerDecidesAlone(t *testing.T) {
	how := scoring.Combining{Method: scoring.TwoMarkers, Threshold: 2000, Third: scoring.ThirdAlone, Decimals: 2}
	if w := combine(plain, how, totals(7000, 8900), scoring.OvertimeWorking{}); w.Score != 7950 || w.Waiting || w.Markers.Third != scoring.ThirdNeedless || w.Markers.Threshold != 2000 {
		t.Errorf("19 apart: %+v %+v", w, w.Markers)
	}
	if w := combine(plain, how, totals(6900, 8900), scoring.OvertimeWorking{}); !w.Waiting || w.Markers.Third != scoring.ThirdMissing {
		t.Errorf("20 apart: %+v %+v", w, w.Markers)
	}
	if w := combine(plain, how, totals(6900, 8900, 8200), scoring.OvertimeWorking{}); w.Waiting || w.Score != 8200 || !slices.Equal(seatsDropped(w, scoring.DroppedOther), []int{1, 2}) {
		t.Errorf("the third decides: %+v", w)
	}
}

// The examination of 2018 to 2019 for general schools took the mean of all three markings when they lay close enough
// together (as told by Zing News, "Xử lý thế nào nếu điểm bài thi Ngữ văn lệch nhau giữa 2 lần chấm": 1,5 points of
// ten ask for the third, and up to 2,5 the mean of the three is official).
//
//	6,00 and 8,00: 2,00 apart, from 1,50 (15 % of 10) on the third; (6,00 + 8,00 + 7,25) ÷ 3 = 7,08
func TestMeanOfThreeMarkers(t *testing.T) {
	ten := scoring.Rubric{{ID: 1, Max: 1000, Step: 25, Weight: scoring.FullWeight}}
	how := scoring.Combining{Method: scoring.TwoMarkers, Threshold: 1500, Third: scoring.ThirdAll, Decimals: 2}
	w := combine(ten, how, totals(600, 800, 725), scoring.OvertimeWorking{})
	if w.Score != 708 || w.Markers.Difference != 200 || w.Markers.Threshold != 150 || w.Count != 3 {
		t.Errorf("%+v %+v", w, w.Markers)
	}
}

// International Jump Rope Union, Technical Manual, Calculations: of 112, 114 and 118 the two closest make 113; of 112,
// 115 and 118, equally far apart, the two higher ones make 116,5.
func TestThirdMarkerAndTheNearer(t *testing.T) {
	how := scoring.Combining{Method: scoring.TwoMarkers, Threshold: 1, Third: scoring.ThirdNearer, Decimals: 2}
	for _, c := range []struct {
		totals []int64
		score  int64
		other  int
	}{
		{[]int64{11200, 11800, 11400}, 11300, 2}, {[]int64{11200, 11800, 11500}, 11650, 1}, {[]int64{11800, 11200, 11500}, 11650, 2},
		{[]int64{11200, 11800, 11900}, 11850, 1}, {[]int64{11200, 11800, 11000}, 11100, 2}, {[]int64{11200, 11800, 11800}, 11800, 1},
	} {
		w := combine(scoring.Rubric{{ID: 1, Max: 100_000, Step: 1, Weight: scoring.FullWeight}}, how, totals(c.totals...), scoring.OvertimeWorking{})
		if w.Score != c.score || !slices.Equal(seatsDropped(w, scoring.DroppedOther), []int{c.other}) {
			t.Errorf("%v: %d without GK%v, want %d without GK%d", c.totals, w.Score, seatsDropped(w, scoring.DroppedOther), c.score, c.other)
		}
	}
	w := combine(plain, how, totals(500, 500, 900, 900), scoring.OvertimeWorking{})
	if w.Score != 500 || !slices.Equal(seatsDropped(w, scoring.DroppedSpare), []int{3, 4}) {
		t.Errorf("sheets that nobody needed: %+v", w)
	}
}

// Z-scores per judge as science fairs take them: LISEF, Z-Score Ranking (lisef.awg.co): mean and standard deviation of
// each judge's projects, the distance in standard deviations, and the mean of these. Brought back to points:
//
//	GK1 sees A 6, B 7, C 8: mean 7,00, spread √(2 ÷ 3) = 0,82 (hard)
//	GK2 sees B 9, C 10, D 8: mean 9,00, spread 0,82 (mild)
//	all: 48 ÷ 6 = 8,00, spread √((4 + 1 + 0 + 1 + 4 + 0) ÷ 6) = √1,6667 = 1,29
//	A 8 − 1 × 1,29 ÷ 0,82 = 8 − 1,573 = 6,43; B (8,00 + 8,00) ÷ 2; C 9,57 twice; D 6,43: A and D are equal
func TestZScore(t *testing.T) {
	on := func(seat int, total int64) scoring.Sheet {
		return scoring.Sheet{Seat: seat, Marks: map[int64]int64{1: total}}
	}
	turns := []scoring.Turn{
		{ID: 1, Sheets: []scoring.Sheet{on(1, 600)}}, {ID: 2, Sheets: []scoring.Sheet{on(1, 700), on(2, 900)}},
		{ID: 3, Sheets: []scoring.Sheet{on(1, 800), on(2, 1000)}}, {ID: 4, Sheets: []scoring.Sheet{on(2, 800)}},
	}
	ten := scoring.Rubric{{ID: 1, Max: 1000, Step: 1, Weight: scoring.FullWeight}}
	how := scoring.Combining{Method: scoring.ZScore, LeastSheets: 3, Decimals: 2}
	ws := scoring.CombineRound(ten, how, turns)
	if x := ws[0].Scale; x.Mean != 800 || x.Spread != 129 || x.Judges[0] != (scoring.JudgeScale{Seat: 1, Sheets: 3, Mean: 700, Spread: 82}) || x.Judges[1].Mean != 900 {
		t.Fatalf("%+v", x)
	}
	for i, want := range []int64{643, 800, 957, 643} {
		if ws[i].Score != want || ws[i].LeftOut != scoring.Applied {
			t.Errorf("entry %d has %d, want %d", i+1, ws[i].Score, want)
		}
	}
	how.LeastSheets = 4
	for i, want := range []int64{600, 800, 900, 800} {
		if w := scoring.CombineRound(ten, how, turns)[i]; w.Score != want || w.LeftOut != scoring.LeftOutFewSheets {
			t.Errorf("three sheets of four: entry %d has %d (%q), want %d", i+1, w.Score, w.LeftOut, want)
		}
	}
	same := []scoring.Turn{{Sheets: totals(600, 800)}, {Sheets: totals(700, 900)}, {Sheets: totals(800, 1000)}}
	how.LeastSheets = 3
	for i, w := range scoring.CombineRound(ten, how, same) {
		if w.LeftOut != scoring.LeftOutSameEntries || w.Score != int64(700+i*100) {
			t.Errorf("everybody saw everything: %+v", w)
		}
	}
}
