package exam

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/scoring"
)

// arrival is a checked response on its way to Postgres.
type arrival struct {
	attemptID  int64
	entryID    int64
	place      int16
	writer     int32
	seq        int32
	receivedUs int64
	payload    []byte
}

// stored tells what stands in Postgres under a response's key.
type stored struct{ receivedUs int64 }

// sitting is what this node remembers of an attempt to check responses: whose it is, and which version stands where.
type sitting struct {
	entryID  int64
	poolID   int64
	versions []int64 // of places 1, 2, ...
	sent     int     // responses that went through this node; guarded by sittings
}

// maxSent bounds how often an attempt may send: nobody changes so much by hand.
const maxSent = 4000

// sittings are those of the attempts that answer by way of this node.
type sittings struct {
	mu   sync.Mutex
	byID map[int64]*sitting
}

func (x *sittings) get(id int64) *sitting {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byID[id]
}

func (x *sittings) keep(id int64, s *sitting) *sitting {
	x.mu.Lock()
	defer x.mu.Unlock()
	if have := x.byID[id]; have != nil {
		return have
	}
	if x.byID == nil {
		x.byID = map[int64]*sitting{}
	}
	x.byID[id] = s
	return s
}

func (x *sittings) forget(ids ...int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		delete(x.byID, id)
	}
}

func (x *sittings) may(s *sitting) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	s.sent++
	return s.sent <= maxSent
}

// flights counts the responses of each entry that are on their way, so that a submit never overtakes them. They go by
// the entry that sends: whoever names another's attempt holds up nobody.
type flights struct {
	mu sync.Mutex
	n  map[int64]int
	// landed is closed when the last response of an entry has its answer.
	landed map[int64]chan struct{}
}

func (x *flights) start(id int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.n == nil {
		x.n, x.landed = map[int64]int{}, map[int64]chan struct{}{}
	}
	x.n[id]++
}

func (x *flights) end(id int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.n[id]--; x.n[id] > 0 {
		return
	}
	delete(x.n, id)
	if c := x.landed[id]; c != nil {
		close(c)
		delete(x.landed, id)
	}
}

func (x *flights) wait(ctx context.Context, id int64) error {
	x.mu.Lock()
	if x.n[id] == 0 {
		x.mu.Unlock()
		return nil
	}
	c := x.landed[id]
	if c == nil {
		c = make(chan struct{})
		x.landed[id] = c
	}
	x.mu.Unlock()
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return errNotKnown.Because(ctx.Err())
	}
}

// Respond takes a contestant's response on its whole way; it returns only after the commit.
func (s *Service) Respond(ctx context.Context, p account.Principal, roundID, receivedUs int64, in RespondCommand) (ResponseStored, error) {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return ResponseStored{}, err
	}
	r.flights.start(entry.EntryID)
	defer r.flights.end(entry.EntryID)
	sat, err := r.sitting(ctx, in.AttemptID)
	if err != nil {
		return ResponseStored{}, err
	}
	if sat == nil || sat.entryID != entry.EntryID {
		return ResponseStored{}, errNoAttempt
	}
	payload, err := r.payload(ctx, sat, in)
	if err != nil {
		return ResponseStored{}, err
	}
	if !r.sittings.may(sat) {
		return ResponseStored{}, errTooManyAnswers
	}
	done, err := r.responses.ask(ctx, arrival{attemptID: in.AttemptID, entryID: entry.EntryID, place: in.Place, writer: in.Writer, seq: in.Seq,
		receivedUs: receivedUs, payload: payload})
	if err != nil {
		return ResponseStored{}, err
	}
	s.control.saved(roundID, receivedUs)
	return ResponseStored{Place: in.Place, Seq: in.Seq, ReceivedUs: done.receivedUs}, nil
}

// payload checks a response and gives the bytes that are stored.
func (r *room) payload(ctx context.Context, sat *sitting, in RespondCommand) ([]byte, error) {
	f := r.known()
	switch in.Place {
	case PlaceGuess:
		n, flt := guessOf(f.settings.Guess, in.Text)
		if flt != nil {
			return nil, flt
		}
		return n.canonical(), nil
	case PlaceFlags:
		n, flt := flagsOf(in.Text, len(sat.versions))
		if flt != nil {
			return nil, flt
		}
		return n.canonical(), nil
	}
	if in.Place < 1 || int(in.Place) > len(sat.versions) {
		return nil, errNoPlace
	}
	version := sat.versions[in.Place-1]
	contents, _, err := r.versions(ctx, f, []int64{version})
	if err != nil {
		return nil, err
	}
	content, ok := contents[version]
	if !ok {
		return nil, fmt.Errorf("version %d of an attempt is not in the bank", version)
	}
	response, flt := content.ReadAnswer(scoring.Typed{Options: in.Options, Text: in.Text, Parts: in.Parts})
	if flt != nil {
		return nil, flt
	}
	return response.Canonical(), nil
}

