package leader

import (
	"context"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leader/leaderdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// counted are the people of units.
type counted struct {
	byUnit     map[int64]Count
	byDivision map[int64]Count
}

// counts counts the people of the leader's units, or of all (led nil).
func (s *Service) counts(ctx context.Context, contestID int64, led *roster.Led) (counted, error) {
	out := counted{byUnit: map[int64]Count{}, byDivision: map[int64]Count{}}
	ids := []int64{}
	if led != nil {
		ids = led.IDs()
	}
	add := func(unitID, divisionID int64, state string, n int) {
		var c Count
		switch state {
		case string(roster.EntryActive):
			c.Approved = n
		case string(roster.RegistrationPending):
			c.Pending = n
		case string(roster.RegistrationWaitlisted):
			c.Waitlisted = n
		case string(roster.RegistrationRejected):
			c.Rejected = n
		case string(roster.EntryWithdrawn):
			c.Withdrawn = n
		}
		out.byUnit[unitID], out.byDivision[divisionID] = out.byUnit[unitID].Plus(c), out.byDivision[divisionID].Plus(c)
	}
	entries, err := s.q.CountEntriesByUnit(ctx, leaderdb.CountEntriesByUnitParams{ContestID: contestID, Everywhere: led == nil, UnitIds: ids})
	if err != nil {
		return out, postgres.Fault(err)
	}
	for _, r := range entries {
		add(r.UnitID, r.DivisionID, r.State, int(r.Entries))
	}
	registrations, err := s.q.CountRegistrationsByUnit(ctx, leaderdb.CountRegistrationsByUnitParams{ContestID: contestID, Everywhere: led == nil, UnitIds: ids})
	if err != nil {
		return out, postgres.Fault(err)
	}
	for _, r := range registrations {
		add(r.UnitID, r.DivisionID, r.State, int(r.Registrations))
	}
	return out, nil
}

// rows says how far each unit is, without who has entered.
func (s *Service) rows(ctx context.Context, c contest.Contest, led *roster.Led) ([]UnitRow, error) {
	counts, err := s.counts(ctx, c.ID, led)
	if err != nil {
		return nil, err
	}
	return s.rowsOf(ctx, c, led, counts)
}

// rowsOf makes the rows: units that the contest invites, that have people in it, or that the leader was given.
func (s *Service) rowsOf(ctx context.Context, c contest.Contest, led *roster.Led, counts counted) ([]UnitRow, error) {
	view, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := s.plan(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.Accounts.LeadersIn(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	leaders := map[int64]int{}
	for _, l := range all {
		leaders[l.UnitID]++
	}
	byUnit, wanted := map[int64]Count{}, map[int64]bool{}
	for id, count := range counts.byUnit {
		at := place(id, plan, view, led)
		byUnit[at], wanted[at] = byUnit[at].Plus(count), true
	}
	for id := range plan {
		if led == nil || led.May(id) {
			wanted[place(id, plan, view, led)] = true
		}
	}
	if led != nil && len(wanted) == 0 { // a leader without a plan and without people still has a unit
		for _, id := range led.Own {
			wanted[id] = true
		}
	}
	rows := make([]UnitRow, 0, len(wanted))
	for id, want := range wanted {
		u, ok := view.Unit(id)
		if !want || !ok {
			continue
		}
		p := plan[id]
		row := UnitRow{UnitID: id, Name: u.Name, Block: p.block, Target: p.target, Headcount: p.headcount, Count: byUnit[id], Leaders: leaders[id]}
		path := view.Path(id)
		for _, above := range path[:max(len(path)-1, 0)] {
			row.Above = strings.TrimPrefix(row.Above+" › "+above.Name, " › ")
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b UnitRow) int { return int(a.UnitID - b.UnitID) })
	unit.SortBy(rows, func(r UnitRow) string { return r.Name })
	slices.SortStableFunc(rows, func(a, b UnitRow) int { return plan[a.UnitID].position - plan[b.UnitID].position })
	return rows, nil
}

// turns lists the active entries and which of them have taken a round.
func (s *Service) turns(ctx context.Context, c contest.Contest, led *roster.Led, roundID int64) ([]leaderdb.ActiveEntriesRow, map[int64]bool, error) {
	ids := []int64{}
	if led != nil {
		ids = led.IDs()
	}
	entries, err := s.q.ActiveEntries(ctx, leaderdb.ActiveEntriesParams{ContestID: c.ID, RoundID: roundID, Everywhere: led == nil, UnitIds: ids})
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	round, ok := c.Round(roundID)
	turns, known := s.Turns[round.Kind]
	if !ok || !known {
		return entries, nil, nil
	}
	list, err := turns.Taken(ctx, roundID)
	if err != nil {
		return nil, nil, err
	}
	taken := make(map[int64]bool, len(list))
	for _, id := range list {
		taken[id] = true
	}
	return entries, taken, nil
}

// Progress is how far the units are.
type Progress struct {
	Contest contest.Contest
	RoundID int64 // whose turns are counted; 0: none
	Rows    []UnitRow
	// Left are those who have not taken the round: "Chưa thi".
	Left []LeftEntry
}

// LeftEntry is an approved entry that has not taken a round.
type LeftEntry struct {
	EntryID  int64
	Number   string
	Name     string
	UnitName string
	Phone    string
}

// Progress says how far the units of the leader are, or all of them (led nil), and who has not taken the round.
func (s *Service) Progress(ctx context.Context, contestID int64, led *roster.Led, roundID int64) (Progress, error) {
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Contest: c, RoundID: s.roundOf(c, roundID)}
	counts, err := s.counts(ctx, contestID, led)
	if err != nil {
		return p, err
	}
	if p.RoundID != 0 {
		if p.Left, err = s.left(ctx, c, led, p.RoundID, counts); err != nil {
			return p, err
		}
	}
	p.Rows, err = s.rowsOf(ctx, c, led, counts)
	return p, err
}

// left lists the active entries that have not taken a round, and counts those that have.
func (s *Service) left(ctx context.Context, c contest.Contest, led *roster.Led, roundID int64, counts counted) ([]LeftEntry, error) {
	entries, taken, err := s.turns(ctx, c, led, roundID)
	if err != nil {
		return nil, err
	}
	names, err := s.Units.Names(ctx, "")
	if err != nil {
		return nil, err
	}
	var left []LeftEntry
	for _, e := range entries {
		if taken[e.ID] {
			count := counts.byUnit[e.UnitID]
			count.Entered++
			counts.byUnit[e.UnitID] = count
			continue
		}
		left = append(left, LeftEntry{EntryID: e.ID, Number: roster.NumberText(int(e.Number)), Name: e.Name, UnitName: names[e.UnitID], Phone: e.Phone})
	}
	return left, nil
}

// roundOf is the round that is asked about, or the latest that has begun; 0 where none has, or none can be told.
func (s *Service) roundOf(c contest.Contest, wanted int64) int64 {
	latest := int64(0)
	for _, r := range c.Rounds {
		_, known := s.Turns[r.Kind]
		begun := r.State != contest.Planned && r.State != contest.Ready
		if !known || !begun {
			continue
		}
		if r.ID == wanted {
			return wanted
		}
		latest = r.ID
	}
	return latest
}

// planned is what a contest expects of a unit.
type planned struct {
	block     string
	position  int
	target    int
	headcount int
}

// plan reads what the contest expects of each unit that it invites.
func (s *Service) plan(ctx context.Context, contestID int64) (map[int64]planned, error) {
	p, err := s.Roster.Plan(ctx, contestID)
	if err != nil {
		return nil, err
	}
	blocks := map[int64]planned{}
	for i, b := range p.Blocks {
		blocks[b.ID] = planned{block: b.Name, position: i - len(p.Blocks)} // units in no block stand last
	}
	out := map[int64]planned{}
	for _, u := range p.Units {
		if u.Invited {
			row := blocks[u.BlockID]
			row.target, row.headcount = max(u.Target, 0), max(u.Headcount, 0)
			out[u.ID] = row
		}
	}
	return out, nil
}

// place tells at which unit the people of a unit count: at the nearest one, itself included, that has a target, so that a
// branch counts towards its commune's; without a target at itself where the contest invites it, or at the nearest above.
func place(id int64, plan map[int64]planned, view unit.View, led *roster.Led) int64 {
	nearest := int64(0)
	path := view.Path(id)
	for i := len(path) - 1; i >= 0; i-- {
		at := path[i].ID
		p, invited := plan[at]
		if !invited || led != nil && !led.May(at) {
			continue
		}
		if p.target > 0 {
			return at
		}
		if nearest == 0 {
			nearest = at
		}
	}
	if nearest == 0 {
		return id
	}
	return nearest
}
