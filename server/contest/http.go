package contest

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/web"
)

// OrganizerView is a contest as its organizers see it.
type OrganizerView struct {
	ID                   int64       `json:"id"`
	Slug                 string      `json:"slug"`
	Name                 string      `json:"name"`
	OrganizerName        string      `json:"organizer_name"`
	Venue                string      `json:"venue"`
	Rules                string      `json:"rules"`
	TimeZone             string      `json:"time_zone"`
	State                State       `json:"state" enum:"draft,open,running,ended,finalized,archived"`
	Template             string      `json:"template"`
	EntryKind            EntryKind   `json:"entry_kind" enum:"person,team"`
	TeamMin              int         `json:"team_min"`
	TeamMax              int         `json:"team_max"`
	RegistrationOpensAt  *time.Time  `json:"registration_opens_at,omitempty"`
	RegistrationClosesAt *time.Time  `json:"registration_closes_at,omitempty"`
	StartsAt             *time.Time  `json:"starts_at,omitempty"`
	TieBreakers          []string    `json:"tie_breakers" doc:"In order: correct, time, guess, submitted, round:<position>, head, lots"`
	BankID               int64       `json:"bank_id"`
	Unlisted             bool        `json:"unlisted"`
	Version              int         `json:"version"`
	Divisions            []Division  `json:"divisions"`
	Rounds               []RoundView `json:"rounds"`
}

// RoundView is a round in lists; its content belongs to its kind.
type RoundView struct {
	ID       int64      `json:"id"`
	Position int        `json:"position"`
	Kind     Kind       `json:"kind" enum:"stage,judged,exam,vote"`
	Name     string     `json:"name"`
	State    RoundState `json:"state" enum:"planned,ready,running,paused,closed,scored"`
	StartsAt *time.Time `json:"starts_at,omitempty"`
	Weight   int        `json:"weight" doc:"Hundredths of a percent"`
	MaxScore int64      `json:"max_score" doc:"Hundredths of a point; 0: not known yet"`
}

// AudienceView is a contest as everybody sees it.
type AudienceView struct {
	ID                   int64       `json:"id"`
	Slug                 string      `json:"slug"`
	Name                 string      `json:"name"`
	OrganizerName        string      `json:"organizer_name"`
	Venue                string      `json:"venue"`
	Rules                string      `json:"rules"`
	TimeZone             string      `json:"time_zone"`
	State                State       `json:"state" enum:"open,running,ended,finalized,archived"`
	EntryKind            EntryKind   `json:"entry_kind" enum:"person,team"`
	TeamMin              int         `json:"team_min"`
	TeamMax              int         `json:"team_max"`
	RegistrationOpen     bool        `json:"registration_open"`
	OpenEntry            bool        `json:"open_entry" doc:"Anybody may enter now, with the form alone; only where one contest is asked for"`
	AccountEntry         bool        `json:"account_entry" doc:"Whoever signs in with an account may enter now, with the form"`
	RegistrationOpensAt  *time.Time  `json:"registration_opens_at,omitempty"`
	RegistrationClosesAt *time.Time  `json:"registration_closes_at,omitempty"`
	StartsAt             *time.Time  `json:"starts_at,omitempty"`
	Divisions            []Division  `json:"divisions"`
	Rounds               []RoundView `json:"rounds"`
}

// SetUpView is a contest with what is still missing and the next step.
type SetUpView struct {
	Contest   OrganizerView `json:"contest"`
	Checklist []Missing     `json:"checklist"`
	NextStep  *Step         `json:"next_step,omitempty"`
}

// MyContestView is a contest in the list of those that an account has a part in.
type MyContestView struct {
	ID            int64          `json:"id"`
	Slug          string         `json:"slug"`
	Name          string         `json:"name"`
	OrganizerName string         `json:"organizer_name"`
	Venue         string         `json:"venue"`
	TimeZone      string         `json:"time_zone"`
	State         State          `json:"state" enum:"draft,open,running,ended,finalized,archived"`
	StartsAt      *time.Time     `json:"starts_at,omitempty"`
	Unlisted      bool           `json:"unlisted"`
	Roles         []account.Role `json:"roles" doc:"Mine in it; an administrator without one sees the contest all the same"`
}

