package ranking

import (
	"maps"
	"slices"
)

// Decision resolves a tie from outside of the metrics: a tie-break round, the head judge, lots.
type Decision struct {
	// Places of those who were tied, from 1 on; equal ones stay tied. It holds for exactly these rows: a tie of others,
	// or of more or fewer, is another tie.
	Places map[int64]int `json:"places"`
}

// RankDecided ranks as Rank does, and then lets decisions part those whom the metrics leave tied. Of several decisions
// on the same tie the last one holds.
func RankDecided(metrics []Metric, rows []Row, decisions []Decision) []Standing {
	standings := Rank(metrics, rows)
	if len(decisions) == 0 {
		return standings
	}
	metrics = slices.Clone(metrics)
	values := make(map[int64][]int64, len(rows))
	for _, r := range rows {
		full := make([]int64, len(metrics), len(metrics)+1)
		for i := range full {
			full[i] = missing(metrics[i])
			if i < len(r.Values) {
				full[i] = r.Values[i]
			}
		}
		values[r.ID] = full
	}
	// Each turn parts at least one tie, so there are no more turns than decisions.
	for range decisions {
		by := map[int64]int64{}
		for _, tie := range Ties(standings) {
			if d, ok := decisionOn(tie, decisions); ok {
				for _, id := range tie {
					by[id] = int64(d.Places[id])
				}
			}
		}
		if len(by) == 0 {
			return standings
		}
		metrics = append(metrics, Metric{Name: "decision", Ascending: true})
		next := make([]Row, 0, len(rows))
		for _, r := range rows {
			values[r.ID] = append(values[r.ID], by[r.ID])
			next = append(next, Row{ID: r.ID, Values: values[r.ID]})
		}
		standings = Rank(metrics, next)
	}
	return standings
}

// missing is a value that is worse than any that is there.
func missing(m Metric) int64 {
	if m.Ascending {
		return 1<<63 - 1
	}
	return -1 << 63
}

// Ties lists those who share a place, best first.
func Ties(standings []Standing) [][]int64 {
	var ties [][]int64
	for from := 0; from < len(standings); {
		to := from + 1
		for to < len(standings) && standings[to].Place == standings[from].Place {
			to++
		}
		if to-from > 1 {
			tie := make([]int64, 0, to-from)
			for _, s := range standings[from:to] {
				tie = append(tie, s.ID)
			}
			ties = append(ties, tie)
		}
		from = to
	}
	return ties
}

// decisionOn finds the last decision on exactly those who are tied that parts them.
func decisionOn(tie []int64, decisions []Decision) (Decision, bool) {
	for i := len(decisions) - 1; i >= 0; i-- {
		d := decisions[i]
		if len(d.Places) != len(tie) {
			continue
		}
		all := true
		for _, id := range tie {
			_, there := d.Places[id]
			all = all && there
		}
		if all && parts(d) {
			return d, true
		}
	}
	return Decision{}, false
}

func parts(d Decision) bool {
	first := 0
	for p := range maps.Values(d.Places) {
		if first == 0 {
			first = p
		} else if p != first {
			return true
		}
	}
	return false
}
