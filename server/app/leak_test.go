package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/stage"
	"github.com/hoithi/hoithi/server/web"
)

// What gives an answer away. Each word stands only in a key, an explanation or a source.
var secrets = []string{"BIMATDAPAN", "987654", "BIMATGIAITHICH", "BIMATNGUON", `"reveal"`, `"key":{`, `"explanation"`, `"tally"`}

// listener keeps every byte that the server sends to it.
type listener struct {
	name string
	mu   sync.Mutex
	got  strings.Builder
	// rounds is how many topics of the round it hears: each of them tells of a step by itself.
	rounds int
}

func (l *listener) add(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got.Write(b)
	l.got.WriteByte('\n')
}

func (l *listener) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.got.String()
	l.got.Reset()
	return s
}

// Nothing that a contestant or the audience can receive before the reveal holds a key: every message of every topic
// that they may subscribe to is read, and every route that they may call is called, at each step of each item.
func TestNoKeyBeforeTheReveal(t *testing.T) {
	a, address := running(t)
	plan, err := a.PrepareRehearsal(t.Context(), "", 2)
	if err != nil {
		t.Fatal(err)
	}
	// To the audience a rehearsal does not exist: it is made a real contest.
	if _, err := a.DB.Exec(t.Context(), `UPDATE contest SET rehearsal_of = NULL WHERE id = $1`, plan.ContestID); err != nil {
		t.Fatal(err)
	}
	items := secretItems(t, a, plan)
	slug := publicSlug(t, a, plan.ContestID)
	host := listen(t, a, address, &listener{name: "host"}, plan.Host, plan, false)
	var outside []*listener
	for i, cookie := range []string{"", plan.Robots[0].Cookie, plan.Robots[1].Cookie} {
		l := &listener{name: []string{"audience", "contestant 1", "contestant 2"}[i]}
		listen(t, a, address, l, cookie, plan, true)
		outside = append(outside, l)
	}
	topic := fmt.Sprintf("organizer/round/%d", plan.RoundID)
	give := func(c stage.Cue, want stage.PlayStatus) {
		t.Helper()
		for {
			_, seq, err := a.Stage.Seq(t.Context(), plan.RoundID)
			if err != nil {
				t.Fatal(err)
			}
			err = host.Do(t.Context(), "cue", topic, stage.CueCommand{Cue: c, Expected: seq}, nil)
			if err == nil {
				break
			}
			if t.Context().Err() != nil || !strings.Contains(err.Error(), "round_moved_on") {
				t.Fatalf("cue %s: %v", c, err)
			}
		}
		for want != "" { // everybody has been told before what was sent is read
			arrived := 0
			for _, l := range outside {
				l.mu.Lock()
				if strings.Count(l.got.String(), fmt.Sprintf(`"status":%q`, want)) >= l.rounds {
					arrived++
				}
				l.mu.Unlock()
			}
			if arrived == len(outside) {
				return
			}
			select {
			case <-t.Context().Done():
				t.Fatalf("not everybody heard of %s", want)
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	give(stage.CueStart, "")
	for n := range items {
		for _, step := range []struct {
			cue    stage.Cue
			status stage.PlayStatus
		}{{stage.CueNext, stage.PlayShown}, {stage.CueOpen, stage.PlayOpen}, {stage.CuePause, stage.PlayPaused}, {stage.CueResume, stage.PlayOpen},
			{stage.CueClose, stage.PlayClosed}} {
			give(step.cue, step.status)
			callEverything(t, a, address, outside, []string{"", plan.Robots[0].Cookie, plan.Robots[1].Cookie}, plan, slug)
			for _, l := range outside {
				sent := l.take()
				for _, secret := range secrets {
					if i := strings.Index(sent, secret); i >= 0 {
						t.Fatalf("item %d, after %s: the %s was sent %q: …%s…", n+1, step.cue, l.name, secret, sent[max(0, i-200):min(len(sent), i+200)])
					}
				}
			}
		}
		give(stage.CueReveal, stage.PlayRevealed)
		for _, l := range outside { // the same reading finds the key once it is public: it would have found it before
			if sent := l.take(); !strings.Contains(sent, `"reveal"`) || !strings.Contains(sent, "BIMATGIAITHICH") {
				t.Fatalf("item %d: the %s did not hear the answer after the reveal: %s", n+1, l.name, sent)
			}
		}
	}
}

// secretItems puts three items into the round whose keys can be recognized.
func secretItems(t *testing.T, a *App, plan *Rehearsal) []stage.SetupItem {
	t.Helper()
	source := bank.Source{Act: "BIMATNGUON", Article: "Điều 1"}
	common := bank.Content{Schema: bank.SchemaVersion, PartialCredit: bank.AllOrNothing, Topic: "Thử", Difficulty: bank.Recognition, Explanation: "BIMATGIAITHICH", Source: source}
	single, text, number := common, common, common
	single.Type, single.Stem = bank.Single, "Chọn một?"
	single.Options = []bank.Option{{ID: "a", Text: "Một"}, {ID: "b", Text: "Hai"}}
	single.Key.Options = []string{"b"}
	text.Type, text.Stem, text.Key.Texts = bank.ShortText, "Gõ gì?", []string{"BIMATDAPAN"}
	number.Type, number.Stem, number.Key.Number = bank.Numeric, "Bao nhiêu?", "987654"
	c, err := a.Contests.Get(t.Context(), plan.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	var items []stage.SetupItem
	err = postgres.InTx(t.Context(), a.DB, func(tx pgx.Tx) error {
		versions, err := a.Bank.Add(t.Context(), tx, c.BankID, []bank.Content{single, text, number}, "")
		for _, v := range versions {
			items = append(items, stage.SetupItem{VersionID: v.ID})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	setup, err := a.Stage.Setup(t.Context(), c.ID, plan.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Stage.SaveItems(t.Context(), c.ID, plan.RoundID, setup.Version, items); err != nil {
		t.Fatal(err)
	}
	return items
}

func publicSlug(t *testing.T, a *App, contestID int64) string {
	t.Helper()
	c, err := a.Contests.Get(t.Context(), contestID)
	if err != nil {
		t.Fatal(err)
	}
	return c.Slug
}

// listen opens a socket and subscribes to every topic that the visitor may have.
func listen(t *testing.T, a *App, address string, l *listener, cookie string, plan *Rehearsal, all bool) *liveclient.Client {
	t.Helper()
	client, err := liveclient.Dial(t.Context(), liveclient.Options{URL: "ws://" + address + "/api/live", Cookie: cookie,
		OnMessage: func(m liveclient.Message) { l.add(m.Data) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	subscribed := 0
	for key := range a.Hub.Needs() {
		pattern, ok := strings.CutPrefix(key, "topic:")
		if !ok || !all {
			continue
		}
		topic := strings.NewReplacer("{contest}", fmt.Sprint(plan.ContestID), "{round}", fmt.Sprint(plan.RoundID)).Replace(pattern)
		if client.Subscribe(t.Context(), topic) == nil {
			subscribed++
			if strings.HasSuffix(pattern, "/round/{round}") {
				l.rounds++
			}
		}
	}
	if all && subscribed < 2 { // the contest's board and a round at least
		t.Fatalf("the %s could subscribe to %d topics only", l.name, subscribed)
	}
	return client
}

// callEverything calls each GET route that the visitors may call.
func callEverything(t *testing.T, a *App, address string, listeners []*listener, cookies []string, plan *Rehearsal, slug string) {
	t.Helper()
	for path, item := range a.API.Huma.OpenAPI().Paths {
		if item.Get == nil {
			continue
		}
		url := strings.NewReplacer("{contest}", fmt.Sprint(plan.ContestID), "{slug}", slug, "{round}", fmt.Sprint(plan.RoundID)).Replace(path)
		if strings.Contains(url, "{") {
			continue
		}
		for i, l := range listeners {
			p := account.Principal{}
			if i > 0 {
				p.Entry = &account.EntrySession{EntryID: plan.Robots[i-1].EntryID, ContestID: plan.ContestID}
			}
			if !web.Permitted(p, access[item.Get.OperationID], plan.ContestID) {
				continue
			}
			request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+address+url, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Cookie", cookies[i])
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			l.add(body)
		}
	}
}
