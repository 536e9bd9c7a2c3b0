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

// Person is an account with its roles in one contest.
type Person struct {
	ID          int64  `json:"id"`
	Login       string `json:"login"`
	Name        string `json:"name"`
	Roles       []Role `json:"roles"`
	HasPassword bool   `json:"has_password" doc:"The invitation was accepted"`
	SignedIn    bool   `json:"signed_in" doc:"A browser or tablet is signed in"`
}

// People lists who may do what in a contest.
func (s *Service) People(ctx context.Context, contestID int64) ([]Person, error) {
	rows, err := s.q.GrantsIn(ctx, contestID)
	if err != nil {
		return nil, unavailable(err)
	}
	people := []Person{}
	for _, r := range rows {
		if n := len(people); n == 0 || people[n-1].ID != r.ID {
			people = append(people, Person{ID: r.ID, Login: r.Login, Name: r.Name, HasPassword: r.HasPassword, SignedIn: r.SignedIn})
		}
		last := &people[len(people)-1]
		last.Roles = append(last.Roles, Role(r.Role))
	}
	return people, nil
}

var lastOrganizer = fault.New(fault.Conflict, "last_organizer",
	"Đây là người quản trị cuối cùng của hội thi nên không thể gỡ. Hãy thêm người khác trước.",
	"This is the contest's last organizer and cannot be removed. Add another one first.")

// Invite gives a person a role in a contest. token is that of an invitation link, empty when the person already has a
// password and only signs in as before. An account that somebody has made to take part is refused: see InviteKnown.
func (s *Service) Invite(ctx context.Context, contestID int64, login, name string, role Role) (person Person, token string, err error) {
	return s.inviteTo(ctx, contestID, login, name, role, false)
}

// InviteKnown is Invite by one who has asked the person whose account it is: it may be one that they made themselves.
func (s *Service) InviteKnown(ctx context.Context, contestID int64, login, name string, role Role) (person Person, token string, err error) {
	return s.inviteTo(ctx, contestID, login, name, role, true)
}

func (s *Service) inviteTo(ctx context.Context, contestID int64, login, name string, role Role, vouched bool) (person Person, token string, err error) {
	return s.invite(ctx, contestID, login, name, vouched, func(ctx context.Context, tx pgx.Tx, acc accountdb.Account) error {
		err := s.q.WithTx(tx).AddGrant(ctx, accountdb.AddGrantParams{AccountID: acc.ID, ContestID: contestID, Role: string(role)})
		if err != nil {
			return err
		}
		return s.record(ctx, tx, contestID, "invite", map[string]any{"account": acc.ID, "name": acc.Name, "role": role})
	}, role)
}

// invite finds or makes the account of a login, lets grant give it what it is invited to, and makes its link.
func (s *Service) invite(ctx context.Context, contestID int64, login, name string, vouched bool,
	grant func(context.Context, pgx.Tx, accountdb.Account) error, role Role) (person Person, token string, err error) {
	login, name = NormalLogin(login), norm.NFC.String(strings.TrimSpace(name))
	if err := CheckPerson(login, name); err != nil {
		return Person{}, "", err
	}
	var acc accountdb.Account
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		var err error
		acc, err = q.AccountByLogin(ctx, login)
		if errors.Is(err, pgx.ErrNoRows) {
			acc, err = q.CreateAccount(ctx, accountdb.CreateAccountParams{Login: login, Name: name})
		}
		if err != nil {
			return err
		}
		if err := s.vouch(ctx, q, acc, contestID, vouched); err != nil {
			return err
		}
		return grant(ctx, tx, acc)
	})
	if err != nil {
		return Person{}, "", unavailable(err)
	}
	s.sessionsChanged()
	if acc.PasswordHash == nil {
		// The link sets the account's password: who also belongs to others' contests keeps the link they gave.
		others, err := s.belongsToOthers(ctx, acc, contestID)
		if err != nil {
			return Person{}, "", err
		}
		if !others {
			if token, err = s.invitationLink(ctx, contestID, acc, role); err != nil {
				return Person{}, "", err
			}
		}
	}
	return Person{ID: acc.ID, Login: acc.Login, Name: acc.Name, Roles: []Role{role}, HasPassword: acc.PasswordHash != nil}, token, nil
}

