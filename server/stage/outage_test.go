package stage

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/postgres"
)

// TestAnswersSurviveLostConnections cuts every connection to the database again and again while answers stream in: an
// unknown commit is asked again, so each answer is stored once and acknowledged once.
func TestAnswersSurviveLostConnections(t *testing.T) {
	h := newHall(t, 30)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	for i := range h.entries {
		h.claim(h.nodes[i%2], i, int64(100+i))
	}
	p := h.open(a)
	h.state(b)
	h.unbounded()
	received := h.nowUs.Load()
	var acked atomic.Int64
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for i := range h.entries {
		wg.Go(func() {
			for seq := int32(1); ctx.Err() == nil; seq++ {
				in := AnswerCommand{Play: p.Number, Writer: 1, Seq: seq, Options: []string{"b"}}
				if _, err := h.nodes[i%2].Answer(t.Context(), h.principal(i, int64(100+i)), h.round.ID, received, in); err != nil {
					t.Errorf("entry %d, answer %d: %v", i, seq, err)
					return
				}
				acked.Add(1)
			}
		})
	}
	cut := 0
	for round := 0; round < 25; round++ {
		before := acked.Load()
		eventually(t, "answers after the cut", func() bool { return acked.Load() > before+30 })
		// The cutting connection is one of the pool's, and goes with the others; which is the point.
		if _, err := h.db.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err == nil {
			cut++
		}
	}
	stop()
	wg.Wait()
	h.db.Reset() // what the last cut left in the pool
	if cut < 10 {
		t.Fatalf("only %d cuts", cut)
	}
	if rows := h.rows(`SELECT count(*) FROM stage_response`); rows != acked.Load() {
		t.Fatalf("%d rows, %d acknowledged", rows, acked.Load())
	}
	if a.health.UpFor() > time.Minute {
		t.Fatal("the node did not notice")
	}
}

// A cue whose commit nobody answered for is looked up, not given twice.
func TestUnknownCommitOfACueIsAsked(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.cue(a, Command{Cue: CueStart})
	r, err := a.room(t.Context(), h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	happened := r.events[0]
	if err := a.askAgain(h.round.ID, happened, postgres.ErrUnknownCommit); err != nil {
		t.Fatalf("the event stands, but: %v", err)
	}
	other := happened
	other.AtUs++
	if err := a.askAgain(h.round.ID, other, postgres.ErrUnknownCommit); !errors.Is(err, errMoved) {
		t.Fatalf("another event stands there, but: %v", err)
	}
	other.Seq++
	if err := a.askAgain(h.round.ID, other, postgres.ErrUnknownCommit); !errors.Is(err, errMoved) {
		t.Fatalf("no event stands there, but: %v", err)
	}
}

// Both nodes fire the same timer at the same moment: it happens once.
func TestOneTimerOnTwoNodesFiresOnce(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	h.open(a)
	s := h.state(b)
	due, _ := NextDue(&s)
	h.nowUs.Store(due.AtUs)
	events, f := Step(s, due.Command, h.nowUs.Load())
	if f != nil {
		t.Fatal(f)
	}
	results := make(chan error, 2)
	for _, n := range []*node{a, b} {
		r, err := n.room(t.Context(), h.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		go func() { results <- n.append(t.Context(), r, s, events, 0) }()
	}
	one, two := <-results, <-results
	if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), errMoved) {
		t.Fatalf("%v, %v", one, two)
	}
	if n := h.rows(`SELECT count(*) FROM stage_event`); n != s.Seq+1 {
		t.Fatalf("%d events after %d", n, s.Seq)
	}
}
