package stage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/scoring"
)

func (h *hall) store(n *node) *answerStore {
	return &answerStore{db: h.db, roundID: h.round.ID, graceUs: func() int64 { return 500_000 }, log: n.log}
}

func single(option string) []byte {
	return scoring.Response{Type: scoring.Single, Options: []string{option}}.Canonical()
}

func TestAnswerSentAgainIsStoredOnce(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	p := h.open(a)
	in := AnswerCommand{Play: p.Number, Writer: 1, Seq: 1, Options: []string{"b"}}
	first, err := h.answer(a, 0, 10, in)
	if err != nil {
		t.Fatal(err)
	}
	h.nowUs.Add(3_000_000)
	again, err := h.answer(b, 0, 10, in)
	if err != nil || again.ReceivedUs != first.ReceivedUs {
		t.Fatalf("%+v %v, first %+v", again, err, first)
	}
	other := in
	other.Options = []string{"c"}
	_, err = h.answer(a, 0, 10, other)
	wantCode(t, err, "answer_conflict")
	h.closeItem(a)
	if again, err := h.answer(a, 0, 10, in); err != nil || again.ReceivedUs != first.ReceivedUs {
		t.Fatalf("asked after the close: %+v %v", again, err)
	}
	late := in
	late.Seq = 2
	_, err = h.answer(a, 0, 10, late)
	wantCode(t, err, "answer_closed")
	if n := h.rows(`SELECT count(*) FROM stage_response`); n != 1 {
		t.Fatalf("%d rows", n)
	}
}

