package judging

import (
	"context"

	"github.com/hoithi/hoithi/server/postgres"
)

// Taken lists the entries whose turn in a round is done: those who have entered it.
func (s *Service) Taken(ctx context.Context, roundID int64) ([]int64, error) {
	ids, err := s.q.WhoPerformed(ctx, roundID)
	return ids, postgres.Fault(err)
}
