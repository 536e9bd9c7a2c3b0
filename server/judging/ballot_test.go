package judging_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// A count parts nobody who is equal, gives no more than there are places, and hangs on nothing but the votes.
func TestACountPartsNoEquals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		votes := rapid.SliceOfN(rapid.IntRange(0, 4), 2, 12).Draw(t, "votes")
		places := rapid.IntRange(1, 5).Draw(t, "places")
		tallies, of := []judging.Tally{}, map[int64]int{}
		for i, v := range votes {
			tallies = append(tallies, judging.Tally{EntryID: int64(i + 1), Votes: v})
			of[int64(i+1)] = v
		}
		o := judging.Count(tallies, places)
		least, rest := 1<<30, 0
		for _, id := range o.Won {
			least = min(least, of[id])
		}
		for id, v := range of {
			if !slices.Contains(o.Won, id) {
				rest = max(rest, v)
			}
		}
		switch {
		case len(o.Won)+o.Left > places:
			t.Fatalf("%d places give %+v", places, o)
		case len(o.Won) > 0 && (least <= rest || least == 0):
			t.Fatalf("a winner has %d votes, somebody else %d: %+v", least, rest, o)
		case len(o.Tied) > 0 && (o.Left < 1 || len(o.Tied) <= o.Left && slices.Max(votes) > 0):
			t.Fatalf("nothing to ask: %+v", o)
		case len(o.Tied) == 0 && len(o.Won) < places && rest > 0:
			t.Fatalf("a place is left for %d votes: %+v", rest, o)
		}
		for _, id := range o.Tied {
			if of[id] != rest || slices.Contains(o.Won, id) {
				t.Fatalf("tied with %d votes beside %d: %+v", of[id], rest, o)
			}
		}
		for id, v := range of {
			if len(o.Tied) > 0 && v == rest && !slices.Contains(o.Won, id) && !slices.Contains(o.Tied, id) {
				t.Fatalf("%d is as good as the tied and not among them: %+v", id, o)
			}
		}
		shuffled := judging.Count(rapid.Permutation(tallies).Draw(t, "order"), places)
		slices.Sort(o.Tied)
		slices.Sort(shuffled.Tied)
		slices.Sort(o.Won)
		slices.Sort(shuffled.Won)
		if fmt.Sprint(o) != fmt.Sprint(shuffled) {
			t.Fatalf("the order of the list matters: %+v, %+v", o, shuffled)
		}
	})
}

// poll is a hall whose panel votes.
type poll struct {
	*hall
	id        int64
	secretary context.Context
	given     []judging.Prize
}

func newPoll(t *testing.T, judges, teams int, r judging.BallotRules) *poll {
	t.Helper()
	p := &poll{hall: open(t, judges, teams)}
	p.secretary = p.person("Thư ký")
	p.s.UsePrizes(func(_ context.Context, _ pgx.Tx, _ int64, won []judging.Prize) error {
		p.given = append(p.given, won...)
		return nil
	})
	r.Name, r.RoundID, r.Places, r.VotesEach, r.Panels = "Tiết mục ấn tượng", p.roundID, max(1, r.Places), max(1, r.VotesEach), []int64{p.roundID}
	var err error
	p.id, err = p.s.AddBallot(p.organizer, p.contestID, r)
	p.must(err)
	p.must(p.s.OpenBallot(p.secretary, p.contestID, p.id, 0))
	return p
}

func (p *poll) paper(judge int) judging.PaperView {
	p.t.Helper()
	b, err := p.s.Ballots(p.judges[judge], p.contestID)
	p.must(err)
	return b.Mine(idOf(p.judges[judge])).Papers[0]
}

func (p *poll) vote(judge int, teams ...int) error {
	v := p.paper(judge)
	x := judging.Vote{Run: v.Run, Seen: v.Version, Entries: []int64{}}
	for _, n := range teams {
		x.Entries = append(x.Entries, p.entries[n])
	}
	return p.s.CastVote(p.judges[judge], p.contestID, p.id, x)
}

func (p *poll) view() judging.BallotView {
	p.t.Helper()
	b, err := p.s.Ballots(p.secretary, p.contestID)
	p.must(err)
	return b.View().Ballots[0]
}

