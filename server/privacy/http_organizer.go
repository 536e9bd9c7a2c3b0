package privacy

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/web"
)

// OverviewView is what stands above the page of a contest's personal data.
type OverviewView struct {
	Slug          string        `json:"slug"`
	Waiting       int           `json:"waiting" doc:"Requests that are not finished"`
	Overdue       int           `json:"overdue"`
	Ended         int           `json:"ended"`
	Terms         []TermView    `json:"terms"`
	Source        string        `json:"source"`
	KeepMonths    int           `json:"keep_months"`
	EndedAt       *time.Time    `json:"ended_at,omitempty"`
	KeepUntil     *time.Time    `json:"keep_until,omitempty"`
	KeepOver      bool          `json:"keep_over"`
	Entries       int           `json:"entries" doc:"That still have personal data"`
	Registrations int           `json:"registrations" doc:"Others that still have personal data"`
	Purposes      []WordingView `json:"purposes"`
	Mail          bool          `json:"mail" doc:"A mail server is configured, or letters were sent"`
}

// WordingView is a purpose as it is worded now.
type WordingView struct {
	Key      string `json:"key"`
	Version  string `json:"version"`
	Required bool   `json:"required"`
	Guardian bool   `json:"guardian" doc:"Asked of the parents of children under 16"`
	Vi       string `json:"vi"`
	En       string `json:"en"`
}

// QueuedView is a request as organizers see it.
type QueuedView struct {
	RequestView
	EntryID        int64  `json:"entry_id"`
	RegistrationID int64  `json:"registration_id"`
	Name           string `json:"name"`
	Number         string `json:"number"`
}

// Overview counts what waits in a contest.
func (s *Service) Overview(ctx context.Context, contestID int64) (OverviewView, error) {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return OverviewView{}, err
	}
	counts, err := s.q.CountRequests(ctx, contestID)
	if err != nil {
		return OverviewView{}, postgres.Fault(err)
	}
	k, err := s.Keeping(ctx, contestID)
	if err != nil {
		return OverviewView{}, err
	}
	purposes, guardian, err := s.roster.PurposesOf(ctx, contestID)
	if err != nil {
		return OverviewView{}, err
	}
	_, letters, err := s.mail.List(ctx, contestID, "", 1)
	if err != nil {
		return OverviewView{}, err
	}
	v := OverviewView{Slug: c.Slug, Waiting: int(counts.Waiting), Overdue: int(counts.Overdue), Ended: int(counts.Ended), Terms: termViews(), Source: Source,
		KeepMonths: k.Months, EndedAt: k.Ended, KeepUntil: k.Until, KeepOver: k.Over, Entries: k.Entries, Registrations: k.Registrations,
		Mail: s.mail.On() || len(letters) > 0}
	for _, p := range purposes {
		v.Purposes = append(v.Purposes, WordingView{Key: p.Key, Version: p.Version, Required: p.Required, Vi: p.Vi, En: p.En})
	}
	v.Purposes = append(v.Purposes, WordingView{Key: guardian.Key, Version: guardian.Version, Required: true, Guardian: true, Vi: guardian.Vi, En: guardian.En})
	return v, nil
}

// RequestIn names a request in the path.
type RequestIn struct {
	contest.In
	Request int64 `path:"request" minimum:"1"`
}

func organizerRoutes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/privacy"
	type overviewOut struct{ Body OverviewView }
	web.Handle(api, web.Op{ID: "get-privacy", Method: http.MethodGet, Path: base, Summary: "What waits about personal data, how long it is kept, what people agree to"},
		func(ctx context.Context, in *contest.In) (*overviewOut, error) {
			v, err := s.Overview(ctx, in.Contest)
			return &overviewOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "set-keeping", Method: http.MethodPut, Path: base + "/keeping", Summary: "How long personal data is kept after the contest"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				KeepMonths int `json:"keep_months" minimum:"1" maximum:"120"`
			}
		}) (*struct{}, error) {
			return nil, s.SetKeeping(ctx, in.Contest, in.Body.KeepMonths)
		})
	web.Handle(api, web.Op{ID: "reword-consent", Method: http.MethodPut, Path: base + "/purposes/{purpose}", Summary: "A new wording of a purpose, for those who register from now on"},
		func(ctx context.Context, in *struct {
			contest.In
			Purpose string `path:"purpose" maxLength:"40"`
			Body    struct {
				Vi string `json:"vi" maxLength:"2000"`
				En string `json:"en" maxLength:"2000"`
			}
		}) (*struct{}, error) {
			return nil, s.roster.Reword(ctx, in.Contest, in.Purpose, in.Body.Vi, in.Body.En)
		})
	type requestsOut struct {
		Body struct {
			Requests []QueuedView `json:"requests"`
			PageSize int          `json:"page_size"`
		}
	}
	web.Handle(api, web.Op{ID: "list-data-requests", Method: http.MethodGet, Path: base + "/requests", Summary: "Requests about personal data, the earliest due first"},
		func(ctx context.Context, in *struct {
			contest.In
			Ended bool `query:"ended"`
			Page  int  `query:"page" minimum:"1" maximum:"10000" default:"1"`
		}) (*requestsOut, error) {
			rows, err := s.Requests(ctx, in.Contest, !in.Ended, in.Page)
			out := &requestsOut{}
			out.Body.PageSize = PageSize
			for _, r := range rows {
				out.Body.Requests = append(out.Body.Requests, QueuedView{RequestView: requestView(r), EntryID: r.EntryID, RegistrationID: r.RegistrationID,
					Name: r.Name, Number: r.Number})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "answer-data-request", Method: http.MethodPost, Path: base + "/requests/{request}", Summary: "Answer a request, carry it out or refuse it"},
		func(ctx context.Context, in *struct {
			RequestIn
			Body struct {
				State  State  `json:"state" enum:"accepted,done,refused"`
				Answer string `json:"answer" maxLength:"1000"`
			}
		}) (*struct{}, error) {
			return nil, s.Answer(ctx, in.Contest, in.Request, in.Body.State, in.Body.Answer)
		})
	type leftOut struct {
		Body struct {
			Left int `json:"left" doc:"Still to be erased: call again until 0"`
		}
	}
	web.Handle(api, web.Op{ID: "erase-kept-data", Method: http.MethodPost, Path: base + "/erase", Summary: "Erase people whose data has been kept long enough, some hundreds at a time", Timeout: 2 * time.Minute},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				Confirm string `json:"confirm" maxLength:"60" doc:"The contest's address"`
			}
		}) (*leftOut, error) {
			out := &leftOut{}
			var err error
			out.Body.Left, err = s.EraseSome(ctx, in.Contest, in.Body.Confirm)
			return out, err
		})
}
