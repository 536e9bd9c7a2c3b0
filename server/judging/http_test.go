package judging_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/web"
)

// office is the API of judged rounds, as organizers' and judges' pages reach it.
type office struct {
	t   testing.TB
	app *fiber.App
}

func (h *hall) office() office {
	access := web.Access{"list-my-panels": web.SignedIn, "get-judge-view": web.Judge, "list-my-notes": web.Judge}
	for _, id := range []string{"get-judging", "list-panel-candidates", "set-marking-rules", "set-rubric", "set-panel", "set-running-order", "replace-judge", "set-judge-ties",
		"set-conflict-rule", "set-blind", "set-lots", "change-running-order", "copy-judging", "list-judging-parts", "list-judge-ties",
		"list-judging-sources", "list-rubric-templates", "get-draw-minutes-pdf", "get-draw-minutes-docx",
		"set-conduct", "set-publicity", "list-ballots", "add-ballot", "save-ballot", "remove-ballot", "open-ballot", "close-ballot", "cancel-ballot",
		"get-ballot-minutes-pdf", "get-ballot-minutes-docx", "press-stage-clock", "correct-stage-time", "add-calibration", "remove-calibration",
		"draw-running-order", "set-judge-absence", "start-performance", "finish-performance", "return-performance", "set-performance-seconds",
		"check-judging", "send-back-judging", "set-supervised", "name-head-judge", "ask-reopen-sheet", "type-paper-sheet", "ask-revoke-judging",
		"confirm-judging-request", "refuse-judging-request", "withdraw-judging-request",
		"get-judging-minutes-pdf", "get-judging-minutes-docx", "print-mark-sheets"} {
		access[id] = web.Organizer
	}
	for _, id := range []string{"list-my-ballots", "cast-ballot", "confirm-ballot", "close-judging", "send-back-judging-as-head", "ask-reopen-sheet-as-judge", "ask-revoke-judging-as-head",
		"confirm-judging-request-as-judge", "refuse-judging-request-as-judge", "withdraw-judging-request-as-judge"} {
		access[id] = web.Judge
	}
	for _, id := range []string{"witness-judging", "ask-revoke-judging-as-supervisor", "confirm-revocation-as-supervisor", "refuse-revocation-as-supervisor",
		"withdraw-revocation-as-supervisor"} {
		access[id] = web.Supervisor
	}
	log := slog.New(slog.DiscardHandler)
	app := web.NewServer(web.Options{Log: log, Identify: func(_ *fiber.Ctx, p account.Principal, accountToken, _ string) (account.Principal, error) {
		id, err := strconv.ParseInt(accountToken, 10, 64)
		if err != nil {
			return p, nil
		}
		p.AccountID, p.Name = id, "người thử"
		p.Grants = map[int64][]account.Role{h.contestID: {account.RoleJudge}}
		if id == idOf(h.organizer) {
			p.Grants[h.contestID] = []account.Role{account.RoleOrganizer}
		}
		if h.count(`SELECT count(*) FROM account_grant WHERE account_id = $1 AND role = 'supervisor'`, id) > 0 {
			p.Grants[h.contestID] = []account.Role{account.RoleSupervisor}
		}
		return p, nil
	}})
	judging.Routes(web.NewAPI(app, access, "test", log), h.s)
	return office{t: h.t, app: app}
}

