package embedded

import (
	"crypto/rand"
	"fmt"
	"net/url"

	"github.com/alicebob/miniredis/v2"
)

type redisServer struct {
	server *miniredis.Miniredis
	url    string
}

// startRedis starts the server on a free port of this machine alone, behind a password of this run: the port can be
// reached by every program of the machine.
func startRedis() (*redisServer, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true) // without it nothing ever runs out
	password := rand.Text()
	m.RequireAuth(password)
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("built-in redis: %w", err)
	}
	u := url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: m.Addr(), Path: "/0"}
	return &redisServer{server: m, url: u.String()}, nil
}

func (r *redisServer) stop() { r.server.Close() }
