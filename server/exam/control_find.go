package exam

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/timing"
	"github.com/hoithi/hoithi/server/unit"
)

// UnitTurns is how far a unit is with a period (or with all of them).
type UnitTurns struct {
	UnitID   int64  `json:"unit_id" doc:"0: entries of no unit that was invited"`
	Name     string `json:"name"`
	Block    string `json:"block"`
	Target   int    `json:"target" doc:"-1: none set"`
	Entries  int    `json:"entries" doc:"Active entries"`
	Started  int    `json:"started"`
	Finished int    `json:"finished"`
	Today    int    `json:"today" doc:"Who began today for the first time"`

	position int32
}

// ControlUnits says by unit who has taken a period (0: any) and who has not. An entry counts for the nearest unit above it
// that was invited.
func (s *Service) ControlUnits(ctx context.Context, contestID, roundID, periodID int64) ([]UnitTurns, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	f := r.known()
	plan, err := s.q.ControlPlan(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	rows, err := s.q.ControlUnits(ctx, examdb.ControlUnitsParams{RoundID: roundID, PeriodID: periodID, SinceUs: f.todayUs(s.nowUs())})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	nearest := invitedAbove(plan)
	found := map[int64]*UnitTurns{}
	for _, u := range plan {
		if u.Invited {
			found[u.UnitID] = &UnitTurns{UnitID: u.UnitID, Name: u.Name, Block: u.Block, Target: int(u.Target), position: u.BlockPosition}
		}
	}
	for _, row := range rows {
		at := nearest(row.UnitID)
		u := found[at]
		if u == nil {
			u = &UnitTurns{Target: -1, position: 1 << 30}
			found[at] = u
		}
		u.Entries, u.Started, u.Finished, u.Today = u.Entries+int(row.Entries), u.Started+int(row.Started), u.Finished+int(row.Finished), u.Today+int(row.Today)
	}
	list := make([]UnitTurns, 0, len(found))
	for _, u := range found {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b UnitTurns) int { return cmp.Compare(a.UnitID, b.UnitID) })
	unit.SortBy(list, func(u UnitTurns) string { return u.Name })
	slices.SortStableFunc(list, func(a, b UnitTurns) int { return cmp.Compare(a.position, b.position) })
	return list, nil
}

// invitedAbove gives for a unit itself or the nearest one above it that was invited; 0: there is none.
func invitedAbove(plan []examdb.ControlPlanRow) func(id int64) int64 {
	parents, invited := make(map[int64]int64, len(plan)), make(map[int64]bool, len(plan))
	for _, u := range plan {
		parents[u.UnitID], invited[u.UnitID] = u.ParentID, u.Invited
	}
	return func(id int64) int64 {
		for range 20 { // no tree is deeper, and a circle ends
			if id == 0 || invited[id] {
				return id
			}
			id = parents[id]
		}
		return 0
	}
}

// absentShown bounds a list of names.
const absentShown = 500

// Absent lists who of a unit (0: of all) has not begun a period (0: any).
func (s *Service) Absent(ctx context.Context, contestID, roundID, periodID, unitID int64) ([]examdb.ControlAbsentRow, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	ask := examdb.ControlAbsentParams{RoundID: roundID, PeriodID: periodID, Everywhere: unitID == 0, UnitIds: []int64{}, Many: absentShown}
	if unitID != 0 {
		plan, err := s.q.ControlPlan(ctx, contestID)
		if err != nil {
			return nil, postgres.Fault(err)
		}
		nearest := invitedAbove(plan)
		for _, u := range plan {
			if nearest(u.UnitID) == unitID {
				ask.UnitIds = append(ask.UnitIds, u.UnitID)
			}
		}
	}
	rows, err := s.q.ControlAbsent(ctx, ask)
	return rows, postgres.Fault(err)
}

// FindEntries looks for entries by candidate number, or by words of their name or unit.
func (s *Service) FindEntries(ctx context.Context, contestID, roundID int64, words string) ([]examdb.ControlFindRow, error) {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return nil, err
	}
	key := unit.SearchKey(words)
	if key == "" {
		return nil, nil
	}
	rows, err := s.q.ControlFind(ctx, examdb.ControlFindParams{RoundID: roundID, Number: int32(numberIn(words)), Key: key})
	return rows, postgres.Fault(err)
}

