package scoring

import "errors"

// Combination says how the totals of several judges become one score. docs/formats.md states each with its units.
type Combination string

const (
	// Mean of all sheets.
	Mean Combination = "mean"
	// TrimmedMean: the mean after the highest and lowest sheets are dropped.
	TrimmedMean Combination = "trimmed_mean"
	// Median: the sheet in the middle, or the mean of the two in the middle.
	Median Combination = "median"
	// MeanWithin: the mean, and once again without the sheets that are too far from it.
	MeanWithin Combination = "mean_within"
	// RankSum: each judge's sheets put the entries in an order; the places are added up.
	RankSum Combination = "rank_sum"
	// TwoMarkers: the mean of two sheets, and a third one when they are too far apart.
	TwoMarkers Combination = "two_markers"
	// ZScore: each judge's sheets are brought to the mean and the spread of all, where judges saw different entries.
	ZScore Combination = "z_score"
)

const (
	// TrimFrom is the number of sheets from which on any are dropped.
	TrimFrom = 5
	// TrimKeeps is the least number of sheets that stay.
	TrimKeeps = 3
	// MaxDrop bounds how many sheets are to be dropped at each end.
	MaxDrop = 5
	// LeastMarkers is the smallest panel of TwoMarkers: two and the third.
	LeastMarkers = 3
	// MinSheets and MaxSheets bound how many sheets a judge must have given before they are brought to the spread of all.
	MinSheets = 3
	MaxSheets = 100
)

// ThirdRule says what the third marker's sheet does.
type ThirdRule string

const (
	// ThirdNearer: the mean of the third and the nearer of the two; when both are equally near, the higher.
	ThirdNearer ThirdRule = "nearer"
	// ThirdAll: the mean of all three.
	ThirdAll ThirdRule = "all"
	// ThirdAlone: the third decides.
	ThirdAlone ThirdRule = "alone"
)

// Combining is a combination with its settings. Each setting belongs to one method and is empty in all others, so
// that the same rules always have the same bytes.
type Combining struct {
	Method Combination `json:"method" enum:"mean,trimmed_mean,median,mean_within,rank_sum,two_markers,z_score"`
	// Drop is how many of the highest and how many of the lowest sheets a trimmed mean drops.
	Drop int `json:"drop,omitempty"`
	// Distance is how far from the mean a sheet may be, in hundredths of a point (MeanWithin).
	Distance int64 `json:"distance,omitempty" doc:"mean_within: how far from the mean a sheet may be, hundredths of a point"`
	// Threshold is the difference from which on a third marker is needed, in hundredths of a percent of a sheet's
	// highest total (TwoMarkers).
	Threshold int64     `json:"threshold,omitempty" doc:"two_markers: difference that asks for a third marker, hundredths of a percent of the highest total"`
	Third     ThirdRule `json:"third,omitempty" enum:"nearer,all,alone" doc:"two_markers: what the third sheet does"`
	// LeastSheets is how many sheets each judge must have given (ZScore).
	LeastSheets int `json:"least_sheets,omitempty" doc:"z_score: sheets that each judge must have given"`
	// Decimals is what every printed number of the working is rounded to.
	Decimals Rounding `json:"decimals" minimum:"0" maximum:"2"`
}

// Rounding is a number of decimals: 2, 1 or 0. Numbers are rounded half up.
type Rounding int

// unit is the distance between two printed numbers, in hundredths.
func (r Rounding) unit() int64 {
	switch r {
	case 0:
		return 100
	case 1:
		return 10
	default:
		return 1
	}
}

// round rounds a number half up to what is printed.
func (r Rounding) round(v int64) int64 { return divHalfUp(v, r.unit()) * r.unit() }

// mean is sum ÷ count, rounded half up to what is printed; 0 of nothing.
func (r Rounding) mean(sum int64, count int) int64 {
	if count == 0 {
		return 0
	}
	return divHalfUp(sum, int64(count)*r.unit()) * r.unit()
}

// What can be wrong with a combination.
var (
	ErrCombination = errors.New("unknown combination of sheets")
	ErrDrop        = errors.New("a trimmed mean drops 1 to 5 sheets at each end, other combinations none")
	ErrDistance    = errors.New("the distance from the mean must be above 0 and at most 1 000 points, and only where sheets far from the mean are dropped")
	ErrThreshold   = errors.New("the difference that asks for a third marker must be above 0 % and at most 100 %, and only with two markers")
	ErrThird       = errors.New("two markers need a rule for the third sheet, other combinations none")
	ErrLeastSheets = errors.New("a judge must have given 3 to 100 sheets, and only where sheets are brought to the spread of all")
	ErrDecimals    = errors.New("numbers are rounded to 0, 1 or 2 decimals")
)

// Check tells what is wrong with the combination.
func (c Combining) Check() error {
	switch c.Method {
	case Mean, TrimmedMean, Median, MeanWithin, RankSum, TwoMarkers, ZScore:
	default:
		return ErrCombination
	}
	within := func(method Combination, v, least, most int64) bool {
		if c.Method != method {
			return v == 0
		}
		return v >= least && v <= most
	}
	switch {
	case c.Decimals < 0 || c.Decimals > 2:
		return ErrDecimals
	case !within(TrimmedMean, int64(c.Drop), 1, MaxDrop):
		return ErrDrop
	case !within(MeanWithin, c.Distance, 1, MaxMark):
		return ErrDistance
	case !within(TwoMarkers, c.Threshold, 1, FullWeight):
		return ErrThreshold
	case !within(ZScore, int64(c.LeastSheets), MinSheets, MaxSheets):
		return ErrLeastSheets
	}
	third := c.Third == ThirdNearer || c.Third == ThirdAll || c.Third == ThirdAlone
	if (c.Method == TwoMarkers) != third || !third && c.Third != "" {
		return ErrThird
	}
	return nil
}

// Max is the highest score that the combination can give: a sheet's highest total, or with places instead of points
// the first place of every judge.
func (c Combining) Max(rubric Rubric, judges, entries int) int64 {
	if c.Method == RankSum {
		return int64(judges) * int64(entries) * 100
	}
	return rubric.Max(c.Decimals)
}

// drops is how many sheets are dropped at each end when there are so many.
func (c Combining) drops(sheets int) int {
	if c.Method != TrimmedMean || sheets < TrimFrom {
		return 0
	}
	return min(c.Drop, (sheets-TrimKeeps)/2)
}

// threshold is the difference that asks for a third marker, in hundredths of a point.
func (c Combining) threshold(highest int64) int64 {
	return mulDivHalfUp(highest, c.Threshold, FullWeight*c.Decimals.unit()) * c.Decimals.unit()
}

// Disagree tells whether the totals of two markers are so far apart that a third one is needed.
func (c Combining) Disagree(rubric Rubric, a, b int64) bool {
	return c.Method == TwoMarkers && max(a, b)-min(a, b) >= c.threshold(rubric.Max(c.Decimals))
}
