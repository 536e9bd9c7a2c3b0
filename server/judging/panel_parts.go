package judging

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Part is a judged round of a contest as the set-up of the whole evening shows it.
type Part struct {
	RoundID   int64        `json:"round_id"`
	RoundName string       `json:"round_name"`
	Started   bool         `json:"started"`
	Closed    bool         `json:"closed"`
	State     SigningState `json:"state" enum:"open,checked,closed" doc:"How far it is signed"`
	OnStage   string       `json:"on_stage" doc:"Who is on stage now, the code in a blind round; empty: nobody"`
	Complete  int          `json:"complete" doc:"Turns whose score counts"`
	Criteria  int          `json:"criteria"`
	MaxTotal  int64        `json:"max_total" doc:"Highest total of a sheet, hundredths of a point"`
	Levels    bool         `json:"levels" doc:"Every criterion has levels"`
	Judges    int          `json:"judges"`
	Head      string       `json:"head" doc:"Name of the head judge; empty: none"`
	Turns     int          `json:"turns"`
	Limit     int64        `json:"limit_seconds" doc:"0: no limit"`
	Draw      string       `json:"draw" enum:"software,room,hand"`
	Blind     bool         `json:"blind"`
	Conflict  ConflictRule `json:"conflict" enum:"none,flag,bar"`
	Needs     []Need       `json:"needs" doc:"What is missing or wants a look before the evening"`
	SamePanel bool         `json:"same_panel" doc:"The panel of the part before it, in the same seats"`
	SameOrder bool         `json:"same_order" doc:"The running order of the part before it"`
}

// Need is a line of such a list.
type Need struct {
	Code   string `json:"code" enum:"rubric,panel,head,order,entrants,unit,nobody_marks,barred,weights"`
	Severe bool   `json:"severe" doc:"The part cannot run like this; else it only wants a look"`
	Vi     string `json:"vi"`
	En     string `json:"en"`
}

// Parts lists the judged rounds of a contest with what each still needs.
func (s *Service) Parts(ctx context.Context, contestID int64) ([]Part, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	list := []Part{}
	var before *Judging
	for _, round := range c.Rounds {
		if round.Kind != contest.Judged {
			continue
		}
		j, err := s.Get(ctx, contestID, round.ID)
		if err != nil {
			return nil, err
		}
		needs, err := s.needs(ctx, j)
		if err != nil {
			return nil, err
		}
		p := Part{RoundID: round.ID, RoundName: round.Name, Started: j.Started(), Closed: j.Closed(), Criteria: len(j.Criteria),
			MaxTotal: j.Rubric().Max(j.Rules.Combining.Decimals), Judges: len(j.Panel), Turns: j.performing(), Limit: j.Rules.Overtime.LimitSeconds,
			Draw: j.drawn(), Blind: j.Blind, Conflict: j.Conflict, Needs: needs, Levels: len(j.Criteria) > 0,
			State: j.State()}
		for _, x := range j.Criteria {
			p.Levels = p.Levels && len(x.Levels) > 0
		}
		for _, seat := range j.Panel {
			if seat.Head {
				p.Head = seat.Name
			}
		}
		for _, score := range j.Scores() {
			if score.Complete {
				p.Complete++
			}
		}
		if on, ok := j.For(0).OnStage(); ok {
			p.OnStage = on.EntryName
		}
		if before != nil && len(j.Panel) > 0 {
			p.SamePanel = samePanel(*before, j)
			p.SameOrder = len(j.Performances) > 0 && before.sameOrder(j.turns())
		}
		list, before = append(list, p), &j
	}
	return list, nil
}

func samePanel(a, b Judging) bool {
	if len(a.Panel) != len(b.Panel) {
		return false
	}
	for i := range a.Panel {
		if a.Panel[i].AccountID != b.Panel[i].AccountID || a.Panel[i].Head != b.Panel[i].Head {
			return false
		}
	}
	return true
}

