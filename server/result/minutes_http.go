package result

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// minutesRoutes registers the minutes of the final result.
func minutesRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "get-result-minutes-pdf", Method: http.MethodGet, Path: base + "/minutes/pdf", Summary: "Minutes of the final result for signatures in ink"},
		func(ctx context.Context, in *contest.In) (*web.Download, error) {
			body, err := s.MinutesPDF(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản tổng hợp kết quả.pdf", web.PDF, body), nil
		})
	web.Handle(api, web.Op{ID: "get-result-minutes-docx", Method: http.MethodGet, Path: base + "/minutes/docx", Summary: "Minutes of the final result as a Word document"},
		func(ctx context.Context, in *contest.In) (*web.Download, error) {
			body, err := s.minutes(ctx, in.Contest, writeDOCX)
			if err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản tổng hợp kết quả.docx", web.DOCX, body), nil
		})
}
