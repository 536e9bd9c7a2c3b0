package rehearse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// examinee is one contestant in front of an online exam.
type examinee struct {
	run    *examRun
	entry  Robot
	local  string
	leaves bool
	client *liveclient.Client
	topic  string
	random *rand.Rand // of the one goroutine that takes the exam

	connected chan struct{} // told of every new connection

	mu      sync.Mutex
	paper   []byte // as it came
	counted bool
}

func (b *examinee) enter(ctx context.Context) error {
	client, err := liveclient.Dial(ctx, liveclient.Options{URL: b.run.plan.URL + "/api/live", Cookie: b.entry.Cookie, LocalIP: b.local,
		OnMessage: b.message, OnState: b.state, Reconnect: true})
	if err != nil {
		return err
	}
	b.client = client
	b.topic = fmt.Sprintf("contestant/exam/%d", b.run.plan.RoundID)
	if err := client.Subscribe(ctx, b.topic); err != nil {
		client.Close()
		return fmt.Errorf("subscribe to %s: %w", b.topic, err)
	}
	return nil
}

func (b *examinee) state(err error) {
	if err != nil {
		b.run.note(func(r *ExamReport) { r.Reconnects++ })
		return
	}
	select {
	case b.connected <- struct{}{}:
	default:
	}
}

// counted is what the view of a round has in it once everything is counted.
var counted = []byte(`"phase":"` + exam.PhaseScored + `"`)

// message reads only what it must: thousands of robots share the machine with the server that is measured.
func (b *examinee) message(m liveclient.Message) {
	at := time.Now()
	switch m.Kind {
	case exam.KindPaper:
		b.mu.Lock()
		b.paper = bytes.Clone(m.Data)
		b.mu.Unlock()
	case exam.KindRound:
		if !bytes.Contains(m.Data, counted) {
			return
		}
		b.mu.Lock()
		first := !b.counted
		b.counted = true
		b.mu.Unlock()
		if first && !b.leaves {
			b.run.mu.Lock()
			b.run.counted.add(at)
			b.run.mu.Unlock()
		}
	}
}

// sheet is what a robot reads of its paper.
type sheet struct {
	AttemptID int64 `json:"attempt_id"`
	Writer    int32 `json:"writer"`
	Items     []struct {
		Place    int16         `json:"place"`
		Question bank.Question `json:"question"`
	} `json:"items"`
}

// take plays one contestant from the start to the submit.
func (b *examinee) take(ctx context.Context) {
	p := b.run.plan
	random := func(within time.Duration) time.Duration { return time.Duration(b.random.Int64N(int64(within) + 1)) }
	if sleepUntil(ctx, b.run.opens.Add(random(p.StartWithin))) != nil {
		return
	}
	paper, ok := b.start(ctx)
	if !ok {
		return
	}
	began := time.Now()
	moments := make([]time.Duration, p.Saves)
	for i := range moments {
		moments[i] = random(p.AnswerWithin)
	}
	slices.Sort(moments)
	seqs := map[int16]int32{}
	for i, at := range moments {
		if sleepUntil(ctx, began.Add(at)) != nil {
			return
		}
		item := paper.Items[i%len(paper.Items)]
		seqs[item.Place]++
		c := choose(b.random, item.Question)
		b.respond(ctx, exam.RespondCommand{AttemptID: paper.AttemptID, Place: item.Place, Writer: paper.Writer, Seq: seqs[item.Place],
			Options: c.Options, Text: c.Text, Parts: c.Parts})
	}
	if sleepUntil(ctx, b.run.closes.Add(-random(p.SubmitWithin))) != nil {
		return
	}
	if b.leaves {
		b.run.note(func(r *ExamReport) { r.Left++ })
		b.client.Close()
		return
	}
	b.submit(ctx, paper)
}

func (b *examinee) start(ctx context.Context) (sheet, bool) {
	period := b.run.periods[0]
	began := time.Now()
	var got exam.Started
	if err := b.insist(ctx, "start_attempt", exam.StartCommand{PeriodID: period}, &got); err != nil {
		b.run.failed(err)
		return sheet{}, false
	}
	took := time.Since(began)
	var paper sheet
	b.mu.Lock()
	raw := b.paper
	b.paper = nil
	b.mu.Unlock()
	err := json.Unmarshal(raw, &paper)
	if err == nil && (paper.AttemptID != got.AttemptID || len(paper.Items) == 0) {
		err = errors.New("it is not of the attempt")
	}
	if err != nil {
		b.run.say("entry %d: the paper can't be read: %v", b.entry.EntryID, err)
		b.run.failed(err)
		return sheet{}, false
	}
	b.run.mu.Lock()
	b.run.report.Started++
	b.run.starts = append(b.run.starts, took)
	b.run.mu.Unlock()
	return paper, true
}

func (b *examinee) respond(ctx context.Context, c exam.RespondCommand) {
	began := time.Now()
	b.run.note(func(r *ExamReport) { r.Sent++ })
	if err := b.insist(ctx, "respond", c, nil); err != nil {
		b.run.failed(err)
		return
	}
	ack := ExamAck{EntryID: b.entry.EntryID, AttemptID: c.AttemptID, Place: c.Place, Writer: c.Writer, Seq: c.Seq, Sent: c}
	b.run.mu.Lock()
	b.run.report.Acknowledged++
	b.run.acks = append(b.run.acks, ack)
	b.run.saves = append(b.run.saves, time.Since(began))
	b.run.mu.Unlock()
	if b.run.plan.Saved != nil {
		b.run.plan.Saved(ack)
	}
}

func (b *examinee) submit(ctx context.Context, paper sheet) {
	began := time.Now()
	var got exam.Submitted
	if err := b.insist(ctx, "submit_attempt", exam.SubmitCommand{AttemptID: paper.AttemptID, Writer: paper.Writer}, &got); err != nil {
		b.run.failed(err)
		return
	}
	b.run.mu.Lock()
	b.run.report.Submitted++
	b.run.submits = append(b.run.submits, time.Since(began))
	b.run.mu.Unlock()
}

// insistFor is how long a robot goes on asking, as a page does that stays open.
const insistFor = 2 * time.Minute

// insist gives a command until the server has said something final about it: what got no reply is sent again unchanged
// once the connection is back, what the server asks to send again after a moment.
func (b *examinee) insist(ctx context.Context, kind string, command, reply any) error {
	giveUp := time.Now().Add(insistFor)
	for {
		asking, cancel := context.WithTimeout(ctx, replyWithin)
		err := b.client.Do(asking, kind, b.topic, command, reply)
		cancel()
		var f *liveclient.Fault
		final := err == nil || errors.As(err, &f) && f.Status != http.StatusServiceUnavailable && f.Code != "exam_not_started" && f.Code != "exam_not_open"
		if final || ctx.Err() != nil || time.Now().After(giveUp) {
			return err
		}
		b.run.note(func(r *ExamReport) { r.Resent++ })
		wait := time.Duration(100+rand.IntN(200)) * time.Millisecond
		if errors.Is(err, liveclient.ErrLost) {
			wait = time.Second // or as soon as the line is back
		}
		select {
		case <-b.connected:
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func sleepUntil(ctx context.Context, at time.Time) error {
	if left := time.Until(at); left > 0 {
		return pause(ctx, left)
	}
	return ctx.Err()
}
