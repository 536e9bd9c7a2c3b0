package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
)

// RoundView is a round's part in the plan, as organizers see it.
type RoundView struct {
	ID        int64              `json:"id"`
	Position  int                `json:"position"`
	Kind      contest.Kind       `json:"kind" enum:"stage,exam,judged,vote"`
	Name      string             `json:"name"`
	State     contest.RoundState `json:"state" enum:"planned,ready,running,paused,closed,scored"`
	Weight    int                `json:"weight" doc:"Hundredths of a percent"`
	MaxScore  int64              `json:"max_score"`
	FromZero  bool               `json:"from_zero"`
	Intake    contest.Intake     `json:"intake"`
	TieBreak  bool               `json:"tie_break"`
	EntryKind contest.EntryKind  `json:"entry_kind" enum:"person,team"`
	Level     int                `json:"level" doc:"How many cuts lie before it, or at it"`
	Entrants  int                `json:"entrants" doc:"How many enter now"`
	Scored    int                `json:"scored" doc:"How many have a score"`
	Promoted  bool               `json:"promoted" doc:"Who enters has been decided"`
	Fixed     bool               `json:"fixed" doc:"Who enters can't be set otherwise: it has been decided, or the round has begun"`
	Named     int                `json:"named" doc:"Of units that have a place, how many have named their team"`
	Places    int                `json:"places" doc:"How many have a place"`
}

// PlanView is the plan of a contest with what is open.
type PlanView struct {
	Version     int                `json:"version"`
	State       contest.State      `json:"state" enum:"draft,open,running,ended,finalized,archived"`
	EntryKind   contest.EntryKind  `json:"entry_kind" enum:"person,team"`
	TeamMin     int                `json:"team_min"`
	TeamMax     int                `json:"team_max"`
	TieBreakers []string           `json:"tie_breakers"`
	Divisions   []contest.Division `json:"divisions"`
	Blocks      int                `json:"blocks" doc:"How many blocks of units there are"`
	Rounds      []RoundView        `json:"rounds"`
	Ties        []TieView          `json:"ties"`
	Decisions   []DecisionView     `json:"decisions" doc:"Oldest first, also revoked ones"`
}

// TieView is an open question with names.
type TieView struct {
	Tie
	Lines  []LineView      `json:"lines"`
	Where  string          `json:"where" doc:"Name of the round whose line it is; empty: the final standings"`
	Rounds []TieRoundShown `json:"rounds" doc:"Tie-break rounds among exactly these"`
}

// TieRoundShown is a tie-break round.
type TieRoundShown struct {
	ID    int64              `json:"id"`
	Kind  contest.Kind       `json:"kind"`
	Name  string             `json:"name"`
	State contest.RoundState `json:"state" enum:"planned,ready,running,paused,closed,scored"`
}

// LineView is a line of a list with its name.
type LineView struct {
	Line
	NumberText string `json:"number_text"`
	Name       string `json:"name"`
	UnitName   string `json:"unit_name"`
}

// HeatView is a list within which places are given.
type HeatView struct {
	ID     int64      `json:"id"`
	Name   string     `json:"name"`
	Places int        `json:"places"`
	Free   int        `json:"free"`
	Count  int        `json:"count" doc:"Lines in all; those far behind the line are left out"`
	Lines  []LineView `json:"lines"`
}

// UnrankedView is a unit that is not ranked.
type UnrankedView struct {
	UnitID   int64  `json:"unit_id"`
	Name     string `json:"name"`
	Entrants int    `json:"entrants"`
	Valid    int    `json:"valid"`
	Entries  int    `json:"entries"`
	Why      Why    `json:"why" enum:"too_few,too_small,no_count"`
}

// PlaceView is a place that was given, or somebody in line for one.
type PlaceView struct {
	ID       int64               `json:"id"`
	HeatID   int64               `json:"heat_id"`
	Place    int                 `json:"place"`
	State    Fate                `json:"state" enum:"through,reserve,passed"`
	Subject  int64               `json:"subject" doc:"Entry or unit"`
	Name     string              `json:"name"`
	UnitName string              `json:"unit_name"`
	Number   string              `json:"number"`
	Gone     bool                `json:"gone" doc:"The entry has withdrawn from the contest"`
	EntryID  int64               `json:"entry_id" doc:"Who enters; 0: the unit has not named its team"`
	Team     string              `json:"team"`
	Members  []roster.TeamMember `json:"members"`
	Deadline *time.Time          `json:"deadline,omitempty"`
	Over     bool                `json:"over" doc:"The deadline has passed"`
	Reason   string              `json:"reason"`
}

// PromotionView is how the entries of a round are decided, or were.
type PromotionView struct {
	Round    RoundView      `json:"round"`
	Before   string         `json:"before" doc:"Name of the round before"`
	Problems []Problem      `json:"problems"`
	Hash     string         `json:"hash" doc:"Send it back to decide exactly what was shown"`
	Heats    []HeatView     `json:"heats"`
	Unranked []UnrankedView `json:"unranked"`
	Ties     []TieView      `json:"ties"`
	Done     bool           `json:"done"`
	AtUs     int64          `json:"at_us,omitzero"`
	Actor    string         `json:"actor,omitempty"`
	Agrees   bool           `json:"agrees" doc:"The list it was decided from is still what the scores give"`
	Places   []PlaceView    `json:"places"`
}

