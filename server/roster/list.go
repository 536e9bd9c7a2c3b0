package roster

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// PageSize is how many rows a page of a list has.
const PageSize = 50

// countMost bounds how far the hits of a search are counted.
const countMost = 1_000

// Filter chooses rows of a list.
type Filter struct {
	Words      string // in names, members, units, phones; or a candidate number
	DivisionID int64
	UnitID     int64
	BlockID    int64
	State      string
	Found      bool  // only those in which the rules have found something
	After      int64 // the page begins behind this candidate number, or this registration
}

// Page says how a list goes on.
type Page struct {
	Total int
	// AtLeast: the hits of a search are counted up to a bound, there may be more.
	AtLeast bool
	Next    int64 // After of the next page; 0: this is the last
}

// needle is what is looked for: a bounded search key; it holds letters, digits and spaces only, so no wildcard of LIKE.
func (f Filter) needle() string { return clipRunes(unit.SearchKey(clipRunes(f.Words, 100)), 100) }

// counted is how many rows are counted at most, and whether that is a bound.
func (f Filter) counted() int32 {
	if f.needle() != "" {
		return countMost
	}
	return 2 * MaxEntries
}

func (f Filter) page(total int64) Page {
	return Page{Total: int(total), AtLeast: f.needle() != "" && total >= countMost}
}

// Listed is an entry as the organizer's list shows it.
type Listed struct {
	Entry
	Phone, Email string
	Reason       string
	Source       string
	CodeVersion  int
	CreatedAt    time.Time
	Findings     []Finding
}

func listed(r rosterdb.FindEntriesRow) (Listed, error) {
	l := Listed{
		Entry: Entry{ID: r.ID, ContestID: r.ContestID, DivisionID: r.DivisionID, UnitID: r.UnitID, UnitName: r.UnitName,
			Kind: Kind(r.Kind), Number: NumberText(int(r.Number)), Name: r.Name, State: EntryState(r.State)},
		Phone: r.Phone, Email: r.Email, Reason: r.Reason, Source: r.Source, CodeVersion: int(r.CodeVersion), CreatedAt: r.CreatedAt,
	}
	return l, json.Unmarshal(r.Findings, &l.Findings)
}

// Find gives a page of a contest's entries.
func (s *Service) Find(ctx context.Context, contestID int64, f Filter) ([]Listed, Page, error) {
	var page Page
	var rows []Listed
	err := s.looking(ctx, func(q *rosterdb.Queries) error {
		number := int32(ParseNumber(clipRunes(f.Words, 20)))
		total, err := q.CountFound(ctx, rosterdb.CountFoundParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID, UnitID: f.UnitID,
			BlockID: f.BlockID, Found: f.Found, Needle: f.needle(), Number: number, Most: f.counted()})
		if err != nil {
			return err
		}
		page = f.page(total)
		rows, page.Next, err = s.entriesAfter(ctx, q, contestID, f, PageSize)
		return err
	})
	if err != nil {
		return nil, page, err
	}
	return rows, page, s.withMembers(ctx, rows)
}

