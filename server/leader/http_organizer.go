package leader

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/web"
)

const organizerBase = "/api/organizer/contests/{contest}"

// ProgressIn asks how far units are.
type ProgressIn struct {
	ContestIn
	Round int64 `query:"round" minimum:"0" doc:"Whose turns are counted; 0: the latest that has begun"`
}

// UnitProgressView is how far one unit is.
type UnitProgressView struct {
	UnitID    int64       `json:"unit_id"`
	Name      string      `json:"name"`
	Above     string      `json:"above" doc:"The units above it, from the top"`
	Block     string      `json:"block"`
	Target    int         `json:"target" doc:"0: none"`
	Headcount int         `json:"headcount" doc:"0: not known"`
	Missing   int         `json:"missing"`
	Percent   int         `json:"percent" doc:"Of the target; -1 without one"`
	Standing  Standing    `json:"standing" enum:"none,below,reached"`
	Leaders   int         `json:"leaders" doc:"Accounts that act for this very unit"`
	Count     LeaderCount `json:"count"`
}

// LeftView is an approved entry that has not taken the round.
type LeftView struct {
	ID       int64  `json:"id"`
	Number   string `json:"number"`
	Name     string `json:"name"`
	UnitName string `json:"unit_name"`
	Phone    string `json:"phone"`
}

// ProgressView is how far units are.
type ProgressView struct {
	RoundID int64              `json:"round_id" doc:"Whose turns are counted; 0: no round has begun"`
	Rounds  []LeaderRound      `json:"rounds"`
	Total   LeaderTotal        `json:"total"`
	Blocks  []LeaderTotal      `json:"blocks"`
	Units   []UnitProgressView `json:"units"`
	Left    []LeftView         `json:"left" doc:"At most 2,000 of those who have not taken the round"`
	LeftAll int                `json:"left_all" doc:"How many those are"`
}

const mostLeft = 2_000

func (s *Service) progressView(p Progress) ProgressView {
	view := ProgressView{RoundID: p.RoundID, Rounds: []LeaderRound{}, Total: totalView(Sum(p.Rows)), Blocks: []LeaderTotal{}, Units: make([]UnitProgressView, 0, len(p.Rows)),
		Left: []LeftView{}, LeftAll: len(p.Left)}
	view.Rounds = s.homeView(Home{Contest: p.Contest}).Rounds
	if blocks := Blocks(p.Rows); len(blocks) > 1 || len(blocks) == 1 && blocks[0].Name != "" {
		for _, b := range blocks {
			view.Blocks = append(view.Blocks, totalView(b))
		}
	}
	for _, r := range p.Rows {
		view.Units = append(view.Units, UnitProgressView{UnitID: r.UnitID, Name: r.Name, Above: r.Above, Block: r.Block, Target: r.Target, Headcount: r.Headcount,
			Missing: r.Missing(), Percent: Percent(r.Registered(), r.Target), Standing: r.Standing(), Leaders: r.Leaders, Count: countView(r.Count)})
	}
	for _, e := range p.Left[:min(len(p.Left), mostLeft)] {
		view.Left = append(view.Left, LeftView{ID: e.EntryID, Number: e.Number, Name: e.Name, UnitName: e.UnitName, Phone: e.Phone})
	}
	return view
}

// UnitLeadersView is a unit with those who act for it.
type UnitLeadersView struct {
	UnitID  int64              `json:"unit_id"`
	Name    string             `json:"name"`
	Above   string             `json:"above"`
	Block   string             `json:"block"`
	Leaders []LeaderPlacedView `json:"leaders"`
}

// LeaderPlacedView is an account that acts for a unit.
type LeaderPlacedView struct {
	AccountID   int64      `json:"account_id"`
	Name        string     `json:"name"`
	Login       string     `json:"login"`
	HasPassword bool       `json:"has_password" doc:"The invitation was accepted"`
	LastSeenAt  *time.Time `json:"last_seen_at,omitempty"`
}

// LeaderInvitedView is an invitation to be passed on, or a line of a list that is not right.
type LeaderInvitedView struct {
	Row       int    `json:"row" doc:"In the file; 0: not from a file"`
	AccountID int64  `json:"account_id"`
	UnitID    int64  `json:"unit_id"`
	UnitName  string `json:"unit_name"`
	Name      string `json:"name"`
	Login     string `json:"login"`
	Path      string `json:"path" doc:"Address of the one-time link on this server; empty when the person already signs in with a password"`
	Problem   string `json:"problem"`
}

func invitedView(i Invitation) LeaderInvitedView {
	v := LeaderInvitedView{AccountID: i.AccountID, UnitID: i.UnitID, UnitName: i.UnitName, Name: i.Name, Login: i.Login}
	if i.Token != "" {
		v.Path = "/link#" + i.Token // after the '#': it never reaches a server's log
	}
	return v
}

