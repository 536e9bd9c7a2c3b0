package stage

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// wake lets the ticking goroutines look at the clock again.
func (h *hall) wake() {
	for _, n := range h.nodes {
		for _, r := range n.allRooms() {
			r.mu.Lock()
			close(r.changed)
			r.changed = make(chan struct{})
			r.mu.Unlock()
		}
	}
}

func (h *hall) after(us int64) {
	h.nowUs.Add(us)
	h.wake()
}

func auto() Settings {
	s := DefaultSettings()
	s.AutoAdvance = true
	return s
}

// The round goes on by itself: no browser of a host is needed, and every step is made once, whoever ticks.
func TestTheClockRunsARound(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, true)
	h.addNode("b", nil, true)
	h.setUp(a, auto())
	h.cue(a, Command{Cue: CueStart})
	eventually(t, "the last reveal", func() bool {
		h.after(1_000_000)
		s := h.state(a)
		return len(s.Plays) == 3 && s.Plays[2].Status == PlayRevealed
	})
	if n := h.rows(`SELECT count(*) FROM stage_event`); n != 1+3*4 {
		t.Fatalf("%d events", n)
	}
	if n := h.rows(`SELECT count(*) FROM stage_event WHERE fence = 0`); n != 1 {
		t.Fatalf("%d events without a fence", n)
	}
}

// The node that ticks dies; another one goes on.
func TestAnotherNodeTakesOver(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, true), h.addNode("b", nil, false)
	h.setUp(a, auto())
	h.cue(a, Command{Cue: CueStart})
	eventually(t, "a lease", func() bool { return a.keeper.holds(h.round.ID) })
	// Killed: nothing is given back.
	a.cancel()
	a.tasks.Wait()
	b.Start()
	eventually(t, "the other node's lease", func() bool { return b.keeper.holds(h.round.ID) })
	if fence := h.rows(`SELECT fence FROM stage_lease`); fence != 2 {
		t.Fatalf("fence %d", fence)
	}
	eventually(t, "the next item", func() bool { h.after(1_000_000); return h.state(b).Current == 1 })
}

// A node that was frozen still believes that it ticks: its fence is old, and it writes nothing.
func TestFrozenOwnerWritesNothing(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, auto())
	h.cue(a, Command{Cue: CueStart})
	h.state(b)
	ctx := t.Context()
	take := func(n *node) int64 {
		t.Helper()
		n.keeper.take(ctx, h.round.ID)
		n.keeper.mu.Lock()
		defer n.keeper.mu.Unlock()
		if n.keeper.held[h.round.ID] == nil {
			t.Fatal("no lease")
		}
		return n.keeper.held[h.round.ID].fence
	}
	old := take(a)
	if b.keeper.take(ctx, h.round.ID); b.keeper.holds(h.round.ID) {
		t.Fatal("two nodes hold one lease")
	}
	if _, err := h.db.Exec(ctx, `UPDATE stage_lease SET until = clock_timestamp() - interval '1 millisecond'`); err != nil {
		t.Fatal(err)
	}
	if fence := take(b); fence != old+1 {
		t.Fatalf("fence %d after %d", fence, old)
	}
	s := h.state(a)
	due, _ := NextDue(&s)
	events, f := Step(s, due.Command, due.AtUs)
	if f != nil {
		t.Fatal(f)
	}
	r, err := a.room(ctx, h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.append(ctx, r, s, events, old); !errors.Is(err, errLostLease) {
		t.Fatalf("the old owner wrote: %v", err)
	}
	a.keeper.renew(ctx)
	if a.keeper.holds(h.round.ID) {
		t.Fatal("the old owner did not step down")
	}
	if n := h.rows(`SELECT max(seq) FROM stage_event`); n != 1 {
		t.Fatalf("seq %d", n)
	}
}

func TestOwnerStopsByItsOwnClock(t *testing.T) {
	tenure := &tenure{}
	tenure.extend(time.Now().Add(-leaseTTL))
	if tenure.valid() {
		t.Fatal("a lease whose renewal was sent 1.5 s ago still counts")
	}
}

// An item ends while the database is away: it is closed only after the database has answered again for a second, so
// that answers which waited are stored first.
func TestNoCloseRightAfterAnOutage(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, true)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	p := h.open(a)
	eventually(t, "a lease", func() bool { return a.keeper.holds(h.round.ID) })
	eventually(t, "a database that has answered for long", func() bool { return a.health.UpFor() > settleAfterOutage })
	a.health.Report(io.ErrUnexpectedEOF)
	back := time.Now()
	a.health.Report(nil)
	h.after(30_000_000)
	// What arrived in time and waited is stored now.
	if _, err := a.Answer(t.Context(), h.principal(0, 10), h.round.ID, p.DeadlineUs, AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the close", func() bool { s := h.state(a); return s.CurrentPlay().Status == PlayClosed })
	if waited := time.Since(back); waited < settleAfterOutage {
		t.Fatalf("closed %v after the database came back", waited)
	}
}

// Names go to the console only; the hall learns how many.
func TestCountsGoToTheConsoleOnly(t *testing.T) {
	h := newHall(t, 3)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	h.claim(a, 1, 11)
	p := h.open(a)
	if _, err := h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	a.countAll(t.Context())
	a.countAll(t.Context()) // nothing has changed: nothing is sent
	sent := 0
	for _, m := range a.hub.messages() {
		if strings.Contains(m, " "+KindCounts+" ") {
			sent++
			if !strings.HasPrefix(m, "organizer/") {
				t.Fatalf("counts went to %s", m)
			}
		}
	}
	hall, told := 0, a.hub.newest(audienceTopic(h.round.ID), KindHallCount).Data.(HallCount)
	for _, m := range a.hub.messages() {
		if strings.Contains(m, " "+KindHallCount+" ") {
			hall++
		}
	}
	if hall != 1 || told != (HallCount{Play: p.Number, Entries: 3, Answered: 1}) {
		t.Fatalf("the hall got %d messages, the last %+v", hall, told)
	}
	counts := a.hub.newest(organizerTopic(h.round.ID), KindCounts).Data.(ConsoleCounts)
	if sent != 1 || counts.Entries != 3 || counts.Connected != 2 || counts.Answered != 1 || len(counts.Waiting) != 2 || len(counts.Absent) != 1 {
		t.Fatalf("%d messages, %+v", sent, counts)
	}
}
