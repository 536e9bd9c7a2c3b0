package contest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/testkit"
)

// desk is an organizer's desk on a database of its own.
type desk struct {
	t        *testing.T
	db       *pgxpool.Pool
	accounts *account.Service
	s        *contest.Service
	ctx      context.Context // the organizer's
	kind     *kind
}

// kind stands for a kind of round: it remembers what it was told and lists what a test says is missing.
type kind struct {
	made    []contest.RoundSpec
	copied  [][2]int64
	missing []contest.Missing
}

func (k *kind) SetUp(_ context.Context, _ pgx.Tx, _ contest.Round, spec contest.RoundSpec) error {
	k.made = append(k.made, spec)
	return nil
}

func (k *kind) Copy(_ context.Context, _ pgx.Tx, from, to contest.Round) error {
	k.copied = append(k.copied, [2]int64{from.ID, to.ID})
	return nil
}

func (k *kind) Missing(context.Context, contest.Round) ([]contest.Missing, error) {
	return k.missing, nil
}

type banks struct{}

func (banks) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
	return id, err
}

func sit(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, db: testkit.Postgres(t), kind: &kind{}}
	var err error
	d.accounts, err = account.New(t.Context(), d.db)
	d.must(err)
	d.accounts.OnAct = audit.Append
	d.s = contest.New(d.db, d.accounts, banks{})
	d.s.Use(contest.Stage, d.kind)
	d.s.Use(contest.Judged, d.kind)
	d.s.Use(contest.Exam, d.kind)
	d.ctx = d.as("tochuc", "Lê Thu Trang")
	return d
}

func (d *desk) as(login, name string) context.Context {
	d.t.Helper()
	id, err := d.accounts.EnsureAccount(d.t.Context(), login, name, "", false)
	d.must(err)
	return account.With(d.t.Context(), account.Principal{AccountID: id, Name: name})
}

func (d *desk) create(template string, divisions ...string) contest.Contest {
	d.t.Helper()
	c, err := d.s.Create(d.ctx, contest.Answers{Template: template, Name: "Thanh niên với cải cách hành chính",
		OrganizerName: "Tỉnh Đoàn Thanh Hóa", Divisions: divisions})
	d.must(err)
	return c
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) count(sql string, args ...any) (n int) {
	d.t.Helper()
	d.must(d.db.QueryRow(d.t.Context(), sql, args...).Scan(&n))
	return n
}

// refused fails the test unless err is the fault with this code.
func refused(t *testing.T, err error, code string) *fault.Fault {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}
