package mail

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail/maildb"
	"github.com/hoithi/hoithi/server/postgres"
)

// Service queues letters and sends them.
type Service struct {
	db     *pgxpool.Pool
	q      *maildb.Queries
	config Config
	jobs   *river.Client[pgx.Tx] // puts jobs into the queue; working them off is app's
	seal   cipher.AEAD
	from   netmail.Address
}

// New opens the room. The configuration must have been checked.
func New(db *pgxpool.Pool, key []byte, config Config) (*Service, error) {
	s := &Service{db: db, q: maildb.New(db), config: config}
	h := hmac.New(sha256.New, key)
	h.Write([]byte("hoithi mail seal"))
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	if s.seal, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	if !config.On() || db == nil {
		return s, nil
	}
	if err := s.config.Check(); err != nil {
		return nil, err
	}
	from, err := netmail.ParseAddress(config.From)
	if err != nil {
		return nil, err
	}
	s.from = *from
	s.jobs, err = river.NewClient(riverpgxv5.New(db), &river.Config{})
	return s, err
}

// On tells whether letters are sent at all. Where they are not, no screen mentions them.
func (s *Service) On() bool { return s.config.On() }

// Letter is one to be sent.
type Letter struct {
	Contest      int64
	Registration int64 // 0: about none
	Entry        int64
	Template     Template
	To           string
	Locale       string // "": as the person was last written to, else Vietnamese
	Content      Content
}

// Send queues a letter in the caller's transaction: the act and the letter about it are kept, or neither. Without a
// mail server, or without an address, nothing happens.
func (s *Service) Send(ctx context.Context, tx pgx.Tx, l Letter) error {
	_, err := s.queue(ctx, tx, l, 0)
	return err
}

// lockClass parts the advisory locks of recipients from those of other rooms.
const lockClass = 0x4d41494c // "MAIL"

func (s *Service) queue(ctx context.Context, tx pgx.Tx, l Letter, againOf int64) (int64, error) {
	l.To = strings.TrimSpace(l.To)
	if !s.On() || !IsAddress(l.To) {
		return 0, nil
	}
	q := s.q.WithTx(tx)
	if l.Locale == "" {
		locale, err := q.LocaleOf(ctx, maildb.LocaleOfParams{RegistrationID: l.Registration, EntryID: l.Entry})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return 0, err
		}
		l.Locale = locale
	}
	if l.Locale != "en" {
		l.Locale = "vi"
	}
	state, problem := Queued, Problem("")
	if err := q.LockRecipient(ctx, maildb.LockRecipientParams{Class: lockClass, Recipient: strings.ToLower(l.To)}); err != nil {
		return 0, err
	}
	lately, err := q.CountToRecipient(ctx, maildb.CountToRecipientParams{Recipient: l.To, Since: time.Now().Add(-24 * time.Hour)})
	if err != nil {
		return 0, err
	}
	if lately >= perAddress {
		state, problem = Failed, TooMany
	}
	if l.Template == DataErased { // its address must not outlive it, and nothing may lead from it to the person
		if state == Failed {
			return 0, nil
		}
		l.Registration, l.Entry = 0, 0
	}
	body, err := json.Marshal(l.Content)
	if err != nil {
		return 0, err
	}
	_, host, _ := strings.Cut(s.from.Address, "@")
	messageID := strings.ToLower(rand.Text()) + "@" + host
	id, err := q.InsertMail(ctx, maildb.InsertMailParams{ContestID: l.Contest, RegistrationID: l.Registration, EntryID: l.Entry,
		Template: string(l.Template), Locale: l.Locale, Recipient: l.To, Content: s.sealed(messageID, body), MessageID: messageID,
		State: string(state), Problem: string(problem), AgainOf: againOf})
	if err != nil || state == Failed {
		return id, err
	}
	_, err = s.jobs.InsertTx(ctx, tx, job{ID: id}, &river.InsertOpts{Queue: Queue, MaxAttempts: maxTries})
	return id, err
}

