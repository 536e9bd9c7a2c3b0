package exam

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/timing"
)

// submitAsk is the wish to end an attempt.
type submitAsk struct {
	attemptID, entryID int64
	writer             int32
	receivedUs         int64
}

// Submit ends an attempt. Sent again, it says the same; an attempt that the clock has closed stays as it was.
func (s *Service) Submit(ctx context.Context, p account.Principal, roundID, receivedUs int64, in SubmitCommand) (Submitted, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return Submitted{}, err
	}
	// What this device sent before counts, also when its batch is still on the way.
	if err := r.flights.wait(ctx, entry.EntryID); err != nil {
		return Submitted{}, err
	}
	if _, err := r.submits.ask(ctx, submitAsk{in.AttemptID, entry.EntryID, in.Writer, receivedUs}); err != nil {
		return Submitted{}, err
	}
	r.sittings.forget(in.AttemptID)
	view, _, err := r.ownViews(ctx, entry.EntryID)
	if err != nil {
		return Submitted{}, err
	}
	s.pushOwn(roundID, entry.EntryID)
	for _, period := range view.Periods {
		for _, a := range period.Attempts {
			if a.ID == in.AttemptID {
				return Submitted{Attempt: a}, nil
			}
		}
	}
	return Submitted{}, errNoAttempt
}

func (r *room) submitStore() *postgres.Store[submitAsk, struct{}] {
	return &postgres.Store[submitAsk, struct{}]{Try: r.trySubmits, Health: r.s.health, Log: r.s.log.With("round", r.id), Context: r.s.ctx,
		NotKnown: func(cause error) error { return errNotKnown.Because(cause) },
		Refused:  func(_ submitAsk, cause error) error { return errNotStored.Because(cause) }}
}

// The statements of a batch of submits: many share one exclusive lock of a few milliseconds.
const (
	lockExclusive = `SELECT pg_advisory_xact_lock($1::int, $2::int)`

	closeAttempts = `
UPDATE exam_attempt t SET finished_us = greatest(least(a.received_us, t.deadline_us), t.started_us), finish = 'submitted'
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[]) AS a(id, entry_id, writer, received_us), exam_round x
WHERE t.id = a.id AND t.round_id = $1 AND t.entry_id = a.entry_id AND t.writer = a.writer AND t.finished_us IS NULL
  AND a.received_us <= t.deadline_us + $6 AND x.round_id = $1 AND (x.paused_at_us = 0 OR a.received_us <= x.paused_at_us + $6)`

	readClosed = `
SELECT a.at::int, t.finished_us IS NOT NULL, t.writer,
       a.received_us > t.deadline_us + $6 AND (x.paused_at_us = 0 OR t.deadline_us <= x.paused_at_us), x.paused_at_us <> 0
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[]) WITH ORDINALITY AS a(id, entry_id, writer, received_us, at)
JOIN exam_attempt t ON t.id = a.id AND t.round_id = $1 AND t.entry_id = a.entry_id
JOIN exam_round x ON x.round_id = $1`
)

