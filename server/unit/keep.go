package unit

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/unit/unitdb"
)

// lockClass parts the advisory lock of the tree from those of other rooms.
const lockClass = 0x554e4954 // "UNIT"

var codeTaken = fault.New(fault.Conflict, "unit_code_taken",
	"Mã đơn vị này đã có đơn vị khác dùng. Hãy chọn mã khác. Chưa có gì được lưu.",
	"Another unit has this code. Choose another one. Nothing was saved.")

// Change changes the tree from a day on and records it. It tells what has become different.
func (s *Service) Change(ctx context.Context, c Change) ([]Effect, []int64, error) {
	var effects []Effect
	var made []int64
	err := s.keep(ctx, func(_ pgx.Tx, _ *unitdb.Queries, old Tree) (Tree, error) {
		next, err := old.Apply(c)
		effects = Effects(old, next, c.Day)
		return next, err
	}, func(tx pgx.Tx, k kept) error {
		made = nil
		for fresh := int64(-1); k.ids[fresh] != 0; fresh-- {
			made = append(made, k.ids[fresh])
		}
		act := Act{Kind: ActKind(c.Kind), Day: c.Day, Ground: CleanName(c.Ground)}
		act.Names, act.LeadsTo = c.words(k.old, k.now, made)
		return s.note(ctx, tx, k, act, nil, map[string]any{"day": string(c.Day), "ground": act.Ground, "units": c.Units, "made": made,
			"changed": len(effects)})
	})
	return effects, made, err
}

// Foresee tells what a change would make different, without making it.
func (s *Service) Foresee(ctx context.Context, c Change) ([]Effect, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	next, err := tree.Apply(c)
	if err != nil {
		return nil, err
	}
	return Effects(tree, next, c.Day), nil
}

var noSuchPeriod = fault.New(fault.NotFound, "no_such_period",
	"Giai đoạn này của đơn vị không còn. Hãy tải lại trang.", "This period of the unit does not exist any more. Reload the page.")

// Correct mends what was written wrongly about a period of a unit (a slip of the pen): it is no event.
func (s *Service) Correct(ctx context.Context, id int64, from Day, p Part, ground string) error {
	p, err := CheckPart(p, "unit")
	if err != nil {
		return err
	}
	if ground = CleanName(ground); len([]rune(ground)) > 300 {
		return badGround.At("ground", badGround.Vi, badGround.En)
	}
	return s.keep(ctx, func(_ pgx.Tx, _ *unitdb.Queries, old Tree) (Tree, error) {
		next := old.copied()
		h := next.units[id]
		i := slices.IndexFunc(h.Periods, func(x Period) bool { return x.From == from })
		if i < 0 {
			return old, noSuchPeriod
		}
		h.Periods = slices.Clone(h.Periods)
		h.Periods[i].Name, h.Periods[i].ShortName, h.Periods[i].Kind, h.Periods[i].Ground = p.Name, p.ShortName, p.Kind, ground
		if p.Code != "" {
			h.Code = p.Code
		}
		next.units[id] = h
		return next, next.refused()
	}, func(tx pgx.Tx, k kept) error {
		act := Act{Kind: ActCorrect, Day: from, Ground: ground, Names: []string{k.old.units[id].Near(from).Name}, LeadsTo: []string{p.Name}}
		return s.note(ctx, tx, k, act, nil, map[string]any{"unit_id": id, "from": string(from), "name": p.Name})
	})
}

// kept is a change that has been written.
type kept struct {
	ids      map[int64]int64 // the numbers of the new units by those they had before (below zero)
	old, now Tree            // as they were and are stored
}

// keep changes the tree in one transaction, one after the other: it writes what differs.
func (s *Service) keep(ctx context.Context, change func(pgx.Tx, *unitdb.Queries, Tree) (Tree, error), done func(pgx.Tx, kept) error) error {
	err := postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockTree(ctx, lockClass); err != nil {
			return err
		}
		old, err := readTree(ctx, q)
		if err != nil {
			return err
		}
		next, err := change(tx, q, old)
		if err != nil {
			return err
		}
		ids, err := write(ctx, q, old, next)
		if err != nil {
			return err
		}
		now, err := readTree(ctx, q) // with the codes that the database has given
		if err != nil {
			return err
		}
		return done(tx, kept{ids, old, now})
	})
	if postgres.IsUniqueViolation(err) {
		return codeTaken
	}
	return postgres.Fault(err)
}

