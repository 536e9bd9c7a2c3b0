package vote

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Tick opens and closes votes by the clock. Any node may do it, as often as it likes.
func (s *Service) Tick(ctx context.Context) error {
	rows, err := s.q.UnsettledVotes(ctx)
	if err != nil {
		return err
	}
	now := s.NowUs()
	for _, r := range rows {
		v := Vote{RoundID: r.RoundID, OpenedUs: r.OpenedUs}
		if err := json.Unmarshal(r.Settings, &v.Settings); err != nil {
			return err
		}
		opens := r.OpenedUs == 0 && v.Settings.OpensUs > 0 && now >= v.Settings.OpensUs && (v.Settings.ClosesUs == 0 || now < v.Settings.ClosesUs)
		closes := v.State(now) == Closed
		if !opens && !closes {
			continue
		}
		opened := false
		err := s.change(ctx, r.ContestID, r.RoundID, func(tx pgx.Tx, q *votedb.Queries, v Vote) error {
			opened = false
			switch {
			case v.ClosedUs > 0:
				return nil
			case v.State(now) == Closed:
				return s.close(ctx, tx, q, v, now)
			case opens && v.OpenedUs == 0:
				opened = true
				return s.open(ctx, tx, q, v, now)
			}
			return nil
		})
		var f *fault.Fault
		if errors.As(err, &f) && f.Kind == fault.Conflict {
			continue // too few entries: the organizer's page says so
		}
		if err != nil {
			return err
		}
		if opened {
			s.onOpen(ctx, r.ContestID, r.RoundID, false)
		}
	}
	return nil
}

// Start opens and closes votes by the clock until it is stopped.
func (s *Service) Start() (stop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
					s.Log.Warn("vote: not opened or closed by the clock; the next second tries again", "error", err)
				}
			}
		}
	}()
	return func(context.Context) error { cancel(); <-done; return nil }
}
