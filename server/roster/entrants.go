package roster

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// fromPromotion marks a team that its unit has named.
const fromPromotion source = "promotion"

// Entrants are the active entries that enter a round, by candidate number. limited tells whether that is fewer than all:
// the plan lets only some enter, or only persons, or only teams. A round whose promotion is still to come has none.
func (s *Service) Entrants(ctx context.Context, roundID int64) (ids []int64, limited bool, err error) {
	limited, err = s.q.RoundLimited(ctx, roundID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, fault.NothingHere
	}
	if err != nil {
		return nil, false, postgres.Fault(err)
	}
	ids, err = s.q.Entrants(ctx, roundID)
	return ids, limited, postgres.Fault(err)
}

// RoundEntries are the entries that enter a round, with their members.
func (s *Service) RoundEntries(ctx context.Context, contestID, roundID int64) ([]Entry, error) {
	all, err := s.Entries(ctx, contestID)
	if err != nil {
		return nil, err
	}
	ids, limited, err := s.Entrants(ctx, roundID)
	if err != nil || !limited {
		return all, err
	}
	enters := make(map[int64]bool, len(ids))
	for _, id := range ids {
		enters[id] = true
	}
	some := make([]Entry, 0, len(ids))
	for _, e := range all {
		if enters[e.ID] {
			some = append(some, e)
		}
	}
	return some, nil
}

// RoundLists are the lists that promotions have made, by the round that is entered.
func (s *Service) RoundLists(ctx context.Context, contestID int64) (map[int64][]int64, error) {
	rows, err := s.q.RoundLists(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	lists := map[int64][]int64{}
	for _, r := range rows {
		lists[r.RoundID] = append(lists[r.RoundID], r.EntryID)
	}
	return lists, nil
}

// FillRound makes the list of a round, within the caller's transaction, in the place of the one it had.
func (s *Service) FillRound(ctx context.Context, tx pgx.Tx, roundID int64, entryIDs []int64) error {
	q := s.q.WithTx(tx)
	if err := q.ClearRound(ctx, roundID); err != nil {
		return err
	}
	return q.FillRound(ctx, rosterdb.FillRoundParams{RoundID: roundID, EntryIds: entryIDs})
}

// EnterRound puts an entry on the list of a round, within the caller's transaction.
func (s *Service) EnterRound(ctx context.Context, tx pgx.Tx, roundID, entryID int64) error {
	return s.q.WithTx(tx).FillRound(ctx, rosterdb.FillRoundParams{RoundID: roundID, EntryIds: []int64{entryID}})
}

// LeaveRound takes an entry off it.
func (s *Service) LeaveRound(ctx context.Context, tx pgx.Tx, roundID, entryID int64) error {
	return s.q.WithTx(tx).LeaveRound(ctx, rosterdb.LeaveRoundParams{RoundID: roundID, EntryID: entryID})
}

// TeamMember is a person as a unit names them for its team.
type TeamMember struct {
	PersonID int64      `json:"person_id" doc:"The entry as which they took part alone; 0: that is not known any more"`
	Name     string     `json:"name"`
	Role     MemberRole `json:"role" enum:"captain,member,reserve"`
}

// TeamDraft is a team as its unit names it.
type TeamDraft struct {
	EntryID    int64 // 0: a new one
	DivisionID int64
	UnitID     int64
	Name       string
	Phone      string
	Members    []TeamMember
}

var inAnotherTeam = fault.New(fault.Conflict, "in_another_team",
	"Có người đã ở trong một đội khác của hội thi. Mỗi người chỉ dự thi trong một đội. Chưa có gì được lưu.",
	"Somebody stands in another team of the contest. Nobody is in two teams. Nothing was saved.")

// NameTeam makes the team that a unit names of persons who took part, or changes it; then also is called in the same
// transaction. The entry's limits of a team hold; what is known of a person goes along.
func (s *Service) NameTeam(ctx context.Context, contestID int64, d TeamDraft, then func(tx pgx.Tx, entryID int64) error) (Entry, error) {
	var made Entry
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		rules, err := s.rulesOf(ctx, q, c)
		if err != nil {
			return err
		}
		rules.Kind = KindTeam
		draft, persons, err := s.teamDraft(ctx, q, c, d)
		if err != nil {
			return err
		}
		draft = draft.Clean(rules)
		// What a form would ask of a registrant may be missing: these people are in the contest already.
		if err := draft.Check(rules, true); err != nil {
			return err
		}
		action := "name_team"
		if d.EntryID == 0 {
			entries, err := s.enter(ctx, tx, q, c, rules, []weighed{{Draft: draft}}, fromPromotion)
			if err != nil {
				return err
			}
			made = entries[0]
		} else {
			action = "rename_team"
			if made, err = s.renameTeam(ctx, tx, q, c, rules, d.EntryID, draft); err != nil {
				return err
			}
		}
		// Clean puts the captain first and the reserves last: who is who is found by the name's place in the draft.
		p := rosterdb.CameFromParams{EntryID: made.ID}
		for i, m := range draft.Members {
			p.Positions, p.Persons = append(p.Positions, int32(i+1)), append(p.Persons, persons[m.ID])
		}
		if err := q.CameFrom(ctx, p); err != nil {
			return err
		}
		happened := EventRegistered
		if d.EntryID != 0 {
			happened = EventChanged
		}
		if err := note(ctx, q, contestID, happened, "", nil, []int64{made.ID}); err != nil {
			return err
		}
		if err := record(ctx, tx, contestID, action, map[string]any{"entry_id": made.ID, "number": made.Number, "unit_id": d.UnitID}); err != nil {
			return err
		}
		return then(tx, made.ID)
	})
	return made, err
}

