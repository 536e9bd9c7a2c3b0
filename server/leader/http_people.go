package leader

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

func peopleRoutes(api *web.API, s *Service) {
	type ledPeopleOut struct {
		Body struct {
			People   []LeaderPersonView `json:"people"`
			Total    int                `json:"total"`
			PageSize int                `json:"page_size"`
		}
	}
	web.Handle(api, web.Op{ID: "list-led-people", Method: http.MethodGet, Path: base + "/people", Summary: "Entries and registrations of my units"},
		func(ctx context.Context, in *struct {
			ContestIn
			Words    string `query:"q" maxLength:"200" doc:"In names, members, phone numbers; or a candidate number"`
			State    string `query:"state" enum:"pending,waitlisted,rejected,withdrawn,active"`
			Division int64  `query:"division" minimum:"0"`
			Unit     int64  `query:"unit" minimum:"0"`
			Page     int    `query:"page" minimum:"1" maximum:"10000" default:"1"`
		}) (*ledPeopleOut, error) {
			people, total, err := s.People(ctx, in.Contest, Filter{Words: in.Words, State: in.State, DivisionID: in.Division, UnitID: in.Unit, Page: in.Page})
			out := &ledPeopleOut{}
			out.Body.Total, out.Body.PageSize = total, PageSize
			for _, p := range people {
				out.Body.People = append(out.Body.People, personView(p, account.From(ctx).Locale))
			}
			return out, err
		})
	type ledRegisteredOut struct {
		Body struct {
			ID    int64                    `json:"id"`
			State roster.RegistrationState `json:"state" enum:"pending,waitlisted"`
		}
	}
	registered := func(r roster.Registered, err error) (*ledRegisteredOut, error) {
		out := &ledRegisteredOut{}
		out.Body.ID, out.Body.State = r.ID, r.State
		return out, err
	}
	web.Handle(api, web.Op{ID: "register-led", Method: http.MethodPost, Path: base + "/registrations", Summary: "Register a person or team of my units", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				roster.DraftView
				Consent roster.LedConsent `json:"consent"`
			}
		}) (*ledRegisteredOut, error) {
			return registered(s.Register(ctx, in.Contest, in.Body.Draft(), in.Body.Consent))
		})
	type ledDraftOut struct {
		Body struct {
			Draft roster.DraftView         `json:"draft"`
			State roster.RegistrationState `json:"state" enum:"pending,waitlisted,approved,rejected,withdrawn"`
		}
	}
	drafted := func(d roster.Draft, state roster.RegistrationState, err error) (*ledDraftOut, error) {
		out := &ledDraftOut{}
		out.Body.Draft, out.Body.State = roster.DraftViewOf(d), state
		return out, err
	}
	web.Handle(api, web.Op{ID: "get-led-registration", Method: http.MethodGet, Path: base + "/registrations/{registration}", Summary: "A registration of my units, to be changed"},
		func(ctx context.Context, in *RegistrationIn) (*ledDraftOut, error) {
			return drafted(s.Draft(ctx, in.Contest, roster.LedOne{RegistrationID: in.Registration}))
		})
	web.Handle(api, web.Op{ID: "get-led-entry", Method: http.MethodGet, Path: base + "/entries/{entry}", Summary: "An entry of my units, to ask for a change of it"},
		func(ctx context.Context, in *EntryIn) (*ledDraftOut, error) {
			return drafted(s.Draft(ctx, in.Contest, roster.LedOne{EntryID: in.Entry}))
		})
	web.Handle(api, web.Op{ID: "change-led-registration", Method: http.MethodPut, Path: base + "/registrations/{registration}", Summary: "Change a registration of my units that still waits"},
		func(ctx context.Context, in *struct {
			RegistrationIn
			Body roster.DraftView
		}) (*ledRegisteredOut, error) {
			return registered(s.Change(ctx, in.Contest, in.Registration, in.Body.Draft()))
		})
	changeRoutes(api, s)
	web.Handle(api, web.Op{ID: "withdraw-led-registration", Method: http.MethodPost, Path: base + "/registrations/{registration}/withdraw", Summary: "Take back a registration of my units that still waits"},
		func(ctx context.Context, in *struct {
			RegistrationIn
			Body ReasonIn
		}) (*struct{}, error) {
			return nil, s.WithdrawRegistration(ctx, in.Contest, in.Registration, in.Body.Reason)
		})
	web.Handle(api, web.Op{ID: "withdraw-led-entry", Method: http.MethodPost, Path: base + "/entries/{entry}/withdraw", Summary: "Take an entry of my units out of the contest"},
		func(ctx context.Context, in *struct {
			EntryIn
			Body ReasonIn
		}) (*struct{}, error) {
			return nil, s.WithdrawEntry(ctx, in.Contest, in.Entry, in.Body.Reason)
		})
	type ledReissuedOut struct {
		Body struct {
			Code string `json:"code" doc:"In groups of four"`
			Path string `json:"path" doc:"The new personal link on this server"`
		}
	}
	web.Handle(api, web.Op{ID: "reissue-led-code", Method: http.MethodPost, Path: base + "/entries/{entry}/code", Summary: "Issue a new code and link to an entry of my units; the old ones stop at once"},
		func(ctx context.Context, in *EntryIn) (*ledReissuedOut, error) {
			fresh, err := s.Reissue(ctx, in.Contest, in.Entry)
			out := &ledReissuedOut{}
			out.Body.Code, out.Body.Path = export.GroupCode(fresh.Code), roster.EntryPath+"#"+fresh.Link
			return out, err
		})
}

// AskIn is what a leader would like to have changed, and why.
type AskIn struct {
	roster.DraftView
	Note string `json:"note" maxLength:"500" doc:"Why"`
}

// changeRoutes are the requests for a change of a registration, and of an entry that may have come without one.
func changeRoutes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "ask-led-change", Method: http.MethodPost, Path: base + "/registrations/{registration}/change", Summary: "Ask the organizers for a change of what is decided or closed"},
		func(ctx context.Context, in *struct {
			RegistrationIn
			Body AskIn
		}) (*struct{}, error) {
			return nil, s.AskChange(ctx, in.Contest, roster.LedOne{RegistrationID: in.Registration}, in.Body.Draft(), in.Body.Note)
		})
	web.Handle(api, web.Op{ID: "ask-led-entry-change", Method: http.MethodPost, Path: base + "/entries/{entry}/change", Summary: "Ask the organizers for a change of an entry of my units"},
		func(ctx context.Context, in *struct {
			EntryIn
			Body AskIn
		}) (*struct{}, error) {
			return nil, s.AskChange(ctx, in.Contest, roster.LedOne{EntryID: in.Entry}, in.Body.Draft(), in.Body.Note)
		})
	web.Handle(api, web.Op{ID: "withdraw-led-change", Method: http.MethodPost, Path: base + "/registrations/{registration}/change/withdraw", Summary: "Take back a request for a change"},
		func(ctx context.Context, in *RegistrationIn) (*struct{}, error) {
			return nil, s.WithdrawChange(ctx, in.Contest, roster.LedOne{RegistrationID: in.Registration})
		})
	web.Handle(api, web.Op{ID: "withdraw-led-entry-change", Method: http.MethodPost, Path: base + "/entries/{entry}/change/withdraw", Summary: "Take back a request for a change of an entry of my units"},
		func(ctx context.Context, in *EntryIn) (*struct{}, error) {
			return nil, s.WithdrawChange(ctx, in.Contest, roster.LedOne{EntryID: in.Entry})
		})
}
