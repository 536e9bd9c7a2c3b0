package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// OpenEntrantView is the entry that has just come in by the form, with what to keep for the next time.
type OpenEntrantView struct {
	Entry ContestantView `json:"entry"`
	Code  string         `json:"code" doc:"Shown once: with the candidate number it is the way in from another device"`
	Path  string         `json:"path" doc:"The personal link on this server"`
}

type openEntrantOut struct {
	web.WithCookies
	Body OpenEntrantView
}

type openEntryIn struct {
	SlugIn
	UserAgent string `header:"User-Agent" maxLength:"1000"`
	Body      struct {
		DraftView
		ConsentsView
		Once string `json:"once" pattern:"^[A-Za-z0-9_-]{22,64}$" doc:"A secret that the browser makes once for this entry: sent again, it gives the same entry"`
	}
}

func openRoutes(api *web.API, s *Service) {
	entered := func(ctx context.Context, e OpenEntrant, err error) (*openEntrantOut, error) {
		if err != nil {
			return nil, err
		}
		view, err := s.contestantView(ctx, e.EntryID)
		if err != nil {
			return nil, err
		}
		out := &openEntrantOut{Body: OpenEntrantView{Entry: view, Code: e.Code, Path: e.Path}}
		out.SetCookie = []http.Cookie{web.SessionCookie(web.EntryCookie, e.Token, account.From(ctx).Secure)}
		return out, nil
	}
	const path = "/api/audience/contests/{slug}/entry"
	web.Handle(api, web.Op{ID: "enter-openly", Method: http.MethodPost, Path: path, Summary: "Enter a contest that is open to all with the form alone", Status: http.StatusCreated, MaxBody: 64 << 10, Timeout: 30 * time.Second},
		func(ctx context.Context, in *openEntryIn) (*openEntrantOut, error) {
			e, err := s.EnterOpenly(ctx, account.From(ctx), in.Slug, in.Body.draft(), in.Body.consents(in.UserAgent), in.Body.Once, in.UserAgent)
			return entered(ctx, e, err)
		})
	web.Handle(api, web.Op{ID: "enter-with-account", Method: http.MethodPost, Path: path + "/account", Summary: "Enter a contest with the form and the signed-in account, to which the entry belongs", Status: http.StatusCreated, MaxBody: 64 << 10, Timeout: 30 * time.Second},
		func(ctx context.Context, in *openEntryIn) (*openEntrantOut, error) {
			e, err := s.EnterByAccount(ctx, account.From(ctx), in.Slug, in.Body.draft(), in.Body.consents(in.UserAgent), in.Body.Once, in.UserAgent)
			return entered(ctx, e, err)
		})
}
