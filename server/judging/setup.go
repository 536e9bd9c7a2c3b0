package judging

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// SetUp gives a new round its rubric and rules, in the transaction that makes it (contest.RoundKind).
func (s *Service) SetUp(ctx context.Context, tx pgx.Tx, round contest.Round, spec contest.RoundSpec) error {
	rules := DefaultRules(int64(spec.Judged.LimitSeconds))
	if !spec.Judged.Trimmed {
		rules.Combining = scoring.Combining{Method: scoring.Mean, Decimals: 2}
	}
	criteria := make([]Criterion, 0, len(spec.Judged.Criteria))
	for _, c := range spec.Judged.Criteria {
		criteria = append(criteria, Criterion{Name: c.Name, Description: c.Description,
			Criterion: scoring.Criterion{Max: c.Max, Step: c.Step, Weight: scoring.FullWeight}})
	}
	if err := rules.Check(); err != nil {
		return err
	}
	if err := CheckCriteria(criteria); err != nil {
		return err
	}
	q := s.q.WithTx(tx)
	if err := ensure(ctx, q, round.ID, rules); err != nil {
		return err
	}
	return s.putCriteria(ctx, tx, q, round.ID, criteria, rules)
}

// Copy gives a new round the rubric, rules and panel of another one, how it is run, what the public sees of the marks, and
// what a tie to an entry does (contest.RoundKind). Codes stay behind: they need somebody who holds the names.
func (s *Service) Copy(ctx context.Context, tx pgx.Tx, from, to contest.Round) error {
	q := s.q.WithTx(tx)
	origin, err := load(ctx, q, from)
	if err != nil {
		return err
	}
	if err := ensure(ctx, q, to.ID, origin.Rules); err != nil {
		return err
	}
	if err := q.CopyCriteria(ctx, judgingdb.CopyCriteriaParams{FromRound: from.ID, ToRound: to.ID}); err != nil {
		return err
	}
	if err := q.CopyConduct(ctx, judgingdb.CopyConductParams{FromRound: from.ID, ToRound: to.ID}); err != nil {
		return err
	}
	return q.CopyPanel(ctx, judgingdb.CopyPanelParams{FromRound: from.ID, ToRound: to.ID})
}

// Missing lists what a round needs before its evening (contest.RoundKind). None of it keeps the contest from running:
// the order is often drawn on stage.
func (s *Service) Missing(ctx context.Context, round contest.Round) ([]contest.Missing, error) {
	j, err := s.Get(ctx, round.ContestID, round.ID)
	if err != nil {
		return nil, err
	}
	_, headed := j.Head()
	line := func(code string, done bool, vi, en string) contest.Missing {
		return contest.Missing{Code: code, Done: done, RoundID: round.ID, Vi: vi, En: en}
	}
	list := []contest.Missing{
		line("rubric", len(j.Criteria) > 0, "Biểu điểm của “"+round.Name+"”", "Rubric of “"+round.Name+"”"),
		line("panel", len(j.Panel) > 0, "Ban giám khảo của “"+round.Name+"”", "Panel of “"+round.Name+"”"),
		line("head", headed, "Trưởng ban Giám khảo của “"+round.Name+"”, người chốt phần thi", "Head judge of “"+round.Name+"”, who closes the part"),
		line("order", len(j.counting()) > 0, "Thứ tự trình bày của “"+round.Name+"”", "Running order of “"+round.Name+"”"),
	}
	if j.Conflict == ConflictIgnored || len(j.Panel) == 0 {
		return list, nil
	}
	without, err := s.unitless(ctx, j)
	if err != nil {
		return nil, err
	}
	return append(list, line("judge_units", len(without) == 0, "Đơn vị của giám khảo ở “"+round.Name+"”, để nhận ra ai chấm đội có liên quan",
		"Units of the judges of “"+round.Name+"”, so that ties to a team are seen")), nil
}

// SetRules replaces the rules. Once a performance has begun they stand.
func (s *Service) SetRules(ctx context.Context, contestID, roundID int64, rules MarkingRules) error {
	if err := rules.Check(); err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.Started() {
			return errRulesStand
		}
		b, err := rules.encode()
		if err != nil {
			return err
		}
		if err := q.SetSettings(ctx, judgingdb.SetSettingsParams{RoundID: roundID, Settings: b}); err != nil {
			return err
		}
		j.Rules = rules
		if err := s.contests.SetRoundMaxScore(ctx, tx, roundID, j.max()); err != nil {
			return err
		}
		return record(ctx, tx, j, "rules", map[string]any{"round": roundID, "rules": rules})
	})
}

// SetRubric replaces the criteria. Once a performance has begun they stand.
func (s *Service) SetRubric(ctx context.Context, contestID, roundID int64, criteria []Criterion) error {
	if err := CheckCriteria(criteria); err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		return s.setRubric(ctx, tx, q, j, criteria)
	})
}

func (s *Service) setRubric(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, criteria []Criterion) error {
	if j.Started() {
		return errRulesStand
	}
	if j.calibrated() {
		return errCalibrationMarked
	}
	if err := s.putCriteria(ctx, tx, q, j.RoundID, criteria, j.Rules); err != nil {
		return err
	}
	return record(ctx, tx, j, "rubric", map[string]any{"round": j.RoundID, "criteria": len(criteria)})
}

