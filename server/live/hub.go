package live

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Kinds of messages and commands that the hub itself speaks.
const (
	kindWelcome     = "welcome"
	kindClock       = "clock"
	kindOK          = "ok"
	kindFault       = "fault"
	kindSubscribe   = "subscribe"
	kindUnsubscribe = "unsubscribe"
)

var kindRule = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Hub owns the sockets of this node. Register topics, messages and commands before the first socket opens.
type Hub struct {
	cfg     Config
	epoch   int64
	metrics *metrics
	lastID  atomic.Int64
	lastSeq atomic.Int64

	patterns []*pattern
	kinds    map[string]reflect.Type
	handlers map[string]*handler

	mu       sync.Mutex
	clients  map[*Client]struct{}
	byKey    map[string][]*Client
	nobodies map[string]int // sockets of the audience by address
	nobody   int            // all of them
	crowd    chan struct{}  // a place for each command of the audience that runs
	stopping bool

	topicsMu sync.RWMutex
	topics   map[string][]*subscription

	sockets  sync.WaitGroup
	commands sync.WaitGroup
	ctx      context.Context // of all commands; ends when the hub has stopped
	cancel   context.CancelFunc
}

// New makes a hub.
func New(cfg Config) *Hub {
	cfg = cfg.withDefaults()
	h := &Hub{
		cfg: cfg, epoch: cfg.NowUs(),
		kinds: map[string]reflect.Type{}, handlers: map[string]*handler{},
		clients: map[*Client]struct{}{}, byKey: map[string][]*Client{}, nobodies: map[string]int{}, topics: map[string][]*subscription{},
	}
	h.crowd = make(chan struct{}, cfg.NobodiesAtOnce)
	h.metrics = newMetrics(h, cfg.Metrics)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.registerOwn()
	return h
}

// EntryKey is the key of the sockets of an entry.
func EntryKey(entryID int64) string { return "entry/" + strconv.FormatInt(entryID, 10) }

// AccountKey is the key of the sockets of an account.
func AccountKey(accountID int64) string { return "account/" + strconv.FormatInt(accountID, 10) }

// Topic registers a pattern such as "contestant/round/{round}"; each {name} stands for a positive whole number.
// It panics on a wrong or repeated pattern: that is a mistake in the program.
func (h *Hub) Topic(text string, spec TopicSpec) {
	for _, p := range h.patterns {
		if p.text == text {
			panic(fmt.Sprintf("live: topic %q registered twice", text))
		}
	}
	h.patterns = append(h.patterns, newPattern(text, spec))
}

// Declare says that messages of this kind carry a T, so that they stand in the API document. Every kind that is
// published must be declared, once.
func Declare[T any](h *Hub, kind string) {
	if _, twice := h.kinds[kind]; twice || !kindRule.MatchString(kind) || ownKind(kind) {
		panic(fmt.Sprintf("live: kind %q is wrong or declared twice", kind))
	}
	h.kinds[kind] = reflect.TypeFor[T]()
}

func ownKind(kind string) bool {
	switch kind {
	case kindWelcome, kindClock, kindOK, kindFault:
		return true
	}
	return false
}

// Prepare encodes m for topic once. Publish, PublishKey, Send and a Snapshot take the result without encoding it
// again: keep it for snapshots that many will ask for.
func (h *Hub) Prepare(topic string, m Message) Message {
	if m.Epoch == 0 && m.Seq == 0 {
		m.Epoch, m.Seq = h.epoch, h.lastSeq.Add(1)
	}
	if f := h.frameOf(topic, m, true); f != nil {
		m.frame, m.preparedFor = f, topic
	}
	return m
}

// parcel makes m ready to be queued; false means that it can't be sent (which was logged: a mistake in the program).
func (h *Hub) parcel(topic string, m Message, shared bool) (parcel, bool) {
	f := m.frame
	if f == nil || m.preparedFor != topic {
		if m.Epoch == 0 && m.Seq == 0 {
			m.Epoch, m.Seq = h.epoch, h.lastSeq.Add(1)
		}
		if f = h.frameOf(topic, m, shared); f == nil {
			return parcel{}, false
		}
	}
	return parcel{
		topic: topic, kind: m.Kind, epoch: m.Epoch, seq: m.Seq, keep: m.Keep, frame: f, onWritten: m.OnWritten,
	}, true
}

func (h *Hub) frameOf(topic string, m Message, shared bool) *frame {
	want, ok := h.kinds[m.Kind]
	if _, raw := m.Data.(jsontext.Value); !ok || !raw && bare(reflect.TypeOf(m.Data)) != bare(want) {
		h.metrics.undeclared.Inc()
		h.cfg.Log.Error("live: message is not as declared and was not sent", "kind", m.Kind, "topic", topic,
			"type", fmt.Sprintf("%T", m.Data), "declared", fmt.Sprint(want))
		return nil
	}
	raw, err := outbound{
		kind: m.Kind, topic: topic, epoch: m.Epoch, seq: m.Seq, sentAt: h.cfg.NowUs(), data: m.Data,
	}.encode()
	if err != nil {
		h.cfg.Log.Error("live: message can't be encoded and was not sent", "kind", m.Kind, "topic", topic, "error", err)
		return nil
	}
	return newFrame(raw, shared)
}

func bare(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// CloseKey ends all sockets of a key on this node, such as when a session was revoked.
func (h *Hub) CloseKey(key string, code CloseCode) {
	h.mu.Lock()
	list := append([]*Client(nil), h.byKey[key]...)
	h.mu.Unlock()
	for _, c := range list {
		c.Close(code)
	}
}

// ProbeKey asks the sockets of a key on this node for a sign of life. One that gives none within that time is cut, as
// that of a phone whose battery died: the network alone would tell only much later. It does not wait.
func (h *Hub) ProbeKey(key string, within time.Duration) {
	h.mu.Lock()
	list := append([]*Client(nil), h.byKey[key]...)
	h.mu.Unlock()
	for _, c := range list {
		go func() {
			defer c.recovered("socket probe")
			if c.wire.probe(within) != nil {
				c.wire.abort()
			}
		}()
	}
}

// CloseWhere ends the sockets of this node that match.
func (h *Hub) CloseWhere(match func(*Client) bool, code CloseCode) {
	for _, c := range h.all() {
		if match(c) {
			c.Close(code)
		}
	}
}

// Connections is the number of open sockets.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

func (h *Hub) all() []*Client {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*Client, 0, len(h.clients))
	for c := range h.clients {
		list = append(list, c)
	}
	return list
}

// waves is the number of steps in which a shutdown closes sockets, so that they don't all come back at once.
const waves = 20

// Shutdown refuses new sockets, closes the others in waves with CloseRestart and waits for sockets and commands
// under way; when ctx ends, what is left is cut. Call it before fiber's own shutdown.
func (h *Hub) Shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.stopping = true
	h.mu.Unlock()
	defer h.cancel()
	list := h.all()
	step := (len(list) + waves - 1) / waves
	for i := 0; i < len(list); i += step {
		for _, c := range list[i:min(i+step, len(list))] {
			c.Close(CloseRestart)
		}
		if i+step < len(list) && !pause(ctx, h.cfg.ShutdownSpread/waves) {
			break
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.sockets.Wait()
		h.commands.Wait() // no socket, no new command
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	h.cancel()
	for _, c := range h.all() {
		c.wire.abort()
	}
	select {
	case <-done:
		return nil
	case <-time.After(h.cfg.CloseTimeout):
		return fmt.Errorf("live: %d sockets or their commands did not end: %w", h.Connections(), ctx.Err())
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
