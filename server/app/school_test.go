package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/web"
)

// A school takes an exam from behind one address: two thousand phones sign in with their codes, one in ten mistypes it
// first, all connect, begin and save. Nobody is slowed down or locked out. (The robots of the rehearsal come from many
// addresses; here everything comes from 127.0.0.1.)
func TestASchoolBehindOneAddressTakesAnExam(t *testing.T) {
	t.Parallel()
	const phones = 2000
	a, address := running(t)
	plan, err := a.PrepareExamRehearsal(t.Context(), "", phones)
	if err != nil {
		t.Fatal(err)
	}
	ctx := account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	if _, err := a.DB.Exec(ctx, `UPDATE contest SET rehearsal_of = NULL, state = 'running' WHERE id = $1`, plan.ContestID); err != nil {
		t.Fatal(err)
	}
	period := openNow(t, a, plan.ContestID, plan.RoundID)
	keys, err := a.Roster.Keys(ctx, plan.ContestID)
	if err != nil || len(keys) != phones {
		t.Fatal(len(keys), err)
	}
	slug := publicSlug(t, a, plan.ContestID)
	topic := fmt.Sprintf("contestant/exam/%d", plan.RoundID)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	var began, mistyped atomic.Int64
	// A school's phones come within seconds, not all in the same instant: so many are on their way at once.
	hall := make(chan struct{}, 200)
	var all sync.WaitGroup
	for i, k := range keys {
		hall <- struct{}{}
		all.Go(func() {
			defer func() { <-hall }()
			if i%10 == 0 {
				if status, _, said := enterBy(t, client, address, slug, k.Number, "AAAAAAAA"); status != http.StatusUnauthorized {
					t.Errorf("phone %d mistypes its code: %d %s", i, status, said)
				}
				mistyped.Add(1)
			}
			status, cookie, said := enterBy(t, client, address, slug, k.Number, k.Code)
			if status >= 300 || cookie == "" {
				t.Errorf("phone %d is locked out: %d %s", i, status, said)
				return
			}
			if err := sits(t, address, cookie, topic, period); err != nil {
				t.Errorf("phone %d can't take the exam: %v", i, err)
				return
			}
			began.Add(1)
		})
	}
	all.Wait()
	// The server's end waits for whoever is still there.
	client.CloseIdleConnections()
	for a.Hub.Connections() > 0 {
		select {
		case <-ctx.Done():
			t.Fatalf("%d phones are still connected", a.Hub.Connections())
		case <-time.After(20 * time.Millisecond):
		}
	}
	var attempts, answers int
	if err := a.DB.QueryRow(ctx, `SELECT (SELECT count(*) FROM exam_attempt WHERE round_id = $1),
		(SELECT count(*) FROM exam_response r JOIN exam_attempt x ON x.id = r.attempt_id WHERE x.round_id = $1)`, plan.RoundID).Scan(&attempts, &answers); err != nil {
		t.Fatal(err)
	}
	if began.Load() != phones || attempts != phones || answers != phones || mistyped.Load() != phones/10 {
		t.Errorf("%d phones began, %d attempts, %d answers, %d mistyped", began.Load(), attempts, answers, mistyped.Load())
	}
}

// openNow lets the only period of a round be open for an hour, and gives it.
func openNow(t *testing.T, a *App, contestID, roundID int64) int64 {
	t.Helper()
	ctx := account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set, err := a.Exam.Setup(ctx, contestID, roundID)
	must(err)
	now := a.nowUs()
	week := exam.Period{ID: set.Periods[0].ID, Name: set.Periods[0].Name, Windows: []exam.Window{{OpensUs: now - 1_000_000, ClosesUs: now + 3_600_000_000}}}
	set, err = a.Exam.SavePeriods(ctx, contestID, roundID, set.Version, []exam.Period{week})
	must(err)
	must(a.Exam.Prepare(ctx, contestID, roundID, set.Periods[0].ID))
	must(a.Exam.Ready(ctx, contestID, roundID))
	a.Exam.Turn(ctx)
	return set.Periods[0].ID
}

// enterBy signs a new device in, over HTTP as a phone does.
func enterBy(t *testing.T, client *http.Client, address, slug, number, code string) (status int, cookie, said string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"contest": slug, "number": number, "code": code})
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/api/contestant/enter", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	for _, c := range res.Cookies() {
		if c.Name == web.EntryCookie {
			cookie = c.Name + "=" + c.Value
		}
	}
	return res.StatusCode, cookie, string(text)
}

// sits connects, begins and saves an answer to the first item.
func sits(t *testing.T, address, cookie, topic string, period int64) error {
	t.Helper()
	papers := make(chan json.RawMessage, 4)
	c, err := liveclient.Dial(t.Context(), liveclient.Options{URL: "ws://" + address + "/api/live", Cookie: cookie, OnMessage: func(m liveclient.Message) {
		if m.Kind == exam.KindPaper {
			papers <- bytes.Clone(m.Data)
		}
	}})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Subscribe(t.Context(), topic); err != nil {
		return err
	}
	var started exam.Started
	if err := c.Do(t.Context(), "start_attempt", topic, exam.StartCommand{PeriodID: period}, &started); err != nil {
		return err
	}
	var paper exam.PaperView
	select {
	case raw := <-papers:
		if err := json.Unmarshal(raw, &paper); err != nil {
			return err
		}
	case <-time.After(time.Minute):
		return fmt.Errorf("no paper has come")
	}
	answer := exam.RespondCommand{AttemptID: started.AttemptID, Place: 1, Writer: started.Writer, Seq: 1}
	switch q := paper.Items[0].Question; {
	case len(q.Options) > 0 && scoring.ItemType(q.Type) == scoring.Ordering:
		for _, o := range q.Options {
			answer.Options = append(answer.Options, o.ID)
		}
	case len(q.Options) > 0 && strings.Contains("single multiple true_false", string(q.Type)):
		answer.Options = []string{q.Options[0].ID}
	default:
		answer.Text = "42"
	}
	return c.Do(t.Context(), "respond", topic, answer, nil)
}
