package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	gomail "github.com/wneessen/go-mail"

	"github.com/hoithi/hoithi/server/mail/maildb"
)

// Queue is the name of the letters' queue: a slow mail server keeps no other job waiting.
const Queue = "mail"

// job sends one letter. It holds only the letter's number: nothing personal stays in the queue.
type job struct {
	ID int64 `json:"id"`
}

// Kind names the job in the queue.
func (job) Kind() string { return "mail" }

// Worker works the queue off.
type Worker struct {
	river.WorkerDefaults[job]
	s *Service
}

// Worker is what app gives to the jobs' client.
func (s *Service) Worker() *Worker { return &Worker{s: s} }

// sendTimeout bounds one try; a job whose process was killed is taken up again after it.
const sendTimeout = time.Minute

// Timeout implements river's Worker.
func (w *Worker) Timeout(*river.Job[job]) time.Duration { return sendTimeout }

// NextRetry waits longer after each failed try.
func (w *Worker) NextRetry(j *river.Job[job]) time.Time { return time.Now().Add(after(j.Attempt)) }

// Work sends a letter. That it was sent is recorded before anything else happens, so that it is never sent again
// knowingly. Only a process that is killed between the mail server's "accepted" and that record leaves it open whether
// the letter has gone: then it goes once more under the same Message-ID, since losing it would be worse.
func (w *Worker) Work(ctx context.Context, j *river.Job[job]) error {
	s := w.s
	if !s.On() {
		return river.JobSnooze(10 * time.Minute) // the mail server was taken out of the configuration for now
	}
	pace, err := s.q.PaceOf(ctx, maildb.PaceOfParams{ID: j.Args.ID, Since: time.Now().Add(-time.Minute)})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // forgotten in the meantime
	}
	if err != nil {
		return err
	}
	if state := State(pace.State); state == Sent || state == Failed {
		return nil
	}
	if pace.Lately >= int64(s.config.PerMinute) {
		return river.JobSnooze(15 * time.Second)
	}
	row, err := s.q.BeginMail(ctx, j.Args.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	content, err := s.opened(row.MessageID, row.Content)
	if err != nil {
		return errors.Join(err, s.tried(ctx, row.ID, Failed, Rejected, ""))
	}
	msg, err := s.message(row, content)
	if err != nil {
		return errors.Join(river.JobCancel(err), s.tried(ctx, row.ID, Failed, BadAddress, ""))
	}
	problem, reply, err := s.deliver(ctx, msg)
	if msg.IsDelivered() {
		return s.recordSent(ctx, row.ID)
	}
	final := problem == BadAddress || problem == Rejected || int(row.Tries) >= maxTries || j.Attempt >= j.MaxAttempts
	if final {
		return s.tried(ctx, row.ID, Failed, problem, reply)
	}
	if noted := s.tried(ctx, row.ID, Queued, problem, reply); noted != nil {
		return noted
	}
	return fmt.Errorf("mail %d: %s: %w", row.ID, problem, err)
}

// recordSent insists: a letter that is gone and not recorded would be sent twice.
func (s *Service) recordSent(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	for {
		err := s.q.MailSent(ctx, id)
		if err == nil {
			return s.q.DropLastLetter(ctx, id)
		}
		if ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (s *Service) tried(ctx context.Context, id int64, state State, problem Problem, reply string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.q.MailTried(ctx, maildb.MailTriedParams{ID: id, State: string(state), Problem: string(problem), Reply: reply})
	if err != nil || state != Failed {
		return err
	}
	return s.q.DropLastLetter(ctx, id)
}

// message puts the letter together. Subject and names pass through line and go-mail's encoding; the address through
// IsAddress: nothing that was typed can begin a header of its own.
func (s *Service) message(row maildb.BeginMailRow, c Content) (*gomail.Msg, error) {
	w := write(Template(row.Template), row.Locale, s.config.Address, c)
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64))
	if err := msg.FromFormat(line(s.from.Name, 120), s.from.Address); err != nil {
		return nil, err
	}
	if !IsAddress(row.Recipient) {
		return nil, errors.New("the recipient is no address")
	}
	if err := msg.To(row.Recipient); err != nil {
		return nil, errors.New("the recipient is no address") // go-mail's own error would repeat it
	}
	msg.Subject(line(w.Subject, 180))
	msg.SetMessageIDWithValue(row.MessageID)
	msg.SetDateWithValue(row.CreatedAt)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	page, err := w.html(row.Locale)
	if err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, w.text())
	msg.AddAlternativeString(gomail.TypeTextHTML, page)
	return msg, nil
}

// deliver talks to the mail server. Whether the letter is gone is what the message says, not the error: a server may
// accept it and then close the connection badly.
func (s *Service) deliver(ctx context.Context, msg *gomail.Msg) (Problem, string, error) {
	options := []gomail.Option{gomail.WithPort(s.config.Port), gomail.WithTimeout(20 * time.Second), gomail.WithoutNoop()}
	switch s.config.TLS {
	case FullTLS:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.config.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if s.config.TLS == NoTLS {
			auth = gomail.SMTPAuthPlainNoEnc // an operator's own relay; autodiscovery refuses it
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.config.User), gomail.WithPassword(s.config.Password))
	}
	client, err := gomail.NewClient(s.config.Host, options...)
	if err != nil {
		return Refused, "", err
	}
	if err := client.DialWithContext(ctx); err != nil {
		var spoken *textproto.Error
		if errors.As(err, &spoken) && spoken.Code >= 500 {
			return Refused, replyOf(err), err
		}
		return Unreachable, replyOf(err), err
	}
	defer func() { _ = client.Close() }() // after an accepted letter, how the connection ends does not matter
	err = client.Send(msg)
	if err == nil || msg.IsDelivered() {
		return "", "", nil
	}
	return problemOf(err), replyOf(err), err
}

// problemOf reads what a mail server answered.
func problemOf(err error) Problem {
	var send *gomail.SendError
	if !errors.As(err, &send) {
		return Unreachable
	}
	code := send.ErrorCode()
	switch {
	case send.IsTemp() || code >= 400 && code < 500:
		return Busy
	case code == 0:
		return Unreachable
	case send.Reason == gomail.ErrSMTPRcptTo:
		return BadAddress
	case send.Reason == gomail.ErrSMTPMailFrom:
		return Refused
	}
	return Rejected
}

// replyOf is what the mail server said, for whoever runs it. Addresses in it are left out.
func replyOf(err error) string {
	var spoken *textproto.Error
	var send *gomail.SendError
	said := ""
	switch {
	case errors.As(err, &send): // it keeps the server's words in its own text only
		_, said, _ = strings.Cut(send.Error(), ": ")
		said, _, _ = strings.Cut(said, ", affected ")
	case errors.As(err, &spoken):
		said = fmt.Sprintf("%d %s", spoken.Code, spoken.Msg)
	}
	words := strings.Fields(line(strings.ReplaceAll(said, `"`, ""), 280))
	for i, word := range words {
		if strings.Contains(word, "@") {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