type LeaderIn struct {
	ContestIn
	Unit    int64 `path:"unit" minimum:"1"`
	Account int64 `path:"account" minimum:"1"`
}

func organizerRoutes(api *web.API, s *Service) {
	type unitLeadersOut struct {
		Body struct {
			Units []UnitLeadersView `json:"units"`
		}
	}
	web.Handle(api, web.Op{ID: "list-leaders", Method: http.MethodGet, Path: organizerBase + "/leaders", Summary: "Who acts for which unit"},
		func(ctx context.Context, in *ContestIn) (*unitLeadersOut, error) {
			list, err := s.Leaders(ctx, in.Contest)
			out := &unitLeadersOut{}
			for _, u := range list {
				view := UnitLeadersView{UnitID: u.UnitID, Name: u.Name, Above: u.Above, Block: u.Block, Leaders: []LeaderPlacedView{}}
				for _, l := range u.Leaders {
					view.Leaders = append(view.Leaders, LeaderPlacedView{AccountID: l.AccountID, Name: l.Name, Login: l.Login, HasPassword: l.HasPassword, LastSeenAt: l.LastSeenAt})
				}
				out.Body.Units = append(out.Body.Units, view)
			}
			return out, err
		})
	inviteRoutes(api, s)
	type unitsProgressOut struct{ Body ProgressView }
	web.Handle(api, web.Op{ID: "get-progress", Method: http.MethodGet, Path: organizerBase + "/progress", Summary: "How far the units are, and who has not entered yet"},
		func(ctx context.Context, in *ProgressIn) (*unitsProgressOut, error) {
			p, err := s.Progress(ctx, in.Contest, nil, in.Round)
			return &unitsProgressOut{Body: s.progressView(p)}, err
		})
	web.Handle(api, web.Op{ID: "export-progress", Method: http.MethodPost, Path: organizerBase + "/progress/export", Summary: "How far the units are as .xlsx", Timeout: time.Minute},
		func(ctx context.Context, in *ProgressIn) (*download, error) {
			data, err := s.ProgressFile(ctx, in.Contest, nil, in.Round, account.From(ctx).Locale)
			return newDownload(ctx, "tien-do", "progress", ".xlsx", xlsxType, data), err
		})
}

func inviteRoutes(api *web.API, s *Service) {
	type leaderInvitedOut struct{ Body LeaderInvitedView }
	type leadersInvitedOut struct {
		Body struct {
			Invited []LeaderInvitedView `json:"invited"`
		}
	}
	web.Handle(api, web.Op{ID: "invite-leader", Method: http.MethodPost, Path: organizerBase + "/leaders", Summary: "Let a person act for a unit"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				UnitID int64  `json:"unit_id" minimum:"1"`
				Name   string `json:"name,omitempty" maxLength:"120" doc:"Empty: called after the unit"`
				Login  string `json:"login,omitempty" maxLength:"80" doc:"Empty: made of the unit's name"`
			}
		}) (*leaderInvitedOut, error) {
			made, err := s.Invite(ctx, in.Contest, in.Body.UnitID, in.Body.Name, in.Body.Login)
			return &leaderInvitedOut{Body: invitedView(made)}, err
		})
	web.Handle(api, web.Op{ID: "invite-leaders", Method: http.MethodPost, Path: organizerBase + "/leaders/units", Summary: "One link for each unit", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				UnitIDs []int64 `json:"unit_ids,omitempty" maxItems:"2000" doc:"Empty: all that nobody acts for yet"`
			}
		}) (*leadersInvitedOut, error) {
			made, err := s.InviteUnits(ctx, in.Contest, in.Body.UnitIDs)
			out := &leadersInvitedOut{}
			for _, i := range made {
				out.Body.Invited = append(out.Body.Invited, invitedView(i))
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "invite-leaders-list", Method: http.MethodPost, Path: organizerBase + "/leaders/list", Summary: "Invite leaders from a spreadsheet", MaxBody: export.MaxWorkbookBytes + 1, Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			ContestIn
			Do      bool   `query:"do" doc:"Invite; otherwise only look at the file"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*leadersInvitedOut, error) {
			lines, err := s.InviteList(ctx, in.Contest, in.RawBody, in.Do)
			out := &leadersInvitedOut{}
			for _, l := range lines {
				view := invitedView(l.Invitation)
				view.Row, view.Problem = l.Row, l.Vi
				if account.From(ctx).Locale == "en" {
					view.Problem = l.En
				}
				out.Body.Invited = append(out.Body.Invited, view)
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "dismiss-leader", Method: http.MethodDelete, Path: organizerBase + "/leaders/{unit}/{account}", Summary: "End an account's acting for a unit"},
		func(ctx context.Context, in *LeaderIn) (*struct{}, error) {
			return nil, s.Dismiss(ctx, in.Contest, in.Unit, in.Account)
		})
}
