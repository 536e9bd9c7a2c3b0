package roster

import (
	"context"
	"crypto/hmac"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// An account may stand for an entry, in place of number and code. It leads to the same entry and the same session of a
// device, so that nothing behind the door knows by which way somebody came in.

// How an account came to its entry.
const (
	wayForm = "form" // the form made the entry for it
	wayCode = "code" // somebody who knew the code bound it; it falls with the code
)

var (
	notByAccount = fault.New(fault.Conflict, "account_entry_closed",
		"Hội thi này hiện không nhận thí sinh bằng tài khoản. Chưa có gì được lưu; nếu đã có số báo danh và mã dự thi, hãy vào thi bằng mã.",
		"This contest takes nobody by account now. Nothing was saved; if you have a candidate number and a code, enter with them.")
	noAccountsNow = fault.New(fault.Conflict, "sign_up_closed",
		"Hiện không có hội thi nào nhận thí sinh bằng tài khoản nên chưa tạo được tài khoản.",
		"No contest takes contestants by account now, so no account can be made.")
	accountHasEntry = fault.New(fault.Conflict, "account_has_entry",
		"Tài khoản này đã có số báo danh khác trong hội thi. Chưa có gì thay đổi; mỗi tài khoản chỉ dự thi một lần trong một hội thi.",
		"This account has another entry in the contest already. Nothing has changed; an account enters a contest once.")
	entryHasAccount = fault.New(fault.Conflict, "entry_has_account",
		"Số báo danh này đã gắn với tài khoản khác. Chưa có gì thay đổi; nếu không phải bạn gắn, hãy nhờ Ban Tổ chức gỡ.",
		"This candidate number belongs to another account. Nothing has changed; if that was not you, ask the organizers to undo it.")
	notEntered = fault.New(fault.NotFound, "account_not_entered",
		"Tài khoản này chưa có số báo danh trong hội thi. Hãy điền biểu mẫu, hoặc gắn số báo danh bạn đã có.",
		"This account has no entry in the contest yet. Fill in the form, or bind the candidate number that you have.")
	notBound = fault.New(fault.Conflict, "entry_without_account",
		"Số báo danh này không gắn với tài khoản nào.", "No account is bound to this candidate number.")
	crewKeptOut = fault.New(fault.Forbidden, "crew_kept_out",
		"Theo thể lệ, người làm việc cho hội thi không được dự thi, và tài khoản này có việc trong hội thi. Chưa có gì được lưu.",
		"By the rules nobody who works for the contest may enter it, and this account does. Nothing was saved.")
	onlyForJudging = fault.New(fault.Forbidden, "only_judging",
		"Máy này đã ghép để chấm điểm nên không dự thi được. Hãy đăng nhập trên máy của bạn.",
		"This device is paired for judging, so nobody takes part on it. Sign in on your own device.")
)

// CanSignUp tells whether people may make accounts now: while a contest takes entry by account.
func (s *Service) CanSignUp(ctx context.Context) (bool, error) {
	taking, err := s.contests.TakingAccounts(ctx)
	return len(taking) > 0, err
}

// SignUp makes an account for somebody who wants to take part; it gives the token of its session.
func (s *Service) SignUp(ctx context.Context, p account.Principal, login, name, password, agent string) (string, error) {
	if err := account.CheckOwn(login, name, password); err != nil {
		return "", err
	}
	can, err := s.CanSignUp(ctx)
	if err != nil {
		return "", err
	}
	if !can {
		return "", noAccountsNow
	}
	// Before anything is said about a login: whoever asks for many of them has to wait.
	for _, limit := range []*pace{s.signDays, s.signPace} {
		if err := limit.take(p.Address, time.Now()); err != nil {
			return "", err
		}
	}
	return s.accounts.SignUp(ctx, p, login, name, password, agent)
}

// EnterByAccount makes an approved entry of somebody who is signed in and fills in the form, and signs the device in.
func (s *Service) EnterByAccount(ctx context.Context, p account.Principal, slug string, d Draft, consents []Consent, once, agent string) (OpenEntrant, error) {
	c, err := s.contests.Visible(ctx, slug)
	if err != nil {
		return OpenEntrant{}, err
	}
	if err := s.takesAccount(ctx, p, c); err != nil {
		return OpenEntrant{}, err
	}
	return s.enterByForm(oneself(ctx, p), p, c, d, consents, once, agent, p.AccountID)
}

// takesAccount refuses an account in a contest that does not take it.
func (s *Service) takesAccount(ctx context.Context, p account.Principal, c contest.Contest) error {
	if p.PairedWith != 0 {
		return onlyForJudging
	}
	ways, err := s.contests.Ways(ctx, c)
	if err == nil && !ways.Account {
		err = notByAccount
	}
	if err != nil || !worksFor(p, c.ID) {
		return err
	}
	rules, err := s.rulesOf(ctx, s.q, c)
	if err == nil && rules.Eligibility.BarStaff {
		err = crewKeptOut
	}
	return err
}

// worksFor tells whether the account has a part in the contest by which its rules may keep it out, whatever name stands in
// the form. A unit's leader may enter.
func worksFor(p account.Principal, contestID int64) bool {
	return slices.ContainsFunc(p.Grants[contestID], func(r account.Role) bool { return r != account.RoleLeader })
}

// oneself is somebody who acts for himself: not the crew's member that the account may be elsewhere. His name must not
// come into the chain of records, from which nothing can be erased.
func oneself(ctx context.Context, p account.Principal) context.Context {
	return account.With(ctx, account.Principal{Locale: p.Locale, Address: p.Address, Device: p.Device, Secure: p.Secure})
}

// ComeBack signs a device in as the entry of the signed-in account.
func (s *Service) ComeBack(ctx context.Context, p account.Principal, slug, agent string) (Entered, error) {
	if p.PairedWith != 0 {
		return Entered{}, onlyForJudging
	}
	c, err := s.enterable(s.contests.Visible(ctx, slug))
	if err != nil {
		return Entered{}, err
	}
	row, err := s.q.EntryOfAccount(ctx, rosterdb.EntryOfAccountParams{ContestID: c.ID, AccountID: p.AccountID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Entered{}, notEntered
	}
	if err != nil {
		return Entered{}, postgres.Fault(err)
	}
	if row.State != string(EntryActive) {
		return Entered{}, entryWithdrawn
	}
	return s.admit(ctx, p, c, row.ID, entryScope(c.ID, int(row.Number)), agent)
}

// Bind lets the signed-in account stand for an entry, for one who knows its number and code; and signs the device in.
func (s *Service) Bind(ctx context.Context, p account.Principal, slug, number, code, agent string) (Entered, error) {
	c, err := s.enterable(s.contests.Visible(ctx, slug))
	if err != nil {
		return Entered{}, err
	}
	if err := s.takesAccount(ctx, p, c); err != nil {
		return Entered{}, err
	}
	entryID, err := s.byCode(ctx, p, c, number, code)
	if err != nil {
		return Entered{}, err
	}
	ctx = oneself(ctx, p)
	err = s.change(ctx, c.ID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		// Looked at again with the roster locked: a code that was replaced meanwhile binds nobody.
		now, err := q.EntryByNumber(ctx, rosterdb.EntryByNumberParams{ContestID: c.ID, Number: int32(ParseNumber(number))})
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return wrongCode
		case err != nil:
			return err
		case now.ID != entryID || !hmac.Equal(now.CodeMac, s.secrets.codeMAC(c.ID, CleanCode(code))):
			return wrongCode
		case now.State != string(EntryActive):
			return entryWithdrawn
		}
		of, err := q.AccountOfEntry(ctx, entryID)
		switch {
		case err == nil && of.AccountID == p.AccountID:
			return nil // already: the same wish twice is fulfilled once
		case err == nil:
			return entryHasAccount
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		if err := notYetIn(ctx, q, c.ID, p.AccountID); err != nil {
			return err
		}
		if err := note(ctx, q, c.ID, EventAccountBound, "", nil, []int64{entryID}); err != nil {
			return err
		}
		return bind(ctx, tx, q, c.ID, entryID, p.AccountID, wayCode)
	})
	if err != nil {
		return Entered{}, err
	}
	return s.admit(ctx, p, c, entryID, entryScope(c.ID, ParseNumber(number)), agent)
}

// notYetIn refuses an account that has an entry in the contest. The roster is locked.
func notYetIn(ctx context.Context, q *rosterdb.Queries, contestID, accountID int64) error {
	if accountID == 0 {
		return nil
	}
	_, err := q.EntryOfAccount(ctx, rosterdb.EntryOfAccountParams{ContestID: contestID, AccountID: accountID})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = accountHasEntry
	}
	return err
}

