package scoring

import (
	"cmp"
	"errors"
	"slices"
)

// Combination says how the totals of several judges become one score.
type Combination string

const (
	// Mean of all sheets.
	Mean Combination = "mean"
	// TrimmedMean: the mean after the highest and lowest sheets are dropped.
	TrimmedMean Combination = "trimmed_mean"
)

const (
	// TrimFrom is the number of sheets from which on any are dropped.
	TrimFrom = 5
	// TrimKeeps is the least number of sheets that stay.
	TrimKeeps = 3
	// MaxDrop bounds how many sheets are to be dropped at each end.
	MaxDrop = 5
)

// Combining is a combination with its settings.
type Combining struct {
	Method Combination `json:"method" enum:"mean,trimmed_mean"`
	// Drop is how many of the highest and how many of the lowest sheets a trimmed mean drops.
	Drop int `json:"drop,omitempty"`
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

// What can be wrong with a combination.
var (
	ErrCombination = errors.New("unknown combination of sheets")
	ErrDrop        = errors.New("a trimmed mean drops 1 to 5 sheets at each end, other combinations none")
	ErrDecimals    = errors.New("numbers are rounded to 0, 1 or 2 decimals")
)

// Check tells what is wrong with the combination.
func (c Combining) Check() error {
	if c.Decimals < 0 || c.Decimals > 2 {
		return ErrDecimals
	}
	switch c.Method {
	case Mean:
		if c.Drop != 0 {
			return ErrDrop
		}
	case TrimmedMean:
		if c.Drop < 1 || c.Drop > MaxDrop {
			return ErrDrop
		}
	default:
		return ErrCombination
	}
	return nil
}

// drops is how many sheets are dropped at each end when there are so many.
func (c Combining) drops(sheets int) int {
	if c.Method != TrimmedMean || sheets < TrimFrom {
		return 0
	}
	return min(c.Drop, (sheets-TrimKeeps)/2)
}

// Sheet is what one judge gave for one performance.
type Sheet struct {
	// Seat is the judge's number in the panel: it names the judge in the working.
	Seat  int
	Marks map[int64]int64 // by criterion
}

// Dropped says why a sheet does not count.
type Dropped string

const (
	Kept           Dropped = ""
	DroppedHighest Dropped = "highest"
	DroppedLowest  Dropped = "lowest"
)

// SheetWorking is the arithmetic of one sheet.
type SheetWorking struct {
	Seat    int         `json:"seat"`
	Lines   []SheetLine `json:"lines"`
	Total   int64       `json:"total"`
	Dropped Dropped     `json:"dropped" enum:",highest,lowest"`
}

// Working is the whole way from the marks to the score, so that anyone with a pencil can follow it: each sheet's
// lines and total, which sheets were dropped and why, sum ÷ count = mean, mean − deduction = score. Each number in
// it is rounded half up to Decimals, and the next step goes on with the rounded number.
type Working struct {
	Method   Combination    `json:"method" enum:"mean,trimmed_mean"`
	Decimals Rounding       `json:"decimals"`
	Sheets   []SheetWorking `json:"sheets"` // by seat
	// DropWanted and DropDone: a small panel drops fewer sheets than the rule says, or none.
	DropWanted int `json:"drop_wanted"`
	DropDone   int `json:"drop_done"`
	// Sum and Count are of the sheets that were kept.
	Sum      int64           `json:"sum"`
	Count    int             `json:"count"`
	Mean     int64           `json:"mean"`
	Overtime OvertimeWorking `json:"overtime"`
	Score    int64           `json:"score"`
}

// Combine takes the complete sheets of one performance to its score. Without any sheet the score is 0 and Count says
// why. Of equal totals the one of the later seat is dropped first at the top, the one of the earlier seat at the
// bottom: it changes no score, but two computations must strike out the same sheets. A score never falls below 0.
func Combine(rubric Rubric, how Combining, sheets []Sheet, overtime OvertimeWorking) Working {
	w := Working{Method: how.Method, Decimals: how.Decimals, Sheets: make([]SheetWorking, 0, len(sheets)), DropWanted: how.Drop, DropDone: how.drops(len(sheets)), Overtime: overtime}
	for _, s := range sheets {
		lines, total, _ := rubric.Total(s.Marks, how.Decimals)
		w.Sheets = append(w.Sheets, SheetWorking{Seat: s.Seat, Lines: lines, Total: total})
	}
	slices.SortFunc(w.Sheets, func(a, b SheetWorking) int {
		return cmp.Or(cmp.Compare(a.Total, b.Total), cmp.Compare(a.Seat, b.Seat))
	})
	for i := range w.Sheets {
		s := &w.Sheets[i]
		switch {
		case i < w.DropDone:
			s.Dropped = DroppedLowest
		case i >= len(w.Sheets)-w.DropDone:
			s.Dropped = DroppedHighest
		default:
			w.Sum += s.Total
			w.Count++
		}
	}
	slices.SortFunc(w.Sheets, func(a, b SheetWorking) int { return cmp.Compare(a.Seat, b.Seat) })
	unit := how.Decimals.unit()
	if w.Count > 0 {
		w.Mean = divHalfUp(w.Sum, int64(w.Count)*unit) * unit
	}
	w.Score = max(divHalfUp(w.Mean-overtime.Deduction, unit)*unit, 0)
	return w
}
