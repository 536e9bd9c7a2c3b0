package ceremony

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/postgres"
)

// Topics: everybody gets View, the hosts DeskView.
const (
	AudienceTopic  = "audience/ceremony/{contest}"
	OrganizerTopic = "organizer/ceremony/{contest}"
	kindView       = "ceremony"
	kindDesk       = "ceremony_desk"
	hint           = "ceremony"
)

// known is what this node has read of a ceremony: a cache, by the number of its last change.
type known struct {
	asked   time.Time
	now     standing
	view    live.Message
	desk    live.Message
	public  bool
	shown   int64 // the number that was last sent
	present DeskView
}

// Topics registers the live topics.
func (s *Service) Topics() {
	live.Declare[View](s.Hub, kindView)
	live.Declare[DeskView](s.Hub, kindDesk)
	s.Hub.Topic(AudienceTopic, live.TopicSpec{Need: "topic:" + AudienceTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			k, err := s.current(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			if !k.public {
				return nil, fault.NothingHere
			}
			return live.Snapshot{k.view}, nil
		}})
	s.Hub.Topic(OrganizerTopic, live.TopicSpec{Need: "topic:" + OrganizerTopic,
		Open: func(ctx context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
			k, err := s.current(ctx, p["contest"])
			if err != nil {
				return nil, err
			}
			return live.Snapshot{k.desk}, nil
		}})
}

func topicOf(pattern string, contestID int64) string {
	return strings.Replace(pattern, "{contest}", strconv.FormatInt(contestID, 10), 1)
}

// current is the ceremony as it stands. Of the thousands who may come at once, one asks for all.
func (s *Service) current(ctx context.Context, contestID int64) (known, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.known[contestID]
	if k != nil && time.Since(k.asked) < recheck {
		return *k, nil
	}
	seq, err := s.q.CeremonySeq(ctx, contestID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return known{}, postgres.Fault(err)
	}
	asked := time.Now()
	if k == nil || k.now.seq != seq || seq == 0 {
		fresh, err := s.load(ctx, contestID)
		if err != nil {
			return known{}, err
		}
		if k != nil {
			fresh.shown = k.shown
		}
		k = &fresh
		s.known[contestID] = k
	}
	k.asked = asked
	return *k, nil
}

func (s *Service) load(ctx context.Context, contestID int64) (known, error) {
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return known{}, err
	}
	now, err := s.read(ctx, contestID)
	if err != nil {
		return known{}, err
	}
	masks, err := s.Roster.Masks(ctx, contestID)
	if err != nil {
		return known{}, err
	}
	k := known{now: now, public: c.State != contest.Draft}
	view := now.view()
	view.mask(masks)
	desk, err := s.desk(ctx, c, now, masks)
	if err != nil {
		return known{}, err
	}
	desk.Live, k.present = view, desk
	k.present.Live = view
	k.view = live.Message{Kind: kindView, Epoch: 1, Seq: now.seq, Data: view}
	k.desk = live.Message{Kind: kindDesk, Epoch: 1, Seq: now.seq, Data: k.present}
	if s.Hub != nil {
		k.view = s.Hub.Prepare(topicOf(AudienceTopic, contestID), k.view)
	}
	return k, nil
}

// changed tells this node's sockets at once, and the other nodes that there is something to read.
func (s *Service) changed(ctx context.Context, contestID int64) {
	if s.Hub == nil {
		return
	}
	s.Relay.Hint(hint, strconv.FormatInt(contestID, 10))
	s.mu.Lock()
	if k := s.known[contestID]; k != nil {
		k.asked = time.Time{}
	}
	s.mu.Unlock()
	s.show(context.WithoutCancel(ctx), contestID)
}

// show sends what has changed since it was last sent.
func (s *Service) show(ctx context.Context, contestID int64) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	k, err := s.current(ctx, contestID)
	if err != nil {
		s.Log.Warn("showing a ceremony; trying again", "contest", contestID, "error", err)
		return
	}
	s.mu.Lock()
	now := s.known[contestID]
	if now == nil || now.shown >= k.now.seq {
		s.mu.Unlock()
		return
	}
	now.shown = k.now.seq
	s.mu.Unlock()
	if k.public {
		s.Hub.Publish(topicOf(AudienceTopic, contestID), k.view)
	}
	s.Hub.Publish(topicOf(OrganizerTopic, contestID), k.desk)
}

// Run shows on this node what was done on another, until ctx ends; once a second it makes up for hints that were lost.
func (s *Service) Run(ctx context.Context) {
	s.Relay.On(hint, func(_, payload string) {
		if id, err := strconv.ParseInt(payload, 10, 64); err == nil {
			s.mu.Lock()
			if k := s.known[id]; k != nil {
				k.asked = time.Time{}
			}
			s.mu.Unlock()
			s.show(ctx, id)
		}
	})
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		watched := map[int64]bool{}
		for _, pattern := range []string{AudienceTopic, OrganizerTopic} {
			for _, p := range s.Hub.Topics(pattern) {
				watched[p["contest"]] = true
			}
		}
		s.mu.Lock()
		for id := range s.known {
			if !watched[id] {
				delete(s.known, id)
			}
		}
		s.mu.Unlock()
		for id := range watched {
			s.show(ctx, id)
		}
	}
}
