package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
)

// A browser's first request may be the one that signs it in: it then gets the device's cookie and the session's.
func TestCookiesOfOneAnswerStayApart(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	app := NewServer(Options{Log: log, Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) { return p, nil }})
	api := NewAPI(app, Access{"two-cookies": Public}, "0", log)
	Handle(api, Op{ID: "two-cookies", Method: http.MethodGet, Path: "/api/two"},
		func(context.Context, *struct{}) (*signedOut, error) {
			out := &signedOut{}
			out.SetCookie = []http.Cookie{SessionCookie(AccountCookie, "one", false), SessionCookie(EntryCookie, "two", false)}
			return out, nil
		})
	answer, err := app.Test(httptest.NewRequest(http.MethodGet, "/api/two", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	got := map[string]string{}
	for _, c := range answer.Cookies() {
		got[c.Name] = c.Value
	}
	if got[AccountCookie] != "one" || got[EntryCookie] != "two" || got[DeviceCookie] == "" || len(got) != 3 {
		t.Fatalf("the browser gets %v from %q", got, answer.Header["Set-Cookie"])
	}
}
