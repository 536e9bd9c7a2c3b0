// Package audit keeps the record of who did what: append-only, one chain of hashes a contest (chain 0: the system).
//
// It must never change or drop an event, and never take part in deciding anything.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
)

// Event is one thing that somebody did.
type Event struct {
	Chain     int64  `json:"chain"`
	Seq       int64  `json:"seq"`
	AtUs      int64  `json:"at_us" doc:"Microseconds since 1970, the database's clock"`
	AccountID int64  `json:"account_id,omitzero"`
	EntryID   int64  `json:"entry_id,omitzero"`
	Actor     string `json:"actor" doc:"The name as it was then"`
	Action    string `json:"action" doc:"room.verb, such as contest.open"`
	Payload   []byte `json:"-"`
}

// lockClass parts the advisory locks of audit chains from those of other rooms.
const lockClass = 0x41554449 // "AUDI"

// Append writes an event into the caller's transaction: what was done and its record are kept, or neither.
// payload must not hold secrets or more personal data than the act needs.
func Append(ctx context.Context, tx pgx.Tx, chain int64, action string, payload any) error {
	p := account.From(ctx)
	body, err := Canonical(payload)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, lockClass, int32(chain)); err != nil {
		return err
	}
	e := Event{Chain: chain, Action: action, Payload: body, AccountID: p.AccountID, Actor: p.Name}
	if p.AccountID == 0 && p.Entry != nil {
		e.EntryID = p.Entry.EntryID
	}
	switch {
	case e.Actor != "":
	case e.EntryID != 0:
		e.Actor = "entry"
	case p.Address != "":
		e.Actor = "visitor" // somebody at a browser, whom no account and no entry's code names
	default:
		e.Actor = "system"
	}
	prev := make([]byte, sha256.Size)
	err = tx.QueryRow(ctx, `SELECT seq, hash FROM audit_event WHERE chain = $1 ORDER BY seq DESC LIMIT 1`, chain).Scan(&e.Seq, &prev)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	e.Seq++
	var at time.Time
	if err := tx.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&at); err != nil {
		return err
	}
	e.AtUs = at.UnixMicro()
	_, err = tx.Exec(ctx, `INSERT INTO audit_event (chain, seq, at_us, account_id, entry_id, actor, action, payload, prev_hash, hash)
		VALUES ($1, $2, $3, nullif($4::bigint, 0), nullif($5::bigint, 0), $6, $7, $8, $9, $10)`,
		e.Chain, e.Seq, e.AtUs, e.AccountID, e.EntryID, e.Actor, e.Action, e.Payload, prev, e.hash(prev))
	return err
}

// hash binds every field of the event and the hash of the one before it.
func (e Event) hash(prev []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	for _, n := range []int64{e.Chain, e.Seq, e.AtUs, e.AccountID, e.EntryID} {
		_ = binary.Write(h, binary.BigEndian, n) // a hash never fails
	}
	for _, s := range [][]byte{[]byte(e.Actor), []byte(e.Action), e.Payload} {
		_ = binary.Write(h, binary.BigEndian, int64(len(s)))
		h.Write(s)
	}
	return h.Sum(nil)
}

// Canonical writes JSON as bytes that are the same for the same value: sorted keys, no spaces.
func Canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(b)
	if err := value.Canonicalize(); err != nil {
		return nil, err
	}
	return value, nil
}

// Verify reads a chain from its start and gives the seq of the first event whose hash is wrong or missing; 0: whole.
func Verify(ctx context.Context, db *pgxpool.Pool, chain int64) (events int64, broken int64, err error) {
	rows, err := db.Query(ctx, `SELECT seq, at_us, coalesce(account_id, 0), coalesce(entry_id, 0), actor, action, payload, prev_hash, hash
		FROM audit_event WHERE chain = $1 ORDER BY seq`, chain)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	prev := make([]byte, sha256.Size)
	for rows.Next() {
		e := Event{Chain: chain}
		var before, sum []byte
		if err := rows.Scan(&e.Seq, &e.AtUs, &e.AccountID, &e.EntryID, &e.Actor, &e.Action, &e.Payload, &before, &sum); err != nil {
			return events, 0, err
		}
		events++
		if e.Seq != events || !bytes.Equal(before, prev) || !bytes.Equal(sum, e.hash(prev)) {
			return events, events, nil
		}
		prev = sum
	}
	return events, 0, rows.Err()
}

// List gives the newest events of a chain, newest first.
func List(ctx context.Context, db *pgxpool.Pool, chain int64, before int64, limit int) ([]Event, error) {
	rows, err := db.Query(ctx, `SELECT seq, at_us, coalesce(account_id, 0), coalesce(entry_id, 0), actor, action, payload
		FROM audit_event WHERE chain = $1 AND ($2 = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`, chain, before, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) {
		e := Event{Chain: chain}
		err := row.Scan(&e.Seq, &e.AtUs, &e.AccountID, &e.EntryID, &e.Actor, &e.Action, &e.Payload)
		return e, err
	})
}