// Two devices with the same seq: neither answer is lost, the later device counts, the older one is told.
func TestTwoDevicesOfOneEntry(t *testing.T) {
	h := newHall(t, 1)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	ctx := t.Context()
	w1 := h.claim(a, 0, 10)
	_, err := b.Claim(ctx, h.principal(0, 20), h.round.ID, ClaimCommand{})
	wantCode(t, err, "other_device")
	if len(b.hub.probed) != 1 || b.hub.probed[0] != live.EntryKey(h.entries[0].ID) {
		t.Fatalf("the device that is in the way was not asked whether it lives: %v", b.hub.probed)
	}
	p := h.open(a)
	if _, err := h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: w1, Seq: 1, Options: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	r, _ := b.room(ctx, h.round.ID)
	wantCode(t, b.releaseBy(ctx, r, h.entries[0].ID, 20), "other_device")
	if err := b.releaseBy(ctx, r, h.entries[0].ID, 10); err != nil {
		t.Fatal(err)
	}
	w2 := h.claim(b, 0, 20)
	if w2 <= w1 {
		t.Fatalf("writer %d after %d", w2, w1)
	}
	if _, err := h.answer(b, 0, 20, AnswerCommand{Play: p.Number, Writer: w2, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	_, err = h.answer(a, 0, 10, AnswerCommand{Play: p.Number, Writer: w1, Seq: 2, Options: []string{"c"}})
	wantCode(t, err, "superseded")
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	scores, err := a.Scores(ctx, h.round.ID)
	if err != nil || scores[0].Points != 1000 {
		t.Fatalf("%+v %v", scores, err)
	}
	if n := h.rows(`SELECT count(*) FROM stage_response`); n != 2 {
		t.Fatalf("%d rows", n)
	}
}

func TestDeviceThatIsGoneCanBeReplaced(t *testing.T) {
	h := newHall(t, 2)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	ctx := t.Context()
	r, err := a.room(ctx, h.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	// A closed socket frees the entry; a page that comes back on the same device keeps its number.
	r.sockets.add(h.entries[0].ID, 10, 1)
	w := h.claim(a, 0, 10)
	kept, err := b.Claim(ctx, h.principal(0, 10), h.round.ID, ClaimCommand{Writer: w})
	if err != nil || kept.Writer != w {
		t.Fatalf("%+v %v", kept, err)
	}
	kept, err = a.Claim(ctx, h.principal(0, 10), h.round.ID, ClaimCommand{Writer: w})
	if err != nil || kept.Writer != w {
		t.Fatalf("%+v %v", kept, err)
	}
	r.left(h.entries[0].ID, 10)
	eventually(t, "the other device gets in", func() bool {
		_, err := b.Claim(ctx, h.principal(0, 20), h.round.ID, ClaimCommand{})
		return err == nil
	})
	// The devices of a node that died are gone, too.
	h.claim(a, 1, 30)
	if _, err := h.db.Exec(ctx, `UPDATE stage_node SET until = clock_timestamp() - interval '1 second' WHERE node = 'a'`); err != nil {
		t.Fatal(err)
	}
	h.claim(b, 1, 40)
}

// TestNothingIsStoredAfterTheClose hammers two nodes with answers while the item is closed.
func TestNothingIsStoredAfterTheClose(t *testing.T) {
	h := newHall(t, 40)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	for i := range h.entries {
		h.claim(h.nodes[i%2], i, int64(100+i))
	}
	p := h.open(a)
	h.unbounded()
	var (
		wg     sync.WaitGroup
		stop   atomic.Bool
		mu     sync.Mutex
		acked  = map[string]bool{}
		closed = map[string]bool{}
	)
	received := h.nowUs.Load() + 1_000 // in time: only the close itself can refuse them
	for i := range h.entries {
		wg.Go(func() {
			for seq := int32(1); !stop.Load(); seq++ {
				in := AnswerCommand{Play: p.Number, Writer: 1, Seq: seq, Options: []string{"abcd"[seq%4 : seq%4+1]}}
				_, err := h.nodes[(i+int(seq))%2].Answer(t.Context(), h.principal(i, int64(100+i)), h.round.ID, received, in)
				key := fmt.Sprintf("%d/%d", h.entries[i].ID, seq)
				mu.Lock()
				switch {
				case err == nil:
					acked[key] = true
				case errors.Is(err, errAnswerClosed):
					closed[key] = true
				default:
					t.Errorf("%s: %v", key, err)
				}
				mu.Unlock()
			}
		})
	}
	count := func() int64 { return h.rows(`SELECT count(*) FROM stage_response`) }
	eventually(t, "answers", func() bool { return count() > 500 })
	h.closeItem(b)
	atClose := count()
	eventually(t, "answers that are refused", func() bool { mu.Lock(); defer mu.Unlock(); return len(closed) > 200 })
	stop.Store(true)
	wg.Wait()
	if n := count(); n != atClose || int(n) != len(acked) {
		t.Fatalf("%d rows at the close, %d afterwards, %d acknowledged", atClose, n, len(acked))
	}
	rows, err := h.db.Query(t.Context(), `SELECT entry_id, seq FROM stage_response`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var entry, seq int64
		if err := rows.Scan(&entry, &seq); err != nil {
			t.Fatal(err)
		}
		if key := fmt.Sprintf("%d/%d", entry, seq); !acked[key] || closed[key] {
			t.Fatalf("%s is stored but was not acknowledged", key)
		}
	}
}

func TestLateArrivalIsRefusedThoughTheGateIsOpen(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	p := h.open(a)
	try := func(seq int32, us int64) error {
		_, err := a.Answer(t.Context(), h.principal(0, 10), h.round.ID, us, AnswerCommand{Play: p.Number, Writer: 1, Seq: seq, Options: []string{"b"}})
		return err
	}
	wantCode(t, try(1, p.OpensUs-1), "item_not_open_for_answers")
	if err := try(2, p.DeadlineUs+500_000); err != nil {
		t.Fatal(err)
	}
	wantCode(t, try(3, p.DeadlineUs+500_001), "answer_closed")
	// During a pause nothing is taken but what arrived before it.
	h.nowUs.Add(1_000_000)
	paused := h.nowUs.Load()
	h.cue(a, Command{Cue: CuePause})
	if err := try(4, paused-1); err != nil {
		t.Fatal(err)
	}
	wantCode(t, try(5, paused+600_000), "answer_closed")
	_, err := h.answer(a, 0, 10, AnswerCommand{Play: 77, Writer: 1, Seq: 6, Options: []string{"b"}})
	wantCode(t, err, "item_not_open_for_answers")
}

// One answer that the database can't take, among a thousand: only that one is refused.
func TestPoisonedBatch(t *testing.T) {
	h := newHall(t, 1000)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	if _, err := h.db.Exec(t.Context(), `INSERT INTO stage_writer (round_id, entry_id, writer, device_id, node, connected)
		SELECT $1, g, 1, g, 'a', true FROM generate_series(1000, 1999) g`, h.round.ID); err != nil {
		t.Fatal(err)
	}
	p := h.open(a)
	batch := make([]arrival, 1000)
	for i := range batch {
		batch[i] = arrival{play: p.Number, entryID: h.entries[i].ID, writer: 1, seq: 1, receivedUs: h.nowUs.Load(), payload: single("b")}
	}
	batch[613].payload = []byte(strings.Repeat("x", 9000))
	for i, r := range h.store(a).kept(a.ctx, a.health).Flush(batch) {
		if i == 613 {
			wantCode(t, r.Err, "answer_not_stored")
		} else if r.Err != nil {
			t.Fatalf("answer %d: %v", i, r.Err)
		}
	}
	if n := h.rows(`SELECT count(*) FROM stage_response`); n != 999 {
		t.Fatalf("%d rows", n)
	}
}

// Two nodes store the same keys in different orders again and again: without sorting they would deadlock.
func TestTwoNodesNeverDeadlock(t *testing.T) {
	const n = 200
	h := newHall(t, n)
	a, b := h.addNode("a", nil, false), h.addNode("b", nil, false)
	h.setUp(a, DefaultSettings())
	if _, err := h.db.Exec(t.Context(), `INSERT INTO stage_writer (round_id, entry_id, writer, device_id, node, connected)
		SELECT $1, g, 1, g, 'a', true FROM generate_series(1000, 1199) g`, h.round.ID); err != nil {
		t.Fatal(err)
	}
	p := h.open(a)
	for seq := range int32(30) {
		var wg sync.WaitGroup
		for _, node := range []*node{a, b, a, b} {
			batch := make([]arrival, n)
			for i, at := range rand.Perm(n) {
				batch[i] = arrival{play: p.Number, entryID: h.entries[at].ID, writer: 1, seq: seq, receivedUs: h.nowUs.Load(), payload: single("b")}
			}
			wg.Go(func() {
				// store, not flush: flush would hide a deadlock by trying again.
				replies, err := h.store(node).store(t.Context(), batch)
				if err != nil {
					t.Error(err)
				}
				for _, r := range replies {
					if r.Err != nil {
						t.Error(r.Err)
					}
				}
			})
		}
		wg.Wait()
	}
	if rows := h.rows(`SELECT count(*) FROM stage_response`); rows != 30*n {
		t.Fatalf("%d rows", rows)
	}
}

func TestUndoneOpeningCountsForNothing(t *testing.T) {
	h := newHall(t, 1)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	h.claim(a, 0, 10)
	first := h.open(a)
	if _, err := h.answer(a, 0, 10, AnswerCommand{Play: first.Number, Writer: 1, Seq: 1, Options: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	s := h.cue(a, Command{Cue: CueUndo})
	_, err := h.answer(a, 0, 10, AnswerCommand{Play: first.Number, Writer: 1, Seq: 2, Options: []string{"b"}})
	wantCode(t, err, "answer_closed")
	_, err = h.answer(a, 0, 10, AnswerCommand{Play: s.Current, Writer: 1, Seq: 3, Options: []string{"b"}})
	wantCode(t, err, "item_not_open_for_answers")
	h.cue(a, Command{Cue: CueOpen})
	h.closeItem(a)
	h.cue(a, Command{Cue: CueReveal})
	if scores, err := a.Scores(t.Context(), h.round.ID); err != nil || scores[0].Points != 0 {
		t.Fatalf("an undone opening scored: %+v %v", scores, err)
	}
}
