package result

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Between the act that makes a result final and the moment in which it is told there may be a ceremony. Until then the
// public, contestants and other contests know of no result: they read Published.

var notFinalYet = fault.New(fault.Conflict, "nothing_final",
	"Chưa có kết quả chính thức để công bố. Hãy chốt kết quả trước.", "There is no final result to tell. Finalize the standings first.")

// UseTelling is asked, in the transaction, before a result is told at once or replaced: a ceremony that is under way
// refuses.
func (s *Service) UseTelling(f func(ctx context.Context, tx pgx.Tx, contestID int64) error) {
	s.telling = f
}

func (s *Service) mayTell(ctx context.Context, tx pgx.Tx, contestID int64) error {
	if s.telling == nil {
		return nil
	}
	return s.telling(ctx, tx, contestID)
}

// Published lists the revisions that the public may read, the first one first: none before the result has been told. The
// names of those who refused publication are not in them.
func (s *Service) Published(ctx context.Context, contestID int64) ([]Revision, error) {
	told, err := s.boards.Published(ctx, contestID)
	if err != nil || !told {
		return nil, err
	}
	return s.Revisions(ctx, contestID, true)
}

// Told tells whether the final result of a contest is public.
func (s *Service) Told(ctx context.Context, contestID int64) (bool, error) {
	return s.boards.Published(ctx, contestID)
}

// Tell makes the final result public all at once.
func (s *Service) Tell(ctx context.Context, contestID int64) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.mayTell(ctx, tx, contestID); err != nil {
			return err
		}
		return s.TellTx(ctx, tx, contestID, "at_once")
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.boards.Changed(contestID)
	return nil
}

// TellTx makes the final result public within a transaction, and records how: "at_once", or at the end of a "ceremony".
// The caller calls Changed of the boards when it has committed.
func (s *Service) TellTx(ctx context.Context, tx pgx.Tx, contestID int64, how string) error {
	c, err := s.contests.GetTx(ctx, tx, contestID) // nobody finalizes meanwhile
	if err != nil {
		return err
	}
	if c.State != contest.Finalized && c.State != contest.Archived {
		return notFinalYet
	}
	newest, err := s.q.WithTx(tx).NewestRevision(ctx, contestID)
	if err != nil {
		return err
	}
	if err := s.boards.Tell(ctx, tx, contestID); err != nil {
		return err
	}
	return audit.Append(ctx, tx, contestID, "result.tell", map[string]any{"revision": newest.Revision, "how": how})
}

// Newest is the newest final result for organizers, told or not; nil: nothing is final.
func (s *Service) Newest(ctx context.Context, contestID int64) (*Revision, error) {
	return s.newest(ctx, contestID)
}
