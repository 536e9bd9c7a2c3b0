package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/rehearse"
)

// runJudged lets a panel of robots mark a judged round, and looks afterwards whether everything that they were told is so.
func (c *rehearseCommand) runJudged(ctx context.Context, say func(string, ...any)) error {
	if c.Judges < 1 || c.Judges > 31 || c.Away < 0 || c.Away > c.Judges {
		return errors.New("--judges takes 1 to 31, --away one of them, or 0 for nobody")
	}
	if c.Entries > 500 {
		return errors.New("a judged round has at most 500 turns: --entries takes 1 to 500")
	}
	say("preparing a copy with %d turns and %d judges", c.Entries, c.Judges)
	var copied *app.JudgedRehearsal
	var report rehearse.JudgedReport
	var acks []rehearse.MarkAck
	err := c.through(ctx, night{
		prepare: func(a *app.App) (contestID int64, err error) {
			if copied, err = a.PrepareJudgedRehearsal(ctx, c.Contest, c.Entries, c.Judges); err != nil {
				return 0, err
			}
			return copied.ContestID, nil
		},
		play: func(url string, sample func() rehearse.Usage) (err error) {
			report, acks, err = rehearse.RunJudged(ctx, rehearse.JudgedPlan{URL: url, ContestID: copied.ContestID, RoundID: copied.RoundID, Desk: copied.Host,
				Judges: copied.Judges, MarkWithin: c.AnswerWithin, Away: c.Away, Seed: c.Seed, Progress: say, Sample: sample})
			return err
		},
		check: func(ctx context.Context, a *app.App) error {
			return a.CheckJudgedRehearsal(ctx, copied.RoundID, acks, &report)
		},
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = asJSON(report)
	} else {
		printJudged(report)
	}
	if report.Lost+report.Wrong > 0 {
		return fmt.Errorf("%d acknowledged marks are not stored, %d scores are wrong", report.Lost, report.Wrong)
	}
	return err
}

func printJudged(r rehearse.JudgedReport) {
	fmt.Printf("%d turns, %d judges, %d sheets locked, round closed: %t\n", r.Turns, r.Judges, r.Locked, r.Closed)
	fmt.Printf("marks: sent %d, saved %d, refused %d, sent again %d, without reply %d, lost %d\n", r.Sent, r.Acknowledged, r.Refused, r.Resent, r.Unanswered, r.Lost)
	fmt.Printf("on the judges' screens: %s\n", three(r.StageMs))
	fmt.Printf("a mark saved (who was away waits for the network): %s\n", three(r.MarkMs))
	fmt.Printf("a sheet locked: %s\n", three(r.LockMs))
	fmt.Printf("the score on the table: %s; wrong scores %d\n", three(r.ScoreMs), r.Wrong)
	if runtime.GOOS == "linux" {
		fmt.Printf("server: %.0f MB, %.1f s of processor time\n", r.ServerRSSMB, r.ServerCPUS)
	}
}
