//go:build unix

package testkit_test

import (
	"testing"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func TestOwnServerKeepsWhatIsCommitted(t *testing.T) {
	t.Parallel()
	s := testkit.OwnPostgres(t)
	pool, err := postgres.Open(t.Context(), s.URL, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `CREATE TABLE kept (n int)`); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func(){s.Kill, s.Stop} {
		if _, err := pool.Exec(t.Context(), `INSERT INTO kept VALUES (1)`); err != nil {
			t.Fatal(err)
		}
		end()
		if _, err := pool.Exec(t.Context(), `SELECT 1`); !postgres.IsUnavailable(err) {
			t.Errorf("a stopped server answers with %v", err)
		}
		s.Start()
		pool.Reset()
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM kept`).Scan(&n); err != nil || n != 2 {
		t.Fatalf("%d rows are kept (%v), want 2", n, err)
	}
}