func (s *Service) sealed(messageID string, plain []byte) []byte {
	nonce := make([]byte, s.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it ends the process instead
	return s.seal.Seal(nonce, nonce, plain, []byte(messageID))
}

func (s *Service) opened(messageID string, sealed []byte) (c Content, err error) {
	n := s.seal.NonceSize()
	if len(sealed) < n {
		return c, errors.New("mail: a letter's content is too short")
	}
	plain, err := s.seal.Open(nil, sealed[:n], sealed[n:], []byte(messageID))
	if err != nil {
		return c, errors.New("mail: a letter's content cannot be opened with this server's key")
	}
	return c, json.Unmarshal(plain, &c)
}

// Record is a line of the list of letters.
type Record struct {
	ID        int64
	Template  Template
	To        string
	Number    int
	State     State
	Tries     int
	Problem   Problem
	Reply     string
	CreatedAt time.Time
	SentAt    *time.Time
}

// PageSize is how many letters a page lists.
const PageSize = 50

// List gives a page of a contest's letters, newest first, and how many there are in each state.
func (s *Service) List(ctx context.Context, contestID int64, state State, page int) ([]Record, map[State]int, error) {
	rows, err := s.q.ListMails(ctx, maildb.ListMailsParams{ContestID: contestID, State: string(state), Most: PageSize,
		Skip: int32(min(max(page-1, 0), 100_000)) * PageSize})
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	counted, err := s.q.CountMails(ctx, contestID)
	if err != nil {
		return nil, nil, postgres.Fault(err)
	}
	counts := map[State]int{}
	for _, c := range counted {
		counts[State(c.State)] += int(c.Mails)
	}
	list := make([]Record, len(rows))
	for i, r := range rows {
		list[i] = Record{ID: r.ID, Template: Template(r.Template), To: r.Recipient, Number: int(r.Number), State: State(r.State),
			Tries: int(r.Tries), Problem: Problem(r.Problem), Reply: r.Reply, CreatedAt: r.CreatedAt, SentAt: r.SentAt}
	}
	return list, counts, nil
}

var (
	stillUnderWay = fault.New(fault.Conflict, "mail_under_way",
		"Thư này đang chờ gửi nên chưa cần gửi lại.", "This letter is still being sent, so there is no need to send it again.")
	mailOff = fault.New(fault.Conflict, "mail_off",
		"Máy chủ thư chưa được cấu hình nên không gửi được.", "No mail server is configured, so nothing can be sent.")
)

// Again sends a letter once more, as a new one: the record of the old one stays.
func (s *Service) Again(ctx context.Context, contestID, id int64) error {
	if !s.On() {
		return mailOff
	}
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		row, err := s.q.WithTx(tx).MailByID(ctx, maildb.MailByIDParams{ID: id, ContestID: contestID})
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.NothingHere
		}
		if err != nil {
			return err
		}
		if State(row.State) == Queued || State(row.State) == Sending {
			return stillUnderWay
		}
		content, err := s.opened(row.MessageID, row.Content)
		if err != nil {
			return err
		}
		l := Letter{Contest: contestID, Template: Template(row.Template), To: row.Recipient, Locale: row.Locale, Content: content}
		if row.RegistrationID != nil {
			l.Registration = *row.RegistrationID
		}
		if row.EntryID != nil {
			l.Entry = *row.EntryID
		}
		if _, err := s.queue(ctx, tx, l, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "mail.again", map[string]any{"mail": id})
	})
	return postgres.Fault(err)
}

// Forget removes the letters to and about an entry and its registration, in the transaction that erases the person.
func (s *Service) Forget(ctx context.Context, tx pgx.Tx, contestID, registrationID, entryID int64) error {
	_, err := s.q.WithTx(tx).DropMailsOf(ctx, maildb.DropMailsOfParams{ContestID: contestID, EntryID: entryID, RegistrationID: registrationID})
	return err
}

// Line is a letter as the person it went to may see it.
type Line struct {
	Template  Template   `json:"template"`
	To        string     `json:"to"`
	State     State      `json:"state" enum:"queued,sending,sent,failed"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
}

// To lists the letters that went to a person.
func (s *Service) To(ctx context.Context, contestID, registrationID, entryID int64) ([]Line, error) {
	rows, err := s.q.MailsOf(ctx, maildb.MailsOfParams{ContestID: contestID, EntryID: entryID, RegistrationID: registrationID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	lines := make([]Line, len(rows))
	for i, r := range rows {
		lines[i] = Line{Template: Template(r.Template), To: r.Recipient, State: State(r.State), CreatedAt: r.CreatedAt, SentAt: r.SentAt}
	}
	return lines, nil
}

// Sweep forgets letters whose time is over, and says of those whose job is lost that they were not sent.
func (s *Service) Sweep(ctx context.Context) error {
	now := time.Now()
	if _, err := s.q.DropOldMails(ctx, now.Add(-Keep)); err != nil {
		return fmt.Errorf("forget old letters: %w", err)
	}
	if _, err := s.q.GiveUpMails(ctx, now.Add(-3*24*time.Hour)); err != nil {
		return fmt.Errorf("give up on letters: %w", err)
	}
	if err := s.q.DropLastLetters(ctx); err != nil {
		return fmt.Errorf("forget the letters to people whose data is erased: %w", err)
	}
	return nil
}
