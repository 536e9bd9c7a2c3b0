package vote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/mail"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/unit"
)

type oneBank struct{}

func (oneBank) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
	return id, err
}

type anyKind struct{}

func (anyKind) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (anyKind) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (anyKind) Missing(context.Context, contest.Round) ([]contest.Missing, error)     { return nil, nil }

// hall is a running contest of three teams with a vote.
type hall struct {
	t                  testing.TB
	db                 *pgxpool.Pool
	ctx                context.Context
	s                  *Service
	contests           *contest.Service
	contestID, roundID int64
	entries            []int64
	clock              atomic.Int64
	frozen             atomic.Bool
}

const startUs = 1_800_000_000_000_000

func open(t *testing.T) *hall {
	t.Helper()
	t.Parallel()
	h := &hall{t: t, db: testkit.Postgres(t)}
	h.clock.Store(startUs)
	accounts, err := account.New(t.Context(), h.db)
	h.must(err)
	h.contests = contest.New(h.db, accounts, oneBank{})
	letters, err := mail.New(h.db, accounts.Key(), mail.Config{Host: "mail.example.vn", Port: 25, From: "hoithi@example.vn"})
	h.must(err)
	h.s = New(Parts{DB: h.db, Contests: h.contests, Roster: roster.New(h.db, accounts, h.contests, unit.New(h.db)), Mail: letters,
		Key: accounts.Key(), NowUs: h.clock.Load, Log: slog.New(slog.DiscardHandler), Address: "https://thi.example.vn"})
	h.s.UseFrozen(func(context.Context, int64) (bool, error) { return h.frozen.Load(), nil })
	for _, k := range []contest.Kind{contest.Stage, contest.Judged, contest.Exam} {
		h.contests.Use(k, anyKind{})
	}
	h.contests.Use(contest.Vote, h.s)
	id, err := accounts.EnsureAccount(t.Context(), "btc", "Lê Thu Trang", "một câu dễ nhớ", true)
	h.must(err)
	h.ctx = account.With(context.Background(), account.Principal{AccountID: id, Admin: true, Address: "10.0.0.9"})
	c, err := h.contests.Create(h.ctx, contest.Answers{Template: "reform", Name: "Nét đẹp công chức trẻ", OrganizerName: "Tỉnh đoàn"})
	h.must(err)
	c, err = h.contests.AddRound(h.ctx, c.ID, contest.RoundSpec{Kind: contest.Vote, Name: "Khán giả bình chọn", Weight: 2000})
	h.must(err)
	h.contestID, h.roundID = c.ID, c.Rounds[len(c.Rounds)-1].ID
	for i, name := range []string{"Đội Hạc Thành", "Đội Sông Mã", "Đội Hàm Rồng"} {
		var entry int64
		h.must(h.db.QueryRow(t.Context(), `INSERT INTO entry (contest_id, division_id, kind, name, search_key, same_key,
			number, code_mac, code_sealed, link_mac, link_sealed, source)
			SELECT $1::bigint, id, 'team', $2::text, $2::text, $2::text, $3::int, '\x', '\x', convert_to($1::text || ':' || $3::text, 'UTF8'), '\x', 'manual'
			FROM division WHERE contest_id = $1 LIMIT 1 RETURNING id`, h.contestID, name, i+1).Scan(&entry))
		h.entries = append(h.entries, entry)
	}
	_, err = h.db.Exec(t.Context(), `UPDATE contest SET state = 'running' WHERE id = $1`, c.ID)
	h.must(err)
	return h
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) wants(what string, err error, want *fault.Fault) {
	h.t.Helper()
	if !errors.Is(err, want) {
		h.t.Errorf("%s: %v, want %s", what, err, want.Code)
	}
}

func (h *hall) settings(x Settings) {
	h.t.Helper()
	h.must(h.s.SetSettings(h.ctx, h.contestID, h.roundID, x))
}

func (h *hall) tickets(n int) []string {
	h.t.Helper()
	made, _, err := h.s.MakeTickets(h.ctx, h.contestID, h.roundID, n)
	h.must(err)
	return made.Codes
}

