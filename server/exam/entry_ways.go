package exam

import (
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Ways tells in which ways people may enter a contest by themselves: those of its rounds that are not over.
func (s *Service) Ways(ctx context.Context, c contest.Contest) (contest.Ways, error) {
	var ways contest.Ways
	if !slices.ContainsFunc(c.Rounds, func(r contest.Round) bool { return r.Kind == contest.Exam }) {
		return ways, nil
	}
	rows, err := s.q.SetupOpenEntries(ctx, examdb.SetupOpenEntriesParams{ContestID: c.ID, NowUs: s.nowUs()})
	if err != nil {
		return ways, postgres.Fault(err)
	}
	for _, r := range rows {
		settings, err := decodeSettings(r.Settings)
		if err != nil {
			return ways, err
		}
		ways.Form = ways.Form || settings.OpenEntry
		ways.Account = ways.Account || settings.AccountEntry
	}
	return ways, nil
}

// TakingAccounts lists the contests that people enter by account now.
func (s *Service) TakingAccounts(ctx context.Context) (map[int64]bool, error) {
	rows, err := s.q.SetupTaking(ctx, s.nowUs())
	if err != nil {
		return nil, postgres.Fault(err)
	}
	taking := map[int64]bool{}
	for _, r := range rows {
		settings, err := decodeSettings(r.Settings)
		if err != nil {
			return nil, err
		}
		if settings.AccountEntry {
			taking[r.ContestID] = true
		}
	}
	return taking, nil
}
