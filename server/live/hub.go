package live

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"
)

// Hub owns the sockets of this node. Register topics, messages and commands before the first socket opens.
type Hub struct {
	cfg Config
}

// New makes a hub.
func New(cfg Config) *Hub { return &Hub{cfg: cfg} }

// EntryKey is the key of the sockets of an entry.
func EntryKey(entryID int64) string { return "entry/" + strconv.FormatInt(entryID, 10) }

// AccountKey is the key of the sockets of an account.
func AccountKey(accountID int64) string { return "account/" + strconv.FormatInt(accountID, 10) }

// Topic registers a pattern such as "contestant/round/{round}"; each {name} stands for a positive whole number.
// It panics on a wrong or repeated pattern: that is a mistake in the program.
func (h *Hub) Topic(pattern string, spec TopicSpec) {}

// Declare says that messages of this kind carry a T, so that they stand in the API document. Every kind that is
// published must be declared, once.
func Declare[T any](h *Hub, kind string) {}

// Prepare encodes m for topic once. Publish, PublishKey, Send and a Snapshot take the result without encoding it
// again: keep it for snapshots that many will ask for.
func (h *Hub) Prepare(topic string, m Message) Message { return m }

// Publish sends m to all sockets of this node that subscribe to topic, in random order. It never waits for a socket.
func (h *Hub) Publish(topic string, m Message) {}

// PublishKey sends m to the sockets of key that subscribe to topic.
func (h *Hub) PublishKey(topic, key string, m Message) {}

// Count is the number of sockets of this node that subscribe to topic.
func (h *Hub) Count(topic string) int { return 0 }

// Keys gives the number of sockets for each key that subscribes to topic on this node ("" is left out).
func (h *Hub) Keys(topic string) map[string]int { return nil }

// Topics lists the topics of a pattern that have subscribers on this node, with their params, in no order.
func (h *Hub) Topics(pattern string) map[string]Params { return nil }

// CloseKey ends all sockets of a key on this node, such as when a session was revoked.
func (h *Hub) CloseKey(key string, code CloseCode) {}

// CloseWhere ends the sockets of this node that match.
func (h *Hub) CloseWhere(match func(*Client) bool, code CloseCode) {}

// Handler is the route of GET /api/live. It expects KeepHijackedConns to be set (see PrepareApp).
func (h *Hub) Handler() fiber.Handler { return nil }

// Shutdown refuses new sockets, closes the others in waves with CloseRestart and waits for sockets and commands
// under way; when ctx ends, what is left is cut. Call it before fiber's own shutdown.
func (h *Hub) Shutdown(ctx context.Context) error { return nil }

// PrepareApp sets on the fiber app what sockets need. Call it once, before listening.
func PrepareApp(app *fiber.App) { app.Server().KeepHijackedConns = true }
