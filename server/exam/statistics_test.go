package exam_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/exam"
)

// sat makes attempts at three items that all know: item 1 parts the good from the weak, item 2 nobody, item 3 the wrong way.
func sat(n int) []exam.Sat {
	var list []exam.Sat
	for i := range n {
		good := i < n/2
		item := func(version int64, right bool, chosen string) *exam.SatItem {
			x := &exam.SatItem{Version: version, Max: 100, Right: right, Chosen: []string{chosen}}
			if right {
				x.Points = 100
			}
			return x
		}
		a := exam.Sat{Items: []*exam.SatItem{item(1, good, map[bool]string{true: "a", false: "b"}[good]), item(2, true, "a"), item(3, !good, "c")}}
		a.Total = 500 // what else is on the paper: the good ones are far ahead
		if good {
			a.Total = 1000
		}
		list = append(list, a)
	}
	return list
}

func TestItemsThatPartTheGoodFromTheWeakAreFound(t *testing.T) {
	got := exam.Statistics(sat(40))
	if len(got) != 3 {
		t.Fatalf("%d items", len(got))
	}
	for i, want := range []struct{ difficulty, discrimination int }{{5000, 10_000}, {10_000, 0}, {5000, -10_000}} {
		if got[i].Difficulty != want.difficulty || got[i].Discrimination == nil || *got[i].Discrimination != want.discrimination || got[i].Shown != 40 {
			t.Errorf("item %d: %+v", i+1, got[i])
		}
	}
	if c := got[0].Choices; len(c) != 2 || c[0].All+c[1].All != 40 || c[0].Upper != 10 || c[0].Lower != 0 || c[1].Lower != 10 {
		t.Errorf("choices: %+v", c)
	}
	if few := exam.Statistics(sat(20)); few[0].Discrimination != nil {
		t.Error("twenty attempts say nothing about an upper and a lower group")
	}
}

// The example that textbooks work with: two items that always agree are as reliable as can be.
func TestReliability(t *testing.T) {
	list := make([]exam.Sat, 0, 40)
	for i := range 40 {
		p := int64(i%2) * 100
		list = append(list, exam.Sat{Total: 2 * p, Items: []*exam.SatItem{{Version: 1, Max: 100, Points: p}, {Version: 2, Max: 100, Points: p}}})
	}
	if alpha, ok := exam.Reliability(list); !ok || alpha != 1000 {
		t.Errorf("alpha %d, %v", alpha, ok)
	}
	list[3].Items = list[3].Items[:1]
	if _, ok := exam.Reliability(list); ok {
		t.Error("papers that differ have no alpha")
	}
}

func TestStatisticsStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []exam.Sat
		shown := map[int64]int{}
		for range rapid.IntRange(1, 60).Draw(t, "attempts") {
			var a exam.Sat
			for v := int64(1); v <= rapid.Int64Range(0, 4).Draw(t, "items"); v++ {
				shown[v]++
				x := &exam.SatItem{Version: v, Max: 100, Points: rapid.SampledFrom([]int64{-50, 0, 25, 100}).Draw(t, "points")}
				a.Items, a.Total = append(a.Items, x), a.Total+x.Points
			}
			list = append(list, a)
		}
		for _, s := range exam.Statistics(list) {
			if s.Shown != shown[s.Version] || s.Difficulty < 0 || s.Difficulty > 10_000 ||
				s.Discrimination != nil && (*s.Discrimination < -10_000 || *s.Discrimination > 10_000) {
				t.Fatalf("%+v", s)
			}
		}
		if alpha, ok := exam.Reliability(list); ok && alpha > 1000 {
			t.Fatalf("alpha %d", alpha)
		}
	})
}
