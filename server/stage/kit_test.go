package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
)

// hall is a contest with one host-led round in a real database, and any number of nodes that run it.
type hall struct {
	t         testing.TB
	db        *pgxpool.Pool
	contestID int64
	round     contest.Round
	entries   []roster.Entry
	versions  []Version
	nowUs     atomic.Int64
	nodes     []*node
}

// node is one process's share: its service, and the messages it sent to browsers.
type node struct {
	*Service
	hub *fakeHub
}

func (h *hall) RoundEntries(context.Context, int64, int64) ([]roster.Entry, error) {
	return h.entries, nil
}

func (h *hall) ItemVersions(_ context.Context, _ int64, ids []int64) ([]Version, error) {
	var found []Version
	for _, v := range h.versions {
		for _, id := range ids {
			if v.ID == id {
				found = append(found, v)
			}
		}
	}
	return found, nil
}

func (h *hall) ItemHistory(_ context.Context, _, itemID int64) ([]Numbered, error) {
	var found []Numbered
	for i, v := range h.versions {
		if v.ItemID == itemID {
			found = append([]Numbered{{Version: v, Number: i + 1}}, found...)
		}
	}
	return found, nil
}

// fakeHub notes what would go to browsers.
type fakeHub struct {
	mu       sync.Mutex
	sent     []string // topic, kind and data of each message
	last     map[string]live.Message
	watching bool
	keys     map[string]int
	probed   []string
	news     chan struct{}
}

func (f *fakeHub) Prepare(_ string, m live.Message) live.Message { return m }

func (f *fakeHub) Publish(topic string, m live.Message) {
	raw, err := json.Marshal(m.Data)
	if err != nil {
		panic(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, topic+" "+m.Kind+" "+string(raw))
	f.last[topic+" "+m.Kind] = m
	close(f.news)
	f.news = make(chan struct{})
}

func (f *fakeHub) PublishKey(topic, key string, m live.Message) { f.Publish(topic+"#"+key, m) }

func (f *fakeHub) Count(string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watching {
		return 1
	}
	return 0
}

func (f *fakeHub) Keys(string) map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keys
}

// newest is the last message of a topic and kind.
func (f *fakeHub) newest(topic, kind string) live.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last[topic+" "+kind]
}

func (f *fakeHub) ProbeKey(key string, _ time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probed = append(f.probed, key)
}

func (f *fakeHub) messages() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.sent...)
}

func choice(stem string, right ...string) bank.Content {
	c := bank.Content{Schema: bank.SchemaVersion, Type: bank.Single, Stem: stem, PartialCredit: bank.AllOrNothing, Difficulty: bank.Recognition,
		Options:     []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}, {ID: "c", Text: "Ba"}, {ID: "d", Text: "Bốn"}},
		Key:         bank.Key{Options: right, Texts: []string{}},
		Explanation: "Vì bí mật là như thế", Source: bank.Source{Act: "Nghị định bí mật"}}
	if len(right) > 1 {
		c.Type = bank.Multiple
	}
	return c
}

func newHall(t testing.TB, entries int) *hall {
	t.Helper()
	if test, ok := t.(*testing.T); ok {
		test.Parallel() // each has a database of its own
	}
	return hallIn(t, testkit.Postgres(t), entries)
}

