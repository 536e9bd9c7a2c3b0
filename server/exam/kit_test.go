package exam

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/timing"
)

// class is a contest with one online exam in a real database, and any number of nodes that run it.
type class struct {
	t         testing.TB
	db        *pgxpool.Pool
	ctx       context.Context // an organizer's
	contests  *contest.Service
	bank      *bank.Service
	papers    *paper.Service
	contestID int64
	bankID    int64
	division  int64
	roundID   int64
	periodID  int64
	blueprint int64
	entries   []int64
	clock     atomic.Int64
	opens     int64
}

// node is one process's share: its service, and what it sent to browsers.
type node struct {
	*Service
	hub *fakeHub
}

// BankOf makes the class a bank's contests.
func (c *class) BankOf(context.Context, int64) (int64, error) { return c.bankID, nil }

// fakeHub notes what would go to the sockets of those who are here.
type fakeHub struct {
	mu   sync.Mutex
	here map[string]account.Principal
	sent []string // topic, kind and data
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
}

func (f *fakeHub) PublishKey(topic, key string, m live.Message) { f.Publish(topic+"#"+key, m) }

func (f *fakeHub) PublishEach(topic, key string, of func(p account.Principal) live.Message) {
	f.mu.Lock()
	p := f.here[key]
	f.mu.Unlock()
	f.Publish(topic+"#"+key, of(p))
}

func (f *fakeHub) Count(string) int { return 1 }

func (f *fakeHub) Keys(string) map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := map[string]int{}
	for k := range f.here {
		keys[k] = 1
	}
	return keys
}

func (f *fakeHub) CountKey(_, key string) int { return f.Keys("")[key] }

func (f *fakeHub) ProbeKey(string, time.Duration) {}

func (f *fakeHub) messages() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.sent...)
}

// newClass sets up a round of three items out of six, 20 minutes, in a window of two hours that opens in a minute.
func newClass(t testing.TB, entries int, change func(s *Settings)) *class {
	t.Helper()
	if test, ok := t.(*testing.T); ok {
		test.Parallel() // each has a database of its own
	}
	c := &class{t: t, db: testkit.Postgres(t), ctx: account.With(t.Context(), account.Principal{AccountID: 7, Name: "Lê Thu Trang"})}
	c.clock.Store(1_800_000_000_000_000)
	c.opens = c.clock.Load() + timing.Minute
	c.contests = contest.New(c.db, nil, nil)
	f := files.New(c.db)
	c.bank = bank.New(c.db, f, c, bank.Formats{}, time.Now)
	c.papers = paper.New(paper.Parts{DB: c.db, Bank: c.bank, Files: f, Contests: c.contests, Now: time.Now, Seed: paper.NewSeed})
	c.one(&c.bankID, `INSERT INTO bank (name) VALUES ('Ngân hàng') RETURNING id`)
	c.one(&c.contestID, `INSERT INTO contest (slug, name, organizer_name, template, state, bank_id)
		VALUES ('cchc', 'Tìm hiểu cải cách hành chính', 'Tỉnh Đoàn', 'quiz_evening', 'running', $1) RETURNING id`, c.bankID)
	c.one(&c.division, `INSERT INTO division (contest_id, name, position) VALUES ($1, 'Bảng A', 1) RETURNING id`, c.contestID)
	c.one(&c.roundID, `INSERT INTO round (contest_id, position, kind, name) VALUES ($1, 1, 'exam', 'Thi trực tuyến') RETURNING id`, c.contestID)
	for i := range entries {
		c.entries = append(c.entries, c.enter(i+1))
	}
	c.fill(6)
	b, err := c.papers.Create(c.ctx, c.contestID, paper.Blueprint{Name: "Đề tuần", Spec: paper.Spec{Sections: []paper.Section{{Mix: paper.MixBoth,
		Rows: []paper.Row{{Points: 100, Counts: paper.Counts{Any: 3}}}}}}})
	c.must(err)
	c.blueprint = b.ID
	s := DefaultSettings()
	s.Sources = []Source{{BlueprintID: b.ID}}
	if change != nil {
		change(&s)
	}
	settings, err := encodeSettings(s)
	c.must(err)
	c.exec(`INSERT INTO exam_round (round_id, settings) VALUES ($1, $2)`, c.roundID, settings)
	c.one(&c.periodID, `INSERT INTO exam_period (round_id, position, name) VALUES ($1, 1, 'Tuần 1') RETURNING id`, c.roundID)
	c.exec(`INSERT INTO exam_window (period_id, opens_us, closes_us) VALUES ($1, $2, $3)`, c.periodID, c.opens, c.opens+2*timing.Hour)
	return c
}

