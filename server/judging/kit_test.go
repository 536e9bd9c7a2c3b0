package judging_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/testkit"
)

// hall is a running contest with a judged round: GK1, GK2... on the panel, teams in the running order.
type hall struct {
	t         testing.TB
	db        *pgxpool.Pool
	contests  *contest.Service
	s         *judging.Service
	contestID int64
	roundID   int64
	organizer context.Context
	judges    []context.Context
	entries   []int64
	clockUs   *atomic.Int64
	curtain   *curtain
}

const (
	startUs = 1_700_000_000_000_000
	second  = int64(1_000_000)
)

// open makes a contest of the template with the greeting round (criteria of 10, 6 and 4 points in halves) judged by
// so many people.
func open(t testing.TB, judges, teams int) *hall {
	t.Helper()
	h := &hall{t: t, db: testkit.Postgres(t), clockUs: &atomic.Int64{}, curtain: &curtain{}}
	h.clockUs.Store(startUs)
	accounts, err := account.New(t.Context(), h.db)
	h.must(err)
	h.contests = contest.New(h.db, accounts, banks{})
	h.s = h.service()
	h.contests.Use(contest.Judged, h.s)
	h.contests.Use(contest.Stage, otherKind{})
	h.organizer = h.person("Ban tổ chức")
	c, err := h.contests.Create(h.organizer, contest.Answers{Template: "reform", Name: "Thanh niên với cải cách hành chính", OrganizerName: "Tỉnh đoàn"})
	h.must(err)
	h.contestID, h.roundID = c.ID, c.Rounds[0].ID
	h.exec(`UPDATE contest SET state = 'running' WHERE id = $1`, c.ID)
	var seated []int64
	for i := range judges {
		judge := h.person(fmt.Sprintf("Giám khảo %d", i+1))
		h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'judge')`, idOf(judge), c.ID)
		h.judges = append(h.judges, judge)
		seated = append(seated, idOf(judge))
	}
	var turns []judging.Turn
	for i := range teams {
		id := h.team(i+1, fmt.Sprintf("Đội %d", i+1))
		h.entries = append(h.entries, id)
		turns = append(turns, judging.Turn{EntryID: id})
	}
	if judges > 0 {
		h.must(h.s.SetPanel(h.organizer, h.contestID, h.roundID, seated, seated[0]))
	}
	if teams > 0 {
		h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, turns))
	}
	return h
}

// service is another node's room on the same database.
func (h *hall) service() *judging.Service {
	s := judging.New(h.db, h.contests, h.clockUs.Load, rand.Text)
	h.curtain.hang(s)
	return s
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.db.Exec(context.Background(), sql, args...)
	h.must(err)
}

func (h *hall) count(sql string, args ...any) int {
	h.t.Helper()
	var n int
	h.must(h.db.QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

var logins atomic.Int64

func (h *hall) person(name string) context.Context {
	h.t.Helper()
	var id int64
	h.must(h.db.QueryRow(context.Background(), `INSERT INTO account (login, name) VALUES ($1, $2) RETURNING id`,
		fmt.Sprintf("login%d", logins.Add(1)), name).Scan(&id))
	return account.With(context.Background(), account.Principal{AccountID: id, Name: name})
}

func idOf(person context.Context) int64 { return account.From(person).AccountID }

func (h *hall) team(number int, name string) (id int64) {
	h.t.Helper()
	h.must(h.db.QueryRow(context.Background(), `INSERT INTO entry (contest_id, division_id, kind, name, search_key, same_key,
		number, code_mac, code_sealed, link_mac, link_sealed, source)
		SELECT $1::bigint, id, 'team', $2::text, $2::text, $2::text, $3::int, '\x', '\x', convert_to($1::text || ':' || $3::text, 'UTF8'), '\x', 'manual'
		FROM division WHERE contest_id = $1 LIMIT 1 RETURNING id`, h.contestID, name, number).Scan(&id))
	return id
}

func (h *hall) judging() judging.Judging {
	h.t.Helper()
	j, err := h.s.Get(h.organizer, h.contestID, h.roundID)
	h.must(err)
	return j
}

// performance is the id of the n-th turn, from 0.
func (h *hall) performance(n int) int64 {
	h.t.Helper()
	return h.judging().Performances[n].ID
}

func (h *hall) criteria() []judging.Criterion { h.t.Helper(); return h.judging().Criteria }

func (h *hall) perform(n int, seconds int64) int64 {
	h.t.Helper()
	id := h.performance(n)
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, id))
	h.clockUs.Add(seconds * second)
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, id))
	return id
}

// close brings the round to its signatures: the organizer checks, GK1 closes as the head judge.
func (h *hall) close() error {
	if err := h.s.CheckPart(h.organizer, h.contestID, h.roundID, ""); err != nil {
		return err
	}
	return h.s.Close(h.judges[0], h.contestID, h.roundID, "")
}

// device is one tablet of a judge, which counts its marks.
type device struct {
	h      *hall
	judge  context.Context
	s      *judging.Service
	writer int64
	seq    int64
}

func (h *hall) device(judge int) *device {
	h.t.Helper()
	d := &device{h: h, judge: h.judges[judge], s: h.s}
	var err error
	d.writer, err = h.s.Claim(d.judge, h.contestID, h.roundID)
	h.must(err)
	return d
}

func (d *device) next(performance, criterion, value int64) judging.NewMark {
	d.seq++
	return judging.NewMark{PerformanceID: performance, CriterionID: criterion, Writer: d.writer, Seq: d.seq, Value: &value, ReceivedUs: d.h.clockUs.Add(1)}
}

func (d *device) send(m judging.NewMark) (int64, error) {
	return d.s.Mark(d.judge, d.h.contestID, d.h.roundID, m)
}

func (d *device) mark(performance, criterion, value int64) {
	d.h.t.Helper()
	_, err := d.send(d.next(performance, criterion, value))
	d.h.must(err)
}

// fill gives a mark for each criterion, in their order.
func (d *device) fill(performance int64, values ...int64) []judging.MarkValue {
	d.h.t.Helper()
	var seen []judging.MarkValue
	for i, c := range d.h.criteria() {
		d.mark(performance, c.ID, values[i])
		seen = append(seen, judging.MarkValue{CriterionID: c.ID, Value: values[i]})
	}
	return seen
}

func (d *device) reopened(performance int64) int {
	d.h.t.Helper()
	id := idOf(d.judge)
	return len(d.h.judging().Versions(performance, id))
}

func (d *device) lock(performance int64, seen []judging.MarkValue) (int64, error) {
	return d.s.Lock(d.judge, d.h.contestID, d.h.roundID, judging.LockSheetData{PerformanceID: performance, Writer: d.writer, Marks: seen, Reopened: d.reopened(performance)})
}

// wants fails unless err is a fault with this code.
func wants(t testing.TB, what string, err error, code string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

type banks struct{}

func (banks) NewBank(ctx context.Context, tx pgx.Tx, name string) (id int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO bank (name) VALUES ($1) RETURNING id`, name).Scan(&id)
	return id, err
}

