package app

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
)

// staffOf lists who works for a contest and may be barred from entering it: those with a part in it, and the authors of
// the items in its bank.
func (a *App) staffOf(ctx context.Context, contestID int64) ([]roster.Staff, error) {
	people, err := a.Accounts.People(ctx, contestID)
	if err != nil {
		return nil, err
	}
	words := map[account.Role][2]string{account.RoleOrganizer: {"thành viên Ban Tổ chức", "one of the organizers"},
		account.RoleHost: {"người dẫn hội thi", "a host of the contest"}, account.RoleSecretary: {"thư ký hội thi", "a secretary of the contest"},
		account.RoleJudge:      {"giám khảo hội thi", "a judge of the contest"},
		account.RoleSupervisor: {"giám sát hội thi", "a supervisor of the contest"}, account.RoleTimekeeper: {"người bấm giờ của hội thi", "a timekeeper of the contest"},
		account.RoleAuthor: {"người ra câu hỏi của hội thi", "an author of the contest's items"}, account.RoleReviewer: {"người thẩm định câu hỏi", "a reviewer of the contest's items"}}
	var staff []roster.Staff
	for _, p := range people {
		for _, role := range p.Roles {
			if w, ok := words[role]; ok { // a unit's leader may enter
				staff = append(staff, roster.Staff{Name: p.Name, Login: p.Login, Vi: w[0], En: w[1]})
				break
			}
		}
	}
	c, err := a.Contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	rows, err := a.DB.Query(ctx, `SELECT DISTINCT acc.name, acc.login FROM item i JOIN item_version v ON v.item_id = i.id
		JOIN account acc ON acc.id = v.created_by WHERE i.bank_id = $1`, c.BankID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	authors, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (roster.Staff, error) {
		s := roster.Staff{Vi: "người ra câu hỏi của hội thi", En: "an author of the contest's items"}
		return s, row.Scan(&s.Name, &s.Login)
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return append(staff, authors...), nil
}

// winnersOf lists the entries that hold a first place in a contest's final result, once that has been told.
func (a *App) winnersOf(ctx context.Context, contestID int64) ([]int64, error) {
	revisions, err := a.Results.Published(ctx, contestID)
	if err != nil || len(revisions) == 0 {
		return nil, err
	}
	var won []int64
	for _, s := range revisions[len(revisions)-1].Snapshot.Standings {
		if s.Place == 1 {
			won = append(won, s.EntryID)
		}
	}
	return won, nil
}
