package liveclient

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/hoithi/hoithi/server/live"
)

// ask sends a command and waits for its reply.
func (c *Client) ask(ctx context.Context, kind, topic string, data any) (envelope, error) {
	return c.askWith(ctx, func(id int64) ([]byte, error) {
		command := map[string]any{"kind": kind, "id": id}
		if topic != "" {
			command["topic"] = topic
		}
		if data != nil {
			command["data"] = data
		}
		return json.Marshal(command)
	})
}

func (c *Client) askWith(ctx context.Context, encode func(id int64) ([]byte, error)) (envelope, error) {
	id := c.lastID.Add(1)
	raw, err := encode(id)
	if err != nil {
		return envelope{}, fmt.Errorf("encode a command: %w", err)
	}
	reply := make(chan envelope, 1)
	c.mu.Lock()
	conn := c.conn
	if conn != nil {
		c.waiting[id] = reply
	}
	c.mu.Unlock()
	if conn == nil {
		return envelope{}, ErrLost
	}
	forget := func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}
	if err := conn.write(opText, raw); err != nil {
		forget()
		return envelope{}, fmt.Errorf("%w: %w", ErrLost, err)
	}
	select {
	case <-ctx.Done():
		forget()
		return envelope{}, ctx.Err()
	case m, ok := <-reply:
		switch {
		case !ok:
			return envelope{}, ErrLost
		case m.Fault != nil:
			return m, &Fault{*m.Fault}
		}
		return m, nil
	}
}

// Do gives a command and waits for its reply, whose data goes into reply (nil: not wanted). A refusal is a *Fault;
// ErrLost means that the connection ended first.
func (c *Client) Do(ctx context.Context, kind, topic string, data, reply any) error {
	m, err := c.ask(ctx, kind, topic, data)
	if err != nil || reply == nil {
		return err
	}
	if err := json.Unmarshal(m.Data, reply); err != nil {
		return fmt.Errorf("reply to %s: %w", kind, err)
	}
	return nil
}

// Subscribe asks for a topic and waits; the snapshot has gone to OnMessage when it returns. The subscription is
// made again after a reconnect.
func (c *Client) Subscribe(ctx context.Context, topic string) error {
	c.mu.Lock()
	c.seen = slices.DeleteFunc(c.seen, func(s seen) bool { return s.topic == topic })
	c.mu.Unlock()
	if err := c.Do(ctx, "subscribe", topic, nil, nil); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.topics, topic) {
		c.topics = append(c.topics, topic)
	}
	return nil
}

// Unsubscribe ends a subscription.
func (c *Client) Unsubscribe(ctx context.Context, topic string) error {
	c.mu.Lock()
	c.topics = slices.DeleteFunc(c.topics, func(t string) bool { return t == topic })
	c.mu.Unlock()
	return c.Do(ctx, "unsubscribe", topic, nil, nil)
}

// SyncClock takes samples of the server's clock and keeps the one with the least round trip, which it returns.
func (c *Client) SyncClock(ctx context.Context, samples int) (roundTripUs int64, err error) {
	best := int64(-1)
	for range samples {
		t0 := now()
		m, err := c.ask(ctx, "clock", "", live.ClockAsk{T0: t0})
		if err != nil {
			return 0, err
		}
		var a live.ClockAnswer
		if err := json.Unmarshal(m.Data, &a); err != nil {
			return 0, fmt.Errorf("answer to clock: %w", err)
		}
		trip := (m.at - a.T0) - (a.SentUs - a.ReceivedUs)
		if best < 0 || trip < best {
			best = trip
			c.offset.Store(((a.ReceivedUs - a.T0) + (a.SentUs - m.at)) / 2)
		}
	}
	return best, nil
}

// ServerUs is the contest time as this client knows it since SyncClock.
func (c *Client) ServerUs() int64 { return now() + c.offset.Load() }

// DoRaw gives a command whose data is sent as it stands, valid or not.
func (c *Client) DoRaw(ctx context.Context, kind, topic string, data []byte) error {
	_, err := c.askWith(ctx, func(id int64) ([]byte, error) {
		return fmt.Appendf(nil, `{"kind":%q,"id":%d,"topic":%q,"data":%s}`, kind, id, topic, data), nil
	})
	return err
}

// SendFrame sends a text frame as it stands and waits for nothing.
func (c *Client) SendFrame(raw []byte) error {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn == nil {
		return ErrLost
	}
	return conn.write(opText, raw)
}