// otherKind stands for the kinds of round that are not judged.
type otherKind struct{}

func (otherKind) SetUp(context.Context, pgx.Tx, contest.Round, contest.RoundSpec) error { return nil }
func (otherKind) Copy(context.Context, pgx.Tx, contest.Round, contest.Round) error      { return nil }
func (otherKind) Missing(context.Context, contest.Round) ([]contest.Missing, error)     { return nil, nil }

var mean = judging.MarkingRules{Combining: scoring.Combining{Method: scoring.Mean, Decimals: 2}, Overtime: scoring.Overtime{Method: scoring.OvertimeNone}}

// meanwhile runs an act while another transaction has changed something and not committed yet: it lets that one commit when
// the act waits for it, or is over.
func (h *hall) meanwhile(sql string, act func() error) error {
	h.t.Helper()
	tx, err := h.db.Begin(context.Background())
	h.must(err)
	_, err = tx.Exec(context.Background(), sql, h.contestID)
	h.must(err)
	done := make(chan error, 1)
	go func() { done <- act() }()
	deadline := time.Now().Add(20 * time.Second)
	for waits := 0; waits == 0 && len(done) == 0 && time.Now().Before(deadline); {
		waits = h.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	}
	h.must(tx.Commit(context.Background()))
	return <-done
}
