package scoring

import (
	"cmp"
	"slices"
)

// CombineRound takes the complete sheets of all performances of a round to their scores, in the order of the turns.
// It is the only way there: some combinations look at one performance, others at all of them. The order of turns and
// sheets changes nothing. A performance without any sheet has the score 0, and Count says why; no score is below 0.
func CombineRound(rubric Rubric, how Combining, turns []Turn) []Working {
	ws := make([]Working, len(turns))
	var settled []*Working
	for i, turn := range turns {
		ws[i] = begin(rubric, how, turn)
		if !turn.Open && len(turn.Sheets) > 0 {
			settled = append(settled, &ws[i])
		} else if how.Method == RankSum || how.Method == ZScore {
			ws[i].LeftOut = LeftOutOpen
		}
	}
	switch how.Method {
	case RankSum:
		rankSheets(settled)
	case ZScore:
		scaleSheets(rubric, how, settled)
	case Mean, TrimmedMean, Median, MeanWithin, TwoMarkers:
		for i := range ws {
			ws[i].choose(rubric, how)
		}
	}
	for i := range ws {
		ws[i].finish()
	}
	return ws
}

// begin adds up the sheets of a performance.
func begin(rubric Rubric, how Combining, turn Turn) Working {
	w := Working{Method: how.Method, Decimals: how.Decimals, Sheets: make([]SheetWorking, 0, len(turn.Sheets)), DropWanted: how.Drop,
		Overtime: turn.Overtime}
	for _, s := range turn.Sheets {
		lines, total, _ := rubric.Total(s.Marks, how.Decimals)
		w.Sheets = append(w.Sheets, SheetWorking{Seat: s.Seat, Lines: lines, Total: total, Counted: total})
	}
	slices.SortFunc(w.Sheets, func(a, b SheetWorking) int { return cmp.Compare(a.Seat, b.Seat) })
	return w
}

// choose decides which sheets of one performance are kept.
func (w *Working) choose(rubric Rubric, how Combining) {
	if len(w.Sheets) == 0 {
		return
	}
	switch how.Method {
	case TrimmedMean:
		w.trim(how.drops(len(w.Sheets)))
	case Median:
		w.middle()
	case MeanWithin:
		w.within(how.Distance)
	case TwoMarkers:
		w.markers(rubric, how)
	case Mean, RankSum, ZScore:
	}
}

// ascending are the sheets by total. Equal totals stand by seat: it changes no score, but two computations must
// strike out the same sheets.
func (w *Working) ascending() []*SheetWorking {
	order := make([]*SheetWorking, len(w.Sheets))
	for i := range w.Sheets {
		order[i] = &w.Sheets[i]
	}
	slices.SortStableFunc(order, func(a, b *SheetWorking) int { return cmp.Compare(a.Total, b.Total) })
	return order
}

// trim drops so many sheets at each end: of equal totals the one of the later seat at the top, the one of the earlier
// seat at the bottom.
func (w *Working) trim(drops int) {
	w.DropDone = drops
	order := w.ascending()
	for i := range drops {
		order[i].Dropped = DroppedLowest
		order[len(order)-1-i].Dropped = DroppedHighest
	}
}

func (w *Working) middle() {
	order := w.ascending()
	m := &MiddleWorking{}
	for _, s := range order {
		m.Order = append(m.Order, s.Seat)
	}
	m.Middle = m.Order[(len(order)-1)/2 : len(order)/2+1]
	w.Middle = m
}

// within drops the sheets that are further than the distance from the mean of all, once. When that would leave none,
// it drops none.
func (w *Working) within(distance int64) {
	x := &WithinWorking{Count: len(w.Sheets), Distance: distance}
	for _, s := range w.Sheets {
		x.Sum += s.Total
	}
	x.Mean = w.Decimals.mean(x.Sum, x.Count)
	w.Within = x
	far := func(s SheetWorking) bool { return max(s.Total, x.Mean)-min(s.Total, x.Mean) > distance }
	if !slices.ContainsFunc(w.Sheets, func(s SheetWorking) bool { return !far(s) }) {
		w.LeftOut = LeftOutAllFar
		return
	}
	for i := range w.Sheets {
		if far(w.Sheets[i]) {
			w.Sheets[i].Dropped = DroppedFar
		}
	}
}

// markers takes the two sheets of the lowest seats, and the next one as the third.
func (w *Working) markers(rubric Rubric, how Combining) {
	highest := rubric.Max(how.Decimals)
	m := &MarkersWorking{First: w.Sheets[0].Seat, Highest: highest, Percent: how.Threshold, Threshold: how.threshold(highest),
		Rule: how.Third, Third: ThirdOpen}
	w.Markers = m
	if len(w.Sheets) == 1 {
		return
	}
	a, b := &w.Sheets[0], &w.Sheets[1]
	m.Second, m.Difference = b.Seat, max(a.Total, b.Total)-min(a.Total, b.Total)
	for i := range w.Sheets[2:] {
		w.Sheets[2+i].Dropped = DroppedSpare
	}
	switch {
	case m.Difference < m.Threshold:
		m.Third = ThirdNeedless
		return
	case len(w.Sheets) == 2:
		m.Third, w.Waiting = ThirdMissing, true
		return
	}
	c := &w.Sheets[2]
	c.Dropped, m.Third, m.ThirdSeat = Kept, ThirdGiven, c.Seat
	switch how.Third {
	case ThirdAlone:
		a.Dropped, b.Dropped = DroppedOther, DroppedOther
	case ThirdNearer:
		low, high := a, b
		if low.Total > high.Total {
			low, high = b, a
		}
		if c.Total-low.Total < high.Total-c.Total {
			high.Dropped = DroppedOther
		} else {
			low.Dropped = DroppedOther
		}
	case ThirdAll:
	}
}

// finish takes what was kept to the score.
func (w *Working) finish() {
	if w.Ranks != nil {
		w.Combined = int64(w.Ranks.Judges)*int64(w.Ranks.Entries+1)*100 - w.Ranks.Sum
		w.Score = w.Combined
		return
	}
	if w.Method == RankSum && w.LeftOut == LeftOutOpen {
		// Places can only be given when all sheets are in; points would be mistaken for them.
		return
	}
	for _, s := range w.Sheets {
		if s.Dropped != Kept || w.Middle != nil && !slices.Contains(w.Middle.Middle, s.Seat) {
			continue
		}
		w.Sum += s.Counted
		w.Count++
	}
	w.Mean = w.Decimals.mean(w.Sum, w.Count)
	w.Combined = w.Mean
	w.Score = max(w.Decimals.round(w.Combined-w.Overtime.Deduction), 0)
}
