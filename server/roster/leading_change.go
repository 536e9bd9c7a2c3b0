package roster

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// ledRow finds a registration of the leader's units, as a receipt would.
func (s *Service) ledRow(ctx context.Context, q *rosterdb.Queries, contestID int64, led Led, registrationID int64) (rosterdb.RegistrationByReceiptRow, error) {
	row, err := q.LedRegistration(ctx, rosterdb.LedRegistrationParams{ID: registrationID, ContestID: contestID, UnitIds: led.IDs()})
	if errors.Is(err, pgx.ErrNoRows) {
		return rosterdb.RegistrationByReceiptRow{}, fault.NothingHere
	}
	return rosterdb.RegistrationByReceiptRow{ID: row.ID, ContestID: row.ContestID, DivisionID: row.DivisionID, UnitID: row.UnitID, UnitName: row.UnitName,
		Name: row.Name, Phone: row.Phone, Email: row.Email, State: row.State, EntryID: row.EntryID, EntryState: row.EntryState}, postgres.Fault(err)
}

// LedDraft reads a registration of the leader's units as it is now, to be changed.
func (s *Service) LedDraft(ctx context.Context, contestID int64, led Led, registrationID int64) (Draft, RegistrationState, error) {
	row, err := s.ledRow(ctx, s.q, contestID, led, registrationID)
	if err != nil {
		return Draft{}, "", err
	}
	d, err := s.draftNow(ctx, s.q, row)
	return d, RegistrationState(row.State), err
}

// AskChangeLed asks the organizers for a change of what a leader can no longer change: after the approval, or after the
// window has closed.
func (s *Service) AskChangeLed(ctx context.Context, contestID int64, led Led, registrationID int64, d Draft, text string) error {
	if !led.May(d.UnitID) {
		return notYourUnit.At("unit_id", notYourUnit.Vi, notYourUnit.En)
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		row, err := s.ledRow(ctx, q, contestID, led, registrationID)
		if err != nil {
			return err
		}
		r, err := s.allowed(ctx, q, c, row)
		if err != nil {
			return err
		}
		if err := s.askFor(ctx, q, r, row, d, text, true); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "ask_change_led", map[string]any{"registration_id": row.ID})
	})
}
