package unit

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
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
	}, func(tx pgx.Tx, ids map[int64]int64) error {
		for fresh := int64(-1); ids[fresh] != 0; fresh-- {
			made = append(made, ids[fresh])
		}
		return audit.Append(ctx, tx, 0, "unit."+string(c.Kind), map[string]any{"day": string(c.Day), "ground": CleanName(c.Ground),
			"units": c.Units, "made": made, "changed": len(effects)})
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
	}, func(tx pgx.Tx, _ map[int64]int64) error {
		return audit.Append(ctx, tx, 0, "unit.correct", map[string]any{"unit_id": id, "from": string(from), "name": p.Name})
	})
}

// keep changes the tree in one transaction, one after the other: it writes what differs, and done gets the numbers of
// the new units by those they had before (below zero).
func (s *Service) keep(ctx context.Context, change func(pgx.Tx, *unitdb.Queries, Tree) (Tree, error), done func(pgx.Tx, map[int64]int64) error) error {
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
		return done(tx, ids)
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

// Ensure finds the unit of each name or adds it at the top, within the caller's transaction. Spellings that differ only
// in case, in where the tone stands (hoà, hòa) or in a known abbreviation are the same unit; the spelling that came
// first stays. A former name leads to the unit as it is called now, a unit that has merged to the one that goes on.
func (s *Service) Ensure(ctx context.Context, tx pgx.Tx, names []string) (map[string]Unit, error) {
	q := s.q.WithTx(tx)
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = SameKey(name)
	}
	byKey, err := known(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(keys, func(key string) bool { _, ok := byKey[key]; return !ok }) {
		// Two who miss the same unit must not both add it.
		if err := q.LockTree(ctx, lockClass); err != nil {
			return nil, err
		}
		if byKey, err = known(ctx, q, keys); err != nil {
			return nil, err
		}
	}
	var fresh unitdb.CreateUnitsParams
	for i, name := range names {
		if _, ok := byKey[keys[i]]; ok {
			continue
		}
		clean := CleanName(name)
		if err := CheckName(clean); err != nil {
			return nil, err
		}
		u := Unit{Name: clean, Kind: GuessKind(clean)}
		byKey[keys[i]] = u
		fresh.Names, fresh.Kinds = append(fresh.Names, clean), append(fresh.Kinds, string(u.Kind))
		fresh.SearchKeys, fresh.SameKeys = append(fresh.SearchKeys, SearchKey(clean)), append(fresh.SameKeys, keys[i])
	}
	if err := found(ctx, q, fresh, byKey); err != nil {
		return nil, err
	}
	units := make(map[string]Unit, len(names))
	for i, name := range names {
		units[name] = byKey[keys[i]]
	}
	return units, nil
}

// found founds units at the top, all at once, and tells their ids.
func found(ctx context.Context, q *unitdb.Queries, fresh unitdb.CreateUnitsParams, byKey map[string]Unit) error {
	if len(fresh.Names) == 0 {
		return nil
	}
	made, err := q.CreateUnits(ctx, fresh)
	if err != nil {
		return err
	}
	var rows unitdb.AddPeriodsParams
	for _, row := range made {
		u := byKey[row.SameKey]
		u.ID = row.ID
		byKey[row.SameKey] = u
		addPeriod(&rows, u.ID, Period{From: Always, Name: u.Name, Kind: u.Kind}, 0)
	}
	if err := q.AddPeriods(ctx, rows); err != nil {
		return err
	}
	if err := q.NumberUnits(ctx, rows.UnitIds); err != nil {
		return err
	}
	return q.RaiseTree(ctx)
}

// known finds units by the keys of their names.
func known(ctx context.Context, q *unitdb.Queries, keys []string) (map[string]Unit, error) {
	rows, err := q.UnitsByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	byKey := map[string]Unit{}
	var tree *Tree
	for _, row := range rows {
		if _, ok := byKey[row.Asked]; ok {
			continue
		}
		u := Unit{ID: row.ID, Code: row.Code, Name: row.Name, ShortName: row.ShortName, Kind: Kind(row.Kind), ParentID: row.ParentID, EndedOn: Day(row.EndedOn)}
		if u.EndedOn != "" {
			if tree == nil {
				read, err := readTree(ctx, q)
				if err != nil {
					return nil, err
				}
				tree = &read
			}
			if heir, ok := tree.Heir(u.ID, Today()); ok {
				u = tree.units[heir].unit(Today())
			}
		}
		byKey[row.Asked] = u
	}
	return byKey, nil
}
