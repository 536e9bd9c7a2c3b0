package roster

import (
	"strconv"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/fault"
)

// How many registrations one address may send to a node: an agency's people share one address and register in one
// afternoon, a script sends thousands.
const (
	paceBurst = 60
	paceEach  = 10 * time.Second
	paceMost  = 20_000 // addresses remembered
)

var tooFast = fault.New(fault.TooMany, "too_many_registrations",
	"Mạng của bạn vừa gửi quá nhiều đăng ký. Chưa có gì được lưu; hãy đợi một lát rồi gửi lại.",
	"Your network has just sent too many registrations. Nothing was saved; wait a little and send again.")

// pace is a bucket an address: it holds burst and fills by one every each.
type pace struct {
	burst   int
	each    time.Duration
	mu      sync.Mutex
	emptied map[string]time.Time // when the bucket would be full again
}

func newPace(burst int, each time.Duration) *pace {
	return &pace{burst: burst, each: each, emptied: map[string]time.Time{}}
}

// over is how long an address has to wait until its bucket holds something again; 0: it does.
func (p *pace) over(address string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := p.emptied[address]
	if full.Before(now) {
		return 0
	}
	return max(full.Add(p.each).Sub(now)-time.Duration(p.burst)*p.each, 0)
}

func (p *pace) take(address string, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.emptied) > paceMost {
		for a, full := range p.emptied {
			if full.Before(now) {
				delete(p.emptied, a)
			}
		}
		if len(p.emptied) > paceMost {
			return wait(p.each)
		}
	}
	full := p.emptied[address]
	if full.Before(now) {
		full = now
	}
	if over := full.Add(p.each).Sub(now) - time.Duration(p.burst)*p.each; over > 0 {
		return wait(over)
	}
	p.emptied[address] = full.Add(p.each)
	return nil
}

func wait(d time.Duration) error {
	seconds := int((d + time.Second - 1) / time.Second)
	f := *tooFast.With("seconds", strconv.Itoa(seconds))
	f.RetryAfterSeconds = seconds
	return &f
}
