package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

func appended(t *testing.T, db *pgxpool.Pool, chain int64, n int) {
	t.Helper()
	ctx := account.With(t.Context(), account.Principal{AccountID: 7, Name: "Lê Thu Trang"})
	for i := range n {
		err := postgres.InTx(ctx, db, func(tx pgx.Tx) error {
			return audit.Append(ctx, tx, chain, "contest.update", map[string]any{"name": fmt.Sprint("Lần ", i+1)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The chain tells where somebody with the database's password has changed, dropped or slipped in an event. The triggers
// that refuse it to the program are switched off, as such a person would.
func TestATamperedEventIsFound(t *testing.T) {
	for name, x := range map[string]struct {
		sql    string
		broken int64
	}{
		"nothing":          {`SELECT 1`, 0},
		"what was done":    {`UPDATE audit_event SET payload = '{"name":"Khác"}'::bytea WHERE chain = 1 AND seq = 3`, 3},
		"who did it":       {`UPDATE audit_event SET actor = 'Người khác' WHERE chain = 1 AND seq = 2`, 2},
		"when":             {`UPDATE audit_event SET at_us = at_us + 1 WHERE chain = 1 AND seq = 5`, 5},
		"the act":          {`UPDATE audit_event SET action = 'contest.create' WHERE chain = 1 AND seq = 1`, 1},
		"an event is gone": {`DELETE FROM audit_event WHERE chain = 1 AND seq = 4`, 4},
		"closed up after it": {`DELETE FROM audit_event WHERE chain = 1 AND seq = 2;
			UPDATE audit_event SET seq = seq - 1 WHERE chain = 1 AND seq > 2`, 2},
		"of another contest": {`UPDATE audit_event SET payload = 'x'::bytea WHERE chain = 2`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			db := testkit.Postgres(t)
			appended(t, db, 1, 6)
			appended(t, db, 2, 2)
			tx, err := db.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), `SET LOCAL session_replication_role = replica; `+x.sql); err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, broken, err := audit.Verify(t.Context(), db, 1)
			if err != nil || broken != x.broken {
				t.Errorf("broken at %d, want %d (%v)", broken, x.broken, err)
			}
		})
	}
}

func TestManyAtOnceMakeOneChain(t *testing.T) {
	db := testkit.Postgres(t)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { appended(t, db, 1, 8) })
	}
	all.Wait()
	events, broken, err := audit.Verify(t.Context(), db, 1)
	if err != nil || broken != 0 || events != 40 {
		t.Errorf("%d events, broken at %d, %v", events, broken, err)
	}
}

func TestAnActThatIsUndoneLeavesNoRecord(t *testing.T) {
	db := testkit.Postgres(t)
	_ = postgres.InTx(t.Context(), db, func(tx pgx.Tx) error {
		if err := audit.Append(t.Context(), tx, 1, "contest.update", nil); err != nil {
			t.Error(err)
		}
		return context.Canceled
	})
	if events, broken, err := audit.Verify(t.Context(), db, 1); events != 0 || broken != 0 || err != nil {
		t.Errorf("%d events, broken at %d, %v", events, broken, err)
	}
}

func TestTheRecordIsReadInPagesNewestFirst(t *testing.T) {
	db := testkit.Postgres(t)
	appended(t, db, 1, 7)
	var seqs []int64
	for before := int64(0); ; {
		page, err := audit.List(t.Context(), db, 1, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			seqs = append(seqs, e.Seq)
			before = e.Seq
		}
	}
	if fmt.Sprint(seqs) != "[7 6 5 4 3 2 1]" {
		t.Errorf("read %v", seqs)
	}
}
