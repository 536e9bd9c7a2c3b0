package app

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/testkit"
)

// limitOfLists is within what a list, a search or a filter must answer, for nineteen of twenty who ask.
const limitOfLists = 150 * time.Millisecond

// BenchmarkAmounts asks what the screens ask, over HTTP, of a contest with 100,000 entries, 100,000 registrations, 2,000
// units and a bank of 50,000 questions; then it brings lists in and out.
func BenchmarkAmounts(b *testing.B) {
	l, address, m := manyPeople(b)
	asks := m.asks()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	fmt.Printf("load average %s\n%-34s %8s %8s %8s %6s %9s %9s\n", load(), "", "p50 ms", "p95 ms", "max ms", "ratio", "bytes", "sent")
	slow := 0.0
	for _, ask := range asks {
		took := make([]time.Duration, 0, 60)
		size, first := 0, time.Now()
		for i := range 40 * b.N {
			if i >= 20 && time.Since(first) > 2*time.Second { // slow, or the machine is busy: twenty tell enough
				break
			}
			began := time.Now()
			size = len(fetched(b, client, http.MethodGet, "http://"+address+ask.path, ask.cookie, nil))
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		p95 := took[len(took)*95/100]
		ratio := float64(p95) / float64(limitOfLists)
		slow = max(slow, ratio)
		fmt.Printf("%-34s %8.1f %8.1f %8.1f %6.2f %9d %9d\n", ask.what, ms(took[len(took)/2]), ms(p95), ms(took[len(took)-1]), ratio, size,
			sent(b, client, http.MethodGet, "http://"+address+ask.path, ask.cookie, ""))
	}
	b.ReportMetric(slow, "worst-p95/limit")
	fmt.Printf("load average %s\n", load())
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.Sys)/(1<<20), "MB")
	b.ReportMetric(m.moves(b, l, client, address), "worst-import/limit")
}

func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:2], " ")
}

// fetched makes one request, which must succeed.
func fetched(b testing.TB, client *http.Client, method, address, cookie string, body []byte) []byte {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/octet-stream")
		if bytes.HasPrefix(body, []byte("{")) {
			req.Header.Set("Content-Type", "application/json")
		}
	}
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	if res.StatusCode >= 300 {
		b.Fatalf("%s %s: %d %.300s", method, address, res.StatusCode, data)
	}
	return data
}

// sent makes one request and gives the size of its answer on the way, without keeping it.
func sent(b testing.TB, client *http.Client, method, address, cookie, body string) int64 {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Accept-Encoding", "gzip")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d, %v", address, res.StatusCode, err)
	}
	return n
}

