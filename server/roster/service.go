package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Service keeps the roster of every contest.
type Service struct {
	db       *pgxpool.Pool
	q        *rosterdb.Queries
	accounts *account.Service
	contests *contest.Service
	units    *unit.Service
	secrets  *secrets
	pace     *pace
	openPace *pace
	openDays *pace // of a day
	signPace *pace // of accounts that people make
	signDays *pace
	codePace *pace // of wrong codes
	turns    turns
	onChange []func(contestID int64)
	onLook   func(ctx context.Context, contestID, entryID int64) error
	onNews   func(ctx context.Context, tx pgx.Tx, n News) error
	staff    func(ctx context.Context, contestID int64) ([]Staff, error)
	winners  func(ctx context.Context, contestID int64) ([]int64, error)
}

// New opens the room.
func New(db *pgxpool.Pool, accounts *account.Service, contests *contest.Service, units *unit.Service) *Service {
	return &Service{db: db, q: rosterdb.New(db), accounts: accounts, contests: contests, units: units,
		secrets: newSecrets(accounts.Key()), pace: newPace(paceBurst, paceEach), openPace: newPace(openBurst, openEach),
		openDays: newPace(openDay, 24*time.Hour/openDay), codePace: newPace(codeBurst, codeEach),
		signPace: newPace(openBurst, openEach), signDays: newPace(openDay, 24*time.Hour/openDay)}
}

// OnChange is told on this node after a contest's entries have changed.
func (s *Service) OnChange(f func(contestID int64)) { s.onChange = append(s.onChange, f) }

func (s *Service) changed(contestID int64) {
	for _, f := range s.onChange {
		f(contestID)
	}
}

// Entries lists the entries that take part in a contest, by candidate number. Withdrawn ones are left out.
func (s *Service) Entries(ctx context.Context, contestID int64) ([]Entry, error) {
	rows, err := s.q.AllEntries(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	people, err := s.q.MembersIn(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	members := map[int64][]Member{}
	for _, m := range people {
		members[m.EntryID] = append(members[m.EntryID], Member{ID: m.ID, Name: m.Name, Role: MemberRole(m.Role)})
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Entry{ID: r.ID, ContestID: r.ContestID, DivisionID: r.DivisionID, UnitID: r.UnitID, UnitName: r.UnitName,
			Kind: Kind(r.Kind), Number: NumberText(int(r.Number)), Name: r.Name, State: EntryState(r.State), Members: members[r.ID]}
	}
	return entries, nil
}

// Entry finds one entry, withdrawn or not. contestID 0: of any contest.
func (s *Service) Entry(ctx context.Context, contestID, entryID int64) (Entry, error) {
	row, err := s.q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Entry{}, fault.NothingHere
	}
	if err != nil {
		return Entry{}, postgres.Fault(err)
	}
	l, err := listed(rosterdb.FindEntriesRow(row))
	if err != nil {
		return Entry{}, err
	}
	return l.Entry, s.addMembers(ctx, []*Entry{&l.Entry})
}

// addMembers reads the members of some entries of one contest.
func (s *Service) addMembers(ctx context.Context, entries []*Entry) error {
	ids := make([]int64, len(entries))
	at := make(map[int64]*Entry, len(entries))
	for i, e := range entries {
		ids[i], at[e.ID] = e.ID, e
	}
	if len(entries) == 0 {
		return nil
	}
	people, err := s.membersOf(ctx, s.q, entries[0].ContestID, ids)
	for id, members := range people {
		at[id].Members = members
	}
	return err
}

// lockClass parts the advisory locks of rosters from those of other rooms.
const lockClass = 0x524f5354 // "ROST"

// change runs fn with the contest's roster locked, so that numbers are given once and two equal imports cannot cross;
// then it tells those who listen. Whoever waits does so before a connection to the database is taken: a crowd that held
// them all while it waits for the lock would keep the one in front from finishing.
func (s *Service) change(ctx context.Context, contestID int64, fn func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error) error {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	done, err := s.turns.take(ctx, contestID)
	if err != nil {
		return postgres.Fault(err)
	}
	defer done()
	err = postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockRoster(ctx, rosterdb.LockRosterParams{Class: lockClass, Contest: int32(contestID)}); err != nil {
			return err
		}
		return fn(tx, q, c)
	})
	if err != nil {
		return postgres.Fault(err)
	}
	s.changed(contestID)
	return nil
}

var rosterClosed = fault.New(fault.Conflict, "roster_closed",
	"Hội thi đã kết thúc nên danh sách thí sinh không đổi được nữa. Nếu có sai sót, hãy dùng chức năng đính chính kết quả.",
	"The contest has ended, so its entries can no longer change. If something is wrong, correct the result instead.")

// changeable refuses changes once the results are being made.
func changeable(c contest.Contest) error {
	switch c.State {
	case contest.Draft, contest.Open, contest.Running:
		return nil
	case contest.Ended, contest.Finalized, contest.Archived:
	}
	return rosterClosed
}

// record notes an act in the contest's audit chain: numbers and ids, no personal data.
func record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	return audit.Append(ctx, tx, contestID, "roster."+action, payload)
}

// actor is the account that acts, for a nullable column.
func actor(ctx context.Context) *int64 {
	if id := account.From(ctx).AccountID; id != 0 {
		return &id
	}
	return nil
}
