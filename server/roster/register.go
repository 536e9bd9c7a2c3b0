package roster

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
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
)

// Form is what the public registration page of a contest shows.
type Form struct {
	Contest contest.Contest
	Open    bool
	// Ways: in which people may enter now by themselves, without waiting for approval.
	Ways  contest.Ways
	Units []UnitCount // those the contest invites
	Rules Rules
	// Purposes and Guardian are what those who register are asked to agree to.
	Purposes []Purpose
	Guardian Purpose
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
	if f.Ways, err = s.contests.Ways(ctx, c); err != nil {
		return Form{}, err
	}
	if f.Rules, err = s.rulesOf(ctx, s.q, c); err != nil {
		return Form{}, err
	}
	if f.Purposes, f.Guardian, err = s.PurposesOf(ctx, c.ID); err != nil {
		return Form{}, err
	}
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
	rules, err := s.rulesOf(ctx, s.q, c)
	if err != nil {
		return "", err
	}
	d = d.Clean(rules)
	if err := d.Check(rules, false); err != nil {
		return "", err
	}
	answers, err := s.agree(ctx, c, d, consents)
	if err != nil {
		return "", err
	}
	if err := s.pace.take(p.Address, time.Now()); err != nil {
		return "", err
	}
	receipt := newLinkToken()
	err = s.change(ctx, c.ID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		_, err := s.register(ctx, tx, q, c, rules, d, answers, receipt)
		return err
	})
	if err != nil {
		return "", err
	}
	return receipt, nil
}

// Registered is what has become of a registration that was sent.
type Registered struct {
	ID       int64
	State    RegistrationState // pending or waitlisted
	Findings []Finding
}

// register stores a cleaned and checked draft as a registration: refused by the rules, waiting for approval, or in line
// for a place. The roster is locked.
func (s *Service) register(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, d Draft, answers []Consent, receipt string) (Registered, error) {
	unitName, err := s.invitedUnit(ctx, q, c.ID, d)
	if err != nil {
		return Registered{}, err
	}
	pending, err := q.CountPending(ctx, c.ID)
	if err != nil {
		return Registered{}, err
	}
	if pending >= maxPending {
		return Registered{}, tooManyPending
	}
	keys, err := s.keysOf(ctx, c, d)
	if err != nil {
		return Registered{}, err
	}
	if err := s.refuseKnown(ctx, q, c.ID, keys, d.Phone, 0); err != nil {
		return Registered{}, err
	}
	found, err := s.weigh(ctx, q, c, rules, []weighed{{Draft: d}}, true)
	if err != nil {
		return Registered{}, err
	}
	if err := refusal(found[0]); err != nil {
		return Registered{}, err
	}
	out := Registered{State: RegistrationPending, Findings: found[0]}
	if Waits(found[0]) {
		out.State = RegistrationWaitlisted
	}
	findings, err := json.Marshal(found[0])
	if err != nil {
		return Registered{}, err
	}
	out.ID, err = q.InsertRegistration(ctx, rosterdb.InsertRegistrationParams{ContestID: c.ID, DivisionID: d.DivisionID, UnitID: d.UnitID,
		UnitName: d.UnitName, Kind: string(rules.Kind), Name: d.Name, SearchKey: d.searchKey(unitName),
		SameKey: keys[0], Phone: d.Phone, Email: d.Email, ReceiptMac: s.secrets.receiptMAC(receipt), State: string(out.State), Findings: findings})
	if err != nil {
		return Registered{}, err
	}
	if err := s.insertRegistrants(ctx, q, c.ID, out.ID, d.Members, rules.Fields); err != nil {
		return Registered{}, err
	}
	if err := noteDuplicates(ctx, q, c.ID, out.ID, 0, found[0]); err != nil {
		return Registered{}, err
	}
	happened := EventRegistered
	if out.State == RegistrationWaitlisted {
		happened = EventWaitlisted
	}
	if err := note(ctx, q, c.ID, happened, "", []int64{out.ID}, nil); err != nil {
		return Registered{}, err
	}
	if err := s.keepConsents(ctx, q, c.ID, out.ID, 0, answers); err != nil {
		return Registered{}, err
	}
	news := News{Kind: NewsRegistered, ContestID: c.ID, RegistrationID: out.ID, Email: d.Email, Name: d.Name, Receipt: receipt}
	if out.State == RegistrationWaitlisted {
		news.Kind = NewsWaitlisted
	}
	if err := s.tell(ctx, tx, news); err != nil {
		return Registered{}, err
	}
	var given []string
	for _, a := range answers {
		if a.Given {
			given = append(given, a.Purpose)
		}
	}
	slices.Sort(given)
	return out, record(ctx, tx, c.ID, "register_own", map[string]any{"registration_id": out.ID, "unit_id": d.UnitID, "agreed": notNil(slices.Compact(given))})
}

// invitedUnit gives the name of a draft's unit, which must be one that the form offers or one typed by hand.
func (s *Service) invitedUnit(ctx context.Context, q *rosterdb.Queries, contestID int64, d Draft) (string, error) {
	if d.UnitID == 0 {
		return d.UnitName, nil
	}
	invited, err := q.IsInvited(ctx, rosterdb.IsInvitedParams{ContestID: contestID, UnitID: d.UnitID})
	if err != nil {
		return "", err
	}
	if !invited {
		return "", unitUnknown.At("unit_id", unitUnknown.Vi, unitUnknown.En)
	}
	u, err := s.units.Get(ctx, d.UnitID)
	return u.Name, err
}

// refuseKnown refuses a draft that means an entry or a registration which is there already; except: the registration it is.
func (s *Service) refuseKnown(ctx context.Context, q *rosterdb.Queries, contestID int64, keys []string, phone string, except int64) error {
	known, err := q.KnownSame(ctx, rosterdb.KnownSameParams{ContestID: contestID, SameKeys: keys})
	if err != nil {
		return err
	}
	for _, k := range known {
		if samePhone(k.Phone, phone) {
			return alreadyRegistered
		}
	}
	waiting, err := q.PendingSame(ctx, rosterdb.PendingSameParams{ContestID: contestID, SameKeys: keys})
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.ID != except && samePhone(w.Phone, phone) {
			return alreadyRegistered
		}
	}
	return nil
}
