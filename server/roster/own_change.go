package roster

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// OwnChange is what somebody who is in as an entry may have corrected, and how the requests for it stand.
type OwnChange struct {
	Draft   Draft // as it stands now
	Rules   Rules
	Units   []UnitCount // those that can be named: the contest's, and the own one
	Changes []Change    // newest last
	CanAsk  bool
}

// OwnChanges reads what an entry may have corrected, for the entry's own device.
func (s *Service) OwnChanges(ctx context.Context, contestID, entryID int64) (OwnChange, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return OwnChange{}, err
	}
	row, err := s.entryRow(ctx, s.q, contestID, entryID)
	if err != nil {
		return OwnChange{}, err
	}
	r, err := s.allowed(ctx, s.q, c, row)
	if err != nil {
		return OwnChange{}, err
	}
	out := OwnChange{Rules: r.Rules, CanAsk: r.CanAsk}
	if out.Draft, err = s.draftNow(ctx, s.q, row); err != nil {
		return out, err
	}
	of := rosterdb.ChangesParams{RegistrationID: row.ID, Most: 20}
	if row.ID == 0 {
		of.EntryID = entryID
	}
	if out.Changes, err = s.changes(ctx, s.q, c, of); err != nil {
		return out, err
	}
	units, err := s.unitsOf(ctx, contestID)
	if err != nil {
		return out, postgres.Fault(err)
	}
	for _, u := range units {
		if u.Invited || u.ID == out.Draft.UnitID {
			out.Units = append(out.Units, u)
		}
	}
	return out, nil
}

// AskOwnChange asks the organizers for a change, from the entry's own device.
func (s *Service) AskOwnChange(ctx context.Context, contestID, entryID int64, d Draft, text string) error {
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		row, err := s.entryRow(ctx, q, contestID, entryID)
		if err != nil {
			return err
		}
		r, err := s.allowed(ctx, q, c, row)
		if err != nil {
			return err
		}
		if err := s.askFor(ctx, q, r, row, d, text, false); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "ask_change_own", ofRow(row))
	})
}

// WithdrawOwnChange takes back a request that nobody has answered, from the entry's own device.
func (s *Service) WithdrawOwnChange(ctx context.Context, contestID, entryID int64) error {
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		row, err := s.entryRow(ctx, q, contestID, entryID)
		if err != nil {
			return err
		}
		return takeBackChange(ctx, tx, q, contestID, row, "withdraw_change_own")
	})
}
