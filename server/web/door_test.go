package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

// house is an app with one operation of each temper, really listening.
type house struct {
	address string
	log     *bytes.Buffer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	app := NewServer(Options{Log: log, Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) { return p, nil }})
	api := NewAPI(app, Access{"say": Public, "wait": Public, "fail": Public, "burst": Public}, "0", log)
	type sayIn struct {
		Word string `query:"word" maxLength:"20"`
		Body struct {
			Text string `json:"text" maxLength:"50"`
		}
	}
	type sayOut struct {
		Body struct {
			Text string `json:"text"`
		}
	}
	Handle(api, Op{ID: "say", Method: http.MethodPost, Path: "/api/say/{name}", MaxBody: 200}, func(_ context.Context, in *sayIn) (*sayOut, error) {
		out := &sayOut{}
		out.Body.Text = in.Body.Text
		return out, nil
	})
	Handle(api, Op{ID: "wait", Method: http.MethodGet, Path: "/api/wait"}, func(context.Context, *struct{}) (*sayOut, error) {
		f := *fault.New(fault.TooMany, "slow_down", "Đợi", "Wait")
		f.RetryAfterSeconds = 7
		return nil, &f
	})
	Handle(api, Op{ID: "fail", Method: http.MethodGet, Path: "/api/fail"}, func(context.Context, *struct{}) (*sayOut, error) {
		return nil, errors.New("column secret_code does not exist")
	})
	Handle(api, Op{ID: "burst", Method: http.MethodGet, Path: "/api/burst"}, func(context.Context, *struct{}) (*sayOut, error) {
		panic("secret_code")
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = l.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l) }()
	t.Cleanup(func() {
		_ = app.ShutdownWithContext(context.Background())
		<-ended
	})
	return h
}

func (h *house) ask(t *testing.T, method, path, body string, headers map[string]string) (status int, got string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for k, v := range headers {
		if k == "Host" {
			request.Host = v
			continue
		}
		request.Header.Set(k, v)
	}
	if headers["Transfer-Encoding"] != "" {
		request.ContentLength, request.TransferEncoding = -1, []string{"chunked"}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b), response.Header
}

// A request that changes something is only heard from our own pages, or from a program that carries nobody's cookies.
func TestOtherWebsitesAreRefused(t *testing.T) {
	h := newHouse(t)
	for name, x := range map[string]struct {
		headers map[string]string
		status  int
	}{
		"a program":                      {nil, 200},
		"our page":                       {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://" + h.address}, 200},
		"our page in an old browser":     {map[string]string{"Origin": "http://" + h.address}, 200},
		"another website":                {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		"a sibling of our domain":        {map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"another website, an old one":    {map[string]string{"Origin": "https://evil.example"}, 403},
		"a page without an origin":       {map[string]string{"Origin": "null"}, 403},
		"a name that begins like ours":   {map[string]string{"Origin": "http://" + h.address + ".evil.example"}, 403},
		"our name as somebody's account": {map[string]string{"Origin": "http://" + h.address + "@evil.example"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, _ := h.ask(t, http.MethodPost, "/api/say/x", `{"text":"a"}`, x.headers)
			if status != x.status {
				t.Errorf("status %d, want %d: %s", status, x.status, body)
			}
		})
	}
}

// What is no text, too long or too deep is refused before it reaches a room, and nothing of it is echoed.
func TestWhatIsNoRequest(t *testing.T) {
	h := newHouse(t)
	for name, x := range map[string]struct {
		path, body string
		headers    map[string]string
		status     int
	}{
		"fine":                       {"/api/say/x", `{"text":"u0000 \\u0000"}`, nil, 200},
		"NUL in JSON":                {"/api/say/x", `{"text":"SECRET\u0000"}`, nil, 422},
		"NUL after a backslash":      {"/api/say/x", `{"text":"SECRET\\\u0000"}`, nil, 422},
		"NUL in the path":            {"/api/say/SECRET%00", `{"text":"a"}`, nil, 404},
		"no text in the path":        {"/api/say/SECRET%ff", `{"text":"a"}`, nil, 404},
		"NUL in the query":           {"/api/say/x?word=SECRET%00", `{"text":"a"}`, nil, 404},
		"no text in the query":       {"/api/say/x?word=SECRET%ff", `{"text":"a"}`, nil, 404},
		"half a surrogate":           {"/api/say/x", `{"text":"SECRET\ud800"}`, nil, 422},
		"a name twice":               {"/api/say/x", `{"text":"SECRET","text":"b"}`, nil, 422},
		"an unknown name":            {"/api/say/x", `{"other":"SECRET"}`, nil, 422},
		"a wrong type":               {"/api/say/x", `{"text":["SECRET"]}`, nil, 422},
		"too long a text":            {"/api/say/x", `{"text":"SECRET` + strings.Repeat("x", 60) + `"}`, nil, 422},
		"too large a body":           {"/api/say/x", `{"text":"` + strings.Repeat("x", 300) + `"}`, nil, 413},
		"a body of unknown length":   {"/api/say/x", `{"text":"a"}`, map[string]string{"Transfer-Encoding": "chunked"}, 411},
		"not JSON":                   {"/api/say/x", `text=SECRET`, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 422},
		"nothing":                    {"/api/nothing", `{}`, nil, 404},
		"a way out of the directory": {"/api/%2e%2e/%2e%2e/etc/passwd", `{}`, nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, header := h.ask(t, http.MethodPost, x.path, x.body, x.headers)
			if status != x.status || status >= 400 && (strings.Contains(body, "SECRET") || !strings.HasPrefix(header.Get("Content-Type"), "application/problem+json")) {
				t.Errorf("status %d, want %d: %s %s", status, x.status, header.Get("Content-Type"), body)
			}
		})
	}
	if strings.Contains(h.log.String(), "level=ERROR") || strings.Contains(h.log.String(), "SECRET") && strings.Contains(h.log.String(), "text") {
		t.Errorf("what browsers send ends up as errors in the log:\n%s", h.log)
	}
}

// Who must wait is told how long, and what went wrong inside stays inside.
func TestWhatBrowsersAreTold(t *testing.T) {
	h := newHouse(t)
	if status, body, header := h.ask(t, http.MethodGet, "/api/wait", "", nil); status != http.StatusTooManyRequests || header.Get("Retry-After") != "7" || !strings.Contains(body, "slow_down") {
		t.Errorf("status %d, Retry-After %q: %s", status, header.Get("Retry-After"), body)
	}
	for _, path := range []string{"/api/fail", "/api/burst"} {
		status, body, header := h.ask(t, http.MethodGet, path, "", nil)
		if status != http.StatusInternalServerError || strings.Contains(body, "secret") || !strings.Contains(body, `"code":"internal"`) {
			t.Errorf("%s: status %d %s", path, status, body)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"} {
			if header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, header.Get(name))
			}
		}
	}
}
