package roster

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

// What of a file goes to the browser: a page of a phone is not made for ten thousand rows.
const (
	mostTroubled = 1_000 // entries with something to say
	mostGood     = 200
)

// ProblemView is one thing wrong, or noteworthy, in a file.
type ProblemView struct {
	Row     int    `json:"row" doc:"As Excel shows it"`
	Column  string `json:"column" doc:"Title of the column; empty for the whole row"`
	Value   string `json:"value" doc:"What stands in the cell"`
	Warning bool   `json:"warning" doc:"The row is taken all the same"`
	Text    string `json:"text" doc:"In the reader's language"`
}

// FileFactView is a field of a person as it would be stored.
type FileFactView struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// FileEntryView is an entry as the file describes it.
type FileEntryView struct {
	Sheet        string         `json:"sheet"`
	FirstRow     int            `json:"first_row"`
	LastRow      int            `json:"last_row"`
	Name         string         `json:"name"`
	UnitName     string         `json:"unit_name"`
	DivisionName string         `json:"division_name"`
	Members      []MemberName   `json:"members"`
	Facts        []FileFactView `json:"facts" doc:"What else is known of the person, or of the team's contact"`
	Status       FileStatus     `json:"status" enum:"new,update,duplicate,error"`
	Number       string         `json:"number" doc:"Of the entry that is there already"`
	Problems     []ProblemView  `json:"problems"`
}

// MemberName is a person of a team in a list.
type MemberName struct {
	Name string     `json:"name"`
	Role MemberRole `json:"role" enum:"captain,member,reserve"`
}

// FileColumnView is a column and what it was taken for.
type FileColumnView struct {
	Title   string   `json:"title" doc:"As it stands in the file, or the column's letter"`
	Field   string   `json:"field" doc:"Key of a field, or ignored"`
	Sure    bool     `json:"sure" doc:"By its title or by a person, not by a guess"`
	Samples []string `json:"samples"`
}

// FileSheetView is a sheet as it was understood.
type FileSheetView struct {
	Name       string           `json:"name"`
	Use        bool             `json:"use"`
	Rows       int              `json:"rows"`
	HeadRow    int              `json:"head_row" doc:"Row of the header; 0: none"`
	Remembered bool             `json:"remembered" doc:"The columns are as this person had them the last time"`
	Columns    []FileColumnView `json:"columns"`
}

// FileFieldView is something that a column can hold.
type FileFieldView struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// FileView is a file as it was understood.
type FileView struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Fields     []FileFieldView `json:"fields"`
	Sheets     []FileSheetView `json:"sheets"`
	Entries    []FileEntryView `json:"entries" doc:"Those with something to say, and the first of the others"`
	LeftOff    int             `json:"left_off" doc:"Entries that are not listed"`
	New        int             `json:"new"`
	Updates    int             `json:"updates"`
	Duplicates int             `json:"duplicates"`
	Errors     int             `json:"errors"`
	// Names of people in capitals only or in small letters only, with one as it stands and as it would be written.
	Respellable int    `json:"respellable"`
	Respelled   bool   `json:"respelled" doc:"They are taken in the ordinary spelling"`
	NameBefore  string `json:"name_before"`
	NameAfter   string `json:"name_after"`
	// Added, Updated, First and Last say what taking the file has done.
	Added   int    `json:"added"`
	Updated int    `json:"updated"`
	First   string `json:"first" doc:"First candidate number that was given"`
	Last    string `json:"last"`
}

