package exam

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// StandingsView is a page of standings.
type StandingsView struct {
	RoundID   int64              `json:"round_id"`
	Round     string             `json:"round"`
	PeriodID  int64              `json:"period_id" doc:"0: the whole round"`
	Phase     Phase              `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	Final     bool               `json:"final" doc:"The contest's results are final; otherwise these are provisional"`
	Guess     Guess              `json:"guess" enum:",all_right,entrants,share"`
	Ranking   []Metric           `json:"ranking"`
	Periods   []StandingsPeriod  `json:"periods"`
	Divisions []contest.Division `json:"divisions"`
	Rows      []StandingRow      `json:"rows"`
	Count     int                `json:"count" doc:"Rows that fit what is asked for"`
}

// StandingsPeriod is a period with whether its standings are public.
type StandingsPeriod struct {
	ID      int64  `json:"id" doc:"0: all together"`
	Name    string `json:"name"`
	Settled bool   `json:"settled"`
	Public  bool   `json:"public"`
	Actual  *int64 `json:"actual,omitempty" doc:"What the guess was about, hundredths; only of counted periods"`
}

// UnitsView is how units did, within their blocks.
type UnitsView struct {
	Units    []UnitStanding `json:"units"`
	By       UnitMetric     `json:"by" enum:"entrants,headcount,target,average,best"`
	Best     int            `json:"best"`
	Entrants int            `json:"entrants"`
}

// StandingsIn asks for a page of standings.
type StandingsIn struct {
	Period   int64  `query:"period" minimum:"0" doc:"0: the whole round"`
	Division int64  `query:"division" minimum:"0"`
	Unit     int64  `query:"unit" minimum:"0" doc:"With everything below it"`
	Query    string `query:"q" maxLength:"100"`
	Offset   int    `query:"offset" minimum:"0" maximum:"2000000"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in StandingsIn) wanted() Wanted {
	return Wanted{PeriodID: in.Period, DivisionID: in.Division, UnitID: in.Unit, Query: in.Query, Offset: in.Offset, Limit: in.Limit}
}

// ResultRoundIn is a round that a contestant asks about.
type ResultRoundIn struct {
	Round int64 `path:"round" minimum:"1"`
}

type standingsOut struct{ Body StandingsView }

// view is the frame of a page; with public set it holds only what the public may see.
func (x *ranked) view(periodID int64, rows []StandingRow, count int, public bool) StandingsView {
	f := x.facts
	v := StandingsView{RoundID: f.roundID, Round: f.roundName, PeriodID: periodID, Phase: f.phase, Guess: f.settings.Guess, Ranking: f.settings.Ranking,
		Final: f.contest.State == contest.Finalized || f.contest.State == contest.Archived, Divisions: f.contest.Divisions, Periods: []StandingsPeriod{},
		Rows: rows, Count: count}
	for _, p := range f.periods {
		if public && !f.boardShown(p) {
			continue
		}
		one := StandingsPeriod{ID: p.ID, Name: p.Name, Settled: p.SettledUs != 0, Public: f.boardShown(p)}
		if p.SettledUs != 0 {
			one.Actual = p.Actual
		}
		v.Periods = append(v.Periods, one)
	}
	return v
}

