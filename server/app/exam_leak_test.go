package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
)

// A paper reaches nobody before its window, then only whoever began; no key and no explanation reaches anybody while the
// window is open, not even after a submit. What may be drawn counts as used from the opening on.
func TestNoPaperBeforeItsWindowAndNoKeyWithinIt(t *testing.T) {
	t.Parallel()
	a, address := running(t)
	plan, err := a.PrepareExamRehearsal(t.Context(), "", 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx := account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := a.DB.Exec(ctx, sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`UPDATE contest SET rehearsal_of = NULL, state = 'running' WHERE id = $1`, plan.ContestID)
	set, err := a.Exam.Setup(ctx, plan.ContestID, plan.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	set.Settings.Guess, set.Settings.ShowScore, set.Settings.ShowKeys, set.Settings.ShowBoard = exam.GuessEntrants, exam.AtSubmit, exam.AfterWindow, exam.AtSubmit
	if set, err = a.Exam.SaveSettings(ctx, plan.ContestID, plan.RoundID, set.Version, set.Settings); err != nil {
		t.Fatal(err)
	}
	now := a.nowUs()
	week := exam.Period{ID: set.Periods[0].ID, Name: set.Periods[0].Name, Windows: []exam.Window{{OpensUs: now + 3_600_000_000, ClosesUs: now + 7_200_000_000}}}
	if set, err = a.Exam.SavePeriods(ctx, plan.ContestID, plan.RoundID, set.Version, []exam.Period{week}); err != nil {
		t.Fatal(err)
	}
	period := set.Periods[0].ID
	if err := a.Exam.Prepare(ctx, plan.ContestID, plan.RoundID, period); err != nil {
		t.Fatal(err)
	}
	if err := a.Exam.Ready(ctx, plan.ContestID, plan.RoundID); err != nil {
		t.Fatal(err)
	}
	c, err := a.Contests.Get(ctx, plan.ContestID)
	if err != nil {
		t.Fatal(err)
	}
	var items []int64
	var stems, never []string
	rows, err := a.DB.Query(ctx, `SELECT (o ->> 'item')::bigint, (o ->> 'version')::bigint FROM exam_pool p,
		jsonb_array_elements(convert_from(p.content, 'UTF8')::jsonb -> 'offers') o WHERE p.round_id = $1`, plan.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	var versions []int64
	for rows.Next() {
		var item, version int64
		if err := rows.Scan(&item, &version); err != nil {
			t.Fatal(err)
		}
		items, versions = append(items, item), append(versions, version)
	}
	contents, err := a.Bank.Versions(ctx, c.BankID, versions)
	if err != nil || len(contents) == 0 {
		t.Fatal(len(contents), err)
	}
	never = []string{`"key":{`, `"explanation"`, `"right_options"`, `"verdict"`}
	for _, v := range contents {
		stems = append(stems, v.Content.Stem)
		if len(v.Content.Explanation) > 20 {
			never = append(never, v.Content.Explanation)
		}
	}
	cookies := []string{"", plan.Robots[0].Cookie, plan.Robots[1].Cookie}
	var outside []*listener
	var clients []*liveclient.Client
	for i, cookie := range cookies {
		l := &listener{name: []string{"audience", "contestant 1", "contestant 2"}[i]}
		clients = append(clients, listen(t, a, address, l, cookie, plan, true))
		outside = append(outside, l)
	}
	look := func(when string, mayRead *listener) {
		t.Helper()
		callEverything(t, a, address, outside, cookies, plan, c.Slug)
		for _, l := range outside {
			sent := l.take()
			for _, word := range never {
				if at := strings.Index(sent, word); at >= 0 {
					t.Fatalf("%s, the %s was sent a key: …%s…", when, l.name, sent[max(0, at-200):min(len(sent), at+200)])
				}
			}
			read := false
			for _, stem := range stems {
				read = read || strings.Contains(sent, strings.ReplaceAll(stem, `"`, `\"`))
			}
			if read != (l == mayRead) {
				t.Fatalf("%s, the %s reads questions: %v", when, l.name, read)
			}
		}
	}
	look("before the window", nil)
	uses := itemUses{a}
	if used, err := uses.UsesOf(ctx, c.BankID, items); err != nil || usedIn(used[items[0]], plan.RoundID) {
		t.Fatalf("a pool that may still be thrown away counts as used: %v", err)
	}
	do(`UPDATE exam_window SET opens_us = $2 WHERE period_id = $1`, period, now-1_000_000)
	do(`UPDATE exam_round SET version = version + 1 WHERE round_id = $1`, plan.RoundID)
	topic := fmt.Sprintf("contestant/exam/%d", plan.RoundID)
	var started exam.Started
	for {
		err := clients[1].Do(ctx, "start_attempt", topic, exam.StartCommand{PeriodID: period}, &started)
		if err == nil {
			break
		}
		if ctx.Err() != nil || !strings.Contains(err.Error(), "exam_not") {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	look("after a start", outside[1])
	if used, err := uses.UsesOf(ctx, c.BankID, items); err != nil || !usedIn(used[items[0]], plan.RoundID) {
		t.Fatalf("what can be drawn does not count as used: %v %v", used[items[0]], err)
	}
	for since, want := range map[time.Time]bool{{}: true, time.Now(): true, time.Now().AddDate(1, 0, 0): false} {
		if used, err := uses.UsedSince(ctx, c.BankID, since); err != nil || (len(used) >= len(items)) != want {
			t.Errorf("used since %s: %d of %d items, %v", since, len(used), len(items), err)
		}
	}
	// Another's attempt, from a socket of one's own.
	for kind, data := range map[string]any{
		"respond":        exam.RespondCommand{AttemptID: started.AttemptID, Place: 1, Writer: started.Writer, Seq: 1, Options: []string{"a"}},
		"submit_attempt": exam.SubmitCommand(started),
		"claim_attempt":  exam.ClaimAttemptCommand{AttemptID: started.AttemptID},
	} {
		if err := clients[2].Do(ctx, kind, topic, data, nil); err == nil || !strings.Contains(err.Error(), "exam_no_attempt") {
			t.Errorf("%s in another's attempt: %v", kind, err)
		}
		if err := clients[0].Do(ctx, kind, topic, data, nil); err == nil {
			t.Errorf("%s without an entry is taken", kind)
		}
	}
	outside[1].take()
	if err := clients[1].Do(ctx, "submit_attempt", topic, exam.SubmitCommand(started), nil); err != nil {
		t.Fatal(err)
	}
	look("after a submit", nil)
}

func usedIn(list []bank.Use, roundID int64) bool {
	return slices.ContainsFunc(list, func(u bank.Use) bool { return u.RoundID == roundID })
}
