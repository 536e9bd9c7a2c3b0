package roster

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// download is a file that the browser saves.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Replaced    string `header:"X-Replaced-Letters" doc:"Letters that the font lacks, percent-encoded; printed as a question mark"`
	Body        []byte
}

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pdfType  = "application/pdf"
)

func newDownload(name, mediaType string, data []byte) *download {
	return &download{ContentType: mediaType, Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(name), Body: data}
}

func fileRoutes(api *web.API, s *Service) {
	name := func(ctx context.Context, contestID int64, vi, en, ending string) string {
		if account.From(ctx).Locale == "en" {
			vi = en
		}
		return vi + "-" + strconv.FormatInt(contestID, 10) + ending
	}
	web.Handle(api, web.Op{ID: "print-cards", Method: http.MethodPost, Path: base + "/entries/cards", Summary: "Entry cards as PDF, eight on an A4 page", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				IDs     []int64 `json:"ids,omitempty" maxItems:"2000" doc:"Empty: all"`
				Address string  `json:"address" maxLength:"120" doc:"Of this server, as it is printed"`
				Locale  string  `json:"locale,omitempty" enum:"vi,en"`
			}
		}) (*download, error) {
			data, replaced, err := s.Cards(ctx, in.Contest, in.Body.IDs, in.Body.Address, in.Body.Locale)
			if err != nil {
				return nil, err
			}
			out := newDownload(name(ctx, in.Contest, "the-du-thi", "entry-cards", ".pdf"), pdfType, data)
			out.Replaced = url.PathEscape(string(replaced))
			return out, nil
		})
	web.Handle(api, web.Op{ID: "export-entries", Method: http.MethodPost, Path: base + "/entries/export", Summary: "The list of entries as .xlsx", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Body *struct {
				Personal []string `json:"personal,omitempty" maxItems:"40" doc:"Keys of the fields whose personal data go into the list; empty: none"`
			} `required:"false"`
		}) (*download, error) {
			var personal []string
			if in.Body != nil {
				personal = in.Body.Personal
			}
			data, err := s.List(ctx, in.Contest, account.From(ctx).Locale, personal)
			return newDownload(name(ctx, in.Contest, "thi-sinh", "entries", ".xlsx"), xlsxType, data), err
		})
	ImportRoutes(api, s, ImportPlace{Base: base, Led: func(context.Context, int64) (*Led, error) { return nil, nil }})
}