func fileView(id int64, name string, f File, rules Rules, locale string) FileView {
	view := FileView{ID: id, Name: name, New: f.counted(FileNew), Updates: f.counted(FileUpdated), Duplicates: f.counted(FileDuplicate),
		Respellable: f.Respelling.Names, Respelled: f.Respelled, NameBefore: f.Respelling.Before, NameAfter: f.Respelling.After,
		Errors: f.counted(FileRefused), Entries: []FileEntryView{}, Fields: []FileFieldView{}}
	seen := map[string]bool{"ignored": true}
	for _, field := range Catalogue(rules, nil) {
		if !seen[field.Key] {
			seen[field.Key] = true
			view.Fields = append(view.Fields, FileFieldView{Key: field.Key, Label: ColumnLabel(field.Key, rules, locale)})
		}
	}
	for _, s := range f.Sheets {
		sv := FileSheetView{Name: s.Name, Use: s.Use, Rows: s.Rows, HeadRow: s.HeadRow, Remembered: s.Remembered, Columns: []FileColumnView{}}
		for i, c := range s.Columns {
			title := c.Title
			if title == "" {
				title = columnLetter(i)
			}
			sv.Columns = append(sv.Columns, FileColumnView{Title: title, Field: c.Field, Sure: c.Sure, Samples: notNil(c.Samples)})
		}
		view.Sheets = append(view.Sheets, sv)
	}
	troubled, good := 0, 0
	for _, e := range f.Entries {
		if len(e.Problems) > 0 {
			troubled++
			if troubled > mostTroubled {
				view.LeftOff++
				continue
			}
		} else if good++; good > mostGood {
			view.LeftOff++
			continue
		}
		view.Entries = append(view.Entries, fileEntryView(e, rules, locale))
	}
	return view
}

func fileEntryView(e FileEntry, rules Rules, locale string) FileEntryView {
	v := FileEntryView{Sheet: e.Sheet, FirstRow: e.FirstRow, LastRow: e.LastRow, Name: e.Draft.Name, UnitName: e.UnitName(), DivisionName: e.DivisionName,
		Members: []MemberName{}, Facts: []FileFactView{}, Status: e.Status, Number: e.Number, Problems: make([]ProblemView, 0, len(e.Problems))}
	if rules.Kind == KindTeam {
		for _, m := range e.Draft.Members {
			v.Members = append(v.Members, MemberName{Name: m.Name, Role: m.Role})
		}
		for _, f := range contactFields {
			if value := (Person{Phone: e.Draft.Phone, Email: e.Draft.Email}).Get(f.Key); value != "" {
				v.Facts = append(v.Facts, FileFactView{Label: ColumnLabel(f.Key, rules, locale), Value: value})
			}
		}
	} else if len(e.Draft.Members) > 0 {
		for _, f := range rules.Asked() {
			if value := e.Draft.Members[0].Get(f.Key); value != "" {
				v.Facts = append(v.Facts, FileFactView{Label: f.Label(locale), Value: f.Shown(value, locale)})
			}
		}
	}
	for _, p := range e.Problems {
		v.Problems = append(v.Problems, ProblemView{Row: p.Row, Column: p.Column, Value: clipRunes(p.Value, 120), Warning: p.Warning, Text: pick(locale, p.Vi, p.En)})
	}
	return v
}

// UploadIn names a file that was brought in.
type UploadIn struct {
	ContestIn
	Upload int64 `path:"upload" minimum:"1"`
}

// ImportPlace is one of the places where lists come in: the organizer's, and the leader's.
type ImportPlace struct {
	Base   string // of the path, with {contest} in it
	Suffix string // of the operations' ids
	// Led says for whom the one who asks acts; nil: for the whole contest.
	Led func(ctx context.Context, contestID int64) (*Led, error)
}

type fileOut struct{ Body FileView }

