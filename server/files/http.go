package files

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/web"
)

type fileOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Policy       string `header:"Content-Security-Policy"`
	Body         []byte
}

// Routes registers the reading of files. The id is the permission.
func Routes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "get-file", Method: http.MethodGet, Path: "/api/files/{file}", Summary: "A picture, by its unguessable id"},
		func(ctx context.Context, in *struct {
			File string `path:"file" pattern:"^[0-9a-f]{32}$"`
		}) (*fileOut, error) {
			f, data, err := s.Read(ctx, in.File)
			if err != nil {
				return nil, err
			}
			// Private: an answer may carry the browser's own cookie, which no proxy between may hand to others.
			return &fileOut{ContentType: f.ContentType, CacheControl: "private, max-age=31536000, immutable",
				Policy: "default-src 'none'; sandbox", Body: data}, nil
		})
}
