package privacy

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/privacy/privacydb"
	"github.com/hoithi/hoithi/server/roster"
)

// lockClass parts the advisory locks of people who ask from those of other rooms.
const lockClass = 0x50524956 // "PRIV"

// perDay is how many requests one person may make in a day.
const perDay = 10

func cleanWords(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// Ask makes a request of a person, due by the terms of its kind.
func (s *Service) Ask(ctx context.Context, who roster.Who, kind Kind, words string) error {
	words = cleanWords(words)
	n := len([]rune(words))
	if n > 1000 || (kind == Correct || kind == See) && n < 5 || strings.ContainsRune(words, 0) {
		return wordsNeeded.At("words", wordsNeeded.Vi, wordsNeeded.En)
	}
	own, err := s.roster.Own(ctx, who)
	if err != nil {
		return err
	}
	switch {
	case own.Erased:
		return alreadyErased
	case kind == Withdraw && own.EntryState != roster.EntryActive:
		return alreadyEnded
	}
	term, zone := termOf(kind), zoneOf(own.Contest.TimeZone)
	return postgres.Fault(postgres.InTxRetry(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := q.LockPerson(ctx, privacydb.LockPersonParams{Class: lockClass, Person: int32(max(who.RegistrationID, who.EntryID))}); err != nil {
			return err
		}
		count, err := q.CountRequestsOf(ctx, privacydb.CountRequestsOfParams{ContestID: who.ContestID, EntryID: who.EntryID, RegistrationID: who.RegistrationID, Kind: string(kind)})
		switch {
		case err != nil:
			return err
		case count.Same > 0:
			return alreadyAsked
		case count.Lately >= perDay:
			return tooManyRequests
		}
		now := time.Now().In(zone)
		id, err := q.InsertRequest(ctx, privacydb.InsertRequestParams{ContestID: who.ContestID, RegistrationID: who.RegistrationID, EntryID: who.EntryID,
			Kind: string(kind), Words: words, AnswerDue: DueAfter(now, term.AnswerDays), DoneDue: DueAfter(now, term.DoneDays)})
		if err != nil {
			return err
		}
		return record(ctx, tx, who.ContestID, "ask", map[string]any{"request": id, "kind": kind})
	}))
}

func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}

// Cancel takes a request back, by the person.
func (s *Service) Cancel(ctx context.Context, who roster.Who, id int64) error {
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.WithTx(tx).CancelRequest(ctx, privacydb.CancelRequestParams{ID: id, ContestID: who.ContestID, EntryID: who.EntryID, RegistrationID: who.RegistrationID})
		if err != nil {
			return err
		}
		if n == 0 {
			return alreadyEnded
		}
		return record(ctx, tx, who.ContestID, "cancel", map[string]any{"request": id})
	}))
}

