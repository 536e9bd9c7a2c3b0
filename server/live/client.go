package live

import (
	"github.com/hoithi/hoithi/server/account"
)

// Client is one open socket. Its methods are safe from every goroutine, also after the socket has ended (then
// sending does nothing).
type Client struct {
	hub       *Hub
	id        int64
	principal account.Principal
	key       string
	remote    string
}

// ID is unique within this node for as long as the process lives.
func (c *Client) ID() int64 { return c.id }

// Principal is who opened the socket, as of that moment.
func (c *Client) Principal() account.Principal { return c.principal }

// Key groups the sockets of one entry or account ("entry/17", "account/3", or "").
func (c *Client) Key() string { return c.key }

// RemoteAddr is the browser's address.
func (c *Client) RemoteAddr() string { return c.remote }

// Topics lists what the client is subscribed to, sorted.
func (c *Client) Topics() []string { return nil }

// Send sends m to this socket only, if it is subscribed to topic.
func (c *Client) Send(topic string, m Message) {}

// Close ends the socket with a code that tells the browser what to do.
func (c *Client) Close(code CloseCode) {}
