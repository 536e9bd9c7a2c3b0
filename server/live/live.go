// Package live carries messages between the server and browsers over one websocket each: hub, connections, topics,
// commands, and the relay of hints between nodes.
//
// It knows no contest: topics and commands are registered by the rooms, permissions are decided by a function that
// app gives. It must never block a publisher on a slow socket, never write to a socket that has ended, and never
// hold state whose loss would matter.
package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hoithi/hoithi/server/account"
)

// PrincipalKey is the name under which the web middleware leaves an account.Principal in fiber's Locals. Without
// one the socket belongs to nobody (audience).
const PrincipalKey = "principal"

// RemoteKey is the name under which the web middleware may leave the browser's address (a string) in fiber's
// Locals, when it knows better than the connection (behind a proxy). Without it fiber's own idea is taken.
const RemoteKey = "remote"

// Message is one whole view for the subscribers of a topic. A newer message of the same topic and kind replaces an
// older one that has not been sent yet; the browser ignores one that is not newer than what it has.
type Message struct {
	// Kind must have been declared with Declare; Data must have the type that was declared.
	Kind string
	// Epoch and Seq order the messages of one topic and kind: a greater (Epoch, Seq) is newer. Both must be equal on
	// all nodes for the same state. Both zero: the hub numbers the message itself, newer than all it numbered before
	// (for views that only this node makes, such as presence).
	Epoch int64
	Seq   int64
	Data  any
	// Keep: never replaced by a newer message while it waits; each one arrives, in order.
	Keep bool
	// OnWritten, if set, is called by the socket's writer right after the message went into the socket of c, with
	// the contest time of that moment. It must be quick. It is not called when the message was replaced or the
	// socket ended first.
	OnWritten func(c *Client, us int64)

	frame       *frame // set by Prepare
	preparedFor string // the topic it was prepared for
}

// Snapshot is what a new subscriber gets: the present view of each kind that the topic carries.
type Snapshot []Message

// Params are the numbers in a topic: "contestant/round/7" under "contestant/round/{round}" gives {"round": 7}.
type Params map[string]int64

// TopicSpec says who may subscribe to a topic and what they get first.
type TopicSpec struct {
	// Need is the name of the permission; "" means that anybody may. Config.Permit decides.
	Need string
	// Open makes the snapshot for c. The subscription already stands when it is called, so what is published in
	// between arrives too (and the older of two views is dropped). An error refuses the subscription.
	Open func(ctx context.Context, c *Client, p Params) (Snapshot, error)
	// Closed, if set, is called once for every subscription that Open accepted, when it ends for any reason.
	Closed func(c *Client, p Params)
	// Presence, if set, is called after the subscribers of a topic changed (Count and Keys are up to date). It must
	// be quick: note it and publish later, so that many changes make one message.
	Presence func(topic string, p Params)
	// ByAccount: PublishKey and Keys go by the account of a socket, also where its browser holds an entry beside it.
	ByAccount bool
}

// Config is what app gives to a hub. Zero values of the limits take the defaults.
type Config struct {
	// Node is this process's name, told to browsers and used in logs.
	Node string
	// Origins are the allowed values of the Origin header besides the host that the browser asked itself.
	Origins []string
	// NowUs is the contest time in microseconds.
	NowUs func() int64
	// Permit decides for every subscribe and command with a Need whether p may; the answer is nil or a fault.
	Permit func(ctx context.Context, p account.Principal, need string, params Params) error
	// KeyOf groups sockets of one entry or account; nil means KeyOf of this package.
	KeyOf func(account.Principal) string
	Log   *slog.Logger
	// Metrics is where the numbers of the hub are registered; nil means nowhere.
	Metrics prometheus.Registerer

	JitterWindow    time.Duration // default 2 s: browsers spread their return over it
	PingEvery       time.Duration // default 25 s
	ReadTimeout     time.Duration // default 75 s
	WriteTimeout    time.Duration // default 5 s
	CloseTimeout    time.Duration // default 1 s: how long the other side may take to answer a close frame
	ShutdownSpread  time.Duration // default 2 s: close frames of a shutdown are spread over it
	MaxConnections  int           // default 20,000; more are refused with 503
	MaxOthers       int           // default nineteen twentieths of it: entries and the audience leave room for the crew
	MaxNobodies     int           // default three quarters of it: the audience leaves room for those who take part
	MaxPerAddress   int           // default 5,000 sockets of the audience from one address
	MaxPerKey       int           // default 64 sockets of one entry or account
	QueueMessages   int           // default 256 per socket
	QueueBytes      int           // default 1 MiB per socket
	MaxSubscription int           // default 32 per socket
	InFlight        int           // default 8 commands of one socket at once
	Pending         int           // default 128 commands of one socket waiting
	CommandsPerSec  float64       // default 50 per socket
	CommandBurst    float64       // default 100 per socket
	NobodiesAtOnce  int           // default 8 commands of the whole audience at once: the others wait their turn
	CommandTimeout  time.Duration // default 30 s: the context of a command ends then
}

