package contest

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest/contestdb"
	"github.com/hoithi/hoithi/server/fault"
)

var (
	filledAlready = fault.New(fault.Conflict, "round_filled",
		"Vòng này đã xét xong suất vào, nên cách chọn không đổi được nữa. Hãy hoàn tác việc xét suất trước. Chưa có gì được lưu.",
		"The entries of this round have been decided, so the way they are chosen can't change. Undo that first. Nothing was saved.")
	begunAlready = fault.New(fault.Conflict, "round_begun",
		"Vòng này đã bắt đầu nên không đổi được ai vào vòng. Chưa có gì được lưu.",
		"This round has begun, so who enters it can no longer change. Nothing was saved.")
)

// SavePlan sets how the rounds are put together and who enters each of them, and the tie-breakers. version is the
// contest's that was read.
func (s *Service) SavePlan(ctx context.Context, contestID int64, version int, plan []RoundPlan, ties []string) (Contest, error) {
	return s.change(ctx, contestID, "plan", map[string]any{"rounds": plan, "tie_breakers": ties}, func(tx pgx.Tx, c Contest) error {
		if len(plan) != len(c.Rounds) || c.Version != version {
			return movedOn
		}
		before := slices.Clone(c.Rounds)
		c.Rounds = slices.Clone(c.Rounds)
		for _, p := range plan {
			i := slices.IndexFunc(c.Rounds, func(r Round) bool { return r.ID == p.RoundID })
			if i < 0 {
				return movedOn
			}
			if c.Rounds[i].TieBreak() {
				continue // it stays what it was made for
			}
			if p.Intake.Who == WhoTied {
				return badPlan.At("rounds["+itoa(i)+"].intake.who", "Vòng phân định được tạo khi xử lý đồng hạng.", "Tie-break rounds are made where a tie is resolved.")
			}
			c.Rounds[i].Weight, c.Rounds[i].FromZero, c.Rounds[i].Intake = p.Weight, p.FromZero, p.Intake.Kept()
		}
		c.TieBreakers = ties
		if err := c.Check(); err != nil {
			return err
		}
		if err := checkPlan(c); err != nil {
			return err
		}
		q := s.q.WithTx(tx)
		filled, err := q.FilledRounds(ctx, c.ID)
		if err != nil {
			return err
		}
		for i, r := range c.Rounds {
			if reflect.DeepEqual(before[i].Intake.Kept(), r.Intake.Kept()) {
				continue
			}
			if slices.Contains(filled, r.ID) {
				return filledAlready.With("round", r.Name)
			}
			if r.Begun() {
				return begunAlready.With("round", r.Name)
			}
		}
		return s.writePlan(ctx, q, c)
	})
}

// writePlan stores the rounds' part in the plan, what follows from it, and the tie-breakers.
func (s *Service) writePlan(ctx context.Context, q *contestdb.Queries, c Contest) error {
	ties := c.TieBreakers
	if ties == nil {
		ties = []string{}
	}
	n, err := q.SetTieBreakers(ctx, contestdb.SetTieBreakersParams{ID: c.ID, Version: int32(c.Version), TieBreakers: ties})
	if err != nil {
		return err
	}
	if n == 0 {
		return movedOn
	}
	for _, r := range c.Rounds {
		body, err := audit.Canonical(r.Intake.Kept())
		if err != nil {
			return err
		}
		if err := q.SetRoundPlan(ctx, contestdb.SetRoundPlanParams{ID: r.ID, Weight: int32(r.Weight), FromZero: r.FromZero, Intake: body}); err != nil {
			return err
		}
	}
	return s.derivePlan(ctx, q, c)
}

