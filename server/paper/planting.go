package paper

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/paper/paperdb"
)

// Plant makes the first blueprint of a round, in the transaction that makes the round.
func (s *Service) Plant(ctx context.Context, tx pgx.Tx, contestID int64, b Blueprint) (int64, error) {
	b.Spec = b.Spec.Normalized()
	if err := b.Spec.Validate(); err != nil {
		return 0, err
	}
	q := s.q.WithTx(tx)
	n, err := q.CountBlueprints(ctx, contestID)
	if err != nil {
		return 0, err
	}
	if n >= MaxBlueprints {
		return 0, errTooMany
	}
	id, err := q.CreateBlueprint(ctx, paperdb.CreateBlueprintParams{ContestID: contestID, RoundID: round(b.RoundID), Name: b.Name,
		Spec: encode(b.Spec), UpdatedAt: s.now(), UpdatedBy: account.From(ctx).Name})
	if err != nil {
		return 0, err
	}
	return id, audit.Append(ctx, tx, contestID, "paper.create_blueprint", map[string]any{"blueprint": id, "name": b.Name})
}

// BlueprintIDs lists the blueprints of a contest within a transaction, in the order in which they were made; a copy of the
// contest has its own in the same order.
func (s *Service) BlueprintIDs(ctx context.Context, tx pgx.Tx, contestID int64) ([]int64, error) {
	rows, err := s.q.WithTx(tx).Blueprints(ctx, contestID)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, nil
}

// Try draws a paper that is not kept, from what the bank offers now, and shows it as contestants would see it: without the
// key.
func (s *Service) Try(ctx context.Context, contestID, blueprintID int64) ([]PartView, error) {
	b, err := s.Blueprint(ctx, contestID, blueprintID)
	if err != nil {
		return nil, err
	}
	p, err := s.pool(ctx, contestID, b.ID, b.Spec)
	if err != nil {
		return nil, err
	}
	variants, err := b.Spec.Make(p, Ask{Seed: NewSeed(), Mode: OtherItems, Codes: []string{"1"}}, s.contents(ctx, contestID))
	if err != nil {
		return nil, err
	}
	texts, err := s.texts(ctx, contestID, variants...)
	if err != nil {
		return nil, err
	}
	return partViews(variants[0], texts), nil
}
