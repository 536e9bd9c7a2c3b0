package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

var (
	inlineScript = regexp.MustCompile(`(?s)<script(?:\s[^>]*)?>(.+?)</script>`)
	inlineStyle  = regexp.MustCompile(`(?s)<style(?:\s[^>]*)?>(.+?)</style>`)
)

// hashes names what stands in a page itself, as a policy names it.
func hashes(inline *regexp.Regexp, page []byte) []string {
	var found []string
	for _, m := range inline.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(m[1])
		found = append(found, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return found
}

// ContentSecurityPolicy is computed from the built page: only the scripts and styles that stand in it count.
func ContentSecurityPolicy(page []byte) string {
	return strings.Join([]string{
		"default-src 'self'",
		"script-src " + strings.Join(append([]string{"'self'"}, hashes(inlineScript, page)...), " "),
		"style-src " + strings.Join(append([]string{"'self'"}, hashes(inlineStyle, page)...), " "),
		// The announcer of page changes hides itself by one style attribute; its hash is the text of that attribute.
		"style-src-attr 'unsafe-hashes' '" + announcerStyle() + "'",
		"img-src 'self' data: blob:",
		"media-src 'self' blob:",
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
	policy, tag  string // of a page: its security policy, and the name of this very page for caches
}

// pagesFolder holds the pages of routes that have one of their own ("_pages/judge/[contest]/[round].html"): they say the
// same as the one page, and name at once what the route needs.
const pagesFolder = "_pages/"

// ownPages finds the page of a path among them.
type ownPages []ownPage

type ownPage struct {
	segments []string
	page     *asset
}

func (pages ownPages) of(name string) *asset {
	segments := strings.Split(name, "/")
	for _, x := range pages {
		if slices.EqualFunc(x.segments, segments, func(want, got string) bool {
			return want == got || strings.HasPrefix(want, "[") && got != ""
		}) {
			return x.page
		}
	}
	return nil
}

// takePages takes the pages out of the files that can be asked for by name.
func takePages(assets map[string]*asset) ownPages {
	var pages ownPages
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		if route, own := strings.CutPrefix(name, pagesFolder); own {
			assets[name].asPage()
			pages = append(pages, ownPage{strings.Split(strings.TrimSuffix(route, ".html"), "/"), assets[name]})
			delete(assets, name)
		}
	}
	// A word goes before "any word".
	slices.SortStableFunc(pages, func(a, b ownPage) int {
		return strings.Count(strings.Join(a.segments, "/"), "[") - strings.Count(strings.Join(b.segments, "/"), "[")
	})
	return pages
}

func (a *asset) asPage() {
	a.policy = ContentSecurityPolicy(a.body)
	sum := sha256.Sum256(a.body)
	a.tag = `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// Static serves the built site: precompressed, what carries a hash in its name for ever, a page never from a cache
// without asking. Every other path outside /api gets a page, whose router knows the rest.
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
	page.asPage()
	pages := takePages(assets)
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
			if a = pages.of(name); a == nil {
				a = page
			}
			fallthrough
		case a == page:
			c.Set(fiber.HeaderContentSecurityPolicy, a.policy)
			c.Set(fiber.HeaderCacheControl, "no-cache")
			c.Set(fiber.HeaderETag, a.tag)
			if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), a.tag) {
				c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
				return c.SendStatus(fiber.StatusNotModified)
			}
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
