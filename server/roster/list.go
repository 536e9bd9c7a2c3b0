package roster

import (
	"context"
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

// Filter chooses rows of a list.
type Filter struct {
	Words      string // in names, members, units, phones; or a candidate number
	DivisionID int64
	UnitID     int64
	State      string
	Page       int // from 1
}

func (f Filter) skip() int32 { return int32(min(max(f.Page-1, 0), MaxEntries/PageSize)) * PageSize }

// needle is what is looked for: a bounded search key; it holds letters, digits and spaces only, so no wildcard of LIKE.
func (f Filter) needle() string { return clipRunes(unit.SearchKey(clipRunes(f.Words, 100)), 100) }

// Listed is an entry as the organizer's list shows it.
type Listed struct {
	Entry
	Phone, Email string
	Reason       string
	Source       string
	CodeVersion  int
	CreatedAt    time.Time
}

func listed(r rosterdb.FindEntriesRow) Listed {
	return Listed{
		Entry: Entry{ID: r.ID, ContestID: r.ContestID, DivisionID: r.DivisionID, UnitID: r.UnitID, UnitName: r.UnitName,
			Kind: Kind(r.Kind), Number: NumberText(int(r.Number)), Name: r.Name, State: EntryState(r.State)},
		Phone: r.Phone, Email: r.Email, Reason: r.Reason, Source: r.Source, CodeVersion: int(r.CodeVersion), CreatedAt: r.CreatedAt,
	}
}

// Find gives a page of a contest's entries and how many there are in all.
func (s *Service) Find(ctx context.Context, contestID int64, f Filter) ([]Listed, int, error) {
	count := rosterdb.CountFoundParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID, UnitID: f.UnitID,
		Needle: f.needle(), Number: int32(ParseNumber(clipRunes(f.Words, 20)))}
	total, err := s.q.CountFound(ctx, count)
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	rows, err := s.q.FindEntries(ctx, rosterdb.FindEntriesParams{ContestID: count.ContestID, State: count.State, DivisionID: count.DivisionID,
		UnitID: count.UnitID, Needle: count.Needle, Number: count.Number, Most: PageSize, Skip: f.skip()})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	out := make([]Listed, len(rows))
	entries := make([]*Entry, len(rows))
	for i, r := range rows {
		out[i] = listed(r)
		entries[i] = &out[i].Entry
	}
	if err := s.addMembers(ctx, entries); err != nil {
		return nil, 0, err
	}
	return out, int(total), nil
}

// Detail finds one entry with its contact and what was agreed to.
func (s *Service) Detail(ctx context.Context, contestID, entryID int64) (Listed, []GivenText, error) {
	row, err := s.q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Listed{}, nil, fault.NothingHere
	}
	if err != nil {
		return Listed{}, nil, postgres.Fault(err)
	}
	l := listed(rosterdb.FindEntriesRow(row))
	if err := s.addMembers(ctx, []*Entry{&l.Entry}); err != nil {
		return Listed{}, nil, err
	}
	w, err := s.WhoByEntry(ctx, contestID, entryID)
	if err != nil {
		return Listed{}, nil, err
	}
	all, err := s.Consents(ctx, w)
	if err != nil {
		return Listed{}, nil, err
	}
	consents := make([]GivenText, 0, len(all))
	for _, c := range all {
		if c.Newest {
			consents = append(consents, c)
		}
	}
	return l, consents, nil
}

// FindRegistrations gives a page of a contest's registrations, oldest first: who came first is looked at first.
func (s *Service) FindRegistrations(ctx context.Context, contestID int64, f Filter) ([]Registration, int, error) {
	count := rosterdb.CountFoundRegistrationsParams{ContestID: contestID, State: f.State, DivisionID: f.DivisionID, Needle: f.needle()}
	total, err := s.q.CountFoundRegistrations(ctx, count)
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	rows, err := s.q.FindRegistrations(ctx, rosterdb.FindRegistrationsParams{ContestID: count.ContestID, State: count.State,
		DivisionID: count.DivisionID, Needle: count.Needle, Most: PageSize, Skip: f.skip()})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	out := make([]Registration, len(rows))
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	people, err := s.registrantsOf(ctx, s.q, contestID, ids)
	if err != nil {
		return nil, 0, err
	}
	for i, r := range rows {
		out[i] = Registration{ID: r.ID, DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitShown,
			Draft: Draft{DivisionID: r.DivisionID, UnitID: deref(r.UnitID), UnitName: r.UnitName, Name: r.Name, Members: people[r.ID], Phone: r.Phone, Email: r.Email},
			State: RegistrationState(r.State), Reason: r.Reason, EntryID: deref(r.EntryID), CreatedAt: r.CreatedAt}
		if r.Number > 0 {
			out[i].Number = NumberText(int(r.Number))
		}
	}
	return out, int(total), nil
}

// Overview is what the page of the contest's roster shows above its lists.
type Overview struct {
	Contest       contest.Contest
	Entries       map[EntryState]int
	Registrations map[RegistrationState]int
	Units         []UnitCount
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
	o.Units, err = s.unitsOf(ctx, contestID)
	return o, err
}

func (s *Service) unitsOf(ctx context.Context, contestID int64) ([]UnitCount, error) {
	rows, err := s.q.UnitsOf(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	units := make([]UnitCount, len(rows))
	for i, r := range rows {
		units[i] = UnitCount{ID: r.ID, Name: r.Name, Entries: int(r.Entries), Invited: r.Invited}
	}
	unit.SortBy(units, func(u UnitCount) string { return u.Name })
	return units, nil
}

// maxUnits is how many units one contest can invite.
const maxUnits = 2_000

var tooManyUnits = fault.New(fault.Invalid, "too_many_units",
	"Một hội thi mời được tối đa 2.000 đơn vị. Chưa có gì được lưu.", "A contest can invite at most 2,000 units. Nothing was saved.")

// InviteUnits adds units by name to the list that the registration form offers; known ones are found again.
func (s *Service) InviteUnits(ctx context.Context, contestID int64, names []string) error {
	clean := make([]string, 0, len(names))
	for _, name := range names {
		if name = unit.CleanName(name); name == "" {
			continue
		}
		if err := unit.CheckName(name); err != nil {
			return err
		}
		clean = append(clean, name)
	}
	if len(clean) > maxUnits {
		return tooManyUnits
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		found, err := s.units.Ensure(ctx, tx, clean)
		if err != nil {
			return err
		}
		ids := make([]int64, 0, len(found))
		for _, u := range found {
			ids = append(ids, u.ID)
		}
		if err := q.InviteUnits(ctx, rosterdb.InviteUnitsParams{ContestID: contestID, UnitIds: ids}); err != nil {
			return err
		}
		n, err := q.CountInvited(ctx, contestID)
		if err != nil {
			return err
		}
		if n > maxUnits {
			return tooManyUnits
		}
		return record(ctx, tx, contestID, "invite_units", map[string]any{"units": len(ids)})
	})
}

// DismissUnit takes a unit off the list that the registration form offers; its entries stay.
func (s *Service) DismissUnit(ctx context.Context, contestID, unitID int64) error {
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, _ contest.Contest) error {
		n, err := q.DismissUnit(ctx, rosterdb.DismissUnitParams{ContestID: contestID, UnitID: unitID})
		if err != nil || n == 0 {
			return err
		}
		return record(ctx, tx, contestID, "dismiss_unit", map[string]any{"unit_id": unitID})
	})
}

func deref(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