func myContestViews(p account.Principal, contests []Contest) []MyContestView {
	views := make([]MyContestView, 0, len(contests))
	for _, c := range contests {
		v := MyContestView{ID: c.ID, Slug: c.Slug, Name: c.Name, OrganizerName: c.OrganizerName, Venue: c.Venue,
			TimeZone: c.TimeZone, State: c.State, StartsAt: c.StartsAt, Unlisted: c.Unlisted, Roles: p.Grants[c.ID]}
		if v.Roles == nil {
			v.Roles = []account.Role{}
		}
		views = append(views, v)
	}
	return views
}

func roundViews(rounds []Round) []RoundView {
	views := make([]RoundView, 0, len(rounds))
	for _, r := range rounds {
		views = append(views, RoundView{ID: r.ID, Position: r.Position, Kind: r.Kind, Name: r.Name, State: r.State,
			StartsAt: r.StartsAt, Weight: r.Weight, MaxScore: r.MaxScore})
	}
	return views
}

func organizerView(c Contest) OrganizerView {
	return OrganizerView{ID: c.ID, Slug: c.Slug, Name: c.Name, OrganizerName: c.OrganizerName, Venue: c.Venue, Rules: c.Rules,
		TimeZone: c.TimeZone, State: c.State, Template: c.Template, EntryKind: c.EntryKind, TeamMin: c.TeamMin,
		TeamMax: c.TeamMax, RegistrationOpensAt: c.RegistrationOpensAt, RegistrationClosesAt: c.RegistrationClosesAt,
		StartsAt: c.StartsAt, TieBreakers: c.TieBreakers, BankID: c.BankID, Unlisted: c.Unlisted, Version: c.Version,
		Divisions: c.Divisions, Rounds: roundViews(c.Rounds)}
}

func audienceView(c Contest) AudienceView {
	return AudienceView{ID: c.ID, Slug: c.Slug, Name: c.Name, OrganizerName: c.OrganizerName, Venue: c.Venue, Rules: c.Rules,
		TimeZone: c.TimeZone, State: c.State, EntryKind: c.EntryKind, TeamMin: c.TeamMin, TeamMax: c.TeamMax,
		RegistrationOpen: c.RegistrationOpen(time.Now()), RegistrationOpensAt: c.RegistrationOpensAt,
		RegistrationClosesAt: c.RegistrationClosesAt, StartsAt: c.StartsAt, Divisions: c.Divisions, Rounds: roundViews(c.Rounds)}
}

// In is the path of an operation on one contest.
type In struct {
	Contest int64 `path:"contest" minimum:"1"`
}

type contestSetUpOut struct{ Body SetUpView }

