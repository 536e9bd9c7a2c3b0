package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

var (
	errLostLease   = conflict("lease_lost", "Máy chủ khác đang điều khiển đồng hồ của vòng này.", "Another node ticks this round.")
	errContestOver = conflict("contest_over", "Hội thi đã kết thúc nên không mở lại hay sửa vòng được nữa. Vẫn có thể hủy câu hoặc sửa đáp án của vòng đã thi.", "The contest is over, so the round can be neither opened again nor set up anew. Items that were played can still be voided or corrected.")
	errNotRunning  = conflict("contest_not_running", "Hội thi chưa ở trạng thái đang thi. Hãy chuyển trạng thái rồi bắt đầu vòng.", "The contest is not running yet. Move it on, then start the round.")
	errOtherParts  = fault.New(fault.Invalid, "correction_of_other_parts", "Phiên bản này đã đổi các phương án, các mục hoặc các chỗ trống, nên không dùng để chấm những câu trả lời đã nhận được. Hãy giữ nguyên các phần đó và chỉ sửa đáp án.", "This version has other options, lines or blanks, so the answers that came in can't be scored by it. Keep those and change the key only.")
	errOtherItem   = fault.New(fault.Invalid, "correction_of_other_item", "Đáp án sửa phải thuộc một phiên bản khác của chính câu hỏi này.", "The corrected key must come from another version of the same item.")
	errCueNotKnown = fault.New(fault.Unavailable, "cue_not_known", "Chưa biết thao tác đã được ghi chưa. Xem màn hình rồi thử lại.", "It is not known whether the cue was stored. Look at the screen, then try again.")
)

// Give carries a cue out on the node that received it: the events' key in Postgres decides between two that come at the
// same moment, so no cue has to travel to the node that ticks. expected is the seq that the host saw; a second click
// on the same button finds that the round has moved on.
func (s *Service) Give(ctx context.Context, roundID, expected int64, c Command) (int64, error) {
	r, err := s.room(ctx, roundID)
	if err != nil {
		return 0, err
	}
	if err := r.refresh(ctx); err != nil {
		return 0, err
	}
	state := r.snapshot()
	if expected != state.Seq && !r.onlyClosedSince(expected) {
		return 0, errMoved
	}
	if err := r.prepare(ctx, &state, &c); err != nil {
		return 0, err
	}
	events, f := Step(state, c, s.cfg.NowUs())
	if f != nil {
		return 0, f
	}
	if err := s.append(ctx, r, state, events, 0); err != nil {
		return 0, err
	}
	s.announce(ctx, r)
	return events[len(events)-1].Seq, nil
}

// onlyClosedSince tells whether all that the host missed is that the clock closed the item: that changes nothing of
// what he wanted.
func (r *room) onlyClosedSince(seq int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if seq < 0 || seq > r.state.Seq {
		return false
	}
	for _, e := range r.events {
		if e.Seq > seq && e.Kind != EventClosed {
			return false
		}
	}
	return true
}

// prepare adds what Step can't know: the timeline that a start freezes, whose version a correction names.
func (r *room) prepare(ctx context.Context, state *State, c *Command) error {
	in := r.details()
	switch c.Cue {
	case CueStart:
		c.Settings, c.Items = in.setup, frozenItems(in.setup, in.setupItems)
	case CueCorrect:
		p := state.Play(c.Play)
		if p == nil {
			return errNoSuchPlay
		}
		versions, err := r.s.cfg.Bank.ItemVersions(ctx, in.bankID, []int64{c.Version, p.VersionID})
		if err != nil {
			return err
		}
		if len(versions) != 2 && c.Version != p.VersionID || len(versions) == 2 &&
			(versions[0].ItemID != versions[1].ItemID || versions[0].Content.Type != versions[1].Content.Type) {
			return errOtherItem
		}
		if len(versions) == 2 && !sameParts(versions[0].Content, versions[1].Content) {
			return errOtherParts
		}
		for _, v := range versions {
			if _, err := v.Content.ScoringKey(); err != nil {
				return errOtherItem.Because(err)
			}
		}
	}
	return nil
}

