package leaderboard

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// cutContest has a first round for all, a second for the best two of it, and a last one that starts from zero.
func cutContest() contest.Contest {
	c := twoRounds()
	c.Divisions = c.Divisions[:1]
	best := contest.Intake{Who: contest.WhoBest, Basis: contest.BasisOverall, Places: []contest.Places{{Count: 2}}}
	c.Rounds[0].State, c.Rounds[1].State, c.Rounds[1].Intake = contest.Closed, contest.RoundRunning, best
	return c
}

func points(list ...int64) Scores {
	s := Scores{}
	for i, p := range list {
		s.Rows = append(s.Rows, Score{EntryID: int64(i + 1), Points: p})
	}
	return s
}

func TestWhoReachedALaterRoundStandsBeforeWhoDidNot(t *testing.T) {
	in := Input{Contest: cutContest(), Entries: []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1)},
		Scores: map[int64]Scores{11: points(900, 800, 700), 12: {Rows: []Score{{EntryID: 3, Points: 50}, {EntryID: 1, Points: 20}}}},
		Lists:  map[int64][]int64{12: {1, 3}}} // 2 withdrew from the second round, 3 followed
	b := ComputePlan(in)
	got := standings(b)
	want := []standing{{1, 1, false}, {3, 2, false}, {2, 3, false}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	in.Contest.Rounds[1].FromZero = true
	b = ComputePlan(in)
	if got, want := standings(b), []standing{{3, 1, false}, {1, 2, false}, {2, 3, false}}; !slices.Equal(got, want) {
		t.Errorf("from zero: got %+v, want %+v", got, want)
	}
	if b.Rows[0].Total != 50 || b.Rows[2].Total != 800 {
		t.Errorf("totals %d and %d: the round that begins anew counts alone for those in it", b.Rows[0].Total, b.Rows[2].Total)
	}
	if len(b.Cuts) != 1 || !b.Cuts[0].Done || b.Cuts[0].Through != 2 {
		t.Errorf("the line is told as %+v", b.Cuts)
	}
}

func TestALineThroughATieIsTold(t *testing.T) {
	in := Input{Contest: cutContest(), Entries: []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1)},
		Scores: map[int64]Scores{11: points(900, 800, 800)}}
	in.Contest.Rounds[1].State = contest.Planned
	b := ComputePlan(in)
	if len(b.Cuts) != 1 || b.Cuts[0].Done || b.Cuts[0].Through != 1 || b.Cuts[0].Free != 1 || !slices.Equal(b.Cuts[0].AtLine, []int64{2, 3}) {
		t.Fatalf("the line is told as %+v", b.Cuts)
	}
	in.Decisions = []Decision{{Decision: ranking.Decision{Places: map[int64]int{2: 2, 3: 1}}}}
	b = ComputePlan(in)
	if b.Cuts[0].Through != 2 || b.Cuts[0].AtLine != nil || b.Rows[1].EntryID != 3 {
		t.Errorf("after the lots: %+v, second is %d", b.Cuts[0], b.Rows[1].EntryID)
	}
}

// While the first round's board is hidden, nothing public says who went on.
func TestAPromotionTellsNothingOfAHiddenRound(t *testing.T) {
	in := Input{Contest: cutContest(), Entries: []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1)}, Public: true,
		Scores: map[int64]Scores{11: {Hidden: true, Rows: points(900, 800, 700).Rows}}, Lists: map[int64][]int64{12: {1, 3}}}
	in.Contest.Rounds[1].State = contest.Ready
	b := ComputePlan(in)
	for _, r := range b.Rows {
		if r.Level != 0 || r.Place != 0 {
			t.Errorf("the public reads of entry %d: level %d, place %d", r.EntryID, r.Level, r.Place)
		}
	}
	if len(b.Cuts) != 0 {
		t.Errorf("the public reads where the line is: %+v", b.Cuts)
	}
	in.Contest.Rounds[1].State = contest.RoundRunning // now everybody sees who is on stage
	if b := ComputePlan(in); b.Rows[0].Level != 1 && b.Rows[1].Level != 1 {
		t.Error("who takes part in a public round is not told")
	}
}