// A secret ballot from its opening to the prize: a vote changes until the close, nobody but the voter sees it, the second
// device is told of the first, a tie is asked about, the second ballot is among the tied, and who voted for whom is gone.
func TestASecretBallotWithATie(t *testing.T) {
	t.Parallel()
	p := newPoll(t, 5, 4, judging.BallotRules{Head: true})
	p.must(p.vote(0, 0))
	p.must(p.vote(0, 1)) // changed
	p.must(p.vote(1, 1))
	p.must(p.vote(2, 2))
	p.must(p.vote(3, 2))
	stale := judging.Vote{Run: 1, Seen: 0, Entries: []int64{p.entries[3]}}
	wants(t, "an old device", p.s.CastVote(p.judges[0], p.contestID, p.id, stale), "ballot_paper_moved")
	again := judging.Vote{Run: 1, Seen: 0, Entries: []int64{p.entries[1]}}
	p.must(p.s.CastVote(p.judges[0], p.contestID, p.id, again)) // the same paper sent again
	wants(t, "two choices", p.vote(4, 0, 1), "ballot_too_many")
	wants(t, "a stranger", p.s.CastVote(p.secretary, p.contestID, p.id, again), "not_a_voter")
	wants(t, "a judge closes", p.s.CloseBallot(p.judges[0], p.contestID, p.id, 1, "hết giờ"), "ballot_voter_acts")
	wants(t, "one has not voted", p.s.CloseBallot(p.secretary, p.contestID, p.id, 1, ""), "ballot_reason")
	if v := p.view(); v.Runs[0].Voted != 4 || v.Runs[0].Count != nil {
		t.Errorf("while it is open: %+v", v.Runs[0])
	}
	if v := p.paper(1); v.Count != nil || v.Turnout != nil || !slices.Equal(v.Mine, []int64{p.entries[1]}) {
		t.Errorf("a judge's paper: %+v", v)
	}
	p.must(p.s.CloseBallot(p.secretary, p.contestID, p.id, 1, "Giám khảo 5 về sớm"))
	wants(t, "a late vote", p.vote(4, 0), "ballot_closed")
	if n := p.count(`SELECT count(*) FROM ballot_vote`); n != 0 {
		t.Errorf("%d votes of a secret ballot are kept with their names", n)
	}
	v := p.view()
	if c := v.Runs[0].Count; v.State != judging.BallotCounted || len(c.Tied) != 2 || c.Left != 1 || len(p.given) != 0 {
		t.Fatalf("a tie: %+v, given %+v", v, p.given)
	}
	wants(t, "the head passes over the tie", p.s.ConfirmBallot(p.judges[0], p.contestID, p.id, 1, []int64{p.entries[0]}, "thích"), "ballot_heads_choice")
	wants(t, "the head decides without a reason", p.s.ConfirmBallot(p.judges[0], p.contestID, p.id, 1, []int64{p.entries[1]}, ""), "reason_missing")

	p.must(p.s.OpenBallot(p.secretary, p.contestID, p.id, 1))
	wants(t, "opened twice", p.s.OpenBallot(p.secretary, p.contestID, p.id, 1), "ballot_moved")
	wants(t, "who is out", p.vote(0, 0), "ballot_paper")
	for judge, team := range []int{1, 2, 2, 2} {
		p.must(p.vote(judge, team))
	}
	p.must(p.vote(4)) // blank
	p.must(p.s.CloseBallot(p.secretary, p.contestID, p.id, 2, ""))
	if p.paper(0).Count == nil || p.paper(1).Count != nil {
		t.Error("the count is for the head judge alone")
	}
	wants(t, "another judge confirms", p.s.ConfirmBallot(p.judges[1], p.contestID, p.id, 2, nil, ""), "ballot_not_head")
	p.must(p.s.ConfirmBallot(p.judges[0], p.contestID, p.id, 2, nil, ""))
	wants(t, "confirmed twice", p.s.ConfirmBallot(p.judges[0], p.contestID, p.id, 2, nil, ""), "ballot_moved")
	if len(p.given) != 1 || p.given[0].EntryID != p.entries[2] || p.given[0].Note != "Ban Giám khảo bỏ phiếu: 3/5 phiếu (lần 2)" {
		t.Errorf("given: %+v", p.given)
	}
	d, err := p.s.BallotMinutes(p.secretary, p.contestID, p.id)
	p.must(err)
	text := fmt.Sprint(d.Blocks, d.Standing)
	for _, word := range []string{"Giám khảo 5 về sớm", "Số phiếu thu về: 4/5", "Phiếu trắng: 1", "Đội 3", "3/5 phiếu (lần 2)"} {
		if !strings.Contains(text, word) {
			t.Errorf("the minutes lack %q: %s", word, text)
		}
	}
	if head := d.Signers[len(d.Signers)-1]; head.Name == "" {
		t.Error("the minutes don't name the head judge who confirmed")
	}
	if n := p.count(`SELECT count(*) FROM audit_event WHERE action LIKE 'judging.ballot_%'`); n != 6 {
		t.Errorf("%d acts in the record, want plan, open, close, open, close, decide", n)
	}
}

