package exam

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/web"
)

// PublicExam is what everybody may know of an exam round: its periods, and which standings may be read. It never tells how
// many take part.
type PublicExam struct {
	RoundID int64          `json:"round_id"`
	Round   string         `json:"round"`
	Phase   Phase          `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	Final   bool           `json:"final" doc:"The contest's results are final; otherwise standings are provisional"`
	Guess   bool           `json:"guess" doc:"A guess is part of it: numbers and standings of a period come once it is counted"`
	ShowAt  Moment         `json:"show_board" enum:"at_submit,after_window,published,never" doc:"When standings become public"`
	Held    bool           `json:"held" doc:"The contest's board stands still, and these standings with it"`
	Overall bool           `json:"overall" doc:"The standings of all periods together may be read"`
	Periods []PublicPeriod `json:"periods" doc:"In their order; none before the round is ready"`
}

// PublicPeriod is a period as everybody may know it.
type PublicPeriod struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	OpensUs  int64  `json:"opens_us" doc:"As announced, without anybody's exception"`
	ClosesUs int64  `json:"closes_us"`
	Settled  bool   `json:"settled" doc:"Everything of it is counted"`
	Public   bool   `json:"public" doc:"Its standings may be read now"`
}

// Public says what everybody may know of a round of a contest that is no draft.
func (s *Service) Public(ctx context.Context, contestID, roundID int64) (PublicExam, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return PublicExam{}, err
	}
	f := r.known()
	if f.contest.State == contest.Draft {
		return PublicExam{}, fault.NothingHere
	}
	v := PublicExam{RoundID: f.roundID, Round: f.roundName, Phase: f.phase, Guess: f.settings.Guess != GuessNone, ShowAt: f.settings.ShowBoard,
		Final: f.contest.State == contest.Finalized || f.contest.State == contest.Archived, Periods: []PublicPeriod{}}
	if s.results.frozen != nil {
		if v.Held, err = s.results.frozen(ctx, contestID); err != nil {
			return v, err
		}
	}
	v.Final = v.Final && !v.Held // a result that is final but not told yet has not become final for anybody
	v.Overall = f.overallShown() && !v.Held
	if f.phase == PhasePlanned {
		return v, nil
	}
	for _, p := range f.periods {
		v.Periods = append(v.Periods, PublicPeriod{ID: p.ID, Name: p.Name, OpensUs: p.OpensUs(), ClosesUs: p.ClosesUs(),
			Settled: p.SettledUs != 0, Public: f.boardShown(p) && !v.Held})
	}
	return v, nil
}

func publicRoutes(api *web.API, s *Service) {
	type publicOut struct{ Body PublicExam }
	web.Handle(api, web.Op{ID: "get-public-exam", Method: http.MethodGet, Path: "/api/audience/contests/{slug}/exams/{round}", Summary: "An exam's periods, and which of its standings may be read"},
		func(ctx context.Context, in *struct {
			Slug string `path:"slug" maxLength:"60"`
			ResultRoundIn
		}) (*publicOut, error) {
			c, err := s.contests.Visible(ctx, in.Slug)
			if err != nil {
				return nil, err
			}
			v, err := s.Public(ctx, c.ID, in.Round)
			return &publicOut{v}, err
		})
}
