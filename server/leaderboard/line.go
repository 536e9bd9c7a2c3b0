package leaderboard

import "slices"

// Side is where somebody stands with respect to a line.
type Side string

// Sides.
const (
	Above  Side = "above"
	AtLine Side = "line" // shares the place through which it runs
	Below  Side = "below"
)

// OwnCut is where an entry stands with respect to the line that lies before it.
type OwnCut struct {
	RoundID int64  `json:"round_id" doc:"The round that is entered"`
	Round   string `json:"round" doc:"Its name; empty while the public does not know of it"`
	Places  int    `json:"places" doc:"How many go on"`
	Side    Side   `json:"side" enum:"above,line,below"`
	Done    bool   `json:"done" doc:"It has been decided; before that it is where the line would run now"`
}

// ownCut finds the line that lies before a row: the next one, or, when no other follows, the one it has come through.
// It reads nothing but the public board, so it tells nothing that the board does not.
func (b Board) ownCut(r Row) *OwnCut {
	var found *BoardCut
	for i, c := range b.Cuts {
		if c.DivisionID != r.DivisionID || c.Kind != r.Kind {
			continue
		}
		if c.Level == r.Level+1 || c.Level == r.Level && found == nil {
			found = &b.Cuts[i]
		}
	}
	if found == nil || r.Place == 0 {
		return nil
	}
	own := &OwnCut{RoundID: found.RoundID, Places: found.Places, Side: Below, Done: found.Done}
	for _, round := range b.Rounds {
		if round.ID == found.RoundID {
			own.Round = round.Name
		}
	}
	switch {
	case r.Level >= found.Level:
		own.Side = Above
	case found.Done:
	case slices.Contains(found.AtLine, r.EntryID):
		own.Side = AtLine
	case b.standsWithin(*found, r):
		own.Side = Above
	}
	return own
}

// standsWithin tells whether a row is among those who stand surely before a line that is not decided yet.
func (b Board) standsWithin(c BoardCut, r Row) bool {
	before := 0
	for _, x := range b.Rows {
		if x.DivisionID != c.DivisionID || x.Kind != c.Kind || x.Place == 0 || x.Level != c.Level-1 {
			continue
		}
		if before++; before > c.Through {
			return false
		}
		if x.EntryID == r.EntryID {
			return true
		}
	}
	return false
}
