package roster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/roster/sheet"
)

// takenAtOnce is how many entries of a file are written between two notes of how far it is.
const takenAtOnce = 250

// Imported is what taking a file has done.
type Imported struct {
	File    File
	Added   int
	Updated int
	First   string // candidate numbers that were given; "" where registrations were made
	Last    string
}

// readTables reads the sheets of an .xlsx.
func readTables(data []byte) ([]sheet.Table, error) {
	sheets, err := export.ReadSheets(data, maxFileRows, maxFileColumns, maxFileSheets)
	if err != nil {
		return nil, err
	}
	tables := make([]sheet.Table, len(sheets))
	for i, s := range sheets {
		tables[i] = sheet.Table(s)
	}
	return tables, nil
}

// mayImport refuses a file while the roster cannot change: for leaders, outside of the window for registration.
func mayImport(c contest.Contest, led *Led) error {
	if led != nil && !c.RegistrationOpen(time.Now()) {
		return registrationClosed
	}
	return changeable(c)
}

// understood reads a file and says what would become of each row, without saving anything.
func (s *Service) understood(ctx context.Context, q *rosterdb.Queries, c contest.Contest, led *Led, data []byte, choices []SheetChoice, respell bool) (File, Rules, error) {
	rules, err := s.rulesOf(ctx, q, c)
	if err != nil {
		return File{}, rules, err
	}
	tables, err := readTables(data)
	if err != nil {
		return File{}, rules, err
	}
	known, err := s.fileUnits(ctx, c, led)
	if err != nil {
		return File{}, rules, err
	}
	remembered, err := s.remembered(ctx, q)
	if err != nil {
		return File{}, rules, err
	}
	f, err := Understand(tables, Reading{Rules: rules, Units: known.names(), ByOrganizer: led == nil}, choices, remembered)
	if err != nil {
		return f, rules, err
	}
	f.Respelling, f.Respelled = f.respelling(rules.Kind, respell), respell
	known.place(&f, led)
	return f, rules, s.judge(ctx, q, c, rules, led, &f)
}

// judge finds the entries of a file that are there already, in the file or in the roster, and what the rules say.
func (s *Service) judge(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, led *Led, f *File) error {
	there, err := s.thereAlready(ctx, q, c, rules, f)
	if err != nil {
		return err
	}
	seen := map[string][]int{}
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.Status != FileNew {
			continue
		}
		key := there.keys[i][0]
		there.compare(e, there.keys[i], rules, led)
		for _, j := range seen[key] {
			if e.Status == FileNew || e.Status == FileUpdated {
				sameInFile(e, f.Entries[j])
			}
		}
		if e.Status == FileNew || e.Status == FileUpdated {
			seen[key] = append(seen[key], i)
		}
	}
	return s.weighFile(ctx, q, c, rules, led, f)
}

// weighFile lets the contest's rules judge what would come in.
func (s *Service) weighFile(ctx context.Context, q *rosterdb.Queries, c contest.Contest, rules Rules, led *Led, f *File) error {
	var drafts []weighed
	var of []int
	for i, e := range f.Entries {
		if e.Status == FileNew || e.Status == FileUpdated {
			drafts, of = append(drafts, weighed{Draft: e.Draft, EntryID: e.EntryID, RegistrationID: e.RegistrationID}), append(of, i)
		}
	}
	if len(drafts) == 0 {
		return nil
	}
	found, err := s.weigh(ctx, q, c, rules, drafts, led != nil)
	if err != nil {
		return err
	}
	for n, list := range found {
		e := &f.Entries[of[n]]
		e.findings = list
		for _, x := range list {
			if x.Severity == Refuse {
				e.Status = FileRefused
			}
			p := Problem{Row: e.FirstRow, Warning: x.Severity != Refuse, Vi: x.Vi, En: x.En}
			if !slices.Contains(e.Problems, p) { // like two other registrations in one way: said once
				e.Problems = append(e.Problems, p)
			}
		}
	}
	return nil
}

func sameInFile(e *FileEntry, earlier FileEntry) {
	vi, en := earlier.place()
	if earlier.Sheet != e.Sheet {
		vi, en = vi+" trang “"+earlier.Sheet+"”", en+" of sheet “"+earlier.Sheet+"”"
	}
	if samePerson(e.Draft, earlier.Draft) {
		e.Status = FileDuplicate
		e.warn(fmt.Sprintf("Trùng với %s. Nếu là hai người khác nhau, hãy ghi số điện thoại của cả hai.", vi),
			fmt.Sprintf("The same as %s. If they are two people, give a phone number for both.", en))
		return
	}
	e.warn(fmt.Sprintf("Cùng tên và đơn vị với %s nhưng khác số điện thoại hoặc ngày sinh: được nhận là hai người.", vi),
		fmt.Sprintf("Has the name and unit of %s but another phone number or birth date: taken as two people.", en))
}

// take writes the good rows of a file within the caller's transaction; note hears how many are done.
func (s *Service) take(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, t taking, f File, note func(done, total int)) (Imported, error) {
	out := Imported{File: f}
	var fresh, changed []FileEntry
	for _, e := range f.Entries {
		switch e.Status {
		case FileNew:
			fresh = append(fresh, e)
		case FileUpdated:
			changed = append(changed, e)
		case FileDuplicate, FileRefused:
		}
	}
	total := len(fresh) + len(changed)
	note(0, total)
	for len(fresh) > 0 {
		n := min(len(fresh), takenAtOnce)
		if err := s.takeFresh(ctx, tx, q, t, fresh[:n], &out); err != nil {
			return out, err
		}
		out.Added += n
		fresh = fresh[n:]
		note(out.Added, total)
	}
	for _, e := range changed {
		if err := s.takeChanged(ctx, tx, q, t.c, t.rules, e); err != nil {
			return out, err
		}
		out.Updated++
		if out.Updated%50 == 0 {
			note(out.Added+out.Updated, total)
		}
	}
	note(total, total)
	if total == 0 {
		return out, nil
	}
	payload := map[string]any{"entries": out.Added, "updated": out.Updated}
	if out.First != "" {
		payload["first"], payload["last"] = out.First, out.Last
	}
	if t.led != nil {
		return out, record(ctx, tx, t.c.ID, "import_led", payload)
	}
	return out, record(ctx, tx, t.c.ID, "import", payload)
}
