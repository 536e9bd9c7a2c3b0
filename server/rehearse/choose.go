package rehearse

import (
	"fmt"
	"math/rand/v2"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

// choose answers as people do: something, often wrong.
func choose(random *rand.Rand, q bank.Question) scoring.Typed {
	pick := func(list []bank.Choice) string { return list[random.IntN(len(list))].ID }
	var parts []scoring.Part
	switch {
	case q.Type == bank.TrueFalseGroup:
		for _, o := range q.Options {
			parts = append(parts, scoring.Part{ID: o.ID, Value: []string{scoring.SaysTrue, scoring.SaysFalse}[random.IntN(2)]})
		}
		return scoring.Typed{Parts: parts}
	case q.Type == bank.Matching:
		for _, o := range q.Options {
			parts = append(parts, scoring.Part{ID: o.ID, Value: pick(q.Targets)})
		}
		return scoring.Typed{Parts: parts}
	case q.Type == bank.FillIn:
		for _, blank := range q.Blanks {
			value := fmt.Sprint(1 + random.IntN(30))
			if len(blank.Options) > 0 {
				value = pick(blank.Options)
			}
			parts = append(parts, scoring.Part{ID: blank.ID, Value: value})
		}
		return scoring.Typed{Parts: parts}
	case q.Type == bank.Ordering:
		var ids []string
		for _, i := range random.Perm(len(q.Options)) {
			ids = append(ids, q.Options[i].ID)
		}
		return scoring.Typed{Options: ids}
	case len(q.Options) == 0:
		return scoring.Typed{Text: fmt.Sprint(1 + random.IntN(30))}
	case q.Type == bank.Multiple:
		from := random.IntN(len(q.Options))
		return scoring.Typed{Options: []string{q.Options[from].ID, q.Options[(from+1)%len(q.Options)].ID}}
	}
	return scoring.Typed{Options: []string{q.Options[random.IntN(len(q.Options))].ID}}
}
