package roster

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
	"github.com/hoithi/hoithi/server/unit"
)

// Block is a group of like units that are compared with each other.
type Block struct {
	ID   int64  `json:"id" minimum:"0" doc:"0: a new one"`
	Name string `json:"name" maxLength:"240"`
}

// PlanUnit is what a contest expects of a unit, and how far it is.
type PlanUnit struct {
	unit.Unit
	ParentName string
	Invited    bool
	BlockID    int64 // 0: in none
	Target     int   // chỉ tiêu: how many entries are asked for; -1: none set
	Headcount  int   // confirmed for this contest; -1: not yet
	Counted    int   // members by the newest count of the tree up to the contest's day; -1: never counted
	Entries    int
	Waiting    int // registrations that nobody has decided
}

// Plan is what a contest expects of its units.
type Plan struct {
	Contest contest.Contest
	Day     unit.Day // on which the units are looked at
	Blocks  []Block
	Units   []PlanUnit // in Vietnamese order
}

// PlanChange changes what is expected of one unit.
type PlanChange struct {
	UnitID    int64
	BlockID   int64 // below zero: left as it is; 0: in none
	Target    int   // below -1: left as it is; -1: none
	Headcount int   // below -1: left as it is; -1: not confirmed
}

// Limits of a contest's plan.
const (
	maxBlocks    = 60
	maxTarget    = 1_000_000
	maxHeadcount = 10_000_000
)

var (
	badBlock = fault.New(fault.Invalid, "bad_block",
		"Tên khối cần từ 2 đến 120 ký tự, mỗi khối một tên, nhiều nhất 60 khối. Chưa có gì được lưu.",
		"A block's name needs 2 to 120 characters, each another name, at most 60 blocks. Nothing was saved.")
	badTarget = fault.New(fault.Invalid, "bad_target",
		"Chỉ tiêu và quân số là số từ 0. Chưa có gì được lưu.", "Targets and headcounts are numbers from 0. Nothing was saved.")
	planClosed = fault.New(fault.Conflict, "plan_closed",
		"Kết quả đã chốt nên khối, chỉ tiêu và quân số không đổi được nữa.",
		"The results are final, so blocks, targets and headcounts can no longer change.")
	unitNotInvited = fault.New(fault.Conflict, "unit_not_invited",
		"Có đơn vị không còn trong danh sách của hội thi. Hãy tải lại trang. Chưa có gì được lưu.",
		"One of the units is not in the contest's list any more. Reload the page. Nothing was saved.")
)

// planOpen refuses changes of the plan once results rest on it.
func planOpen(c contest.Contest) error {
	if c.State == contest.Finalized || c.State == contest.Archived {
		return planClosed
	}
	return nil
}

// dayOf is the day on which a contest looks at the units: the day it starts, or today.
func dayOf(c contest.Contest) unit.Day {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.FixedZone("", 7*3600)
	}
	if c.StartsAt != nil {
		return unit.DayOf(c.StartsAt.In(zone))
	}
	return unit.DayOf(time.Now().In(zone))
}

// Plan gives what a contest expects of its units.
func (s *Service) Plan(ctx context.Context, contestID int64) (Plan, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Plan{}, err
	}
	return s.planOf(ctx, s.q, c)
}

