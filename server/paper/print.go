package paper

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/paper/printing"
	"github.com/hoithi/hoithi/server/web"
)

// maxPictures bounds the bytes of the pictures that go into one print.
const maxPictures = 100 << 20

var errPrintTooLarge = fault.New(fault.TooLarge, "print_too_large",
	"Hình của đề quá lớn cho một tệp in (hơn 100 MB). Hãy in từng mã đề.",
	"The pictures of the paper are too large for one file (over 100 MB). Print one variant at a time.")

// Print writes a paper, its answer sheet or its key. The empty code prints all variants in one file.
func (s *Service) Print(ctx context.Context, contestID, paperID int64, what printing.What, format printing.Format, code, locale string) (name string, data []byte, err error) {
	p, err := s.Paper(ctx, contestID, paperID)
	if err != nil {
		return "", nil, err
	}
	chosen := p.Document.Variants
	if code != "" {
		v, err := p.Variant(code)
		if err != nil {
			return "", nil, err
		}
		chosen = []Variant{v}
	}
	texts, err := s.texts(ctx, contestID, chosen...)
	if err != nil {
		return "", nil, err
	}
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return "", nil, err
	}
	d := printing.Document{What: what, Locale: locale, Unit: c.OrganizerName, Contest: c.Name, Name: p.Document.Name, Minutes: p.Document.Spec.Minutes,
		Points: p.Document.Spec.Totals().Points, Made: p.At}
	if b, err := s.Blueprint(ctx, contestID, p.Document.Blueprint); err == nil {
		if r, ok := c.Round(b.RoundID); ok {
			d.Round = r.Name
		}
	}
	pictures := map[string]printing.Picture{}
	if what == printing.Paper {
		if pictures, err = s.pictures(ctx, texts); err != nil {
			return "", nil, err
		}
	}
	d.Pictures = pictures
	for _, v := range chosen {
		x := printing.Variant{Code: v.Code}
		for _, part := range v.Parts {
			y := printing.Part{Title: part.Title, Note: part.Note}
			for _, e := range part.Entries {
				content := e.Arranged(texts[e.Version])
				i := printing.Item{Points: e.Points, Question: content.Question()}
				if what == printing.Key {
					i.Right = Right(content, locale)
				}
				y.Items = append(y.Items, i)
			}
			x.Parts = append(x.Parts, y)
		}
		d.Variants = append(d.Variants, x)
	}
	if what == printing.Key {
		if err := s.seen(ctx, contestID, p, chosen, "paper.print_key"); err != nil {
			return "", nil, err
		}
	}
	data, err = printing.Write(d, format)
	stem := map[printing.What]string{printing.Paper: "de-thi", printing.Sheet: "phieu-tra-loi", printing.Key: "dap-an"}[what]
	if locale == "en" {
		stem = map[printing.What]string{printing.Paper: "paper", printing.Sheet: "answer-sheet", printing.Key: "key"}[what]
	}
	name = fmt.Sprintf("%s-%d", stem, p.Number)
	if code != "" {
		name += "-" + code
	}
	return name + "." + string(format), data, err
}

// pictures reads what the contents show.
func (s *Service) pictures(ctx context.Context, texts map[int64]bank.Content) (map[string]printing.Picture, error) {
	pictures := map[string]printing.Picture{}
	total := 0
	for _, c := range texts {
		for _, use := range c.Files() {
			if _, known := pictures[use.FileID]; known || use.Kind != "image" {
				continue
			}
			f, data, err := s.files.Read(ctx, use.FileID)
			if fault.IsKind(err, fault.NotFound) {
				continue // its description is printed instead
			}
			if err != nil {
				return nil, err
			}
			if total += len(data); total > maxPictures {
				return nil, errPrintTooLarge
			}
			pictures[use.FileID] = printing.Picture{Type: f.ContentType, Data: data, Width: f.Width, Height: f.Height}
		}
	}
	return pictures, nil
}

type printOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func printRoutes(api *web.API, s *Service, base string) {
	types := map[printing.Format]string{printing.PDF: "application/pdf",
		printing.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
	web.Handle(api, web.Op{ID: "print-paper", Method: http.MethodGet, Path: base + "/papers/{paper}/print", Summary: "A paper, its answer sheet or its key as a file; who takes a key is recorded", Timeout: 90 * time.Second},
		func(ctx context.Context, in *struct {
			PaperIn
			What    printing.What   `query:"what" enum:"paper,sheet,key" required:"true"`
			Format  printing.Format `query:"format" enum:"pdf,docx" required:"true"`
			Variant string          `query:"variant" maxLength:"8" doc:"Empty: all"`
		}) (*printOut, error) {
			name, data, err := s.Print(ctx, in.Contest, in.Paper, in.What, in.Format, in.Variant, locale(ctx))
			if err != nil {
				return nil, err
			}
			return &printOut{types[in.Format], "attachment; filename*=UTF-8''" + url.PathEscape(name), data}, nil
		})
}