// sameParts tells whether answers to one content can be scored by the key of the other: their parts go by the same
// names. The names of what is ordered or matched with follow from the texts, so those must be the same too.
func sameParts(a, b bank.Content) bool {
	texts := func(list []bank.Option) []string {
		var out []string
		for _, o := range list {
			image := ""
			if o.Image != nil {
				image = o.Image.Hash
			}
			out = append(out, o.Text+"\x00"+image)
		}
		return out
	}
	if !slices.Equal(bank.OptionIDs(a.Options), bank.OptionIDs(b.Options)) || !slices.Equal(texts(a.Targets), texts(b.Targets)) ||
		a.Type == bank.Ordering && !slices.Equal(texts(a.Options), texts(b.Options)) {
		return false
	}
	return slices.EqualFunc(a.Blanks, b.Blanks, func(x, y bank.Blank) bool {
		return x.ID == y.ID && x.Type == y.Type && slices.Equal(bank.OptionIDs(x.Options), bank.OptionIDs(y.Options))
	})
}

// announce tells this node at once and the others by a hint. What is lost here is found by the next look.
func (s *Service) announce(ctx context.Context, r *room) {
	if s.cfg.Relay != nil {
		s.cfg.Relay.Hint(hintRound, strconv.FormatInt(r.id, 10))
	}
	if err := r.refresh(ctx); err != nil {
		r.poke()
	}
}

func (s *Service) heardRound(_, payload string) {
	if payload == "" { // hints may have been missed
		for _, r := range s.allRooms() {
			r.poke()
		}
		return
	}
	id, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return
	}
	s.mu.Lock()
	r := s.rooms[id]
	s.mu.Unlock()
	if r != nil {
		r.poke()
	}
}

// gateOf is what the gate of a play says.
func gateOf(p *Play) (state string, deadlineUs int64, exists bool) {
	switch p.Status {
	case PlayShown:
		return "", 0, false
	case PlayOpen, PlayPaused, PlayClosing:
		// While paused the deadline is the moment of the pause: what arrived before it still counts.
		return "open", p.DeadlineUs, true
	}
	return "closed", p.DeadlineUs, p.OpensUs != 0
}

// append writes events, the gates that follow from them and the round's phase, all or nothing. fence is that of the
// lease under which the clock acts; 0 for people.
func (s *Service) append(ctx context.Context, r *room, old State, events []Event, fence int64) error {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	after := Replay(old, events)
	contestID := r.details().contestID
	err := postgres.InTxRetry(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := s.mayMove(ctx, tx, contestID, events); err != nil {
			return err
		}
		gates := changedGates(r.id, &old, &after)
		if len(gates) > 0 {
			// No batch of answers is under way while a gate moves: each one sees it either before or after.
			if err := q.LockResponsesExclusive(ctx, stagedb.LockResponsesExclusiveParams{Class: lockClass, Round: int32(r.id)}); err != nil {
				return err
			}
		}
		n, err := q.Advance(ctx, stagedb.AdvanceParams{RoundID: r.id, OldSeq: old.Seq, NewSeq: after.Seq, Phase: string(after.Phase)})
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved
		}
		for _, e := range events {
			if err := s.appendOne(ctx, q, r.id, e, fence); err != nil {
				return err
			}
			if err := record(ctx, tx, contestID, r.id, e); err != nil {
				return err
			}
		}
		for _, g := range gates {
			if err := q.SetGate(ctx, g); err != nil {
				return err
			}
		}
		return s.tellContest(ctx, tx, r.id, &old, &after)
	})
	s.health.Report(err)
	switch {
	case postgres.IsUnknownCommit(err):
		return s.askAgain(r.id, events[len(events)-1], err)
	case postgres.IsUniqueViolation(err):
		return errMoved
	}
	return postgres.Fault(err)
}

// mayMove refuses a start, and the reopening of a finished round, unless the contest runs. It is asked within the
// transaction that writes, and holds the contest still until that ends: a contest that is being ended at the same moment
// finds the round running, or the start finds the contest over.
func (s *Service) mayMove(ctx context.Context, tx pgx.Tx, contestID int64, events []Event) error {
	for _, e := range events {
		reopens := e.Kind == EventUndone && e.UndoesKind == EventFinished
		if e.Kind != EventStarted && !reopens {
			continue
		}
		state, rehearsal, err := s.cfg.Contests.HoldState(ctx, tx, contestID)
		switch {
		case err != nil:
			return err
		case reopens && state != contest.Running:
			return errContestOver
		case !reopens && state != contest.Running && !rehearsal:
			return errNotRunning
		}
	}
	return nil
}

