package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

func asRefused(err error, into **liveclient.RefusedError) bool { return errors.As(err, into) }

type choose struct {
	Option int64  `json:"option" minimum:"1" maximum:"9"`
	Text   string `json:"text,omitempty" maxLength:"20"`
	Deep   any    `json:"deep,omitempty"`
}

type chosen struct {
	Option     int64 `json:"option"`
	Round      int64 `json:"round"`
	Entry      int64 `json:"entry"`
	ReceivedUs int64 `json:"received_us"`
}

func choosing(h *live.Hub) {
	live.Handle(h, "choose", live.CommandSpec{Topic: "contestant/round/{round}"},
		func(_ context.Context, c *live.Client, cmd live.Command, d choose) (chosen, error) {
			if d.Option == 9 {
				return chosen{}, fault.New(fault.Conflict, "round_closed", "Vòng thi đã đóng.", "The round is closed.")
			}
			if d.Option == 8 {
				panic("a mistake in a room")
			}
			if d.Option == 7 {
				return chosen{}, errors.New("dial tcp 10.0.0.3:5432: secret")
			}
			return chosen{Option: d.Option, Round: cmd.Params["round"], Entry: c.Principal().Entry.EntryID, ReceivedUs: cmd.ReceivedUs}, nil
		})
}

func TestACommandGetsItsReplyAndTheTimeItWasReadAt(t *testing.T) {
	h := open(t, live.Config{NowUs: func() int64 { return 1_234_567 }}, choosing)
	g := h.enter("entry/17")
	var reply chosen
	if err := g.Do(within(t), "choose", topic, choose{Option: 3}, &reply); err != nil {
		t.Fatal(err)
	}
	if reply != (chosen{3, 7, 17, 1_234_567}) {
		t.Errorf("reply %+v", reply)
	}
}

func TestACommandThatCannotBeCarriedOutIsRefusedWithWordsForPeople(t *testing.T) {
	h := open(t, live.Config{}, choosing)
	g := h.enter("entry/17")
	deep := any(1)
	for range 20 {
		deep = []any{deep}
	}
	for name, x := range map[string]struct {
		kind, topic string
		data        any
		code        string
	}{
		"rule":            {"choose", topic, choose{Option: 9}, "round_closed"},
		"panic":           {"choose", topic, choose{Option: 8}, "internal"},
		"internal":        {"choose", topic, choose{Option: 7}, "internal"},
		"schema":          {"choose", topic, choose{Option: 10}, "malformed"},
		"type":            {"choose", topic, map[string]any{"option": "3"}, "malformed"},
		"fraction":        {"choose", topic, json.RawMessage(`{"option":1.5}`), "malformed"},
		"huge number":     {"choose", topic, json.RawMessage(`{"option":1e200000}`), "malformed"},
		"unknown field":   {"choose", topic, map[string]any{"option": 3, "is_admin": true}, "malformed"},
		"name twice":      {"choose", topic, json.RawMessage(`{"option":3,"option":4}`), "malformed"},
		"missing":         {"choose", topic, nil, "malformed"},
		"NUL":             {"choose", topic, json.RawMessage(`{"option":3,"text":"a\u0000b"}`), "malformed"},
		"lone surrogate":  {"choose", topic, json.RawMessage(`{"option":3,"text":"\ud800"}`), "malformed"},
		"deep":            {"choose", topic, map[string]any{"option": 3, "deep": deep}, "malformed"},
		"no topic":        {"choose", "", choose{Option: 3}, "unknown_topic"},
		"wrong topic":     {"choose", "judge/round/7", choose{Option: 3}, "unknown_topic"},
		"unknown command": {"drop", topic, choose{Option: 3}, "unknown_command"},
	} {
		err := g.send(x.kind, x.topic, x.data)
		var f *liveclient.Fault
		if !errors.As(err, &f) {
			t.Errorf("%s: no fault but %v", name, err)
			continue
		}
		if f.Code != x.code || f.Detail == "" {
			t.Errorf("%s: %+v instead of %s", name, f.FaultData, x.code)
		}
		if f.Code == "internal" && (f.Status != 500 || f.Detail != fault.From(errors.New("")).Vi) {
			t.Errorf("%s: internal text reached the person: %+v", name, f.FaultData)
		}
	}
	var reply chosen
	if err := g.Do(within(t), "choose", topic, choose{Option: 3}, &reply); err != nil {
		t.Errorf("the socket does not work any more: %v", err)
	}
}

// send gives a command whose data is sent as it stands.
func (g *guest) send(kind, topic string, data any) error {
	if raw, ok := data.(json.RawMessage); ok {
		return g.DoRaw(within(g.t), kind, topic, raw)
	}
	return g.Do(within(g.t), kind, topic, data, nil)
}

func TestAFrameThatIsNoMessageEndsTheSocketAndTellsWhy(t *testing.T) {
	h := open(t, live.Config{}, choosing)
	for frame, code := range map[string]live.CloseCode{
		"hello":                           live.CloseBadFrame,
		`{"kind":"choose"}`:               live.CloseBadFrame,
		`{"kind":"choose","id":1} {}`:     live.CloseBadFrame,
		`{"kind":"choose","id":-1}`:       live.CloseBadFrame,
		`{"kind":"choose","id":1,"x":1}`:  live.CloseBadFrame,
		string(make([]byte, 17<<10)):      live.CloseTooBig,
		`{"kind":"choose","id":"twelve"}`: live.CloseBadFrame,
	} {
		g := h.enter("")
		if err := g.SendFrame([]byte(frame)); err != nil {
			t.Fatal(err)
		}
		if got := g.closedWith(); got != code {
			t.Errorf("%.40q: closed with %d instead of %d", frame, got, code)
		}
	}
}

