package live_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

func liveNow() int64 { return time.Now().UnixMicro() }

// stuck connects, subscribes, and never reads again.
func (h *hall) stuck(topic string) net.Conn {
	h.t.Helper()
	return h.stuckAs("", topic)
}

func (h *hall) stuckAs(as, topic string) net.Conn {
	h.t.Helper()
	before := h.hub.Count(topic)
	host := strings.TrimSuffix(strings.TrimPrefix(h.url, "http://"), "/api/live")
	raw, err := net.Dial("tcp", host)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = raw.Close() })
	fmt.Fprintf(raw, "GET /api/live HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Cookie: as=%s\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", host, as)
	res, err := http.ReadResponse(bufio.NewReader(raw), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		h.t.Fatal(res, err)
	}
	frame := fmt.Sprintf(`{"kind":"subscribe","id":1,"topic":%q}`, topic)
	if _, err := raw.Write(append([]byte{0x81, 0x80 | byte(len(frame)), 0, 0, 0, 0}, frame...)); err != nil {
		h.t.Fatal(err)
	}
	eventually(h.t, "the stuck socket is subscribed", func() bool { return h.hub.Count(topic) > before })
	return raw
}

// A phone whose battery died says nothing, and its network neither.
func TestAProbeFindsWhoIsGone(t *testing.T) {
	h := open(t, live.Config{}, stage)
	h.stuckAs("entry/17", topic)
	g := h.enter("entry/17")
	g.follow(topic)
	h.hub.ProbeKey(live.EntryKey(18), time.Millisecond)
	if h.hub.Connections() != 2 {
		t.Fatal("somebody else's sockets were asked")
	}
	h.hub.ProbeKey(live.EntryKey(17), time.Second)
	eventually(t, "the dead socket is gone", func() bool { return h.hub.Connections() == 1 })
	if h.hub.Count(topic) != 1 {
		t.Fatal("the living socket was cut")
	}
	// The sign of life gave it the usual time again.
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 900, Data: view{}})
	g.await("a message after the probe", seq(900))
}

func TestASlowSocketIsCutAndHoldsNobodyUp(t *testing.T) {
	h := open(t, live.Config{QueueMessages: 8, QueueBytes: 1 << 20, WriteTimeout: 2 * time.Second}, stage)
	h.stuck(topic)
	g := h.enter("")
	g.follow(topic)
	pad := strings.Repeat("x", 256<<10)
	last := int64(0)
	for i := int64(6); h.hub.Count(topic) > 1; i++ {
		// Kept messages can't be coalesced: they must either go out or end the socket.
		h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: i, Keep: true, Data: view{Pad: pad}})
		g.await("the message", seq(i))
		last = i
	}
	if last == 0 {
		t.Fatal("nothing was sent")
	}
	eventually(t, "the slow socket is gone", func() bool { return h.hub.Connections() == 1 })
}

func TestUnsentViewsGiveWayToTheNewest(t *testing.T) {
	h := open(t, live.Config{QueueMessages: 8, WriteTimeout: time.Minute}, stage)
	raw := h.stuck(topic)
	pad := strings.Repeat("x", 64<<10)
	const n = 2000 // 128 MB if nothing gave way
	for i := int64(6); i <= n; i++ {
		h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: i, Data: view{Pad: pad}})
	}
	if h.hub.Count(topic) != 1 {
		t.Fatal("a socket that is only a little late was cut")
	}
	// It wakes up and must get the newest view before long.
	r, frames := bufio.NewReader(raw), 0
	for {
		payload := readFrame(t, r)
		frames++
		if strings.Contains(payload, fmt.Sprintf(`"seq":%d,`, n)) {
			break
		}
	}
	if frames > n/2 {
		t.Errorf("%d frames were sent to a socket that did not read", frames)
	}
}

func readFrame(t *testing.T, r io.Reader) string {
	t.Helper()
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatal(err)
	}
	size := int(head[1] & 127)
	if size >= 126 {
		ext := make([]byte, map[int]int{126: 2, 127: 8}[size])
		if _, err := io.ReadFull(r, ext); err != nil {
			t.Fatal(err)
		}
		size = 0
		for _, b := range ext {
			size = size<<8 | int(b)
		}
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(r, payload); err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func TestASocketIsClosedWithTheCodeThatTellsWhatToDo(t *testing.T) {
	h := open(t, live.Config{}, stage)
	out, taken, stays := h.enter("account/3"), h.enter("entry/17"), h.enter("entry/18")
	h.hub.CloseKey(live.AccountKey(3), live.CloseSignedOut)
	h.hub.CloseWhere(func(c *live.Client) bool { return c.Key() == "entry/17" }, live.CloseSuperseded)
	if code := out.closedWith(); code != live.CloseSignedOut {
		t.Error(code)
	}
	if code := taken.closedWith(); code != live.CloseSuperseded {
		t.Error(code)
	}
	stays.follow(topic)
}

func TestALostClientComesBackWithAFreshSnapshot(t *testing.T) {
	h := open(t, live.Config{JitterWindow: time.Millisecond}, stage)
	g := h.enter("entry/17", func(o *liveclient.Options) { o.Reconnect = true })
	g.follow(topic)
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 9, Data: view{}})
	g.await("the view", seq(9))
	first := g.Welcome().Connection
	before := len(g.messages())
	g.Drop()
	// The snapshot says 5: older than 9, but of a new connection, so it counts.
	eventually(t, "the snapshot of the new connection", func() bool {
		return len(g.messages()) > before && g.Welcome().Connection != first
	})
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 10, Data: view{}})
	g.await("views go on", seq(10))
}

