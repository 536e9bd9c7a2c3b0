package exam

import (
	"cmp"
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
	Guess       *int64
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
	order := s.Order()
	// In the order of the periods: of equal ones the first is the best.
	counted = slices.SortedFunc(slices.Values(counted), func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.EntryID, b.EntryID), cmp.Compare(a.PeriodID, b.PeriodID))
	})
	at := make(map[int64]int, len(counted))
	var list []EntryStanding
	for _, c := range counted {
		d := Distance(c.Guess, actual[c.PeriodID])
		one := EntryStanding{EntryID: c.EntryID, DivisionID: divisions[c.EntryID], Points: c.Points, Correct: c.Correct, Items: c.Items,
			Distance: d, Guessed: c.Guess != nil, TimeUs: c.TimeUs, SubmittedUs: c.SubmittedUs, Periods: 1}
		i, there := at[c.EntryID]
		if !there {
			at[c.EntryID] = len(list)
			list = append(list, one)
			continue
		}
		list[i] = s.together(order, list[i], one)
	}
	byDivision := map[int64][]ranking.Row{}
	for _, e := range list {
		byDivision[e.DivisionID] = append(byDivision[e.DivisionID], ranking.Row{ID: e.EntryID, Values: s.values(e)})
	}
	for _, rows := range byDivision {
		for _, p := range ranking.Rank(order, rows) {
			e := &list[at[p.ID]]
			e.Place, e.Tied = p.Place, p.Tied
		}
	}
	slices.SortFunc(list, func(a, b EntryStanding) int {
		return cmp.Or(cmp.Compare(a.DivisionID, b.DivisionID), cmp.Compare(a.Place, b.Place), cmp.Compare(a.EntryID, b.EntryID))
	})
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