// The head judge answers a tie with a reason; of two places the sure one stands.
func TestTheHeadJudgeAnswersATie(t *testing.T) {
	t.Parallel()
	p := newPoll(t, 5, 4, judging.BallotRules{Named: true, Places: 2})
	for judge, team := range []int{0, 0, 0, 1, 2} {
		p.must(p.vote(judge, team))
	}
	p.must(p.s.CloseBallot(p.secretary, p.contestID, p.id, 1, ""))
	if c := p.view().Runs[0].Count; !slices.Equal(c.Won, p.entries[:1]) || c.Left != 1 || !slices.Equal(c.Rows[0].By, []string{"Giám khảo 1", "Giám khảo 2", "Giám khảo 3"}) {
		t.Fatalf("an open ballot: %+v", c)
	}
	p.must(p.s.ConfirmBallot(p.judges[0], p.contestID, p.id, 1, []int64{p.entries[2]}, "Nội dung sát thực tế hơn"))
	v := p.view()
	if len(v.Winners) != 2 || v.Winners[0].ByHead || !v.Winners[1].ByHead || v.Winners[1].EntryID != p.entries[2] || v.Reason != "Nội dung sát thực tế hơn" || len(p.given) != 2 {
		t.Errorf("decided: %+v, given %+v", v, p.given)
	}
}

// Without a head judge's word a clear count stands at once; whoever is tied to an entry by the rule does not vote for it;
// and a contest whose result is final takes no ballot.
func TestABallotKeepsToTheRules(t *testing.T) {
	t.Parallel()
	h := open(t, 3, 3)
	h.must(h.s.SetConflictRule(h.organizer, h.contestID, h.roundID, judging.ConflictBarred))
	h.must(h.s.SetTies(h.organizer, h.contestID, h.roundID, 2, judging.JudgeTies{Ties: []judging.Tie{{EntryID: h.entries[0], Note: "con ruột"}}}, ""))
	id, err := h.s.AddBallot(h.organizer, h.contestID, judging.BallotRules{Name: "Được yêu thích", Places: 1, VotesEach: 2, Panels: []int64{}})
	h.must(err)
	secretary := h.person("Thư ký")
	h.must(h.s.OpenBallot(secretary, h.contestID, id, 0))
	p := &poll{hall: h, id: id, secretary: secretary}
	wants(t, "the own child", p.vote(1, 0), "ballot_barred")
	if c := p.paper(1).Choices; !c[0].Barred || c[1].Barred {
		t.Errorf("the paper: %+v", c)
	}
	p.must(p.vote(0, 0, 1))
	p.must(p.vote(1, 1, 2))
	p.must(p.vote(2, 1, 0))
	wants(t, "changed while open", h.s.SaveBallot(h.organizer, h.contestID, id, judging.BallotRules{Name: "Khác", Places: 1, VotesEach: 1}), "ballot_begun")
	p.must(h.s.CloseBallot(secretary, h.contestID, id, 1, ""))
	if v := p.view(); v.State != judging.BallotDecided || v.Winners[0].EntryID != h.entries[1] || v.Winners[0].Votes != 3 {
		t.Errorf("decided: %+v", v)
	}
	late, err := h.s.AddBallot(h.organizer, h.contestID, judging.BallotRules{Name: "Muộn", Places: 1, VotesEach: 1})
	h.must(err)
	h.exec(`UPDATE contest SET state = 'finalized' WHERE id = $1`, h.contestID)
	wants(t, "after the result", h.s.OpenBallot(secretary, h.contestID, late, 0), "ballot_contest_state")
}

