package live

// Clients gives the open sockets.
func (h *Hub) Clients() []*Client { return h.all() }

// WriteNow writes past the queue, as a writer that has not noticed the end of its socket would.
func (c *Client) WriteNow(raw string) error { return c.wire.write(newFrame([]byte(raw), false)) }

// AllowedOrigin is the check of the Origin header.
func (h *Hub) AllowedOrigin(origin, host string) bool { return h.allowedOrigin(origin, host) }
