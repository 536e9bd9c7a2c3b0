package live_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/live"
)

// redisServer is something that can be started and stopped at one address.
type redisServer struct {
	addr        string
	start, stop func()
}

func redisServers(t *testing.T) map[string]redisServer {
	t.Helper()
	mini := miniredis.NewMiniRedis()
	servers := map[string]redisServer{"built-in": {
		addr: freeAddr(t),
		stop: mini.Close,
	}}
	s := servers["built-in"]
	s.start = func() {
		if err := mini.StartAddr(s.addr); err != nil {
			t.Fatal(err)
		}
	}
	servers["built-in"] = s
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Log("no redis-server here: only the built-in server is tried")
		return servers
	}
	addr := freeAddr(t)
	_, port, _ := strings.Cut(addr, ":")
	var cmd *exec.Cmd
	servers["redis"] = redisServer{addr: addr, start: func() {
		cmd = exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}, stop: func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}}
	return servers
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

// ear keeps what a node heard.
type ear struct {
	mu    sync.Mutex
	heard map[string]int
}

func (e *ear) hear(channel, payload string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard == nil {
		e.heard = map[string]int{}
	}
	e.heard[channel+"="+payload]++
}

func (e *ear) count(what string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard[what]
}

func TestHintsReachEveryNodeAndSurviveTheLossOfRedis(t *testing.T) {
	for name, server := range redisServers(t) {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			var logMu sync.Mutex
			node := func() (*live.Relay, *ear) {
				client := redis.NewClient(&redis.Options{Addr: server.addr, MaxRetries: -1})
				logger := slog.New(slog.NewTextHandler(lockedWriter{&logMu, &log}, nil))
				r := live.NewRelay(client, logger, nil)
				e := &ear{}
				r.On("round/", e.hear)
				t.Cleanup(func() {
					r.Close()
					_ = client.Close()
				})
				return r, e
			}
			// Redis comes up after the nodes: they must find it.
			a, earA := node()
			_, earB := node()
			server.start()
			heard := func(what string) {
				t.Helper()
				eventually(t, what+" is heard by both", func() bool {
					a.Hint("round/7", what)
					a.Hint("board/7", what)
					return earA.count("round/7="+what) > 0 && earB.count("round/7="+what) > 0
				})
			}
			heard("first")
			if earB.count("board/7=first") != 0 {
				t.Error("heard what was not asked for")
			}
			before := earB.count("round/=")
			if before == 0 {
				t.Error("a node was not told to look by itself when its connection was made")
			}
			server.stop()
			for i := range 5000 { // must not block while Redis is away
				a.Hint("round/7", fmt.Sprint(i))
			}
			server.start()
			heard("second")
			eventually(t, "the nodes are told that hints were missed", func() bool { return earB.count("round/=") > before })
			server.stop()
			logMu.Lock()
			defer logMu.Unlock()
			if n := strings.Count(log.String(), "Redis is away"); n > 6 {
				t.Errorf("the log says %d times that Redis is away", n)
			}
		})
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}
