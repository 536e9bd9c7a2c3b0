package exam

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// RoundOverride is an exception as organizers see it.
type RoundOverride struct {
	ID          int64  `json:"id"`
	State       State  `json:"state" enum:"asked,granted,refused,revoked"`
	PeriodID    int64  `json:"period_id,omitzero" doc:"0: all"`
	EntryID     int64  `json:"entry_id,omitzero"`
	Number      string `json:"number,omitempty"`
	UnitID      int64  `json:"unit_id,omitzero"`
	Name        string `json:"name" doc:"Of the entry, or of the unit"`
	ExtraUs     int64  `json:"extra_us,omitzero"`
	OpensUs     int64  `json:"opens_us,omitzero"`
	ClosesUs    int64  `json:"closes_us,omitzero"`
	Attempts    int    `json:"attempts,omitzero"`
	Reason      string `json:"reason"`
	AskedUs     int64  `json:"asked_us"`
	AskedName   string `json:"asked_name"`
	DecidedUs   int64  `json:"decided_us,omitzero"`
	DecidedName string `json:"decided_name,omitempty"`
	Decision    string `json:"decision,omitempty" doc:"The second person's word, or why it was taken back"`
	RevokedUs   int64  `json:"revoked_us,omitzero"`
	RevokedName string `json:"revoked_name,omitempty"`
	Mine        bool   `json:"mine" doc:"The asking account asked for it, and so can't grant it"`
}

// ExceptionBody is an exception that is asked for.
type ExceptionBody struct {
	PeriodID int64  `json:"period_id" minimum:"0" doc:"0: all"`
	EntryID  int64  `json:"entry_id" minimum:"0"`
	UnitID   int64  `json:"unit_id" minimum:"0" doc:"With everything below it; one of entry and unit"`
	ExtraS   int64  `json:"extra_s" minimum:"0" maximum:"86400"`
	OpensUs  int64  `json:"opens_us" minimum:"0" doc:"0: the period's"`
	ClosesUs int64  `json:"closes_us" minimum:"0"`
	Attempts int    `json:"attempts" minimum:"0" maximum:"100"`
	Reason   string `json:"reason" maxLength:"500"`
}

func (b ExceptionBody) wanted() OverrideWanted {
	return OverrideWanted{PeriodID: b.PeriodID, EntryID: b.EntryID, UnitID: b.UnitID, ExtraUs: b.ExtraS * timeSecondUs, OpensUs: b.OpensUs, ClosesUs: b.ClosesUs,
		Attempts: b.Attempts, Reason: b.Reason}
}

// ExceptionIn asks for an exception.
type ExceptionIn struct {
	ControlIn
	Body ExceptionBody
}

// ExceptionByIn names one.
type ExceptionByIn struct {
	ControlIn
	Override int64 `path:"override" minimum:"1"`
}

type controlOverridesOut struct {
	Body struct {
		Overrides []RoundOverride `json:"overrides" doc:"Those that wait first"`
	}
}

type controlOverrideOut struct{ Body OverrideEffect }

func (s *Service) overrideRoutes(api *web.API) {
	out := func(e OverrideEffect, err error) (*controlOverrideOut, error) {
		return &controlOverrideOut{Body: e}, err
	}
	web.Handle(api, web.Op{ID: "list-exam-overrides", Method: http.MethodGet, Path: controlBase + "/overrides", Summary: "Exceptions with who, when and why"},
		func(ctx context.Context, in *ControlIn) (*controlOverridesOut, error) {
			list, err := s.overrideViews(ctx, in.Contest, in.Round)
			o := &controlOverridesOut{}
			o.Body.Overrides = list
			return o, err
		})
	web.Handle(api, web.Op{ID: "preview-exam-override", Method: http.MethodPost, Path: controlBase + "/overrides/preview", Summary: "What an exception would do now; nothing is kept"},
		func(ctx context.Context, in *ExceptionIn) (*controlOverrideOut, error) {
			return out(s.AskOverride(ctx, in.Contest, in.Round, in.Body.wanted(), true))
		})
	web.Handle(api, web.Op{ID: "ask-exam-override", Method: http.MethodPost, Path: controlBase + "/overrides", Summary: "An exception for a unit, or the wish for one for an entry"},
		func(ctx context.Context, in *ExceptionIn) (*controlOverrideOut, error) {
			return out(s.AskOverride(ctx, in.Contest, in.Round, in.Body.wanted(), false))
		})
	web.Handle(api, web.Op{ID: "decide-exam-override", Method: http.MethodPost, Path: controlBase + "/overrides/{override}/decide", Summary: "The second person's word"},
		func(ctx context.Context, in *struct {
			ExceptionByIn
			Body struct {
				Grant bool   `json:"grant"`
				Word  string `json:"word" maxLength:"500" doc:"Needed to refuse"`
			}
		}) (*controlOverrideOut, error) {
			return out(s.DecideOverride(ctx, in.Contest, in.Round, in.Override, in.Body.Grant, in.Body.Word))
		})
	web.Handle(api, web.Op{ID: "revoke-exam-override", Method: http.MethodPost, Path: controlBase + "/overrides/{override}/revoke", Summary: "Take an exception back"},
		func(ctx context.Context, in *struct {
			ExceptionByIn
			Body struct {
				Reason string `json:"reason" minLength:"3" maxLength:"500"`
			}
		}) (*controlOverrideOut, error) {
			return out(s.RevokeOverride(ctx, in.Contest, in.Round, in.Override, in.Body.Reason))
		})
}

func (s *Service) overrideViews(ctx context.Context, contestID, roundID int64) ([]RoundOverride, error) {
	rows, err := s.OverrideList(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	events, err := s.Events(ctx, roundID)
	if err != nil {
		return nil, err
	}
	names, err := s.accountNames(ctx, events)
	if err != nil {
		return nil, err
	}
	last := map[int64]Event{}
	for _, e := range events {
		if e.Kind == EventOverride {
			last[e.Override] = e
		}
	}
	value := func(p *int64) int64 {
		if p == nil {
			return 0
		}
		return *p
	}
	me := account.From(ctx).AccountID
	list := make([]RoundOverride, 0, len(rows))
	for _, o := range rows {
		v := RoundOverride{ID: o.ID, State: State(o.State), PeriodID: value(o.PeriodID), EntryID: value(o.EntryID), UnitID: value(o.UnitID), Name: o.UnitName,
			ExtraUs: o.ExtraUs, OpensUs: value(o.OpensUs), ClosesUs: value(o.ClosesUs), Attempts: int(o.Attempts), Reason: o.Reason, AskedUs: o.AskedUs,
			AskedName: o.AskedName, DecidedUs: o.DecidedUs, DecidedName: o.DecidedName, Decision: o.Decision, Mine: o.AskedBy == me}
		if o.EntryID != nil {
			v.Name, v.Number = o.EntryName, roster.NumberText(int(o.EntryNumber))
		}
		if v.State == OverrideRevoked {
			v.RevokedUs, v.RevokedName = last[o.ID].AtUs, names[last[o.ID].By]
		}
		list = append(list, v)
	}
	return list, nil
}
