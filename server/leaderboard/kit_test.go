package leaderboard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 30 * time.Second

// hall is a running contest with two rounds, and scores that the test sets.
type hall struct {
	t         testing.TB
	db        *pgxpool.Pool
	redis     *redis.Client
	contestID int64
	division  int64
	greeting  int64 // rounds
	quiz      int64
	entries   []roster.Entry
	masks     map[int64]roster.Mask

	mu      sync.Mutex
	scores  map[int64]map[int64]Score // round → entry → score
	hidden  map[int64]bool
	version int64
}

func open(t testing.TB, rdb *redis.Client, entries int) *hall {
	t.Helper()
	h := &hall{t: t, db: testkit.Postgres(t), redis: rdb, scores: map[int64]map[int64]Score{}, hidden: map[int64]bool{}}
	one := func(to *int64, sql string, args ...any) {
		t.Helper()
		h.must(h.db.QueryRow(context.Background(), sql, args...).Scan(to))
	}
	var bank int64
	one(&bank, `INSERT INTO bank (name) VALUES ('Ngân hàng') RETURNING id`)
	one(&h.contestID, `INSERT INTO contest (slug, name, organizer_name, template, state, bank_id)
		VALUES ('cchc', 'Thanh niên với cải cách hành chính', 'Tỉnh đoàn', 'reform', 'running', $1) RETURNING id`, bank)
	one(&h.division, `INSERT INTO division (contest_id, name, position) VALUES ($1, 'Bảng A', 1) RETURNING id`, h.contestID)
	one(&h.greeting, `INSERT INTO round (contest_id, position, kind, name, state) VALUES ($1, 1, 'judged', 'Chào hỏi', 'running') RETURNING id`, h.contestID)
	one(&h.quiz, `INSERT INTO round (contest_id, position, kind, name, state) VALUES ($1, 2, 'stage', 'Kiến thức', 'running') RETURNING id`, h.contestID)
	for i := range entries {
		h.entries = append(h.entries, roster.Entry{ID: int64(100 + i), ContestID: h.contestID, DivisionID: h.division,
			Number: roster.NumberText(i + 1), Name: fmt.Sprintf("Đội %d", i+1), UnitName: "Phường Hạc Thành", State: roster.EntryActive})
	}
	return h
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.db.Exec(context.Background(), sql, args...)
	h.must(err)
}

// set gives entry i (from 0) points in a round.
func (h *hall) set(round int64, i int, points int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.scores[round] == nil {
		h.scores[round] = map[int64]Score{}
	}
	h.scores[round][h.entries[i].ID] = Score{EntryID: h.entries[i].ID, Points: points}
	h.version++
}

func (h *hall) hide(round int64, hidden bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hidden[round] = hidden
	h.version++
}

// Scores and Version make the hall a Source.
func (h *hall) Scores(_ context.Context, round int64) (Scores, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := Scores{Version: h.version, Hidden: h.hidden[round]}
	for _, x := range h.scores[round] {
		s.Rows = append(s.Rows, x)
	}
	return s, nil
}

func (h *hall) Version(context.Context, int64) (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.version, nil
}

// Entries makes it a Roster.
func (h *hall) Entries(context.Context, int64) ([]roster.Entry, error) { return h.entries, nil }

// Masks and MaskVersion too: who refused publication.
func (h *hall) Masks(context.Context, int64) (map[int64]roster.Mask, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.masks), nil
}

func (h *hall) MaskVersion(context.Context, int64) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprint(len(h.masks)), nil
}

// refuse withdraws entry i's consent to publication.
func (h *hall) refuse(i int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.masks = map[int64]roster.Mask{h.entries[i].ID: {Name: "Đ.A. (" + h.entries[i].Number + ")"}}
}

// node is one process: its room, and the address of its socket.
type node struct {
	*Service
	url string
}

func (h *hall) service(hub *live.Hub, relay *live.Relay) *Service {
	return New(Parts{DB: h.db, Redis: h.redis, Contests: contest.New(h.db, nil, nil), Roster: h, Hub: hub, Relay: relay,
		Log: slog.New(slog.DiscardHandler), Sources: map[contest.Kind]Source{contest.Judged: h, contest.Stage: h}})
}

func (h *hall) node() *node {
	h.t.Helper()
	hub := live.New(live.Config{ShutdownSpread: time.Millisecond,
		Permit: func(context.Context, account.Principal, string, live.Params) error { return nil }})
	relay := live.NewRelay(h.redis, nil, nil)
	s := h.service(hub, relay)
	s.Topics()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	live.PrepareApp(app)
	app.Get("/api/live", func(c *fiber.Ctx) error {
		p := account.Principal{Locale: "vi"}
		if id, err := strconv.ParseInt(c.Cookies("as"), 10, 64); err == nil {
			p.Entry = &account.EntrySession{EntryID: id, ContestID: h.contestID}
		}
		c.Locals(live.PrincipalKey, p)
		return c.Next()
	}, hub.Handler())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	h.t.Cleanup(func() {
		end, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		if err := errors.Join(hub.Shutdown(end), app.ShutdownWithContext(end)); err != nil {
			h.t.Errorf("stopping a node: %v", err)
		}
		cancel()
		<-done
		relay.Close()
		<-served
	})
	return &node{Service: s, url: "http://" + ln.Addr().String() + "/api/live"}
}

// screen is somebody's browser; it keeps everything it was ever sent.
type screen struct {
	*liveclient.Client
	t    testing.TB
	mu   sync.Mutex
	got  [][]byte
	more chan struct{}
}

// watch opens a topic, as an entry (0: as nobody).
func (h *hall) watch(n *node, topic string, entry int64) *screen {
	h.t.Helper()
	s := &screen{t: h.t, more: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	o := liveclient.Options{URL: n.url, OnMessage: func(m liveclient.Message) {
		s.mu.Lock()
		s.got = append(s.got, bytes.Clone(m.Data))
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
	}}
	if entry != 0 {
		o.Cookie = "as=" + strconv.FormatInt(entry, 10)
	}
	c, err := liveclient.Dial(ctx, o)
	h.must(err)
	s.Client = c
	h.t.Cleanup(c.Close)
	h.must(c.Subscribe(ctx, topicOf(topic, h.contestID)))
	return s
}

func (s *screen) all() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.got...)
}

// await waits until the newest view is as it should be, and gives it.
func await[V any](s *screen, what string, right func(V) bool) V {
	s.t.Helper()
	limit := time.After(patience)
	for {
		if got := s.all(); len(got) > 0 {
			var v V
			if err := json.Unmarshal(got[len(got)-1], &v); err != nil {
				s.t.Fatal(err)
			}
			if right(v) {
				return v
			}
		}
		select {
		case <-s.more:
		case <-limit:
			s.t.Fatalf("%s did not come; the last: %s", what, s.all())
		}
	}
}

func totalOf(v BoardView, entry int64) int64 {
	for _, r := range v.Rows {
		if r.EntryID == entry {
			return r.Total
		}
	}
	return -1
}
