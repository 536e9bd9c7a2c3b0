package exam

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
)

// lockClass parts the advisory locks of responses from those of other rooms.
const lockClass int32 = 0x4558414d // "EXAM"

// act is one change of a round, by a person or by the clock, within its transaction.
type act struct {
	ctx       context.Context
	tx        pgx.Tx
	q         *examdb.Queries
	contestID int64
	round     examdb.ExamRound // as it stands, its row locked
	settings  Settings
	nowUs     int64
	state     contest.State
	rehearsal bool

	// What the round is to be after it.
	phase     Phase
	paused    int64
	published int64

	events []Event
	scored int64
}

// add notes an event of the act.
func (a *act) add(e Event) { a.events = append(a.events, e) }

// scores notes that scores, places or actual values change.
func (a *act) scores() { a.scored = 1 }

// act is the one way in which a round changes while it can be taken. The responses' lock is held exclusively: no batch of
// responses and no start is under way, each one sees the round either before or after. What f adds becomes the events of
// the round; without an event the round stays as it is and nobody is told, whatever else f has noted.
func (s *Service) act(ctx context.Context, contestID, roundID int64, f func(a *act) error) error {
	round, err := s.contests.Round(ctx, contestID, roundID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	happened := false
	err = postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		a := &act{ctx: ctx, tx: tx, q: s.q.WithTx(tx), contestID: round.ContestID}
		happened = false
		if err := s.begin(a, roundID); err != nil {
			return err
		}
		if err := f(a); err != nil {
			return err
		}
		happened = len(a.events) > 0
		if !happened {
			return nil
		}
		return s.finish(a)
	})
	s.health.Report(err)
	if err != nil {
		return postgres.Fault(err)
	}
	if happened {
		s.changed(roundID)
	}
	return nil
}

func (s *Service) begin(a *act, roundID int64) (err error) {
	if a.state, a.rehearsal, err = s.contests.HoldState(a.ctx, a.tx, a.contestID); err != nil {
		return err
	}
	if a.state == contest.Finalized || a.state == contest.Archived {
		return errContestOver
	}
	if err := a.q.LockExclusive(a.ctx, examdb.LockExclusiveParams{Class: lockClass, Round: int32(roundID)}); err != nil {
		return err
	}
	if a.round, err = a.q.LockRound(a.ctx, roundID); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return errNotExam
		}
		return err
	}
	a.nowUs, a.phase, a.paused, a.published = s.nowUs(), Phase(a.round.Phase), a.round.PausedAtUs, a.round.PublishedUs
	a.settings, err = decodeSettings(a.round.Settings)
	return err
}

func (s *Service) finish(a *act) error {
	seq := a.round.Seq
	by := account.From(a.ctx).AccountID
	for _, e := range a.events {
		seq++
		payload, err := e.Encode()
		if err != nil {
			return err
		}
		if err := a.q.AppendEvent(a.ctx, examdb.AppendEventParams{RoundID: a.round.RoundID, Seq: seq, AtUs: a.nowUs, ByID: by, Payload: payload}); err != nil {
			return err
		}
		if err := audit.Append(a.ctx, a.tx, a.contestID, "exam."+string(e.Kind), auditOf(a.round.RoundID, e)); err != nil {
			return err
		}
	}
	if a.phase != Phase(a.round.Phase) {
		if err := s.contests.SetRoundState(a.ctx, a.tx, a.round.RoundID, contest.RoundState(a.phase)); err != nil {
			return err
		}
	}
	return a.q.Advance(a.ctx, examdb.AdvanceParams{RoundID: a.round.RoundID, Seq: seq, Phase: string(a.phase), PausedAtUs: a.paused,
		PublishedUs: a.published, Scores: a.scored})
}

// auditOf is what the contest's record says of an event.
func auditOf(roundID int64, e Event) map[string]any {
	m := map[string]any{"round": roundID}
	put := func(name string, v int64) {
		if v != 0 {
			m[name] = v
		}
	}
	put("period", e.PeriodID)
	put("by_us", e.ByUs)
	put("override", e.Override)
	put("entry", e.Entry)
	put("unit", e.Unit)
	put("item", e.Item)
	put("version", e.Version)
	put("key_version", e.KeyVersion)
	if e.Kind == EventVoid {
		m["policy"] = e.Policy
	}
	if e.Actual != nil {
		m["actual"] = *e.Actual
	}
	if e.Reason != "" {
		m["reason"] = e.Reason
	}
	if len(e.Pools) > 0 {
		m["pools"] = e.Pools
	}
	return m
}

// Events gives what happened to a round, in its order.
func (s *Service) Events(ctx context.Context, roundID int64) ([]Event, error) {
	rows, err := s.q.EventsAfter(ctx, examdb.EventsAfterParams{RoundID: roundID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return eventsOf(rows)
}

func eventsOf(rows []examdb.EventsAfterRow) ([]Event, error) {
	events := make([]Event, 0, len(rows))
	for _, row := range rows {
		e, err := DecodeEvent(row.Seq, row.AtUs, row.ByID, row.Payload)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// cleanReason brings a reason into the form in which it is kept; least is how long it must be.
func cleanReason(reason string, least int) (string, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	if n := utf8.RuneCountInString(reason); n < least || n > 500 || !utf8.ValidString(reason) || strings.ContainsRune(reason, 0) {
		return "", errReason
	}
	return reason, nil
}
