package stage

import (
	"fmt"
	"sync"
	"testing"
)

// BenchmarkOwnViews is the coming back of 2,000 contestants to an open item, most of whom have answered: their own parts
// read one by one, and together.
func BenchmarkOwnViews(b *testing.B) {
	const n = 2000
	h := newHall(b, n)
	a := h.addNode("a", nil, false)
	h.setUp(a, DefaultSettings())
	p := h.open(a)
	if _, err := h.db.Exec(b.Context(), `INSERT INTO stage_writer (round_id, entry_id, writer, device_id, node, connected)
		SELECT $1, 1000 + n, n % 5 + 1, n, 'a', true FROM generate_series(0, $2 - 1) AS n`, h.round.ID, n); err != nil {
		b.Fatal(err)
	}
	if _, err := h.db.Exec(b.Context(), `INSERT INTO stage_response (round_id, play, entry_id, writer, seq, received_us, shown_us, payload)
		SELECT $1, $2, 1000 + n, n % 5 + 1, 1, 1000000 + n, 0, '{"options":["b"]}'::bytea FROM generate_series(0, $3 - 1) AS n WHERE n % 10 > 0`,
		h.round.ID, p.Number, n); err != nil {
		b.Fatal(err)
	}
	r, err := a.room(b.Context(), h.round.ID)
	if err != nil {
		b.Fatal(err)
	}
	for _, way := range []struct {
		name string
		read func(id int64) (ownPart, error)
	}{
		{"one_by_one", func(id int64) (ownPart, error) { x := r.flushOwn([]int64{id})[0]; return x.Value, x.Err }},
		{"together", func(id int64) (ownPart, error) { return r.own.ask(b.Context(), id) }},
	} {
		b.Run(fmt.Sprintf("%s/%d", way.name, n), func(b *testing.B) {
			for b.Loop() {
				var all sync.WaitGroup
				for i := range n {
					all.Go(func() {
						part, err := way.read(int64(1000 + i))
						if err != nil || part.writer != int32(i%5+1) || (part.answer == nil) != (i%10 == 0) || part.answer != nil && part.answer.ReceivedUs != int64(1_000_000+i) {
							b.Errorf("entry %d: %+v, %v", i, part, err)
						}
					})
				}
				all.Wait()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/storm")
		})
		b.Run(way.name+"/alone", func(b *testing.B) {
			for b.Loop() {
				if _, err := way.read(1001); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
