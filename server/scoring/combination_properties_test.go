package scoring_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

func drawSheets(t *rapid.T, least int) []scoring.Sheet {
	mark := rapid.Int64Range(0, 40)
	sheets := make([]scoring.Sheet, rapid.IntRange(least, 11).Draw(t, "judges"))
	for i := range sheets {
		sheets[i] = sheet(i+1, 25*mark.Draw(t, "a"), 25*mark.Draw(t, "b"), 25*mark.Draw(t, "c"))
	}
	return sheets
}

var methods = []scoring.Combination{scoring.Mean, scoring.TrimmedMean, scoring.Median, scoring.MeanWithin, scoring.RankSum, scoring.TwoMarkers, scoring.ZScore}

func drawCombining(t *rapid.T, of ...scoring.Combination) scoring.Combining {
	how := scoring.Combining{Method: rapid.SampledFrom(of).Draw(t, "method"), Decimals: scoring.Rounding(rapid.IntRange(0, 2).Draw(t, "decimals"))}
	switch how.Method {
	case scoring.TrimmedMean:
		how.Drop = rapid.IntRange(1, scoring.MaxDrop).Draw(t, "drop")
	case scoring.MeanWithin:
		how.Distance = rapid.Int64Range(1, 500).Draw(t, "distance")
	case scoring.TwoMarkers:
		how.Threshold = rapid.Int64Range(1, scoring.FullWeight).Draw(t, "threshold")
		how.Third = rapid.SampledFrom([]scoring.ThirdRule{scoring.ThirdNearer, scoring.ThirdAll, scoring.ThirdAlone}).Draw(t, "third")
	case scoring.ZScore:
		how.LeastSheets = rapid.IntRange(scoring.MinSheets, 5).Draw(t, "least")
	case scoring.Mean, scoring.Median, scoring.RankSum:
	}
	if err := how.Check(); err != nil {
		t.Fatalf("%+v: %v", how, err)
	}
	return how
}

// drawTurns makes a round: up to 9 performances, up to 7 judges, some of whom have not marked some.
func drawTurns(t *rapid.T) []scoring.Turn {
	judges := rapid.IntRange(1, 7).Draw(t, "judges")
	mark := rapid.Int64Range(0, 40)
	full := rapid.Bool().Draw(t, "everybody marks everything")
	overtime := scoring.Overtime{Method: scoring.OvertimePerMinute, LimitSeconds: 60, PerMinute: 25}
	turns := make([]scoring.Turn, rapid.IntRange(1, 9).Draw(t, "performances"))
	for i := range turns {
		turns[i].ID = int64(i + 1)
		turns[i].Overtime = overtime.Deduct(rapid.Int64Range(0, 300).Draw(t, "used"))
		for seat := 1; seat <= judges; seat++ {
			if full || rapid.IntRange(0, 3).Draw(t, "marked") > 0 {
				turns[i].Sheets = append(turns[i].Sheets, sheet(seat, 25*mark.Draw(t, "a"), 25*mark.Draw(t, "b"), 25*mark.Draw(t, "c")))
			}
		}
	}
	return turns
}

func TestOrderOfSheetsAndTurnsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns, how := drawTurns(t), drawCombining(t, methods...)
		before := map[int64]scoring.Working{}
		for i, w := range scoring.CombineRound(greeting, how, turns) {
			before[turns[i].ID] = w
		}
		shuffled := rapid.Permutation(turns).Draw(t, "shuffled")
		for i := range shuffled {
			shuffled[i].Sheets = rapid.Permutation(shuffled[i].Sheets).Draw(t, "sheets")
		}
		for i, w := range scoring.CombineRound(greeting, how, shuffled) {
			if !reflect.DeepEqual(w, before[shuffled[i].ID]) {
				t.Fatalf("%+v and %+v", w, before[shuffled[i].ID])
			}
		}
	})
}

