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

// sheetAnswer is an answer by the number that all who gave it share; 0: a right one.
type sheetAnswer struct {
	version int64
	wrong   int32
	payload string
}

// sheetIndex is what sheets are compared by.
type sheetIndex struct {
	sheets  []AnswerSheet
	answers [][]sheetAnswer // of each sheet, by version
	shown   map[int64]int   // sheets that have answered a version
	givers  [][]int32       // the sheets of a wrong answer, in their order
}

func indexed(sheets []AnswerSheet) *sheetIndex {
	x := &sheetIndex{sheets: sheets, answers: make([][]sheetAnswer, len(sheets)), shown: map[int64]int{}, givers: [][]int32{nil}}
	numbers := map[wrongAnswer]int32{}
	for i, s := range sheets {
		list := make([]sheetAnswer, 0, len(s.Answers))
		for _, a := range s.Answers {
			x.shown[a.Version]++
			one := sheetAnswer{version: a.Version, payload: a.Payload}
			if !a.Right {
				k := wrongAnswer{a.Version, a.Payload}
				n, known := numbers[k]
				if !known {
					n = int32(len(x.givers))
					numbers[k], x.givers = n, append(x.givers, nil)
				}
				one.wrong = n
				x.givers[n] = append(x.givers[n], int32(i))
			}
			list = append(list, one)
		}
		slices.SortFunc(list, func(a, b sheetAnswer) int { return cmp.Compare(a.version, b.version) })
		x.answers[i] = list
	}
	return x
}

// Alike finds pairs of sheets that agree in wrong answers. Only sheets that share one that is not common are compared, so
// that thirty thousand take seconds, not hours.
func Alike(sheets []AnswerSheet) []AlikePair {
	x := indexed(sheets)
	met := make([]int32, len(sheets)) // the last sheet, counted from 1, that each was compared with
	var pairs []AlikePair
	for i := range sheets {
		for _, a := range x.answers[i] {
			who := x.givers[a.wrong]
			if a.wrong == 0 || len(who) > rareBucket {
				continue
			}
			from, _ := slices.BinarySearch(who, int32(i))
			for _, j := range who[from+1:] {
				if met[j] == int32(i+1) || sheets[i].EntryID == sheets[j].EntryID {
					continue
				}
				met[j] = int32(i + 1)
				if p, ok := x.compare(i, int(j)); ok {
					pairs = append(pairs, p)
				}
			}
		}
		if len(pairs) > 100*maxAlike {
			pairs = worst(pairs)
		}
	}
	return worst(pairs)
}

// worst are the pairs that are the least likely.
func worst(pairs []AlikePair) []AlikePair {
	slices.SortFunc(pairs, func(a, b AlikePair) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.FirstAttempt, b.FirstAttempt), cmp.Compare(a.SecondAttempt, b.SecondAttempt))
	})
	return pairs[:min(len(pairs), maxAlike)]
}

func (x *sheetIndex) compare(i, j int) (AlikePair, bool) {
	if x.sheets[j].AttemptID < x.sheets[i].AttemptID {
		i, j = j, i
	}
	var p AlikePair
	var wrongA, wrongB int
	for one, other := x.answers[i], x.answers[j]; len(one) > 0 && len(other) > 0; {
		a, b := &one[0], &other[0]
		if a.version < b.version {
			one = one[1:]
			continue
		}
		if b.version < a.version {
			other = other[1:]
			continue
		}
		one, other = one[1:], other[1:]
		p.Common++
		if a.wrong != 0 {
			wrongA++
		}
		if b.wrong != 0 {
			wrongB++
		}
		switch {
		case a.wrong != b.wrong:
		case a.wrong != 0:
			p.Same, p.SameWrong = p.Same+1, p.SameWrong+1
			p.Weight += bits.Len(uint(x.shown[a.version]/len(x.givers[a.wrong]))) - 1
		case a.payload == b.payload:
			p.Same++
		}
	}
	p.Wrong = max(wrongA, wrongB)
	if p.SameWrong < leastSameWrong || p.SameWrong*100 < shareSameWrong*p.Wrong {
		return p, false
	}
	p.FirstEntry, p.SecondEntry = x.sheets[i].EntryID, x.sheets[j].EntryID
	p.FirstAttempt, p.SecondAttempt = x.sheets[i].AttemptID, x.sheets[j].AttemptID
	return p, true
}
