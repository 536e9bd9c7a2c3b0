package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// InTx runs fn in a transaction: committed when fn returns nil, rolled back when it returns an error or panics.
// An error for which IsUnknownCommit holds may have been committed.
func InTx(ctx context.Context, pool *pgxpool.Pool, fn func(pgx.Tx) error) error {
	return InTxWith(ctx, pool, pgx.TxOptions{}, fn)
}

// InTxWith is InTx with an isolation level or access mode.
func InTxWith(ctx context.Context, pool *pgxpool.Pool, o pgx.TxOptions, fn func(pgx.Tx) error) error {
	tx, err := pool.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		// The caller's context may be what has just ended; the connection is to be given back clean all the same.
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(undo) // what cannot be rolled back is closed by the pool, and the server undoes it
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return commitError(err)
	}
	committed = true
	return nil
}

// commitError parts what the server refused to commit from what nobody knows.
func commitError(err error) error {
	if errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, pgx.ErrTxClosed) {
		return err
	}
	// A server that is told to stop may say so after the commit was written.
	if c := Code(err); c != "" && !strings.HasPrefix(c, "08") && !strings.HasPrefix(c, "57P") {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknownCommit, err)
}

// retryWaits are the pauses between the attempts of InTxRetry, 2.5 s in all: longer troubles are the caller's to show.
var retryWaits = []time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	250 * time.Millisecond, 500 * time.Millisecond, 750 * time.Millisecond, 810 * time.Millisecond,
}

// InTxRetry is InTx that tries again after a deadlock, a serialization failure or a lost connection, where the
// database has certainly undone everything. fn may run several times and must not keep anything from a failed run.
// An unknown commit is never tried again here, as only the caller knows how to ask whether it was made.
func InTxRetry(ctx context.Context, pool *pgxpool.Pool, fn func(pgx.Tx) error) error {
	for _, wait := range retryWaits {
		err := InTx(ctx, pool, fn)
		if err == nil || IsUnknownCommit(err) || !(IsContention(err) || IsUnavailable(err)) {
			return err
		}
		wait += rand.N(wait) // two nodes that collided do not collide again
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
	return InTx(ctx, pool, fn)
}
