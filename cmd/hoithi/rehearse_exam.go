package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/rehearse"
)

// runExam lets robots take an online exam, and looks afterwards whether everything that they were told is so.
func (c *rehearseCommand) runExam(ctx context.Context, say func(string, ...any)) error {
	if c.Items < 1 || c.Items > 300 {
		return errors.New("--items takes 1 to 300 responses of each robot")
	}
	say("preparing a copy with %d robots", c.Entries)
	var copied *app.Rehearsal
	var report rehearse.ExamReport
	var acks []rehearse.ExamAck
	err := c.through(ctx, night{
		prepare: func(a *app.App) (contestID int64, err error) {
			if copied, err = a.PrepareExamRehearsal(ctx, c.Contest, c.Entries); err != nil {
				return 0, err
			}
			return copied.ContestID, nil
		},
		play: func(url string, sample func() rehearse.Usage) (err error) {
			report, acks, err = rehearse.RunExam(ctx, rehearse.ExamPlan{URL: url, ContestID: copied.ContestID, RoundID: copied.RoundID, Organizer: copied.Host,
				Robots: copied.Robots, Saves: c.Items, StartWithin: c.StartWithin, AnswerWithin: c.AnswerWithin, SubmitWithin: c.SubmitWithin,
				Leave: c.Leave, Seed: c.Seed, Progress: say, Sample: sample})
			return err
		},
		check: func(ctx context.Context, a *app.App) error {
			return a.CheckExamRehearsal(ctx, copied.RoundID, acks, &report)
		},
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = asJSON(report)
	} else {
		printExam(report)
	}
	if report.Lost+report.Wrong+report.Missing > 0 {
		return fmt.Errorf("%d acknowledged responses are not stored, %d attempts have no score, %d a wrong one", report.Lost, report.Missing, report.Wrong)
	}
	return err
}

func printExam(r rehearse.ExamReport) {
	fmt.Printf("entries %d, connected %d in %.0f ms\n", r.Entries, r.Connected, r.ConnectMs)
	fmt.Printf("started %d: %s\n", r.Started, three(r.StartMs))
	fmt.Printf("responses: sent %d, saved %d, refused %d, sent again %d, without reply %d, lost %d\n", r.Sent, r.Acknowledged, r.Refused, r.Resent, r.Unanswered, r.Lost)
	fmt.Printf("saved after: %s\n", three(r.SaveMs))
	fmt.Printf("submitted %d: %s; %d left the page and were submitted by the clock\n", r.Submitted, three(r.SubmitMs), r.Left)
	fmt.Printf("everything counted, and known to all, %.0f ms after the close (%.1f s after the window's end); attempts over %d, without a score %d, with a wrong one %d\n",
		r.StandingsMs, r.GraceMs/1000, r.Finished, r.Missing, r.Wrong)
	if runtime.GOOS == "linux" {
		fmt.Printf("server: %.0f MB, %.1f KB a connection, %.1f s of processor time, connections lost %d\n", r.ServerRSSMB, r.PerConnKB, r.ServerCPUS, r.Reconnects)
	}
}
