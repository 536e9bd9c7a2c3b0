package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

var (
	wrongOldPassword = fault.New(fault.Invalid, "wrong_old_password",
		"Mật khẩu đang dùng chưa đúng. Mật khẩu chưa được đổi.",
		"That is not your present password. Nothing was changed.")
	pairedTablet = fault.New(fault.Forbidden, "paired_tablet",
		"Máy này chỉ được ghép để chấm điểm. Hãy đăng nhập ở máy khác để đổi mật khẩu.",
		"This device is paired for judging only. Sign in on another one to change the password.")
	samePassword = fault.New(fault.Invalid, "same_password",
		"Mật khẩu mới giống mật khẩu đang dùng. Hãy chọn mật khẩu khác.",
		"The new password is the present one. Please choose another.")
)

// ChangePassword gives the signed-in account a new password. Every session it has ends, on whatever device: whoever knew
// the old password is out. token is that of a new session for the browser that asked.
func (s *Service) ChangePassword(ctx context.Context, p Principal, old, password, agent string) (token string, err error) {
	if p.PairedWith != 0 {
		return "", pairedTablet
	}
	acc, err := s.q.AccountByID(ctx, p.AccountID)
	if err != nil {
		return "", unavailable(err)
	}
	// Guesses are slowed down as at the door: a browser left open must not be a way around it.
	scope := scopeOf(acc)
	if err := s.Slowdown(ctx, p, scope); err != nil {
		return "", err
	}
	hash := s.nobody
	if acc.PasswordHash != nil {
		hash = *acc.PasswordHash
	}
	match, err := s.compare(ctx, old, hash)
	if err != nil {
		return "", err
	}
	if !match || acc.PasswordHash == nil {
		if err := s.Failed(ctx, p, scope); err != nil {
			return "", err
		}
		return "", wrongOldPassword.At("old", wrongOldPassword.Vi, wrongOldPassword.En)
	}
	if old == password {
		return "", samePassword.At("password", samePassword.Vi, samePassword.En)
	}
	fresh, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.SetPassword(ctx, accountdb.SetPasswordParams{ID: acc.ID, PasswordHash: &fresh}); err != nil {
			return err
		}
		if err := q.RevokeAccountSessions(ctx, accountdb.RevokeAccountSessionsParams{AccountID: &acc.ID}); err != nil {
			return err
		}
		// An invitation that was never used would set a password, too.
		if err := q.DropLinks(ctx, accountdb.DropLinksParams{Purpose: purposeInvitation, AccountID: &acc.ID}); err != nil {
			return err
		}
		return s.record(ctx, tx, 0, "password", map[string]any{"account": acc.ID, "name": acc.Name})
	})
	if err != nil {
		return "", unavailable(err)
	}
	s.sessionsChanged()
	if err := s.Succeeded(ctx, p, scope); err != nil {
		return "", err
	}
	return s.startSession(ctx, acc.ID, nil, agent)
}