func TestShutdownSaysGoodbyeToAllAndIsBounded(t *testing.T) {
	h := open(t, live.Config{CloseTimeout: time.Second, WriteTimeout: 200 * time.Millisecond}, func(hub *live.Hub) {
		stage(hub)
		live.Handle(hub, "hang", live.CommandSpec{Concurrent: true}, func(ctx context.Context, _ *live.Client, _ live.Command, _ live.Nothing) (live.Nothing, error) {
			<-ctx.Done()
			return live.Nothing{}, ctx.Err()
		})
	})
	h.stuck(topic)
	guests := make([]*guest, 30)
	for i := range guests {
		guests[i] = h.enter("")
	}
	if err := guests[0].SendFrame([]byte(`{"kind":"hang","id":1}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := guests[0].SyncClock(within(t), 1); err != nil { // the command has been received
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := h.hub.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	for _, g := range guests {
		if code := g.closedWith(); code != live.CloseRestart {
			t.Error(code)
		}
	}
	_, err := liveclient.Dial(within(t), liveclient.Options{URL: h.url})
	var refused *liveclient.RefusedError
	if !asRefused(err, &refused) || refused.Status != http.StatusServiceUnavailable {
		t.Errorf("a new socket after the shutdown: %v", err)
	}
}

func TestAFullNodeRefusesMoreSockets(t *testing.T) {
	h := open(t, live.Config{MaxConnections: 2}, nil)
	a := h.enter("")
	h.enter("")
	_, err := liveclient.Dial(within(t), liveclient.Options{URL: h.url})
	var refused *liveclient.RefusedError
	if !asRefused(err, &refused) || refused.Status != http.StatusServiceUnavailable || refused.Body != "live_full" {
		t.Fatalf("the third socket: %v", err)
	}
	a.Close()
	eventually(t, "room again", func() bool { return h.hub.Connections() == 1 })
	h.enter("")
}

// A crowd without names, or with one stolen code, never keeps those out who take part.
func TestTheAudienceLeavesRoomForThoseWhoTakePart(t *testing.T) {
	h := open(t, live.Config{MaxConnections: 8, MaxPerAddress: 3, MaxPerKey: 2}, nil)
	refused := func(as string) {
		t.Helper()
		_, err := liveclient.Dial(within(t), liveclient.Options{URL: h.url, Cookie: "as=" + as})
		var full *liveclient.RefusedError
		if !asRefused(err, &full) || full.Body != "live_full" {
			t.Errorf("%q: %v", as, err)
		}
	}
	first := h.enter("")
	h.enter("")
	h.enter("")
	refused("") // the fourth from this address
	h.enter("entry/17")
	h.enter("entry/17")
	refused("entry/17") // a third device of one entry
	h.enter("entry/18")
	h.enter("account/3")
	h.enter("account/3")
	refused("entry/19") // now the node is full
	first.Close()
	eventually(t, "room again", func() bool { return h.hub.Connections() == 7 })
	h.enter("entry/19")

	crowd := open(t, live.Config{MaxConnections: 4}, nil)
	crowd.enter("")
	crowd.enter("")
	crowd.enter("")
	if _, err := liveclient.Dial(within(t), liveclient.Options{URL: crowd.url}); err == nil {
		t.Error("the audience takes the last place")
	}
	crowd.enter("entry/17")
}

func TestPanicsInARoomsHooksEndNothing(t *testing.T) {
	h := open(t, live.Config{}, func(hub *live.Hub) {
		stage(hub)
		hub.Topic("judge/round/{round}", live.TopicSpec{Open: func(context.Context, *live.Client, live.Params) (live.Snapshot, error) {
			panic("open")
		}})
		hub.Topic("host/round/{round}", live.TopicSpec{
			Closed:   func(*live.Client, live.Params) { panic("closed") },
			Presence: func(string, live.Params) { panic("presence") },
		})
	})
	g := h.enter("entry/17")
	if code := codeOf(t, g.Subscribe(within(t), "judge/round/1")); code != "internal" {
		t.Error(code)
	}
	g.follow("host/round/1")
	if err := g.Unsubscribe(within(t), "host/round/1"); err != nil {
		t.Error(err)
	}
	g.follow(topic)
	h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{}, OnWritten: func(*live.Client, int64) { panic("written") }})
	// That one socket ends; the process and the others live.
	eventually(t, "the socket ends", func() bool { return h.hub.Connections() == 0 })
	h.enter("entry/18").follow(topic)
}

func TestPingsKeepAQuietSocketAndSilenceEndsIt(t *testing.T) {
	h := open(t, live.Config{PingEvery: 50 * time.Millisecond, ReadTimeout: 2 * time.Second}, stage)
	g := h.enter("")
	g.follow(topic)
	h.stuck("contestant/round/8") // answers no ping
	eventually(t, "the silent socket is gone", func() bool { return h.hub.Count("contestant/round/8") == 0 })
	if h.hub.Count(topic) != 1 {
		t.Error("a socket that answers pings was cut")
	}
}
