package judging

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/web"
)

// SheetIn is the path of an operation on one sheet: a judge's for a performance.
type SheetIn struct {
	PerformanceIn
	Seat int `path:"seat" minimum:"1" maximum:"31"`
}

// RequestIn is the path of an operation on one request.
type RequestIn struct {
	RoundIn
	Request int64 `path:"request" minimum:"1"`
}

// SeenBody says what stood on the signer's screen.
type SeenBody struct {
	Hash string `json:"hash" pattern:"^[0-9a-f]{64}$" doc:"The hash of the view: what is signed is what was seen"`
}

// ReasonBody is a reason.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"2" maxLength:"500"`
}

// RevocationBody asks for a revocation.
type RevocationBody struct {
	ReasonBody
	Correction bool `json:"correction,omitempty" doc:"Needed once the contest's result is final"`
}

type (
	seenIn struct {
		RoundIn
		Body SeenBody
	}
	reasonIn struct {
		RoundIn
		Body ReasonBody
	}
	reopenIn struct {
		SheetIn
		Body ReasonBody
	}
	revokeIn struct {
		RoundIn
		Body RevocationBody
	}
)

// signRoutes registers how a part is signed: the office checks, the head judge closes, the supervisor witnesses, and what
// needs two people is asked at one door and confirmed at another or at the same by another person.
func signRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	web.Handle(api, web.Op{ID: "check-judging", Method: http.MethodPost, Path: base + "/check", Summary: "The secretary has compared all sheets: the head judge can close"},
		func(ctx context.Context, in *seenIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.CheckPart(ctx, in.Contest, in.Round, in.Body.Hash))
		})
	web.Handle(api, web.Op{ID: "send-back-judging", Method: http.MethodPost, Path: base + "/send-back", Summary: "Take the check back, with a reason"},
		func(ctx context.Context, in *reasonIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SendBack(ctx, in.Contest, in.Round, Office, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "set-supervised", Method: http.MethodPut, Path: base + "/supervised", Summary: "Whether the supervisor's signature is wanted"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Wanted bool `json:"wanted"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetSupervised(ctx, in.Contest, in.Round, in.Body.Wanted))
		})
	web.Handle(api, web.Op{ID: "name-head-judge", Method: http.MethodPut, Path: base + "/head", Summary: "Name another judge of the panel its head"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				ReasonBody
				Seat int `json:"seat" minimum:"1" maximum:"31"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.NameHead(ctx, in.Contest, in.Round, in.Body.Seat, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "witness-judging", Method: http.MethodPost, Path: base + "/witness", Summary: "The supervisor signs what the head judge has closed"},
		func(ctx context.Context, in *seenIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.Witness(ctx, in.Contest, in.Round, in.Body.Hash))
		})
	requestRoutes(api, s, base, table)
	minutesRoutes(api, s, base)
	panelSignRoutes(api, s)
}

func requestRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	sheet := base + "/performances/{performance}/sheets/{seat}"
	web.Handle(api, web.Op{ID: "ask-reopen-sheet", Method: http.MethodPost, Path: sheet + "/reopen", Summary: "Ask that a locked sheet be opened again; a second person confirms"},
		func(ctx context.Context, in *reopenIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.AskReopen(ctx, in.Contest, in.Round, in.Performance, in.Seat, Office, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "type-paper-sheet", Method: http.MethodPost, Path: sheet + "/paper", Summary: "Type in the marks of a paper sheet; a second person types them again"},
		func(ctx context.Context, in *struct {
			SheetIn
			Body struct {
				Marks    []MarkValue `json:"marks" minItems:"1" maxItems:"30"`
				Replaces bool        `json:"replaces,omitempty" doc:"In place of what the device had saved; needs a note"`
				Note     string      `json:"note,omitempty" maxLength:"500"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.AskPaper(ctx, in.Contest, in.Round, in.Performance, in.Seat, in.Body.Marks, in.Body.Replaces, in.Body.Note))
		})
	web.Handle(api, web.Op{ID: "ask-revoke-judging", Method: http.MethodPost, Path: base + "/revoke", Summary: "Ask that the signatures of a closed part be revoked; a second person confirms"},
		func(ctx context.Context, in *revokeIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.AskRevoke(ctx, in.Contest, in.Round, Office, in.Body.Correction, in.Body.Reason))
		})
	one := base + "/requests/{request}"
	web.Handle(api, web.Op{ID: "confirm-judging-request", Method: http.MethodPost, Path: one + "/confirm", Summary: "The second person's yes; of paper with the marks typed again"},
		func(ctx context.Context, in *struct {
			RequestIn
			Body struct {
				Marks []MarkValue `json:"marks,omitempty" maxItems:"30"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.Confirm(ctx, in.Contest, in.Round, in.Request, Office, in.Body.Marks))
		})
	web.Handle(api, web.Op{ID: "refuse-judging-request", Method: http.MethodPost, Path: one + "/refuse", Summary: "The second person's no"},
		func(ctx context.Context, in *RequestIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.Refuse(ctx, in.Contest, in.Round, in.Request, Office))
		})
	web.Handle(api, web.Op{ID: "withdraw-judging-request", Method: http.MethodPost, Path: one + "/withdraw", Summary: "Take an own request back"},
		func(ctx context.Context, in *RequestIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.Withdraw(ctx, in.Contest, in.Round, in.Request))
		})
	// The supervisor may be one of the two who revoke, and sees the answer in the table.
	watch := "/api/supervisor/contests/{contest}/rounds/{round}/judging"
	web.Handle(api, web.Op{ID: "ask-revoke-judging-as-supervisor", Method: http.MethodPost, Path: watch + "/revoke", Summary: "Ask that the signatures of a closed part be revoked"},
		func(ctx context.Context, in *revokeIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.AskRevoke(ctx, in.Contest, in.Round, Watch, in.Body.Correction, in.Body.Reason))
		})
	// A confirmed revocation opens the marks again, which a supervisor may not read: nothing is told back.
	decide := func(id, path, summary string, act func(ctx context.Context, in *RequestIn) error) {
		web.Handle(api, web.Op{ID: id, Method: http.MethodPost, Path: watch + "/requests/{request}" + path, Summary: summary},
			func(ctx context.Context, in *RequestIn) (*struct{}, error) { return nil, act(ctx, in) })
	}
	decide("confirm-revocation-as-supervisor", "/confirm", "The supervisor as the second of the two who revoke", func(ctx context.Context, in *RequestIn) error {
		return s.Confirm(ctx, in.Contest, in.Round, in.Request, Watch, nil)
	})
	decide("refuse-revocation-as-supervisor", "/refuse", "The supervisor's no to a revocation", func(ctx context.Context, in *RequestIn) error {
		return s.Refuse(ctx, in.Contest, in.Round, in.Request, Watch)
	})
	decide("withdraw-revocation-as-supervisor", "/withdraw", "The supervisor takes an own request back", func(ctx context.Context, in *RequestIn) error {
		return s.Withdraw(ctx, in.Contest, in.Round, in.Request)
	})
}

