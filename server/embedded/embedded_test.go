//go:build unix

package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestKeepsItsDataAndRunsNothingAfterStop(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, bin Binaries) {
		t.Parallel()
		dir := folder(t)
		s := start(t, dir, bin)
		if !s.FirstStart {
			t.Error("a new folder is not told as one")
		}
		exec1(t, s.DatabaseURL, `CREATE TABLE kept AS SELECT 42 AS n`)
		stop(t, s)
		if left := livingIn(dataOf(dir)); len(left) != 0 {
			t.Fatalf("processes %v outlive Stop", left)
		}
		s = start(t, dir, bin)
		if n := number(t, s.DatabaseURL, `SELECT n FROM kept`); n != 42 || s.FirstStart {
			t.Errorf("kept %d, first start %v", n, s.FirstStart)
		}
		for setting, want := range map[string]string{"server_encoding": "UTF8", "listen_addresses": "", "data_checksums": "on", "fsync": "on"} {
			if number(t, s.DatabaseURL, fmt.Sprintf(`SELECT (current_setting('%s') = '%s')::int`, setting, want)) != 1 {
				t.Errorf("%s is not %q", setting, want)
			}
		}
		// The order of text must be the same on every machine.
		if number(t, s.DatabaseURL, `SELECT (datcollate = 'C')::int FROM pg_database WHERE datname = 'hoithi'`) != 1 {
			t.Error("the database's locale is not C")
		}
		if number(t, s.DatabaseURL, `SELECT ('a' < 'ă' COLLATE "vi-x-icu" AND 'ă' < 'b' COLLATE "vi-x-icu")::int`) != 1 {
			t.Error("Vietnamese order is not available to queries")
		}
	})
}

func TestSocketIsClosedToOthersAndThereIsNoNetwork(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := prepared(t, bin)
		start(t, dir, bin)
		info, err := os.Stat(filepath.Join(dir, "run"))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Fatalf("the socket's folder is %v (%v)", info.Mode(), err)
		}
	})
}

func TestStartsAgainAfterItsOwnerWasKilled(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, bin Binaries) {
		t.Parallel()
		dir := prepared(t, bin)
		o := startOwner(t, dir, bin)
		if o.said != "running" {
			t.Fatalf("the owner says %s %s", o.said, o.url)
		}
		exec1(t, o.url, `CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)`)
		// A backend that is busy does not notice by itself that its server has gone.
		busy := make(chan struct{})
		go func() {
			defer close(busy)
			if conn, err := pgx.Connect(context.Background(), o.url); err == nil {
				_, _ = conn.Exec(context.Background(), `DO $$ BEGIN LOOP PERFORM count(*) FROM generate_series(1, 10000000); END LOOP; END $$`)
			}
		}()
		waitFor(t, "the busy backend", func() bool {
			return number(t, o.url, `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%'`) == 1
		})
		o.kill(t)
		s := start(t, dir, bin)
		<-busy
		if n := number(t, s.DatabaseURL, `SELECT n FROM kept`); n != 1 {
			t.Errorf("kept %d", n)
		}
	})
}

// The worst case: owner and postmaster are killed at once, while a backend is busy.
func TestStartsAgainAfterItsServerWasKilledToo(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, bin Binaries) {
		t.Parallel()
		dir := prepared(t, bin)
		o := startOwner(t, dir, bin)
		exec1(t, o.url, `CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)`)
		go func() {
			if conn, err := pgx.Connect(context.Background(), o.url); err == nil {
				_, _ = conn.Exec(context.Background(), `DO $$ BEGIN LOOP PERFORM count(*) FROM generate_series(1, 10000000); END LOOP; END $$`)
			}
		}()
		waitFor(t, "the busy backend", func() bool {
			return number(t, o.url, `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%'`) == 1
		})
		// The owner first stands still, or it would start the server again.
		if err := o.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(postmasterPID(dataOf(dir)), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		o.kill(t)
		s := start(t, dir, bin)
		if n := number(t, s.DatabaseURL, `SELECT n FROM kept`); n != 1 {
			t.Errorf("kept %d", n)
		}
	})
}

func TestServerDiesWithItsOwner(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := prepared(t, bin)
		o := startOwner(t, dir, bin)
		began := time.Now()
		o.kill(t)
		waitFor(t, "the server to go", func() bool { return len(livingIn(dataOf(dir))) == 0 })
		t.Logf("gone %d ms after its owner", time.Since(began).Milliseconds())
	})
}

func TestSecondProgramIsRefused(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := prepared(t, bin)
		s := start(t, dir, bin)
		if o := startOwner(t, dir, bin); o.said+" "+o.url != "refused data_folder_in_use" {
			t.Errorf("a second program says: %s %s", o.said, o.url)
		}
		exec1(t, s.DatabaseURL, `SELECT 1`) // and the first one is unharmed
		db, rd, ok := Running(dir)
		if !ok || db != s.DatabaseURL || rd != s.RedisURL {
			t.Errorf("another command finds %v %s %s", ok, db, rd)
		}
		stop(t, s)
		if _, _, ok := Running(dir); ok {
			t.Error("another command finds servers that have been stopped")
		}
	})
}

func TestServerThatEndsByItselfIsStartedAgain(t *testing.T) {
	t.Parallel()
	newest(t, func(t *testing.T, bin Binaries) {
		dir := prepared(t, bin)
		s := start(t, dir, bin)
		exec1(t, s.DatabaseURL, `CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)`)
		first := postmasterPID(dataOf(dir))
		if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the server to come back", func() bool {
			conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
			if err != nil {
				return false
			}
			_ = conn.Close(t.Context())
			return postmasterPID(dataOf(dir)) != first
		})
		if n := number(t, s.DatabaseURL, `SELECT n FROM kept`); n != 1 {
			t.Errorf("kept %d", n)
		}
	})
}
