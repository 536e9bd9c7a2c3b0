package stage

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/postgres"
)

// health remembers since when the database answers, by this node's monotonic clock. Answers that waited through an
// outage get their turn before an item is closed.
type health struct {
	mu    sync.Mutex
	down  bool
	since time.Time
}

func newHealth() *health { return &health{since: time.Now()} }

// report notes the outcome of a call.
func (h *health) report(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil && h.down:
		h.down, h.since = false, time.Now()
	case err != nil && isAway(err):
		h.down = true
	}
}

// isAway tells whether err says that the database is gone, or so slow that answers may be waiting.
func isAway(err error) bool {
	return postgres.IsUnavailable(err) || postgres.IsConnectionLost(err) || postgres.IsUnknownCommit(err) ||
		errors.Is(err, context.DeadlineExceeded) || postgres.Code(err) == statementTimeout
}

const statementTimeout = "57014"

// upFor tells for how long the database has answered; 0 while it doesn't.
func (h *health) upFor() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return 0
	}
	return time.Since(h.since)
}
