package contest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest/contestdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// AddRound puts a new round at the end.
func (s *Service) AddRound(ctx context.Context, contestID int64, spec RoundSpec) (Contest, error) {
	return s.change(ctx, contestID, "add_round", map[string]any{"name": spec.Name, "kind": spec.Kind}, func(tx pgx.Tx, c Contest) error {
		if len(c.Rounds) >= maxRounds {
			return tooMany
		}
		last := 0
		for _, r := range c.Rounds {
			last = max(last, r.Position)
		}
		if slices.ContainsFunc(c.Rounds, Round.Cuts) {
			spec.Intake.Who = WhoSame // behind a cut nobody enters by default who is out
		}
		if _, err := s.addRound(ctx, tx, contestID, last+1, spec); err != nil {
			return err
		}
		return s.settlePlan(ctx, tx, contestID)
	})
}

// UpdateRound changes a round's name, time and weight.
func (s *Service) UpdateRound(ctx context.Context, contestID, roundID int64, name string, startsAt *time.Time, weight int) (Contest, error) {
	name = clean(name)
	if n := len([]rune(name)); n < 2 || n > 80 {
		return Contest{}, badRound.At("name", "Tên vòng thi cần từ 2 đến 80 ký tự.", "A round's name needs 2 to 80 characters.")
	}
	if weight < 0 || weight > 100000 {
		return Contest{}, badRound.At("weight", "Trọng số từ 0 đến 1000 %.", "A weight is 0 to 1000 %.")
	}
	payload := map[string]any{"round": roundID, "name": name, "weight": weight}
	return s.change(ctx, contestID, "update_round", payload, func(tx pgx.Tx, c Contest) error {
		r, ok := c.Round(roundID)
		if !ok {
			return fault.NothingHere
		}
		_, err := s.q.WithTx(tx).UpdateRound(ctx, contestdb.UpdateRoundParams{ID: roundID, ContestID: contestID, Name: name,
			Position: int32(r.Position), StartsAt: startsAt, Weight: int32(weight)})
		return err
	})
}

// OrderRounds sets the order of the rounds; tie-breakers that name a round follow it.
func (s *Service) OrderRounds(ctx context.Context, contestID int64, ids []int64) (Contest, error) {
	return s.change(ctx, contestID, "order_rounds", ids, func(tx pgx.Tx, c Contest) error {
		if len(ids) != len(c.Rounds) {
			return movedOn
		}
		if err := s.keepsFilled(ctx, s.q.WithTx(tx), c, ids); err != nil {
			return err
		}
		moved := map[int]int{}
		for i, id := range ids {
			r, ok := c.Round(id)
			if !ok {
				return movedOn
			}
			moved[r.Position] = i + 1
			if _, err := s.q.WithTx(tx).UpdateRound(ctx, contestdb.UpdateRoundParams{ID: id, ContestID: contestID, Name: r.Name,
				Position: int32(i + 1), StartsAt: r.StartsAt, Weight: int32(r.Weight)}); err != nil {
				return err
			}
		}
		if len(moved) != len(ids) {
			return movedOn
		}
		if err := s.renameTies(ctx, tx, c, func(position int) int { return moved[position] }); err != nil {
			return err
		}
		return s.settlePlan(ctx, tx, contestID)
	})
}

// RemoveRound takes out a round that has not started; tie-breakers that name it go with it.
func (s *Service) RemoveRound(ctx context.Context, contestID, roundID int64) (Contest, error) {
	payload := map[string]any{"round": roundID}
	return s.change(ctx, contestID, "remove_round", payload, func(tx pgx.Tx, c Contest) error {
		r, ok := c.Round(roundID)
		if !ok {
			return fault.NothingHere
		}
		payload["name"] = r.Name
		filled, err := s.q.WithTx(tx).FilledRounds(ctx, contestID)
		if err != nil {
			return err
		}
		if slices.Contains(filled, roundID) {
			return filledAlready.With("round", r.Name)
		}
		n, err := s.q.WithTx(tx).DeleteRound(ctx, contestdb.DeleteRoundParams{ID: roundID, ContestID: contestID})
		if err != nil && !postgres.IsForeignKeyViolation(err) {
			return err
		}
		if n == 0 || err != nil {
			return inUse
		}
		if err := s.renameTies(ctx, tx, c, func(position int) int {
			if position == r.Position {
				return 0
			}
			return position
		}); err != nil {
			return err
		}
		return s.settlePlan(ctx, tx, contestID)
	})
}

func (s *Service) renameTies(ctx context.Context, tx pgx.Tx, c Contest, to func(int) int) error {
	ties := []string{}
	for _, t := range c.TieBreakers {
		if !strings.HasPrefix(t, tieRound) {
			ties = append(ties, t)
		} else if p := to(RoundOfTie(t)); p != 0 {
			ties = append(ties, TieOfRound(p))
		}
	}
	_, err := s.q.WithTx(tx).UpdateContest(ctx, contestdb.UpdateContestParams{ID: c.ID, Version: int32(c.Version), Name: c.Name,
		OrganizerName: c.OrganizerName, Venue: c.Venue, Rules: c.Rules, EntryKind: string(c.EntryKind), TeamMin: int32(c.TeamMin),
		TeamMax: int32(c.TeamMax), RegistrationOpensAt: c.RegistrationOpensAt, RegistrationClosesAt: c.RegistrationClosesAt,
		StartsAt: c.StartsAt, TieBreakers: ties, Unlisted: c.Unlisted})
	return err
}
