package judging

import (
	"slices"

	"github.com/hoithi/hoithi/server/scoring"
)

// Alarm is a locked sheet that lies further from the panel's median than the settings allow. It accuses nobody: it asks
// the head judge to look. The median and not the mean, because one sheet far away pulls the mean along, and in a small
// panel everybody would then lie far from it.
type Alarm struct {
	PerformanceID int64  `json:"performance_id"`
	Seat          int    `json:"seat"`
	Name          string `json:"name"`
	Total         int64  `json:"total" doc:"The sheet's total, hundredths of a point"`
	Median        int64  `json:"median" doc:"Median of all sheets of the performance"`
	Deviation     int64  `json:"deviation" doc:"total - median; below 0: stricter than the panel"`
	Within        int64  `json:"within" doc:"How far a sheet may lie from the median here"`
}

// JudgeSpread is how one judge's sheets lie beside the panel's.
type JudgeSpread struct {
	Seat   int    `json:"seat"`
	Name   string `json:"name"`
	Head   bool   `json:"head"`
	Sheets int    `json:"sheets" doc:"How many sheets are compared"`
	// Severity is the mean of the deviations, Apart the mean of their sizes.
	Severity int64            `json:"severity" doc:"Mean deviation from the panel's mean, hundredths of a point; below 0: stricter"`
	Apart    int64            `json:"apart" doc:"Mean distance from the panel's mean, whichever way"`
	Low      int64            `json:"low" doc:"Lowest total given"`
	High     int64            `json:"high" doc:"Highest total given"`
	Points   []DeviationPoint `json:"points" doc:"One a performance, in running order"`
}

// DeviationPoint is one sheet's distance from the mean of its performance.
type DeviationPoint struct {
	PerformanceID int64 `json:"performance_id"`
	Deviation     int64 `json:"deviation"`
}

// WatchView is what the secretary watches beside the marks themselves.
type WatchView struct {
	Alarms []Alarm       `json:"alarms" doc:"In running order"`
	Judges []JudgeSpread `json:"judges" doc:"By seat; performances for practice are left out"`
}

// SeatProgress tells how far a judge is, without a mark.
type SeatProgress struct {
	Seat    int    `json:"seat"`
	Name    string `json:"name"`
	Missing int    `json:"missing" doc:"How many criteria have no mark yet"`
	Locked  bool   `json:"locked"`
}

// leastCompared is the number of sheets from which a mean says anything about one of them.
const leastCompared = 3

// twiceMedian is the total in the middle, doubled; with an even number the sum of the two in the middle.
func twiceMedian(totals []int64) int64 {
	sorted := slices.Sorted(slices.Values(totals))
	n := len(sorted)
	return sorted[(n-1)/2] + sorted[n/2]
}

// compared are the totals of a performance once every sheet that is waited for is locked; nil before, and when there
// are too few.
func (j Judging) compared(rubric scoring.Rubric, p Performance) (totals []int64, seats []Seat, sum int64) {
	_, turn := j.turn(p)
	if len(j.awaited(p)) > 0 {
		return nil, nil, 0
	}
	for _, seat := range j.Panel {
		i := slices.IndexFunc(turn.Sheets, func(s scoring.Sheet) bool { return s.Seat == seat.Number })
		if i < 0 {
			continue
		}
		_, total, _ := rubric.Total(turn.Sheets[i].Marks, j.Rules.Combining.Decimals)
		totals, seats, sum = append(totals, total), append(seats, seat), sum+total
	}
	if len(totals) < leastCompared {
		return nil, nil, 0
	}
	return totals, seats, sum
}

// alarms are the sheets of a performance that lie too far from the median; none before all of them are locked.
func (j Judging) alarms(rubric scoring.Rubric, p Performance) []Alarm {
	list := []Alarm{}
	totals, seats, _ := j.compared(rubric, p)
	if len(totals) == 0 {
		return list
	}
	twice := twiceMedian(totals)
	median := halfUp(twice, 2)
	within, ok := j.Conduct.within(median, rubric.Max(j.Rules.Combining.Decimals))
	if !ok {
		return list
	}
	for i, total := range totals {
		// Compared with the median itself, not with its rounded form.
		if away := 2*total - twice; away > 2*within || -away > 2*within {
			list = append(list, Alarm{PerformanceID: p.ID, Seat: seats[i].Number, Name: seats[i].Name, Total: total, Median: median,
				Deviation: total - median, Within: within})
		}
	}
	return list
}

// Watch compares the judges over all performances whose sheets are all locked.
func (j Judging) Watch() WatchView {
	rubric := j.Rubric()
	v := WatchView{Alarms: []Alarm{}, Judges: []JudgeSpread{}}
	rows := map[int]*JudgeSpread{}
	sums := map[int][2]int64{}
	for _, p := range j.Performances {
		v.Alarms = append(v.Alarms, j.alarms(rubric, p)...)
		if p.Calibration {
			continue
		}
		totals, seats, sum := j.compared(rubric, p)
		n := int64(len(totals))
		for i, total := range totals {
			row := rows[seats[i].Number]
			if row == nil {
				row = &JudgeSpread{Seat: seats[i].Number, Name: seats[i].Name, Head: seats[i].Head, Low: total, High: total, Points: []DeviationPoint{}}
				rows[row.Seat] = row
			}
			deviation := halfUp(total*n-sum, n)
			row.Sheets++
			row.Low, row.High = min(row.Low, total), max(row.High, total)
			row.Points = append(row.Points, DeviationPoint{PerformanceID: p.ID, Deviation: deviation})
			s := sums[row.Seat]
			sums[row.Seat] = [2]int64{s[0] + deviation, s[1] + max(deviation, -deviation)}
		}
	}
	for _, seat := range j.Panel {
		if row := rows[seat.Number]; row != nil {
			row.Severity, row.Apart = halfUp(sums[seat.Number][0], int64(row.Sheets)), halfUp(sums[seat.Number][1], int64(row.Sheets))
			v.Judges = append(v.Judges, *row)
		}
	}
	return v
}

// progress tells the head judge who still has marks to give.
func (j Judging) progress(rubric scoring.Rubric, p Performance) []SeatProgress {
	list := []SeatProgress{}
	waits := j.awaited(p)
	for _, seat := range j.Panel {
		sheet := j.Sheet(p.ID, seat.AccountID)
		if sheet.State != Locked && !slices.ContainsFunc(waits, func(w Seat) bool { return w.Number == seat.Number }) {
			continue
		}
		_, _, missing := rubric.Total(sheet.Values(), j.Rules.Combining.Decimals)
		list = append(list, SeatProgress{Seat: seat.Number, Name: seat.Name, Missing: missing, Locked: sheet.State == Locked})
	}
	return list
}

// halfUp divides and rounds half away from zero; n is above 0.
func halfUp(sum, n int64) int64 {
	if sum < 0 {
		return -((-2*sum + n) / (2 * n))
	}
	return (2*sum + n) / (2 * n)
}
