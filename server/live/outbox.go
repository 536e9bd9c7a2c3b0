package live

import "sync"

// parcel is one message on its way to one socket.
type parcel struct {
	topic, kind string // both "" for replies: never replaced
	epoch, seq  int64
	keep        bool
	frame       *frame
	onWritten   func(c *Client, us int64)
}

// order is what the writer has to do next.
type order struct {
	parcel parcel
	pong   []byte
	close  CloseCode
}

// outbox holds what one socket has still to write. Adding never blocks; an outbox that is full closes the socket.
type outbox struct {
	mu          sync.Mutex
	queue       []parcel
	bytes       int
	maxMessages int
	maxBytes    int
	pongData    []byte
	closing     CloseCode
	closed      bool // nothing is taken or given any more
	wake        chan struct{}
}

// verdict is what became of a parcel.
type verdict int

const (
	queued   verdict = iota
	replaced         // an older unsent view gave its place
	stale            // a newer view waits already
	refused          // the socket is ending
	overflow         // the socket is too slow: it is being closed
)

func (o *outbox) push(p parcel) verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.closing != 0 {
		return refused
	}
	if p.kind != "" && !p.keep {
		for i := range o.queue {
			q := &o.queue[i]
			if q.keep || q.kind != p.kind || q.topic != p.topic {
				continue
			}
			if !newer(p, *q) {
				return stale
			}
			o.bytes += len(p.frame.raw) - len(q.frame.raw)
			*q = p
			return replaced
		}
	}
	if len(o.queue) >= o.maxMessages || o.bytes+len(p.frame.raw) > o.maxBytes && len(o.queue) > 0 {
		o.drop()
		o.closing = CloseReconnect
		o.rouse()
		return overflow
	}
	o.queue = append(o.queue, p)
	o.bytes += len(p.frame.raw)
	o.rouse()
	return queued
}

func newer(a, b parcel) bool {
	return a.epoch > b.epoch || a.epoch == b.epoch && a.seq > b.seq
}

// pong notes that a ping must be answered; of several only the last needs to be.
func (o *outbox) pong(data []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if data == nil {
		data = []byte{}
	}
	o.pongData = data
	o.rouse()
}

// close asks the writer to say goodbye; flush: after what waits has been written. The first code stands.
func (o *outbox) close(code CloseCode, flush bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.closing != 0 {
		return
	}
	if !flush {
		o.drop()
	}
	o.closing = code
	o.rouse()
}

// take gives the next thing to do; false means nothing for now.
func (o *outbox) take() (order, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return order{}, false
	case o.pongData != nil:
		data := o.pongData
		o.pongData = nil
		return order{pong: data}, true
	case len(o.queue) > 0:
		p := o.queue[0]
		o.queue[0] = parcel{}
		o.queue = o.queue[1:]
		if len(o.queue) == 0 {
			o.queue = nil // an idle socket holds no queue
		}
		o.bytes -= len(p.frame.raw)
		return order{parcel: p}, true
	case o.closing != 0:
		return order{close: o.closing}, true
	}
	return order{}, false
}

// end drops everything; nothing is taken after it.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.drop()
	o.rouse()
}

func (o *outbox) depth() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue)
}

func (o *outbox) ended() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

func (o *outbox) drop() {
	o.queue, o.bytes, o.pongData = nil, 0, nil
}

func (o *outbox) rouse() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
