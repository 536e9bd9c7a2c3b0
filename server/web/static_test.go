package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
)

// The site is sent in the form the browser understands, kept as long as its name says, and nothing else is reachable.
func TestTheSite(t *testing.T) {
	const script = `boot()`
	page := `<!doctype html><title>Hội Thi</title><script>` + script + `</script>`
	const style = `p{margin:0}`
	own := `<!doctype html><style>` + style + `</style><script>` + script + `</script>`
	app := NewServer(Options{Log: slog.New(slog.DiscardHandler)})
	err := Static(app, fstest.MapFS{
		"index.html": {Data: []byte(page)}, "index.html.br": {Data: []byte("page br")}, "index.html.gz": {Data: []byte("page gz")},
		"_app/immutable/a.123.js": {Data: []byte("js")}, "_app/immutable/a.123.js.br": {Data: []byte("js br")},
		"favicon.svg":             {Data: []byte("<svg/>")},
		"_pages/judge/[one].html": {Data: []byte(own)}, "_pages/judge/rest.html": {Data: []byte("rest")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		method, path, accept string
		status               int
		body, cache          string
	}{
		"the page":               {"GET", "/", "", 200, page, "no-cache"},
		"the page, brotli":       {"GET", "/", "gzip, deflate, br", 200, "page br", "no-cache"},
		"the page, gzip":         {"GET", "/", "gzip;q=1.0, br;q=0", 200, "page gz", "no-cache"},
		"the page, nothing else": {"GET", "/", "br;q=0.000, gzip; q=0", 200, page, "no-cache"},
		"an unknown encoding":    {"GET", "/", "brx, xgzip", 200, page, "no-cache"},
		"a page of the router":   {"GET", "/judge/3/4", "", 200, page, "no-cache"},
		"a route's own page":     {"GET", "/judge/3", "", 200, own, "no-cache"},
		"a word before any word": {"GET", "/judge/rest", "", 200, "rest", "no-cache"},
		"an own page by name":    {"GET", "/_pages/judge/rest.html", "", 200, page, "no-cache"},
		"a chunk":                {"GET", "/_app/immutable/a.123.js", "br", 200, "js br", "public, max-age=31536000, immutable"},
		"a chunk that is gone":   {"GET", "/_app/immutable/b.js", "", 404, "", ""},
		"a picture":              {"GET", "/favicon.svg", "br", 200, "<svg/>", "public, max-age=600"},
		"a compressed file":      {"GET", "/_app/immutable/a.123.js.br", "", 404, "", ""},
		"outside of the site":    {"GET", "/..%2f..%2fetc/passwd", "", 200, page, "no-cache"},
		"the API":                {"GET", "/api/nothing", "", 404, "", "no-store"},
		"a change":               {"POST", "/", "", 404, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(x.method, x.path, nil)
			if x.accept != "" {
				request.Header.Set("Accept-Encoding", x.accept)
			}
			answer, err := app.Test(request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != x.status || x.body != "" && string(body) != x.body || answer.Header.Get("Cache-Control") != x.cache {
				t.Errorf("status %d, cache %q: %s", answer.StatusCode, answer.Header.Get("Cache-Control"), body)
			}
			if x.body == own {
				sum := sha256.Sum256([]byte(style))
				if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self' 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"';") {
					t.Errorf("policy %q", policy)
				}
			}
			if strings.HasPrefix(x.body, "page") || x.body == page || x.body == own {
				sum := sha256.Sum256([]byte(script))
				if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:])) || strings.Contains(policy, "unsafe-inline") {
					t.Errorf("policy %q", policy)
				}
			}
		})
	}
}

// Who has a page already is told that it is still the one, and nothing is sent again.
func TestAPageIsSentOnce(t *testing.T) {
	app := NewServer(Options{Log: slog.New(slog.DiscardHandler)})
	if err := Static(app, fstest.MapFS{"index.html": {Data: []byte("one")}, "_pages/link.html": {Data: []byte("another")}}); err != nil {
		t.Fatal(err)
	}
	get := func(path, tag string) (int, string) {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Header.Set("If-None-Match", tag)
		answer, err := app.Test(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("ETag")
	}
	_, tag := get("/link", "")
	if status, _ := get("/link", tag); status != http.StatusNotModified {
		t.Errorf("the same page again: %d", status)
	}
	if status, other := get("/", tag); status != http.StatusOK || other == tag {
		t.Errorf("another page: %d %s", status, other)
	}
}

// † What a handler has read of a request stays what it was after the request: fasthttp uses the same bytes for the next.
func TestWhatWasReadStaysAfterTheRequest(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	app := NewServer(Options{Log: log, Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) { return p, nil }})
	api := NewAPI(app, Access{"keep": Public}, "0", log)
	type read struct {
		Name   string `path:"name"`
		Word   string `query:"word"`
		Header string `header:"X-Word"`
	}
	var mu sync.Mutex
	var kept []read
	Handle(api, Op{ID: "keep", Method: http.MethodGet, Path: "/api/keep/{name}"}, func(_ context.Context, in *read) (*struct{}, error) {
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, *in)
		return nil, nil
	})
	words := []string{"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"}
	for _, w := range words {
		request := httptest.NewRequest(http.MethodGet, "/api/keep/"+w+"?word="+w, nil)
		request.Header.Set("X-Word", w)
		answer, err := app.Test(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	for i, w := range words {
		if kept[i] != (read{Name: w, Word: w, Header: w}) {
			t.Errorf("request %d has become %+v", i, kept[i])
		}
	}
}
