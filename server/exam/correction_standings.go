package exam

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/postgres"
)

// readScored reads everything of who is ranked that has a score, an entry's attempts of a period behind one another.
const readScored = `
SELECT a.id, a.entry_id, a.period_id, a.number, a.points, a.correct, a.items, a.time_us, a.finished_us, a.guess, a.counts,
       e.division_id, coalesce(e.unit_id, 0), a.pool_id, CASE WHEN $2::boolean THEN a.paper ELSE ''::bytea END
FROM exam_attempt a JOIN round_entrant e ON e.id = a.entry_id AND e.round_id = a.round_id
WHERE a.round_id = $1 AND a.scored_us IS NOT NULL ORDER BY a.entry_id, a.period_id, a.number`

// scoredRow is an attempt with its score, and where its entry belongs.
type scoredRow struct {
	Rival
	entryID, periodID, divisionID, unitID, poolID int64
	items                                         int
	counts                                        bool
	paper                                         []byte
}

// eachScored gives the attempts of one entry in one period after another. However many there are, only these are held.
func (x *shifting) eachScored(ctx context.Context, tx pgx.Tx, papers bool, each func(attempts []scoredRow) error) error {
	rows, err := tx.Query(ctx, readScored, x.r.id, papers)
	if err != nil {
		return err
	}
	defer rows.Close()
	var group []scoredRow
	for rows.Next() {
		var a scoredRow
		if err := rows.Scan(&a.ID, &a.entryID, &a.periodID, &a.Number, &a.Points, &a.Correct, &a.items, &a.TimeUs, &a.FinishedUs, &a.Guess, &a.counts,
			&a.divisionID, &a.unitID, &a.poolID, &a.paper); err != nil {
			return err
		}
		if len(group) > 0 && (group[0].entryID != a.entryID || group[0].periodID != a.periodID) {
			if err := each(group); err != nil {
				return err
			}
			group = group[:0]
		}
		group = append(group, a)
	}
	if err := rows.Err(); err != nil || len(group) == 0 {
		return err
	}
	return each(group)
}

// stood are standings, and how many pass.
type stood struct {
	list []EntryStanding
	pass int
}

// standings are those that hold, and those under the correction, as of one moment.
func (x *shifting) standings(ctx context.Context) (before, after stood, err error) {
	settings, actuals, thenActuals := x.f.settings, x.f.actuals(), x.f.actuals()
	divisions := map[int64]int64{}
	var now, then []Counted
	// Papers are read only where they differ in the most that they can come to.
	papers := settings.PassPercent > 0 && (x.now.takePoints() || x.then.takePoints())
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = postgres.InTxWith(ctx, x.r.s.db, snapshot, func(tx pgx.Tx) error {
		if err := x.guessed(ctx, tx, thenActuals); err != nil {
			return err
		}
		return x.eachScored(ctx, tx, papers, func(attempts []scoredRow) error {
			for _, a := range attempts {
				divisions[a.entryID] = a.divisionID
				if a.counts {
					now = append(now, x.counted(a))
					before.pass += x.passes(a, x.now)
				}
			}
			best := x.best(attempts, thenActuals[attempts[0].periodID])
			then = append(then, x.counted(best))
			after.pass += x.passes(best, x.then)
			return nil
		})
	})
	if err != nil {
		return before, after, err
	}
	before.list, after.list = settings.Standings(now, divisions, actuals), settings.Standings(then, divisions, thenActuals)
	return before, after, nil
}

// guessed works out what the guesses of settled periods would have been about under the correction.
func (x *shifting) guessed(ctx context.Context, tx pgx.Tx, actuals map[int64]*int64) error {
	type tally struct{ entrants, right int64 }
	tallies := map[int64]*tally{}
	for _, p := range x.f.periods {
		if p.SettledUs != 0 && x.f.settings.Guess != GuessNone {
			tallies[p.ID] = &tally{}
		}
	}
	if len(tallies) == 0 {
		return nil
	}
	err := x.eachScored(ctx, tx, false, func(attempts []scoredRow) error {
		if t := tallies[attempts[0].periodID]; t != nil {
			t.entrants++
			if a := x.best(attempts, nil); a.Correct == a.items && a.items > 0 {
				t.right++
			}
		}
		return nil
	})
	for id, t := range tallies {
		if t.entrants > 0 {
			actuals[id] = GuessActual(x.f.settings.Guess, t.entrants, t.right)
		}
	}
	return err
}

// best is the attempt that counts under the correction, of an entry's attempts in a period.
func (x *shifting) best(attempts []scoredRow, actual *int64) scoredRow {
	rivals := make([]Rival, len(attempts))
	for i, a := range attempts {
		s := x.byID[a.ID]
		rivals[i] = a.Rival
		rivals[i].Points, rivals[i].Correct = a.Points+s.points, a.Correct+s.correct
	}
	i := x.f.settings.Counting(rivals, actual)
	a := attempts[i]
	a.Rival = rivals[i]
	a.items += x.byID[a.ID].items
	return a
}

func (x *shifting) counted(a scoredRow) Counted {
	return Counted{EntryID: a.entryID, PeriodID: a.periodID, Items: a.items, Points: a.Points, Correct: a.Correct, TimeUs: a.TimeUs,
		SubmittedUs: a.FinishedUs - x.f.entryOpens(a.periodID, a.entryID, a.divisionID, a.unitID)}.withGuess(a.Guess)
}

func (x *shifting) passes(a scoredRow, corrections Corrections) int {
	pool := x.f.pools[a.poolID]
	if x.f.settings.PassPercent == 0 || pool == nil || a.Points*100 < int64(x.f.settings.PassPercent)*mostOf(pool, a.paper, corrections) {
		return 0
	}
	return 1
}
