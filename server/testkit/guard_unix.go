//go:build unix

package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/embedded"
)

const (
	guardEnv = "HOITHI_TESTKIT_GUARD"
	// linger is how long the server outlives the last test process: long enough for the next package's tests to be
	// compiled, short enough that nobody finds it running.
	linger = 20 * time.Second
)

// A test binary that is started with guardEnv is the guard of the cluster, and runs no test.
func init() {
	if os.Getenv(guardEnv) == "" {
		return
	}
	if err := guard(); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// guard runs the server until nobody has needed it for a while. The server is its child and dies with it.
func guard() error {
	ctx := context.Background()
	c, err := findCluster(ctx)
	if err != nil {
		return err
	}
	lock, err := embedded.TryLock(c.file("guard"))
	if errors.Is(err, embedded.ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Unlock()
	if err := errors.Join(os.Truncate(c.file("log"), 0),
		os.WriteFile(c.file("pid"), []byte(strconv.Itoa(os.Getpid())), 0o600)); err != nil {
		return err
	}
	defer func() { _ = os.Remove(c.file("pid")) }()
	hurry := make(chan os.Signal, 1)
	signal.Notify(hurry, syscall.SIGTERM)
	server, err := c.run(ctx)
	if err != nil {
		return err
	}
	alone := c.waitUntilAlone(server, hurry)
	if alone == nil {
		return fmt.Errorf("the server ended by itself: %w", server.Err())
	}
	defer alone.Unlock()
	tidied := c.tidy(ctx)
	server.Stop(10*time.Second, syscall.SIGINT, syscall.SIGQUIT)
	if tidied != nil {
		return tidied // the next guard begins anew
	}
	return os.WriteFile(c.file("clean"), nil, 0o600)
}

// run starts the server on the data of last time if they were left in order, else on new ones.
func (c cluster) run(ctx context.Context) (*embedded.Child, error) {
	data := c.file("data")
	if err := os.Remove(c.file("clean")); err != nil {
		if err := embedded.EndAll(ctx, data); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(data); err != nil {
			return nil, err
		}
		// fsync off, here and below: these data may be lost at any moment, and the tests are twice as fast.
		if err := c.bin.InitDB(ctx, c.as, data, "--auth=trust", "--no-sync"); err != nil {
			return nil, err
		}
	}
	if err := c.as.MakeDir(c.file("run")); err != nil {
		return nil, err
	}
	cmd := c.bin.Server(data, map[string]string{
		"listen_addresses": "", "unix_socket_directories": c.file("run"), "max_connections": "300",
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
		"shared_buffers": "128MB", "jit": "off", "timezone": "UTC", "autovacuum_naptime": "1h", "log_checkpoints": "off", "max_wal_size": "4GB",
	})
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return embedded.StartChild(cmd, c.as)
}

// tidy removes the databases of test processes that were killed, and all but the newest templates. Nobody else is
// there while it runs.
func (c cluster) tidy(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	rows, err := conn.Query(ctx, `(SELECT datname FROM pg_database WHERE datname LIKE 't\_%')
		UNION ALL (SELECT datname FROM pg_database WHERE datname LIKE 'tpl\_%' ORDER BY oid DESC OFFSET 3)`)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		_, err1 := conn.Exec(ctx, "ALTER DATABASE "+name+" IS_TEMPLATE false")
		_, err2 := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
	}
	return nil
}

// waitUntilAlone returns the lock on the users, held alone, once nobody has used the cluster for a while; nil when
// the server ended. After a signal to hurry it waits only until nobody is there.
func (c cluster) waitUntilAlone(server *embedded.Child, hurry <-chan os.Signal) *embedded.Lock {
	patience := linger
	for {
		select {
		case <-server.Done():
			return nil
		case <-hurry:
			patience = 0
		case <-time.After(time.Second):
		}
		// A test process marks its coming and holds the lock while it lives; the guard marks each time it sees one.
		lock, err := embedded.TryLock(c.file("users"))
		if err != nil {
			now := time.Now()
			_ = os.Chtimes(c.file("users"), now, now)
			continue
		}
		info, err := os.Stat(c.file("users"))
		if err == nil && time.Since(info.ModTime()) > patience {
			return lock
		}
		lock.Unlock()
	}
}
