package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// address is a node that browsers reach over loopback. Who connects says who it is by a cookie: entry/17/3 is device 3
// of entry 17, host is the host.
func (h *hall) address(name string) string {
	h.t.Helper()
	hub := live.New(live.Config{Node: name, NowUs: h.nowUs.Load, Permit: func(context.Context, account.Principal, string, live.Params) error { return nil },
		ShutdownSpread: time.Millisecond})
	s := New(Config{DB: h.db, NowUs: h.nowUs.Load, Node: name, Hub: hub, Contests: contest.New(h.db, nil, nil), Entries: h, Bank: h})
	s.Register(hub)
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	live.PrepareApp(app)
	app.Use(func(c *fiber.Ctx) error {
		p := account.Principal{Locale: "vi"}
		switch parts := strings.Split(c.Cookies("as"), "/"); parts[0] {
		case "entry":
			id, _ := strconv.ParseInt(parts[1], 10, 64)
			device, _ := strconv.ParseInt(parts[2], 10, 64)
			p.Entry = &account.EntrySession{EntryID: id, ContestID: h.contestID, DeviceID: device}
		case "host":
			p.AccountID, p.Grants = 1, map[int64][]account.Role{h.contestID: {account.RoleHost}}
		}
		c.Locals(live.PrincipalKey, p)
		return c.Next()
	})
	app.Get("/api/live", hub.Handler())
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		h.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	s.Start()
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := hub.Shutdown(ctx); err != nil {
			h.t.Error(err)
		}
		if err := app.ShutdownWithContext(ctx); err != nil {
			h.t.Error(err)
		}
		<-served
		s.Stop()
	})
	h.nodes = append(h.nodes, &node{Service: s})
	return fmt.Sprintf("http://127.0.0.1:%d/api/live", ln.Addr().(*net.TCPAddr).Port)
}

// phone is a browser that keeps the newest view of each kind and every word it was sent.
type phone struct {
	*liveclient.Client
	t     testing.TB
	topic string
	mu    sync.Mutex
	views map[string]string
	words []string
}

