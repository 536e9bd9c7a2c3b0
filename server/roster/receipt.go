package roster

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Receipt is what a registrant may know about the registration and may do with it.
type Receipt struct {
	ID        int64
	Contest   contest.Contest
	Name      string
	UnitName  string
	State     RegistrationState
	Withdrawn bool   // the entry made of it has been withdrawn
	Reason    string // why it was rejected or withdrawn
	CreatedAt time.Time
	EntryID   int64
	Number    string // "" until approved
	Link      string // the personal link's token, once approved; "" when the entry has been withdrawn
	InLine    int    // place in the waiting list, from 1; 0: not in line
	Draft     Draft  // as it stands now
	Rules     Rules
	Changes   []Change
	History   []Event
	// CanChange: by oneself, as long as it is not decided and the window is open. CanAsk: by a request to the organizers.
	CanChange, CanAsk, CanWithdraw bool
}

// LookAtReceipt tells how a registration stands, to the one who holds its secret.
func (s *Service) LookAtReceipt(ctx context.Context, receipt string) (Receipt, error) {
	row, c, err := s.byReceipt(ctx, s.q, receipt)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{ID: row.ID, Contest: c, Name: row.Name, UnitName: row.UnitShown, State: RegistrationState(row.State), Reason: row.Reason,
		CreatedAt: row.CreatedAt, EntryID: deref(row.EntryID), Withdrawn: row.EntryState == string(EntryWithdrawn)}
	if row.Number > 0 {
		r.Number = NumberText(int(row.Number))
	}
	if r.Withdrawn {
		r.Reason = row.EntryReason
	}
	if row.EntryState == string(EntryActive) && len(row.LinkSealed) > 0 {
		if r.Link, err = s.secrets.opened("link", row.ContestID, row.LinkSealed); err != nil {
			return Receipt{}, err
		}
	}
	if r.State == RegistrationWaitlisted {
		place, err := s.q.PlaceInLine(ctx, rosterdb.PlaceInLineParams{ContestID: c.ID, ID: row.ID})
		if err != nil {
			return Receipt{}, postgres.Fault(err)
		}
		r.InLine = int(place)
	}
	if r.Rules, err = s.rulesOf(ctx, s.q, c); err != nil {
		return Receipt{}, err
	}
	if r.Draft, err = s.draftNow(ctx, s.q, row); err != nil {
		return Receipt{}, err
	}
	if r.Changes, err = s.changes(ctx, s.q, c, rosterdb.ChangesParams{RegistrationID: row.ID, Most: 20}); err != nil {
		return Receipt{}, err
	}
	if r.History, err = s.history(ctx, row.ID, 0); err != nil {
		return Receipt{}, err
	}
	r.allow(time.Now())
	return r, nil
}

// allow says what the registrant may do at a moment.
func (r *Receipt) allow(now time.Time) {
	undecided := r.State == RegistrationPending || r.State == RegistrationWaitlisted
	takesPart := r.State == RegistrationApproved && !r.Withdrawn
	waits := slices.ContainsFunc(r.Changes, func(c Change) bool { return c.State == ChangeOpen })
	r.CanChange = undecided && r.Contest.RegistrationOpen(now)
	r.CanAsk = !r.CanChange && (undecided || takesPart) && changeable(r.Contest) == nil && !waits
	r.CanWithdraw = undecided && changeable(r.Contest) == nil || takesPart && (r.Contest.State == contest.Draft || r.Contest.State == contest.Open)
}

func (s *Service) byReceipt(ctx context.Context, q *rosterdb.Queries, receipt string) (rosterdb.RegistrationByReceiptRow, contest.Contest, error) {
	row, err := q.RegistrationByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if errors.Is(err, pgx.ErrNoRows) {
		return row, contest.Contest{}, fault.NothingHere
	}
	if err != nil {
		return row, contest.Contest{}, postgres.Fault(err)
	}
	c, err := s.contests.Get(ctx, row.ContestID)
	return row, c, err
}

