package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/exam"
)

// Whoever runs an online exam does it over HTTP: each act is done, says what it did, and is refused to somebody without a
// role in the contest.
func TestAnExamIsRunOverHTTP(t *testing.T) {
	t.Parallel()
	a, address := running(t)
	plan, err := a.PrepareExamRehearsal(t.Context(), "", 3)
	if err != nil {
		t.Fatal(err)
	}
	ctx := account.With(t.Context(), account.Principal{AccountID: 1, Name: "Ban Tổ chức"})
	if _, err := a.DB.Exec(ctx, `UPDATE contest SET rehearsal_of = NULL, state = 'running' WHERE id = $1`, plan.ContestID); err != nil {
		t.Fatal(err)
	}
	period := openNow(t, a, plan.ContestID, plan.RoundID)
	topic := fmt.Sprintf("contestant/exam/%d", plan.RoundID)
	for _, robot := range plan.Robots[:2] {
		if err := sits(t, address, robot.Cookie, topic, period); err != nil {
			t.Fatal(err)
		}
	}
	first, second := accountCookie(t, a, mustAccount(t, a, "truongban", true)), accountCookie(t, a, mustAccount(t, a, "phoban", true))
	stranger := accountCookie(t, a, mustAccount(t, a, "nguoila", false))
	base := fmt.Sprintf("http://%s/api/organizer/contests/%d/rounds/%d/exam", address, plan.ContestID, plan.RoundID)
	asked := 0
	// does calls a route, after a stranger has been refused it; code is what a refusal must be, or empty.
	does := func(cookie, method, path string, body any, code string, into any) {
		t.Helper()
		asked++
		for _, who := range []string{stranger, cookie} {
			raw, err := json.Marshal(body)
			if err != nil || body == nil {
				raw = nil
			}
			req, err := http.NewRequestWithContext(t.Context(), method, base+path, bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Cookie", who)
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			var problem struct {
				Code string `json:"code"`
			}
			_ = json.Unmarshal(text, &problem)
			switch {
			case err != nil:
				t.Fatal(err)
			case who == stranger && res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusNotFound:
				t.Fatalf("%s %s is open to a stranger: %d", method, path, res.StatusCode)
			case who == stranger:
			case code != "" && (problem.Code != code || res.StatusCode < 400):
				t.Fatalf("%s %s: %d %s, want %s", method, path, res.StatusCode, text, code)
			case code == "" && res.StatusCode >= 300:
				t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
			case code == "" && into != nil:
				if err := json.Unmarshal(text, into); err != nil {
					t.Fatalf("%s %s: %v", method, path, err)
				}
			}
		}
	}
	get := func(path string, into any) { t.Helper(); does(first, http.MethodGet, path, nil, "", into) }
	post := func(path string, body, into any) { t.Helper(); does(first, http.MethodPost, path, body, "", into) }

	var units struct{ Units []exam.UnitTurns }
	get("/control/units", &units)
	began := 0
	for _, u := range units.Units {
		began += u.Started
	}
	var absent struct{ Entries []exam.AbsentEntry }
	get("/control/absent", &absent)
	if began != 2 || len(absent.Entries) != 1 {
		t.Fatalf("%d have begun, absent %+v", began, absent.Entries)
	}
	var found struct{ Entries []exam.FoundEntry }
	get("/control/entries?q="+absent.Entries[0].Number, &found)
	if len(found.Entries) == 0 || found.Entries[0].ID != absent.Entries[0].ID || found.Entries[0].Running {
		t.Fatalf("%+v", found)
	}
	sitting := plan.Robots[0].EntryID
	var one exam.EntryInControl
	get(fmt.Sprintf("/control/entries/%d", sitting), &one)
	if len(one.Attempts) != 1 || one.Attempts[0].Answered != 1 || one.Attempts[0].FinishedUs != 0 {
		t.Fatalf("%+v", one)
	}
	deadline := one.Attempts[0].DeadlineUs
	post(fmt.Sprintf("/control/entries/%d/release", sitting), nil, nil)
	does(first, http.MethodPost, fmt.Sprintf("/control/entries/%d/release", absent.Entries[0].ID), nil, "no_device", nil)
	get("/control/patterns", nil)

	post("/control/pause", map[string]any{"reason": "Mất mạng"}, nil)
	does(first, http.MethodPost, "/control/pause", map[string]any{"reason": "Mất mạng"}, "round_paused_already", nil)
	post("/control/resume", nil, nil)
	post("/control/extend", map[string]any{"period_id": period, "seconds": 60, "reason": "Mất mạng"}, nil)
	get(fmt.Sprintf("/control/entries/%d", sitting), &one)
	if more := one.Attempts[0].DeadlineUs - deadline; more < 60_000_000 {
		t.Fatalf("a pause and a minute gave %d µs", more)
	}
	var events struct{ Events []exam.RoundEvent }
	get("/control/events", &events)
	if len(events.Events) < 3 || events.Events[0].Kind != exam.EventExtended || events.Events[0].ByName == "" {
		t.Fatalf("%+v", events.Events)
	}
	post("/control/messages", map[string]any{"entry_id": 0, "text": "Đã cộng thêm một phút"}, nil)
	var messages struct{ Messages []exam.RoundNotice }
	get("/control/messages", &messages)
	if len(messages.Messages) != 1 || messages.Messages[0].Body != "Đã cộng thêm một phút" {
		t.Fatalf("%+v", messages)
	}
	does(first, http.MethodPost, "/control/messages/999/reply", map[string]any{"text": "Có", "everybody": false}, "message_missing", nil)

	wish := exam.ExceptionBody{EntryID: sitting, ExtraS: 300, Reason: "Mất điện"}
	var effect exam.OverrideEffect
	post("/control/overrides/preview", wish, &effect)
	if !effect.Second || effect.Running != 1 || effect.ID != 0 {
		t.Fatalf("%+v", effect)
	}
	post("/control/overrides", wish, &effect)
	decide := fmt.Sprintf("/control/overrides/%d/decide", effect.ID)
	yes := map[string]any{"grant": true, "word": ""}
	does(first, http.MethodPost, decide, yes, "override_second_person", nil)
	does(second, http.MethodPost, decide, yes, "", &effect)
	if effect.State != exam.OverrideGranted || effect.Running != 1 {
		t.Fatalf("%+v", effect)
	}
	var list struct{ Overrides []exam.RoundOverride }
	get("/control/overrides", &list)
	if len(list.Overrides) != 1 || list.Overrides[0].State != exam.OverrideGranted {
		t.Fatalf("%+v", list)
	}
	post(fmt.Sprintf("/control/overrides/%d/revoke", effect.ID), map[string]any{"reason": "Nhầm thí sinh"}, nil)

	var items struct {
		Items []exam.ControlItem
		Basis int64
	}
	get(fmt.Sprintf("/control/items?attempt=%d&place=1", one.Attempts[0].ID), &items)
	if len(items.Items) != 1 {
		t.Fatalf("%+v", items)
	}
	item := fmt.Sprintf("/control/items/%d", items.Items[0].Version)
	get(item+"/keys", nil)
	var would exam.CorrectionEffect
	post(item+"/effect", map[string]any{"policy": "everybody", "key_version": 0}, &would)
	if would.Running != 2 || would.Basis != items.Basis {
		t.Fatalf("%+v", would)
	}
	correct := map[string]any{"policy": "everybody", "key_version": 0, "basis": would.Basis, "reason": "Đề in sai", "appeal": 0}
	post(item+"/correct", correct, nil)
	does(second, http.MethodPost, item+"/correct", correct, "exam_key_same", nil)
	get(fmt.Sprintf("/control/items?attempt=%d&place=1", one.Attempts[0].ID), &items)
	if items.Items[0].Policy != "everybody" || asked < 25 {
		t.Fatalf("%+v after %d calls", items.Items[0], asked)
	}
}
