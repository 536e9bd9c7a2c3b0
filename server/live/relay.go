package live

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// Relay carries hints between nodes by plain PUBLISH. A hint only says that something changed: it may be lost,
// doubled or late, so who listens reads the truth elsewhere, and also looks by itself now and then.
type Relay struct{}

// NewRelay makes a relay; it starts with the first On. log and metrics may be nil.
func NewRelay(client redis.UniversalClient, log *slog.Logger, metrics prometheus.Registerer) *Relay {
	return &Relay{}
}

// Hint tells all nodes, this one too. It never waits and never fails: a hint that can't be sent is dropped.
func (r *Relay) Hint(channel, payload string) {}

// On calls fn for each hint whose channel starts with prefix. Calls of one prefix come one after another; fn must
// be quick. After the connection to Redis was lost and found again, fn is called once with the channel prefix and an
// empty payload, as hints may have been missed.
func (r *Relay) On(prefix string, fn func(channel, payload string)) {}

// Close stops the relay and waits for its goroutines.
func (r *Relay) Close() {}
