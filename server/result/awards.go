package result

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// Measure is what units are ranked by for a collective award.
type Measure string

const (
	// ByEntries: how many of the unit's entries have a score.
	ByEntries Measure = "entries"
	// ByMean: the mean of the unit's best entries; those that are missing count as 0.
	ByMean Measure = "mean"
)

// Award is one line of a contest's award plan. Who receives it follows from the standings.
type Award struct {
	DivisionID int64  `json:"division_id,omitzero" doc:"0: a collective award, of units over all divisions"`
	Name       string `json:"name" minLength:"1" maxLength:"80"`
	Prize      string `json:"prize,omitempty" maxLength:"160" doc:"Money, paper: as it is read out"`
	Count      int    `json:"count" minimum:"1" maximum:"500"`
	// Withheld of them are not given, with a reason; the next award then begins at the place that is left free.
	Withheld int     `json:"withheld,omitzero" minimum:"0" maximum:"500"`
	Reason   string  `json:"reason,omitempty" maxLength:"300"`
	Measure  Measure `json:"measure,omitempty" enum:"entries,mean" doc:"Of a collective award"`
	Best     int     `json:"best,omitzero" minimum:"0" maximum:"1000" doc:"Measure mean: so many of a unit's best entries"`
}

// Given is an award with those who receive it.
type Given struct {
	Key string `json:"key" doc:"As awards are named in the ICPC Contest API: winner, group-winner-7, ..."`
	Award
	From     int        `json:"from,omitzero" doc:"The places it is for; 0: none of it is given"`
	To       int        `json:"to,omitzero"`
	Entries  []Receiver `json:"entries,omitempty" doc:"Best first"`
	Units    []UnitRow  `json:"units,omitempty" doc:"Best first"`
	Together bool       `json:"together,omitzero" doc:"More receive it than its number says: they share a place"`
}

// Receiver is an entry that receives an award.
type Receiver struct {
	EntryID int64 `json:"entry_id"`
	Place   int   `json:"place"`
	Tied    bool  `json:"tied,omitzero"`
}

// UnitRow is a unit that receives an award.
type UnitRow struct {
	UnitID int64  `json:"unit_id"`
	Name   string `json:"name"`
	Place  int    `json:"place"`
	Tied   bool   `json:"tied,omitzero"`
	Value  int64  `json:"value" doc:"Entries with a score, or a mean in hundredths of a point"`
}

// SidePrize is a prize that does not follow from the standings: named by the organizers, or by a ballot of the panel.
type SidePrize struct {
	Name     string `json:"name" minLength:"1" maxLength:"120"`
	Prize    string `json:"prize,omitempty" maxLength:"160"`
	EntryID  int64  `json:"entry_id,omitzero" doc:"Whose it is, or whose member's; 0: nobody's yet"`
	Receiver string `json:"receiver,omitempty" maxLength:"120" doc:"The person, where it is not for the whole entry"`
	Note     string `json:"note,omitempty" maxLength:"300" doc:"How it was decided"`
}

// Give says who receives what: the award plan applied to the standings, and nothing else. An award is for a stretch of
// places: the first one of a division from place 1, the next one from where that ends. Whoever stands on one of its places
// receives it, so equals receive the same and may be more than its number. What is withheld takes no place.
func Give(plan []Award, divisions []contest.Division, standings []Standing) []Given {
	given := make([]Given, 0, len(plan))
	next := map[int64]int{}
	number := map[int64]int{}
	units := map[string][]UnitRow{}
	for _, a := range plan {
		d := a.DivisionID
		if next[d] == 0 {
			next[d] = 1
		}
		g := Given{Key: keyOf(d, number[d], len(divisions)), Award: a}
		number[d]++
		if n := a.Count - a.Withheld; n > 0 {
			g.From, g.To = next[d], next[d]+n-1
			next[d] = g.To + 1
			if d != 0 {
				g.Entries = placed(standings, d, g.From, g.To)
			} else {
				by := fmt.Sprint(a.Measure, a.Best)
				if _, known := units[by]; !known {
					units[by] = rankUnits(standings, a.Measure, a.Best)
				}
				for _, u := range units[by] {
					if u.Place >= g.From && u.Place <= g.To {
						g.Units = append(g.Units, u)
					}
				}
			}
			g.Together = len(g.Entries)+len(g.Units) > n
		}
		given = append(given, g)
	}
	return given
}

func keyOf(division int64, number, divisions int) string {
	switch {
	case division == 0:
		return fmt.Sprintf("unit-award-%d", number+1)
	case number > 0:
		return fmt.Sprintf("award-%d-%d", division, number+1)
	case divisions == 1:
		return "winner"
	}
	return fmt.Sprintf("group-winner-%d", division)
}

