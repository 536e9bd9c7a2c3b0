package plan

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/plan/plandb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Promote decides who enters a round. hash is that of the preview which was shown: what has moved since is not decided
// unseen. It is looked at once more with the contest locked, behind whoever opens a part again or takes a decision back.
func (s *Service) Promote(ctx context.Context, contestID, roundID int64, hash []byte) error {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return err
	}
	p, err := x.preview(roundID)
	if err != nil {
		return err
	}
	if p.Done {
		return promotedAlready
	}
	f := promotionBlocked
	for _, problem := range p.Problems {
		if problem.Blocks {
			f = f.At(problem.Code, problem.Vi, problem.En)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	if !bytes.Equal(hash, p.Hash) {
		return promotionMoved
	}
	rec := recordOf(p.Round, p.Heats)
	body, sum, err := hashOf(rec)
	if err != nil {
		return err
	}
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error {
		round, err := entriesOpen(c, roundID)
		if err != nil {
			return err
		}
		now, err := s.Preview(ctx, contestID, roundID)
		if err != nil {
			return err
		}
		if c.Version != x.Contest.Version || !bytes.Equal(now.Hash, hash) || slices.ContainsFunc(now.Problems, func(x Problem) bool { return x.Blocks }) {
			return promotionMoved
		}
		id, name := actor(ctx)
		if err := q.AddPromotion(ctx, plandb.AddPromotionParams{RoundID: roundID, ContestID: contestID, AtUs: s.NowUs(), AccountID: id, Actor: name,
			Record: body, Hash: sum}); err != nil {
			if postgres.IsUniqueViolation(err) {
				return promotedAlready
			}
			return err
		}
		entered := []int64{}
		if round.Intake.Who == contest.WhoBest {
			entered = rec.Entered
		}
		if err := s.Roster.FillRound(ctx, tx, roundID, entered); err != nil {
			return err
		}
		if err := q.AddPlaces(ctx, placesOf(rec)); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "promote", map[string]any{"round": roundID, "name": round.Name, "entered": rec.Entered, "hash": hexOf(sum)})
	})
	return err
}

// placesOf are the places of a promotion and the line behind them. Who is tied in reserve shares the place in the line.
func placesOf(rec Record) plandb.AddPlacesParams {
	p := plandb.AddPlacesParams{RoundID: rec.RoundID, Heats: []int64{}, Lines: []int32{}, Subjects: []int64{}, States: []string{}, Entries: []int64{}}
	if rec.Intake.Who == contest.WhoUnits {
		p.Deadline = rec.Intake.Units.Deadline
	}
	for _, h := range rec.Heats {
		for _, l := range h.Lines {
			if l.Fate != Through && l.Fate != Reserve {
				continue
			}
			entry := int64(0)
			if rec.Intake.Who == contest.WhoBest && l.Fate == Through {
				entry = l.ID
			}
			p.Heats, p.Lines, p.Subjects = append(p.Heats, h.ID), append(p.Lines, int32(l.Place)), append(p.Subjects, l.ID)
			p.States, p.Entries = append(p.States, string(l.Fate)), append(p.Entries, entry)
		}
	}
	return p
}

// Undo takes a promotion back, as long as the round has not begun: its list is empty again, and teams that units had
// named are withdrawn.
func (s *Service) Undo(ctx context.Context, contestID, roundID int64, reason string) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	var gone []int64
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error {
		round, err := entriesOpen(c, roundID)
		if err != nil {
			return err
		}
		later := false
		for _, r := range c.Rounds {
			if r.ID == roundID {
				later = true
			} else if later && r.Cuts() {
				if n, err := q.LockPlaces(ctx, r.ID); err != nil || len(n) > 0 {
					return cmp.Or(err, error(promotionBlocked.At("later", "Vòng “"+r.Name+"” đã xét suất; hãy hoàn tác vòng đó trước",
						"Round “"+r.Name+"” has its entries already; undo that first")))
				}
			}
		}
		places, err := q.LockPlaces(ctx, roundID)
		if err != nil {
			return err
		}
		if round.Intake.Who == contest.WhoUnits {
			for _, p := range places {
				if p.EntryID == nil {
					continue
				}
				if err := s.Roster.WithdrawNamed(ctx, tx, c, *p.EntryID, reason); err != nil {
					return err
				}
				gone = append(gone, *p.EntryID)
			}
		}
		n, err := q.DeletePromotion(ctx, plandb.DeletePromotionParams{RoundID: roundID, ContestID: contestID})
		if err != nil {
			return err
		}
		if n == 0 {
			return notPromoted
		}
		if err := s.Roster.FillRound(ctx, tx, roundID, []int64{}); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "undo_promotion", map[string]any{"round": roundID, "name": round.Name, "reason": reason})
	})
	if err != nil {
		return err
	}
	return s.Roster.SignOut(ctx, contestID, gone)
}
