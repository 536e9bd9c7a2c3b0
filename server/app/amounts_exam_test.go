package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/paper"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/web"
)

// What an exam with a million attempts must answer within.
const (
	limitOfStandings = 3 * time.Second
	limitOfUnits     = 2 * time.Second
	limitOfOwnPage   = 50 * time.Millisecond
)

// examLot is an exam round of five weeks, each taken twice by 100,000 entries of 2,000 units, 20 responses an attempt.
type examLot struct {
	*lot
	address   string
	organizer string // cookie
	round     contest.Round
	periods   []int64
}

const examWeeks, examTries, examPlaces = 5, 2, 20

// BenchmarkExamAmounts measures standings, reports of units and a contestant's own page when a million attempts and
// twenty million responses lie in the database, and what they take on disk. HOITHI_BENCH_ENTRIES makes it smaller;
// HOITHI_BENCH_DATABASE names an empty database to be filled and kept, or one that an earlier run has filled.
func BenchmarkExamAmounts(b *testing.B) {
	x := manyAttempts(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	base := fmt.Sprintf("http://%s/api/organizer/contests/%d/rounds/%d/exam", x.address, x.c.ID, x.round.ID)
	worst := 0.0
	measure := func(what string, limit time.Duration, times int, f func(i int) int) {
		var took []time.Duration
		size := 0
		for i := range times {
			began := time.Now()
			size = f(i)
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		p95 := took[len(took)*95/100]
		worst = max(worst, float64(p95)/float64(limit))
		fmt.Printf("%-48s %9.1f %9.1f %9.1f %6.2f %9d\n", what, ms(took[len(took)/2]), ms(p95), ms(took[len(took)-1]), float64(p95)/float64(limit), size)
	}
	get := func(path, cookie string) int {
		return len(fetched(b, client, http.MethodGet, path, cookie, nil))
	}
	fmt.Printf("load average %s\n%-48s %9s %9s %9s %6s %9s\n", load(), "", "p50 ms", "p95 ms", "max ms", "ratio", "bytes")
	began := time.Now()
	x.exec(`UPDATE exam_window SET closes_us = $2 WHERE period_id = $1`, x.periods[examWeeks-1], time.Now().Add(-10*time.Second).UnixMicro())
	x.exec(`UPDATE exam_round SET version = version + 1 WHERE round_id = $1`, x.round.ID)
	for phase := ""; phase != string(exam.PhaseScored); time.Sleep(20 * time.Millisecond) {
		if err := x.a.DB.QueryRow(b.Context(), `SELECT phase FROM exam_round WHERE round_id = $1`, x.round.ID).Scan(&phase); err != nil {
			b.Fatal(err)
		}
		if time.Since(began) > 5*time.Minute {
			b.Fatal("the round was not settled")
		}
	}
	fmt.Printf("%-48s %9.1f\n", "all weeks settled after the last one closes, ms", float64(time.Since(began).Milliseconds()))
	x.tended()
	anew := func() {
		x.exec(`UPDATE exam_round SET scores_version = scores_version + 1 WHERE round_id = $1`, x.round.ID)
	}
	for _, ask := range []struct {
		what, path string
		limit      time.Duration
	}{
		{"standings of the round", "/standings?limit=50", limitOfStandings},
		{"standings of a week", fmt.Sprintf("/standings?limit=50&period=%d", x.periods[2]), limitOfStandings},
		{"units of the round", "/units?by=headcount", limitOfUnits},
		{"a unit's people", "/standings?limit=50&unit=300", limitOfUnits},
	} {
		measure(ask.what+", worked out anew", ask.limit, 5, func(int) int { anew(); return get(base+ask.path, x.organizer) })
		measure(ask.what+", again", ask.limit, 20, func(int) int { return get(base+ask.path, x.organizer) })
	}
	entries := make([]int64, 40)
	cookies := make([]string, len(entries))
	for i := range entries {
		entries[i] = int64(1 + (i*2477)%x.entries())
		token, _, err := x.a.Accounts.StartEntrySession(b.Context(), x.c.ID, entries[i], "bench")
		if err != nil {
			b.Fatal(err)
		}
		cookies[i] = web.EntryCookie + "=" + token
	}
	measure("a contestant's own page", limitOfOwnPage, len(entries), func(i int) int {
		c, err := liveclient.Dial(b.Context(), liveclient.Options{URL: "ws://" + x.address + "/api/live", Cookie: cookies[i]})
		if err == nil {
			err = c.Subscribe(b.Context(), fmt.Sprintf("contestant/exam/%d", x.round.ID))
			c.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
		return 0
	})
	own := fmt.Sprintf("http://%s/api/contestant/exams/%d/result", x.address, x.round.ID)
	measure("a contestant's own result", limitOfOwnPage, len(entries), func(i int) int { return get(own, cookies[i]) })
	began = time.Now()
	get(fmt.Sprintf("%s/periods/%d/statistics", base, x.periods[0]), x.organizer)
	fmt.Printf("%-48s %9.1f\n", "statistics of a week's items, ms", float64(time.Since(began).Milliseconds()))
	x.sizes()
	b.ReportMetric(worst, "worst-p95/limit")
	fmt.Printf("load average %s\n", load())
}

func (x *examLot) entries() int {
	if n, err := strconv.Atoi(os.Getenv("HOITHI_BENCH_ENTRIES")); err == nil && n > 0 && n < manyEntries {
		return n
	}
	return manyEntries
}

// sizes prints what the tables take on disk.
func (x *examLot) sizes() {
	x.t.Helper()
	rows, err := x.a.DB.Query(x.t.Context(), `SELECT c.relname, c.reltuples::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid)
		FROM pg_class c WHERE c.relname IN ('exam_attempt', 'exam_response')
		UNION ALL SELECT c.relname, c.reltuples::bigint, pg_relation_size(c.oid), 0 FROM pg_class c WHERE c.relname LIKE 'exam\_attempt\_%' AND c.relkind = 'i'
		ORDER BY 1`)
	if err != nil {
		x.t.Fatal(err)
	}
	var name string
	var tuples, table, index int64
	_, err = pgx.ForEachRow(rows, []any{&name, &tuples, &table, &index}, func() error {
		fmt.Printf("%-28s %11d rows %9.1f MB, indexes %9.1f MB\n", name, tuples, float64(table)/1e6, float64(index)/1e6)
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// manyAttempts is a node on a database of that size, which writes through to the disk as a real one does.
func manyAttempts(b testing.TB) *examLot {
	b.Helper()
	kept := os.Getenv("HOITHI_BENCH_DATABASE")
	address := kept
	if kept == "" {
		address = testkit.OwnPostgres(b).URL
	}
	db, err := postgres.Open(b.Context(), address, postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	if kept != "" {
		if err := postgres.Migrate(b.Context(), db); err != nil {
			b.Fatal(err)
		}
	}
	a, address := runningOn(b, db)
	if x := filledBefore(b, a, address); x != nil {
		return x
	}
	organizer := mustAccount(b, a, "tochuc", false)
	ctx := account.With(b.Context(), account.Principal{AccountID: organizer, Locale: "vi"})
	c, err := a.Contests.Create(ctx, contest.Answers{Template: "exam_once", Name: "Thi trực tuyến toàn tỉnh", OrganizerName: "Tỉnh Đoàn",
		Divisions: []string{"Bảng A", "Bảng B", "Bảng C"}})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	x := &examLot{lot: &lot{t: b, a: a, r: rand.New(rand.NewPCG(1, 2)), c: c, day: time.Now()}, address: address, round: c.Rounds[0]}
	x.units()
	x.people()
	x.prepare(ctx)
	x.attempts(ctx)
	x.tended()
	x.organizer = accountCookie(b, a, organizer)
	fmt.Printf("filled in %.1f s\n", time.Since(began).Seconds())
	return x
}

// filledBefore finds what an earlier run has left in a kept database; nil: it is empty.
func filledBefore(b testing.TB, a *App, address string) *examLot {
	b.Helper()
	x := &examLot{lot: &lot{t: b, a: a, r: rand.New(rand.NewPCG(1, 2)), day: time.Now()}, address: address}
	var contestID, organizer int64
	err := a.DB.QueryRow(b.Context(), `SELECT r.contest_id, x.round_id, (SELECT min(id) FROM account), array_agg(p.id ORDER BY p.position)
		FROM exam_round x JOIN round r ON r.id = x.round_id JOIN exam_period p ON p.round_id = x.round_id GROUP BY 1, 2`).
		Scan(&contestID, &x.round.ID, &organizer, &x.periods)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		x.c, err = a.Contests.Get(account.With(b.Context(), account.Principal{AccountID: organizer}), contestID)
	}
	if err != nil {
		b.Fatal(err)
	}
	x.organizer = accountCookie(b, a, organizer)
	return x
}

// prepare sets the weeks: four that are over, and one that is open.
func (x *examLot) prepare(ctx context.Context) {
	x.t.Helper()
	must := func(err error) {
		x.t.Helper()
		if err != nil {
			x.t.Fatal(err)
		}
	}
	topics := []string{"Cải cách hành chính", "Chuyển đổi số"}
	contents := make([]bank.Content, 200)
	for i := range contents {
		contents[i] = x.item(5*i+1, topics) // of one right answer
	}
	must(postgres.InTx(ctx, x.a.DB, func(tx pgx.Tx) error {
		_, err := x.a.Bank.Add(ctx, tx, x.c.BankID, contents, "")
		return err
	}))
	setup, err := x.a.Exam.Setup(ctx, x.c.ID, x.round.ID)
	must(err)
	settings := setup.Settings
	settings.Attempts, settings.Guess = examTries, exam.GuessAllRight
	settings.Ranking = []exam.Metric{exam.ByPoints, exam.ByGuess, exam.ByTime, exam.BySubmitted}
	setup, err = x.a.Exam.SaveSettings(ctx, x.c.ID, x.round.ID, setup.Version, settings)
	must(err)
	var periods []exam.Period
	for week := range examWeeks {
		opens := time.Now().AddDate(0, 0, 7*(week-examWeeks+1)).Add(-time.Hour)
		periods = append(periods, exam.Period{Name: fmt.Sprintf("Tuần %d", week+1),
			Windows: []exam.Window{{OpensUs: opens.UnixMicro(), ClosesUs: opens.Add(6 * 24 * time.Hour).UnixMicro()}}})
	}
	setup, err = x.a.Exam.SavePeriods(ctx, x.c.ID, x.round.ID, setup.Version, periods)
	must(err)
	for _, p := range setup.Periods {
		x.periods = append(x.periods, p.ID)
		must(x.a.Exam.Prepare(ctx, x.c.ID, x.round.ID, p.ID))
	}
	for _, step := range []contest.State{contest.Open, contest.Running} {
		x.c, err = x.a.Contests.Advance(ctx, x.c.ID, x.c.State, step)
		must(err)
	}
}

// attempts fills them week by week, with responses in the order in which they would come: all first items, all second
// ones, and so on. Only then the round is put into the hands of the clock.
func (x *examLot) attempts(ctx context.Context) {
	x.t.Helper()
	payloads := [][]byte{}
	for _, option := range []string{"a", "b", "c", "d"} {
		payloads = append(payloads, fmt.Appendf(nil, `{"type":"single","options":[%q]}`, option))
	}
	for _, period := range x.periods {
		pool, papers := x.papers(ctx, period)
		x.exec(`INSERT INTO exam_attempt (round_id, period_id, entry_id, number, pool_id, seed, paper, started_us, deadline_us, finished_us, finish,
				device_id, scored_us, points, correct, items, answered, time_us, guess, counts)
			SELECT $1, $2, e, n, $3, decode(md5(e || '/' || n), 'hex'), ($4::bytea[])[1 + e % $5::int], s, s + 900000000, s + t, 'submitted',
				1, s + t + 1000000, 100 * c, c, 20, 20, t, e % 200 * 100, n = 1
			FROM (SELECT e, n, w.opens_us + (e::bigint * 7919 + n * 43200000) % 86400000 * 1000 AS s, 200000000 + e::bigint * 104729 % 600000000 AS t,
				1 + e * 7919 % 20 - (n - 1) AS c FROM generate_series(1, $6::int) e, generate_series(1, $7::int) n, exam_window w WHERE w.period_id = $2) x
			ORDER BY s`, x.round.ID, period, pool, papers, len(papers), x.entries(), examTries)
		var from, to int64
		if err := x.a.DB.QueryRow(ctx, `SELECT min(id), max(id) FROM exam_attempt WHERE period_id = $1`, period).Scan(&from, &to); err != nil {
			x.t.Fatal(err)
		}
		for ; from <= to; from += 20_000 {
			x.exec(`INSERT INTO exam_response (attempt_id, place, writer, seq, received_us, payload)
				SELECT a.id, g, 1, 1, a.started_us + a.time_us * g / 21, ($3::bytea[])[1 + (a.id * 7919 + g * 31) % 4]
				FROM exam_attempt a, generate_series(1, $4::int) g WHERE a.id >= $1 AND a.id < $2 ORDER BY g, a.id`, from, min(from+20_000, to+1), payloads, examPlaces)
		}
	}
	if err := x.a.Exam.Ready(ctx, x.c.ID, x.round.ID); err != nil {
		x.t.Fatal(err)
	}
}

// papers draws some hundred real papers of a period; everybody gets one of them.
func (x *examLot) papers(ctx context.Context, period int64) (poolID int64, papers [][]byte) {
	x.t.Helper()
	var content, hash []byte
	if err := x.a.DB.QueryRow(ctx, `SELECT id, content, content_hash FROM exam_pool WHERE period_id = $1`, period).Scan(&poolID, &content, &hash); err != nil {
		x.t.Fatal(err)
	}
	pool, err := exam.DecodePool(poolID, content, hash)
	if err != nil {
		x.t.Fatal(err)
	}
	var ids []int64
	for _, o := range pool.Offers {
		ids = append(ids, o.Version)
	}
	versions, err := x.a.Bank.Versions(ctx, x.c.BankID, ids)
	if err != nil {
		x.t.Fatal(err)
	}
	contents := map[int64]bank.Content{}
	for _, v := range versions {
		contents[v.ID] = v.Content
	}
	for range 200 {
		drawn, err := pool.Draw(paper.NewSeed(), contents)
		if err != nil {
			x.t.Fatal(err)
		}
		encoded, err := drawn.Encode()
		if err != nil {
			x.t.Fatal(hex.EncodeToString(hash), err)
		}
		papers = append(papers, encoded)
	}
	return poolID, papers
}
