package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// MemberView is a person of an entry.
type MemberView struct {
	Name string     `json:"name" maxLength:"200"`
	Role MemberRole `json:"role" enum:"captain,member,reserve"`
}

// UnitView is a unit of a contest.
type UnitView struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Entries int    `json:"entries"`
	Invited bool   `json:"invited" doc:"The registration form offers it"`
}

// FormView is the public registration form.
type FormView struct {
	ContestName   string             `json:"contest_name"`
	OrganizerName string             `json:"organizer_name"`
	Open          bool               `json:"open"`
	OpenEntry     bool               `json:"open_entry" doc:"Anybody may enter now with this form, without waiting for approval"`
	AccountEntry  bool               `json:"account_entry" doc:"Whoever signs in with an account may"`
	Phase         Phase              `json:"phase" enum:"before,open,closed"`
	Now           time.Time          `json:"now" doc:"The server's, for the countdown"`
	TimeZone      string             `json:"time_zone"`
	OpensAt       *time.Time         `json:"opens_at,omitempty"`
	ClosesAt      *time.Time         `json:"closes_at,omitempty"`
	Kind          Kind               `json:"kind" enum:"person,team"`
	TeamMin       int                `json:"team_min"`
	TeamMax       int                `json:"team_max"`
	Divisions     []contest.Division `json:"divisions"`
	Units         []FormUnit         `json:"units"`
	UnitRequired  bool               `json:"unit_required"`
	Fields        []Field            `json:"fields" doc:"Asked of every person"`
	WaitingList   bool               `json:"waiting_list"`
	Purposes      []PurposeView      `json:"purposes"`
	Guardian      PurposeView        `json:"guardian" doc:"What a parent or guardian agrees to, for each person under adult_age"`
	AdultAge      int                `json:"adult_age"`
	Today         string             `json:"today" doc:"Day in the contest's time zone, by which ages are counted: 2026-01-31"`
}

// FormUnit is a unit that the form offers.
type FormUnit struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// PurposeView is one purpose that consent is asked for.
type PurposeView struct {
	Key      string `json:"key"`
	Version  string `json:"version"`
	Required bool   `json:"required"`
	Text     string `json:"text" doc:"In the reader's language"`
}

// ConsentView is the answer to one purpose.
type ConsentView struct {
	Purpose string `json:"purpose" maxLength:"40"`
	Version string `json:"version" maxLength:"20"`
	Given   bool   `json:"given"`
}

// GuardianView is the consent of a parent or guardian.
type GuardianView struct {
	Person  int    `json:"person" minimum:"1" maximum:"200" doc:"Place of the child among the people, from 1"`
	Name    string `json:"name" maxLength:"200"`
	Phone   string `json:"phone" maxLength:"40"`
	Version string `json:"version" maxLength:"20"`
	Given   bool   `json:"given"`
}

// ConsentsView is all that is agreed to at registration.
type ConsentsView struct {
	Consents  []ConsentView  `json:"consents" maxItems:"20"`
	Guardians []GuardianView `json:"guardians,omitempty" maxItems:"80"`
}

func (v ConsentsView) consents(agent string) []Consent {
	var out []Consent
	for _, c := range v.Consents {
		out = append(out, Consent{Purpose: c.Purpose, Version: c.Version, Given: c.Given, Evidence: Evidence{Method: ByForm, Agent: agent}})
	}
	for _, g := range v.Guardians {
		out = append(out, Consent{Purpose: PurposeGuardian, Version: g.Version, Given: g.Given, Person: g.Person,
			Evidence: Evidence{Method: ByForm, Agent: agent, GuardianName: g.Name, GuardianPhone: g.Phone}})
	}
	return out
}

func purposeView(p Purpose, locale string) PurposeView {
	v := PurposeView{Key: p.Key, Version: p.Version, Required: p.Required, Text: p.Vi}
	if locale == "en" {
		v.Text = p.En
	}
	return v
}

// Routes registers the operations of the roster.
func Routes(api *web.API, s *Service) {
	audienceRoutes(api, s)
	contestantRoutes(api, s)
	ownRoutes(api, s)
	openRoutes(api, s)
	accountRoutes(api, s)
	registrationRoutes(api, s)
	entryRoutes(api, s)
	fileRoutes(api, s)
	unitRoutes(api, s)
	receiptRoutes(api, s)
	termsRoutes(api, s)
	duplicateRoutes(api, s)
	changeRoutes(api, s)
}

type SlugIn struct {
	Slug string `path:"slug" maxLength:"60"`
}

