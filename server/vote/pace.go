package vote

import (
	"sync"
	"time"
)

// pace counts tries by network address within a minute, on one node. A hall stands behind one address: what it limits
// are wrong codes and letters, never right tickets.
type pace struct {
	most   int
	mu     sync.Mutex
	minute int64
	tries  map[string]int
}

func newPace(most int) *pace { return &pace{most: most, tries: map[string]int{}} }

// over counts a try and tells whether there were too many.
func (p *pace) over(address string, nowUs int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute := nowUs / time.Minute.Microseconds(); minute != p.minute {
		p.minute = minute
		clear(p.tries)
	}
	p.tries[address]++
	return p.tries[address] > p.most
}
