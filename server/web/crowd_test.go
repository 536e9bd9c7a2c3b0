package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
)

// A whole hall that opens the page at once is served, in turns; nobody is refused.
func TestAHallOpensThePageAtOnce(t *testing.T) {
	c := newCrowd(4, 2000, time.Minute)
	var all sync.WaitGroup
	for range 500 {
		all.Go(func() {
			leave, err := c.enter(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			leave()
		})
	}
	all.Wait()
	if len(c.slots) != 0 || c.waiting.Load() != 0 {
		t.Errorf("%d inside, %d waiting after everybody has left", len(c.slots), c.waiting.Load())
	}
}

// Beyond what can be served, a stranger is told when to come back, and who is signed in is not held up.
func TestABesiegedPage(t *testing.T) {
	app := NewServer(Options{Log: slog.New(slog.DiscardHandler), Identify: func(c *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) {
		if c.Get("X-Account") != "" {
			p.AccountID, p.SelfMade = 1, c.Get("X-Account") == "selfmade"
		}
		return p, nil
	}})
	api := NewAPI(app, Access{"look": Public}, "0", slog.New(slog.DiscardHandler))
	api.crowd = newCrowd(1, 0, time.Minute)
	Handle(api, Op{ID: "look", Method: http.MethodGet, Path: "/api/look"}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	get := func(account string) *http.Response {
		t.Helper()
		request := httptest.NewRequest(http.MethodGet, "/api/look", nil)
		request.Header.Set("X-Account", account)
		answer, err := app.Test(request)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	leave, err := api.crowd.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refused := get("")
	body, _ := io.ReadAll(refused.Body)
	_ = refused.Body.Close()
	if refused.StatusCode != http.StatusServiceUnavailable || refused.Header.Get("Retry-After") != "3" || !strings.Contains(string(body), `"crowded"`) {
		t.Errorf("a stranger gets %d, Retry-After %q: %s", refused.StatusCode, refused.Header.Get("Retry-After"), body)
	}
	made := get("selfmade") // anybody makes as many of these as he likes
	_ = made.Body.Close()
	if made.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("an account made a moment ago gets %d", made.StatusCode)
	}
	known := get("1")
	_ = known.Body.Close()
	if known.StatusCode >= 300 {
		t.Errorf("an organizer gets %d", known.StatusCode)
	}
	leave()
	again := get("")
	_ = again.Body.Close()
	if again.StatusCode >= 300 {
		t.Errorf("afterwards a stranger gets %d", again.StatusCode)
	}
}