// needs is what a part lacks before its evening, and what its organizer should look at.
func (s *Service) needs(ctx context.Context, j Judging) ([]Need, error) {
	needs := []Need{}
	if j.Closed() {
		return needs, nil
	}
	for _, g := range j.SetUpGaps() {
		needs = append(needs, Need{Code: g.Code, Severe: true, Vi: g.Vi, En: g.En})
	}
	if len(j.Panel) > 0 {
		headed := false
		for _, x := range j.Panel {
			headed = headed || x.Head
		}
		if !headed {
			needs = append(needs, Need{Code: "head", Severe: true, Vi: "Chưa chọn Trưởng ban Giám khảo: không có người chốt phần thi", En: "There is no head judge yet: nobody can close the part"})
		}
	}
	if n := weightNeed(j); n != nil {
		needs = append(needs, *n)
	}
	more, err := s.entrantNeeds(ctx, j)
	if err != nil {
		return nil, err
	}
	needs = append(needs, more...)
	ties, err := s.tieNeeds(ctx, j)
	return append(needs, ties...), err
}

// weightNeed: weights that were meant as percent add up to a hundred.
func weightNeed(j Judging) *Need {
	sum, weighted := int64(0), false
	for _, c := range j.Criteria {
		sum += c.Weight
		weighted = weighted || c.Weight != 10_000
	}
	if !weighted || sum == 10_000 {
		return nil
	}
	return &Need{Code: "weights", Vi: "Tổng trọng số là " + percentVi(sum) + ", không phải 100 %", En: fmt.Sprintf("The weights add up to %d.%02d %%, not 100 %%", sum/100, sum%100)}
}

func percentVi(hundredths int64) string {
	if hundredths%100 == 0 {
		return fmt.Sprintf("%d %%", hundredths/100)
	}
	return fmt.Sprintf("%d,%02d %%", hundredths/100, hundredths%100)
}

func (s *Service) entrantNeeds(ctx context.Context, j Judging) ([]Need, error) {
	if len(j.Performances) == 0 {
		return nil, nil
	}
	numbers, err := entries(ctx, s.q, j.RoundID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	var needs []Need
	strangers := 0
	for _, p := range j.counting() {
		if _, enters := numbers[p.EntryID]; !enters && p.State == Planned && !p.sitsOut() {
			strangers++ // who gave up the place, or whose promotion was taken back
		}
		delete(numbers, p.EntryID)
	}
	if len(numbers) > 0 {
		needs = append(needs, Need{Code: "entrants", Vi: fmt.Sprintf("%d đội, thí sinh chưa có trong thứ tự trình bày", len(numbers)),
			En: fmt.Sprintf("%d entries are not in the running order", len(numbers))})
	}
	if strangers > 0 {
		needs = append(needs, Need{Code: "entrants", Vi: fmt.Sprintf("%d lượt là của đội, thí sinh không vào phần này; hãy sửa thứ tự trình bày", strangers),
			En: fmt.Sprintf("%d turns are of entries that do not enter this part; mend the running order", strangers)})
	}
	return needs, nil
}

// tieNeeds: judges whose unit nobody has given, and turns that too few may mark.
func (s *Service) tieNeeds(ctx context.Context, j Judging) ([]Need, error) {
	if j.Conflict == ConflictIgnored || len(j.Panel) == 0 {
		return nil, nil
	}
	without, err := s.unitless(ctx, j)
	if err != nil {
		return nil, err
	}
	var needs []Need
	if len(without) > 0 {
		needs = append(needs, Need{Code: "unit", Vi: "Chưa ghi đơn vị của giám khảo: " + strings.Join(without, ", "),
			En: "The units of these judges are not given: " + strings.Join(without, ", ")})
	}
	tied := 0
	for _, p := range j.Performances {
		if len(p.Conflicts) == 0 || p.sitsOut() {
			continue
		}
		tied++
		free := 0
		for _, x := range j.Panel {
			if !x.Absent && j.Sits(p, x) && !j.Barred(p, x.AccountID) {
				free++
			}
		}
		if free == 0 {
			shown, _ := j.For(0).Performance(p.ID)
			needs = append(needs, Need{Code: "nobody_marks", Severe: true, Vi: shown.EntryName + ": không còn giám khảo nào được chấm",
				En: shown.EntryName + ": nobody on the panel may mark"})
		}
	}
	switch {
	case tied > 0 && j.Conflict == ConflictBarred:
		needs = append(needs, Need{Code: "barred", Vi: fmt.Sprintf("%d lượt có giám khảo liên quan, phiếu của người đó không hỏi và không tính", tied),
			En: fmt.Sprintf("%d turns have a judge who is tied to the entry: that sheet is neither asked for nor counted", tied)})
	case tied > 0:
		needs = append(needs, Need{Code: "barred", Vi: fmt.Sprintf("%d lượt có giám khảo liên quan, được đánh dấu", tied),
			En: fmt.Sprintf("%d turns have a judge who is tied to the entry; they are marked", tied)})
	}
	return needs, nil
}

// unitless names the judges of a panel whose own unit nobody has given: their ties to a team cannot be seen.
func (s *Service) unitless(ctx context.Context, j Judging) ([]string, error) {
	ties, err := s.Ties(ctx, j.ContestID)
	if err != nil {
		return nil, err
	}
	known := map[int64]bool{}
	for _, t := range ties {
		known[t.AccountID] = t.UnitID != 0
	}
	var without []string
	for _, x := range j.Panel {
		if !known[x.AccountID] {
			without = append(without, x.Name)
		}
	}
	return without, nil
}

// CopyOf says what one round takes over from another.
type CopyOf struct {
	FromRound int64 `json:"from_round" minimum:"1"`
	Rubric    bool  `json:"rubric,omitempty"`
	Panel     bool  `json:"panel,omitempty"`
	Order     bool  `json:"order,omitempty" doc:"Only from a round of the same contest"`
}

// CopyFrom takes over the rubric, the panel or the running order of another round: of this contest, or of another one
// that the one who asks organizes too. Judges of another contest become judges of this one. All of it is taken over, or
// nothing.
func (s *Service) CopyFrom(ctx context.Context, contestID, roundID int64, c CopyOf) error {
	from, err := s.Get(ctx, 0, c.FromRound)
	if err != nil {
		return err
	}
	// Nothing tells a stranger whether a round of another contest exists.
	if !account.From(ctx).Has(from.ContestID, account.RoleOrganizer) || c.FromRound == roundID {
		return errNothingToCopy
	}
	switch {
	case c.Rubric && len(from.Criteria) == 0, c.Panel && len(from.Panel) == 0:
		return errNothingToCopy
	case c.Order && from.ContestID != contestID:
		return fault.NothingHere
	case c.Order && !from.mayReadOrder(ctx):
		return errNamesHeld
	case !c.Rubric && !c.Panel && !c.Order:
		return nil
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if c.Rubric {
			if err := s.setRubric(ctx, tx, q, j, from.Criteria); err != nil {
				return err
			}
		}
		if c.Panel {
			if err := s.takePanel(ctx, tx, q, j, from); err != nil {
				return err
			}
		}
		if c.Order {
			return takeOrder(ctx, tx, q, j, from)
		}
		return nil
	})
}