func (h *hall) phone(url, as, topic string) *phone {
	h.t.Helper()
	p := &phone{t: h.t, topic: topic, views: map[string]string{}}
	c, err := liveclient.Dial(h.t.Context(), liveclient.Options{URL: url, Cookie: "as=" + as, OnMessage: func(m liveclient.Message) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.views[m.Kind] = string(m.Data)
		p.words = append(p.words, m.Kind+" "+string(m.Data))
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	p.Client = c
	h.t.Cleanup(c.Close)
	if err := c.Subscribe(h.t.Context(), topic); err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (p *phone) wait(kind, part string) {
	p.t.Helper()
	eventually(p.t, kind+" with "+part, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return strings.Contains(p.views[kind], part)
	})
}

func (p *phone) view(kind string, v any) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := json.Unmarshal([]byte(p.views[kind]), v); err != nil {
		p.t.Fatalf("%s: %v", kind, err)
	}
}

// TestRoundOverSockets plays an item with everybody on real sockets of two nodes.
func TestRoundOverSockets(t *testing.T) {
	h := newHall(t, 3)
	one, two := h.address("a"), h.address("b")
	h.setUp(h.nodes[0], DefaultSettings())
	contestants, organizers := contestantTopic(h.round.ID), organizerTopic(h.round.ID)
	host := h.phone(two, "host", organizers)
	first := h.phone(one, fmt.Sprintf("entry/%d/1", h.entries[0].ID), contestants)
	projector := h.phone(two, "", audienceTopic(h.round.ID))
	first.wait(KindContestant, `"phase":"ready"`)
	cue := func(c CueCommand) {
		t.Helper()
		var view ConsoleView
		host.view(KindConsole, &view)
		c.Expected = view.Seq
		var done CueDone
		if err := host.Do(t.Context(), "cue", organizers, c, &done); err != nil {
			t.Fatalf("%s: %v", c.Cue, err)
		}
		host.wait(KindConsole, fmt.Sprintf(`"seq":%d,`, done.Seq))
		first.wait(KindContestant, fmt.Sprintf(`"seq":%d,`, done.Seq))
	}
	// A contestant can't give cues, and can't look into the console.
	var refused *liveclient.Fault
	if err := first.Do(t.Context(), "cue", organizers, CueCommand{Cue: CueStart}, nil); !errors.As(err, &refused) {
		t.Fatalf("a contestant's cue: %v", err)
	}
	if err := first.Subscribe(t.Context(), organizers); !errors.As(err, &refused) {
		t.Fatalf("a contestant in the console: %v", err)
	}
	cue(CueCommand{Cue: CueStart})
	cue(CueCommand{Cue: CueNext})
	cue(CueCommand{Cue: CueOpen})
	var seen ContestantView
	first.view(KindContestant, &seen)
	claim := func(p *phone) (c Claimed, err error) {
		err = p.Do(t.Context(), "claim_device", contestants, ClaimCommand{}, &c)
		return
	}
	mine, err := claim(first)
	if err != nil {
		t.Fatal(err)
	}
	h.nowUs.Add(2_000_000)
	var stored AnswerStored
	answer := AnswerCommand{Play: seen.Play.Play, Writer: mine.Writer, Seq: 1, Options: []string{"b"}}
	if err := first.Do(t.Context(), "answer", contestants, answer, &stored); err != nil || stored.ReceivedUs == 0 {
		t.Fatalf("%+v %v", stored, err)
	}
	host.wait(KindCounts, `"answered":1`)
	// A NUL, a lone surrogate, a number of another world: refused, and the others' answers are none the worse.
	for _, bad := range []string{
		`{"play":1,"writer":1,"seq":2,"text":"a\u0000"}`, `{"play":1,"writer":1,"seq":2,"text":"\ud800"}`,
		`{"play":1e200000,"writer":1,"seq":2}`, `{"play":1,"writer":1,"seq":2,"options":["z"]}`, `{"play":1,"writer":1,"seq":-2}`,
	} {
		if err := first.DoRaw(t.Context(), "answer", contestants, []byte(bad)); !errors.As(err, &refused) {
			t.Fatalf("%s: %v", bad, err)
		}
	}
	// The battery dies; another phone on the other node is at the same moment.
	first.Drop()
	other := h.phone(two, fmt.Sprintf("entry/%d/2", h.entries[0].ID), contestants)
	var again ContestantView
	other.view(KindContestant, &again)
	if again.Play.DeadlineUs != seen.Play.DeadlineUs || again.Seq != seen.Seq {
		t.Fatalf("%+v, before %+v", again.Play, seen.Play)
	}
	other.wait(KindOwn, `"options":["b"]`)
	var next Claimed
	eventually(t, "the other phone may answer", func() bool { next, err = claim(other); return err == nil })
	if next.Writer <= mine.Writer {
		t.Fatalf("writer %d after %d", next.Writer, mine.Writer)
	}
	first = other
	eventually(t, "the close", func() bool { h.after(5_000_000); s := h.state(h.nodes[0]); return s.CurrentPlay().Status == PlayClosed })
	host.wait(KindConsole, `"status":"closed"`)
	for _, p := range []*phone{other, projector} {
		p.mu.Lock()
		for _, w := range p.words {
			if strings.Contains(w, "bí mật") || strings.Contains(w, `"reveal"`) || strings.Contains(w, `"result"`) {
				t.Fatalf("before the reveal: %s", w)
			}
		}
		p.mu.Unlock()
	}
	cue(CueCommand{Cue: CueReveal})
	other.wait(KindOwn, `"verdict":"right"`)
	projector.wait(KindAudience, `"tally"`)
}

// BenchmarkHall puts 5,000 contestants on real sockets, with the clients in the same process: the opening reaches all,
// each answers within three seconds, and at the end everybody knows what it was worth.
func BenchmarkHall(b *testing.B) {
	const n = 5000
	h := newHall(b, n)
	start := time.Now()
	began := h.nowUs.Load()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	go func() {
		for range tick.C {
			h.nowUs.Store(began + time.Since(start).Microseconds())
		}
	}()
	url := h.address("a")
	settings := DefaultSettings()
	settings.DurationS = 4
	h.setUp(h.nodes[0], settings)
	topic := contestantTopic(h.round.ID)
	var (
		mu             sync.Mutex
		opened, told   []time.Time
		took           []time.Duration
		openAt, tellAt time.Time
		wg             sync.WaitGroup
	)
	clients := make([]*liveclient.Client, n)
	slots := make(chan struct{}, 200)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			var once, last sync.Once
			var err error
			local := fmt.Sprintf("127.0.0.%d", 2+i%20)
			clients[i], err = liveclient.Dial(b.Context(), liveclient.Options{URL: url, LocalIP: local, Cookie: fmt.Sprintf("as=entry/%d/1", h.entries[i].ID),
				OnMessage: func(m liveclient.Message) {
					text := string(m.Data)
					switch {
					case m.Kind == KindContestant && strings.Contains(text, `"status":"open"`):
						once.Do(func() { mu.Lock(); opened = append(opened, time.Now()); mu.Unlock() })
					case m.Kind == KindOwn && strings.Contains(text, `"verdict"`):
						last.Do(func() { mu.Lock(); told = append(told, time.Now()); mu.Unlock() })
					}
				}})
			if err != nil {
				b.Error(err)
				return
			}
			if err := clients[i].Subscribe(b.Context(), topic); err != nil {
				b.Error(err)
			}
			if err := clients[i].Do(b.Context(), "claim_device", topic, ClaimCommand{}, nil); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(time.Since(start).Seconds(), "s-connect")
	a := h.nodes[0] // one item is the measure; b.N plays no part
	h.cue(a, Command{Cue: CueStart})
	h.cue(a, Command{Cue: CueNext})
	openAt = time.Now()
	h.cue(a, Command{Cue: CueOpen})
	for i := range n {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * 3 * time.Second / n)
			from := time.Now()
			err := clients[i].Do(b.Context(), "answer", topic, AnswerCommand{Play: 1, Writer: 1, Seq: 1, Options: []string{"b"}}, nil)
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			took = append(took, time.Since(from))
			mu.Unlock()
		})
	}
	wg.Wait()
	for {
		if s := h.state(a); s.CurrentPlay().Status == PlayClosed {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	tellAt = time.Now()
	h.cue(a, Command{Cue: CueReveal})
	eventually(b, "everybody knows", func() bool { mu.Lock(); defer mu.Unlock(); return len(told) == n })
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	sort.Slice(opened, func(i, j int) bool { return opened[i].Before(opened[j]) })
	sort.Slice(told, func(i, j int) bool { return told[i].Before(told[j]) })
	b.ReportMetric(float64(took[n*99/100].Microseconds())/1000, "ms-ack-p99")
	b.ReportMetric(float64(took[n/2].Microseconds())/1000, "ms-ack-p50")
	b.ReportMetric(float64(opened[n-1].Sub(opened[0]).Milliseconds()), "ms-open-spread")
	b.ReportMetric(float64(opened[n-1].Sub(openAt).Milliseconds()), "ms-open-last")
	b.ReportMetric(float64(told[n-1].Sub(tellAt).Milliseconds()), "ms-reveal-last")
	for _, c := range clients {
		c.Close()
	}
}
