package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// redisPassword is asked for by both kinds of server: a client that forgets it fails here and not in the hall.
const redisPassword = "only for tests"

// Redis is a client of a fresh built-in server, the one that a laptop in a hall runs on.
func Redis(t testing.TB) *redis.Client {
	t.Helper()
	server := miniredis.NewMiniRedis()
	server.ClockTTL(true) // without it nothing ever runs out
	server.RequireAuth(redisPassword)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		t.Fatalf("testkit: built-in redis: %v", err)
	}
	t.Cleanup(server.Close)
	return connect(t, &redis.Options{Addr: server.Addr(), Password: redisPassword})
}

// RealRedis is a client of a fresh redis-server. The test is skipped where there is none, unless HOITHI_TEST_FULL
// says that everything must be tested.
func RealRedis(t testing.TB) *redis.Client {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("HOITHI_TEST_FULL") != "" {
			t.Fatal("testkit: redis-server is not installed, and HOITHI_TEST_FULL is set")
		}
		t.Skip("redis-server is not installed")
	}
	socket := startRedis(t, binary)
	client := connect(t, &redis.Options{Network: "unix", Addr: socket, Password: redisPassword, MaxRetries: 0})
	for start := time.Now(); client.Ping(t.Context()).Err() != nil; time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			log, _ := os.ReadFile(filepath.Join(filepath.Dir(socket), "log")) // only to explain
			t.Fatalf("testkit: redis-server does not answer\n%s", log)
		}
	}
	return client
}

// startRedis starts a server that keeps nothing and dies with the test process, and gives its socket.
func startRedis(t testing.TB, binary string) string {
	t.Helper()
	// Not t.TempDir: a socket's path must be short.
	dir, err := os.MkdirTemp("/tmp", "hoithi-redis-")
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	cmd := exec.Command(binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--save", "",
		"--appendonly", "no", "--requirepass", redisPassword, "--dir", dir, "--logfile", filepath.Join(dir, "log"))
	stop, err := startBound(cmd)
	if err != nil {
		t.Fatalf("testkit: redis-server: %v", err)
	}
	t.Cleanup(stop)
	return socket
}

func connect(t testing.TB, o *redis.Options) *redis.Client {
	t.Helper()
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// EachRedis runs the same test on the built-in server and on a real one.
func EachRedis(t *testing.T, test func(t *testing.T, client *redis.Client)) {
	t.Helper()
	t.Run("built-in", func(t *testing.T) { test(t, Redis(t)) })
	t.Run("redis-server", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("there is no redis-server for Windows")
		}
		test(t, RealRedis(t))
	})
}
