package exam

import (
	"fmt"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/timing"
)

// Two nodes take responses while contestants submit, the clock sweeps and an organizer pauses: nothing that was
// acknowledged is lost, and nothing gets in behind a close.
func TestNothingAcknowledgedIsLostAndNothingComesLate(t *testing.T) {
	const entries = 24
	c := newClass(t, entries, nil)
	first := c.open()
	nodes := []*node{first, c.node()}
	attempts := make([]Started, entries)
	var wg sync.WaitGroup
	for i := range entries {
		wg.Go(func() {
			var err error
			if attempts[i], err = c.tryStart(nodes[i%2], i, 10); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	type key struct {
		attempt int64
		place   int16
		seq     int32
	}
	var mu sync.Mutex
	acked := map[key]bool{}
	for i := range entries {
		wg.Go(func() {
			for seq := int32(1); seq <= 40; seq++ {
				place := int16(seq%3 + 1)
				if c.say(nodes[(i+int(seq))%2], i, 10, attempts[i], place, seq, string(rune('a'+seq%3))) == nil {
					mu.Lock()
					acked[key{attempts[i].AttemptID, place, seq}] = true
					mu.Unlock()
				}
				if i%3 == 0 && seq == 20 {
					if _, err := c.submit(nodes[seq%2], i, 10, attempts[i]); err != nil && err.Error()[:12] != "round_paused" {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Go(func() {
		for range 4 {
			if err := nodes[0].Pause(c.ctx, c.contestID, c.roundID, ""); err != nil {
				t.Error(err)
			}
			c.after(timing.Second)
			if err := nodes[1].Resume(c.ctx, c.contestID, c.roundID); err != nil {
				t.Error(err)
			}
		}
		c.after(30 * timing.Minute) // the time of everybody is up
	})
	for _, n := range nodes {
		wg.Go(func() {
			for range 20 {
				n.turn(c.ctx)
			}
		})
	}
	wg.Wait()
	c.after(30 * timing.Minute)
	for range 3 {
		nodes[0].turn(c.ctx)
	}
	if n := c.rows(`SELECT count(*) FROM exam_attempt WHERE finished_us IS NULL OR scored_us IS NULL`); n != 0 {
		t.Fatalf("%d attempts are not over", n)
	}
	if n := c.rows(`SELECT count(*) FROM exam_response`); n != int64(len(acked)) {
		t.Fatalf("%d responses stand, %d were acknowledged", n, len(acked))
	}
	for k := range acked {
		if c.rows(`SELECT count(*) FROM exam_response WHERE attempt_id = $1 AND place = $2 AND seq = $3`, k.attempt, k.place, k.seq) != 1 {
			t.Fatalf("lost: %+v", k)
		}
	}
	if n := c.rows(`SELECT count(*) FROM exam_response r JOIN exam_attempt a ON a.id = r.attempt_id WHERE r.received_us > a.deadline_us + 2000000`); n != 0 {
		t.Fatalf("%d responses came in late", n)
	}
	// What was scored is what stands: nothing came in between the scoring and now.
	scores, err := nodes[1].Scores(c.ctx, c.roundID)
	c.must(err)
	anew, err := nodes[1].Recompute(c.ctx, c.roundID)
	c.must(err)
	if len(scores) != entries || fmt.Sprint(scores) != fmt.Sprint(anew) {
		t.Fatalf("scored %v, worked out anew %v", scores, anew)
	}
}

// An entry's two devices, on two nodes, begin at the same moment: there is one attempt.
func TestTwoStartsMakeOneAttempt(t *testing.T) {
	c := newClass(t, 8, nil)
	nodes := []*node{c.open(), c.node()}
	var wg sync.WaitGroup
	for i := range c.entries {
		for d, n := range nodes {
			wg.Go(func() {
				if _, err := c.tryStart(n, i, int64(10+d)); err != nil && !errOtherDevice.Is(err) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := c.rows(`SELECT count(*) FROM exam_attempt`); n != int64(len(c.entries)) {
		t.Fatalf("%d attempts of %d entries", n, len(c.entries))
	}
}
