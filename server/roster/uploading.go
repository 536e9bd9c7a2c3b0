package roster

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// Upload is a file that was brought in and waits to be taken.
type Upload struct {
	ID    int64
	Name  string
	File  File
	Rules Rules
}

// Progress tells how far the taking of a file is.
type Progress struct {
	State       string // read, taking, taken
	Done, Total int
}

var (
	uploadGone = fault.New(fault.NotFound, "upload_gone",
		"Tệp này không còn: tệp chỉ được giữ một ngày. Hãy tải lên lại; những gì đã nhận vẫn còn.",
		"This file is gone: files are kept for a day. Upload it again; what was taken stays.")
	uploadBusy = fault.New(fault.Conflict, "upload_busy",
		"Tệp này đang được nhận. Hãy đợi một chút rồi tải lại trang.", "This file is being taken. Wait a moment and reload the page.")
)

// Bring keeps a file for a day and says what would become of each row. Nothing of it enters the contest.
func (s *Service) Bring(ctx context.Context, contestID int64, led *Led, name string, data []byte) (Upload, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Upload{}, err
	}
	if err := mayImport(c, led); err != nil {
		return Upload{}, err
	}
	f, rules, err := s.understood(ctx, s.q, c, led, data, nil, false)
	if err != nil {
		return Upload{}, err
	}
	by := account.From(ctx).AccountID
	name = clipRunes(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""), 200)
	u := Upload{Name: name, File: f, Rules: rules}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		var err error
		if u.ID, err = q.KeepUpload(ctx, rosterdb.KeepUploadParams{ContestID: contestID, AccountID: by, Name: name, Data: data}); err != nil {
			return err
		}
		return q.DropUploads(ctx, rosterdb.DropUploadsParams{AccountID: by, ContestID: contestID})
	})
	return u, postgres.Fault(err)
}

// uploaded reads a kept file of the one who asks, with what was corrected.
func (s *Service) uploaded(ctx context.Context, q *rosterdb.Queries, contestID, id int64) (rosterdb.UploadOfRow, []SheetChoice, error) {
	row, err := q.UploadOf(ctx, rosterdb.UploadOfParams{ID: id, ContestID: contestID, AccountID: account.From(ctx).AccountID})
	if errors.Is(err, pgx.ErrNoRows) {
		return row, nil, uploadGone
	}
	if err != nil {
		return row, nil, postgres.Fault(err)
	}
	var choices []SheetChoice
	if len(row.Columns) > 0 {
		if err := json.Unmarshal(row.Columns, &choices); err != nil {
			return row, nil, err
		}
	}
	return row, choices, nil
}

// Brought looks at a kept file again.
func (s *Service) Brought(ctx context.Context, contestID int64, led *Led, id int64) (Upload, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Upload{}, err
	}
	row, choices, err := s.uploaded(ctx, s.q, contestID, id)
	if err != nil {
		return Upload{}, err
	}
	f, rules, err := s.understood(ctx, s.q, c, led, row.Data, choices, row.Respell)
	return Upload{ID: id, Name: row.Name, File: f, Rules: rules}, err
}

// Correct takes what a person says about the columns of a kept file, and remembers it for files with the same header.
func (s *Service) Correct(ctx context.Context, contestID int64, led *Led, id int64, choices []SheetChoice) (Upload, error) {
	kept, err := json.Marshal(choices)
	if err != nil {
		return Upload{}, err
	}
	by := account.From(ctx).AccountID
	n, err := s.q.SetUploadColumns(ctx, rosterdb.SetUploadColumnsParams{ID: id, ContestID: contestID, AccountID: by, Columns: kept})
	if err != nil {
		return Upload{}, postgres.Fault(err)
	}
	if n == 0 {
		return Upload{}, uploadGone
	}
	u, err := s.Brought(ctx, contestID, led, id)
	if err != nil {
		return u, err
	}
	for _, sh := range u.File.Sheets {
		if !sh.Use || sh.HeadRow == 0 {
			continue
		}
		err := s.q.RememberMapping(ctx, rosterdb.RememberMappingParams{AccountID: by, Signature: sh.layout.Signature(), Fields: sh.layout.Fields()})
		if err != nil {
			return u, postgres.Fault(err)
		}
	}
	return u, nil
}

// Respell writes the names of a kept file in the ordinary way, or leaves them as they stand in it.
func (s *Service) Respell(ctx context.Context, contestID int64, led *Led, id int64, ordinary bool) (Upload, error) {
	n, err := s.q.SetUploadRespell(ctx, rosterdb.SetUploadRespellParams{ID: id, ContestID: contestID, AccountID: account.From(ctx).AccountID, Respell: ordinary})
	if err != nil {
		return Upload{}, postgres.Fault(err)
	}
	if n == 0 {
		return Upload{}, uploadGone
	}
	return s.Brought(ctx, contestID, led, id)
}

