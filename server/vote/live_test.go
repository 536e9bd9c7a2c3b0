package vote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/testkit"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 30 * time.Second

// node is one process of a hall: its room, and the address of its socket.
func (h *hall) node(rdb *redis.Client) (*Service, string) {
	h.t.Helper()
	hub := live.New(live.Config{ShutdownSpread: time.Millisecond,
		Permit: func(context.Context, account.Principal, string, live.Params) error { return nil }})
	relay := live.NewRelay(rdb, nil, nil)
	s := New(h.s.Parts)
	s.UseFrozen(func(context.Context, int64) (bool, error) { return h.frozen.Load(), nil })
	l := NewLive(s, hub, slog.New(slog.DiscardHandler))
	s.OnChange(func(_, roundID int64) { l.Changed(roundID) })
	stop := l.Start(relay)
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	live.PrepareApp(app)
	app.Get("/api/live", func(c *fiber.Ctx) error {
		c.Locals(live.PrincipalKey, account.Principal{Locale: "vi"})
		return c.Next()
	}, hub.Handler())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	h.t.Cleanup(func() {
		end, over := context.WithTimeout(context.Background(), patience)
		defer over()
		if err := errors.Join(hub.Shutdown(end), app.ShutdownWithContext(end), stop(end)); err != nil {
			h.t.Errorf("stopping a node: %v", err)
		}
		relay.Close()
		<-served
	})
	return s, "http://" + ln.Addr().String() + "/api/live"
}

// phone is somebody's browser; it keeps everything it was ever sent.
type phone struct {
	t    testing.TB
	mu   sync.Mutex
	got  [][]byte
	more chan struct{}
}

func (h *hall) phone(url, topic string) *phone {
	h.t.Helper()
	p := &phone{t: h.t, more: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := liveclient.Dial(ctx, liveclient.Options{URL: url, OnMessage: func(m liveclient.Message) {
		p.mu.Lock()
		p.got = append(p.got, bytes.Clone(m.Data))
		p.mu.Unlock()
		select {
		case p.more <- struct{}{}:
		default:
		}
	}})
	h.must(err)
	h.t.Cleanup(c.Close)
	h.must(c.Subscribe(ctx, topic))
	return p
}

func (p *phone) all() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([][]byte(nil), p.got...)
}

// await waits until the newest view is as it should be.
func (p *phone) await(what string, right func(AudienceView) bool) {
	p.t.Helper()
	awaitView(p, what, right)
}

func awaitView[V any](p *phone, what string, right func(V) bool) {
	p.t.Helper()
	limit := time.After(patience)
	for {
		if got := p.all(); len(got) > 0 {
			var v V
			if err := json.Unmarshal(got[len(got)-1], &v); err != nil {
				p.t.Fatal(err)
			}
			if right(v) {
				return
			}
		}
		select {
		case <-p.more:
		case <-limit:
			p.t.Fatalf("%s did not come; the last: %s", what, p.all())
		}
	}
}

func sumOf(v AudienceView) (sum int64) {
	for _, c := range v.Counts {
		sum += c.Votes
	}
	return sum
}

