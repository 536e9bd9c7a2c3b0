package app

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
	"github.com/hoithi/hoithi/server/web"
)

// rooms opens the rooms from the ground up and registers their routes, topics and commands.
func (a *App) rooms() {
	a.Contests = contest.New(a.DB, a.Accounts, banks{})
	web.AccountRoutes(a.API, a.Accounts, a.Config.Version)
	contest.Routes(a.API, a.Contests)
	a.Roster = roster.New(a.DB, a.Accounts, a.Contests, unit.New(a.DB))
	a.Contests.UseChecks(a.Roster.Missing)
	roster.Routes(a.API, a.Roster)
}

// banks makes the question bank of a new contest.
type banks struct{}

func (banks) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
	return id, err
}
