package unit

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// ActView is something that was done to the tree. Who did it stands in the system's record.
type ActView struct {
	ID       int64      `json:"id"`
	Kind     ActKind    `json:"kind" enum:"found,rename,move,merge,split,dissolve,correct,import"`
	Day      Day        `json:"day" doc:"From when it holds; empty: of an import, each row has its own"`
	Ground   string     `json:"ground"`
	At       time.Time  `json:"at"`
	Names    []string   `json:"names" doc:"The first units it was done to, as they were called then"`
	LeadsTo  []string   `json:"leads_to" doc:"New names, successors, the new parent (empty: the top)"`
	Changed  int        `json:"changed" doc:"How many units it has made or changed"`
	UndoneAt *time.Time `json:"undone_at,omitempty"`
	Reason   string     `json:"reason" doc:"Why it was taken back"`
	Newest   bool       `json:"newest" doc:"It is the one that may be taken back next"`
}

// RestView is something that rests on an act.
type RestView struct {
	Kind   RestKind `json:"kind"`
	Blocks bool     `json:"blocks" doc:"It would be lost or made wrong, so the act can't be taken back"`
	Text   string   `json:"text" doc:"In the reader's language"`
}

// UndoView is what taking back an act does.
type UndoView struct {
	Act     ActView      `json:"act"`
	Effects []EffectView `json:"effects"`
	Rests   []RestView   `json:"rests"`
	Blocked bool         `json:"blocked"`
}

func actView(a Act, newest int64) ActView {
	return ActView{ID: a.ID, Kind: a.Kind, Day: a.Day, Ground: a.Ground, At: a.At, Names: a.Names, LeadsTo: a.LeadsTo, Changed: a.Changed,
		UndoneAt: a.UndoneAt, Reason: a.Reason, Newest: a.ID == newest && a.UndoneAt == nil}
}

func undoView(u Undoing, locale string) UndoView {
	v := UndoView{Act: actView(u.Act, u.Act.ID), Effects: effectViews(u.Effects), Rests: []RestView{}, Blocked: u.Blocked()}
	for _, r := range u.Rests {
		vi, en := r.words()
		v.Rests = append(v.Rests, RestView{Kind: r.Kind, Blocks: r.Blocks, Text: pick(locale, vi, en)})
	}
	return v
}

// actsPage is how many acts one page of the list holds.
const actsPage = 50

func actRoutes(api *web.API, s *Service) {
	type treeActsOut struct {
		Body struct {
			Acts []ActView `json:"acts" doc:"Newest first"`
			More bool      `json:"more" doc:"There are older ones"`
		}
	}
	web.Handle(api, web.Op{ID: "list-unit-acts", Method: http.MethodGet, Path: base + "/acts", Summary: "What was done to the tree, or to one unit"},
		func(ctx context.Context, in *struct {
			Unit   int64 `query:"unit" minimum:"0" doc:"0: to the whole tree"`
			Before int64 `query:"before" minimum:"0" doc:"Only acts older than this one; 0: from the newest"`
		}) (*treeActsOut, error) {
			acts, newest, err := s.Acts(ctx, in.Unit, in.Before, actsPage+1)
			if err != nil {
				return nil, err
			}
			out := &treeActsOut{}
			out.Body.Acts = []ActView{}
			if out.Body.More = len(acts) > actsPage; out.Body.More {
				acts = acts[:actsPage]
			}
			for _, a := range acts {
				out.Body.Acts = append(out.Body.Acts, actView(a, newest))
			}
			return out, nil
		})
	type undoOut struct{ Body UndoView }
	web.Handle(api, web.Op{ID: "preview-unit-undo", Method: http.MethodGet, Path: base + "/acts/{act}/undo", Summary: "What taking back an act would do, and what rests on it"},
		func(ctx context.Context, in *struct {
			Act int64 `path:"act" minimum:"1"`
		}) (*undoOut, error) {
			u, err := s.ForeseeUndo(ctx, in.Act)
			if err != nil {
				return nil, err
			}
			return &undoOut{Body: undoView(u, account.From(ctx).Locale)}, nil
		})
	web.Handle(api, web.Op{ID: "undo-unit-act", Method: http.MethodPost, Path: base + "/acts/{act}/undo", Summary: "Take back the newest act on the tree; act and undo stay on record"},
		func(ctx context.Context, in *struct {
			Act  int64 `path:"act" minimum:"1"`
			Body struct {
				Reason string `json:"reason" maxLength:"1000"`
			}
		}) (*undoOut, error) {
			u, err := s.UndoAct(ctx, in.Act, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return &undoOut{Body: undoView(u, account.From(ctx).Locale)}, nil
		})
}
