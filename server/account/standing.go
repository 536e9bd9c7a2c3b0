package account

import (
	"context"

	"github.com/hoithi/hoithi/server/account/accountdb"
)

// A socket keeps the principal of the moment in which it was opened. What stands here tells whether that is still true.

// Standing tells which of these sessions have not ended.
func (s *Service) Standing(ctx context.Context, sessions []int64) (map[int64]bool, error) {
	ids, err := s.q.StandingSessions(ctx, sessions)
	if err != nil {
		return nil, unavailable(err)
	}
	standing := make(map[int64]bool, len(ids))
	for _, id := range ids {
		standing[id] = true
	}
	return standing, nil
}

// Rights are the grants that the principal's account has now, as far as its session carries them.
func (s *Service) Rights(ctx context.Context, p Principal) (map[int64][]Role, error) {
	rows, err := s.q.GrantsOf(ctx, p.AccountID)
	if err != nil {
		return nil, unavailable(err)
	}
	grants, _ := p.rights(rows)
	return grants, nil
}

func (p Principal) rights(rows []accountdb.GrantsOfRow) (grants map[int64][]Role, units map[int64][]int64) {
	grants, units = map[int64][]Role{}, map[int64][]int64{}
	for _, g := range rows {
		// A paired tablet judges in its contest and can do nothing else, whatever else its judge may be.
		if p.PairedWith != 0 && (g.ContestID != p.PairedWith || !pairable(Role(g.Role))) {
			continue
		}
		if g.UnitID != 0 {
			units[g.ContestID] = append(units[g.ContestID], g.UnitID)
			if len(units[g.ContestID]) > 1 {
				continue // a leader of several units is a leader once
			}
		}
		grants[g.ContestID] = append(grants[g.ContestID], Role(g.Role))
	}
	return grants, units
}

func (s *Service) sessionsChanged() {
	if s.OnSessions != nil {
		s.OnSessions()
	}
}