func resultRoutes(api *web.API, s *Service) {
	standingsRoutes(api, s)
	publicRoutes(api, s)
	ownResultRoutes(api, s)
	appealRoutes(api, s)
	const base = "/api/organizer/contests/{contest}/rounds/{round}/exam"
	type publishOut struct{ Body PublishView }
	web.Handle(api, web.Op{ID: "preview-exam-publication", Method: http.MethodGet, Path: base + "/publication", Summary: "What publishing an exam's results would show, and to whom"},
		func(ctx context.Context, in *SetupRoundIn) (*publishOut, error) {
			v, err := s.Publication(ctx, in.Contest, in.Round)
			return &publishOut{v}, err
		})
	web.Handle(api, web.Op{ID: "publish-exam-results", Method: http.MethodPost, Path: base + "/publication", Summary: "Publish an exam's results"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Body struct {
				Seq int64 `json:"seq" minimum:"0"`
			}
		}) (*publishOut, error) {
			if err := s.Publish(ctx, in.Contest, in.Round, in.Body.Seq); err != nil {
				return nil, err
			}
			v, err := s.Publication(ctx, in.Contest, in.Round)
			return &publishOut{v}, err
		})
	type statisticsOut struct{ Body PeriodStatistics }
	web.Handle(api, web.Op{ID: "get-exam-statistics", Method: http.MethodGet, Path: base + "/periods/{period}/statistics", Summary: "How the items of a period did"},
		func(ctx context.Context, in *SetupPeriodIn) (*statisticsOut, error) {
			v, err := s.Statistics(ctx, in.Contest, in.Round, in.Period)
			return &statisticsOut{v}, err
		})
	type alikeOut struct{ Body AlikePairsView }
	web.Handle(api, web.Op{ID: "list-exam-alike", Method: http.MethodGet, Path: base + "/periods/{period}/alike", Summary: "Pairs whose wrong answers agree; a hint, never a verdict"},
		func(ctx context.Context, in *SetupPeriodIn) (*alikeOut, error) {
			v, err := s.Alike(ctx, in.Contest, in.Round, in.Period)
			return &alikeOut{v}, err
		})
	web.Handle(api, web.Op{ID: "export-exam-statistics", Method: http.MethodGet, Path: base + "/periods/{period}/statistics/xlsx", Summary: "How the items of a period did, as a workbook"},
		func(ctx context.Context, in *SetupPeriodIn) (*web.Download, error) {
			body, name, err := s.statisticsBook(ctx, in.Contest, in.Round, in.Period, account.From(ctx).Locale)
			if err != nil {
				return nil, err
			}
			return web.NewDownload(name, web.XLSX, body), nil
		})
}

func standingsRoutes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/rounds/{round}/exam"
	web.Handle(api, web.Op{ID: "get-exam-standings", Method: http.MethodGet, Path: base + "/standings", Summary: "A page of an exam's standings"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			StandingsIn
		}) (*standingsOut, error) {
			rows, count, x, err := s.Standings(ctx, in.Contest, in.Round, in.wanted())
			if err != nil {
				return nil, err
			}
			return &standingsOut{x.view(in.Period, rows, count, false)}, nil
		})
	type unitsOut struct{ Body UnitsView }
	web.Handle(api, web.Op{ID: "get-exam-units", Method: http.MethodGet, Path: base + "/units", Summary: "How units did in an exam, within their blocks"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Period int64      `query:"period" minimum:"0"`
			By     UnitMetric `query:"by" enum:"entrants,headcount,target,average,best" default:"entrants"`
			Best   int        `query:"best" minimum:"1" maximum:"1000" default:"10"`
		}) (*unitsOut, error) {
			x, err := s.ranked(ctx, in.Contest, in.Round)
			if err != nil {
				return nil, err
			}
			list, err := x.unitStandings(in.Period, in.By, in.Best)
			if err != nil {
				return nil, err
			}
			all, err := x.of(in.Period)
			if err != nil {
				return nil, err
			}
			return &unitsOut{UnitsView{Units: list, By: in.By, Best: in.Best, Entrants: len(all.all())}}, nil
		})
	web.Handle(api, web.Op{ID: "export-exam-standings", Method: http.MethodGet, Path: base + "/standings/xlsx", Summary: "An exam's standings and units as a workbook"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Period int64      `query:"period" minimum:"0"`
			By     UnitMetric `query:"by" enum:"entrants,headcount,target,average,best" default:"entrants"`
			Best   int        `query:"best" minimum:"1" maximum:"1000" default:"10"`
		}) (*web.Download, error) {
			body, name, err := s.standingsBook(ctx, in.Contest, in.Round, in.Period, in.By, in.Best, account.From(ctx).Locale)
			if err != nil {
				return nil, err
			}
			return web.NewDownload(name, web.XLSX, body), nil
		})
	web.Handle(api, web.Op{ID: "get-public-exam-standings", Method: http.MethodGet, Path: "/api/audience/contests/{slug}/exams/{round}/standings", Summary: "A page of an exam's public standings"},
		func(ctx context.Context, in *struct {
			Slug string `path:"slug" maxLength:"60"`
			ResultRoundIn
			StandingsIn
		}) (*standingsOut, error) {
			c, err := s.contests.Visible(ctx, in.Slug)
			if err != nil {
				return nil, err
			}
			rows, count, x, err := s.PublicStandings(ctx, c.ID, in.Round, in.wanted())
			if err != nil {
				return nil, err
			}
			return &standingsOut{x.view(in.Period, rows, count, true)}, nil
		})
}

