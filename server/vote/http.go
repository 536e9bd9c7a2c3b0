package vote

import (
	"context"
	"net/http"
	"net/url"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// RoundIn is the path of an operation on one vote round.
type RoundIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

// PublicIn is the path of what everybody may do.
type PublicIn struct {
	Round int64 `path:"round" minimum:"1"`
}

type organizerOut struct{ Body OrganizerView }

type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// Routes registers the operations of public votes. Each change answers with the whole new view.
func Routes(api *web.API, s *Service) {
	publicRoutes(api, s)
	const base = "/api/organizer/contests/{contest}/rounds/{round}/vote"
	view := func(ctx context.Context, in RoundIn, err error) (*organizerOut, error) {
		if err != nil {
			return nil, err
		}
		v, err := s.Organizer(ctx, in.Contest, in.Round)
		return &organizerOut{Body: v}, err
	}
	web.Handle(api, web.Op{ID: "get-vote", Method: http.MethodGet, Path: base, Summary: "Set-up and count of a public vote"},
		func(ctx context.Context, in *RoundIn) (*organizerOut, error) { return view(ctx, *in, nil) })
	web.Handle(api, web.Op{ID: "set-vote", Method: http.MethodPut, Path: base, Summary: "Set a vote up; from its opening on only its end"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body Settings
		}) (*organizerOut, error) {
			return view(ctx, in.RoundIn, s.SetSettings(ctx, in.Contest, in.Round, in.Body))
		})
	for _, act := range []struct {
		id, summary string
		do          func(ctx context.Context, contestID, roundID int64) error
	}{
		{"open", "Let people vote, for the entries that take part now", s.Open},
		{"close", "End the vote for good", s.Close},
		{"publish", "Make a hidden count public", s.Publish},
	} {
		web.Handle(api, web.Op{ID: act.id + "-vote", Method: http.MethodPost, Path: base + "/" + act.id, Summary: act.summary, Status: http.StatusOK},
			func(ctx context.Context, in *RoundIn) (*organizerOut, error) {
				return view(ctx, *in, act.do(ctx, in.Contest, in.Round))
			})
	}
	web.Handle(api, web.Op{ID: "void-vote-tickets", Method: http.MethodPost, Path: base + "/tickets/{batch}/void", Summary: "Make the unused tickets of a batch worthless", Status: http.StatusOK},
		func(ctx context.Context, in *struct {
			RoundIn
			Batch int `path:"batch" minimum:"1"`
		}) (*organizerOut, error) {
			return view(ctx, in.RoundIn, s.VoidTickets(ctx, in.Contest, in.Round, in.Batch))
		})
	web.Handle(api, web.Op{ID: "make-vote-tickets", Method: http.MethodPost, Path: base + "/tickets", Summary: "Make tickets; their codes are in the answer and nowhere else", Status: http.StatusOK},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Count  int    `json:"count" minimum:"1" maximum:"2000"`
				Format string `json:"format" enum:"cards,csv"`
			}
		}) (*file, error) {
			made, v, err := s.MakeTickets(ctx, in.Contest, in.Round, in.Body.Count)
			if err != nil {
				return nil, err
			}
			c, err := s.Contests.Get(ctx, v.ContestID)
			if err != nil {
				return nil, err
			}
			if in.Body.Format == "csv" {
				b, err := s.table(c, v, made)
				return &file{ContentType: "text/csv; charset=utf-8", Disposition: named("phieu-binh-chon.csv"), Body: b}, err
			}
			b, err := s.cards(c, v, made, account.From(ctx).Locale)
			return &file{ContentType: "application/pdf", Disposition: named("phieu-binh-chon.pdf"), Body: b}, err
		})
}

func named(name string) string { return "attachment; filename*=UTF-8''" + url.PathEscape(name) }

func publicRoutes(api *web.API, s *Service) {
	const base = "/api/audience/votes/{round}"
	type audienceOut struct{ Body AudienceView }
	type receiptOut struct{ Body Receipt }
	web.Handle(api, web.Op{ID: "get-public-vote", Method: http.MethodGet, Path: base, Summary: "A vote as everybody may see it"},
		func(ctx context.Context, in *PublicIn) (*audienceOut, error) {
			v, err := s.Audience(ctx, in.Round)
			return &audienceOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "send-vote-code", Method: http.MethodPost, Path: base + "/code", Summary: "Send a code to a mail address, to vote with"},
		func(ctx context.Context, in *struct {
			PublicIn
			Body struct {
				Address string `json:"address" minLength:"3" maxLength:"254"`
			}
		}) (*struct{}, error) {
			return nil, s.SendCode(ctx, in.Round, in.Body.Address, account.From(ctx).Locale)
		})
	web.Handle(api, web.Op{ID: "cast-vote", Method: http.MethodPost, Path: base + "/ballots", Summary: "Vote; the answer means that the vote is stored", Status: http.StatusOK},
		func(ctx context.Context, in *struct {
			PublicIn
			Body struct {
				EntryID int64  `json:"entry_id" minimum:"1"`
				Ticket  string `json:"ticket,omitempty" maxLength:"40"`
				Address string `json:"address,omitempty" maxLength:"254"`
				Code    string `json:"code,omitempty" maxLength:"12"`
			}
		}) (*receiptOut, error) {
			r, err := s.Cast(ctx, in.Round, Ballot{EntryID: in.Body.EntryID, Ticket: in.Body.Ticket, Address: in.Body.Address, Code: in.Body.Code})
			return &receiptOut{Body: r}, err
		})
}
