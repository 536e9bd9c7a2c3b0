package plan

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/plan/plandb"
	"github.com/hoithi/hoithi/server/postgres"
)

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// Preview is what deciding who enters a round would come to now.
type Preview struct {
	Round    contest.Round
	Before   contest.Round
	Heats    []Heat
	Units    []UnitResult // with those that are not ranked; only where units go on
	Problems []Problem
	Hash     []byte // of the record that the promotion would store
	Done     bool
}

// Preview works out who would enter a round.
func (s *Service) Preview(ctx context.Context, contestID, roundID int64) (Preview, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return Preview{}, err
	}
	return x.preview(roundID)
}

func (x standing) preview(roundID int64) (Preview, error) {
	round, err := x.cut(roundID)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Round: round, Problems: []Problem{}, Units: []UnitResult{}}
	p.Before, _ = x.Contest.Before(roundID)
	if round.Intake.Who == contest.WhoUnits {
		p.Units = x.unitResults(round)
	}
	p.Heats = x.heats(round)
	_, p.Done = x.promotions[roundID]
	p.Problems = x.problems(round, p.Heats)
	_, p.Hash, err = hashOf(recordOf(round, p.Heats))
	return p, err
}

// problems looks at a promotion before it is done.
func (x standing) problems(round contest.Round, heats []Heat) []Problem {
	problems := []Problem{}
	add := func(code string, blocks bool, vi, en string) {
		problems = append(problems, Problem{Code: code, Blocks: blocks, Vi: vi, En: en})
	}
	levels := x.Contest.Levels()
	for _, r := range x.Contest.Rounds {
		if levels[r.ID] >= levels[round.ID] || r.TieBreak() || round.Intake.Basis == contest.BasisPrevious && !x.isBefore(r, round) {
			continue
		}
		if r.State != contest.Closed && r.State != contest.Scored {
			add("round_open", true, "Vòng “"+r.Name+"” chưa chốt điểm", "Round “"+r.Name+"” is not closed")
		}
		if _, done := x.promotions[r.ID]; r.Cuts() && !done {
			add("earlier_cut", true, "Chưa xét suất vào vòng “"+r.Name+"”", "Who enters “"+r.Name+"” has not been decided")
		}
	}
	if x.Contest.State == contest.Draft || x.Contest.State == contest.Open {
		add("not_running", true, "Hội thi chưa bắt đầu", "The contest has not begun")
	}
	if round.Begun() {
		add("begun", true, "Vòng “"+round.Name+"” đã bắt đầu", "Round “"+round.Name+"” has begun")
	}
	ranked := 0
	for _, h := range heats {
		ranked += len(h.Lines)
		name := x.heatName(round, h.ID)
		for _, tie := range h.Ties() {
			if i := slices.IndexFunc(h.Lines, func(l Line) bool { return l.ID == tie[0] }); h.Lines[i].Fate == AtLine {
				add("tie", true, fmt.Sprintf("%s%d đồng hạng %d đúng vạch, chỉ còn %d suất", name, len(tie), h.Lines[i].Place, h.Free),
					fmt.Sprintf("%s%d share place %d at the line, with %d places left", name, len(tie), h.Lines[i].Place, h.Free))
			} else {
				add("tied_reserves", false, fmt.Sprintf("%s%d dự bị đồng hạng %d; cần phân định trước khi gọi", name, len(tie), h.Lines[i].Place),
					fmt.Sprintf("%s%d reserves share place %d; resolve it before one is called", name, len(tie), h.Lines[i].Place))
			}
		}
		if len(h.Lines) < h.Places {
			add("few", false, fmt.Sprintf("%scó %d suất nhưng chỉ %d đủ điều kiện", name, h.Places, len(h.Lines)),
				fmt.Sprintf("%s%d places, but only %d are ranked", name, h.Places, len(h.Lines)))
		}
	}
	if ranked == 0 {
		add("nobody", true, "Chưa có ai để xét", "There is nobody to choose from")
	}
	return problems
}

func (x standing) isBefore(r, round contest.Round) bool {
	before, ok := x.Contest.Before(round.ID)
	return ok && before.ID == r.ID
}

// heatName is the division's or block's name in front of a sentence; empty where there is only one.
func (x standing) heatName(round contest.Round, id int64) string {
	if round.Intake.Who == contest.WhoUnits {
		if name := x.blockNames[id]; name != "" {
			return name + ": "
		}
		return ""
	}
	if len(x.Contest.Divisions) > 1 {
		for _, d := range x.Contest.Divisions {
			if d.ID == id {
				return d.Name + ": "
			}
		}
	}
	return ""
}

// Promote decides who enters a round. hash is that of the preview which was shown: what has moved since is not decided
// unseen.
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
		if c.Version != x.Contest.Version || round.Intake.Who != p.Round.Intake.Who {
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