// Votes, changes of votes and the close at the same time: whatever was acknowledged is counted, nothing twice, and nothing
// that came after the close.
func TestVotesAndTheCloseAtOnce(t *testing.T) {
	t.Parallel()
	p := newPoll(t, 7, 4, judging.BallotRules{Named: true})
	papers := make([]judging.PaperView, 7)
	for judge := range papers {
		papers[judge] = p.paper(judge)
	}
	other := p.service() // another node on the same database
	acknowledged := make([]int64, 7)
	var wait sync.WaitGroup
	for judge := range 7 {
		wait.Go(func() {
			for n, s := range []*judging.Service{p.s, other, p.s} {
				entry := p.entries[(judge+n)%4]
				if s.CastVote(p.judges[judge], p.contestID, p.id, judging.Vote{Run: 1, Seen: papers[judge].Version + int64(n), Entries: []int64{entry}}) != nil {
					return
				}
				acknowledged[judge] = entry
			}
		})
	}
	wait.Go(func() {
		if err := other.CloseBallot(p.secretary, p.contestID, p.id, 1, "hết giờ"); err != nil {
			t.Error(err)
		}
	})
	wait.Wait()
	want, got := map[int64]int{}, map[int64]int{}
	for _, entry := range acknowledged {
		if entry != 0 {
			want[entry]++
		}
	}
	for _, row := range p.view().Runs[0].Count.Rows {
		if row.Votes > 0 {
			got[row.EntryID] = row.Votes
		}
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("acknowledged %v, counted %v", want, got)
	}
}

// The ballot comes to the judges' tablets when it is opened and goes when it is closed, on another node too; the secretary
// sees who has voted and never for whom.
func TestABallotComesToTheTablets(t *testing.T) {
	t.Parallel()
	h := open(t, 2, 3)
	url := h.node(testkit.Redis(t))
	id, err := h.s.AddBallot(h.organizer, h.contestID, judging.BallotRules{Name: "Ấn tượng", RoundID: h.roundID, Places: 1, VotesEach: 1})
	h.must(err)
	tablet := h.screen(url, h.judges[0], fmt.Sprintf("judge/ballots/%d", h.contestID))
	await(tablet, "an empty list", func(v judging.MyBallotsView) bool { return len(v.Papers) == 0 })
	desk := h.screen(url, h.organizer, fmt.Sprintf("organizer/ballots/%d", h.contestID))
	secretary := h.person("Thư ký")
	h.must(h.s.OpenBallot(secretary, h.contestID, id, 0))
	paper := await(tablet, "the paper", func(v judging.MyBallotsView) bool { return len(v.Papers) == 1 && len(v.Papers[0].Choices) == 3 }).Papers[0]
	h.must(h.s.CastVote(h.judges[0], h.contestID, id, judging.Vote{Run: 1, Seen: paper.Version, Entries: []int64{h.entries[1]}}))
	await(tablet, "the stored vote", func(v judging.MyBallotsView) bool { return v.Papers[0].Voted && v.Papers[0].Mine[0] == h.entries[1] })
	v := await(desk, "one vote", func(v judging.BallotsView) bool {
		return len(v.Ballots) == 1 && len(v.Ballots[0].Runs) == 1 && v.Ballots[0].Runs[0].Voted == 1
	})
	if v.Ballots[0].Runs[0].Count != nil {
		t.Error("the secretary sees a count while the ballot is open")
	}
	h.must(h.s.CloseBallot(secretary, h.contestID, id, 1, "Giám khảo 2 vắng"))
	await(desk, "the prize", func(v judging.BallotsView) bool {
		return v.Ballots[0].State == judging.BallotDecided && v.Ballots[0].Winners[0].Votes == 1
	})
	end := await(tablet, "the end", func(v judging.MyBallotsView) bool { return v.Papers[0].State == judging.BallotDecided })
	if len(end.Papers[0].Mine) != 0 || len(end.Papers[0].Choices) != 0 {
		t.Errorf("after the close the tablet holds %+v", end.Papers[0])
	}
}
