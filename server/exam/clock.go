package exam

import (
	"context"
	"iter"
	"maps"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/timing"
)

func keysOf[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// settleAfterOutage is how long the database must answer again before anything is closed: answers that waited on any node
// through an outage are stored first.
const settleAfterOutage = time.Second

// Hold keeps the clock of this node from doing anything until f is done.
func (s *Service) Hold(f func() error) error {
	s.turning.Lock()
	defer s.turning.Unlock()
	return f()
}

// Turn does at once what the clock of this node has to do, for whoever cannot wait for its next turn.
func (s *Service) Turn(ctx context.Context) { s.turn(ctx) }

// turn looks which rounds have moved on, and does in those that run what the clock has to do.
func (s *Service) turn(ctx context.Context) {
	s.turning.Lock()
	defer s.turning.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	here := map[int64]*room{}
	var ids []int64
	for _, r := range s.allRooms() {
		if s.cfg.Hub.Count(contestantTopic(r.id)) > 0 || r.idleFor() < 10*time.Minute {
			here[r.id] = r
			ids = append(ids, r.id)
			continue
		}
		s.mu.Lock()
		delete(s.rooms, r.id)
		s.mu.Unlock()
	}
	if ids == nil {
		ids = []int64{}
	}
	positions, err := s.q.Positions(ctx, ids)
	s.health.Report(err)
	if err != nil {
		return // clients see that nothing moves; the next turn asks again
	}
	for _, p := range positions {
		phase := Phase(p.Phase)
		runs := phase == PhaseReady || phase == PhaseRunning || phase == PhasePaused || phase == PhaseClosed
		r := here[p.RoundID]
		if r == nil && !runs {
			continue
		}
		if r, err = s.room(ctx, p.RoundID); err != nil {
			s.log.Warn("an exam round can't be read", "round", p.RoundID, "error", err)
			continue
		}
		if r.behind(p) {
			if err := r.refresh(ctx); err != nil {
				s.log.Warn("an exam round can't be read", "round", p.RoundID, "error", err)
				continue
			}
		}
		if runs {
			s.tick(ctx, r)
		}
	}
}

func (r *room) behind(p examdb.PositionsRow) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now == nil || p.Seq > r.now.seq || p.Version != r.now.version || p.ScoresVersion != r.scores
}

// tick does what is due in one round.
func (s *Service) tick(ctx context.Context, r *room) {
	f := r.known()
	if f.contest.State == contest.Finalized || f.contest.State == contest.Archived || f.phase == PhasePaused {
		return
	}
	s.openDue(ctx, r, f)
	if f = r.known(); f.phase == PhaseReady {
		return
	}
	if err := s.sweep(ctx, r, f); err != nil {
		if ctx.Err() == nil {
			s.log.Warn("an exam round can't be swept; the next turn tries again", "round", r.id, "error", err)
		}
		return
	}
	if err := s.wind(ctx, r, f); err != nil && !fault.IsKind(err, fault.Conflict) && ctx.Err() == nil {
		s.log.Warn("an exam round can't be brought to its end; the next turn tries again", "round", r.id, "error", err)
	}
}

// over tells whether nothing can begin in a period any more, and what began before its end has been stored.
func (f *facts) over(p Period, now int64) bool {
	return len(p.Windows) > 0 && now >= timing.CloseAt(f.closesUs(p), f.settings.GraceUs())
}

// wind closes the round when all periods are over, settles those that are, and hands the scores on when all are.
func (s *Service) wind(ctx context.Context, r *room, f *facts) error {
	now := s.nowUs()
	due, settled := false, len(f.periods) > 0
	for _, p := range f.periods {
		settled = settled && p.SettledUs != 0
		if p.SettledUs != 0 || !f.over(p, now) {
			continue
		}
		left, err := s.q.Unfinished(ctx, examdb.UnfinishedParams{RoundID: f.roundID, PeriodID: p.ID})
		if err != nil {
			return err
		}
		due = due || left.Open+left.Unscored == 0
	}
	if !due && !(settled && f.phase != PhaseScored) {
		return nil
	}
	return s.act(ctx, f.contest.ID, f.roundID, func(a *act) error {
		if a.round.Seq != f.seq || a.round.Version != f.version || a.phase != PhaseRunning && a.phase != PhaseClosed {
			return nil // something came first: the next turn looks again
		}
		all, over := true, true
		for _, p := range f.periods {
			if !f.over(p, a.nowUs) {
				all, over = false, false
				continue
			}
			left, err := a.q.Unfinished(ctx, examdb.UnfinishedParams{RoundID: f.roundID, PeriodID: p.ID})
			if err != nil {
				return err
			}
			over = over && left.Open == 0
			switch {
			case left.Open+left.Unscored > 0:
				all = false
			case p.SettledUs == 0:
				if err := settle(a, f, p); err != nil {
					return err
				}
			}
		}
		if over && a.phase == PhaseRunning {
			a.phase = PhaseClosed
			a.add(Event{Kind: EventClosed})
		}
		if all && a.phase == PhaseClosed {
			a.phase = PhaseScored
			a.add(Event{Kind: EventScored})
			a.scores()
		}
		return nil
	})
}

// settle counts a period: what the guess was about, and which attempts count by it.
func settle(a *act, f *facts, p Period) error {
	n, err := a.q.AllRight(a.ctx, p.ID)
	if err != nil {
		return err
	}
	actual := GuessActual(f.settings.Guess, n.Entrants, n.AllRight)
	if err := a.q.SettlePeriod(a.ctx, examdb.SettlePeriodParams{ID: p.ID, Actual: actual, SettledUs: a.nowUs}); err != nil {
		return err
	}
	if actual != nil {
		if err := recount(a, f.settings, p.ID, actual); err != nil {
			return err
		}
	}
	a.add(Event{Kind: EventSettled, PeriodID: p.ID, Entrants: n.Entrants, AllRight: n.AllRight, Actual: actual})
	a.scores()
	return nil
}

// recount decides anew for all entries of a period which attempt counts.
func recount(a *act, settings Settings, periodID int64, actual *int64) error {
	const many = 5000
	after := int64(0)
	for {
		rows, err := a.q.RivalsAfter(a.ctx, examdb.RivalsAfterParams{RoundID: a.round.RoundID, PeriodID: periodID, AfterEntry: after, Many: many})
		if err != nil {
			return err
		}
		full := len(rows) == many
		if full { // the last entry may go on behind the end
			last := rows[len(rows)-1].EntryID
			for len(rows) > 0 && rows[len(rows)-1].EntryID == last {
				rows = rows[:len(rows)-1]
			}
		}
		if len(rows) == 0 {
			return nil
		}
		if err := setCounts(a.ctx, a.q, settings, rows, actual); err != nil {
			return err
		}
		if !full {
			return nil
		}
		after = rows[len(rows)-1].EntryID
	}
}
