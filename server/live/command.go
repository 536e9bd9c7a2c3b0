package live

import "context"

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

// Handle registers a command with a payload of type T and a reply of type R. The payload is checked against the
// schema of T (huma's tags) before fn is called. An error becomes a fault in the client's language. The context
// does not end with the socket (what was received is carried out), only with the hub.
// It panics on a repeated kind: that is a mistake in the program.
func Handle[T, R any](h *Hub, kind string, spec CommandSpec, fn func(ctx context.Context, c *Client, cmd Command, data T) (R, error)) {
}
