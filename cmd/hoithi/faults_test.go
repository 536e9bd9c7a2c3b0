package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/testkit"
)

// Someone pulls the plug of the server while answers stream in, and starts it again: every acknowledged answer is
// there once, everybody comes back by himself, and the round goes on to the same deadline.
func TestServerKilledInMidQuestion(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	e := newEvening(t, databaseURL, 12)
	redisURL, _ := e.realRedis()
	listen := freeAddress(t)
	first := startNode(t, listen, databaseURL, redisURL, "first")
	host := e.host(first.address)
	all := e.contestants(first.address)
	opened := openItem(host)
	play, deadline := opened.Play.Play, opened.Play.DeadlineUs
	stop := stream(t.Context(), all, play)
	defer stop()
	reachAcks(t, all, 40)

	first.kill()
	before := acknowledged(all)
	second := startNode(t, listen, databaseURL, redisURL, "second")
	reachAcks(t, all, before+len(all)) // they came back by themselves and go on
	stop()

	v := until(host, stage.KindConsole, "the open item after the restart", func(v stage.ConsoleView) bool {
		return v.Play != nil && v.Play.Status == stage.PlayOpen
	})
	if v.Play.Play != play || v.Play.DeadlineUs != deadline {
		t.Errorf("after the restart play %d ends at %d; before it was play %d, ending at %d", v.Play.Play, v.Play.DeadlineUs, play, deadline)
	}
	cue(host, stage.CueClose, stage.PlayClosed)
	newest := e.checkStored(all, play)
	for i, c := range all { // who comes back on a fresh page finds the last answer that was saved
		page := e.watch(second.address, e.plan.Robots[i].Cookie, c.watch.topic)
		own := until(page, stage.KindOwn, "the own answers", func(o stage.OwnView) bool { return len(o.Answers) > 0 })
		if got := own.Answers[len(own.Answers)-1]; got.Play != play || len(got.Options) != 1 || got.Options[0] != newest[c.entry] {
			t.Errorf("entry %d finds %+v after the restart, the last answer saved was %q", c.entry, got, newest[c.entry])
		}
	}
}

// Redis loses everything in mid-round: the board comes back and equals the old one, rows and all.
func TestRedisEmptiedInMidRound(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	e := newEvening(t, databaseURL, 9)
	redisURL, client := e.realRedis()
	n := startNode(t, "127.0.0.1:0", databaseURL, redisURL, "only")
	host := e.host(n.address)
	all := e.contestants(n.address)
	audience := e.watch(n.address, e.plan.Host, fmt.Sprintf("audience/board/%d", e.plan.ContestID)) // a rehearsal is shown to its own people alone
	opened := openItem(host)
	stop := stream(t.Context(), all, opened.Play.Play)
	defer stop()
	reachAcks(t, all, 20)
	stop()
	for seq := int32(1000); all[0].send(t.Context(), opened.Play.Play, seq, opened.Play.Key.Options[0]); seq++ {
	} // one is right, so that there is something to lose
	cue(host, stage.CueClose, stage.PlayClosed)
	cue(host, stage.CueReveal, stage.PlayRevealed)
	before := until(audience, "board", "scores on the board", func(b leaderboard.BoardView) bool {
		return len(b.Rows) == len(all) && b.Rows[0].Total > 0
	})
	pointer := fmt.Sprintf("{board:%d}:now", e.plan.ContestID)
	if client.Exists(t.Context(), pointer).Val() != 1 {
		t.Fatal("the board is not in Redis")
	}
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); client.Exists(t.Context(), pointer).Val() != 1; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("the board did not come back to Redis")
		}
	}
	// Who comes now gets the board that was built again.
	late := e.watch(n.address, e.plan.Host, fmt.Sprintf("audience/board/%d", e.plan.ContestID))
	after := until(late, "board", "the board after the loss", func(leaderboard.BoardView) bool { return true })
	want, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(after)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("the board after the loss differs\nbefore %s\nafter  %s", want, got)
	}
}

// Postgres is away for ten seconds in mid-round: nothing is acknowledged meanwhile, nothing acknowledged is lost, and
// the answers that waited are saved when it is back.
func TestPostgresAwayInMidQuestion(t *testing.T) {
	server := testkit.OwnPostgres(t)
	e := newEvening(t, server.URL, 9)
	redisURL, _ := e.realRedis()
	n := startNode(t, "127.0.0.1:0", server.URL, redisURL, "only")
	host := e.host(n.address)
	all := e.contestants(n.address)
	opened := openItem(host)
	play := opened.Play.Play
	stop := stream(t.Context(), all, play)
	defer stop()
	reachAcks(t, all, 20)

	server.Stop()
	stoppedAt := time.Now()
	before := acknowledged(all)
	time.Sleep(10 * time.Second) // the trial itself: ten seconds without a database
	if during := acknowledged(all); during != before {
		t.Errorf("%d answers were acknowledged while Postgres was away", during-before)
	}
	server.Start()
	t.Logf("Postgres was away for %s", time.Since(stoppedAt).Round(time.Millisecond))
	reachAcks(t, all, before+len(all))
	stop()
	cue(host, stage.CueClose, stage.PlayClosed)
	e.checkStored(all, play)
}

