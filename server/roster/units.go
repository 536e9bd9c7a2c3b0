package roster

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

func (s *Service) unitsOf(ctx context.Context, contestID int64) ([]UnitCount, error) {
	rows, err := s.q.UnitsOf(ctx, contestID)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	units := make([]UnitCount, len(rows))
	for i, r := range rows {
		units[i] = UnitCount{ID: r.ID, Name: r.Name, Entries: int(r.Entries), Invited: r.Invited}
	}
	unit.SortBy(units, func(u UnitCount) string { return u.Name })
	return units, nil
}

// maxUnits is how many units one contest can invite.
const maxUnits = 2_000

var tooManyUnits = fault.New(fault.Invalid, "too_many_units",
	"Một hội thi mời được tối đa 2.000 đơn vị. Chưa có gì được lưu.", "A contest can invite at most 2,000 units. Nothing was saved.")

// InviteUnits adds units by name to the list that the registration form offers; known ones are found again.
func (s *Service) InviteUnits(ctx context.Context, contestID int64, names []string) error {
	clean := make([]string, 0, len(names))
	for _, name := range names {
		if name = unit.CleanName(name); name == "" {
			continue
		}
		if err := unit.CheckName(name); err != nil {
			return err
		}
		clean = append(clean, name)
	}
	if len(clean) > maxUnits {
		return tooManyUnits
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		found, err := s.units.Ensure(ctx, tx, clean)
		if err != nil {
			return err
		}
		ids := make([]int64, 0, len(found))
		for _, u := range found {
			ids = append(ids, u.ID)
		}
		if _, err := invite(ctx, q, contestID, ids); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "invite_units", map[string]any{"units": len(ids)})
	})
}

// invite puts units of the tree on the contest's list and tells how many stand there.
func invite(ctx context.Context, q *rosterdb.Queries, contestID int64, ids []int64) (int64, error) {
	if err := q.InviteUnits(ctx, rosterdb.InviteUnitsParams{ContestID: contestID, UnitIds: ids}); err != nil {
		return 0, err
	}
	n, err := q.CountInvited(ctx, contestID)
	if err == nil && n > maxUnits {
		err = tooManyUnits
	}
	return n, err
}
