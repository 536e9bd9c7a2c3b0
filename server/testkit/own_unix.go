//go:build unix

package testkit

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/embedded"
	"github.com/hoithi/hoithi/server/postgres"
)

// OwnServer is a PostgreSQL for one test alone, which may be stopped, killed and started again. It writes through to
// the disk as a real one does.
type OwnServer struct {
	// URL is the address of its database, with all migrations; the same after each start.
	URL string

	t      testing.TB
	dir    string
	bin    embedded.Binaries
	as     embedded.RunAs
	server *embedded.Child
}

// OwnPostgres makes and starts a server. Making one takes about a second: Postgres is right for all but faults.
func OwnPostgres(t testing.TB) *OwnServer {
	t.Helper()
	ctx := t.Context()
	c, err := findCluster(ctx)
	if err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	// Not t.TempDir: a socket's path must be short, and the server's user must be able to walk there.
	dir, err := os.MkdirTemp("/tmp", "hoithi-own-")
	if err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	u := url.URL{Scheme: "postgres", User: url.User("hoithi"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {filepath.Join(dir, "run")}, "sslmode": {"disable"}}.Encode()
	s := &OwnServer{URL: u.String(), t: t, dir: dir, bin: c.bin, as: c.as}
	if err := s.bin.InitDB(ctx, s.as, filepath.Join(dir, "data"), "--auth=trust", "--no-sync"); err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	if err := s.as.MakeDir(filepath.Join(dir, "run")); err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	s.Start()
	t.Cleanup(s.Kill)
	pool, err := postgres.Open(ctx, s.URL, postgres.Options{})
	if err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil {
		t.Fatalf("testkit: own server: %v", err)
	}
	return s
}

// Start starts the server and waits until it answers.
func (s *OwnServer) Start() {
	s.t.Helper()
	data := filepath.Join(s.dir, "data")
	if err := embedded.EndAll(context.Background(), data); err != nil {
		s.t.Fatalf("testkit: own server: %v", err)
	}
	cmd := s.bin.Server(data, map[string]string{"listen_addresses": "", "unix_socket_directories": filepath.Join(s.dir, "run"),
		"timezone": "UTC", "log_checkpoints": "off"})
	var err error
	if s.server, err = embedded.StartChild(cmd, s.as); err != nil {
		s.t.Fatalf("testkit: own server: %v", err)
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), s.URL)
		if err == nil {
			_ = conn.Close(context.Background())
			return
		}
		if time.Since(began) > time.Minute {
			s.t.Fatalf("testkit: own server does not answer: %v", err)
		}
	}
}

// Stop stops the server in order: connections are ended, what is committed is kept.
func (s *OwnServer) Stop() { s.server.Stop(10*time.Second, syscall.SIGINT, syscall.SIGQUIT) }

// Kill ends it as a power cut does. It may have ended already.
func (s *OwnServer) Kill() {
	s.server.Stop(0)
	_ = embedded.EndAll(context.Background(), filepath.Join(s.dir, "data")) // the next Start says what is left
}