// guessOf reads a guess; an empty one takes an earlier one back.
func guessOf(g Guess, text string) (note, *fault.Fault) {
	text = strings.TrimSpace(text)
	if g == GuessNone {
		return note{}, errNoPlace
	}
	if text == "" {
		return note{}, nil
	}
	if len(text) > 40 || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == '\ufffd' }) {
		return note{}, errGuess
	}
	number, err := scoring.ParseNumber(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	if err != nil {
		return note{}, errGuess
	}
	const hundredth = 10_000 // of a scoring.Number, which counts millionths
	value := int64(number) / hundredth
	switch {
	case number < 0, int64(number)%hundredth != 0:
		return note{}, errGuess
	case g == GuessShare && value > 100_00, g != GuessShare && (value%100 != 0 || strings.HasSuffix(text, "%")):
		return note{}, errGuess
	}
	return note{Text: text, Guess: &value}, nil
}

// flagsOf reads the places that somebody wants to come back to.
func flagsOf(text string, places int) (note, *fault.Fault) {
	var n note
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		at, err := strconv.ParseInt(part, 10, 16)
		if err != nil || at < 1 || int(at) > places {
			return note{}, errNoPlace
		}
		n.Flags = append(n.Flags, int16(at))
	}
	slices.Sort(n.Flags)
	n.Flags = slices.Compact(n.Flags)
	return n, nil
}

// sitting finds what is known of an attempt; nil: there is none in this round.
func (r *room) sitting(ctx context.Context, attemptID int64) (*sitting, error) {
	if have := r.sittings.get(attemptID); have != nil {
		return have, nil
	}
	found, err := r.lookups.ask(ctx, attemptID)
	if err != nil || found == nil {
		return nil, err
	}
	return r.sittings.keep(attemptID, found), nil
}

func (r *room) flushSittings(batch []int64) []reply[*sitting] {
	replies := make([]reply[*sitting], len(batch))
	ctx, cancel := context.WithTimeout(r.s.ctx, soon)
	defer cancel()
	found, err := r.readSittings(ctx, batch)
	for i, id := range batch {
		replies[i] = reply[*sitting]{Value: found[id], Err: postgres.Fault(err)}
	}
	return replies
}

func (r *room) readSittings(ctx context.Context, ids []int64) (map[int64]*sitting, error) {
	rows, err := r.s.q.Sittings(ctx, examdb.SittingsParams{RoundID: r.id, Ids: ids})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*sitting, len(rows))
	for _, row := range rows {
		pool, err := r.poolByID(ctx, row.PoolID)
		if err != nil {
			return nil, err
		}
		paper, err := DecodePaper(row.Paper)
		if err != nil {
			return nil, err
		}
		placed, err := pool.Placed(paper)
		if err != nil {
			return nil, err
		}
		sat := &sitting{entryID: row.EntryID, poolID: row.PoolID}
		for _, p := range placed {
			sat.versions = append(sat.versions, p.Offer.Version)
		}
		found[row.ID] = sat
	}
	return found, nil
}

// poolByID finds the pool of an attempt. This node may be a moment behind the one that froze it.
func (r *room) poolByID(ctx context.Context, id int64) (*Pool, error) {
	if p := r.known().pools[id]; p != nil {
		return p, nil
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	if p := r.known().pools[id]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("exam pool %d of round %d is missing", id, r.id)
}

// Away counts how often the page lost the focus; it never costs points.
func (s *Service) Away(ctx context.Context, p account.Principal, roundID int64, in AwayCommand) error {
	r, entry, err := s.contestant(ctx, p, roundID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err = s.q.Away(ctx, examdb.AwayParams{RoundID: r.id, ID: in.AttemptID, EntryID: entry.EntryID, Times: int32(in.Times)})
	return postgres.Fault(err)
}
