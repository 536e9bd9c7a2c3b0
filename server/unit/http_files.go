package unit

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

// FileProblemView is one thing wrong, or noteworthy, in a row of a file.
type FileProblemView struct {
	Column  string `json:"column" doc:"Title of the column; empty for the whole row"`
	Warning bool   `json:"warning" doc:"The row is taken all the same"`
	Text    string `json:"text" doc:"In the reader's language"`
}

// FileRowView is one row of a file as it was understood.
type FileRowView struct {
	Row      int               `json:"row" doc:"As Excel shows it"`
	Code     string            `json:"code"`
	Name     string            `json:"name"`
	Parent   string            `json:"parent"`
	From     Day               `json:"from"`
	To       Day               `json:"to"`
	Members  int               `json:"members" doc:"-1: not given"`
	Status   RowStatus         `json:"status" enum:"new,changed,same,error"`
	Problems []FileProblemView `json:"problems"`
}

// FileView is a file as it was understood.
type FileView struct {
	Columns []FileColumnView `json:"columns"`
	Rows    []FileRowView    `json:"rows"`
	New     int              `json:"new"`
	Changed int              `json:"changed"`
	Same    int              `json:"same"`
	Errors  int              `json:"errors"`
}

// FileColumnView is a header and what it was taken for.
type FileColumnView struct {
	Title string `json:"title"`
	Field string `json:"field"`
}

func fileView(f File, locale string) FileView {
	v := FileView{Columns: make([]FileColumnView, 0, len(f.Columns)), Rows: make([]FileRowView, 0, len(f.Rows))}
	for _, c := range f.Columns {
		v.Columns = append(v.Columns, FileColumnView(c))
	}
	for _, r := range f.Rows {
		row := FileRowView{Row: r.Number, Code: r.Code, Name: r.Name, Parent: cmp.Or(r.Parent, r.ParentCode), From: r.From, To: r.To, Members: r.Members,
			Status: r.Status, Problems: make([]FileProblemView, 0, len(r.Problems))}
		for _, p := range r.Problems {
			row.Problems = append(row.Problems, FileProblemView{Column: p.Column, Warning: p.Warning, Text: pick(locale, p.Vi, p.En)})
		}
		switch r.Status {
		case RowNew:
			v.New++
		case RowChanged:
			v.Changed++
		case RowSame:
			v.Same++
		case RowRefused:
			v.Errors++
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func fileRoutes(api *web.API, s *Service) {
	name := func(ctx context.Context, vi, en string) string {
		return pick(account.From(ctx).Locale, vi, en) + ".xlsx"
	}
	web.Handle(api, web.Op{ID: "export-units", Method: http.MethodGet, Path: base + "/export", Summary: "The tree over time as .xlsx", Timeout: 2 * time.Minute},
		func(ctx context.Context, _ *struct{}) (*web.Download, error) {
			data, err := s.Export(ctx, account.From(ctx).Locale)
			return web.NewDownload(name(ctx, "don-vi", "units"), web.XLSX, data), err
		})
	web.Handle(api, web.Op{ID: "get-units-template", Method: http.MethodGet, Path: base + "/import/template", Summary: "An empty file for units"},
		func(ctx context.Context, _ *struct{}) (*web.Download, error) {
			data, err := Template(account.From(ctx).Locale)
			return web.NewDownload(name(ctx, "mau-don-vi", "units-template"), web.XLSX, data), err
		})
	type uploadIn struct {
		RawBody []byte `contentType:"application/octet-stream"`
	}
	type fileOut struct{ Body FileView }
	answer := func(ctx context.Context, f File, err error) (*fileOut, error) {
		return &fileOut{Body: fileView(f, account.From(ctx).Locale)}, err
	}
	web.Handle(api, web.Op{ID: "preview-units", Method: http.MethodPost, Path: base + "/import/preview", Summary: "What a file would change in the tree", MaxBody: export.MaxWorkbookBytes + 1, Timeout: time.Minute},
		func(ctx context.Context, in *uploadIn) (*fileOut, error) {
			f, err := s.Preview(ctx, in.RawBody)
			return answer(ctx, f, err)
		})
	web.Handle(api, web.Op{ID: "import-units", Method: http.MethodPost, Path: base + "/import", Summary: "Take what is right in a file into the tree", MaxBody: export.MaxWorkbookBytes + 1, Timeout: 2 * time.Minute},
		func(ctx context.Context, in *uploadIn) (*fileOut, error) {
			f, err := s.Import(ctx, in.RawBody)
			return answer(ctx, f, err)
		})
}
