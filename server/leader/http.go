package leader

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

const base = "/api/leader/contests/{contest}"

// LeaderCount is how many entries there are, by how far they have come.
type LeaderCount struct {
	Registered int `json:"registered" doc:"Approved or waiting for approval"`
	Approved   int `json:"approved"`
	Pending    int `json:"pending"`
	Waitlisted int `json:"waitlisted"`
	Rejected   int `json:"rejected"`
	Withdrawn  int `json:"withdrawn"`
	Entered    int `json:"entered" doc:"Of the approved, those who have taken the round"`
}

func countView(c Count) LeaderCount {
	return LeaderCount{Registered: c.Registered(), Approved: c.Approved, Pending: c.Pending, Waitlisted: c.Waitlisted, Rejected: c.Rejected,
		Withdrawn: c.Withdrawn, Entered: c.Entered}
}

// LeaderTotal sums units.
type LeaderTotal struct {
	Name     string      `json:"name" doc:"Of the block; empty: without one, or of all"`
	Units    int         `json:"units"`
	NotBegun int         `json:"not_begun" doc:"Units that have registered nobody"`
	Below    int         `json:"below" doc:"Units that have registered fewer than their target"`
	Target   int         `json:"target" doc:"0: none"`
	OfTarget int         `json:"of_target" doc:"Registered, none counting beyond its unit's own target"`
	Percent  int         `json:"percent" doc:"Of the target, whole percent; -1 without one"`
	Count    LeaderCount `json:"count"`
}

func totalView(b BlockRow) LeaderTotal {
	return LeaderTotal{Name: b.Name, Units: b.Units, NotBegun: b.NotBegun, Below: b.Below, Target: b.Target, OfTarget: b.Registered,
		Percent: Percent(b.Registered, b.Target), Count: countView(b.Count)}
}

// LeaderContestView is a contest as a leader sees it in the list.
type LeaderContestView struct {
	ID        int64         `json:"id"`
	Slug      string        `json:"slug"`
	Name      string        `json:"name"`
	Organizer string        `json:"organizer_name"`
	State     contest.State `json:"state" enum:"draft,open,running,ended,finalized,archived"`
	Kind      roster.Kind   `json:"kind" enum:"person,team"`
	StartsAt  *time.Time    `json:"starts_at,omitempty"`
	OpensAt   *time.Time    `json:"opens_at,omitempty"`
	ClosesAt  *time.Time    `json:"closes_at,omitempty"`
	Open      bool          `json:"open" doc:"Registration is possible now"`
	TimeZone  string        `json:"time_zone"`
	Units     []string      `json:"units" doc:"Those that were given to the leader by name"`
	Total     LeaderTotal   `json:"total"`
	// NamesTeams: units can be asked for teams.
	NamesTeams bool `json:"names_teams" doc:"In one of the rounds units name teams of their people"`
}

func contestView(c contest.Contest, units []string, total BlockRow) LeaderContestView {
	return LeaderContestView{ID: c.ID, Slug: c.Slug, Name: c.Name, Organizer: c.OrganizerName, State: c.State, Kind: roster.Kind(c.EntryKind),
		StartsAt: c.StartsAt, OpensAt: c.RegistrationOpensAt, ClosesAt: c.RegistrationClosesAt, Open: c.RegistrationOpen(time.Now()), TimeZone: c.TimeZone,
		Units: units, Total: totalView(total), NamesTeams: slices.ContainsFunc(c.Rounds, func(r contest.Round) bool { return r.Intake.Who == contest.WhoUnits })}
}

// LeaderUnit is a unit that the leader acts for.
type LeaderUnit struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Own  bool   `json:"own" doc:"Given to the leader by name; the others are below one of those"`
}

// LeaderDivision is a division with its quotas and how far the leader's units are in it.
type LeaderDivision struct {
	ID      int64       `json:"id"`
	Name    string      `json:"name"`
	PerUnit int         `json:"per_unit" doc:"Entries that a unit may have in it; 0: no bound"`
	Entries int         `json:"entries" doc:"Entries that the contest takes in it; 0: no bound"`
	Count   LeaderCount `json:"count"`
}

// LeaderHomeView is a contest as a leader works in it.
type LeaderHomeView struct {
	Contest     LeaderContestView `json:"contest"`
	Units       []LeaderUnit      `json:"units"`
	Divisions   []LeaderDivision  `json:"divisions"`
	UnitEntries int               `json:"unit_entries" doc:"Entries that a unit may have; of a single unit, its own bound; 0: no bound"`
	UnitTargets bool              `json:"unit_targets" doc:"A unit with a target may have as many entries as that; of a single unit, that this is its bound"`
	UnitPersons int               `json:"unit_persons" doc:"People that a unit may have in its teams; of a single unit, its own bound; 0: no bound"`
	TeamMin     int               `json:"team_min"`
	TeamMax     int               `json:"team_max"`
	Fields      []roster.Field    `json:"fields" doc:"What is asked of every person"`
	Rounds      []LeaderRound     `json:"rounds" doc:"Rounds of which it is known who has taken them"`
	Changeable  bool              `json:"changeable" doc:"Entries can still be withdrawn"`
}

