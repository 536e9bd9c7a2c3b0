package account

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Invitation is a link that has just been made for somebody. The token is a secret: it must not be stored in the clear.
type Invitation struct {
	ContestID int64
	Login     string // may be an e-mail address
	Name      string
	Role      Role
	Token     string
}

// OnInvitation is told of an invitation in the transaction that makes its link.
func (s *Service) OnInvitation(f func(ctx context.Context, tx pgx.Tx, i Invitation) error) {
	s.onInvitation = f
}

// invitationLink makes an account's invitation link, and tells of it.
func (s *Service) invitationLink(ctx context.Context, contestID int64, acc accountdb.Account, role Role) (string, error) {
	token := NewToken()
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := s.q.WithTx(tx).CreateLink(ctx, accountdb.CreateLinkParams{TokenHash: HashToken(token), Purpose: purposeInvitation,
			AccountID: &acc.ID, ExpiresAt: time.Now().Add(invitationLife)})
		if err != nil || s.onInvitation == nil {
			return err
		}
		return s.onInvitation(ctx, tx, Invitation{ContestID: contestID, Login: acc.Login, Name: acc.Name, Role: role, Token: token})
	})
	if err != nil {
		return "", unavailable(err)
	}
	return token, nil
}

// roleIn is the first role of an account in a contest.
func roleIn(grants []accountdb.GrantsOfRow, contestID int64) Role {
	for _, g := range grants {
		if g.ContestID == contestID {
			return Role(g.Role)
		}
	}
	return ""
}
