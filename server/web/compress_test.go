package web

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// Long answers of the API are packed for who understands it, and say the same; others are left as they are.
func TestLongAnswersArePacked(t *testing.T) {
	app := NewServer(Options{Log: slog.New(slog.DiscardHandler)})
	long := strings.Repeat(`{"name":"Đoàn phường Hạc Thành"},`, 400)
	say := func(kind, body string, status int) fiber.Handler {
		return func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, kind)
			return c.Status(status).SendString(body)
		}
	}
	app.Get("/api/long", say("application/json", long, 200))
	app.Get("/api/short", say("application/json", "{}", 200))
	app.Get("/api/file", say("application/pdf", long, 200))
	app.Get("/api/fault", say("application/problem+json", long, 409))
	for _, x := range []struct {
		path, accept, want string
		packed             bool
	}{
		{"/api/long", "gzip, deflate, br", long, true},
		{"/api/long", "", long, false},
		{"/api/long", "br, gzip;q=0", long, false},
		{"/api/short", "gzip", "{}", false},
		{"/api/file", "gzip", long, false},
		{"/api/fault", "gzip", long, false},
	} {
		request := httptest.NewRequest("GET", x.path, nil)
		request.Header.Set("Accept-Encoding", x.accept)
		res, err := app.Test(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if packed := res.Header.Get("Content-Encoding") == "gzip"; packed != x.packed {
			t.Errorf("%s for %q: packed %v", x.path, x.accept, packed)
		}
		if x.packed {
			if sent := len(body); sent > len(long)/5 {
				t.Errorf("%s: %d bytes of %d", x.path, sent, len(long))
			}
			z, err := gzip.NewReader(strings.NewReader(string(body)))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
			if res.Header.Get("Vary") == "" {
				t.Errorf("%s: a cache would mix its forms up", x.path)
			}
		}
		if string(body) != x.want {
			t.Errorf("%s for %q says something else", x.path, x.accept)
		}
	}
}