// manyPeople is a node on a database of that size, which writes through to the disk as a real one does.
func manyPeople(b testing.TB) (*lot, string, *amounts) {
	b.Helper()
	server := testkit.OwnPostgres(b)
	db, err := postgres.Open(b.Context(), server.URL, postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	a, address := runningOn(b, db)
	organizer, leader := mustAccount(b, a, "tochuc", false), mustAccount(b, a, "donvi", false)
	ctx := account.With(b.Context(), account.Principal{AccountID: organizer, Locale: "vi"})
	c, err := a.Contests.Create(ctx, contest.Answers{Template: "quiz_evening", Name: "Hội thi toàn tỉnh", OrganizerName: "Tỉnh Đoàn",
		Divisions: []string{"Bảng A", "Bảng B", "Bảng C"}})
	if err == nil {
		c, err = a.Contests.Advance(ctx, c.ID, c.State, contest.Open)
	}
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	l := &lot{t: b, a: a, r: rand.New(rand.NewPCG(1, 2)), c: c, day: time.Now()}
	l.units()
	l.people()
	l.items()
	l.tended()
	m := &amounts{contest: c, unit: 300, entry: 4_321, registration: 60_001, topic: 12, act: 7, leaderUnit: 20, round: c.Rounds[0].ID}
	if err := db.QueryRow(ctx, `SELECT min(id) FROM contest_block`).Scan(&m.block); err != nil {
		b.Fatal(err)
	}
	if err := a.Accounts.Lead(ctx, c.ID, m.leaderUnit, leader); err != nil {
		b.Fatal(err)
	}
	m.organizer, m.leader = accountCookie(b, a, organizer), accountCookie(b, a, leader)
	fmt.Printf("filled in %.1f s\n", time.Since(began).Seconds())
	return l, address, m
}

type ask struct{ what, path, cookie string }

// asks are the lists, searches and filters of the screens.
func (m *amounts) asks() []ask {
	base := fmt.Sprintf("/api/organizer/contests/%d", m.contest.ID)
	led := fmt.Sprintf("/api/leader/contests/%d", m.contest.ID)
	var out []ask
	add := func(who, what, path string, query ...string) {
		v := url.Values{}
		for i := 0; i+1 < len(query); i += 2 {
			v.Set(query[i], query[i+1])
		}
		if len(v) > 0 {
			path += "?" + v.Encode()
		}
		out = append(out, ask{what, path, who})
	}
	number := func(n int64) string { return fmt.Sprint(n) }
	for _, list := range []string{"entries", "registrations"} {
		state := map[string]string{"entries": "withdrawn", "registrations": "pending"}[list]
		add(m.organizer, list, base+"/"+list)
		add(m.organizer, list+": late page", base+"/"+list, "after", "90000")
		add(m.organizer, list+": state", base+"/"+list, "state", state)
		add(m.organizer, list+": division", base+"/"+list, "division", number(m.contest.Divisions[1].ID))
		add(m.organizer, list+": unit", base+"/"+list, "unit", number(m.unit))
		add(m.organizer, list+": block", base+"/"+list, "block", number(m.block))
		add(m.organizer, list+": findings", base+"/"+list, "found", "true")
		for _, words := range []string{"ngu", "van an", "Trịnh Diệu Uyên", "thcs nga son", "0912", "54321", "không có ai tên này"} {
			add(m.organizer, list+": "+words, base+"/"+list, "q", words)
		}
		add(m.organizer, list+": words, block, state", base+"/"+list, "q", "uyen", "block", number(m.block), "state", state)
	}
	add(m.organizer, "entry", base+"/entries/"+number(m.entry))
	add(m.organizer, "registration", base+"/registrations/"+number(m.registration))
	add(m.organizer, "roster", base+"/roster")
	add(m.organizer, "duplicates", base+"/duplicates")
	add(m.organizer, "changes", base+"/changes")
	add(m.organizer, "unit plan", base+"/unit-plan")
	add(m.organizer, "progress of all units", base+"/progress")
	add(m.organizer, "leaders", base+"/leaders")
	add(m.leader, "leader: contest", led)
	add(m.leader, "leader: people", led+"/people")
	add(m.leader, "leader: people, words", led+"/people", "q", "van an")
	add(m.leader, "leader: progress", led+"/progress")
	add(m.organizer, "units: top", "/api/organizer/units")
	add(m.organizer, "units: below the province", "/api/organizer/units", "parent", "1")
	for _, words := range []string{"nga son", "thcs", "DV01234"} {
		add(m.organizer, "units: "+words, "/api/organizer/units/search", "q", words)
	}
	add(m.organizer, "unit", "/api/organizer/units/"+number(m.unit))
	bank := base + "/bank/items"
	add(m.organizer, "bank", bank)
	add(m.organizer, "bank: late page", bank, "after", "45000")
	add(m.organizer, "bank: topic", bank, "topic", number(m.topic))
	add(m.organizer, "bank: type, level, state", bank, "type", "multiple", "difficulty", "application", "state", "approved")
	add(m.organizer, "bank: act", bank, "act", number(m.act))
	add(m.organizer, "bank: tag", bank, "tag", "nhãn 8")
	for _, look := range []string{"barred", "unchecked", "commented"} {
		add(m.organizer, "bank: "+look, bank, "look", look)
	}
	add(m.organizer, "bank: never used", bank, "used", "never")
	for _, words := range []string{"thu tuc", "chung thuc ban sao", "cau 41234", "không có câu này"} {
		add(m.organizer, "bank: "+words, bank, "search", words)
	}
	add(m.organizer, "bank: what may be drawn", bank, "offered", "true", "search", "khai sinh")
	add(m.organizer, "bank: topics", base+"/bank/topics")
	add(m.organizer, "bank: acts", base+"/bank/acts")
	add(m.organizer, "bank: item", bank+"/4711")
	add("", "registration form", "/api/audience/contests/"+m.contest.Slug+"/registration")
	return out
}
