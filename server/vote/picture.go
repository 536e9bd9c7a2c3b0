package vote

import (
	"context"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/live"
)

// picture keeps what those who follow a topic were last sent of each round, so that the hundreds who come at once cost
// one reading and only what differs is sent.
type picture[V any] struct {
	hub     *live.Hub
	log     *slog.Logger
	pattern string
	kind    string
	// madeFrom is what a view depends on, in short; equal ones mean equal views.
	madeFrom func(ctx context.Context, roundID int64) (string, error)
	view     func(ctx context.Context, roundID int64) (V, error)
	// still takes out what differs each time it is read.
	still func(*V)

	reading sync.Mutex // one view at a time is made; the others wait for it
	mu      sync.Mutex
	shown   map[int64]shown[V]
}

// shown is what this node last sent of a round: a cache.
type shown[V any] struct {
	made    string
	view    V
	message live.Message
}

func newPicture[V any](hub *live.Hub, log *slog.Logger, pattern, kind string, madeFrom func(context.Context, int64) (string, error),
	view func(context.Context, int64) (V, error), still func(*V)) *picture[V] {
	p := &picture[V]{hub: hub, log: log, pattern: pattern, kind: kind, madeFrom: madeFrom, view: view, still: still, shown: map[int64]shown[V]{}}
	live.Declare[V](hub, kind)
	hub.Topic(pattern, live.TopicSpec{Need: "topic:" + pattern, Open: func(ctx context.Context, _ *live.Client, params live.Params) (live.Snapshot, error) {
		now, err := p.current(ctx, params["round"])
		if err != nil {
			return nil, err
		}
		return live.Snapshot{now.message}, nil
	}})
	return p
}

// current is a round as this node last sent it; of the hundreds who may come at once, one reads it for all.
func (p *picture[V]) current(ctx context.Context, roundID int64) (shown[V], error) {
	if now, ok := p.known(roundID); ok {
		return now, nil
	}
	p.reading.Lock()
	defer p.reading.Unlock()
	if now, ok := p.known(roundID); ok {
		return now, nil
	}
	now, _, err := p.read(ctx, roundID, false)
	return now, err
}

func (p *picture[V]) known(roundID int64) (shown[V], bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, ok := p.shown[roundID]
	return now, ok
}

// changed sends a round that has changed, if anybody watches it here. anew: whatever it was made from.
func (p *picture[V]) changed(ctx context.Context, roundID int64, anew bool) {
	if p.hub.Count(topicOf(p.pattern, roundID)) > 0 {
		p.publish(ctx, roundID, anew)
	}
}

// lookAtAll follows the rounds that somebody watches here, and forgets the others.
func (p *picture[V]) lookAtAll(ctx context.Context) {
	watched := map[int64]bool{}
	for _, params := range p.hub.Topics(p.pattern) {
		watched[params["round"]] = true
	}
	p.mu.Lock()
	for id := range p.shown {
		if !watched[id] {
			delete(p.shown, id)
		}
	}
	p.mu.Unlock()
	for id := range watched {
		p.publish(ctx, id, false)
	}
}

// publish sends a round to those who watch it here, where something of what they may see has changed.
func (p *picture[V]) publish(ctx context.Context, roundID int64, anew bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p.reading.Lock()
	defer p.reading.Unlock()
	now, news, err := p.read(ctx, roundID, anew)
	if err != nil {
		// The screens keep what they show; the next look brings the rest.
		if ctx.Err() == nil {
			p.log.Warn("vote: not shown; the next second tries again", "topic", p.pattern, "round", roundID, "error", err)
		}
		return
	}
	if news {
		p.hub.Publish(topicOf(p.pattern, roundID), now.message)
	}
}

// read makes the view anew if what it is made from has changed, and says whether it differs. The caller holds reading.
func (p *picture[V]) read(ctx context.Context, roundID int64, anew bool) (now shown[V], news bool, err error) {
	made, err := p.madeFrom(ctx, roundID)
	if err != nil {
		return now, false, err
	}
	old, known := p.known(roundID)
	if known && old.made == made && !anew {
		return old, false, nil
	}
	v, err := p.view(ctx, roundID)
	if err != nil {
		return now, false, err
	}
	now = shown[V]{made: made, view: v}
	p.still(&now.view)
	news = !known || !reflect.DeepEqual(old.view, now.view)
	if news {
		now.message = p.hub.Prepare(topicOf(p.pattern, roundID), live.Message{Kind: p.kind, Data: v})
	} else {
		now.message = old.message
	}
	p.mu.Lock()
	p.shown[roundID] = now
	p.mu.Unlock()
	return now, news, nil
}
