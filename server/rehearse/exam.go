package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// ExamPlan is an online exam to be taken by robots, all of them at the worst moment.
type ExamPlan struct {
	URL       string // of the server: http://127.0.0.1:8080
	ContestID int64
	RoundID   int64
	Organizer string  // the organizer's Cookie header: it sets the window and lets the clock open it
	Robots    []Robot // one for each entry
	// Saves is how many responses each robot saves; beyond the items of its paper it changes its mind.
	Saves int
	// All start within StartWithin, save the responses within AnswerWithin, and submit in the SubmitWithin before the
	// window closes. The window lasts as long as the three together, at least a minute.
	StartWithin, AnswerWithin, SubmitWithin time.Duration
	// Leave: one in so many closes the page before submitting, so that the clock submits what was saved; 0: nobody.
	Leave int
	// Connecting at once; more would only measure the queue for connections.
	Connecting int
	Seed       uint64
	Progress   func(format string, args ...any)
	Sample     func() Usage
	// Saved is told of every response that was acknowledged, as soon as it is; nil: nobody asks.
	Saved func(ExamAck)
}

// ExamAck is a response of which the server said that it is saved.
type ExamAck struct {
	EntryID   int64
	AttemptID int64
	Place     int16
	Writer    int32
	Seq       int32
	// Sent is what the robot wants to be found.
	Sent exam.RespondCommand
}

// ExamReport is what a rehearsal of an online exam measured. Lost, Finished, Missing and Wrong are filled in by the
// caller, who can look into the database.
type ExamReport struct {
	Kind         string  `json:"kind"`
	Entries      int     `json:"entries"`
	Connected    int     `json:"connected"`
	ConnectMs    float64 `json:"connect_ms"` // until the last robot was on the page before the start
	Started      int64   `json:"started"`
	StartMs      Millis  `json:"start_ms"` // from the wish to begin to the reply, after which the paper is there
	Sent         int64   `json:"sent"`
	Acknowledged int64   `json:"acknowledged"`
	SaveMs       Millis  `json:"save_ms"`
	Submitted    int64   `json:"submitted"`
	SubmitMs     Millis  `json:"submit_ms"` // to the reply, with the score where it is shown at once
	Left         int64   `json:"left"`      // closed the page; the clock submits for them
	Refused      int64   `json:"refused"`
	Unanswered   int64   `json:"unanswered"` // given up without a reply
	Resent       int64   `json:"resent"`     // sent again, because no reply came or the server asked for it
	Lost         int64   `json:"lost"`       // acknowledged and not stored, or not as it was sent
	Finished     int64   `json:"finished"`   // attempts that are over in the database
	Missing      int64   `json:"missing"`    // attempts without a score in the standings
	Wrong        int64   `json:"wrong"`      // scores that working everything out anew gives otherwise
	// StandingsMs is from the close (the window's end, with the grace for what is on its way) until the round says that
	// everything is counted, as the last robot learns it; negative: it never did.
	StandingsMs float64          `json:"standings_ms"`
	GraceMs     float64          `json:"grace_ms"` // between the window's end and the close
	ServerRSSMB float64          `json:"server_rss_mb"`
	PerConnKB   float64          `json:"kb_per_connection"`
	ServerCPUS  float64          `json:"server_cpu_s"`
	Reconnects  int64            `json:"reconnects"`
	Refusals    map[string]int64 `json:"refusals"`
}

// examRun is one rehearsal of an online exam under way.
type examRun struct {
	plan    ExamPlan
	robots  []*examinee
	periods []int64
	opens   time.Time // by our own clock
	closes  time.Time

	mu      sync.Mutex
	report  ExamReport
	acks    []ExamAck
	starts  []time.Duration
	saves   []time.Duration
	submits []time.Duration
	counted spread // of the news that everything is counted
	most    int64  // resident bytes
}

