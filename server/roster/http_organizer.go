package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

const base = "/api/organizer/contests/{contest}"

// ContestIn names a contest in the path.
type ContestIn struct {
	Contest int64 `path:"contest" minimum:"1"`
}

type listIn struct {
	ContestIn
	Words    string `query:"q" maxLength:"200" doc:"In names, members, units, phone numbers; or a candidate number"`
	Division int64  `query:"division" minimum:"0"`
	Unit     int64  `query:"unit" minimum:"0"`
	Block    int64  `query:"block" minimum:"0"`
	State    string `query:"state" enum:"pending,waitlisted,approved,rejected,withdrawn,active"`
	Found    bool   `query:"found" doc:"Only those in which the rules have found something"`
	After    int64  `query:"after" minimum:"0" doc:"The page begins behind it: next of the page before"`
}

func (in listIn) filter() Filter {
	return Filter{Words: in.Words, DivisionID: in.Division, UnitID: in.Unit, BlockID: in.Block, State: in.State, Found: in.Found, After: in.After}
}

// RosterView is what stands above the lists of a contest's roster.
type RosterView struct {
	Kind       Kind               `json:"kind" enum:"person,team"`
	TeamMin    int                `json:"team_min"`
	TeamMax    int                `json:"team_max"`
	Changeable bool               `json:"changeable"`
	Divisions  []contest.Division `json:"divisions"`
	Units      []UnitView         `json:"units"`
	Active     int                `json:"active"`
	Withdrawn  int                `json:"withdrawn"`
	Pending    int                `json:"pending"`
	Rejected   int                `json:"rejected"`
	Waitlisted int                `json:"waitlisted"`
	Duplicates int                `json:"duplicates" doc:"Pairs that nobody has decided about"`
	Changes    int                `json:"changes" doc:"Requests for a change that nobody has answered"`
	Fields     []Field            `json:"fields" doc:"Asked of every person"`
	Blocks     []BlockNameView    `json:"blocks"`
}

// BlockNameView is a block by which the lists can be filtered.
type BlockNameView struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// RegistrationView is a registration as organizers see it.
type RegistrationView struct {
	ID         int64             `json:"id"`
	DivisionID int64             `json:"division_id"`
	UnitID     int64             `json:"unit_id" doc:"0: the unit was typed by hand and becomes a new one"`
	UnitName   string            `json:"unit_name"`
	Name       string            `json:"name"`
	Members    []MemberView      `json:"members"`
	Phone      string            `json:"phone"`
	Email      string            `json:"email"`
	State      RegistrationState `json:"state" enum:"pending,waitlisted,approved,rejected,withdrawn"`
	Reason     string            `json:"reason"`
	EntryID    int64             `json:"entry_id"`
	Number     string            `json:"number"`
	CreatedAt  time.Time         `json:"created_at"`
	Findings   []FindingView     `json:"findings"`
}

func registrationView(r Registration, locale string) RegistrationView {
	return RegistrationView{ID: r.ID, DivisionID: r.DivisionID, UnitID: r.UnitID,
		UnitName: r.UnitName, Name: r.Draft.Name, Members: memberViews(r.Draft.Members), Phone: r.Draft.Phone, Email: r.Draft.Email,
		State: r.State, Reason: r.Reason, EntryID: r.EntryID, Number: r.Number, CreatedAt: r.CreatedAt, Findings: findingViews(r.Findings, locale)}
}

// EntryView is an entry as organizers see it in lists.
type EntryView struct {
	ID          int64         `json:"id"`
	Number      string        `json:"number"`
	Name        string        `json:"name"`
	UnitID      int64         `json:"unit_id"`
	UnitName    string        `json:"unit_name"`
	DivisionID  int64         `json:"division_id"`
	Members     []MemberView  `json:"members"`
	Phone       string        `json:"phone"`
	Email       string        `json:"email"`
	State       EntryState    `json:"state" enum:"active,withdrawn"`
	Reason      string        `json:"reason"`
	Source      string        `json:"source" enum:"registration,manual,import"`
	CodeVersion int           `json:"code_version" doc:"Raised each time the code is issued again"`
	CreatedAt   time.Time     `json:"created_at"`
	Findings    []FindingView `json:"findings"`
}

