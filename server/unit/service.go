package unit

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/unit/unitdb"
)

// Service finds and adds units.
type Service struct {
	q *unitdb.Queries
}

// New opens the room.
func New(db unitdb.DBTX) *Service { return &Service{q: unitdb.New(db)} }

// Get finds one unit.
func (s *Service) Get(ctx context.Context, id int64) (Unit, error) {
	row, err := s.q.UnitByID(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Unit{}, fault.NothingHere
	}
	if err != nil {
		return Unit{}, err
	}
	return fromRow(row), nil
}

// Search finds units by a part of their name, without regard to marks and case.
func (s *Service) Search(ctx context.Context, words string, most int) ([]Unit, error) {
	rows, err := s.q.SearchUnits(ctx, unitdb.SearchUnitsParams{Needle: SearchKey(words), Most: int32(min(max(most, 1), 100))})
	if err != nil {
		return nil, err
	}
	units := make([]Unit, len(rows))
	for i, row := range rows {
		units[i] = fromRow(row)
	}
	return units, nil
}

// Ensure finds the top-level unit of each name or adds it, within the caller's transaction. Spellings that differ
// only in case, in where the tone stands (hoà, hòa) or in a known abbreviation are the same unit; the spelling that came first stays.
func (s *Service) Ensure(ctx context.Context, tx pgx.Tx, names []string) (map[string]Unit, error) {
	q := s.q.WithTx(tx)
	keys := make([]string, 0, len(names))
	byKey := map[string]Unit{}
	for _, name := range names {
		keys = append(keys, SameKey(name))
	}
	rows, err := q.UnitsByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if _, ok := byKey[row.SameKey]; !ok {
			byKey[row.SameKey] = fromRow(row)
		}
	}
	found := make(map[string]Unit, len(names))
	for i, name := range names {
		unit, ok := byKey[keys[i]]
		if !ok {
			clean := CleanName(name)
			if err := CheckName(clean); err != nil {
				return nil, err
			}
			row, err := q.CreateUnit(ctx, unitdb.CreateUnitParams{Name: clean, Kind: string(GuessKind(clean)), SearchKey: SearchKey(clean), SameKey: keys[i]})
			if err != nil {
				return nil, err
			}
			unit = fromRow(row)
			byKey[keys[i]] = unit
		}
		found[name] = unit
	}
	return found, nil
}

func fromRow(row unitdb.Unit) Unit {
	u := Unit{ID: row.ID, Name: row.Name, ShortName: row.ShortName, Kind: Kind(row.Kind)}
	if row.ParentID != nil {
		u.ParentID = *row.ParentID
	}
	return u
}
