package stage

import "github.com/hoithi/hoithi/server/scoring"

// Answer is the response of an entry to a play that counts: the one with the highest (writer, seq).
type Answer struct {
	EntryID    int64
	ReceivedUs int64
	ShownUs    int64
	Payload    []byte
}

// PlayResult is what an entry got for a play.
type PlayResult struct {
	Outcome scoring.Outcome
	// TakenUs is the time from the opening (or from when the item reached this entry) to the arrival.
	TakenUs    int64
	ReceivedUs int64
	Payload    []byte
	Answered   bool
}

// Score is what an entry has in a round so far: only plays that count.
type Score struct {
	EntryID int64
	Points  int64 // hundredths of a point
	Correct int   // right answers
	TimeUs  int64 // used for right answers; 0 when the round counts accuracy only
}

// TakenUs is the time that an answer took, by the server's clock. The credit for a late delivery is bounded, and the
// opening itself bounds it from below.
func TakenUs(p *Play, receivedUs, shownUs int64) int64 {
	start := p.OpensUs
	if shownUs > start {
		start = min(shownUs, p.OpensUs+ShownCapUs)
	}
	return p.ElapsedUs(start, receivedUs)
}

// ScorePlay scores a play for all entries of the round. The result follows from its arguments alone, so that
// recomputing gives the same on every machine.
func ScorePlay(s Settings, p *Play, key scoring.Key, entries []int64, answers []Answer) (map[int64]PlayResult, error) {
	rule := scoring.Rule{Points: p.Points, Loss: s.WrongLoss, Pace: scoring.Fixed}
	if s.Scoring == ScoringSpeed {
		rule.Pace, rule.DurationUs = scoring.Speed, p.DurationUs
	}
	results := make(map[int64]PlayResult, len(entries))
	for _, id := range entries {
		results[id] = PlayResult{Outcome: scoring.Score(key, rule, scoring.Void(p.Void), nil, 0)}
	}
	for _, a := range answers {
		if _, takesPart := results[a.EntryID]; !takesPart {
			continue
		}
		response, err := scoring.ReadResponse(a.Payload)
		if err != nil {
			return nil, err
		}
		taken := TakenUs(p, a.ReceivedUs, a.ShownUs)
		results[a.EntryID] = PlayResult{
			Outcome: scoring.Score(key, rule, scoring.Void(p.Void), &response, taken),
			TakenUs: taken, ReceivedUs: a.ReceivedUs, Payload: a.Payload, Answered: !response.Empty(),
		}
	}
	return results, nil
}

// add puts a play's result into a score.
func (sc *Score) add(s Settings, r PlayResult) {
	sc.Points += r.Outcome.Points
	switch r.Outcome.Verdict {
	case scoring.Right:
		sc.Correct++
	case scoring.Partly:
	default:
		return
	}
	if s.ShowTime {
		sc.TimeUs += r.TakenUs
	}
}

// maxScore is the most that an entry could reach with the items of a timeline.
func maxScore(items []Item) int64 {
	var sum int64
	for _, it := range items {
		if !it.Reserve {
			sum += it.Points
		}
	}
	return sum
}
