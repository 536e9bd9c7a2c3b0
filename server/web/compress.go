package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// worthCompressing: a smaller answer fits into the packets that the network sends at once anyway.
const worthCompressing = 2 << 10

// compressed packs long answers of the API on their way out: a province's plan with its 2,000 units is a tenth of itself
// then. Only JSON: files are packed already. A secret could be guessed from lengths where an answer repeats what a
// foreign page made a browser ask; the cookies' SameSite keeps such a page from asking at all.
func compressed(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	r := c.Response()
	if !strings.HasPrefix(c.Path(), "/api/") || r.StatusCode() != fiber.StatusOK || r.IsBodyStream() ||
		!strings.HasPrefix(string(r.Header.ContentType()), fiber.MIMEApplicationJSON) || len(r.Header.ContentEncoding()) > 0 {
		return nil
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if body := r.Body(); len(body) >= worthCompressing && accepts(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		r.SetBodyRaw(fasthttp.AppendGzipBytesLevel(make([]byte, 0, len(body)/4), body, fasthttp.CompressBestSpeed))
		r.Header.SetContentEncoding("gzip")
	}
	return nil
}
