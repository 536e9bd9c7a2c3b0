package result

import (
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
)

// CutLine is where the line of a promotion runs through the final standings of a division.
type CutLine struct {
	DivisionID int64       `json:"division_id"`
	Kind       roster.Kind `json:"kind,omitempty" enum:"person,team" doc:"Only where persons and teams both took part"`
	RoundID    int64       `json:"round_id" doc:"The round that was entered"`
	Round      string      `json:"round" doc:"Its name"`
	Count      int         `json:"count" doc:"How many stand above the line"`
	After      int64       `json:"after" doc:"Entry beneath which the line runs"`
	Place      int         `json:"place" doc:"Its place"`
}

// Cuts are the lines that the plan's promotions draw through the standings, the last round first. Where units went on
// there is none: their teams are ranked apart from the persons. A line beneath everybody is not drawn.
func (s Snapshot) Cuts() []CutLine {
	cuts := []CutLine{}
	if s.Plan == nil {
		return cuts
	}
	level, team := 0, false
	for _, r := range s.Plan.Rounds {
		if r.Intake.Who != contest.WhoBest && r.Intake.Who != contest.WhoUnits {
			continue
		}
		level++
		if r.Intake.Who == contest.WhoUnits {
			team = true
			continue
		}
		for _, d := range s.Divisions {
			if line, ok := s.cut(d.ID, level, team); ok {
				line.RoundID = r.RoundID
				for _, x := range s.Rounds {
					if x.ID == r.RoundID {
						line.Round = x.Name
					}
				}
				cuts = append([]CutLine{line}, cuts...)
			}
		}
	}
	return cuts
}

func (s Snapshot) cut(divisionID int64, level int, team bool) (line CutLine, drawn bool) {
	line = CutLine{DivisionID: divisionID}
	for _, st := range s.Standings {
		if st.DivisionID != divisionID || st.Place == 0 || st.Kind != "" && (st.Kind == roster.KindTeam) != team {
			continue
		}
		if st.Level < level {
			return line, line.Count > 0
		}
		line.Kind, line.After, line.Place = st.Kind, st.EntryID, st.Place
		line.Count++
	}
	return line, false
}
