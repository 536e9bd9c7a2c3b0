package stage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/websocket/v2"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// bare is the least that a durable answer over a socket costs: the same socket library, the same batched and pipelined
// transaction on the same tables, and nothing else. No permissions, no checks, no queue for slow readers, no metrics.
type bare struct {
	h     *hall
	queue chan bareAnswer
}

type bareAnswer struct {
	entryID int64
	seq     int32
	done    chan error
}

// maxBare is the size of a batch, as that of the product's lane.
const maxBare = 1000

func (b *bare) address() string {
	b.h.t.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().KeepHijackedConns = true
	app.Get("/api/live", websocket.New(b.serve, websocket.Config{Origins: []string{"*"}, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}))
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		b.h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { b.store(ctx) })
	ended.Go(func() { _ = app.Listener(ln) })
	b.h.t.Cleanup(func() {
		_ = app.ShutdownWithTimeout(5 * time.Second)
		cancel()
		ended.Wait()
	})
	return fmt.Sprintf("http://127.0.0.1:%d/api/live", ln.Addr().(*net.TCPAddr).Port)
}

func (b *bare) serve(conn *websocket.Conn) {
	defer func() { _ = conn.Close() }()
	if conn.WriteMessage(websocket.TextMessage, []byte(`{"kind":"welcome","data":{}}`)) != nil {
		return
	}
	done := make(chan error, 1)
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var in struct {
			ID   int64 `json:"id"`
			Data struct {
				Entry int64 `json:"entry"`
				Seq   int32 `json:"seq"`
			} `json:"data"`
		}
		if json.Unmarshal(raw, &in) != nil {
			return
		}
		b.queue <- bareAnswer{entryID: in.Data.Entry, seq: in.Data.Seq, done: done}
		if <-done != nil {
			return
		}
		if conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"kind":"ok","id":%d}`, in.ID)) != nil {
			return
		}
	}
}

func (b *bare) store(ctx context.Context) {
	payload := []byte(`{"options":["b"]}`)
	for {
		var batch []bareAnswer
		select {
		case <-ctx.Done():
			return
		case a := <-b.queue:
			batch = append(batch, a)
		}
		for more := true; more && len(batch) < maxBare; {
			select {
			case a := <-b.queue:
				batch = append(batch, a)
			default:
				more = false
			}
		}
		n := len(batch)
		plays, entries, writers, seqs := make([]int32, n), make([]int64, n), make([]int32, n), make([]int32, n)
		received, payloads := make([]int64, n), make([][]byte, n)
		for i, a := range batch {
			plays[i], entries[i], writers[i], seqs[i], received[i], payloads[i] = 1, a.entryID, 1, a.seq, b.h.nowUs.Load(), payload
		}
		var p pgx.Batch
		p.Queue(lockShared, lockClass, int32(b.h.round.ID))
		p.Queue(insertAnswers, b.h.round.ID, plays, entries, writers, seqs, received, received, payloads, int64(0))
		p.Queue(readAnswers, b.h.round.ID, plays, entries, writers, seqs)
		err := b.h.db.SendBatch(context.WithoutCancel(ctx), &p).Close()
		for _, a := range batch {
			a.done <- err
		}
	}
}

// swarm is a load of clients on one of the two ways.
type swarm struct {
	name    string
	clients []*liveclient.Client
	answer  func(i int, seq int32) any
	seq     atomic.Int32
	topic   string
	flood   []time.Duration // each client answers again as soon as it has its acknowledgement
	paced   []time.Duration // answers come as in a hall
}

func (s *swarm) connect(b *testing.B, h *hall, url string, n int) {
	b.Helper()
	s.clients = make([]*liveclient.Client, n)
	slots := make(chan struct{}, 100)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			c, err := liveclient.Dial(b.Context(), liveclient.Options{URL: url, LocalIP: fmt.Sprintf("127.0.0.%d", 2+i%20),
				Cookie: fmt.Sprintf("as=entry/%d/1", h.entries[i].ID)})
			if err != nil {
				b.Error(err)
				return
			}
			s.clients[i] = c
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	b.Cleanup(func() {
		for _, c := range s.clients {
			c.Close()
		}
	})
}

// run lets every client answer for a while; pause is the mean time between an acknowledgement and the next answer.
func (s *swarm) run(b *testing.B, d, pause time.Duration) []time.Duration {
	b.Helper()
	runtime.GC() // the other side's waste is not ours
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	end := time.Now().Add(d)
	first := s.seq.Load()
	for i, c := range s.clients {
		wg.Go(func() {
			var mine []time.Duration
			seq := first
			for {
				if pause > 0 {
					time.Sleep(rand.N(2 * pause))
				}
				from := time.Now()
				if !from.Before(end) {
					break
				}
				seq++
				if err := c.Do(b.Context(), "answer", s.topic, s.answer(i, seq), nil); err != nil {
					b.Errorf("%s: %v", s.name, err)
					break
				}
				mine = append(mine, time.Since(from))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			s.seq.Store(max(s.seq.Load(), seq))
		})
	}
	wg.Wait()
	return all
}

// BenchmarkYardstick sets the product's way of an answer beside the bare loop, in one run, on one database that
// commits durably: how many acknowledgements a second both give when they are flooded, and how long one takes at the
// pace of a hall of 5,000 who answer within 3 seconds.
func BenchmarkYardstick(b *testing.B) {
	const (
		sockets = 2000
		rounds  = 3
		turn    = 4 * time.Second
		pace    = 5000.0 / 3 // answers a second
	)
	db, err := postgres.Open(b.Context(), testkit.OwnPostgres(b).URL, postgres.Options{MaxConns: 8})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	h := hallIn(b, db, sockets)
	start, began := time.Now(), h.nowUs.Load()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	go func() {
		for range tick.C {
			h.nowUs.Store(began + time.Since(start).Microseconds())
		}
	}()
	product := &swarm{name: "product", topic: contestantTopic(h.round.ID), answer: func(_ int, seq int32) any {
		return AnswerCommand{Play: 1, Writer: 1, Seq: seq, Options: []string{"b"}}
	}}
	url := h.address("a")
	settings := DefaultSettings()
	settings.DurationS = 3600
	h.setUp(h.nodes[0], settings)
	h.unbounded()
	product.connect(b, h, url, sockets)
	for _, c := range product.clients {
		if err := c.Do(b.Context(), "claim_device", product.topic, ClaimCommand{}, nil); err != nil {
			b.Fatal(err)
		}
	}
	loop := &swarm{name: "bare loop", answer: func(i int, seq int32) any {
		return map[string]any{"play": 1, "writer": 1, "seq": seq, "options": []string{"b"}, "entry": h.entries[i].ID}
	}}
	loop.seq.Store(500_000) // the keys of both are apart
	loop.connect(b, h, (&bare{h: h, queue: make(chan bareAnswer, sockets)}).address(), sockets)
	h.open(h.nodes[0])

	pause := time.Duration(float64(sockets) / pace * float64(time.Second))
	for range rounds { // in turns, so that what else the machine does meets both
		for _, s := range []*swarm{product, loop} {
			s.flood = append(s.flood, s.run(b, turn, 0)...)
			s.paced = append(s.paced, s.run(b, turn, pause)...)
		}
	}
	fmt.Printf("\n%-10s  %10s  %9s  %9s  %11s  %9s  %9s\n", "", "flood", "", "", "hall's pace", "", "")
	fmt.Printf("%-10s  %10s  %9s  %9s  %11s  %9s  %9s\n", "", "acks/s", "p50 ms", "p99 ms", "acks/s", "p50 ms", "p99 ms")
	var rate [2]float64
	for i, s := range []*swarm{product, loop} {
		slices.Sort(s.flood)
		slices.Sort(s.paced)
		rate[i] = float64(len(s.flood)) / (rounds * turn).Seconds()
		fmt.Printf("%-10s  %10.0f  %9.1f  %9.1f  %11.0f  %9.1f  %9.1f\n", s.name, rate[i], share(s.flood, 50), share(s.flood, 99),
			float64(len(s.paced))/(rounds*turn).Seconds(), share(s.paced, 50), share(s.paced, 99))
	}
	fmt.Printf("ratio       %10.2f  (%d sockets, %d processors, clients in the same process)\n\n", rate[0]/rate[1], sockets, runtime.GOMAXPROCS(0))
	b.ReportMetric(rate[0]/rate[1], "product/bare")
	b.ReportMetric(rate[0], "acks/s")
	b.ReportMetric(share(product.flood, 99), "ms-p99")
}

// share is a percentile of sorted times, in milliseconds.
func share(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, len(sorted)*percent/100)].Microseconds()) / 1000
}
