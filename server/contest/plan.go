package contest

import (
	"cmp"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/fault"
)

// Who says who enters a round.
type Who string

const (
	WhoAll   Who = "all"   // everybody who takes part in the contest
	WhoSame  Who = "same"  // whoever entered the round before
	WhoBest  Who = "best"  // the best of the round before, or of the standings so far
	WhoUnits Who = "units" // teams that the best units name from their people
	WhoTied  Who = "tied"  // those who were tied at a line: a tie-break round
)

// Basis is what the best are the best of.
type Basis string

const (
	BasisOverall  Basis = "overall"  // the standings of all rounds so far
	BasisPrevious Basis = "previous" // the round before alone
)

// Intake says who enters a round.
type Intake struct {
	Who   Who   `json:"who,omitempty" enum:"all,same,best,units,tied"`
	Basis Basis `json:"basis,omitempty" enum:"overall,previous"`
	// Places by division; division 0 is every division that has no number of its own. Of units, blocks take the part of
	// the divisions, and one number holds for each.
	Places []Places `json:"places,omitempty" maxItems:"20"`
	// Reserves stand in line behind the places.
	Reserves int      `json:"reserves,omitzero" minimum:"0" maximum:"1000"`
	Units    UnitRule `json:"units,omitzero"`
}

// Places is how many go on.
type Places struct {
	DivisionID int64 `json:"division_id,omitzero" minimum:"0" doc:"0: every division without a number of its own"`
	Count      int   `json:"count" minimum:"0" maximum:"100000"`
}

// UnitRule says how the people of a unit make its result, and who may stand in its team.
type UnitRule struct {
	Best int `json:"best,omitzero" minimum:"0" maximum:"1000" doc:"The unit's result is the mean of its best so many people; who is missing counts 0"`
	// LeastEntrants valid turns, and LeastShare of what Of says, make a unit's result valid.
	LeastEntrants int    `json:"least_entrants,omitzero" minimum:"0" maximum:"100000" doc:"Fewer valid turns: the unit is not ranked"`
	LeastShare    int    `json:"least_share,omitzero" minimum:"0" maximum:"10000" doc:"Hundredths of a percent of the target or headcount that must have a valid turn; 0: no such rule"`
	Of            string `json:"of,omitempty" enum:"target,headcount"`
	ValidPoints   int64  `json:"valid_points,omitzero" minimum:"0" doc:"A turn is valid from so many hundredths of a point on"`
	TeamPoints    int64  `json:"team_points,omitzero" minimum:"0" doc:"Whoever is named needs so many"`
	ByBlock       bool   `json:"by_block,omitzero" doc:"Units are ranked, and places given, within each block"`
	// Deadline for naming the teams; nil: until the round begins.
	Deadline *time.Time `json:"deadline,omitempty"`
}

// PlacesIn is how many places a division has.
func (i Intake) PlacesIn(divisionID int64) int {
	everywhere := 0
	for _, p := range i.Places {
		if p.DivisionID == divisionID {
			return p.Count
		}
		if p.DivisionID == 0 {
			everywhere = p.Count
		}
	}
	return everywhere
}

// Kept is the intake in its one form: what belongs to another way of entering is dropped.
func (i Intake) Kept() Intake {
	if i.Who == "" {
		i.Who = WhoAll
	}
	switch i.Who {
	case WhoAll, WhoSame, WhoTied:
		return Intake{Who: i.Who}
	case WhoBest:
		i.Units = UnitRule{}
	case WhoUnits:
		i.Units.Best = max(i.Units.Best, 1)
		if i.Units.LeastShare == 0 {
			i.Units.Of = ""
		}
		i.Places = []Places{{Count: i.PlacesIn(0)}}
	}
	if i.Basis == "" {
		i.Basis = BasisOverall
	}
	slices.SortFunc(i.Places, func(a, b Places) int { return cmp.Compare(a.DivisionID, b.DivisionID) })
	return i
}

// Cuts tells whether the round's entries come from a promotion.
func (r Round) Cuts() bool { return r.Intake.Who == WhoBest || r.Intake.Who == WhoUnits }

// TieBreak tells whether the round only resolves a tie: it is no part of the total.
func (r Round) TieBreak() bool { return r.Intake.Who == WhoTied }

// Begun tells whether a round has been started.
func (r Round) Begun() bool { return r.State != Planned && r.State != Ready }

// Before is the round of the plan that stands before another: tie-break rounds are none.
func (c Contest) Before(roundID int64) (Round, bool) {
	var before Round
	found := false
	for _, r := range c.Rounds {
		if r.ID == roundID {
			return before, found
		}
		if !r.TieBreak() {
			before, found = r, true
		}
	}
	return Round{}, false
}

