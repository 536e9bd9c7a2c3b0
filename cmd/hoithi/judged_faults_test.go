package main

import (
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/rehearse"
	"github.com/hoithi/hoithi/server/testkit"
)

// Someone pulls the plug of the server while the panel marks, and Redis has lost everything: no acknowledged mark is
// lost, the tablets go on by themselves, and the round ends signed with the right scores.
func TestServerKilledWhileThePanelMarks(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	a := appBeside(t, databaseURL)
	const turns, judges = 2, 5
	r, err := a.PrepareJudgedRehearsal(t.Context(), "", turns, judges)
	if err != nil {
		t.Fatal(err)
	}
	e := evening{t: t, db: a.DB, plan: &r.Rehearsal}
	redisURL, redis := e.realRedis()
	listen := freeAddress(t)
	first := startNode(t, listen, databaseURL, redisURL, "first")

	// The first judge whose mark is acknowledged after the last turn has ended pulls the plug, and marks on afterwards.
	var once sync.Once
	killed := func(ack rehearse.MarkAck) {
		var done int
		if err := a.DB.QueryRow(t.Context(), `SELECT count(*) FROM performance WHERE round_id = $1 AND state = 'done'`, r.RoundID).
			Scan(&done); err != nil {
			t.Error(err)
		}
		if done < turns {
			return // the desk has still to end the last turn, and gives an order only once
		}
		once.Do(func() {
			first.kill()
			if err := redis.FlushAll(t.Context()).Err(); err != nil {
				t.Error(err)
			}
			startNode(t, listen, databaseURL, redisURL, "second")
		})
	}
	report, acks, err := rehearse.RunJudged(t.Context(), rehearse.JudgedPlan{URL: "http://" + listen, ContestID: r.ContestID, RoundID: r.RoundID,
		Desk: r.Host, Judges: r.Judges, MarkWithin: 2 * time.Second, Seed: 1, Progress: t.Logf, Marked: killed})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CheckJudgedRehearsal(t.Context(), r.RoundID, acks, &report); err != nil {
		t.Fatal(err)
	}
	if report.Reconnects == 0 {
		t.Error("nobody lost the connection: the server was not killed while the panel marked")
	}
	if report.Turns != turns || report.Locked != turns*judges || report.Acknowledged != report.Sent || !report.Closed || report.Lost != 0 || report.Wrong != 0 {
		t.Errorf("%+v: want %d turns with %d locked sheets each, all marks stored, all scores right, the round closed", report, turns, judges)
	}
}
