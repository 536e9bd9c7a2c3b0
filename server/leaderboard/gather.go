package leaderboard

import (
	"context"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
)

// gather reads all that a board is made of.
func (s *Service) gather(ctx context.Context, contestID int64) (contest.Contest, []roster.Entry, map[int64]Scores, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return c, nil, nil, err
	}
	entries, err := s.roster.Entries(ctx, contestID)
	if err != nil {
		return c, nil, nil, err
	}
	scores := map[int64]Scores{}
	for _, r := range c.Rounds {
		source := s.sources[r.Kind]
		if source == nil {
			continue
		}
		if r.State == contest.Planned || r.State == contest.Ready {
			discreet, err := isDiscreet(ctx, source, r.ID)
			if err != nil {
				return c, nil, nil, err
			}
			if discreet {
				scores[r.ID] = Scores{Discreet: true}
			}
			continue
		}
		if scores[r.ID], err = source.Scores(ctx, r.ID); err != nil {
			return c, nil, nil, err
		}
	}
	return c, entries, scores, nil
}

// Plan gives what promotions and decisions on ties mean for the boards. app plugs it in.
type Plan interface {
	// Facts are the lists of rounds that promotions have filled, and the decisions on ties, the oldest first.
	Facts(ctx context.Context, contestID int64) (map[int64][]int64, []Decision, error)
	// Version changes whenever they do, and is cheap.
	Version(ctx context.Context, contestID int64) (string, error)
}

// UsePlan plugs in the plan. Without it there are no promotions.
func (s *Service) UsePlan(p Plan) { s.plan = p }

// Input reads all that a board of everything is made of, for organizers and for the results; never for the public.
func (s *Service) Input(ctx context.Context, contestID int64) (Input, error) {
	c, entries, scores, err := s.gather(ctx, contestID)
	in := Input{Contest: c, Entries: entries, Scores: scores}
	if err != nil || s.plan == nil {
		return in, err
	}
	in.Lists, in.Decisions, err = s.plan.Facts(ctx, contestID)
	return in, err
}

func isDiscreet(ctx context.Context, source Source, roundID int64) (bool, error) {
	if d, ok := source.(Discreet); ok {
		return d.Discreet(ctx, roundID)
	}
	return false, nil
}

// Whole computes the board with everything in it, for organizers and for the results; never for the public.
func (s *Service) Whole(ctx context.Context, contestID int64) (Board, error) {
	in, err := s.Input(ctx, contestID)
	if err != nil {
		return Board{}, err
	}
	return ComputePlan(in), nil
}
