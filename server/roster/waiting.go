package roster

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// fillPlaces gives places that have become free to the first in line, when the terms say that this goes by itself. It
// tells how many moved up. The roster is locked.
func (s *Service) fillPlaces(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) (int, error) {
	rules, err := s.rulesOf(ctx, q, c)
	if err != nil || !rules.MoveUp || changeable(c) != nil {
		return 0, err
	}
	rows, err := q.FirstInLine(ctx, c.ID)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	drafts, err := s.undecided(ctx, q, c.ID, rules, ids)
	if err != nil {
		return 0, err
	}
	// Those in line are passed over only where their own unit or division is still full.
	rules.WaitingList = true
	found, err := s.weigh(ctx, q, c, rules, drafts, true)
	if err != nil {
		return 0, err
	}
	var up []int64
	for i, w := range drafts {
		if !Waits(found[i]) && !Refused(found[i]) {
			up = append(up, w.RegistrationID)
		}
	}
	return s.moveUp(ctx, tx, q, c.ID, up, "")
}

func (s *Service) moveUp(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, ids []int64, reason string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	done, err := q.MoveUp(ctx, rosterdb.MoveUpParams{ContestID: contestID, Ids: ids})
	if err != nil || len(done) == 0 {
		return 0, err
	}
	if err := note(ctx, q, contestID, EventMovedUp, reason, done, nil); err != nil {
		return 0, err
	}
	if err := s.tellOf(ctx, tx, q, contestID, done, News{Kind: NewsMovedUp, Reason: reason}); err != nil {
		return 0, err
	}
	return len(done), record(ctx, tx, contestID, "move_up", map[string]any{"registrations": done})
}

// MoveUp takes registrations out of the line by hand: they wait for approval like the others.
func (s *Service) MoveUp(ctx context.Context, contestID int64, ids []int64, reason string) (Decided, error) {
	if len(ids) == 0 || len(ids) > maxDecided {
		return Decided{}, decisionEmpty
	}
	reason, err := despiteReason(reason)
	if err != nil {
		return Decided{}, err
	}
	var out Decided
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		n, err := s.moveUp(ctx, tx, q, contestID, ids, reason)
		out = Decided{Done: n, MovedUp: n, Skipped: len(ids) - n}
		return err
	})
	return out, err
}
