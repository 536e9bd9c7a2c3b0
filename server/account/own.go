package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// What stands here is about accounts that people make for themselves, to take part by. Nobody has vouched for who they
// are, so they may do nothing but take part until an organizer who knows the person gives them a role.

// ownScope is the scope in which wrong passwords of such an account are counted. They are counted by address apart from
// those of other accounts, and more of them are free: a whole school signs in behind one address.
const (
	ownScope           = "own:"
	freeTriesOfASchool = 1000
)

// scopeOf is where wrong passwords of an account are counted.
func scopeOf(acc accountdb.Account) string {
	if acc.SelfMade {
		return ownScope + acc.Login
	}
	return loginScope + acc.Login
}

var (
	madeByOwner = fault.New(fault.Conflict, "account_self_made",
		"Tên đăng nhập này là tài khoản do một người tự tạo để dự thi; hệ thống không biết đó là ai. Chưa có gì được lưu: hãy hỏi đúng người bạn muốn mời rồi xác nhận, hoặc mời bằng tên đăng nhập khác.",
		"Somebody has made the account with this login to take part; nobody has checked who that is. Nothing was saved: ask the person you mean and confirm, or invite with another login.")
	stillOfUse = fault.New(fault.Conflict, "account_in_use",
		"Tài khoản này còn số báo danh hoặc vai trò trong một hội thi nên chưa xóa được. Chưa có gì thay đổi; hãy yêu cầu xóa dữ liệu ở trang dự thi trước.",
		"This account still has an entry or a role in a contest, so it cannot be deleted. Nothing has changed; ask for your data to be erased on the contestant's page first.")
)

// SignUp makes an account for somebody who wants to take part, and signs the browser in. The caller has decided that
// accounts can be made now, and how fast.
func (s *Service) SignUp(ctx context.Context, p Principal, login, name, password, agent string) (string, error) {
	login, name = NormalLogin(login), norm.NFC.String(strings.TrimSpace(name))
	hash, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	id, err := s.q.CreateOwnAccount(ctx, accountdb.CreateOwnAccountParams{Login: login, Name: name, PasswordHash: &hash})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", loginTaken.At("login", loginTaken.Vi, loginTaken.En)
	}
	if err != nil {
		return "", unavailable(err)
	}
	if err := s.Succeeded(ctx, p, ownScope+login); err != nil {
		return "", err
	}
	return s.startSession(ctx, id, nil, agent)
}

// CheckOwn checks what somebody types to make an account, before anything is looked up.
func CheckOwn(login, name, password string) error {
	if err := CheckPerson(NormalLogin(login), norm.NFC.String(strings.TrimSpace(name))); err != nil {
		return err
	}
	return checkPassword(norm.NFC.String(password))
}

// DropOwn removes an account that its owner has made and that has neither a role nor an entry any more; another one
// stays. It tells whether the account is gone.
func (s *Service) DropOwn(ctx context.Context, tx pgx.Tx, accountID int64) (bool, error) {
	// Within a point of its own: somebody who once had a role may be named by what was done then, and stays for that.
	point, err := tx.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = point.Rollback(context.WithoutCancel(ctx)) }()
	q := s.q.WithTx(point)
	acc, err := q.AccountByID(ctx, accountID)
	if err != nil {
		return false, err
	}
	n, err := q.DropOwnAccount(ctx, accountID)
	if postgres.IsForeignKeyViolation(err) {
		return false, nil
	}
	if err != nil || n == 0 {
		return false, err
	}
	if err := q.ForgetDevices(ctx, ownScope+acc.Login); err != nil {
		return false, err
	}
	return true, point.Commit(ctx)
}

// DeleteMine removes the signed-in account, when its owner has made it and it is of no use any more.
func (s *Service) DeleteMine(ctx context.Context, p Principal, password string) error {
	if p.PairedWith != 0 {
		return pairedTablet
	}
	acc, err := s.q.AccountByID(ctx, p.AccountID)
	if err != nil {
		return unavailable(err)
	}
	scope := scopeOf(acc)
	if err := s.Slowdown(ctx, p, scope); err != nil {
		return err
	}
	hash := s.nobody
	if acc.PasswordHash != nil {
		hash = *acc.PasswordHash
	}
	match, err := s.compare(ctx, password, hash)
	if err != nil {
		return err
	}
	if !match || acc.PasswordHash == nil {
		if err := s.Failed(ctx, p, scope); err != nil {
			return err
		}
		return wrongOldPassword.At("password", wrongOldPassword.Vi, wrongOldPassword.En)
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		gone, err := s.DropOwn(ctx, tx, acc.ID)
		if err == nil && !gone {
			err = stillOfUse
		}
		return err
	})
	if err != nil {
		return unavailable(err)
	}
	s.sessionsChanged()
	return nil
}

// dropIdle removes accounts that people have made for themselves and not used for a year.
func (s *Service) dropIdle(ctx context.Context) error {
	ids, err := s.q.IdleOwnAccounts(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { _, err := s.DropOwn(ctx, tx, id); return err }); err != nil {
			return err
		}
	}
	return nil
}

// vouch refuses a role to an account that its owner has made, unless an organizer of the contest knows the person. The
// account stays its owner's: nobody who gives it a role, and takes it away again, can set its password or keep it from
// being deleted.
func (s *Service) vouch(ctx context.Context, q *accountdb.Queries, acc accountdb.Account, contestID int64, vouched bool) error {
	if !acc.SelfMade || vouched {
		return nil
	}
	grants, err := q.GrantsOf(ctx, acc.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(grants, func(g accountdb.GrantsOfRow) bool { return g.ContestID == contestID }) {
		return nil // known here already
	}
	return madeByOwner.At("login", madeByOwner.Vi, madeByOwner.En)
}

// takesPartElsewhere tells whether an account takes part in a contest that the principal does not organize.
func (s *Service) takesPartElsewhere(ctx context.Context, p Principal, accountID int64) (bool, error) {
	contests, err := s.q.BoundIn(ctx, accountID)
	if err != nil {
		return false, unavailable(err)
	}
	for _, id := range contests {
		if !p.Has(id, RoleOrganizer) {
			return true, nil
		}
	}
	return false, nil
}
