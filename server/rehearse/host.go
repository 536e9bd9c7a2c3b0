package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/stage"
)

// host is the robot that gives the cues.
type host struct {
	run    *run
	client *liveclient.Client
	topic  string

	mu      sync.Mutex
	view    stage.ConsoleView
	changed chan struct{}
}

// The board counts as complete when no new place has come for quietTime; the first one is waited for longer, or a slow
// board would seem to be none.
const (
	quietTime = 1500 * time.Millisecond
	firstTime = 10 * time.Second
	longest   = 30 * time.Second // for anything that the server is waited for
)

func newHost(ctx context.Context, r *run) (*host, error) {
	h := &host{run: r, topic: fmt.Sprintf("organizer/round/%d", r.plan.RoundID), changed: make(chan struct{}, 1)}
	var err error
	h.client, err = liveclient.Dial(ctx, liveclient.Options{URL: r.plan.URL + "/api/live", Cookie: r.plan.Host, Reconnect: true, OnMessage: h.message})
	if err != nil {
		return nil, err
	}
	return h, h.client.Subscribe(ctx, h.topic)
}

func (h *host) message(m liveclient.Message) {
	if m.Kind != stage.KindConsole {
		return
	}
	var v stage.ConsoleView
	if err := json.Unmarshal(m.Data, &v); err != nil {
		h.run.say("the console's view could not be read: %v", err)
		return
	}
	h.mu.Lock()
	h.view = v
	h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// until waits for the console to show something.
func (h *host) until(ctx context.Context, what string, ok func(v stage.ConsoleView) bool) (stage.ConsoleView, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		h.mu.Lock()
		v := h.view
		h.mu.Unlock()
		if v.RoundID != 0 && ok(v) {
			return v, nil
		}
		select {
		case <-h.changed:
		case <-ctx.Done():
			return v, fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
}

// cue gives a cue on the newest view; when the clock was faster, it looks again.
func (h *host) cue(ctx context.Context, c stage.CueCommand) error {
	for try := 0; ; try++ {
		h.mu.Lock()
		c.Expected = h.view.Seq
		h.mu.Unlock()
		err := h.client.Do(ctx, "cue", h.topic, c, &stage.CueDone{})
		var f *liveclient.Fault
		if err == nil || try == 20 || errors.As(err, &f) && f.Status != http.StatusConflict && f.Status != http.StatusServiceUnavailable {
			if err != nil {
				return fmt.Errorf("cue %s: %w", c.Cue, err)
			}
			return nil
		}
		select {
		case <-h.changed:
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// play runs the round from its start to its end.
func (h *host) play(ctx context.Context) error {
	v, err := h.until(ctx, "the console", func(stage.ConsoleView) bool { return true })
	if err != nil {
		return err
	}
	if err := h.cue(ctx, stage.CueCommand{Cue: stage.CueStart}); err != nil {
		return err
	}
	items := v.Items
	if n := h.run.plan.Items; n > 0 && n < items {
		items = n
	}
	for i := range items {
		if err := h.item(ctx, i+1, items); err != nil {
			return err
		}
		h.run.mu.Lock()
		h.run.report.Items++
		h.run.mu.Unlock()
	}
	return h.cue(ctx, stage.CueCommand{Cue: stage.CueFinish})
}

func (h *host) item(ctx context.Context, number, of int) error {
	if err := h.cue(ctx, stage.CueCommand{Cue: stage.CueNext}); err != nil {
		return err
	}
	if _, err := h.until(ctx, "the item", playIs(stage.PlayShown)); err != nil {
		return err
	}
	if err := h.cue(ctx, stage.CueCommand{Cue: stage.CueOpen}); err != nil {
		return err
	}
	v, err := h.until(ctx, "the opening", playIs(stage.PlayOpen))
	if err != nil {
		return err
	}
	if err := h.answered(ctx, number); err != nil {
		return err
	}
	if v, err = h.until(ctx, "the item", func(stage.ConsoleView) bool { return true }); err != nil {
		return err
	}
	if v.Play != nil && v.Play.Status == stage.PlayOpen { // its own time may have been shorter
		if err := h.cue(ctx, stage.CueCommand{Cue: stage.CueClose}); err != nil {
			return err
		}
	}
	if v, err = h.until(ctx, "the close", playIs(stage.PlayClosed)); err != nil {
		return err
	}
	return h.reveal(ctx, v.Play.Play, number, of)
}

// answered waits until all robots have their reply, or the answering time and the time to settle are over.
func (h *host) answered(ctx context.Context, items int) error {
	r := h.run
	for end := time.Now().Add(r.plan.AnswerWithin + r.plan.Settle); time.Now().Before(end); {
		r.mu.Lock()
		replies := r.report.Acknowledged + r.report.Refused + r.report.Unanswered
		r.mu.Unlock()
		if replies >= int64(items*r.report.Connected) {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// reveal makes the answer public and waits until every robot whose place changed has been told.
func (h *host) reveal(ctx context.Context, play int32, number, of int) error {
	r := h.run
	r.mu.Lock()
	r.boards = spread{}
	r.mu.Unlock()
	start := time.Now()
	if err := h.cue(ctx, stage.CueCommand{Cue: stage.CueReveal}); err != nil {
		return err
	}
	for {
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		r.mu.Lock()
		last := r.boards.last
		r.mu.Unlock()
		if last.IsZero() && time.Since(start) > firstTime || !last.IsZero() && time.Since(last) > quietTime {
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var took time.Duration
	if r.boards.n > 0 {
		took = r.boards.last.Sub(start)
	}
	r.report.BoardMs = max(r.report.BoardMs, ms(took))
	r.report.BoardSeen += int64(r.boards.n)
	opened := r.opened[play]
	if opened == nil {
		opened = &spread{}
	}
	open := opened.last.Sub(opened.first)
	r.report.OpenSpreadMs = max(r.report.OpenSpreadMs, ms(open))
	if r.report.OpenSeen == 0 || opened.n < r.report.OpenSeen {
		r.report.OpenSeen = opened.n
	}
	r.say("item %d of %d: seen by %d within %s, %d answers saved so far, %d new places within %s of the reveal",
		number, of, opened.n, open.Round(time.Millisecond), r.report.Acknowledged, r.boards.n, took.Round(time.Millisecond))
	return nil
}

func playIs(status stage.PlayStatus) func(stage.ConsoleView) bool {
	return func(v stage.ConsoleView) bool { return v.Play != nil && v.Play.Status == status }
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