func (h *hall) cast(entry int, ticket string) (Receipt, error) {
	return h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[entry], Ticket: ticket})
}

func (h *hall) votes() []int64 {
	h.t.Helper()
	t, err := h.s.Tally(h.ctx, h.roundID)
	h.must(err)
	var votes []int64
	for _, c := range t.Counts {
		votes = append(votes, c.Votes)
	}
	return votes
}

// An evening: tickets are printed, three quarters vote, the count is hidden until it is published, and whoever counts
// again from the stored votes comes to the same scores.
func TestEveningOfAVote(t *testing.T) {
	h := open(t)
	tickets := h.tickets(9)
	_, err := h.cast(0, tickets[0])
	h.wants("voting before it is open", err, errNotOpen)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	h.wants("opening twice", h.s.Open(h.ctx, h.contestID, h.roundID), errOpened)
	for i, ticket := range tickets[:7] {
		// As people type it: small, with spaces.
		receipt, err := h.cast([]int{0, 1, 0, 2, 0, 1, 0}[i], " "+strings.ToLower(ticket[:4])+" "+ticket[4:])
		h.must(err)
		again, err := h.cast([]int{0, 1, 0, 2, 0, 1, 0}[i], ticket)
		if err != nil || again != receipt || len(receipt.Code) != 8 {
			t.Errorf("a vote sent again has the receipt %+v, the first was %+v (%v)", again, receipt, err)
		}
	}
	_, err = h.cast(1, tickets[0])
	h.wants("a ticket used for another entry", err, errUsed)
	_, err = h.cast(1, "AAAACCCC")
	h.wants("a code that was never printed", err, errTicket)
	_, err = h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: 1 << 40, Ticket: tickets[8]})
	h.wants("somebody who is no candidate", err, errCandidate)
	_, err = h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[0], Address: "ai@example.vn", Code: "000000"})
	h.wants("a way that is not offered", err, errWay)
	h.wants("publishing while it runs", h.s.Publish(h.ctx, h.contestID, h.roundID), errNotClosed)
	if got := h.votes(); !slices.Equal(got, []int64{4, 2, 1}) {
		t.Fatalf("votes %v", got)
	}

	hidden := func(when string, want bool) {
		t.Helper()
		v, err := h.s.Audience(h.ctx, h.roundID)
		h.must(err)
		_, hid, scores, err := h.s.Scores(h.ctx, h.roundID)
		h.must(err)
		if (v.Counts == nil) != want || hid != want && !h.frozen.Load() {
			t.Errorf("%s: counts %v, hidden from the board %v, want hidden %v", when, v.Counts, hid, want)
		}
		if v.State != Closed && len(scores) != 0 {
			t.Errorf("%s: the board has %v", when, scores)
		}
	}
	hidden("while it runs", true)
	h.must(h.s.Close(h.ctx, h.contestID, h.roundID))
	hidden("closed", true)
	_, err = h.cast(0, tickets[8])
	h.wants("voting after the close", err, errClosed)
	_, err = h.cast(0, "AAAACCCC")
	h.wants("a wrong ticket after the close", err, errClosed)
	if _, err = h.cast(0, tickets[0]); err != nil {
		t.Errorf("the receipt of a vote that is asked for after the close: %v", err)
	}
	_, _, err = h.s.MakeTickets(h.ctx, h.contestID, h.roundID, 5)
	h.wants("tickets after the close", err, errNoTickets)
	h.wants("closing twice", h.s.Close(h.ctx, h.contestID, h.roundID), errNothingToClose)
	h.must(h.s.Publish(h.ctx, h.contestID, h.roundID))
	hidden("published", false)
	h.frozen.Store(true)
	hidden("published, with the board frozen", true)

	in, err := h.s.Inputs(h.ctx, h.roundID)
	h.must(err)
	if same, err := h.s.Inputs(h.ctx, h.roundID); err != nil || !bytes.Equal(in, same) {
		t.Errorf("the same vote has two inputs (%v)", err)
	}
	again, err := Recompute(in)
	h.must(err)
	_, _, now, err := h.s.Scores(h.ctx, h.roundID)
	h.must(err)
	if !reflect.DeepEqual(again, now) || now[0].Points != 1000 || now[1].Points != 500 || now[2].Points != 250 {
		t.Errorf("counted again %+v, want %+v", again, now)
	}
	for _, secret := range append(tickets, "10.0.0.9") {
		if bytes.Contains(in, []byte(secret)) {
			t.Errorf("%s can be read in the inputs", secret)
		}
	}
	r, err := h.contests.Round(h.ctx, h.contestID, h.roundID)
	if err != nil || r.State != contest.Scored || r.MaxScore != 1000 {
		t.Errorf("round %+v (%v)", r, err)
	}
}

