package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func TestOpenSaysWhatToMend(t *testing.T) {
	t.Parallel()
	real := testkit.PostgresURL(t)
	change := func(f func(*url.URL)) string {
		u, err := url.Parse(real)
		if err != nil {
			t.Fatal(err)
		}
		f(u)
		return u.String()
	}
	for _, c := range []struct{ name, url, code string }{
		{"empty", "", "database_url_invalid"},
		{"not an address", "postgres://user:geheim@host:port/db", "database_url_invalid"},
		{"unknown scheme", "mysql://user:geheim@localhost/db", "database_url_invalid"},
		{"nobody listens", "postgres://user:geheim@127.0.0.1:1/db", "database_unreachable"},
		{"no such socket", "postgres:///db?host=" + url.QueryEscape(filepath.Join(t.TempDir(), "none")), "database_unreachable"},
		{"no such database", change(func(u *url.URL) { u.Path = "/nowhere" }), "database_missing"},
		{"no such user", change(func(u *url.URL) { u.User = url.UserPassword("stranger", "geheim") }), "database_sign_in_refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool, err := postgres.Open(t.Context(), c.url, postgres.Options{})
			if err == nil {
				pool.Close()
				t.Fatal("opened")
			}
			f := fault.From(err)
			if f.Code != c.code {
				t.Fatalf("code %s, want %s (%v)", f.Code, c.code, err)
			}
			if f.Vi == "" || f.En == "" || f.Vi == f.En {
				t.Errorf("the words are not there in both languages: %+v", f)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}

func TestOpenWaitsForAServerThatIsStarting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := postgres.Open(ctx, "postgres://u@127.0.0.1:1/db", postgres.Options{Patience: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("gave up before it was told to: %v", err)
	}
}

func TestSessionsCannotHangForEver(t *testing.T) {
	t.Parallel()
	pool, err := postgres.Open(t.Context(), testkit.PostgresURL(t), postgres.Options{
		ApplicationName: "hoithi a", StatementTimeout: 150 * time.Millisecond, IdleInTransactionTimeout: 7 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for setting, want := range map[string]string{
		"statement_timeout": "150ms", "idle_in_transaction_session_timeout": "7s", "application_name": "hoithi a", "timezone": "UTC"} {
		var got string
		if err := pool.QueryRow(t.Context(), `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", setting, got, want, err)
		}
	}
	_, err = pool.Exec(t.Context(), `SELECT pg_sleep(60)`)
	if postgres.Code(err) != "57014" {
		t.Fatalf("a hanging statement ended with %v", err)
	}
	if f := fault.From(postgres.Fault(err)); f.Code != "database_away" || f.Kind != fault.Unavailable {
		t.Errorf("told as %v", f)
	}
}

func TestMigrateByManyNodesAtOnce(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	const nodes = 4
	results := make(chan error, nodes)
	for range nodes {
		go func() { results <- postgres.Migrate(t.Context(), pool) }()
	}
	for range nodes {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	var twice int
	err := pool.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT version_id FROM goose_db_version GROUP BY 1 HAVING count(*) > 1) x`).Scan(&twice)
	if err != nil || twice != 0 {
		t.Fatalf("%d migrations ran more than once (%v)", twice, err)
	}
	if locks := heldLocks(t, pool); locks != 0 {
		t.Errorf("%d advisory locks are still held", locks)
	}
}

func TestMigrateRefusesANewerDatabase(t *testing.T) {
	t.Parallel()
	pool := testkit.Postgres(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if f := fault.From(postgres.Migrate(t.Context(), pool)); f == nil || f.Code != "database_newer" {
		t.Fatalf("got %v", f)
	}
}

func heldLocks(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	// The server lets go of a closed session's locks a moment after its client has left.
	for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(5 * time.Millisecond) {
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	return n
}
