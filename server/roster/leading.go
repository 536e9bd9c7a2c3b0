package roster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var (
	notYourUnit = fault.New(fault.Forbidden, "not_your_unit",
		"Đơn vị này không thuộc phạm vi bạn phụ trách. Chưa có gì được lưu.",
		"This is none of the units you act for. Nothing was saved.")
	alreadyDecided = fault.New(fault.Conflict, "already_decided",
		"Đăng ký này đã được Ban Tổ chức xử lý nên không sửa được nữa. Hãy gửi đề nghị thay đổi.",
		"This registration has been decided already and cannot change any more. Ask for a change.")
)

// LedConsent is what a leader says of the people's consent: the unit keeps what they have signed.
type LedConsent struct {
	Held      bool   `json:"held" doc:"The unit keeps the signed consent of the people named"`
	Publish   bool   `json:"publish,omitempty" doc:"The papers allow publishing names and pictures"`
	Statement string `json:"statement" maxLength:"500" doc:"How it was obtained and where the papers are"`
}

// RegisterLed takes a registration that a leader makes for a person or team of the leader's units.
func (s *Service) RegisterLed(ctx context.Context, contestID int64, led Led, d Draft, consent LedConsent) (Registered, error) {
	return s.keepLed(ctx, contestID, led, 0, d, consent)
}

// ChangeLed changes a registration of the leader's units that still waits.
func (s *Service) ChangeLed(ctx context.Context, contestID int64, led Led, registrationID int64, d Draft) (Registered, error) {
	return s.keepLed(ctx, contestID, led, registrationID, d, LedConsent{})
}

func (s *Service) keepLed(ctx context.Context, contestID int64, led Led, registrationID int64, d Draft, consent LedConsent) (Registered, error) {
	if !led.May(d.UnitID) {
		return Registered{}, notYourUnit.At("unit_id", notYourUnit.Vi, notYourUnit.En)
	}
	var out Registered
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := mayImport(c, &led); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		if registrationID != 0 {
			if err := s.mayChangeLed(ctx, q, contestID, led, registrationID, &d); err != nil {
				return err
			}
		}
		d = d.Clean(rules)
		if err := d.Check(rules, false); err != nil {
			return err
		}
		keys, err := s.keysOf(ctx, c, d)
		if err != nil {
			return err
		}
		if err := s.refuseKnown(ctx, q, contestID, keys, d.Phone, registrationID); err != nil {
			return err
		}
		found, err := s.weigh(ctx, q, c, rules, []weighed{{Draft: d, RegistrationID: registrationID}}, true)
		if err != nil {
			return err
		}
		if err := refusal(found[0]); err != nil {
			return err
		}
		if registrationID != 0 {
			if err := s.rewriteLed(ctx, tx, q, c, rules, led.AccountID, registrationID, d, found[0]); err != nil {
				return err
			}
			if _, err := s.fillPlaces(ctx, tx, q, c); err != nil { // a change of unit or division leaves a place behind
				return err
			}
			row, err := s.ledRow(ctx, q, contestID, led, registrationID) // who was in line stays there until there is a place
			out = Registered{ID: registrationID, State: RegistrationState(row.State), Findings: found[0]}
			return err
		}
		answers, err := s.ledConsents(ctx, contestID, consent)
		if err != nil {
			return err
		}
		made, err := s.registerLed(ctx, q, c, rules, led, []weighed{{Draft: d, Findings: found[0]}}, answers)
		if err != nil {
			return err
		}
		out = made[0]
		return record(ctx, tx, contestID, "register_led", map[string]any{"registration_id": out.ID, "unit_id": d.UnitID})
	})
	return out, err
}

// mayChangeLed refuses what is not the leader's or is decided, and puts masked numbers back in full.
func (s *Service) mayChangeLed(ctx context.Context, q *rosterdb.Queries, contestID int64, led Led, registrationID int64, d *Draft) error {
	row, err := q.LedRegistration(ctx, rosterdb.LedRegistrationParams{ID: registrationID, ContestID: contestID, UnitIds: led.IDs()})
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.NothingHere
	}
	if err != nil {
		return err
	}
	if state := RegistrationState(row.State); state != RegistrationPending && state != RegistrationWaitlisted {
		return alreadyDecided
	}
	people, err := s.registrantsOf(ctx, q, contestID, []int64{registrationID})
	if err != nil {
		return err
	}
	keepMasked(d, people[registrationID])
	return nil
}