// DecisionView is how a tie was resolved.
type DecisionView struct {
	ID        int64      `json:"id"`
	What      string     `json:"what" enum:"entry,unit"`
	Where     string     `json:"where"`
	Method    Method     `json:"method" enum:"round,head,lots"`
	Seed      string     `json:"seed"`
	Decider   string     `json:"decider"`
	Reason    string     `json:"reason"`
	TieRound  string     `json:"tie_round"`
	AtUs      int64      `json:"at_us"`
	Actor     string     `json:"actor"`
	RevokedUs int64      `json:"revoked_us"`
	RevokedBy string     `json:"revoked_by"`
	Why       string     `json:"why"`
	Used      bool       `json:"used" doc:"Entries of a round rest on it"`
	Order     []LineView `json:"order" doc:"Best first"`
}

// LeaderTeamView is a unit's place in a round as its leader, or an organizer, names the team.
type LeaderTeamView struct {
	RoundID    int64               `json:"round_id"`
	RoundName  string              `json:"round_name"`
	StartsAt   *time.Time          `json:"starts_at,omitempty"`
	UnitID     int64               `json:"unit_id"`
	UnitName   string              `json:"unit_name"`
	Place      int                 `json:"place" doc:"Of the unit"`
	Result     int64               `json:"result" doc:"Of the unit, hundredths of a point"`
	State      Fate                `json:"state" enum:"through,reserve,passed"`
	Ahead      int                 `json:"ahead" doc:"Of a reserve: how many stand before it"`
	Deadline   *time.Time          `json:"deadline,omitempty"`
	Over       bool                `json:"over"`
	Reason     string              `json:"reason"`
	TeamID     int64               `json:"team_id" doc:"0: not named yet"`
	TeamNumber string              `json:"team_number"`
	TeamName   string              `json:"team_name"`
	Members    []roster.TeamMember `json:"members"`
	TeamMin    int                 `json:"team_min"`
	TeamMax    int                 `json:"team_max"`
	Candidates []Candidate         `json:"candidates" doc:"Who can be named, best first"`
}

func (n Naming) view() LeaderTeamView {
	v := LeaderTeamView{RoundID: n.RoundID, RoundName: n.RoundName, StartsAt: n.StartsAt, UnitID: n.UnitID, UnitName: n.UnitName, Place: n.Place, Result: n.Result,
		State: n.State, Ahead: n.Ahead, Deadline: n.Deadline, Over: n.Over, Reason: n.Reason, Members: n.Members, TeamMin: n.TeamMin, TeamMax: n.TeamMax,
		Candidates: n.Candidates}
	if n.Team != nil {
		v.TeamID, v.TeamNumber, v.TeamName = n.Team.ID, n.Team.Number, n.Team.Name
	}
	return v
}

// names gives the words for a line: an entry's, or a unit's.
func (x standing) names() func(what string, l Line) LineView {
	entries := make(map[int64]roster.Entry, len(x.Entries))
	for _, e := range x.Entries {
		entries[e.ID] = e
	}
	units := make(map[int64]string, len(x.units))
	for _, u := range x.units {
		units[u.ID] = u.Name
	}
	return func(what string, l Line) LineView {
		if what == "unit" {
			return LineView{Line: l, Name: units[l.ID], NumberText: strconv.Itoa(l.Number)}
		}
		e := entries[l.ID]
		return LineView{Line: l, Name: e.Name, UnitName: e.UnitName, NumberText: roster.NumberText(l.Number)}
	}
}

func whatOf(r contest.Round) string {
	if r.Intake.Who == contest.WhoUnits {
		return "unit"
	}
	return "entry"
}

func (x standing) roundViews(entrants map[int64]int) []RoundView {
	levels := x.Contest.Levels()
	views := make([]RoundView, 0, len(x.Contest.Rounds))
	for _, r := range x.Contest.Rounds {
		v := RoundView{ID: r.ID, Position: r.Position, Kind: r.Kind, Name: r.Name, State: r.State, Weight: r.Weight, MaxScore: r.MaxScore, FromZero: r.FromZero,
			Intake: r.Intake, TieBreak: r.TieBreak(), EntryKind: r.EntryKind, Level: levels[r.ID], Entrants: entrants[r.ID], Scored: len(x.Scores[r.ID].Rows)}
		if v.EntryKind == "" {
			v.EntryKind = x.Contest.EntryKind
		}
		if v.Intake.Places == nil {
			v.Intake.Places = []contest.Places{}
		}
		_, v.Promoted = x.promotions[r.ID]
		v.Fixed = v.Promoted || r.Begun()
		for _, p := range x.places[r.ID] {
			if p.State == string(Through) {
				v.Places++
				if p.EntryID != nil {
					v.Named++
				}
			}
		}
		views = append(views, v)
	}
	return views
}

