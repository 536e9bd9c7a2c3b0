package contest

import "context"

// Ways are those in which people may enter a contest by themselves, beside candidate number and code.
type Ways struct {
	Form    bool // anybody, with the registration form and its consent
	Account bool // whoever signs in with an account, with the same form
}

// Any tells whether people may enter by themselves at all.
func (w Ways) Any() bool { return w.Form || w.Account }

// UseWays tells in which ways people may enter a contest by themselves, as its rounds are set up; and taking lists the
// contests that people enter by account now.
func (s *Service) UseWays(ways func(ctx context.Context, c Contest) (Ways, error), taking func(ctx context.Context) (map[int64]bool, error)) {
	s.ways, s.taking = ways, taking
}

// Ways tells in which ways people may enter a contest by themselves now, without waiting for approval.
func (s *Service) Ways(ctx context.Context, c Contest) (Ways, error) {
	if c.State != Open && c.State != Running {
		return Ways{}, nil
	}
	return s.PromisedWays(ctx, c)
}

// PromisedWays tells which ways a contest is set up for, as long as its rounds are not over.
func (s *Service) PromisedWays(ctx context.Context, c Contest) (Ways, error) {
	if s.ways == nil || c.EntryKind != PersonEntry || c.RehearsalOf != 0 {
		return Ways{}, nil
	}
	return s.ways(ctx, c)
}

// TakingAccounts lists the contests that people enter by account now.
func (s *Service) TakingAccounts(ctx context.Context) (map[int64]bool, error) {
	if s.taking == nil {
		return nil, nil
	}
	return s.taking(ctx)
}