// rewriteLed writes a cleaned, checked and weighed draft over a registration that waits.
func (s *Service) rewriteLed(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, ledBy, registrationID int64, d Draft, found []Finding) error {
	u, err := s.units.Get(ctx, d.UnitID)
	if err != nil {
		return err
	}
	findings, err := json.Marshal(notNil(found))
	if err != nil {
		return err
	}
	n, err := q.ChangeLedRegistration(ctx, rosterdb.ChangeLedRegistrationParams{ID: registrationID, ContestID: c.ID, DivisionID: d.DivisionID,
		UnitID: &d.UnitID, Name: d.Name, SearchKey: d.searchKey(u.Name), SameKey: d.sameKey(rules.Kind, ofUnit(u.ID, u.Name)), Phone: d.Phone,
		Email: d.Email, Findings: findings, Waits: Waits(found), LedBy: &ledBy})
	if err != nil {
		return err
	}
	if n == 0 {
		return alreadyDecided
	}
	if err := q.DeleteRegistrants(ctx, registrationID); err != nil {
		return err
	}
	if err := s.insertRegistrants(ctx, q, c.ID, registrationID, d.Members, rules.Fields); err != nil {
		return err
	}
	if err := noteDuplicates(ctx, q, c.ID, registrationID, 0, found); err != nil {
		return err
	}
	if err := note(ctx, q, c.ID, EventChanged, "", []int64{registrationID}, nil); err != nil {
		return err
	}
	return record(ctx, tx, c.ID, "change_led", map[string]any{"registration_id": registrationID})
}

// ledConsents are the answers that a leader gives for the people.
func (s *Service) ledConsents(ctx context.Context, contestID int64, consent LedConsent) ([]Consent, error) {
	purposes, _, err := s.PurposesOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	return UnitConsents(purposes, consent.Held, consent.Publish, consent.Statement)
}

