package roster

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

// ProblemView is one thing wrong, or noteworthy, in a file.
type ProblemView struct {
	Row     int    `json:"row" doc:"As Excel shows it"`
	Column  string `json:"column" doc:"Title of the column; empty for the whole row"`
	Warning bool   `json:"warning" doc:"The row is taken all the same"`
	Text    string `json:"text" doc:"In the reader's language"`
}

// FileEntryView is an entry as the file describes it.
type FileEntryView struct {
	FirstRow     int           `json:"first_row"`
	LastRow      int           `json:"last_row"`
	Name         string        `json:"name"`
	UnitName     string        `json:"unit_name"`
	DivisionName string        `json:"division_name"`
	Members      []MemberView  `json:"members"`
	Phone        string        `json:"phone"`
	Email        string        `json:"email"`
	Status       FileStatus    `json:"status" enum:"new,duplicate,error"`
	Number       string        `json:"number" doc:"Of the entry that is there already"`
	Problems     []ProblemView `json:"problems"`
}

// FileColumnView is a header and what it was taken for.
type FileColumnView struct {
	Title string `json:"title"`
	Field string `json:"field" enum:"team,name,surname,given,unit,division,role,phone,email,ignored"`
}

// FileView is a file as it was understood.
type FileView struct {
	Columns    []FileColumnView `json:"columns"`
	Entries    []FileEntryView  `json:"entries"`
	New        int              `json:"new"`
	Duplicates int              `json:"duplicates"`
	Errors     int              `json:"errors"`
	// Added, First and Last say what an import has made.
	Added int    `json:"added"`
	First string `json:"first" doc:"First candidate number that was given"`
	Last  string `json:"last"`
}

func fileView(f File, added []Entry, locale string) FileView {
	view := FileView{Columns: make([]FileColumnView, 0, len(f.Columns)), Entries: make([]FileEntryView, 0, len(f.Entries)), Added: len(added)}
	for _, c := range f.Columns {
		view.Columns = append(view.Columns, FileColumnView(c))
	}
	for _, e := range f.Entries {
		v := FileEntryView{FirstRow: e.FirstRow, LastRow: e.LastRow, Name: e.Draft.Name, UnitName: e.Draft.UnitName, DivisionName: e.DivisionName,
			Members: memberViews(e.Draft.Members), Phone: e.Draft.Phone, Email: e.Draft.Email, Status: e.Status, Number: e.Number,
			Problems: make([]ProblemView, 0, len(e.Problems))}
		for _, p := range e.Problems {
			text := p.Vi
			if locale == "en" {
				text = p.En
			}
			v.Problems = append(v.Problems, ProblemView{Row: p.Row, Column: p.Column, Warning: p.Warning, Text: text})
		}
		switch e.Status {
		case FileNew:
			view.New++
		case FileDuplicate:
			view.Duplicates++
		case FileRefused:
			view.Errors++
		}
		view.Entries = append(view.Entries, v)
	}
	if len(added) > 0 {
		view.First, view.Last = added[0].Number, added[len(added)-1].Number
	}
	return view
}

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
		func(ctx context.Context, in *ContestIn) (*download, error) {
			data, err := s.List(ctx, in.Contest, account.From(ctx).Locale)
			return newDownload(name(ctx, in.Contest, "thi-sinh", "entries", ".xlsx"), xlsxType, data), err
		})
	web.Handle(api, web.Op{ID: "get-import-template", Method: http.MethodGet, Path: base + "/import/template", Summary: "An empty file for bulk registration"},
		func(ctx context.Context, in *ContestIn) (*download, error) {
			data, err := s.Template(ctx, in.Contest, account.From(ctx).Locale)
			return newDownload(name(ctx, in.Contest, "mau-dang-ky", "registration-template", ".xlsx"), xlsxType, data), err
		})
	type uploadIn struct {
		ContestIn
		RawBody []byte `contentType:"application/octet-stream"`
	}
	type fileOut struct{ Body FileView }
	web.Handle(api, web.Op{ID: "preview-import", Method: http.MethodPost, Path: base + "/import/preview", Summary: "What a file would add, without adding it", MaxBody: export.MaxWorkbookBytes + 1, Timeout: time.Minute},
		func(ctx context.Context, in *uploadIn) (*fileOut, error) {
			f, err := s.Preview(ctx, in.Contest, in.RawBody)
			return &fileOut{Body: fileView(f, nil, account.From(ctx).Locale)}, err
		})
	web.Handle(api, web.Op{ID: "import-entries", Method: http.MethodPost, Path: base + "/import", Summary: "Take the good rows of a file", MaxBody: export.MaxWorkbookBytes + 1, Timeout: 2 * time.Minute},
		func(ctx context.Context, in *uploadIn) (*fileOut, error) {
			f, added, err := s.Import(ctx, in.Contest, in.RawBody)
			return &fileOut{Body: fileView(f, added, account.From(ctx).Locale)}, err
		})
}
