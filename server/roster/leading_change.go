package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// ledRow finds a registration of the leader's units, as a receipt would.
func (s *Service) ledRow(ctx context.Context, q *rosterdb.Queries, contestID int64, led Led, registrationID int64) (rosterdb.RegistrationByReceiptRow, error) {
	row, err := q.LedRegistration(ctx, rosterdb.LedRegistrationParams{ID: registrationID, ContestID: contestID, UnitIds: led.IDs()})
	if errors.Is(err, pgx.ErrNoRows) {
		return rosterdb.RegistrationByReceiptRow{}, fault.NothingHere
	}
	return rosterdb.RegistrationByReceiptRow{ID: row.ID, ContestID: row.ContestID, DivisionID: row.DivisionID, UnitID: row.UnitID, UnitName: row.UnitName,
		Name: row.Name, Phone: row.Phone, Email: row.Email, State: row.State, EntryID: row.EntryID}, postgres.Fault(err)
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
	text = clipRunes(unit.CleanName(text), maxReason)
	if !led.May(d.UnitID) {
		return notYourUnit.At("unit_id", notYourUnit.Vi, notYourUnit.En)
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		row, err := s.ledRow(ctx, q, contestID, led, registrationID)
		if err != nil {
			return err
		}
		r := Receipt{Contest: c, State: RegistrationState(row.State)}
		if r.Rules, err = s.rulesOf(ctx, q, c); err != nil {
			return err
		}
		if r.Changes, err = s.changes(ctx, q, c, rosterdb.ChangesParams{RegistrationID: row.ID, State: string(ChangeOpen), Most: 1}); err != nil {
			return err
		}
		if len(r.Changes) > 0 {
			return changeWaits
		}
		if r.allow(time.Now()); !r.CanAsk {
			return notNow
		}
		before, err := s.draftNow(ctx, q, row)
		if err != nil {
			return err
		}
		keepMasked(&d, before.Members)
		d = d.Clean(r.Rules)
		if err := d.Check(r.Rules, false); err != nil {
			return err
		}
		moved := map[int64]string{before.UnitID: "1", d.UnitID: map[bool]string{true: "1", false: "2"}[before.UnitID == d.UnitID]}
		if len(differences(r.Rules, before, d, moved)) == 0 {
			return nothingChanged
		}
		p := rosterdb.InsertChangeParams{ContestID: contestID, RegistrationID: row.ID, Note: text}
		if p.BeforeSealed, err = s.sealDraft(contestID, before); err != nil {
			return err
		}
		if p.AfterSealed, err = s.sealDraft(contestID, d); err != nil {
			return err
		}
		if _, err := q.InsertChange(ctx, p); err != nil {
			return err
		}
		if err := note(ctx, q, contestID, EventChangeAsked, text, []int64{row.ID}, nil); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "ask_change_led", map[string]any{"registration_id": row.ID})
	})
}
