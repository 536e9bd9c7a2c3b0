package roster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

var (
	registrationClosed = fault.New(fault.Conflict, "registration_closed",
		"Hội thi này hiện không nhận đăng ký. Chưa có gì được lưu; hãy liên hệ Ban Tổ chức nếu cần.",
		"This contest takes no registrations now. Nothing was saved; ask the organizers if you need to.")
	alreadyRegistered = fault.New(fault.Conflict, "already_registered",
		"Thí sinh hoặc đội này đã có trong danh sách đăng ký của hội thi. Nếu là người khác trùng tên, hãy ghi thêm số điện thoại.",
		"This contestant or team is registered already. If it is another person of the same name, add a phone number.")
	tooManyPending = fault.New(fault.Unavailable, "too_many_pending",
		"Hội thi đang có quá nhiều đăng ký chờ duyệt. Chưa có gì được lưu; hãy thử lại sau.",
		"There are too many registrations waiting to be looked at. Nothing was saved; try again later.")
	unitUnknown = fault.New(fault.Invalid, "unit_unknown",
		"Đơn vị này không còn trong danh sách. Hãy chọn lại.", "This unit is no longer in the list. Choose again.")
	decisionEmpty = fault.New(fault.Invalid, "nothing_chosen",
		"Hãy chọn ít nhất một đăng ký và không quá 500.", "Choose at least one registration and no more than 500.")
)

// Form is what the public registration page of a contest shows.
type Form struct {
	Contest contest.Contest
	Open    bool
	Units   []UnitCount // those the contest invites
}

// RegistrationForm gives the form of a contest that the public may see.
func (s *Service) RegistrationForm(ctx context.Context, slug string) (Form, error) {
	c, err := s.contests.Visible(ctx, slug)
	if err != nil {
		return Form{}, err
	}
	units, err := s.unitsOf(ctx, c.ID)
	if err != nil {
		return Form{}, err
	}
	f := Form{Contest: c, Open: c.RegistrationOpen(time.Now())}
	for _, u := range units {
		if u.Invited {
			f.Units = append(f.Units, u)
		}
	}
	return f, nil
}

// Register takes a registration from the public. It gives the secret by which the registrant can ask how it stands.
func (s *Service) Register(ctx context.Context, p account.Principal, slug string, d Draft, consents []Consent) (string, error) {
	c, err := s.contests.Visible(ctx, slug)
	if err != nil {
		return "", err
	}
	if !c.RegistrationOpen(time.Now()) {
		return "", registrationClosed
	}
	rules := RulesOf(c)
	d = d.Clean(rules)
	if err := d.Check(rules, false); err != nil {
		return "", err
	}
	answers, err := CheckConsents(consents)
	if err != nil {
		return "", err
	}
	if err := s.pace.take(p.Address, time.Now()); err != nil {
		return "", err
	}
	receipt := newLinkToken()
	err = s.change(ctx, c.ID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		return s.register(ctx, tx, q, c, d, answers, receipt)
	})
	if err != nil {
		return "", err
	}
	return receipt, nil
}

