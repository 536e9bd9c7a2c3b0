// Package liveclient is a small client of the live connection, for rehearsals and tests: thousands fit in one
// process. It behaves as a browser does: it ignores views that are not newer, comes back after a loss at a random
// moment of the server's jitter window, and subscribes again.
//
// It must never be used by the server itself, and never retry a command on its own: whoever gave it decides.
package liveclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hoithi/hoithi/server/live"
)

// Options say where to connect and what to do with what comes.
type Options struct {
	URL     string            // ws://host:port/api/live (or wss, http, https)
	Cookie  string            // the Cookie header: the session
	Origin  string            // the Origin header, if any
	Header  map[string]string // more headers
	LocalIP string            // address to connect from: many clients need several (127.0.0.x)
	TLS     *tls.Config       // for wss; nil: the usual checks

	// OnMessage gets every message of a topic that is newer than the last of its topic and kind. It is called by
	// the reader, one call after another; Data is only valid during the call.
	OnMessage func(m Message)
	// OnState is called after a connection was made (err nil) or lost.
	OnState func(err error)
	// Reconnect: come back after a loss, as a browser does.
	Reconnect bool
}

// Message is a view from the server.
type Message struct {
	Kind   string
	Topic  string
	Epoch  int64
	Seq    int64
	SentAt int64
	Data   jsontext.Value
}

// Fault is the server's refusal of a command.
type Fault struct{ live.FaultData }

// Error is the code and the detail.
func (f *Fault) Error() string { return f.Code + ": " + f.Detail }

// ErrLost says that the connection ended before the reply: whether the command was carried out is not known.
var ErrLost = errors.New("live connection lost before the reply")

// Client is one connection. Its methods are safe from every goroutine.
type Client struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	lastID atomic.Int64
	offset atomic.Int64 // server clock minus ours, in microseconds

	mu      sync.Mutex
	conn    *conn // nil while not connected
	waiting map[int64]chan envelope
	topics  []string
	seen    []seen
	welcome live.Welcome
}

type seen struct {
	topic, kind string
	epoch, seq  int64
}

type envelope struct {
	Kind   string          `json:"kind"`
	ID     int64           `json:"id"`
	Topic  string          `json:"topic"`
	Epoch  int64           `json:"epoch"`
	Seq    int64           `json:"seq"`
	SentAt int64           `json:"sent_at"`
	Data   jsontext.Value  `json:"data"`
	Fault  *live.FaultData `json:"fault"`
	at     int64
}

// Dial connects and waits for the server's welcome.
func Dial(ctx context.Context, o Options) (*Client, error) {
	c := &Client{o: o, done: make(chan struct{}), waiting: map[int64]chan envelope{}}
	conn, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	go c.run(conn)
	return c, nil
}

// open connects, reads the welcome and says again what was subscribed to.
func (c *Client) open(ctx context.Context) (*conn, error) {
	conn, err := dial(ctx, c.o)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.net.Close() })
	defer stop()
	raw, err := conn.read(nil)
	if err == nil {
		err = c.greet(conn, raw)
	}
	if err != nil {
		_ = conn.net.Close()
		return nil, fmt.Errorf("welcome: %w", err)
	}
	return conn, nil
}

func (c *Client) greet(conn *conn, raw []byte) error {
	var m envelope
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	if m.Kind != "welcome" {
		return fmt.Errorf("the first message is %q", m.Kind)
	}
	var w live.Welcome
	if err := json.Unmarshal(m.Data, &w); err != nil {
		return err
	}
	c.mu.Lock()
	c.conn, c.welcome, c.seen = conn, w, nil
	topics := slices.Clone(c.topics)
	c.mu.Unlock()
	for _, topic := range topics {
		if err := c.write(conn, map[string]any{"kind": "subscribe", "id": c.lastID.Add(1), "topic": topic}); err != nil {
			return err
		}
	}
	return nil
}

