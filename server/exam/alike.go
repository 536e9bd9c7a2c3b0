package exam

import (
	"cmp"
	"math/bits"
	"slices"
)

// AnswerSheet is what an attempt that counts said, for the comparison of answers after the close.
type AnswerSheet struct {
	AttemptID int64
	EntryID   int64
	Answers   []GivenAnswer // one a version, missing ones left out
}

// GivenAnswer is an answer in its canonical form, so that the order in which options were shown doesn't matter.
type GivenAnswer struct {
	Version int64
	Payload string
	Right   bool
}

// AlikePair are two entries whose wrong answers agree so often that somebody should look. It is a hint for people, never a
// verdict: colleagues learn from the same paper.
type AlikePair struct {
	FirstEntry    int64 `json:"first_entry"`
	SecondEntry   int64 `json:"second_entry"`
	FirstAttempt  int64 `json:"first_attempt"`
	SecondAttempt int64 `json:"second_attempt"`
	Common        int   `json:"common" doc:"Items that both have answered"`
	Same          int   `json:"same" doc:"With the same answer"`
	SameWrong     int   `json:"same_wrong" doc:"With the same wrong answer"`
	Wrong         int   `json:"wrong" doc:"Wrong answers of the one that has more of them, among the common items"`
	// Weight is how unlikely the same wrong answers are together, in halvings: an answer that one in eight gives counts 3.
	Weight int `json:"weight" doc:"Halvings: the same wrong answer that one in eight gives counts 3"`
}

// The limits of the comparison.
const (
	leastSameWrong = 3
	shareSameWrong = 75  // of a hundred wrong answers of either
	rareBucket     = 250 // a wrong answer that more people gave brings nobody together
	maxAlike       = 300
)

type wrongAnswer struct {
	version int64
	payload string
}

// Alike finds pairs of sheets that agree in wrong answers. Only sheets that share one that is not common are compared, so
// ten thousand take seconds, not hours.
func Alike(sheets []AnswerSheet) []AlikePair {
	shown, given := map[int64]int{}, map[wrongAnswer][]int{}
	for i, s := range sheets {
		for _, a := range s.Answers {
			shown[a.Version]++
			if !a.Right {
				k := wrongAnswer{a.Version, a.Payload}
				given[k] = append(given[k], i)
			}
		}
	}
	looked := map[[2]int]bool{}
	var pairs []AlikePair
	for _, who := range given {
		if len(who) > rareBucket {
			continue
		}
		for i, a := range who {
			for _, b := range who[i+1:] {
				if looked[[2]int{a, b}] || sheets[a].EntryID == sheets[b].EntryID {
					continue
				}
				looked[[2]int{a, b}] = true
				if p, ok := compare(sheets[a], sheets[b], shown, given); ok {
					pairs = append(pairs, p)
				}
			}
		}
	}
	slices.SortFunc(pairs, func(a, b AlikePair) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.FirstAttempt, b.FirstAttempt), cmp.Compare(a.SecondAttempt, b.SecondAttempt))
	})
	return pairs[:min(len(pairs), maxAlike)]
}

func compare(a, b AnswerSheet, shown map[int64]int, given map[wrongAnswer][]int) (AlikePair, bool) {
	if b.AttemptID < a.AttemptID {
		a, b = b, a
	}
	p := AlikePair{FirstEntry: a.EntryID, SecondEntry: b.EntryID, FirstAttempt: a.AttemptID, SecondAttempt: b.AttemptID}
	of := make(map[int64]GivenAnswer, len(a.Answers))
	for _, x := range a.Answers {
		of[x.Version] = x
	}
	var wrongA, wrongB int
	for _, y := range b.Answers {
		x, ok := of[y.Version]
		if !ok {
			continue
		}
		p.Common++
		if !x.Right {
			wrongA++
		}
		if !y.Right {
			wrongB++
		}
		if x.Payload != y.Payload {
			continue
		}
		p.Same++
		if !x.Right && !y.Right {
			p.SameWrong++
			p.Weight += bits.Len(uint(shown[y.Version]/max(1, len(given[wrongAnswer{y.Version, y.Payload}])))) - 1
		}
	}
	p.Wrong = max(wrongA, wrongB)
	return p, p.SameWrong >= leastSameWrong && p.SameWrong*100 >= shareSameWrong*p.Wrong
}
