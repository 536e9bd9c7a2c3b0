package exam

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/timing"
)

// startAsk is the wish to begin an attempt.
type startAsk struct {
	entryID, deviceID, periodID int64
	receivedUs                  int64
}

// started is an attempt that stands: the new one, or the one that was open.
type started struct {
	attemptID int64
	deviceID  int64
	writer    int32
}

// StartAttempt begins an attempt, or gives the one that is open; it returns only after the commit.
func (s *Service) StartAttempt(ctx context.Context, p account.Principal, roundID, receivedUs int64, in StartCommand) (Started, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return Started{}, err
	}
	got, err := r.starts.ask(ctx, startAsk{entry.EntryID, entry.DeviceID, in.PeriodID, receivedUs})
	if err != nil {
		return Started{}, err
	}
	if got.deviceID != entry.DeviceID {
		return s.Claim(ctx, p, roundID, ClaimAttemptCommand{AttemptID: got.attemptID})
	}
	r.show(ctx, entry.EntryID)
	return Started{AttemptID: got.attemptID, Writer: got.writer}, nil
}

func (r *room) startStore() *postgres.Store[startAsk, started] {
	return &postgres.Store[startAsk, started]{Try: r.tryStarts, Health: r.s.health, Log: r.s.log.With("round", r.id), Context: r.s.ctx,
		NotKnown: func(cause error) error { return errNotKnown.Because(cause) },
		Refused: func(q startAsk, cause error) error {
			r.s.log.Error("an attempt was refused by the database", "round", r.id, "entry", q.entryID, "error", cause)
			return errNotStored.Because(cause)
		}}
}

// sheet is a paper that was drawn for somebody, on its way to Postgres.
type sheet struct {
	at         int // in the batch
	id         int64
	entryID    int64
	periodID   int64
	deviceID   int64
	number     int32
	pool       *Pool
	seed       []byte
	paper      []byte
	startedUs  int64
	deadlineUs int64
}

// attemptID makes the number of an attempt: the second of its start, so that what is written together lies together, and
// 22 bits that nobody foresees. Counted up it would tell everybody how many take part, which a guess may be about. One
// that is taken already is not stored, and drawn again. It stays exact in a browser's numbers.
func attemptID(startedUs int64, seed string, entryID int64) int64 {
	const bits, since = 22, 1_577_836_800 // 2020
	h := sha256.Sum256(fmt.Appendf(nil, "attempt %s %d", seed, entryID))
	return max(startedUs/timeSecondUs-since, 1)<<bits | int64(binary.BigEndian.Uint32(h[:])>>(32-bits))
}

// stale is how often a batch is looked at anew because the round has moved on in between.
const stale = 8

// tryStarts draws and stores papers. What a round was when a paper was drawn is compared when it is stored: a deadline
// never comes from a window that has been moved since.
func (r *room) tryStarts(ctx context.Context, batch []startAsk) ([]reply[started], error) {
	replies := make([]reply[started], len(batch))
	left := make([]int, len(batch))
	for i := range left {
		left[i] = i
	}
	for range stale {
		if err := r.refresh(ctx); err != nil {
			return nil, err
		}
		f := r.known()
		if f.phase == PhaseReady { // its first window has just opened, and the clock's turn is still to come
			r.s.openDue(ctx, r, f)
			if err := r.refresh(ctx); err != nil {
				return nil, err
			}
			f = r.known()
		}
		sheets, err := r.draw(ctx, f, batch, left, replies)
		if err != nil || len(sheets) == 0 {
			return replies, err
		}
		if left, err = r.storeSheets(ctx, f, sheets, replies); err != nil || len(left) == 0 {
			return replies, err
		}
	}
	for _, i := range left {
		replies[i].Err = errNotKnown
	}
	return replies, nil
}

