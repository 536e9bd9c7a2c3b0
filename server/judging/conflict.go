package judging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging/judgingdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// ConflictRule says what happens when a judge is tied to an entry of the round.
type ConflictRule string

const (
	ConflictIgnored ConflictRule = "none"
	ConflictFlagged ConflictRule = "flag" // the head judge, the secretary and the judge are told
	ConflictBarred  ConflictRule = "bar"  // the sheet is neither asked for nor counted
)

// Why is what ties a judge to an entry.
type Why string

const (
	OwnUnit   Why = "own_unit"
	UnitAbove Why = "unit_above" // the entry is of a unit above the judge's own
	UnitBelow Why = "unit_below" // the entry is of a unit below the judge's own
	Declared  Why = "declared"
)

// Barred tells whether the sheet of a judge for a performance is neither asked for nor counted.
func (j Judging) Barred(p Performance, accountID int64) bool {
	_, tied := p.Conflicts[accountID]
	return tied && j.Conflict == ConflictBarred
}

// ConflictView is a judge's tie to a performance, for those who watch over the marks.
type ConflictView struct {
	Seat   int  `json:"seat"`
	Why    Why  `json:"why" enum:"own_unit,unit_above,unit_below,declared"`
	Barred bool `json:"barred" doc:"The sheet is neither asked for nor counted; else it is only shown"`
}

// conflictViews lists the ties of the panel to a performance. In a blind round a flag would tell whose turn it is: until
// the close only those are named whose sheets are left out, without the reason.
func (j Judging) conflictViews(p Performance) []ConflictView {
	views := []ConflictView{}
	for _, seat := range j.Panel {
		why, tied := p.Conflicts[seat.AccountID]
		if !tied || p.masked && j.Conflict != ConflictBarred {
			continue
		}
		if p.masked {
			why = Declared
		}
		views = append(views, ConflictView{Seat: seat.Number, Why: why, Barred: j.Conflict == ConflictBarred})
	}
	return views
}

// ownConflict is what the judge who is tied to a performance is told.
func (j Judging) ownConflict(p Performance, seat Seat) *ConflictView {
	for _, v := range j.conflictViews(p) {
		if v.Seat == seat.Number {
			return &v
		}
	}
	return nil
}

// loadConflicts reads the ties: those of performances to come as they are now, of the others as they were kept.
func (j *Judging) loadConflicts(ctx context.Context, q *judgingdb.Queries, ties bool) error {
	if j.Conflict == ConflictIgnored || j.Conflict == "" {
		return nil
	}
	kept, err := q.ConflictsKept(ctx, j.RoundID)
	if err != nil {
		return err
	}
	for _, c := range kept {
		j.tie(c.PerformanceID, c.AccountID, Why(c.Why), false)
	}
	if !ties {
		return nil
	}
	now, err := q.ConflictsNow(ctx, judgingdb.ConflictsNowParams{RoundID: j.RoundID, ContestID: j.ContestID})
	if err != nil {
		return err
	}
	for _, c := range now {
		j.tie(c.PerformanceID, c.AccountID, Why(c.Why), true)
	}
	return nil
}

func (j *Judging) tie(performanceID, accountID int64, why Why, planned bool) {
	for i := range j.Performances {
		p := &j.Performances[i]
		if p.ID != performanceID || (p.State == Planned) != planned {
			continue
		}
		if p.Conflicts == nil {
			p.Conflicts = map[int64]Why{}
		}
		p.Conflicts[accountID] = why
	}
}

// keepConflicts keeps the ties of performances that have begun as they are known now. at are those that begin just now.
func (s *Service) keepConflicts(ctx context.Context, q *judgingdb.Queries, j Judging, at ...int64) error {
	begun := map[int64]bool{}
	for _, id := range at {
		begun[id] = true
	}
	for _, p := range j.Performances {
		if len(at) == 0 && p.State != Planned {
			begun[p.ID] = true
		}
	}
	if len(begun) == 0 {
		return nil
	}
	for id := range begun {
		if err := q.DropConflicts(ctx, id); err != nil {
			return err
		}
	}
	now, err := q.ConflictsNow(ctx, judgingdb.ConflictsNowParams{RoundID: j.RoundID, ContestID: j.ContestID})
	if err != nil {
		return err
	}
	for _, c := range now {
		if begun[c.PerformanceID] {
			if err := q.KeepConflict(ctx, judgingdb.KeepConflictParams(c)); err != nil {
				return err
			}
		}
	}
	return nil
}

// SetConflictRule says what a judge's tie to an entry does in this round. It stands from the first performance on.
func (s *Service) SetConflictRule(ctx context.Context, contestID, roundID int64, rule ConflictRule) error {
	return s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		if j.Started() {
			return errRulesStand
		}
		if err := q.SetConflictRule(ctx, judgingdb.SetConflictRuleParams{RoundID: roundID, ConflictRule: string(rule)}); err != nil {
			return err
		}
		return record(ctx, tx, j, "conflict_rule", map[string]any{"round": roundID, "rule": string(rule)})
	})
}

// Tie is what ties a judge of a contest to a unit or an entry. Exactly one of the two is set.
type Tie struct {
	UnitID  int64  `json:"unit_id,omitempty" minimum:"0"`
	EntryID int64  `json:"entry_id,omitempty" minimum:"0"`
	Note    string `json:"note,omitempty" maxLength:"200" doc:"What the tie is"`
	Name    string `json:"name,omitempty" maxLength:"300" doc:"Of the unit or entry; read only"`
}

