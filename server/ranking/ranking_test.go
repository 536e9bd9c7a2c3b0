package ranking_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/ranking"
	"pgregory.net/rapid"
)

// The order of a knowledge round: score, then closeness of the guess, then time used.
var metrics = []ranking.Metric{{Name: "score"}, {Name: "guess_distance", Ascending: true}, {Name: "time_used_us", Ascending: true}}

func TestRankStandardCompetitionPlaces(t *testing.T) {
	got := ranking.Rank(metrics, []ranking.Row{
		{ID: 1, Values: []int64{900, 5, 70}},
		{ID: 2, Values: []int64{1000, 9, 90}},
		{ID: 3, Values: []int64{900, 5, 70}},
		{ID: 4, Values: []int64{900, 5, 71}},
		{ID: 5, Values: []int64{900, 4, 99}},
	})
	want := []ranking.Standing{
		{ID: 2, Place: 1}, {ID: 5, Place: 2}, {ID: 1, Place: 3, Tied: true}, {ID: 3, Place: 3, Tied: true}, {ID: 4, Place: 5},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestRankOneTwoTwoFour(t *testing.T) {
	got := ranking.Rank(metrics[:1], []ranking.Row{
		{ID: 1, Values: []int64{7}}, {ID: 2, Values: []int64{8}}, {ID: 3, Values: []int64{8}}, {ID: 4, Values: []int64{9}},
	})
	var places []int
	for _, s := range got {
		places = append(places, s.Place)
	}
	if !slices.Equal(places, []int{1, 2, 2, 4}) {
		t.Errorf("places %v", places)
	}
}

func TestMissingValueIsWorst(t *testing.T) {
	got := ranking.Rank(metrics[:2], []ranking.Row{{ID: 1, Values: []int64{5}}, {ID: 2, Values: []int64{5, 1 << 40}}})
	if got[0].ID != 2 || got[0].Tied {
		t.Errorf("who made no guess is not before who did: %+v", got)
	}
}

func TestCut(t *testing.T) {
	// 1, 2, 2, 2, 5
	standings := ranking.Rank(metrics[:1], []ranking.Row{
		{ID: 1, Values: []int64{9}}, {ID: 2, Values: []int64{8}}, {ID: 3, Values: []int64{8}}, {ID: 4, Values: []int64{8}}, {ID: 5, Values: []int64{7}},
	})
	none := []int64{}
	for n, want := range map[int]ranking.Cut{
		0: {Through: none, AtLine: none, Out: []int64{1, 2, 3, 4, 5}},
		1: {Through: []int64{1}, AtLine: none, Out: []int64{2, 3, 4, 5}},
		3: {Through: []int64{1}, AtLine: []int64{2, 3, 4}, Free: 2, Out: []int64{5}},
		4: {Through: []int64{1, 2, 3, 4}, AtLine: none, Out: []int64{5}},
		9: {Through: []int64{1, 2, 3, 4, 5}, AtLine: none, Out: none},
	} {
		if got := ranking.CutBest(standings, n); !reflect.DeepEqual(got, want) {
			t.Errorf("the best %d: %+v, want %+v", n, got, want)
		}
	}
}

func TestFreeze(t *testing.T) {
	f := ranking.Freeze{FrozenUs: 100, ThawedUs: 200}
	for now, want := range map[int64]int64{99: 99, 100: 100, 150: 100, 199: 100, 200: 200, 300: 300} {
		if got := f.AsOf(now); got != want {
			t.Errorf("at %d the public sees %d, want %d", now, got, want)
		}
	}
	if (ranking.Freeze{}).Holds(1 << 40) {
		t.Error("a board that nobody froze stands still")
	}
	if !(ranking.Freeze{FrozenUs: 100}).Holds(1 << 40) {
		t.Error("a frozen board thawed by itself")
	}
}

func drawRows(t *rapid.T) []ranking.Row {
	// Few different values, so that ties are common.
	values := rapid.SliceOfN(rapid.Int64Range(-2, 3), len(metrics), len(metrics))
	rows := make([]ranking.Row, rapid.IntRange(0, 25).Draw(t, "rows"))
	for i := range rows {
		rows[i] = ranking.Row{ID: int64(i + 1), Values: values.Draw(t, "values")}
	}
	return rows
}

func TestRankDoesNotDependOnTheOrderOfRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		if a, b := ranking.Rank(metrics, rows), ranking.Rank(metrics, shuffled); !reflect.DeepEqual(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

// A place is one more than the number of rows that are strictly better: counted here the slow way.
func TestPlaceIsOneMoreThanTheBetterOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		better := func(a, b ranking.Row) bool {
			for i, m := range metrics {
				if a.Values[i] != b.Values[i] {
					return (a.Values[i] < b.Values[i]) == m.Ascending
				}
			}
			return false
		}
		standings := ranking.Rank(metrics, rows)
		if len(standings) != len(rows) {
			t.Fatalf("%d rows, %d standings", len(rows), len(standings))
		}
		for _, s := range standings {
			me := rows[s.ID-1]
			place, same := 1, 0
			for _, r := range rows {
				if better(r, me) {
					place++
				}
				if slices.Equal(r.Values, me.Values) {
					same++
				}
			}
			if s.Place != place || s.Tied != (same > 1) {
				t.Fatalf("row %+v: %+v, want place %d, tied %v", me, s, place, same > 1)
			}
		}
	})
}

func TestGainingNeverCostsAPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		if len(rows) == 0 {
			return
		}
		i := rapid.IntRange(0, len(rows)-1).Draw(t, "who")
		placeOf := func(id int64) int {
			for _, s := range ranking.Rank(metrics, rows) {
				if s.ID == id {
					return s.Place
				}
			}
			t.Fatalf("row %d has no place", id)
			return 0
		}
		before := placeOf(rows[i].ID)
		rows[i].Values = slices.Clone(rows[i].Values)
		rows[i].Values[0] += rapid.Int64Range(0, 5).Draw(t, "gain")
		if after := placeOf(rows[i].ID); after > before {
			t.Fatalf("a higher score moved row %d from %d to %d", rows[i].ID, before, after)
		}
	})
}

func TestCutSharesOutEveryone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		standings := ranking.Rank(metrics, drawRows(t))
		n := rapid.IntRange(-1, 30).Draw(t, "n")
		c := ranking.CutBest(standings, n)
		all := slices.Concat(c.Through, c.AtLine, c.Out)
		for i, s := range standings {
			if all[i] != s.ID {
				t.Fatalf("the cut %+v lost or moved somebody of %+v", c, standings)
			}
		}
		if len(all) != len(standings) {
			t.Fatalf("%d of %d", len(all), len(standings))
		}
		if len(c.AtLine) > 0 && (c.Free < 1 || c.Free >= len(c.AtLine)) {
			t.Fatalf("%d free of %d at the line", c.Free, len(c.AtLine))
		}
		if want := min(max(n, 0), len(standings)); len(c.Through)+c.Free != want {
			t.Fatalf("%d go on, want %d: %+v", len(c.Through)+c.Free, want, c)
		}
	})
}