// hallIn is newHall in a database that is given.
func hallIn(t testing.TB, db *pgxpool.Pool, entries int) *hall {
	t.Helper()
	h := &hall{t: t, db: db}
	h.nowUs.Store(1_800_000_000_000_000)
	ctx := t.Context()
	one := func(to *int64, sql string, args ...any) {
		t.Helper()
		if err := h.db.QueryRow(ctx, sql, args...).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	var bankID, divisionID int64
	one(&bankID, `INSERT INTO bank (name) VALUES ('Ngân hàng') RETURNING id`)
	one(&h.contestID, `INSERT INTO contest (slug, name, organizer_name, template, state, bank_id)
		VALUES ('cchc', 'Thanh niên với cải cách hành chính', 'Đoàn Thanh niên', 'quiz_evening', 'running', $1) RETURNING id`, bankID)
	one(&divisionID, `INSERT INTO division (contest_id, name, position) VALUES ($1, 'Bảng A', 1) RETURNING id`, h.contestID)
	one(&h.round.ID, `INSERT INTO round (contest_id, position, kind, name) VALUES ($1, 1, 'stage', 'Kiến thức') RETURNING id`, h.contestID)
	h.round.ContestID, h.round.Name = h.contestID, "Kiến thức"
	for i := range entries {
		h.entries = append(h.entries, roster.Entry{ID: int64(1000 + i), ContestID: h.contestID, DivisionID: divisionID,
			Number: roster.NumberText(i + 1), Name: fmt.Sprintf("Đội %d", i+1), UnitName: "Sở Nội vụ", State: roster.EntryActive})
	}
	for i, c := range []bank.Content{choice("Câu một", "b"), choice("Câu hai", "a", "c"), choice("Câu ba", "d"), choice("Câu dự phòng", "a")} {
		var v Version
		one(&v.ItemID, `INSERT INTO item (bank_id, type, difficulty, topic, stem_key, search_key, content_hash)
			VALUES ($1, $2, 'recognition', '', $3, '', sha256($3::text::bytea)) RETURNING id`, bankID, string(c.Type), fmt.Sprint("k", i))
		hash := c.Hash()
		one(&v.ID, `INSERT INTO item_version (item_id, version, content, content_hash) VALUES ($1, 1, $2, $3) RETURNING id`,
			v.ItemID, c.Encode(), hash[:])
		v.Content, v.Hash = c, hash[:]
		h.versions = append(h.versions, v)
	}
	return h
}

// addNode starts a node; ticking ones compete for the lease.
func (h *hall) addNode(name string, relay Hinter, ticking bool) *node {
	h.t.Helper()
	hub := &fakeHub{last: map[string]live.Message{}, keys: map[string]int{}, watching: true, news: make(chan struct{})}
	s := New(Config{DB: h.db, NowUs: h.nowUs.Load, Node: name, Hub: hub, Relay: relay, Contests: contest.New(h.db, nil, nil),
		Entries: h, Bank: h, Log: slog.New(slog.DiscardHandler)})
	n := &node{Service: s, hub: hub}
	h.nodes = append(h.nodes, n)
	s.beat(h.t.Context())
	if ticking {
		s.Start()
	}
	h.t.Cleanup(s.Stop)
	return n
}

// setUp gives the round its settings and timeline: three items and a reserve.
func (h *hall) setUp(n *node, settings Settings) {
	h.t.Helper()
	ctx := h.t.Context()
	tx, err := h.db.Begin(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := n.SetUp(ctx, tx, h.round, contest.RoundSpec{}); err != nil {
		h.t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		h.t.Fatal(err)
	}
	setup, err := n.SaveSettings(ctx, h.contestID, h.round.ID, 1, settings)
	if err != nil {
		h.t.Fatal(err)
	}
	var items []SetupItem
	for i, v := range h.versions {
		items = append(items, SetupItem{VersionID: v.ID, Reserve: i == len(h.versions)-1})
	}
	if _, err := n.SaveItems(ctx, h.contestID, h.round.ID, setup.Version, items); err != nil {
		h.t.Fatal(err)
	}
}

// cue gives a cue as the host who sees the present state.
func (h *hall) cue(n *node, c Command) State {
	h.t.Helper()
	s := h.state(n)
	if c.By == 0 {
		c.By = 1
	}
	if _, err := n.Give(h.t.Context(), h.round.ID, s.Seq, c); err != nil {
		h.t.Fatalf("%s: %v", c.Cue, err)
	}
	return h.state(n)
}

func (h *hall) state(n *node) State {
	h.t.Helper()
	r, err := n.room(h.t.Context(), h.round.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := r.refresh(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return r.snapshot()
}

// open starts the round if need be, and shows and opens the next item.
func (h *hall) open(n *node) *Play {
	h.t.Helper()
	if h.state(n).Phase == PhaseReady {
		h.cue(n, Command{Cue: CueStart})
	}
	h.cue(n, Command{Cue: CueNext})
	s := h.cue(n, Command{Cue: CueOpen})
	return s.CurrentPlay()
}

// closeItem does what the ticking node does when the time is up.
func (h *hall) closeItem(n *node) State {
	h.t.Helper()
	s := h.state(n)
	due, ok := NextDue(&s)
	if !ok || !due.Close {
		h.t.Fatal("nothing to close")
	}
	h.nowUs.Store(max(h.nowUs.Load(), due.AtUs))
	events, f := Step(s, due.Command, h.nowUs.Load())
	if f != nil {
		h.t.Fatal(f)
	}
	r, err := n.room(h.t.Context(), h.round.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := n.append(h.t.Context(), r, s, events, 0); err != nil {
		h.t.Fatal(err)
	}
	return h.state(n)
}

func (h *hall) principal(entry int, device int64) account.Principal {
	return account.Principal{Entry: &account.EntrySession{EntryID: h.entries[entry].ID, ContestID: h.contestID, DeviceID: device}}
}

func (h *hall) claim(n *node, entry int, device int64) int32 {
	h.t.Helper()
	c, err := n.Claim(h.t.Context(), h.principal(entry, device), h.round.ID, ClaimCommand{})
	if err != nil {
		h.t.Fatal(err)
	}
	return c.Writer
}

func (h *hall) answer(n *node, entry int, device int64, in AnswerCommand) (AnswerStored, error) {
	return n.Answer(h.t.Context(), h.principal(entry, device), h.round.ID, h.nowUs.Load(), in)
}

func (h *hall) rows(sql string, args ...any) int64 {
	h.t.Helper()
	var n int64
	if err := h.db.QueryRow(h.t.Context(), sql, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// eventually waits for something that other goroutines bring about; the limit only ends a test that has failed.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never came: %s", what)
}

// unbounded lets a test send more answers than a person would.
func (h *hall) unbounded() {
	h.t.Helper()
	for _, n := range h.nodes {
		r, err := n.room(h.t.Context(), h.round.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		r.tries.most = 1 << 30
	}
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), code+":") {
		t.Fatalf("got %v, want %s", err, code)
	}
}