// looking reads with plans made for what is looked for: which filter leaves few rows is known only then.
func (s *Service) looking(ctx context.Context, fn func(q *rosterdb.Queries) error) error {
	return postgres.Fault(postgres.InTxWith(ctx, s.db, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL plan_cache_mode = force_custom_plan`); err != nil {
			return err
		}
		return fn(s.q.WithTx(tx))
	}))
}

// entriesAfter gives some of the entries that a filter chooses, in the order of their numbers, and behind which number
// the rest begins; 0: there is no more. Their members are not read yet.
func (s *Service) entriesAfter(ctx context.Context, q *rosterdb.Queries, contestID int64, f Filter, most int) ([]Listed, int64, error) {
	rows, err := q.FindEntries(ctx, rosterdb.FindEntriesParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID,
		UnitID: f.UnitID, BlockID: f.BlockID, Found: f.Found, Needle: f.needle(), Number: int32(ParseNumber(clipRunes(f.Words, 20))),
		After: int32(min(f.After, MaxNumber)), Most: int32(most) + 1})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	next := int64(0)
	if len(rows) > most {
		rows = rows[:most]
		next = int64(rows[most-1].Number)
	}
	out := make([]Listed, len(rows))
	for i, r := range rows {
		if out[i], err = listed(r); err != nil {
			return nil, 0, err
		}
	}
	return out, next, nil
}

// withMembers adds the members to listed entries. Not within looking: whoever holds a connection must not wait for another.
func (s *Service) withMembers(ctx context.Context, list []Listed) error {
	entries := make([]*Entry, len(list))
	for i := range list {
		entries[i] = &list[i].Entry
	}
	return s.addMembers(ctx, entries)
}

// Detailed is an entry with all that organizers may know about it.
type Detailed struct {
	Listed
	Consents []GivenText
	History  []Event
}

// Detail finds one entry with its contact, what was agreed to and what has happened.
func (s *Service) Detail(ctx context.Context, contestID, entryID int64) (Detailed, error) {
	row, err := s.q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Detailed{}, fault.NothingHere
	}
	if err != nil {
		return Detailed{}, postgres.Fault(err)
	}
	var d Detailed
	if d.Listed, err = listed(rosterdb.FindEntriesRow(row)); err != nil {
		return d, err
	}
	if err := s.addMembers(ctx, []*Entry{&d.Entry}); err != nil {
		return d, err
	}
	w, err := s.WhoByEntry(ctx, contestID, entryID)
	if err != nil {
		return d, err
	}
	all, err := s.Consents(ctx, w)
	if err != nil {
		return d, err
	}
	for _, c := range all {
		if c.Newest {
			d.Consents = append(d.Consents, c)
		}
	}
	registration, err := s.q.RegistrationOfEntry(ctx, &entryID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return d, postgres.Fault(err)
	}
	d.History, err = s.history(ctx, registration, entryID)
	return d, err
}

// FindRegistrations gives a page of a contest's registrations, oldest first: who came first is looked at first.
func (s *Service) FindRegistrations(ctx context.Context, contestID int64, f Filter) ([]Registration, Page, error) {
	var page Page
	var rows []rosterdb.FindRegistrationsRow
	err := s.looking(ctx, func(q *rosterdb.Queries) error {
		total, err := q.CountFoundRegistrations(ctx, rosterdb.CountFoundRegistrationsParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID,
			UnitID: f.UnitID, BlockID: f.BlockID, Found: f.Found, Needle: f.needle(), Most: f.counted()})
		if err != nil {
			return err
		}
		page = f.page(total)
		rows, err = q.FindRegistrations(ctx, rosterdb.FindRegistrationsParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID,
			UnitID: f.UnitID, BlockID: f.BlockID, Found: f.Found, Needle: f.needle(), After: f.After, Most: PageSize + 1})
		return err
	})
	if err != nil {
		return nil, page, err
	}
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		page.Next = rows[PageSize-1].ID
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	people, err := s.registrantsOf(ctx, s.q, contestID, ids)
	if err != nil {
		return nil, page, err
	}
	out := make([]Registration, len(rows))
	for i, r := range rows {
		if out[i], err = registration(rosterdb.RegistrationInRow{ID: r.ID, DivisionID: r.DivisionID, UnitID: r.UnitID, UnitName: r.UnitName, Name: r.Name,
			Phone: r.Phone, Email: r.Email, State: r.State, Reason: r.Reason, EntryID: r.EntryID, CreatedAt: r.CreatedAt, Findings: r.Findings,
			UnitShown: r.UnitShown, Number: r.Number}, people[r.ID]); err != nil {
			return nil, page, err
		}
	}
	return out, page, nil
}

func registration(r rosterdb.RegistrationInRow, people []Member) (Registration, error) {
	out := Registration{ID: r.ID, DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitShown,
		Draft: Draft{DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitName, Name: r.Name, Members: people, Phone: r.Phone, Email: r.Email},
		State: RegistrationState(r.State), Reason: r.Reason, EntryID: deref(r.EntryID), CreatedAt: r.CreatedAt}
	if r.Number > 0 {
		out.Number = NumberText(int(r.Number))
	}
	return out, json.Unmarshal(r.Findings, &out.Findings)
}

// Registration finds one registration with what the rules say of it now, and its history.
func (s *Service) Registration(ctx context.Context, contestID, registrationID int64) (Registration, []Event, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Registration{}, nil, err
	}
	row, err := s.q.RegistrationIn(ctx, rosterdb.RegistrationInParams{ID: registrationID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Registration{}, nil, fault.NothingHere
	}
	if err != nil {
		return Registration{}, nil, postgres.Fault(err)
	}
	people, err := s.registrantsOf(ctx, s.q, contestID, []int64{registrationID})
	if err != nil {
		return Registration{}, nil, err
	}
	r, err := registration(row, people[registrationID])
	if err != nil {
		return r, nil, err
	}
	if r.State == RegistrationPending || r.State == RegistrationWaitlisted {
		rules, err := s.rulesOf(ctx, s.q, c)
		if err != nil {
			return r, nil, err
		}
		found, err := s.weigh(ctx, s.q, c, rules, []weighed{{Draft: r.Draft, RegistrationID: r.ID}}, false)
		if err != nil {
			return r, nil, postgres.Fault(err)
		}
		r.Findings = found[0]
	}
	events, err := s.history(ctx, registrationID, r.EntryID)
	return r, events, err
}

// Overview is what the page of the contest's roster shows above its lists.
type Overview struct {
	Contest       contest.Contest
	Entries       map[EntryState]int
	Registrations map[RegistrationState]int
	Units         []UnitCount
	Duplicates    int // pairs that nobody has decided about
	Changes       int // requests for a change that nobody has answered
	Blocks        []Block
}

// UnitCount is a unit with the number of its entries.
type UnitCount struct {
	ID      int64
	Name    string
	Entries int
	Invited bool // in the list that the registration form offers
}

// Overview counts a contest's roster.
func (s *Service) Overview(ctx context.Context, contestID int64) (Overview, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Contest: c, Entries: map[EntryState]int{}, Registrations: map[RegistrationState]int{}}
	entries, err := s.q.CountEntries(ctx, contestID)
	if err != nil {
		return o, postgres.Fault(err)
	}
	for _, r := range entries {
		o.Entries[EntryState(r.State)] = int(r.Entries)
	}
	registrations, err := s.q.CountRegistrations(ctx, contestID)
	if err != nil {
		return o, postgres.Fault(err)
	}
	for _, r := range registrations {
		o.Registrations[RegistrationState(r.State)] = int(r.Registrations)
	}
	duplicates, err := s.q.CountOpenDuplicates(ctx, contestID)
	if err != nil {
		return o, postgres.Fault(err)
	}
	changes, err := s.q.CountOpenChanges(ctx, contestID)
	if err != nil {
		return o, postgres.Fault(err)
	}
	o.Duplicates, o.Changes = int(duplicates), int(changes)
	blocks, err := s.q.BlocksOf(ctx, contestID)
	if err != nil {
		return o, postgres.Fault(err)
	}
	for _, b := range blocks {
		o.Blocks = append(o.Blocks, Block{ID: b.ID, Name: b.Name})
	}
	o.Units, err = s.unitsOf(ctx, contestID)
	return o, err
}

func deref(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