// run reads until Close, and reconnects when that was asked for.
func (c *Client) run(conn *conn) {
	defer close(c.done)
	pause := 250 * time.Millisecond
	for {
		c.state(nil)
		err := c.readAll(conn)
		_ = conn.net.Close()
		c.lose()
		if c.ctx.Err() != nil {
			return
		}
		c.state(err)
		for first := true; ; first = false {
			if !c.o.Reconnect || !mayReturn(err) {
				return
			}
			c.mu.Lock()
			window := time.Duration(c.welcome.JitterMs) * time.Millisecond
			c.mu.Unlock()
			if tryLater(err) {
				window += laterPause
			}
			if !first {
				window += pause
				pause = min(2*pause, 10*time.Second)
			}
			if !sleep(c.ctx, rand.N(window+time.Millisecond)) {
				return
			}
			if conn, err = c.open(c.ctx); err == nil {
				pause = 250 * time.Millisecond
				break
			}
		}
	}
}

// laterPause is what a browser waits when the node is full.
const laterPause = 10 * time.Second

func tryLater(err error) bool {
	var closed *CloseError
	return errors.As(err, &closed) && live.CloseCode(closed.Code) == live.CloseTryLater
}

// mayReturn tells whether a browser would come back by itself.
func mayReturn(err error) bool {
	var closed *CloseError
	if errors.As(err, &closed) {
		switch live.CloseCode(closed.Code) {
		case live.CloseBye, live.CloseBadFrame, live.CloseTooBig, live.CloseSignedOut, live.CloseSuperseded:
			return false
		case live.CloseRestart, live.CloseTryLater, live.CloseReconnect:
		}
	}
	var refused *RefusedError
	return !errors.As(err, &refused) || refused.Status >= 500 || refused.Status == 429
}

func (c *Client) readAll(conn *conn) error {
	var buf []byte
	for {
		raw, err := conn.read(buf)
		if err != nil {
			return err
		}
		at := now()
		if cap(raw) <= 8<<10 {
			buf = raw
		}
		var m envelope
		if err := json.Unmarshal(raw, &m); err != nil {
			return fmt.Errorf("the server sent no message: %w", err)
		}
		m.at = at
		c.take(m)
	}
}

func (c *Client) take(m envelope) {
	if m.ID != 0 {
		c.mu.Lock()
		reply := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if reply != nil {
			m.Data = slices.Clone(m.Data)
			reply <- m
		}
		return
	}
	if m.Topic != "" && c.newer(m) && c.o.OnMessage != nil {
		c.o.OnMessage(Message{Kind: m.Kind, Topic: m.Topic, Epoch: m.Epoch, Seq: m.Seq, SentAt: m.SentAt, Data: m.Data})
	}
}

func (c *Client) newer(m envelope) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.seen {
		s := &c.seen[i]
		if s.topic != m.Topic || s.kind != m.Kind {
			continue
		}
		if m.Epoch < s.epoch || m.Epoch == s.epoch && m.Seq <= s.seq {
			return false
		}
		s.epoch, s.seq = m.Epoch, m.Seq
		return true
	}
	c.seen = append(c.seen, seen{m.Topic, m.Kind, m.Epoch, m.Seq})
	return true
}

// lose tells everybody who waits that no reply comes.
func (c *Client) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn = nil
	for id, reply := range c.waiting {
		delete(c.waiting, id)
		close(reply)
	}
}

func (c *Client) state(err error) {
	if c.o.OnState != nil {
		c.o.OnState(err)
	}
}

func (c *Client) write(conn *conn, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a command: %w", err)
	}
	return conn.write(opText, raw)
}

// Welcome is what the server said when the present connection began.
func (c *Client) Welcome() live.Welcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.welcome
}

// Done is closed when the client has ended for good.
func (c *Client) Done() <-chan struct{} { return c.done }

// Drop cuts the connection without a word, as a lost network does. A client that reconnects comes back.
func (c *Client) Drop() {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn != nil {
		_ = conn.net.Close()
	}
}

// Close says goodbye and ends the client.
func (c *Client) Close() {
	c.cancel()
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn != nil {
		_ = conn.write(opClose, []byte{0x03, 0xe8}) // 1000; best effort
		_ = conn.net.Close()
	}
	<-c.done
}

// began ties our clock to the monotonic one: a step of the system clock does not disturb the offset.
var began = time.Now()

func now() int64 { return began.UnixMicro() + time.Since(began).Microseconds() }

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