func panelSignRoutes(api *web.API, s *Service) {
	const base = "/api/judge/contests/{contest}/rounds/{round}"
	type closeOut struct{ Body JudgeView }
	view := func(ctx context.Context, in RoundIn, err error) (*closeOut, error) {
		if err != nil {
			return nil, err
		}
		v, _, err := s.JudgeView(ctx, in.Contest, in.Round)
		return &closeOut{Body: v}, err
	}
	web.Handle(api, web.Op{ID: "close-judging", Method: http.MethodPost, Path: base + "/close", Summary: "The head judge closes the part that the secretary has checked"},
		func(ctx context.Context, in *seenIn) (*closeOut, error) {
			return view(ctx, in.RoundIn, s.Close(ctx, in.Contest, in.Round, in.Body.Hash))
		})
	web.Handle(api, web.Op{ID: "send-back-judging-as-head", Method: http.MethodPost, Path: base + "/send-back", Summary: "The head judge wants the part to be checked again"},
		func(ctx context.Context, in *reasonIn) (*closeOut, error) {
			return view(ctx, in.RoundIn, s.SendBack(ctx, in.Contest, in.Round, PanelDoor, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "ask-reopen-sheet-as-judge", Method: http.MethodPost, Path: base + "/performances/{performance}/sheets/{seat}/reopen", Summary: "Ask that a locked sheet be opened again: the own one, or as the head judge any"},
		func(ctx context.Context, in *reopenIn) (*closeOut, error) {
			return view(ctx, in.RoundIn, s.AskReopen(ctx, in.Contest, in.Round, in.Performance, in.Seat, PanelDoor, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "ask-revoke-judging-as-head", Method: http.MethodPost, Path: base + "/revoke", Summary: "Ask that the signatures of a closed part be revoked"},
		func(ctx context.Context, in *revokeIn) (*closeOut, error) {
			return view(ctx, in.RoundIn, s.AskRevoke(ctx, in.Contest, in.Round, PanelDoor, in.Body.Correction, in.Body.Reason))
		})
	one := base + "/requests/{request}"
	decide := func(id, path, summary string, act func(ctx context.Context, in *RequestIn) error) {
		web.Handle(api, web.Op{ID: id, Method: http.MethodPost, Path: one + path, Summary: summary},
			func(ctx context.Context, in *RequestIn) (*closeOut, error) {
				return view(ctx, in.RoundIn, act(ctx, in))
			})
	}
	decide("confirm-judging-request-as-judge", "/confirm", "The second person's yes", func(ctx context.Context, in *RequestIn) error {
		return s.Confirm(ctx, in.Contest, in.Round, in.Request, PanelDoor, nil)
	})
	decide("refuse-judging-request-as-judge", "/refuse", "The second person's no", func(ctx context.Context, in *RequestIn) error {
		return s.Refuse(ctx, in.Contest, in.Round, in.Request, PanelDoor)
	})
	decide("withdraw-judging-request-as-judge", "/withdraw", "Take an own request back", func(ctx context.Context, in *RequestIn) error {
		return s.Withdraw(ctx, in.Contest, in.Round, in.Request)
	})
}