// Routes registers the operations of contests.
func Routes(api *web.API, s *Service) {
	setUp := func(ctx context.Context, c Contest, err error) (*contestSetUpOut, error) {
		if err != nil {
			return nil, err
		}
		list, err := s.Checklist(ctx, c)
		if err != nil {
			return nil, err
		}
		step, err := s.NextStep(ctx, c)
		return &contestSetUpOut{Body: SetUpView{Contest: organizerView(c), Checklist: list, NextStep: step}}, err
	}
	audienceRoutes(api, s)
	auditRoutes(api, s)
	roundRoutes(api, s, setUp)

	type myContestsOut struct {
		Body struct {
			Contests []MyContestView `json:"contests" doc:"Newest first"`
		}
	}
	web.Handle(api, web.Op{ID: "list-my-contests", Method: http.MethodGet, Path: "/api/organizer/contests", Summary: "Contests in which I have a role"},
		func(ctx context.Context, _ *struct{}) (*myContestsOut, error) {
			p := account.From(ctx)
			contests, err := s.Mine(ctx, p)
			out := &myContestsOut{}
			out.Body.Contests = myContestViews(p, contests)
			return out, err
		})
	web.Handle(api, web.Op{ID: "create-contest", Method: http.MethodPost, Path: "/api/organizer/contests", Summary: "Make a contest from a template", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Template      string     `json:"template" enum:"reform,quiz_evening,judged,exam_weekly,exam_multiple,exam_tries,exam_once,exam_drawn,exam_pass,province"`
				Name          string     `json:"name" minLength:"3" maxLength:"160"`
				OrganizerName string     `json:"organizer_name" minLength:"2" maxLength:"160"`
				StartsAt      *time.Time `json:"starts_at,omitempty"`
				Venue         string     `json:"venue,omitempty" maxLength:"200"`
				Divisions     []string   `json:"divisions,omitempty" maxItems:"12"`
				EntryKind     EntryKind  `json:"entry_kind,omitempty" enum:"person,team"`
				EndsAt        *time.Time `json:"ends_at,omitempty" doc:"Until when an online exam can be taken"`
				Weeks         int        `json:"weeks,omitempty" minimum:"0" maximum:"53" doc:"Of a weekly online exam; 0: as the template says"`
				OpenEntry     bool       `json:"open_entry,omitempty" doc:"Anybody may enter an online exam with the form, without approval"`
				AccountEntry  bool       `json:"account_entry,omitempty" doc:"Whoever signs in with an account may enter an online exam with the form, without approval"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.Create(ctx, Answers{Template: in.Body.Template, Name: in.Body.Name, OrganizerName: in.Body.OrganizerName,
				StartsAt: in.Body.StartsAt, Venue: in.Body.Venue, Divisions: in.Body.Divisions, EntryKind: in.Body.EntryKind,
				EndsAt: in.Body.EndsAt, Weeks: in.Body.Weeks, OpenEntry: in.Body.OpenEntry, AccountEntry: in.Body.AccountEntry})
			return setUp(ctx, c, err)
		})
	const base = "/api/organizer/contests/{contest}"
	web.Handle(api, web.Op{ID: "get-contest", Method: http.MethodGet, Path: base, Summary: "A contest, its checklist and its next step"},
		func(ctx context.Context, in *In) (*contestSetUpOut, error) {
			c, err := s.Get(ctx, in.Contest)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "update-contest", Method: http.MethodPut, Path: base, Summary: "Change the contest's own fields"},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				Version              int        `json:"version" doc:"The one that was read"`
				Name                 string     `json:"name" maxLength:"160"`
				OrganizerName        string     `json:"organizer_name" maxLength:"160"`
				Venue                string     `json:"venue" maxLength:"200"`
				Rules                string     `json:"rules" maxLength:"40000"`
				EntryKind            EntryKind  `json:"entry_kind" enum:"person,team"`
				TeamMin              int        `json:"team_min" minimum:"1" maximum:"60"`
				TeamMax              int        `json:"team_max" minimum:"1" maximum:"60"`
				RegistrationOpensAt  *time.Time `json:"registration_opens_at,omitempty"`
				RegistrationClosesAt *time.Time `json:"registration_closes_at,omitempty"`
				StartsAt             *time.Time `json:"starts_at,omitempty"`
				TieBreakers          []string   `json:"tie_breakers" maxItems:"10"`
				Unlisted             bool       `json:"unlisted"`
			}
		}) (*contestSetUpOut, error) {
			b := in.Body
			c, err := s.Update(ctx, Contest{ID: in.Contest, Version: b.Version, Name: b.Name, OrganizerName: b.OrganizerName,
				Venue: b.Venue, Rules: b.Rules, EntryKind: b.EntryKind, TeamMin: b.TeamMin, TeamMax: b.TeamMax,
				RegistrationOpensAt: b.RegistrationOpensAt, RegistrationClosesAt: b.RegistrationClosesAt, StartsAt: b.StartsAt,
				TieBreakers: b.TieBreakers, Unlisted: b.Unlisted})
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "set-divisions", Method: http.MethodPut, Path: base + "/divisions", Summary: "Replace the list of divisions"},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				Version   int        `json:"version" doc:"The one that was read"`
				Divisions []Division `json:"divisions" minItems:"1" maxItems:"12"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.SetDivisions(ctx, in.Contest, in.Body.Version, in.Body.Divisions)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "advance-contest", Method: http.MethodPost, Path: base + "/state", Summary: "Take the next step in the contest's life"},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				From State `json:"from" enum:"draft,open,running,ended,finalized,archived"`
				To   State `json:"to" enum:"open,running,ended,archived"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.Advance(ctx, in.Contest, in.Body.From, in.Body.To)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "clone-contest", Method: http.MethodPost, Path: base + "/clone", Summary: "A new draft with the same set-up", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				Name     string     `json:"name" minLength:"3" maxLength:"160"`
				StartsAt *time.Time `json:"starts_at,omitempty"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.Clone(ctx, in.Contest, in.Body.Name, in.Body.StartsAt)
			return setUp(ctx, c, err)
		})
}

