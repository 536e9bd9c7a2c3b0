package plan

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/ranking"
)

// Three wards under a province that is not invited itself; ward 3 has a hamlet.
var someUnits = []Unit{{ID: 1, Name: "Tỉnh"}, {ID: 2, ParentID: 1, Invited: true, Target: 4, Name: "Phường A"},
	{ID: 3, ParentID: 1, Invited: true, Target: 2, Name: "Phường B"}, {ID: 4, ParentID: 3, Name: "Tổ dân phố"}, {ID: 5, ParentID: 1, Invited: true, Name: "Xã C"}}

func turn(entry, unit, points int64) Person {
	return Person{EntryID: entry, UnitID: unit, Taken: true, Points: points}
}

// The mean of the best three, who is missing counts 0, a hamlet's people count for their ward.
func TestAUnitsResultIsTheMeanOfItsBest(t *testing.T) {
	people := []Person{turn(1, 2, 900), turn(2, 2, 800), turn(3, 2, 400), turn(4, 2, 700), turn(5, 3, 1000), turn(6, 4, 950), {EntryID: 7, UnitID: 3}, turn(8, 5, 1000)}
	got := UnitResults(someUnits, people, contest.UnitRule{Best: 3, LeastEntrants: 2}, nil)
	want := []UnitResult{
		{UnitID: 2, Number: 2, Place: 1, Result: 800, Entrants: 4, Valid: 4, Entries: 4, Counted: []int64{1, 2, 4}},
		{UnitID: 3, Number: 3, Place: 2, Result: 650, Entrants: 2, Valid: 2, Entries: 3, Counted: []int64{5, 6}},
		{UnitID: 5, Number: 5, Result: 333, Entrants: 1, Valid: 1, Entries: 1, Why: TooFew, Counted: []int64{8}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	got = UnitResults(someUnits, people, contest.UnitRule{Best: 3, LeastShare: 8000, Of: "target", ValidPoints: 500}, nil)
	for _, u := range got {
		if why := map[int64]Why{2: TooSmall, 3: "", 5: NoCount}[u.UnitID]; u.Why != why {
			t.Errorf("unit %d of a target is %q, want %q", u.UnitID, u.Why, why)
		}
	}
}

func TestTiedUnitsArePartedByADecisionOnThem(t *testing.T) {
	people := []Person{turn(1, 2, 900), turn(2, 3, 900), turn(3, 5, 900)}
	rule := contest.UnitRule{Best: 1}
	heat := func(d ...ranking.Decision) Heat {
		return unitHeats(UnitResults(someUnits, people, rule, d), contest.Intake{Who: contest.WhoUnits, Places: []contest.Places{{Count: 1}}, Units: rule}, nil)[0]
	}
	if h := heat(); len(h.Ties()) != 1 || h.Free != 1 || h.Lines[0].Fate != AtLine {
		t.Errorf("three equal units for one place are %+v", h)
	}
	h := heat(ranking.Decision{Places: map[int64]int{2: 3, 3: 1, 5: 2}})
	if h.Lines[0].ID != 3 || h.Lines[0].Fate != Through || h.Lines[1].Fate != Out {
		t.Errorf("after the lots: %+v", h.Lines)
	}
}

func drawPeople(t *rapid.T) []Person {
	people := make([]Person, rapid.IntRange(0, 30).Draw(t, "people"))
	for i := range people {
		people[i] = Person{EntryID: int64(i + 1), UnitID: rapid.SampledFrom([]int64{0, 1, 2, 3, 4, 5}).Draw(t, "unit"), Taken: rapid.Bool().Draw(t, "taken")}
		if people[i].Taken {
			people[i].Points = rapid.Int64Range(0, 5).Draw(t, "points")
		}
	}
	return people
}

// More points never cost a unit a place, and one person more never lowers its result.
func TestDoingBetterNeverHurtsTheUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		rule := contest.UnitRule{Best: rapid.IntRange(1, 4).Draw(t, "best"), LeastEntrants: rapid.IntRange(0, 3).Draw(t, "least")}
		if len(people) == 0 {
			return
		}
		of := func(list []UnitResult, id int64) UnitResult {
			i := slices.IndexFunc(list, func(u UnitResult) bool { return u.UnitID == id })
			if i < 0 {
				return UnitResult{}
			}
			return list[i]
		}
		i := rapid.IntRange(0, len(people)-1).Draw(t, "who")
		units := map[int64]Unit{}
		for _, u := range someUnits {
			units[u.ID] = u
		}
		at := CountsAt(units, people[i].UnitID)
		before := of(UnitResults(someUnits, people, rule, nil), at)
		better := slices.Clone(people)
		better[i].Taken, better[i].Points = true, better[i].Points+rapid.Int64Range(0, 3).Draw(t, "more")
		after := of(UnitResults(someUnits, better, rule, nil), at)
		if people[i].UnitID != 0 && (after.Result < before.Result || before.Place > 0 && (after.Place == 0 || after.Place > before.Place)) {
			t.Fatalf("unit %d fell from %+v to %+v", at, before, after)
		}
	})
}

// Whatever the list: as many go on as there are places, unless a tie is at the line, and nobody behind somebody who is out.
func TestACutGivesItsPlacesAndNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []ranking.Row
		for i := range rapid.IntRange(0, 25).Draw(t, "rows") {
			rows = append(rows, ranking.Row{ID: int64(i + 1), Values: []int64{rapid.Int64Range(0, 6).Draw(t, "value")}})
		}
		h := Heat{Places: rapid.IntRange(0, 12).Draw(t, "places")}
		for _, s := range ranking.Rank([]ranking.Metric{{Name: "value"}}, rows) {
			h.Lines = append(h.Lines, Line{ID: s.ID, Place: s.Place, Tied: s.Tied})
		}
		reserves := rapid.IntRange(0, 5).Draw(t, "reserves")
		h.Cut(reserves)
		count := map[Fate]int{}
		order := []Fate{Through, AtLine, Reserve, Out}
		last := 0
		for _, l := range h.Lines {
			count[l.Fate]++
			at := slices.Index(order, l.Fate)
			if at < last {
				t.Fatalf("%v stands behind %v: %+v", l.Fate, order[last], h.Lines)
			}
			last = at
		}
		if got, want := count[Through]+h.Free, min(h.Places, len(h.Lines)); got != want {
			t.Fatalf("%d go on, want %d", got, want)
		}
		if count[AtLine] == 0 != (h.Free == 0) {
			t.Fatalf("%d at the line for %d places", count[AtLine], h.Free)
		}
		if behind := count[AtLine] - h.Free; len(h.Lines) > h.Places+reserves && behind+count[Reserve] < reserves {
			t.Fatalf("%d and %d in reserve, want %d", behind, count[Reserve], reserves)
		}
		for _, tie := range h.Ties() {
			fates := map[Fate]bool{}
			for _, l := range h.Lines {
				if slices.Contains(tie, l.ID) {
					fates[l.Fate] = true
				}
			}
			if len(fates) != 1 {
				t.Fatalf("a tie has %v", fates)
			}
		}
		// What is kept of the list cuts the same.
		kept := h.Shown(0)
		again := Heat{Places: h.Places, Lines: slices.Clone(kept.Lines)}
		again.Cut(reserves)
		if fmt.Sprint(again.Lines) != fmt.Sprint(kept.Lines) {
			t.Fatalf("kept %+v cuts as %+v", kept.Lines, again.Lines)
		}
	})
}