// LeaderRound is a round that has begun.
type LeaderRound struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// LeaderPersonView is an entry, or a registration that is no entry yet.
type LeaderPersonView struct {
	Entry          bool                `json:"entry" doc:"An entry; otherwise a registration"`
	ID             int64               `json:"id"`
	RegistrationID int64               `json:"registration_id" doc:"0: it came another way"`
	Number         string              `json:"number"`
	Name           string              `json:"name"`
	State          string              `json:"state" enum:"pending,waitlisted,rejected,withdrawn,active"`
	Reason         string              `json:"reason"`
	UnitID         int64               `json:"unit_id"`
	UnitName       string              `json:"unit_name"`
	DivisionID     int64               `json:"division_id"`
	Phone          string              `json:"phone"`
	Email          string              `json:"email"`
	Members        []roster.MemberName `json:"members"`
	Problems       []string            `json:"problems" doc:"What the rules find, in the reader's language"`
	CreatedAt      time.Time           `json:"created_at"`
	Asked          bool                `json:"asked" doc:"A request for a change waits for its answer"`
}

func personView(p Person, locale string) LeaderPersonView {
	v := LeaderPersonView{Entry: p.Entry, ID: p.ID, RegistrationID: p.RegistrationID, Number: p.Number, Name: p.Name, State: p.State, Reason: p.Reason,
		UnitID: p.UnitID, UnitName: p.UnitName, DivisionID: p.DivisionID, Phone: p.Phone, Email: p.Email, CreatedAt: p.CreatedAt, Asked: p.Asked,
		Members: []roster.MemberName{}, Problems: []string{}}
	for _, m := range p.Members {
		v.Members = append(v.Members, roster.MemberName{Name: m.Name, Role: m.Role})
	}
	for _, f := range p.Findings {
		if f.Code == roster.FoundDuplicate {
			continue // the other one may be another unit's
		}
		text := f.Vi
		if locale == "en" {
			text = f.En
		}
		v.Problems = append(v.Problems, text)
	}
	return v
}

// ContestIn names a contest in the path.
type ContestIn struct {
	Contest int64 `path:"contest" minimum:"1"`
}

type RegistrationIn struct {
	ContestIn
	Registration int64 `path:"registration" minimum:"1"`
}

type EntryIn struct {
	ContestIn
	Entry int64 `path:"entry" minimum:"1"`
}

// ReasonIn is why somebody is withdrawn.
type ReasonIn struct {
	Reason string `json:"reason" maxLength:"500"`
}

type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Replaced    string `header:"X-Replaced-Letters" doc:"Letters that the font lacks, percent-encoded; printed as a question mark"`
	Body        []byte
}

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pdfType  = "application/pdf"
)

func newDownload(ctx context.Context, vi, en, ending, mediaType string, data []byte) *download {
	name := vi
	if account.From(ctx).Locale == "en" {
		name = en
	}
	return &download{ContentType: mediaType, Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(name+ending), Body: data}
}

// Routes registers the operations of leaders, and those of organizers about leaders.
func Routes(api *web.API, s *Service) {
	homeRoutes(api, s)
	peopleRoutes(api, s)
	outputRoutes(api, s)
	organizerRoutes(api, s)
	roster.ImportRoutes(api, s.Roster, roster.ImportPlace{Base: base, Suffix: "-led", Led: func(ctx context.Context, contestID int64) (*roster.Led, error) {
		led, err := s.Led(ctx, contestID)
		return &led, err
	}})
}

