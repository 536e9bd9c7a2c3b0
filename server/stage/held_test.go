package stage

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// waits tells when a statement of another connection waits for a lock.
func (h *hall) waits(what string) {
	h.t.Helper()
	eventually(h.t, what, func() bool {
		return h.rows(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > 0
	})
}

// A lease that ends in the middle of a commit leaves nothing in doubt: the clock finds out whether its cue was stored,
// though the time in which it might give it is over.
func TestALeaseThatEndsInMidCommitLeavesNoDoubt(t *testing.T) {
	h := newHall(t, 1)
	n := h.addNode("a", nil, false)
	h.setUp(n, DefaultSettings())
	h.open(n)
	s := h.state(n)
	due, _ := NextDue(&s)
	h.nowUs.Store(due.AtUs)
	events, f := Step(s, due.Command, due.AtUs)
	if f != nil {
		t.Fatal(f)
	}
	r, err := n.room(t.Context(), h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.Exec(t.Context(), `
		CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN PERFORM pg_advisory_xact_lock(4242); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON stage_event DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION hold_commit()`); err != nil {
		t.Fatal(err)
	}
	holder, err := h.db.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Release()
	if _, err := holder.Exec(t.Context(), `SELECT pg_advisory_lock(4242)`); err != nil {
		t.Fatal(err)
	}
	tenure, end := context.WithCancel(t.Context())
	given := make(chan error, 1)
	go func() { given <- n.append(tenure, r, s, events, 0) }()
	h.waits("the commit")
	end()
	if _, err := holder.Exec(t.Context(), `SELECT pg_advisory_unlock(4242)`); err != nil {
		t.Fatal(err)
	}
	err = <-given
	if err != nil && !errors.Is(err, errMoved) {
		t.Fatalf("the clock was told %v", err)
	}
	if stored := h.rows(`SELECT count(*) FROM stage_event`) > s.Seq; stored != (err == nil) {
		t.Fatalf("stored: %t, but the clock was told %v", stored, err)
	}
}

// A round can't start in a contest that is being ended at the same moment.
func TestNoRoundStartsWhileItsContestEnds(t *testing.T) {
	h := newHall(t, 1)
	n := h.addNode("a", nil, false)
	h.setUp(n, DefaultSettings())
	h.state(n)
	tx, err := h.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `UPDATE contest SET state = 'ended' WHERE id = $1`, h.contestID); err != nil {
		t.Fatal(err)
	}
	given := make(chan error, 1)
	go func() {
		_, err := n.Give(t.Context(), h.round.ID, 0, Command{Cue: CueStart, By: 1})
		given <- err
	}()
	h.waits("the start")
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCode(t, <-given, "contest_not_running")
	if s := h.state(n); s.Phase != PhaseReady {
		t.Fatalf("the round is %s", s.Phase)
	}
}

// The console offers what its buttons do: also to show and to hide the standings, at any time.
func TestTheBoardCanBeShownAndHiddenAtAnyTime(t *testing.T) {
	h := newHall(t, 1)
	n := h.addNode("a", nil, false)
	h.setUp(n, DefaultSettings())
	offered := func(when string) {
		t.Helper()
		s := h.state(n)
		if !slices.Contains(possible(&s), CueBoard) {
			t.Errorf("%s the board can't be switched", when)
		}
		after := h.cue(n, Command{Cue: CueBoard, On: !s.BoardShown})
		if after.BoardShown == s.BoardShown {
			t.Errorf("%s nothing changed", when)
		}
	}
	h.cue(n, Command{Cue: CueStart})
	offered("after the start")
	h.open(n)
	offered("while an item is open")
	h.closeItem(n)
	h.cue(n, Command{Cue: CueReveal})
	h.cue(n, Command{Cue: CueFinish})
	offered("after the end")
}
