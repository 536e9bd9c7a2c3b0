package stage

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// Scores are those of all entries of a round: what its closed and public plays amount to. They come from Postgres, by
// way of what this node has already scored; Recompute does without.
func (s *Service) Scores(ctx context.Context, roundID int64) ([]Score, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	return r.scores(ctx)
}

func (r *room) scores(ctx context.Context) ([]Score, error) {
	r.mu.Lock()
	st, in, contents := r.state, r.info, r.contents
	r.mu.Unlock()
	scores := make([]Score, len(in.entries))
	for i := range in.entries {
		scores[i].EntryID = in.entries[i].ID
	}
	for i := range st.Plays {
		p := &st.Plays[i]
		if !st.Counts(p) {
			continue
		}
		scored, err := r.resultsOf(ctx, &st, p, in, contents)
		if err != nil {
			return nil, err
		}
		for i := range scores {
			scores[i].add(st.Settings, scored[scores[i].EntryID])
		}
	}
	return scores, nil
}

// Recompute works the scores out anew from what is stored, for `hoithi verify`: nothing remembered is used.
func (s *Service) Recompute(ctx context.Context, roundID int64) ([]Score, error) {
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	return r.scores(ctx)
}

// Seq is the number of the round's last event and its epoch: together they order what follows from the round.
func (s *Service) Seq(ctx context.Context, roundID int64) (epoch, seq int64, err error) {
	row, err := s.q.Round(ctx, roundID)
	return row.Epoch, row.Seq, postgres.Fault(err)
}

// input is one line of the canonical form of what a round's results depend on.
type input struct {
	Kind       string          `json:"kind"` // entry, version, event or response
	ID         int64           `json:"id,omitempty"`
	Hash       []byte          `json:"hash,omitempty"`
	Event      json.RawMessage `json:"event,omitempty"`
	Play       int32           `json:"play,omitempty"`
	Writer     int32           `json:"writer,omitempty"`
	Seq        int32           `json:"seq,omitempty"`
	ReceivedUs int64           `json:"received_us,omitempty"`
	ShownUs    int64           `json:"shown_us,omitempty"`
	Payload    []byte          `json:"payload,omitempty"`
}

// Inputs gives the canonical bytes of everything that the results of a round depend on: who took part, the versions of
// the items, the events, and every response, also those that a later one replaced.
func (s *Service) Inputs(ctx context.Context, roundID int64) ([]byte, error) {
	var b bytes.Buffer
	if err := s.WriteInputs(ctx, roundID, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// WriteInputs writes the same bytes as they are read, in one snapshot of the database.
func (s *Service) WriteInputs(ctx context.Context, roundID int64, w io.Writer) error {
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	ids := slices.Sorted(maps.Keys(r.info.entryAt))
	for _, id := range ids {
		if err := enc.Encode(input{Kind: "entry", ID: id}); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.contents)) {
		if err := enc.Encode(input{Kind: "version", ID: id, Hash: r.contents[id].Hash}); err != nil {
			return err
		}
	}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return postgres.Fault(postgres.InTxWith(ctx, s.cfg.DB, snapshot, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		events, err := q.EventsAfter(ctx, stagedb.EventsAfterParams{RoundID: roundID})
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := enc.Encode(input{Kind: "event", ID: e.Seq, Event: e.Payload}); err != nil {
				return err
			}
		}
		for i := range r.state.Plays {
			rows, err := q.AllResponses(ctx, stagedb.AllResponsesParams{RoundID: roundID, Play: r.state.Plays[i].Number})
			if err != nil {
				return err
			}
			for _, x := range rows {
				if err := enc.Encode(input{Kind: "response", ID: x.EntryID, Play: x.Play, Writer: x.Writer, Seq: x.Seq,
					ReceivedUs: x.ReceivedUs, ShownUs: x.ShownUs, Payload: x.Payload}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// Check looks for what must not be in a round's data: the foreign keys that responses do without, and events that do
// not replay to what is stored. It gives a line for each finding.
func (s *Service) Check(ctx context.Context, roundID int64) ([]string, error) {
	var findings []string
	stray, err := s.q.StrayResponses(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	if stray > 0 {
		findings = append(findings, "responses to plays that were never opened")
	}
	row, err := s.q.Round(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	if r.state.Seq != row.Seq || len(r.events) != int(row.Seq) {
		findings = append(findings, "the events have gaps")
	}
	if row.Seq > 0 && string(r.state.Phase) != row.Phase {
		findings = append(findings, "the events do not lead to the stored phase")
	}
	for i := range r.state.Plays {
		if p := &r.state.Plays[i]; p.Status == PlayClosed || p.Status == PlayRevealed {
			late, err := s.q.LateResponses(ctx, stagedb.LateResponsesParams{RoundID: roundID, Play: p.Number, LimitUs: p.DeadlineUs + r.state.Settings.GraceUs()})
			if err != nil {
				return nil, postgres.Fault(err)
			}
			if late > 0 {
				findings = append(findings, "responses that arrived after the end")
			}
		}
	}
	return findings, nil
}
