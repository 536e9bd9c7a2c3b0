package exam

import (
	"cmp"
	"math/big"
	"slices"
)

// Sat is an attempt as the statistics of items see it: the points of each item of its paper, by version.
type Sat struct {
	Total int64
	Items []*SatItem // those who answered alike may share one
}

// SatItem is how an item was answered in an attempt.
type SatItem struct {
	Version int64
	Points  int64 // that it earned; a loss is negative
	Max     int64
	Right   bool
	Missing bool
	// Chosen are the options, or what stands for them: a distractor is counted for each.
	Chosen []string
}

// ItemStatistics say how an item of a bank did in a round. Shares are hundredths of a per cent.
type ItemStatistics struct {
	Version int64 `json:"version"`
	Shown   int   `json:"shown" doc:"Attempts that had it on their paper"`
	Missing int   `json:"missing" doc:"Left without an answer"`
	Right   int   `json:"right"`
	// Difficulty is the mean share of its points that was reached: high means easy.
	Difficulty int `json:"difficulty" doc:"Mean share of the points, hundredths of a per cent; high is easy"`
	// Discrimination is the difference of that share between the best and the weakest 27 of a hundred.
	Discrimination *int     `json:"discrimination,omitempty" doc:"Upper less lower 27 %, hundredths of a per cent, -10000 to 10000; missing with fewer than 30 attempts"`
	Choices        []Choice `json:"choices"`
}

// Choice is how often something was chosen.
type Choice struct {
	ID    string `json:"id"`
	All   int    `json:"all"`
	Upper int    `json:"upper" doc:"By the best 27 %"`
	Lower int    `json:"lower" doc:"By the weakest 27 %"`
}

// leastForGroups is how many attempts an item needs before an upper and a lower group say anything.
const leastForGroups = 30

// Statistics describes the items of a round by the attempts that count (one a person: a second try knows the first).
func Statistics(attempts []Sat) []ItemStatistics {
	type answer struct {
		total int64
		item  *SatItem
	}
	byVersion := map[int64][]answer{}
	for _, a := range attempts {
		for _, x := range a.Items {
			byVersion[x.Version] = append(byVersion[x.Version], answer{a.Total, x})
		}
	}
	list := make([]ItemStatistics, 0, len(byVersion))
	for version, answers := range byVersion {
		slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Compare(b.total, a.total) })
		st := ItemStatistics{Version: version, Shown: len(answers), Choices: []Choice{}}
		group := len(answers) * 27 / 100
		choices := map[string]*Choice{}
		var all, upper, lower int64 // sums of hundredths of a per cent
		for i, a := range answers {
			share := shareOf(a.item)
			all += share
			inUpper, inLower := i < group, i >= len(answers)-group
			if inUpper {
				upper += share
			}
			if inLower {
				lower += share
			}
			if a.item.Right {
				st.Right++
			}
			if a.item.Missing {
				st.Missing++
			}
			for _, id := range a.item.Chosen {
				c := choices[id]
				if c == nil {
					c = &Choice{ID: id}
					choices[id] = c
				}
				c.All++
				if inUpper {
					c.Upper++
				}
				if inLower {
					c.Lower++
				}
			}
		}
		st.Difficulty = int((all + int64(len(answers))/2) / int64(len(answers)))
		if len(answers) >= leastForGroups {
			d := int((upper - lower) / int64(group))
			st.Discrimination = &d
		}
		for _, c := range choices {
			st.Choices = append(st.Choices, *c)
		}
		slices.SortFunc(st.Choices, func(a, b Choice) int { return cmp.Or(cmp.Compare(b.All, a.All), cmp.Compare(a.ID, b.ID)) })
		list = append(list, st)
	}
	slices.SortFunc(list, func(a, b ItemStatistics) int { return cmp.Compare(a.Version, b.Version) })
	return list
}

// shareOf is the share of an item's points that was reached, in hundredths of a per cent; a loss counts as none.
func shareOf(x *SatItem) int64 {
	if x.Max <= 0 {
		if x.Right {
			return 10_000
		}
		return 0
	}
	return min(max(x.Points, 0)*10_000/x.Max, 10_000)
}

// Reliability is Cronbach's alpha in thousandths, of attempts that all had the same items; ok is false when it can't be
// told: papers differ, fewer than two items, fewer than 30 attempts, or nobody differs from anybody.
func Reliability(attempts []Sat) (alpha int, ok bool) {
	n := int64(len(attempts))
	if n < leastForGroups {
		return 0, false
	}
	k := int64(len(attempts[0].Items))
	items := map[int64]*moments{}
	var totals moments
	for _, a := range attempts {
		if int64(len(a.Items)) != k {
			return 0, false
		}
		var sum int64
		for _, x := range a.Items {
			m := items[x.Version]
			if m == nil {
				m = &moments{}
				items[x.Version] = m
			}
			m.add(x.Points)
			sum += x.Points
		}
		totals.add(sum)
	}
	if k < 2 || int64(len(items)) != k {
		return 0, false
	}
	// n²·variance is a whole number, so the ratio of variances needs no fractions.
	var parts big.Int
	for _, m := range items {
		parts.Add(&parts, m.spread(n))
	}
	whole := totals.spread(n)
	if whole.Sign() <= 0 {
		return 0, false
	}
	// alpha = k/(k-1) × (1 − Σ item variances / total variance)
	over := new(big.Int).Sub(whole, &parts)
	over.Mul(over, big.NewInt(1000*k))
	under := new(big.Int).Mul(whole, big.NewInt(k-1))
	return int(over.Quo(over, under).Int64()), true
}

// moments are sums of values and of their squares. Points are hundredths: a million attempts of a thousand points each
// stay far below what fits.
type moments struct{ sum, squares int64 }

func (m *moments) add(v int64) {
	m.sum += v
	m.squares += v * v
}

// spread is n² times the variance.
func (m *moments) spread(n int64) *big.Int {
	a := new(big.Int).Mul(big.NewInt(n), big.NewInt(m.squares))
	b := new(big.Int).Mul(big.NewInt(m.sum), big.NewInt(m.sum))
	return a.Sub(a, b)
}
