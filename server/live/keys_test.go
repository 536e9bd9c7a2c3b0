package live_test

import (
	"context"
	"testing"

	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// An organizer who has tried the contestant's way, or a judge who has played along, holds an entry beside the account. What
// is sent to the account reaches that browser, what is sent to the entry too, and neither comes by the other's name.
func TestABrowserWithAnAccountAndAnEntryStandsUnderBoth(t *testing.T) {
	const judges, players = "judge/round/7", "contestant/round/7"
	open7 := func(context.Context, *live.Client, live.Params) (live.Snapshot, error) { return nil, nil }
	h := open(t, live.Config{}, func(hub *live.Hub) {
		live.Declare[view](hub, "stage_view")
		hub.Topic("judge/round/{round}", live.TopicSpec{Open: open7, ByAccount: true})
		hub.Topic("contestant/round/{round}", live.TopicSpec{Open: open7})
	})
	g := h.enter("both/5")
	g.follow(judges)
	g.follow(players)
	if keys := h.hub.Keys(judges); len(keys) != 1 || keys["account/5"] != 1 {
		t.Errorf("the judges' topic goes by %v", keys)
	}
	if keys := h.hub.Keys(players); len(keys) != 1 || keys["entry/5"] != 1 {
		t.Errorf("the contestants' topic goes by %v", keys)
	}
	h.hub.PublishKey(judges, "entry/5", live.Message{Kind: "stage_view", Epoch: 1, Seq: 1, Data: view{}})
	h.hub.PublishKey(players, "account/5", live.Message{Kind: "stage_view", Epoch: 1, Seq: 2, Data: view{}})
	h.hub.PublishKey(judges, "account/5", live.Message{Kind: "stage_view", Epoch: 1, Seq: 3, Data: view{}})
	h.hub.PublishKey(players, "entry/5", live.Message{Kind: "stage_view", Epoch: 1, Seq: 4, Data: view{}})
	g.await("what is sent to the entry", func(m liveclient.Message) bool { return m.Seq == 4 })
	for _, m := range g.messages() {
		if m.Seq == 1 || m.Seq == 2 {
			t.Errorf("number %d came by the other's name", m.Seq)
		}
	}
	g.Close()
	eventually(t, "the socket is gone", func() bool { return len(h.hub.Keys(judges)) == 0 && h.hub.Connections() == 0 })
	if h.hub.CountKey(judges, "account/5")+h.hub.CountKey(players, "entry/5") != 0 {
		t.Error("a socket that has ended is still found")
	}
}

// Accounts that anybody makes, and entries that anybody makes, are as many as somebody likes: the crew has room all the same.
func TestMadeUpAccountsAndEntriesLeaveRoomForTheCrew(t *testing.T) {
	h := open(t, live.Config{MaxConnections: 4, MaxNobodies: 1, MaxOthers: 3}, nil)
	refused := func(as string) {
		t.Helper()
		_, err := liveclient.Dial(within(t), liveclient.Options{URL: h.url, Cookie: "as=" + as})
		var full *liveclient.RefusedError
		if !asRefused(err, &full) || full.Body != "live_full" {
			t.Errorf("%q: %v", as, err)
		}
	}
	h.enter("selfmade/1")
	refused("selfmade/2") // counts as one of the audience
	h.enter("entry/17")
	h.enter("entry/18")
	refused("entry/19")
	h.enter("account/3")
}
