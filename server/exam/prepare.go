package exam

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
)

// drawable is what a blueprint's papers can be drawn from now, with the texts; nothing is stored.
func (s *Service) drawable(ctx context.Context, contestID, blueprintID int64) (Pool, map[int64]bank.Content, error) {
	source, blueprint, err := s.papers.Pool(ctx, contestID, blueprintID)
	if err != nil {
		return Pool{}, nil, err
	}
	if found := blueprint.Spec.Feasible(source); found.Lacks > 0 || len(found.Missing) > 0 || blueprint.Spec.Totals().Items == 0 {
		return Pool{}, nil, errInfeasible
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return Pool{}, nil, err
	}
	var ids []int64
	for _, o := range source.Offers() {
		ids = append(ids, o.Version)
	}
	versions, err := s.cfg.Bank.Versions(ctx, c.BankID, ids)
	if err != nil {
		return Pool{}, nil, err
	}
	contents := make(map[int64]bank.Content, len(versions))
	for _, v := range versions {
		if _, err := v.Content.ScoringKey(); err != nil {
			return Pool{}, nil, errInfeasible.Because(err)
		}
		contents[v.ID] = v.Content
	}
	if len(contents) != len(ids) {
		return Pool{}, nil, errInfeasible
	}
	return freeze(blueprint, source, contents), contents, nil
}

// Prepare freezes what the papers of a period are drawn from. As long as the period has not opened and nobody has a
// paper of it, preparing again takes what the bank and the blueprint are by then.
func (s *Service) Prepare(ctx context.Context, contestID, roundID, periodID int64) error {
	if _, err := s.contests.Round(ctx, contestID, roundID); err != nil {
		return err
	}
	return s.prepare(ctx, contestID, roundID, periodID, true)
}

func (s *Service) prepare(ctx context.Context, contestID, roundID, periodID int64, anew bool) error {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return err
	}
	if err := r.refresh(ctx); err != nil {
		return err
	}
	f := r.known()
	period, ok := f.period(periodID)
	if !ok {
		return errNoPeriod
	}
	pools, err := s.poolsFor(ctx, f, period)
	if err != nil {
		return err
	}
	return s.act(ctx, contestID, roundID, func(a *act) error {
		if a.round.Version != f.version {
			return errMoved
		}
		if a.phase == PhaseClosed || a.phase == PhaseScored {
			return errRoundOver
		}
		if anew && a.nowUs < f.opensUs(period) {
			if err := a.q.DropPools(ctx, periodID); err != nil {
				return err
			}
		}
		event := Event{Kind: EventPrepared, PeriodID: periodID}
		var most int64
		for _, p := range pools {
			content, err := p.Encode()
			if err != nil {
				return err
			}
			hash := sha256.Sum256(content)
			n, err := a.q.AddPool(ctx, examdb.AddPoolParams{RoundID: roundID, PeriodID: periodID, DivisionID: p.DivisionID, BlueprintID: p.Blueprint,
				Content: content, ContentHash: hash[:], CreatedUs: a.nowUs})
			if err != nil {
				return err
			}
			if n > 0 {
				event.Pools = append(event.Pools, hexed(hash[:]))
			}
			most = max(most, p.Totals().Points)
		}
		if len(event.Pools) == 0 {
			if anew {
				return errHasAttempts
			}
			return nil
		}
		a.add(event)
		if a.settings.Overall == OverallSum {
			most *= int64(len(f.periods))
		}
		return s.contests.SetRoundMaxScore(ctx, a.tx, roundID, most)
	})
}

var errMoved = conflict("round_moved_on", "Thiết lập vòng thi vừa thay đổi nên chưa làm gì. Xem lại màn hình rồi thử lại.",
	"The round's set-up has just changed, so nothing was done. Look at the screen, then try again.")

// poolsFor makes the pools of a period: one for each division with a blueprint of its own, and one for all others.
func (s *Service) poolsFor(ctx context.Context, f *facts, period Period) ([]Pool, error) {
	all := f.settings.Blueprint(period.ID, 0)
	var pools []Pool
	add := func(division, blueprint int64) error {
		p, _, err := s.drawable(ctx, f.contest.ID, blueprint)
		if err != nil {
			return err
		}
		p.DivisionID, p.PeriodID = division, period.ID
		pools = append(pools, p)
		return nil
	}
	others := len(f.contest.Divisions) == 0
	for _, d := range f.contest.Divisions {
		own := f.settings.Blueprint(period.ID, d.ID)
		if own == 0 || own == all {
			others = true
			continue
		}
		if err := add(d.ID, own); err != nil {
			return nil, err
		}
	}
	if others && all == 0 {
		return nil, errNoSource
	}
	if all != 0 {
		if err := add(0, all); err != nil {
			return nil, err
		}
	}
	return pools, nil
}