// A live count reaches phones of every node in few messages, stops with the board's freeze, and goes on after it.
func TestALiveCountReachesThePhones(t *testing.T) {
	h := open(t)
	rdb := testkit.Redis(t)
	here, hereURL := h.node(rdb)
	_, thereURL := h.node(rdb)
	phones := []*phone{h.phone(hereURL, AudienceTopicOf(h.roundID)), h.phone(thereURL, AudienceTopicOf(h.roundID))}
	all := func(what string, right func(AudienceView) bool) {
		t.Helper()
		for _, p := range phones {
			p.await(what, right)
		}
	}
	x := DefaultSettings
	x.Live = true
	h.settings(x)
	all("a vote to come", func(v AudienceView) bool { return v.State == Planned && len(v.Candidates) == 3 })
	h.must(here.Open(h.ctx, h.contestID, h.roundID))
	all("its opening", func(v AudienceView) bool { return v.State == Open && v.Counts != nil })
	tickets := h.tickets(41)
	var wg sync.WaitGroup
	for i, ticket := range tickets[:40] {
		wg.Go(func() {
			if _, err := here.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[i%3], Ticket: ticket}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all("forty votes", func(v AudienceView) bool { return sumOf(v) == 40 })
	for _, p := range phones {
		if n := len(p.all()); n > 30 {
			t.Errorf("%d messages for forty votes", n)
		}
	}
	h.frozen.Store(true)
	all("the freeze", func(v AudienceView) bool { return v.Counts == nil })
	_, err := here.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[0], Ticket: tickets[40]})
	h.must(err)
	h.frozen.Store(false)
	all("the thaw", func(v AudienceView) bool { return sumOf(v) == 41 })
}

// While a count is hidden nothing that is sent tells of a vote: neither what is in it nor that it comes.
func TestAHiddenCountIsNeverSent(t *testing.T) {
	h := open(t)
	here, url := h.node(testkit.Redis(t))
	tickets := h.tickets(12)
	p := h.phone(url, AudienceTopicOf(h.roundID))
	p.await("a vote to come", func(v AudienceView) bool { return v.State == Planned })
	h.must(here.Open(h.ctx, h.contestID, h.roundID))
	p.await("its opening", func(v AudienceView) bool { return v.State == Open })
	for _, ticket := range tickets {
		_, err := here.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[1], Ticket: ticket})
		h.must(err)
	}
	h.must(here.Close(h.ctx, h.contestID, h.roundID))
	p.await("its end", func(v AudienceView) bool { return v.State == Closed })
	for _, m := range p.all() {
		if bytes.Contains(m, []byte("counts")) || bytes.Contains(m, []byte(`"votes"`)) {
			t.Errorf("a hidden count was sent: %s", m)
		}
	}
	if n := len(p.all()); n != 3 {
		t.Errorf("%d messages of a hidden vote that was opened and closed: they tell when people vote", n)
	}
	h.must(here.Publish(h.ctx, h.contestID, h.roundID))
	p.await("the count", func(v AudienceView) bool { return sumOf(v) == 12 })
}

// The organizer follows a hidden count by itself, on whatever node the votes come in, and sees printed tickets and a
// withdrawal at once; what the public follows stays as it was.
func TestAnOrganizerFollowsAHiddenCount(t *testing.T) {
	h := open(t)
	rdb := testkit.Redis(t)
	here, _ := h.node(rdb)
	_, thereURL := h.node(rdb)
	desk := h.phone(thereURL, OrganizerTopicOf(h.roundID))
	await := func(what string, right func(OrganizerView) bool) {
		t.Helper()
		awaitView(desk, what, right)
	}
	await("a vote to come", func(v OrganizerView) bool { return v.State == Planned && len(v.Candidates) == 3 && len(v.Batches) == 0 })
	made, _, err := here.MakeTickets(h.ctx, h.contestID, h.roundID, 5)
	h.must(err)
	await("printed tickets", func(v OrganizerView) bool { return len(v.Batches) == 1 && v.Batches[0].Made == 5 })
	h.must(here.Open(h.ctx, h.contestID, h.roundID))
	for i, ticket := range made.Codes[:4] {
		_, err := here.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[i%2], Ticket: ticket})
		h.must(err)
	}
	await("four votes", func(v OrganizerView) bool { return v.State == Open && sum(v.Counts) == 4 && v.Batches[0].Used == 4 })
	h.must(h.s.Roster.Withdraw(h.ctx, h.contestID, h.entries[1], "Đội xin rút vì ốm"))
	await("a withdrawal", func(v OrganizerView) bool {
		return sum(v.Counts) == 2 && len(v.Withdrawn) == 1 && v.Withdrawn[0].Votes == 2
	})
}