func audienceRoutes(api *web.API, s *Service) {
	type formOut struct{ Body FormView }
	web.Handle(api, web.Op{ID: "get-registration-form", Method: http.MethodGet, Path: "/api/audience/contests/{slug}/registration", Summary: "The public registration form"},
		func(ctx context.Context, in *SlugIn) (*formOut, error) {
			f, err := s.RegistrationForm(ctx, in.Slug)
			if err != nil {
				return nil, err
			}
			c := f.Contest
			now := time.Now()
			view := FormView{Phase: phaseOf(c, now), Now: now, TimeZone: c.TimeZone, UnitRequired: f.Rules.Field(KeyUnit).Required,
				Fields: notNil(f.Rules.Asked()), WaitingList: f.Rules.WaitingList, ContestName: c.Name, OrganizerName: c.OrganizerName, Open: f.Open, OpenEntry: f.Ways.Form, AccountEntry: f.Ways.Account, OpensAt: c.RegistrationOpensAt,
				ClosesAt: c.RegistrationClosesAt, Kind: Kind(c.EntryKind), TeamMin: c.TeamMin, TeamMax: c.TeamMax,
				Divisions: c.Divisions, Units: make([]FormUnit, 0, len(f.Units)),
				Purposes: make([]PurposeView, 0, len(f.Purposes)), AdultAge: AdultAge, Today: today(c).String(),
				Guardian: purposeView(f.Guardian, account.From(ctx).Locale)}
			for _, p := range f.Purposes {
				view.Purposes = append(view.Purposes, purposeView(p, account.From(ctx).Locale))
			}
			for _, u := range f.Units {
				view.Units = append(view.Units, FormUnit{ID: u.ID, Name: u.Name})
			}
			return &formOut{Body: view}, nil
		})
	type registeredOut struct {
		Body struct {
			Receipt string `json:"receipt" doc:"Secret by which the registrant asks how the registration stands"`
		}
	}
	web.Handle(api, web.Op{ID: "register", Method: http.MethodPost, Path: "/api/audience/contests/{slug}/registration", Summary: "Register a person or a team", Status: http.StatusCreated, MaxBody: 64 << 10},
		func(ctx context.Context, in *struct {
			SlugIn
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				DraftView
				ConsentsView
			}
		}) (*registeredOut, error) {
			receipt, err := s.Register(ctx, account.From(ctx), in.Slug, in.Body.draft(), in.Body.consents(in.UserAgent))
			out := &registeredOut{}
			out.Body.Receipt = receipt
			return out, err
		})
}

// ContestantView is an entry as its own devices see it.
type ContestantView struct {
	EntryID       int64        `json:"entry_id"`
	ContestID     int64        `json:"contest_id"`
	ContestSlug   string       `json:"contest_slug"`
	ContestName   string       `json:"contest_name"`
	OrganizerName string       `json:"organizer_name"`
	Number        string       `json:"number"`
	Name          string       `json:"name"`
	Kind          Kind         `json:"kind" enum:"person,team"`
	UnitName      string       `json:"unit_name"`
	DivisionName  string       `json:"division_name"`
	Members       []MemberView `json:"members"`
	Account       bool         `json:"account" doc:"It belongs to an account, which opens it without the code"`
}

type enteredOut struct {
	web.WithCookies
	Body ContestantView
}

// entered is the answer to a device that has come in.
func (s *Service) entered(ctx context.Context, e Entered, err error) (*enteredOut, error) {
	if err != nil {
		return nil, err
	}
	view, err := s.contestantView(ctx, e.EntryID)
	if err != nil {
		return nil, err
	}
	out := &enteredOut{Body: view}
	out.SetCookie = []http.Cookie{web.SessionCookie(web.EntryCookie, e.Token, account.From(ctx).Secure)}
	return out, nil
}

func contestantRoutes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "enter", Method: http.MethodPost, Path: "/api/contestant/enter", Summary: "Come in with candidate number and code", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				Contest string `json:"contest" minLength:"1" maxLength:"60" doc:"The contest's address"`
				Number  string `json:"number" minLength:"1" maxLength:"20"`
				Code    string `json:"code" minLength:"1" maxLength:"60"`
			}
		}) (*enteredOut, error) {
			e, err := s.Enter(ctx, account.From(ctx), in.Body.Contest, in.Body.Number, in.Body.Code, in.UserAgent)
			return s.entered(ctx, e, err)
		})
	web.Handle(api, web.Op{ID: "enter-by-link", Method: http.MethodPost, Path: "/api/contestant/enter-by-link", Summary: "Come in with a personal link", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				Token string `json:"token" minLength:"10" maxLength:"64"`
			}
		}) (*enteredOut, error) {
			e, err := s.EnterByLink(ctx, account.From(ctx), in.Body.Token, in.UserAgent)
			return s.entered(ctx, e, err)
		})
	type meOut struct{ Body ContestantView }
	web.Handle(api, web.Op{ID: "get-my-entry", Method: http.MethodGet, Path: "/api/contestant/me", Summary: "The entry this device is signed in as"},
		func(ctx context.Context, _ *struct{}) (*meOut, error) {
			view, err := s.contestantView(ctx, account.From(ctx).Entry.EntryID)
			return &meOut{Body: view}, err
		})
}

func (s *Service) contestantView(ctx context.Context, entryID int64) (ContestantView, error) {
	e, err := s.Entry(ctx, 0, entryID)
	if err != nil {
		return ContestantView{}, err
	}
	if e.State != EntryActive {
		return ContestantView{}, entryWithdrawn
	}
	c, err := s.contests.Get(ctx, e.ContestID)
	if err != nil {
		return ContestantView{}, err
	}
	view := ContestantView{EntryID: e.ID, ContestID: c.ID, ContestSlug: c.Slug, ContestName: c.Name, OrganizerName: c.OrganizerName,
		Number: e.Number, Name: e.Name, Kind: e.Kind, UnitName: e.UnitName, Members: memberViews(e.Members)}
	if len(c.Divisions) > 1 {
		for _, d := range c.Divisions {
			if d.ID == e.DivisionID {
				view.DivisionName = d.Name
			}
		}
	}
	login, err := s.loginOf(ctx, entryID)
	view.Account = login != ""
	return view, err
}

func memberViews(members []Member) []MemberView {
	views := make([]MemberView, 0, len(members))
	for _, m := range members {
		views = append(views, MemberView{Name: m.Name, Role: m.Role})
	}
	return views
}
