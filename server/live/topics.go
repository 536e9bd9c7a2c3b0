package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

// pattern is a registered shape of topics.
type pattern struct {
	text  string
	parts []string // "{name}" for a number
	spec  TopicSpec
}

var patternRule = regexp.MustCompile(`^(?:[a-z][a-z0-9_-]*|\{[a-z][a-z0-9_]*\})(?:/(?:[a-z][a-z0-9_-]*|\{[a-z][a-z0-9_]*\}))*$`)

func newPattern(text string, spec TopicSpec) *pattern {
	if !patternRule.MatchString(text) {
		panic(fmt.Sprintf("live: wrong topic pattern %q", text))
	}
	return &pattern{text: text, parts: strings.Split(text, "/"), spec: spec}
}

// match gives the numbers in topic. A number has one spelling only, so that one thing has one topic.
func (p *pattern) match(topic string) (Params, bool) {
	rest, params := topic, Params(nil)
	for i, part := range p.parts {
		head, tail, more := strings.Cut(rest, "/")
		if more != (i < len(p.parts)-1) {
			return nil, false
		}
		rest = tail
		if part[0] != '{' {
			if head != part {
				return nil, false
			}
			continue
		}
		n, err := strconv.ParseInt(head, 10, 64)
		if err != nil || n <= 0 || strconv.FormatInt(n, 10) != head {
			return nil, false
		}
		if params == nil {
			params = Params{}
		}
		params[part[1:len(part)-1]] = n
	}
	return params, true
}

// subscription ties a client to a topic.
type subscription struct {
	client *Client
	name   string
	params Params
	spec   *TopicSpec
	of     *pattern
	key    string
	index  int  // place in the topic's list; guarded by Hub.topicsMu
	opened bool // Open has accepted; guarded by the client's subscriptions
	left   bool // it has ended; guarded likewise
}

// subscriptions is the client's side.
type subscriptions struct {
	mu    sync.Mutex
	list  []*subscription
	ended bool
}

func (s *subscriptions) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.list))
	for _, x := range s.list {
		names = append(names, x.name)
	}
	return names
}

func (s *subscriptions) find(topic string) int {
	return slices.IndexFunc(s.list, func(x *subscription) bool { return x.name == topic })
}

// under tells whether the client stands in the topic under this key.
func (s *subscriptions) under(topic, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(topic)
	return i >= 0 && s.list[i].key == key
}

func (s *subscriptions) has(topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(topic) >= 0
}

func (h *Hub) patternOf(topic string) (*pattern, Params) {
	for _, p := range h.patterns {
		if params, ok := p.match(topic); ok {
			return p, params
		}
	}
	return nil, nil
}

func (h *Hub) permit(ctx context.Context, c *Client, need string, params Params) error {
	if need == "" {
		return nil
	}
	if h.cfg.Permit == nil {
		return errNotPermitted
	}
	return h.cfg.Permit(ctx, c.principal, need, params)
}

// subscribe joins the topic first and asks for the snapshot then, so that nothing published in between is missed.
// Subscribing again gives the snapshot again.
func (c *Client) subscribe(ctx context.Context, topic string) error {
	h := c.hub
	p, params := h.patternOf(topic)
	if p == nil {
		return errUnknownTopic
	}
	if err := h.permit(ctx, c, p.spec.Need, params); err != nil {
		c.leave(topic)
		return err
	}
	s := &subscription{client: c, name: topic, params: params, spec: &p.spec, of: p, key: c.key}
	if p.spec.ByAccount {
		s.key = c.account
	}
	c.leave(topic)
	if err := c.join(s); err != nil {
		return err
	}
	var snapshot Snapshot
	if p.spec.Open != nil {
		var err error
		if snapshot, err = h.open(ctx, s); err != nil {
			c.leave(topic)
			return err
		}
	}
	c.subscribed.mu.Lock()
	s.opened = true
	left := s.left
	c.subscribed.mu.Unlock()
	if left { // the socket ended meanwhile
		h.hook("closed", func() { s.closed() })
		return errAborted
	}
	for _, m := range snapshot {
		if parcel, ok := h.parcel(topic, m, false); ok {
			c.push(parcel)
		}
	}
	s.presence(h)
	return nil
}

func (h *Hub) open(ctx context.Context, s *subscription) (snapshot Snapshot, err error) {
	defer func() {
		if r := recover(); r != nil {
			h.panicked("opening "+s.of.text, r)
			err = fault.From(fmt.Errorf("panic: %v", r))
		}
	}()
	return s.spec.Open(ctx, s.client, s.params)
}

func (s *subscription) closed() {
	if s.spec.Closed != nil {
		s.spec.Closed(s.client, s.params)
	}
}

func (s *subscription) presence(h *Hub) {
	if s.spec.Presence != nil {
		h.hook("presence", func() { s.spec.Presence(s.name, s.params) })
	}
}

// hook runs a room's function so that its panic ends nothing else.
func (h *Hub) hook(where string, fn func()) {
	defer func() {
		if r := recover(); r != nil {
			h.panicked(where, r)
		}
	}()
	fn()
}

