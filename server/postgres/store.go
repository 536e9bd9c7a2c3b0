package postgres

import (
	"context"
	"log/slog"
	"time"
)

// Store makes batches durable, for a Lane: it asks again for as long as a batch's fate is not known, and parts what the
// database refuses from the rest.
type Store[Q, A any] struct {
	// Try makes one attempt, in one transaction: as many replies as questions, in their order. Tried again after it was
	// committed, it must give the same replies.
	Try func(ctx context.Context, batch []Q) ([]Reply[A], error)
	// NotKnown is what those are told whose fate stays unknown; Refused the one whose data the database does not take.
	NotKnown func(cause error) error
	Refused  func(q Q, cause error) error
	Health   *Health
	Log      *slog.Logger
	Context  context.Context // ends with the service
}

// Flush stores a batch and tells each question's fate.
func (s *Store[Q, A]) Flush(batch []Q) []Reply[A] {
	wait := 10 * time.Millisecond
	for tries := 1; ; tries++ {
		ctx, cancel := context.WithTimeout(s.Context, 20*time.Second)
		replies, err := s.Try(ctx, batch)
		cancel()
		s.Health.Report(err)
		if err == nil {
			return replies
		}
		if IsBadData(err) {
			return s.split(batch, err)
		}
		if s.Context.Err() != nil {
			return s.none(batch, err)
		}
		waiting := IsContention(err) || IsUnavailable(err) || IsConnectionLost(err)
		if !waiting && tries >= 20 {
			s.Log.Error("a batch can't be stored", "count", len(batch), "error", err)
			return s.none(batch, err)
		}
		if tries == 5 {
			s.Log.Warn("a batch waits for the database", "count", len(batch), "error", err)
		}
		select {
		case <-s.Context.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, 250*time.Millisecond)
	}
}

// split finds what spoils a batch by halving; only that is refused.
func (s *Store[Q, A]) split(batch []Q, err error) []Reply[A] {
	if len(batch) == 1 {
		return []Reply[A]{{Err: s.Refused(batch[0], err)}}
	}
	half := len(batch) / 2
	return append(s.Flush(batch[:half]), s.Flush(batch[half:])...)
}

func (s *Store[Q, A]) none(batch []Q, cause error) []Reply[A] {
	replies := make([]Reply[A], len(batch))
	for i := range replies {
		replies[i].Err = s.NotKnown(cause)
	}
	return replies
}
