package result

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/plan"
)

// ResolvedTie is how a tie was resolved on which the final standings, or who entered a round, rest.
type ResolvedTie struct {
	What     string         `json:"what" enum:"entry,unit"`
	Round    string         `json:"round" doc:"Name of the round at whose line they were tied; empty: in the standings"`
	Place    int            `json:"place" doc:"In the standings: the best place that it was about; else 0"`
	Method   plan.Method    `json:"method" enum:"round,head,lots"`
	TieRound string         `json:"tie_round,omitempty" doc:"Name of the tie-break round"`
	Decider  string         `json:"decider,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Seed     string         `json:"seed,omitempty" doc:"Of the lots: with the numbers it gives the order again"`
	Order    []ResolvedLine `json:"order" doc:"Best first"`
	Earlier  []EarlierTie   `json:"earlier,omitempty" doc:"What had been decided before and was taken back, the oldest first"`
}

// EarlierTie is what had been decided on some of the same, and was taken back.
type EarlierTie struct {
	Method   plan.Method    `json:"method" enum:"round,head,lots"`
	TieRound string         `json:"tie_round,omitempty" doc:"Name of the tie-break round"`
	Decider  string         `json:"decider,omitempty"`
	Seed     string         `json:"seed,omitempty"`
	Order    []ResolvedLine `json:"order" doc:"Best first"`
	Why      string         `json:"why" doc:"Why it was taken back"`
}

// ResolvedLine is one of those who were tied.
type ResolvedLine struct {
	Place  int    `json:"place" doc:"Among those who were tied"`
	Number string `json:"number" doc:"With which lots were drawn: the candidate number, or the unit's own"`
	Name   string `json:"name" doc:"Empty when it is not in the standings any more"`
}

// Ties tells how ties were resolved, with the names of the snapshot; units are not in it, so their names are given.
func (s Snapshot) Ties(units map[int64]string) []ResolvedTie {
	ties := []ResolvedTie{}
	if s.Plan == nil {
		return ties
	}
	round := map[int64]string{}
	for _, r := range s.Rounds {
		round[r.ID] = r.Name
	}
	entries := map[int64]Standing{}
	for _, st := range s.Standings {
		entries[st.EntryID] = st
	}
	for _, d := range s.Plan.Decisions {
		t := ResolvedTie{What: d.What, Method: d.Method, TieRound: round[d.TieRound], Decider: d.Decider, Reason: d.Reason, Seed: d.Seed}
		line := func(id int64, place, number int) ResolvedLine {
			l := ResolvedLine{Place: place, Number: itoa(number)}
			if d.What == "unit" {
				l.Name = units[id]
			} else if st, ok := entries[id]; ok {
				l.Number, l.Name = st.Number, st.Name
			}
			return l
		}
		for i, id := range d.Subjects {
			if st := entries[id]; d.What != "unit" && st.Place > 0 && (t.Place == 0 || st.Place < t.Place) {
				t.Place = st.Place
			}
			t.Order = append(t.Order, line(id, d.Places[i], d.Numbers[i]))
		}
		if id := s.lineOf(d); id != 0 {
			t.Round, t.Place = round[id], 0
		}
		byPlaces(t.Order)
		for _, e := range d.Earlier {
			x := EarlierTie{Method: e.Method, TieRound: round[e.TieRound], Decider: e.Decider, Seed: e.Seed, Why: e.Why}
			for i, id := range e.Subjects {
				x.Order = append(x.Order, line(id, e.Places[i], e.Numbers[i]))
			}
			byPlaces(x.Order)
			t.Earlier = append(t.Earlier, x)
		}
		ties = append(ties, t)
	}
	return ties
}

func byPlaces(lines []ResolvedLine) {
	slices.SortStableFunc(lines, func(a, b ResolvedLine) int { return cmp.Compare(a.Place, b.Place) })
}

// lineOf is the round at whose line a decision parted some: it let some of them through and others not. 0: it was about
// places in the standings.
func (s Snapshot) lineOf(d plan.SealedDecision) int64 {
	if d.What == "unit" {
		return d.RoundID
	}
	for _, p := range s.Plan.Promotions {
		through := 0
		for _, id := range d.Subjects {
			if slices.Contains(p.Entries, id) {
				through++
			}
		}
		if through > 0 && through < len(d.Subjects) {
			return p.RoundID
		}
	}
	return 0
}

// ties are those of a snapshot, with the units' names as they are now.
func (s *Service) ties(ctx context.Context, snap Snapshot) ([]ResolvedTie, error) {
	if snap.Plan == nil {
		return []ResolvedTie{}, nil
	}
	units := map[int64]string{}
	if slices.ContainsFunc(snap.Plan.Decisions, func(d plan.SealedDecision) bool { return d.What == "unit" }) && s.unitNames != nil {
		var err error
		if units, err = s.unitNames(ctx, snap.ContestID); err != nil {
			return nil, err
		}
	}
	return snap.Ties(units), nil
}

// UseUnitNames plugs in the names of a contest's units.
func (s *Service) UseUnitNames(names func(ctx context.Context, contestID int64) (map[int64]string, error)) {
	s.unitNames = names
}

// tiesTable is the part of the minutes that says how ties were resolved.
func tiesTable(ties []ResolvedTie) *export.OfficialTable {
	t := &export.OfficialTable{Columns: []export.OfficialColumn{{Title: "Đồng hạng", Width: 45}, {Title: "Cách phân định", Width: 65}, {Title: "Thứ tự", Width: 65}}}
	for _, x := range ties {
		t.Rows = append(t.Rows, []export.OfficialCell{{Text: x.about(), Bold: true}, {Text: x.how(), Note: x.note()}, {Text: x.order()}})
	}
	return t
}

func (t ResolvedTie) about() string {
	who := itoa(len(t.Order)) + " đơn vị"
	if t.What != "unit" {
		who = itoa(len(t.Order)) + " đội, thí sinh"
	}
	switch {
	case t.Round != "":
		return who + " đúng vạch vào “" + t.Round + "”"
	case t.Place > 0:
		return fmt.Sprintf("%s đồng hạng %d", who, t.Place)
	}
	return who
}

func (t ResolvedTie) how() string {
	switch t.Method {
	case plan.ByRound:
		return "Vòng phân định “" + t.TieRound + "”"
	case plan.ByHead:
		return t.Decider + " quyết định"
	case plan.ByLots:
		return "Bốc thăm, mã " + t.Seed
	}
	return ""
}

// note is the reason, and what had been decided before and was taken back.
func (t ResolvedTie) note() string {
	lines := []string{}
	if t.Reason != "" {
		lines = append(lines, t.Reason)
	}
	for _, e := range t.Earlier {
		was := ResolvedTie{What: t.What, Method: e.Method, TieRound: e.TieRound, Decider: e.Decider, Seed: e.Seed, Order: e.Order}
		lines = append(lines, "Trước đó: "+was.how()+" ("+was.order()+"), đã thu hồi vì: "+strings.TrimRight(e.Why, ".")+".")
	}
	return strings.Join(lines, "\n")
}

func (t ResolvedTie) order() string {
	var lines []string
	for _, l := range t.Order {
		name := l.Name
		if name == "" || t.What != "unit" {
			name = strings.TrimSpace(l.Number + " " + name)
		}
		lines = append(lines, fmt.Sprintf("%d. %s", l.Place, name))
	}
	return strings.Join(lines, "; ")
}