// draftNow is what is registered now: the entry, once there is one, with all that has been changed since.
func (s *Service) draftNow(ctx context.Context, q *rosterdb.Queries, row rosterdb.RegistrationByReceiptRow) (Draft, error) {
	if row.EntryID != nil {
		e, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: *row.EntryID, ContestID: row.ContestID})
		if err != nil {
			return Draft{}, postgres.Fault(err)
		}
		people, err := s.membersOf(ctx, q, row.ContestID, []int64{e.ID})
		return Draft{DivisionID: e.DivisionID, UnitID: e.UnitID, Name: e.Name, Members: people[e.ID], Phone: e.Phone, Email: e.Email}, err
	}
	people, err := s.registrantsOf(ctx, q, row.ContestID, []int64{row.ID})
	return Draft{DivisionID: row.DivisionID, UnitID: deref(row.UnitID), UnitName: row.UnitName, Name: row.Name, Members: people[row.ID], Phone: row.Phone, Email: row.Email}, err
}

// byRegistrant runs fn with the roster of a receipt's contest locked.
func (s *Service) byRegistrant(ctx context.Context, receipt string, fn func(tx pgx.Tx, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow) error) error {
	first, _, err := s.byReceipt(ctx, s.q, receipt)
	if err != nil {
		return err
	}
	return s.change(ctx, first.ContestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		row, _, err := s.byReceipt(ctx, q, receipt)
		if err != nil {
			return err
		}
		r, err := s.allowed(ctx, q, c, row)
		if err != nil {
			return err
		}
		return fn(tx, q, r, row)
	})
}

// allowed is what may be done with a registration now, without what only its page shows.
func (s *Service) allowed(ctx context.Context, q *rosterdb.Queries, c contest.Contest, row rosterdb.RegistrationByReceiptRow) (r Receipt, err error) {
	r = Receipt{ID: row.ID, Contest: c, State: RegistrationState(row.State), Withdrawn: row.EntryState == string(EntryWithdrawn), EntryID: deref(row.EntryID)}
	if r.Rules, err = s.rulesOf(ctx, q, c); err != nil {
		return r, err
	}
	of := rosterdb.ChangesParams{RegistrationID: row.ID, State: string(ChangeOpen), Most: 1}
	if row.ID == 0 {
		of.EntryID = r.EntryID
	}
	r.Changes, err = s.changes(ctx, q, c, of)
	r.allow(time.Now())
	return r, err
}

var notNow = fault.New(fault.Conflict, "not_possible_now",
	"Đăng ký này không còn đổi hoặc rút được tại đây. Hãy liên hệ Ban Tổ chức.", "This registration can no longer be changed or withdrawn here. Ask the organizers.")

// WithdrawRegistration takes back a registration, or the entry made of it as long as the contest has not begun.
func (s *Service) WithdrawRegistration(ctx context.Context, receipt, reason string) error {
	reason = clipRunes(unit.CleanName(reason), maxReason)
	var entryID int64
	err := s.byRegistrant(ctx, receipt, func(tx pgx.Tx, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow) error {
		if !r.CanWithdraw {
			return notNow
		}
		if _, err := q.WithdrawChange(ctx, rosterdb.WithdrawChangeParams{RegistrationID: row.ID}); err != nil {
			return err
		}
		if r.EntryID != 0 {
			entryID = r.EntryID
			if err := note(ctx, q, r.Contest.ID, EventWithdrawn, reason, []int64{row.ID}, nil); err != nil {
				return err
			}
			return s.setStateIn(ctx, tx, q, r.Contest, r.EntryID, EntryWithdrawn, reason, "withdraw_own")
		}
		if _, err := q.WithdrawRegistration(ctx, rosterdb.WithdrawRegistrationParams{ID: row.ID, Reason: reason}); err != nil {
			return err
		}
		if err := note(ctx, q, r.Contest.ID, EventWithdrawn, reason, []int64{row.ID}, nil); err != nil {
			return err
		}
		if err := record(ctx, tx, r.Contest.ID, "withdraw_registration_own", map[string]any{"registration_id": row.ID}); err != nil {
			return err
		}
		_, err := s.fillPlaces(ctx, tx, q, r.Contest)
		return err
	})
	if err != nil || entryID == 0 {
		return err
	}
	return postgres.Fault(s.accounts.EndEntrySessions(ctx, entryID, 0))
}

