package web

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
)

// The routes of accounts stand here and not in their room, because they set this room's cookies.

const cookieLife = 60 * 24 * time.Hour

// WithCookies is the part of an answer that signs a browser in or out.
type WithCookies struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// SessionCookie makes the cookie of a session; an empty token ends it. secure: the page came over TLS.
func SessionCookie(name, token string, secure bool) http.Cookie {
	c := http.Cookie{Name: name, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(cookieLife / time.Second), Secure: secure}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// SessionView tells a browser who it is.
type SessionView struct {
	Account *SessionAccount `json:"account,omitempty"`
	Entry   *SessionEntry   `json:"entry,omitempty"`
	Version string          `json:"version" doc:"Of the server; a page of another version reloads at its next step"`
}

// SessionAccount is the signed-in account.
type SessionAccount struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Admin bool   `json:"admin"`
	// SelfMade accounts take part and do nothing else.
	SelfMade bool         `json:"self_made" doc:"Made by its owner to take part; it has no role"`
	Grants   []GrantsView `json:"grants"`
}

// GrantsView lists an account's roles in one contest.
type GrantsView struct {
	ContestID int64          `json:"contest_id"`
	Roles     []account.Role `json:"roles"`
}

// SessionEntry is the entry that this device is signed in as.
type SessionEntry struct {
	EntryID   int64 `json:"entry_id"`
	ContestID int64 `json:"contest_id"`
}

type sessionOut struct{ Body SessionView }

type AgentIn struct {
	UserAgent string `header:"User-Agent" maxLength:"1000"`
	Cookie    string `header:"Cookie" hidden:"true"`
}

