package live_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

const topic = "contestant/round/7"

// stage registers one topic with a shared view that starts at (1, 5).
func stage(h *live.Hub) {
	live.Declare[view](h, "stage_view")
	live.Declare[view](h, "own_view")
	h.Topic("contestant/round/{round}", live.TopicSpec{Open: func(_ context.Context, _ *live.Client, p live.Params) (live.Snapshot, error) {
		return live.Snapshot{{Kind: "stage_view", Epoch: 1, Seq: 5, Data: view{Item: p["round"]}}}, nil
	}})
}

func seq(n int64) func(liveclient.Message) bool {
	return func(m liveclient.Message) bool { return m.Kind == "stage_view" && m.Seq == n }
}

func TestSubscriberHasTheSnapshotWhenSubscribeReturnsAndThenEveryNewerView(t *testing.T) {
	h := open(t, live.Config{}, stage)
	g := h.enter("entry/17")
	g.follow(topic)
	got := g.messages()
	if len(got) != 1 || string(got[0].Data) != `{"item":7,"names":[]}` || got[0].Topic != topic || got[0].SentAt == 0 {
		t.Fatalf("snapshot: %s", g.show())
	}
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{Item: 60}})
	g.await("the next view", seq(6))
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 4, Data: view{Item: 40}})
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 2, Seq: 1, Data: view{Item: 70}})
	g.await("the view of a new epoch", func(m liveclient.Message) bool { return m.Epoch == 2 })
	if slices.ContainsFunc(g.messages(), seq(4)) {
		t.Error("an older view was shown after a newer one")
	}
	h.hub.Publish("contestant/round/8", live.Message{Kind: "stage_view", Epoch: 9, Seq: 9, Data: view{}})
	if err := g.Unsubscribe(within(t), topic); err != nil {
		t.Fatal(err)
	}
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 3, Seq: 1, Data: view{}})
	g.follow(topic) // what was published before would have come by now
	for _, m := range g.messages() {
		if m.Epoch == 3 || m.Epoch == 9 {
			t.Errorf("got a view that was not subscribed to: %s", g.show())
		}
	}
}

func TestPublishBetweenSnapshotAndReplyIsNotMissed(t *testing.T) {
	opening, goOn := make(chan struct{}), make(chan struct{})
	h := open(t, live.Config{}, func(hub *live.Hub) {
		live.Declare[view](hub, "stage_view")
		hub.Topic("audience/round/{round}", live.TopicSpec{Open: func(context.Context, *live.Client, live.Params) (live.Snapshot, error) {
			close(opening)
			<-goOn
			return live.Snapshot{{Kind: "stage_view", Epoch: 1, Seq: 1, Data: view{Item: 1}}}, nil
		}})
	})
	g := h.enter("")
	done := make(chan error, 1)
	go func() { done <- g.Subscribe(within(t), "audience/round/1") }()
	<-opening
	h.hub.Publish("audience/round/1", live.Message{Kind: "stage_view", Epoch: 1, Seq: 2, Data: view{Item: 2}})
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	got := g.messages()
	if len(got) == 0 || got[len(got)-1].Seq != 2 {
		t.Fatalf("the newest view must be the last one shown: %s", g.show())
	}
}