func bind(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, contestID, entryID, accountID int64, way string) error {
	if err := q.BindAccount(ctx, rosterdb.BindAccountParams{EntryID: entryID, ContestID: contestID, AccountID: accountID, Way: way}); err != nil {
		return err
	}
	p := account.From(ctx)
	p.Entry = &account.EntrySession{EntryID: entryID, ContestID: contestID} // it stands in the record as the entry's own act
	return record(account.With(ctx, p), tx, contestID, "bind_account", map[string]any{"account": accountID, "entry_id": entryID, "way": way})
}

func unbind(ctx context.Context, q *rosterdb.Queries, contestID, entryID int64, way, reason string) error {
	_, err := q.UnbindAccount(ctx, rosterdb.UnbindAccountParams{EntryID: entryID, ContestID: contestID, Way: way})
	if errors.Is(err, pgx.ErrNoRows) {
		return notBound
	}
	if err != nil {
		return err
	}
	return note(ctx, q, contestID, EventAccountUnbound, reason, nil, []int64{entryID})
}

// Unbind takes an account from its entry, such as when the wrong one was bound. The entry's devices are signed out;
// number and code open it as before.
func (s *Service) Unbind(ctx context.Context, contestID, entryID int64, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		if err := unbind(ctx, q, contestID, entryID, "", reason); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "unbind_account", map[string]any{"entry_id": entryID})
	})
	if err != nil {
		return err
	}
	return postgres.Fault(s.accounts.EndEntrySessions(ctx, entryID, 0))
}

