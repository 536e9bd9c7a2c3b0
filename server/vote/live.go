package vote

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
)

const (
	// AudienceTopic carries AudienceView: KindAudience.
	AudienceTopic = "audience/vote/{round}"
	KindAudience  = "vote_audience"
	// OrganizerTopic carries OrganizerView, with the count also while it is hidden from the public: KindOrganizer.
	OrganizerTopic = "organizer/vote/{round}"
	KindOrganizer  = "vote_organizer"

	hintPrefix = "vote/"
	// settle is the least time between two counts that are sent: of the hundreds who press at once one message tells.
	settle = 500 * time.Millisecond
	// lookAgain is how often a node looks by itself for what a lost hint, the clock or a freeze has changed.
	lookAgain = time.Second
)

// AudienceTopicOf is the topic of a round for everybody.
func AudienceTopicOf(roundID int64) string { return topicOf(AudienceTopic, roundID) }

// OrganizerTopicOf is the topic of a round for its organizers.
func OrganizerTopicOf(roundID int64) string { return topicOf(OrganizerTopic, roundID) }

func topicOf(pattern string, roundID int64) string {
	return strings.Replace(pattern, "{round}", strconv.FormatInt(roundID, 10), 1)
}

// Live brings a vote to the phones and the wall that follow it, and its whole count to the organizers. Its messages are
// numbered by the node, never by the votes: while the count is hidden a vote changes nothing that everybody is sent, so not
// even how many have voted can be told.
type Live struct {
	relay     *live.Relay
	audience  *picture[AudienceView]
	organizer *picture[OrganizerView]

	mu    sync.Mutex
	dirty map[int64]bool // round → its change was made on this node
	wake  chan struct{}
}

// NewLive registers the topics. Nothing is published before Start.
func NewLive(s *Service, hub *live.Hub, log *slog.Logger) *Live {
	return &Live{dirty: map[int64]bool{}, wake: make(chan struct{}, 1),
		audience: newPicture(hub, log, AudienceTopic, KindAudience, s.madeFrom, s.Audience, func(v *AudienceView) { v.NowUs = 0 }),
		organizer: newPicture(hub, log, OrganizerTopic, KindOrganizer, s.organizerMadeFrom, func(ctx context.Context, roundID int64) (OrganizerView, error) {
			return s.Organizer(ctx, 0, roundID)
		}, func(v *OrganizerView) { v.NowUs = 0 })}
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
				l.audience.changed(ctx, roundID, false)
				l.organizer.changed(ctx, roundID, true) // tickets have no number of their own
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(settle):
			}
		case <-tick.C:
			l.audience.lookAtAll(ctx)
			l.organizer.lookAtAll(ctx)
		}
	}
}

// madeFrom is what the audience's view depends on, in short: it is asked once a second for rounds that somebody watches.
func (s *Service) madeFrom(ctx context.Context, roundID int64) (string, error) {
	round, err := s.public(ctx, roundID)
	if err != nil {
		return "", err
	}
	stand, err := s.stand(ctx, round)
	if err != nil {
		return "", err
	}
	frozen, err := s.frozen(ctx, round.ContestID)
	if err != nil {
		return "", err
	}
	masks, err := s.Roster.MaskVersion(ctx, round.ContestID)
	return fmt.Sprint(stand, " ", frozen, " ", masks), err
}

// organizerMadeFrom is what the organizer's view depends on, but for tickets.
func (s *Service) organizerMadeFrom(ctx context.Context, roundID int64) (string, error) {
	round, err := s.round(ctx, 0, roundID)
	if err != nil {
		return "", err
	}
	return s.stand(ctx, round)
}

// stand is how a vote stands, in short. Names and entries have no number of their own here, so now and then it differs in
// any case: more often while entries still come and go.
func (s *Service) stand(ctx context.Context, round contest.Round) (string, error) {
	v, err := s.get(ctx, round)
	if err != nil {
		return "", err
	}
	version, err := s.Version(ctx, round.ID)
	now, every := s.NowUs(), int64(30_000_000)
	state := v.State(now)
	if state == Planned {
		every = 5_000_000
	}
	return fmt.Sprint(state, " ", version, " ", now/every), err
}
