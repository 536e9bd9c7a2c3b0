package result

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/result/resultdb"
)

func (s *Service) newest(ctx context.Context, contestID int64) (*Revision, error) {
	row, err := s.q.NewestRevision(ctx, contestID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, postgres.Fault(err)
	}
	r, err := fromRow(row)
	if err != nil {
		return nil, err
	}
	masks, err := s.roster.Masks(ctx, contestID)
	if err != nil {
		return nil, err
	}
	r.Snapshot.mask(masks, true)
	return &r, nil
}

// Revisions lists all revisions of a contest's result, the first one first, for organizers: the names of people who have
// been erased are not in them. For the public, the names of those who refused are not either.
func (s *Service) Revisions(ctx context.Context, contestID int64, public bool) ([]Revision, error) {
	masks, err := s.roster.Masks(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := s.q.Revisions(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := make([]Revision, 0, len(rows))
	for _, row := range rows {
		r, err := fromRow(row)
		if err != nil {
			return nil, err
		}
		r.Snapshot.mask(masks, !public)
		list = append(list, r)
	}
	return list, nil
}

func fromRow(row resultdb.FinalResult) (Revision, error) {
	r := Revision{AtUs: row.AtUs, Actor: row.Actor, Hash: row.Hash}
	return r, json.Unmarshal(row.Snapshot, &r.Snapshot)
}
