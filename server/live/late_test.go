package live_test

import (
	"testing"

	"github.com/hoithi/hoithi/server/live"
)

// A server that gives an upgraded connection back to its pool lets a late write to one person's socket arrive at
// the next person's. Many rounds, because which wrapper is reused is up to the pool.
func TestALateWriteReachesNobody(t *testing.T) {
	h := open(t, live.Config{}, stage)
	const late = `{"kind":"stage_view","topic":"contestant/round/7","epoch":99,"seq":99,"sent_at":1,"data":{"item":99,"names":[]}}`
	for range 40 {
		a := h.enter("entry/17")
		gone := h.hub.Clients()[0]
		a.follow(topic)
		gone.Send(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{}})
		a.await("what is sent in time", seq(6))
		a.Drop() // without a goodbye: after one, the socket itself would refuse to write
		eventually(t, "the socket has ended", func() bool { return h.hub.Connections() == 0 })

		b := h.enter("entry/18")
		if gone.WriteNow(late) == nil {
			t.Error("a write to an ended socket went somewhere")
		}
		gone.Send(topic, live.Message{Kind: "stage_view", Epoch: 99, Seq: 100, Data: view{}})
		b.follow(topic)
		h.hub.Publish(topic, live.Message{Kind: "stage_view", Epoch: 1, Seq: 6, Data: view{}})
		b.await("its own view", seq(6))
		for _, m := range b.messages() {
			if m.Epoch == 99 {
				t.Fatalf("entry 18 got what was written to entry 17: %s", b.show())
			}
		}
		b.Close()
		eventually(t, "the socket has ended", func() bool { return h.hub.Connections() == 0 })
	}
}
