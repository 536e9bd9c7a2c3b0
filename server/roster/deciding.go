package roster

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var decisionEmpty = fault.New(fault.Invalid, "nothing_chosen",
	"Hãy chọn ít nhất một đăng ký và không quá 500.", "Choose at least one registration and no more than 500.")

// Decided is the outcome of a decision about several registrations.
type Decided struct {
	Entries []Entry // made of the approved ones
	Done    int
	// Skipped were decided by someone else in the meantime.
	Skipped int
}

// maxDecided is how many registrations one decision may concern.
const maxDecided = 500

// Approve makes entries of registrations: candidate numbers in the order of registration, and codes.
func (s *Service) Approve(ctx context.Context, contestID int64, ids []int64) (Decided, error) {
	if len(ids) == 0 || len(ids) > maxDecided {
		return Decided{}, decisionEmpty
	}
	var out Decided
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rows, err := q.LockPending(ctx, rosterdb.LockPendingParams{ContestID: contestID, Ids: ids})
		if err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		people, err := s.registrantsOf(ctx, q, contestID, ids)
		if err != nil {
			return err
		}
		drafts := make([]weighed, len(rows))
		for i, r := range rows {
			drafts[i] = weighed{RegistrationID: r.ID, Draft: Draft{DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitName, Name: r.Name,
				Members: people[r.ID], Phone: r.Phone, Email: r.Email}.Clean(rules)}
		}
		entries, err := s.enter(ctx, tx, q, c, rules, drafts, fromRegistration)
		if err != nil {
			return err
		}
		for i, e := range entries {
			var unitID *int64
			if e.UnitID != 0 {
				unitID = &e.UnitID
			}
			err := q.ApproveRegistration(ctx, rosterdb.ApproveRegistrationParams{ID: rows[i].ID, EntryID: &e.ID, UnitID: unitID, DecidedBy: actor(ctx)})
			if err != nil {
				return fmt.Errorf("approve registration: %w", err)
			}
		}
		out = Decided{Entries: entries, Done: len(entries), Skipped: len(ids) - len(entries)}
		if len(entries) == 0 {
			return nil
		}
		if err := s.tellApproved(ctx, tx, q, contestID, drafts, entries); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "approve", map[string]any{"registrations": ids, "numbers": numbersOf(entries)})
	})
	return out, err
}

// Reject turns registrations down with a reason that the registrants can read.
func (s *Service) Reject(ctx context.Context, contestID int64, ids []int64, reason string) (Decided, error) {
	if len(ids) == 0 || len(ids) > maxDecided {
		return Decided{}, decisionEmpty
	}
	reason, err := checkReason(reason)
	if err != nil {
		return Decided{}, err
	}
	var out Decided
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		rows, err := q.LockPending(ctx, rosterdb.LockPendingParams{ContestID: contestID, Ids: ids})
		if err != nil {
			return err
		}
		n, err := q.RejectRegistrations(ctx, rosterdb.RejectRegistrationsParams{ContestID: contestID, Ids: ids, Reason: reason, DecidedBy: actor(ctx)})
		if err != nil {
			return err
		}
		out = Decided{Done: int(n), Skipped: len(ids) - int(n)}
		if n == 0 {
			return nil
		}
		for _, r := range rows {
			err := s.tell(ctx, tx, News{Kind: NewsRejected, ContestID: contestID, RegistrationID: r.ID, Email: r.Email, Name: r.Name, Reason: reason})
			if err != nil {
				return err
			}
		}
		return record(ctx, tx, contestID, "reject", map[string]any{"registrations": ids})
	})
	return out, err
}
