package contest

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/web"
)

// ActView is one line of the contest's record as the organizers read it.
type ActView struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor" doc:"The name as it was then; 'system', 'entry' and 'visitor' name no person"`
	Action  string    `json:"action" doc:"room.verb, such as contest.state"`
	Payload any       `json:"payload,omitempty" doc:"What the act was about; its form depends on the action"`
}

// auditPage is how many events one page of the record holds.
const auditPage = 50

// auditOut is one page of a record.
type auditOut struct {
	Body struct {
		Events []ActView `json:"events" doc:"Newest first"`
		More   bool      `json:"more" doc:"There are older ones"`
	}
}

// auditCheckOut says whether a record is whole.
type auditCheckOut struct {
	Body struct {
		Events   int64 `json:"events" doc:"How many were checked"`
		BrokenAt int64 `json:"broken_at" doc:"Seq of the first event that was changed or is missing; 0: the chain is whole"`
	}
}

// systemChain holds what belongs to no contest: acts on the tree of units, passwords.
const systemChain = 0

// auditRoutes registers reading a contest's record, and the system's own. Nothing writes to them from outside.
func auditRoutes(api *web.API, s *Service) {
	const base, system = "/api/organizer/contests/{contest}/audit", "/api/organizer/audit"
	web.Handle(api, web.Op{ID: "list-audit", Method: http.MethodGet, Path: base, Summary: "Who did what when, newest first"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
			Before  int64 `query:"before" minimum:"0" doc:"Only events older than this seq; 0: from the newest"`
		}) (*auditOut, error) {
			return s.auditPage(ctx, in.Contest, in.Before)
		})
	web.Handle(api, web.Op{ID: "check-audit", Method: http.MethodGet, Path: base + "/check", Summary: "Whether the record is whole and unchanged"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
		}) (*auditCheckOut, error) {
			return s.auditCheck(ctx, in.Contest)
		})
	web.Handle(api, web.Op{ID: "list-system-audit", Method: http.MethodGet, Path: system, Summary: "Who did what outside of any contest, newest first"},
		func(ctx context.Context, in *struct {
			Before int64 `query:"before" minimum:"0" doc:"Only events older than this seq; 0: from the newest"`
		}) (*auditOut, error) {
			return s.auditPage(ctx, systemChain, in.Before)
		})
	web.Handle(api, web.Op{ID: "check-system-audit", Method: http.MethodGet, Path: system + "/check", Summary: "Whether the system's record is whole and unchanged"},
		func(ctx context.Context, _ *struct{}) (*auditCheckOut, error) {
			return s.auditCheck(ctx, systemChain)
		})
}

func (s *Service) auditPage(ctx context.Context, chain, before int64) (*auditOut, error) {
	events, err := audit.List(ctx, s.db, chain, before, auditPage+1)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	out := &auditOut{}
	out.Body.Events = []ActView{}
	if out.Body.More = len(events) > auditPage; out.Body.More {
		events = events[:auditPage]
	}
	for _, e := range events {
		v := ActView{Seq: e.Seq, At: time.UnixMicro(e.AtUs).UTC(), Actor: e.Actor, Action: e.Action}
		if err := json.Unmarshal(e.Payload, &v.Payload); err != nil {
			v.Payload = nil // a broken payload must not hide that the act took place; checking the chain tells
		}
		out.Body.Events = append(out.Body.Events, v)
	}
	return out, nil
}

func (s *Service) auditCheck(ctx context.Context, chain int64) (*auditCheckOut, error) {
	out := &auditCheckOut{}
	var err error
	if out.Body.Events, out.Body.BrokenAt, err = audit.Verify(ctx, s.db, chain); err != nil {
		return nil, postgres.Fault(err)
	}
	return out, nil
}
