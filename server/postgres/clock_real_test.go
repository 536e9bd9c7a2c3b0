package postgres_test

import (
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func TestContestTimeOfARealDatabase(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	clock, err := postgres.StartClock(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	defer clock.Stop()
	var db int64
	before := clock.NowUs()
	if err := pool.QueryRow(t.Context(), `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&db); err != nil {
		t.Fatal(err)
	}
	after := clock.NowUs()
	u := clock.UncertaintyUs()
	if db < before-u-2 || db > after+u+2 {
		t.Fatalf("the database says %d, between %d and %d (± %d)", db, before, after, u)
	}
	// Many readers at once: what one has seen, none goes behind.
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			last := clock.NowUs()
			for range 20_000 {
				now := clock.NowUs()
				if now < last {
					t.Errorf("went back by %d µs", last-now)
					return
				}
				last = now
			}
		})
	}
	all.Wait()
}
