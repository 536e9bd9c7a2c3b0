package judging

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/web"
)

// SeatIn is the path of an operation on one seat of a panel.
type SeatIn struct {
	RoundIn
	Seat int `path:"seat" minimum:"1" maximum:"31"`
}

// panelRoutes registers what surrounds the panel: ties, blindness, lots, changes on the night, and taking over from
// another part.
func panelRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	panelLists(api, s, base)
	drawRoutes(api, s, base)
	web.Handle(api, web.Op{ID: "replace-judge", Method: http.MethodPost, Path: base + "/panel/{seat}/replacement", Summary: "Seat another judge in the place of one who has given no mark"},
		func(ctx context.Context, in *struct {
			SeatIn
			Body struct {
				Account int64  `json:"account" minimum:"1"`
				Reason  string `json:"reason" minLength:"2" maxLength:"500"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.Replace(ctx, in.Contest, in.Round, in.Seat, in.Body.Account, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "set-judge-ties", Method: http.MethodPut, Path: base + "/panel/{seat}/ties", Summary: "A judge's own unit and declared ties, for all rounds of the contest"},
		func(ctx context.Context, in *struct {
			SeatIn
			Body struct {
				UnitID int64  `json:"unit_id,omitempty" minimum:"0" doc:"0: not given"`
				Ties   []Tie  `json:"ties,omitempty" maxItems:"50"`
				Reason string `json:"reason,omitempty" maxLength:"500" doc:"Needed once a performance has begun"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetTies(ctx, in.Contest, in.Round, in.Seat, JudgeTies{UnitID: in.Body.UnitID, Ties: in.Body.Ties}, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "set-conflict-rule", Method: http.MethodPut, Path: base + "/conflict", Summary: "What a judge's tie to an entry does; before the first performance"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Rule ConflictRule `json:"rule" enum:"none,flag,bar"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetConflictRule(ctx, in.Contest, in.Round, in.Body.Rule))
		})
	web.Handle(api, web.Op{ID: "set-blind", Method: http.MethodPut, Path: base + "/blind", Summary: "Let codes stand for the entries until the close, and say who holds the names"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Blind  bool   `json:"blind"`
				Keeper int64  `json:"keeper,omitempty" minimum:"0" doc:"Account that alone sees the names"`
				Reason string `json:"reason,omitempty" maxLength:"500" doc:"Needed to hand the names over"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetBlind(ctx, in.Contest, in.Round, in.Body.Blind, in.Body.Keeper, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "set-lots", Method: http.MethodPut, Path: base + "/order/lots", Summary: "Set the running order by lots that were drawn in the room"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body RoomDraw
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetLots(ctx, in.Contest, in.Round, in.Body))
		})
	web.Handle(api, web.Op{ID: "change-running-order", Method: http.MethodPost, Path: base + "/order/changes", Summary: "Move a turn to come, put it last, leave it out or bring it back, with a reason"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body NewChange
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.ChangeOrder(ctx, in.Contest, in.Round, in.Body))
		})
	web.Handle(api, web.Op{ID: "copy-judging", Method: http.MethodPost, Path: base + "/copy", Summary: "Take over rubric, panel or running order of another round"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body CopyOf
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.CopyFrom(ctx, in.Contest, in.Round, in.Body))
		})
}

func panelLists(api *web.API, s *Service, base string) {
	type judgedPartsOut struct {
		Body struct {
			Parts []Part `json:"parts"`
		}
	}
	type tiesOut struct {
		Body struct {
			Judges  []JudgeTies `json:"judges"`
			Keepers []Keeper    `json:"keepers" doc:"Who may hold the names of a blind round"`
		}
	}
	type sourcesOut struct {
		Body struct {
			Sources []Source `json:"sources"`
		}
	}
	type templatesOut struct {
		Body struct {
			Templates []RubricTemplate `json:"templates"`
		}
	}
	web.Handle(api, web.Op{ID: "list-judging-parts", Method: http.MethodGet, Path: "/api/organizer/contests/{contest}/judging/parts", Summary: "The judged parts of the contest, with what each still needs"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
		}) (*judgedPartsOut, error) {
			parts, err := s.Parts(ctx, in.Contest)
			out := &judgedPartsOut{}
			out.Body.Parts = parts
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-judge-ties", Method: http.MethodGet, Path: "/api/organizer/contests/{contest}/judging/ties", Summary: "Own units and declared ties of the judges"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
		}) (*tiesOut, error) {
			out := &tiesOut{}
			var err error
			if out.Body.Judges, err = s.Ties(ctx, in.Contest); err != nil {
				return nil, err
			}
			out.Body.Keepers, err = s.Keepers(ctx, in.Contest)
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-judging-sources", Method: http.MethodGet, Path: base + "/sources", Summary: "Rounds whose rubric and panel may be taken over"},
		func(ctx context.Context, in *RoundIn) (*sourcesOut, error) {
			list, err := s.Sources(ctx, in.Round)
			out := &sourcesOut{}
			out.Body.Sources = list
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-rubric-templates", Method: http.MethodGet, Path: "/api/organizer/rubric-templates", Summary: "Rubrics of the usual parts of a final"},
		func(_ context.Context, _ *struct{}) (*templatesOut, error) {
			out := &templatesOut{}
			out.Body.Templates = RubricTemplates()
			return out, nil
		})
}
