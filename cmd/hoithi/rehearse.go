package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/rehearse"
)

type rehearseCommand struct {
	logFlags
	storeFlags
	Contest      string        `arg:"" optional:"" help:"Slug of the contest whose first round of the kind is played. Empty: the demo contest."`
	Kind         string        `help:"Kind of the round: stage (a quiz with a host), exam (taken online) or judged (marked by a panel)." enum:"stage,exam,judged" default:"stage"`
	Entries      int           `help:"How many robots take part, 100 unless said; judged: how many turns there are, 10 unless said."`
	Items        int           `help:"Stage: how many items are played, 5 unless said, 0: all of the round. Exam: how many responses each robot saves, 20 unless said." default:"-1"`
	AnswerWithin time.Duration `help:"Stage: each robot answers at a random moment within this time after it saw the item, 3s unless said. Exam: over what time each robot spreads its responses, 2m unless said. Judged: each judge marks a turn within this time, 2s unless said."`
	StartWithin  time.Duration `help:"Exam: all begin within this time." default:"10s"`
	SubmitWithin time.Duration `help:"Exam: all submit within the last of this time." default:"15s"`
	Leave        int           `help:"Exam: one in so many closes the page without submitting; 0: nobody." default:"50"`
	Judges       int           `help:"Judged: how many judges sit on the panel; the first is its head." default:"5"`
	Away         int           `help:"Judged: the judge who loses the network for half of each turn; 0: nobody." default:"3"`
	Seed         uint64        `help:"Of the robots' choices." default:"1"`
	JSON         bool          `name:"json" help:"Print the report as JSON on standard output; what happens goes to standard error."`
}

// Run prepares a copy, lets a server of its own serve it as it would on the night, plays, and removes the copy.
// The server is a process of its own, so that its memory and processor time are not those of the robots.
func (c *rehearseCommand) Run(ctx context.Context) error {
	c.defaults()
	if c.Entries < 1 || c.Entries > 20000 {
		return errors.New("--entries takes 1 to 20000")
	}
	if err := live.CheckNoFile(c.Entries + 500); err != nil {
		return err
	}
	say := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	c.beside()
	switch c.Kind {
	case "exam":
		return c.runExam(ctx, say)
	case "judged":
		return c.runJudged(ctx, say)
	}
	return c.runStage(ctx, say)
}

// runStage lets robots play a quiz round with a host.
func (c *rehearseCommand) runStage(ctx context.Context, say func(string, ...any)) error {
	say("preparing a copy with %d robots", c.Entries)
	var copied *app.Rehearsal
	var report rehearse.Report
	var acks []rehearse.Ack
	err := c.through(ctx, night{
		prepare: func(a *app.App) (contestID int64, err error) {
			if copied, err = a.PrepareRehearsal(ctx, c.Contest, c.Entries); err != nil {
				return 0, err
			}
			return copied.ContestID, nil
		},
		play: func(url string, sample func() rehearse.Usage) (err error) {
			report, acks, err = rehearse.Run(ctx, rehearse.Plan{URL: url, ContestID: copied.ContestID, RoundID: copied.RoundID, Host: copied.Host,
				Robots: copied.Robots, Items: c.Items, AnswerWithin: c.AnswerWithin, Seed: c.Seed, Progress: say, Sample: sample})
			return err
		},
		check: func(ctx context.Context, a *app.App) (err error) {
			report.Lost, err = a.LostAnswers(ctx, copied.RoundID, acks)
			return err
		},
	})
	if err != nil {
		return err
	}
	if err := c.print(report); err != nil {
		return err
	}
	if report.Lost > 0 {
		return fmt.Errorf("%d acknowledged answers are not stored", report.Lost)
	}
	return nil
}

// defaults are what a kind of round is played with unless something else was said.
func (c *rehearseCommand) defaults() {
	entries, items, within := 100, 5, 3*time.Second
	switch c.Kind {
	case "exam":
		items, within = 20, 2*time.Minute
	case "judged":
		entries, within = 10, 2*time.Second
		c.Away = min(c.Away, max(c.Judges-1, 0))
	}
	if c.Entries == 0 {
		c.Entries = entries
	}
	if c.Items < 0 {
		c.Items = items
	}
	if c.AnswerWithin == 0 {
		c.AnswerWithin = within
	}
}

func (c *rehearseCommand) withApp(ctx context.Context, do func(*app.App) error) error {
	a, stop, err := openApp(ctx, c.logFlags, c.storeFlags)
	if err != nil {
		return err
	}
	defer stop()
	return do(a)
}