// remembered are the columns that the one who asks has corrected before, by the header's signature.
func (s *Service) remembered(ctx context.Context, q *rosterdb.Queries) (map[string][]string, error) {
	rows, err := q.SheetMappings(ctx, account.From(ctx).AccountID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	kept := make(map[string][]string, len(rows))
	for _, row := range rows {
		kept[string(row.Signature)] = row.Fields
	}
	return kept, nil
}

// Take writes the good rows of a kept file: an organizer's become entries, a leader's become registrations. The same file
// once more adds nothing.
func (s *Service) Take(ctx context.Context, contestID int64, led *Led, id int64, consent LedConsent) (Imported, Rules, error) {
	var answers []Consent
	if led != nil {
		var err error
		if answers, err = s.ledConsents(ctx, contestID, consent); err != nil {
			return Imported{}, Rules{}, err
		}
	}
	row, choices, err := s.uploaded(ctx, s.q, contestID, id)
	if err != nil {
		return Imported{}, Rules{}, err
	}
	if n, err := s.q.BeginTaking(ctx, id); err != nil {
		return Imported{}, Rules{}, postgres.Fault(err)
	} else if n == 0 {
		return Imported{}, Rules{}, uploadBusy
	}
	state := "read"
	// The request may be over by now; the file must not stay locked.
	defer func() { _ = s.q.EndTaking(context.WithoutCancel(ctx), rosterdb.EndTakingParams{ID: id, State: state}) }()
	var out Imported
	var rules Rules
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := mayImport(c, led); err != nil {
			return err
		}
		var f File
		var err error
		if f, rules, err = s.understood(ctx, q, c, led, row.Data, choices, row.Respell); err != nil {
			return err
		}
		// Outside of the transaction, so that it can be seen; a note that fails harms nobody.
		out, err = s.take(ctx, tx, q, taking{c, rules, led, answers}, f, func(done, total int) {
			_ = s.q.NoteProgress(ctx, rosterdb.NoteProgressParams{ID: id, Done: int32(done), Total: int32(total)})
		})
		if err != nil {
			return err
		}
		_, err = s.fillPlaces(ctx, tx, q, c) // rows that changed a unit or division leave places behind
		return err
	})
	if err == nil {
		state = "taken"
	}
	return out, rules, err
}

// ProgressOf tells how far the taking of a file is.
func (s *Service) ProgressOf(ctx context.Context, contestID, id int64) (Progress, error) {
	row, err := s.q.ProgressOf(ctx, rosterdb.ProgressOfParams{ID: id, ContestID: contestID, AccountID: account.From(ctx).AccountID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Progress{}, uploadGone
	}
	return Progress{State: row.State, Done: int(row.Done), Total: int(row.Total)}, postgres.Fault(err)
}

// taking is what the rows of a file are taken by.
type taking struct {
	c       contest.Contest
	rules   Rules
	led     *Led
	answers []Consent // of a leader's people
}

// takeFresh makes entries, or registrations, of a part of a file.
func (s *Service) takeFresh(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, t taking, part []FileEntry, out *Imported) error {
	drafts := make([]weighed, len(part))
	for i, e := range part {
		drafts[i] = weighed{Draft: e.Draft, Findings: e.findings}
	}
	if t.led != nil {
		_, err := s.registerLed(ctx, q, t.c, t.rules, *t.led, drafts, t.answers)
		return err
	}
	entries, err := s.enter(ctx, tx, q, t.c, t.rules, drafts, fromFile)
	if err != nil || len(entries) == 0 {
		return err
	}
	if out.First == "" {
		out.First = entries[0].Number
	}
	out.Last = entries[len(entries)-1].Number
	return nil
}

// takeChanged writes what a file adds to an entry, or to a registration that waits.
func (s *Service) takeChanged(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, e FileEntry) error {
	d := e.Draft.Clean(rules)
	if e.RegistrationID != 0 {
		return s.rewriteLed(ctx, tx, q, c, rules, account.From(ctx).AccountID, e.RegistrationID, d, e.findings)
	}
	return s.rewrite(ctx, tx, q, c, rules, e.EntryID, ParseNumber(e.Number), d, e.findings)
}

// rewrite writes a cleaned, checked and weighed draft over an entry.
func (s *Service) rewrite(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, entryID int64, number int, d Draft, found []Finding) error {
	units, err := s.resolve(ctx, tx, q, c, []Draft{d})
	if err != nil {
		return err
	}
	u := units[0]
	changed, err := q.UpdateEntry(ctx, rosterdb.UpdateEntryParams{ID: entryID, ContestID: c.ID, DivisionID: d.DivisionID, UnitID: u.ID, Name: d.Name,
		SearchKey: d.searchKey(u.Name), SameKey: d.sameKey(rules.Kind, ofUnit(u.ID, u.Name)), Number: int32(number), Phone: d.Phone, Email: d.Email})
	if err != nil {
		return err
	}
	if changed == 0 {
		return fault.NothingHere
	}
	if err := q.DeleteMembers(ctx, entryID); err != nil {
		return err
	}
	if err := s.insertMembers(ctx, q, []Entry{{ID: entryID, ContestID: c.ID, Members: d.Members}}, rules.Fields); err != nil {
		return err
	}
	return s.keepFindings(ctx, q, c.ID, entryID, found)
}
