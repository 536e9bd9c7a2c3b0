package testkit_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/hoithi/hoithi/server/testkit"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			pool := testkit.EmptyPostgres(t)
			if _, err := pool.Exec(t.Context(), `CREATE TABLE mine (n int); INSERT INTO mine VALUES (1)`); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM mine`).Scan(&n); err != nil || n != 1 {
				t.Fatalf("found %d rows, %v: another test's database", n, err)
			}
		})
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	watch := testkit.EmptyPostgres(t)
	var name string
	t.Run("inner", func(t *testing.T) {
		if err := testkit.EmptyPostgres(t).QueryRow(t.Context(), `SELECT current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var left int
	if err := watch.QueryRow(t.Context(), `SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&left); err != nil || left != 0 {
		t.Fatalf("database %s is still there (%d, %v)", name, left, err)
	}
}

func TestTemplateHoldsEveryMigration(t *testing.T) {
	t.Parallel()
	pool := testkit.Postgres(t)
	var version int64
	if err := pool.QueryRow(t.Context(), `SELECT max(version_id) FROM goose_db_version`).Scan(&version); err != nil || version == 0 {
		t.Fatalf("migrated to %d, %v", version, err)
	}
}

// A test process that is killed must not keep others from working, nor the next ones from finding a server.
func TestServesAfterATestProcessWasKilled(t *testing.T) {
	if os.Getenv("HOITHI_TESTKIT_VICTIM") != "" {
		testkit.EmptyPostgres(t)
		fmt.Println("victim is ready")
		select {}
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(self, "-test.run", "^"+t.Name()+"$", "-test.v")
	victim.Env = append(os.Environ(), "HOITHI_TESTKIT_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 0, 4096)
	for !strings.Contains(string(said), "victim is ready") {
		n, err := out.Read(said[len(said):cap(said)])
		if err != nil {
			t.Fatalf("victim: %v: %s", err, said)
		}
		said = said[:len(said)+n]
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // it was killed
	testkit.EmptyPostgres(t)
}

func TestRedisServersForgetWhatRunsOut(t *testing.T) {
	t.Parallel()
	testkit.EachRedis(t, func(t *testing.T, client *redis.Client) {
		ctx := t.Context()
		if err := client.Set(ctx, "k", "v", 30*time.Millisecond).Err(); err != nil {
			t.Fatal(err)
		}
		for start := time.Now(); client.Exists(ctx, "k").Val() == 1; time.Sleep(5 * time.Millisecond) {
			if time.Since(start) > 10*time.Second {
				t.Fatal("the key never runs out")
			}
		}
	})
}

func TestRedisServersAskForThePassword(t *testing.T) {
	t.Parallel()
	testkit.EachRedis(t, func(t *testing.T, client *redis.Client) {
		o := *client.Options()
		o.Password = ""
		stranger := redis.NewClient(&o)
		defer func() { _ = stranger.Close() }()
		if err := stranger.Ping(t.Context()).Err(); err == nil {
			t.Fatal("a client without a password is let in")
		}
	})
}