func (x standing) tieViews(ties []Tie) []TieView {
	name := x.names()
	views := make([]TieView, 0, len(ties))
	for _, t := range ties {
		v := TieView{Tie: t, Lines: []LineView{}, Rounds: []TieRoundShown{}}
		for _, l := range t.Lines {
			v.Lines = append(v.Lines, name(t.What, l))
		}
		if r, ok := x.Contest.Round(t.For); ok {
			v.Where = r.Name
		}
		for _, r := range x.Contest.Rounds {
			if r.TieBreak() && t.What == "entry" && slices.Equal(slices.Sorted(slices.Values(x.Lists[r.ID])), t.subjects()) {
				v.Rounds = append(v.Rounds, TieRoundShown{ID: r.ID, Kind: r.Kind, Name: r.Name, State: r.State})
			}
		}
		views = append(views, v)
	}
	return views
}

func (x standing) decisionViews() []DecisionView {
	name := x.names()
	views := make([]DecisionView, 0, len(x.all))
	for _, d := range x.all {
		v := DecisionView{ID: d.ID, What: d.What, Method: d.Method, Seed: d.Seed, Decider: d.Decider, Reason: d.Reason, AtUs: d.AtUs, Actor: d.Actor,
			RevokedUs: d.RevokedUs, RevokedBy: d.RevokedBy, Why: d.Why, Used: x.used(d), Order: []LineView{}}
		if r, ok := x.Contest.Round(d.RoundID); ok {
			v.Where = r.Name
		}
		if r, ok := x.Contest.Round(d.TieRound); ok {
			v.TieRound = r.Name
		}
		for i, id := range d.Subjects {
			v.Order = append(v.Order, name(d.What, Line{ID: id, Number: d.Numbers[i], Place: d.Places[i]}))
		}
		slices.SortStableFunc(v.Order, func(a, b LineView) int { return a.Place - b.Place })
		views = append(views, v)
	}
	return views
}

// behind is how many of those who are out a page shows behind the line.
const behind = 12

func (x standing) promotionView(p Preview, entrants map[int64]int, members map[int64][]roster.TeamMember, nowUs int64) PromotionView {
	name, what := x.names(), whatOf(p.Round)
	v := PromotionView{Before: p.Before.Name, Problems: p.Problems, Hash: hexOf(p.Hash), Heats: []HeatView{}, Unranked: []UnrankedView{}, Ties: []TieView{},
		Done: p.Done, Places: []PlaceView{}}
	for _, r := range x.roundViews(entrants) {
		if r.ID == p.Round.ID {
			v.Round = r
		}
	}
	for _, h := range p.Heats {
		view := HeatView{ID: h.ID, Places: h.Places, Free: h.Free, Count: len(h.Lines), Lines: []LineView{}, Name: x.heatTitle(p.Round, h.ID)}
		for _, l := range h.Shown(behind).Lines {
			view.Lines = append(view.Lines, name(what, l))
		}
		v.Heats = append(v.Heats, view)
	}
	for _, u := range p.Units {
		if u.Why != "" {
			v.Unranked = append(v.Unranked, UnrankedView{UnitID: u.UnitID, Name: name("unit", Line{ID: u.UnitID}).Name, Entrants: u.Entrants, Valid: u.Valid,
				Entries: u.Entries, Why: u.Why})
		}
	}
	for _, t := range x.ties() {
		if t.For == p.Round.ID {
			v.Ties = append(v.Ties, x.tieViews([]Tie{t})...)
		}
	}
	if !p.Done {
		return v
	}
	done := x.promotions[p.Round.ID]
	v.AtUs, v.Actor, v.Problems = done.AtUs, done.Actor, []Problem{}
	v.Agrees, _ = x.agrees(p.Round.ID)
	for _, place := range x.places[p.Round.ID] {
		l := name(what, Line{ID: place.SubjectID})
		pv := PlaceView{ID: place.ID, HeatID: place.Heat, Place: int(place.Line), State: Fate(place.State), Subject: place.SubjectID, Name: l.Name, UnitName: l.UnitName,
			EntryID: value(place.EntryID), Deadline: place.Deadline, Reason: place.Reason, Members: []roster.TeamMember{}}
		pv.Over = place.Deadline != nil && nowUs >= place.Deadline.UnixMicro()
		e := x.entry(pv.EntryID)
		switch {
		case what == "entry":
			pv.Gone = x.entry(place.SubjectID) == nil
			if e = x.entry(place.SubjectID); e != nil {
				pv.Number = e.Number
			}
		case e != nil:
			pv.Number, pv.Team = e.Number, e.Name
			if m := members[e.ID]; m != nil {
				pv.Members = m
			}
		case pv.EntryID != 0:
			pv.Gone = true
		}
		v.Places = append(v.Places, pv)
	}
	return v
}

func (x standing) heatTitle(round contest.Round, id int64) string {
	name := x.heatName(round, id)
	if len(name) > 2 {
		return name[:len(name)-2]
	}
	return ""
}
