package stage

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/web"
)

// SetupView is a host-led round as organizers set it up.
type SetupView struct {
	RoundID  int64           `json:"round_id"`
	Name     string          `json:"name"`
	Version  int64           `json:"version" doc:"To be sent back with a change"`
	Phase    Phase           `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	Editable bool            `json:"editable" doc:"Not any more once the round has started"`
	Settings Settings        `json:"settings"`
	Items    []SetupItemView `json:"items"`
	MaxScore int64           `json:"max_score" doc:"The most that can be reached, in hundredths of a point"`
}

// SetupItemView is a line of the timeline with what it asks.
type SetupItemView struct {
	SetupItem
	ItemID   int64         `json:"item_id"`
	Question bank.Question `json:"question"`
	Barred   Bar           `json:"barred" enum:",retired,unapproved,lapsed" doc:"Why it could not be put into a round now; empty: it could"`
}

// ScoreView is an entry's score in the round so far.
type ScoreView struct {
	EntryID int64 `json:"entry_id"`
	Points  int64 `json:"points" doc:"Hundredths of a point"`
	Correct int   `json:"correct"`
	TimeUs  int64 `json:"time_us" doc:"Used for right answers"`
}

type RoundIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

type SealedIn struct {
	Round  int64  `path:"round" minimum:"1"`
	Sealed string `path:"sealed" pattern:"^[0-9a-f]{32}$"`
}

type sealedOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         func(huma.Context)
}

type setupOut struct{ Body SetupView }

type PlayIn struct {
	RoundIn
	Play int32 `path:"play" minimum:"1"`
}

type correctionsOut struct{ Body Corrections }

type scoresOut struct {
	Body struct {
		Scores []ScoreView `json:"scores"`
	}
}

type settingsIn struct {
	RoundIn
	Body struct {
		Version  int64    `json:"version" minimum:"1"`
		Settings Settings `json:"settings"`
	}
}

type itemsIn struct {
	RoundIn
	Body struct {
		Version int64        `json:"version" minimum:"1"`
		Items   []ItemWanted `json:"items" maxItems:"200" doc:"In order"`
	}
}

// ItemWanted is a line of the timeline as organizers choose it.
type ItemWanted struct {
	VersionID int64  `json:"version_id" minimum:"1"`
	Points    *int64 `json:"points,omitempty" minimum:"0" maximum:"10000000"`
	DurationS *int64 `json:"duration_s,omitempty" minimum:"3" maximum:"3600"`
	Reserve   bool   `json:"reserve,omitempty"`
}

func setupView(s Setup) SetupView {
	v := SetupView{RoundID: s.Round.ID, Name: s.Round.Name, Version: s.Version, Phase: s.Phase, Settings: s.Settings,
		Editable: s.Phase == PhasePlanned || s.Phase == PhaseReady, Items: make([]SetupItemView, 0, len(s.Items)),
		MaxScore: maxScore(frozenItems(s.Settings, s.Items))}
	for _, it := range s.Items {
		v.Items = append(v.Items, SetupItemView{SetupItem: it, ItemID: s.Contents[it.VersionID].ItemID, Question: s.Contents[it.VersionID].question(), Barred: s.Contents[it.VersionID].Bar})
	}
	return v
}

// Routes registers the operations of host-led rounds; the round itself runs over the socket.
func Routes(api *web.API, s *Service) {
	const path = "/api/organizer/contests/{contest}/rounds/{round}/stage"
	out := func(setup Setup, err error) (*setupOut, error) {
		if err != nil {
			return nil, err
		}
		return &setupOut{Body: setupView(setup)}, nil
	}
	web.Handle(api, web.Op{ID: "get-stage", Method: http.MethodGet, Path: path, Summary: "Settings and timeline of a host-led round"},
		func(ctx context.Context, in *RoundIn) (*setupOut, error) {
			return out(s.Setup(ctx, in.Contest, in.Round))
		})
	web.Handle(api, web.Op{ID: "save-stage-settings", Method: http.MethodPut, Path: path + "/settings", Summary: "Change the rules of a round that has not started"},
		func(ctx context.Context, in *settingsIn) (*setupOut, error) {
			return out(s.SaveSettings(ctx, in.Contest, in.Round, in.Body.Version, in.Body.Settings))
		})
	web.Handle(api, web.Op{ID: "save-stage-items", Method: http.MethodPut, Path: path + "/items", Summary: "Set the timeline of a round that has not started"},
		func(ctx context.Context, in *itemsIn) (*setupOut, error) {
			items := make([]SetupItem, 0, len(in.Body.Items))
			for _, it := range in.Body.Items {
				items = append(items, SetupItem{VersionID: it.VersionID, Points: it.Points, DurationS: it.DurationS, Reserve: it.Reserve})
			}
			return out(s.SaveItems(ctx, in.Contest, in.Round, in.Body.Version, items))
		})
	web.Handle(api, web.Op{ID: "get-sealed-file", Method: http.MethodGet, Path: "/api/rounds/{round}/sealed/{sealed}", Summary: "A file of an item, encrypted, to be fetched before it is shown"},
		func(ctx context.Context, in *SealedIn) (*sealedOut, error) {
			blob, err := s.Sealed(ctx, in.Round, in.Sealed)
			if err != nil {
				return nil, err
			}
			// Private: an answer may carry the browser's own cookie, which no proxy between may hand to others.
			return &sealedOut{ContentType: "application/octet-stream", CacheControl: "private, max-age=31536000, immutable",
				Body: web.Shared(blob)}, nil
		})
	web.Handle(api, web.Op{ID: "list-stage-corrections", Method: http.MethodGet, Path: path + "/plays/{play}/corrections", Summary: "What other keys of a played item would do to the scores"},
		func(ctx context.Context, in *PlayIn) (*correctionsOut, error) {
			found, err := s.Corrections(ctx, in.Contest, in.Round, in.Play)
			if err != nil {
				return nil, err
			}
			return &correctionsOut{Body: found}, nil
		})
	web.Handle(api, web.Op{ID: "list-stage-scores", Method: http.MethodGet, Path: path + "/scores", Summary: "Scores of a host-led round so far"},
		func(ctx context.Context, in *RoundIn) (*scoresOut, error) {
			if _, err := s.cfg.Contests.Round(ctx, in.Contest, in.Round); err != nil {
				return nil, err
			}
			scores, err := s.Scores(ctx, in.Round)
			if err != nil {
				return nil, err
			}
			o := &scoresOut{}
			o.Body.Scores = make([]ScoreView, 0, len(scores))
			for _, x := range scores {
				o.Body.Scores = append(o.Body.Scores, ScoreView(x))
			}
			return o, nil
		})
}
