package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// PartView is an entry of the signed-in account.
type PartView struct {
	ContestSlug   string        `json:"contest_slug"`
	ContestName   string        `json:"contest_name"`
	OrganizerName string        `json:"organizer_name"`
	ContestState  contest.State `json:"contest_state" enum:"open,running,ended,finalized,archived"`
	TimeZone      string        `json:"time_zone"`
	EntryID       int64         `json:"entry_id"`
	Number        string        `json:"number"`
	Name          string        `json:"name"`
	UnitName      string        `json:"unit_name"`
	State         EntryState    `json:"state" enum:"active,withdrawn"`
	CanEnter      bool          `json:"can_enter" doc:"The account alone opens it now"`
	Next          *NextView     `json:"next,omitempty" doc:"The round to go to, or to wait for"`
}

// NextView is the round that comes next.
type NextView struct {
	ID       int64              `json:"id"`
	Name     string             `json:"name"`
	Kind     contest.Kind       `json:"kind" enum:"stage,judged,exam,vote"`
	State    contest.RoundState `json:"state" enum:"planned,ready,running,paused"`
	StartsAt *time.Time         `json:"starts_at,omitempty"`
}

func partView(p Part) PartView {
	c := p.Contest
	v := PartView{ContestSlug: c.Slug, ContestName: c.Name, OrganizerName: c.OrganizerName, ContestState: c.State, TimeZone: c.TimeZone,
		EntryID: p.EntryID, Number: p.Number, Name: p.Name, UnitName: p.UnitName, State: p.State,
		CanEnter: p.State == EntryActive && c.State != contest.Archived}
	if r := p.Next; r != nil && (c.State == contest.Open || c.State == contest.Running) {
		v.Next = &NextView{ID: r.ID, Name: r.Name, Kind: r.Kind, State: r.State, StartsAt: r.StartsAt}
	}
	return v
}

// BoundView is the account that an entry belongs to, for its organizers.
type BoundView struct {
	Login  string    `json:"login"`
	Name   string    `json:"name"`
	ByCode bool      `json:"by_code" doc:"Bound by somebody who knew the code; else the form made the entry for it"`
	At     time.Time `json:"at"`
}

func boundView(b *Bound) *BoundView {
	if b == nil {
		return nil
	}
	v := BoundView(*b)
	return &v
}

func accountRoutes(api *web.API, s *Service) {
	type myEntriesOut struct {
		Body struct {
			Entries []PartView `json:"entries"`
		}
	}
	web.Handle(api, web.Op{ID: "list-my-entries", Method: http.MethodGet, Path: "/api/contestant/mine", Summary: "Where the signed-in account takes part"},
		func(ctx context.Context, _ *struct{}) (*myEntriesOut, error) {
			parts, err := s.Parts(ctx, account.From(ctx))
			out := &myEntriesOut{}
			for _, p := range parts {
				out.Body.Entries = append(out.Body.Entries, partView(p))
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "enter-by-account", Method: http.MethodPost, Path: "/api/contestant/enter-by-account", Summary: "Come in with the signed-in account alone", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				Contest string `json:"contest" minLength:"1" maxLength:"60" doc:"The contest's address"`
			}
		}) (*enteredOut, error) {
			e, err := s.ComeBack(ctx, account.From(ctx), in.Body.Contest, in.UserAgent)
			return s.entered(ctx, e, err)
		})
	web.Handle(api, web.Op{ID: "bind-my-entry", Method: http.MethodPost, Path: "/api/contestant/bind", Summary: "Let the signed-in account stand for an entry whose code one knows, and come in", MaxBody: 4 << 10},
		func(ctx context.Context, in *struct {
			UserAgent string `header:"User-Agent" maxLength:"1000"`
			Body      struct {
				Contest string `json:"contest" minLength:"1" maxLength:"60" doc:"The contest's address"`
				Number  string `json:"number" minLength:"1" maxLength:"20"`
				Code    string `json:"code" minLength:"1" maxLength:"60"`
			}
		}) (*enteredOut, error) {
			e, err := s.Bind(ctx, account.From(ctx), in.Body.Contest, in.Body.Number, in.Body.Code, in.UserAgent)
			return s.entered(ctx, e, err)
		})
}
