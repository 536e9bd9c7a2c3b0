package vote

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Who withdraws keeps the votes, and they count for nothing; who comes back has them again. A voter's one vote is spent.
func TestACandidateThatWithdrawsScalesNobody(t *testing.T) {
	h := open(t)
	tickets := h.tickets(12)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	for i, ticket := range tickets[:9] {
		_, err := h.cast([]int{0, 0, 0, 0, 0, 1, 1, 1, 2}[i], ticket)
		h.must(err)
	}
	version := func() int64 {
		t.Helper()
		v, err := h.s.Version(h.ctx, h.roundID)
		h.must(err)
		return v
	}
	before := version()
	h.must(h.s.Roster.Withdraw(h.ctx, h.contestID, h.entries[0], "Đội xin rút vì ốm"))
	if version() == before {
		t.Error("boards cannot tell that a candidate has withdrawn")
	}
	_, err := h.cast(0, tickets[9])
	h.wants("voting for who has withdrawn", err, errWithdrawn)
	_, err = h.cast(1, tickets[9])
	h.must(err) // the refusal has not used the ticket
	_, err = h.cast(1, tickets[0])
	h.wants("voting again after one's choice has withdrawn", err, errUsedWithdrawn)
	if _, err := h.cast(0, tickets[0]); err != nil {
		t.Errorf("the receipt of a vote for who has withdrawn: %v", err)
	}
	organizer, err := h.s.Organizer(h.ctx, h.contestID, h.roundID)
	h.must(err)
	audience, err := h.s.Audience(h.ctx, h.roundID)
	h.must(err)
	if len(organizer.Withdrawn) != 1 || organizer.Withdrawn[0].Votes != 5 || organizer.Withdrawn[0].Name != "Đội Hạc Thành" || len(organizer.Candidates) != 2 ||
		sum(organizer.Counts) != 5 || len(audience.Candidates) != 2 {
		t.Errorf("the organizer sees %+v, of %+v and the withdrawn %+v; the public %+v", organizer.Counts, organizer.Candidates, organizer.Withdrawn, audience.Candidates)
	}
	h.must(h.s.Close(h.ctx, h.contestID, h.roundID))
	points := func(when string, want ...int64) {
		t.Helper()
		_, _, scores, err := h.s.Scores(h.ctx, h.roundID)
		h.must(err)
		in, err := h.s.Inputs(h.ctx, h.roundID)
		h.must(err)
		again, err := Recompute(in)
		h.must(err)
		var got []int64
		for _, x := range scores {
			got = append(got, x.Points)
		}
		if !slices.Equal(got, want) || !reflect.DeepEqual(again, scores) {
			t.Errorf("%s: points %v, want %v; recomputed %+v", when, got, want, again)
		}
	}
	points("withdrawn", 1000, 250)
	after := version()
	h.must(h.s.Roster.Restore(h.ctx, h.contestID, h.entries[0]))
	points("back again", 1000, 800, 200)
	if version() == after {
		t.Error("boards cannot tell that a candidate has come back")
	}
}

func TestScoresOfVotes(t *testing.T) {
	if got := Scores(1000, []Count{{1, 30}, {2, 20}, {3, 0}, {4, 7}}); got[0].Points != 1000 || got[1].Points != 667 || got[2].Points != 0 || got[3].Points != 233 {
		t.Errorf("%+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Int64Range(1, 100_000).Draw(t, "max")
		counts := make([]Count, rapid.IntRange(1, 8).Draw(t, "entries"))
		for i := range counts {
			counts[i] = Count{EntryID: int64(i), Votes: rapid.Int64Range(0, 1_000_000_000).Draw(t, "votes")}
		}
		scores := Scores(most, counts)
		for _, a := range scores {
			if a.Points < 0 || a.Points > most {
				t.Fatalf("%d votes give %d of %d", a.Votes, a.Points, most)
			}
			for _, b := range scores {
				if a.Votes == b.Votes && a.Points != b.Points || a.Votes > b.Votes && a.Points < b.Points {
					t.Fatalf("%d votes give %d, %d give %d", a.Votes, a.Points, b.Votes, b.Points)
				}
			}
		}
	})
}

// The scores of those who stay are those of a vote that the withdrawn never stood in, whoever counts.
func TestTallyWithoutTheWithdrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, without := inputs{Settings: DefaultSettings}, inputs{Settings: DefaultSettings}
		n := rapid.IntRange(1, 8).Draw(t, "candidates")
		for id := range int64(n) {
			in.Candidates = append(in.Candidates, id)
			if rapid.Bool().Draw(t, "withdraws") {
				in.Withdrawn = append(in.Withdrawn, id)
			} else {
				without.Candidates = append(without.Candidates, id)
			}
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "votes") {
			b := ballot{EntryID: rapid.Int64Range(0, int64(n)-1).Draw(t, "for"), MAC: []byte{byte(i)}}
			in.Ballots = append(in.Ballots, b)
			if slices.Contains(without.Candidates, b.EntryID) {
				without.Ballots = append(without.Ballots, b)
			}
		}
		got, err := Recompute(in.encode())
		if err != nil {
			t.Fatal(err)
		}
		want, err := Recompute(without.encode())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("with the withdrawn %+v, had they never stood %+v (%v)", got, want, err)
		}
		all := tally(in.counts(), func(id int64) bool { return slices.Contains(in.Withdrawn, id) })
		if sum(all.Counts)+sum(all.Withdrawn) != int64(len(in.Ballots)) {
			t.Fatalf("%d votes were stored, the tally keeps %+v", len(in.Ballots), all)
		}
	})
}
