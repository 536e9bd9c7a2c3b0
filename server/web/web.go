// Package web is the door of Hội Thi: the Fiber application, the API's assembly, sessions, errors and static files.
//
// It must never let a request reach a handler whose need is not declared in the access table, and never send a
// cause, a stack or an echoed value to a reader.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/go-json-experiment/json"
	"github.com/gofiber/fiber/v2"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/fault"
)

// Need is what a route or live topic asks of the one who comes.
type Need string

const (
	Public     Need = "public"     // anybody
	SignedIn   Need = "signed_in"  // an account that somebody was invited with
	Account    Need = "account"    // any account, also one that its owner has made to take part
	Admin      Need = "admin"      // administrators of the system
	Organizer  Need = "organizer"  // organizer of {contest}
	Host       Need = "host"       // gives cues in {contest}; organizers too
	Secretary  Need = "secretary"  // tallies in {contest}; organizers too
	Staff      Need = "staff"      // organizer, host or secretary of {contest}
	Judge      Need = "judge"      // judge of {contest}
	Supervisor Need = "supervisor" // supervisor of {contest}; nobody else, administrators neither
	Timekeeper Need = "timekeeper" // keeps the time of {contest}; secretaries and organizers too
	Table      Need = "table"      // staff or supervisor of {contest}: the operation tells a supervisor nothing before the close
	Author     Need = "author"     // writes questions for {contest}; organizers too
	Reviewer   Need = "reviewer"   // reviews the questions of {contest}; organizers too
	Bank       Need = "bank"       // author or reviewer of {contest}
	Crew       Need = "crew"       // staff, supervisor, author or reviewer of {contest}
	Leader     Need = "leader"     // acts for a unit in {contest}: the operation looks which
	Contestant Need = "contestant" // a device signed in as an entry (of {contest} where the path names one)
)

// Access declares the need of each operation by its id, of each live topic ("topic:<pattern>") and each live command
// ("command:<kind>"). What is not in it cannot be registered.
type Access map[string]Need

// Permitted tells whether p meets a need in a contest (0: the need names none).
func Permitted(p account.Principal, need Need, contestID int64) bool {
	switch need {
	case Public:
		return true
	case SignedIn:
		return p.AccountID != 0 && !p.SelfMade
	case Account:
		return p.AccountID != 0
	case Admin:
		return p.AccountID != 0 && p.Admin
	case Organizer:
		return p.Has(contestID, account.RoleOrganizer)
	case Host:
		return p.Has(contestID, account.RoleHost)
	case Secretary:
		return p.Has(contestID, account.RoleSecretary)
	case Staff:
		return p.Has(contestID, account.RoleHost) || p.Has(contestID, account.RoleSecretary)
	case Judge:
		return p.Has(contestID, account.RoleJudge)
	case Supervisor:
		return p.Has(contestID, account.RoleSupervisor)
	case Timekeeper:
		return p.Has(contestID, account.RoleTimekeeper) || p.Has(contestID, account.RoleSecretary)
	case Table:
		return Permitted(p, Staff, contestID) || Permitted(p, Supervisor, contestID)
	case Author:
		return p.Has(contestID, account.RoleAuthor)
	case Reviewer:
		return p.Has(contestID, account.RoleReviewer)
	case Bank:
		return p.Has(contestID, account.RoleAuthor) || p.Has(contestID, account.RoleReviewer)
	case Crew:
		return Permitted(p, Table, contestID) || Permitted(p, Bank, contestID)
	case Leader:
		return p.Has(contestID, account.RoleLeader)
	case Contestant:
		return p.Entry != nil && (contestID == 0 || p.Entry.ContestID == contestID)
	}
	return false
}

// Refusal is the fault for one who may not: 401 when signing in could help, 403 when not.
func Refusal(p account.Principal, need Need) *fault.Fault {
	if need == Contestant && p.Entry == nil || need != Contestant && p.AccountID == 0 {
		return signInFirst
	}
	return notPermitted
}

