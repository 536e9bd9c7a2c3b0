package files

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/hoithi/hoithi/server/web"
)

type fileIn struct {
	File        string `path:"file" pattern:"^[0-9a-f]{32}$"`
	Range       string `header:"Range" maxLength:"200" doc:"One range of bytes"`
	IfRange     string `header:"If-Range" maxLength:"200"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"2000"`
}

type fileOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Policy       string `header:"Content-Security-Policy"`
	AcceptRanges string `header:"Accept-Ranges"`
	ETag         string `header:"ETag"`
	ContentRange string `header:"Content-Range"`
	Body         func(huma.Context)
}

// sendWithin bounds how long one answer may read from the database: browsers ask again for what is missing.
const sendWithin = 2 * time.Minute

// Routes registers the reading of files. The id is the permission.
func Routes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "get-file", Method: http.MethodGet, Path: "/api/files/{file}", Summary: "A picture, sound or film, by its unguessable id; whole or a range"},
		func(ctx context.Context, in *fileIn) (*fileOut, error) {
			f, err := s.Find(ctx, in.File)
			if err != nil {
				return nil, err
			}
			return s.answer(f, in), nil
		})
}

func (s *Service) answer(f File, in *fileIn) *fileOut {
	// Private: an answer may carry the browser's own cookie, which no proxy between may hand to others.
	out := &fileOut{ContentType: f.ContentType, CacheControl: "private, max-age=31536000, immutable",
		Policy: "default-src 'none'; sandbox", AcceptRanges: "bytes", ETag: `"` + f.HashText() + `"`, Body: with(http.StatusOK)}
	if in.IfNoneMatch == out.ETag || in.IfNoneMatch == "*" {
		out.Body = with(http.StatusNotModified)
		return out
	}
	from, size, part := rangeOf(in.Range, f.Size)
	if part && in.IfRange != "" && in.IfRange != out.ETag {
		from, size, part = 0, f.Size, false // what the reader has is of another file
	}
	status := http.StatusOK
	switch {
	case part && size == 0:
		out.Body, out.ContentRange = with(http.StatusRequestedRangeNotSatisfiable), fmt.Sprintf("bytes */%d", f.Size)
		return out
	case part:
		status, out.ContentRange = http.StatusPartialContent, fmt.Sprintf("bytes %d-%d/%d", from, from+size-1, f.Size)
	}
	out.Body = func(hc huma.Context) {
		hc.SetStatus(status)
		// The body is read after the handler has returned, and its context with it.
		ctx, cancel := context.WithTimeout(context.Background(), sendWithin)
		humafiber.Unwrap(hc).Context().SetBodyStream(body{s.Open(ctx, f, from, size), cancel}, int(size))
	}
	return out
}

// with answers a status without a body.
func with(status int) func(huma.Context) { return func(hc huma.Context) { hc.SetStatus(status) } }

// body ends its reading when the answer has been sent, or nobody wants it any more.
type body struct {
	io.Reader
	done context.CancelFunc
}

// Close implements io.Closer; fasthttp calls it.
func (b body) Close() error {
	b.done()
	return nil
}
