package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Purpose of a one-time link.
const (
	purposeFirstAdmin = "first_admin"
	purposeInvitation = "invitation"
	purposePairing    = "pairing"
)

var linkGone = fault.New(fault.NotFound, "link_gone",
	"Liên kết này đã được dùng hoặc đã hết hạn. Hãy xin Ban Tổ chức một liên kết mới.",
	"This link was used already or has expired. Ask the organizers for a new one.")

// Link is what the one who opens a link is told.
type Link struct {
	Purpose string `json:"purpose" enum:"first_admin,invitation,pairing"`
	Name    string `json:"name" doc:"Whose link it is; empty for the first administrator"`
	Login   string `json:"login"`
}

// FirstAdminLink makes the one-time link of an installation that has no administrator yet; "" when it has one.
// A new link replaces the old one: only the newest start's link is valid.
func (s *Service) FirstAdminLink(ctx context.Context) (string, error) {
	n, err := s.q.CountAdmins(ctx)
	if err != nil || n > 0 {
		return "", err
	}
	if err := s.q.DropLinks(ctx, accountdb.DropLinksParams{Purpose: purposeFirstAdmin}); err != nil {
		return "", err
	}
	return s.newLink(ctx, purposeFirstAdmin, nil, nil, invitationLife)
}

func (s *Service) newLink(ctx context.Context, purpose string, accountID, contestID *int64, life time.Duration) (string, error) {
	token := NewToken()
	err := s.q.CreateLink(ctx, accountdb.CreateLinkParams{TokenHash: HashToken(token), Purpose: purpose,
		AccountID: accountID, ContestID: contestID, ExpiresAt: time.Now().Add(life)})
	if err != nil {
		return "", unavailable(err)
	}
	return token, nil
}

// LookAtLink tells what a link is for, without using it up.
func (s *Service) LookAtLink(ctx context.Context, token string) (Link, error) {
	row, err := s.q.LinkByToken(ctx, HashToken(token))
	if errors.Is(err, pgx.ErrNoRows) {
		return Link{}, linkGone
	}
	if err != nil {
		return Link{}, unavailable(err)
	}
	l := Link{Purpose: row.Purpose}
	if row.AccountID != nil {
		a, err := s.q.AccountByID(ctx, *row.AccountID)
		if err != nil {
			return Link{}, unavailable(err)
		}
		l.Name, l.Login = a.Name, a.Login
	}
	return l, nil
}

// Acceptance is what a person fills in when opening a link. Pairing needs none of it, an invitation the password.
type Acceptance struct {
	Login, Name, Password, UserAgent string
}

// AcceptLink uses a link up and starts a session; it gives the session's token.
func (s *Service) AcceptLink(ctx context.Context, p Principal, token string, a Acceptance) (string, error) {
	row, err := s.q.LinkByToken(ctx, HashToken(token))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", linkGone
	}
	if err != nil {
		return "", unavailable(err)
	}
	var hash string
	if row.Purpose != purposePairing {
		if hash, err = s.hash(ctx, a.Password); err != nil {
			return "", err
		}
	}
	login, name := NormalLogin(a.Login), norm.NFC.String(strings.TrimSpace(a.Name))
	if row.Purpose == purposeFirstAdmin {
		if err := CheckPerson(login, name); err != nil {
			return "", err
		}
	}
	accountID, contestID := row.AccountID, (*int64)(nil)
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		used, err := q.UseLink(ctx, row.ID)
		if err != nil {
			return err
		}
		if used == 0 {
			return linkGone
		}
		switch row.Purpose {
		case purposeFirstAdmin:
			// Two nodes that start at once make a link each: only one of them makes an administrator.
			if err := q.LockFirstAdmin(ctx); err != nil {
				return err
			}
			if n, err := q.CountAdmins(ctx); err != nil {
				return err
			} else if n > 0 {
				return linkGone
			}
			made, err := q.CreateAccount(ctx, accountdb.CreateAccountParams{Login: login, Name: name, Admin: true})
			if postgres.IsUniqueViolation(err) {
				return loginTaken
			}
			if err != nil {
				return err
			}
			accountID = &made.ID
			return q.SetPassword(ctx, accountdb.SetPasswordParams{ID: made.ID, PasswordHash: &hash})
		case purposeInvitation:
			acc, err := q.AccountByID(ctx, *row.AccountID)
			if err != nil {
				return err
			}
			login = acc.Login
			// A forgotten password may be a stolen one: whoever was signed in with it must sign in again.
			if err := q.RevokeAccountSessions(ctx, accountdb.RevokeAccountSessionsParams{AccountID: &acc.ID}); err != nil {
				return err
			}
			return q.SetPassword(ctx, accountdb.SetPasswordParams{ID: acc.ID, PasswordHash: &hash})
		case purposePairing:
			contestID = row.ContestID
		}
		return nil
	})
	if err != nil {
		return "", unavailable(err)
	}
	if row.Purpose == purposeInvitation {
		s.sessionsChanged()
	}
	if row.Purpose != purposePairing {
		if err := s.Succeeded(ctx, p, loginScope+login); err != nil {
			return "", err
		}
	}
	return s.startSession(ctx, *accountID, contestID, a.UserAgent)
}

// CheckPerson checks a login and a name.
func CheckPerson(login, name string) error {
	if n := len([]rune(login)); n < 3 || n > 80 || strings.ContainsAny(login, " \t\n\x00") {
		return badLogin.At("login", badLogin.Vi, badLogin.En)
	}
	if n := len([]rune(name)); n < 2 || n > 120 || strings.ContainsAny(name, "\x00\n") {
		return badName.At("name", badName.Vi, badName.En)
	}
	return nil
}
