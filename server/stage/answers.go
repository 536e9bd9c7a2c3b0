package stage

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
)

// lockClass parts the advisory locks of responses from those of other rooms.
const lockClass int32 = 0x53544147 // "STAG"

// Faults of an answer that came in well but isn't stored.
var (
	errAnswerClosed = conflict("answer_closed",
		"Đã hết giờ trả lời câu này. Câu trả lời đã lưu trước đó vẫn được tính.",
		"The time for this item is over. What was saved before still counts.")
	errAnswerConflict = conflict("answer_conflict",
		"Câu trả lời này trùng số với một câu trả lời khác đã lưu. Màn hình đang lấy lại câu đã lưu.",
		"Another answer was saved under this number. The screen is fetching what was saved.")
	errSuperseded = fault.New(fault.Superseded, "superseded",
		"Một thiết bị khác đang trả lời thay cho thí sinh này. Câu đã lưu không mất.",
		"Another device answers for this entry now. Nothing that was saved is lost.")
	errNotStored = fault.New(fault.Internal, "answer_not_stored",
		"Câu trả lời này không lưu được. Các câu đã lưu không mất. Hãy chọn lại; nếu vẫn lỗi, báo giám thị.",
		"This answer could not be saved. Nothing that was saved is lost. Choose again; if it goes on, tell the supervisor.")
)

// arrival is a checked answer on its way to Postgres.
type arrival struct {
	play       int32
	entryID    int64
	writer     int32
	seq        int32
	receivedUs int64
	shownUs    int64
	payload    []byte
}

// maxTries bounds how often an entry's answer to one play may be sent: nobody changes his mind so often by hand.
const maxTries = 300

// tries counts the answers of each entry to the newest play, on this node.
type tries struct {
	mu   sync.Mutex
	most int
	play int32
	n    map[int64]int
}

func (x *tries) may(play int32, entryID int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if play > x.play || x.n == nil {
		x.play, x.n = play, map[int64]int{}
	}
	x.n[entryID]++
	return x.n[entryID] <= x.most
}

// stored tells what stands in Postgres under an answer's key.
type stored struct {
	ReceivedUs int64
}

// The statements of a batch. They are written here, not in queries.sql, because they go down the wire together; the
// lock must be a statement of its own: in one statement with the insert, an old snapshot let a row in after the close.
// The insert goes in the order of the keys: two nodes that insert the same rows wait for each other, never in a circle.
const (
	lockShared = `SELECT pg_advisory_xact_lock_shared($1::int, $2::int)`

	insertAnswers = `
INSERT INTO stage_response (round_id, play, entry_id, writer, seq, received_us, shown_us, payload)
SELECT $1::bigint, a.play, a.entry_id, a.writer, a.seq, a.received_us, a.shown_us, a.payload
FROM unnest($2::int[], $3::bigint[], $4::int[], $5::int[], $6::bigint[], $7::bigint[], $8::bytea[])
     AS a(play, entry_id, writer, seq, received_us, shown_us, payload)
JOIN stage_gate g ON g.round_id = $1 AND g.play = a.play AND g.state = 'open' AND a.received_us <= g.deadline_us + $9
JOIN stage_writer w ON w.round_id = $1 AND w.entry_id = a.entry_id AND w.writer = a.writer
ORDER BY a.play, a.entry_id, a.writer, a.seq
ON CONFLICT DO NOTHING`

	readAnswers = `
SELECT a.place::int, r.received_us, r.payload, coalesce(w.writer, 0)
FROM unnest($2::int[], $3::bigint[], $4::int[], $5::int[]) WITH ORDINALITY AS a(play, entry_id, writer, seq, place)
LEFT JOIN stage_response r ON r.round_id = $1 AND r.play = a.play AND r.entry_id = a.entry_id
                          AND r.writer = a.writer AND r.seq = a.seq
LEFT JOIN stage_writer w ON w.round_id = $1 AND w.entry_id = a.entry_id`
)

// answerStore makes answers durable, a batch at a time.
type answerStore struct {
	db      *pgxpool.Pool
	roundID int64
	graceUs func() int64
	log     *slog.Logger
}

// kept is how batches become durable; ctx ends with the service.
func (s *answerStore) kept(ctx context.Context, health *postgres.Health) *postgres.Store[arrival, stored] {
	return &postgres.Store[arrival, stored]{Try: s.store, Health: health, Log: s.log.With("round", s.roundID), Context: ctx,
		NotKnown: func(cause error) error { return errNotKnown.Because(cause) },
		Refused: func(a arrival, cause error) error {
			s.log.Error("an answer was refused by the database", "round", s.roundID, "play", a.play, "entry", a.entryID, "error", cause)
			return errNotStored.Because(cause)
		}}
}

// store runs one pipelined transaction: what is queued up to Sync is committed together, or not at all.
func (s *answerStore) store(ctx context.Context, batch []arrival) ([]reply[stored], error) {
	n := len(batch)
	plays, entries, writers, seqs := make([]int32, n), make([]int64, n), make([]int32, n), make([]int32, n)
	received, shown, payloads := make([]int64, n), make([]int64, n), make([][]byte, n)
	for i, a := range batch {
		plays[i], entries[i], writers[i], seqs[i] = a.play, a.entryID, a.writer, a.seq
		received[i], shown[i], payloads[i] = a.receivedUs, a.shownUs, a.payload
	}
	var b pgx.Batch
	b.Queue(lockShared, lockClass, int32(s.roundID))
	b.Queue(insertAnswers, s.roundID, plays, entries, writers, seqs, received, shown, payloads, s.graceUs())
	b.Queue(readAnswers, s.roundID, plays, entries, writers, seqs)
	results := s.db.SendBatch(ctx, &b)
	replies, err := s.read(results, batch)
	// The end of the pipeline is the COMMIT: without its answer nothing is known.
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return replies, err
}

func (s *answerStore) read(results pgx.BatchResults, batch []arrival) ([]reply[stored], error) {
	for range 2 {
		if _, err := results.Exec(); err != nil {
			return nil, err
		}
	}
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	replies := make([]reply[stored], len(batch))
	for rows.Next() {
		var place, writer int32
		var receivedUs *int64
		var payload []byte
		if err := rows.Scan(&place, &receivedUs, &payload, &writer); err != nil {
			return nil, fmt.Errorf("read answers back: %w", err)
		}
		at := place - 1
		a := batch[at]
		switch {
		case receivedUs != nil && bytes.Equal(payload, a.payload):
			replies[at].Value.ReceivedUs = *receivedUs
		case receivedUs != nil:
			replies[at].Err = errAnswerConflict
		case writer != a.writer:
			replies[at].Err = errSuperseded
		default:
			replies[at].Err = errAnswerClosed
		}
	}
	return replies, rows.Err()
}
