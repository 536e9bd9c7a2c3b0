package account

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account/accountdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// Leadership is one unit that an account acts for in a contest.
type Leadership struct {
	AccountID   int64
	Login       string
	Name        string
	UnitID      int64
	HasPassword bool
	LastSeenAt  *time.Time // nil: never signed in
}

// LeadersIn lists who acts for which unit in a contest.
func (s *Service) LeadersIn(ctx context.Context, contestID int64) ([]Leadership, error) {
	rows, err := s.q.LeadersIn(ctx, contestID)
	if err != nil {
		return nil, unavailable(err)
	}
	list := make([]Leadership, len(rows))
	for i, r := range rows {
		list[i] = Leadership{AccountID: r.ID, Login: r.Login, Name: r.Name, UnitID: r.UnitID, HasPassword: r.HasPassword}
		if r.LastSeenAt.Unix() > 0 {
			list[i].LastSeenAt = &r.LastSeenAt
		}
	}
	return list, nil
}

// InviteLeader lets a person act for a unit in a contest; the token is as Invite gives it.
func (s *Service) InviteLeader(ctx context.Context, contestID, unitID int64, login, name string) (Person, string, error) {
	return s.invite(ctx, contestID, login, name, false, func(ctx context.Context, tx pgx.Tx, acc accountdb.Account) error {
		return s.lead(ctx, tx, contestID, unitID, acc)
	}, RoleLeader)
}

func (s *Service) lead(ctx context.Context, tx pgx.Tx, contestID, unitID int64, acc accountdb.Account) error {
	n, err := s.q.WithTx(tx).AddLeader(ctx, accountdb.AddLeaderParams{ContestID: contestID, AccountID: acc.ID, UnitID: unitID})
	if err != nil || n == 0 {
		return err // invited before: only the link is made again
	}
	return s.record(ctx, tx, contestID, "invite_leader", map[string]any{"account": acc.ID, "name": acc.Name, "unit_id": unitID})
}

// Lead lets an account that is there act for a unit.
func (s *Service) Lead(ctx context.Context, contestID, unitID, accountID int64) error {
	acc, err := s.q.AccountByID(ctx, accountID)
	if err != nil {
		return unavailable(err)
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return s.lead(ctx, tx, contestID, unitID, acc) }))
}

// FreeLogin finds a login for the leader of a unit: the wish, or the wish with a number when somebody else has it. An
// account that has led this very unit before is found again.
func (s *Service) FreeLogin(ctx context.Context, wish string, unitID int64) (string, error) {
	for n := 1; ; n++ {
		login := wish
		if n > 1 {
			login += strconv.Itoa(n)
		}
		led, err := s.q.LedByLogin(ctx, login)
		if err != nil {
			return "", unavailable(err)
		}
		for _, id := range led {
			if id == unitID {
				return login, nil
			}
		}
		taken, err := s.q.LoginTaken(ctx, login)
		if err != nil {
			return "", unavailable(err)
		}
		if !taken {
			return login, nil
		}
	}
}

// DismissLeader ends an account's acting for a unit; what it did stays.
func (s *Service) DismissLeader(ctx context.Context, contestID, unitID, accountID int64) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		n, err := q.RemoveLeader(ctx, accountdb.RemoveLeaderParams{ContestID: contestID, AccountID: accountID, UnitID: unitID})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		acc, err := q.AccountByID(ctx, accountID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, contestID, "dismiss_leader", map[string]any{"account": acc.ID, "name": acc.Name, "unit_id": unitID})
	})
	if err != nil {
		return unavailable(err)
	}
	s.sessionsChanged()
	return nil
}
