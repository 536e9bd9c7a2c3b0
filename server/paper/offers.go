package paper

import (
	"context"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/paper/paperdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// shelf is what the bank of a contest offers, read once for however many blueprints are held against it.
type shelf struct {
	contest contest.Contest
	offers  []Offer
	parents map[int64]int64
	rounds  []int64 // items that rounds of the contest use; read when first asked for
	read    bool
}

func (s *Service) shelf(ctx context.Context, contestID int64) (*shelf, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	topics, err := s.bank.Topics(ctx, contestID)
	if err != nil {
		return nil, err
	}
	sh := &shelf{contest: c, parents: make(map[int64]int64, len(topics))}
	for _, t := range topics {
		sh.parents[t.ID] = t.ParentID
	}
	offered, err := s.bank.Offered(ctx, c.BankID)
	if err != nil {
		return nil, err
	}
	sh.offers = make([]Offer, 0, len(offered))
	for _, o := range offered {
		sh.offers = append(sh.offers, Offer{o.ItemID, o.VersionID, o.TopicID, o.Difficulty, o.Type})
	}
	return sh, nil
}

// inRounds are the items that rounds of the contest use.
func (s *Service) inRounds(ctx context.Context, sh *shelf) ([]int64, error) {
	if sh.read {
		return sh.rounds, nil
	}
	all := make([]int64, 0, len(sh.offers))
	for _, o := range sh.offers {
		all = append(all, o.Item)
	}
	uses, err := s.uses.UsesOf(ctx, sh.contest.BankID, all)
	if err != nil {
		return nil, err
	}
	for item, list := range uses {
		if slices.ContainsFunc(list, func(u bank.Use) bool { return u.ContestID == sh.contest.ID }) {
			sh.rounds = append(sh.rounds, item)
		}
	}
	sh.read = true
	return sh.rounds, nil
}

// pool is what may be drawn for a blueprint: what the bank offers, without what the blueprint leaves out.
func (s *Service) pool(ctx context.Context, contestID, blueprintID int64, spec Spec) (Pool, error) {
	sh, err := s.shelf(ctx, contestID)
	if err != nil {
		return Pool{}, err
	}
	return s.poolOf(ctx, sh, blueprintID, spec)
}

func (s *Service) poolOf(ctx context.Context, sh *shelf, blueprintID int64, spec Spec) (Pool, error) {
	out := map[int64]bool{}
	leave := func(items []int64, err error) error {
		for _, id := range items {
			out[id] = true
		}
		return postgres.Fault(err)
	}
	if spec.Exclude.Papers {
		if err := leave(s.q.ItemsInPapers(ctx, paperdb.ItemsInPapersParams{ContestID: sh.contest.ID, BlueprintID: blueprintID})); err != nil {
			return Pool{}, err
		}
	}
	if spec.Exclude.Rounds && s.uses != nil {
		if err := leave(s.inRounds(ctx, sh)); err != nil {
			return Pool{}, err
		}
	}
	if spec.Exclude.Since != "" && s.uses != nil {
		zone, err := time.LoadLocation(sh.contest.TimeZone)
		if err != nil {
			zone = time.UTC
		}
		since, err := time.ParseInLocation(time.DateOnly, spec.Exclude.Since, zone)
		if err != nil {
			return Pool{}, errSpec.At("exclude.since", "Ngày này không có trong lịch.", "There is no such day.")
		}
		if err := leave(s.uses.UsedSince(ctx, sh.contest.BankID, since)); err != nil {
			return Pool{}, err
		}
	}
	// A pinned item was chosen by hand: it stays in whoever else has used it.
	for _, section := range spec.Sections {
		for _, p := range section.Pinned {
			delete(out, p.Item)
		}
	}
	return NewPool(sh.offers, sh.parents).without(out), nil
}

// Pool is a blueprint and what its papers can be drawn from now.
func (s *Service) Pool(ctx context.Context, contestID, blueprintID int64) (Pool, Blueprint, error) {
	b, err := s.Blueprint(ctx, contestID, blueprintID)
	if err != nil {
		return Pool{}, b, err
	}
	p, err := s.pool(ctx, contestID, blueprintID, b.Spec)
	return p.For(b.Spec), b, err
}

// Check tells how a blueprint, kept or being edited, stands to what the bank offers.
func (s *Service) Check(ctx context.Context, contestID, blueprintID int64, spec Spec) (Feasibility, error) {
	spec = spec.Normalized()
	if err := spec.Validate(); err != nil {
		return Feasibility{}, err
	}
	p, err := s.pool(ctx, contestID, blueprintID, spec)
	if err != nil {
		return Feasibility{}, err
	}
	return spec.Feasible(p), nil
}

// Standings tells of each of a contest's blueprints how it stands to what the bank offers, in their order.
func (s *Service) Standings(ctx context.Context, contestID int64, list []Blueprint) ([]Feasibility, error) {
	if len(list) == 0 {
		return nil, nil
	}
	sh, err := s.shelf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	out := make([]Feasibility, 0, len(list))
	for _, b := range list {
		p, err := s.poolOf(ctx, sh, b.ID, b.Spec)
		if err != nil {
			return nil, err
		}
		out = append(out, b.Spec.Feasible(p))
	}
	return out, nil
}