// JudgeTies are all ties of one judge.
type JudgeTies struct {
	AccountID int64  `json:"account_id"`
	UnitID    int64  `json:"unit_id" doc:"The judge's own unit; 0: not given"`
	UnitName  string `json:"unit_name"`
	Ties      []Tie  `json:"ties"`
}

// Ties lists the ties of the judges of a contest.
func (s *Service) Ties(ctx context.Context, contestID int64) ([]JudgeTies, error) {
	rows, err := s.q.TiesIn(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	list := []JudgeTies{}
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].AccountID != r.AccountID {
			list = append(list, JudgeTies{AccountID: r.AccountID, Ties: []Tie{}})
		}
		last := &list[len(list)-1]
		if r.Own {
			last.UnitID, last.UnitName = value(r.UnitID), r.UnitName
			continue
		}
		last.Ties = append(last.Ties, Tie{UnitID: value(r.UnitID), EntryID: value(r.EntryID), Note: r.Note, Name: r.UnitName + r.EntryName})
	}
	return list, nil
}

const maxTies = 50

// SetTies says which unit is a judge's own and what else ties the judge, for all rounds of the contest: performances to
// come follow at once. In this round the ties also hold for performances that have begun; that needs a reason, and the
// judge's sheet for them must be open.
func (s *Service) SetTies(ctx context.Context, contestID, roundID int64, seat int, t JudgeTies, reason string) error {
	reason = tidy(reason)
	var others []int64
	err := s.change(ctx, contestID, roundID, func(tx pgx.Tx, q *judgingdb.Queries, j Judging) error {
		var judge Seat
		for _, x := range j.Panel {
			if x.Number == seat {
				judge = x
			}
		}
		if judge.Number == 0 {
			return fault.NothingHere
		}
		if j.Started() {
			if !fits(reason, 2, maxReason) {
				return errReason
			}
		}
		if err := putTies(ctx, q, j, judge.AccountID, t); err != nil {
			return err
		}
		if err := s.keepConflicts(ctx, q, j); err != nil {
			return err
		}
		if err := locksStand(ctx, q, j, judge.AccountID); err != nil {
			return err
		}
		var err error
		if others, err = q.StirOthers(ctx, judgingdb.StirOthersParams{ContestID: j.ContestID, RoundID: roundID}); err != nil {
			return err
		}
		if !j.Started() {
			return record(ctx, tx, j, "ties", map[string]any{"round": roundID, "seat": seat, "name": judge.Name})
		}
		return s.noteChange(ctx, tx, q, j, Change{Kind: TiesKnown, Seat: seat, After: judge.Name, Reason: reason})
	})
	if err != nil {
		return err
	}
	for _, id := range others {
		s.changed(contestID, id)
	}
	return nil
}

var errTieLocked = conflict("tie_sheet_locked",
	"Khai báo này làm một phiếu đã chốt thôi được tính, hoặc được tính lại, nên chưa lưu. Hãy mở lại phiếu đó trước: việc này cần người thứ hai xác nhận.",
	"By this a locked sheet would count no more, or count again, so it was not saved. Reopen that sheet first: a second person confirms it.")

// locksStand refuses ties by which a locked sheet of the judge comes out of a score, or into it: whoever sets ties sees all
// marks, and no single person takes a sheet out of a sum. Reopening it needs two.
func locksStand(ctx context.Context, q *judgingdb.Queries, before Judging, accountID int64) error {
	after, err := load(ctx, q, contest.Round{ID: before.RoundID, ContestID: before.ContestID, Name: before.RoundName})
	if err != nil {
		return err
	}
	for _, p := range after.Performances {
		was, _ := before.Performance(p.ID)
		if after.Sheet(p.ID, accountID).State == Locked && before.Barred(was, accountID) != after.Barred(p, accountID) {
			return errTieLocked
		}
	}
	return nil
}

func putTies(ctx context.Context, q *judgingdb.Queries, j Judging, accountID int64, t JudgeTies) error {
	f := errTies
	if len(t.Ties) > maxTies {
		return f.At("ties", "Mỗi giám khảo khai tối đa 50 mối liên quan.", "A judge declares at most 50 ties.")
	}
	if err := q.DropTies(ctx, judgingdb.DropTiesParams{ContestID: j.ContestID, AccountID: accountID}); err != nil {
		return err
	}
	add := func(own bool, x Tie, path string) error {
		x.Note = tidy(x.Note)
		there, err := false, error(nil)
		if x.UnitID != 0 {
			there, err = q.UnitIsThere(ctx, x.UnitID)
		} else {
			there, err = q.EntryOfContest(ctx, judgingdb.EntryOfContestParams{ID: x.EntryID, ContestID: j.ContestID})
		}
		if err != nil {
			return err
		}
		if !there || x.UnitID != 0 && x.EntryID != 0 || !fits(x.Note, 0, 200) {
			f = f.At(path, "Không tìm thấy đơn vị hoặc đội, thí sinh này.", "There is no such unit or entry.")
			return nil
		}
		row := judgingdb.AddTieParams{ContestID: j.ContestID, AccountID: accountID, Own: own, Note: x.Note}
		if x.UnitID != 0 {
			row.UnitID = &x.UnitID
		} else {
			row.EntryID = &x.EntryID
		}
		return q.AddTie(ctx, row)
	}
	if t.UnitID != 0 {
		if err := add(true, Tie{UnitID: t.UnitID}, "unit_id"); err != nil {
			return err
		}
	}
	for i, x := range t.Ties {
		if err := add(false, x, at("ties", i)); err != nil {
			return err
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
