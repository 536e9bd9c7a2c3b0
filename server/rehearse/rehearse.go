// Package rehearse plays a round with robots that come through the same door as people: the real socket, the real
// commands, nothing else.
//
// It must never touch a real contest (its caller gives it a copy that is thrown away), and never report a number that
// it didn't measure.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/live/liveclient"
)

// localIP spreads the robots over addresses of this machine, or they would run out of ports.
func localIP(i int) string { return fmt.Sprintf("127.0.0.%d", 2+i%40) }

// Plan is a round to be played.
type Plan struct {
	URL       string // of the server: http://127.0.0.1:8080
	ContestID int64
	RoundID   int64
	Host      string  // the host's Cookie header
	Robots    []Robot // one for each entry
	Items     int     // how many items to play; 0: all
	// AnswerWithin: each robot answers at a random moment of this time after it saw the item open.
	AnswerWithin time.Duration
	// Settle is how long replies are waited for after that, before the item is closed; 0: half a second.
	Settle time.Duration
	// Connecting at once; more would only measure the queue for connections.
	Connecting int
	Seed       uint64
	// Progress is told what happens, for people who watch.
	Progress func(format string, args ...any)
	// Sample measures the server process now; nil: it isn't measured.
	Sample func() Usage
}

// Robot is an entry that a robot plays.
type Robot struct {
	EntryID int64
	Cookie  string
}

// Usage is what the server process has used.
type Usage struct {
	RSS int64         // resident bytes now
	CPU time.Duration // since its start
}

// Ack is an answer of which the server said that it is saved.
type Ack struct {
	EntryID int64
	Play    int32
	Writer  int32
	Seq     int32
}

// Millis is a summary of durations in milliseconds.
type Millis struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Report is what a rehearsal measured. Lost is filled in by the caller, who can look into the database.
type Report struct {
	Entries      int     `json:"entries"`
	Connected    int     `json:"connected"`
	ConnectMs    float64 `json:"connect_ms"` // until the last robot was in the waiting room
	Items        int     `json:"items"`
	Sent         int64   `json:"sent"`
	Acknowledged int64   `json:"acknowledged"`
	Refused      int64   `json:"refused"`
	Unanswered   int64   `json:"unanswered"` // sent, and the connection broke or the time ran out before a reply
	Lost         int64   `json:"lost"`       // acknowledged and not stored
	AckMs        Millis  `json:"ack_ms"`
	OpenSpreadMs float64 `json:"open_spread_ms"` // first to last robot seeing an item open, the worst item
	OpenSeen     int     `json:"open_seen"`      // least number of robots that saw an item open
	BoardMs      float64 `json:"board_ms"`       // reveal to the last robot knowing its new place, the worst item
	BoardSeen    int64   `json:"board_seen"`     // new places received in all
	ServerRSSMB  float64 `json:"server_rss_mb"`
	PerConnKB    float64 `json:"kb_per_connection"` // growth of the server's memory from before the first robot to all connected
	ServerCPUS   float64 `json:"server_cpu_s"`
	Reconnects   int64   `json:"reconnects"`
	// Refusals counts them by their code.
	Refusals map[string]int64 `json:"refusals"`
}

// run is one rehearsal under way.
type run struct {
	plan   Plan
	robots []*robot
	view   lastView

	mu     sync.Mutex
	report Report
	acks   []Ack
	took   []time.Duration
	opened map[int32]*spread
	boards spread
}

// spread is from the first to the last of several like moments.
type spread struct {
	first, last time.Time
	n           int
}

func (s *spread) add(at time.Time) {
	if s.n == 0 || at.Before(s.first) {
		s.first = at
	}
	if s.n == 0 || at.After(s.last) {
		s.last = at
	}
	s.n++
}

// Run plays the round and gives what was measured, with every acknowledged answer.
func Run(ctx context.Context, p Plan) (Report, []Ack, error) {
	if p.Connecting == 0 {
		p.Connecting = 64
	}
	if p.Settle == 0 {
		p.Settle = 500 * time.Millisecond
	}
	if p.Sample == nil {
		p.Sample = func() Usage { return Usage{} }
	}
	r := &run{plan: p, opened: map[int32]*spread{}}
	r.report.Entries, r.report.Refusals = len(p.Robots), map[string]int64{}
	defer r.leave()
	before := p.Sample()
	if err := r.connect(ctx); err != nil {
		return r.report, nil, err
	}
	there := p.Sample()
	if n := r.report.Connected; n > 0 {
		r.report.PerConnKB = float64(there.RSS-before.RSS) / float64(n) / 1024
	}
	h, err := newHost(ctx, r)
	if err != nil {
		return r.report, nil, fmt.Errorf("the host's robot: %w", err)
	}
	defer h.client.Close()
	err = h.play(ctx)
	after := p.Sample()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.ServerRSSMB = float64(after.RSS) / (1 << 20)
	r.report.ServerCPUS = (after.CPU - before.CPU).Seconds()
	r.report.AckMs = summary(r.took)
	return r.report, r.acks, err
}

// connect brings all robots into the waiting room.
func (r *run) connect(ctx context.Context) error {
	r.say("%d robots enter the waiting room", len(r.plan.Robots))
	start := time.Now()
	slots := make(chan struct{}, r.plan.Connecting)
	var wait sync.WaitGroup
	failed := make(chan error, 1)
	r.robots = make([]*robot, len(r.plan.Robots))
	for i, x := range r.plan.Robots {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		wait.Go(func() {
			defer func() { <-slots }()
			b := &robot{run: r, entry: x, local: localIP(i), random: rand.New(rand.NewPCG(r.plan.Seed, uint64(i)))}
			if err := b.enter(ctx); err != nil {
				select {
				case failed <- fmt.Errorf("robot %d: %w", i+1, err):
				default:
				}
				return
			}
			r.robots[i] = b
		})
	}
	wait.Wait()
	for _, b := range r.robots {
		if b != nil {
			r.report.Connected++
		}
	}
	r.report.ConnectMs = ms(time.Since(start))
	select {
	case err := <-failed:
		if r.report.Connected == 0 {
			return err
		}
		r.say("%d robots could not enter: %v", len(r.plan.Robots)-r.report.Connected, err)
	default:
	}
	return nil
}

func (r *run) leave() {
	var wait sync.WaitGroup
	for _, b := range r.robots {
		if b != nil {
			wait.Go(b.client.Close)
		}
	}
	wait.Wait()
}

func (r *run) say(format string, args ...any) {
	if r.plan.Progress != nil {
		r.plan.Progress(format, args...)
	}
}

// saw notes that a robot has seen a play open.
func (r *run) saw(play int32, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.opened[play]
	if s == nil {
		s = &spread{}
		r.opened[play] = s
	}
	s.add(at)
}

func (r *run) placed(at time.Time) {
	r.mu.Lock()
	r.boards.add(at)
	r.mu.Unlock()
}

// answered notes what became of an answer.
func (r *run) answered(a Ack, took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var f *liveclient.Fault
	switch {
	case err == nil:
		r.report.Acknowledged++
		r.acks = append(r.acks, a)
		r.took = append(r.took, took)
	case errors.As(err, &f):
		r.report.Refused++
		r.report.Refusals[f.Code]++
	default:
		r.report.Unanswered++
	}
}

func summary(d []time.Duration) Millis {
	if len(d) == 0 {
		return Millis{}
	}
	d = slices.Clone(d)
	slices.Sort(d)
	at := func(share float64) float64 { return ms(d[min(len(d)-1, int(share*float64(len(d))))]) }
	return Millis{P50: at(0.5), P99: at(0.99), Max: ms(d[len(d)-1])}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
