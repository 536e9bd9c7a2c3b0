package exam

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Score is what an entry has in a round so far, its periods put together.
type Score struct {
	EntryID int64
	Points  int64
	Correct int
	TimeUs  int64
	// Distance of the guess in hundredths, and the time from the opening to the submission.
	Distance    int64
	SubmittedUs int64
}

// entryOpens is when a period opened for an entry.
func (f *facts) entryOpens(periodID, entryID, divisionID, unitID int64) int64 {
	period, _ := f.period(periodID)
	w, _ := period.Window(divisionID)
	if len(f.overrides) > 0 {
		w = f.allowance(periodID, entryID, unitID).Apply(w)
	}
	return w.OpensUs
}

func (f *facts) actuals() map[int64]*int64 {
	actual := make(map[int64]*int64, len(f.periods))
	for _, p := range f.periods {
		actual[p.ID] = p.Actual
	}
	return actual
}

// Scores are those of all entries that have something that counts, as they follow from what stands in Postgres. They come
// from the same standings that organizers see: of many who ask at once one works.
func (s *Service) Scores(ctx context.Context, roundID int64) ([]Score, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return nil, err
	}
	x, err := s.ranked(ctx, r.known().contest.ID, roundID)
	if err != nil {
		return nil, err
	}
	return scoresOf(x.overall.all()), nil
}

func scoresOf(standings []EntryStanding) []Score {
	scores := make([]Score, 0, len(standings))
	for _, x := range standings {
		scores = append(scores, Score{EntryID: x.EntryID, Points: x.Points, Correct: x.Correct, TimeUs: x.TimeUs, Distance: x.Distance, SubmittedUs: x.SubmittedUs})
	}
	slices.SortFunc(scores, func(a, b Score) int { return cmp.Compare(a.EntryID, b.EntryID) })
	return scores
}

// Version grows with everything that changes a score, a place or an actual value of a round, or what is shown of it.
func (s *Service) Version(ctx context.Context, roundID int64) (int64, error) {
	row, err := s.q.Round(ctx, roundID)
	return row.ScoresVersion + row.Seq, postgres.Fault(err)
}

// BoardShown tells whether the round's standings may be public now, and the version from which this follows. While a
// guess is open they never are: they would tell how many take part.
func (s *Service) BoardShown(ctx context.Context, roundID int64) (shown bool, version int64, err error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return false, 0, err
	}
	if err := r.refresh(ctx); err != nil {
		return false, 0, err
	}
	f := r.known()
	if version, err = s.Version(ctx, roundID); err != nil {
		return false, 0, err
	}
	shown = f.settings.ShowBoard != Never && len(f.periods) > 0
	for _, p := range f.periods {
		shown = shown && (!f.course.Opened[p.ID] || f.boardShown(p))
	}
	return shown, version, nil
}

// Taken lists the entries that have begun an attempt.
func (s *Service) Taken(ctx context.Context, roundID int64) ([]int64, error) {
	ids, err := s.q.WhoTookPart(ctx, roundID)
	return ids, postgres.Fault(err)
}

// ScoresUnder works out from the responses what everything that is finished would come to under some corrections, in
// the order of the attempts. Nothing is stored.
func (s *Service) ScoresUnder(ctx context.Context, roundID int64, corrections Corrections, each func(AttemptScore) error) error {
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return err
	}
	for after := int64(0); ; {
		rows, err := s.q.FinishedAfter(ctx, examdb.FinishedAfterParams{RoundID: roundID, AfterID: after, Many: scoreAtOnce})
		if err != nil {
			return postgres.Fault(err)
		}
		list := make([]finished, 0, len(rows))
		for _, x := range rows {
			list = append(list, finished{id: x.ID, entryID: x.EntryID, periodID: x.PeriodID, poolID: x.PoolID, number: int(x.Number), paper: x.Paper,
				startedUs: x.StartedUs, finishedUs: x.FinishedUs, pausedUs: x.PausedUs})
			after = x.ID
		}
		scores, err := r.scored(ctx, s.q, list, corrections)
		if err != nil {
			return postgres.Fault(err)
		}
		for _, x := range scores {
			if err := each(x); err != nil {
				return err
			}
		}
		if len(rows) < scoreAtOnce {
			return nil
		}
	}
}

// Recompute works all scores out anew from what is stored, for `hoithi verify`: nothing that was scored before is used.
func (s *Service) Recompute(ctx context.Context, roundID int64) ([]Score, error) {
	r := newRoom(s, roundID)
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	f := r.known()
	type key struct{ entry, period int64 }
	found := map[key][]Rival{}
	items := map[int64]int{}
	err := s.ScoresUnder(ctx, roundID, f.course.Corrections, func(x AttemptScore) error {
		k := key{x.EntryID, x.PeriodID}
		found[k] = append(found[k], Rival{ID: x.AttemptID, Number: x.Number, Points: x.Points, Correct: x.Correct, TimeUs: x.TimeUs,
			FinishedUs: x.FinishedUs, Guess: x.Guess})
		items[x.AttemptID] = x.Items
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Who an entry is does not change what it has.
	var who membership
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		who, err = readMembership(ctx, tx, roundID)
		return err
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	var list []Counted
	for k, rivals := range found {
		division, enters := who.divisions[k.entry]
		if !enters {
			continue
		}
		period, _ := f.period(k.period)
		best := rivals[f.settings.Counting(rivals, period.Actual)]
		list = append(list, Counted{EntryID: k.entry, PeriodID: k.period, Items: items[best.ID], Points: best.Points, Correct: best.Correct, TimeUs: best.TimeUs,
			SubmittedUs: best.FinishedUs - f.entryOpens(k.period, k.entry, division, who.unit(k.entry))}.withGuess(best.Guess))
	}
	anew := f.guessedAnew(list)
	return scoresOf(anew.settings.Standings(list, who.divisions, anew.actuals())), nil
}

// guessedAnew is a round whose guesses are about what follows from a list of what counts, in the periods that are settled.
func (f *facts) guessedAnew(list []Counted) *facts {
	type tally struct{ entrants, allRight int64 }
	tallies := map[int64]tally{}
	for _, x := range list {
		t := tallies[x.PeriodID]
		t.entrants++
		if x.Items > 0 && x.Correct == x.Items {
			t.allRight++
		}
		tallies[x.PeriodID] = t
	}
	anew := *f
	anew.periods = slices.Clone(f.periods)
	for i, p := range anew.periods {
		if p.SettledUs != 0 {
			anew.periods[i].Actual = GuessActual(f.settings.Guess, tallies[p.ID].entrants, tallies[p.ID].allRight)
		}
	}
	return &anew
}
