package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// Erase makes a person anonymous: names, contact, identity, what was typed and how they came in are removed; the entry's
// number, unit and results stay. also is done in the same transaction. Erasing twice does nothing more.
func (s *Service) Erase(ctx context.Context, w Who, also func(ctx context.Context, tx pgx.Tx) error) error {
	err := s.change(ctx, w.ContestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		anonymous := "Người đăng ký ẩn danh"
		if w.EntryID != 0 {
			row, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: w.EntryID, ContestID: w.ContestID})
			if err != nil {
				return err
			}
			anonymous = PublicName(Kind(row.Kind), "", NumberText(int(row.Number)), true)
			fresh := s.freshSecrets(w.ContestID) // the old code and link are known to somebody
			_, err = q.EraseEntry(ctx, rosterdb.EraseEntryParams{ID: w.EntryID, ContestID: w.ContestID, Name: anonymous, Withdraw: changeable(c) == nil,
				CodeMac: fresh.codeMAC, CodeSealed: fresh.codeSealed, LinkMac: fresh.linkMAC, LinkSealed: fresh.linkSealed})
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := s.eraseAccount(ctx, tx, q, w); err != nil {
				return err
			}
			if err := errors.Join(q.EraseMembers(ctx, w.EntryID), q.EraseDevices(ctx, &w.EntryID)); err != nil {
				return err
			}
		}
		if w.RegistrationID != 0 {
			err := q.EraseRegistration(ctx, rosterdb.EraseRegistrationParams{ID: w.RegistrationID, ContestID: w.ContestID, Name: anonymous,
				ReceiptMac: s.secrets.receiptMAC(newLinkToken())})
			if err != nil {
				return err
			}
			if err := q.EraseRegistrants(ctx, w.RegistrationID); err != nil {
				return err
			}
		}
		for _, erase := range []func() error{
			func() error {
				return q.EraseChangeRequests(ctx, rosterdb.EraseChangeRequestsParams{RegistrationID: w.RegistrationID, EntryID: w.EntryID})
			},
			func() error {
				return q.EraseEvents(ctx, rosterdb.EraseEventsParams{EntryID: w.EntryID, RegistrationID: w.RegistrationID})
			},
			func() error {
				return q.EraseDuplicates(ctx, rosterdb.EraseDuplicatesParams{EntryID: w.EntryID, RegistrationID: w.RegistrationID})
			},
			func() error {
				return q.EraseConsentEvidence(ctx, rosterdb.EraseConsentEvidenceParams{EntryID: w.EntryID, RegistrationID: w.RegistrationID})
			},
			func() error { return also(ctx, tx) },
		} {
			if err := erase(); err != nil {
				return err
			}
		}
		if err := record(ctx, tx, w.ContestID, "erase", map[string]any{"entry_id": w.EntryID, "registration_id": w.RegistrationID}); err != nil {
			return err
		}
		_, err := s.fillPlaces(ctx, tx, q, c)
		return err
	})
	if err != nil || w.EntryID == 0 {
		return err
	}
	return postgres.Fault(s.accounts.EndEntrySessions(ctx, w.EntryID, 0))
}

// OwnData is what this room knows of a person, for that person to see.
type OwnData struct {
	Who
	Contest      contest.Contest
	Number       string // "" until approved
	EntryState   EntryState
	Registration RegistrationState // "" when an organizer has entered the person
	Reason       string
	Kind         Kind
	Name         string
	UnitName     string
	DivisionID   int64
	Phone, Email string
	Members      []Member
	Fields       []Field // of the contest, also those that are no longer asked
	Devices      []Device
	Login        string // of the account that the entry belongs to; "": none
	CreatedAt    time.Time
	Erased       bool
}

// Device is one that has come in as an entry.
type Device struct {
	Agent               string
	FirstSeen, LastSeen time.Time
}

// Own gathers what is known of a person. Citizen numbers are in full: callers mask them.
func (s *Service) Own(ctx context.Context, w Who) (OwnData, error) {
	c, err := s.contests.Get(ctx, w.ContestID)
	if err != nil {
		return OwnData{}, err
	}
	rules, err := s.rulesOf(ctx, s.q, c)
	if err != nil {
		return OwnData{}, err
	}
	d := OwnData{Who: w, Contest: c, Fields: rules.Fields}
	if w.RegistrationID != 0 {
		r, err := s.q.OwnRegistration(ctx, w.RegistrationID)
		if err != nil {
			return d, postgres.Fault(err)
		}
		d.Registration, d.Reason, d.Kind, d.Name, d.UnitName, d.DivisionID = RegistrationState(r.State), r.Reason, Kind(r.Kind), r.Name, r.UnitName, r.DivisionID
		d.Phone, d.Email, d.CreatedAt, d.Erased = r.Phone, r.Email, r.CreatedAt, r.Erased
		people, err := s.registrantsOf(ctx, s.q, c.ID, []int64{r.ID})
		if err != nil {
			return d, err
		}
		d.Members = people[r.ID]
	}
	if w.EntryID == 0 {
		return d, nil
	}
	l, err := s.Detail(ctx, w.ContestID, w.EntryID)
	if err != nil {
		return d, err
	}
	if w.RegistrationID == 0 {
		d.CreatedAt = l.CreatedAt
	}
	d.Number, d.EntryState, d.Kind, d.Name, d.UnitName, d.DivisionID = l.Number, l.State, l.Kind, l.Name, l.UnitName, l.DivisionID
	d.Phone, d.Email, d.Members = l.Phone, l.Email, l.Members
	if d.Erased, err = s.q.EntryErased(ctx, w.EntryID); err != nil {
		return d, postgres.Fault(err)
	}
	if d.Login, err = s.loginOf(ctx, w.EntryID); err != nil {
		return d, err
	}
	devices, err := s.q.DevicesOf(ctx, &w.EntryID)
	if err != nil {
		return d, postgres.Fault(err)
	}
	for _, x := range devices {
		d.Devices = append(d.Devices, Device{Agent: x.UserAgent, FirstSeen: x.CreatedAt, LastSeen: x.LastSeenAt})
	}
	return d, nil
}