// teamDraft makes an entry's draft of a team. persons tells by the draft's member which entry they were.
func (s *Service) teamDraft(ctx context.Context, q *rosterdb.Queries, c contest.Contest, d TeamDraft) (Draft, map[int64]int64, error) {
	ids, seen := make([]int64, 0, len(d.Members)), map[int64]bool{}
	for _, m := range d.Members {
		if m.PersonID == 0 || seen[m.PersonID] {
			return Draft{}, nil, inAnotherTeam.At("members", "Một người được chọn hai lần.", "Somebody is chosen twice.")
		}
		seen[m.PersonID] = true
		ids = append(ids, m.PersonID)
	}
	teams, err := q.TeamsOf(ctx, rosterdb.TeamsOfParams{ContestID: c.ID, Persons: ids})
	if err != nil {
		return Draft{}, nil, err
	}
	for _, t := range teams {
		if t.EntryID != d.EntryID {
			return Draft{}, nil, inAnotherTeam.With("team", t.Name)
		}
	}
	people, err := s.membersOf(ctx, q, c.ID, ids)
	if err != nil {
		return Draft{}, nil, err
	}
	draft := Draft{DivisionID: d.DivisionID, UnitID: d.UnitID, Name: d.Name, Phone: d.Phone}
	persons := map[int64]int64{}
	for _, m := range d.Members {
		of := people[m.PersonID]
		if len(of) == 0 {
			return Draft{}, nil, fault.NothingHere
		}
		member := of[0]
		member.Role = m.Role
		persons[member.ID] = m.PersonID
		draft.Members = append(draft.Members, member)
	}
	return draft, persons, nil
}

func (s *Service) renameTeam(ctx context.Context, tx pgx.Tx, q *rosterdb.Queries, c contest.Contest, rules Rules, entryID int64, d Draft) (Entry, error) {
	row, err := q.EntryIn(ctx, rosterdb.EntryInParams{ID: entryID, ContestID: c.ID})
	if errors.Is(err, pgx.ErrNoRows) {
		return Entry{}, fault.NothingHere
	}
	if err != nil {
		return Entry{}, err
	}
	units, err := s.resolve(ctx, tx, q, c, []Draft{d})
	if err != nil {
		return Entry{}, err
	}
	u := units[0]
	if _, err := q.UpdateEntry(ctx, rosterdb.UpdateEntryParams{ID: entryID, ContestID: c.ID, DivisionID: d.DivisionID, UnitID: u.ID,
		Name: d.Name, SearchKey: d.searchKey(u.Name), SameKey: d.sameKey(KindTeam, ofUnit(u.ID, u.Name)), Number: row.Number, Phone: d.Phone, Email: d.Email}); err != nil {
		return Entry{}, err
	}
	if err := q.DeleteMembers(ctx, entryID); err != nil {
		return Entry{}, err
	}
	e := Entry{ID: entryID, ContestID: c.ID, DivisionID: d.DivisionID, UnitID: u.ID, UnitName: u.Name, Kind: KindTeam,
		Number: NumberText(int(row.Number)), Name: d.Name, State: EntryState(row.State), Members: d.Members}
	return e, s.insertMembers(ctx, q, []Entry{e}, rules.Fields)
}

// WithdrawNamed takes a team that a unit has named out of the contest, within the caller's transaction; its devices are
// the caller's to sign out, with SignOut.
func (s *Service) WithdrawNamed(ctx context.Context, tx pgx.Tx, c contest.Contest, entryID int64, reason string) error {
	return s.setStateIn(ctx, tx, s.q.WithTx(tx), c, entryID, EntryWithdrawn, reason, "withdraw")
}

// SignOut ends what an entry's devices have open, and tells those who listen that the roster has changed.
func (s *Service) SignOut(ctx context.Context, contestID int64, entryIDs []int64) error {
	defer s.changed(contestID)
	for _, id := range entryIDs {
		if err := s.accounts.EndEntrySessions(ctx, id, 0); err != nil {
			return postgres.Fault(err)
		}
	}
	return nil
}

// TeamMembers are the people of some teams, with the entries as which they took part alone.
func (s *Service) TeamMembers(ctx context.Context, contestID int64, entryIDs []int64) (map[int64][]TeamMember, error) {
	rows, err := s.q.TeamMembers(ctx, rosterdb.TeamMembersParams{ContestID: contestID, EntryIds: entryIDs})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	teams := map[int64][]TeamMember{}
	for _, r := range rows {
		teams[r.EntryID] = append(teams[r.EntryID], TeamMember{PersonID: r.Person, Name: r.Name, Role: MemberRole(r.Role)})
	}
	return teams, nil
}

// TeamsOf tells in which active teams of a contest some persons stand, by the person.
func (s *Service) TeamsOf(ctx context.Context, contestID int64, persons []int64) (map[int64]int64, error) {
	rows, err := s.q.TeamsOf(ctx, rosterdb.TeamsOfParams{ContestID: contestID, Persons: persons})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	teams := make(map[int64]int64, len(rows))
	for _, r := range rows {
		teams[r.Person] = r.EntryID
	}
	return teams, nil
}
