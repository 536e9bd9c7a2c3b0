package web

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hoithi/hoithi/server/fault"
)

// Problem is how every error looks on the wire (RFC 9457), Huma's and Fiber's alike.
type Problem struct {
	Type   string            `json:"type" doc:"Identifier of the kind of problem"`
	Title  string            `json:"title" doc:"Name of the HTTP status"`
	Status int               `json:"status" doc:"HTTP status"`
	Code   string            `json:"code" doc:"Stable name of the problem, for programs"`
	Detail string            `json:"detail" doc:"What happened, what is safe, what to do, in the reader's language"`
	Fields []ProblemField    `json:"fields" doc:"Wrong values of the input"`
	Params map[string]string `json:"params,omitempty" doc:"Values of the problem that a client may use"`
}

// ProblemField points at one wrong value.
type ProblemField struct {
	Path   string `json:"path" doc:"JSON path of the value"`
	Detail string `json:"detail" doc:"What is wrong with it, in the reader's language"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// NewProblem renders a fault in a locale.
func newProblem(locale string, f *fault.Fault) *Problem {
	pick := func(vi, en string) string {
		if locale == "en" {
			return en
		}
		return vi
	}
	status := f.Kind.Status()
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: f.Code,
		Detail: pick(f.Vi, f.En), Fields: make([]ProblemField, 0, len(f.Fields)), Params: f.Params}
	for _, x := range f.Fields {
		p.Fields = append(p.Fields, ProblemField{Path: x.Path, Detail: pick(x.Vi, x.En)})
	}
	return p
}

// statusFault translates what Huma itself refuses (validation, media type, size). Its texts never leave: they could
// echo the input.
func statusFault(status int, _ string, errs []error) *fault.Fault {
	var f *fault.Fault
	switch status {
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		f = badInput
	case http.StatusUnsupportedMediaType:
		f = badMedia
	case http.StatusRequestEntityTooLarge:
		f = tooLarge
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		f = fault.NothingHere
	case http.StatusRequestTimeout:
		f = slow
	default:
		f = fault.From(errors.Join(errs...))
		if f == nil {
			f = fault.From(errors.New("unknown status"))
		}
	}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && d.Location != "" {
			f = f.At(d.Location, "Giá trị không hợp lệ.", "This value is not valid.")
		}
	}
	return f
}

var (
	badInput = fault.New(fault.Invalid, "invalid_input",
		"Dữ liệu gửi lên chưa đúng nên chưa có gì được lưu. Hãy xem các ô được đánh dấu và gửi lại.",
		"What was sent is not valid, so nothing was saved. Look at the marked fields and send it again.")
	badMedia = fault.New(fault.Invalid, "unsupported_media_type",
		"Máy chủ không nhận loại dữ liệu này. Chưa có gì được lưu.",
		"The server does not take this kind of data. Nothing was saved.")
	tooLarge = fault.New(fault.TooLarge, "too_large",
		"Dữ liệu gửi lên lớn quá mức cho phép nên chưa có gì được lưu. Hãy giảm kích thước rồi gửi lại.",
		"What was sent is larger than allowed, so nothing was saved. Make it smaller and send it again.")
	lengthRequired = fault.New(fault.Invalid, "length_required",
		"Máy chủ cần biết trước kích thước dữ liệu. Chưa có gì được lưu.",
		"The server must know the size of the data beforehand. Nothing was saved.")
	crossSite = fault.New(fault.Forbidden, "cross_site",
		"Yêu cầu này đến từ một trang web khác nên bị từ chối. Hãy thao tác ngay trên trang Hội Thi.",
		"This request came from another website and was refused. Please use the pages of Hội Thi itself.")
)
