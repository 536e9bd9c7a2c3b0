package exam_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/exam"
)

// fair makes sheets of people who err each in their own way.
func fair(n, items int) []exam.AnswerSheet {
	dice := rand.New(rand.NewPCG(7, 11))
	var list []exam.AnswerSheet
	for i := range n {
		s := exam.AnswerSheet{AttemptID: int64(1000 + i), EntryID: int64(i + 1)}
		for v := range items {
			a := exam.GivenAnswer{Version: int64(v), Payload: "right", Right: true}
			if (i+v)%4 == 0 {
				a.Payload, a.Right = "w"+strconv.Itoa(dice.IntN(5)), false
			}
			s.Answers = append(s.Answers, a)
		}
		list = append(list, s)
	}
	return list
}

func TestCopiedWrongAnswersAreFound(t *testing.T) {
	list := fair(60, 20)
	copied := exam.AnswerSheet{AttemptID: 5000, EntryID: 500, Answers: slices.Clone(list[10].Answers)}
	for i := range copied.Answers { // and one of its own
		if copied.Answers[i].Right {
			copied.Answers[i] = exam.GivenAnswer{Version: copied.Answers[i].Version, Payload: "odd"}
			break
		}
	}
	pairs := exam.Alike(append(list, copied))
	if len(pairs) == 0 || pairs[0].FirstEntry != 11 || pairs[0].SecondEntry != 500 || pairs[0].SameWrong != 5 || pairs[0].Wrong != 6 || pairs[0].Same != 19 {
		t.Fatalf("%+v", pairs)
	}
}

func TestTheSameRightAnswersAreNoSign(t *testing.T) {
	var list []exam.AnswerSheet
	for i := range 50 {
		s := exam.AnswerSheet{AttemptID: int64(i), EntryID: int64(i)}
		for v := range 20 {
			s.Answers = append(s.Answers, exam.GivenAnswer{Version: int64(v), Payload: "a", Right: true})
		}
		list = append(list, s)
	}
	if pairs := exam.Alike(list); len(pairs) != 0 {
		t.Fatalf("%+v", pairs)
	}
}

// The order in which sheets come in says nothing, nobody is paired with himself, and counts fit together.
func TestPairsDependOnNothingButTheSheets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []exam.AnswerSheet
		for i := range rapid.IntRange(0, 12).Draw(t, "sheets") {
			s := exam.AnswerSheet{AttemptID: int64(i), EntryID: int64(i / 2)}
			for v := range 8 {
				p := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "answer")
				s.Answers = append(s.Answers, exam.GivenAnswer{Version: int64(v), Payload: p, Right: p == "a"})
			}
			list = append(list, s)
		}
		pairs := exam.Alike(list)
		if again := exam.Alike(rapid.Permutation(list).Draw(t, "shuffled")); !slices.Equal(pairs, again) {
			t.Fatalf("%v\n%v", pairs, again)
		}
		for _, p := range pairs {
			if p.FirstEntry == p.SecondEntry || p.SameWrong > p.Wrong || p.SameWrong > p.Same || p.Same > p.Common || p.Common > 8 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