func TestOnlyWhoMayFollowsATopic(t *testing.T) {
	h := open(t, live.Config{
		Permit: func(_ context.Context, p account.Principal, need string, params live.Params) error {
			if need == "play" && p.Entry != nil && params["round"] == 7 {
				return nil
			}
			return fault.New(fault.Forbidden, "not_yours", "Bạn không thi vòng này.", "You do not take part in this round.")
		},
	}, func(hub *live.Hub) {
		hub.Topic("contestant/round/{round}", live.TopicSpec{Need: "play"})
		hub.Topic("organizer/round/{round}", live.TopicSpec{Need: "run"})
	})
	g := h.enter("entry/17")
	g.follow(topic)
	for name, code := range map[string]string{
		"contestant/round/8": "not_yours", "organizer/round/7": "not_yours", "nothing/7": "unknown_topic",
		"contestant/round/07": "unknown_topic", "contestant/round/-7": "unknown_topic", "contestant/round/7/x": "unknown_topic",
		"contestant/round": "unknown_topic", "contestant/round/99999999999999999999": "unknown_topic", "": "unknown_topic",
	} {
		if got := codeOf(t, g.Subscribe(within(t), name)); got != code {
			t.Errorf("%q: %s instead of %s", name, got, code)
		}
	}
	if n := h.hub.Count("organizer/round/7"); n != 0 {
		t.Errorf("%d sockets follow what they may not", n)
	}
	err := h.enter("en:entry/17").Subscribe(within(t), "contestant/round/8")
	if !strings.Contains(err.Error(), "You do not take part") {
		t.Errorf("an English reader got %v", err)
	}
}

func TestTheSocketsOfAnEntryGetItsOwnViewAndNobodyElse(t *testing.T) {
	h := open(t, live.Config{}, stage)
	phone, laptop, other := h.enter("entry/17"), h.enter("entry/17"), h.enter("entry/18")
	for _, g := range []*guest{phone, laptop, other} {
		g.follow(topic)
	}
	if keys := h.hub.Keys(topic); h.hub.Count(topic) != 3 || keys["entry/17"] != 2 || keys["entry/18"] != 1 {
		t.Errorf("presence: %d %v", h.hub.Count(topic), keys)
	}
	if names := h.hub.Topics("contestant/round/{round}"); len(names) != 1 || names[topic]["round"] != 7 {
		t.Errorf("topics with subscribers: %v", names)
	}
	h.hub.PublishKey(topic, live.EntryKey(17), live.Message{Kind: "own_view", Epoch: 1, Seq: 1, Data: view{Item: 17}})
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{}})
	own := func(m liveclient.Message) bool { return m.Kind == "own_view" }
	for _, g := range []*guest{phone, laptop, other} {
		g.await("the shared view", seq(6))
	}
	for g, want := range map[*guest]bool{phone: true, laptop: true, other: false} {
		if slices.ContainsFunc(g.messages(), own) != want {
			t.Errorf("own view: %v is wrong: %s", !want, g.show())
		}
	}
}

func TestPresenceIsToldWhenSomebodyComesAndGoes(t *testing.T) {
	var hub *live.Hub
	var mu sync.Mutex
	var counts []int
	var closed atomic.Int64
	h := open(t, live.Config{}, func(hb *live.Hub) {
		hub = hb
		hb.Topic("contestant/round/{round}", live.TopicSpec{
			Closed: func(c *live.Client, p live.Params) { closed.Add(c.Principal().Entry.EntryID * p["round"]) },
			Presence: func(name string, _ live.Params) {
				mu.Lock()
				defer mu.Unlock()
				counts = append(counts, hub.Count(name))
			},
		})
	})
	a, b := h.enter("entry/1"), h.enter("entry/2")
	a.follow(topic)
	b.follow(topic)
	a.Drop()
	eventually(t, "the lost socket's subscription ends", func() bool { return closed.Load() == 7 })
	b.Close()
	eventually(t, "the closed socket's subscription ends", func() bool { return closed.Load() == 21 })
	eventually(t, "presence is told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Equal(counts, []int{1, 2, 1, 0})
	})
}

func TestTheTimeOfTheFirstWriteIsKnown(t *testing.T) {
	var clock atomic.Int64
	clock.Store(1000)
	type shown struct{ entry, us int64 }
	seen := make(chan shown, 1)
	h := open(t, live.Config{NowUs: clock.Load}, stage)
	g := h.enter("entry/17")
	g.follow(topic)
	clock.Store(2000)
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{}, OnWritten: func(c *live.Client, us int64) {
		seen <- shown{c.Principal().Entry.EntryID, us}
	}})
	if s := <-seen; s != (shown{17, 2000}) {
		t.Errorf("shown: %+v", s)
	}
	if m := g.await("the view", seq(6)); m.SentAt != 2000 {
		t.Errorf("sent_at %d", m.SentAt)
	}
}

