package exam

import (
	"encoding/json"

	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/scoring"
)

// ItemScore is what an item of a paper came to.
type ItemScore struct {
	Placed
	Outcome  scoring.Outcome
	Answered bool
}

// Scored is what a paper came to.
type Scored struct {
	Points   int64
	Correct  int
	Items    int // that can be right: an item voided for nobody is none
	Answered int
	Guess    *int64 // hundredths
	Per      []ItemScore
}

// ScorePaper scores what stands in the places of a paper. It follows from its arguments alone: keys are those of all
// versions that were drawn or whose key a correction names.
func ScorePaper(placed []Placed, responses map[int16][]byte, keys map[int64]scoring.Key, corrections Corrections) (Scored, error) {
	var s Scored
	for _, p := range placed {
		c := corrections[p.Offer.Version]
		key, ok := keys[p.Offer.Version]
		if c.KeyVersion != 0 {
			key, ok = keys[c.KeyVersion]
		}
		if !ok {
			return Scored{}, errNoKey
		}
		var response *scoring.Response
		if payload := responses[p.Place]; payload != nil {
			r, err := scoring.ReadResponse(payload)
			if err != nil {
				return Scored{}, err
			}
			response = &r
		}
		item := ItemScore{Placed: p, Answered: response != nil && !response.Empty(),
			Outcome: scoring.Score(key, scoring.Rule{Points: p.Points, Pace: scoring.Fixed}, c.Policy, response, 0)}
		s.Points += item.Outcome.Points
		if item.Answered {
			s.Answered++
		}
		if c.Policy != scoring.VoidNobody {
			s.Items++
		}
		if item.Outcome.Verdict == scoring.Right || c.Policy == scoring.VoidEverybody {
			s.Correct++
		}
		s.Per = append(s.Per, item)
	}
	if payload := responses[PlaceGuess]; payload != nil {
		g, err := readNote(payload)
		if err != nil {
			return Scored{}, err
		}
		s.Guess = g.Guess
	}
	return s, nil
}

// note is a response that is no answer to an item: the guess, or the places flagged for later.
type note struct {
	Text  string  `json:"text,omitempty"`
	Guess *int64  `json:"guess,omitempty"`
	Flags []int16 `json:"flags,omitempty"`
}

func (n note) canonical() []byte {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // texts and whole numbers always have a JSON form
	}
	return b
}

func readNote(payload []byte) (note, error) {
	var n note
	err := json.Unmarshal(payload, &n)
	return n, err
}

// Rival is a scored attempt among those of its entry and period.
type Rival struct {
	ID         int64
	Number     int
	Points     int64
	Correct    int
	TimeUs     int64
	FinishedUs int64
	Guess      *int64
}

// Values are an attempt's in the order of the metrics by which the round ranks.
func (s Settings) Values(r Rival, actual *int64) []int64 {
	values := make([]int64, 0, len(s.Ranking))
	for _, m := range s.Ranking {
		switch m {
		case ByPoints:
			values = append(values, r.Points)
		case ByCorrect:
			values = append(values, int64(r.Correct))
		case ByGuess:
			values = append(values, Distance(r.Guess, actual))
		case ByTime:
			values = append(values, r.TimeUs)
		case BySubmitted:
			values = append(values, r.FinishedUs)
		}
	}
	return values
}

// Counting finds the attempt that counts among those of one entry in one period; -1: there is none. The highest score
// counts, of equals the one that ranks before, then the earlier one.
func (s Settings) Counting(rivals []Rival, actual *int64) int {
	best := -1
	for i, r := range rivals {
		if best < 0 {
			best = i
			continue
		}
		b := rivals[best]
		before := false
		switch s.Counts {
		case CountFirst:
			before = r.Number < b.Number
		case CountLast:
			before = r.Number > b.Number
		case CountBest:
			c := ranking.Compare(s.Order(), s.Values(r, actual), s.Values(b, actual))
			before = r.Points > b.Points || r.Points == b.Points && (c < 0 || c == 0 && r.Number < b.Number)
		}
		if before {
			best = i
		}
	}
	return best
}

// GuessActual is what the guess was about, in hundredths: a number of entries, or per cent, rounded half up.
func GuessActual(g Guess, entrants, allRight int64) *int64 {
	var actual int64
	switch g {
	case GuessNone:
		return nil
	case GuessAllRight:
		actual = allRight * 100
	case GuessEntrants:
		actual = entrants * 100
	case GuessShare:
		if entrants > 0 {
			actual = (2*allRight*100_00 + entrants) / (2 * entrants)
		}
	}
	return &actual
}
