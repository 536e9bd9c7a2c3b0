package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/rehearse"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// Rehearsal is a copy of a contest with robots for contestants. It never counts, and EndRehearsal removes it whole.
type Rehearsal struct {
	ContestID int64
	RoundID   int64
	Host      string // Cookie header of the host's robot
	Robots    []rehearse.Robot
}

var noStageRound = fault.New(fault.NotFound, "no_quiz_round",
	"Hội thi này chưa có vòng kiến thức nào có câu hỏi để chạy thử.", "This contest has no quiz round with items to rehearse.")

// entriesAtOnce is how many robots are entered in one transaction.
const entriesAtOnce = 500

// PrepareRehearsal copies a contest (empty: the demo, which is made when there is none) with its first quiz round and
// enters as many robots.
func (a *App) PrepareRehearsal(ctx context.Context, slug string, entries int) (*Rehearsal, error) {
	return a.prepareRehearsal(ctx, slug, contest.Stage, entries)
}

func (a *App) prepareRehearsal(ctx context.Context, slug string, kind contest.Kind, entries int) (*Rehearsal, error) {
	origin, err := a.rehearsed(ctx, slug, kind)
	if err != nil {
		return nil, err
	}
	ctx = account.With(ctx, account.Principal{Name: "rehearsal", Locale: "vi"})
	c, err := a.Contests.Rehearse(ctx, origin.ID)
	if err != nil {
		return nil, err
	}
	role := account.RoleHost
	if kind != contest.Stage {
		role = account.RoleOrganizer
	}
	r := &Rehearsal{ContestID: c.ID}
	for _, x := range c.Rounds {
		if x.Kind == kind && r.RoundID == 0 {
			r.RoundID = x.ID
		}
	}
	if r.RoundID == 0 {
		missing := map[contest.Kind]error{contest.Stage: noStageRound, contest.Exam: noExamRound, contest.Judged: noJudgedRound}
		return nil, errors.Join(missing[kind], a.EndRehearsal(ctx, c.ID))
	}
	if err := a.enterRobots(ctx, c, r, entries, role); err != nil {
		return nil, fmt.Errorf("enter the robots: %w", err)
	}
	err = postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		for from, to := contest.Draft, contest.Open; to != contest.Ended; from, to = to, to.Next() {
			if err := a.Contests.SetState(ctx, tx, c.ID, from, to); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func (a *App) rehearsed(ctx context.Context, slug string, kind contest.Kind) (contest.Contest, error) {
	if slug != "" {
		return a.Contests.BySlug(ctx, slug)
	}
	d, err := a.Demo(ctx)
	if err == nil && (d == nil || kind == contest.Exam && d.ExamID == 0) {
		d, err = a.Seed(ctx)
	}
	if err != nil {
		return contest.Contest{}, err
	}
	if kind == contest.Exam {
		return a.Contests.Get(ctx, d.ExamID)
	}
	return a.Contests.Get(ctx, d.ContestID)
}

func (a *App) enterRobots(ctx context.Context, c contest.Contest, r *Rehearsal, entries int, role account.Role) error {
	var made []roster.Entry
	for from := 0; from < entries; from += entriesAtOnce {
		drafts := make([]roster.Draft, 0, entriesAtOnce)
		for n := from; n < min(entries, from+entriesAtOnce); n++ {
			drafts = append(drafts, roster.Draft{DivisionID: c.Divisions[n%len(c.Divisions)].ID, Name: fmt.Sprintf("Thí sinh máy %05d", n+1)})
		}
		added, err := a.Roster.AddAll(ctx, c.ID, drafts)
		if err != nil {
			return err
		}
		made = append(made, added...)
	}
	rows := make([][]any, 0, len(made)+1)
	expires := time.Now().Add(24 * time.Hour)
	for _, e := range made {
		token := account.NewToken()
		r.Robots = append(r.Robots, rehearse.Robot{EntryID: e.ID, Cookie: web.EntryCookie + "=" + token})
		rows = append(rows, []any{account.HashToken(token), nil, e.ID, c.ID, expires})
	}
	// The robot that runs the round has an account of its own, without a password: nobody else can be it.
	host, err := a.Accounts.EnsureAccount(ctx, fmt.Sprintf("rehearsal-%d", c.ID), "Người dẫn máy", "", false)
	if err != nil {
		return err
	}
	if err := a.Accounts.Grant(ctx, host, c.ID, role); err != nil {
		return err
	}
	token := account.NewToken()
	r.Host = web.AccountCookie + "=" + token
	rows = append(rows, []any{account.HashToken(token), host, nil, nil, expires})
	_, err = a.DB.CopyFrom(ctx, pgx.Identifier{"session"}, []string{"token_hash", "account_id", "entry_id", "contest_id", "expires_at"}, pgx.CopyFromRows(rows))
	return err
}

// LostAnswers counts the acknowledged answers that are not stored. It must be 0, always.
func (a *App) LostAnswers(ctx context.Context, roundID int64, acks []rehearse.Ack) (int64, error) {
	var entries []int64
	var plays, writers, seqs []int32
	for _, x := range acks {
		entries, plays, writers, seqs = append(entries, x.EntryID), append(plays, x.Play), append(writers, x.Writer), append(seqs, x.Seq)
	}
	var lost int64
	err := a.DB.QueryRow(ctx, `SELECT count(*) FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[]) AS a (entry_id, play, writer, seq)
		WHERE NOT EXISTS (SELECT 1 FROM stage_response r WHERE r.round_id = $1 AND r.play = a.play AND r.entry_id = a.entry_id
		                  AND r.writer = a.writer AND r.seq = a.seq)`, roundID, entries, plays, writers, seqs).Scan(&lost)
	return lost, err
}

// EndRehearsal removes a rehearsal with everything that it left. Real contests are never removed.
func (a *App) EndRehearsal(ctx context.Context, contestID int64) error {
	err := postgres.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		removed, err := a.Contests.DeleteRehearsal(ctx, tx, contestID)
		if err != nil || !removed {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM session WHERE contest_id = $1`,
			`DELETE FROM audit_event WHERE chain = $1`,
			`DELETE FROM account WHERE login = 'rehearsal-' || $1::bigint OR login LIKE 'rehearsal-' || $1::bigint || '-%'`,
		} {
			if _, err := tx.Exec(ctx, statement, contestID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove rehearsal %d: %w", contestID, err)
	}
	return nil
}
