package exam

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// input is one line of the canonical form of what a round's results depend on.
type input struct {
	Kind       string          `json:"kind"` // settings, pool, event, attempt or response
	ID         int64           `json:"id,omitempty"`
	Entry      int64           `json:"entry,omitempty"`
	Hash       []byte          `json:"hash,omitempty"`
	Content    json.RawMessage `json:"content,omitempty"`
	StartedUs  int64           `json:"started_us,omitempty"`
	FinishedUs int64           `json:"finished_us,omitempty"`
	Place      int16           `json:"place,omitempty"`
	Writer     int32           `json:"writer,omitempty"`
	Seq        int32           `json:"seq,omitempty"`
	ReceivedUs int64           `json:"received_us,omitempty"`
	Payload    []byte          `json:"payload,omitempty"`
}

// Inputs gives the canonical bytes of everything that the results of a round depend on: its rules, the frozen pools, the
// events, and of every finished attempt its paper and what stood in its places at the end.
func (s *Service) Inputs(ctx context.Context, roundID int64) ([]byte, error) {
	var b bytes.Buffer
	if err := s.WriteInputs(ctx, roundID, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// WriteInputs writes the same bytes as they are read, in one snapshot of the database.
func (s *Service) WriteInputs(ctx context.Context, roundID int64, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return postgres.Fault(postgres.InTxWith(ctx, s.db, snapshot, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		round, err := q.Round(ctx, roundID)
		if err != nil {
			return err
		}
		if err := enc.Encode(input{Kind: "settings", Content: round.Settings}); err != nil {
			return err
		}
		pools, err := q.Pools(ctx, roundID)
		if err != nil {
			return err
		}
		for _, p := range pools {
			if err := enc.Encode(input{Kind: "pool", ID: p.ID, Hash: p.ContentHash}); err != nil {
				return err
			}
		}
		events, err := q.EventsAfter(ctx, examdb.EventsAfterParams{RoundID: roundID})
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := enc.Encode(input{Kind: "event", ID: e.Seq, Content: e.Payload}); err != nil {
				return err
			}
		}
		return writeAttempts(ctx, q, roundID, enc)
	}))
}

func writeAttempts(ctx context.Context, q *examdb.Queries, roundID int64, enc *json.Encoder) error {
	for after := int64(0); ; {
		rows, err := q.FinishedAfter(ctx, examdb.FinishedAfterParams{RoundID: roundID, AfterID: after, Many: scoreAtOnce})
		if err != nil {
			return err
		}
		ids := make([]int64, 0, len(rows))
		for _, x := range rows {
			ids, after = append(ids, x.ID), x.ID
			if err := enc.Encode(input{Kind: "attempt", ID: x.ID, Entry: x.EntryID, Content: x.Paper, StartedUs: x.StartedUs, FinishedUs: x.FinishedUs}); err != nil {
				return err
			}
		}
		answers, err := q.FinalResponses(ctx, ids)
		if err != nil {
			return err
		}
		for _, x := range answers {
			if err := enc.Encode(input{Kind: "response", ID: x.AttemptID, Place: x.Place, Writer: x.Writer, Seq: x.Seq, ReceivedUs: x.ReceivedUs, Payload: x.Payload}); err != nil {
				return err
			}
		}
		if len(rows) < scoreAtOnce {
			return nil
		}
	}
}