func (c *Client) join(s *subscription) error {
	c.subscribed.mu.Lock()
	defer c.subscribed.mu.Unlock()
	if c.subscribed.ended {
		return errAborted
	}
	if len(c.subscribed.list) >= c.hub.cfg.MaxSubscription {
		return errManyTopics
	}
	c.subscribed.list = append(c.subscribed.list, s)
	h := c.hub
	h.topicsMu.Lock()
	defer h.topicsMu.Unlock()
	s.index = len(h.topics[s.name])
	h.topics[s.name] = append(h.topics[s.name], s)
	return nil
}

// leave ends the subscription to topic, if there is one.
func (c *Client) leave(topic string) {
	c.subscribed.mu.Lock()
	i := c.subscribed.find(topic)
	if i < 0 {
		c.subscribed.mu.Unlock()
		return
	}
	s := c.subscribed.list[i]
	c.subscribed.list = slices.Delete(c.subscribed.list, i, i+1)
	opened := c.hub.part(s)
	c.subscribed.mu.Unlock()
	c.hub.parted(s, opened)
}

func (c *Client) leaveAll() {
	c.subscribed.mu.Lock()
	c.subscribed.ended = true
	list := c.subscribed.list
	c.subscribed.list = nil
	opened := make([]bool, len(list))
	for i, s := range list {
		opened[i] = c.hub.part(s)
	}
	c.subscribed.mu.Unlock()
	for i, s := range list {
		c.hub.parted(s, opened[i])
	}
}

// part takes s out of its topic; the caller holds the client's subscriptions.
func (h *Hub) part(s *subscription) (opened bool) {
	s.left = true
	h.topicsMu.Lock()
	defer h.topicsMu.Unlock()
	list := h.topics[s.name]
	last := len(list) - 1
	list[s.index] = list[last]
	list[s.index].index = s.index
	list[last] = nil
	if last == 0 {
		delete(h.topics, s.name)
	} else {
		h.topics[s.name] = list[:last]
	}
	return s.opened
}

func (h *Hub) parted(s *subscription, opened bool) {
	if opened {
		h.hook("closed", s.closed)
		s.presence(h)
	}
}

// Publish sends m to all sockets of this node that subscribe to topic, in random order: nobody is always first. It
// never waits for a socket.
func (h *Hub) Publish(topic string, m Message) {
	h.topicsMu.RLock()
	subs := slices.Clone(h.topics[topic])
	h.topicsMu.RUnlock()
	if len(subs) == 0 {
		return
	}
	p, ok := h.parcel(topic, m, true)
	if !ok {
		return
	}
	rand.Shuffle(len(subs), func(i, j int) { subs[i], subs[j] = subs[j], subs[i] })
	for _, s := range subs {
		s.client.push(p)
	}
}

// PublishKey sends m to the sockets of key that subscribe to topic.
func (h *Hub) PublishKey(topic, key string, m Message) {
	to := h.socketsOf(topic, key)
	if len(to) == 0 {
		return
	}
	if p, ok := h.parcel(topic, m, len(to) > 1); ok {
		for _, c := range to {
			c.push(p)
		}
	}
}

// PublishEach sends to each socket of key that subscribes to topic what is made for it.
func (h *Hub) PublishEach(topic, key string, of func(p account.Principal) Message) {
	for _, c := range h.socketsOf(topic, key) {
		if p, ok := h.parcel(topic, of(c.Principal()), false); ok {
			c.push(p)
		}
	}
}

func (h *Hub) socketsOf(topic, key string) (to []*Client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.byKey[key] {
		if c.subscribed.under(topic, key) {
			to = append(to, c)
		}
	}
	return to
}

// Count is the number of sockets of this node that subscribe to topic.
func (h *Hub) Count(topic string) int {
	h.topicsMu.RLock()
	defer h.topicsMu.RUnlock()
	return len(h.topics[topic])
}

// Keys gives the number of sockets for each key that subscribes to topic on this node ("" is left out).
func (h *Hub) Keys(topic string) map[string]int {
	h.topicsMu.RLock()
	defer h.topicsMu.RUnlock()
	keys := map[string]int{}
	for _, s := range h.topics[topic] {
		if s.key != "" {
			keys[s.key]++
		}
	}
	return keys
}

// CountKey is the number of sockets of key that subscribe to topic on this node.
func (h *Hub) CountKey(topic, key string) int { return len(h.socketsOf(topic, key)) }

// Topics lists the topics of a pattern that have subscribers on this node, with their params.
func (h *Hub) Topics(text string) map[string]Params {
	h.topicsMu.RLock()
	defer h.topicsMu.RUnlock()
	found := map[string]Params{}
	for name, subs := range h.topics {
		if subs[0].of.text == text {
			found[name] = subs[0].params
		}
	}
	return found
}

// Needs lists what is registered and the need it was given: "topic:<pattern>" and "command:<kind>". Tests compare it
// with the table of permissions.
func (h *Hub) Needs() map[string]string {
	needs := map[string]string{}
	for _, p := range h.patterns {
		needs["topic:"+p.text] = p.spec.Need
	}
	for kind, c := range h.handlers {
		needs["command:"+kind] = c.spec.Need
	}
	return needs
}
