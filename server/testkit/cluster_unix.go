//go:build unix

package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/embedded"
)

// A cluster is a folder: its data, its socket and three files.
//
//	users   held shared by every test process, alone by the guard while it stops the server
//	guard   held by the guard process as long as it lives
//	clean   is there when the server was stopped in order and its data may be used again
type cluster struct {
	dir string
	bin embedded.Binaries
	as  embedded.RunAs
}

func (c cluster) file(name string) string { return filepath.Join(c.dir, name) }

func (c cluster) url() string {
	u := url.URL{Scheme: "postgres", User: url.User("hoithi"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {c.file("run")}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// held keeps the shared lock, and with it the cluster, until this process ends.
var held *embedded.Lock //nolint:unused // to hold it is its use

// startCluster makes sure that the cluster runs, and keeps it running as long as this process lives.
func startCluster() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	c, err := findCluster(ctx)
	if err != nil {
		return "", err
	}
	if held, err = embedded.ShareLock(c.file("users")); err != nil {
		return "", err
	}
	now := time.Now()
	if err := os.Chtimes(c.file("users"), now, now); err != nil {
		return "", err
	}
	for {
		conn, err := pgx.Connect(ctx, c.url())
		if err == nil {
			return c.url(), conn.Close(ctx)
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(c.file("log")) // only to explain
			return "", fmt.Errorf("the test cluster in %s does not start: %w\n%s", c.dir, err, log)
		}
		if err := c.ensureGuard(); err != nil {
			return "", err
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// findCluster names the folder for the oldest PostgreSQL found: what runs there runs on the newer ones, not the other
// way round. HOITHI_POSTGRES_BIN chooses another.
func findCluster(ctx context.Context) (cluster, error) {
	found, err := embedded.FindBinaries(ctx, os.Getenv("HOITHI_POSTGRES_BIN"))
	if err != nil {
		return cluster{}, err
	}
	as, err := embedded.ChildUser()
	if err != nil {
		return cluster{}, err
	}
	bin := found[len(found)-1]
	c := cluster{dir: filepath.Join("/tmp", fmt.Sprintf("hoithi-test-%d-%s", os.Geteuid(), bin.Version)), bin: bin, as: as}
	if err := os.MkdirAll(c.dir, 0o711); err != nil {
		return c, err
	}
	info, err := os.Lstat(c.dir)
	if err != nil {
		return c, err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(owner.Uid) != os.Geteuid() {
		return c, fmt.Errorf("%s belongs to another user", c.dir)
	}
	c.bin, err = bin.UsableBy(ctx, as, c.dir)
	return c, err
}

// ensureGuard starts a guard unless one lives. Two at once do no harm: the second one leaves.
func (c cluster) ensureGuard() error {
	lock, err := embedded.TryLock(c.file("guard"))
	if errors.Is(err, embedded.ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	lock.Unlock()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(c.file("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), guardEnv+"=1")
	cmd.Dir = "/"
	// Its own session, and none of our streams: `go test` waits for all that hold them.
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // reap it, should it end before us
	// It takes its lock within moments; until then another try would only start one more.
	time.Sleep(200 * time.Millisecond)
	return nil
}

// startBound starts a child that ends with this process at the latest.
func startBound(cmd *exec.Cmd) (stop func(), err error) {
	child, err := embedded.StartChild(cmd, embedded.RunAs{})
	if err != nil {
		return nil, err
	}
	return func() { child.Stop(5*time.Second, syscall.SIGINT) }, nil
}
