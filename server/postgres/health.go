package postgres

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Health remembers since when the database answers, by this node's monotonic clock. Answers that waited through an
// outage get their turn before a gate is closed.
type Health struct {
	mu    sync.Mutex
	down  bool
	since time.Time
}

// NewHealth begins with a database that has just answered.
func NewHealth() *Health { return &Health{since: time.Now()} }

// Report notes the outcome of a call.
func (h *Health) Report(err error) {
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
	return IsUnavailable(err) || IsConnectionLost(err) || IsUnknownCommit(err) ||
		errors.Is(err, context.DeadlineExceeded) || Code(err) == statementTimeout
}

const statementTimeout = "57014"

// UpFor tells for how long the database has answered; 0 while it doesn't.
func (h *Health) UpFor() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return 0
	}
	return time.Since(h.since)
}