// draw settles what needs no new attempt, and draws papers for the others.
func (r *room) draw(ctx context.Context, f *facts, batch []startAsk, left []int, replies []reply[started]) ([]sheet, error) {
	ids := make([]int64, 0, len(left))
	for _, i := range left {
		ids = append(ids, batch[i].entryID)
	}
	people, err := r.contestants(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.s.q.AttemptsOf(ctx, examdb.AttemptsOfParams{RoundID: r.id, EntryIds: ids})
	if err != nil {
		return nil, err
	}
	attempts := map[int64][]examdb.AttemptsOfRow{}
	for _, row := range rows {
		attempts[row.EntryID] = append(attempts[row.EntryID], row)
	}
	var sheets []sheet
	for _, i := range left {
		replies[i] = reply[started]{}
		var made *sheet
		if made, replies[i], err = r.drawOne(ctx, f, batch[i], people[batch[i].entryID], attempts[batch[i].entryID]); err != nil {
			return nil, err
		}
		if made != nil {
			made.at = i
			sheets = append(sheets, *made)
		}
	}
	return sheets, nil
}

func (r *room) drawOne(ctx context.Context, f *facts, q startAsk, who person, attempts []examdb.AttemptsOfRow) (*sheet, reply[started], error) {
	refuse := func(err error) (*sheet, reply[started], error) { return nil, reply[started]{Err: err}, nil }
	number, used, other := int32(0), 0, false
	for _, a := range attempts {
		switch {
		case a.FinishedUs == nil && a.PeriodID == q.periodID:
			return nil, reply[started]{Value: started{a.ID, a.DeviceID, a.Writer}}, nil
		case a.FinishedUs == nil:
			other = true
		case a.PeriodID == q.periodID:
			used++
			number = max(number, a.Number)
		}
	}
	if other {
		return refuse(errOtherOpen)
	}
	if who.ContestID != f.contest.ID || who.State != string(roster.EntryActive) || !who.Enters {
		return refuse(errNotInRound)
	}
	period, ok := f.period(q.periodID)
	if !ok {
		return refuse(errNoPeriod)
	}
	window, ok := period.Window(who.DivisionID)
	if !ok {
		return refuse(errNoPeriod)
	}
	allowed := f.allowance(period.ID, who.ID, who.UnitID)
	window = allowed.Apply(window)
	// The time runs from when the paper is drawn, not from when it was asked for: the wait is nobody's fault. Whoever asked
	// in time but whose paper would come when all is over keeps the attempt, and the period its count.
	startUs := max(q.receivedUs, r.s.nowUs())
	switch {
	case f.phase == PhasePaused:
		return refuse(errPaused)
	case window.Over(startUs), period.SettledUs != 0:
		return refuse(errOver)
	case !window.Open(q.receivedUs):
		return refuse(errTooEarly)
	case f.settings.Attempts != 0 && used >= f.settings.Attempts+allowed.Attempts:
		return refuse(errNoneLeft)
	}
	pool := f.pool(period.ID, who.DivisionID)
	switch {
	case pool == nil:
		return refuse(errNotPrepared)
	case f.phase != PhaseRunning:
		return refuse(errNotStarted)
	}
	contents, err := r.contentsOf(ctx, f, pool)
	if err != nil {
		return nil, reply[started]{}, err
	}
	seed := r.s.cfg.Seed()
	drawn, err := pool.Draw(seed, contents)
	if err != nil {
		return refuse(errNotPrepared.Because(err))
	}
	x := &sheet{id: attemptID(startUs, seed, who.ID), entryID: who.ID, periodID: period.ID, deviceID: q.deviceID, number: number + 1, pool: pool, startedUs: startUs,
		deadlineUs: timing.Deadline(startUs, f.settings.DurationUs(who.DivisionID), window.ClosesUs, allowed.ExtraUs)}
	if x.seed, err = hex.DecodeString(seed); err != nil {
		return nil, reply[started]{}, fmt.Errorf("exam seed: %w", err)
	}
	if x.paper, err = drawn.Encode(); err != nil {
		return nil, reply[started]{}, err
	}
	return x, reply[started]{}, nil
}

// The statements of a batch of starts; see those of responses.
const (
	insertAttempts = `
INSERT INTO exam_attempt (id, round_id, period_id, entry_id, number, pool_id, seed, paper, started_us, deadline_us, device_id)
OVERRIDING SYSTEM VALUE
SELECT a.id, $1::bigint, a.period_id, a.entry_id, a.number, a.pool_id, a.seed, a.paper, a.started_us, a.deadline_us, a.device_id
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[], $13::bigint[])
     AS a(period_id, entry_id, number, pool_id, seed, paper, started_us, deadline_us, device_id, id)
JOIN exam_round x ON x.round_id = $1 AND x.seq = $11 AND x.version = $12 AND x.phase = 'running'
ORDER BY a.entry_id, a.period_id, a.number
ON CONFLICT DO NOTHING`

	readAttempts = `
SELECT a.place::int, t.id, t.device_id, t.writer
FROM unnest($2::bigint[], $3::bigint[], $4::int[]) WITH ORDINALITY AS a(period_id, entry_id, number, place)
JOIN exam_attempt t ON t.round_id = $1 AND t.period_id = a.period_id AND t.entry_id = a.entry_id AND t.number = a.number`
)

// storeSheets keeps papers; those that are not there afterwards were drawn for a round that has moved on: they are asked
// for again.
func (r *room) storeSheets(ctx context.Context, f *facts, sheets []sheet, replies []reply[started]) (again []int, err error) {
	n := len(sheets)
	periods, entries, numbers, pools := make([]int64, n), make([]int64, n), make([]int32, n), make([]int64, n)
	seeds, papers, starts, deadlines, devices := make([][]byte, n), make([][]byte, n), make([]int64, n), make([]int64, n), make([]int64, n)
	ids := make([]int64, n)
	for i, x := range sheets {
		periods[i], entries[i], numbers[i], pools[i] = x.periodID, x.entryID, x.number, x.pool.ID
		seeds[i], papers[i], starts[i], deadlines[i], devices[i] = x.seed, x.paper, x.startedUs, x.deadlineUs, x.deviceID
		ids[i] = x.id
	}
	var b pgx.Batch
	b.Queue(lockShared, lockClass, int32(r.id))
	b.Queue(insertAttempts, r.id, periods, entries, numbers, pools, seeds, papers, starts, deadlines, devices, f.seq, f.version, ids)
	b.Queue(readAttempts, r.id, periods, entries, numbers)
	there := make([]bool, n)
	err = pipeline(ctx, r.s.db, &b, func(rows pgx.Rows) error {
		var place int32
		var x started
		if err := rows.Scan(&place, &x.attemptID, &x.deviceID, &x.writer); err != nil {
			return err
		}
		there[place-1] = true
		replies[sheets[place-1].at].Value = x
		return nil
	})
	for i, x := range sheets {
		if !there[i] {
			again = append(again, x.at)
		}
	}
	return again, err
}

// person is what this room needs to know of an entry.
type person struct {
	examdb.ContestantsRow
}

func (r *room) contestants(ctx context.Context, ids []int64) (map[int64]person, error) {
	rows, err := r.s.q.Contestants(ctx, examdb.ContestantsParams{RoundID: r.id, Ids: ids})
	if err != nil {
		return nil, err
	}
	people := make(map[int64]person, len(rows))
	for _, row := range rows {
		people[row.ID] = person{row}
	}
	return people, nil
}

func join(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, id)
	}
	return b.String()
}
