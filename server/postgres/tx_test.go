package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func marksTable(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	_, err := pool.Exec(t.Context(), `CREATE TABLE marks (id bigint PRIMARY KEY, points bigint NOT NULL CHECK (points >= 0), text text)`)
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM marks`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func insert(ctx context.Context, tx pgx.Tx, id int) error {
	_, err := tx.Exec(ctx, `INSERT INTO marks VALUES ($1, 1)`, id)
	return err
}

func TestInTxIsAllOrNothing(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	marksTable(t, pool)
	refused := errors.New("refused")
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		return errors.Join(insert(t.Context(), tx, 1), refused)
	})
	if !errors.Is(err, refused) || count(t, pool) != 0 {
		t.Fatalf("after an error: %v, %d rows", err, count(t, pool))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
			if err := insert(t.Context(), tx, 1); err != nil {
				t.Error(err)
			}
			panic("a mistake")
		})
	}()
	if n := count(t, pool); n != 0 {
		t.Fatalf("after a panic: %d rows", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		defer cancel()
		return insert(ctx, tx, 1)
	})
	if err == nil || count(t, pool) != 0 {
		t.Fatalf("after its reader left: %v, %d rows", err, count(t, pool))
	}
	if err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error { return insert(t.Context(), tx, 1) }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pool); n != 1 {
		t.Fatalf("committed, and there are %d rows", n)
	}
	if busy := pool.Stat().AcquiredConns(); busy != 0 {
		t.Errorf("%d connections were not given back", busy)
	}
}

func TestInTxRetryGetsThroughADeadlock(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	marksTable(t, pool)
	if _, err := pool.Exec(t.Context(), `INSERT INTO marks VALUES (1, 0), (2, 0)`); err != nil {
		t.Fatal(err)
	}
	var met sync.WaitGroup
	met.Add(2)
	var runs atomic.Int32
	add := func(first, second int) error {
		meet := sync.OnceFunc(func() { met.Done(); met.Wait() }) // only the first run of each waits for the other
		return postgres.InTxRetry(t.Context(), pool, func(tx pgx.Tx) error {
			runs.Add(1)
			if _, err := tx.Exec(t.Context(), `UPDATE marks SET points = points + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			meet()
			_, err := tx.Exec(t.Context(), `UPDATE marks SET points = points + 1 WHERE id = $1`, second)
			return err
		})
	}
	other := make(chan error)
	go func() { other <- add(1, 2) }()
	if err := errors.Join(add(2, 1), <-other); err != nil {
		t.Fatal(err)
	}
	var least, most int
	if err := pool.QueryRow(t.Context(), `SELECT min(points), max(points) FROM marks`).Scan(&least, &most); err != nil {
		t.Fatal(err)
	}
	if least != 2 || most != 2 || runs.Load() < 3 {
		t.Fatalf("points %d to %d after %d runs, want 2 after at least 3", least, most, runs.Load())
	}
}

func TestInTxRetryGetsThroughALostConnection(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	marksTable(t, pool)
	runs := 0
	err := postgres.InTxRetry(t.Context(), pool, func(tx pgx.Tx) error {
		runs++
		if err := insert(t.Context(), tx, 1); err != nil {
			return err
		}
		if runs == 1 {
			if _, err := pool.Exec(t.Context(), `SELECT pg_terminate_backend($1)`, tx.Conn().PgConn().PID()); err != nil {
				return err
			}
			err := insert(t.Context(), tx, 2)
			if !postgres.IsConnectionLost(err) || !postgres.IsUnavailable(err) || postgres.IsUnknownCommit(err) {
				t.Errorf("a lost connection is not known as one: %v", err)
			}
			return err
		}
		return nil
	})
	if err != nil || runs != 2 || count(t, pool) != 1 {
		t.Fatalf("%v after %d runs, %d rows", err, runs, count(t, pool))
	}
}

func TestInTxRetryLeavesBadDataAlone(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	marksTable(t, pool)
	for name, c := range map[string]struct {
		sql  string
		args []any
		is   func(error) bool
	}{
		"unique": {`INSERT INTO marks VALUES (1, 1), (1, 1)`, nil, func(err error) bool {
			return postgres.IsUniqueViolation(err) && postgres.IsUniqueViolation(err, "marks_pkey") && !postgres.IsUniqueViolation(err, "other")
		}},
		"check": {`INSERT INTO marks VALUES (1, -1)`, nil, func(err error) bool { return postgres.IsCheckViolation(err) }},
		"NUL":   {`INSERT INTO marks VALUES (1, 1, $1)`, []any{"a\x00b"}, func(err error) bool { return !postgres.IsUniqueViolation(err) }},
		"range": {`INSERT INTO marks VALUES (1, 1e200000::numeric::bigint)`, nil, func(err error) bool { return true }},
	} {
		runs := 0
		err := postgres.InTxRetry(t.Context(), pool, func(tx pgx.Tx) error {
			runs++
			_, err := tx.Exec(t.Context(), c.sql, c.args...)
			return err
		})
		if !postgres.IsBadData(err) || postgres.IsUnavailable(err) || !c.is(err) || runs != 1 {
			t.Errorf("%s: %v after %d runs", name, err, runs)
		}
	}
}

// The connection breaks after COMMIT was sent: the row is there, and the caller must not be told otherwise.
func TestUnknownCommitIsNeitherYesNorNo(t *testing.T) {
	t.Parallel()
	real := testkit.PostgresURL(t)
	direct, err := postgres.Open(t.Context(), real, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	marksTable(t, direct)
	pool, err := postgres.Open(t.Context(), throughCutter(t, real), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	runs := 0
	err = postgres.InTxRetry(t.Context(), pool, func(tx pgx.Tx) error {
		runs++
		return insert(t.Context(), tx, 1)
	})
	if !postgres.IsUnknownCommit(err) {
		t.Fatalf("told as %v", err)
	}
	if runs != 1 {
		t.Errorf("tried %d times without asking", runs)
	}
	if n := count(t, direct); n != 1 {
		t.Errorf("%d rows; the case is that the commit was made", n)
	}
	if f := fault.From(postgres.Fault(err)); f.Code != "database_away" || f.RetryAfterSeconds == 0 {
		t.Errorf("told as %v", f)
	}
}

// throughCutter is the address of a relay that lets COMMIT through, waits for its answer, and hangs up instead of
// passing it on.
func throughCutter(t *testing.T, real string) string {
	t.Helper()
	u, err := url.Parse(real)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("host") == "" {
		t.Skip("the test server is not on a socket")
	}
	server := filepath.Join(q.Get("host"), ".s.PGSQL.5432")
	dir, err := os.MkdirTemp("/tmp", "cut-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(client, server)
		}
	}()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return u.String()
}

func relay(client net.Conn, address string) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("unix", address)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var committing atomic.Bool
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := client.Read(buf)
			if bytes.Contains(buf[:n], []byte("commit\x00")) {
				committing.Store(true)
			}
			if n > 0 {
				if _, err := server.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		if committing.Load() || (err != nil && !errors.Is(err, io.EOF)) || n == 0 {
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}