// trySubmits closes a batch and scores it.
func (r *room) trySubmits(ctx context.Context, batch []submitAsk) ([]reply[struct{}], error) {
	n := len(batch)
	ids, entries, writers, received := make([]int64, n), make([]int64, n), make([]int32, n), make([]int64, n)
	for i, a := range batch {
		ids[i], entries[i], writers[i], received[i] = a.attemptID, a.entryID, a.writer, a.receivedUs
	}
	grace := r.known().settings.GraceUs()
	var b pgx.Batch
	b.Queue(lockExclusive, lockClass, int32(r.id))
	b.Queue(closeAttempts, r.id, ids, entries, writers, received, grace)
	b.Queue(readClosed, r.id, ids, entries, writers, received, grace)
	replies := make([]reply[struct{}], n)
	for i := range replies {
		replies[i].Err = errNoAttempt
	}
	err := pipeline(ctx, r.s.db, &b, func(rows pgx.Rows) error {
		var at, writer int32
		var finished, late, paused bool
		if err := rows.Scan(&at, &finished, &writer, &late, &paused); err != nil {
			return err
		}
		to := &replies[at-1]
		switch {
		case finished:
			to.Err = nil
		case writer != batch[at-1].writer:
			to.Err = errSuperseded
		case paused && !late:
			to.Err = errPaused
		default:
			to.Err = nil // the clock submits what was saved, within seconds
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Closed is closed: what can't be scored now, the next turn of the clock scores.
	if _, err := r.score(ctx); err != nil {
		r.s.log.Warn("submitted attempts are not scored yet", "round", r.id, "error", err)
	}
	return replies, nil
}

// Chunks of the clock's work.
const (
	closeAtOnce = 2000
	scoreAtOnce = 500
)

// sweep submits what was saved in attempts whose time is up, and scores what is closed.
func (s *Service) sweep(ctx context.Context, r *room, f *facts) error {
	if f.phase == PhasePaused {
		return nil
	}
	for {
		closed, err := s.closeDue(ctx, r, f)
		if err != nil {
			return err
		}
		entries, err := r.scoreAll(ctx)
		if err != nil {
			entries = closed
		}
		s.pushOwn(f.roundID, entries...)
		if err != nil || len(closed) < closeAtOnce {
			return err
		}
	}
}

func (s *Service) closeDue(ctx context.Context, r *room, f *facts) (entries []int64, err error) {
	if s.health.UpFor() < s.settle {
		return nil, nil // answers that waited through an outage are stored first
	}
	// CloseAt is deadline + grace + drain: due is what it lies behind.
	latest := s.nowUs() - timing.CloseAt(0, f.settings.GraceUs())
	due, err := s.q.AnyDue(ctx, examdb.AnyDueParams{RoundID: f.roundID, LatestUs: latest})
	if err != nil || !due {
		return nil, err
	}
	err = postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockExclusive(ctx, examdb.LockExclusiveParams{Class: lockClass, Round: int32(f.roundID)}); err != nil {
			return err
		}
		rows, err := q.CloseDue(ctx, examdb.CloseDueParams{RoundID: f.roundID, LatestUs: latest, Many: closeAtOnce})
		entries = entries[:0]
		for _, row := range rows {
			entries = append(entries, row.EntryID)
			r.sittings.forget(row.ID)
		}
		return err
	})
	return entries, err
}

// scoreAll scores what is closed and not scored yet, and gives the entries that it belongs to.
func (r *room) scoreAll(ctx context.Context) ([]int64, error) {
	var all []int64
	for {
		entries, err := r.score(ctx)
		all = append(all, entries...)
		if err != nil || len(entries) < scoreAtOnce {
			return all, err
		}
	}
}

// score scores one chunk. The round's row is held, so that two nodes never count the attempts of one entry at once.
func (r *room) score(ctx context.Context) (entries []int64, err error) {
	if r.known() == nil {
		return nil, nil
	}
	err = postgres.InTxRetry(ctx, r.s.db, func(tx pgx.Tx) error {
		q := r.s.q.WithTx(tx)
		entries = nil
		if _, err := q.LockRound(ctx, r.id); err != nil {
			return err
		}
		rows, err := q.Unscored(ctx, examdb.UnscoredParams{RoundID: r.id, Many: scoreAtOnce})
		if err != nil || len(rows) == 0 {
			return err
		}
		// Corrections that came since are in force too: nobody adds one while the row is held.
		events, err := q.EventsAfter(ctx, examdb.EventsAfterParams{RoundID: r.id})
		if err != nil {
			return err
		}
		happened, err := eventsOf(events)
		if err != nil {
			return err
		}
		save := examdb.SaveScoresParams{ScoredUs: r.s.nowUs()}
		touched := map[int64][]int64{} // entries by period
		closed := make([]finished, 0, len(rows))
		for _, row := range rows {
			closed = append(closed, finished{id: row.ID, entryID: row.EntryID, periodID: row.PeriodID, poolID: row.PoolID, paper: row.Paper,
				startedUs: row.StartedUs, finishedUs: row.FinishedUs, pausedUs: row.PausedUs})
		}
		scores, err := r.scored(ctx, q, closed, CorrectionsOf(happened))
		if err != nil {
			return err
		}
		for _, x := range scores {
			save.Ids, save.Points, save.Corrects = append(save.Ids, x.AttemptID), append(save.Points, x.Points), append(save.Corrects, int32(x.Correct))
			save.Items, save.Answereds = append(save.Items, int32(x.Items)), append(save.Answereds, int32(x.Answered))
			save.Times, save.Guesses = append(save.Times, x.TimeUs), append(save.Guesses, guessColumn(x.Guess))
			touched[x.PeriodID] = append(touched[x.PeriodID], x.EntryID)
			entries = append(entries, x.EntryID)
		}
		if err := q.SaveScores(ctx, save); err != nil {
			return err
		}
		for _, period := range slices.Sorted(keysOf(touched)) {
			if err := r.count(ctx, q, period, touched[period]); err != nil {
				return err
			}
		}
		return q.RaiseScores(ctx, r.id)
	})
	r.s.health.Report(err)
	if len(entries) > 0 && err == nil {
		r.poke()
	}
	return entries, err
}

// guessColumn writes a missing guess as −1, because a list of a column can't hold nulls; a guess is never below zero.
func guessColumn(g *int64) int64 {
	if g == nil {
		return -1
	}
	return *g
}

// finished is an attempt that is over.
type finished struct {
	id, entryID, periodID, poolID   int64
	number                          int
	paper                           []byte
	startedUs, finishedUs, pausedUs int64
}

// AttemptScore is what an attempt comes to.
type AttemptScore struct {
	Scored
	AttemptID, EntryID, PeriodID int64
	Number                       int
	TimeUs                       int64
	FinishedUs                   int64
}

// scored works out what attempts come to from their papers and responses, under given corrections.
func (r *room) scored(ctx context.Context, q *examdb.Queries, list []finished, corrections Corrections) ([]AttemptScore, error) {
	f := r.known()
	ids := make([]int64, len(list))
	for i, x := range list {
		ids[i] = x.id
	}
	rows, err := q.FinalResponses(ctx, ids)
	if err != nil {
		return nil, err
	}
	answers := make(map[int64]map[int16][]byte, len(list))
	for _, row := range rows {
		if answers[row.AttemptID] == nil {
			answers[row.AttemptID] = map[int16][]byte{}
		}
		answers[row.AttemptID][row.Place] = row.Payload
	}
	versions := map[int64]bool{}
	for _, c := range corrections {
		if c.KeyVersion != 0 {
			versions[c.KeyVersion] = true
		}
	}
	papers := make([][]Placed, len(list))
	for i, x := range list {
		pool, err := r.poolByID(ctx, x.poolID)
		if err != nil {
			return nil, err
		}
		paper, err := DecodePaper(x.paper)
		if err != nil {
			return nil, err
		}
		if papers[i], err = pool.Placed(paper); err != nil {
			return nil, err
		}
		for _, p := range papers[i] {
			versions[p.Offer.Version] = true
		}
	}
	_, keys, err := r.versions(ctx, f, slices.Collect(keysOf(versions)))
	if err != nil {
		return nil, err
	}
	scores := make([]AttemptScore, 0, len(list))
	for i, x := range list {
		s, err := ScorePaper(papers[i], answers[x.id], keys, corrections)
		if err != nil {
			return nil, err
		}
		scores = append(scores, AttemptScore{Scored: s, AttemptID: x.id, EntryID: x.entryID, PeriodID: x.periodID, Number: x.number,
			TimeUs: max(x.finishedUs-x.startedUs-x.pausedUs, 0), FinishedUs: x.finishedUs})
	}
	return scores, nil
}

// count decides anew which attempts of some entries count in a period.
func (r *room) count(ctx context.Context, q *examdb.Queries, periodID int64, entries []int64) error {
	rows, err := q.Rivals(ctx, examdb.RivalsParams{RoundID: r.id, PeriodID: periodID, EntryIds: entries})
	if err != nil {
		return err
	}
	list := make([]examdb.RivalsAfterRow, len(rows))
	for i, row := range rows {
		list[i] = examdb.RivalsAfterRow(row)
	}
	actual, err := r.actualOf(ctx, q, periodID)
	if err != nil {
		return err
	}
	return setCounts(ctx, q, r.known().settings, list, actual)
}

func (r *room) actualOf(ctx context.Context, q *examdb.Queries, periodID int64) (*int64, error) {
	periods, err := q.Periods(ctx, r.id)
	if err != nil {
		return nil, err
	}
	for _, p := range periods {
		if p.ID == periodID {
			return p.Actual, nil
		}
	}
	return nil, nil
}

// setCounts marks those that count among scored attempts, which come by entry.
func setCounts(ctx context.Context, q *examdb.Queries, settings Settings, rows []examdb.RivalsAfterRow, actual *int64) error {
	var change examdb.SetCountsParams
	for i := 0; i < len(rows); {
		j := i
		var rivals []Rival
		for ; j < len(rows) && rows[j].EntryID == rows[i].EntryID; j++ {
			x := rows[j]
			rivals = append(rivals, Rival{ID: x.ID, Number: int(x.Number), Points: x.Points, Correct: int(x.Correct), TimeUs: x.TimeUs,
				FinishedUs: x.FinishedUs, Guess: x.Guess})
		}
		best := settings.Counting(rivals, actual)
		for k := i; k < j; k++ {
			if counts := k-i == best; counts != rows[k].Counts {
				change.Ids = append(change.Ids, rows[k].ID)
				if counts {
					change.Counting = append(change.Counting, rows[k].ID)
				}
			}
		}
		i = j
	}
	if len(change.Ids) == 0 {
		return nil
	}
	if change.Counting == nil {
		change.Counting = []int64{}
	}
	return q.SetCounts(ctx, change)
}
