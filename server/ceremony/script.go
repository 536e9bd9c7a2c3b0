package ceremony

import (
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
)

// Material is what a script is made from: a final result, and the sheets of a judged round where the panel agreed.
type Material struct {
	Contest    string
	Organizer  string
	Teams      bool
	Seal       string
	Revision   int
	Rehearsal  bool
	Divisions  []contest.Division
	Standings  []result.Standing
	Awards     []result.Given
	SidePrizes []result.SidePrize
	Sheets     map[int64]Sheets
	Cuts       []result.CutLine // that the plan drew, the last round first
}

// atOnce is how many rows without an award are told by one key press.
const atOnce = 8

// Write makes the script: the opening, side prizes, collective awards, then each division from the bottom up, the seal and
// the end.
func Write(set Settings, m Material) Script {
	w := writer{set: set, m: m, script: Script{Contest: m.Contest, Organizer: m.Organizer, Title: set.Title, Seal: m.Seal,
		Revision: m.Revision, Rehearsal: m.Rehearsal, Teams: m.Teams}, entries: map[int64]result.Standing{}}
	for _, s := range m.Standings {
		w.entries[s.EntryID] = s
	}
	w.add(Step{Kind: StepOpening})
	w.sidePrizes()
	w.units()
	for _, d := range m.Divisions {
		w.division(d)
	}
	if m.Seal != "" {
		w.add(Step{Kind: StepSeal})
	}
	w.add(Step{Kind: StepClosing})
	return w.script
}

type writer struct {
	set     Settings
	m       Material
	script  Script
	entries map[int64]result.Standing
}

func (w *writer) add(steps ...Step) { w.script.Steps = append(w.script.Steps, steps...) }

func (w *writer) sidePrizes() {
	for _, p := range w.m.SidePrizes {
		st, known := w.entries[p.EntryID]
		if !known && p.Receiver == "" {
			continue // nobody has been named yet
		}
		r := Row{EntryID: st.EntryID, Number: st.Number, Name: st.Name, Unit: st.UnitName}
		if p.Receiver != "" {
			r.Name, r.Unit = p.Receiver, st.Name
		}
		w.add(Step{Kind: StepPrize, Award: p.Name, Prize: p.Prize},
			Step{Kind: StepPrizeName, Award: p.Name, Prize: p.Prize, Rows: []Row{r}})
	}
}

func (w *writer) units() {
	for _, g := range slices.Backward(w.m.Awards) {
		if g.DivisionID != 0 {
			continue
		}
		title := Step{Kind: StepUnit, Award: g.Name, Prize: g.Prize, Count: len(g.Units), Withheld: g.Withheld, Note: g.Reason}
		if len(g.Units) == 0 && g.Withheld == 0 {
			continue
		}
		w.add(title)
		if len(g.Units) == 0 {
			continue
		}
		told := Step{Kind: StepUnitName, Award: g.Name, Prize: g.Prize, Count: len(g.Units)}
		for _, u := range g.Units {
			r := Row{Name: u.Name, Place: u.Place, Tied: u.Tied}
			if g.Measure == result.ByEntries {
				r.Entries = u.Value
			} else {
				r.Total = &u.Value
			}
			told.Rows = append(told.Rows, r)
		}
		w.add(told)
	}
}

// division tells one division: those without an award first, then award by award up to the highest.
func (w *writer) division(d contest.Division) {
	var rows []result.Standing
	for _, s := range w.m.Standings {
		// Where persons became teams, the contest was won by a team: only teams are told, as only they receive awards.
		if s.DivisionID == d.ID && s.Place > 0 && s.Kind != roster.KindPerson {
			rows = append(rows, s)
		}
	}
	if len(rows) == 0 {
		return
	}
	x := teller{writer: w, d: d, next: -1, award: map[int64]int{}, line: w.lineIn(d.ID)}
	for _, g := range w.m.Awards {
		if g.DivisionID == d.ID {
			x.given = append(x.given, g)
			for _, r := range g.Entries {
				x.award[r.EntryID] = len(x.given) - 1
			}
		}
	}
	x.next = len(x.given) - 1
	intro := Step{Kind: StepDivision, Division: d.Name, Count: len(rows)}
	groups := byPlace(rows)
	if w.set.Rest == RestSkip {
		told := 0
		for _, g := range groups {
			if _, awarded := x.award[g[0].EntryID]; awarded || g[0].Place <= w.set.Slow {
				told += len(g)
			}
		}
		intro.Count = told
	}
	w.add(intro)
	for _, g := range slices.Backward(groups) {
		x.group(g, len(rows))
	}
	x.flush()
	x.awardsDownTo(0)
	w.add(Step{Kind: StepSummary, Division: d.Name, Count: len(rows)})
}

