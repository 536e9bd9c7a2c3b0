package plan

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

// field is a contest with real entries in a real database; what its rounds give is told by the test.
type field struct {
	t        testing.TB
	db       *pgxpool.Pool
	ctx      context.Context
	contests *contest.Service
	roster   *roster.Service
	boards   *leaderboard.Service
	plans    *Service
	id       int64
	clock    atomic.Int64
	scores   map[int64]leaderboard.Scores
	led      roster.Led
}

type oneBank struct{}

func (oneBank) NewBank(context.Context, pgx.Tx, string) (int64, error) { return 1, nil }

type anyKind struct{}

func (anyKind) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (anyKind) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (anyKind) Missing(context.Context, contest.Round) ([]contest.Missing, error)     { return nil, nil }

// Scores makes the field a source of its rounds' scores.
func (f *field) Scores(_ context.Context, roundID int64) (leaderboard.Scores, error) {
	return f.scores[roundID], nil
}

func (f *field) Version(context.Context, int64) (int64, error) { return 1, nil }

// Led says for which units the leader of the test acts.
func (f *field) Led(context.Context, int64) (roster.Led, error) { return f.led, nil }

func lay(t *testing.T, kind contest.EntryKind, rounds ...contest.RoundSpec) *field {
	t.Helper()
	t.Parallel()
	f := &field{t: t, db: testkit.Postgres(t), scores: map[int64]leaderboard.Scores{}}
	f.clock.Store(1_800_000_000_000_000)
	accounts, err := account.New(t.Context(), f.db)
	f.must(err)
	f.contests = contest.New(f.db, accounts, oneBank{})
	f.contests.Use(contest.Stage, anyKind{})
	f.contests.Use(contest.Judged, anyKind{})
	f.roster = roster.New(f.db, accounts, f.contests, unit.New(f.db))
	f.boards = leaderboard.New(leaderboard.Parts{DB: f.db, Contests: f.contests, Roster: f.roster, Log: slog.New(slog.DiscardHandler),
		Sources: map[contest.Kind]leaderboard.Source{contest.Stage: f, contest.Judged: f}})
	f.plans = New(Parts{DB: f.db, Contests: f.contests, Roster: f.roster, Boards: f.boards, Leaders: f, NowUs: f.clock.Load, NewSeed: rand.Text})
	f.boards.UsePlan(f.plans)
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	f.must(err)
	f.ctx = account.With(t.Context(), account.Principal{AccountID: id, Name: "Lê Thu Trang", Admin: true})
	c, err := f.contests.Create(f.ctx, contest.Answers{Template: "quiz_evening", Name: "Tìm hiểu cải cách hành chính", OrganizerName: "Tỉnh Đoàn", EntryKind: kind})
	f.must(err)
	f.id = c.ID
	for _, r := range rounds {
		_, err := f.contests.AddRound(f.ctx, f.id, r)
		f.must(err)
	}
	f.exec(`UPDATE contest SET state = 'running', team_min = 2, team_max = 3 WHERE id = $1`, f.id)
	return f
}

func (f *field) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *field) wantFault(err error, code string) {
	f.t.Helper()
	var x *fault.Fault
	if !errors.As(err, &x) || x.Code != code {
		f.t.Fatalf("got %v, want the fault %s", err, code)
	}
}

func (f *field) exec(sql string, args ...any) {
	f.t.Helper()
	_, err := f.db.Exec(f.t.Context(), sql, args...)
	f.must(err)
}

func (f *field) contest() contest.Contest {
	f.t.Helper()
	c, err := f.contests.Get(f.ctx, f.id)
	f.must(err)
	return c
}

func (f *field) round(position int) contest.Round {
	f.t.Helper()
	return f.contest().Rounds[position-1]
}

// people enters persons, named by their order; units by the name, or none.
func (f *field) people(units ...string) []roster.Entry {
	f.t.Helper()
	drafts := make([]roster.Draft, len(units))
	for i, u := range units {
		drafts[i] = roster.Draft{Name: fmt.Sprintf("Nguyễn Văn %c", 'A'+i), UnitName: u, Phone: fmt.Sprintf("09123456%02d", i)}
	}
	entries, err := f.roster.AddAll(f.ctx, f.id, drafts)
	f.must(err)
	return entries
}

// closes ends a round with some scores, in the order of the entries; below zero: none.
func (f *field) closes(position int, entries []roster.Entry, points ...int64) {
	f.t.Helper()
	r := f.round(position)
	s := leaderboard.Scores{Version: 1}
	for i, p := range points {
		if p >= 0 {
			s.Rows = append(s.Rows, leaderboard.Score{EntryID: entries[i].ID, Points: p})
		}
	}
	f.scores[r.ID] = s
	f.exec(`UPDATE round SET state = 'closed' WHERE id = $1`, r.ID)
}

// plan sets who enters the second round, and what else is told of the rounds.
func (f *field) plan(intake contest.Intake, change ...func([]contest.RoundPlan)) error {
	f.t.Helper()
	c := f.contest()
	plan := make([]contest.RoundPlan, len(c.Rounds))
	for i, r := range c.Rounds {
		plan[i] = contest.RoundPlan{RoundID: r.ID, Weight: r.Weight, FromZero: r.FromZero, Intake: r.Intake}
	}
	plan[1].Intake = intake
	for _, x := range change {
		x(plan)
	}
	_, err := f.contests.SavePlan(f.ctx, f.id, c.Version, plan, c.TieBreakers)
	return err
}

func (f *field) promote(position int) error {
	f.t.Helper()
	r := f.round(position)
	p, err := f.plans.Preview(f.ctx, f.id, r.ID)
	f.must(err)
	return f.plans.Promote(f.ctx, f.id, r.ID, p.Hash)
}

func (f *field) entrants(position int) []int64 {
	f.t.Helper()
	ids, _, err := f.roster.Entrants(f.ctx, f.round(position).ID)
	f.must(err)
	return ids
}