func placed(standings []Standing, division int64, from, to int) []Receiver {
	var list []Receiver
	for _, s := range standings {
		// Where persons became teams, the contest's awards are the teams'.
		if s.DivisionID == division && s.Place >= from && s.Place <= to && s.Kind != roster.KindPerson {
			list = append(list, Receiver{EntryID: s.EntryID, Place: s.Place, Tied: s.Tied})
		}
	}
	return list
}

// rankUnits ranks the units that have an entry with a score.
func rankUnits(standings []Standing, measure Measure, best int) []UnitRow {
	totals := map[int64][]int64{}
	names := map[int64]string{}
	for _, s := range standings {
		if s.UnitID != 0 && s.Place > 0 && s.Kind != roster.KindTeam { // a unit is compared by its people
			totals[s.UnitID] = append(totals[s.UnitID], s.Total)
			names[s.UnitID] = s.UnitName
		}
	}
	rows := make([]ranking.Row, 0, len(totals))
	values := map[int64]int64{}
	for id, list := range totals {
		values[id] = int64(len(list))
		if measure == ByMean {
			values[id] = meanOfBest(list, max(1, best))
		}
		rows = append(rows, ranking.Row{ID: id, Values: []int64{values[id]}})
	}
	ranked := ranking.Rank([]ranking.Metric{{Name: string(measure)}}, rows)
	out := make([]UnitRow, 0, len(ranked))
	for _, r := range ranked {
		out = append(out, UnitRow{UnitID: r.ID, Name: names[r.ID], Place: r.Place, Tied: r.Tied, Value: values[r.ID]})
	}
	return out
}

// meanOfBest rounds half up, as every printed number.
func meanOfBest(totals []int64, best int) int64 {
	slices.SortFunc(totals, func(a, b int64) int { return cmp.Compare(b, a) })
	var sum int64
	for _, t := range totals[:min(best, len(totals))] {
		sum += t
	}
	n := int64(best)
	if sum < 0 {
		return -((-2*sum + n) / (2 * n))
	}
	return (2*sum + n) / (2 * n)
}

// AwardOf finds the award that an entry receives by its place; "": none.
func AwardOf(given []Given, entryID int64) string {
	for _, g := range given {
		for _, r := range g.Entries {
			if r.EntryID == entryID {
				return g.Name
			}
		}
	}
	return ""
}

var badAwards = fault.New(fault.Invalid, "invalid_awards",
	"Cơ cấu giải thưởng chưa đúng nên chưa lưu. Hãy xem các ô được đánh dấu.",
	"The award plan is not right, so it was not saved. Look at the marked fields.")

// checkAwards puts words into their stored form and finds what is wrong.
func checkAwards(plan []Award, prizes []SidePrize, divisions []contest.Division) error {
	f := badAwards
	for i := range plan {
		a := &plan[i]
		at := fmt.Sprintf("awards[%d].", i)
		a.Name, a.Prize, a.Reason = clean(a.Name), clean(a.Prize), clean(a.Reason)
		if a.Name == "" {
			f = f.At(at+"name", "Giải cần có tên.", "An award needs a name.")
		}
		if a.Withheld > a.Count {
			f = f.At(at+"withheld", "Không thể giữ lại nhiều hơn số giải.", "No more can be withheld than there are.")
		}
		if a.Withheld > 0 && len([]rune(a.Reason)) < 5 {
			f = f.At(at+"reason", "Giải không trao cần lý do, từ 5 ký tự.", "An award that is withheld needs a reason of 5 characters or more.")
		}
		if a.Withheld == 0 {
			a.Reason = ""
		}
		switch {
		case a.DivisionID == 0 && a.Measure == "":
			f = f.At(at+"measure", "Hãy chọn cách xếp hạng tập thể.", "Choose how units are ranked.")
		case a.DivisionID != 0 && !slices.ContainsFunc(divisions, func(d contest.Division) bool { return d.ID == a.DivisionID }):
			f = f.At(at+"division_id", "Bảng thi này không còn nữa.", "This division is no longer there.")
		case a.DivisionID != 0:
			a.Measure, a.Best = "", 0
		case a.Measure == ByMean:
			a.Best = max(1, a.Best)
		default:
			a.Best = 0
		}
	}
	for i := range prizes {
		p := &prizes[i]
		p.Name, p.Prize, p.Receiver, p.Note = clean(p.Name), clean(p.Prize), clean(p.Receiver), clean(p.Note)
		if p.Name == "" {
			f = f.At(fmt.Sprintf("side_prizes[%d].name", i), "Giải phụ cần có tên.", "A side prize needs a name.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// clean is a line of text as it is stored.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}