// night is what differs between the kinds of rounds: making the copy, the robots' part, and looking for what was acknowledged.
type night struct {
	prepare func(*app.App) (contestID int64, err error)
	play    func(url string, sample func() rehearse.Usage) error
	check   func(context.Context, *app.App) error
}

// through takes a night from its copy to the end. Whatever happens, the copy goes, and what was acknowledged is looked for before it
// does.
func (c *rehearseCommand) through(ctx context.Context, n night) error {
	var contestID int64
	err := c.withApp(ctx, func(a *app.App) (err error) {
		contestID, err = n.prepare(a)
		return err
	})
	if err != nil {
		return err
	}
	played := c.withServer(ctx, n.play)
	after := context.WithoutCancel(ctx)
	err = c.withApp(after, func(a *app.App) error {
		return errors.Join(n.check(after, a), a.EndRehearsal(after, contestID))
	})
	return errors.Join(played, err)
}

// withServer lets a server of its own run while the robots play.
func (c *rehearseCommand) withServer(ctx context.Context, play func(url string, sample func() rehearse.Usage) error) error {
	server, address, err := c.startServer(ctx)
	if err != nil {
		return err
	}
	err = play("http://"+address, func() rehearse.Usage { return usageOf(server.Process.Pid) })
	if stop := server.Process.Signal(syscall.SIGTERM); stop != nil {
		err = errors.Join(err, stop)
	}
	if stopped := server.Wait(); stopped != nil {
		err = errors.Join(err, fmt.Errorf("the server that was rehearsed with: %w", stopped))
	}
	return err
}

// startServer starts this same program as a server on a free port, with the same stores.
func (c *rehearseCommand) startServer(ctx context.Context) (*exec.Cmd, string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--data", c.Data,
		"--log-level", "info", "--log-format", "text") // its address is read from what it says
	for _, v := range os.Environ() { // a demo, a public address or metrics are not for a rehearsal
		if !strings.HasPrefix(v, "HOITHI_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	for name, value := range map[string]string{"DATABASE_URL": c.DatabaseURL, "REDIS_URL": c.RedisURL, "POSTGRES_BIN": c.PostgresBin} {
		if value != "" {
			cmd.Env = append(cmd.Env, "HOITHI_"+name+"="+value)
		}
	}
	ownGroup(cmd)
	output, err := cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start the server: %w", err)
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), "msg=serving address="); ok {
				address, _, _ := strings.Cut(rest, " ")
				found <- address
				continue
			}
			if !strings.Contains(lines.Text(), "level=INFO") {
				fmt.Fprintln(os.Stderr, "server:", lines.Text())
			}
		}
		close(found)
		_, _ = io.Copy(io.Discard, output) // a line too long for the scanner must not block the server
	}()
	select {
	case address, ok := <-found:
		if ok {
			return cmd, address, nil
		}
		return nil, "", fmt.Errorf("the server ended at its start: %w", cmd.Wait())
	case <-ctx.Done():
	case <-time.After(60 * time.Second):
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return nil, "", errors.Join(errors.New("the server did not start"), ctx.Err())
}

func (c *rehearseCommand) print(r rehearse.Report) error {
	if c.JSON {
		return asJSON(r)
	}
	fmt.Printf("entries %d, connected %d in %.0f ms, %d items\n", r.Entries, r.Connected, r.ConnectMs, r.Items)
	fmt.Printf("answers: sent %d, saved %d, refused %d, without reply %d, lost %d\n", r.Sent, r.Acknowledged, r.Refused, r.Unanswered, r.Lost)
	fmt.Printf("saved after: %s\n", three(r.AckMs))
	fmt.Printf("an item reaches all within %.0f ms; everybody knows the new place %.0f ms after the reveal\n", r.OpenSpreadMs, r.BoardMs)
	if runtime.GOOS == "linux" {
		fmt.Printf("server: %.0f MB, %.1f KB a connection, %.1f s of processor time\n", r.ServerRSSMB, r.PerConnKB, r.ServerCPUS)
	}
	return nil
}

// three tells how long something took for half, for nearly all and for the last.
func three(m rehearse.Millis) string {
	return fmt.Sprintf("half %.0f ms, 99 %% %.0f ms, last %.0f ms", m.P50, m.P99, m.Max)
}

func asJSON(report any) error {
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(report)
}
