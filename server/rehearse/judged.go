package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/live/liveclient"
)

// JudgedPlan is a judged round to be marked by robots: one turn after the other, as on a stage.
type JudgedPlan struct {
	URL       string // of the server: http://127.0.0.1:8080
	ContestID int64
	RoundID   int64
	Desk      string  // the Cookie header of whoever starts and ends the turns, and checks the marks afterwards
	Judges    []Judge // the panel; the first is its head
	// MarkWithin: each judge gives all marks of a turn within this time after it came on stage, each at a random moment.
	MarkWithin time.Duration
	// Away is the seat of a judge who loses the network in each turn for half of that time and marks on; 0: nobody.
	Away     int
	Seed     uint64
	Progress func(format string, args ...any)
	Sample   func() Usage
	// Marked is told of every mark that was acknowledged, as soon as it is; nil: nobody asks.
	Marked func(MarkAck)
}

// Judge is a seat that a robot takes.
type Judge struct {
	Seat      int
	AccountID int64
	Cookie    string
}

// MarkAck is a mark of which the server said that it is saved.
type MarkAck struct {
	AccountID     int64
	PerformanceID int64
	CriterionID   int64
	Writer        int64
	Seq           int64
	Value         int64
}

// JudgedReport is what a rehearsal of a judged round measured. Lost and Wrong are filled in by the caller, who can look
// into the database.
type JudgedReport struct {
	Kind         string `json:"kind"`
	Judges       int    `json:"judges"`
	Turns        int    `json:"turns"`
	Sent         int64  `json:"sent"`
	Acknowledged int64  `json:"acknowledged"`
	MarkMs       Millis `json:"mark_ms"`  // from the judge's wish to the reply; while away, it waits for the network
	StageMs      Millis `json:"stage_ms"` // from the act that puts a turn on stage to the judge's screen that shows it
	LockMs       Millis `json:"lock_ms"`
	// ScoreMs is from the last locked sheet of a turn that is over until the desk's table shows the score.
	ScoreMs     Millis           `json:"score_ms"`
	Locked      int64            `json:"locked"`
	Resent      int64            `json:"resent"`
	Unanswered  int64            `json:"unanswered"`
	Refused     int64            `json:"refused"`
	Lost        int64            `json:"lost"`  // acknowledged and not stored as it was sent
	Wrong       int64            `json:"wrong"` // scores that differ from those that follow from the robots' own marks
	Closed      bool             `json:"closed"`
	ServerRSSMB float64          `json:"server_rss_mb"`
	ServerCPUS  float64          `json:"server_cpu_s"`
	Reconnects  int64            `json:"reconnects"`
	Refusals    map[string]int64 `json:"refusals"`
}

// judgedRun is one rehearsal of a judged round under way.
type judgedRun struct {
	plan   JudgedPlan
	judges []*judge

	mu     sync.Mutex
	report JudgedReport
	acks   []MarkAck
	marks  []time.Duration
	stages []time.Duration
	locks  []time.Duration
	scores []time.Duration
}

// RunJudged lets the panel mark every turn of the round, and gives what was measured, with every acknowledged mark. A
// server that ends meanwhile and comes back at the same address is met again: what was not acknowledged is sent once
// more.
func RunJudged(ctx context.Context, p JudgedPlan) (JudgedReport, []MarkAck, error) {
	if p.Sample == nil {
		p.Sample = func() Usage { return Usage{} }
	}
	r := &judgedRun{plan: p}
	r.report = JudgedReport{Kind: "judged", Judges: len(p.Judges), Refusals: map[string]int64{}}
	before := p.Sample()
	defer func() {
		for _, b := range r.judges {
			b.leave()
		}
	}()
	for i, x := range p.Judges {
		b := &judge{run: r, who: x, local: localIP(i), random: rand.New(rand.NewPCG(p.Seed, uint64(i))), news: make(chan struct{}, 1)}
		if err := b.enter(ctx); err != nil {
			return r.report, nil, fmt.Errorf("judge %d: %w", x.Seat, err)
		}
		r.judges = append(r.judges, b)
	}
	d, err := openDesk(ctx, r)
	if err != nil {
		return r.report, nil, fmt.Errorf("the desk's robot: %w", err)
	}
	defer d.client.Close()
	err = d.play(ctx)
	after := p.Sample()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.ServerRSSMB = float64(after.RSS) / (1 << 20)
	r.report.ServerCPUS = (after.CPU - before.CPU).Seconds()
	r.report.MarkMs, r.report.StageMs, r.report.LockMs, r.report.ScoreMs = summary(r.marks), summary(r.stages), summary(r.locks), summary(r.scores)
	return r.report, r.acks, err
}

func (r *judgedRun) say(format string, args ...any) {
	if r.plan.Progress != nil {
		r.plan.Progress(format, args...)
	}
}

func (r *judgedRun) note(what func(report *JudgedReport)) {
	r.mu.Lock()
	what(&r.report)
	r.mu.Unlock()
}

// failed notes what had no good end.
func (r *judgedRun) failed(err error) {
	var f *liveclient.Fault
	r.note(func(report *JudgedReport) {
		if errors.As(err, &f) {
			report.Refused++
			report.Refusals[f.Code]++
			return
		}
		report.Unanswered++
	})
}
