package plan

import (
	"cmp"
	"context"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
)

// What is what somebody asks "what if" about. Nothing of it is stored.
type What struct {
	Rounds      []WhatRound `json:"rounds,omitempty" maxItems:"20"`
	TieBreakers []string    `json:"tie_breakers,omitempty" maxItems:"10"`
	// OtherTies says that TieBreakers, also none, take the place of the contest's.
	OtherTies bool `json:"other_ties,omitempty"`
}

// WhatRound changes a round's part in the plan.
type WhatRound struct {
	RoundID  int64            `json:"round_id" minimum:"1"`
	Weight   int              `json:"weight" minimum:"0" maximum:"100000"`
	FromZero bool             `json:"from_zero"`
	Void     bool             `json:"void,omitempty" doc:"As if the round had not been"`
	Places   []contest.Places `json:"places,omitempty" maxItems:"20" doc:"Missing: as they are"`
	Best     int              `json:"best,omitempty" minimum:"0" maximum:"1000" doc:"Of units: the mean of so many; 0: as it is"`
}

// Moved is an entry's standing before and after.
type Moved struct {
	EntryID    int64  `json:"entry_id"`
	Number     string `json:"number"`
	Name       string `json:"name"`
	UnitName   string `json:"unit_name"`
	DivisionID int64  `json:"division_id"`
	Kind       string `json:"kind,omitempty"`
	Before     int    `json:"before" doc:"Place; 0: none"`
	After      int    `json:"after"`
	OldTotal   int64  `json:"old_total"`
	NewTotal   int64  `json:"new_total"`
	Tied       bool   `json:"tied"`
}

// MovedCut is who would go on instead of whom.
type MovedCut struct {
	RoundID int64       `json:"round_id"`
	Before  int         `json:"before" doc:"How many would go on"`
	After   int         `json:"after"`
	In      []MovedLine `json:"in" doc:"Who would go on and did not"`
	Out     []MovedLine `json:"out" doc:"Who did and would not"`
	Line    []MovedLine `json:"line" doc:"Who would be tied at the line"`
}

// MovedLine is an entry or a unit with its place before and after.
type MovedLine struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// Outcome is what would come of it.
type Outcome struct {
	Rows    []Moved    `json:"rows" doc:"Who moves, and the first ones of each division, in the new order"`
	Moved   int        `json:"moved" doc:"How many change their place"`
	Entries int        `json:"entries" doc:"How many have a place"`
	Cuts    []MovedCut `json:"cuts"`
}

// shownRows bounds what a page gets of a contest of thousands.
const shownRows = 200

// under is the standing as it would be.
func (x standing) under(w What) standing {
	rounds := slices.Clone(x.Contest.Rounds)
	scores := make(map[int64]leaderboard.Scores, len(x.Scores))
	for id, s := range x.Scores {
		scores[id] = s
	}
	for _, change := range w.Rounds {
		i := slices.IndexFunc(rounds, func(r contest.Round) bool { return r.ID == change.RoundID })
		if i < 0 || rounds[i].TieBreak() {
			continue
		}
		r := &rounds[i]
		r.Weight, r.FromZero = change.Weight, change.FromZero
		if change.Places != nil {
			r.Intake.Places = change.Places
		}
		if change.Best > 0 {
			r.Intake.Units.Best = change.Best
		}
		if change.Void {
			s := scores[r.ID]
			s.Rows = nil
			scores[r.ID] = s
		}
	}
	x.Contest.Rounds, x.Scores = rounds, scores
	if w.OtherTies {
		x.Contest.TieBreakers = w.TieBreakers
	}
	return x
}

// WhatIf works out who would move where. It reads only, and only organizers may ask.
func (s *Service) WhatIf(ctx context.Context, contestID int64, w What) (Outcome, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return Outcome{}, err
	}
	y := x.under(w)
	if err := (&y.Contest).Check(); err != nil {
		return Outcome{}, err
	}
	o := Outcome{Rows: []Moved{}, Cuts: []MovedCut{}}
	o.compare(leaderboard.ComputePlan(x.Input), leaderboard.ComputePlan(y.Input))
	for _, r := range x.Contest.Rounds {
		if changed, ok := y.Contest.Round(r.ID); ok && r.Cuts() {
			o.Cuts = append(o.Cuts, moved(r.ID, x.heats(r), y.heats(changed), x.namesFor(r)))
		}
	}
	return o, nil
}

// compare puts two boards side by side, in the order of the second.
func (o *Outcome) compare(before, after leaderboard.Board) {
	was := make(map[int64]leaderboard.Row, len(before.Rows))
	for _, r := range before.Rows {
		was[r.EntryID] = r
	}
	first := map[int64]int{}
	for _, r := range after.Rows {
		old := was[r.EntryID]
		if old.Place > 0 || r.Place > 0 {
			o.Entries++
		}
		differs := old.Place != r.Place || old.Tied != r.Tied
		if differs {
			o.Moved++
		}
		first[r.DivisionID]++
		if (differs || old.Total != r.Total || first[r.DivisionID] <= 20) && len(o.Rows) < shownRows {
			o.Rows = append(o.Rows, Moved{EntryID: r.EntryID, Number: r.Number, Name: r.Name, UnitName: r.UnitName, DivisionID: r.DivisionID, Kind: string(r.Kind),
				Before: old.Place, After: r.Place, OldTotal: old.Total, NewTotal: r.Total, Tied: r.Tied})
		}
	}
}

// moved compares who would go on.
func moved(roundID int64, before, after []Heat, names map[int64]string) MovedCut {
	m := MovedCut{RoundID: roundID, In: []MovedLine{}, Out: []MovedLine{}, Line: []MovedLine{}}
	old, now := map[int64]Line{}, map[int64]Line{}
	for _, h := range before {
		for _, l := range h.Lines {
			old[l.ID] = l
			if l.Fate == Through {
				m.Before++
			}
		}
	}
	line := func(id int64) MovedLine {
		return MovedLine{ID: id, Name: names[id], Before: old[id].Place, After: now[id].Place}
	}
	for _, h := range after {
		for _, l := range h.Lines {
			now[l.ID] = l
			switch l.Fate {
			case Through:
				m.After++
				if old[l.ID].Fate != Through {
					m.In = append(m.In, line(l.ID))
				}
			case AtLine:
				m.Line = append(m.Line, line(l.ID))
			case Reserve, Out:
			}
		}
	}
	for id, l := range old {
		if l.Fate == Through && now[id].Fate != Through && now[id].Fate != AtLine {
			m.Out = append(m.Out, line(id))
		}
	}
	slices.SortFunc(m.Out, func(a, b MovedLine) int { return cmp.Or(cmp.Compare(a.Before, b.Before), cmp.Compare(a.ID, b.ID)) })
	return m
}

// namesFor are those of the units or entries that enter a round.
func (x standing) namesFor(round contest.Round) map[int64]string {
	names := map[int64]string{}
	if round.Intake.Who == contest.WhoUnits {
		for _, u := range x.units {
			names[u.ID] = u.Name
		}
		return names
	}
	for _, e := range x.Entries {
		names[e.ID] = e.Name
	}
	return names
}