func entryView(l Listed, locale string) EntryView {
	return EntryView{ID: l.ID, Number: l.Number, Name: l.Name, UnitID: l.UnitID, UnitName: l.UnitName, DivisionID: l.DivisionID,
		Members: memberViews(l.Members), Phone: l.Phone, Email: l.Email, State: l.State, Reason: l.Reason, Source: l.Source,
		CodeVersion: l.CodeVersion, CreatedAt: l.CreatedAt, Findings: findingViews(l.Findings, locale)}
}

type decidedOut struct {
	Body struct {
		Done    int           `json:"done"`
		Skipped int           `json:"skipped" doc:"Decided by someone else in the meantime"`
		Numbers []string      `json:"numbers" doc:"Candidate numbers that were given"`
		MovedUp int           `json:"moved_up" doc:"From the waiting list, to places that have become free"`
		Refused []RefusedView `json:"refused" doc:"Kept out by the rules"`
	}
}

// RefusedView is a registration that the rules keep out.
type RefusedView struct {
	ID       int64         `json:"id"`
	Name     string        `json:"name"`
	Findings []FindingView `json:"findings"`
}

func registrationRoutes(api *web.API, s *Service) {
	type rosterOut struct{ Body RosterView }
	web.Handle(api, web.Op{ID: "get-roster", Method: http.MethodGet, Path: base + "/roster", Summary: "Counts, units and divisions of a contest's roster"},
		func(ctx context.Context, in *ContestIn) (*rosterOut, error) {
			o, err := s.Overview(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			c := o.Contest
			view := RosterView{Kind: Kind(c.EntryKind), TeamMin: c.TeamMin, TeamMax: c.TeamMax, Changeable: changeable(c) == nil,
				Divisions: c.Divisions, Units: make([]UnitView, 0, len(o.Units)), Active: o.Entries[EntryActive], Withdrawn: o.Entries[EntryWithdrawn],
				Pending: o.Registrations[RegistrationPending], Rejected: o.Registrations[RegistrationRejected],
				Waitlisted: o.Registrations[RegistrationWaitlisted], Duplicates: o.Duplicates, Changes: o.Changes}
			rules, err := s.Rules(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			view.Fields = notNil(rules.Asked())
			for _, b := range o.Blocks {
				view.Blocks = append(view.Blocks, BlockNameView(b))
			}
			for _, u := range o.Units {
				view.Units = append(view.Units, UnitView(u))
			}
			return &rosterOut{Body: view}, nil
		})
	type registrationsOut struct {
		Body struct {
			Registrations []RegistrationView `json:"registrations"`
			PageView
		}
	}
	web.Handle(api, web.Op{ID: "list-registrations", Method: http.MethodGet, Path: base + "/registrations", Summary: "Registrations of a contest, oldest first"},
		func(ctx context.Context, in *listIn) (*registrationsOut, error) {
			rows, page, err := s.FindRegistrations(ctx, in.Contest, in.filter())
			out := &registrationsOut{}
			out.Body.PageView = pageView(page)
			for _, r := range rows {
				out.Body.Registrations = append(out.Body.Registrations, registrationView(r, account.From(ctx).Locale))
			}
			return out, err
		})
	type registrationOut struct {
		Body struct {
			Registration RegistrationView `json:"registration"`
			People       []DraftMember    `json:"people"`
			History      []EventView      `json:"history"`
		}
	}
	web.Handle(api, web.Op{ID: "get-registration", Method: http.MethodGet, Path: base + "/registrations/{registration}", Summary: "A registration with what the rules say of it now, and its history"},
		func(ctx context.Context, in *struct {
			ContestIn
			Registration int64 `path:"registration" minimum:"1"`
		}) (*registrationOut, error) {
			r, events, err := s.Registration(ctx, in.Contest, in.Registration)
			if err != nil {
				return nil, err
			}
			out := &registrationOut{}
			out.Body.Registration, out.Body.People, out.Body.History = registrationView(r, account.From(ctx).Locale), draftMembers(r.Draft.Members), eventViews(events)
			return out, nil
		})
	decisionRoutes(api, s)
	web.Handle(api, web.Op{ID: "invite-units", Method: http.MethodPost, Path: base + "/units", Summary: "Add units that the registration form offers"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Names []string `json:"names" minItems:"1" maxItems:"2000"`
			}
		}) (*struct{}, error) {
			return nil, s.InviteUnits(ctx, in.Contest, in.Body.Names)
		})
}