var (
	signInFirst = fault.New(fault.Unauthenticated, "sign_in_first",
		"Bạn cần đăng nhập để tiếp tục. Những gì đã lưu vẫn an toàn.",
		"Please sign in to go on. Whatever was saved is safe.")
	notPermitted = fault.New(fault.Forbidden, "not_permitted",
		"Tài khoản này không có quyền thực hiện việc này. Hãy liên hệ Ban Tổ chức nếu bạn cần quyền.",
		"This account may not do that. Ask the organizers if you need the permission.")
)

// API is where rooms register their operations.
type API struct {
	Huma   huma.API
	access Access
	seen   map[string]bool
	crowd  *crowd
	log    *slog.Logger
}

// setUpHuma sets what the library keeps once for the whole process; a test may assemble several programs in one.
var setUpHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return newProblem("vi", statusFault(status, msg, errs))
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return newProblem(account.From(ctx.Context()).Locale, statusFault(status, msg, errs))
	}
})

// NewAPI assembles the API on a Fiber app.
func NewAPI(app *fiber.App, access Access, version string, log *slog.Logger) *API {
	format := huma.Format{
		Marshal: func(w io.Writer, v any) error { return json.MarshalWrite(w, v) },
		Unmarshal: func(data []byte, v any) error {
			if hasNUL(data) {
				return errNUL
			}
			return json.Unmarshal(data, v)
		},
	}
	setUpHuma()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: "Hội Thi", Version: version},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName)},
		},
		OpenAPIPath:   "/api/openapi",
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
	}
	return &API{Huma: humafiber.New(app, config), access: access, seen: map[string]bool{},
		crowd: newCrowd(crowdAtOnce, crowdWaiting, crowdPatient), log: log}
}

var errNUL = errors.New("text with a NUL character")

// hasNUL finds the one character that JSON can carry and Postgres cannot keep. In JSON it is always escaped.
func hasNUL(data []byte) bool {
	for rest := data; ; {
		i := bytes.Index(rest, []byte(`u0000`))
		if i < 0 {
			return false
		}
		slashes := 0
		for i-slashes > 0 && rest[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 1 { // an even number is that many backslashes, and then the word u0000
			return true
		}
		rest = rest[i+5:]
	}
}

// Op describes one operation of the API.
type Op struct {
	ID      string // kebab-case, unique; the key of the access table
	Method  string
	Path    string // "{contest}" in it scopes the need to that contest
	Summary string
	Status  int   // of success; 0: 200, or 204 when there is no body
	MaxBody int64 // bytes; 0: 256 KiB
	// Timeout of the handler; 0: 30 s. A request's context does not end when its client leaves.
	Timeout time.Duration
}

// Handle registers an operation. Its need comes from the access table: an operation that is not in it panics at
// start, so that no route can be without one.
func Handle[I, O any](api *API, op Op, h func(ctx context.Context, in *I) (*O, error)) {
	need, ok := api.access[op.ID]
	if !ok {
		panic(fmt.Sprintf("web: operation %q is not in the access table", op.ID))
	}
	api.seen[op.ID] = true
	exportedEmbeds(op.ID, reflect.TypeFor[I]())
	exportedEmbeds(op.ID, reflect.TypeFor[O]())
	if op.MaxBody == 0 {
		op.MaxBody = 256 << 10
	}
	if op.Timeout == 0 {
		op.Timeout = 30 * time.Second
	}
	tag, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/api/"), "/")
	operation := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, DefaultStatus: op.Status,
		Tags: []string{tag}, MaxBodyBytes: op.MaxBody, BodyReadTimeout: -1,
		Middlewares: huma.Middlewares{api.guard(need)},
		Extensions:  map[string]any{"x-need": string(need)},
		Errors:      []int{http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}
	huma.Register(api.Huma, operation, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, op.Timeout)
		defer cancel()
		if need == Public && op.Method == http.MethodGet && unknown(ctx) {
			leave, err := api.crowd.enter(ctx)
			if err != nil {
				return nil, api.problem(ctx, op.ID, err)
			}
			defer leave()
		}
		out, err := h(ctx, in)
		if err != nil {
			return nil, api.problem(ctx, op.ID, err)
		}
		return out, nil
	})
}

