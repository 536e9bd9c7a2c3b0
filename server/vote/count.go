package vote

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Counts are the votes of each candidate, also of those that have none.
func (s *Service) Counts(ctx context.Context, roundID int64) ([]Count, error) {
	counts, err := countsOf(ctx, s.q, roundID)
	return counts, postgres.Fault(err)
}

func countsOf(ctx context.Context, q *votedb.Queries, roundID int64) ([]Count, error) {
	ids, err := q.Candidates(ctx, roundID)
	if err != nil {
		return nil, err
	}
	rows, err := q.CountVotes(ctx, roundID)
	if err != nil {
		return nil, err
	}
	counts := make([]Count, len(ids))
	for i, id := range ids {
		counts[i].EntryID = id
		if j, found := slices.BinarySearchFunc(rows, id, func(r votedb.CountVotesRow, id int64) int { return cmp.Compare(r.EntryID, id) }); found {
			counts[i].Votes = rows[j].Votes
		}
	}
	return counts, nil
}

// Scores are the scores of the round: none before it is closed, so that no board tells how it stands. hidden: the public
// must not see them yet.
func (s *Service) Scores(ctx context.Context, roundID int64) (version int64, hidden bool, scores []Score, err error) {
	err = postgres.InTxWith(ctx, s.DB, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		row, err := q.VoteVersion(ctx, roundID)
		if err != nil {
			return err
		}
		var settings Settings
		if err := json.Unmarshal(row.Settings, &settings); err != nil {
			return err
		}
		version, hidden = row.Version, !Vote{Settings: settings, PublishedUs: row.PublishedUs}.Shown()
		if row.ClosedUs == 0 {
			return nil
		}
		counts, err := countsOf(ctx, q, roundID)
		scores = Scores(settings.Max, counts)
		return err
	})
	return version, hidden, scores, postgres.Fault(err)
}

// Version rises with every change and every vote: equal versions mean equal scores.
func (s *Service) Version(ctx context.Context, roundID int64) (int64, error) {
	row, err := s.q.VoteVersion(ctx, roundID)
	return row.Version, postgres.Fault(err)
}

// Inputs are the canonical bytes of everything that the scores follow from; Recompute reads them.
func (s *Service) Inputs(ctx context.Context, roundID int64) ([]byte, error) {
	in := inputs{RoundID: roundID, Candidates: []int64{}, Ballots: []ballot{}}
	err := postgres.InTxWith(ctx, s.DB, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		row, err := q.VoteRound(ctx, roundID)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(row.Settings, &in.Settings); err != nil {
			return err
		}
		in.OpenedUs, in.ClosedUs = row.OpenedUs, row.ClosedUs
		if in.Candidates, err = q.Candidates(ctx, roundID); err != nil {
			return err
		}
		rows, err := q.Ballots(ctx, roundID)
		for _, b := range rows {
			in.Ballots = append(in.Ballots, ballot{EntryID: b.EntryID, Way: b.Way, MAC: b.Mac, AtUs: b.AtUs})
		}
		return err
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return in.encode(), nil
}

// Taken lists the entries that took part in a vote that is over.
func (s *Service) Taken(ctx context.Context, roundID int64) ([]int64, error) {
	row, err := s.q.VoteVersion(ctx, roundID)
	if err != nil || row.ClosedUs == 0 {
		return nil, postgres.Fault(err)
	}
	ids, err := s.q.Candidates(ctx, roundID)
	return ids, postgres.Fault(err)
}