// Everybody in the hall presses at once, some twice and on two nodes: each ticket counts once.
func TestEachTicketCountsOnce(t *testing.T) {
	h := open(t)
	tickets := h.tickets(40)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	nodes := []*Service{h.s, New(h.s.Parts)}
	var wg sync.WaitGroup
	var accepted atomic.Int64
	for i, ticket := range tickets {
		for press := range 4 {
			wg.Go(func() {
				// Presses of one ticket disagree about the entry: one of them wins.
				_, err := nodes[press%2].Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[(i+press/2)%3], Ticket: ticket})
				switch {
				case err == nil:
					accepted.Add(1)
				case !errors.Is(err, errUsed):
					t.Errorf("ticket %d: %v", i, err)
				}
			})
		}
	}
	wg.Wait()
	var sum int64
	for _, n := range h.votes() {
		sum += n
	}
	if sum != 40 || accepted.Load() < 40 {
		t.Errorf("%d votes of 40 tickets, %d acknowledged", sum, accepted.Load())
	}
}

func TestVoteByMail(t *testing.T) {
	h := open(t)
	jobs, err := rivermigrate.New(riverpgxv5.New(h.db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	h.must(err)
	_, err = jobs.Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	h.must(err)
	x := DefaultSettings
	x.Mail, x.Live = true, true
	h.settings(x)
	h.wants("a code before it is open", h.s.SendCode(h.ctx, h.roundID, "lan@example.vn", "vi"), errNotOpen)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	h.must(h.s.SendCode(h.ctx, h.roundID, " Lan.Nguyen+1@Gmail.com ", "vi"))
	h.wants("another code at once, to the same mailbox", h.s.SendCode(h.ctx, h.roundID, "lannguyen@gmail.com", "vi"), errSoon)
	h.wants("no address", h.s.SendCode(h.ctx, h.roundID, "lan", "vi"), errAddress)
	code := h.codeOf("lannguyen@gmail.com")
	vote := func(entry int, code string) (Receipt, error) {
		return h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[entry], Address: "lannguyen@gmail.com", Code: code})
	}
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	_, err = vote(0, wrong)
	h.wants("a wrong code", err, errCode)
	receipt, err := vote(0, code)
	h.must(err)
	if again, err := vote(0, code); err != nil || again != receipt {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	_, err = vote(1, code)
	h.wants("a second vote", err, errUsed)
	_, err = vote(1, wrong)
	h.wants("asking without the code whether an address has voted", err, errCode)
	for range codeTries {
		_, _ = vote(1, wrong)
	}
	_, err = vote(0, code)
	h.wants("the right code after too many wrong ones", err, errCode)
	if v, err := h.s.Audience(h.ctx, h.roundID); err != nil || len(v.Counts) != 3 || v.Counts[0].Votes != 1 {
		t.Errorf("a live count: %+v (%v)", v.Counts, err)
	}
	for range codesMost - 1 {
		h.clock.Add(2 * codeSoonUs)
		h.must(h.s.SendCode(h.ctx, h.roundID, "lannguyen@gmail.com", "vi"))
	}
	h.clock.Add(2 * codeSoonUs)
	h.wants("a letter too many", h.s.SendCode(h.ctx, h.roundID, "lannguyen@gmail.com", "vi"), errCodesMost)
	// A day later the code of another has run out.
	h.must(h.s.SendCode(h.ctx, h.roundID, "minh@example.vn", "vi"))
	code = h.codeOf("minh@example.vn")
	h.clock.Add(24 * 3600 * 1_000_000)
	_, err = h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[0], Address: "minh@example.vn", Code: code})
	h.wants("an old code", err, errCode)
	// After the close a code is no longer wrong but of no use, and nobody is sent another one.
	h.must(h.s.Close(h.ctx, h.contestID, h.roundID))
	_, err = h.s.Cast(h.ctx, h.roundID, Ballot{EntryID: h.entries[0], Address: "minh@example.vn", Code: code})
	h.wants("a code after the close", err, errClosed)
	h.wants("asking for a code after the close", h.s.SendCode(h.ctx, h.roundID, "minh@example.vn", "vi"), errClosed)
	var kept int
	h.must(h.db.QueryRow(t.Context(), `SELECT count(*) FROM vote v, vote_code c WHERE position('gmail'::bytea IN v.mac || c.mac || c.code_mac) > 0`).Scan(&kept))
	if kept != 0 {
		t.Error("an address can be read in the database")
	}
}

