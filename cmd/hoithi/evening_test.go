package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/testkit"
)

// The trials run real processes: this test binary starts itself again as the server.
const asServer = "HOITHI_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// patience bounds every wait: a bound for a hang, not a claim of speed.
const patience = 60 * time.Second

// node is a server process.
type node struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	ended   chan struct{}
}

// startNode starts a server. listen may name the address of one that was killed, so that clients find it again.
func startNode(t *testing.T, listen, databaseURL, redisURL, name string) *node {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, ended: make(chan struct{}), cmd: exec.Command(program, "serve", "--listen", listen, "--node", name,
		"--database-url", databaseURL, "--redis-url", redisURL)}
	n.cmd.Env = append(os.Environ(), asServer+"=1")
	output, err := n.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.kill)
	serving := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), "msg=serving address="); ok {
				address, _, _ := strings.Cut(rest, " ")
				serving <- address
			}
			if strings.Contains(lines.Text(), "level=ERROR") || strings.Contains(lines.Text(), "DATA RACE") {
				fmt.Fprintln(os.Stderr, name, lines.Text())
			}
		}
		_, _ = io.Copy(io.Discard, output)
		_ = n.cmd.Wait()
		close(n.ended)
	}()
	select {
	case n.address = <-serving:
	case <-n.ended:
		t.Fatalf("node %s ended at its start", name)
	case <-time.After(patience):
		t.Fatalf("node %s did not start", name)
	}
	return n
}

// kill is kill -9.
func (n *node) kill() {
	_ = n.cmd.Process.Kill() // it may have ended already
	<-n.ended
}

// evening is a contest with a quiz round, its contestants and its host.
type evening struct {
	t    *testing.T
	db   *pgxpool.Pool
	plan *app.Rehearsal
}

