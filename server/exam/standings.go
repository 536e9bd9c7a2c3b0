package exam

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hoithi/hoithi/server/ranking"
)

// noGuess is farther than any guess: whoever predicted nothing stands behind everybody who did.
const noGuess int64 = 1 << 50

// Distance is how far a guess lies from what came about, in hundredths. As long as that is not known all are alike.
func Distance(guess, actual *int64) int64 {
	switch {
	case actual == nil:
		return 0
	case guess == nil:
		return noGuess
	}
	return max(*guess-*actual, *actual-*guess)
}

// Counted is an attempt that counts for its entry in its period.
type Counted struct {
	EntryID  int64
	PeriodID int64
	Points   int64 // hundredths of a point
	Correct  int
	Items    int // items of its paper that can be right
	TimeUs   int64
	// SubmittedUs is how long after the opening of the entry's window it was submitted: so weeks can be put together.
	SubmittedUs int64
	Guess       int64 // hundredths
	Guessed     bool  // there is one; no pointer, for there may be half a million
}

func (c Counted) distance(actual *int64) int64 {
	if !c.Guessed {
		return Distance(nil, actual)
	}
	return Distance(&c.Guess, actual)
}

// withGuess is the same with a guess; nil: none.
func (c Counted) withGuess(g *int64) Counted {
	if g != nil {
		c.Guess, c.Guessed = *g, true
	}
	return c
}

// EntryStanding is an entry's part in a period, or in the whole round.
type EntryStanding struct {
	EntryID     int64 `json:"entry_id"`
	DivisionID  int64 `json:"division_id"`
	Place       int   `json:"place" doc:"Within the division"`
	Tied        bool  `json:"tied"`
	Points      int64 `json:"points" doc:"Hundredths of a point"`
	Correct     int   `json:"correct"`
	Items       int   `json:"items" doc:"Items that could be right"`
	Distance    int64 `json:"distance" doc:"Of the guess, in hundredths; of several periods their sum"`
	Guessed     bool  `json:"guessed" doc:"There is a guess in every period that counts"`
	TimeUs      int64 `json:"time_us"`
	SubmittedUs int64 `json:"submitted_us" doc:"Time from the opening to the end of the attempt; of several periods their sum"`
	Periods     int   `json:"periods" doc:"In how many periods the entry has taken part"`
}

// value is what a metric ranks by.
func (e EntryStanding) value(m Metric) int64 {
	switch m {
	case ByCorrect:
		return int64(e.Correct)
	case ByGuess:
		return e.Distance
	case ByTime:
		return e.TimeUs
	case BySubmitted:
		return e.SubmittedUs
	default:
		return e.Points
	}
}

func (s Settings) values(e EntryStanding) []int64 {
	list := make([]int64, 0, len(s.Ranking))
	for _, m := range s.Ranking {
		list = append(list, e.value(m))
	}
	return list
}

// Standings ranks entries within their divisions, best first. What is put together are the periods that are in counted:
// those of one period give its standings, all of them the round's. actual tells what the guesses were about, by period.
func (s Settings) Standings(counted []Counted, divisions map[int64]int64, actual map[int64]*int64) []EntryStanding {
	// By period: of equal ones the first is the best. What is read from the database comes like this.
	inOrder := func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.PeriodID, b.PeriodID), cmp.Compare(a.EntryID, b.EntryID))
	}
	if !slices.IsSortedFunc(counted, inOrder) {
		counted = slices.SortedFunc(slices.Values(counted), inOrder)
	}
	var periods [][]Counted
	for len(counted) > 0 {
		n := 1
		for n < len(counted) && counted[n].PeriodID == counted[0].PeriodID {
			n++
		}
		periods, counted = append(periods, counted[:n:n]), counted[n:]
	}
	return s.standings(periods, divisions, actual)
}

// standings is Standings of what comes by period, and each period by entry: nothing has to be looked up.
func (s Settings) standings(periods [][]Counted, divisions map[int64]int64, actual map[int64]*int64) []EntryStanding {
	order := s.Order()
	var list []EntryStanding // by entry
	for _, counted := range periods {
		list = s.further(order, list, counted, divisions, actual)
	}
	sizes := map[int64]int{} // of divisions
	for i := range list {
		sizes[list[i].DivisionID]++
	}
	byDivision := make(map[int64][]ranking.Row, len(sizes))
	for id, n := range sizes {
		byDivision[id] = make([]ranking.Row, 0, n)
	}
	values := make([]int64, 0, len(list)*len(s.Ranking)) // of all, so that each row needs none of its own
	for i := range list {
		e := &list[i]
		from := len(values)
		for _, m := range s.Ranking {
			values = append(values, e.value(m))
		}
		// The number in the list is as good as the entry's: both grow together.
		byDivision[e.DivisionID] = append(byDivision[e.DivisionID], ranking.Row{ID: int64(i), Values: values[from:len(values):len(values)]})
	}
	// Ranked rows come by place and then by entry.
	ranked := make([]EntryStanding, 0, len(list))
	for _, id := range slices.Sorted(maps.Keys(byDivision)) {
		for _, p := range ranking.Rank(order, byDivision[id]) {
			e := list[p.ID]
			e.Place, e.Tied = p.Place, p.Tied
			ranked = append(ranked, e)
		}
	}
	return ranked
}

// further adds a period to what comes by entry.
func (s Settings) further(order []ranking.Metric, list []EntryStanding, counted []Counted, divisions map[int64]int64, actual map[int64]*int64) []EntryStanding {
	if len(counted) == 0 {
		return list
	}
	of := actual[counted[0].PeriodID]
	fresh := make([]EntryStanding, 0, max(len(counted)-len(list), 0))
	at := 0
	for i := range counted {
		c := &counted[i]
		one := EntryStanding{EntryID: c.EntryID, Points: c.Points, Correct: c.Correct, Items: c.Items, Distance: c.distance(of), Guessed: c.Guessed,
			TimeUs: c.TimeUs, SubmittedUs: c.SubmittedUs, Periods: 1}
		for at < len(list) && list[at].EntryID < c.EntryID {
			at++
		}
		if at < len(list) && list[at].EntryID == c.EntryID {
			one.DivisionID = list[at].DivisionID
			list[at] = s.together(order, list[at], one)
			continue
		}
		one.DivisionID = divisions[c.EntryID]
		fresh = append(fresh, one)
	}
	if len(list) == 0 || len(fresh) == 0 {
		return append(list, fresh...)
	}
	list = append(list, fresh...)
	slices.SortFunc(list, func(a, b EntryStanding) int { return cmp.Compare(a.EntryID, b.EntryID) })
	return list
}

// together puts two periods of an entry together.
func (s Settings) together(order []ranking.Metric, a, b EntryStanding) EntryStanding {
	periods := a.Periods + b.Periods
	if s.Overall == OverallBest {
		if ranking.Compare(order, s.values(b), s.values(a)) < 0 {
			a = b
		}
		a.Periods = periods
		return a
	}
	a.Points, a.Correct, a.Items = a.Points+b.Points, a.Correct+b.Correct, a.Items+b.Items
	a.TimeUs, a.SubmittedUs, a.Periods = a.TimeUs+b.TimeUs, a.SubmittedUs+b.SubmittedUs, periods
	a.Distance, a.Guessed = min(a.Distance+b.Distance, noGuess), a.Guessed && b.Guessed
	return a
}
