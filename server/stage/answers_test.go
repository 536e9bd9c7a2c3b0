package stage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

func (h *hall) store(n *node) *answerStore {
	return &answerStore{db: h.db, roundID: h.round.ID, graceUs: func() int64 { return 500_000 }, health: n.health, log: n.log, ctx: n.ctx}
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
	batch[613].payload = []byte(strings.Repeat("x", 5000))
	for i, r := range h.store(a).flush(batch) {
		if i == 613 {
			wantCode(t, r.err, "answer_not_stored")
		} else if r.err != nil {
			t.Fatalf("answer %d: %v", i, r.err)
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
					if r.err != nil {
						t.Error(r.err)
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

// A lone question is answered at once; what comes meanwhile makes one batch.
func TestLaneGathersOnlyWhileBusy(t *testing.T) {
	var sizes []int
	entered, leave := make(chan struct{}), make(chan struct{})
	l := lane[int, int]{maxBatch: 100, maxQueue: 100, flush: func(batch []int) []reply[int] {
		sizes = append(sizes, len(batch))
		entered <- struct{}{}
		<-leave
		replies := make([]reply[int], len(batch))
		for i := range batch {
			replies[i].value = batch[i] * 2
		}
		return replies
	}}
	var wg sync.WaitGroup
	ask := func(q int) {
		wg.Go(func() {
			if v, err := l.ask(t.Context(), q); err != nil || v != 2*q {
				t.Errorf("%d: %d %v", q, v, err)
			}
		})
	}
	ask(1)
	<-entered
	for i := range 50 {
		ask(i)
	}
	eventually(t, "the queue", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.queue) == 50 })
	leave <- struct{}{}
	<-entered
	leave <- struct{}{}
	wg.Wait()
	if fmt.Sprint(sizes) != "[1 50]" {
		t.Fatal(sizes)
	}
}

func TestAnswersAreCheckedOnTheWayIn(t *testing.T) {
	one := choice("?", "b")
	text := bank.Content{Type: bank.ShortText, Key: bank.Key{Texts: []string{"Hà Nội"}}}
	number := bank.Content{Type: bank.Numeric, Key: bank.Key{Number: "7.5", Tolerance: "0"}}
	for _, bad := range []struct {
		c  bank.Content
		in scoring.Typed
	}{
		{one, scoring.Typed{Options: []string{"e"}}}, {one, scoring.Typed{Options: []string{"a", "b"}}},
		{one, scoring.Typed{Text: "b"}}, {text, scoring.Typed{Text: "a\x00b"}}, {text, scoring.Typed{Text: "\xed\xa0\x80"}},
		{text, scoring.Typed{Text: strings.Repeat("x", 900)}}, {number, scoring.Typed{Text: "1e200000"}},
		{text, scoring.Typed{Text: "a\uFFFDb"}}, {number, scoring.Typed{Text: strings.Repeat("9", 40)}},
	} {
		if r, f := readAnswer(bad.c, bad.in); f == nil {
			t.Errorf("%q %q was taken as %+v", bad.in.Options, bad.in.Text, r)
		}
	}
	composed, f1 := readAnswer(text, scoring.Typed{Text: "Hà Nội"})
	decomposed, f2 := readAnswer(text, scoring.Typed{Text: " Ha\u0300 No\u0302\u0323i\n"})
	if f1 != nil || f2 != nil || string(composed.Canonical()) != string(decomposed.Canonical()) {
		t.Fatalf("%s %s %v %v", composed.Canonical(), decomposed.Canonical(), f1, f2)
	}
	rapid.Check(t, func(t *rapid.T) {
		r, f := readAnswer(text, scoring.Typed{Text: rapid.String().Draw(t, "text")})
		if f == nil && (strings.ContainsRune(r.Text, 0) || len(r.Canonical()) > 4096) {
			t.Fatalf("%q", r.Text)
		}
	})
}

func TestTimeTakenIsFair(t *testing.T) {
	p := &Play{OpensUs: 1_000_000, DurationUs: 20_000_000}
	for _, c := range []struct{ received, shown, want int64 }{
		{4_000_000, 0, 3_000_000},         // not known: from the opening
		{4_000_000, 900_000, 3_000_000},   // never before the opening
		{4_000_000, 1_400_000, 2_600_000}, // the delivery took 0.4 s
		{4_000_000, 3_900_000, 2_000_000}, // at most one second is credited
		{1_200_000, 1_900_000, 0},
	} {
		if got := TakenUs(p, c.received, c.shown); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	var x shownTimes
	x.note(1, 7, 500)
	x.note(1, 7, 900) // a reconnect gains nothing
	if x.of(1, 7) != 500 {
		t.Fatal(x.of(1, 7))
	}
	x.note(2, 7, 1000)
	x.note(1, 8, 1100) // a straggler of the item before
	if x.of(2, 7) != 1000 || x.of(2, 8) != 0 || x.of(1, 7) != 0 {
		t.Fatal("the items are mixed up")
	}
}

// BenchmarkAnswers measures the way from a checked frame to the commit, without sockets: 5,000 entries answer at once.
func BenchmarkAnswers(b *testing.B) {
	const n = 5000
	h := newHall(b, n)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	if _, err := h.db.Exec(b.Context(), `INSERT INTO stage_writer (round_id, entry_id, writer, device_id, node, connected)
		SELECT $1, g, 1, g, 'a', true FROM generate_series(1000, 5999) g`, h.round.ID); err != nil {
		b.Fatal(err)
	}
	p := h.open(a)
	seq := int32(0)
	for b.Loop() {
		seq++
		took := make([]time.Duration, n)
		var wg sync.WaitGroup
		start := time.Now()
		for i := range n {
			wg.Go(func() {
				// Spread over 300 ms, ten times as dense as in a hall.
				time.Sleep(time.Duration(i) * 60 * time.Microsecond)
				from := time.Now()
				if _, err := h.answer(a, i, 0, AnswerCommand{Play: p.Number, Writer: 1, Seq: seq, Options: []string{"b"}}); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(from)
			})
		}
		wg.Wait()
		sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms/5000")
		b.ReportMetric(float64(took[n/2].Microseconds())/1000, "ms-p50")
		b.ReportMetric(float64(took[n*99/100].Microseconds())/1000, "ms-p99")
	}
}
