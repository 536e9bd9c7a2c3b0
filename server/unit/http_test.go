package unit

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// Every address of the tree leads to what it names: none of them is taken for the number of a unit.
func TestTheTreeOverTheNetwork(t *testing.T) {
	t.Parallel()
	s, _, _, of := filledRoom(t)
	access := web.Access{}
	for _, id := range []string{"list-units", "search-units", "get-unit", "export-units", "list-unit-acts"} {
		access[id] = web.SignedIn
	}
	for _, id := range []string{"preview-unit-change", "change-units", "correct-unit", "set-unit-count", "get-units-template", "preview-units", "import-units",
		"preview-unit-undo", "undo-unit-act"} {
		access[id] = web.Admin
	}
	log := slog.New(slog.DiscardHandler)
	app := web.NewServer(web.Options{Log: log, Identify: func(_ *fiber.Ctx, p account.Principal, token, _ string) (account.Principal, error) {
		if token != "" {
			p.AccountID, p.Name, p.Admin = 7, token, token == "admin"
		}
		return p, nil
	}})
	Routes(web.NewAPI(app, access, "test", log), s)
	ask := func(as, method, path, kind, body string) (int, []byte) {
		t.Helper()
		req := httptest.NewRequest(method, base+path, strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		if as != "" {
			req.Header.Set("Cookie", web.AccountCookie+"="+as)
		}
		res, err := app.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, data
	}
	const plain, octets = "application/json", "application/octet-stream"
	get := func(as, path string, out any) {
		t.Helper()
		status, data := ask(as, http.MethodGet, path, plain, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d, %s", path, status, data)
		}
		if file, ok := out.(*string); ok {
			*file = string(data)
		} else if err := json.Unmarshal(data, out); err != nil {
			t.Fatal(err)
		}
	}
	var file, template string
	get("someone", "/export", &file)
	get("admin", "/import/template", &template)
	if !strings.HasPrefix(file, "PK") || !strings.HasPrefix(template, "PK") {
		t.Error("the files are no workbooks")
	}
	status, data := ask("admin", http.MethodPost, "/import/preview", octets, file)
	var read FileView
	if err := json.Unmarshal(data, &read); err != nil || status != http.StatusOK || read.Same != len(of) || read.Errors != 0 {
		t.Errorf("what goes out is not what comes in: %d, %s", status, data)
	}
	var found struct{ Units []HitView }
	get("someone", "/search?q=lam+giang", &found)
	if len(found.Units) == 0 {
		t.Error("nothing is found")
	}
	var top struct{ Units []NodeView }
	get("someone", "", &top)
	root := top.Units[0]
	rename := fmt.Sprintf(`{"kind":"rename","day":"2026-01-01","units":[%d],"new":{"name":"Tỉnh Giang Lam"}}`, root.ID)
	for _, path := range []string{"/changes/preview", "/changes"} {
		if status, data := ask("someone", http.MethodPost, path, plain, rename); status != http.StatusForbidden {
			t.Errorf("%s without the right: %d, %s", path, status, data)
		}
		if status, data := ask("admin", http.MethodPost, path, plain, rename); status != http.StatusOK {
			t.Errorf("%s: %d, %s", path, status, data)
		}
	}
	var one UnitView
	get("someone", fmt.Sprintf("/%d?at=2025-12-31", root.ID), &one)
	if one.Name != root.Name {
		t.Errorf("before the day it is %q", one.Name)
	}
	get("someone", fmt.Sprintf("/%d?at=2026-01-01", root.ID), &one)
	if one.Name != "Tỉnh Giang Lam" {
		t.Errorf("from the day on it is %q", one.Name)
	}
	if status, _ := ask("admin", http.MethodPut, fmt.Sprintf("/%d/counts", root.ID), plain, `{"day":"2026-01-02","members":1200,"staff":-1}`); status >= 300 {
		t.Errorf("a count: %d", status)
	}
	if status, _ := ask("admin", http.MethodPut, fmt.Sprintf("/%d/periods/2026-01-01", root.ID), plain, `{"name":"Tỉnh Giang Lâm","kind":"province"}`); status >= 300 {
		t.Errorf("a correction: %d", status)
	}
	get("someone", fmt.Sprintf("/%d?at=2026-01-03", root.ID), &one)
	if one.Name != "Tỉnh Giang Lâm" || one.Members != 1200 {
		t.Errorf("after the correction: %q with %d members", one.Name, one.Members)
	}
	var acts struct{ Acts []ActView }
	get("someone", fmt.Sprintf("/acts?unit=%d", root.ID), &acts)
	if len(acts.Acts) != 3 || !acts.Acts[0].Newest || acts.Acts[0].Kind != ActCorrect || acts.Acts[1].Newest {
		t.Fatalf("what was done to the unit: %+v", acts.Acts)
	}
	undo := fmt.Sprintf("/acts/%d/undo", acts.Acts[0].ID)
	var seen UndoView
	get("admin", undo, &seen)
	if seen.Blocked || len(seen.Effects) != 1 || seen.Effects[0].After != "Tỉnh Giang Lam" {
		t.Errorf("the preview of the undo: %+v", seen)
	}
	for as, want := range map[string]int{"someone": http.StatusForbidden, "admin": http.StatusOK} {
		if status, data := ask(as, http.MethodPost, undo, plain, `{"reason":"Sửa nhầm"}`); status != want {
			t.Errorf("%s takes it back: %d, %s", as, status, data)
		}
	}
	get("someone", fmt.Sprintf("/acts?unit=%d", root.ID), &acts)
	if acts.Acts[0].Reason != "Sửa nhầm" || acts.Acts[0].UndoneAt == nil || !acts.Acts[1].Newest {
		t.Errorf("after the undo: %+v", acts.Acts[:2])
	}
	for path, want := range map[string]int{"/999999": http.StatusNotFound, "/abc": http.StatusUnprocessableEntity, "/1?at=hom-nay": http.StatusUnprocessableEntity} {
		if status, data := ask("admin", http.MethodGet, path, plain, ""); status != want {
			t.Errorf("%s: %d, want %d: %s", path, status, want, data)
		}
	}
	if status, _ := ask("", http.MethodGet, "/export", plain, ""); status != http.StatusUnauthorized {
		t.Errorf("a stranger's export: %d", status)
	}
}
