package app

import (
	"context"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/unit"
)

// demoUnits imports the demo's tree of units. One that is there already stays as it has become.
func (a *App) demoUnits(ctx context.Context) error {
	hits, _, err := a.Units.Search(ctx, unit.Query{Words: "LG-CQ", Ended: true, Most: 1})
	if err != nil || len(hits) > 0 {
		return err
	}
	tree, counts := demo.Units(true)
	data, err := unit.Workbook(tree, counts, "vi")
	if err != nil {
		return err
	}
	_, err = a.Units.Import(ctx, data)
	return err
}

// demoPlan puts the teams' units into blocks, asks each for one team and confirms its headcount by the tree.
func (a *App) demoPlan(ctx context.Context, c contest.Contest, entries []roster.Entry) error {
	if err := a.Roster.SaveBlocks(ctx, c.ID, []roster.Block{{Name: "Khối xã, phường"}, {Name: "Khối cơ quan, lực lượng vũ trang, trường học"}}); err != nil {
		return err
	}
	plan, err := a.Roster.Plan(ctx, c.ID)
	if err != nil {
		return err
	}
	changes := make([]roster.PlanChange, 0, len(entries))
	for _, u := range plan.Units {
		block := plan.Blocks[1].ID
		if u.Kind == unit.KindCommune {
			block = plan.Blocks[0].ID
		}
		changes = append(changes, roster.PlanChange{UnitID: u.ID, BlockID: block, Target: 1, Headcount: u.Counted})
	}
	return a.Roster.SetPlan(ctx, c.ID, changes)
}
