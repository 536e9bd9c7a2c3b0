package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/web"
)

// watcher is somebody who may not know whose code is whose: every topic that the grants permit is heard, every route called.
type watcher struct {
	listener
	cookie  string
	account int64
	roles   []account.Role
	// entry is the watcher's own: its name is no secret to itself.
	entry int64
}

// blindNight is a judged round that is marked by codes.
type blindNight struct {
	t                 *testing.T
	a                 *App
	address, slug     string
	plan              *JudgedRehearsal
	watchers          []*watcher
	organizer, keeper context.Context
	performances      []judging.Performance // with their names, as the keeper knows them
	unit              string
}

// Until the close nothing that anybody but the keeper of the names can receive joins a code to an entry: no message and no
// answer that holds a code or a turn of the round holds a name, number, unit or entry, and the titles stand nowhere. The
// same reading finds all of it after the close.
func TestABlindRoundLeaksNobody(t *testing.T) {
	t.Parallel()
	n := blindEvening(t)
	a, contestID, roundID := n.a, n.plan.ContestID, n.plan.RoundID
	n.quiet("before the first turn")
	var writers []int64
	judges := []context.Context{n.as(n.plan.Judges[0].AccountID), n.as(n.plan.Judges[1].AccountID)}
	for _, judge := range judges {
		w, err := a.Judging.Claim(judge, contestID, roundID)
		n.must(err)
		writers = append(writers, w)
	}
	whole, err := a.Judging.Get(t.Context(), contestID, roundID)
	n.must(err)
	n.must(a.Judging.ChangeOrder(n.keeper, contestID, roundID, judging.NewChange{Kind: judging.PutLast, PerformanceID: n.performances[0].ID, Reason: "LYDOKIN xe đến muộn"}))
	for i, p := range n.performances {
		n.must(a.Judging.Start(n.organizer, contestID, roundID, p.ID))
		n.quiet(fmt.Sprintf("while turn %d is on stage", i+1))
		for k, judge := range judges {
			var seen []judging.MarkValue
			for c, criterion := range whole.Criteria {
				value := criterion.Max
				n.must(second(a.Judging.Mark(judge, contestID, roundID, judging.NewMark{PerformanceID: p.ID, CriterionID: criterion.ID, Writer: writers[k], Seq: int64(100*i + c + 1), Value: &value})))
				seen = append(seen, judging.MarkValue{CriterionID: criterion.ID, Value: value})
			}
			n.must(second(a.Judging.Lock(judge, contestID, roundID, judging.LockSheetData{PerformanceID: p.ID, Writer: writers[k], Marks: seen})))
		}
		n.must(a.Judging.Finish(n.organizer, contestID, roundID, p.ID))
		n.quiet(fmt.Sprintf("after turn %d", i+1))
	}
	n.must(a.Judging.CheckPart(n.organizer, contestID, roundID, ""))
	n.quiet("once it is checked")
	board, err := a.Boards.Whole(n.organizer, contestID)
	n.must(err)
	for _, row := range board.Rows {
		if row.Total != 0 {
			t.Errorf("the board counts %d for %d before the names are open", row.Total, row.EntryID)
		}
	}
	n.must(a.Judging.Close(judges[0], contestID, roundID, ""))
	for _, w := range n.watchers { // the same reading finds it now: it would have found it before
		for found := ""; !strings.Contains(found, "TIETMUCKIN"); {
			if t.Context().Err() != nil {
				t.Fatalf("after the close the %s does not find a title", w.name)
			}
			found += n.read(w)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func (n *blindNight) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *blindNight) as(accountID int64, roles ...account.Role) context.Context {
	return account.With(n.t.Context(), account.Principal{AccountID: accountID, Name: "Người của hội thi", Locale: "vi",
		Grants: map[int64][]account.Role{n.plan.ContestID: roles}})
}

// blindEvening enters three robots with names that stand nowhere else, and lets everybody come in.
func blindEvening(t *testing.T) *blindNight {
	t.Helper()
	a, address := running(t)
	plan, err := a.PrepareJudgedRehearsal(t.Context(), "", 3, 2)
	n := &blindNight{t: t, a: a, address: address, plan: plan, unit: "DONVIKIN"}
	n.must(err)
	n.slug = publicSlug(t, a, plan.ContestID)
	exec := func(sql string, args ...any) {
		t.Helper()
		n.must(second(a.DB.Exec(t.Context(), sql, args...)))
	}
	exec(`UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, plan.ContestID)
	var turns []judging.Turn
	for i, r := range plan.Robots {
		exec(`UPDATE entry SET name = $2, search_key = lower($2) WHERE id = $1`, r.EntryID, fmt.Sprintf("DOIKIN%d", i))
		turns = append(turns, judging.Turn{EntryID: r.EntryID, Title: fmt.Sprintf("TIETMUCKIN%d", i)})
	}
	exec(`UPDATE entry SET unit_id = (SELECT unit_id FROM unit_in_contest WHERE contest_id = $1 AND name = 'Sở Công Thương' LIMIT 1) WHERE contest_id = $1`, plan.ContestID)
	n.unit = "Sở Công Thương"
	secretary, supervisor, timekeeper, keeper := mustAccount(t, a, "thukykin", false), mustAccount(t, a, "giamsatkin", false), mustAccount(t, a, "bamgiokin", false), mustAccount(t, a, "giumakin", false)
	for id, role := range map[int64]account.Role{secretary: account.RoleSecretary, supervisor: account.RoleSupervisor, timekeeper: account.RoleTimekeeper, keeper: account.RoleSecretary} {
		n.must(a.Accounts.Grant(account.With(t.Context(), account.Principal{Name: "test"}), id, plan.ContestID, role))
	}
	n.organizer, n.keeper = n.as(secretary, account.RoleOrganizer, account.RoleSecretary), n.as(keeper, account.RoleSecretary)
	n.must(a.Judging.SetOrder(n.organizer, plan.ContestID, plan.RoundID, turns))
	n.must(a.Judging.SetBlind(n.organizer, plan.ContestID, plan.RoundID, true, keeper, ""))
	j, err := a.Judging.Get(t.Context(), plan.ContestID, plan.RoundID)
	n.must(err)
	n.performances = j.Performances
	n.watchers = []*watcher{{listener: listener{name: "audience"}},
		{listener: listener{name: "head judge"}, cookie: plan.Judges[0].Cookie, account: plan.Judges[0].AccountID, roles: []account.Role{account.RoleJudge}},
		{listener: listener{name: "judge"}, cookie: plan.Judges[1].Cookie, account: plan.Judges[1].AccountID, roles: []account.Role{account.RoleJudge}},
		{listener: listener{name: "timekeeper"}, cookie: accountCookie(t, a, timekeeper), account: timekeeper, roles: []account.Role{account.RoleTimekeeper}},
		{listener: listener{name: "supervisor"}, cookie: accountCookie(t, a, supervisor), account: supervisor, roles: []account.Role{account.RoleSupervisor}},
		{listener: listener{name: "secretary"}, cookie: accountCookie(t, a, secretary), account: secretary, roles: []account.Role{account.RoleSecretary}},
		{listener: listener{name: "contestant"}, cookie: plan.Robots[0].Cookie, entry: plan.Robots[0].EntryID}}
	for _, w := range n.watchers {
		n.hear(w)
	}
	return n
}

func (n *blindNight) principal(w *watcher) account.Principal {
	p := account.Principal{AccountID: w.account}
	if w.account != 0 {
		p.Grants = map[int64][]account.Role{n.plan.ContestID: w.roles}
	}
	if w.entry != 0 {
		p.Entry = &account.EntrySession{EntryID: w.entry, ContestID: n.plan.ContestID}
	}
	return p
}

// hear subscribes to every topic of the contest and of all its rounds that the watcher may have.
func (n *blindNight) hear(w *watcher) {
	n.t.Helper()
	client, err := liveclient.Dial(n.t.Context(), liveclient.Options{URL: "ws://" + n.address + "/api/live", Cookie: w.cookie,
		OnMessage: func(m liveclient.Message) { w.add(m.Data) }})
	n.must(err)
	n.t.Cleanup(client.Close)
	heard := map[string]bool{}
	for key := range n.a.Hub.Needs() {
		if pattern, ok := strings.CutPrefix(key, "topic:"); ok {
			topic := strings.NewReplacer("{contest}", fmt.Sprint(n.plan.ContestID), "{round}", fmt.Sprint(n.plan.RoundID)).Replace(pattern)
			if client.Subscribe(n.t.Context(), topic) == nil {
				heard[pattern] = true
			}
		}
	}
	wants := map[string]string{"judge": judging.JudgeTopic, "head judge": judging.JudgeEveningTopic, "timekeeper": judging.CrewEveningTopic, "secretary": judging.OrganizerTopic}
	if want := wants[w.name]; want != "" && !heard[want] || !heard[judging.AudienceTopic] {
		n.t.Fatalf("the %s could not subscribe to %s: %v", w.name, want, heard)
	}
}

// read is all that the watcher has heard and can read now, a document a line. Papers for ink are unpacked.
func (n *blindNight) read(w *watcher) string {
	n.t.Helper()
	for path, item := range n.a.API.Huma.OpenAPI().Paths {
		if item.Get == nil || !web.Permitted(n.principal(w), access[item.Get.OperationID], n.plan.ContestID) {
			continue
		}
		url := strings.NewReplacer("{contest}", fmt.Sprint(n.plan.ContestID), "{slug}", n.slug, "{round}", fmt.Sprint(n.plan.RoundID)).Replace(path)
		if strings.Contains(url, "{") {
			continue
		}
		request, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, "http://"+n.address+url, nil)
		n.must(err)
		request.Header.Set("Cookie", w.cookie)
		response, err := http.DefaultClient.Do(request)
		n.must(err)
		body, err := io.ReadAll(response.Body)
		n.must(errors.Join(err, response.Body.Close()))
		w.add(bytes.ReplaceAll(n.unpacked(body), []byte("\n"), []byte(" ")))
	}
	return w.take()
}

// cells are names of cells, some of which look like codes.
var cells = regexp.MustCompile(`r="[A-Z]+[0-9]+"`)

func (n *blindNight) unpacked(body []byte) []byte {
	n.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return body // no package: as it is
	}
	var all []byte
	for _, f := range z.File {
		r, err := f.Open()
		n.must(err)
		part, err := io.ReadAll(r)
		n.must(errors.Join(err, r.Close()))
		all = append(all, part...)
	}
	return cells.ReplaceAll(all, nil)
}

// quiet fails when somebody can join a code to an entry.
func (n *blindNight) quiet(when string) {
	n.t.Helper()
	codes := regexp.MustCompile(n.pattern(func(p judging.Performance) string { return p.Code }))
	for _, w := range n.watchers {
		for line := range strings.Lines(n.read(w)) {
			if i := strings.Index(line, "TIETMUCKIN"); i >= 0 {
				n.t.Fatalf("%s the %s reads a title: …%s…", when, w.name, line[max(0, i-300):min(len(line), i+60)])
			}
			if i := strings.Index(line, "LYDOKIN"); i >= 0 && w.name != "secretary" {
				n.t.Fatalf("%s the %s reads the reason of a change: …%s…", when, w.name, line[max(0, i-300):min(len(line), i+60)])
			}
			if !codes.MatchString(line) {
				continue // it may list the contest's entries, but none of the turns
			}
			secrets := []string{n.unit}
			for _, p := range n.performances {
				if p.EntryID != w.entry {
					secrets = append(secrets, p.EntryName, fmt.Sprintf(`"entry_id":%d[,}]`, p.EntryID), fmt.Sprintf(`"number":"%03d"`, p.Number))
				}
			}
			for _, s := range secrets {
				if at := regexp.MustCompile(s).FindStringIndex(line); at != nil {
					n.t.Fatalf("%s the %s reads %s beside the codes: …%s…", when, w.name, s, line[max(0, at[0]-300):min(len(line), at[1]+100)])
				}
			}
		}
	}
}

func (n *blindNight) pattern(of func(judging.Performance) string) string {
	var all []string
	for _, p := range n.performances {
		all = append(all, `\b`+regexp.QuoteMeta(of(p))+`\b`)
	}
	slices.Sort(all)
	return strings.Join(all, "|")
}
