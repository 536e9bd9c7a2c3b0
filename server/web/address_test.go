package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
)

// Whom tries are counted for: a browser cannot choose it by writing X-Forwarded-For itself, whether a proxy passes that
// on or adds to it.
func TestWhomTriesAreCountedFor(t *testing.T) {
	for name, x := range map[string]struct {
		trusted   []string
		forwarded string
		want      string
	}{
		"no proxy":                    {nil, "", "127.0.0.1"},
		"no proxy, a forged header":   {nil, "203.0.113.1", "127.0.0.1"},
		"an unknown proxy":            {[]string{"10.0.0.0/8"}, "203.0.113.1", "127.0.0.1"},
		"a proxy":                     {[]string{"127.0.0.1"}, "203.0.113.1", "203.0.113.1"},
		"a proxy adds to a forgery":   {[]string{"127.0.0.0/8"}, "198.51.100.7, 203.0.113.1", "203.0.113.1"},
		"two proxies":                 {[]string{"127.0.0.1", "10.0.0.0/8"}, "198.51.100.7, 203.0.113.1, 10.1.2.3", "203.0.113.1"},
		"rubbish":                     {[]string{"127.0.0.1"}, "203.0.113.1, <script>", "127.0.0.1"},
		"all the addresses of a home": {[]string{"127.0.0.1"}, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"},
		"IPv4 within IPv6":            {[]string{"127.0.0.1"}, "::ffff:203.0.113.1", "203.0.113.1"},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			app := NewServer(Options{TrustedProxies: x.trusted, Log: slog.New(slog.DiscardHandler),
				Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) {
					got = p.Address
					return p, nil
				}})
			serveOnce(t, app, func(r *http.Request) {
				if x.forwarded != "" {
					r.Header.Set("X-Forwarded-For", x.forwarded)
				}
			})
			if got != x.want {
				t.Errorf("counted for %q, want %q", got, x.want)
			}
		})
	}
}

// serveOnce sends one real request to an app.
func serveOnce(t *testing.T, app *fiber.App, change func(*http.Request)) *http.Response {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l) }()
	t.Cleanup(func() {
		_ = app.ShutdownWithContext(context.Background())
		<-ended
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/api/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	change(request)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response
}