// registerLed stores cleaned, checked and weighed drafts of a leader's units, all at once. The roster is locked.
func (s *Service) registerLed(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, led Led, drafts []weighed, answers []Consent) ([]Registered, error) {
	pending, err := q.CountPending(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if int(pending)+len(drafts) > maxPending {
		return nil, tooManyPending
	}
	names := map[int64]string{}
	for _, u := range led.Units {
		names[u.ID] = u.Name
	}
	p := rosterdb.InsertLedRegistrationsParams{ContestID: c.ID, Kind: string(rules.Kind), LedBy: led.AccountID}
	out := make([]Registered, len(drafts))
	var unitIDs []int64
	for i, w := range drafts {
		d := w.Draft
		out[i] = Registered{State: RegistrationPending, Findings: w.Findings}
		if Waits(w.Findings) {
			out[i].State = RegistrationWaitlisted
		}
		findings, err := json.Marshal(notNil(w.Findings))
		if err != nil {
			return nil, err
		}
		p.DivisionIds, p.UnitIds, p.Names = append(p.DivisionIds, d.DivisionID), append(p.UnitIds, d.UnitID), append(p.Names, d.Name)
		p.SearchKeys = append(p.SearchKeys, d.searchKey(names[d.UnitID]))
		p.SameKeys = append(p.SameKeys, d.sameKey(rules.Kind, ofUnit(d.UnitID, "")))
		p.Phones, p.Emails = append(p.Phones, d.Phone), append(p.Emails, d.Email)
		p.ReceiptMacs = append(p.ReceiptMacs, s.secrets.receiptMAC(newLinkToken()))
		p.States, p.Findings = append(p.States, string(out[i].State)), append(p.Findings, string(findings))
		unitIDs = append(unitIDs, d.UnitID)
	}
	slices.Sort(unitIDs)
	if err := q.InviteUnits(ctx, rosterdb.InviteUnitsParams{ContestID: c.ID, UnitIds: slices.Compact(unitIDs)}); err != nil {
		return nil, err
	}
	rows, err := q.InsertLedRegistrations(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, row := range rows { // the order of RETURNING is not promised, the receipts are ours
		i := slices.IndexFunc(p.ReceiptMacs, func(mac []byte) bool { return bytes.Equal(mac, row.ReceiptMac) })
		out[i].ID = row.ID
	}
	return out, s.keepLedPeople(ctx, q, c, rules, led, drafts, out, answers)
}

// keepLedPeople stores the people of registrations that were just made, and what the leader has answered for.
func (s *Service) keepLedPeople(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, led Led, drafts []weighed, made []Registered, answers []Consent) error {
	var people personRows
	happened := map[RegistrationState][]int64{}
	consents := rosterdb.InsertLedConsentsParams{ContestID: c.ID, AccountID: led.AccountID}
	for i, r := range made {
		if err := people.add(s.secrets, c.ID, r.ID, drafts[i].Draft.Members, rules.Fields); err != nil {
			return err
		}
		if err := noteDuplicates(ctx, q, c.ID, r.ID, 0, r.Findings); err != nil {
			return err
		}
		happened[r.State] = append(happened[r.State], r.ID)
		consents.RegistrationIds = append(consents.RegistrationIds, r.ID)
	}
	if err := q.InsertRegistrants(ctx, rosterdb.InsertRegistrantsParams(people)); err != nil {
		return err
	}
	purposes, _, err := s.PurposesOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for i, a := range answers {
		consents.Purposes, consents.Versions = append(consents.Purposes, a.Purpose), append(consents.Versions, a.Version)
		consents.Given, consents.TextHashes = append(consents.Given, a.Given), append(consents.TextHashes, purposes[i].Hash())
		consents.Statement = a.Statement
	}
	if err := q.InsertLedConsents(ctx, consents); err != nil {
		return err
	}
	if err := note(ctx, q, c.ID, EventRegistered, "", happened[RegistrationPending], nil); err != nil {
		return err
	}
	return note(ctx, q, c.ID, EventWaitlisted, "", happened[RegistrationWaitlisted], nil)
}

// WithdrawLed takes back a registration of the leader's units that still waits.
func (s *Service) WithdrawLed(ctx context.Context, contestID int64, led Led, registrationID int64, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		n, err := q.WithdrawLedRegistration(ctx, rosterdb.WithdrawLedRegistrationParams{ID: registrationID, ContestID: contestID, UnitIds: led.IDs(),
			Reason: reason, DecidedBy: &led.AccountID})
		if err != nil {
			return err
		}
		if n == 0 {
			return alreadyDecided
		}
		if _, err := q.WithdrawChange(ctx, rosterdb.WithdrawChangeParams{RegistrationID: registrationID}); err != nil {
			return err
		}
		if err := note(ctx, q, contestID, EventWithdrawn, reason, []int64{registrationID}, nil); err != nil {
			return err
		}
		if _, err := s.fillPlaces(ctx, tx, q, c); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "withdraw_led", map[string]any{"registration_id": registrationID, "reason": reason})
	})
}

// LedEntries refuses entries that are not of the leader's units; no ids: all active ones of the units.
func (s *Service) LedEntries(ctx context.Context, contestID int64, led Led, ids []int64) ([]int64, error) {
	if len(ids) == 0 {
		all, err := s.q.ActiveEntriesOf(ctx, rosterdb.ActiveEntriesOfParams{ContestID: contestID, UnitIds: led.IDs()})
		if err == nil && len(all) == 0 {
			return nil, noCards
		}
		return all, postgres.Fault(err)
	}
	rows, err := s.q.EntryUnits(ctx, rosterdb.EntryUnitsParams{ContestID: contestID, Ids: ids})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	if len(rows) != len(ids) {
		return nil, fault.NothingHere
	}
	for _, row := range rows {
		if !led.May(row.UnitID) {
			return nil, fault.NothingHere
		}
	}
	return ids, nil
}