func (s *Service) requestsOf(ctx context.Context, who roster.Who) ([]Request, error) {
	rows, err := s.q.RequestsOf(ctx, privacydb.RequestsOfParams{ContestID: who.ContestID, EntryID: who.EntryID, RegistrationID: who.RegistrationID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	out := make([]Request, len(rows))
	for i, r := range rows {
		out[i] = requestOf(r)
	}
	return out, nil
}

func requestOf(r privacydb.DataRequest) Request {
	return Request{ID: r.ID, ContestID: r.ContestID, RegistrationID: deref(r.RegistrationID), EntryID: deref(r.EntryID), Kind: Kind(r.Kind),
		State: State(r.State), Words: r.Words, Answer: r.Answer, AnswerDue: r.AnswerDue, DoneDue: r.DoneDue, CreatedAt: r.CreatedAt,
		AnsweredAt: r.AnsweredAt, DoneAt: r.DoneAt}
}

// PageSize is how many requests a page lists.
const PageSize = 50

// Requests lists those of a contest: the waiting ones with the earliest due date first, or the ended ones, newest first.
func (s *Service) Requests(ctx context.Context, contestID int64, waiting bool, page int) ([]Request, error) {
	rows, err := s.q.ListRequests(ctx, privacydb.ListRequestsParams{ContestID: contestID, Waiting: waiting, Most: PageSize,
		Skip: int32(min(max(page-1, 0), 10_000)) * PageSize})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	out := make([]Request, len(rows))
	for i, r := range rows {
		out[i] = requestOf(privacydb.DataRequest{ID: r.ID, ContestID: r.ContestID, RegistrationID: r.RegistrationID, EntryID: r.EntryID, Kind: r.Kind,
			State: r.State, Words: r.Words, Answer: r.Answer, AnswerDue: r.AnswerDue, DoneDue: r.DoneDue, CreatedAt: r.CreatedAt,
			AnsweredAt: r.AnsweredAt, DoneAt: r.DoneAt})
		out[i].Name = r.Name
		if r.Number > 0 {
			out[i].Number = roster.NumberText(int(r.Number))
		}
	}
	return out, nil
}

// Answer decides about a request: Accepted (it will be done), Done or Refused. What a kind asks for is carried out when
// it is done: a withdrawal withdraws, an erasure erases.
func (s *Service) Answer(ctx context.Context, contestID, id int64, state State, answer string) error {
	answer = cleanWords(answer)
	if n := len([]rune(answer)); n < 5 || n > 1000 || strings.ContainsRune(answer, 0) {
		return answerNeeded.At("answer", answerNeeded.Vi, answerNeeded.En)
	}
	var row privacydb.LockRequestRow
	var who roster.Who
	look := func(tx pgx.Tx) (err error) {
		row, err = s.q.WithTx(tx).LockRequest(ctx, privacydb.LockRequestParams{ID: id, ContestID: contestID})
		switch {
		case isNone(err):
			return fault.NothingHere
		case err != nil:
			return err
		case State(row.State).Ended():
			return alreadyEnded
		}
		return nil
	}
	settle := func(tx pgx.Tx) error {
		if err := look(tx); err != nil {
			return err
		}
		err := s.q.WithTx(tx).AnswerRequest(ctx, privacydb.AnswerRequestParams{ID: id, State: string(state), Answer: answer,
			DecidedBy: actor(ctx), Ended: state.Ended()})
		if err != nil {
			return err
		}
		if by := actor(ctx); by != nil && who.EntryID != 0 { // the person can see who has handled it
			err := s.q.WithTx(tx).NoteAccess(ctx, privacydb.NoteAccessParams{ContestID: contestID, EntryID: who.EntryID, AccountID: *by, Purpose: "request"})
			if err != nil {
				return err
			}
		}
		return record(ctx, tx, contestID, "answer", map[string]any{"request": id, "kind": row.Kind, "state": state})
	}
	if err := postgres.InTx(ctx, s.db, look); err != nil {
		return postgres.Fault(err)
	}
	who = roster.Who{ContestID: contestID, RegistrationID: deref(row.RegistrationID), EntryID: deref(row.EntryID)}
	if who.EntryID == 0 && who.RegistrationID != 0 { // it may have been approved since
		if now, err := s.roster.WhoByRegistration(ctx, contestID, who.RegistrationID); err == nil {
			who = now
		}
	}
	kind := Kind(row.Kind)
	if state == Done && kind == Erase {
		c, err := s.contests.Get(ctx, contestID)
		if err != nil {
			return err
		}
		return s.erase(ctx, who, mail.Letter{Contest: contestID, Registration: who.RegistrationID, Entry: who.EntryID, Template: mail.DataErased,
			To: row.Email, Content: mail.Content{Contest: c.Name, Organizer: c.OrganizerName, Reason: answer}}, settle)
	}
	if state == Done && kind == Withdraw && who.EntryID != 0 {
		if err := s.roster.Withdraw(ctx, contestID, who.EntryID, "Theo yêu cầu của người dự thi"); err != nil {
			return err
		}
	}
	return postgres.Fault(postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := settle(tx); err != nil {
			return err
		}
		c, err := s.contests.Get(ctx, contestID)
		if err != nil {
			return err
		}
		return s.mail.Send(ctx, tx, mail.Letter{Contest: contestID, Registration: who.RegistrationID, Entry: who.EntryID, Template: mail.DataAnswer,
			To: row.Email, Content: mail.Content{Contest: c.Name, Organizer: c.OrganizerName, Name: row.Name, Reason: answer}})
	}))
}

// actor is the account that acts, for a nullable column.
func actor(ctx context.Context) *int64 {
	if id := account.From(ctx).AccountID; id != 0 {
		return &id
	}
	return nil
}
