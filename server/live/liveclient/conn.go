package liveclient

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	opContinue = 0
	opText     = 1
	opClose    = 8
	opPing     = 9
	opPong     = 10

	// maxFrame bounds what the server may send in one message.
	maxFrame = 16 << 20
	// readBuffer is small because ten thousand clients may live in one process.
	readBuffer   = 1 << 10
	writeTimeout = 5 * time.Second
	// readTimeout is longer than two pings of the server.
	readTimeout = 75 * time.Second
)

// conn is one websocket connection of a client: RFC 6455 without extensions.
type conn struct {
	net    net.Conn
	reader *bufio.Reader
	mu     sync.Mutex // one frame at a time
}

// CloseError says that the server ended the connection with a close frame.
type CloseError struct {
	Code   int
	Reason string
}

// Error names the code and the server's reason.
func (e *CloseError) Error() string {
	return fmt.Sprintf("live connection closed: %d %s", e.Code, e.Reason)
}

// RefusedError says that the server answered the handshake with another status than 101.
type RefusedError struct {
	Status int
	Body   string
}

// Error names the status.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("live connection refused: status %d: %s", e.Status, e.Body)
}

func dial(ctx context.Context, o Options) (*conn, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("address of the live connection: %w", err)
	}
	secure := u.Scheme == "wss" || u.Scheme == "https"
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[bool]string{true: "443", false: "80"}[secure])
	}
	d := net.Dialer{Timeout: 10 * time.Second}
	if o.LocalIP != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(o.LocalIP)}
	}
	raw, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if secure {
		cfg := o.TLS.Clone()
		if cfg == nil {
			cfg = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		if cfg.ServerName == "" {
			cfg.ServerName = u.Hostname()
		}
		raw = tls.Client(raw, cfg)
	}
	c := &conn{net: raw, reader: bufio.NewReaderSize(raw, readBuffer)}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	err = c.handshake(u, o)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) handshake(u *url.URL, o Options) error {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails
	key := base64.StdEncoding.EncodeToString(nonce[:])
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", u.RequestURI(), u.Host)
	fmt.Fprintf(&b, "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n", key)
	if o.Cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", o.Cookie)
	}
	if o.Origin != "" {
		fmt.Fprintf(&b, "Origin: %s\r\n", o.Origin)
	}
	for name, value := range o.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	b.WriteString("\r\n")
	if err := c.net.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	if _, err := io.WriteString(c.net, b.String()); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	res, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(res.Body, 4096)) // a cut body is still worth showing
		_ = res.Body.Close()
		return &RefusedError{Status: res.StatusCode, Body: string(body)}
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if res.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
		return fmt.Errorf("handshake: the answer is not from a websocket server")
	}
	return c.net.SetDeadline(time.Time{})
}

// read gives the next text message; it answers pings and the close frame itself. buf is used when it is large enough.
func (c *conn) read(buf []byte) ([]byte, error) {
	message := buf[:0]
	for {
		if err := c.net.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
			return nil, err
		}
		var head [10]byte
		if _, err := io.ReadFull(c.reader, head[:2]); err != nil {
			return nil, err
		}
		op, final, size := head[0]&15, head[0]&0x80 != 0, uint64(head[1]&0x7f)
		switch size {
		case 126:
			if _, err := io.ReadFull(c.reader, head[2:4]); err != nil {
				return nil, err
			}
			size = uint64(binary.BigEndian.Uint16(head[2:4]))
		case 127:
			if _, err := io.ReadFull(c.reader, head[2:10]); err != nil {
				return nil, err
			}
			size = binary.BigEndian.Uint64(head[2:10])
		}
		if head[1]&0x80 != 0 || head[0]&0x70 != 0 || size > maxFrame || op >= opClose && size > 125 {
			return nil, fmt.Errorf("the server sent a wrong frame")
		}
		if op >= opClose {
			var control [125]byte
			if _, err := io.ReadFull(c.reader, control[:size]); err != nil {
				return nil, err
			}
			if err := c.control(op, control[:size]); err != nil {
				return nil, err
			}
			continue
		}
		from := len(message)
		if need := from + int(size); cap(message) < need {
			message = append(make([]byte, 0, need), message...)
		}
		message = message[:from+int(size)]
		if _, err := io.ReadFull(c.reader, message[from:]); err != nil {
			return nil, err
		}
		if final {
			return message, nil
		}
	}
}

func (c *conn) control(op byte, data []byte) error {
	switch op {
	case opPing:
		return c.write(opPong, data)
	case opClose:
		closed := &CloseError{Code: 1005}
		if len(data) >= 2 {
			closed.Code = int(binary.BigEndian.Uint16(data))
			closed.Reason = string(data[2:])
		}
		_ = c.write(opClose, data) // best effort: it ends either way
		return closed
	}
	return nil
}

var frames = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

func (c *conn) write(op byte, data []byte) error {
	b := frames.Get().(*[]byte)
	defer frames.Put(b)
	out := append((*b)[:0], 0x80|op)
	switch n := len(data); {
	case n < 126:
		out = append(out, 0x80|byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(n))
	}
	var mask [4]byte
	binary.LittleEndian.PutUint32(mask[:], mathrand.Uint32())
	out = append(out, mask[:]...)
	for i, x := range data {
		out = append(out, x^mask[i&3])
	}
	*b = out[:0]
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.net.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := c.net.Write(out)
	return err
}
