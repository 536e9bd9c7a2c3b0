package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// judge is one judge's tablet.
type judge struct {
	run    *judgedRun
	who    Judge
	local  string
	random *rand.Rand // of the one goroutine that marks
	topic  string
	writer int64
	seq    int64
	news   chan struct{} // told of every new view and connection

	mu     sync.Mutex
	client *liveclient.Client
	view   judging.JudgeView
	seen   time.Time // when the view came
}

func (b *judge) enter(ctx context.Context) error {
	b.topic = judging.JudgeTopicOf(b.run.plan.RoundID)
	if err := b.connect(ctx); err != nil {
		return err
	}
	var claimed judging.SheetsClaimed
	if err := b.insist(ctx, judging.CommandClaim, struct{}{}, &claimed); err != nil {
		return fmt.Errorf("claim the sheets: %w", err)
	}
	b.writer = claimed.Writer
	return nil
}

func (b *judge) connect(ctx context.Context) error {
	client, err := liveclient.Dial(ctx, liveclient.Options{URL: b.run.plan.URL + "/api/live", Cookie: b.who.Cookie, LocalIP: b.local,
		OnMessage: b.message, OnState: b.state, Reconnect: true})
	if err != nil {
		return err
	}
	if err := client.Subscribe(ctx, b.topic); err != nil {
		client.Close()
		return fmt.Errorf("subscribe to %s: %w", b.topic, err)
	}
	b.mu.Lock()
	b.client = client
	b.mu.Unlock()
	return nil
}

// leave closes the connection, as a network that goes away does; connect brings it back.
func (b *judge) leave() {
	b.mu.Lock()
	client := b.client
	b.client = nil
	b.mu.Unlock()
	if client != nil {
		client.Close()
	}
}

func (b *judge) state(err error) {
	if err != nil {
		b.run.note(func(r *JudgedReport) { r.Reconnects++ })
	}
	b.wake()
}

func (b *judge) wake() {
	select {
	case b.news <- struct{}{}:
	default:
	}
}

func (b *judge) message(m liveclient.Message) {
	if m.Kind != judging.KindJudgeView {
		return
	}
	at := time.Now()
	var v judging.JudgeView
	if err := json.Unmarshal(m.Data, &v); err != nil {
		b.run.say("judge %d: a view can't be read: %v", b.who.Seat, err)
		return
	}
	b.mu.Lock()
	b.view, b.seen = v, at
	b.mu.Unlock()
	b.wake()
}

// awaitStage waits until the tablet shows a performance on stage, and gives the rubric and the moment.
func (b *judge) awaitStage(ctx context.Context, performanceID int64) ([]judging.CriterionView, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		b.mu.Lock()
		there, criteria, at := b.view.OnStage == performanceID, b.view.Criteria, b.seen
		b.mu.Unlock()
		if there {
			return criteria, at, nil
		}
		select {
		case <-b.news:
		case <-ctx.Done():
			return nil, at, fmt.Errorf("judge %d never saw performance %d on stage: %w", b.who.Seat, performanceID, ctx.Err())
		}
	}
}

// mark gives all marks of a performance, changes one of them, and locks the sheet.
func (b *judge) mark(ctx context.Context, performanceID int64, criteria []judging.CriterionView) (locked time.Time, err error) {
	within := b.run.plan.MarkWithin
	if b.who.Seat == b.run.plan.Away {
		b.leave()
		back := time.AfterFunc(within/2, func() {
			for b.connect(ctx) != nil && pause(ctx, 200*time.Millisecond) == nil {
				continue
			}
			b.wake()
		})
		defer back.Stop()
	}
	began := time.Now()
	moments := make([]time.Duration, len(criteria)+1)
	for i := range moments {
		moments[i] = time.Duration(b.random.Int64N(int64(within) + 1))
	}
	slices.Sort(moments)
	seen := make([]judging.MarkValue, len(criteria))
	for i, at := range moments {
		if err := sleepUntil(ctx, began.Add(at)); err != nil {
			return time.Time{}, err
		}
		n := i % len(criteria) // the last one changes the first
		c := criteria[n]
		// Marks of a panel lie near each other, in the upper half of the scale.
		value := c.Max - c.Step*b.random.Int64N(max(c.Max/c.Step/2, 1))
		seen[n] = judging.MarkValue{CriterionID: c.ID, Value: value}
		b.give(ctx, performanceID, seen[n])
	}
	wish := time.Now()
	err = b.insist(ctx, judging.CommandLock, judging.LockSheetData{PerformanceID: performanceID, Writer: b.writer, Marks: seen}, nil)
	if err != nil {
		b.run.failed(err)
		return time.Time{}, fmt.Errorf("judge %d locks the sheet: %w", b.who.Seat, err)
	}
	locked = time.Now()
	b.run.mu.Lock()
	b.run.report.Locked++
	b.run.locks = append(b.run.locks, locked.Sub(wish))
	b.run.mu.Unlock()
	return locked, nil
}

func (b *judge) give(ctx context.Context, performanceID int64, v judging.MarkValue) {
	b.seq++
	wish := time.Now()
	b.run.note(func(r *JudgedReport) { r.Sent++ })
	err := b.insist(ctx, judging.CommandMark, judging.MarkData{PerformanceID: performanceID, CriterionID: v.CriterionID, Writer: b.writer,
		Seq: b.seq, Value: &v.Value}, nil)
	if err != nil {
		b.run.failed(err)
		return
	}
	ack := MarkAck{AccountID: b.who.AccountID, PerformanceID: performanceID, CriterionID: v.CriterionID, Writer: b.writer, Seq: b.seq, Value: v.Value}
	b.run.mu.Lock()
	b.run.report.Acknowledged++
	b.run.acks = append(b.run.acks, ack)
	b.run.marks = append(b.run.marks, time.Since(wish))
	b.run.mu.Unlock()
	if b.run.plan.Marked != nil {
		b.run.plan.Marked(ack)
	}
}

// insist gives a command until the server has said something final about it, as a tablet does that stays open.
func (b *judge) insist(ctx context.Context, kind string, command, reply any) error {
	giveUp := time.Now().Add(insistFor)
	for {
		b.mu.Lock()
		client := b.client
		b.mu.Unlock()
		err := error(liveclient.ErrLost)
		if client != nil {
			asking, cancel := context.WithTimeout(ctx, replyWithin)
			err = client.Do(asking, kind, b.topic, command, reply)
			cancel()
		}
		var f *liveclient.Fault
		final := err == nil || errors.As(err, &f) && f.Status != http.StatusServiceUnavailable
		if final || ctx.Err() != nil || time.Now().After(giveUp) {
			return err
		}
		if client != nil {
			b.run.note(func(r *JudgedReport) { r.Resent++ })
		}
		select {
		case <-b.news:
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
