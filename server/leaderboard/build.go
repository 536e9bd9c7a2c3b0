package leaderboard

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
)

// Run keeps boards up to date until ctx ends: what was reported as changed is built at most four times a second, and
// for boards that somebody watches here it is checked once a second whether a change was missed or Redis lost them.
func (s *Service) Run(ctx context.Context) {
	s.watchScreens(ctx)
	s.relay.On(hintChannel, func(_, payload string) {
		if id, err := strconv.ParseInt(payload, 10, 64); err == nil {
			s.reload(ctx, id)
			return
		}
		for _, id := range s.watching() { // hints may have been missed
			s.reload(ctx, id)
		}
	})
	build := time.NewTicker(250 * time.Millisecond)
	defer build.Stop()
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			s.buildChanged(ctx)
			select { // a burst of changes makes one board
			case <-ctx.Done():
				return
			case <-build.C:
			}
		case <-build.C:
			s.buildChanged(ctx)
		case <-check.C:
			s.checkWatched(ctx)
		}
	}
}

// Changed notes that a contest's board may have changed. It does not wait.
func (s *Service) Changed(contestID int64) {
	s.mu.Lock()
	s.board(contestID).dirty = true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// restAfter is how many times as long as the making of a board the rest behind it is.
const restAfter = 3

func (s *Service) buildChanged(ctx context.Context) {
	s.mu.Lock()
	var ids []int64
	for id, w := range s.boards {
		if w.dirty && !time.Now().Before(w.notBefore) {
			w.dirty = false
			ids = append(ids, id)
		}
	}
	s.mu.Unlock()
	for _, id := range ids {
		began := time.Now()
		err := s.build(ctx, id)
		s.mu.Lock()
		w := s.board(id)
		// A board of a hundred thousand takes a second to make: without a rest it would keep a processor for itself as
		// long as scores come in, and whoever asks for something else would wait.
		w.notBefore = time.Now().Add(restAfter * time.Since(began))
		if err != nil && ctx.Err() == nil && !errors.Is(err, fault.NothingHere) {
			s.log.Warn("building a board; trying again", "contest", id, "error", err)
			w.dirty, w.notBefore = true, time.Now().Add(time.Second)
		}
		s.mu.Unlock()
	}
}

// build makes the public board anew, writes it to Redis and tells all nodes. Without Redis the boards pause.
func (s *Service) build(ctx context.Context, contestID int64) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	versions, err := s.versions(ctx, contestID)
	if err != nil {
		return err
	}
	p, err := s.public(ctx, contestID)
	if err != nil {
		return err
	}
	if err := s.write(ctx, p, versions); err != nil {
		return err
	}
	s.mu.Lock()
	s.board(contestID).builtFrom = versions
	s.mu.Unlock()
	s.relay.Hint(hintChannel, strconv.FormatInt(contestID, 10))
	s.show(ctx, p)
	return nil
}

// versions is what a board depends on, in short.
func (s *Service) versions(ctx context.Context, contestID int64) (string, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return "", err
	}
	held, err := s.q.Held(ctx, contestID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	masks, err := s.roster.MaskVersion(ctx, contestID)
	if err != nil {
		return "", err
	}
	out := strconv.Itoa(c.Version) + string(c.State) + " masks:" + masks
	if s.plan != nil {
		v, err := s.plan.Version(ctx, contestID)
		if err != nil {
			return "", err
		}
		out += " plan:" + v
	}
	if held.HeldAtUs != nil {
		out += " held:" + strconv.FormatInt(*held.HeldAtUs, 10)
	}
	for _, r := range c.Rounds {
		source := s.sources[r.Kind]
		if source == nil {
			continue
		}
		if r.State == contest.Planned || r.State == contest.Ready {
			discreet, err := isDiscreet(ctx, source, r.ID)
			if err != nil {
				return "", err
			}
			if discreet {
				out += " " + strconv.FormatInt(r.ID, 10) + ":discreet"
			}
			continue
		}
		v, err := source.Version(ctx, r.ID)
		if err != nil {
			return "", err
		}
		out += " " + strconv.FormatInt(r.ID, 10) + ":" + strconv.FormatInt(v, 10)
	}
	return out, nil
}