// ChangeRegistration changes what is registered, as long as it is not decided and the window is open.
func (s *Service) ChangeRegistration(ctx context.Context, receipt string, d Draft) error {
	return s.byRegistrant(ctx, receipt, func(tx pgx.Tx, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow) error {
		if !r.CanChange {
			return notNow
		}
		if err := s.rewriteRegistration(ctx, q, r.Contest, r.Rules, row.ID, r.State, d, "", false); err != nil {
			return err
		}
		if err := note(ctx, q, r.Contest.ID, EventChanged, "", []int64{row.ID}, nil); err != nil {
			return err
		}
		if err := record(ctx, tx, r.Contest.ID, "change_own", map[string]any{"registration_id": row.ID}); err != nil {
			return err
		}
		_, err := s.fillPlaces(ctx, tx, q, r.Contest) // a change of unit or division leaves a place behind
		return err
	})
}

// AskChange asks the organizers for a change.
func (s *Service) AskChange(ctx context.Context, receipt string, d Draft, text string) error {
	return s.byRegistrant(ctx, receipt, func(tx pgx.Tx, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow) error {
		if err := s.askFor(ctx, q, r, row, d, text, false); err != nil {
			return err
		}
		return record(ctx, tx, r.Contest.ID, "ask_change_own", ofRow(row))
	})
}

// ofRow names in the record what an act was about: the registration, or an entry that none stands behind.
func ofRow(row rosterdb.RegistrationByReceiptRow) map[string]any {
	if row.ID == 0 {
		return map[string]any{"entry_id": deref(row.EntryID)}
	}
	return map[string]any{"registration_id": row.ID}
}

// askFor keeps a request for a change, by the registrant or by a leader of the unit. The roster is locked.
func (s *Service) askFor(ctx context.Context, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow, d Draft, text string, byLeader bool) error {
	if len(r.Changes) > 0 {
		return changeWaits
	}
	if !r.CanAsk {
		return notNow
	}
	before, err := s.draftNow(ctx, q, row)
	if err != nil {
		return err
	}
	keepMasked(&d, before.Members)
	d = d.Clean(r.Rules)
	if err := d.Check(r.Rules, row.ID == 0); err != nil { // what an organizer has left out may stay so
		return err
	}
	if !byLeader && d.UnitID != before.UnitID { // a leader may name whichever of the own units
		if _, err := s.invitedUnit(ctx, q, r.Contest.ID, d); err != nil {
			return err
		}
	}
	if len(differences(r.Rules, before, d, map[int64]string{before.UnitID: "1", d.UnitID: map[bool]string{true: "1", false: "2"}[before.UnitID == d.UnitID]})) == 0 {
		return nothingChanged
	}
	text = clipRunes(unit.CleanName(text), maxReason)
	p := rosterdb.InsertChangeParams{ContestID: r.Contest.ID, RegistrationID: row.ID, EntryID: r.EntryID, Note: text}
	if p.BeforeSealed, err = s.sealDraft(r.Contest.ID, before); err != nil {
		return err
	}
	if p.AfterSealed, err = s.sealDraft(r.Contest.ID, d); err != nil {
		return err
	}
	if err := q.InsertChange(ctx, p); err != nil {
		return err
	}
	if row.ID == 0 {
		return note(ctx, q, r.Contest.ID, EventChangeAsked, text, nil, []int64{r.EntryID})
	}
	return note(ctx, q, r.Contest.ID, EventChangeAsked, text, []int64{row.ID}, nil)
}

// WithdrawChange takes a request back that has not been answered.
func (s *Service) WithdrawChange(ctx context.Context, receipt string) error {
	return s.byRegistrant(ctx, receipt, func(tx pgx.Tx, q *rosterdb.Queries, r Receipt, row rosterdb.RegistrationByReceiptRow) error {
		return takeBackChange(ctx, tx, q, r.Contest.ID, row, "withdraw_change_own")
	})
}

func takeBackChange(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID int64, row rosterdb.RegistrationByReceiptRow, action string) error {
	n, err := q.WithdrawChange(ctx, rosterdb.WithdrawChangeParams{RegistrationID: row.ID, EntryID: deref(row.EntryID)})
	if err != nil {
		return err
	}
	if n == 0 {
		return changeAnswered
	}
	return record(ctx, tx, contestID, action, ofRow(row))
}
