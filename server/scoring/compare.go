package scoring

import (
	"cmp"
	"math/big"
	"slices"
)

// The combinations that compare performances with each other. They look only at those whose sheets are all in.

// rankSheets puts the performances into each judge's order. Only judges who have marked all of them have an order; the
// deduction for overtime is taken from each judge's total before, because points cannot be taken from places.
func rankSheets(settled []*Working) {
	full := fullSeats(settled)
	if len(full) == 0 {
		for _, w := range settled {
			w.LeftOut = LeftOutNoFullJudge
		}
		return
	}
	for _, w := range settled {
		w.Ranks = &RanksWorking{Judges: len(full), Entries: len(settled)}
		for i := range w.Sheets {
			s := &w.Sheets[i]
			s.Counted = max(w.Decimals.round(s.Total-w.Overtime.Deduction), 0)
			if !slices.Contains(full, s.Seat) {
				s.Dropped = DroppedPartial
			}
		}
	}
	for _, seat := range full {
		order := make([]*SheetWorking, len(settled))
		for i, w := range settled {
			order[i] = w.seat(seat)
		}
		slices.SortStableFunc(order, func(a, b *SheetWorking) int { return cmp.Compare(b.Counted, a.Counted) })
		for from := 0; from < len(order); {
			to := from
			for to < len(order) && order[to].Counted == order[from].Counted {
				to++
			}
			// Places from+1 to `to` are shared: their mean is (from + 1 + to) ÷ 2.
			for _, s := range order[from:to] {
				s.Rank = int64(from+1+to) * 50
			}
			from = to
		}
	}
	for _, w := range settled {
		for _, s := range w.Sheets {
			w.Ranks.Sum += s.Rank
		}
	}
}

// fullSeats are the judges who have marked every performance.
func fullSeats(settled []*Working) []int {
	marked := map[int]int{}
	for _, w := range settled {
		for _, s := range w.Sheets {
			marked[s.Seat]++
		}
	}
	var full []int
	for seat, n := range marked {
		if n == len(settled) {
			full = append(full, seat)
		}
	}
	slices.Sort(full)
	return full
}

func (w *Working) seat(seat int) *SheetWorking {
	return &w.Sheets[slices.IndexFunc(w.Sheets, func(s SheetWorking) bool { return s.Seat == seat })]
}

// scaleSheets brings each judge's sheets to the mean and the spread of all sheets, so that neither who marks hard nor
// who uses half the scale decides. That is only right where judges saw different performances, and each enough of
// them; otherwise it is left out for the whole round.
func scaleSheets(rubric Rubric, how Combining, settled []*Working) {
	scale := ScaleWorking{Highest: rubric.Max(how.Decimals), LeastSheets: how.LeastSheets, Judges: []JudgeScale{}}
	var all []int64
	totals := map[int][]int64{}
	for _, w := range settled {
		for _, s := range w.Sheets {
			all = append(all, s.Total)
			totals[s.Seat] = append(totals[s.Seat], s.Total)
		}
	}
	scale.Mean, scale.Spread = how.Decimals.spread(all)
	left := LeftOutSameEntries
	if len(fullSeats(settled)) < len(totals) {
		left = Applied
	}
	for seat, t := range totals {
		if left == Applied && len(t) < how.LeastSheets {
			left = LeftOutFewSheets
		}
		mean, spread := how.Decimals.spread(t)
		scale.Judges = append(scale.Judges, JudgeScale{Seat: seat, Sheets: len(t), Mean: mean, Spread: spread})
	}
	slices.SortFunc(scale.Judges, func(a, b JudgeScale) int { return cmp.Compare(a.Seat, b.Seat) })
	for _, w := range settled {
		own := scale
		w.Scale, w.LeftOut = &own, left
		if left != Applied {
			continue
		}
		for i := range w.Sheets {
			s := &w.Sheets[i]
			judge := scale.Judges[slices.IndexFunc(scale.Judges, func(j JudgeScale) bool { return j.Seat == s.Seat })]
			s.Counted = min(max(scale.adjust(judge, s.Total, how.Decimals), 0), scale.Highest)
		}
	}
}

// adjust is Mean + (total − judge's mean) × Spread ÷ judge's spread, rounded once. A judge who gave the same total to
// everybody tells nothing apart: all of them get the mean.
func (x ScaleWorking) adjust(j JudgeScale, total int64, r Rounding) int64 {
	if j.Spread == 0 {
		return x.Mean
	}
	return x.Mean + divHalfUp((total-j.Mean)*x.Spread, j.Spread*r.unit())*r.unit()
}

// spread is the mean of the totals and their standard deviation from that printed mean: the root of the mean square
// distance, both rounded half up. The root is that of whole numbers, so two machines find the same.
func (r Rounding) spread(totals []int64) (mean, spread int64) {
	if len(totals) == 0 {
		return 0, 0
	}
	var sum int64
	for _, t := range totals {
		sum += t
	}
	mean = r.mean(sum, len(totals))
	// The largest k with (2k − 1) × unit ÷ 2 ≤ √(squares ÷ n): k units are the root rounded half up.
	squares := new(big.Int)
	for _, t := range totals {
		d := big.NewInt(t - mean)
		squares.Add(squares, d.Mul(d, d))
	}
	squares.Lsh(squares, 2)
	squares.Quo(squares, big.NewInt(int64(len(totals))*r.unit()*r.unit()))
	return mean, (squares.Sqrt(squares).Int64() + 1) / 2 * r.unit()
}