// numberIn reads a number that stands alone; 0: there is none.
func numberIn(words string) int64 {
	n, err := strconv.ParseInt(strings.TrimLeft(strings.TrimSpace(words), "#0"), 10, 32)
	if err != nil {
		return 0
	}
	return n
}

func contains(text, key string) bool { return strings.Contains(text, key) }

// EntryInControl is an entry with everything that organizers may look at while it takes a round.
type EntryInControl struct {
	EntryID  int64            `json:"entry_id"`
	Number   string           `json:"number"`
	Name     string           `json:"name"`
	Unit     string           `json:"unit"`
	UnitID   int64            `json:"unit_id"`
	Phone    string           `json:"phone"`
	Division string           `json:"division"`
	Active   bool             `json:"active"`
	Periods  []OwnPeriod      `json:"periods" doc:"As they hold for this entry, without scores"`
	Attempts []ControlAttempt `json:"attempts"`
}

// ControlAttempt is a sitting as organizers see it while it runs and afterwards.
type ControlAttempt struct {
	ID         int64  `json:"id"`
	PeriodID   int64  `json:"period_id"`
	Number     int    `json:"number"`
	StartedUs  int64  `json:"started_us"`
	DeadlineUs int64  `json:"deadline_us"`
	FinishedUs int64  `json:"finished_us,omitzero" doc:"0: running"`
	Finish     Finish `json:"finish,omitempty" enum:"submitted,deadline"`
	Items      int    `json:"items"`
	Answered   int    `json:"answered" doc:"Places with a saved answer"`
	LastUs     int64  `json:"last_us,omitzero" doc:"When the last answer was saved"`
	GoneUs     int64  `json:"gone_us,omitzero" doc:"Since when its device has no connection"`
	Released   bool   `json:"released" doc:"Another device may take over"`
	Devices    int    `json:"devices" doc:"How many devices have answered, one after another"`
	Away       int    `json:"away" doc:"How often the page lost the focus; never costs points"`
	Scored     bool   `json:"scored"`
	Points     int64  `json:"points"`
	Correct    int    `json:"correct"`
	TimeUs     int64  `json:"time_us"`
	Counts     bool   `json:"counts"`
}

// EntryNow gives one entry as it stands now.
func (s *Service) EntryNow(ctx context.Context, contestID, roundID, entryID int64) (EntryInControl, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return EntryInControl{}, err
	}
	f := r.known()
	e, err := s.q.ControlEntry(ctx, examdb.ControlEntryParams{ID: entryID, ContestID: contestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return EntryInControl{}, errNoUnitEntry
	}
	if err != nil {
		return EntryInControl{}, postgres.Fault(err)
	}
	rows, err := s.q.ControlAttempts(ctx, examdb.ControlAttemptsParams{RoundID: roundID, EntryID: entryID})
	if err != nil {
		return EntryInControl{}, postgres.Fault(err)
	}
	v := EntryInControl{EntryID: e.ID, Number: roster.NumberText(int(e.Number)), Name: e.Name, Unit: e.UnitName, UnitID: e.UnitID, Phone: e.Phone,
		Active: e.State == string(roster.EntryActive), Periods: []OwnPeriod{}, Attempts: []ControlAttempt{}}
	for _, d := range f.contest.Divisions {
		if d.ID == e.DivisionID && len(f.contest.Divisions) > 1 {
			v.Division = d.Name
		}
	}
	part := ownPart{facts: f, who: person{examdb.ContestantsRow{ID: e.ID, ContestID: e.ContestID, DivisionID: e.DivisionID, UnitID: e.UnitID}}}
	used := map[int64]int{}
	for _, a := range rows {
		used[a.PeriodID]++
		x := ControlAttempt{ID: a.ID, PeriodID: a.PeriodID, Number: int(a.Number), StartedUs: a.StartedUs, DeadlineUs: a.DeadlineUs, Finish: Finish(a.Finish),
			Answered: int(a.Places), LastUs: a.LastUs, GoneUs: a.GoneUs, Released: a.Released, Devices: int(a.Devices), Away: int(a.Away),
			Scored: a.ScoredUs != nil, Points: a.Points, Correct: int(a.Correct), TimeUs: a.TimeUs, Counts: a.Counts}
		if a.FinishedUs != nil {
			x.FinishedUs, x.GoneUs = *a.FinishedUs, 0
		}
		if x.Scored {
			x.Answered = int(a.Answered)
		}
		if pool := f.pools[a.PoolID]; pool != nil {
			x.Items = pool.Totals().Items
		}
		v.Attempts = append(v.Attempts, x)
	}
	for _, p := range f.periods {
		period := part.period(p)
		if period.Left >= 0 {
			period.Left = max(period.Left-used[p.ID], 0)
		}
		v.Periods = append(v.Periods, period)
	}
	return v, nil
}