// teller is on its way up through one division.
type teller struct {
	*writer
	d       contest.Division
	given   []result.Given
	award   map[int64]int // entry → place in given
	next    int           // the lowest award that has not been named
	pending []Row
	line    line
	cut     bool
}

// line is the one between those who went on and the others: after a place, with its words. Place 0: none.
type line struct {
	place int
	words string
}

// lineIn is a division's line: as it was set by hand, else where the plan's last cut ran.
func (w *writer) lineIn(divisionID int64) line {
	if w.set.Cut > 0 || w.set.CutOff {
		return line{w.set.Cut, w.set.CutLabel}
	}
	for _, c := range w.m.Cuts {
		if c.DivisionID == divisionID {
			who := "thí sinh"
			if w.m.Teams {
				who = "đội"
			}
			return line{c.Place, fmt.Sprintf("%d %s vào “%s”", c.Count, who, c.Round)}
		}
	}
	return line{}
}

func byPlace(rows []result.Standing) [][]result.Standing {
	var groups [][]result.Standing
	for _, r := range rows {
		if n := len(groups); n > 0 && groups[n-1][0].Place == r.Place {
			groups[n-1] = append(groups[n-1], r)
			continue
		}
		groups = append(groups, []result.Standing{r})
	}
	return groups
}

func (x *teller) group(g []result.Standing, all int) {
	place := g[0].Place
	if c := x.line.place; c > 0 && !x.cut && place <= c && all > c {
		x.flush()
		x.cut = true
		x.add(Step{Kind: StepCut, Division: x.d.Name, Place: c, Note: x.line.words})
	}
	at, awarded := x.award[g[0].EntryID]
	slow := place <= x.set.Slow
	rows := x.rows(g, awarded, at)
	if !awarded && !slow {
		if x.set.Rest == RestSkip {
			return
		}
		if len(x.pending) > 0 && len(x.pending)+len(rows) > atOnce {
			x.flush()
		}
		x.pending = append(rows, x.pending...)
		return
	}
	x.flush()
	step := Step{Division: x.d.Name, Place: place, Count: len(g)}
	if awarded {
		x.awardsDownTo(at)
		step.Award, step.Prize = x.given[at].Name, x.given[at].Prize
	}
	if !slow {
		step.Kind, step.Rows = StepRow, rows
		x.add(step)
		return
	}
	step.Kind = StepPlace
	x.add(step)
	step.Kind, step.Rows = StepName, unpointed(rows)
	x.add(step)
	if open, struck := x.sheets(g); len(open) > 0 {
		step.Kind, step.Sheets = StepMarks, open
		x.add(step)
		step.Kind, step.Sheets = StepStrike, struck
		x.add(step)
		step.Sheets = nil
	}
	step.Kind, step.Rows = StepPoints, rows
	x.add(step)
}

// awardsDownTo names the awards from the lowest that has not been named up to one.
func (x *teller) awardsDownTo(at int) {
	for ; x.next >= at; x.next-- {
		g := x.given[x.next]
		if len(g.Entries) == 0 && g.Withheld == 0 {
			continue // fewer entries than awards
		}
		x.add(Step{Kind: StepAward, Division: x.d.Name, Award: g.Name, Prize: g.Prize, Count: len(g.Entries), Withheld: g.Withheld, Note: g.Reason})
	}
}

func (x *teller) rows(g []result.Standing, awarded bool, at int) []Row {
	rows := make([]Row, 0, len(g))
	for _, s := range g {
		total := s.Total
		r := Row{EntryID: s.EntryID, Number: s.Number, Name: s.Name, Unit: s.UnitName, Place: s.Place, Tied: s.Tied, Total: &total}
		if awarded {
			r.Award = x.given[at].Name
		}
		rows = append(rows, r)
	}
	return rows
}

func unpointed(rows []Row) []Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Total = nil
	}
	return rows
}

