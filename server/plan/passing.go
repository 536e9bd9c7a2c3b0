package plan

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/plan/plandb"
)

// Pass passes a place on to the next in reserve, with a reason. deadline is until when a unit that follows names its team.
func (s *Service) Pass(ctx context.Context, contestID, roundID, placeID int64, reason string, deadline *time.Time) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	x, err := s.read(ctx, contestID)
	if err != nil {
		return err
	}
	promotion, ok := x.promotions[roundID]
	if !ok {
		return notPromoted
	}
	rec, err := readRecord(promotion)
	if err != nil {
		return err
	}
	var gone []int64
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error {
		round, err := entriesOpen(c, roundID)
		if err != nil {
			return err
		}
		places, err := q.LockPlaces(ctx, roundID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(places, func(p plandb.PromotionPlace) bool { return p.ID == placeID && p.State == string(Through) })
		if i < 0 {
			return noPlace
		}
		left := places[i]
		next, err := x.next(round, rec, places, left)
		if err != nil {
			return err
		}
		if left.EntryID != nil {
			if err := s.Roster.LeaveRound(ctx, tx, roundID, *left.EntryID); err != nil {
				return err
			}
			if round.Intake.Who == contest.WhoUnits {
				if err := s.Roster.WithdrawNamed(ctx, tx, c, *left.EntryID, reason); err != nil {
					return err
				}
				gone = append(gone, *left.EntryID)
			}
		}
		if err := q.SetPlace(ctx, plandb.SetPlaceParams{ID: left.ID, State: "passed", EntryID: left.EntryID, Deadline: left.Deadline, Reason: reason}); err != nil {
			return err
		}
		follow := plandb.SetPlaceParams{ID: next.ID, State: string(Through), Deadline: deadline}
		if round.Intake.Who == contest.WhoBest {
			follow.EntryID, follow.Deadline = &next.SubjectID, nil
			if err := s.Roster.EnterRound(ctx, tx, roundID, next.SubjectID); err != nil {
				return err
			}
		}
		if err := q.SetPlace(ctx, follow); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "pass_place", map[string]any{"round": roundID, "name": round.Name, "from": left.SubjectID, "to": next.SubjectID, "reason": reason})
	})
	if err != nil {
		return err
	}
	return s.Roster.SignOut(ctx, contestID, gone)
}

// next is who follows in the place of somebody. Reserves that are tied follow in the order that a decision gave them.
func (x standing) next(round contest.Round, rec Record, places []plandb.PromotionPlace, left plandb.PromotionPlace) (plandb.PromotionPlace, error) {
	var waiting []plandb.PromotionPlace
	for _, p := range places {
		if p.Heat == left.Heat && p.State == string(Reserve) && x.active(round, p.SubjectID) {
			waiting = append(waiting, p)
		}
	}
	if len(waiting) == 0 {
		return left, noReserve
	}
	first := slices.MinFunc(waiting, func(a, b plandb.PromotionPlace) int { return cmp.Compare(a.Line, b.Line) }).Line
	waiting = slices.DeleteFunc(waiting, func(p plandb.PromotionPlace) bool { return p.Line != first })
	if len(waiting) == 1 {
		return waiting[0], nil
	}
	order := x.decided(round, rec.tieAt(left.Heat, int(first)))
	if order == nil {
		return left, reservesTied
	}
	best := slices.MinFunc(waiting, func(a, b plandb.PromotionPlace) int { return cmp.Compare(order[a.SubjectID], order[b.SubjectID]) })
	for _, p := range waiting {
		if p.ID != best.ID && order[p.SubjectID] == order[best.SubjectID] {
			return left, reservesTied
		}
	}
	return best, nil
}

// active tells whether a reserve can still follow: an entry that has been withdrawn can't.
func (x standing) active(round contest.Round, subject int64) bool {
	if round.Intake.Who == contest.WhoUnits {
		return true
	}
	for _, e := range x.Entries {
		if e.ID == subject {
			return true
		}
	}
	return false
}

// tieAt are those who shared a place in a promotion's list.
func (r Record) tieAt(heat int64, place int) []int64 {
	var tie []int64
	for _, h := range r.Heats {
		for _, l := range h.Lines {
			if h.ID == heat && l.Place == place {
				tie = append(tie, l.ID)
			}
		}
	}
	slices.Sort(tie)
	return tie
}

// decided gives the places of exactly those who were tied for a round; nil: nobody has decided.
func (x standing) decided(round contest.Round, tie []int64) map[int64]int {
	what, scope := scopeOf(x.Contest, round)
	for i := len(x.all) - 1; i >= 0; i-- {
		d := x.all[i]
		if d.RevokedUs == 0 && d.What == what && d.RoundID == scope && slices.Equal(d.Subjects, tie) {
			return d.ranking().Places
		}
	}
	return nil
}

// scopeOf says where a tie at the line of a round stands: overall (0), in the round before alone, or among its units.
func scopeOf(c contest.Contest, round contest.Round) (what string, roundID int64) {
	if round.Intake.Who == contest.WhoUnits {
		return "unit", round.ID
	}
	if round.Intake.Basis == contest.BasisPrevious {
		before, _ := c.Before(round.ID)
		return "entry", before.ID
	}
	return "entry", 0
}
