package web

import (
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
)

// Media types of files that are made here.
const (
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	PDF  = "application/pdf"
)

// Download is a file that the browser saves.
type Download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// NewDownload makes a download under a name, which may have any letters.
func NewDownload(name, mediaType string, body []byte) *Download {
	return &Download{ContentType: mediaType, Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(name), Body: body}
}

// Shared is a body that many readers get at the same time: it goes out as it is, without a copy for each of them, so
// nobody may change it afterwards.
func Shared(body []byte) func(huma.Context) {
	return func(ctx huma.Context) { humafiber.Unwrap(ctx).Response().SetBodyRaw(body) }
}
