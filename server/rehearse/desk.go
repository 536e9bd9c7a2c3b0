package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// desk is the robot at the table from which a judged round is run: it starts and ends the turns by the same requests as
// the page, and watches the same table.
type desk struct {
	run    *judgedRun
	client *liveclient.Client
	news   chan struct{}

	mu   sync.Mutex
	view judging.JudgingView
	seen time.Time
}

func openDesk(ctx context.Context, r *judgedRun) (*desk, error) {
	d := &desk{run: r, news: make(chan struct{}, 1)}
	client, err := liveclient.Dial(ctx, liveclient.Options{URL: r.plan.URL + "/api/live", Cookie: r.plan.Desk, OnMessage: d.message, Reconnect: true})
	if err != nil {
		return nil, err
	}
	d.client = client
	if err := client.Subscribe(ctx, judging.OrganizerTopicOf(r.plan.RoundID)); err != nil {
		client.Close()
		return nil, err
	}
	return d, nil
}

func (d *desk) message(m liveclient.Message) {
	if m.Kind != judging.KindJudgingView {
		return
	}
	at := time.Now()
	var v judging.JudgingView
	if err := json.Unmarshal(m.Data, &v); err != nil {
		d.run.say("the table can't be read: %v", err)
		return
	}
	d.mu.Lock()
	d.view, d.seen = v, at
	d.mu.Unlock()
	select {
	case d.news <- struct{}{}:
	default:
	}
}

// until waits for a table that fits, and gives the moment in which it came.
func (d *desk) until(ctx context.Context, what string, fits func(judging.JudgingView) bool) (judging.JudgingView, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		d.mu.Lock()
		v, at := d.view, d.seen
		d.mu.Unlock()
		if !at.IsZero() && fits(v) {
			return v, at, nil
		}
		select {
		case <-d.news:
		case <-ctx.Done():
			return v, at, fmt.Errorf("the table never showed %s: %w", what, ctx.Err())
		}
	}
}

// play brings every turn on stage, waits for the panel, and lets the round be signed.
func (d *desk) play(ctx context.Context) error {
	v, _, err := d.until(ctx, "the round", func(judging.JudgingView) bool { return true })
	if err != nil {
		return err
	}
	if len(v.Performances) == 0 {
		if err := d.ask(ctx, http.MethodPost, "/order/draw", nil); err != nil {
			return err
		}
		if v, _, err = d.until(ctx, "the running order", func(v judging.JudgingView) bool { return len(v.Performances) > 0 }); err != nil {
			return err
		}
	}
	for i, p := range v.Performances {
		if err := d.turn(ctx, p.ID, i+1, len(v.Performances)); err != nil {
			return err
		}
	}
	if err := d.sign(ctx); err != nil {
		return err
	}
	d.run.note(func(r *JudgedReport) { r.Closed = true })
	return nil
}

// turn is one performance: on stage, marked by everybody at once, over, scored.
func (d *desk) turn(ctx context.Context, performanceID int64, number, of int) error {
	r := d.run
	one := fmt.Sprintf("/performances/%d", performanceID)
	began := time.Now()
	if err := d.ask(ctx, http.MethodPost, one+"/start", nil); err != nil {
		return err
	}
	var wait, there sync.WaitGroup
	there.Add(len(r.judges))
	ends := make([]time.Time, len(r.judges))
	errs := make([]error, len(r.judges))
	for i, b := range r.judges {
		wait.Go(func() {
			criteria, at, err := b.awaitStage(ctx, performanceID)
			there.Done()
			if err != nil {
				errs[i] = err
				return
			}
			r.mu.Lock()
			r.stages = append(r.stages, max(0, at.Sub(began)))
			r.mu.Unlock()
			ends[i], errs[i] = b.mark(ctx, performanceID, criteria)
		})
	}
	there.Wait()
	// The turn ends while the panel still marks: on a stage nobody waits for the slowest.
	finished := d.ask(ctx, http.MethodPost, one+"/finish", nil)
	over := time.Now()
	wait.Wait()
	for _, err := range append(errs, finished) {
		if err != nil {
			return err
		}
	}
	for _, at := range ends {
		if at.After(over) {
			over = at
		}
	}
	v, at, err := d.until(ctx, "the score", func(v judging.JudgingView) bool {
		for _, p := range v.Performances {
			if p.ID == performanceID {
				return p.Complete
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.scores = append(r.scores, max(0, at.Sub(over)))
	r.report.Turns++
	r.mu.Unlock()
	for _, p := range v.Performances {
		if p.ID == performanceID {
			r.say("turn %d of %d: %s, score %d.%02d", number, of, p.EntryName, p.Working.Score/100, p.Working.Score%100)
		}
	}
	return nil
}

func (d *desk) ask(ctx context.Context, method, path string, body any) error {
	p := d.run.plan
	return askAs(ctx, p.Desk, method, fmt.Sprintf("%s/api/organizer/contests/%d/rounds/%d/judging%s", p.URL, p.ContestID, p.RoundID, path), body, nil)
}

// askAs makes a request as a person who is signed in; the answer goes into to (nil: not wanted).
func askAs(ctx context.Context, cookie, method, url string, body, to any) error {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return err
	}
	request.Header.Set("Cookie", cookie)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	switch {
	case err != nil:
		return err
	case response.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: status %d: %s", method, url, response.StatusCode, raw)
	case to == nil:
		return nil
	}
	return json.Unmarshal(raw, to)
}

// sign lets the desk check the marks and the head judge close the round.
func (d *desk) sign(ctx context.Context) error {
	v, _, err := d.until(ctx, "something to sign", func(v judging.JudgingView) bool { return v.Signing.Hash != "" })
	if err != nil {
		return err
	}
	seen := map[string]string{"hash": v.Signing.Hash}
	if err := d.ask(ctx, http.MethodPost, "/check", seen); err != nil {
		return err
	}
	p := d.run.plan
	if err := askAs(ctx, p.Judges[0].Cookie, http.MethodPost, fmt.Sprintf("%s/api/judge/contests/%d/rounds/%d/close", p.URL, p.ContestID, p.RoundID), seen, nil); err != nil {
		return err
	}
	_, _, err = d.until(ctx, "the close", func(v judging.JudgingView) bool { return v.Closed })
	return err
}