func (cfg Config) withDefaults() Config {
	def(&cfg.JitterWindow, 2*time.Second)
	def(&cfg.PingEvery, 25*time.Second)
	def(&cfg.ReadTimeout, 75*time.Second)
	def(&cfg.WriteTimeout, 5*time.Second)
	def(&cfg.CloseTimeout, time.Second)
	def(&cfg.ShutdownSpread, 2*time.Second)
	def(&cfg.MaxConnections, 20_000)
	def(&cfg.MaxOthers, cfg.MaxConnections-cfg.MaxConnections/20)
	def(&cfg.MaxNobodies, cfg.MaxConnections-cfg.MaxConnections/4)
	def(&cfg.MaxPerAddress, 5000)
	def(&cfg.MaxPerKey, 64)
	def(&cfg.QueueMessages, 256)
	def(&cfg.QueueBytes, 1<<20)
	def(&cfg.MaxSubscription, 32)
	def(&cfg.InFlight, 8)
	def(&cfg.Pending, 128)
	def(&cfg.CommandsPerSec, 50)
	def(&cfg.CommandBurst, 100)
	def(&cfg.NobodiesAtOnce, 8)
	def(&cfg.CommandTimeout, 30*time.Second)
	if cfg.NowUs == nil {
		cfg.NowUs = func() int64 { return time.Now().UnixMicro() }
	}
	if cfg.KeyOf == nil {
		cfg.KeyOf = KeyOf
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return cfg
}

func def[T comparable](v *T, standard T) {
	var zero T
	if *v == zero {
		*v = standard
	}
}

// CloseCode tells the browser why its socket ended, and whether and when to come back.
type CloseCode int

// Close codes. The numbers below 4000 are the standard's; browsers see all of them in their close event.
const (
	CloseBye        CloseCode = 1000 // the browser said goodbye: nothing to do
	CloseBadFrame   CloseCode = 1007 // what was sent is no message of ours: come back once, then tell the person
	CloseTooBig     CloseCode = 1009 // a frame above the read limit: as above
	CloseRestart    CloseCode = 1012 // this node goes down: come back at a random moment of the jitter window
	CloseTryLater   CloseCode = 1013 // this node is full: come back after 10 s plus the jitter window
	CloseReconnect  CloseCode = 4000 // too slow, or the session changed: come back at once with a fresh snapshot
	CloseSignedOut  CloseCode = 4001 // the session has ended: sign in first
	CloseSuperseded CloseCode = 4002 // another device has taken over: come back only when the person asks for it
)

// KeyOf is the usual grouping: "entry/17" for an entry's device, "account/3" for an account, "" for nobody. Accounts that
// people have made for themselves are nobody: anybody makes as many as he likes.
func KeyOf(p account.Principal) string {
	if p.Entry != nil {
		return EntryKey(p.Entry.EntryID)
	}
	return accountKeyOf(p)
}

// accountKeyOf is the key of the account, in topics that go by it.
func accountKeyOf(p account.Principal) string {
	if p.AccountID != 0 && !p.SelfMade {
		return AccountKey(p.AccountID)
	}
	return ""
}