func audienceRoutes(api *web.API, s *Service) {
	type publicContestsOut struct {
		Body struct {
			Contests []AudienceView `json:"contests"`
		}
	}
	type publicContestOut struct{ Body AudienceView }
	web.Handle(api, web.Op{ID: "list-contests", Method: http.MethodGet, Path: "/api/audience/contests", Summary: "Contests of the home page"},
		func(ctx context.Context, _ *struct{}) (*publicContestsOut, error) {
			contests, err := s.Public(ctx)
			if err != nil {
				return nil, err
			}
			taking, err := s.TakingAccounts(ctx)
			if err != nil {
				return nil, err
			}
			out := &publicContestsOut{}
			for _, c := range contests {
				if c, err = s.Outside(ctx, c); err != nil {
					return nil, err
				}
				v := audienceView(c)
				v.AccountEntry = taking[c.ID]
				out.Body.Contests = append(out.Body.Contests, v)
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "get-public-contest", Method: http.MethodGet, Path: "/api/audience/contests/{slug}", Summary: "A contest's public page"},
		func(ctx context.Context, in *struct {
			Slug string `path:"slug" maxLength:"60"`
		}) (*publicContestOut, error) {
			c, err := s.Visible(ctx, in.Slug)
			if err != nil {
				return nil, err
			}
			if c, err = s.Outside(ctx, c); err != nil {
				return nil, err
			}
			v := audienceView(c)
			ways, err := s.Ways(ctx, c)
			v.OpenEntry, v.AccountEntry = ways.Form, ways.Account
			return &publicContestOut{Body: v}, err
		})
}

func roundRoutes(api *web.API, s *Service, setUp func(context.Context, Contest, error) (*contestSetUpOut, error)) {
	const base = "/api/organizer/contests/{contest}/rounds"
	type RoundIn struct {
		In
		Round int64 `path:"round" minimum:"1"`
	}
	web.Handle(api, web.Op{ID: "add-round", Method: http.MethodPost, Path: base, Summary: "Put a new round at the end", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				Kind   Kind   `json:"kind" enum:"stage,judged,exam,vote"`
				Name   string `json:"name" minLength:"2" maxLength:"80"`
				Weight int    `json:"weight" minimum:"0" maximum:"100000" default:"10000"`
			}
		}) (*contestSetUpOut, error) {
			spec := RoundSpec{Kind: in.Body.Kind, Name: in.Body.Name, Weight: in.Body.Weight}
			switch spec.Kind {
			case Stage:
				spec.Quiz = quiz("").Quiz
			case Judged:
				spec.Judged = JudgedSpec{Trimmed: true, Criteria: []CriterionSpec{criterion("Nội dung", "", 10)}}
			case Exam:
				spec.Exam = DefaultExam
			}
			c, err := s.AddRound(ctx, in.Contest, spec)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "order-rounds", Method: http.MethodPut, Path: base + "/order", Summary: "Set the order of the rounds"},
		func(ctx context.Context, in *struct {
			In
			Body struct {
				Rounds []int64 `json:"rounds" maxItems:"20"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.OrderRounds(ctx, in.Contest, in.Body.Rounds)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "update-round", Method: http.MethodPut, Path: base + "/{round}", Summary: "Change a round's name, time and weight"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Name     string     `json:"name" maxLength:"80"`
				StartsAt *time.Time `json:"starts_at,omitempty"`
				Weight   int        `json:"weight" minimum:"0" maximum:"100000"`
			}
		}) (*contestSetUpOut, error) {
			c, err := s.UpdateRound(ctx, in.Contest, in.Round, in.Body.Name, in.Body.StartsAt, in.Body.Weight)
			return setUp(ctx, c, err)
		})
	web.Handle(api, web.Op{ID: "remove-round", Method: http.MethodDelete, Path: base + "/{round}", Summary: "Take out a round that has not started"},
		func(ctx context.Context, in *RoundIn) (*contestSetUpOut, error) {
			c, err := s.RemoveRound(ctx, in.Contest, in.Round)
			return setUp(ctx, c, err)
		})
}
