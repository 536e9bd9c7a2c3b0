package leaderboard

import (
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/ranking"
	"github.com/hoithi/hoithi/server/roster"
)

// BoardCut is where a line runs through a division: who goes on to a round.
type BoardCut struct {
	RoundID    int64 `json:"round_id" doc:"The round that is entered"`
	Level      int   `json:"level" doc:"Rows of this level and above have come through"`
	DivisionID int64 `json:"division_id"`
	// Kind stands only where persons and teams both take part: then the line runs through one of them.
	Kind   roster.Kind `json:"kind,omitempty" enum:"person,team"`
	Places int         `json:"places" doc:"How many go on"`
	Done   bool        `json:"done" doc:"It has been decided; before that the line is where it would run now"`
	// While it is not decided, by the standings as they are. A line by a round alone is not drawn on the board.
	Through int     `json:"through" doc:"How many rows stand surely before the line"`
	AtLine  []int64 `json:"at_line,omitempty" doc:"Entries that share the place through which the line runs: somebody has to decide"`
	Free    int     `json:"free,omitzero" doc:"How many of those can go on"`
}

// levels is what the plan means for a board.
type levels struct {
	of      map[int64]int // round → how many cuts lie before it, or at it
	top     int           // the highest of them
	reached map[int64]int // entry → the highest level whose list it is on
	since   [][]int64     // level → the rounds that its total is made of
	mixed   bool
	// teamsFrom is the level from which teams take part in a contest of persons; hidden ones the public may not know of.
	teamsFrom int
	shown     int // the highest level that may be shown
}

func levelsOf(in Input) levels {
	c := in.Contest
	l := levels{of: c.Levels(), reached: map[int64]int{}, mixed: c.Mixed()}
	for _, r := range c.Rounds {
		l.top = max(l.top, l.of[r.ID])
	}
	l.shown = l.top
	if in.Public {
		l.shown = shownLevel(in, l)
	}
	for _, r := range c.Rounds {
		level := l.of[r.ID]
		if !r.Cuts() {
			continue
		}
		if r.Intake.Who == contest.WhoUnits && l.teamsFrom == 0 {
			l.teamsFrom = level
		}
		if level > l.shown {
			continue
		}
		for _, id := range in.Lists[r.ID] {
			l.reached[id] = max(l.reached[id], level)
		}
	}
	l.since = make([][]int64, l.top+1)
	for level := range l.since {
		for _, r := range c.Rounds {
			if r.TieBreak() || l.of[r.ID] > level {
				continue
			}
			if hidden := in.Public && in.Scores[r.ID].Hidden; r.FromZero && r.Begun() && !hidden {
				l.since[level] = nil
			}
			l.since[level] = append(l.since[level], r.ID)
		}
	}
	return l
}

// shownLevel is the highest level of which the public may know: who came through tells something of all rounds before.
// Once the public sees the round itself, it sees who is in it.
func shownLevel(in Input, l levels) int {
	shown, hidden := 0, false
	for _, r := range in.Contest.Rounds {
		if r.TieBreak() {
			continue
		}
		s := in.Scores[r.ID]
		if r.Cuts() && (!hidden || r.Begun() && !s.Hidden) && l.of[r.ID] == shown+1 {
			shown++
		}
		hidden = hidden || s.Hidden
	}
	return shown
}

// counts tells whether a round is part of the total of those who have reached a level.
func (l levels) counts(level int, roundID int64) bool {
	return slices.Contains(l.since[level], roundID)
}

// unseen tells whether an entry is there only for a level that is not shown.
func (l levels) unseen(e roster.Entry) bool {
	return l.mixed && e.Kind == roster.KindTeam && l.teamsFrom > l.shown
}

// ownOrder is the list by which a level ranks whose total is made of one round alone that ranks by its own list.
func (l levels) ownOrder(b Board, level int) ([]string, bool) {
	if len(l.since[level]) != 1 {
		return nil, false
	}
	for _, r := range b.Rounds {
		if r.ID == l.since[level][0] && len(r.Order) > 0 {
			return r.Order, true
		}
	}
	return nil, false
}