func (s *Service) planOf(ctx context.Context, q *rosterdb.Queries, c contest.Contest) (Plan, error) {
	p := Plan{Contest: c, Day: dayOf(c), Blocks: []Block{}}
	blocks, err := q.BlocksOf(ctx, c.ID)
	if err != nil {
		return p, postgres.Fault(err)
	}
	for _, b := range blocks {
		p.Blocks = append(p.Blocks, Block{ID: b.ID, Name: b.Name})
	}
	rows, err := q.PlanUnits(ctx, c.ID)
	if err != nil {
		return p, postgres.Fault(err)
	}
	counts, err := s.units.CountsAt(ctx, p.Day)
	if err != nil {
		return p, err
	}
	p.Units = make([]PlanUnit, len(rows))
	for i, r := range rows {
		p.Units[i] = PlanUnit{Unit: unit.Unit{ID: r.UnitID, Code: r.Code, Name: r.Name, ShortName: r.ShortName, Kind: unit.Kind(r.Kind), ParentID: r.ParentID},
			ParentName: r.ParentName, Invited: r.Invited, BlockID: r.BlockID, Target: int(r.Target), Headcount: int(r.Headcount), Counted: -1,
			Entries: int(r.Entries), Waiting: int(r.Waiting)}
		if n, ok := counts[r.UnitID]; ok {
			p.Units[i].Counted = n.Members
		}
	}
	unit.SortBy(p.Units, func(u PlanUnit) string { return u.Name })
	return p, nil
}

// CopyPlan brings the units, blocks and targets of a contest into its copy. A rehearsal needs none of them.
func (s *Service) CopyPlan(ctx context.Context, tx pgx.Tx, from, made contest.Contest) error {
	if made.RehearsalOf != 0 {
		return nil
	}
	q := s.q.WithTx(tx)
	if err := q.CopyBlocks(ctx, rosterdb.CopyBlocksParams{Made: made.ID, ContestID: from.ID}); err != nil {
		return postgres.Fault(err)
	}
	return postgres.Fault(q.CopyPlan(ctx, rosterdb.CopyPlanParams{Made: made.ID, ContestID: from.ID}))
}

// SaveBlocks keeps the blocks of a contest in their order. One that is left out ends; its units then are in none.
func (s *Service) SaveBlocks(ctx context.Context, contestID int64, blocks []Block) error {
	if len(blocks) > maxBlocks {
		return badBlock
	}
	seen := map[string]bool{}
	blocks = slices.Clone(blocks)
	for i := range blocks {
		b := &blocks[i]
		b.Name = unit.CleanName(b.Name)
		key := unit.WordsKey(b.Name)
		if n := len([]rune(b.Name)); n < 2 || n > 120 || seen[key] {
			return badBlock
		}
		seen[key] = true
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := planOpen(c); err != nil {
			return err
		}
		kept := []int64{}
		for _, b := range blocks {
			if b.ID != 0 {
				kept = append(kept, b.ID)
			}
		}
		if err := q.DropBlocks(ctx, rosterdb.DropBlocksParams{ContestID: contestID, Kept: kept}); err != nil {
			return err
		}
		names := make([]string, len(blocks))
		for i, b := range blocks {
			names[i] = b.Name
			if b.ID == 0 {
				if _, err := q.AddBlock(ctx, rosterdb.AddBlockParams{ContestID: contestID, Name: b.Name, Position: int32(i)}); err != nil {
					return err
				}
				continue
			}
			n, err := q.ChangeBlock(ctx, rosterdb.ChangeBlockParams{ID: b.ID, ContestID: contestID, Name: b.Name, Position: int32(i)})
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.NothingHere
			}
		}
		return record(ctx, tx, contestID, "save_blocks", map[string]any{"blocks": names})
	})
}

// SetPlan changes what is expected of units, all or none.
func (s *Service) SetPlan(ctx context.Context, contestID int64, changes []PlanChange) error {
	if len(changes) > maxUnits {
		return tooManyUnits
	}
	for _, x := range changes {
		if x.Target > maxTarget || x.Headcount > maxHeadcount {
			return badTarget
		}
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := planOpen(c); err != nil {
			return err
		}
		if err := setPlan(ctx, q, contestID, changes); err != nil {
			return err
		}
		if err := record(ctx, tx, contestID, "set_targets", planPayload(changes)); err != nil {
			return err
		}
		_, err := s.fillPlaces(ctx, tx, q, c) // a target may bound its unit: raised, it makes places
		return err
	})
}

// planPayload records what was changed, unit by unit.
func planPayload(changes []PlanChange) map[string]any {
	rows := make([][4]int64, len(changes))
	for i, x := range changes {
		rows[i] = [4]int64{x.UnitID, x.BlockID, int64(x.Target), int64(x.Headcount)}
	}
	return map[string]any{"units": len(changes), "rows": rows}
}

