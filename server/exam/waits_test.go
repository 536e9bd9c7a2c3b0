package exam

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/timing"
)

// While standings are being worked out nobody waits for them who only wants the own result: the place that was there before
// is shown, or none, and the page is told to ask again. It never comes from before a period was settled.
func TestTheOwnResultDoesNotWaitForStandings(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) { s.ShowBoard = AtSubmit })
	n := c.open()
	c.sit(n, 0, "", 1, "a", "b", "b")
	mine := func() OwnResult {
		t.Helper()
		v, err := n.Result(c.ctx, c.as(0, 100), c.roundID)
		c.must(err)
		return v
	}
	if v := mine(); v.Ranking || v.Periods[0].Standing == nil || v.Periods[0].Standing.Place != 1 || v.Periods[0].Standing.Of != 1 {
		t.Fatalf("%+v", v.Periods[0].Standing)
	}
	c.sit(n, 1, "", 1, "a", "a", "a")
	n.results.patience = time.Millisecond
	x := n.rankedRound(c.roundID)
	never := &rankWork{done: make(chan struct{})}
	x.mu.Lock()
	x.working = never
	x.now.madeAt = time.Now().Add(-time.Minute)
	x.mu.Unlock()
	if v := mine(); !v.Ranking || v.Periods[0].Standing == nil || v.Periods[0].Standing.Of != 1 || v.Periods[0].Attempts[0].Score == nil {
		t.Fatalf("the older place is not shown: %+v", v)
	}
	c.clock.Store(c.opens + 2*timing.Hour + timing.Minute)
	for range 2 {
		n.turn(c.ctx)
	}
	if v := mine(); !v.Ranking || v.Periods[0].Standing != nil || v.Periods[0].Attempts[0].Score == nil {
		t.Fatalf("a place from before the period was settled: %+v", v.Periods[0])
	}
	x.mu.Lock()
	x.working = nil
	x.mu.Unlock()
	n.results.patience = time.Minute
	if v := mine(); v.Ranking || v.Periods[0].Standing.Place != 2 || v.Periods[0].Standing.Of != 2 {
		t.Fatalf("%+v", v.Periods[0].Standing)
	}
}

// line is what joins two nodes in a test.
type line struct {
	mu    sync.Mutex
	hears map[string][]func(channel, payload string)
}

func (l *line) On(prefix string, fn func(channel, payload string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hears[prefix] = append(l.hears[prefix], fn)
}

func (l *line) Hint(channel, payload string) {
	l.mu.Lock()
	fns := l.hears[channel]
	l.mu.Unlock()
	for _, fn := range fns {
		fn(channel, payload)
	}
}

// Who runs a round sees the same numbers on whichever node: people and attempts apart, what was saved by way of the other
// node, and at once who waits for an answer.
func TestTwoNodesCountTogether(t *testing.T) {
	c := newClass(t, 3, func(s *Settings) { s.Attempts, s.ShowScore = 2, AtSubmit })
	a, b := c.open(), c.node()
	joined := &line{hears: map[string][]func(string, string){}}
	for i, n := range []*node{a, b} {
		n.cfg.Relay = joined
		n.control.node = []string{"a", "b"}[i]
		joined.On(hintPulse, n.control.hear)
	}
	c.sit(a, 0, "", 1, "a", "a", "a")
	c.sit(b, 0, "", 1, "a", "b", "") // a second attempt, by way of the other node
	c.sit(b, 1, "", 1, "a", "", "")
	c.must(c.say(b, 2, 102, c.start(b, 2, 102), 1, 1, "a")) // the only answer of the last minute
	b.controlTurn(c.ctx)
	look := func(n *node) ControlView {
		t.Helper()
		n.hub.mu.Lock()
		n.hub.sent = nil
		n.hub.mu.Unlock()
		n.control.stir(c.roundID)
		n.controlTurn(c.ctx)
		n.hub.mu.Lock()
		defer n.hub.mu.Unlock()
		for _, sent := range n.hub.sent {
			if raw, ok := strings.CutPrefix(sent, organizerTopic(c.roundID)+" "+KindControl+" "); ok {
				var v ControlView
				c.must(json.Unmarshal([]byte(raw), &v))
				return v
			}
		}
		t.Fatal("nobody who runs the round was told anything")
		return ControlView{}
	}
	v := look(a)
	if v.Started != 3 || v.Submitted != 2 || v.Finished != 3 || v.Running != 1 || v.Periods[0].Finished != 2 || v.Periods[0].Attempts != 3 {
		t.Fatalf("people and attempts: %+v", v)
	}
	if v.Saves != 1 || v.Devices != 2 { // each node's hub says that one looks on
		t.Fatalf("what the other node knows is missing: %+v", v)
	}
	c.close(a)
	_, err := b.Appeal(c.ctx, c.as(0, 100), c.roundID, AppealWanted{AttemptID: c.rows(`SELECT min(id) FROM exam_attempt`), Body: "Xin xem lại kết quả"})
	c.must(err)
	if v := look(b); v.Waiting.Appeals != 1 || v.Waiting.Questions != 0 {
		t.Fatalf("%+v", v.Waiting)
	}
}

// What was shown before a period is opened again for some is named before anybody agrees to it.
func TestAnExceptionNamesWhatWasShown(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) {
		s.Guess, s.ShowKeys, s.ShowScore, s.ShowBoard = GuessEntrants, Published, AfterWindow, AfterWindow
	})
	n := c.open()
	c.sit(n, 0, "3", 1, "a", "a", "a")
	again := func(w OverrideWanted) OverrideEffect {
		t.Helper()
		w.EntryID, w.PeriodID, w.Reason = c.entries[1], c.periodID, "Ốm có giấy xác nhận"
		v, err := n.AskOverride(c.ctx, c.contestID, c.roundID, w, true)
		c.must(err)
		return v
	}
	if v := again(OverrideWanted{ExtraUs: timing.Minute}); v.Known != nil {
		t.Fatalf("nothing was shown yet: %+v", v)
	}
	c.close(n)
	late := OverrideWanted{OpensUs: c.clock.Load(), ClosesUs: c.clock.Load() + timing.Hour}
	v := again(late)
	if got := jsonOf(v.Known); !v.Reopens || got != `["actual","board","score"]` {
		t.Fatalf("reopens %v, known %s", v.Reopens, got)
	}
	p, err := n.Publication(c.ctx, c.contestID, c.roundID)
	c.must(err)
	c.must(n.Publish(c.ctx, c.contestID, c.roundID, p.Seq))
	late.EntryID, late.PeriodID, late.Reason = c.entries[1], c.periodID, "Ốm có giấy xác nhận"
	_, err = n.AskOverride(c.ctx, c.contestID, c.roundID, late, true)
	c.refused(err, "override_keys_shown")
}

// Once the contest's results are final, publishing says why it is refused.
func TestNothingIsPublishedAfterTheContestIsFinal(t *testing.T) {
	c := newClass(t, 1, func(s *Settings) { s.ShowKeys = Published })
	n := c.open()
	c.sit(n, 0, "", 1, "a", "a", "a")
	c.close(n)
	p, err := n.Publication(c.ctx, c.contestID, c.roundID)
	c.must(err)
	if p.Final || !p.Useful {
		t.Fatalf("%+v", p)
	}
	c.exec(`UPDATE contest SET state = 'finalized' WHERE id = $1`, c.contestID)
	c.refused(n.Publish(c.ctx, c.contestID, c.roundID, p.Seq), "exam_publish_final")
}