// What is kept lies between the lowest and the highest sheet, and the printed numbers alone lead to the score.
func TestWorkingCanBeFollowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns, how := drawTurns(t), drawCombining(t, methods...)
		judges := 0
		for _, turn := range turns {
			judges = max(judges, len(turn.Sheets))
		}
		unit := []int64{100, 10, 1}[how.Decimals]
		for _, w := range scoring.CombineRound(greeting, how, turns) {
			if w.Score < 0 || w.Score > max(how.Max(greeting, 7, len(turns)), greeting.Max(how.Decimals)) {
				t.Fatalf("score %d is out of bounds: %+v", w.Score, w)
			}
			var kept []int64
			for _, s := range w.Sheets {
				var total int64
				for _, l := range s.Lines {
					total += l.Value
					if exact := l.Mark * l.Weight; 2*(l.Value*10_000-exact) > unit*10_000 || 2*(exact-l.Value*10_000) >= unit*10_000 {
						t.Fatalf("%+v is not rounded half up", l)
					}
				}
				if total != s.Total {
					t.Fatalf("lines add up to %d, total says %d", total, s.Total)
				}
				if s.Dropped == scoring.Kept && (w.Middle == nil || slices.Contains(w.Middle.Middle, s.Seat)) {
					kept = append(kept, s.Counted)
				}
			}
			if w.Ranks != nil {
				followRanks(t, w)
				continue
			}
			if w.LeftOut == scoring.LeftOutOpen {
				continue
			}
			var sum int64
			for _, k := range kept {
				sum += k
			}
			if sum != w.Sum || len(kept) != w.Count || w.Combined != w.Mean {
				t.Fatalf("%d sheets with %d were kept, the working says %d with %d", len(kept), sum, w.Count, w.Sum)
			}
			if w.Count > 0 {
				if d := 2 * (w.Mean*int64(w.Count) - w.Sum); d > unit*int64(w.Count) || d <= -unit*int64(w.Count) {
					t.Fatalf("%d ÷ %d is not %d rounded half up", w.Sum, w.Count, w.Mean)
				}
				if w.Mean < slices.Min(kept) || w.Mean > slices.Max(kept) {
					t.Fatalf("%d is not between the kept sheets %v", w.Mean, kept)
				}
			}
			if exact := w.Combined - w.Overtime.Deduction; exact > 0 && (2*(w.Score-exact) > unit || 2*(exact-w.Score) >= unit) {
				t.Fatalf("%d − %d is not %d", w.Combined, w.Overtime.Deduction, w.Score)
			}
		}
	})
}

func followRanks(t *rapid.T, w scoring.Working) {
	var sum int64
	ranked := 0
	for _, s := range w.Sheets {
		if (s.Rank == 0) != (s.Dropped == scoring.DroppedPartial) {
			t.Fatalf("%+v: place %d", s, s.Rank)
		}
		if s.Rank != 0 {
			sum += s.Rank
			ranked++
		}
		if s.Counted != max(s.Total-w.Overtime.Deduction, 0) && w.Decimals == 2 {
			t.Fatalf("%d − %d is not %d", s.Total, w.Overtime.Deduction, s.Counted)
		}
	}
	if r := w.Ranks; sum != r.Sum || ranked != r.Judges || w.Score != int64(r.Judges)*int64(r.Entries+1)*100-sum {
		t.Fatalf("%+v of %+v makes %d", r, w.Sheets, w.Score)
	}
}

// All places together are always the same: each judge gives 1 + 2 + ... + n.
func TestPlacesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns := drawTurns(t)
		var sum int64
		judges, entries := 0, 0
		for _, w := range scoring.CombineRound(greeting, scoring.Combining{Method: scoring.RankSum, Decimals: 2}, turns) {
			if w.Ranks != nil {
				sum += w.Ranks.Sum
				judges, entries = w.Ranks.Judges, w.Ranks.Entries
			}
		}
		if want := int64(judges*entries*(entries+1)) * 50; sum != want {
			t.Fatalf("the places of %d judges and %d entries add up to %d, want %d", judges, entries, sum, want)
		}
	})
}

func TestEqualMarksGiveEqualScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns, how := drawTurns(t), drawCombining(t, methods...)
		twin := turns[rapid.IntRange(0, len(turns)-1).Draw(t, "twin")]
		ws := scoring.CombineRound(greeting, how, append(turns, scoring.Turn{ID: 99, Sheets: slices.Clone(twin.Sheets), Overtime: twin.Overtime}))
		if a, b := ws[slices.IndexFunc(turns, func(x scoring.Turn) bool { return x.ID == twin.ID })].Score, ws[len(turns)].Score; a != b {
			t.Fatalf("the same sheets gave %d and %d", a, b)
		}
	})
}

// Judges who all agree on a total get exactly that total, whatever the combination does with them.
func TestPanelThatAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		how := drawCombining(t, scoring.Mean, scoring.TrimmedMean, scoring.Median, scoring.MeanWithin, scoring.TwoMarkers, scoring.ZScore)
		total := rapid.Int64Range(0, 100).Draw(t, "total") * 100
		same := make([]int64, rapid.IntRange(1, 11).Draw(t, "judges"))
		for i := range same {
			same[i] = total
		}
		if w := combine(plain, how, totals(same...), scoring.OvertimeWorking{}); w.Score != total {
			t.Fatalf("all gave %d, the score is %d", total, w.Score)
		}
	})
}

