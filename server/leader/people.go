package leader

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hoithi/hoithi/server/leader/leaderdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// Person is an entry, or a registration that is no entry yet, as its leader sees it.
type Person struct {
	Entry          bool
	ID             int64
	RegistrationID int64  // also of an entry that came from one; 0: none
	Number         string // "" until approved
	Name           string
	State          string
	Reason         string
	UnitID         int64
	UnitName       string
	DivisionID     int64
	Phone, Email   string
	Members        []roster.Member
	Findings       []roster.Finding
	CreatedAt      time.Time
	Asked          bool // a request for a change waits for its answer
}

// Filter chooses rows of the list.
type Filter struct {
	Words      string
	State      string
	DivisionID int64
	UnitID     int64
	Page       int
}

// PageSize is how many rows a page of the list has.
const PageSize = roster.PageSize

// People lists the entries and registrations of the leader's units: those that wait first, then by candidate number.
func (s *Service) People(ctx context.Context, contestID int64, f Filter) ([]Person, int, error) {
	led, err := s.Led(ctx, contestID)
	if err != nil {
		return nil, 0, err
	}
	ids := led.IDs()
	if f.UnitID != 0 {
		if !led.May(f.UnitID) {
			return []Person{}, 0, nil
		}
		ids = []int64{f.UnitID}
	}
	needle := []rune(unit.SearchKey(f.Words))
	p := leaderdb.ListPeopleParams{ContestID: contestID, UnitIds: ids, State: f.State, DivisionID: f.DivisionID,
		Needle: string(needle[:min(len(needle), 100)]), Number: int32(roster.ParseNumber(f.Words)), Most: PageSize,
		Skip: int32(max(min(f.Page, 10_000), 1)-1) * PageSize}
	total, err := s.q.CountPeople(ctx, leaderdb.CountPeopleParams{ContestID: p.ContestID, UnitIds: p.UnitIds, State: p.State, DivisionID: p.DivisionID, Needle: p.Needle, Number: p.Number})
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	rows, err := s.q.ListPeople(ctx, p)
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	names := map[int64]string{}
	for _, u := range led.Units {
		names[u.ID] = u.Name
	}
	people := make([]Person, len(rows))
	at := map[bool]map[int64]*Person{true: {}, false: {}}
	lists := map[bool][]int64{true: {}, false: {}}
	for i, r := range rows {
		x := Person{Entry: r.What == "entry", ID: r.ID, RegistrationID: r.RegistrationID, Name: r.Name, State: r.State, Reason: r.Reason, UnitID: r.UnitID,
			UnitName: names[r.UnitID], DivisionID: r.DivisionID, Phone: r.Phone, Email: r.Email, CreatedAt: r.CreatedAt}
		if r.Number > 0 {
			x.Number = roster.NumberText(int(r.Number))
		}
		if err := json.Unmarshal(r.Findings, &x.Findings); err != nil {
			return nil, 0, err
		}
		people[i] = x
		at[x.Entry][x.ID], lists[x.Entry] = &people[i], append(lists[x.Entry], x.ID)
	}
	if err := s.addMembers(ctx, at, lists); err != nil {
		return nil, 0, err
	}
	asked, err := s.q.AskedChanges(ctx, leaderdb.AskedChangesParams{ContestID: contestID, EntryIds: lists[true], RegistrationIds: lists[false]})
	for _, a := range asked {
		if x := at[true][a.EntryID]; x != nil {
			x.Asked = true
		}
		if x := at[false][a.RegistrationID]; x != nil {
			x.Asked = true
		}
	}
	return people, int(total), postgres.Fault(err)
}

func (s *Service) addMembers(ctx context.Context, at map[bool]map[int64]*Person, lists map[bool][]int64) error {
	members, err := s.q.MemberNames(ctx, lists[true])
	if err != nil {
		return postgres.Fault(err)
	}
	for _, m := range members {
		x := at[true][m.Owner]
		x.Members = append(x.Members, roster.Member{Name: m.Name, Role: roster.MemberRole(m.Role)})
	}
	registrants, err := s.q.RegistrantNames(ctx, lists[false])
	if err != nil {
		return postgres.Fault(err)
	}
	for _, m := range registrants {
		x := at[false][m.Owner]
		x.Members = append(x.Members, roster.Member{Name: m.Name, Role: roster.MemberRole(m.Role)})
	}
	return nil
}
