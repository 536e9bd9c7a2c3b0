// Package testkit gives tests the real servers: a PostgreSQL database of their own for each test, and both kinds of
// Redis. It must never be imported by anything but tests.
//
// One PostgreSQL cluster serves all test packages of a machine. It is started by the first test that needs it, looked
// after by a guard process, and stopped a few seconds after the last test process has gone, however that one ended.
// With HOITHI_TEST_DATABASE_URL the databases are made on that server instead.
package testkit

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/postgres"
)

// Postgres is a fresh database with all migrations, for this test alone. It is dropped when the test ends.
func Postgres(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, PostgresURL(t))
}

// PostgresURL is the address of a fresh database with all migrations, for tests that start whole programs.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return create(t, template(t))
}

// EmptyPostgres is a fresh database without any migration.
func EmptyPostgres(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, create(t, "template0"))
}

func open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(t.Context(), url, postgres.Options{ApplicationName: "hoithi test", MaxConns: 8})
	if err != nil {
		t.Fatalf("testkit: open the test's database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

var databases atomic.Int64

// create clones a database and gives its address.
func create(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("t_%d_%d", os.Getpid(), databases.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// Copied as files: on a server that doesn't flush, its two checkpoints cost less than a log of every page.
	if err := administer(ctx, t, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		t.Fatalf("testkit: create the test's database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		// FORCE: a test may have started a process that still holds a connection.
		if err := administer(ctx, t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Logf("testkit: drop the test's database: %v", err)
		}
	})
	return addressOf(t, name)
}

// administer runs one statement on the server itself.
func administer(ctx context.Context, t testing.TB, sql string) error {
	conn, err := pgx.Connect(ctx, serverURL(t))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

func addressOf(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(serverURL(t))
	if err != nil {
		t.Fatalf("testkit: HOITHI_TEST_DATABASE_URL: %v", err)
	}
	u.Path = "/" + database
	return u.String()
}
