package judging

import (
	"bytes"
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

// MinutesIn asks for the minutes of a part.
type MinutesIn struct {
	RoundIn
	Signing int `query:"signing" minimum:"0" maximum:"1000" doc:"Which close; 0: the newest one, or the part as it stands"`
}

// minutesRoutes registers what is printed of a part: minutes for ink, and mark sheets for pen and paper.
func minutesRoutes(api *web.API, s *Service, base string) {
	minutes := func(ctx context.Context, in *MinutesIn) (export.Official, error) {
		m, err := s.Minutes(ctx, in.Contest, in.Round, in.Signing)
		return m.Official(), err
	}
	web.Handle(api, web.Op{ID: "get-judging-minutes-pdf", Method: http.MethodGet, Path: base + "/minutes/pdf", Summary: "Minutes of the part for signatures in ink"},
		func(ctx context.Context, in *MinutesIn) (*web.Download, error) {
			d, err := minutes(ctx, in)
			if err != nil {
				return nil, err
			}
			var out bytes.Buffer
			if _, err := export.WriteOfficialPDF(&out, d); err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản chấm điểm.pdf", web.PDF, out.Bytes()), nil
		})
	web.Handle(api, web.Op{ID: "get-judging-minutes-docx", Method: http.MethodGet, Path: base + "/minutes/docx", Summary: "Minutes of the part as a Word document"},
		func(ctx context.Context, in *MinutesIn) (*web.Download, error) {
			d, err := minutes(ctx, in)
			if err != nil {
				return nil, err
			}
			var out bytes.Buffer
			if err := export.WriteOfficialDOCX(&out, d); err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản chấm điểm.docx", web.DOCX, out.Bytes()), nil
		})
	web.Handle(api, web.Op{ID: "print-mark-sheets", Method: http.MethodGet, Path: base + "/papers", Summary: "Mark sheets to be filled in with a pen"},
		func(ctx context.Context, in *RoundIn) (*web.Download, error) {
			body, err := s.Papers(ctx, in.Contest, in.Round)
			if err != nil {
				return nil, err
			}
			return web.NewDownload("Phiếu chấm.pdf", web.PDF, body), nil
		})
}