// PageView says how a list goes on.
type PageView struct {
	Total    int   `json:"total"`
	AtLeast  bool  `json:"at_least" doc:"There may be more: the hits of a search are counted up to a bound"`
	Next     int64 `json:"next" doc:"after of the next page; 0: this is the last"`
	PageSize int   `json:"page_size"`
}

func pageView(p Page) PageView {
	return PageView{Total: p.Total, AtLeast: p.AtLeast, Next: p.Next, PageSize: PageSize}
}

func decisionRoutes(api *web.API, s *Service) {
	decided := func(ctx context.Context, d Decided, err error) (*decidedOut, error) {
		out := &decidedOut{}
		out.Body.Done, out.Body.Skipped, out.Body.Numbers, out.Body.MovedUp = d.Done, d.Skipped, numbersOf(d.Entries), d.MovedUp
		for _, r := range d.Refused {
			out.Body.Refused = append(out.Body.Refused, RefusedView{ID: r.ID, Name: r.Name, Findings: findingViews(r.Findings, account.From(ctx).Locale)})
		}
		return out, err
	}
	type decideIn struct {
		ContestIn
		Body struct {
			IDs    []int64 `json:"ids" minItems:"1" maxItems:"500"`
			Reason string  `json:"reason,omitempty" maxLength:"500" doc:"To approve: why those that the rules refuse are taken all the same"`
		}
	}
	web.Handle(api, web.Op{ID: "approve-registrations", Method: http.MethodPost, Path: base + "/registrations/approve", Summary: "Make entries of registrations"},
		func(ctx context.Context, in *decideIn) (*decidedOut, error) {
			d, err := s.Approve(ctx, in.Contest, in.Body.IDs, in.Body.Reason)
			return decided(ctx, d, err)
		})
	web.Handle(api, web.Op{ID: "reject-registrations", Method: http.MethodPost, Path: base + "/registrations/reject", Summary: "Turn registrations down"},
		func(ctx context.Context, in *decideIn) (*decidedOut, error) {
			d, err := s.Reject(ctx, in.Contest, in.Body.IDs, in.Body.Reason)
			return decided(ctx, d, err)
		})
	web.Handle(api, web.Op{ID: "move-up-registrations", Method: http.MethodPost, Path: base + "/registrations/move-up", Summary: "Take registrations out of the waiting list"},
		func(ctx context.Context, in *decideIn) (*decidedOut, error) {
			d, err := s.MoveUp(ctx, in.Contest, in.Body.IDs, in.Body.Reason)
			return decided(ctx, d, err)
		})
}

type EntryIn struct {
	ContestIn
	Entry int64 `path:"entry" minimum:"1"`
}

type entryOut struct{ Body EntryView }

