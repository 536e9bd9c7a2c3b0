// Package app puts the rooms together: it is the only package that knows all the others. It must hold no rule of the
// field: what it decides is who is given what.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/ceremony"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leader"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/plan"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/privacy"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/unit"
	"github.com/hoithi/hoithi/server/vote"
	"github.com/hoithi/hoithi/server/web"
)

// Config is what a node needs to know.
type Config struct {
	Version        string
	Node           string // name of this process among the others
	PublicURL      string // address that stands on cards and QR codes, such as https://hoithi.example.vn
	TrustedProxies []string
	Origins        []string     // further origins that may open sockets
	Mail           mail.Config  // without a host no mail is sent
	Files          files.Limits // what is 0 has the usual limit
	Log            *slog.Logger
}

// App is one node with all its rooms.
type App struct {
	Config   Config
	DB       *pgxpool.Pool
	Redis    redis.UniversalClient
	Clock    *postgres.Clock
	Metrics  *prometheus.Registry
	Fiber    *fiber.App
	API      *web.API
	Hub      *live.Hub
	Relay    *live.Relay
	Accounts *account.Service
	Mail     *mail.Service
	Privacy  *privacy.Service
	Contests *contest.Service
	Units    *unit.Service
	Roster   *roster.Service
	Leaders  *leader.Service
	Files    *files.Service
	Bank     *bank.Service
	Papers   *paper.Service
	Stage    *stage.Service
	Exam     *exam.Service
	Judging  *judging.Service
	Boards   *leaderboard.Service
	Results  *result.Service
	Plans    *plan.Service
	// Ceremonies tell final results.
	Ceremonies *ceremony.Service

	JudgingLive *judging.Live
	Votes       *vote.Service
	VotesLive   *vote.Live

	rounds  sync.Map // round id → contest id; a round never changes its contest
	origins sync.Map // contest id → what whetherRehearsal tells; a contest never becomes a rehearsal, or stops to be one
	stop    []func(context.Context) error
}

// New opens all rooms on a migrated database. It starts nothing: Run does.
func New(ctx context.Context, cfg Config, db *pgxpool.Pool, rdb redis.UniversalClient) (*App, error) {
	a := &App{Config: cfg, DB: db, Redis: rdb, Metrics: prometheus.NewRegistry()}
	a.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	clock, err := postgres.StartClock(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("learn the database's time: %w", err)
	}
	a.Clock = clock
	a.stop = append(a.stop, func(context.Context) error { clock.Stop(); return nil })
	if a.Accounts, err = account.New(ctx, db); err != nil {
		return nil, err
	}
	if a.Mail, err = mail.New(db, a.Accounts.Key(), cfg.Mail); err != nil {
		return nil, err
	}
	a.Relay = live.NewRelay(rdb, cfg.Log, a.Metrics)
	a.stop = append(a.stop, func(context.Context) error { a.Relay.Close(); return nil })
	a.assemble()
	return a, nil
}

// Describe assembles the rooms without any server behind them: enough to print the API's document.
func Describe(version string) *App {
	a := &App{Config: Config{Version: version, Log: slog.New(slog.DiscardHandler)}, Metrics: prometheus.NewRegistry()}
	a.Accounts, a.Mail = &account.Service{}, &mail.Service{}
	a.assemble()
	return a
}

func (a *App) assemble() {
	a.Fiber = web.NewServer(web.Options{TrustedProxies: a.Config.TrustedProxies, Log: a.Config.Log,
		Identify: func(c *fiber.Ctx, p account.Principal, accountToken, entryToken string) (account.Principal, error) {
			ctx, cancel := context.WithTimeout(c.UserContext(), 5*time.Second)
			defer cancel()
			return a.Accounts.Identify(ctx, p, accountToken, entryToken)
		}})
	a.API = web.NewAPI(a.Fiber, access, a.Config.Version, a.Config.Log)
	a.Hub = live.New(live.Config{Node: a.Config.Node, Origins: a.Config.Origins, NowUs: a.nowUs, Permit: a.permit,
		Log: a.Config.Log, Metrics: a.Metrics})
	a.rooms()
	a.Fiber.Get("/api/live", a.Hub.Handler())
	a.Hub.Describe(a.API.Huma)
	if left := a.API.Unregistered(); len(left) > 0 {
		panic("app: the access table names operations that do not exist: " + strings.Join(left, ", "))
	}
	a.Fiber.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	a.Fiber.Get("/readyz", a.ready)
}

// nowUs is contest time.
func (a *App) nowUs() int64 {
	if a.Clock == nil { // only assembled to be described
		return 0
	}
	return a.Clock.NowUs()
}

// ready tells a proxy whether to send people here: the database must answer. Redis away only pauses boards.
func (a *App) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		a.Config.Log.Warn("not ready", "error", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("database away\n")
	}
	return c.SendString("ready\n")
}

// permit decides for live topics and commands, by the same table as for the API.
func (a *App) permit(ctx context.Context, p account.Principal, key string, params live.Params) error {
	need, ok := access[key]
	if !ok {
		return fmt.Errorf("%q is not in the access table", key)
	}
	contestID := params["contest"]
	if round := params["round"]; round != 0 {
		id, err := a.contestOf(ctx, round)
		if err != nil {
			return err
		}
		contestID = id
	}
	if !web.Permitted(p, need, contestID) {
		return web.Refusal(p, need)
	}
	if need != web.Public || contestID == 0 {
		return nil
	}
	c, err := a.whetherRehearsal(ctx, contestID)
	if err == nil && !c.OpenTo(p) {
		err = fault.NothingHere
	}
	return err
}

// whetherRehearsal is the contest, as far as it never changes: its number and whether it is a rehearsal.
func (a *App) whetherRehearsal(ctx context.Context, contestID int64) (contest.Contest, error) {
	if c, ok := a.origins.Load(contestID); ok {
		return c.(contest.Contest), nil
	}
	c, err := a.Contests.Get(ctx, contestID)
	if err != nil {
		return c, err
	}
	c = contest.Contest{ID: c.ID, RehearsalOf: c.RehearsalOf}
	a.origins.Store(contestID, c)
	return c, nil
}

func (a *App) contestOf(ctx context.Context, roundID int64) (int64, error) {
	if id, ok := a.rounds.Load(roundID); ok {
		return id.(int64), nil
	}
	r, err := a.Contests.Round(ctx, 0, roundID)
	if err != nil {
		return 0, err
	}
	a.rounds.Store(roundID, r.ContestID)
	return r.ContestID, nil
}

// Listen serves until ctx ends, then lets what is under way finish.
func (a *App) Listen(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- a.Fiber.Listener(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(a.Hub.Shutdown(end), a.Fiber.ShutdownWithContext(end))
}

// Close ends the background work of all rooms, in reverse order of their start.
func (a *App) Close(ctx context.Context) error {
	var errs []error
	for i := len(a.stop) - 1; i >= 0; i-- {
		errs = append(errs, a.stop[i](ctx))
	}
	return errors.Join(errs...)
}
