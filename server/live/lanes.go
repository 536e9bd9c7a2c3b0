package live

import (
	"slices"
	"sync"
	"time"
)

// lanes runs the commands of one socket: ordered ones one after another, concurrent ones beside them, all within
// a bound. It owns no goroutine while nothing is to be done.
type lanes struct {
	mu      sync.Mutex
	waiting []*job
	running int
	busy    bool // an ordered job runs
}

type job struct {
	cmd     Command
	data    []byte
	handler *handler
	since   time.Time
}

func (j *job) ordered() bool { return !j.handler.spec.Concurrent }

// accept takes a job; false means that too many wait.
func (c *Client) accept(j *job) bool {
	l := &c.lanes
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= c.hub.cfg.Pending {
		return false
	}
	c.hub.commands.Add(1)
	l.waiting = append(l.waiting, j)
	if l.running < c.hub.cfg.InFlight {
		if next := l.pick(); next != nil {
			l.running++
			go c.work(next)
		}
	}
	return true
}

// pick takes the first job that may run now.
func (l *lanes) pick() *job {
	for i, j := range l.waiting {
		if j.ordered() && l.busy {
			continue
		}
		l.busy = l.busy || j.ordered()
		l.waiting = slices.Delete(l.waiting, i, i+1)
		if len(l.waiting) == 0 {
			l.waiting = nil
		}
		return j
	}
	return nil
}

// work runs jobs until none may run.
func (c *Client) work(j *job) {
	l := &c.lanes
	for j != nil {
		c.perform(j)
		l.mu.Lock()
		if j.ordered() {
			l.busy = false
		}
		c.hub.commands.Done()
		if j = l.pick(); j == nil {
			l.running--
		}
		l.mu.Unlock()
	}
}