// derivePlan stores what follows from the plan for each round, where it is not so already.
func (s *Service) derivePlan(ctx context.Context, q *contestdb.Queries, c Contest) error {
	for id, d := range derive(c) {
		r, _ := c.Round(id)
		if r.EntryKind == d.kind && r.ListOf == d.listOf {
			continue
		}
		p := contestdb.DeriveRoundParams{ID: id, EntryKind: string(d.kind)}
		if d.listOf != 0 {
			p.ListOf = &d.listOf
		}
		if err := q.DeriveRound(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// settlePlan does so after rounds were added, moved or taken out: a plan that no longer fits is refused.
func (s *Service) settlePlan(ctx context.Context, tx pgx.Tx, contestID int64) error {
	c, err := s.GetTx(ctx, tx, contestID)
	if err != nil {
		return err
	}
	if err := checkPlan(c); err != nil {
		return planStands.Because(err)
	}
	return s.derivePlan(ctx, s.q.WithTx(tx), c)
}

var planStands = fault.New(fault.Conflict, "plan_stands",
	"Thứ tự này không hợp với kế hoạch các vòng (ai vào vòng nào). Hãy sửa kế hoạch trước. Chưa có gì thay đổi.",
	"This order doesn't fit the plan of the rounds (who enters which). Change the plan first. Nothing has changed.")

// AddTieBreak makes a further round that only resolves a tie, within the caller's transaction; who enters it is the
// caller's to list. It gives nothing to the total.
func (s *Service) AddTieBreak(ctx context.Context, tx pgx.Tx, contestID int64, spec RoundSpec) (Round, error) {
	c, err := s.GetTx(ctx, tx, contestID)
	if err != nil {
		return Round{}, err
	}
	if c.State == Finalized || c.State == Archived {
		return Round{}, setUpClosed
	}
	if len(c.Rounds) >= maxRounds {
		return Round{}, tooMany
	}
	last := 0
	for _, r := range c.Rounds {
		last = max(last, r.Position)
	}
	spec.Weight, spec.Intake = 0, Intake{Who: WhoTied}
	r, err := s.addRound(ctx, tx, contestID, last+1, spec)
	if err != nil {
		return Round{}, err
	}
	if err := s.settlePlan(ctx, tx, contestID); err != nil {
		return Round{}, err
	}
	return r, record(ctx, tx, contestID, "add_round", map[string]any{"name": r.Name, "kind": r.Kind})
}

// Changed tells those who listen that something of a contest has moved: rooms above that change it in their own
// transaction call it afterwards.
func (s *Service) Changed(contestID int64) { s.changed(contestID) }

// copyPlan brings the plan into a copy, whose divisions have other ids. Robots of a rehearsal enter every round.
func (s *Service) copyPlan(ctx context.Context, tx pgx.Tx, from, made Contest) (Contest, error) {
	rounds := slices.DeleteFunc(slices.Clone(from.Rounds), Round.TieBreak)
	plain := !slices.ContainsFunc(rounds, func(r Round) bool { return r.FromZero || r.Intake.Kept().Who != WhoAll })
	made, err := s.GetTx(ctx, tx, made.ID)
	if err != nil || plain || made.RehearsalOf != 0 {
		return made, err
	}
	divisions := map[int64]int64{}
	for i, d := range from.Divisions {
		if i < len(made.Divisions) {
			divisions[d.ID] = made.Divisions[i].ID
		}
	}
	for i, r := range rounds {
		in := r.Intake.Kept()
		in.Units.Deadline = nil
		in.Places = slices.Clone(in.Places)
		for j, p := range in.Places {
			in.Places[j].DivisionID = divisions[p.DivisionID]
		}
		made.Rounds[i].Intake, made.Rounds[i].FromZero = in, r.FromZero
	}
	if err := s.writePlan(ctx, s.q.WithTx(tx), made); err != nil {
		return made, err
	}
	return s.GetTx(ctx, tx, made.ID)
}

// keepsFilled refuses an order in which other rounds than before stand ahead of one whose entries have been decided.
func (s *Service) keepsFilled(ctx context.Context, q *contestdb.Queries, c Contest, ids []int64) error {
	filled, err := q.FilledRounds(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, id := range filled {
		was := slices.IndexFunc(c.Rounds, func(r Round) bool { return r.ID == id })
		at := slices.Index(ids, id)
		same := at == was && was >= 0
		for i := 0; same && i < at; i++ {
			same = slices.Contains(ids[:at], c.Rounds[i].ID)
		}
		if !same {
			return filledAlready.With("round", c.Rounds[max(was, 0)].Name)
		}
	}
	return nil
}

func intakeFromRow(b []byte) Intake {
	var i Intake
	if err := json.Unmarshal(b, &i); err != nil {
		// Written by writePlan alone; should it ever be broken, nobody enters before the plan is saved again.
		return Intake{Who: WhoSame}
	}
	return i.Kept()
}

func itoa(n int) string { return strconv.Itoa(n) }