func ownResultRoutes(api *web.API, s *Service) {
	const base = "/api/contestant/exams/{round}"
	type resultOut struct{ Body OwnResult }
	web.Handle(api, web.Op{ID: "get-my-exam-result", Method: http.MethodGet, Path: base + "/result", Summary: "My result of an exam, as far as it is shown"},
		func(ctx context.Context, in *ResultRoundIn) (*resultOut, error) {
			v, err := s.Result(ctx, account.From(ctx), in.Round)
			return &resultOut{v}, err
		})
	type reviewOut struct{ Body Review }
	web.Handle(api, web.Op{ID: "review-my-exam-attempt", Method: http.MethodGet, Path: base + "/attempts/{attempt}/review", Summary: "An attempt of mine with the reason for each point, once the right answers may be seen"},
		func(ctx context.Context, in *struct {
			ResultRoundIn
			Attempt int64 `path:"attempt" minimum:"1"`
		}) (*reviewOut, error) {
			v, err := s.Review(ctx, account.From(ctx), in.Round, in.Attempt)
			return &reviewOut{v}, err
		})
	web.Handle(api, web.Op{ID: "ask-exam-appeal", Method: http.MethodPost, Path: base + "/appeals", Summary: "Ask for a review of an item or of my result", Status: http.StatusCreated, MaxBody: 16 << 10},
		func(ctx context.Context, in *struct {
			ResultRoundIn
			Body AppealWanted
		}) (*resultOut, error) {
			if _, err := s.Appeal(ctx, account.From(ctx), in.Round, in.Body); err != nil {
				return nil, err
			}
			v, err := s.Result(ctx, account.From(ctx), in.Round)
			return &resultOut{v}, err
		})
	web.Handle(api, web.Op{ID: "withdraw-exam-appeal", Method: http.MethodPost, Path: base + "/appeals/{appeal}/withdrawal", Summary: "Take an appeal of mine back"},
		func(ctx context.Context, in *struct {
			ResultRoundIn
			Appeal int64 `path:"appeal" minimum:"1"`
		}) (*resultOut, error) {
			if err := s.WithdrawAppeal(ctx, account.From(ctx), in.Round, in.Appeal); err != nil {
				return nil, err
			}
			v, err := s.Result(ctx, account.From(ctx), in.Round)
			return &resultOut{v}, err
		})
}

// AppealsView is the organizers' queue.
type AppealsView struct {
	Counts  AppealCounts `json:"counts"`
	Appeals []AppealView `json:"appeals" doc:"Open ones first, the oldest first"`
}

func appealRoutes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/rounds/{round}/exam/appeals"
	type appealsOut struct{ Body AppealsView }
	web.Handle(api, web.Op{ID: "list-exam-appeals", Method: http.MethodGet, Path: base, Summary: "The appeals of an exam"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			State  AppealState `query:"state" enum:",open,accepted,rejected,withdrawn"`
			Offset int         `query:"offset" minimum:"0" maximum:"1000000"`
			Limit  int         `query:"limit" minimum:"1" maximum:"100" default:"30"`
		}) (*appealsOut, error) {
			list, counts, err := s.Appeals(ctx, in.Contest, in.Round, in.State, in.Offset, in.Limit)
			return &appealsOut{AppealsView{Counts: counts, Appeals: list}}, err
		})
	web.Handle(api, web.Op{ID: "answer-exam-appeal", Method: http.MethodPost, Path: base + "/{appeal}/answer", Summary: "Accept or reject an appeal", MaxBody: 16 << 10},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Appeal int64 `path:"appeal" minimum:"1"`
			Body   struct {
				Accept bool   `json:"accept"`
				Answer string `json:"answer" maxLength:"4000" doc:"The contestant reads it"`
			}
		}) (*struct{}, error) {
			return nil, s.AnswerAppeal(ctx, in.Contest, in.Round, in.Appeal, in.Body.Accept, in.Body.Answer)
		})
}
