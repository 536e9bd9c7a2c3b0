package contest

import "context"

// UseTold tells whether the final result of a contest is public.
func (s *Service) UseTold(f func(ctx context.Context, contestID int64) (bool, error)) { s.told = f }

// Outside is a contest as the public may know it: one whose result is final but not told yet has only ended.
func (s *Service) Outside(ctx context.Context, c Contest) (Contest, error) {
	if c.State != Finalized && c.State != Archived || s.told == nil {
		return c, nil
	}
	told, err := s.told(ctx, c.ID)
	if err == nil && !told {
		c.State = Ended
	}
	return c, err
}
