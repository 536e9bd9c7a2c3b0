package app

import (
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/vote"
)

// The demo's vote goes its whole way: the hall's screen follows it, its tickets work, and its final result is computed
// again from the stored votes; a vote that was given to another team afterwards is found.
func TestAVoteBecomesAFinalResultThatCanBeComputedAgain(t *testing.T) {
	a, _ := running(t)
	id, err := a.Accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	ctx := account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	content, err := demo.Load()
	must(err)
	c, tickets, err := a.demoVote(ctx, content)
	must(err)
	round := c.Rounds[0].ID
	if screen, _, err := a.Boards.Screen(ctx, c.ID); err != nil || screen.Mode != leaderboard.ScreenRound || screen.RoundID != round {
		t.Errorf("the hall's screen shows %+v (%v), want the vote that was opened", screen, err)
	}
	entries, err := a.Roster.Entries(ctx, c.ID)
	must(err)
	for _, ticket := range tickets {
		_, err := a.Votes.Cast(ctx, round, vote.Ballot{EntryID: entries[1].ID, Ticket: ticket})
		must(err)
	}
	must(a.Votes.Close(ctx, c.ID, round))
	_, err = a.Contests.Advance(ctx, c.ID, contest.Running, contest.Ended)
	must(err)
	preview, err := a.Results.Preview(ctx, c.ID)
	must(err)
	_, err = a.Results.Finalize(ctx, c.ID, preview.InputsHash, "")
	must(err)
	verified, err := a.Results.Verify(ctx, c.ID)
	must(err)
	if len(verified.Findings) != 0 {
		t.Fatalf("verify finds %+v", verified.Findings)
	}
	// As somebody would who has the database in hand.
	for _, sql := range []string{`ALTER TABLE vote DISABLE TRIGGER USER`,
		`UPDATE vote SET entry_id = (SELECT max(entry_id) FROM vote_candidate) WHERE id = (SELECT min(id) FROM vote WHERE entry_id <> (SELECT max(entry_id) FROM vote_candidate))`} {
		_, err := a.DB.Exec(ctx, sql)
		must(err)
	}
	verified, err = a.Results.Verify(ctx, c.ID)
	must(err)
	if len(verified.Findings) == 0 {
		t.Error("verify does not find a vote that was given to another team")
	}
}