func (c *class) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *class) one(to *int64, sql string, args ...any) {
	c.t.Helper()
	c.must(c.db.QueryRow(c.t.Context(), sql, args...).Scan(to))
}

func (c *class) exec(sql string, args ...any) {
	c.t.Helper()
	_, err := c.db.Exec(c.t.Context(), sql, args...)
	c.must(err)
}

func (c *class) rows(sql string, args ...any) (n int64) {
	c.t.Helper()
	c.one(&n, sql, args...)
	return n
}

func (c *class) enter(number int) (id int64) {
	c.t.Helper()
	mark := fmt.Appendf(nil, "%d/%d", c.contestID, number)
	c.one(&id, `INSERT INTO entry (contest_id, division_id, kind, name, search_key, same_key, number, code_mac, code_sealed, link_mac, link_sealed, source)
		VALUES ($1, $2, 'person', $3, '', $3, $4, $5, $5, $5, $5, 'manual') RETURNING id`, c.contestID, c.division, fmt.Sprint("Thí sinh ", number), number, mark)
	return id
}

// fill puts single choices into the bank, of which the first option is right.
func (c *class) fill(n int) {
	c.t.Helper()
	contents := make([]bank.Content, n)
	for i := range contents {
		contents[i] = bank.Content{Type: bank.Single, Stem: fmt.Sprintf("Câu hỏi số %d là gì?", i), Difficulty: bank.Recognition, Explanation: "Vì bí mật là như thế",
			Options: []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}, {ID: "c", Text: "Ba"}}, Key: bank.Key{Options: []string{"a"}}}
	}
	tx, err := c.db.Begin(c.ctx)
	c.must(err)
	_, err = c.bank.Add(c.ctx, tx, c.bankID, contents, "")
	c.must(err)
	c.must(tx.Commit(c.ctx))
}

// node starts a process whose clock's turns the test takes by hand.
func (c *class) node() *node {
	c.t.Helper()
	hub := &fakeHub{here: map[string]account.Principal{}}
	n := &node{New(Config{DB: c.db, NowUs: c.clock.Load, Hub: hub, Contests: c.contests, Papers: c.papers, Bank: c.bank}), hub}
	n.settle, n.results.patience = 0, time.Minute
	c.t.Cleanup(n.Stop)
	return n
}

// open prepares the round, lets the window open, and gives the node on which that was done.
func (c *class) open() *node {
	c.t.Helper()
	n := c.node()
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, c.periodID))
	c.must(n.Ready(c.ctx, c.contestID, c.roundID))
	c.clock.Store(c.opens)
	n.turn(c.ctx)
	return n
}

func (c *class) after(us int64) int64 { return c.clock.Add(us) }

func (c *class) as(entry int, device int64) account.Principal {
	return account.Principal{Entry: &account.EntrySession{EntryID: c.entries[entry], ContestID: c.contestID, DeviceID: device}}
}

func (c *class) tryStart(n *node, entry int, device int64) (Started, error) {
	return n.StartAttempt(c.t.Context(), c.as(entry, device), c.roundID, c.clock.Load(), StartCommand{PeriodID: c.periodID})
}

func (c *class) start(n *node, entry int, device int64) Started {
	c.t.Helper()
	s, err := c.tryStart(n, entry, device)
	c.must(err)
	return s
}

func (c *class) say(n *node, entry int, device int64, a Started, place int16, seq int32, option string) error {
	in := RespondCommand{AttemptID: a.AttemptID, Place: place, Writer: a.Writer, Seq: seq}
	if place > 0 {
		in.Options = []string{option}
	} else {
		in.Text = option
	}
	_, err := n.Respond(c.t.Context(), c.as(entry, device), c.roundID, c.clock.Load(), in)
	return err
}

func (c *class) submit(n *node, entry int, device int64, a Started) (OwnAttempt, error) {
	s, err := n.Submit(c.t.Context(), c.as(entry, device), c.roundID, c.clock.Load(), SubmitCommand(a))
	return s.Attempt, err
}

func (c *class) own(n *node, entry int, device int64) OwnView {
	c.t.Helper()
	snapshot, err := n.arrive(c.t.Context(), c.as(entry, device), c.roundID)
	c.must(err)
	return snapshot[1].Data.(OwnView)
}

func (c *class) phase() Phase {
	c.t.Helper()
	var p string
	c.must(c.db.QueryRow(c.t.Context(), `SELECT r.phase FROM exam_round r JOIN round x ON x.id = r.round_id AND x.state = r.phase WHERE r.round_id = $1`, c.roundID).Scan(&p))
	return Phase(p)
}

func (c *class) refused(err error, code string) {
	c.t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), code+":") {
		c.t.Fatalf("got %v, want %s", err, code)
	}
}