// Levels tells for each round how many cuts lie before it or at it: whoever reached a higher level stands before who did
// not. Rounds of one level have the same entrants.
func (c Contest) Levels() map[int64]int {
	levels, at := make(map[int64]int, len(c.Rounds)), 0
	for _, r := range c.Rounds {
		if r.Cuts() {
			at++
		}
		levels[r.ID] = at
	}
	return levels
}

// derived is what follows from the plan for each round: the kind of its entries, and the round whose list holds.
type derived struct {
	kind   EntryKind // "": there is one kind only
	listOf int64     // 0: everybody enters
}

// derive works that out. Units turn persons into teams; everything else keeps the kind.
func derive(c Contest) map[int64]derived {
	out := make(map[int64]derived, len(c.Rounds))
	kind, list, mixed := c.EntryKind, int64(0), false
	for _, r := range c.Rounds {
		switch r.Intake.Who {
		case WhoBest:
			list = r.ID
		case WhoUnits:
			kind, list, mixed = TeamEntry, r.ID, mixed || c.EntryKind != TeamEntry
		case WhoTied:
			out[r.ID] = derived{kind: kind, listOf: r.ID}
			continue
		case WhoAll, "":
			kind, list = c.EntryKind, 0
		case WhoSame:
		}
		out[r.ID] = derived{kind: kind, listOf: list}
	}
	if !mixed {
		for id, d := range out {
			d.kind = ""
			out[id] = d
		}
	}
	return out
}

// Mixed tells whether persons and teams both take part in the contest.
func (c Contest) Mixed() bool {
	return slices.ContainsFunc(c.Rounds, func(r Round) bool { return r.EntryKind != "" })
}

var badPlan = fault.New(fault.Invalid, "invalid_plan",
	"Kế hoạch các vòng chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The plan of the rounds is not right, so it was not saved. Look at the marked fields.")

// RoundPlan is a round's part in the plan.
type RoundPlan struct {
	RoundID  int64  `json:"round_id" minimum:"1"`
	Weight   int    `json:"weight" minimum:"0" maximum:"100000" doc:"Hundredths of a percent"`
	FromZero bool   `json:"from_zero" doc:"The total begins anew with this round"`
	Intake   Intake `json:"intake"`
}

// checkPlan finds what is wrong with a plan; rounds stand in their order, with the plan in them.
func checkPlan(c Contest) error {
	f := badPlan
	divisions := map[int64]bool{0: true}
	for _, d := range c.Divisions {
		divisions[d.ID] = true
	}
	kind := c.EntryKind
	for i, r := range c.Rounds {
		path := "rounds[" + itoa(i) + "]"
		before, any := c.Before(r.ID)
		if r.Weight < 0 || r.Weight > 100_000 {
			f = f.At(path+".weight", "Trọng số từ 0 đến 1000 %.", "A weight is 0 to 1000 %.")
		}
		switch r.Intake.Who {
		case WhoAll:
			kind = c.EntryKind
			continue
		case WhoTied:
			continue
		case WhoSame, WhoBest, WhoUnits:
		default:
			f = f.At(path+".intake.who", "Hãy chọn ai vào vòng này.", "Choose who enters this round.")
			continue
		}
		if !any {
			f = f.At(path+".intake.who", "Vòng đầu tiên phải là tất cả thí sinh.", "Everybody enters the first round.")
			continue
		}
		if r.Intake.Who == WhoSame {
			continue
		}
		total := 0
		for _, p := range r.Intake.Places {
			total += p.Count
			if !divisions[p.DivisionID] || p.Count < 0 {
				f = f.At(path+".intake.places", "Có bảng thi không còn, hoặc số suất chưa đúng.", "A division is gone, or a number of places is wrong.")
			}
		}
		if total == 0 {
			f = f.At(path+".intake.places", "Hãy ghi bao nhiêu suất vào vòng này.", "Say how many go on to this round.")
		}
		if r.Intake.Who == WhoUnits {
			if kind != PersonEntry {
				f = f.At(path+".intake.who", "Chỉ cử đội được từ một vòng thi cá nhân (trước đó là “"+before.Name+"”).",
					"Teams can only be named from a round of persons (before it is “"+before.Name+"”).")
			}
			if r.Intake.Units.LeastShare > 0 && r.Intake.Units.Of != "target" && r.Intake.Units.Of != "headcount" {
				f = f.At(path+".intake.units.of", "Hãy chọn tỷ lệ tính trên chỉ tiêu hay quân số.", "Choose whether the share is of the target or of the headcount.")
			}
			kind = TeamEntry
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
