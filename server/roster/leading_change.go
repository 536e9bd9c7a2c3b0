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

// entryRow finds an entry as the receipt of its registration would; one that an organizer has added has none, its ID is 0.
func (s *Service) entryRow(ctx context.Context, q *rosterdb.Queries, contestID, entryID int64) (rosterdb.RegistrationByReceiptRow, error) {
	e, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return rosterdb.RegistrationByReceiptRow{}, fault.NothingHere
	}
	if err != nil {
		return rosterdb.RegistrationByReceiptRow{}, postgres.Fault(err)
	}
	row := rosterdb.RegistrationByReceiptRow{ContestID: e.ContestID, DivisionID: e.DivisionID, UnitID: &e.UnitID, UnitName: e.UnitName, Name: e.Name,
		Phone: e.Phone, Email: e.Email, State: string(RegistrationApproved), EntryID: &e.ID, EntryState: e.State}
	row.ID, err = q.RegistrationOfEntry(ctx, &entryID)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, nil
	}
	return row, postgres.Fault(err)
}

// LedOne names what a leader acts on: a registration, or an entry, which may have come without one.
type LedOne struct {
	RegistrationID int64
	EntryID        int64
}

// ledOne finds what a leader acts on, among the leader's units.
func (s *Service) ledOne(ctx context.Context, q *rosterdb.Queries, contestID int64, led Led, one LedOne) (rosterdb.RegistrationByReceiptRow, error) {
	if one.EntryID == 0 {
		return s.ledRow(ctx, q, contestID, led, one.RegistrationID)
	}
	row, err := s.entryRow(ctx, q, contestID, one.EntryID)
	if err == nil && !led.May(deref(row.UnitID)) {
		return row, fault.NothingHere
	}
	return row, err
}

// LedDraft reads a registration or an entry of the leader's units as it is now, to be changed.
func (s *Service) LedDraft(ctx context.Context, contestID int64, led Led, one LedOne) (Draft, RegistrationState, error) {
	row, err := s.ledOne(ctx, s.q, contestID, led, one)
	if err != nil {
		return Draft{}, "", err
	}
	d, err := s.draftNow(ctx, s.q, row)
	return d, RegistrationState(row.State), err
}

// AskChangeLed asks the organizers for a change of what a leader can no longer change: after the approval, after the
// window has closed, or of what an organizer has entered.
func (s *Service) AskChangeLed(ctx context.Context, contestID int64, led Led, one LedOne, d Draft, text string) error {
	if !led.May(d.UnitID) {
		return notYourUnit.At("unit_id", notYourUnit.Vi, notYourUnit.En)
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		row, err := s.ledOne(ctx, q, contestID, led, one)
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
		return record(ctx, tx, contestID, "ask_change_led", ofRow(row))
	})
}

// WithdrawChangeLed takes back a request for a change of the leader's units that nobody has answered.
func (s *Service) WithdrawChangeLed(ctx context.Context, contestID int64, led Led, one LedOne) error {
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		row, err := s.ledOne(ctx, q, contestID, led, one)
		if err != nil {
			return err
		}
		return takeBackChange(ctx, tx, q, contestID, row, "withdraw_change_led")
	})
}
