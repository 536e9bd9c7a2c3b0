package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/testkit"
	"github.com/hoithi/hoithi/server/web"
)

// Every live topic and command is given its own line of the table as its need, and the table has no line for
// something that doesn't exist. (For operations of the API, an unknown one panics at start.)
func TestEveryTopicAndCommandIsInTheTable(t *testing.T) {
	a := Describe("0")
	registered := a.Hub.Needs()
	for key, need := range registered {
		if builtIn(key) {
			continue
		}
		if need != key {
			t.Errorf("%s is given %q as its need, want its own key", key, need)
		}
		if _, ok := access[key]; !ok {
			t.Errorf("%s is not in the access table", key)
		}
	}
	for key := range access {
		if _, ok := registered[key]; strings.Contains(key, ":") && !ok {
			t.Errorf("the access table names %s, which nobody registers", key)
		}
	}
}

// builtIn are the hub's own commands, which carry no permission of their own.
func builtIn(key string) bool {
	return key == "command:subscribe" || key == "command:unsubscribe" || key == "command:clock" || key == "command:bye"
}

// visitor is one kind of user, with a cookie for the API and the sockets.
type visitor struct {
	name   string
	cookie string
	is     func(need web.Need, ownContest bool) bool
}

// The whole table is walked by each kind of user and by nobody: who may gets in, who may not gets 401 or 403, also
// with the number of a contest in which he has no role.
func TestTheWholeTableForEveryKindOfUser(t *testing.T) {
	a, address := running(t)
	ctx := t.Context()
	d, err := a.Seed(ctx)
	if err != nil {
		t.Fatal(err)
	}
	organizer := account.With(ctx, account.Principal{AccountID: d.Organizer.ID})
	c, err := a.Contests.AddRound(organizer, d.ContestID, contest.RoundSpec{Kind: contest.Exam, Name: "Thi trực tuyến"})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = a.Contests.AddRound(organizer, d.ContestID, contest.RoundSpec{Kind: contest.Vote, Name: "Bình chọn"}); err != nil {
		t.Fatal(err)
	}
	other, err := a.Contests.Clone(organizer, c.ID, "Hội thi khác", nil)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := a.Papers.Blueprints(ctx, other.ID); err != nil || len(list) != 1 {
		t.Fatalf("a clone has the blueprints of its contest: %v, %v", list, err)
	}
	stranger := mustAccount(t, a, "nguoila", false)
	host := mustAccount(t, a, "mc", false)
	admin := mustAccount(t, a, "quantri", true)
	if err := a.Accounts.Grant(ctx, host, c.ID, account.RoleHost); err != nil {
		t.Fatal(err)
	}
	if err := a.Accounts.Grant(ctx, stranger, other.ID, account.RoleOrganizer); err != nil {
		t.Fatal(err)
	}
	keys, err := a.Roster.Keys(ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	leads := mustAccount(t, a, "phutrach", false)
	if err := a.Accounts.Lead(ctx, c.ID, unitOf(t, a, keys[0].EntryID), leads); err != nil {
		t.Fatal(err)
	}
	writes, reviews := mustAccount(t, a, "nguoirade", false), mustAccount(t, a, "thamdinh", false)
	if err := errors.Join(a.Accounts.Grant(ctx, writes, c.ID, account.RoleAuthor), a.Accounts.Grant(ctx, reviews, c.ID, account.RoleReviewer)); err != nil {
		t.Fatal(err)
	}
	watches, times := mustAccount(t, a, "giamsat", false), mustAccount(t, a, "bamgio", false)
	if err := errors.Join(a.Accounts.Grant(ctx, watches, c.ID, account.RoleSupervisor), a.Accounts.Grant(ctx, times, c.ID, account.RoleTimekeeper)); err != nil {
		t.Fatal(err)
	}
	pupil := mustAccount(t, a, "hocsinh", false)
	if _, err := a.DB.Exec(ctx, `UPDATE account SET self_made = true WHERE id = $1`, pupil); err != nil {
		t.Fatal(err)
	}
	roles := func(has ...web.Need) func(web.Need, bool) bool {
		return func(need web.Need, own bool) bool {
			if need == web.Public {
				return true
			}
			for _, n := range has {
				if n == need && (own || need == web.SignedIn || need == web.Admin) || need == web.Account && n == web.SignedIn {
					return true
				}
			}
			return false
		}
	}
	visitors := []visitor{
		{"nobody", "", roles()},
		{"organizer", accountCookie(t, a, d.Organizer.ID), roles(web.SignedIn, web.Organizer, web.Host, web.Secretary, web.Timekeeper, web.Staff, web.Table, web.Author, web.Reviewer, web.Bank, web.Crew)},
		{"host", accountCookie(t, a, host), roles(web.SignedIn, web.Host, web.Staff, web.Table, web.Crew)},
		{"secretary", accountCookie(t, a, d.Secretary.ID), roles(web.SignedIn, web.Secretary, web.Timekeeper, web.Staff, web.Table, web.Crew)},
		{"judge", accountCookie(t, a, d.Judges[0].ID), roles(web.SignedIn, web.Judge)},
		{"supervisor", accountCookie(t, a, watches), roles(web.SignedIn, web.Supervisor, web.Table, web.Crew)},
		{"timekeeper", accountCookie(t, a, times), roles(web.SignedIn, web.Timekeeper)},
		{"organizer of another contest", accountCookie(t, a, stranger), roles(web.SignedIn)},
		{"author", accountCookie(t, a, writes), roles(web.SignedIn, web.Author, web.Bank, web.Crew)},
		{"reviewer", accountCookie(t, a, reviews), roles(web.SignedIn, web.Reviewer, web.Bank, web.Crew)},
		{"leader", accountCookie(t, a, leads), roles(web.SignedIn, web.Leader)},
		{"somebody who made an account to take part", accountCookie(t, a, pupil), func(need web.Need, _ bool) bool { return need == web.Public || need == web.Account }},
		{"contestant", entryCookie(t, a, c.ID, keys[0].EntryID), roles(web.Contestant)},
		{"administrator", accountCookie(t, a, admin), func(need web.Need, _ bool) bool {
			return need != web.Judge && need != web.Supervisor && need != web.Contestant && need != web.Leader
		}},
	}
	for _, v := range visitors {
		for _, target := range []struct {
			own bool
			c   contest.Contest
		}{{true, c}, {false, unknownTo(c)}} {
			walkAPI(t, a, address, v, target.own, target.c)
			walkTopics(t, address, v, target.own, target.c)
		}
	}
}

// unitOf is the unit of an entry.
func unitOf(t *testing.T, a *App, entryID int64) int64 {
	t.Helper()
	e, err := a.Roster.Entry(t.Context(), 0, entryID)
	if err != nil {
		t.Fatal(err)
	}
	return e.UnitID
}

// unknownTo is a contest that nobody has a role in: its number is not taken.
func unknownTo(c contest.Contest) contest.Contest {
	return contest.Contest{ID: c.ID + 1000, Slug: "khong-co", Rounds: []contest.Round{{ID: 1 << 40}}}
}

func walkAPI(t *testing.T, a *App, address string, v visitor, own bool, c contest.Contest) {
	t.Helper()
	for path, item := range a.API.Huma.OpenAPI().Paths {
		for method, op := range map[string]string{"GET": id(item.Get != nil, func() string { return item.Get.OperationID }),
			"POST": id(item.Post != nil, func() string { return item.Post.OperationID }), "PUT": id(item.Put != nil, func() string { return item.Put.OperationID }),
			"DELETE": id(item.Delete != nil, func() string { return item.Delete.OperationID })} {
			if op == "" || op == "sign-out" || op == "freeze-board" || op == "thaw-board" {
				continue // these three would change what the others find; their needs are those of their neighbours
			}
			url := strings.NewReplacer("{contest}", fmt.Sprint(c.ID), "{slug}", c.Slug).Replace(path)
			for strings.Contains(url, "{") { // what is not there: only the door is tried
				from, to := strings.Index(url, "{"), strings.Index(url, "}")
				url = url[:from] + "999999" + url[to+1:]
			}
			need := access[op]
			may := v.is(need, own || !strings.Contains(path, "{contest}"))
			request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+url, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Cookie", v.cookie)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
			_ = response.Body.Close()
			refused := response.StatusCode == 401 || response.StatusCode == 403
			if may == refused {
				t.Errorf("%s (own contest: %v), %s %s needs %s: status %d %s", v.name, own, method, path, need, response.StatusCode, body)
			}
			if response.StatusCode >= 500 {
				t.Errorf("%s, %s %s: status %d %s", v.name, method, path, response.StatusCode, body)
			}
		}
	}
}

func id(there bool, get func() string) string {
	if !there {
		return ""
	}
	return get()
}

func walkTopics(t *testing.T, address string, v visitor, own bool, c contest.Contest) {
	t.Helper()
	client, err := liveclient.Dial(t.Context(), liveclient.Options{URL: "ws://" + address + "/api/live", Cookie: v.cookie})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	keys := make([]string, 0, len(access))
	for key := range access {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		pattern, isTopic := strings.CutPrefix(key, "topic:")
		if !isTopic {
			continue
		}
		round := c.Rounds[0].ID
		for _, r := range c.Rounds {
			if r.Kind == contest.Stage && strings.HasSuffix(pattern, "/round/{round}") && !strings.HasPrefix(pattern, "judge/") ||
				r.Kind == contest.Exam && strings.HasSuffix(pattern, "/exam/{round}") ||
				r.Kind == contest.Vote && strings.HasSuffix(pattern, "/vote/{round}") {
				round = r.ID
			}
		}
		topic := strings.NewReplacer("{contest}", fmt.Sprint(c.ID), "{round}", fmt.Sprint(round)).Replace(pattern)
		err := client.Subscribe(t.Context(), topic)
		var f *liveclient.Fault
		switch may := v.is(access[key], own); {
		case err == nil && (!may || !own):
			t.Errorf("%s (own contest: %v) got into %s, which needs %s", v.name, own, topic, access[key])
		case err != nil && !errors.As(err, &f):
			t.Errorf("%s, %s: %v", v.name, topic, err)
		case err != nil && may && own && f.Code == "marks_open" && v.name == "supervisor":
			// That door opens with the close of the marks.
		case err != nil && may && own:
			t.Errorf("%s was refused %s, which needs %s: %v", v.name, topic, access[key], err)
		}
		_ = client.Unsubscribe(t.Context(), topic)
	}
}

// running is a whole node on real servers, listening on loopback.
func running(t *testing.T) (*App, string) {
	t.Helper()
	return runningOn(t, testkit.Postgres(t))
}

// runningOn is a whole node on a database.
func runningOn(t testing.TB, db *pgxpool.Pool) (*App, string) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(&logOf{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := New(t.Context(), Config{Version: "test", Node: "test", Log: log}, db, testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Listen(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("listening: %v", err)
		}
		if err := a.Close(context.Background()); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return a, l.Addr().String()
}

// logOf writes the node's warnings into the test's own log.
type logOf struct{ t testing.TB }

func (l *logOf) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(string(bytes.TrimSpace(b)))
	}
	return len(b), nil
}

func mustAccount(t testing.TB, a *App, login string, admin bool) int64 {
	t.Helper()
	id, err := a.Accounts.EnsureAccount(t.Context(), login, "Người "+login, "mat-khau-rat-dai", admin)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// accountCookie signs an account in; the database is asked directly, as passwords have tests of their own.
func accountCookie(t testing.TB, a *App, accountID int64) string {
	t.Helper()
	token := account.NewToken()
	_, err := a.DB.Exec(t.Context(), `INSERT INTO session (token_hash, account_id, expires_at) VALUES ($1, $2, $3)`,
		account.HashToken(token), accountID, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return web.AccountCookie + "=" + token
}

func entryCookie(t testing.TB, a *App, contestID, entryID int64) string {
	t.Helper()
	token, _, err := a.Accounts.StartEntrySession(t.Context(), contestID, entryID, "test")
	if err != nil {
		t.Fatal(err)
	}
	return web.EntryCookie + "=" + token
}
