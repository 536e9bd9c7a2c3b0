package roster

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// OwnChangeView is what somebody who is in as an entry may have corrected, and how the requests for it stand.
type OwnChangeView struct {
	Kind         Kind                `json:"kind" enum:"person,team"`
	TeamMin      int                 `json:"team_min"`
	TeamMax      int                 `json:"team_max"`
	Divisions    []contest.Division  `json:"divisions"`
	Units        []FormUnit          `json:"units" doc:"The contest's, and the own one"`
	UnitRequired bool                `json:"unit_required"`
	Fields       []Field             `json:"fields" doc:"Asked of every person"`
	Draft        DraftView           `json:"draft" doc:"As it stands now; citizen numbers masked"`
	Changes      []ReceiptChangeView `json:"changes" doc:"Requests, oldest first"`
	CanAsk       bool                `json:"can_ask"`
}

func ownChangeView(o OwnChange, locale string) OwnChangeView {
	v := OwnChangeView{Kind: o.Rules.Kind, TeamMin: o.Rules.TeamMin, TeamMax: o.Rules.TeamMax, Divisions: o.Rules.Divisions, Units: []FormUnit{},
		UnitRequired: o.Rules.Field(KeyUnit).Required, Fields: notNil(o.Rules.Asked()), Draft: draftView(o.Draft), Changes: changeViews(o.Changes, locale), CanAsk: o.CanAsk}
	for _, u := range o.Units {
		v.Units = append(v.Units, FormUnit{ID: u.ID, Name: u.Name})
	}
	return v
}

func ownRoutes(api *web.API, s *Service) {
	type ownChangeOut struct{ Body OwnChangeView }
	const path = "/api/contestant/my-data/change"
	look := func(ctx context.Context, err error) (*ownChangeOut, error) {
		if err != nil {
			return nil, err
		}
		e := account.From(ctx).Entry
		o, err := s.OwnChanges(ctx, e.ContestID, e.EntryID)
		if err != nil {
			return nil, err
		}
		return &ownChangeOut{Body: ownChangeView(o, account.From(ctx).Locale)}, nil
	}
	web.Handle(api, web.Op{ID: "look-at-my-change", Method: http.MethodGet, Path: path, Summary: "What I may have corrected, and how my requests for it stand"},
		func(ctx context.Context, _ *struct{}) (*ownChangeOut, error) { return look(ctx, nil) })
	web.Handle(api, web.Op{ID: "ask-my-change", Method: http.MethodPost, Path: path, Summary: "Ask the organizers to correct what is known of me", MaxBody: 64 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				DraftView
				Note string `json:"note,omitempty" maxLength:"500"`
			}
		}) (*ownChangeOut, error) {
			e := account.From(ctx).Entry
			return look(ctx, s.AskOwnChange(ctx, e.ContestID, e.EntryID, in.Body.draft(), in.Body.Note))
		})
	web.Handle(api, web.Op{ID: "withdraw-my-change", Method: http.MethodPost, Path: path + "/withdraw", Summary: "Take back my request for a correction"},
		func(ctx context.Context, _ *struct{}) (*ownChangeOut, error) {
			e := account.From(ctx).Entry
			return look(ctx, s.WithdrawOwnChange(ctx, e.ContestID, e.EntryID))
		})
}