// guard lets only those pass who meet the need, before anything of the request is parsed.
func (api *API) guard(need Need) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		p := account.From(ctx.Context())
		var contestID int64
		if raw := ctx.Param("contest"); raw != "" {
			id, err := strconv.ParseInt(raw, 10, 64)
			if err != nil || id <= 0 {
				api.write(ctx, newProblem(p.Locale, fault.NothingHere))
				return
			}
			contestID = id
		}
		if !Permitted(p, need, contestID) {
			api.write(ctx, newProblem(p.Locale, Refusal(p, need)))
			return
		}
		next(cookieContext{ctx, humafiber.Unwrap(ctx)})
	}
}

// cookieContext keeps the cookies of one answer apart: Fiber would join them into one header with a comma, and a
// browser would take only the first.
type cookieContext struct {
	humaContext
	fiber *fiber.Ctx
}

// humaContext has another name than its method Context, so that it can be embedded.
type humaContext huma.Context

// Unwrap lets humafiber find its own context again.
func (c cookieContext) Unwrap() huma.Context { return c.humaContext }

// AppendHeader implements huma.Context.
func (c cookieContext) AppendHeader(name, value string) {
	if name == fiber.HeaderSetCookie {
		c.fiber.Response().Header.Add(name, value)
		return
	}
	c.humaContext.AppendHeader(name, value)
}

func (api *API) write(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	if err := json.MarshalWrite(ctx.BodyWriter(), p); err != nil {
		api.log.Error("writing a problem", "error", err)
	}
}

// problem turns an error into what the reader sees, and logs what he must not.
func (api *API) problem(ctx context.Context, operation string, err error) error {
	f := fault.From(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		if errors.Is(err, context.DeadlineExceeded) {
			f = slow.Because(err)
		}
		api.log.ErrorContext(ctx, "request failed", "operation", operation, "error", err)
	}
	p := newProblem(account.From(ctx).Locale, f)
	if f.RetryAfterSeconds > 0 {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(f.RetryAfterSeconds)}})
	}
	return p
}

var slow = fault.New(fault.Unavailable, "took_too_long",
	"Máy chủ trả lời quá chậm nên thao tác đã dừng. Hãy tải lại để xem đã lưu chưa rồi thử lại.",
	"The server took too long, so this was stopped. Reload to see whether it was saved, then try again.")

// Unregistered lists what the access table declares but nobody registered: a sign of a renamed route.
func (api *API) Unregistered() []string {
	var left []string
	for id := range api.access {
		if !strings.Contains(id, ":") && !api.seen[id] {
			left = append(left, id)
		}
	}
	sort.Strings(left)
	return left
}

// Access gives the table, for the live topics and for tests.
func (api *API) Access() Access { return api.access }

// schemaName names a schema by its package and type ("ContestOrganizerView"): rooms use the same words for their views.
// A struct without a name is called after the operation or the struct around it.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if t.Name() == "" || !strings.HasPrefix(t.PkgPath(), "github.com/hoithi/") {
		return name
	}
	room := path.Base(t.PkgPath())
	if strings.HasPrefix(strings.ToLower(name), room) {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// exportedEmbeds panics on an embedded struct with a lower-case name: Huma passes over it without a word, and its path,
// query and header values would always be empty.
func exportedEmbeds(operation string, t reflect.Type) {
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous {
			continue
		}
		if !f.IsExported() {
			panic(fmt.Sprintf("web: operation %q embeds %s, which Huma cannot see: give it an upper-case name", operation, f.Type))
		}
		exportedEmbeds(operation, f.Type)
	}
}