// write brings the stored tree from old to next.
func write(ctx context.Context, q *unitdb.Queries, old, next Tree) (map[int64]int64, error) {
	ids := map[int64]int64{}
	var fresh, touched []int64
	for _, id := range next.IDs() {
		h := next.units[id]
		if id < 0 {
			fresh = append(fresh, id)
		} else if was := old.units[id]; was.Code != h.Code || !slices.Equal(was.Periods, h.Periods) {
			touched = append(touched, id)
		}
	}
	slices.Reverse(fresh) // in the order in which the change names them
	today := Today()
	for _, id := range fresh {
		h := next.units[id]
		u := h.unit(today)
		made, err := q.CreateUnit(ctx, unitdb.CreateUnitParams{Code: h.Code, Name: u.Name, ShortName: u.ShortName, Kind: string(u.Kind),
			SearchKey: SearchKey(u.Name), SameKey: SameKey(u.Name)})
		if err != nil {
			return nil, err
		}
		ids[id] = made
	}
	real := func(id int64) int64 {
		if id < 0 {
			return ids[id]
		}
		return id
	}
	for _, id := range append(touched, fresh...) {
		h := next.units[id]
		u := h.unit(today)
		err := q.SetPresent(ctx, unitdb.SetPresentParams{ID: real(id), Code: h.Code, Name: u.Name, ShortName: u.ShortName, Kind: string(u.Kind),
			ParentID: real(u.ParentID), EndedOn: string(u.EndedOn), SearchKey: SearchKey(u.Name), SameKey: SameKey(u.Name)})
		if err != nil {
			return nil, err
		}
	}
	if len(fresh) > 0 {
		made := make([]int64, 0, len(ids))
		for _, id := range ids {
			made = append(made, id)
		}
		if err := q.NumberUnits(ctx, made); err != nil {
			return nil, err
		}
	}
	if err := q.ClearPeriods(ctx, touched); err != nil {
		return nil, err
	}
	var rows unitdb.AddPeriodsParams
	for _, id := range append(touched, fresh...) {
		for _, p := range next.units[id].Periods {
			addPeriod(&rows, real(id), p, real(p.ParentID))
		}
	}
	if err := q.AddPeriods(ctx, rows); err != nil {
		return nil, err
	}
	var links unitdb.AddSuccessorsParams
	for _, l := range next.successors {
		if !slices.Contains(old.successors, l) {
			links.UnitIds = append(links.UnitIds, real(l.UnitID))
			links.SuccessorIds = append(links.SuccessorIds, real(l.SuccessorID))
			links.Sinces = append(links.Sinces, string(l.Since))
		}
	}
	if err := q.AddSuccessors(ctx, links); err != nil {
		return nil, err
	}
	return ids, q.RaiseTree(ctx)
}

func addPeriod(rows *unitdb.AddPeriodsParams, id int64, p Period, parent int64) {
	rows.UnitIds = append(rows.UnitIds, id)
	rows.Froms = append(rows.Froms, string(p.From))
	rows.Tos = append(rows.Tos, string(p.To))
	rows.Names = append(rows.Names, p.Name)
	rows.ShortNames = append(rows.ShortNames, p.ShortName)
	rows.Kinds = append(rows.Kinds, string(p.Kind))
	rows.ParentIds = append(rows.ParentIds, parent)
	rows.SameKeys = append(rows.SameKeys, SameKey(p.Name))
	rows.Grounds = append(rows.Grounds, p.Ground)
	rows.EndGrounds = append(rows.EndGrounds, p.EndGround)
}

// Settle brings the present state of every unit to today: a change that was recorded ahead takes effect on its day.
// It tells how many units have become different.
func (s *Service) Settle(ctx context.Context) (int, error) {
	changed := 0
	err := postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockTree(ctx, lockClass); err != nil {
			return err
		}
		tree, err := readTree(ctx, q)
		if err != nil {
			return err
		}
		rows, err := q.AllUnits(ctx)
		if err != nil {
			return err
		}
		changed = 0
		today := Today()
		for _, row := range rows {
			h := tree.units[row.ID]
			if len(h.Periods) == 0 {
				continue
			}
			u := h.unit(today)
			if row.Name == u.Name && row.ShortName == u.ShortName && row.Kind == string(u.Kind) && row.ParentID == u.ParentID &&
				row.EndedOn == string(u.EndedOn) {
				continue
			}
			changed++
			err := q.SetPresent(ctx, unitdb.SetPresentParams{ID: u.ID, Code: u.Code, Name: u.Name, ShortName: u.ShortName, Kind: string(u.Kind),
				ParentID: u.ParentID, EndedOn: string(u.EndedOn), SearchKey: SearchKey(u.Name), SameKey: SameKey(u.Name)})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return changed, postgres.Fault(err)
}
