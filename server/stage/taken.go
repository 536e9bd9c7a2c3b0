package stage

import (
	"context"

	"github.com/hoithi/hoithi/server/postgres"
)

// Taken lists the entries that have answered at least once in a round: those who have entered it.
func (s *Service) Taken(ctx context.Context, roundID int64) ([]int64, error) {
	ids, err := s.q.WhoAnswered(ctx, roundID)
	return ids, postgres.Fault(err)
}
