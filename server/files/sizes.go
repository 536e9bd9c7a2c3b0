package files

import (
	"context"

	"github.com/hoithi/hoithi/server/postgres"
)

// Sizes tells how many bytes files have; those that don't exist are left out.
func (s *Service) Sizes(ctx context.Context, ids []string) (map[string]int64, error) {
	rows, err := s.q.FileSizes(ctx, ids)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	sizes := make(map[string]int64, len(rows))
	for _, r := range rows {
		sizes[r.ID] = r.Size
	}
	return sizes, nil
}
