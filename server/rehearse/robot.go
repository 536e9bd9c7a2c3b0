package rehearse

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/stage"
)

// robot is one contestant.
type robot struct {
	run    *run
	entry  Robot
	local  string
	client *liveclient.Client
	topic  string

	mu     sync.Mutex
	random *rand.Rand
	writer int32
	seq    int32
	play   int32 // the last one that it answers
}

// replyWithin is how long a robot waits for the reply to an answer.
const replyWithin = 20 * time.Second

func (b *robot) enter(ctx context.Context) error {
	client, err := liveclient.Dial(ctx, liveclient.Options{URL: b.run.plan.URL + "/api/live", Cookie: b.entry.Cookie, LocalIP: b.local,
		OnMessage: b.message, OnState: b.state, Reconnect: true})
	if err != nil {
		return err
	}
	b.client = client
	b.topic = fmt.Sprintf("contestant/round/%d", b.run.plan.RoundID)
	for _, topic := range []string{b.topic, fmt.Sprintf("contestant/board/%d", b.run.plan.ContestID)} {
		if err := client.Subscribe(ctx, topic); err != nil {
			client.Close()
			return fmt.Errorf("subscribe to %s: %w", topic, err)
		}
	}
	var claimed stage.Claimed
	if err := client.Do(ctx, "claim_device", b.topic, stage.ClaimCommand{}, &claimed); err != nil {
		client.Close()
		return fmt.Errorf("claim the device: %w", err)
	}
	b.mu.Lock()
	b.writer = claimed.Writer
	b.mu.Unlock()
	return nil
}

// lastView is the view that all robots get: only the first of them reads it, as each person has a device to do so.
type lastView struct {
	mu   sync.Mutex
	raw  []byte
	view stage.ContestantView
	err  error
}

func (l *lastView) read(raw []byte) (stage.ContestantView, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !bytes.Equal(raw, l.raw) {
		l.raw, l.view = bytes.Clone(raw), stage.ContestantView{}
		l.err = json.Unmarshal(raw, &l.view)
	}
	return l.view, l.err
}

func (b *robot) state(err error) {
	if err != nil {
		b.run.mu.Lock()
		b.run.report.Reconnects++
		b.run.mu.Unlock()
	}
}

// opened is what the view of an open item has in it, and few others.
var opened = []byte(`"status":"` + stage.PlayOpen + `"`)

// message reads only what it must: thousands of robots share the machine with the server that is measured.
func (b *robot) message(m liveclient.Message) {
	at := time.Now()
	switch m.Kind {
	case "own_board":
		b.run.placed(at)
	case stage.KindContestant:
		if !bytes.Contains(m.Data, opened) {
			return
		}
		v, err := b.run.view.read(m.Data)
		if err != nil || v.Play == nil || v.Play.Status != stage.PlayOpen {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if v.Play.Play == b.play {
			return
		}
		b.play = v.Play.Play
		b.run.saw(b.play, at)
		b.seq++
		chosen := choose(b.random, v.Play.Question)
		command := stage.AnswerCommand{Play: b.play, Writer: b.writer, Seq: b.seq, Options: chosen.Options, Text: chosen.Text, Parts: chosen.Parts}
		wait := time.Duration(b.random.Int64N(int64(b.run.plan.AnswerWithin)))
		time.AfterFunc(wait, func() { b.answer(command) })
	}
}

func (b *robot) answer(c stage.AnswerCommand) {
	ctx, cancel := context.WithTimeout(context.Background(), replyWithin)
	defer cancel()
	b.run.mu.Lock()
	b.run.report.Sent++
	b.run.mu.Unlock()
	start := time.Now()
	err := b.client.Do(ctx, "answer", b.topic, c, &stage.AnswerStored{})
	b.run.answered(Ack{EntryID: b.entry.EntryID, Play: c.Play, Writer: c.Writer, Seq: c.Seq}, time.Since(start), err)
}
