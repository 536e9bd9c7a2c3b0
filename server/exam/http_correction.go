package exam

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/web"
)

// ControlItemIn names a version of an item.
type ControlItemIn struct {
	ControlIn
	Version int64 `path:"version" minimum:"1"`
}

type controlItemsOut struct {
	Body struct {
		Items []ControlItem `json:"items"`
		Basis int64         `json:"basis" doc:"The last correction of the round"`
		More  bool          `json:"more" doc:"There are more: use other words"`
	}
}

type controlKeysOut struct {
	Body struct {
		Keys   []ControlKey `json:"keys" doc:"Versions by whose key the answers can be scored, newest first"`
		Others int          `json:"others" doc:"Versions that ask something else"`
	}
}

type controlEffectOut struct{ Body CorrectionEffect }

type controlCorrectedOut struct {
	Body struct {
		Changed int `json:"changed" doc:"Attempts whose score has changed"`
	}
}

// CorrectionBody is how an item is to be scored.
type CorrectionBody struct {
	Policy     scoring.Void `json:"policy" enum:",nobody,everybody" doc:"Empty: it counts"`
	KeyVersion int64        `json:"key_version" minimum:"0" doc:"0: its own key"`
}

func (s *Service) correctionRoutes(api *web.API) {
	web.Handle(api, web.Op{ID: "list-exam-items", Method: http.MethodGet, Path: controlBase + "/items", Summary: "Items that papers of the round can have, and how they are scored"},
		func(ctx context.Context, in *struct {
			ControlIn
			Words   string `query:"q" maxLength:"200"`
			Attempt int64  `query:"attempt" minimum:"0" doc:"With place: the item on somebody's paper"`
			Place   int16  `query:"place" minimum:"0" maximum:"300"`
		}) (*controlItemsOut, error) {
			items, basis, more, err := s.FindItems(ctx, in.Contest, in.Round, in.Words, in.Attempt, in.Place)
			out := &controlItemsOut{}
			if out.Body.Items = items; items == nil {
				out.Body.Items = []ControlItem{}
			}
			out.Body.Basis, out.Body.More = basis, more
			return out, err
		})
	web.Handle(api, web.Op{ID: "list-exam-keys", Method: http.MethodGet, Path: controlBase + "/items/{version}/keys", Summary: "Other keys by which an item can be scored"},
		func(ctx context.Context, in *ControlItemIn) (*controlKeysOut, error) {
			keys, others, err := s.Alternatives(ctx, in.Contest, in.Round, in.Version)
			out := &controlKeysOut{}
			out.Body.Keys, out.Body.Others = keys, others
			return out, err
		})
	web.Handle(api, web.Op{ID: "preview-exam-correction", Method: http.MethodPost, Path: controlBase + "/items/{version}/effect", Summary: "What voiding an item or another key would change; nothing is kept", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ControlItemIn
			Body CorrectionBody
		}) (*controlEffectOut, error) {
			v, err := s.Effect(ctx, in.Contest, in.Round, CorrectionWanted{Version: in.Version, Correction: Correction(in.Body)})
			return &controlEffectOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "correct-exam-item", Method: http.MethodPost, Path: controlBase + "/items/{version}/correct", Summary: "Void an item, or score it by another key", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ControlItemIn
			Body struct {
				CorrectionBody
				Basis  int64  `json:"basis" minimum:"0" doc:"From the preview"`
				Reason string `json:"reason" minLength:"3" maxLength:"500"`
				Appeal int64  `json:"appeal" minimum:"0" doc:"That led to it; 0: none"`
			}
		}) (*controlCorrectedOut, error) {
			n, err := s.Correct(ctx, in.Contest, in.Round, CorrectionWanted{Version: in.Version, Correction: Correction(in.Body.CorrectionBody), Basis: in.Body.Basis,
				Reason: in.Body.Reason, Appeal: in.Body.Appeal})
			out := &controlCorrectedOut{}
			out.Body.Changed = n
			return out, err
		})
}