func (s *Service) register(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, d Draft, answers []Consent, receipt string) error {
	unitName := d.UnitName
	if d.UnitID != 0 {
		invited, err := q.IsInvited(ctx, rosterdb.IsInvitedParams{ContestID: c.ID, UnitID: d.UnitID})
		if err != nil {
			return err
		}
		if !invited {
			return unitUnknown.At("unit_id", unitUnknown.Vi, unitUnknown.En)
		}
		u, err := s.units.Get(ctx, d.UnitID)
		if err != nil {
			return err
		}
		unitName = u.Name
	}
	pending, err := q.CountPending(ctx, c.ID)
	if err != nil {
		return err
	}
	if pending >= maxPending {
		return tooManyPending
	}
	key, err := s.keyOf(ctx, Kind(c.EntryKind), d)
	if err != nil {
		return err
	}
	known, err := q.KnownSame(ctx, rosterdb.KnownSameParams{ContestID: c.ID, SameKeys: []string{key}})
	if err != nil {
		return err
	}
	waiting, err := q.PendingSame(ctx, rosterdb.PendingSameParams{ContestID: c.ID, SameKeys: []string{key}})
	if err != nil {
		return err
	}
	for _, k := range known {
		if samePhone(k.Phone, d.Phone) {
			return alreadyRegistered
		}
	}
	for _, w := range waiting {
		if samePhone(w.Phone, d.Phone) {
			return alreadyRegistered
		}
	}
	members, err := membersTo(d.Members)
	if err != nil {
		return err
	}
	id, err := q.InsertRegistration(ctx, rosterdb.InsertRegistrationParams{ContestID: c.ID, DivisionID: d.DivisionID, UnitID: d.UnitID,
		UnitName: d.UnitName, Kind: string(c.EntryKind), Name: d.Name, Members: members, SearchKey: d.searchKey(unitName),
		SameKey: key, Phone: d.Phone, Email: d.Email, ReceiptMac: s.secrets.receiptMAC(receipt)})
	if err != nil {
		return err
	}
	stored := rosterdb.InsertConsentsParams{RegistrationID: id}
	for _, a := range answers {
		stored.Purposes = append(stored.Purposes, a.Purpose)
		stored.Versions = append(stored.Versions, a.Version)
		stored.Given = append(stored.Given, a.Given)
	}
	return q.InsertConsents(ctx, stored)
}

// Receipt is what a registrant may know about the registration.
type Receipt struct {
	Contest   contest.Contest
	Name      string
	State     RegistrationState
	Reason    string
	CreatedAt time.Time
	Number    string // "" until approved
	Link      string // the personal link's token, once approved; "" when the entry has been withdrawn
}

// LookAtReceipt tells how a registration stands, to the one who holds its secret.
func (s *Service) LookAtReceipt(ctx context.Context, receipt string) (Receipt, error) {
	row, err := s.q.RegistrationByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if errors.Is(err, pgx.ErrNoRows) {
		return Receipt{}, fault.NothingHere
	}
	if err != nil {
		return Receipt{}, postgres.Fault(err)
	}
	c, err := s.contests.Get(ctx, row.ContestID)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Contest: c, Name: row.Name, State: RegistrationState(row.State), Reason: row.Reason, CreatedAt: row.CreatedAt}
	if row.Number > 0 {
		r.Number = NumberText(int(row.Number))
	}
	if row.EntryState == string(EntryActive) && len(row.LinkSealed) > 0 {
		if r.Link, err = s.secrets.opened("link", row.ContestID, row.LinkSealed); err != nil {
			return Receipt{}, err
		}
	}
	return r, nil
}

// WithdrawRegistration takes back a registration that is still waiting.
func (s *Service) WithdrawRegistration(ctx context.Context, receipt string) error {
	n, err := s.q.WithdrawByReceipt(ctx, s.secrets.receiptMAC(clipRunes(receipt, 100)))
	if err != nil {
		return postgres.Fault(err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "already_decided",
			"Đăng ký này đã được xử lý. Hãy liên hệ Ban Tổ chức để rút.", "This registration has been decided already. Ask the organizers to withdraw it.")
	}
	return nil
}

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
		rules := RulesOf(c)
		drafts := make([]Draft, len(rows))
		for i, r := range rows {
			members, err := membersFrom(r.Members)
			if err != nil {
				return err
			}
			drafts[i] = Draft{DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitName, Name: r.Name,
				Members: members, Phone: r.Phone, Email: r.Email}.Clean(rules)
		}
		entries, err := s.enter(ctx, tx, q, c, drafts, fromRegistration)
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
		n, err := q.RejectRegistrations(ctx, rosterdb.RejectRegistrationsParams{ContestID: contestID, Ids: ids, Reason: reason, DecidedBy: actor(ctx)})
		if err != nil {
			return err
		}
		out = Decided{Done: int(n), Skipped: len(ids) - int(n)}
		if n == 0 {
			return nil
		}
		return record(ctx, tx, contestID, "reject", map[string]any{"registrations": ids, "reason": reason})
	})
	return out, err
}
