package judging

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

// BallotIn is the path of an operation on one ballot.
type BallotIn struct {
	contest.In
	Ballot int64 `path:"ballot" minimum:"1"`
}

// BallotStep names the run that an act is meant for, as it stood on the screen.
type BallotStep struct {
	Run    int    `json:"run" minimum:"0" doc:"The run on the screen; 0: never opened"`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// ballotRoutes registers the ballots of the panel. Each change answers with the whole new view.
func ballotRoutes(api *web.API, s *Service) {
	type viewOut struct{ Body BallotsView }
	const base = "/api/organizer/contests/{contest}/ballots"
	view := func(ctx context.Context, contestID int64, err error) (*viewOut, error) {
		if err != nil {
			return nil, err
		}
		b, err := s.Ballots(ctx, contestID)
		return &viewOut{Body: b.View()}, err
	}
	web.Handle(api, web.Op{ID: "list-ballots", Method: http.MethodGet, Path: base, Summary: "Ballots of the panel for side prizes; the same comes live"},
		func(ctx context.Context, in *contest.In) (*viewOut, error) { return view(ctx, in.Contest, nil) })
	web.Handle(api, web.Op{ID: "add-ballot", Method: http.MethodPost, Path: base, Summary: "Plan a ballot for a side prize"},
		func(ctx context.Context, in *struct {
			contest.In
			Body BallotRules
		}) (*viewOut, error) {
			_, err := s.AddBallot(ctx, in.Contest, in.Body)
			return view(ctx, in.Contest, err)
		})
	web.Handle(api, web.Op{ID: "save-ballot", Method: http.MethodPut, Path: base + "/{ballot}", Summary: "Change a ballot that has not been opened"},
		func(ctx context.Context, in *struct {
			BallotIn
			Body BallotRules
		}) (*viewOut, error) {
			return view(ctx, in.Contest, s.SaveBallot(ctx, in.Contest, in.Ballot, in.Body))
		})
	web.Handle(api, web.Op{ID: "remove-ballot", Method: http.MethodDelete, Path: base + "/{ballot}", Summary: "Take out a ballot that has not been opened"},
		func(ctx context.Context, in *BallotIn) (*viewOut, error) {
			return view(ctx, in.Contest, s.RemoveBallot(ctx, in.Contest, in.Ballot))
		})
	step := func(id, path, summary string, act func(ctx context.Context, contestID, ballotID int64, b BallotStep) error) {
		web.Handle(api, web.Op{ID: id, Method: http.MethodPost, Path: base + "/{ballot}" + path, Summary: summary},
			func(ctx context.Context, in *struct {
				BallotIn
				Body BallotStep
			}) (*viewOut, error) {
				return view(ctx, in.Contest, act(ctx, in.Contest, in.Ballot, in.Body))
			})
	}
	step("open-ballot", "/open", "Open a ballot, or open it again among the tied", func(ctx context.Context, c, id int64, b BallotStep) error {
		return s.OpenBallot(ctx, c, id, b.Run)
	})
	step("close-ballot", "/close", "Close the run that is open, and count it", func(ctx context.Context, c, id int64, b BallotStep) error {
		return s.CloseBallot(ctx, c, id, b.Run, b.Reason)
	})
	step("cancel-ballot", "/cancel", "End a ballot without a prize, with a reason", func(ctx context.Context, c, id int64, b BallotStep) error {
		return s.CancelBallot(ctx, c, id, b.Reason)
	})
	web.Handle(api, web.Op{ID: "get-ballot-minutes-pdf", Method: http.MethodGet, Path: base + "/{ballot}/minutes/pdf", Summary: "Minutes of the count for signatures in ink"},
		func(ctx context.Context, in *BallotIn) (*web.Download, error) {
			body, err := s.BallotMinutesPDF(ctx, in.Contest, in.Ballot)
			if err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản kiểm phiếu.pdf", web.PDF, body), nil
		})
	web.Handle(api, web.Op{ID: "get-ballot-minutes-docx", Method: http.MethodGet, Path: base + "/{ballot}/minutes/docx", Summary: "Minutes of the count as a Word document"},
		func(ctx context.Context, in *BallotIn) (*web.Download, error) {
			body, err := s.BallotMinutesDOCX(ctx, in.Contest, in.Ballot)
			if err != nil {
				return nil, err
			}
			return web.NewDownload("Biên bản kiểm phiếu.docx", web.DOCX, body), nil
		})
	myBallotRoutes(api, s)
}

func myBallotRoutes(api *web.API, s *Service) {
	type mineOut struct{ Body MyBallotsView }
	const base = "/api/judge/contests/{contest}/ballots"
	mine := func(ctx context.Context, contestID int64, err error) (*mineOut, error) {
		if err != nil {
			return nil, err
		}
		b, err := s.Ballots(ctx, contestID)
		return &mineOut{Body: b.Mine(account.From(ctx).AccountID)}, err
	}
	web.Handle(api, web.Op{ID: "list-my-ballots", Method: http.MethodGet, Path: base, Summary: "My papers of the panel's ballots; the same comes live"},
		func(ctx context.Context, in *contest.In) (*mineOut, error) { return mine(ctx, in.Contest, nil) })
	web.Handle(api, web.Op{ID: "cast-ballot", Method: http.MethodPut, Path: base + "/{ballot}/paper", Summary: "Vote, or change my vote while the ballot is open"},
		func(ctx context.Context, in *struct {
			BallotIn
			Body Vote
		}) (*mineOut, error) {
			return mine(ctx, in.Contest, s.CastVote(ctx, in.Contest, in.Ballot, in.Body))
		})
	web.Handle(api, web.Op{ID: "confirm-ballot", Method: http.MethodPost, Path: base + "/{ballot}/confirm", Summary: "As the head judge: the count stands, or the answer to a tie"},
		func(ctx context.Context, in *struct {
			BallotIn
			Body struct {
				BallotStep
				Entries []int64 `json:"entries" maxItems:"10" doc:"Of the tied; none: what is left is not given"`
			}
		}) (*mineOut, error) {
			return mine(ctx, in.Contest, s.ConfirmBallot(ctx, in.Contest, in.Ballot, in.Body.Run, in.Body.Entries, in.Body.Reason))
		})
}
