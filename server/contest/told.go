package contest

import (
	"context"

	"github.com/hoithi/hoithi/server/account"
)

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

// asKnownTo is a contest as somebody with a role in it may know it: who does not work on its result hears of one as the
// public does.
func (s *Service) asKnownTo(ctx context.Context, p account.Principal, c Contest) (Contest, error) {
	for _, role := range []account.Role{account.RoleOrganizer, account.RoleSecretary, account.RoleSupervisor} {
		if p.Has(c.ID, role) {
			return c, nil
		}
	}
	return s.Outside(ctx, c)
}