// Two nodes serve one round. Contestants on both see the same; the node that keeps the clock is frozen for five
// seconds, then killed: the other goes on, and what the frozen one does when it wakes changes nothing.
func TestOwnerFrozenThenKilled(t *testing.T) {
	databaseURL := testkit.PostgresURL(t)
	e := newEvening(t, databaseURL, 12)
	redisURL, _ := e.realRedis()
	nodes := map[string]*node{}
	for _, name := range []string{"node-a", "node-b"} {
		nodes[name] = startNode(t, "127.0.0.1:0", databaseURL, redisURL, name)
	}
	// The round's clock is kept by the node that holds the lease.
	hostA := e.host(nodes["node-a"].address)
	all := e.contestants(nodes["node-a"].address, nodes["node-b"].address)
	opened := openItem(hostA)
	play := opened.Play.Play
	for _, c := range all {
		v := until(c.watch, stage.KindContestant, "the open item", func(v stage.ContestantView) bool {
			return v.Play != nil && v.Play.Status == stage.PlayOpen
		})
		if v.Play.Play != play || v.Play.DeadlineUs != opened.Play.DeadlineUs || v.Play.Question.Stem != opened.Play.Question.Stem {
			t.Fatalf("entry %d sees another round than the host", c.entry)
		}
	}
	owner := e.owner(t)
	other := "node-a"
	if owner == "node-a" {
		other = "node-b"
	}
	hostB := e.host(nodes[other].address)
	stop := stream(t.Context(), all, play)
	defer stop()
	reachAcks(t, all, 30)

	// Freeze the keeper of the clock with the end of the item near: the other one must close it.
	tell(t, nodes[owner], syscall.SIGSTOP)
	frozen := time.Now()
	cue(hostB, stage.CueClose, stage.PlayClosed)
	t.Logf("closed %s after the freeze", time.Since(frozen).Round(10*time.Millisecond))
	if now := e.owner(t); now == owner {
		t.Errorf("%s still keeps the clock while it is frozen", now)
	}
	if left := 5*time.Second - time.Since(frozen); left > 0 {
		time.Sleep(left) // the trial itself: five seconds frozen
	}
	tell(t, nodes[owner], syscall.SIGCONT)
	cue(hostB, stage.CueReveal, stage.PlayRevealed)
	nodes[owner].kill()
	killed := time.Now()
	cue(hostB, stage.CueNext, stage.PlayShown)
	next := cue(hostB, stage.CueOpen, stage.PlayOpen)
	t.Logf("the next item was open %s after the kill", time.Since(killed).Round(10*time.Millisecond))
	if next.Play.Play == play {
		t.Errorf("play %d was opened again", play)
	}
	stop()
	e.checkStored(all, play)
	e.checkEvents(t)
}

// owner is the node that keeps the round's clock.
func (e *evening) owner(t *testing.T) string {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var name string
		err := e.db.QueryRow(t.Context(), `SELECT node FROM stage_lease WHERE round_id = $1 AND until > clock_timestamp()`, e.plan.RoundID).Scan(&name)
		if err == nil {
			return name
		}
		if time.Since(began) > patience {
			t.Fatalf("nobody keeps the clock: %v", err)
		}
	}
}

// checkEvents looks whether the history is whole: numbered without a gap, each play closed once.
func (e *evening) checkEvents(t *testing.T) {
	t.Helper()
	var events, last, closes, plays int64
	err := e.db.QueryRow(t.Context(), `SELECT count(*), max(seq),
			count(*) FILTER (WHERE convert_from(payload, 'UTF8')::json ->> 'kind' = 'closed'),
			count(DISTINCT convert_from(payload, 'UTF8')::json ->> 'play') FILTER (WHERE convert_from(payload, 'UTF8')::json ->> 'kind' = 'closed')
		FROM stage_event WHERE round_id = $1`, e.plan.RoundID).Scan(&events, &last, &closes, &plays)
	if err != nil {
		t.Fatal(err)
	}
	if events != last || closes != plays || closes != 1 {
		t.Errorf("%d events up to number %d, %d closes of %d plays", events, last, closes, plays)
	}
}

func tell(t *testing.T, n *node, s os.Signal) {
	t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
