package web

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
)

type deleteAccountIn struct {
	AgentIn
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"512"`
	}
}

// ownAccountRoutes registers what concerns accounts that people make for themselves.
func ownAccountRoutes(api *API, s *account.Service, ups SignUps, version string, signed func(ctx context.Context, token string) (*signedOut, error)) {
	type signUpOut struct {
		Body struct {
			Open bool `json:"open" doc:"A contest takes contestants by account now"`
		}
	}
	Handle(api, Op{ID: "get-sign-up", Method: http.MethodGet, Path: "/api/session/sign-up", Summary: "Whether people may make accounts now"},
		func(ctx context.Context, _ *struct{}) (*signUpOut, error) {
			can, err := ups.CanSignUp(ctx)
			out := &signUpOut{}
			out.Body.Open = can
			return out, err
		})
	Handle(api, Op{ID: "sign-up", Method: http.MethodPost, Path: "/api/session/sign-up", Summary: "Make an account to take part, and sign in with it", Status: http.StatusCreated, MaxBody: 8 << 10},
		func(ctx context.Context, in *struct {
			AgentIn
			Body struct {
				Login    string `json:"login" maxLength:"200"`
				Name     string `json:"name" maxLength:"200"`
				Password string `json:"password" maxLength:"512"`
			}
		}) (*signedOut, error) {
			token, err := ups.SignUp(ctx, account.From(ctx), in.Body.Login, in.Body.Name, in.Body.Password, in.UserAgent)
			if err != nil {
				return nil, err
			}
			return signed(ctx, token)
		})
	Handle(api, Op{ID: "delete-my-account", Method: http.MethodPost, Path: "/api/session/delete-account", Summary: "Delete one's own account, when it has no entry and no role", MaxBody: 8 << 10},
		func(ctx context.Context, in *deleteAccountIn) (*signedOut, error) {
			if err := s.DeleteMine(ctx, account.From(ctx), in.Body.Password); err != nil {
				return nil, err
			}
			return signOut(ctx, s, in.Cookie, version)
		})
}

// signOut ends the sessions of a browser.
func signOut(ctx context.Context, s *account.Service, cookies, version string) (*signedOut, error) {
	request := http.Request{Header: http.Header{"Cookie": {cookies}}}
	out := &signedOut{Body: SessionView{Version: version}}
	for _, name := range []string{AccountCookie, EntryCookie} {
		if c, err := request.Cookie(name); err == nil && c.Value != "" {
			if err := s.SignOut(ctx, c.Value); err != nil {
				return nil, err
			}
		}
		out.SetCookie = append(out.SetCookie, SessionCookie(name, "", account.From(ctx).Secure))
	}
	return out, nil
}
