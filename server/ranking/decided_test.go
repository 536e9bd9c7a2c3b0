package ranking_test

import (
	"reflect"
	"testing"

	"github.com/hoithi/hoithi/server/ranking"
	"pgregory.net/rapid"
)

func TestADecisionHoldsForTheTieItWasMadeFor(t *testing.T) {
	rows := []ranking.Row{{ID: 1, Values: []int64{9}}, {ID: 2, Values: []int64{8}}, {ID: 3, Values: []int64{8}}, {ID: 4, Values: []int64{8}}}
	lots := ranking.Decision{Places: map[int64]int{2: 3, 3: 1, 4: 2}}
	got := ranking.RankDecided(metrics[:1], rows, []ranking.Decision{lots})
	want := []ranking.Standing{{ID: 1, Place: 1}, {ID: 3, Place: 2}, {ID: 4, Place: 3}, {ID: 2, Place: 4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the lots give %+v", got)
	}
	rows[3].Values = []int64{7} // the tie is another one now
	got = ranking.RankDecided(metrics[:1], rows, []ranking.Decision{lots})
	want = []ranking.Standing{{ID: 1, Place: 1}, {ID: 2, Place: 2, Tied: true}, {ID: 3, Place: 2, Tied: true}, {ID: 4, Place: 4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("lots drawn for three part two: %+v", got)
	}
}

func TestAFurtherDecisionPartsWhatTheFirstLeft(t *testing.T) {
	rows := []ranking.Row{{ID: 1, Values: []int64{8}}, {ID: 2, Values: []int64{8}}, {ID: 3, Values: []int64{8}}}
	round := ranking.Decision{Places: map[int64]int{1: 2, 2: 1, 3: 2}}
	head := ranking.Decision{Places: map[int64]int{3: 1, 1: 2}}
	got := ranking.RankDecided(metrics[:1], rows, []ranking.Decision{head, round})
	want := []ranking.Standing{{ID: 2, Place: 1}, {ID: 3, Place: 2}, {ID: 1, Place: 3}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// Decisions never move anybody across somebody whom the metrics tell apart, and without a fitting one nothing changes.
func TestDecisionsOnlyPartTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		plain := ranking.Rank(metrics, rows)
		var decisions []ranking.Decision
		for _, tie := range ranking.Ties(plain) {
			if rapid.Bool().Draw(t, "decided") {
				d := ranking.Decision{Places: map[int64]int{}}
				for i, id := range rapid.Permutation(tie).Draw(t, "order") {
					d.Places[id] = i + 1
				}
				decisions = append(decisions, d)
			}
		}
		got := ranking.RankDecided(metrics, rows, decisions)
		before := map[int64]int{}
		for _, s := range plain {
			before[s.ID] = s.Place
		}
		for i := 1; i < len(got); i++ {
			if before[got[i-1].ID] > before[got[i].ID] {
				t.Fatalf("%+v stands before %+v, the metrics say otherwise", got[i-1], got[i])
			}
		}
		if len(got) != len(plain) {
			t.Fatalf("%d of %d", len(got), len(plain))
		}
		if len(decisions) == 0 && !reflect.DeepEqual(got, plain) {
			t.Fatalf("without decisions %+v became %+v", plain, got)
		}
		if len(decisions) == len(ranking.Ties(plain)) && len(ranking.Ties(got)) != 0 {
			t.Fatalf("all ties were decided, %v are left", ranking.Ties(got))
		}
	})
}