// appBeside is an app beside the nodes, which makes what is tried and looks into the database.
func appBeside(t *testing.T, databaseURL string) *app.App {
	t.Helper()
	db, err := postgres.Open(t.Context(), databaseURL, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	a, err := app.New(t.Context(), app.Config{Version: "test", Node: "setup", Log: slog.New(slog.DiscardHandler)}, db, testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

func newEvening(t *testing.T, databaseURL string, entries int) *evening {
	t.Helper()
	a := appBeside(t, databaseURL)
	plan, err := a.PrepareRehearsal(t.Context(), "", entries)
	if err != nil {
		t.Fatal(err)
	}
	// Long enough for any trouble of a trial; short enough that a wrong remaining time would show.
	if _, err := a.DB.Exec(t.Context(), `UPDATE stage_item SET duration_s = 120 WHERE round_id = $1`, plan.RoundID); err != nil {
		t.Fatal(err)
	}
	return &evening{t: t, db: a.DB, plan: plan}
}

// watch is a socket that remembers the newest view of each kind.
type watch struct {
	t      *testing.T
	client *liveclient.Client
	topic  string

	mu      sync.Mutex
	views   map[string]string
	changed chan struct{}
	losses  int
}

func (e *evening) watch(address, cookie, topic string) *watch {
	e.t.Helper()
	w := &watch{t: e.t, topic: topic, views: map[string]string{}, changed: make(chan struct{}, 1)}
	client, err := liveclient.Dial(e.t.Context(), liveclient.Options{URL: "ws://" + address + "/api/live", Cookie: cookie, Reconnect: true,
		OnMessage: func(m liveclient.Message) {
			w.mu.Lock()
			w.views[m.Kind] = string(m.Data)
			w.mu.Unlock()
			w.wake()
		},
		OnState: func(err error) {
			if err != nil {
				w.mu.Lock()
				w.losses++
				w.mu.Unlock()
			}
			w.wake()
		}})
	if err != nil {
		e.t.Fatal(err)
	}
	w.client = client
	e.t.Cleanup(client.Close)
	if err := client.Subscribe(e.t.Context(), topic); err != nil {
		e.t.Fatal(err)
	}
	return w
}

func (w *watch) wake() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// until waits for a view that satisfies ok.
func until[V any](w *watch, kind, what string, ok func(V) bool) V {
	w.t.Helper()
	giveUp := time.After(patience)
	for {
		w.mu.Lock()
		raw, there := w.views[kind]
		w.mu.Unlock()
		if there {
			var v V
			if err := json.Unmarshal([]byte(raw), &v); err != nil {
				w.t.Fatalf("%s: %v", kind, err)
			}
			if ok(v) {
				return v
			}
		}
		select {
		case <-w.changed:
		case <-giveUp:
			w.t.Fatalf("waited in vain for %s; the last %s on %s: %s", what, kind, w.topic, raw)
		}
	}
}

// host gives cues and looks again when the round has moved on or the server is away.
func (e *evening) host(address string) *watch {
	return e.watch(address, e.plan.Host, fmt.Sprintf("organizer/round/%d", e.plan.RoundID))
}

func cue(w *watch, name stage.Cue, status stage.PlayStatus) stage.ConsoleView {
	w.t.Helper()
	giveUp := time.Now().Add(patience)
	for {
		v := until(w, stage.KindConsole, "the console", func(stage.ConsoleView) bool { return true })
		if status != "" && v.Play != nil && v.Play.Status == status {
			return v
		}
		ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
		err := w.client.Do(ctx, "cue", w.topic, stage.CueCommand{Cue: name, Expected: v.Seq}, &stage.CueDone{})
		cancel()
		if err == nil && status == "" {
			return v
		}
		if err == nil {
			return until(w, stage.KindConsole, string(status), func(v stage.ConsoleView) bool { return v.Play != nil && v.Play.Status == status })
		}
		if time.Now().After(giveUp) {
			w.t.Fatalf("cue %s: %v", name, err)
		}
		select {
		case <-w.changed:
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func openItem(w *watch) stage.ConsoleView {
	w.t.Helper()
	cue(w, stage.CueStart, "")
	cue(w, stage.CueNext, stage.PlayShown)
	return cue(w, stage.CueOpen, stage.PlayOpen)
}

// contestant answers again and again, as one who keeps changing his mind, and remembers what was acknowledged.
type contestant struct {
	entry  int64
	watch  *watch
	writer int32

	mu    sync.Mutex
	sent  map[int32]string // seq → option, of everything that was tried
	acked map[int32]bool
}

func (e *evening) contestants(addresses ...string) []*contestant {
	e.t.Helper()
	var all []*contestant
	for i, r := range e.plan.Robots {
		c := &contestant{entry: r.EntryID, sent: map[int32]string{}, acked: map[int32]bool{},
			watch: e.watch(addresses[i%len(addresses)], r.Cookie, fmt.Sprintf("contestant/round/%d", e.plan.RoundID))}
		var claimed stage.Claimed
		if err := c.watch.client.Do(e.t.Context(), "claim_device", c.watch.topic, stage.ClaimCommand{}, &claimed); err != nil {
			e.t.Fatal(err)
		}
		c.writer = claimed.Writer
		all = append(all, c)
	}
	return all
}

// answerUntil streams answers to a play until stop is closed. What got no reply is sent again unchanged, as a browser
// does, until the server says something about it.
func (c *contestant) answerUntil(ctx context.Context, play int32, stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(uint64(c.entry), 1))
	for seq := int32(1); seq <= 40; seq++ {
		option := string(rune('a' + random.IntN(2)))
		c.mu.Lock()
		c.sent[seq] = option
		c.mu.Unlock()
		for again := true; again; {
			again = c.send(ctx, play, seq, option)
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(50+random.IntN(300)) * time.Millisecond):
			}
		}
	}
}

func (c *contestant) send(ctx context.Context, play, seq int32, option string) (again bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var stored stage.AnswerStored
	err := c.watch.client.Do(ctx, "answer", c.watch.topic, stage.AnswerCommand{Play: play, Writer: c.writer, Seq: seq, Options: []string{option}}, &stored)
	var f *liveclient.Fault
	switch {
	case err == nil:
		c.mu.Lock()
		c.acked[seq] = true
		c.mu.Unlock()
		return false
	case errors.As(err, &f) && f.Status != 503:
		return false
	}
	return true
}

// stream lets all answer until the returned function is called.
func stream(ctx context.Context, all []*contestant, play int32) (stop func()) {
	done := make(chan struct{})
	var wait sync.WaitGroup
	for _, c := range all {
		wait.Go(func() { c.answerUntil(ctx, play, done) })
	}
	return sync.OnceFunc(func() { close(done); wait.Wait() })
}

func acknowledged(all []*contestant) (n int) {
	for _, c := range all {
		c.mu.Lock()
		n += len(c.acked)
		c.mu.Unlock()
	}
	return n
}

// reachAcks waits until so many more answers are acknowledged.
func reachAcks(t *testing.T, all []*contestant, want int) {
	t.Helper()
	for began := time.Now(); acknowledged(all) < want; {
		if time.Since(began) > patience {
			t.Fatalf("%d answers acknowledged, waited for %d", acknowledged(all), want)
		}
		time.Sleep(20 * time.Millisecond) // a poll of a condition, bounded above
	}
}

// checkStored compares what was acknowledged with what is stored: each once, as it was sent, and nothing that was
// never sent. It gives the option of the last stored answer of each entry.
func (e *evening) checkStored(all []*contestant, play int32) map[int64]string {
	e.t.Helper()
	newest := map[int64]string{}
	for _, c := range all {
		rows, err := e.db.Query(e.t.Context(), `SELECT seq, convert_from(payload, 'UTF8') FROM stage_response
			WHERE round_id = $1 AND play = $2 AND entry_id = $3 AND writer = $4`, e.plan.RoundID, play, c.entry, c.writer)
		if err != nil {
			e.t.Fatal(err)
		}
		stored := map[int32]string{}
		for rows.Next() {
			var seq int32
			var payload string
			if err := rows.Scan(&seq, &payload); err != nil {
				e.t.Fatal(err)
			}
			stored[seq] = payload
		}
		if err := rows.Err(); err != nil {
			e.t.Fatal(err)
		}
		for seq := range c.acked {
			if payload, there := stored[seq]; !there {
				e.t.Errorf("entry %d: answer %d was acknowledged and is not stored", c.entry, seq)
			} else if !strings.Contains(payload, `"`+c.sent[seq]+`"`) {
				e.t.Errorf("entry %d: answer %d is stored as %s, sent was %s", c.entry, seq, payload, c.sent[seq])
			}
		}
		last := int32(0)
		for seq := range stored {
			if _, sent := c.sent[seq]; !sent {
				e.t.Errorf("entry %d: answer %d is stored and was never sent", c.entry, seq)
			}
			last = max(last, seq)
		}
		newest[c.entry] = c.sent[last]
	}
	return newest
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// realRedis starts a redis-server and gives its address and a client.
func (e *evening) realRedis() (string, *redis.Client) {
	client := testkit.RealRedis(e.t)
	o := client.Options()
	u := url.URL{Scheme: "unix", User: url.UserPassword("", o.Password), Path: o.Addr}
	return u.String(), client
}