func (s *Service) putCriteria(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, roundID int64, criteria []Criterion, rules MarkingRules) error {
	if err := q.DeleteCriteria(ctx, roundID); err != nil {
		return err
	}
	rubric := make(scoring.Rubric, len(criteria))
	for i, c := range criteria {
		rubric[i] = c.Criterion
		levels, err := encodeLevels(c.Levels)
		if err != nil {
			return err
		}
		if err := q.AddCriterion(ctx, judgingdb.AddCriterionParams{RoundID: roundID, Position: int32(i + 1), Name: c.Name,
			Description: c.Description, Max: c.Max, Step: c.Step, Weight: c.Weight, Levels: levels}); err != nil {
			return err
		}
	}
	return s.contests.SetRoundMaxScore(ctx, tx, roundID, rubric.Max(rules.Combining.Decimals))
}

// Candidate is an account that may sit on the panel.
type Candidate struct {
	AccountID int64  `json:"account_id"`
	Name      string `json:"name"`
	// Barred: also organizes, tallies or supervises in this contest: who marks must not watch over the marks.
	Barred bool `json:"barred" doc:"Also organizer, secretary or supervisor of the contest: cannot mark in it"`
}

// Candidates lists the judges of a contest.
func (s *Service) Candidates(ctx context.Context, contestID int64) ([]Candidate, error) {
	return candidates(ctx, s.q, contestID)
}

func candidates(ctx context.Context, q *judgingdb.Queries, contestID int64) ([]Candidate, error) {
	rows, err := q.RolesOf(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	judges, barred, list := map[int64]bool{}, map[int64]bool{}, []Candidate{}
	for _, r := range rows {
		switch account.Role(r.Role) {
		case account.RoleJudge:
			judges[r.ID] = true
			list = append(list, Candidate{AccountID: r.ID, Name: r.Name})
		case account.RoleOrganizer, account.RoleSecretary, account.RoleSupervisor:
			barred[r.ID] = true
		case account.RoleHost, account.RoleTimekeeper:
		}
	}
	for i := range list {
		list[i].Barred = barred[list[i].AccountID]
	}
	return list, nil
}

// SetPanel seats the judges in the order given: the first is GK1. head is the account of the head judge; 0: none.
// Once a performance has begun the panel stands; who falls out is noted as absent.
func (s *Service) SetPanel(ctx context.Context, contestID, roundID int64, accountIDs []int64, head int64) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		return setPanel(ctx, tx, q, j, accountIDs, head)
	})
}

func setPanel(ctx context.Context, tx pgx.Tx, q *judgingdb.Queries, j Judging, accountIDs []int64, head int64) error {
	if j.Started() {
		return errRulesStand
	}
	list, err := candidates(ctx, q, j.ContestID)
	if err != nil {
		return err
	}
	if err := checkPanel(list, accountIDs, head); err != nil {
		return err
	}
	if j.Blind && slices.Contains(accountIDs, j.BlindKeeper) {
		return errKeeper
	}
	if err := q.DeletePanel(ctx, j.RoundID); err != nil {
		return err
	}
	for i, id := range accountIDs {
		if err := q.AddSeat(ctx, judgingdb.AddSeatParams{RoundID: j.RoundID, Seat: int32(i + 1), AccountID: id, Head: id == head}); err != nil {
			return err
		}
	}
	return record(ctx, tx, j, "panel", map[string]any{"round": j.RoundID, "accounts": accountIDs, "head": head})
}

func checkPanel(list []Candidate, accountIDs []int64, head int64) error {
	f := errPanel
	if len(accountIDs) == 0 || len(accountIDs) > maxSeats {
		f = f.At("accounts", "Ban giám khảo cần từ 1 đến 31 người.", "A panel has 1 to 31 judges.")
	}
	for i, id := range accountIDs {
		n := slices.IndexFunc(list, func(c Candidate) bool { return c.AccountID == id })
		switch {
		case n < 0:
			f = f.At(at("accounts", i), "Người này không phải giám khảo của hội thi.", "This person is not a judge of the contest.")
		case list[n].Barred:
			f = f.At(at("accounts", i), list[n].Name+" còn là Ban Tổ chức, thư ký hoặc giám sát nên không chấm được.", list[n].Name+" also organizes, tallies or supervises, so cannot mark.")
		case slices.Index(accountIDs, id) != i:
			f = f.At(at("accounts", i), list[n].Name+" có hai lần trong danh sách.", list[n].Name+" stands in the list twice.")
		}
	}
	if head != 0 && !slices.Contains(accountIDs, head) {
		f = f.At("head", "Trưởng ban phải là một giám khảo trong danh sách.", "The head must be one of the judges.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// SetAbsence notes that a judge is absent, or back. Sheets locked before still count.
func (s *Service) SetAbsence(ctx context.Context, contestID, roundID int64, seat int, absent bool, reason string) error {
	reason, err := Reason(reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		kept := reason
		if !absent {
			kept = ""
		}
		if !absent && slices.ContainsFunc(j.Panel, func(x Seat) bool { return x.Number == seat && x.LeftUs != 0 }) {
			return errHasLeft
		}
		n, err := q.SetAbsence(ctx, judgingdb.SetAbsenceParams{RoundID: roundID, Seat: int32(seat), Absent: absent, Reason: kept})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		c := Change{Kind: CameBack, Seat: seat, Reason: reason}
		if absent {
			c.Kind = WentAway
		}
		for _, x := range j.Panel {
			if x.Number == seat {
				c.After = x.Name
			}
		}
		return s.noteChange(ctx, tx, q, j, c)
	})
}
