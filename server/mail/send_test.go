package mail

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// The killing is real: this test binary starts itself again as the process that sends.
const (
	asSender = "HOITHI_TEST_MAIL_DATABASE"
	atServer = "HOITHI_TEST_MAIL_SERVER"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(asSender); url != "" {
		sendForever(url, os.Getenv(atServer))
		return
	}
	os.Exit(m.Run())
}

func sendForever(databaseURL, server string) {
	ctx := context.Background()
	db, err := pgxpool.New(ctx, databaseURL)
	if err != nil {
		panic(err)
	}
	s, err := New(db, []byte("a key"), configOf(server))
	if err != nil {
		panic(err)
	}
	if err := work(ctx, s).Start(ctx); err != nil {
		panic(err)
	}
	fmt.Println("working")
	select {}
}

func configOf(server string) Config {
	c := Config{From: "Ban Tổ chức <hoithi@example.vn>", Address: "https://hoithi.example.vn", PerMinute: 1000}
	if err := c.ParseURL("smtp+plain://" + server); err != nil {
		panic(err)
	}
	return c
}

// work is a client that works the queue off, as app's.
func work(_ context.Context, s *Service) *river.Client[pgx.Tx] {
	workers := river.NewWorkers()
	river.AddWorker(workers, s.Worker())
	client, err := river.NewClient(riverpgxv5.New(s.db), &river.Config{Workers: workers, Logger: slog.New(slog.DiscardHandler),
		Queues: map[string]river.QueueConfig{Queue: {MaxWorkers: 1}}, RescueStuckJobsAfter: 5 * time.Minute, JobTimeout: 2 * time.Minute})
	if err != nil {
		panic(err)
	}
	return client
}

type ground struct {
	db      *pgxpool.Pool
	s       *Service
	contest int64
}