// codeOf finds the code of an address as nobody else could: with the server's key.
func (h *hall) codeOf(to string) string {
	h.t.Helper()
	var want []byte
	h.must(h.db.QueryRow(h.t.Context(), `SELECT code_mac FROM vote_code WHERE mac = $1`, h.s.mac("mail", h.roundID, address(to))).Scan(&want))
	for i := range 1_000_000 {
		if code := fmt.Sprintf("%06d", i); bytes.Equal(h.s.mac("code", h.roundID, code), want) {
			return code
		}
	}
	h.t.Fatal("no code fits")
	return ""
}

func TestVoteByTheClock(t *testing.T) {
	h := open(t)
	x := DefaultSettings
	x.OpensUs, x.ClosesUs = startUs+10_000_000, startUs+70_000_000
	h.settings(x)
	tickets := h.tickets(2)
	h.must(h.s.Tick(h.ctx))
	_, err := h.cast(0, tickets[0])
	h.wants("too early", err, errNotOpen)
	h.clock.Store(startUs + 10_000_000)
	h.must(h.s.Tick(h.ctx))
	_, err = h.cast(0, tickets[0])
	h.must(err)
	x.Max = 500
	h.wants("another maximum while it runs", h.s.SetSettings(h.ctx, h.contestID, h.roundID, x), errSettingsStand)
	x.Max, x.ClosesUs = 1000, startUs+80_000_000
	h.settings(x)
	h.clock.Store(startUs + 80_000_000)
	_, err = h.cast(0, tickets[1])
	h.wants("too late, before any node noticed", err, errClosed)
	h.must(h.s.Tick(h.ctx))
	h.must(h.s.Tick(h.ctx))
	if v, err := h.s.Organizer(h.ctx, h.contestID, h.roundID); err != nil || v.State != Closed || v.ClosedUs != x.ClosesUs || v.Batches[0].Used != 1 {
		t.Errorf("%+v (%v)", v, err)
	}
}

// A lost stack of tickets is made worthless; what was voted with it before stays. Guessing codes is slowed down, and a
// right ticket from the same hall still passes.
func TestVoidTicketsAndGuessing(t *testing.T) {
	h := open(t)
	lost := h.tickets(3)
	good := h.tickets(2)
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	_, err := h.cast(2, lost[0])
	h.must(err)
	h.must(h.s.VoidTickets(h.ctx, h.contestID, h.roundID, 1))
	_, err = h.cast(2, lost[1])
	h.wants("a void ticket", err, errTicket)
	for range wrongAMinute {
		_, _ = h.cast(0, "CCCCCCCC")
	}
	_, err = h.cast(0, "CCCCCCCC")
	h.wants("a guess too many", err, errTooMany)
	_, err = h.cast(1, good[0])
	h.must(err)
	if got := h.votes(); !slices.Equal(got, []int64{0, 1, 1}) {
		t.Errorf("votes %v", got)
	}
}
