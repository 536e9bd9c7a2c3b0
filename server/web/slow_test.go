package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
)

// Who somebody is, is asked of the database before any operation begins. When it does not answer in time, that is no
// defect to be reported but a wait: the page says so and may try again by itself.
func TestAnIdentityThatTakesTooLongIsNotAnInternalError(t *testing.T) {
	t.Parallel()
	app := NewServer(Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Identify: func(_ *fiber.Ctx, p account.Principal, _, _ string) (account.Principal, error) {
			return p, fmt.Errorf("timeout: %w", context.DeadlineExceeded)
		}})
	app.Get("/api/anything", func(c *fiber.Ctx) error { return c.SendString("reached") })
	answer, err := app.Test(httptest.NewRequest(fiber.MethodGet, "/api/anything", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != fiber.StatusServiceUnavailable || answer.Header.Get(fiber.HeaderRetryAfter) == "" {
		t.Errorf("answered %d, to be tried again after %q", answer.StatusCode, answer.Header.Get(fiber.HeaderRetryAfter))
	}
}
