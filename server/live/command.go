package live

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hoithi/hoithi/server/fault"
)

// Command is what a handler gets besides its typed payload.
type Command struct {
	Kind   string
	ID     int64
	Topic  string
	Params Params // the numbers in Topic
	// ReceivedUs is the contest time at which the frame was read from the socket.
	ReceivedUs int64
}

// CommandSpec says who may give a command and how it runs.
type CommandSpec struct {
	// Need is the name of the permission; "" means that anybody may. Config.Permit decides, with the numbers of the
	// command's topic.
	Need string
	// Topic is the pattern that the command's topic must have; "" means that it carries none. The client needs no
	// subscription to it.
	Topic string
	// Concurrent: may run beside other commands of the same socket (for handlers that wait, such as for a batched
	// commit). Commands without it run one after another in the order in which the socket sent them.
	Concurrent bool
}

// Nothing is the payload of a command, or the data of a reply, that carries nothing.
type Nothing struct{}

// handler is a registered command.
type handler struct {
	spec    CommandSpec
	topic   *pattern // nil: none
	payload reflect.Type
	reply   reflect.Type
	schema  *huma.Schema
	types   huma.Registry
	run     func(ctx context.Context, c *Client, cmd Command, raw []byte) (any, error)
}

// Handle registers a command with a payload of type T and a reply of type R. The payload is checked against the
// schema of T (huma's tags) before fn is called. An error becomes a fault in the client's language. The context
// does not end with the socket (what was received is carried out), only with CommandTimeout or the hub.
// It panics on a repeated kind: that is a mistake in the program.
func Handle[T, R any](h *Hub, kind string, spec CommandSpec, fn func(ctx context.Context, c *Client, cmd Command, data T) (R, error)) {
	if kind == kindClock || !kindRule.MatchString(kind) || h.handlers[kind] != nil {
		panic(fmt.Sprintf("live: command %q is wrong or registered twice", kind))
	}
	hd := &handler{spec: spec, payload: reflect.TypeFor[T](), reply: reflect.TypeFor[R]()}
	if spec.Topic != "" {
		hd.topic = newPattern(spec.Topic, TopicSpec{})
	}
	hd.types = newTypes()
	hd.schema = hd.types.Schema(hd.payload, true, kind)
	hd.run = func(ctx context.Context, c *Client, cmd Command, raw []byte) (any, error) {
		var data T
		if err := hd.decode(raw, &data); err != nil {
			return nil, err
		}
		reply, err := fn(ctx, c, cmd, data)
		if err != nil {
			return nil, err
		}
		if _, nothing := any(reply).(Nothing); nothing {
			return nil, nil
		}
		return reply, nil
	}
	h.handlers[kind] = hd
}

// decode checks raw against the schema and puts it into typed values.
func (hd *handler) decode(raw []byte, into any) error {
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return errMalformed.Because(err)
	}
	var res huma.ValidateResult
	huma.Validate(hd.types, hd.schema, huma.NewPathBuffer([]byte("data"), 4), huma.ModeWriteToServer, v, &res)
	if len(res.Errors) > 0 {
		f := errMalformed
		for _, err := range res.Errors {
			var d *huma.ErrorDetail
			if errors.As(err, &d) {
				f = f.At(d.Location, "Giá trị này không đúng quy định.", d.Message)
			}
		}
		return f
	}
	if err := json.Unmarshal(raw, into, json.RejectUnknownMembers(true)); err != nil {
		return errMalformed.Because(err)
	}
	return nil
}

func (h *Hub) registerOwn() {
	Handle(h, kindSubscribe, CommandSpec{}, func(ctx context.Context, c *Client, cmd Command, _ Nothing) (Nothing, error) {
		return Nothing{}, c.subscribe(ctx, cmd.Topic)
	})
	Handle(h, kindUnsubscribe, CommandSpec{}, func(_ context.Context, c *Client, cmd Command, _ Nothing) (Nothing, error) {
		c.leave(cmd.Topic)
		return Nothing{}, nil
	})
}

// topicFree tells which commands take any topic: the hub's own.
func topicFree(kind string) bool { return kind == kindSubscribe || kind == kindUnsubscribe }

// floodFactor: who sends that many bursts without heeding the refusals is sent away for a while.
const floodFactor = 4

