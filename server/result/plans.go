package result

import (
	"bytes"
	"context"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/plan"
)

// Plans is what the results need of the plans: without it, a contest is a plain sum.
type Plans interface {
	// Seal is what the standings rest on besides the rounds; nil: nothing.
	Seal(ctx context.Context, contestID int64) (*plan.Sealed, error)
	Problems(ctx context.Context, contestID int64) ([]plan.Problem, error)
	// Check recomputes what a plan can prove by itself, and says what is wrong.
	Check(ctx context.Context, contestID int64) ([]string, error)
}

// UsePlans plugs in the plans.
func (s *Service) UsePlans(p Plans) { s.plans = p }

// addPlan puts into a preview what its standings rest on, and what is open.
func (s *Service) addPlan(ctx context.Context, p *Preview) error {
	if s.plans == nil {
		return nil
	}
	var err error
	if p.Snapshot.Plan, err = s.plans.Seal(ctx, p.Board.ContestID); err != nil {
		return err
	}
	problems, err := s.plans.Problems(ctx, p.Board.ContestID)
	for _, x := range problems {
		p.Problems = append(p.Problems, Problem(x))
	}
	return err
}

// samePlan tells whether the plan is still what a preview was made of.
func (s *Service) samePlan(ctx context.Context, contestID int64, before *plan.Sealed) (bool, error) {
	if s.plans == nil {
		return true, nil
	}
	now, err := s.plans.Seal(ctx, contestID)
	if err != nil {
		return false, err
	}
	return equalPlans(before, now)
}

func equalPlans(a, b *plan.Sealed) (bool, error) {
	x, err := audit.Canonical(a)
	if err != nil {
		return false, err
	}
	y, err := audit.Canonical(b)
	return bytes.Equal(x, y), err
}
