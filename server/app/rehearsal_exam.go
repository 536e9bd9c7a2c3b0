package app

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/rehearse"
	"github.com/hoithi/hoithi/server/scoring"
)

var noExamRound = fault.New(fault.NotFound, "no_exam_round",
	"Hội thi này chưa có vòng thi trực tuyến nào để chạy thử.", "This contest has no online exam round to rehearse.")

// PrepareExamRehearsal copies a contest (empty: the demo's online exam) with its first exam round and enters as many
// robots. Host is an organizer, who has still to set the window and to open it.
func (a *App) PrepareExamRehearsal(ctx context.Context, slug string, entries int) (*Rehearsal, error) {
	return a.prepareRehearsal(ctx, slug, contest.Exam, entries)
}

// CheckExamRehearsal looks into the database for what the robots were told: every acknowledged response, as it was sent,
// the end of every attempt, and a score for each that equals what working everything out anew gives.
func (a *App) CheckExamRehearsal(ctx context.Context, roundID int64, acks []rehearse.ExamAck, r *rehearse.ExamReport) error {
	var err error
	if r.Lost, err = a.LostResponses(ctx, acks); err != nil {
		return err
	}
	var attempts int64
	err = a.DB.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE finished_us IS NOT NULL) FROM exam_attempt WHERE round_id = $1`, roundID).
		Scan(&attempts, &r.Finished)
	if err != nil {
		return err
	}
	scores, err := a.Exam.Scores(ctx, roundID)
	if err != nil {
		return err
	}
	r.Missing = attempts - int64(len(scores)) // robots have one attempt each
	anew, err := a.Exam.Recompute(ctx, roundID)
	if err != nil {
		return err
	}
	of := make(map[int64]exam.Score, len(anew))
	for _, x := range anew {
		of[x.EntryID] = x
	}
	for _, x := range scores {
		if y, ok := of[x.EntryID]; !ok || x.Points != y.Points || x.Correct != y.Correct || x.TimeUs != y.TimeUs {
			r.Wrong++
		}
	}
	return nil
}

// LostResponses counts the acknowledged responses that are not stored as they were sent. It must be 0, always.
func (a *App) LostResponses(ctx context.Context, acks []rehearse.ExamAck) (lost int64, err error) {
	for chunk := range slices.Chunk(acks, 20_000) {
		var attempts []int64
		var places []int16
		var writers, seqs []int32
		for _, x := range chunk {
			attempts, places, writers, seqs = append(attempts, x.AttemptID), append(places, x.Place), append(writers, x.Writer), append(seqs, x.Seq)
		}
		rows, err := a.DB.Query(ctx, `SELECT a.at::int, r.payload FROM unnest($1::bigint[], $2::smallint[], $3::int[], $4::int[])
			WITH ORDINALITY AS a (attempt_id, place, writer, seq, at) JOIN exam_response r USING (attempt_id, place, writer, seq)`,
			attempts, places, writers, seqs)
		if err != nil {
			return 0, err
		}
		lost += int64(len(chunk))
		var at int32
		var payload []byte
		_, err = pgx.ForEachRow(rows, []any{&at, &payload}, func() error {
			found, err := scoring.ReadResponse(payload)
			if err == nil && same(found, chunk[at-1].Sent) {
				lost--
			}
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return lost, nil
}

// same tells whether a stored response is what was sent: the room sorts choices and parts.
func same(found scoring.Response, sent exam.RespondCommand) bool {
	options, parts := slices.Clone(sent.Options), slices.Clone(sent.Parts)
	if found.Type != scoring.Ordering {
		slices.Sort(options)
	}
	slices.SortFunc(parts, func(a, b scoring.Part) int { return strings.Compare(a.ID, b.ID) })
	return slices.Equal(found.Options, options) && found.Text == strings.TrimSpace(sent.Text) && slices.Equal(found.Parts, parts)
}
