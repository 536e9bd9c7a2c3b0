package web

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

// maxBody bounds every request; operations that take files declare their own, lower bound.
const maxBody = 24 << 20

// Cookies of a browser. The first two carry a session's token, the third names the browser itself, so that wrong
// tries by others never slow down a device that is known.
const (
	AccountCookie = "hoithi_account"
	EntryCookie   = "hoithi_entry"
	DeviceCookie  = "hoithi_device"
	localeCookie  = "PARAGLIDE_LOCALE"
)

// Options of the Fiber application.
type Options struct {
	// TrustedProxies are addresses or CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are believed.
	TrustedProxies []string
	Log            *slog.Logger
	// Identify finds who asks; it answers a principal without account for unknown or ended sessions.
	Identify func(c *fiber.Ctx, p account.Principal, accountToken, entryToken string) (account.Principal, error)
}

// NewServer makes the Fiber application with everything that every request passes through.
func NewServer(o Options) *fiber.App {
	cfg := fiber.Config{
		AppName: "Hội Thi", DisableStartupMessage: true,
		// † Without Immutable, path, query and header values kept past the handler hold the next request's.
		Immutable:                    true,
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    maxBody,
		ReadTimeout:                  60 * time.Second,
		WriteTimeout:                 120 * time.Second,
		IdleTimeout:                  120 * time.Second,
		ReadBufferSize:               8 << 10,
		ErrorHandler:                 errorHandler(o.Log),
	}
	if len(o.TrustedProxies) > 0 {
		cfg.EnableTrustedProxyCheck = true
		cfg.TrustedProxies = o.TrustedProxies
	}
	app := fiber.New(cfg)
	// † fasthttp reuses a hijacked connection after its handler returns; see server/live/socket.go.
	app.Server().KeepHijackedConns = true
	app.Use(recovered(o.Log), logged(o.Log), headers, compressed, readable, sizes, sameSite, identified(o))
	return app
}

func errorHandler(log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		f := fault.From(err)
		if f.Kind == fault.Internal && errors.Is(err, context.DeadlineExceeded) { // slow is not broken: it may be tried again
			f = slow.Because(err)
			f.RetryAfterSeconds = 2
		}
		var fe *fiber.Error
		if errors.As(err, &fe) {
			switch fe.Code {
			case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
				f = fault.NothingHere
			case fiber.StatusRequestEntityTooLarge:
				f = tooLarge
			default:
				if fe.Code >= 400 && fe.Code < 500 { // what was sent is no request that we understand
					f = badInput
				}
			}
		}
		if f.Kind == fault.Internal || errors.Is(err, context.DeadlineExceeded) {
			log.Error("request failed", "path", c.Path(), "error", err)
		}
		return sendProblem(c, f)
	}
}

func sendProblem(c *fiber.Ctx, f *fault.Fault) error {
	p := newProblem(account.From(c.UserContext()).Locale, f)
	if f.RetryAfterSeconds > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(f.RetryAfterSeconds))
	}
	return c.Status(p.Status).JSON(p, "application/problem+json")
}

func recovered(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				log.Error("panic in a handler", "path", c.Path(), "panic", r, "stack", string(debug.Stack()))
				err = sendProblem(c, fault.From(errors.New("panic")))
			}
		}()
		return c.Next()
	}
}

// logged writes one line a request. Paths that carry a secret are written without it.
func logged(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		err := c.Next()
		if err != nil {
			if handled := c.App().ErrorHandler(c, err); handled != nil {
				return handled
			}
		}
		path := c.Path()
		if i := strings.Index(path, "/link/"); i >= 0 {
			path = path[:i] + "/link/…"
		}
		level := slog.LevelDebug
		if c.Response().StatusCode() >= 500 {
			level = slog.LevelWarn
		}
		log.Log(c.UserContext(), level, "request", "method", c.Method(), "path", path,
			"status", c.Response().StatusCode(), "took", time.Since(start))
		return nil
	}
}

func headers(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	// Links to sign in carry a token in their path: it must not reach another site.
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("X-Frame-Options", "SAMEORIGIN")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
	if strings.HasPrefix(c.Path(), "/api/") {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

// readable refuses addresses that are no text: a database could not compare them with anything.
func readable(c *fiber.Ctx) error {
	query, err := url.QueryUnescape(string(c.Request().URI().QueryString()))
	for _, s := range []string{string(c.Request().URI().Path()), query} {
		if err != nil || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return sendProblem(c, fault.NothingHere)
		}
	}
	return c.Next()
}

func sizes(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	n := c.Request().Header.ContentLength()
	if n < 0 && c.Get(fiber.HeaderTransferEncoding) != "" {
		c.Set(fiber.HeaderConnection, "close")
		p := newProblem(locale(c), lengthRequired)
		p.Status = fiber.StatusLengthRequired
		return c.Status(p.Status).JSON(p, "application/problem+json")
	}
	if n > maxBody {
		c.Set(fiber.HeaderConnection, "close")
		return sendProblem(c, tooLarge)
	}
	return c.Next()
}

// sameSite refuses requests that change something and come from another website (CSRF). Browsers say where they come
// from; programs that say nothing carry no cookies of a person.
func sameSite(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
	default:
		return sendProblem(c, crossSite)
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != string(c.Request().Host()) && u.Host != c.Hostname() {
			return sendProblem(c, crossSite)
		}
	}
	return c.Next()
}

// locale is the one that the pages speak: chosen on a page, else Vietnamese. What the browser would prefer does not
// count, or a Vietnamese page would show English errors.
func locale(c *fiber.Ctx) string {
	if c.Cookies(localeCookie) == "en" {
		return "en"
	}
	return "vi"
}

// identified finds the principal for the API; static files need none.
func identified(o Options) fiber.Handler {
	known := proxiesOf(o.TrustedProxies)
	return func(c *fiber.Ctx) error {
		p := account.Principal{Locale: locale(c), Address: known.address(c), Secure: c.Protocol() == "https"}
		if !strings.HasPrefix(c.Path(), "/api/") || o.Identify == nil {
			c.SetUserContext(account.With(c.UserContext(), p))
			return c.Next()
		}
		if device := c.Cookies(DeviceCookie); device != "" && len(device) <= 64 {
			p.Device = account.HashToken(device)
		} else {
			SetCookie(c, DeviceCookie, uuid.NewString(), 400*24*time.Hour)
		}
		p, err := o.Identify(c, p, c.Cookies(AccountCookie), c.Cookies(EntryCookie))
		if err != nil {
			return err
		}
		c.SetUserContext(account.With(c.UserContext(), p))
		c.Locals(PrincipalLocal, p)
		c.Locals(RemoteLocal, p.Address)
		return c.Next()
	}
}

// PrincipalLocal is the key under which the websocket upgrade finds the principal.
const PrincipalLocal = "principal"

// SetCookie sets one of our cookies: out of reach for scripts, only for our own pages, secure where the page is.
func SetCookie(c *fiber.Ctx, name, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
		Secure: c.Protocol() == "https", MaxAge: int(life / time.Second)})
}
