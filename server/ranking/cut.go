package ranking

// Cut says who goes on when n places are to be had.
type Cut struct {
	// Through are surely on.
	Through []int64 `json:"through"`
	// AtLine share the place through which the line runs: of them only Free can go on, and somebody has to decide
	// which (a further metric, the head judge, lots). Empty when the line falls between two places.
	AtLine []int64 `json:"at_line"`
	// Free is how many of AtLine can go on: at least 1 and fewer than all of them, or 0 when AtLine is empty.
	Free int `json:"free"`
	// Out are surely not on.
	Out []int64 `json:"out"`
}

// CutBest lets the best n of the standings (as Rank gave them) go on.
func CutBest(standings []Standing, n int) Cut {
	c := Cut{Through: []int64{}, AtLine: []int64{}, Out: []int64{}}
	n = max(n, 0)
	for from := 0; from < len(standings); {
		to := from + 1
		for to < len(standings) && standings[to].Place == standings[from].Place {
			to++
		}
		group := &c.Out
		switch {
		case to <= n:
			group = &c.Through
		case from < n:
			group = &c.AtLine
			c.Free = n - from
		}
		for _, s := range standings[from:to] {
			*group = append(*group, s.ID)
		}
		from = to
	}
	return c
}