func setPlan(ctx context.Context, q *rosterdb.Queries, contestID int64, changes []PlanChange) error {
	p := rosterdb.SetPlanParams{ContestID: contestID}
	seen := map[int64]bool{}
	for _, x := range changes {
		if seen[x.UnitID] {
			return badTarget
		}
		seen[x.UnitID] = true
		p.UnitIds = append(p.UnitIds, x.UnitID)
		p.BlockIds = append(p.BlockIds, x.BlockID)
		p.Targets = append(p.Targets, int32(x.Target))
		p.Headcounts = append(p.Headcounts, int32(x.Headcount))
	}
	n, err := q.SetPlan(ctx, p)
	if postgres.IsForeignKeyViolation(err) {
		return badBlock
	}
	if err == nil && int(n) != len(changes) {
		return unitNotInvited
	}
	return err
}

// InviteBelow invites the units that stand below one on the contest's day: those right below it, or all, of some kinds
// or of any. It tells how many were added.
func (s *Service) InviteBelow(ctx context.Context, contestID, unitID int64, all bool, kinds []unit.Kind) (int, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return 0, err
	}
	added := 0
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		view := tree.At(dayOf(c))
		if _, ok := view.Unit(unitID); !ok && unitID != 0 {
			return fault.NothingHere
		}
		var ids []int64
		below := view.Below(unitID)
		if !all {
			below = nil
			for _, u := range view.Children(unitID) {
				below = append(below, u.ID)
			}
		}
		for _, id := range below {
			if u, _ := view.Unit(id); len(kinds) == 0 || slices.Contains(kinds, u.Kind) {
				ids = append(ids, id)
			}
		}
		before, err := q.CountInvited(ctx, contestID)
		if err != nil {
			return err
		}
		after, err := invite(ctx, q, contestID, ids)
		if err != nil {
			return err
		}
		if added = int(after - before); added == 0 {
			return nil
		}
		return record(ctx, tx, contestID, "invite_below", map[string]any{"unit_id": unitID, "all": all, "kinds": kinds, "added": added})
	})
	return added, err
}

// InviteByID invites units of the tree.
func (s *Service) InviteByID(ctx context.Context, contestID int64, ids []int64) error {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := tree.Unit(id); !ok {
			return fault.NothingHere
		}
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := changeable(c); err != nil {
			return err
		}
		if _, err := invite(ctx, q, contestID, ids); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "invite_units", map[string]any{"units": len(ids)})
	})
}

// DismissUnits takes units off the contest's list with what was expected of them; their entries stay.
func (s *Service) DismissUnits(ctx context.Context, contestID int64, ids []int64) (int, error) {
	gone := 0
	err := s.change(ctx, contestID, func(tx pgx.Tx, q *rosterdb.Queries, c contest.Contest) error {
		if err := planOpen(c); err != nil {
			return err
		}
		n, err := q.DismissUnits(ctx, rosterdb.DismissUnitsParams{ContestID: contestID, UnitIds: ids})
		if gone = int(n); err != nil || n == 0 {
			return err
		}
		return record(ctx, tx, contestID, "dismiss_units", map[string]any{"unit_ids": ids})
	})
	return gone, err
}

// UnitPaths are the names above each unit of a contest's entries on the contest's day, from the top down.
func (s *Service) UnitPaths(ctx context.Context, contestID int64) (map[int64][]string, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return nil, err
	}
	units, err := s.unitsOf(ctx, contestID)
	if err != nil {
		return nil, err
	}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, err
	}
	view := tree.At(dayOf(c))
	paths := make(map[int64][]string, len(units))
	for _, u := range units {
		path := view.Path(u.ID)
		for _, above := range path[:max(len(path)-1, 0)] {
			paths[u.ID] = append(paths[u.ID], above.Name)
		}
	}
	return paths, nil
}
