package plan

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/plan/plandb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// Candidate is a person whom a unit can name.
type Candidate struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Points int64  `json:"points" doc:"Hundredths of a point"`
	Counts bool   `json:"counts" doc:"The unit's result is made of this turn, among others"`
	Team   int64  `json:"team,omitzero" doc:"Entry of the team in which the person stands already"`
}

// Naming is a unit's place in a round, with the team it has named and whom it can name.
type Naming struct {
	RoundID    int64
	RoundName  string
	StartsAt   *time.Time
	PlaceID    int64
	UnitID     int64
	UnitName   string
	Place      int  // of the unit in the list
	State      Fate // through, reserve, passed
	Ahead      int  // of a reserve: how many stand before it
	Deadline   *time.Time
	Over       bool // the deadline has passed, or the round has begun
	Reason     string
	Result     int64
	Team       *roster.Entry
	Members    []roster.TeamMember
	TeamMin    int
	TeamMax    int
	Candidates []Candidate
}

// Namings lists the places of units in the rounds of a contest; led nil: of all units. With candidates only where they
// are asked for, as there may be thousands.
func (s *Service) Namings(ctx context.Context, contestID int64, led *roster.Led) ([]Naming, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return nil, err
	}
	return s.namings(ctx, x, led, led != nil)
}

// Naming is one unit's place in a round, with whom it can name.
func (s *Service) Naming(ctx context.Context, contestID, roundID, unitID int64) (Naming, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return Naming{}, err
	}
	all, err := s.namings(ctx, x, &roster.Led{Units: []unit.Unit{{ID: unitID}}}, true)
	if err != nil {
		return Naming{}, err
	}
	for _, n := range all {
		if n.RoundID == roundID {
			return n, nil
		}
	}
	return Naming{}, noPlace
}

func (s *Service) namings(ctx context.Context, x standing, led *roster.Led, candidates bool) ([]Naming, error) {
	list := []Naming{}
	names := map[int64]string{}
	for _, u := range x.units {
		names[u.ID] = u.Name
	}
	for _, round := range x.Contest.Rounds {
		promotion, done := x.promotions[round.ID]
		if round.Intake.Who != contest.WhoUnits || !done {
			continue
		}
		rec, err := readRecord(promotion)
		if err != nil {
			return nil, err
		}
		results := map[int64]int64{}
		for _, h := range rec.Heats {
			for _, l := range h.Lines {
				results[l.ID] = l.Value
			}
		}
		var teams []int64
		var choice *choosing
		for _, p := range x.places[round.ID] {
			if led != nil && !led.May(p.SubjectID) {
				continue
			}
			n := Naming{RoundID: round.ID, RoundName: round.Name, StartsAt: round.StartsAt, PlaceID: p.ID, UnitID: p.SubjectID, UnitName: names[p.SubjectID],
				Place: int(p.Line), State: Fate(p.State), Deadline: p.Deadline, Reason: p.Reason, Result: results[p.SubjectID],
				TeamMin: x.Contest.TeamMin, TeamMax: x.Contest.TeamMax, Candidates: []Candidate{}, Members: []roster.TeamMember{}}
			n.Over = round.Begun() || p.Deadline != nil && s.NowUs() >= p.Deadline.UnixMicro()
			if n.State == Reserve {
				for _, o := range x.places[round.ID] {
					if o.Heat == p.Heat && o.State == string(Reserve) && o.Line < p.Line {
						n.Ahead++
					}
				}
			}
			if p.EntryID != nil && n.State == Through {
				teams = append(teams, *p.EntryID)
				n.Team = x.entry(*p.EntryID)
			}
			if candidates && n.State == Through {
				if choice == nil {
					choice = x.choosing(round)
				}
				if n.Candidates, err = s.candidates(ctx, x, round, choice, p.SubjectID); err != nil {
					return nil, err
				}
			}
			list = append(list, n)
		}
		members, err := s.Roster.TeamMembers(ctx, x.Contest.ID, teams)
		if err != nil {
			return nil, err
		}
		for i, n := range list {
			if n.Team != nil && n.RoundID == round.ID {
				list[i].Members = members[n.Team.ID]
			}
		}
	}
	return list, nil
}

func (x standing) entry(id int64) *roster.Entry {
	for i := range x.Entries {
		if x.Entries[i].ID == id {
			return &x.Entries[i]
		}
	}
	return nil
}

// choosing is what whom a unit can name follows from: the same for all units, and worked out once for them.
type choosing struct {
	units   map[int64]Unit
	counted map[int64]bool // entries that make their unit's result
	people  []Person
}

func (x standing) choosing(round contest.Round) *choosing {
	c := &choosing{units: make(map[int64]Unit, len(x.units)), counted: map[int64]bool{}, people: peopleOf(x.Input, round)}
	for _, u := range x.units {
		c.units[u.ID] = u
	}
	for _, r := range x.unitResults(round) {
		for _, id := range r.Counted {
			c.counted[id] = true
		}
	}
	return c
}

