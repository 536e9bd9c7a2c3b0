package exam

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
)

// Copy gives a new round the settings and the periods of another one (contest.RoundKind), without what names divisions,
// blueprints and days: CopyContest brings those over once they are copied too.
func (s *Service) Copy(ctx context.Context, tx pgx.Tx, from, to contest.Round) error {
	q := s.q.WithTx(tx)
	row, err := q.SetupRow(ctx, from.ID)
	if err != nil {
		return err
	}
	settings, err := decodeSettings(row.Settings)
	if err != nil {
		return err
	}
	settings.Sources, settings.Divisions = nil, nil
	b, err := encodeSettings(settings)
	if err != nil {
		return err
	}
	if err := q.SetupCreate(ctx, examdb.SetupCreateParams{RoundID: to.ID, Settings: b}); err != nil {
		return err
	}
	periods, err := q.SetupPeriods(ctx, from.ID)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if _, err := q.SetupAddPeriod(ctx, examdb.SetupAddPeriodParams{RoundID: to.ID, Position: p.Position, Name: p.Name}); err != nil {
			return err
		}
	}
	return nil
}

// CopyContest brings over what the exam rounds of a copied contest say of its divisions, blueprints and days. Windows keep
// their distance to the contest's beginning; where one of the contests has none, they stay empty for the organizer to say.
func (s *Service) CopyContest(ctx context.Context, tx pgx.Tx, from, made contest.Contest) error {
	old, err := s.papers.BlueprintIDs(ctx, tx, from.ID)
	if err != nil {
		return err
	}
	fresh, err := s.papers.BlueprintIDs(ctx, tx, made.ID)
	if err != nil {
		return err
	}
	blueprints, divisions := map[int64]int64{}, map[int64]int64{0: 0}
	for i := range min(len(old), len(fresh)) {
		blueprints[old[i]] = fresh[i]
	}
	for _, d := range from.Divisions {
		for _, n := range made.Divisions {
			if n.Position == d.Position {
				divisions[d.ID] = n.ID
			}
		}
	}
	var shiftUs int64
	if from.StartsAt != nil && made.StartsAt != nil {
		shiftUs = made.StartsAt.Sub(*from.StartsAt).Microseconds()
	}
	for _, r := range from.Rounds {
		for _, n := range made.Rounds {
			if r.Kind != contest.Exam || n.Position != r.Position {
				continue
			}
			if err := s.bringOver(ctx, s.q.WithTx(tx), r.ID, n.ID, blueprints, divisions, shiftUs); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) bringOver(ctx context.Context, q *examdb.Queries, from, to int64, blueprints, divisions map[int64]int64, shiftUs int64) error {
	row, err := q.SetupRow(ctx, from)
	if err != nil {
		return err
	}
	settings, err := decodeSettings(row.Settings)
	if err != nil {
		return err
	}
	was, err := q.SetupPeriods(ctx, from)
	if err != nil {
		return err
	}
	now, err := q.SetupPeriods(ctx, to)
	if err != nil {
		return err
	}
	periods := map[int64]int64{0: 0}
	for i := range min(len(was), len(now)) {
		periods[was[i].ID] = now[i].ID
	}
	settings = settings.renamed(periods, divisions, blueprints)
	b, err := encodeSettings(settings)
	if err != nil {
		return err
	}
	if err := q.SetupSettings(ctx, examdb.SetupSettingsParams{RoundID: to, Settings: b}); err != nil {
		return err
	}
	if shiftUs == 0 {
		return nil
	}
	windows, err := q.SetupWindows(ctx, from)
	if err != nil {
		return err
	}
	for _, w := range windows {
		division, ok := divisions[w.DivisionID]
		if !ok || periods[w.PeriodID] == 0 {
			continue
		}
		if err := q.SetupAddWindow(ctx, examdb.SetupAddWindowParams{PeriodID: periods[w.PeriodID], DivisionID: division, OpensUs: w.OpensUs + shiftUs, ClosesUs: w.ClosesUs + shiftUs}); err != nil {
			return err
		}
	}
	return nil
}

// renamed names the periods, divisions and blueprints of a copy in the place of the original's; what has none is left out.
func (s Settings) renamed(periods, divisions, blueprints map[int64]int64) Settings {
	out := s
	out.Sources, out.Divisions = []Source{}, []Division{}
	for _, x := range s.Sources {
		period, p := periods[x.PeriodID]
		division, d := divisions[x.DivisionID]
		blueprint, b := blueprints[x.BlueprintID]
		if p && d && b {
			out.Sources = append(out.Sources, Source{PeriodID: period, DivisionID: division, BlueprintID: blueprint})
		}
	}
	for _, x := range s.Divisions {
		if division, ok := divisions[x.DivisionID]; ok {
			out.Divisions = append(out.Divisions, Division{DivisionID: division, DurationS: x.DurationS})
		}
	}
	return out
}