// ImportRoutes registers the operations by which a list comes in.
func ImportRoutes(api *web.API, s *Service, at ImportPlace) {
	brought := func(ctx context.Context, u Upload, err error) (*fileOut, error) {
		return &fileOut{Body: fileView(u.ID, u.Name, u.File, u.Rules, account.From(ctx).Locale)}, err
	}
	web.Handle(api, web.Op{ID: "bring-list" + at.Suffix, Method: http.MethodPost, Path: at.Base + "/import", Summary: "Bring a list: what it would add, without adding it", MaxBody: export.MaxWorkbookBytes + 1, Timeout: time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Name    string `query:"name" maxLength:"300"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*fileOut, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			u, err := s.Bring(ctx, in.Contest, led, in.Name, in.RawBody)
			return brought(ctx, u, err)
		})
	web.Handle(api, web.Op{ID: "get-list" + at.Suffix, Method: http.MethodGet, Path: at.Base + "/import/{upload}", Summary: "A list that was brought, once more", Timeout: time.Minute},
		func(ctx context.Context, in *UploadIn) (*fileOut, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			u, err := s.Brought(ctx, in.Contest, led, in.Upload)
			return brought(ctx, u, err)
		})
	web.Handle(api, web.Op{ID: "correct-list" + at.Suffix, Method: http.MethodPut, Path: at.Base + "/import/{upload}/columns", Summary: "Say what the columns of a list mean", Timeout: time.Minute},
		func(ctx context.Context, in *struct {
			UploadIn
			Body struct {
				Sheets []SheetChoice `json:"sheets" maxItems:"30"`
			}
		}) (*fileOut, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			u, err := s.Correct(ctx, in.Contest, led, in.Upload, in.Body.Sheets)
			return brought(ctx, u, err)
		})
	web.Handle(api, web.Op{ID: "respell-list" + at.Suffix, Method: http.MethodPut, Path: at.Base + "/import/{upload}/names", Summary: "Take the names of a list in the ordinary spelling, or as they stand", Timeout: time.Minute},
		func(ctx context.Context, in *struct {
			UploadIn
			Body struct {
				Ordinary bool `json:"ordinary"`
			}
		}) (*fileOut, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			u, err := s.Respell(ctx, in.Contest, led, in.Upload, in.Body.Ordinary)
			return brought(ctx, u, err)
		})
	web.Handle(api, web.Op{ID: "take-list" + at.Suffix, Method: http.MethodPost, Path: at.Base + "/import/{upload}/take", Summary: "Take the good rows of a list", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			UploadIn
			Body struct {
				Consent LedConsent `json:"consent,omitzero" doc:"Of leaders only"`
			}
		}) (*fileOut, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			done, rules, err := s.Take(ctx, in.Contest, led, in.Upload, in.Body.Consent)
			if err != nil {
				return nil, err
			}
			view := fileView(in.Upload, "", done.File, rules, account.From(ctx).Locale)
			view.Added, view.Updated, view.First, view.Last = done.Added, done.Updated, done.First, done.Last
			return &fileOut{Body: view}, nil
		})
	importFiles(api, s, at)
}

// importFiles registers how far the taking of a list is, and the files that go out.
func importFiles(api *web.API, s *Service, at ImportPlace) {
	type listProgressOut struct {
		Body struct {
			State string `json:"state" enum:"read,taking,taken"`
			Done  int    `json:"done"`
			Total int    `json:"total"`
		}
	}
	web.Handle(api, web.Op{ID: "get-list-progress" + at.Suffix, Method: http.MethodGet, Path: at.Base + "/import/{upload}/progress", Summary: "How far the taking of a list is"},
		func(ctx context.Context, in *UploadIn) (*listProgressOut, error) {
			p, err := s.ProgressOf(ctx, in.Contest, in.Upload)
			out := &listProgressOut{}
			out.Body.State, out.Body.Done, out.Body.Total = p.State, p.Done, p.Total
			return out, err
		})
	web.Handle(api, web.Op{ID: "get-refused-rows" + at.Suffix, Method: http.MethodGet, Path: at.Base + "/import/{upload}/refused", Summary: "The rows that were not taken as .xlsx, each with the reason", Timeout: time.Minute},
		func(ctx context.Context, in *UploadIn) (*download, error) {
			led, err := at.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			locale := account.From(ctx).Locale
			data, name, err := s.RefusedRows(ctx, in.Contest, led, in.Upload, locale)
			name = strings.TrimSuffix(name, ".xlsx")
			return newDownload(pick(locale, "can-sua-", "to-mend-")+name+".xlsx", xlsxType, data), err
		})
	web.Handle(api, web.Op{ID: "get-import-template" + at.Suffix, Method: http.MethodGet, Path: at.Base + "/template", Summary: "An empty file for bulk registration"},
		func(ctx context.Context, in *ContestIn) (*download, error) {
			locale := account.From(ctx).Locale
			data, err := s.Template(ctx, in.Contest, locale)
			return newDownload(pick(locale, "mau-dang-ky", "registration-template")+".xlsx", xlsxType, data), err
		})
}