func lay(t *testing.T, db *pgxpool.Pool, c Config) *ground {
	t.Helper()
	migrator, err := rivermigrate.New(riverpgxv5.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrator.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
	g := &ground{db: db}
	if g.s, err = New(db, []byte("a key"), c); err != nil {
		t.Fatal(err)
	}
	err = db.QueryRow(t.Context(), `WITH b AS (INSERT INTO bank (name) VALUES ('x') RETURNING id)
		INSERT INTO contest (slug, name, organizer_name, template, bank_id) SELECT 'cchc', 'Cải cách hành chính', 'Tỉnh Đoàn', 'reform', id FROM b RETURNING id`).Scan(&g.contest)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *ground) send(t *testing.T, to string, c Content) {
	t.Helper()
	c.Contest, c.Organizer = "Cải cách hành chính", "Tỉnh Đoàn"
	err := postgres.InTx(t.Context(), g.db, func(tx pgx.Tx) error {
		return g.s.Send(t.Context(), tx, Letter{Contest: g.contest, Template: Approved, To: to, Content: c})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// until asks Postgres again and again; the bound is one for a hang.
func (g *ground) until(t *testing.T, what, sql string, args ...any) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		var yes bool
		if err := g.db.QueryRow(t.Context(), sql, args...).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if yes {
			return
		}
		if time.Now().After(end) {
			t.Fatal("in vain: " + what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestALetterArrivesWithTheActOrNotAtAll(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t)
	g := lay(t, testkit.Postgres(t), configOf(office.address))
	undone := errors.New("undone")
	err := postgres.InTx(t.Context(), g.db, func(tx pgx.Tx) error {
		return errors.Join(g.s.Send(t.Context(), tx, Letter{Contest: g.contest, Template: Declined, To: "khong@example.vn"}), undone)
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	g.send(t, "an@example.vn", Content{Name: "Nguyễn Thị Hoài An", Number: "017", Path: "/contestant#bimat"})
	g.send(t, "", Content{Name: "Người không có địa chỉ"})
	var stored string
	if err := g.db.QueryRow(t.Context(), `SELECT string_agg(m::text, '') || (SELECT coalesce(string_agg(args::text, ''), '') FROM river_job) FROM mail m`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stored, "bimat") || strings.Contains(stored, "Hoài") {
		t.Error("a letter's content is stored in the clear")
	}
	client := work(t.Context(), g.s)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.StopAndCancel(context.WithoutCancel(t.Context())) }()
	office.wait(t, 1)
	g.until(t, "recorded as sent", `SELECT count(*) = 1 AND bool_and(state = 'sent' AND tries = 1 AND sent_at IS NOT NULL) FROM mail`)
	office.mu.Lock()
	defer office.mu.Unlock()
	if len(office.got) != 1 || len(office.got["an@example.vn"]) != 1 {
		t.Fatalf("arrived: %v", office.got)
	}
	subject, text, page := opened(t, office.got["an@example.vn"][0])
	if subject != "Đăng ký đã được duyệt: Cải cách hành chính" {
		t.Errorf("subject %q", subject)
	}
	for _, part := range []string{text, page} {
		for _, want := range []string{"Nguyễn Thị Hoài An", "017", "https://hoithi.example.vn/contestant#bimat", "Tỉnh Đoàn"} {
			if !strings.Contains(part, want) {
				t.Errorf("%q is not in %q", want, part)
			}
		}
	}
}

// The letter that tells of an erasure goes out, and then nobody can tell from the database to whom.
func TestTheLastLetterLeavesNoAddress(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t)
	office.refuse = func(to string) error {
		if strings.HasPrefix(to, "khongco@") {
			return &smtp.SMTPError{Code: 550, Message: "no such user"}
		}
		return nil
	}
	g := lay(t, testkit.Postgres(t), configOf(office.address))
	for _, to := range []string{"an@example.vn", "khongco@example.vn"} {
		err := postgres.InTx(t.Context(), g.db, func(tx pgx.Tx) error {
			return g.s.Send(t.Context(), tx, Letter{Contest: g.contest, Template: DataErased, To: to, Content: Content{Contest: "Cải cách hành chính", Reason: "Đã xóa"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	client := work(t.Context(), g.s)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.StopAndCancel(context.WithoutCancel(t.Context())) }()
	office.wait(t, 1)
	g.until(t, "forgotten once they are sent or refused", `SELECT count(*) = 0 FROM mail`)
	office.mu.Lock()
	defer office.mu.Unlock()
	if subject, text, _ := opened(t, office.got["an@example.vn"][0]); subject != "Đã xóa dữ liệu cá nhân: Cải cách hành chính" || !strings.Contains(text, "Đã xóa") {
		t.Errorf("it reads %q: %s", subject, text)
	}
}

func opened(t *testing.T, raw string) (subject, text, page string) {
	t.Helper()
	msg, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for i := range 2 {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			text = string(body)
		} else {
			page = string(body)
		}
	}
	return subject, text, page
}

// The process that sends is killed with a letter under way and others waiting; the next one sends those, and none of
// those that had gone.
func TestKilledMidQueue(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t)
	office.hold, office.after = make(chan string, 1), 2
	url := testkit.PostgresURL(t)
	db, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	g := lay(t, db, configOf(office.address))
	for i := range 5 {
		g.send(t, fmt.Sprintf("nguoi%d@example.vn", i), Content{Name: "Người dự thi"})
	}
	sender := exec.Command(os.Args[0])
	sender.Env = append(os.Environ(), asSender+"="+url, atServer+"="+office.address)
	out, err := sender.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sender.Process.Kill() }()
	go func() { _, _ = io.Copy(io.Discard, bufio.NewReader(out)) }()
	var held string
	select {
	case held = <-office.hold:
	case <-time.After(time.Minute):
		t.Fatal("the third letter never came")
	}
	g.until(t, "two recorded", `SELECT count(*) = 2 FROM mail WHERE state = 'sent'`)
	if err := sender.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = sender.Wait()
	office.mu.Lock()
	office.hold = nil
	office.mu.Unlock()
	// The time after which a job of a dead process is taken up again has passed.
	if _, err := db.Exec(t.Context(), `UPDATE river_job SET attempted_at = attempted_at - interval '10 minutes' WHERE state = 'running'`); err != nil {
		t.Fatal(err)
	}
	client := work(t.Context(), g.s)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.StopAndCancel(context.WithoutCancel(t.Context())) }()
	g.until(t, "the held letter is taken up again", `SELECT count(*) > 0 FROM river_job WHERE state IN ('retryable', 'available', 'completed') AND errors IS NOT NULL`)
	if _, err := db.Exec(t.Context(), `UPDATE river_job SET scheduled_at = now() WHERE state = 'retryable'`); err != nil {
		t.Fatal(err)
	}
	g.until(t, "all sent", `SELECT count(*) = 5 FROM mail WHERE state = 'sent'`)
	office.mu.Lock()
	defer office.mu.Unlock()
	for i := range 5 {
		to := fmt.Sprintf("nguoi%d@example.vn", i)
		if n := len(office.got[to]); n != 1 {
			t.Errorf("%s has %d letters, want 1 (held: %s)", to, n, held)
		}
	}
}

func TestWhatGoesWrongIsSaidAndMended(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t)
	office.refuse = func(to string) error {
		switch to {
		case "sai@example.vn":
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user <sai@example.vn> here"}
		case "ban@example.vn":
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
		}
		return nil
	}
	g := lay(t, testkit.Postgres(t), configOf(office.address))
	g.send(t, "sai@example.vn", Content{Name: "A"})
	g.send(t, "ban@example.vn", Content{Name: "B"})
	client := work(t.Context(), g.s)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.StopAndCancel(context.WithoutCancel(t.Context())) }()
	g.until(t, "refused for good", `SELECT state = 'failed' AND problem = 'bad_address' AND tries = 1 AND reply LIKE '550%' AND reply NOT LIKE '%@%' FROM mail WHERE recipient = 'sai@example.vn'`)
	g.until(t, "kept for later", `SELECT state = 'queued' AND problem = 'busy' AND tries = 1 FROM mail WHERE recipient = 'ban@example.vn'`)
	g.until(t, "its job waits", `SELECT count(*) = 1 FROM river_job WHERE state = 'retryable' AND scheduled_at > now()`)
	list, counts, err := g.s.List(t.Context(), g.contest, "", 1)
	if err != nil || len(list) != 2 || counts[Failed] != 1 || counts[Queued] != 1 {
		t.Fatalf("%v %v %v", list, counts, err)
	}
	// The address was mended on the other side: sent again, as a letter of its own.
	office.mu.Lock()
	office.refuse = nil
	office.mu.Unlock()
	if err := g.s.Again(t.Context(), g.contest, list[0].ID); err == nil {
		t.Error("a letter that waits can be sent again")
	}
	if err := g.s.Again(t.Context(), g.contest, list[1].ID); err != nil {
		t.Fatal(err)
	}
	office.wait(t, 1)
	g.until(t, "recorded", `SELECT count(*) = 1 FROM mail WHERE again_of IS NOT NULL AND state = 'sent'`)
}

func TestAStrangerIsNotFlooded(t *testing.T) {
	t.Parallel()
	g := lay(t, testkit.Postgres(t), configOf("127.0.0.1:1"))
	for range perAddress + 3 {
		g.send(t, "nguoila@example.vn", Content{Name: "Người lạ"})
	}
	var jobs, held int
	if err := g.db.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM river_job), (SELECT count(*) FROM mail WHERE problem = 'too_many')`).Scan(&jobs, &held); err != nil {
		t.Fatal(err)
	}
	if jobs != perAddress || held != 3 {
		t.Errorf("%d jobs, %d held back", jobs, held)
	}
	off, err := New(g.db, []byte("a key"), Config{})
	if err != nil {
		t.Fatal(err)
	}
	g.s = off
	g.send(t, "khac@example.vn", Content{Name: "Khác"})
	if _, counts, err := off.List(t.Context(), g.contest, "", 1); err != nil || counts[Queued] != perAddress {
		t.Errorf("without a mail server: %v, %v", counts, err)
	}
}
