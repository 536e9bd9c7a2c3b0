package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

var inlineScript = regexp.MustCompile(`(?s)<script(?:\s[^>]*)?>(.+?)</script>`)

// ContentSecurityPolicy is computed from the built page: only the scripts that stand in it may run.
func ContentSecurityPolicy(page []byte) string {
	var hashes []string
	for _, m := range inlineScript.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(m[1])
		hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self' " + strings.Join(hashes, " "),
		"style-src 'self'",
		// The announcer of page changes hides itself by one style attribute; its hash is the text of that attribute.
		"style-src-attr 'unsafe-hashes' '" + announcerStyle() + "'",
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self' ws: wss:",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'self'",
	}, "; ")
}

func announcerStyle() string {
	const style = "position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); overflow: hidden; " +
		"white-space: nowrap; width: 1px; height: 1px"
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

type asset struct {
	body, br, gz []byte
	kind         string
}

// Static serves the built site: precompressed, what carries a hash in its name for ever, the page itself never from a
// cache without asking. Every other path outside /api gets the page, whose router knows the rest.
func Static(app *fiber.App, site fs.FS) error {
	assets := map[string]*asset{}
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(site, name)
		if err != nil {
			return err
		}
		plain := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		a := assets[plain]
		if a == nil {
			kind := mime.TypeByExtension(path.Ext(plain))
			if path.Ext(plain) == ".webmanifest" {
				kind = "application/manifest+json"
			}
			a = &asset{kind: kind}
			assets[plain] = a
		}
		switch {
		case strings.HasSuffix(name, ".br"):
			a.br = body
		case strings.HasSuffix(name, ".gz"):
			a.gz = body
		default:
			a.body = body
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the built site: %w", err)
	}
	page := assets["index.html"]
	if page == nil {
		return fmt.Errorf("the built site has no index.html: build the frontend first (make build)")
	}
	policy := ContentSecurityPolicy(page.body)
	app.Use(func(c *fiber.Ctx) error {
		if strings.HasPrefix(c.Path(), "/api/") || c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
			return fiber.ErrNotFound
		}
		name := strings.TrimPrefix(path.Clean(c.Path()), "/")
		a := assets[name]
		switch {
		case a == nil || a.body == nil:
			if path.Ext(name) != "" && strings.HasPrefix(name, "_app/") {
				return fiber.ErrNotFound // an old page asking for a chunk that is gone must not get HTML
			}
			a = page
			fallthrough
		case a == page:
			c.Set(fiber.HeaderContentSecurityPolicy, policy)
			c.Set(fiber.HeaderCacheControl, "no-cache")
		case strings.HasPrefix(name, "_app/immutable/"):
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		default:
			c.Set(fiber.HeaderCacheControl, "public, max-age=600")
		}
		return a.send(c)
	})
	return nil
}

func (a *asset) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, a.kind)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	accepted := c.Get(fiber.HeaderAcceptEncoding)
	switch {
	case a.br != nil && accepts(accepted, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(a.br)
	case a.gz != nil && accepts(accepted, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(a.gz)
	}
	return c.Send(a.body)
}

// accepts tells whether an Accept-Encoding names an encoding, and does not name it to refuse it ("br;q=0").
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, given := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !given || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