// RunExam lets the robots take the exam and gives what was measured, with every acknowledged response. A server that
// ends meanwhile and comes back at the same address is met again: what was not acknowledged is sent once more.
func RunExam(ctx context.Context, p ExamPlan) (ExamReport, []ExamAck, error) {
	if p.Connecting == 0 {
		p.Connecting = 64
	}
	if p.Sample == nil {
		p.Sample = func() Usage { return Usage{} }
	}
	r := &examRun{plan: p}
	r.report = ExamReport{Kind: "exam", Entries: len(p.Robots), Refusals: map[string]int64{}, StandingsMs: -1}
	defer r.leave()
	before := p.Sample()
	if err := r.connect(ctx); err != nil {
		return r.report, nil, err
	}
	if n := r.report.Connected; n > 0 {
		r.report.PerConnKB = float64(p.Sample().RSS-before.RSS) / float64(n) / 1024
	}
	o, err := openExam(ctx, r)
	if err != nil {
		return r.report, nil, fmt.Errorf("the organizer's robot: %w", err)
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go r.watchMemory(watching)
	r.take(ctx)
	err = r.standings(ctx, o)
	after := p.Sample()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.ServerRSSMB = float64(max(r.most, after.RSS)) / (1 << 20)
	r.report.ServerCPUS = (after.CPU - before.CPU).Seconds()
	r.report.StartMs, r.report.SaveMs, r.report.SubmitMs = summary(r.starts), summary(r.saves), summary(r.submits)
	return r.report, r.acks, err
}

// connect brings all robots to the page before the start.
func (r *examRun) connect(ctx context.Context) error {
	r.say("%d robots open the page", len(r.plan.Robots))
	start := time.Now()
	slots := make(chan struct{}, r.plan.Connecting)
	var wait sync.WaitGroup
	failed := make(chan error, 1)
	r.robots = make([]*examinee, len(r.plan.Robots))
	for i, x := range r.plan.Robots {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		wait.Go(func() {
			defer func() { <-slots }()
			b := &examinee{run: r, entry: x, local: localIP(i), random: rand.New(rand.NewPCG(r.plan.Seed, uint64(i))),
				leaves: r.plan.Leave > 0 && i%r.plan.Leave == r.plan.Leave-1, connected: make(chan struct{}, 1)}
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

// take lets everybody take the exam and waits until all have submitted, left or given up.
func (r *examRun) take(ctx context.Context) {
	r.say("the window is open for %s", r.closes.Sub(r.opens).Round(time.Second))
	var wait sync.WaitGroup
	for _, b := range r.robots {
		if b != nil {
			wait.Go(func() { b.take(ctx) })
		}
	}
	wait.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.say("%d started, %d responses saved, %d submitted, %d left without a word", r.report.Started, r.report.Acknowledged, r.report.Submitted, r.report.Left)
}

// standings waits until everybody who is still there knows that everything is counted.
func (r *examRun) standings(ctx context.Context, o *examOrganizer) error {
	grace := time.Duration(o.graceUs) * time.Microsecond
	closed := r.closes.Add(grace)
	there := 0
	for _, b := range r.robots {
		if b != nil && !b.leaves {
			there++
		}
	}
	for {
		r.mu.Lock()
		done, last := r.counted.n >= there, r.counted.last
		r.mu.Unlock()
		if done {
			r.mu.Lock()
			r.report.StandingsMs, r.report.GraceMs = ms(max(0, last.Sub(closed))), ms(grace)
			r.mu.Unlock()
			r.say("everything is counted %s after the close", last.Sub(closed).Round(time.Millisecond))
			return nil
		}
		if time.Since(closed) > 2*longest {
			return errors.New("the round was not counted within a minute of its close")
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

func (r *examRun) watchMemory(ctx context.Context) {
	for pause(ctx, time.Second) == nil {
		u := r.plan.Sample()
		r.mu.Lock()
		r.most = max(r.most, u.RSS)
		r.mu.Unlock()
	}
}

func (r *examRun) leave() {
	var wait sync.WaitGroup
	for _, b := range r.robots {
		if b != nil {
			wait.Go(b.client.Close)
		}
	}
	wait.Wait()
}

func (r *examRun) say(format string, args ...any) {
	if r.plan.Progress != nil {
		r.plan.Progress(format, args...)
	}
}

// note counts something of the report.
func (r *examRun) note(what func(report *ExamReport)) {
	r.mu.Lock()
	what(&r.report)
	r.mu.Unlock()
}

// failed notes what had no good end.
func (r *examRun) failed(err error) {
	var f *liveclient.Fault
	r.note(func(report *ExamReport) {
		if errors.As(err, &f) {
			report.Refused++
			report.Refusals[f.Code]++
			return
		}
		report.Unanswered++
	})
}
