package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// demoPeople makes the accounts, or finds those of an earlier demo.
func (a *App) demoPeople(ctx context.Context, content demo.Contest) (*DemoLogins, error) {
	if d, err := a.Demo(ctx); d != nil || err != nil {
		return d, err
	}
	d := &DemoLogins{}
	person := func(login, name string) (DemoLogin, error) {
		l := DemoLogin{Login: login, Name: name, Password: demoPassword()}
		id, err := a.Accounts.EnsureAccount(ctx, login, name, l.Password, false)
		l.ID = id
		return l, err
	}
	var err error
	for _, s := range content.Staff {
		l, login := &d.Organizer, "tochuc"
		switch account.Role(s.Role) {
		case account.RoleSecretary:
			l, login = &d.Secretary, "thuky"
		case account.RoleSupervisor:
			l, login = &d.Supervisor, "giamsat"
		case account.RoleTimekeeper:
			l, login = &d.Timekeeper, "bamgio"
		case account.RoleAuthor:
			l, login = &d.Author, "rade"
		case account.RoleReviewer:
			l, login = &d.Reviewer, "thamdinh"
		}
		if *l, err = person(login, s.Name); err != nil {
			return nil, err
		}
	}
	if d.Leader, err = person("donvi", "Phụ trách "+demoUnit); err != nil {
		return nil, err
	}
	for i, j := range content.Judges {
		l, err := person(fmt.Sprintf("giamkhao%d", i+1), j.Name)
		if err != nil {
			return nil, err
		}
		d.Judges = append(d.Judges, l)
	}
	return d, nil
}

// demoUnit is the unit that the demo's leader acts for.
const demoUnit = "Phường Lam Thành"

// demoLeader lets the demo's leader act for the unit of a team.
func (a *App) demoLeader(ctx context.Context, c contest.Contest, d *DemoLogins, entries []roster.Entry) error {
	for _, e := range entries {
		if e.UnitName == demoUnit {
			return a.Accounts.Lead(ctx, c.ID, e.UnitID, d.Leader.ID)
		}
	}
	return fmt.Errorf("no team is of %s", demoUnit)
}

// demoPassword is easy to type from a terminal: four groups of four letters.
func demoPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}

func (a *App) demoGrants(ctx context.Context, c contest.Contest, d *DemoLogins) error {
	if err := a.Accounts.Grant(ctx, d.Secretary.ID, c.ID, account.RoleSecretary); err != nil {
		return err
	}
	for role, l := range map[account.Role]DemoLogin{account.RoleSupervisor: d.Supervisor, account.RoleTimekeeper: d.Timekeeper,
		account.RoleAuthor: d.Author, account.RoleReviewer: d.Reviewer} {
		if l.ID == 0 {
			continue // people of an earlier demo
		}
		if err := a.Accounts.Grant(ctx, l.ID, c.ID, role); err != nil {
			return err
		}
	}
	for _, j := range d.Judges {
		if err := a.Accounts.Grant(ctx, j.ID, c.ID, account.RoleJudge); err != nil {
			return err
		}
	}
	return nil
}

// demoTies gives the judges their own units, so that the judged parts show who marks a team of the own unit. Ties hold for
// all parts of the contest.
func (a *App) demoTies(ctx context.Context, c contest.Contest, content demo.Contest) error {
	for _, round := range c.Rounds {
		if round.Kind != contest.Judged {
			continue
		}
		for i, judge := range content.Judges {
			hits, _, err := a.Units.Search(ctx, unit.Query{Words: judge.Unit, Most: 20})
			if err != nil {
				return err
			}
			n := slices.IndexFunc(hits, func(h unit.Hit) bool { return h.Name == judge.Unit })
			if n < 0 {
				return fmt.Errorf("there is no unit %q", judge.Unit)
			}
			if err := a.Judging.SetTies(ctx, c.ID, round.ID, i+1, judging.JudgeTies{UnitID: hits[n].ID}, ""); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}
