package vote

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
)

const (
	// AudienceTopic carries AudienceView: KindAudience.
	AudienceTopic = "audience/vote/{round}"
	KindAudience  = "vote_audience"

	hintPrefix = "vote/"
	// settle is the least time between two counts that are sent: of the hundreds who press at once one message tells.
	settle = 500 * time.Millisecond
	// lookAgain is how often a node looks by itself for what a lost hint, the clock or a freeze has changed.
	lookAgain = time.Second
)

// AudienceTopicOf is the topic of a round.
func AudienceTopicOf(roundID int64) string {
	return strings.Replace(AudienceTopic, "{round}", strconv.FormatInt(roundID, 10), 1)
}

// Live brings a vote to the phones and the wall that follow it. Its messages are numbered by the node, never by the
// votes: while the count is hidden a vote changes nothing that is sent, so not even how many have voted can be told.
type Live struct {
	s     *Service
	hub   *live.Hub
	log   *slog.Logger
	relay *live.Relay

	reading sync.Mutex // one view at a time is made; the others wait for it
	mu      sync.Mutex
	dirty   map[int64]bool // round → its change was made on this node
	wake    chan struct{}
	shown   map[int64]shown
}

// shown is what this node last sent of a round: a cache.
type shown struct {
	made    string // what the view was made from
	view    AudienceView
	message live.Message
}

// NewLive registers the topic. Nothing is published before Start.
func NewLive(s *Service, hub *live.Hub, log *slog.Logger) *Live {
	l := &Live{s: s, hub: hub, log: log, dirty: map[int64]bool{}, wake: make(chan struct{}, 1), shown: map[int64]shown{}}
	live.Declare[AudienceView](hub, KindAudience)
	hub.Topic(AudienceTopic, live.TopicSpec{Need: "topic:" + AudienceTopic, Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
		now, err := l.current(ctx, p["round"])
		if err != nil {
			return nil, err
		}
		return live.Snapshot{now.message}, nil
	}})
	return l
}

// Changed notes that a round has changed on this node. It does not wait.
func (l *Live) Changed(roundID int64) { l.look(roundID, true) }

func (l *Live) look(roundID int64, here bool) {
	l.mu.Lock()
	l.dirty[roundID] = l.dirty[roundID] || here
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Start publishes from now on, until the returned function is called. It comes before the first request.
func (l *Live) Start(relay *live.Relay) (stop func(context.Context) error) {
	l.relay = relay
	relay.On(hintPrefix, func(channel, _ string) {
		if id, err := strconv.ParseInt(strings.TrimPrefix(channel, hintPrefix), 10, 64); err == nil {
			l.look(id, false)
		} // else hints were missed: the loop looks by itself within a second
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.loop(ctx)
	}()
	return func(end context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-end.Done():
			return end.Err()
		}
	}
}

func (l *Live) loop(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
			l.mu.Lock()
			dirty := l.dirty
			l.dirty = map[int64]bool{}
			l.mu.Unlock()
			for roundID, here := range dirty {
				if here {
					l.relay.Hint(hintPrefix+strconv.FormatInt(roundID, 10), "")
				}
				if l.hub.Count(AudienceTopicOf(roundID)) > 0 {
					l.publish(ctx, roundID)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(settle):
			}
		case <-tick.C:
			l.lookAtAll(ctx)
		}
	}
}

// lookAtAll follows the rounds that somebody watches here, and forgets the others.
func (l *Live) lookAtAll(ctx context.Context) {
	watched := map[int64]bool{}
	for _, p := range l.hub.Topics(AudienceTopic) {
		watched[p["round"]] = true
	}
	l.mu.Lock()
	for id := range l.shown {
		if !watched[id] {
			delete(l.shown, id)
		}
	}
	l.mu.Unlock()
	for id := range watched {
		l.publish(ctx, id)
	}
}

// current is a round as this node last sent it; of the hundreds who may come at once, one reads it for all.
func (l *Live) current(ctx context.Context, roundID int64) (shown, error) {
	if now, ok := l.known(roundID); ok {
		return now, nil
	}
	l.reading.Lock()
	defer l.reading.Unlock()
	if now, ok := l.known(roundID); ok {
		return now, nil
	}
	now, _, err := l.read(ctx, roundID)
	return now, err
}

func (l *Live) known(roundID int64) (shown, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, ok := l.shown[roundID]
	return now, ok
}

// publish sends a round to those who watch it here, where something of it has changed that everybody may see.
func (l *Live) publish(ctx context.Context, roundID int64) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l.reading.Lock()
	defer l.reading.Unlock()
	now, news, err := l.read(ctx, roundID)
	if err != nil {
		// The screens keep what they show; the next look brings the rest.
		if ctx.Err() == nil {
			l.log.Warn("vote: not shown; the next second tries again", "round", roundID, "error", err)
		}
		return
	}
	if news {
		l.hub.Publish(AudienceTopicOf(roundID), now.message)
	}
}

// read makes the view anew if what it is made from has changed, and says whether it differs. The caller holds reading.
func (l *Live) read(ctx context.Context, roundID int64) (now shown, news bool, err error) {
	made, err := l.s.madeFrom(ctx, roundID)
	if err != nil {
		return now, false, err
	}
	old, known := l.known(roundID)
	if known && old.made == made {
		return old, false, nil
	}
	v, err := l.s.Audience(ctx, roundID)
	if err != nil {
		return now, false, err
	}
	now = shown{made: made, view: v}
	now.view.NowUs = 0
	news = !known || !reflect.DeepEqual(old.view, now.view)
	if news {
		now.message = l.hub.Prepare(AudienceTopicOf(roundID), live.Message{Kind: KindAudience, Data: v})
	} else {
		now.message = old.message
	}
	l.mu.Lock()
	l.shown[roundID] = now
	l.mu.Unlock()
	return now, news, nil
}

// madeFrom is what the audience's view depends on, in short: it is asked once a second for rounds that somebody watches.
// Names and entries have no number of their own here, so now and then the view is made anew in any case.
func (s *Service) madeFrom(ctx context.Context, roundID int64) (string, error) {
	round, err := s.public(ctx, roundID)
	if err != nil {
		return "", err
	}
	v, err := s.get(ctx, round)
	if err != nil {
		return "", err
	}
	row, err := s.q.VoteVersion(ctx, roundID)
	if err != nil {
		return "", postgres.Fault(err)
	}
	frozen, err := s.frozen(ctx, round.ContestID)
	if err != nil {
		return "", err
	}
	masks, err := s.Roster.MaskVersion(ctx, round.ContestID)
	if err != nil {
		return "", err
	}
	now, every := s.NowUs(), int64(30_000_000)
	state := v.State(now)
	if state == Planned {
		every = 5_000_000
	}
	return fmt.Sprint(state, row.Version, frozen, masks, now/every), nil
}