// Dismiss takes a role away.
func (s *Service) Dismiss(ctx context.Context, contestID, accountID int64, role Role) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		// Two organizers who dismiss each other at once: the second one finds that he is the last.
		if err := q.LockGrants(ctx, contestID); err != nil {
			return err
		}
		n, err := q.RemoveGrant(ctx, accountdb.RemoveGrantParams{AccountID: accountID, ContestID: contestID, Role: string(role)})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		left, err := q.CountGrants(ctx, accountdb.CountGrantsParams{ContestID: contestID, Role: string(RoleOrganizer)})
		if err != nil {
			return err
		}
		if role == RoleOrganizer && left == 0 {
			return lastOrganizer
		}
		acc, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, contestID, "dismiss", map[string]any{"account": acc.ID, "name": acc.Name, "role": role})
	})
	if err != nil {
		return unavailable(err)
	}
	s.sessionsChanged()
	return nil
}

// pairable are the roles that a tablet without a password may be paired for.
func pairable(r Role) bool { return r == RoleJudge || r == RoleTimekeeper }

// Pair makes a short-lived link that signs a tablet in as this judge or timekeeper, for this contest's judging only.
func (s *Service) Pair(ctx context.Context, contestID, accountID int64) (string, error) {
	grants, err := s.q.GrantsOf(ctx, accountID)
	if err != nil {
		return "", unavailable(err)
	}
	if !slices.ContainsFunc(grants, func(g accountdb.GrantsOfRow) bool {
		return g.ContestID == contestID && pairable(Role(g.Role))
	}) {
		return "", fault.NothingHere
	}
	acc, err := s.q.AccountByID(ctx, accountID)
	if err != nil {
		return "", unavailable(err)
	}
	// Whoever holds the link can mark or keep the time as this person, so it stands in the record before it exists.
	if err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return s.record(ctx, tx, contestID, "pair", map[string]any{"account": acc.ID, "name": acc.Name})
	}); err != nil {
		return "", unavailable(err)
	}
	return s.newLink(ctx, purposePairing, &accountID, &contestID, pairingLife)
}

var foreignAccount = fault.New(fault.Forbidden, "account_of_others",
	"Tài khoản này còn thuộc hội thi khác hoặc là người quản trị, nên chỉ người quản trị hệ thống cấp lại liên kết được.",
	"This account also belongs to other contests or to an administrator, so only an administrator can send it a new link.")

// InviteAgain makes a new link for a person of the contest: one who has no password yet, or who has forgotten it. The
// link sets a new password, so it is not for accounts that may do more than the one who asks.
func (s *Service) InviteAgain(ctx context.Context, contestID, accountID int64) (string, error) {
	grants, err := s.q.GrantsOf(ctx, accountID)
	if err != nil {
		return "", unavailable(err)
	}
	if !slices.ContainsFunc(grants, func(g accountdb.GrantsOfRow) bool { return g.ContestID == contestID }) {
		return "", fault.NothingHere
	}
	acc, err := s.q.AccountByID(ctx, accountID)
	if err != nil {
		return "", unavailable(err)
	}
	others, err := s.belongsToOthers(ctx, acc, contestID)
	if err != nil {
		return "", err
	}
	if others {
		return "", foreignAccount
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// Only the newest link is valid.
		if err := s.q.WithTx(tx).DropLinks(ctx, accountdb.DropLinksParams{Purpose: purposeInvitation, AccountID: &accountID}); err != nil {
			return err
		}
		return s.record(ctx, tx, contestID, "invite_again", map[string]any{"account": acc.ID, "name": acc.Name})
	})
	if err != nil {
		return "", unavailable(err)
	}
	return s.invitationLink(ctx, contestID, acc, roleIn(grants, contestID))
}

// belongsToOthers tells whether an account may do something that the one who asks may not: then a link that signs in as
// it is not his to give, or an organizer of one contest could become anybody in another.
func (s *Service) belongsToOthers(ctx context.Context, acc accountdb.Account, contestID int64) (bool, error) {
	p := From(ctx)
	if p.Admin {
		return false, nil
	}
	grants, err := s.q.GrantsOf(ctx, acc.ID)
	if err != nil {
		return false, unavailable(err)
	}
	if acc.Admin || acc.SelfMade || slices.ContainsFunc(grants, func(g accountdb.GrantsOfRow) bool {
		return g.ContestID != contestID && !p.Has(g.ContestID, RoleOrganizer)
	}) {
		return true, nil
	}
	return s.takesPartElsewhere(ctx, p, acc.ID)
}
