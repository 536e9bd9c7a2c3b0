// Package ranking is the only place that ranks: an ordered list of metrics in, places and ties out.
//
// It also says where a cut falls and what a frozen board may show. It must never break a tie that the metrics leave:
// whoever has equal values shares the place, and a tie at the line of a cut is reported, never hidden.
package ranking

import (
	"cmp"
	"slices"
)

// Metric is one value by which rows are compared. The order of a list of metrics is their weight: the next one is
// looked at only where all before it are equal.
type Metric struct {
	Name string `json:"name"`
	// Ascending: the smaller value is the better one (time used, distance of a guess). Otherwise the larger.
	Ascending bool `json:"ascending"`
}

// Row is what is ranked: an entry, a unit, with its values in the order of the metrics.
type Row struct {
	ID     int64
	Values []int64
}

// Standing is a row's place. Places are those of standard competition: 1, 2, 2, 4.
type Standing struct {
	ID    int64 `json:"id"`
	Place int   `json:"place"`
	// Tied: at least one other row shares the place.
	Tied bool `json:"tied"`
}

// Compare orders two lists of values: negative when a is the better one, zero when the metrics cannot tell them
// apart. A value that is missing at the end of a list counts as worse than any value.
func Compare(metrics []Metric, a, b []int64) int {
	for i, m := range metrics {
		hasA, hasB := i < len(a), i < len(b)
		switch {
		case !hasA && !hasB:
			continue
		case !hasA:
			return 1
		case !hasB:
			return -1
		}
		c := cmp.Compare(a[i], b[i])
		if !m.Ascending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// Rank gives each row its place, best first; rows that share a place stand in the order of their IDs, so that the
// answer does not depend on the order in which the rows came.
func Rank(metrics []Metric, rows []Row) []Standing {
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b Row) int {
		return cmp.Or(Compare(metrics, a.Values, b.Values), cmp.Compare(a.ID, b.ID))
	})
	standings := make([]Standing, len(sorted))
	for i, r := range sorted {
		standings[i] = Standing{ID: r.ID, Place: i + 1}
		if i > 0 && Compare(metrics, sorted[i-1].Values, r.Values) == 0 {
			standings[i].Place = standings[i-1].Place
			standings[i].Tied, standings[i-1].Tied = true, true
		}
	}
	return standings
}
