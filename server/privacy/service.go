package privacy

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/privacy/privacydb"
	"github.com/hoithi/hoithi/server/roster"
)

// Result is a line of an entry's results, as the public may see them.
type Result struct {
	Round  string `json:"round" doc:"Empty: in all"`
	Points int64  `json:"points" doc:"Hundredths of a point"`
	Place  int    `json:"place" doc:"0: none"`
}

// Forget takes an erased entry's name out of what another room keeps, in the transaction that erases.
type Forget func(ctx context.Context, tx pgx.Tx, contestID, entryID int64, anonymous string) error

// Service answers for personal data.
type Service struct {
	db       *pgxpool.Pool
	q        *privacydb.Queries
	roster   *roster.Service
	contests *contest.Service
	mail     *mail.Service
	results  func(ctx context.Context, contestID, entryID int64) ([]Result, error)
	forget   []Forget
}

// New opens the room.
func New(db *pgxpool.Pool, contests *contest.Service, people *roster.Service, letters *mail.Service) *Service {
	return &Service{db: db, q: privacydb.New(db), roster: people, contests: contests, mail: letters,
		results: func(context.Context, int64, int64) ([]Result, error) { return nil, nil }}
}

// UseResults plugs in what is known of an entry's results.
func (s *Service) UseResults(f func(ctx context.Context, contestID, entryID int64) ([]Result, error)) {
	s.results = f
}

// UseForget plugs in another room that keeps names of its own.
func (s *Service) UseForget(f Forget) { s.forget = append(s.forget, f) }

func record(ctx context.Context, tx pgx.Tx, contestID int64, action string, payload any) error {
	return audit.Append(ctx, tx, contestID, "privacy."+action, payload)
}

// Access is one look of somebody at a person's data.
type Access struct {
	Who     string    `json:"who"`
	Purpose string    `json:"purpose" doc:"detail, request; or an act with the whole list: roster.export_list, roster.print_cards"`
	At      time.Time `json:"at"`
}

// Own is all that is known of a person, for that person.
type Own struct {
	roster.OwnData
	Consents  []roster.GivenText
	Purposes  []roster.Purpose // as they are worded now
	Requests  []Request
	Accesses  []Access
	Letters   []mail.Line
	Results   []Result
	Months    int
	KeepUntil *time.Time // nil: the contest has not ended
}

// acts with the whole list that touch everybody's data.
var listActs = []string{"roster.export_list", "roster.print_cards"}

// Look gathers what is known of a person.
func (s *Service) Look(ctx context.Context, who roster.Who) (Own, error) {
	data, err := s.roster.Own(ctx, who)
	if err != nil {
		return Own{}, err
	}
	own := Own{OwnData: data}
	if own.Consents, err = s.roster.Consents(ctx, who); err != nil {
		return own, err
	}
	if own.Purposes, _, err = s.roster.PurposesOf(ctx, who.ContestID); err != nil {
		return own, err
	}
	if own.Requests, err = s.requestsOf(ctx, who); err != nil {
		return own, err
	}
	if own.Letters, err = s.mail.To(ctx, who.ContestID, who.RegistrationID, who.EntryID); err != nil {
		return own, err
	}
	if who.EntryID != 0 {
		rows, err := s.q.AccessesOf(ctx, who.EntryID)
		if err != nil {
			return own, postgres.Fault(err)
		}
		for _, r := range rows {
			own.Accesses = append(own.Accesses, Access{Who: r.Name, Purpose: r.Purpose, At: r.At})
		}
		if own.Results, err = s.results(ctx, who.ContestID, who.EntryID); err != nil {
			return own, err
		}
	}
	handled, err := s.q.Handled(ctx, privacydb.HandledParams{ContestID: who.ContestID, Actions: listActs, SinceUs: data.CreatedAt.UnixMicro()})
	if err != nil {
		return own, postgres.Fault(err)
	}
	for _, h := range handled {
		own.Accesses = append(own.Accesses, Access{Who: h.Actor, Purpose: h.Action, At: time.UnixMicro(h.AtUs)})
	}
	k, err := s.keeping(ctx, who.ContestID)
	own.Months, own.KeepUntil = k.Months, k.Until
	return own, err
}

// Looked notes that an account has looked at an entry's data; once a day is enough to tell the person.
func (s *Service) Looked(ctx context.Context, contestID, entryID int64, purpose string) error {
	id := account.From(ctx).AccountID
	if id == 0 {
		return nil
	}
	return postgres.Fault(s.q.NoteAccess(ctx, privacydb.NoteAccessParams{ContestID: contestID, EntryID: entryID, AccountID: id, Purpose: purpose}))
}

// erase makes a person anonymous in every room, and done in the same transaction.
func (s *Service) erase(ctx context.Context, who roster.Who, letter mail.Letter, done func(tx pgx.Tx) error) error {
	anonymous := ""
	if who.EntryID != 0 {
		e, err := s.roster.Entry(ctx, who.ContestID, who.EntryID)
		if err != nil {
			return err
		}
		anonymous = roster.PublicName(e.Kind, e.Name, e.Number, true)
	}
	return s.roster.Erase(ctx, who, func(ctx context.Context, tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if err := s.mail.Send(ctx, tx, letter); err != nil { // before the others are forgotten: they tell the language
			return err
		}
		if err := s.mail.Forget(ctx, tx, who.ContestID, who.RegistrationID, who.EntryID); err != nil {
			return err
		}
		if err := q.ForgetWords(ctx, privacydb.ForgetWordsParams{ContestID: who.ContestID, EntryID: who.EntryID, RegistrationID: who.RegistrationID}); err != nil {
			return err
		}
		if who.EntryID != 0 {
			for _, f := range s.forget {
				if err := f(ctx, tx, who.ContestID, who.EntryID, anonymous); err != nil {
					return err
				}
			}
		}
		return done(tx)
	})
}

func deref(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

func isNone(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
