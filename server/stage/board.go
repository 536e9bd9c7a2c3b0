package stage

import "context"

// BoardShown tells whether the round's own standings may be public now, and the seq of the event that this follows
// from.
func (s *Service) BoardShown(ctx context.Context, roundID int64) (shown bool, seq int64, err error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return false, 0, err
	}
	if err := r.refresh(ctx); err != nil {
		return false, 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.BoardShown, r.state.Seq, nil
}