// eraseAccount takes the account from an entry that is being erased. An account that its owner has made and that is of
// no other use goes with it: its login and name are personal data, too.
func (s *Service) eraseAccount(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, w Who) error {
	id, err := q.UnbindAccount(ctx, rosterdb.UnbindAccountParams{EntryID: w.EntryID, ContestID: w.ContestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.accounts.DropOwn(ctx, tx, id)
	return err
}

// loginOf is the login of the account that an entry belongs to; "": none.
func (s *Service) loginOf(ctx context.Context, entryID int64) (string, error) {
	of, err := s.q.AccountOfEntry(ctx, entryID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", postgres.Fault(err)
	}
	return of.Login, nil
}

// Bound is the account that an entry belongs to, for its organizers.
type Bound struct {
	Login, Name string
	ByCode      bool // by somebody who knew the code, not made for the account
	At          time.Time
}

// BoundTo tells which account an entry belongs to; nil: none.
func (s *Service) BoundTo(ctx context.Context, entryID int64) (*Bound, error) {
	of, err := s.q.AccountOfEntry(ctx, entryID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return &Bound{Login: of.Login, Name: of.Name, ByCode: of.Way == wayCode, At: of.BoundAt}, nil
}

// Part is an entry of the signed-in account.
type Part struct {
	Contest  contest.Contest
	EntryID  int64
	Number   string
	Name     string
	UnitName string
	State    EntryState
	Next     *contest.Round // the round to go to, or to wait for; nil: none is left
}

// Parts lists where an account takes part, newest first. A contest that is a draft again is left out.
func (s *Service) Parts(ctx context.Context, p account.Principal) ([]Part, error) {
	if p.PairedWith != 0 {
		return nil, onlyForJudging
	}
	rows, err := s.q.EntriesOfAccount(ctx, p.AccountID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	parts := []Part{}
	for _, r := range rows {
		c, err := s.contests.Get(ctx, r.ContestID)
		if err != nil {
			return nil, err
		}
		if c.State == contest.Draft {
			continue
		}
		if c, err = s.contests.Outside(ctx, c); err != nil {
			return nil, err
		}
		parts = append(parts, Part{Contest: c, EntryID: r.ID, Number: NumberText(int(r.Number)), Name: r.Name, UnitName: r.UnitName,
			State: EntryState(r.State), Next: nextRound(c.Rounds)})
	}
	return parts, nil
}

// nextRound is the round that runs, else the one that is ready, else the first that lies ahead.
func nextRound(rounds []contest.Round) *contest.Round {
	best, rank := -1, 3
	for i, r := range rounds {
		at := 3
		switch r.State {
		case contest.RoundRunning, contest.Paused:
			at = 0
		case contest.Ready:
			at = 1
		case contest.Planned:
			at = 2
		case contest.Closed, contest.Scored:
		}
		if at < rank {
			best, rank = i, at
		}
	}
	if best < 0 {
		return nil
	}
	return &rounds[best]
}