func TestTrimmingDropsWholeSheetsAtBothEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 1), drawCombining(t, scoring.TrimmedMean)
		w := combine(greeting, how, sheets, scoring.OvertimeWorking{})
		top, bottom := seatsDropped(w, scoring.DroppedHighest), seatsDropped(w, scoring.DroppedLowest)
		if len(top) != len(bottom) || len(top) != w.DropDone || len(top)+len(bottom)+w.Count != len(sheets) {
			t.Fatalf("dropped %v above, %v below, kept %d: %+v", top, bottom, w.Count, w)
		}
		if len(sheets) >= scoring.TrimFrom && (w.Count < scoring.TrimKeeps || len(top) == 0) || len(sheets) < scoring.TrimFrom && w.Count != len(sheets) {
			t.Fatalf("%d of %d sheets kept", w.Count, len(sheets))
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

// The Math Forum, "Ice Skating and median": dropping the highest and the lowest never changes the median.
func TestMedianWithoutTheExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		how := drawCombining(t, scoring.Median)
		marks := rapid.SliceOfN(rapid.Int64Range(0, 100), 3, 11).Draw(t, "totals")
		for i := range marks {
			marks[i] *= 100
		}
		all := combine(plain, how, totals(marks...), scoring.OvertimeWorking{}).Score
		slices.Sort(marks)
		if inner := combine(plain, how, totals(marks[1:len(marks)-1]...), scoring.OvertimeWorking{}).Score; inner != all {
			t.Fatalf("median %d, without the extremes %d", all, inner)
		}
	})
}

func TestNobodyFarFromTheMeanCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 1), drawCombining(t, scoring.MeanWithin)
		w := combine(greeting, how, sheets, scoring.OvertimeWorking{})
		for _, s := range w.Sheets {
			away := max(s.Total, w.Within.Mean) - min(s.Total, w.Within.Mean)
			if w.LeftOut == scoring.Applied && (away > how.Distance) != (s.Dropped == scoring.DroppedFar) || w.LeftOut != scoring.Applied && away <= how.Distance {
				t.Fatalf("%d is %d from %d, allowed are %d: %+v", s.Total, away, w.Within.Mean, how.Distance, w)
			}
		}
		if w.Count == 0 {
			t.Fatalf("nobody is left: %+v", w)
		}
	})
}

// A third sheet is waited for exactly when the two disagree, and then the score doesn't count.
func TestThirdMarkerIsNeededExactlyFromTheThreshold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets, how := drawSheets(t, 2), drawCombining(t, scoring.TwoMarkers)
		w := combine(greeting, how, sheets[:2], scoring.OvertimeWorking{})
		disagree := how.Disagree(greeting, w.Sheets[0].Total, w.Sheets[1].Total)
		if w.Waiting != disagree || disagree != (w.Markers.Difference >= w.Markers.Threshold) {
			t.Fatalf("waiting %v: %+v", w.Waiting, w.Markers)
		}
		if len(sheets) > 2 && combine(greeting, how, sheets, scoring.OvertimeWorking{}).Waiting {
			t.Fatal("three sheets are there, and a third is still waited for")
		}
	})
}

// A better mark never lowers the score where that can be promised. It can't where a sheet may fall out for being too far
// from others (mean_within, two_markers), or where it widens the judge's own spread (z_score).
func TestBetterMarkNeverLowersTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns, how := drawTurns(t), drawCombining(t, scoring.Mean, scoring.TrimmedMean, scoring.Median, scoring.RankSum)
		n := rapid.IntRange(0, len(turns)-1).Draw(t, "performance")
		if len(turns[n].Sheets) == 0 {
			return
		}
		before := scoring.CombineRound(greeting, how, turns)
		s := turns[n].Sheets[rapid.IntRange(0, len(turns[n].Sheets)-1).Draw(t, "judge")]
		c := greeting[rapid.IntRange(0, 2).Draw(t, "criterion")]
		s.Marks[c.ID] = min(s.Marks[c.ID]+c.Step*rapid.Int64Range(1, 10).Draw(t, "better"), c.Max)
		after := scoring.CombineRound(greeting, how, turns)
		if after[n].Score < before[n].Score {
			t.Fatalf("a better mark lowered the score from %d to %d", before[n].Score, after[n].Score)
		}
		for i := range turns {
			if i != n && after[i].Score > before[i].Score {
				t.Fatalf("a better mark of another raised a score from %d to %d", before[i].Score, after[i].Score)
			}
		}
	})
}

// Whom a judge puts before another stays before, and where the rule is left out nothing is adjusted.
func TestScaleKeepsEachJudgesOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turns, how := drawTurns(t), drawCombining(t, scoring.ZScore)
		type pair struct{ total, counted int64 }
		bySeat := map[int][]pair{}
		for _, w := range scoring.CombineRound(greeting, how, turns) {
			for _, s := range w.Sheets {
				bySeat[s.Seat] = append(bySeat[s.Seat], pair{s.Total, s.Counted})
				if w.LeftOut != scoring.Applied && s.Counted != s.Total {
					t.Fatalf("left out (%s), but %d became %d", w.LeftOut, s.Total, s.Counted)
				}
				if s.Counted < 0 || s.Counted > greeting.Max(how.Decimals) {
					t.Fatalf("%d became %d", s.Total, s.Counted)
				}
			}
		}
		for seat, pairs := range bySeat {
			for _, a := range pairs {
				for _, b := range pairs {
					if a.total < b.total && a.counted > b.counted {
						t.Fatalf("GK%d gave %d and %d, which became %d and %d", seat, a.total, b.total, a.counted, b.counted)
					}
				}
			}
		}
	})
}
