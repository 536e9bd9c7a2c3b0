package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// A statement that is not answered within its time is told as a wait, whether the server was busy with it or no
// connection was free.
func TestWhatTakesTooLongIsTemporary(t *testing.T) {
	t.Parallel()
	pool := testkit.EmptyPostgres(t)
	ended, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := pool.Exec(ended, `SELECT 1`)
	if f := fault.From(postgres.Fault(err)); err == nil || f.Kind != fault.Unavailable || f.RetryAfterSeconds == 0 {
		t.Errorf("no answer in time is told as %v of %v", f, err)
	}
	ended, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = pool.Exec(ended, `SELECT pg_sleep(60)`)
	if f := fault.From(postgres.Fault(err)); err == nil || f.Kind != fault.Unavailable {
		t.Errorf("a statement that was given up is told as %v of %v", f, err)
	}
}