// Ready puts a round into the hands of the clock: from here on its periods open and close by themselves.
func (s *Service) Ready(ctx context.Context, contestID, roundID int64) error {
	return s.act(ctx, contestID, roundID, func(a *act) error {
		if a.phase != PhasePlanned {
			return errNotPlanned
		}
		pools, err := a.q.Pools(ctx, roundID)
		if err != nil {
			return err
		}
		if len(pools) == 0 {
			return errNoPool
		}
		a.phase = PhaseReady
		a.add(Event{Kind: EventReady})
		return nil
	})
}

// unpreparedEvery is how often the clock tries again to prepare a period that opened unprepared.
const unpreparedEvery = 30 * timeSecondUs

const timeSecondUs int64 = 1_000_000

// openDue opens what is due: the clock prepares a period that nobody has prepared, and the round begins with the first.
func (s *Service) openDue(ctx context.Context, r *room, f *facts) {
	now := s.nowUs()
	for _, p := range f.periods {
		opens := f.opensUs(p)
		if opens == 0 || now < opens || f.course.Opened[p.ID] || now >= f.closesUs(p) {
			continue
		}
		if !f.prepared(p) {
			if !s.prepareNow(ctx, r, f, p, now) || r.refresh(ctx) != nil {
				continue
			}
			f = r.known()
		}
		err := s.act(ctx, f.contest.ID, f.roundID, func(a *act) error { return open(a, f, p) })
		if err != nil && !fault.IsKind(err, fault.Conflict) && ctx.Err() == nil {
			s.log.Warn("a period could not be opened", "round", f.roundID, "period", p.ID, "error", err)
		}
	}
}

func open(a *act, f *facts, p Period) error {
	if a.round.Seq != f.seq || a.round.Version != f.version {
		return nil // something came first: the next turn looks again
	}
	switch a.phase {
	case PhaseReady:
		if a.state != contest.Running && !a.rehearsal {
			return nil
		}
		a.phase = PhaseRunning
	case PhaseRunning:
	default:
		return nil
	}
	a.add(Event{Kind: EventOpened, PeriodID: p.ID})
	return nil
}

// prepared tells whether a paper can be drawn for each division of a period.
func (f *facts) prepared(p Period) bool {
	if len(f.contest.Divisions) == 0 {
		return f.pool(p.ID, 0) != nil
	}
	return !slices.ContainsFunc(f.contest.Divisions, func(d contest.Division) bool { return f.pool(p.ID, d.ID) == nil })
}

// prepareNow is the clock's preparing of a period that is open already.
func (s *Service) prepareNow(ctx context.Context, r *room, f *facts, p Period, now int64) bool {
	r.mu.Lock()
	if r.triedUs[p.ID] != 0 && now-r.triedUs[p.ID] < unpreparedEvery {
		r.mu.Unlock()
		return false
	}
	if r.triedUs == nil {
		r.triedUs = map[int64]int64{}
	}
	r.triedUs[p.ID] = now
	r.mu.Unlock()
	err := s.prepare(ctx, f.contest.ID, f.roundID, p.ID, false)
	var f2 *fault.Fault
	switch {
	case err == nil:
		return true
	case errors.As(err, &f2) && (f2.Is(errInfeasible) || f2.Is(errNoSource) || f2.Is(fault.NothingHere)):
		s.log.Error("a period opened, and no paper can be drawn", "round", f.roundID, "period", p.ID, "error", err)
		if f.course.Unprepared[p.ID] {
			return false
		}
		if err := s.act(ctx, f.contest.ID, f.roundID, func(a *act) error {
			if a.round.Seq == f.seq {
				a.add(Event{Kind: EventUnprepared, PeriodID: p.ID})
			}
			return nil
		}); err != nil {
			s.log.Warn("that a period is not prepared could not be recorded", "round", f.roundID, "error", err)
		}
	default:
		s.log.Warn("a period could not be prepared yet", "round", f.roundID, "period", p.ID, "error", err)
	}
	return false
}

// soon bounds what is done for somebody who waits.
const soon = 10 * time.Second
