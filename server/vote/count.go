package vote

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/vote/votedb"
)

// Tally is what the votes of a round come to now.
func (s *Service) Tally(ctx context.Context, roundID int64) (t Tally, err error) {
	err = postgres.InTxWith(ctx, s.DB, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		t, err = tallyOf(ctx, s.q.WithTx(tx), roundID)
		return err
	})
	return t, postgres.Fault(err)
}

func tallyOf(ctx context.Context, q *votedb.Queries, roundID int64) (Tally, error) {
	candidates, err := q.Candidates(ctx, roundID)
	if err != nil {
		return Tally{}, err
	}
	rows, err := q.CountVotes(ctx, roundID)
	if err != nil {
		return Tally{}, err
	}
	counts, withdrawn := make([]Count, len(candidates)), map[int64]bool{}
	for i, c := range candidates {
		counts[i].EntryID, withdrawn[c.EntryID] = c.EntryID, c.Withdrawn
		if j, found := slices.BinarySearchFunc(rows, c.EntryID, func(r votedb.CountVotesRow, id int64) int { return cmp.Compare(r.EntryID, id) }); found {
			counts[i].Votes = rows[j].Votes
		}
	}
	return tally(counts, func(id int64) bool { return withdrawn[id] }), nil
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
		version, hidden = versionOf(row), !Vote{Settings: settings, PublishedUs: row.PublishedUs}.Shown()
		if row.ClosedUs == 0 {
			return nil
		}
		t, err := tallyOf(ctx, q, roundID)
		scores = Scores(settings.Max, t.Counts)
		return err
	})
	return version, hidden, scores, postgres.Fault(err)
}

// Version differs after every change, every vote, and every candidate that withdraws or comes back: equal versions mean
// equal scores.
func (s *Service) Version(ctx context.Context, roundID int64) (int64, error) {
	row, err := s.q.VoteVersion(ctx, roundID)
	return versionOf(row), postgres.Fault(err)
}

// versionOf makes one number of the count of changes, which only rises, and of who is out, which may turn back.
func versionOf(row votedb.VoteVersionRow) int64 {
	if len(row.Withdrawn) == 0 {
		return row.Version
	}
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, row.Version, row.Withdrawn) // a hash takes everything
	return int64(h.Sum64())                          //nolint:gosec // any number does: versions are only told apart
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
		candidates, err := q.Candidates(ctx, roundID)
		if err != nil {
			return err
		}
		for _, c := range candidates {
			in.Candidates = append(in.Candidates, c.EntryID)
			if c.Withdrawn {
				in.Withdrawn = append(in.Withdrawn, c.EntryID)
			}
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
	candidates, err := s.q.Candidates(ctx, roundID)
	ids := make([]int64, len(candidates))
	for i, c := range candidates {
		ids[i] = c.EntryID
	}
	return ids, postgres.Fault(err)
}