// candidates are the people of a unit who can stand in its team, best first.
func (s *Service) candidates(ctx context.Context, x standing, round contest.Round, c *choosing, unitID int64) ([]Candidate, error) {
	var ids []int64
	points := map[int64]int64{}
	for _, p := range c.people {
		if p.UnitID != 0 && CountsAt(c.units, p.UnitID) == unitID && eligible(round.Intake.Units, p) {
			ids = append(ids, p.EntryID)
			points[p.EntryID] = p.Points
		}
	}
	teams, err := s.Roster.TeamsOf(ctx, x.Contest.ID, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Candidate, 0, len(ids))
	for _, e := range x.Entries {
		if p, ok := points[e.ID]; ok {
			list = append(list, Candidate{ID: e.ID, Number: e.Number, Name: e.Name, Points: p, Counts: c.counted[e.ID], Team: teams[e.ID]})
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return int(b.Points - a.Points) })
	return list, nil
}

// TeamAsk is a team as somebody names it.
type TeamAsk struct {
	Name    string
	Phone   string
	Members []roster.TeamMember
}

// Name names the team of a unit, or changes it. late: an organizer may also after the deadline; nobody once the round has
// begun.
func (s *Service) Name(ctx context.Context, contestID, roundID, unitID int64, ask TeamAsk, late bool) (roster.Entry, error) {
	n, err := s.Naming(ctx, contestID, roundID, unitID)
	if err != nil {
		return roster.Entry{}, err
	}
	c, err := s.Contests.Get(ctx, contestID)
	if err != nil {
		return roster.Entry{}, err
	}
	if _, err := entriesOpen(c, roundID); err != nil {
		return roster.Entry{}, err
	}
	switch {
	case n.State != Through:
		return roster.Entry{}, noPlace
	case n.Over && !late:
		return roster.Entry{}, namingOver
	}
	if err := n.check(ask); err != nil {
		return roster.Entry{}, err
	}
	d := roster.TeamDraft{UnitID: unitID, Name: ask.Name, Phone: ask.Phone, Members: ask.Members}
	if n.Team != nil {
		d.EntryID, d.DivisionID = n.Team.ID, n.Team.DivisionID
	} else if d.DivisionID, err = s.divisionOf(ctx, c, ask); err != nil {
		return roster.Entry{}, err
	}
	return s.Roster.NameTeam(ctx, contestID, d, func(tx pgx.Tx, entryID int64) error {
		q := s.q.WithTx(tx)
		now, err := s.Contests.RoundTx(ctx, tx, contestID, roundID)
		if err != nil {
			return err
		}
		if now.Begun() {
			return roundBegun
		}
		places, err := q.LockPlaces(ctx, roundID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(places, func(p plandb.PromotionPlace) bool { return p.ID == n.PlaceID && p.State == string(Through) })
		if i < 0 || value(places[i].EntryID) != d.EntryID {
			return noPlace // it has passed on, or another device has named the team
		}
		p := places[i]
		if err := q.SetPlace(ctx, plandb.SetPlaceParams{ID: p.ID, State: p.State, EntryID: &entryID, Deadline: p.Deadline, Reason: p.Reason}); err != nil {
			return err
		}
		if err := s.Roster.EnterRound(ctx, tx, roundID, entryID); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "name_team", map[string]any{"round": roundID, "unit": unitID, "entry": entryID, "late": n.Over})
	})
}

// check finds what is wrong with a team before it is stored.
func (n Naming) check(ask TeamAsk) error {
	active, captains := 0, 0
	for _, m := range ask.Members {
		if !slices.ContainsFunc(n.Candidates, func(c Candidate) bool { return c.ID == m.PersonID }) {
			return notEligible
		}
		switch m.Role {
		case roster.RoleReserve:
		case roster.RoleCaptain:
			captains++
			active++
		case roster.RoleMember:
			active++
		}
	}
	f := badTeam
	if active < n.TeamMin || active > n.TeamMax {
		f = f.At("members", "Đội cần từ "+itoa(n.TeamMin)+" đến "+itoa(n.TeamMax)+" thành viên chính thức, hiện có "+itoa(active)+".",
			"A team has "+itoa(n.TeamMin)+" to "+itoa(n.TeamMax)+" members, this one has "+itoa(active)+".")
	}
	if captains != 1 {
		f = f.At("captain", "Hãy chọn một đội trưởng.", "Choose one captain.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// divisionOf is the division of a team: that of its people where they are of one, else the contest's first.
func (s *Service) divisionOf(ctx context.Context, c contest.Contest, ask TeamAsk) (int64, error) {
	entries, err := s.Roster.Entries(ctx, c.ID)
	if err != nil {
		return 0, postgres.Fault(err)
	}
	division := int64(0)
	for _, e := range entries {
		if !slices.ContainsFunc(ask.Members, func(m roster.TeamMember) bool { return m.PersonID == e.ID }) {
			continue
		}
		if division != 0 && division != e.DivisionID {
			return c.Divisions[0].ID, nil
		}
		division = e.DivisionID
	}
	if division == 0 && len(c.Divisions) > 0 {
		division = c.Divisions[0].ID
	}
	return division, nil
}