func entryRoutes(api *web.API, s *Service) {
	one := func(ctx context.Context, contestID, entryID int64, err error) (*entryOut, error) {
		if err != nil {
			return nil, err
		}
		d, err := s.Detail(ctx, contestID, entryID)
		return &entryOut{Body: entryView(d.Listed, account.From(ctx).Locale)}, err
	}
	type entriesOut struct {
		Body struct {
			Entries []EntryView `json:"entries"`
			PageView
		}
	}
	web.Handle(api, web.Op{ID: "list-entries", Method: http.MethodGet, Path: base + "/entries", Summary: "Entries of a contest by candidate number"},
		func(ctx context.Context, in *listIn) (*entriesOut, error) {
			rows, page, err := s.Find(ctx, in.Contest, in.filter())
			out := &entriesOut{}
			out.Body.PageView = pageView(page)
			for _, l := range rows {
				out.Body.Entries = append(out.Body.Entries, entryView(l, account.From(ctx).Locale))
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "add-entry", Method: http.MethodPost, Path: base + "/entries", Summary: "Enter a contestant or team by hand", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				DraftView
				Despite string `json:"despite,omitempty" maxLength:"500" doc:"Why it is taken although the rules refuse it"`
			}
		}) (*entryOut, error) {
			e, err := s.AddDespite(ctx, in.Contest, in.Body.draft(), in.Body.Despite)
			return one(ctx, in.Contest, e.ID, err)
		})
	type detailOut struct {
		Body struct {
			Entry    EntryView      `json:"entry"`
			People   []DraftMember  `json:"people"`
			History  []EventView    `json:"history"`
			Consents []GivenConsent `json:"consents"`
			Account  *BoundView     `json:"account,omitempty" doc:"The account that the entry belongs to"`
		}
	}
	web.Handle(api, web.Op{ID: "get-entry", Method: http.MethodGet, Path: base + "/entries/{entry}", Summary: "An entry with what was agreed to"},
		func(ctx context.Context, in *EntryIn) (*detailOut, error) {
			d, err := s.Look(ctx, in.Contest, in.Entry)
			if err != nil {
				return nil, err
			}
			out := &detailOut{}
			out.Body.Entry, out.Body.People, out.Body.History = entryView(d.Listed, account.From(ctx).Locale), draftMembers(d.Members), eventViews(d.History)
			for _, c := range d.Consents {
				out.Body.Consents = append(out.Body.Consents, givenConsent(c, account.From(ctx).Locale))
			}
			bound, err := s.BoundTo(ctx, in.Entry)
			out.Body.Account = boundView(bound)
			return out, err
		})
	web.Handle(api, web.Op{ID: "unbind-entry", Method: http.MethodPost, Path: base + "/entries/{entry}/unbind", Summary: "Take the account from an entry; number and code still open it"},
		func(ctx context.Context, in *struct {
			EntryIn
			Body struct {
				Reason string `json:"reason" maxLength:"500"`
			}
		}) (*entryOut, error) {
			return one(ctx, in.Contest, in.Entry, s.Unbind(ctx, in.Contest, in.Entry, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "update-entry", Method: http.MethodPut, Path: base + "/entries/{entry}", Summary: "Change an entry"},
		func(ctx context.Context, in *struct {
			EntryIn
			Body struct {
				DraftView
				Number  string `json:"number" maxLength:"20"`
				Despite string `json:"despite,omitempty" maxLength:"500" doc:"Why it is taken although the rules refuse it"`
			}
		}) (*entryOut, error) {
			return one(ctx, in.Contest, in.Entry, s.Edit(ctx, in.Contest, in.Entry, in.Body.Number, in.Body.draft(), in.Body.Despite))
		})
	web.Handle(api, web.Op{ID: "withdraw-entry", Method: http.MethodPost, Path: base + "/entries/{entry}/withdraw", Summary: "Take an entry out of the contest"},
		func(ctx context.Context, in *struct {
			EntryIn
			Body struct {
				Reason string `json:"reason" maxLength:"500"`
			}
		}) (*entryOut, error) {
			return one(ctx, in.Contest, in.Entry, s.Withdraw(ctx, in.Contest, in.Entry, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "restore-entry", Method: http.MethodPost, Path: base + "/entries/{entry}/restore", Summary: "Bring a withdrawn entry back"},
		func(ctx context.Context, in *EntryIn) (*entryOut, error) {
			return one(ctx, in.Contest, in.Entry, s.Restore(ctx, in.Contest, in.Entry))
		})
	type reissuedOut struct {
		Body struct {
			Code string `json:"code" doc:"In groups of four"`
			Path string `json:"path" doc:"The new personal link on this server"`
		}
	}
	web.Handle(api, web.Op{ID: "reissue-code", Method: http.MethodPost, Path: base + "/entries/{entry}/code", Summary: "Issue a new code and link; the old ones stop at once"},
		func(ctx context.Context, in *EntryIn) (*reissuedOut, error) {
			fresh, err := s.Reissue(ctx, in.Contest, in.Entry)
			out := &reissuedOut{}
			out.Body.Code, out.Body.Path = export.GroupCode(fresh.Code), EntryPath+"#"+fresh.Link
			return out, err
		})
}

// GivenConsent is an answer to one purpose, in the words it was given to.
type GivenConsent struct {
	Purpose       string    `json:"purpose"`
	Version       string    `json:"version"`
	Text          string    `json:"text"`
	Given         bool      `json:"given"`
	At            time.Time `json:"at"`
	Method        Method    `json:"method" enum:"form,own_page,leader,organizer"`
	Statement     string    `json:"statement" doc:"Of a unit's leader: how it was obtained"`
	GuardianName  string    `json:"guardian_name"`
	GuardianPhone string    `json:"guardian_phone"`
}

func givenConsent(c GivenText, locale string) GivenConsent {
	v := GivenConsent{Purpose: c.Purpose, Version: c.Version, Text: c.Vi, Given: c.Given, At: c.At, Method: c.Method,
		Statement: c.Statement, GuardianName: c.GuardianName, GuardianPhone: c.GuardianPhone}
	if locale == "en" {
		v.Text = c.En
	}
	if v.Text == "" {
		v.Text = c.Purpose
	}
	return v
}
