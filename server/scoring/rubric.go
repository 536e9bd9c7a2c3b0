package scoring

import (
	"errors"
	"fmt"
)

// Limits of a rubric.
const (
	MaxCriteria = 30
	// MaxMark bounds one criterion: 1 000 points.
	MaxMark int64 = 100_000
	// MaxWeight bounds a criterion's weight: 1 000 %.
	MaxWeight int64 = 10 * FullWeight
)

// Criterion is one line of a rubric.
type Criterion struct {
	ID int64 `json:"id"`
	// Max is the highest mark; the lowest is 0.
	Max int64 `json:"max"`
	// Step is the distance between two marks that can be given: 25 lets a judge give 7,25 and 7,50.
	Step int64 `json:"step"`
	// Weight is what a mark counts for: 10000 (100 %) in a rubric whose maxima add up to the part's points; 5000,
	// 3000, 2000 in one that marks everything from 0 to 10 and weighs contents, form and style.
	Weight int64 `json:"weight"`
}

// What can be wrong with a rubric or a mark.
var (
	ErrCriteria = errors.New("a rubric has 1 to 30 criteria")
	ErrMax      = errors.New("a criterion's maximum must be above 0 and at most 1 000 points")
	ErrStep     = errors.New("a criterion's step must be above 0 and divide its maximum")
	ErrWeight   = errors.New("a criterion's weight must be above 0 and at most 1 000 %")
	ErrMark     = errors.New("a mark must be between 0 and the criterion's maximum, on one of its steps")
)

// Check tells what is wrong with the criterion.
func (c Criterion) Check() error {
	switch {
	case c.Max <= 0 || c.Max > MaxMark:
		return ErrMax
	case c.Step <= 0 || c.Max%c.Step != 0:
		return ErrStep
	case c.Weight <= 0 || c.Weight > MaxWeight:
		return ErrWeight
	}
	return nil
}

// CheckMark tells whether a mark can be given for the criterion.
func (c Criterion) CheckMark(mark int64) error {
	if mark < 0 || mark > c.Max || mark%c.Step != 0 {
		return ErrMark
	}
	return nil
}

// Value is what a mark counts for: mark × weight, rounded half up to the unit that is printed on the sheet.
func (c Criterion) Value(mark int64, r Rounding) int64 {
	return mulDivHalfUp(mark, c.Weight, FullWeight*r.unit()) * r.unit()
}

// Rubric is the scale of marks of a round.
type Rubric []Criterion

// Check tells what is wrong with the rubric, and with which of its criteria.
func (r Rubric) Check() error {
	if len(r) == 0 || len(r) > MaxCriteria {
		return ErrCriteria
	}
	for i, c := range r {
		if err := c.Check(); err != nil {
			return fmt.Errorf("criterion %d: %w", i+1, err)
		}
	}
	return nil
}

// Max is the highest total a sheet can have.
func (r Rubric) Max(rounding Rounding) int64 {
	var sum int64
	for _, c := range r {
		sum += c.Value(c.Max, rounding)
	}
	return sum
}

// SheetLine is one line of a sheet's arithmetic: mark × weight = value.
type SheetLine struct {
	CriterionID int64 `json:"criterion_id"`
	Mark        int64 `json:"mark"`
	Weight      int64 `json:"weight"`
	Value       int64 `json:"value"`
}

// Total adds up a sheet. missing counts the criteria without a mark: they add nothing, and a sheet with any of them
// cannot count.
func (r Rubric) Total(marks map[int64]int64, rounding Rounding) (lines []SheetLine, total int64, missing int) {
	lines = make([]SheetLine, 0, len(r))
	for _, c := range r {
		mark, given := marks[c.ID]
		if !given {
			missing++
			continue
		}
		line := SheetLine{CriterionID: c.ID, Mark: mark, Weight: c.Weight, Value: c.Value(mark, rounding)}
		lines = append(lines, line)
		total += line.Value
	}
	return lines, total, missing
}