// ReleaseFor lets another device of an entry take over its running attempt; who allowed it is recorded.
func (s *Service) ReleaseFor(ctx context.Context, contestID, roundID, entryID int64) error {
	err := s.inContest(ctx, contestID, roundID, func(tx pgx.Tx, q *examdb.Queries) error {
		released, err := q.Release(ctx, examdb.ReleaseParams{RoundID: roundID, EntryID: entryID})
		if err != nil {
			return err
		}
		if len(released) == 0 {
			return errNobodyAnswers
		}
		return audit.Append(ctx, tx, contestID, "exam.released", map[string]any{"round": roundID, "entry": entryID, "attempt": released[0]})
	})
	if err != nil {
		return err
	}
	s.pushOwn(roundID, entryID)
	return nil
}

// From where on something is pointed out. It is a hint for people, and never costs points.
const (
	manyDevices = 3
	manyAway    = 10
	longGoneUs  = 2 * timing.Minute
)

// Pattern is something that people may want to look at.
type Pattern struct {
	AttemptID int64    `json:"attempt_id"`
	EntryID   int64    `json:"entry_id"`
	Number    string   `json:"number"`
	Name      string   `json:"name"`
	Unit      string   `json:"unit"`
	PeriodID  int64    `json:"period_id"`
	Attempt   int      `json:"attempt"`
	Running   bool     `json:"running"`
	Devices   int      `json:"devices"`
	Away      int      `json:"away"`
	GoneUs    int64    `json:"gone_us,omitzero"`
	Hints     []string `json:"hints" enum:"devices,away,gone,late" doc:"devices: changed hands often; away: left the page often; gone: without a connection for minutes; late: began too late for the whole time"`
}

// Patterns points out what is unusual in a round, for people to look at; it judges nobody.
func (s *Service) Patterns(ctx context.Context, contestID, roundID int64) ([]Pattern, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	f, now := r.known(), s.nowUs()
	longest := f.settings.DurationUs(0)
	for _, d := range f.settings.Divisions {
		longest = max(longest, d.DurationS*timing.Second)
	}
	rows, err := s.q.ControlPatterns(ctx, examdb.ControlPatternsParams{RoundID: roundID, Devices: manyDevices, Away: manyAway, GoneBeforeUs: now - longGoneUs, DurationUs: longest})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := []Pattern{}
	for _, x := range rows {
		p := Pattern{AttemptID: x.ID, EntryID: x.EntryID, Number: roster.NumberText(int(x.EntryNumber)), Name: x.Name, Unit: x.UnitName, PeriodID: x.PeriodID,
			Attempt: int(x.Number), Running: x.FinishedUs == nil, Devices: int(x.Devices), Away: int(x.Away), Hints: []string{}}
		hint := func(is bool, name string) {
			if is {
				p.Hints = append(p.Hints, name)
			}
		}
		gone := p.Running && x.GoneUs != 0 && x.GoneUs < now-longGoneUs
		if gone {
			p.GoneUs = x.GoneUs
		}
		duration := f.settings.DurationUs(x.DivisionID)
		hint(x.Devices >= manyDevices, "devices")
		hint(x.Away >= manyAway, "away")
		hint(gone, "gone")
		hint(p.Running && duration > 0 && x.DeadlineUs-x.StartedUs-x.PausedUs < duration, "late")
		if len(p.Hints) > 0 {
			list = append(list, p)
		}
	}
	return list, nil
}