type signInIn struct {
	AgentIn
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"200"`
		Password string `json:"password" minLength:"1" maxLength:"512"`
	}
}

type passwordIn struct {
	AgentIn
	Body struct {
		Old      string `json:"old" minLength:"1" maxLength:"512"`
		Password string `json:"password" minLength:"1" maxLength:"512"`
	}
}

type signedOut struct {
	WithCookies
	Body SessionView
}

type linkIn struct {
	Body struct {
		Token string `json:"token" minLength:"20" maxLength:"64"`
	}
}

type linkOut struct{ Body account.Link }

type acceptIn struct {
	AgentIn
	Body struct {
		Token    string `json:"token" minLength:"20" maxLength:"64"`
		Login    string `json:"login,omitempty" maxLength:"80" doc:"Only for the first administrator"`
		Name     string `json:"name,omitempty" maxLength:"120" doc:"Only for the first administrator"`
		Password string `json:"password,omitempty" maxLength:"512" doc:"Not for pairing"`
	}
}

type PersonIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Account int64 `path:"account" minimum:"1"`
}

type tokenOut struct {
	Body struct {
		Path string `json:"path" doc:"Address of the one-time link on this server; empty when the person already signs in with a password"`
	}
}

// SignUps makes accounts for people who want to take part; the roster knows when that is possible.
type SignUps interface {
	CanSignUp(ctx context.Context) (bool, error)
	SignUp(ctx context.Context, p account.Principal, login, name, password, agent string) (token string, err error)
}

// AccountRoutes registers signing in and out, links, and the people of a contest.
func AccountRoutes(api *API, s *account.Service, ups SignUps, version string) {
	view := func(p account.Principal) SessionView {
		v := SessionView{Version: version}
		if p.AccountID != 0 {
			v.Account = &SessionAccount{ID: p.AccountID, Name: p.Name, Admin: p.Admin, SelfMade: p.SelfMade, Grants: []GrantsView{}}
			for id, roles := range p.Grants {
				v.Account.Grants = append(v.Account.Grants, GrantsView{ContestID: id, Roles: roles})
			}
		}
		if p.Entry != nil {
			v.Entry = &SessionEntry{EntryID: p.Entry.EntryID, ContestID: p.Entry.ContestID}
		}
		return v
	}
	signed := func(ctx context.Context, token string) (*signedOut, error) {
		p, err := s.Identify(ctx, account.Principal{Locale: account.From(ctx).Locale}, token, "")
		if err != nil {
			return nil, err
		}
		out := &signedOut{Body: view(p)}
		out.SetCookie = []http.Cookie{SessionCookie(AccountCookie, token, account.From(ctx).Secure)}
		return out, nil
	}
	Handle(api, Op{ID: "get-session", Method: http.MethodGet, Path: "/api/session", Summary: "Who am I"},
		func(ctx context.Context, _ *struct{}) (*sessionOut, error) {
			return &sessionOut{Body: view(account.From(ctx))}, nil
		})
	Handle(api, Op{ID: "sign-in", Method: http.MethodPost, Path: "/api/session/sign-in", Summary: "Sign in with a password"},
		func(ctx context.Context, in *signInIn) (*signedOut, error) {
			token, err := s.SignIn(ctx, account.From(ctx), in.Body.Login, in.Body.Password, in.UserAgent)
			if err != nil {
				return nil, err
			}
			return signed(ctx, token)
		})
	ownAccountRoutes(api, s, ups, version, signed)
	Handle(api, Op{ID: "sign-out", Method: http.MethodPost, Path: "/api/session/sign-out", Summary: "Sign this browser out"},
		func(ctx context.Context, in *AgentIn) (*signedOut, error) {
			return signOut(ctx, s, in.Cookie, version)
		})
	Handle(api, Op{ID: "change-password", Method: http.MethodPost, Path: "/api/session/password", Summary: "Change one's own password; every other device is signed out"},
		func(ctx context.Context, in *passwordIn) (*signedOut, error) {
			token, err := s.ChangePassword(ctx, account.From(ctx), in.Body.Old, in.Body.Password, in.UserAgent)
			if err != nil {
				return nil, err
			}
			return signed(ctx, token)
		})
	Handle(api, Op{ID: "look-at-link", Method: http.MethodPost, Path: "/api/session/link", Summary: "What a one-time link is for"},
		func(ctx context.Context, in *linkIn) (*linkOut, error) {
			l, err := s.LookAtLink(ctx, in.Body.Token)
			return &linkOut{Body: l}, err
		})
	Handle(api, Op{ID: "accept-link", Method: http.MethodPost, Path: "/api/session/link/accept", Summary: "Use a one-time link"},
		func(ctx context.Context, in *acceptIn) (*signedOut, error) {
			token, err := s.AcceptLink(ctx, account.From(ctx), in.Body.Token, account.Acceptance{Login: in.Body.Login,
				Name: in.Body.Name, Password: in.Body.Password, UserAgent: in.UserAgent})
			if err != nil {
				return nil, err
			}
			return signed(ctx, token)
		})
	peopleRoutes(api, s)
}

func peopleRoutes(api *API, s *account.Service) {
	const base = "/api/organizer/contests/{contest}/people"
	path := func(token string) *tokenOut {
		out := &tokenOut{}
		if token != "" {
			out.Body.Path = "/link#" + token // after the '#': it never reaches a server's log
		}
		return out
	}
	type peopleOut struct {
		Body struct {
			People []account.Person `json:"people"`
		}
	}
	Handle(api, Op{ID: "list-people", Method: http.MethodGet, Path: base, Summary: "Who may do what in the contest"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
		}) (*peopleOut, error) {
			people, err := s.People(ctx, in.Contest)
			out := &peopleOut{}
			out.Body.People = people
			return out, err
		})
	Handle(api, Op{ID: "invite-person", Method: http.MethodPost, Path: base, Summary: "Give a person a role"},
		func(ctx context.Context, in *struct {
			Contest int64 `path:"contest" minimum:"1"`
			Body    struct {
				Login string       `json:"login" minLength:"3" maxLength:"80"`
				Name  string       `json:"name" minLength:"2" maxLength:"120"`
				Role  account.Role `json:"role" enum:"organizer,host,secretary,judge,supervisor,timekeeper,author,reviewer"`
				Known bool         `json:"known,omitempty" doc:"The one who invites has asked the person: the account may be one that they made themselves to take part"`
			}
		}) (*tokenOut, error) {
			invite := s.Invite
			if in.Body.Known {
				invite = s.InviteKnown
			}
			_, token, err := invite(ctx, in.Contest, in.Body.Login, in.Body.Name, in.Body.Role)
			return path(token), err
		})
	Handle(api, Op{ID: "dismiss-person", Method: http.MethodDelete, Path: base + "/{account}/{role}", Summary: "Take a role away"},
		func(ctx context.Context, in *struct {
			PersonIn
			Role account.Role `path:"role" enum:"organizer,host,secretary,judge,supervisor,timekeeper,author,reviewer"`
		}) (*struct{}, error) {
			return nil, s.Dismiss(ctx, in.Contest, in.Account, in.Role)
		})
	Handle(api, Op{ID: "invite-person-again", Method: http.MethodPost, Path: base + "/{account}/invitation", Summary: "A new invitation link"},
		func(ctx context.Context, in *PersonIn) (*tokenOut, error) {
			token, err := s.InviteAgain(ctx, in.Contest, in.Account)
			return path(token), err
		})
	Handle(api, Op{ID: "pair-judge", Method: http.MethodPost, Path: base + "/{account}/pairing", Summary: "A link that pairs the tablet of a judge or timekeeper"},
		func(ctx context.Context, in *PersonIn) (*tokenOut, error) {
			token, err := s.Pair(ctx, in.Contest, in.Account)
			return path(token), err
		})
}