func TestPersonsAndTeamsAreRankedApart(t *testing.T) {
	c := cutContest()
	c.Rounds[0].EntryKind, c.Rounds[1].EntryKind = contest.PersonEntry, contest.TeamEntry
	c.Rounds[1].Intake.Who = contest.WhoUnits
	entries := []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1), entry(4, 1)}
	for i := range entries {
		entries[i].Kind = roster.KindPerson
		if entries[i].ID > 2 {
			entries[i].Kind = roster.KindTeam
		}
	}
	in := Input{Contest: c, Entries: entries, Lists: map[int64][]int64{12: {3, 4}},
		Scores: map[int64]Scores{11: points(900, 800), 12: {Rows: []Score{{EntryID: 4, Points: 100}, {EntryID: 3, Points: 90}}}}}
	b := ComputePlan(in)
	if got, want := standings(b), []standing{{4, 1, false}, {3, 2, false}, {1, 1, false}, {2, 2, false}}; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if b.Rows[0].Kind != roster.KindTeam || b.Rows[2].Kind != roster.KindPerson {
		t.Error("the rows don't say who is a team")
	}
}

// Whatever came through, in whatever order: levels go before totals, totals before the rest, and nobody is lost.
func TestLevelsGoBeforeTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Contest: cutContest(), Scores: map[int64]Scores{}, Lists: map[int64][]int64{12: {}}}
		in.Contest.Rounds[1].FromZero = rapid.Bool().Draw(t, "from zero")
		for i := range rapid.IntRange(1, 20).Draw(t, "entries") {
			id := int64(i + 1)
			in.Entries = append(in.Entries, entry(id, 1))
			through := rapid.Bool().Draw(t, "through")
			if through {
				in.Lists[12] = append(in.Lists[12], id)
			}
			for _, r := range in.Contest.Rounds {
				if r.ID == 11 || through && rapid.Bool().Draw(t, "scored") {
					s := in.Scores[r.ID]
					s.Rows = append(s.Rows, Score{EntryID: id, Points: rapid.Int64Range(0, 4).Draw(t, "points")})
					in.Scores[r.ID] = s
				}
			}
		}
		b := ComputePlan(in)
		if len(b.Rows) != len(in.Entries) {
			t.Fatalf("%d rows of %d entries", len(b.Rows), len(in.Entries))
		}
		for i := 1; i < len(b.Rows); i++ {
			x, y := b.Rows[i-1], b.Rows[i]
			if x.Level < y.Level || x.Level == y.Level && x.Total < y.Total {
				t.Fatalf("%+v stands before %+v", x, y)
			}
			if x.Level > y.Level && x.Place >= y.Place {
				t.Fatalf("places %d and %d across the line", x.Place, y.Place)
			}
		}
		before := ComputePlan(in.Before(12))
		for _, r := range before.Rows {
			if r.Level != 0 || len(r.Scores) != 1 {
				t.Fatalf("before the second round entry %d has level %d and %d scores", r.EntryID, r.Level, len(r.Scores))
			}
		}
	})
}

// A contestant reads the side of the line on which the own row of the public board stands, and nothing while the board
// does not say where it runs.
func TestOnesOwnSideOfTheLine(t *testing.T) {
	in := Input{Contest: cutContest(), Entries: []roster.Entry{entry(1, 1), entry(2, 1), entry(3, 1), entry(4, 1), entry(5, 1)}, Public: true,
		Scores: map[int64]Scores{11: points(900, 800, 800, 700)}}
	in.Contest.Rounds[1].State = contest.Planned
	sides := func() map[int64]Side {
		b := ComputePlan(in)
		p, places, got := &Public{Board: b}, placesOf(b), map[int64]Side{}
		for _, e := range in.Entries {
			if own := places.own(p, e.ID); own.Cut != nil {
				got[e.ID] = own.Cut.Side
				if _, done := in.Lists[12]; own.Cut.Done != done || own.Cut.RoundID != 12 || own.Cut.Places != 2 {
					t.Errorf("entry %d reads %+v", e.ID, own.Cut)
				}
			}
		}
		return got
	}
	if got, want := sides(), (map[int64]Side{1: Above, 2: AtLine, 3: AtLine, 4: Below}); !maps.Equal(got, want) {
		t.Errorf("before it is decided: %v, want %v", got, want)
	}
	in.Lists = map[int64][]int64{12: {1, 4}} // 2 and 3 gave up their places
	if got, want := sides(), (map[int64]Side{1: Above, 2: Below, 3: Below, 4: Above}); !maps.Equal(got, want) {
		t.Errorf("decided: %v, want %v", got, want)
	}
	hidden := in.Scores[11]
	hidden.Hidden = true
	in.Scores[11] = hidden
	if got := sides(); len(got) != 0 {
		t.Errorf("of a hidden round is told: %v", got)
	}
}
