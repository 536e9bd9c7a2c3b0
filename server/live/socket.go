package live

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	fws "github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/websocket/v2"

	"github.com/hoithi/hoithi/server/account"
)

// readLimit bounds a frame from a browser: its commands are small.
const readLimit = 16 << 10

// bufferSize is small because most frames are; a larger one takes a second write (see newFrame) or read.
const bufferSize = 1 << 10

// preparedFrom is the size from which a frame is laid out beforehand, so that it leaves in one write.
const preparedFrom = 900

// writeBuffers lends a buffer to a socket only while it writes, so that idle sockets hold none.
var writeBuffers sync.Pool

// errGone is what a read gives when the socket has ended in an orderly way.
var errGone = errors.New("socket has ended")

// errNotText is what a read gives for a binary frame.
var errNotText = errors.New("not a text frame")

// frame is one encoded message. The same frame may be written to many sockets.
type frame struct {
	raw      []byte
	prepared *fws.PreparedMessage
}

// newFrame lays raw out as a frame; shared says that it goes to more than one socket.
func newFrame(raw []byte, shared bool) *frame {
	f := &frame{raw: raw}
	if shared || len(raw) >= preparedFrom {
		p, err := fws.NewPreparedMessage(fws.TextMessage, raw)
		if err == nil {
			f.prepared = p
		}
	}
	return f
}

// wire is one upgraded connection. One goroutine reads, one writes; abort, extend and farewell may come from any.
// It holds the unwrapped connection: the wrapper of gofiber/websocket goes back to a pool and would then be another
// person's.
type wire struct {
	conn         *fws.Conn
	readTimeout  time.Duration
	writeTimeout time.Duration

	mu      sync.Mutex
	leaving bool // farewell has been said: the read deadline is final
}

// read waits for the next text frame. onPing is called by read for each ping of the other side.
func (w *wire) read() ([]byte, error) {
	kind, data, err := w.conn.ReadMessage()
	switch {
	case err == nil && kind == fws.TextMessage:
		return data, nil
	case err == nil:
		return nil, errNotText
	case fws.IsCloseError(err, fws.CloseNormalClosure, fws.CloseGoingAway, fws.CloseNoStatusReceived):
		return nil, errGone
	}
	return nil, err
}

// extend gives the other side another read timeout to say something.
func (w *wire) extend() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leaving {
		return nil
	}
	return w.conn.SetReadDeadline(time.Now().Add(w.readTimeout))
}

func (w *wire) write(f *frame) error {
	if err := w.conn.SetWriteDeadline(time.Now().Add(w.writeTimeout)); err != nil {
		return err
	}
	if f.prepared != nil {
		return w.conn.WritePreparedMessage(f.prepared)
	}
	return w.conn.WriteMessage(fws.TextMessage, f.raw)
}

func (w *wire) ping() error {
	return w.conn.WriteControl(fws.PingMessage, nil, time.Now().Add(w.writeTimeout))
}

// probe asks the other side for a sign of life within a time: a pong, or anything else, gives it the usual time again.
func (w *wire) probe(within time.Duration) error {
	deadline := time.Now().Add(within)
	w.mu.Lock()
	leaving := w.leaving
	var err error
	if !leaving {
		err = w.conn.SetReadDeadline(deadline)
	}
	w.mu.Unlock()
	if leaving || err != nil {
		return err
	}
	return w.conn.WriteControl(fws.PingMessage, nil, deadline)
}

func (w *wire) pong(data []byte) error {
	return w.conn.WriteControl(fws.PongMessage, data, time.Now().Add(w.writeTimeout))
}

// farewell sends the close frame and gives the other side wait to answer it; the reader then ends.
func (w *wire) farewell(code CloseCode, wait time.Duration) error {
	w.mu.Lock()
	w.leaving = true
	w.mu.Unlock()
	err := w.conn.WriteControl(fws.CloseMessage, fws.FormatCloseMessage(int(code), code.reason()), time.Now().Add(wait))
	if err != nil {
		return err
	}
	return w.conn.SetReadDeadline(time.Now().Add(wait))
}

// abort closes the connection at once. Whatever reads or writes returns with an error.
func (w *wire) abort() {
	// A second close gives an error that tells nothing.
	_ = w.conn.Close()
}

// PrepareApp sets on the fiber app what sockets need: without it the server, not we, would close an upgraded
// connection, and reuse its wrapper for another person while we may still hold it. Call it before listening.
func PrepareApp(app *fiber.App) {
	app.Server().KeepHijackedConns = true
}

// Handler is the route of GET /api/live.
func (h *Hub) Handler() fiber.Handler {
	upgrade := websocket.New(func(conn *websocket.Conn) {
		principal, _ := conn.Locals(PrincipalKey).(account.Principal)
		remote, _ := conn.Locals(RemoteKey).(string)
		w := &wire{conn: conn.Conn, readTimeout: h.cfg.ReadTimeout, writeTimeout: h.cfg.WriteTimeout}
		h.attach(w, principal, remote)
	}, websocket.Config{
		// Every request has passed allowedOrigin by now, which knows more than this list could say.
		Origins:         []string{"*"},
		ReadBufferSize:  bufferSize,
		WriteBufferSize: bufferSize,
		WriteBufferPool: &writeBuffers,
	})
	return func(c *fiber.Ctx) error {
		if !c.App().Server().KeepHijackedConns {
			return errNotPrepared
		}
		if !websocket.IsWebSocketUpgrade(c) {
			return errUpgradeOnly
		}
		if !h.allowedOrigin(c.Get(fiber.HeaderOrigin), c.Get(fiber.HeaderHost)) {
			return errOrigin
		}
		remote, ok := c.Locals(RemoteKey).(string)
		if !ok {
			remote = strings.Clone(c.IP())
			c.Locals(RemoteKey, remote)
		}
		principal, _ := c.Locals(PrincipalKey).(account.Principal)
		if err := h.mayAdmit(h.cfg.KeyOf(principal), accountKeyOf(principal), remote); err != nil {
			return err
		}
		return upgrade(c)
	}
}

// attach wires the control frames and serves the socket until it has ended.
func (h *Hub) attach(w *wire, principal account.Principal, remote string) {
	defer w.abort()
	defer func() {
		if r := recover(); r != nil {
			h.panicked("socket", r)
		}
	}()
	c := h.newClient(w, principal, remote)
	w.conn.SetReadLimit(readLimit)
	w.conn.SetPongHandler(func(string) error { return w.extend() })
	w.conn.SetPingHandler(func(data string) error {
		c.out.pong([]byte(data))
		return w.extend()
	})
	// The answer to a close frame is the writer's to send, like everything else.
	w.conn.SetCloseHandler(func(code int, _ string) error {
		c.out.close(CloseBye, false)
		return nil
	})
	c.serve()
}

// allowedOrigin tells whether a page of this origin may open a socket. Browsers always send the header, programs
// need not; a page of the host that was asked is ours.
func (h *Hub) allowedOrigin(origin, host string) bool {
	if origin == "" {
		return true
	}
	for _, o := range h.cfg.Origins {
		if strings.EqualFold(o, origin) {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

func (c CloseCode) reason() string {
	switch c {
	case CloseBye:
		return "bye"
	case CloseBadFrame:
		return "bad_frame"
	case CloseTooBig:
		return "too_big"
	case CloseRestart:
		return "restart"
	case CloseTryLater:
		return "try_later"
	case CloseReconnect:
		return "reconnect"
	case CloseSignedOut:
		return "signed_out"
	case CloseSuperseded:
		return "superseded"
	}
	return ""
}