func (s *Service) appendOne(ctx context.Context, q *stagedb.Queries, roundID int64, e Event, fence int64) error {
	raw, err := e.Encode()
	if err != nil {
		return err
	}
	n, err := q.AppendEvent(ctx, stagedb.AppendEventParams{RoundID: roundID, Seq: e.Seq, AtUs: e.AtUs, Fence: fence, Payload: raw, Node: s.cfg.Node})
	if err != nil {
		return err
	}
	if n == 0 {
		return errLostLease
	}
	return nil
}

// askAgain finds out whether an unknown commit was made. It has a time of its own: the commit is mostly unknown because
// the caller's has run out, or because its lease ended in the middle of it.
func (s *Service) askAgain(roundID int64, e Event, cause error) error {
	ctx, cancel := context.WithTimeout(s.ctx, 8*time.Second)
	defer cancel()
	raw, err := e.Encode()
	if err != nil {
		return err
	}
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		have, err := s.settledEvent(ctx, roundID, e.Seq)
		switch {
		case err == nil && bytes.Equal(have, raw):
			return nil
		case err == nil, errors.Is(err, pgx.ErrNoRows):
			return errMoved
		}
		select {
		case <-ctx.Done():
			return errCueNotKnown.Because(fmt.Errorf("%w: %w", cause, err))
		case <-time.After(min(wait, 500*time.Millisecond)):
		}
	}
}

// settledEvent reads an event after whatever transaction was moving the round on has ended: without that, a commit that
// is still under way would look like one that was never made.
func (s *Service) settledEvent(ctx context.Context, roundID, seq int64) (payload []byte, err error) {
	err = postgres.InTx(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.SettleRound(ctx, roundID); err != nil {
			return err
		}
		payload, err = q.EventAt(ctx, stagedb.EventAtParams{RoundID: roundID, Seq: seq})
		return err
	})
	return payload, err
}

func changedGates(roundID int64, old, after *State) []stagedb.SetGateParams {
	var gates []stagedb.SetGateParams
	for i := range after.Plays {
		p := &after.Plays[i]
		state, deadline, exists := gateOf(p)
		if !exists {
			continue
		}
		if was := old.Play(p.Number); was != nil {
			if wasState, wasDeadline, existed := gateOf(was); existed && wasState == state && wasDeadline == deadline {
				continue
			}
		}
		gates = append(gates, stagedb.SetGateParams{RoundID: roundID, Play: p.Number, State: state, DeadlineUs: deadline})
	}
	return gates
}

// tellContest keeps the round's place in the contest in step.
func (s *Service) tellContest(ctx context.Context, tx pgx.Tx, roundID int64, old, after *State) error {
	if old.Phase == after.Phase {
		return nil
	}
	if after.Phase == PhaseRunning && old.Phase == PhaseReady {
		if err := s.cfg.Contests.SetRoundMaxScore(ctx, tx, roundID, maxScore(after.Items)); err != nil {
			return err
		}
	}
	return s.cfg.Contests.SetRoundState(ctx, tx, roundID, contest.RoundState(after.Phase))
}

// record puts the acts that people may ask about later into the contest's audit; the round's own events hold the rest.
func record(ctx context.Context, tx pgx.Tx, contestID, roundID int64, e Event) error {
	if account.From(ctx).AccountID == 0 {
		return nil // the clock
	}
	switch e.Kind {
	case EventStarted, EventVoided, EventReplaced, EventCorrected, EventFinished, EventScored, EventUndone:
		return audit.Append(ctx, tx, contestID, "stage."+string(e.Kind), map[string]any{
			"round": roundID, "seq": e.Seq, "play": e.Play, "policy": e.Policy, "version": e.Version,
			"undoes": e.UndoesKind, "reason": e.Reason,
		})
	}
	return nil
}
