package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/hoithi/hoithi/server/mail"
)

// Jobs in Postgres do what may take its time and must not be forgotten. They never time a round: the queue looks only
// every few seconds, and a killed job waits.

// sweepArgs is the job that forgets what is no longer of use.
type sweepArgs struct{}

// Kind names the job in the queue.
func (sweepArgs) Kind() string { return "sweep" }

type sweeper struct {
	river.WorkerDefaults[sweepArgs]
	app *App
}

// Timeout bounds one run; the next one goes on where it ended.
func (s *sweeper) Timeout(*river.Job[sweepArgs]) time.Duration { return time.Minute }

// Work ends sessions, tries and links that are out of date, and rehearsals that somebody left behind.
func (s *sweeper) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	if err := s.app.Accounts.Sweep(ctx); err != nil {
		return err
	}
	if err := s.app.Mail.Sweep(ctx); err != nil {
		return err
	}
	if err := s.app.Privacy.Remind(ctx); err != nil {
		return err
	}
	rows, err := s.app.DB.Query(ctx, `SELECT id FROM contest WHERE rehearsal_of IS NOT NULL AND created_at < now() - interval '1 day'`)
	if err != nil {
		return err
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	for _, id := range left {
		if err := s.app.EndRehearsal(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// startJobs brings the queue's tables up to date and begins to work. One node at a time does the first.
func (a *App) startJobs(ctx context.Context) error {
	driver := riverpgxv5.New(a.DB)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	// Not one transaction: a value added to an enum can only be used after its commit.
	err = a.DB.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_lock(hashtext('hoithi jobs'))`); err != nil {
			return err
		}
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		_, unlock := c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext('hoithi jobs'))`)
		return errors.Join(err, unlock)
	})
	if err != nil {
		return fmt.Errorf("bring the job tables up to date: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &sweeper{app: a})
	river.AddWorker(workers, a.Mail.Worker())
	river.AddWorker(workers, &comparer{app: a})
	client, err := river.NewClient(driver, &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}, mail.Queue: {MaxWorkers: 2}}, Workers: workers,
		Logger: slog.New(quiet{a.Config.Log.Handler()}), RescueStuckJobsAfter: 5 * time.Minute, JobTimeout: 2 * time.Minute,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
			func() (river.JobArgs, *river.InsertOpts) {
				return sweepArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
			}, &river.PeriodicJobOpts{RunOnStart: true})},
	})
	if err != nil {
		return err
	}
	// The queue lives as long as the app, not as long as the start.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	a.stop = append(a.stop, client.StopAndCancel)
	return nil
}

// quiet lets only what the jobs themselves say through: the queue's progress is no news, and when the database is away
// each of its parts would say so again and again, which others say once.
type quiet struct{ slog.Handler }

// Enabled drops what is below a warning.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// Handle drops the queue's own complaints about its connection.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	for _, part := range []string{"notifier.", "producer:", "maintenance.", "leadership."} {
		if strings.HasPrefix(r.Message, part) {
			return nil
		}
	}
	return q.Handler.Handle(ctx, r)
}
