package judging

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/web"
)

// RoundIn is the path of an operation on one judged round. (Exported, as all structs that are embedded in an
// operation's input: huma passes over the fields of others without a word.)
type RoundIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

// PerformanceIn is the path of an operation on one performance.
type PerformanceIn struct {
	RoundIn
	Performance int64 `path:"performance" minimum:"1"`
}

type tableOut struct{ Body JudgingView }

// CriterionBody is a line of a rubric as it is set.
type CriterionBody struct {
	Name        string `json:"name" minLength:"1" maxLength:"120"`
	Description string `json:"description,omitempty" maxLength:"500"`
	Max         int64  `json:"max" minimum:"1" maximum:"100000" doc:"Highest mark, hundredths of a point"`
	Step        int64  `json:"step" minimum:"1" maximum:"100000" doc:"Divides max; hundredths of a point"`
	Weight      int64  `json:"weight" minimum:"1" maximum:"100000" doc:"Hundredths of a percent; 10000: the mark counts as it is"`
	// Levels may come in any order.
	Levels []Level `json:"levels,omitempty" maxItems:"8" doc:"What the marks stand for"`
}

// TurnBody is a line of a running order as it is set.
type TurnBody struct {
	EntryID int64  `json:"entry_id" minimum:"1"`
	Title   string `json:"title,omitempty" maxLength:"200" doc:"Title of the piece"`
}

// Routes registers the operations of judged rounds. Each change answers with the whole new view.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/rounds/{round}/judging"
	table := func(ctx context.Context, in RoundIn, err error) (*tableOut, error) {
		if err != nil {
			return nil, err
		}
		v, _, err := s.Table(ctx, in.Contest, in.Round)
		return &tableOut{Body: v}, err
	}
	judgeRoutes(api, s)
	conductRoutes(api, s, base, table)
	setUpRoutes(api, s, base, table)
	panelRoutes(api, s, base, table)
	stageRoutes(api, s, base, table)
	signRoutes(api, s, base, table)
	ballotRoutes(api, s)
}

func judgeRoutes(api *web.API, s *Service) {
	type seatsOut struct {
		Body struct {
			Seats []SeatOfMine `json:"seats"`
		}
	}
	type viewOut struct{ Body JudgeView }
	web.Handle(api, web.Op{ID: "list-my-panels", Method: http.MethodGet, Path: "/api/judge/rounds", Summary: "Rounds in which I sit on the panel"},
		func(ctx context.Context, _ *struct{}) (*seatsOut, error) {
			seats, err := s.SeatsOf(ctx, account.From(ctx).AccountID)
			out := &seatsOut{}
			out.Body.Seats = seats
			return out, err
		})
	web.Handle(api, web.Op{ID: "get-judge-view", Method: http.MethodGet, Path: "/api/judge/contests/{contest}/rounds/{round}", Summary: "What I see as a judge of the round; the same comes live"},
		func(ctx context.Context, in *RoundIn) (*viewOut, error) {
			v, _, err := s.JudgeView(ctx, in.Contest, in.Round)
			return &viewOut{Body: v}, err
		})
}

func setUpRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	type candidatesOut struct {
		Body struct {
			Candidates []Candidate `json:"candidates"`
		}
	}
	web.Handle(api, web.Op{ID: "get-judging", Method: http.MethodGet, Path: base, Summary: "Set-up, running order and all marks of a judged round; the same comes live"},
		func(ctx context.Context, in *RoundIn) (*tableOut, error) { return table(ctx, *in, nil) })
	web.Handle(api, web.Op{ID: "list-panel-candidates", Method: http.MethodGet, Path: base + "/candidates", Summary: "Who may sit on the panel"},
		func(ctx context.Context, in *RoundIn) (*candidatesOut, error) {
			list, err := s.Candidates(ctx, in.Contest)
			out := &candidatesOut{}
			out.Body.Candidates = list
			return out, err
		})
	web.Handle(api, web.Op{ID: "set-marking-rules", Method: http.MethodPut, Path: base + "/rules", Summary: "Set combination, rounding and overtime; before the first performance"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body MarkingRules
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetRules(ctx, in.Contest, in.Round, in.Body))
		})
	web.Handle(api, web.Op{ID: "set-rubric", Method: http.MethodPut, Path: base + "/rubric", Summary: "Replace the rubric; before the first performance"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Criteria []CriterionBody `json:"criteria" minItems:"1" maxItems:"30"`
			}
		}) (*tableOut, error) {
			criteria := make([]Criterion, 0, len(in.Body.Criteria))
			for _, c := range in.Body.Criteria {
				criteria = append(criteria, Criterion{Name: c.Name, Description: c.Description, Levels: c.Levels,
					Criterion: scoring.Criterion{Max: c.Max, Step: c.Step, Weight: c.Weight}})
			}
			return table(ctx, in.RoundIn, s.SetRubric(ctx, in.Contest, in.Round, criteria))
		})
	web.Handle(api, web.Op{ID: "set-panel", Method: http.MethodPut, Path: base + "/panel", Summary: "Seat the judges, the first as GK1; before the first performance"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Accounts []int64 `json:"accounts" minItems:"1" maxItems:"31"`
				Head     int64   `json:"head,omitempty" minimum:"0" doc:"Account of the head judge; 0: none"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetPanel(ctx, in.Contest, in.Round, in.Body.Accounts, in.Body.Head))
		})
	web.Handle(api, web.Op{ID: "set-running-order", Method: http.MethodPut, Path: base + "/order", Summary: "Set the running order; performances that have begun stay first"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Turns []TurnBody `json:"turns" maxItems:"500"`
			}
		}) (*tableOut, error) {
			turns := make([]Turn, 0, len(in.Body.Turns))
			for _, t := range in.Body.Turns {
				turns = append(turns, Turn(t))
			}
			return table(ctx, in.RoundIn, s.SetOrder(ctx, in.Contest, in.Round, turns))
		})
	web.Handle(api, web.Op{ID: "draw-running-order", Method: http.MethodPost, Path: base + "/order/draw", Summary: "Put all entries into an order drawn by a new seed"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body *struct {
				Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why lots are drawn again; the first draw needs none"`
			}
		}) (*tableOut, error) {
			reason := ""
			if in.Body != nil {
				reason = in.Body.Reason
			}
			return table(ctx, in.RoundIn, s.DrawOrder(ctx, in.Contest, in.Round, reason))
		})
	web.Handle(api, web.Op{ID: "set-judge-absence", Method: http.MethodPut, Path: base + "/panel/{seat}/absence", Summary: "Note that a judge is absent, or back"},
		func(ctx context.Context, in *struct {
			RoundIn
			Seat int `path:"seat" minimum:"1" maximum:"31"`
			Body struct {
				Absent bool   `json:"absent"`
				Reason string `json:"reason" minLength:"2" maxLength:"500"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetAbsence(ctx, in.Contest, in.Round, in.Seat, in.Body.Absent, in.Body.Reason))
		})
}

func stageRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	one := base + "/performances/{performance}"
	step := func(id, path, summary string, act func(ctx context.Context, contestID, roundID, performanceID int64) error) {
		web.Handle(api, web.Op{ID: id, Method: http.MethodPost, Path: one + path, Summary: summary},
			func(ctx context.Context, in *PerformanceIn) (*tableOut, error) {
				return table(ctx, in.RoundIn, act(ctx, in.Contest, in.Round, in.Performance))
			})
	}
	step("start-performance", "/start", "Put a performance on stage: its clock runs", s.Start)
	step("finish-performance", "/finish", "Take the performance off the stage: its clock stops", s.Finish)
	step("return-performance", "/return", "Take back a start by mistake, before any mark", s.Return)
	web.Handle(api, web.Op{ID: "set-performance-seconds", Method: http.MethodPut, Path: one + "/seconds", Summary: "Replace the clock's time by the timekeeper's"},
		func(ctx context.Context, in *struct {
			PerformanceIn
			Body struct {
				Seconds int64  `json:"seconds" minimum:"0" maximum:"86400"`
				Reason  string `json:"reason" minLength:"2" maxLength:"500"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetSeconds(ctx, in.Contest, in.Round, in.Performance, in.Body.Seconds, in.Body.Reason))
		})
}
