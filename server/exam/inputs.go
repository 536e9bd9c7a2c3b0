package exam

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// input is one line of the canonical form of what a round's results depend on.
type input struct {
	Kind       string          `json:"kind"` // settings, period, override, pool, event, attempt or response
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
// events, and of every finished attempt its paper and every response, also those that a later one replaced.
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
		if err := writeRules(ctx, q, roundID, enc); err != nil {
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

// writeRules writes what places follow from besides the settings: the windows, what guesses were about, and exceptions.
func writeRules(ctx context.Context, q *examdb.Queries, roundID int64, enc *json.Encoder) error {
	periods, err := readPeriods(ctx, q, roundID)
	if err != nil {
		return err
	}
	for _, p := range periods {
		p.SettledUs = 0 // says when, not what
		if err := encodeInput(enc, input{Kind: "period", ID: p.ID}, p); err != nil {
			return err
		}
	}
	granted, err := q.GrantedOverrides(ctx, roundID)
	if err != nil {
		return err
	}
	for _, o := range granted {
		if err := encodeInput(enc, input{Kind: "override", ID: o.ID}, map[string]any{"period": o.PeriodID, "entry": o.EntryID, "unit": o.UnitID,
			"extra_us": o.ExtraUs, "opens_us": o.OpensUs, "closes_us": o.ClosesUs, "attempts": o.Attempts}); err != nil {
			return err
		}
	}
	return nil
}

func encodeInput(enc *json.Encoder, line input, content any) (err error) {
	if line.Content, err = audit.Canonical(content); err != nil {
		return err
	}
	return enc.Encode(line)
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
		answers, err := q.ResultResponses(ctx, ids)
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

// Check looks for what must not be in a round's data: the foreign keys that responses and attempts do without, arrivals
// after the end, gaps in the events, and scores that do not follow from the responses. It gives a line for each finding.
func (s *Service) Check(ctx context.Context, roundID int64) ([]string, error) {
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	f := r.known()
	var findings []string
	find := func(bad bool, text string) {
		if bad {
			findings = append(findings, text)
		}
	}
	find(int64(len(f.events)) != f.seq, "the events have gaps")
	attempts, err := s.q.StrayAttempts(ctx, roundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	find(attempts > 0, "attempts of nobody, or on papers from nowhere")
	responses, err := s.q.StrayResponses(ctx)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	find(responses, "responses to attempts that there are not")
	late, err := s.q.LateResponses(ctx, examdb.LateResponsesParams{RoundID: roundID, GraceUs: f.settings.GraceUs()})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	find(late > 0, "responses that arrived after the end")
	wrong, err := s.wrongScores(ctx, f)
	if err != nil {
		return nil, err
	}
	find(wrong > 0, "scores that do not follow from the responses")
	return findings, nil
}

// wrongScores counts attempts whose stored scores are not those that their responses give.
func (s *Service) wrongScores(ctx context.Context, f *facts) (wrong int, err error) {
	batch := make([]AttemptScore, 0, scoreAtOnce)
	compare := func() error {
		ids := make([]int64, len(batch))
		for i, x := range batch {
			ids[i] = x.AttemptID
		}
		rows, err := s.q.StoredScores(ctx, examdb.StoredScoresParams{RoundID: f.roundID, Ids: ids})
		if err != nil {
			return postgres.Fault(err)
		}
		stored := make(map[int64]examdb.StoredScoresRow, len(rows))
		for _, row := range rows {
			stored[row.ID] = row
		}
		for _, x := range batch {
			row := stored[x.AttemptID]
			if row.Scored && (row.Points != x.Points || int(row.Correct) != x.Correct || int(row.Items) != x.Items || row.TimeUs != x.TimeUs || guessColumn(row.Guess) != guessColumn(x.Guess)) {
				wrong++
			}
		}
		batch = batch[:0]
		return nil
	}
	err = s.ScoresUnder(ctx, f.roundID, f.course.Corrections, func(x AttemptScore) error {
		if batch = append(batch, x); len(batch) == scoreAtOnce {
			return compare()
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return wrong, compare()
}
