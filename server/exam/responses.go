package exam

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/postgres"
)

// The statements of a batch. They are written here, not in queries.sql, because they go down the wire together; the
// lock must be a statement of its own: in one statement with the insert, an old snapshot let a row in after the close.
// The insert goes in the order of the keys: two nodes that insert the same rows wait for each other, never in a circle.
const (
	lockShared = `SELECT pg_advisory_xact_lock_shared($1::int, $2::int)`

	insertResponses = `
INSERT INTO exam_response (attempt_id, place, writer, seq, received_us, payload)
SELECT a.attempt_id, a.place, a.writer, a.seq, a.received_us, a.payload
FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::int[], $6::int[], $7::bigint[], $8::bytea[])
     AS a(attempt_id, entry_id, place, writer, seq, received_us, payload)
JOIN exam_attempt t ON t.id = a.attempt_id AND t.round_id = $1 AND t.entry_id = a.entry_id AND t.writer = a.writer
                   AND t.finished_us IS NULL AND a.received_us <= t.deadline_us + $9
JOIN exam_round x ON x.round_id = $1 AND (x.paused_at_us = 0 OR a.received_us <= x.paused_at_us + $9)
ORDER BY a.attempt_id, a.place, a.writer, a.seq
ON CONFLICT DO NOTHING`

	readResponses = `
SELECT a.at::int, r.received_us, r.payload, t.writer,
       t.finished_us IS NOT NULL OR a.received_us > t.deadline_us + $8 AND (x.paused_at_us = 0 OR t.deadline_us <= x.paused_at_us),
       x.paused_at_us <> 0 AND a.received_us > x.paused_at_us + $8
FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::int[], $6::int[], $7::bigint[])
     WITH ORDINALITY AS a(attempt_id, entry_id, place, writer, seq, received_us, at)
JOIN exam_attempt t ON t.id = a.attempt_id AND t.round_id = $1 AND t.entry_id = a.entry_id
JOIN exam_round x ON x.round_id = $1
LEFT JOIN exam_response r ON r.attempt_id = a.attempt_id AND r.place = a.place AND r.writer = a.writer AND r.seq = a.seq`
)

func (r *room) responseStore() *postgres.Store[arrival, stored] {
	return &postgres.Store[arrival, stored]{Try: r.tryResponses, Health: r.s.health, Log: r.s.log.With("round", r.id), Context: r.s.ctx,
		NotKnown: func(cause error) error { return errNotKnown.Because(cause) },
		Refused: func(a arrival, cause error) error {
			r.s.log.Error("a response was refused by the database", "round", r.id, "attempt", a.attemptID, "place", a.place, "error", cause)
			return errNotStored.Because(cause)
		}}
}

// tryResponses runs one pipelined transaction: what is queued up to Sync is committed together, or not at all.
func (r *room) tryResponses(ctx context.Context, batch []arrival) ([]reply[stored], error) {
	n := len(batch)
	attempts, entries, places := make([]int64, n), make([]int64, n), make([]int16, n)
	writers, seqs, received, payloads := make([]int32, n), make([]int32, n), make([]int64, n), make([][]byte, n)
	for i, a := range batch {
		attempts[i], entries[i], places[i] = a.attemptID, a.entryID, a.place
		writers[i], seqs[i], received[i], payloads[i] = a.writer, a.seq, a.receivedUs, a.payload
	}
	grace := r.known().settings.GraceUs()
	var b pgx.Batch
	b.Queue(lockShared, lockClass, int32(r.id))
	b.Queue(insertResponses, r.id, attempts, entries, places, writers, seqs, received, payloads, grace)
	b.Queue(readResponses, r.id, attempts, entries, places, writers, seqs, received, grace)
	replies := make([]reply[stored], n)
	for i := range replies {
		replies[i].Err = errNoAttempt
	}
	err := pipeline(ctx, r.s.db, &b, func(rows pgx.Rows) error {
		var at, writer int32
		var receivedUs *int64
		var payload []byte
		var over, paused bool
		if err := rows.Scan(&at, &receivedUs, &payload, &writer, &over, &paused); err != nil {
			return fmt.Errorf("read responses back: %w", err)
		}
		a, to := batch[at-1], &replies[at-1]
		to.Err = nil
		switch {
		case receivedUs != nil && bytes.Equal(payload, a.payload):
			to.Value.receivedUs = *receivedUs
		case receivedUs != nil:
			to.Err = errAnswerConflict
		case over:
			to.Err = errClosed
		case writer != a.writer:
			to.Err = errSuperseded
		case paused:
			to.Err = errPaused
		default:
			to.Err = errClosed
		}
		return nil
	})
	return replies, err
}

// pipeline sends statements down the wire together, as one transaction, and reads the rows of the last one. The end of
// the pipeline is the COMMIT: without its answer nothing is known.
func pipeline(ctx context.Context, db *pgxpool.Pool, b *pgx.Batch, read func(rows pgx.Rows) error) error {
	results := db.SendBatch(ctx, b)
	err := func() error {
		for range b.Len() - 1 {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := read(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}()
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return err
}
