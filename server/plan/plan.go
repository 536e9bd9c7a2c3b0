// Package plan joins the rounds of a contest: who goes on from one to the next, the teams that units name, and how ties
// at a line are resolved.
//
// It must never let anybody go on by a silent order: where the marks leave a tie at the line, somebody decides, with a
// name and a reason or a seed that anybody can check. It never ranks by itself, and never changes a score.
package plan

import (
	"cmp"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// Fate is what a line of a ranked list comes to.
type Fate string

const (
	Through Fate = "through" // goes on
	AtLine  Fate = "line"    // shares the place through which the line runs
	Reserve Fate = "reserve" // follows when somebody gives up a place
	Out     Fate = "out"
)

// Line is an entry or a unit in the list that a cut goes by.
type Line struct {
	ID     int64 `json:"id"`
	Number int   `json:"number" doc:"With which lots are drawn: the candidate number, or the unit's place by name"`
	Place  int   `json:"place"`
	Tied   bool  `json:"tied"`
	Value  int64 `json:"value" doc:"What it is ranked by first, hundredths of a point"`
	Valid  int   `json:"valid,omitzero" doc:"Of a unit: people with a valid turn"`
	Fate   Fate  `json:"fate" enum:"through,line,reserve,out"`
}

// Heat is a list within which places are given: a division's entries, the units of a block.
type Heat struct {
	ID     int64  `json:"id" doc:"Division or block; 0: all units together"`
	Places int    `json:"places"`
	Free   int    `json:"free" doc:"How many of those at the line can go on"`
	Lines  []Line `json:"lines" doc:"Best first"`
}

// Cut says what a list comes to: the best go on, then some stand in reserve; who shares a place with the last reserve
// stands there too.
func (h *Heat) Cut(reserves int) {
	standings := make([]ranking.Standing, len(h.Lines))
	for i, l := range h.Lines {
		standings[i] = ranking.Standing{ID: l.ID, Place: l.Place, Tied: l.Tied}
	}
	cut := ranking.CutBest(standings, h.Places)
	h.Free = cut.Free
	through, line := len(cut.Through), len(cut.AtLine)
	last := through + line + reserves
	if line > 0 {
		last -= line - cut.Free // those at the line who don't go on are the first reserves
		last = max(last, through+line)
	}
	for i := range h.Lines {
		switch {
		case i < through:
			h.Lines[i].Fate = Through
		case i < through+line:
			h.Lines[i].Fate = AtLine
		case i < last || i > 0 && reserves > 0 && h.Lines[i-1].Fate == Reserve && h.Lines[i-1].Place == h.Lines[i].Place:
			h.Lines[i].Fate = Reserve
		default:
			h.Lines[i].Fate = Out
		}
	}
}

// Ties lists those who share a place at the line, and among the reserves.
func (h Heat) Ties() [][]int64 {
	var ties [][]int64
	for from := 0; from < len(h.Lines); {
		to := from + 1
		for to < len(h.Lines) && h.Lines[to].Place == h.Lines[from].Place {
			to++
		}
		if f := h.Lines[from].Fate; to-from > 1 && (f == AtLine || f == Reserve) {
			tie := make([]int64, 0, to-from)
			for _, l := range h.Lines[from:to] {
				tie = append(tie, l.ID)
			}
			ties = append(ties, tie)
		}
		from = to
	}
	return ties
}

// Shown is the part of the list that a promotion keeps and a page shows: down to the last reserve and the best of those
// who are out.
func (h Heat) Shown(out int) Heat {
	for i, l := range h.Lines {
		if l.Fate == Out {
			h.Lines = slices.Clone(h.Lines[:min(i+out, len(h.Lines))])
			break
		}
	}
	return h
}

// Entries lists those who can go on to a round by its rule, by division, as the standings are before it.
func Entries(in leaderboard.Input, round contest.Round) []Heat {
	before, ok := in.Contest.Before(round.ID)
	if !ok {
		return nil
	}
	level := in.Contest.Levels()[round.ID] - 1
	b := leaderboard.ComputePlan(in.Before(round.ID))
	var heats []Heat
	for _, d := range in.Contest.Divisions {
		h := Heat{ID: d.ID, Places: round.Intake.PlacesIn(d.ID), Lines: []Line{}}
		for _, r := range b.Rows {
			if r.DivisionID != d.ID || r.Level != level || before.EntryKind != "" && string(r.Kind) != string(before.EntryKind) {
				continue
			}
			l := Line{ID: r.EntryID, Number: roster.ParseNumber(r.Number), Place: r.Place, Tied: r.Tied, Value: r.Total}
			if round.Intake.Basis == contest.BasisPrevious {
				s, _ := r.Score(before.ID)
				l.Place, l.Tied, l.Value = s.Place, s.Tied, s.Points
			}
			if l.Place > 0 {
				h.Lines = append(h.Lines, l)
			}
		}
		if h.Places == 0 && len(h.Lines) == 0 {
			continue
		}
		slices.SortFunc(h.Lines, func(a, b Line) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Number, b.Number)) })
		h.Cut(round.Intake.Reserves)
		heats = append(heats, h)
	}
	return heats
}

// Record is what a promotion was decided from, as it is stored: no names, so that nothing in it has ever to be erased.
type Record struct {
	Format  int            `json:"format"`
	RoundID int64          `json:"round_id"`
	Intake  contest.Intake `json:"intake"`
	Heats   []Heat         `json:"heats"`
	Entered []int64        `json:"entered" doc:"Entries or units that went on, by id"`
}

// recordOf keeps the lists down to the last reserve.
func recordOf(round contest.Round, heats []Heat) Record {
	r := Record{Format: 1, RoundID: round.ID, Intake: round.Intake.Kept(), Heats: make([]Heat, len(heats)), Entered: []int64{}}
	for i, h := range heats {
		r.Heats[i] = h.Shown(0)
		for _, l := range h.Lines {
			if l.Fate == Through {
				r.Entered = append(r.Entered, l.ID)
			}
		}
	}
	slices.Sort(r.Entered)
	return r
}

// Problem is something that people must know, or mend, before a promotion.
type Problem struct {
	Code   string `json:"code"`
	Blocks bool   `json:"blocks"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
}
