package unit

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/unit/unitdb"
)

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