func TestOrderedCommandsKeepTheirOrderAndWaitingOnesDoNotHoldThemUp(t *testing.T) {
	release := make(chan struct{})
	var mu sync.Mutex
	var order []int64
	var together, most atomic.Int64
	h := open(t, live.Config{}, func(hub *live.Hub) {
		live.Handle(hub, "answer", live.CommandSpec{Concurrent: true}, func(ctx context.Context, _ *live.Client, _ live.Command, _ live.Nothing) (live.Nothing, error) {
			n := together.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			<-release
			together.Add(-1)
			return live.Nothing{}, nil
		})
		live.Handle(hub, "note", live.CommandSpec{}, func(_ context.Context, _ *live.Client, _ live.Command, d choose) (live.Nothing, error) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, d.Option)
			return live.Nothing{}, nil
		})
	})
	g := h.enter("entry/17")
	answers := make(chan error, 20)
	for range 7 {
		go func() { answers <- g.Do(within(t), "answer", "", nil, nil) }()
	}
	eventually(t, "seven answers wait", func() bool { return together.Load() == 7 })
	for i := range 5 {
		if err := g.SendFrame(fmt.Appendf(nil, `{"kind":"note","id":%d,"data":{"option":%d}}`, 1000+i, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Do(within(t), "note", "", choose{Option: 6}, nil); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if !slices.Equal(order, []int64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("order %v", order)
	}
	mu.Unlock()
	for range 13 {
		go func() { answers <- g.Do(within(t), "answer", "", nil, nil) }()
	}
	eventually(t, "eight answers wait", func() bool { return together.Load() == 8 })
	// Everything is busy; the clock and the read side go on.
	if _, err := g.SyncClock(within(t), 3); err != nil {
		t.Fatal(err)
	}
	close(release)
	for range 20 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 8 {
		t.Errorf("%d commands of one socket ran at once", most.Load())
	}
}

func TestTooManyCommandsAreRefusedAndTheSocketLives(t *testing.T) {
	h := open(t, live.Config{CommandBurst: 5, CommandsPerSec: 0.0001}, func(hub *live.Hub) {
		live.Handle(hub, "note", live.CommandSpec{}, func(context.Context, *live.Client, live.Command, live.Nothing) (live.Nothing, error) {
			return live.Nothing{}, nil
		})
	})
	g, other := h.enter("entry/17"), h.enter("entry/18")
	for i := range 8 {
		err := g.Do(within(t), "note", "", nil, nil)
		if i < 5 && err != nil {
			t.Errorf("command %d: %v", i, err)
		}
		if i >= 5 && codeOf(t, err) != "too_fast" {
			t.Errorf("command %d: %v", i, err)
		}
	}
	if err := other.Do(within(t), "note", "", nil, nil); err != nil {
		t.Errorf("another socket pays for it: %v", err)
	}
	for range 30 { // no longer a slip: it does not heed the refusals
		if err := g.SendFrame([]byte(`{"kind":"note","id":1}`)); err != nil {
			break
		}
	}
	if code := g.closedWith(); code != live.CloseTryLater {
		t.Errorf("a flood was closed with %d", code)
	}
}

func TestTheClientLearnsTheServersClock(t *testing.T) {
	const ahead = 3_600_000_000 // one hour
	base := liveNow()
	h := open(t, live.Config{NowUs: func() int64 { return liveNow() + ahead }}, nil)
	g := h.enter("")
	trip, err := g.SyncClock(within(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	// The error of the offset is at most half the round trip.
	if off := g.ServerUs() - (liveNow() + ahead); off > trip+1000 || off < -trip-1000 {
		t.Errorf("the client's idea is %d µs off with a round trip of %d µs (base %d)", off, trip, base)
	}
	if w := g.Welcome(); w.JitterMs != 2000 || w.Connection == 0 || w.Epoch < base {
		t.Errorf("welcome %+v", w)
	}
}

// However many of the audience ask at once, only a few are answered at the same time, and those who take part don't wait
// for them.
func TestTheAudienceDoesNotHoldUpThoseWhoTakePart(t *testing.T) {
	const places = 2
	running := make(chan string, 100)
	goOn := make(chan struct{})
	h := open(t, live.Config{NobodiesAtOnce: places}, func(hub *live.Hub) {
		live.Handle(hub, "ask", live.CommandSpec{Concurrent: true},
			func(ctx context.Context, c *live.Client, _ live.Command, _ live.Nothing) (live.Nothing, error) {
				running <- c.Key()
				if c.Key() == "" {
					<-goOn
				}
				return live.Nothing{}, nil
			})
	})
	var crowd sync.WaitGroup
	for range 6 {
		g := h.enter("")
		crowd.Go(func() {
			if err := g.Do(within(t), "ask", "", live.Nothing{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	for range places {
		if key := <-running; key != "" {
			t.Fatalf("%q runs", key)
		}
	}
	if err := h.enter("entry/17").Do(within(t), "ask", "", live.Nothing{}, nil); err != nil {
		t.Fatal(err)
	}
	if key := <-running; key != "entry/17" {
		t.Errorf("a third of the audience runs before the entry")
	}
	close(goOn)
	crowd.Wait()
}