// ask sends a request and reads the answer into out when it succeeded; it gives the status and, of a refusal, the code.
func (o office) ask(as int64, method, path, body string, out any) (status int, code string) {
	o.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Cookie", web.AccountCookie+"="+strconv.FormatInt(as, 10))
	res, err := o.app.Test(req, -1)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if res.StatusCode >= 300 {
		var problem struct {
			Code string `json:"code"`
		}
		if err := json.Unmarshal(raw, &problem); err != nil {
			o.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
		}
		return res.StatusCode, problem.Code
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			o.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return res.StatusCode, ""
}

// From an empty set-up to a closed round, by the routes alone.
func TestRoundByRoutes(t *testing.T) {
	h := open(t, 2, 0)
	one, two := h.team(7, "Phường Hạc Thành"), h.team(8, "Xã Nga Sơn")
	o := h.office()
	organizer := idOf(h.organizer)
	base := fmt.Sprintf("/api/organizer/contests/%d/rounds/%d/judging", h.contestID, h.roundID)
	var v judging.JudgingView
	do := func(method, path, body string) {
		t.Helper()
		v = judging.JudgingView{}
		if status, code := o.ask(organizer, method, base+path, body, &v); status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, status, code)
		}
	}
	do("PUT", "/rubric", `{"criteria":[{"name":"Nội dung","description":"Bám chủ đề","max":1000,"step":25,"weight":6000},{"name":"Hình thức","max":1000,"step":25,"weight":4000}]}`)
	if len(v.Criteria) != 2 || v.MaxTotal != 1000 || v.Criteria[0].Description != "Bám chủ đề" {
		t.Errorf("rubric %+v", v.Criteria)
	}
	do("PUT", "/rules", `{"combining":{"method":"mean","decimals":1},"overtime":{"method":"per_minute","limit_seconds":60,"per_minute":100}}`)
	if v.Rules.Combining.Method != scoring.Mean || v.Rules.Overtime.PerMinute != 100 {
		t.Errorf("rules %+v", v.Rules)
	}
	do("PUT", "/panel", fmt.Sprintf(`{"accounts":[%d],"head":%d}`, idOf(h.judges[1]), idOf(h.judges[1])))
	if len(v.Panel) != 1 || !v.Panel[0].Head || v.Panel[0].Name != "Giám khảo 2" {
		t.Errorf("panel %+v", v.Panel)
	}
	do("POST", "/order/draw", ``)
	if len(v.Performances) != 2 || v.OrderSeed == "" {
		t.Errorf("drawn order %+v", v.Performances)
	}
	do("PUT", "/order", fmt.Sprintf(`{"turns":[{"entry_id":%d,"title":"Một cửa"},{"entry_id":%d}]}`, two, one))
	if v.Performances[0].EntryID != two || v.Performances[0].Number != "008" || v.Performances[0].Title != "Một cửa" {
		t.Errorf("order %+v", v.Performances)
	}
	do("PUT", "/order", fmt.Sprintf(`{"turns":[{"entry_id":%d}]}`, two))
	turn := fmt.Sprintf("/performances/%d", v.Performances[0].ID)
	do("POST", turn+"/start", ``)
	do("POST", turn+"/return", ``)
	do("POST", turn+"/start", ``)
	if v.OnStage != v.Performances[0].ID {
		t.Errorf("on stage is %d", v.OnStage)
	}
	h.clockUs.Add(59 * second)
	do("POST", turn+"/finish", ``)
	do("PUT", turn+"/seconds", `{"seconds":121,"reason":"đồng hồ bấm tay"}`)
	if status, code := o.ask(organizer, "POST", base+"/check", `{"hash":"`+strings.Repeat("0", 64)+`"}`, nil); status != http.StatusConflict || code != "judging_not_complete" {
		t.Errorf("closing without a sheet: %d %s", status, code)
	}
	d := h.device(1)
	_, err := d.lock(v.Performances[0].ID, d.fill(v.Performances[0].ID, 825, 875)) // 4,95 → 5,0 and 3,5
	h.must(err)
	do("PUT", "/panel/1/absence", `{"absent":true,"reason":"về sớm"}`)
	if len(v.Gaps) != 1 || v.Gaps[0].Code != "head" {
		t.Errorf("the only judge has left, and the part lacks %+v", v.Gaps)
	}
	do("PUT", "/panel/1/absence", `{"absent":false,"reason":"đã quay lại"}`)
	do("POST", "/check", fmt.Sprintf(`{"hash":%q}`, v.Signing.Hash))
	head := fmt.Sprintf("/api/judge/contests/%d/rounds/%d", h.contestID, h.roundID)
	var closing judging.JudgeView
	if status, code := o.ask(idOf(h.judges[1]), "GET", head, "", &closing); status != http.StatusOK || closing.Closing == nil || closing.Closing.Hash != v.Signing.Hash {
		t.Fatalf("the head judge's page: %d %s %+v", status, code, closing.Closing)
	}
	if status, code := o.ask(idOf(h.judges[1]), "POST", head+"/close", fmt.Sprintf(`{"hash":%q}`, closing.Closing.Hash), nil); status != http.StatusOK {
		t.Fatalf("closing: %d %s", status, code)
	}
	do("GET", "", ``)
	if !v.Closed || v.Performances[0].Working.Mean != 850 || v.Performances[0].Working.Score != 750 {
		t.Errorf("closed %v, working %+v", v.Closed, v.Performances[0].Working)
	}

	var mine judging.JudgeView
	judge := fmt.Sprintf("/api/judge/contests/%d/rounds/%d", h.contestID, h.roundID)
	if status, _ := o.ask(idOf(h.judges[1]), "GET", judge, "", &mine); status != http.StatusOK || mine.Seat != 1 || mine.Performances[0].Sheet.Total != 850 {
		t.Errorf("the judge's view: %d %+v", status, mine)
	}
	if status, code := o.ask(idOf(h.judges[0]), "GET", judge, "", nil); status != http.StatusForbidden || code != "not_on_panel" {
		t.Errorf("a judge of another round: %d %s", status, code)
	}
	var panels struct{ Seats []judging.SeatOfMine }
	if status, _ := o.ask(idOf(h.judges[1]), "GET", "/api/judge/rounds", "", &panels); status != http.StatusOK || len(panels.Seats) != 1 || panels.Seats[0].RoundName != "Chào hỏi" ||
		panels.Seats[0].Performances != 1 || panels.Seats[0].Begun != 1 || panels.Seats[0].Locked != 1 || panels.Seats[0].OnStage != "" {
		t.Errorf("the judge's rounds: %+v", panels)
	}
	var list struct{ Candidates []judging.Candidate }
	if status, _ := o.ask(organizer, "GET", base+"/candidates", "", &list); status != http.StatusOK || len(list.Candidates) != 2 {
		t.Errorf("candidates %+v", list)
	}
	for _, bad := range []string{`{"criteria":[]}`, `{"criteria":[{"name":"x","max":10.5,"step":1,"weight":1}]}`, `{"criteria":[{"name":"x","max":10,"step":1}]}`} {
		if status, _ := o.ask(organizer, "PUT", base+"/rubric", bad, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, status)
		}
	}
	if status, _ := o.ask(idOf(h.judges[1]), "GET", base, "", nil); status != http.StatusForbidden {
		t.Errorf("a judge at the organizer's route: %d", status)
	}
}
