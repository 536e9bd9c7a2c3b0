package live

import (
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/account"
)

// Client is one open socket. Its methods are safe from every goroutine, also after the socket has ended (then
// sending does nothing).
type Client struct {
	hub        *Hub
	id         int64
	principal  account.Principal
	key        string
	account    string // the account's key; where the browser holds an entry, it stands beside that entry's key
	remote     string
	wire       *wire
	out        outbox
	written    chan struct{} // closed when the writer has ended
	subscribed subscriptions
	lanes      lanes
	budget     bucket  // used by the reader only, as is tooFast
	tooFast    float64 // commands refused since the last one that was in time
}

// ID is unique within this node for as long as the process lives.
func (c *Client) ID() int64 { return c.id }

// Principal is who opened the socket, as of that moment.
func (c *Client) Principal() account.Principal { return c.principal }

// Key groups the sockets of one entry or account ("entry/17", "account/3", or "").
func (c *Client) Key() string { return c.key }

// keys are all keys by which the socket is found.
func (c *Client) keys() []string {
	var keys []string
	if c.key != "" {
		keys = append(keys, c.key)
	}
	if c.account != "" && c.account != c.key {
		keys = append(keys, c.account)
	}
	return keys
}

// RemoteAddr is the browser's address.
func (c *Client) RemoteAddr() string { return c.remote }

// Topics lists what the client is subscribed to, sorted.
func (c *Client) Topics() []string {
	names := c.subscribed.names()
	slices.Sort(names)
	return names
}

// Send sends m to this socket only, if it is subscribed to topic.
func (c *Client) Send(topic string, m Message) {
	if !c.subscribed.has(topic) {
		return
	}
	if p, ok := c.hub.parcel(topic, m, false); ok {
		c.push(p)
	}
}

// Close ends the socket with a code that tells the browser what to do. What waits is sent before.
func (c *Client) Close(code CloseCode) { c.out.close(code, true) }

func (h *Hub) newClient(w *wire, principal account.Principal, remote string) *Client {
	c := &Client{
		hub: h, id: h.lastID.Add(1), principal: principal, key: h.cfg.KeyOf(principal), account: accountKeyOf(principal), remote: remote, wire: w,
		written: make(chan struct{}),
		budget:  bucket{tokens: h.cfg.CommandBurst},
	}
	c.out.maxMessages, c.out.maxBytes = h.cfg.QueueMessages, h.cfg.QueueBytes
	c.out.wake = make(chan struct{}, 1)
	return c
}

// serve reads until the socket ends. When it returns, the writer has ended, the connection is closed and nothing
// holds it any more.
func (c *Client) serve() {
	h := c.hub
	if code := h.admit(c); code != 0 {
		// Only the few that passed mayAdmit at the same time come here.
		if c.wire.farewell(code, h.cfg.CloseTimeout) == nil {
			_, _ = c.wire.read()
		}
		return
	}
	defer h.release(c)
	c.welcome()
	go c.writeLoop()
	c.readLoop()
	c.out.end()
	c.wire.abort()
	<-c.written
	c.leaveAll()
}

func (c *Client) readLoop() {
	defer c.recovered("socket reader")
	if c.wire.extend() != nil {
		return
	}
	for {
		raw, err := c.wire.read()
		us := c.hub.cfg.NowUs()
		switch {
		case err == nil:
			if c.wire.extend() != nil {
				return
			}
			c.receive(raw, us)
		case errors.Is(err, errGone):
			c.out.close(CloseBye, false)
			<-c.written
			return
		case errors.Is(err, errNotText):
			c.out.close(CloseBadFrame, false)
			<-c.written
			return
		default:
			return
		}
	}
}

func (c *Client) writeLoop() {
	defer close(c.written)
	defer c.recovered("socket writer")
	ping := time.NewTimer(jittered(c.hub.cfg.PingEvery))
	defer ping.Stop()
	for {
		if !c.drain() {
			return
		}
		select {
		case <-c.out.wake:
		case <-ping.C:
			if c.wire.ping() != nil {
				c.wire.abort()
				return
			}
			ping.Reset(jittered(c.hub.cfg.PingEvery))
		}
	}
}

// drain writes what waits; false means that the writer's work is over.
func (c *Client) drain() bool {
	for {
		next, ok := c.out.take()
		if !ok {
			return !c.out.ended()
		}
		var err error
		switch {
		case next.close != 0:
			if c.wire.farewell(next.close, c.hub.cfg.CloseTimeout) != nil {
				c.wire.abort()
			}
			c.hub.metrics.closed.WithLabelValues(next.close.reason()).Inc()
			return false
		case next.pong != nil:
			err = c.wire.pong(next.pong)
		default:
			err = c.wire.write(next.parcel.frame)
		}
		if err != nil {
			c.wire.abort()
			return false
		}
		if next.parcel.frame != nil {
			c.hub.metrics.sent.Inc()
			if next.parcel.onWritten != nil {
				next.parcel.onWritten(c, c.hub.cfg.NowUs())
			}
		}
	}
}

func (c *Client) push(p parcel) {
	switch c.out.push(p) {
	case replaced, stale:
		c.hub.metrics.coalesced.Inc()
	case overflow:
		c.hub.metrics.slow.Inc()
		c.hub.cfg.Log.Info("live: socket too slow", "client", c.id, "key", c.key, "remote", c.remote)
	case queued, refused:
	}
}

// Welcome is the data of the first message on a socket.
type Welcome struct {
	Node       string `json:"node" doc:"name of the server process"`
	Connection int64  `json:"connection" doc:"a new number for each connection of this node"`
	Epoch      int64  `json:"epoch" doc:"changes when the server process has started anew (µs)"`
	JitterMs   int64  `json:"jitter_ms" doc:"after a lost connection, come back at a random moment within this time"`
	ReadLimit  int64  `json:"read_limit" doc:"greatest size of a frame to the server, in bytes"`
}

func (c *Client) welcome() {
	h := c.hub
	c.send(outbound{kind: kindWelcome, data: Welcome{
		Node: h.cfg.Node, Connection: c.id, Epoch: h.epoch, JitterMs: h.cfg.JitterWindow.Milliseconds(),
		ReadLimit: readLimit,
	}})
}

// send sends a message that belongs to no topic: it is never replaced.
func (c *Client) send(o outbound) {
	o.sentAt = c.hub.cfg.NowUs()
	raw, err := o.encode()
	if err != nil {
		c.hub.cfg.Log.Error("live: message lost", "kind", o.kind, "error", err)
		return
	}
	c.push(parcel{frame: newFrame(raw, false)})
}

// recovered keeps a mistake on one socket from ending the process: the socket ends instead.
func (c *Client) recovered(where string) {
	if r := recover(); r != nil {
		c.hub.panicked(where, r)
		c.wire.abort()
	}
}

func (h *Hub) panicked(where string, r any) {
	h.metrics.panics.Inc()
	h.cfg.Log.Error("live: panic", "where", where, "panic", r, "stack", string(debug.Stack()))
}

// jittered is d give or take a fifth, so that pings of many sockets don't fall together.
func jittered(d time.Duration) time.Duration {
	return d - d/5 + rand.N(2*d/5+1)
}

// bucket limits how often something may happen. It counts with the process's own clock.
type bucket struct {
	tokens float64
	last   time.Time
}

func (b *bucket) spend(now time.Time, perSecond, burst float64) bool {
	if !b.last.IsZero() {
		b.tokens = min(burst, b.tokens+now.Sub(b.last).Seconds()*perSecond)
	}
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