// receive takes one frame from the reader. It never waits.
func (c *Client) receive(raw []byte, us int64) {
	h := c.hub
	in, err := openEnvelope(raw)
	if err != nil || in.Kind == "" || in.ID < 0 || in.ID == 0 && in.Kind != kindClock {
		c.out.close(CloseBadFrame, false)
		return
	}
	label := in.Kind
	hd := h.handlers[in.Kind]
	if hd == nil && in.Kind != kindClock {
		label = "unknown"
	}
	if !c.budget.spend(time.Now(), h.cfg.CommandsPerSec, h.cfg.CommandBurst) {
		if c.tooFast++; c.tooFast > floodFactor*h.cfg.CommandBurst {
			c.out.close(CloseTryLater, false)
			return
		}
		f := *errTooFast
		f.RetryAfterSeconds = 1
		c.refuse(in.ID, label, &f)
		return
	}
	c.tooFast = 0
	if err := wholesome(raw); err != nil {
		c.refuse(in.ID, label, errMalformed.Because(err))
		return
	}
	if in.Kind == kindClock {
		c.clock(in, us)
		return
	}
	if hd == nil {
		c.refuse(in.ID, label, errUnknownCommand)
		return
	}
	cmd := Command{Kind: in.Kind, ID: in.ID, Topic: in.Topic, ReceivedUs: us}
	if !topicFree(in.Kind) {
		fits := in.Topic == ""
		if hd.topic != nil {
			cmd.Params, fits = hd.topic.match(in.Topic)
		}
		if !fits {
			c.refuse(in.ID, label, errUnknownTopic)
			return
		}
	}
	if !c.accept(&job{cmd: cmd, data: in.Data, handler: hd, since: time.Now()}) {
		c.refuse(in.ID, label, errTooFast)
	}
}

// perform runs one command and sends its one reply.
func (c *Client) perform(j *job) {
	h := c.hub
	ctx, cancel := context.WithTimeout(h.ctx, h.cfg.CommandTimeout)
	defer cancel()
	data, err := c.run(ctx, j)
	h.metrics.took.WithLabelValues(j.cmd.Kind).Observe(time.Since(j.since).Seconds())
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			err = errAborted.Because(err)
		}
		c.refuse(j.cmd.ID, j.cmd.Kind, fault.From(err))
		return
	}
	h.metrics.commands.WithLabelValues(j.cmd.Kind, "ok").Inc()
	c.send(outbound{kind: kindOK, id: j.cmd.ID, data: data})
}

func (c *Client) run(ctx context.Context, j *job) (data any, err error) {
	defer func() {
		if r := recover(); r != nil {
			c.hub.panicked("command "+j.cmd.Kind, r)
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if c.key == "" { // the connections to the database are few: a crowd must not take those that answers wait for
		select {
		case c.hub.crowd <- struct{}{}:
			defer func() { <-c.hub.crowd }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := c.hub.permit(ctx, c, j.handler.spec.Need, j.cmd.Params); err != nil {
		return nil, err
	}
	return j.handler.run(ctx, c, j.cmd, j.data)
}

// refuse answers a command with a fault; the cause goes to the log only.
func (c *Client) refuse(id int64, kind string, f *fault.Fault) {
	h := c.hub
	h.metrics.commands.WithLabelValues(kind, f.Code).Inc()
	if f.Kind == fault.Internal {
		h.cfg.Log.Error("live: command failed", "kind", kind, "client", c.id, "key", c.key, "error", f)
	}
	d := faultData(f, c.principal)
	c.send(outbound{kind: kindFault, id: id, fault: &d})
}

// ClockAsk is the data of a clock message to the server.
type ClockAsk struct {
	T0 int64 `json:"t0" doc:"the browser's own clock when it sent this, in microseconds; comes back as it was"`
}

// ClockAnswer is the data of a clock message to the browser.
type ClockAnswer struct {
	T0         int64 `json:"t0"`
	ReceivedUs int64 `json:"received_us" doc:"contest time at which the question was read"`
	SentUs     int64 `json:"sent_us" doc:"contest time at which this answer was made"`
}

// clock answers at once, beside all commands, so that waiting does not spoil the sample.
func (c *Client) clock(in inbound, us int64) {
	var ask ClockAsk
	if err := json.Unmarshal(in.Data, &ask, jsontext.AllowDuplicateNames(false)); err != nil {
		c.refuse(in.ID, kindClock, errMalformed.Because(err))
		return
	}
	c.hub.metrics.commands.WithLabelValues(kindClock, "ok").Inc()
	c.send(outbound{kind: kindClock, id: in.ID, data: ClockAnswer{T0: ask.T0, ReceivedUs: us, SentUs: c.hub.cfg.NowUs()}})
}
