package stage

import (
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
)

func TestAnswersPerItemAreBounded(t *testing.T) {
	x := tries{most: 2}
	for n, want := range []bool{true, true, false} {
		if x.may(1, 7) != want {
			t.Fatalf("answer %d: allowed is %v", n+1, !want)
		}
	}
	if !x.may(1, 8) || !x.may(2, 7) {
		t.Fatal("the bound is not per entry and item")
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
		if r, f := bad.c.ReadAnswer(bad.in); f == nil {
			t.Errorf("%q %q was taken as %+v", bad.in.Options, bad.in.Text, r)
		}
	}
	composed, f1 := text.ReadAnswer(scoring.Typed{Text: "Hà Nội"})
	decomposed, f2 := text.ReadAnswer(scoring.Typed{Text: " Ha\u0300 No\u0302\u0323i\n"})
	if f1 != nil || f2 != nil || string(composed.Canonical()) != string(decomposed.Canonical()) {
		t.Fatalf("%s %s %v %v", composed.Canonical(), decomposed.Canonical(), f1, f2)
	}
	rapid.Check(t, func(t *rapid.T) {
		r, f := text.ReadAnswer(scoring.Typed{Text: rapid.String().Draw(t, "text")})
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