func (s *Service) takePanel(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j, from Judging) error {
	var accounts []int64
	var head int64
	for _, x := range from.Panel {
		accounts = append(accounts, x.AccountID)
		if x.Head {
			head = x.AccountID
		}
	}
	if from.ContestID != j.ContestID {
		for _, x := range from.Panel {
			if err := s.seat(ctx, tx, x.AccountID, j.ContestID); err != nil {
				return err
			}
		}
		if err := record(ctx, tx, j, "judges_copied", map[string]any{"round": j.RoundID, "accounts": accounts, "from": from.RoundID}); err != nil {
			return err
		}
	}
	return setPanel(ctx, tx, q, j, accounts, head)
}

// Source is a judged round whose rubric and panel may be taken over.
type Source struct {
	ContestID   int64  `json:"contest_id"`
	ContestName string `json:"contest_name"`
	RoundID     int64  `json:"round_id"`
	RoundName   string `json:"round_name"`
	Criteria    int    `json:"criteria"`
	Judges      int    `json:"judges"`
}

// Sources lists the judged rounds of all contests that the one who asks organizes.
func (s *Service) Sources(ctx context.Context, roundID int64) ([]Source, error) {
	p := account.From(ctx)
	var ids []int64
	for id := range p.Grants {
		if p.Has(id, account.RoleOrganizer) {
			ids = append(ids, id)
		}
	}
	rows, err := s.q.Sources(ctx, judgingdb.SourcesParams{Everywhere: p.Admin, ContestIds: ids})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := []Source{}
	for _, r := range rows {
		if r.RoundID != roundID {
			list = append(list, Source{ContestID: r.ContestID, ContestName: r.ContestName, RoundID: r.RoundID, RoundName: r.RoundName,
				Criteria: int(r.Criteria), Judges: int(r.Judges)})
		}
	}
	return list, nil
}

// UseSeat plugs in how an account becomes a judge of a contest.
func (s *Service) UseSeat(f func(ctx context.Context, tx pgx.Tx, accountID, contestID int64) error) {
	s.seat = f
}
