package live_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 20 * time.Second

// hall is a running server with a hub, reached over loopback as browsers reach it.
type hall struct {
	t   testing.TB
	hub *live.Hub
	app *fiber.App
	url string
}

// open starts a server. Who connects says who it is by the cookie: as=entry/17, as=account/3, nothing for nobody;
// with an "en:" before it the person reads English.
func open(t testing.TB, cfg live.Config, register func(h *live.Hub)) *hall {
	t.Helper()
	if cfg.ShutdownSpread == 0 {
		cfg.ShutdownSpread = time.Millisecond
	}
	hub := live.New(cfg)
	if register != nil {
		register(hub)
	}
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		f := fault.From(err)
		return c.Status(f.Kind.Status()).SendString(f.Code)
	}})
	live.PrepareApp(app)
	app.Use(func(c *fiber.Ctx) error {
		c.Locals(live.PrincipalKey, who(c.Cookies("as")))
		return c.Next()
	})
	app.Get("/api/live", hub.Handler())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := hub.Shutdown(ctx); err != nil {
			t.Errorf("shutdown of the hub: %v", err)
		}
		if err := app.ShutdownWithContext(ctx); err != nil {
			t.Errorf("shutdown of fiber: %v", err)
		}
		<-served
	})
	return &hall{t: t, hub: hub, app: app, url: "http://" + ln.Addr().String() + "/api/live"}
}

func who(cookie string) account.Principal {
	p := account.Principal{Locale: "vi"}
	rest, english := strings.CutPrefix(cookie, "en:")
	if english {
		p.Locale = "en"
	}
	kind, number, _ := strings.Cut(rest, "/")
	id, _ := strconv.ParseInt(number, 10, 64)
	switch kind {
	case "entry":
		p.Entry = &account.EntrySession{EntryID: id, ContestID: 1}
	case "account":
		p.AccountID = id
	case "selfmade":
		p.AccountID, p.SelfMade = id, true
	case "both": // an account and, of the same number, an entry in the same browser
		p.AccountID, p.Entry = id, &account.EntrySession{EntryID: id, ContestID: 1}
	}
	return p
}

// guest is a client that keeps what it got.
type guest struct {
	*liveclient.Client
	t    testing.TB
	mu   sync.Mutex
	got  []liveclient.Message
	more chan struct{}
	lost chan error
}

func (h *hall) enter(as string, change ...func(*liveclient.Options)) *guest {
	h.t.Helper()
	g := &guest{t: h.t, more: make(chan struct{}, 1), lost: make(chan error, 16)}
	o := liveclient.Options{URL: h.url, Cookie: "as=" + as, OnMessage: g.take, OnState: func(err error) {
		if err != nil {
			g.lost <- err
		}
	}}
	for _, f := range change {
		f(&o)
	}
	c, err := liveclient.Dial(within(h.t), o)
	if err != nil {
		h.t.Fatalf("%s could not connect: %v", as, err)
	}
	g.Client = c
	h.t.Cleanup(c.Close)
	return g
}

func (g *guest) take(m liveclient.Message) {
	m.Data = append([]byte(nil), m.Data...)
	g.mu.Lock()
	g.got = append(g.got, m)
	g.mu.Unlock()
	select {
	case g.more <- struct{}{}:
	default:
	}
}

func (g *guest) messages() []liveclient.Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]liveclient.Message(nil), g.got...)
}

// await waits until a message matches and gives it.
func (g *guest) await(what string, match func(m liveclient.Message) bool) liveclient.Message {
	g.t.Helper()
	deadline := time.After(patience)
	for {
		for _, m := range g.messages() {
			if match(m) {
				return m
			}
		}
		select {
		case <-g.more:
		case <-deadline:
			g.t.Fatalf("%s did not come; got %s", what, g.show())
		}
	}
}

func (g *guest) show() string {
	var b strings.Builder
	for _, m := range g.messages() {
		fmt.Fprintf(&b, "\n%s %s (%d, %d) %s", m.Topic, m.Kind, m.Epoch, m.Seq, m.Data)
	}
	return b.String()
}

func (g *guest) follow(topic string) {
	g.t.Helper()
	if err := g.Subscribe(within(g.t), topic); err != nil {
		g.t.Fatalf("subscribe to %s: %v", topic, err)
	}
}

// closedWith waits for the end of the connection and gives the server's close code.
func (g *guest) closedWith() live.CloseCode {
	g.t.Helper()
	select {
	case err := <-g.lost:
		var closed *liveclient.CloseError
		if !errors.As(err, &closed) {
			g.t.Fatalf("the connection ended without a close frame: %v", err)
		}
		return live.CloseCode(closed.Code)
	case <-time.After(patience):
		g.t.Fatal("the connection was not closed")
	}
	return 0
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// codeOf gives the code of a refused command.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	var f *liveclient.Fault
	if !errors.As(err, &f) {
		t.Fatalf("not a fault: %v", err)
	}
	return f.Code
}

// eventually waits until check holds.
func eventually(t testing.TB, what string, check func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !check(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come true", what)
		}
	}
}

// view is what the tests publish.
type view struct {
	Item  int64    `json:"item"`
	Names []string `json:"names"`
	Pad   string   `json:"pad,omitempty"`
}
