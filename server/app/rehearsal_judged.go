package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/rehearse"
	"github.com/hoithi/hoithi/server/web"
)

var noJudgedRound = fault.New(fault.NotFound, "no_judged_round",
	"Hội thi này chưa có phần thi nào do giám khảo chấm để chạy thử.", "This contest has no judged round to rehearse.")

// JudgedRehearsal is a copy of a contest whose first judged round is marked by a panel of robots.
type JudgedRehearsal struct {
	Rehearsal
	Judges []rehearse.Judge
}

// PrepareJudgedRehearsal copies a contest (empty: the demo) with its first judged round, enters as many robots, and seats
// others as its panel; the first one is its head. Host is an organizer, who runs the stage and checks the marks.
func (a *App) PrepareJudgedRehearsal(ctx context.Context, slug string, entries, judges int) (*JudgedRehearsal, error) {
	copied, err := a.prepareRehearsal(ctx, slug, contest.Judged, entries)
	if err != nil {
		return nil, err
	}
	r := &JudgedRehearsal{Rehearsal: *copied}
	if err := a.seatRobots(ctx, r, judges); err != nil {
		return nil, errors.Join(fmt.Errorf("seat the panel: %w", err), a.EndRehearsal(ctx, r.ContestID))
	}
	return r, nil
}

func (a *App) seatRobots(ctx context.Context, r *JudgedRehearsal, judges int) error {
	ctx = account.With(ctx, account.Principal{Name: "rehearsal", Locale: "vi"})
	expires := time.Now().Add(24 * time.Hour)
	var rows [][]any
	var seats []int64
	for n := 1; n <= judges; n++ {
		id, err := a.Accounts.EnsureAccount(ctx, fmt.Sprintf("rehearsal-%d-%d", r.ContestID, n), fmt.Sprintf("Giám khảo máy %d", n), "", false)
		if err != nil {
			return err
		}
		if err := a.Accounts.Grant(ctx, id, r.ContestID, account.RoleJudge); err != nil {
			return err
		}
		token := account.NewToken()
		seats = append(seats, id)
		r.Judges = append(r.Judges, rehearse.Judge{Seat: n, AccountID: id, Cookie: web.AccountCookie + "=" + token})
		rows = append(rows, []any{account.HashToken(token), id, nil, nil, expires})
	}
	if err := a.Judging.SetPanel(ctx, r.ContestID, r.RoundID, seats, seats[0]); err != nil {
		return err
	}
	_, err := a.DB.CopyFrom(ctx, pgx.Identifier{"session"}, []string{"token_hash", "account_id", "entry_id", "contest_id", "expires_at"}, pgx.CopyFromRows(rows))
	return err
}

// CheckJudgedRehearsal looks into the database for what the robots were told: every acknowledged mark as it was sent, and
// scores that equal what working everything out anew gives.
func (a *App) CheckJudgedRehearsal(ctx context.Context, roundID int64, acks []rehearse.MarkAck, r *rehearse.JudgedReport) error {
	var err error
	if r.Lost, err = a.LostMarks(ctx, acks); err != nil {
		return err
	}
	_, scores, err := a.Judging.Scores(ctx, roundID)
	if err != nil {
		return err
	}
	inputs, err := a.Judging.Inputs(ctx, roundID)
	if err != nil {
		return err
	}
	anew, err := judging.Recompute(inputs)
	if err != nil {
		return err
	}
	for _, x := range scores {
		if !slices.ContainsFunc(anew, func(y judging.Score) bool {
			return y.PerformanceID == x.PerformanceID && y.Score == x.Score && y.Complete
		}) {
			r.Wrong++
		}
	}
	r.Wrong += int64(r.Turns - len(scores))
	found, err := a.Judging.Check(ctx, roundID) // what was locked and signed is whole
	r.Wrong += int64(len(found))
	return err
}

// LostMarks counts the acknowledged marks that are not stored as they were sent. It must be 0, always.
func (a *App) LostMarks(ctx context.Context, acks []rehearse.MarkAck) (lost int64, err error) {
	var performances, accounts, criteria, writers, seqs, values []int64
	for _, x := range acks {
		performances, accounts, criteria = append(performances, x.PerformanceID), append(accounts, x.AccountID), append(criteria, x.CriterionID)
		writers, seqs, values = append(writers, x.Writer), append(seqs, x.Seq), append(values, x.Value)
	}
	err = a.DB.QueryRow(ctx, `SELECT count(*) FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
			AS a (performance_id, account_id, criterion_id, writer, seq, value)
		WHERE NOT EXISTS (SELECT 1 FROM mark m JOIN sheet s ON s.id = m.sheet_id
			WHERE s.performance_id = a.performance_id AND s.account_id = a.account_id AND m.criterion_id = a.criterion_id
			  AND m.writer = a.writer AND m.seq = a.seq AND m.value = a.value)`,
		performances, accounts, criteria, writers, seqs, values).Scan(&lost)
	return lost, err
}