func homeRoutes(api *web.API, s *Service) {
	type ledContestsOut struct {
		Body struct {
			Contests []LeaderContestView `json:"contests"`
		}
	}
	web.Handle(api, web.Op{ID: "list-led-contests", Method: http.MethodGet, Path: "/api/leader/contests", Summary: "Contests in which I act for units"},
		func(ctx context.Context, _ *struct{}) (*ledContestsOut, error) {
			mine, err := s.MyContests(ctx)
			out := &ledContestsOut{}
			for _, m := range mine {
				out.Body.Contests = append(out.Body.Contests, contestView(m.Contest, m.Units, m.Total))
			}
			return out, err
		})
	type ledHomeOut struct{ Body LeaderHomeView }
	web.Handle(api, web.Op{ID: "get-led-contest", Method: http.MethodGet, Path: base, Summary: "A contest as a leader works in it"},
		func(ctx context.Context, in *ContestIn) (*ledHomeOut, error) {
			h, err := s.Home(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			return &ledHomeOut{Body: s.homeView(h)}, nil
		})
	type ledProgressOut struct{ Body ProgressView }
	web.Handle(api, web.Op{ID: "get-led-progress", Method: http.MethodGet, Path: base + "/progress", Summary: "How far my units are, and who has not entered yet"},
		func(ctx context.Context, in *ProgressIn) (*ledProgressOut, error) {
			led, err := s.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			p, err := s.Progress(ctx, in.Contest, &led, in.Round)
			return &ledProgressOut{Body: s.progressView(p)}, err
		})
	web.Handle(api, web.Op{ID: "export-led-progress", Method: http.MethodPost, Path: base + "/progress/export", Summary: "How far my units are as .xlsx", Timeout: time.Minute},
		func(ctx context.Context, in *ProgressIn) (*download, error) {
			led, err := s.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			data, err := s.ProgressFile(ctx, in.Contest, &led, in.Round, account.From(ctx).Locale)
			return newDownload(ctx, "tien-do", "progress", ".xlsx", xlsxType, data), err
		})
}

func (s *Service) homeView(h Home) LeaderHomeView {
	var names []string
	view := LeaderHomeView{UnitEntries: h.Rules.Quotas.UnitEntries, UnitTargets: h.Rules.Quotas.UnitTargets, UnitPersons: h.Rules.Quotas.UnitPersons, TeamMin: h.Contest.TeamMin,
		TeamMax: h.Contest.TeamMax, Fields: append([]roster.Field{}, h.Rules.Asked()...), Rounds: []LeaderRound{}, Changeable: changeable(h.Contest)}
	for _, u := range h.Led.Units {
		own := false
		for _, id := range h.Led.Own {
			own = own || id == u.ID
		}
		if own {
			names = append(names, u.Name)
		}
		view.Units = append(view.Units, LeaderUnit{ID: u.ID, Name: u.Name, Own: own})
	}
	for _, d := range h.Contest.Divisions {
		row := LeaderDivision{ID: d.ID, Name: d.Name, Count: countView(h.Divisions[d.ID])}
		for _, q := range h.Rules.Quotas.Divisions {
			if q.DivisionID == d.ID {
				row.PerUnit, row.Entries = q.PerUnit, q.Entries
			}
		}
		view.Divisions = append(view.Divisions, row)
	}
	if len(h.Led.Units) == 1 {
		// One unit reads its own bounds, not the rule that they follow from.
		q, unit := h.Rules.Quotas, roster.UnitFacts{ID: h.Led.Units[0].ID, Target: h.Total.Target}
		for i, d := range view.Divisions {
			view.UnitEntries, view.Divisions[i].PerUnit, view.UnitPersons = q.ForUnit(unit, d.ID)
		}
		view.UnitTargets = q.UnitTargets && unit.Target > 0 && view.UnitEntries == unit.Target
	}
	for _, r := range h.Contest.Rounds {
		if _, known := s.Turns[r.Kind]; known && r.State != contest.Planned && r.State != contest.Ready {
			view.Rounds = append(view.Rounds, LeaderRound{ID: r.ID, Name: r.Name})
		}
	}
	view.Contest = contestView(h.Contest, names, h.Total)
	return view
}

// changeable tells whether entries can still be withdrawn and codes reissued.
func changeable(c contest.Contest) bool {
	return c.State == contest.Draft || c.State == contest.Open || c.State == contest.Running
}

func outputRoutes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "print-led-cards", Method: http.MethodPost, Path: base + "/cards", Summary: "Entry cards of my units as PDF", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				IDs     []int64 `json:"ids,omitempty" maxItems:"2000" doc:"Entries; empty: all of my units"`
				Address string  `json:"address" maxLength:"120" doc:"Of this server, as it is printed"`
				Locale  string  `json:"locale,omitempty" enum:"vi,en"`
			}
		}) (*download, error) {
			data, replaced, err := s.Cards(ctx, in.Contest, in.Body.IDs, in.Body.Address, in.Body.Locale)
			out := newDownload(ctx, "the-du-thi", "entry-cards", ".pdf", pdfType, data)
			out.Replaced = url.PathEscape(string(replaced))
			return out, err
		})
	type ledKeysOut struct {
		Body struct {
			Entries []LeaderKey `json:"entries"`
		}
	}
	web.Handle(api, web.Op{ID: "show-led-codes", Method: http.MethodPost, Path: base + "/codes", Summary: "Codes and links of my units' entries, to be passed on; recorded"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				IDs []int64 `json:"ids,omitempty" maxItems:"2000" doc:"Entries; empty: all of my units"`
			}
		}) (*ledKeysOut, error) {
			keys, err := s.Keys(ctx, in.Contest, in.Body.IDs)
			out := &ledKeysOut{}
			for _, k := range keys {
				out.Body.Entries = append(out.Body.Entries, LeaderKey{ID: k.EntryID, Number: k.Number, Name: k.Name, Code: export.GroupCode(k.Code), Path: k.Path})
			}
			return out, err
		})
}

// LeaderKey is what an entry enters with.
type LeaderKey struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Code   string `json:"code" doc:"In groups of four"`
	Path   string `json:"path" doc:"The personal link on this server"`
}
