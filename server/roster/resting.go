package roster

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Resting says what of the contests rests on an act on the tree of units that is to be taken back. Units that would be no
// more hold whoever belongs to them; a unit that took over others holds those who have come since, because nobody can tell
// which of the former units is theirs.
func (s *Service) Resting(ctx context.Context, tx pgx.Tx, t unit.Taken) ([]unit.Rest, error) {
	q := s.q.WithTx(tx)
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	names := tree.At(unit.Today())
	var rests []unit.Rest
	rest := func(kind unit.RestKind, blocks bool, id int64, contest string, count int64) {
		u, _ := names.Unit(id)
		rests = append(rests, unit.Rest{Kind: kind, Blocks: blocks, Unit: u.Name, Contest: contest, Count: int(count)})
	}
	entries, err := q.EntriesResting(ctx, rosterdb.EntriesRestingParams{Made: t.Made, Shared: t.Shared, Since: t.Since})
	if err != nil {
		return nil, err
	}
	for _, r := range entries {
		rest(unit.RestEntries, true, r.UnitID, r.Contest, r.Many)
	}
	registrations, err := q.RegistrationsResting(ctx, rosterdb.RegistrationsRestingParams{Made: t.Made, Shared: t.Shared, Since: t.Since})
	if err != nil {
		return nil, err
	}
	for _, r := range registrations {
		rest(unit.RestRegistrations, true, r.UnitID, r.Contest, r.Many)
	}
	invitations, err := q.InvitationsResting(ctx, rosterdb.InvitationsRestingParams{Made: t.Made, Shared: t.Shared})
	if err != nil {
		return nil, err
	}
	for _, r := range invitations {
		if slices.Contains(t.Made, r.UnitID) {
			rest(unit.RestInvited, true, r.UnitID, r.Contest, 0)
		} else {
			rest(unit.RestTargets, false, r.UnitID, r.Contest, 0)
		}
	}
	leaders, err := q.LeadersResting(ctx, t.Made)
	if err != nil {
		return nil, err
	}
	for _, r := range leaders {
		rest(unit.RestLeaders, true, r.UnitID, r.Contest, r.Many)
	}
	named, err := namedInTerms(ctx, q, t.Made)
	if err != nil {
		return nil, err
	}
	for _, n := range named {
		rest(unit.RestRules, true, n.unitID, n.contest, 0)
	}
	results, err := q.ResultsResting(ctx, t.Units)
	if err != nil {
		return nil, err
	}
	for _, contest := range results {
		rest(unit.RestResults, false, 0, contest, 0)
	}
	return rests, nil
}

type namedUnit struct {
	unitID  int64
	contest string
}

// namedInTerms finds units that rules of registration name.
func namedInTerms(ctx context.Context, q *rosterdb.Queries, ids []int64) ([]namedUnit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.AllTerms(ctx)
	if err != nil {
		return nil, err
	}
	var out []namedUnit
	for _, row := range rows {
		var t Terms
		if err := json.Unmarshal(row.Terms, &t); err != nil {
			return nil, err
		}
		for _, id := range ids {
			quota := slices.ContainsFunc(t.Quotas.Units, func(u UnitQuota) bool { return u.UnitID == id })
			if quota || slices.Contains(t.Eligibility.Under, id) {
				out = append(out, namedUnit{id, row.Contest})
			}
		}
	}
	return out, nil
}