// group is what is ranked together: a division's persons, or its teams.
type group struct {
	division int64
	kind     roster.Kind
}

func groupsOf(rows []Row) []group {
	var groups []group
	for _, r := range rows {
		if g := (group{r.DivisionID, r.Kind}); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// rankGroup gives places: overall, whoever reached a higher level first, and in each round by that round alone.
func rankGroup(b *Board, in Input, l levels, g group) {
	at := map[int64]int{}
	for i, r := range b.Rows {
		if r.DivisionID == g.division && r.Kind == g.kind {
			at[r.EntryID] = i
		}
	}
	before := 0
	for level := l.top; level >= 0; level-- {
		order, alone := l.ownOrder(*b, level)
		if !alone {
			order = append([]string{byPoints}, in.Contest.TieBreakers...)
		}
		var rows []ranking.Row
		for id, i := range at {
			if b.Rows[i].Level != level || len(b.Rows[i].Scores) == 0 {
				continue
			}
			values := make([]int64, 0, len(order))
			for _, t := range order {
				values = append(values, tieValue(b.Rows[i], in.Contest, l, t))
			}
			rows = append(rows, ranking.Row{ID: id, Values: values})
		}
		for _, s := range ranking.RankDecided(metricsOf(order), rows, decidedIn(in.Decisions, 0)) {
			b.Rows[at[s.ID]].Place, b.Rows[at[s.ID]].Tied = before+s.Place, s.Tied
		}
		before += len(rows)
	}
	for _, r := range b.Rounds {
		rankRound(b, r, at, in.Contest.TieBreakers, in.Decisions)
	}
}

// decidedIn are the decisions on ties of a round alone, or overall (0).
func decidedIn(decisions []Decision, roundID int64) []ranking.Decision {
	var some []ranking.Decision
	for _, d := range decisions {
		if d.RoundID == roundID {
			some = append(some, d.Decision)
		}
	}
	return some
}

// cutsOf says where the lines run on a board: those by the overall standings.
func cutsOf(b Board, in Input, l levels) []BoardCut {
	var cuts []BoardCut
	for _, r := range in.Contest.Rounds {
		level := l.of[r.ID]
		_, done := in.Lists[r.ID]
		if r.Intake.Who != contest.WhoBest || level > l.shown || !done && r.Intake.Basis != contest.BasisOverall {
			continue
		}
		for _, g := range groupsOf(b.Rows) {
			places := r.Intake.PlacesIn(g.division)
			if places == 0 || l.mixed && (r.EntryKind == contest.TeamEntry) != (g.kind == roster.KindTeam) {
				continue
			}
			cut := BoardCut{RoundID: r.ID, Level: level, DivisionID: g.division, Kind: g.kind, Places: places, Done: done}
			var standings []ranking.Standing
			for _, row := range b.Rows {
				switch {
				case row.DivisionID != g.division || row.Kind != g.kind || row.Place == 0:
				case done && row.Level >= level:
					cut.Through++
				case !done && row.Level == level-1:
					standings = append(standings, ranking.Standing{ID: row.EntryID, Place: row.Place, Tied: row.Tied})
				}
			}
			if !done {
				c := ranking.CutBest(standings, places)
				cut.Through, cut.Free = len(c.Through), c.Free
				if len(c.AtLine) > 0 {
					cut.AtLine = c.AtLine
				}
			}
			cuts = append(cuts, cut)
		}
	}
	return cuts
}

// Before is the input as it stood before a round was entered: what came after it is not there. Of it the standings are
// made that a promotion into the round goes by.
func (in Input) Before(roundID int64) Input {
	levels := in.Contest.Levels()
	lists, scores := map[int64][]int64{}, map[int64]Scores{}
	for id, list := range in.Lists {
		if levels[id] < levels[roundID] {
			lists[id] = list
		}
	}
	for id, s := range in.Scores {
		if levels[id] < levels[roundID] {
			scores[id] = s
		}
	}
	in.Lists, in.Scores, in.Public = lists, scores, false
	return in
}