// sheets are the marks of a group before and after the dropped ones are struck out; none unless every entry has some.
func (x *teller) sheets(g []result.Standing) (open, struck []Sheets) {
	if !x.set.MarksAgreed || x.set.MarksRound == 0 {
		return nil, nil
	}
	for _, s := range g {
		m, ok := x.m.Sheets[s.EntryID]
		if !ok || len(m.Sheets) == 0 {
			return nil, nil
		}
		struck = append(struck, m)
		plain := Sheets{EntryID: m.EntryID, Round: m.Round, Sheets: slices.Clone(m.Sheets)}
		for i := range plain.Sheets {
			plain.Sheets[i].Dropped = false // and no score: it is told when they are struck out
		}
		open = append(open, plain)
	}
	return open, struck
}

func (x *teller) flush() {
	if len(x.pending) == 0 {
		return
	}
	x.add(Step{Kind: StepRest, Division: x.d.Name, Count: len(x.pending), Rows: x.pending})
	x.pending = nil
}

// tellsTeams says whether those who are told are teams: also where persons became teams.
func tellsTeams(c contest.Contest) bool { return c.EntryKind == contest.TeamEntry || c.Mixed() }

// Pretend is material for a rehearsal: the shape of a contest with names that nobody can take for real ones, with equals at
// the second place, and points that fall from place to place.
func Pretend(c contest.Contest, counts map[int64]int, plan []result.Award, prizes []result.SidePrize, round string) Material {
	m := Material{Contest: c.Name, Organizer: c.OrganizerName, Seal: "TỔNG-DUYỆT", Rehearsal: true, Teams: tellsTeams(c), Divisions: c.Divisions, Sheets: map[int64]Sheets{}}
	word := "Thí sinh thử"
	if m.Teams {
		word = "Đội thử"
	}
	id := int64(0)
	for _, d := range c.Divisions {
		n := min(max(counts[d.ID], 8), 200)
		for i := range n {
			id++
			place, tied := i+1, false
			if i == 1 || i == 2 {
				place, tied = 2, true
			}
			total := int64(9500) - int64(place)*min(125, 9000/int64(n))
			m.Standings = append(m.Standings, result.Standing{EntryID: -id, Number: fmt.Sprintf("%03d", id), Name: fmt.Sprintf("%s %02d", word, id),
				UnitID: -(id%5 + 1), UnitName: fmt.Sprintf("Đơn vị thử %c", 'A'+id%5), DivisionID: d.ID, Place: place, Tied: tied, Total: total})
			s := pretendSheets(-id, round)
			m.Sheets[-id] = s
		}
	}
	m.Cuts = pretendCuts(c, counts)
	m.Awards = result.Give(plan, c.Divisions, m.Standings)
	for i, p := range prizes {
		p.EntryID, p.Note = 0, ""
		p.Receiver = fmt.Sprintf("Người thử %02d", i+1)
		m.SidePrizes = append(m.SidePrizes, p)
	}
	return m
}

// pretendCuts are the lines as the plan would draw them.
func pretendCuts(c contest.Contest, counts map[int64]int) []result.CutLine {
	for _, r := range slices.Backward(c.Rounds) {
		if r.Intake.Who != contest.WhoBest {
			continue
		}
		var cuts []result.CutLine
		for _, d := range c.Divisions {
			if n := r.Intake.PlacesIn(d.ID); n > 0 && n < max(counts[d.ID], 8) {
				cuts = append(cuts, result.CutLine{DivisionID: d.ID, RoundID: r.ID, Round: r.Name, Count: n, Place: n})
			}
		}
		return cuts
	}
	return nil
}

// pretendSheets are seven made-up sheets with the highest and the lowest dropped.
func pretendSheets(entry int64, round string) Sheets {
	s := Sheets{EntryID: entry, Round: round}
	high, low, sum := 0, 0, int64(0)
	for i := range 7 {
		total := 3000 + ((int64(i)*37-entry*11)%9)*50
		s.Sheets = append(s.Sheets, Sheet{Seat: i + 1, Total: total})
		sum += total
		if total > s.Sheets[high].Total {
			high = i
		}
		if total <= s.Sheets[low].Total {
			low = i
		}
	}
	s.Sheets[high].Dropped, s.Sheets[low].Dropped = true, true
	score := (sum - s.Sheets[high].Total - s.Sheets[low].Total) / 5
	s.Score = &score
	return s
}
