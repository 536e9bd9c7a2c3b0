package judging

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Notes are a judge's own words about a performance. They are kept like marks, and are no part of Judging: no view of
// anybody else has a way to them.

// NotesView is all notes of one judge in a round.
type NotesView struct {
	Notes []NoteView `json:"notes"`
}

// NoteView is a stored note.
type NoteView struct {
	PerformanceID int64  `json:"performance_id"`
	Text          string `json:"text"`
	Writer        int64  `json:"writer"`
	Seq           int64  `json:"seq"`
	SavedUs       int64  `json:"saved_us"`
}

// NoteData is the data of the command note. (Writer, Seq) is its key, as with a mark.
type NoteData struct {
	PerformanceID int64  `json:"performance_id" minimum:"1"`
	Writer        int64  `json:"writer" minimum:"1" doc:"The number that claim_sheets gave"`
	Seq           int64  `json:"seq" minimum:"1" doc:"Rises with each note of this device"`
	Text          string `json:"text" maxLength:"2000" doc:"Empty: no note"`
}

// NoteSaved answers note: it is stored.
type NoteSaved struct {
	SavedUs int64 `json:"saved_us"`
}

const maxNote = 2000

// Notes are the notes of the judge who asks.
func (s *Service) Notes(ctx context.Context, contestID, roundID int64) (NotesView, error) {
	if _, err := s.round(ctx, contestID, roundID); err != nil {
		return NotesView{}, err
	}
	rows, err := s.q.Notes(ctx, judgingdb.NotesParams{RoundID: roundID, AccountID: account.From(ctx).AccountID})
	if err != nil {
		return NotesView{}, postgres.Fault(err)
	}
	v := NotesView{Notes: []NoteView{}}
	for _, r := range rows {
		v.Notes = append(v.Notes, NoteView{PerformanceID: r.PerformanceID, Text: r.Body, Writer: r.Writer, Seq: r.Seq, SavedUs: r.SavedUs})
	}
	return v, nil
}

// Note stores a note of the asking judge. The same one sent again is harmless, and one that comes late never replaces
// a newer one. Notes may be written until the round is closed, also beside a locked sheet.
func (s *Service) Note(ctx context.Context, contestID, roundID int64, n NoteData) (savedUs int64, err error) {
	judge := account.From(ctx).AccountID
	text, err := noteText(n.Text)
	if err != nil {
		return 0, err
	}
	if _, err := s.round(ctx, contestID, roundID); err != nil {
		return 0, err
	}
	savedUs = s.nowUs()
	err = s.certainly(func() error {
		return postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
			q := s.q.WithTx(tx)
			place, err := q.NotePlace(ctx, judgingdb.NotePlaceParams{ID: n.PerformanceID, RoundID: roundID, AccountID: judge})
			switch {
			case errors.Is(err, pgx.ErrNoRows):
				return fault.NothingHere
			case err != nil:
				return err
			case place.Closed:
				return errClosed
			case n.Writer <= 0 || n.Seq <= 0 || n.Writer > place.Writer:
				return errWriter
			case n.Writer < place.Writer:
				return errSuperseded
			}
			return q.PutNote(ctx, judgingdb.PutNoteParams{PerformanceID: n.PerformanceID, AccountID: judge, Writer: n.Writer,
				Seq: n.Seq, Body: text, SavedUs: savedUs})
		})
	})
	return savedUs, postgres.Fault(err)
}

// noteText keeps lines, and nothing else that is not written.
func noteText(s string) (string, error) {
	s = norm.NFC.String(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \n\t"))
	strange := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxNote || strings.ContainsFunc(s, strange) {
		return "", errNote
	}
	return s, nil
}
