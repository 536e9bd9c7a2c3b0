// Package fault is the one way in which Hội Thi says that something went wrong.
//
// A Fault parts what a person may read (in Vietnamese and English: what happened, what is safe, what to do) from
// the cause, which only the log sees. It must never carry internal text or an echoed secret in its details.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind decides the HTTP status and how a caller may react.
type Kind int

const (
	Internal        Kind = iota // 500: our mistake; nothing the reader can mend
	Invalid                     // 422: the input is wrong; Fields say where
	Unauthenticated             // 401: sign in first
	Forbidden                   // 403: signed in, but not permitted
	NotFound                    // 404
	Conflict                    // 409: the state has moved on (closed, changed by another, already signed)
	Superseded                  // 409: another device has taken over
	TooLarge                    // 413
	TooMany                     // 429: slow down
	Unavailable                 // 503: try again soon; nothing was saved
)

// Status is the HTTP status of a kind.
func (k Kind) Status() int {
	switch k {
	case Invalid:
		return 422
	case Unauthenticated:
		return 401
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case Conflict, Superseded:
		return 409
	case TooLarge:
		return 413
	case TooMany:
		return 429
	case Unavailable:
		return 503
	case Internal:
		return 500
	}
	return 500
}

// Field points at one wrong value of the input: Path is its JSON path ("members[2].name").
type Field struct {
	Path string
	Vi   string
	En   string
}

// Fault is an error with words for people.
type Fault struct {
	Kind   Kind
	Code   string // stable, snake_case, for programs: "round_closed"
	Vi     string
	En     string
	Fields []Field
	// RetryAfterSeconds, when positive, is sent as Retry-After.
	RetryAfterSeconds int
	// Params are values a client may show or use; never secrets.
	Params map[string]string
	cause  error
}

// New makes a fault. vi and en say what happened, what is safe and what to do.
func New(kind Kind, code, vi, en string) *Fault {
	return &Fault{Kind: kind, Code: code, Vi: vi, En: en}
}

// Error is the text for logs: code, English detail and the cause.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Code)
	b.WriteString(": ")
	b.WriteString(f.En)
	for _, x := range f.Fields {
		fmt.Fprintf(&b, " [%s: %s]", x.Path, x.En)
	}
	if f.cause != nil {
		b.WriteString(": ")
		b.WriteString(f.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is lets errors.Is compare faults by their code.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Because returns a copy with a cause for the log.
func (f *Fault) Because(cause error) *Fault {
	c := *f
	c.cause = cause
	return &c
}

// At returns a copy with one more wrong field.
func (f *Fault) At(path, vi, en string) *Fault {
	c := *f
	c.Fields = append(append([]Field(nil), f.Fields...), Field{Path: path, Vi: vi, En: en})
	return &c
}

// With returns a copy with one more parameter.
func (f *Fault) With(name, value string) *Fault {
	c := *f
	c.Params = make(map[string]string, len(f.Params)+1)
	for k, v := range f.Params {
		c.Params[k] = v
	}
	c.Params[name] = value
	return &c
}

// From finds the fault in err; any other error becomes an Internal one with err as its cause.
func From(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return internal.Because(err)
}

// IsKind tells whether err carries a fault of this kind.
func IsKind(err error, k Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == k
}

var internal = New(Internal, "internal",
	"Hệ thống gặp lỗi. Những gì đã báo \"Đã lưu\" vẫn an toàn. Hãy thử lại; nếu còn lỗi, báo cho Ban Tổ chức.",
	"Something went wrong on the server. Whatever was shown as saved is safe. Try again; if it goes on, tell the organizers.")

// NothingHere is the common answer for what does not exist, or what the reader may not know to exist.
var NothingHere = New(NotFound, "not_found",
	"Không tìm thấy nội dung này. Có thể đường dẫn sai hoặc nội dung đã được gỡ.",
	"This was not found. The address may be wrong, or it has been removed.")
