package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// relayChannel is the one Redis channel that all nodes listen to: a new listener needs no new subscription, and a
// cluster carries plain PUBLISH to every node.
const relayChannel = "hoithi:hints"

const (
	relayQueue   = 1024
	relayTimeout = 2 * time.Second
	relayBackoff = 200 * time.Millisecond // first pause; doubled up to relayPause
	relayPause   = 5 * time.Second
	relayCheck   = 10 * time.Second // a silent connection is tried after this time
)

// Relay carries hints between nodes by plain PUBLISH. A hint only says that something changed: it may be lost,
// doubled or late, so who listens reads the truth elsewhere, and also looks by itself now and then.
type Relay struct {
	client redis.UniversalClient
	log    *slog.Logger
	queue  chan string
	ctx    context.Context
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu        sync.Mutex
	listeners []*listener

	up       prometheus.Gauge
	sent     prometheus.Counter
	received prometheus.Counter
	lost     prometheus.Counter
}

type listener struct {
	prefix string
	fn     func(channel, payload string)
	queue  chan [2]string
}

// NewRelay starts a relay. It keeps trying when Redis is away and says so once. log and metrics may be nil.
func NewRelay(client redis.UniversalClient, log *slog.Logger, metrics prometheus.Registerer) *Relay {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	name := func(n, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "hoithi", Subsystem: "relay", Name: n, Help: help}
	}
	r := &Relay{
		client: client, log: log, queue: make(chan string, relayQueue),
		up:       prometheus.NewGauge(prometheus.GaugeOpts(name("up", "1 while hints from Redis are received."))),
		sent:     prometheus.NewCounter(prometheus.CounterOpts(name("hints_sent_total", "Hints given to Redis."))),
		received: prometheus.NewCounter(prometheus.CounterOpts(name("hints_received_total", "Hints taken from Redis."))),
		lost:     prometheus.NewCounter(prometheus.CounterOpts(name("hints_lost_total", "Hints dropped because Redis or a listener was away."))),
	}
	if metrics != nil {
		metrics.MustRegister(r.up, r.sent, r.received, r.lost)
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.goes(r.send)
	r.goes(r.listen)
	return r
}

// Hint tells all nodes, this one too. It never waits and never fails: a hint that can't be sent is dropped.
func (r *Relay) Hint(channel, payload string) {
	select {
	case r.queue <- channel + "\n" + payload:
	default:
		r.lost.Inc()
	}
}

// On calls fn for each hint whose channel starts with prefix, one call after another. After the connection to Redis
// was made (again), fn is called once with the prefix as channel and an empty payload: hints may have been missed.
func (r *Relay) On(prefix string, fn func(channel, payload string)) {
	l := &listener{prefix: prefix, fn: fn, queue: make(chan [2]string, relayQueue)}
	r.mu.Lock()
	r.listeners = append(r.listeners, l)
	r.mu.Unlock()
	r.goes(func() {
		for {
			select {
			case <-r.ctx.Done():
				return
			case hint := <-l.queue:
				r.deliver(l, hint)
			}
		}
	})
}

// Close stops the relay and waits for its goroutines.
func (r *Relay) Close() {
	r.cancel()
	r.ended.Wait()
}

func (r *Relay) goes(fn func()) {
	r.ended.Add(1)
	go func() {
		defer r.ended.Done()
		fn()
	}()
}

func (r *Relay) deliver(l *listener, hint [2]string) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("relay: panic in a listener", "prefix", l.prefix, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	l.fn(hint[0], hint[1])
}

func (r *Relay) send() {
	for {
		select {
		case <-r.ctx.Done():
			return
		case hint := <-r.queue:
			ctx, cancel := context.WithTimeout(r.ctx, relayTimeout)
			err := r.client.Publish(ctx, relayChannel, hint).Err()
			cancel()
			if err != nil {
				// That Redis is away is said by listen, once.
				r.lost.Inc()
			} else {
				r.sent.Inc()
			}
		}
	}
}

func (r *Relay) listen() {
	wait, away := relayBackoff, false
	for r.ctx.Err() == nil {
		err := r.follow(func() {
			if away {
				r.log.Info("relay: Redis is back")
			}
			wait, away = relayBackoff, false
			r.up.Set(1)
			r.missed()
		})
		r.up.Set(0)
		if r.ctx.Err() != nil {
			return
		}
		if !away {
			away = true
			r.log.Warn("relay: Redis is away; rounds go on, other nodes hear of changes a little later", "error", err)
		}
		if !pause(r.ctx, wait/2+rand.N(wait)) {
			return
		}
		wait = min(2*wait, relayPause)
	}
}

// follow takes hints until the connection fails; ready is called when the subscription stands.
func (r *Relay) follow(ready func()) error {
	sub := r.client.Subscribe(r.ctx, relayChannel)
	// A failed connection has nothing more to say when it is closed.
	defer func() { _ = sub.Close() }()
	stop := context.AfterFunc(r.ctx, func() { _ = sub.Close() })
	defer stop()
	asked := false
	for {
		msg, err := sub.ReceiveTimeout(r.ctx, relayCheck)
		switch m := msg.(type) {
		case *redis.Subscription:
			ready()
		case *redis.Message:
			r.take(m.Payload)
		}
		switch {
		case err == nil:
			asked = false
		case !isTimeout(err):
			return fmt.Errorf("receive: %w", err)
		case asked:
			return fmt.Errorf("no answer to a ping: %w", err)
		default:
			asked = true
			if err := sub.Ping(r.ctx); err != nil {
				return fmt.Errorf("ping: %w", err)
			}
		}
	}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func (r *Relay) take(text string) {
	channel, payload, ok := strings.Cut(text, "\n")
	if !ok {
		return
	}
	r.received.Inc()
	for _, l := range r.all() {
		if strings.HasPrefix(channel, l.prefix) {
			r.enqueue(l, channel, payload)
		}
	}
}

func (r *Relay) missed() {
	for _, l := range r.all() {
		r.enqueue(l, l.prefix, "")
	}
}

func (r *Relay) all() []*listener {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*listener(nil), r.listeners...)
}

func (r *Relay) enqueue(l *listener, channel, payload string) {
	select {
	case l.queue <- [2]string{channel, payload}:
	default:
		r.lost.Inc()
	}
}
