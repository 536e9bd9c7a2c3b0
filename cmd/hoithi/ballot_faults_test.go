package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/testkit"
)

// The plug is pulled when some of the panel have been told that their vote is stored and the others' votes are on their
// way. Nobody who was told has to vote again, whoever sends the same paper once more is counted once, and the count is of
// exactly the papers that were sent.
func TestServerKilledWhileThePanelVotes(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	a := appBeside(t, databaseURL)
	const judges, first = 5, 2
	r, err := a.PrepareJudgedRehearsal(t.Context(), "", 2, judges)
	if err != nil {
		t.Fatal(err)
	}
	e := evening{t: t, db: a.DB, plan: &r.Rehearsal}
	redisURL, _ := e.realRedis()
	listen := freeAddress(t)
	n := startNode(t, listen, databaseURL, redisURL, "first")
	s := signers{t: t, base: "http://" + listen}
	desk, papers := fmt.Sprintf("/api/organizer/contests/%d/ballots", r.ContestID), fmt.Sprintf("/api/judge/contests/%d/ballots", r.ContestID)

	var all judging.BallotsView
	s.must(r.Host, desk, fmt.Sprintf(`{"name":"Tiết mục ấn tượng","round_id":%d,"panels":[%d],"places":1,"votes_each":1,"named":true,"head":false}`,
		r.RoundID, r.RoundID), &all)
	ballot := fmt.Sprintf("/%d", all.Ballots[0].ID)
	s.must(r.Host, desk+ballot+"/open", `{"run":0}`, nil)

	mine := func(judge int) judging.PaperView {
		t.Helper()
		var v judging.MyBallotsView
		s.must(r.Judges[judge].Cookie, papers, "", &v)
		return v.Papers[0]
	}
	// The seats vote for the two entries in turn. The body is kept: a tablet that heard nothing sends it as it was.
	chosen, sent := make([]int64, judges), make([]string, judges)
	for i := range judges {
		p := mine(i)
		chosen[i] = p.Choices[i%2].EntryID
		sent[i] = fmt.Sprintf(`{"run":%d,"seen":%d,"entries":[%d]}`, p.Run, p.Version, chosen[i])
	}
	cast := func(judge int) int {
		status, err := s.ask(r.Judges[judge].Cookie, http.MethodPut, papers+ballot+"/paper", sent[judge], nil)
		if err != nil {
			return 0
		}
		return status
	}
	told := make([]bool, judges)
	for i := range first {
		if told[i] = cast(i) == http.StatusOK; !told[i] {
			t.Fatalf("judge %d could not vote", i)
		}
	}
	answered := make(chan [2]int, judges)
	for i := first; i < judges; i++ {
		go func() { answered <- [2]int{i, cast(i)} }()
	}
	n.kill()
	for range judges - first {
		x := <-answered
		told[x[0]] = x[1] == http.StatusOK
	}
	n = startNode(t, listen, databaseURL, redisURL, "second")

	for i, was := range told {
		if p := mine(i); was && (!p.Voted || !slices.Equal(p.Mine, chosen[i:i+1])) {
			t.Errorf("judge %d was told that the vote is stored, and after the start it is %+v", i, p)
		}
	}
	// Everybody sends the same once more, those who were told too.
	for i := range judges {
		if status := cast(i); status != http.StatusOK {
			t.Errorf("judge %d sent the same paper again: %d", i, status)
		}
	}
	n.kill()
	startNode(t, listen, databaseURL, redisURL, "third")
	s.must(r.Host, desk+ballot+"/close", `{"run":1}`, &all)
	b := all.Ballots[0]
	if run := b.Runs[0]; run.Voted != judges || run.Count == nil || b.State != judging.BallotDecided {
		t.Fatalf("after everybody has voted: %+v", b)
	}
	// What stands on the papers: the ballot is a named one.
	rows, err := a.DB.Query(t.Context(), `SELECT entry_id FROM ballot_vote WHERE ballot_id = $1 ORDER BY entry_id`, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	votes, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(chosen))
	if !slices.Equal(votes, want) {
		t.Errorf("counted %v, sent %v", votes, want)
	}
	if len(b.Winners) != 1 || b.Winners[0].Votes != (judges+1)/2 {
		t.Errorf("the prize goes to %+v", b.Winners)
	}
}