func TestAMessageThatWasNotDeclaredIsNotSent(t *testing.T) {
	h := open(t, live.Config{}, stage)
	g := h.enter("")
	g.follow(topic)
	h.hub.Publish(topic, live.Message{Kind: "secret", Epoch: 9, Seq: 1, Data: view{}})
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 9, Seq: 2, Data: struct{ Key string }{"A"}})
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 9, Seq: 3, Data: &view{}})
	g.await("the right one", seq(3))
	if n := len(g.messages()); n != 2 {
		t.Errorf("got %s", g.show())
	}
}

func TestASocketHasABoundOnSubscriptions(t *testing.T) {
	h := open(t, live.Config{MaxSubscription: 3}, stage)
	g := h.enter("")
	for i := range 3 {
		g.follow(fmt.Sprintf("contestant/round/%d", i+1))
	}
	if code := codeOf(t, g.Subscribe(within(t), "contestant/round/4")); code != "too_many_subscriptions" {
		t.Error(code)
	}
	g.follow("contestant/round/3") // again is not more
	if err := g.Unsubscribe(within(t), "contestant/round/1"); err != nil {
		t.Fatal(err)
	}
	g.follow("contestant/round/4")
}

func TestOnlyOurPagesMayConnect(t *testing.T) {
	h := open(t, live.Config{Origins: []string{"https://thi.example.vn"}}, stage)
	own := strings.TrimSuffix(h.url, "/api/live")
	for origin, status := range map[string]int{
		"": 0, own: 0, "https://thi.example.vn": 0, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden,
		"https://thi.example.vn.evil.example": http.StatusForbidden,
	} {
		c, err := liveclient.Dial(within(t), liveclient.Options{URL: h.url, Origin: origin})
		if err == nil {
			c.Close()
		}
		var refused *liveclient.RefusedError
		got := 0
		if asRefused(err, &refused) {
			got = refused.Status
		}
		if got != status || status == 0 && err != nil {
			t.Errorf("origin %q: status %d (%v), want %d", origin, got, err, status)
		}
	}
}

func TestAPreparedViewGoesToAllWhoAskWithoutBeingMadeAgain(t *testing.T) {
	var hub *live.Hub
	var ready live.Message
	h := open(t, live.Config{}, func(hb *live.Hub) {
		hub = hb
		live.Declare[view](hub, "stage_view")
		hub.Topic("audience/round/{round}", live.TopicSpec{Open: func(context.Context, *live.Client, live.Params) (live.Snapshot, error) {
			return live.Snapshot{ready}, nil
		}})
	})
	names := []string{"Nguyễn Thị Ánh"}
	ready = hub.Prepare("audience/round/1", live.Message{Kind: "stage_view", Epoch: 4, Seq: 2, Data: view{Item: 1, Names: names}})
	names[0] = "changed after it was prepared"
	for range 2 {
		g := h.enter("")
		g.follow("audience/round/1")
		if got := g.messages(); len(got) != 1 || got[0].Epoch != 4 || got[0].Seq != 2 || !strings.Contains(string(got[0].Data), "Nguyễn Thị Ánh") {
			t.Errorf("snapshot: %s", g.show())
		}
		// Under another topic's name it would lead the browser astray: it is made anew there.
		g.follow("audience/round/2")
		if got := g.messages(); len(got) != 2 || got[1].Topic != "audience/round/2" {
			t.Errorf("snapshot of another topic: %s", g.show())
		}
	}
}

func TestTheLimitOfOpenFilesIsKnownBeforeItHurts(t *testing.T) {
	if err := live.CheckNoFile(1); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "linux" && live.CheckNoFile(math.MaxInt) == nil {
		t.Error("no system opens that many files")
	}
}
