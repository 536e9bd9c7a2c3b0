package exam

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/web"
)

// SetupView is an online exam as its organizers set it up.
type SetupView struct {
	RoundID    int64              `json:"round_id"`
	Name       string             `json:"name"`
	Version    int64              `json:"version" doc:"To be sent back with a change"`
	Phase      Phase              `json:"phase" enum:"planned,ready,running,paused,closed,scored"`
	Editable   bool               `json:"editable" doc:"Nothing changes any more once the contest is over"`
	Taken      bool               `json:"taken" doc:"Somebody has begun: what would change their result stands"`
	TimeZone   string             `json:"time_zone"`
	NowUs      int64              `json:"now_us"`
	MaxScore   int64              `json:"max_score" doc:"The most that can be reached, in hundredths of a point"`
	Settings   Settings           `json:"settings"`
	Periods    []SetupPeriodView  `json:"periods"`
	Divisions  []contest.Division `json:"divisions"`
	Blueprints []SetupBlueprint   `json:"blueprints" doc:"Of the contest; those of this round first"`
	Warnings   []SetupWarning     `json:"warnings" doc:"What may be as it is, but is seldom meant"`
}

// SetupPeriodView is a period with what of it is fixed.
type SetupPeriodView struct {
	ID       int64       `json:"id"`
	Name     string      `json:"name"`
	Windows  []Window    `json:"windows"`
	Opened   bool        `json:"opened" doc:"Its time changes only from the console"`
	Taken    bool        `json:"taken"`
	Prepared bool        `json:"prepared" doc:"Every division has its frozen papers"`
	Pools    []SetupPool `json:"pools"`
}

// SetupPool is what papers are drawn from, frozen.
type SetupPool struct {
	DivisionID  int64 `json:"division_id"`
	BlueprintID int64 `json:"blueprint_id"`
	CreatedUs   int64 `json:"created_us"`
}

// SetupBlueprint is a blueprint that papers can be drawn from, with how it stands to the bank.
type SetupBlueprint struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Items   int    `json:"items"`
	Points  int64  `json:"points" doc:"Hundredths"`
	Offered int    `json:"offered" doc:"How many items the bank offers for it"`
	Lacks   int    `json:"lacks" doc:"How many items the bank has too few of"`
	Missing int    `json:"missing" doc:"How many pinned items the bank does not offer"`
}

// SetupRoundIn is the path of an exam round.
type SetupRoundIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

// SetupPeriodIn is the path of one of its periods.
type SetupPeriodIn struct {
	SetupRoundIn
	Period int64 `path:"period" minimum:"1"`
}

// PeriodWanted is a period as organizers wish for it.
type PeriodWanted struct {
	ID      int64    `json:"id" minimum:"0" doc:"0: a new one"`
	Name    string   `json:"name" maxLength:"200"`
	Windows []Window `json:"windows" maxItems:"20"`
}

// WeekMoment is a day of the week and a time, by the clock of the contest's time zone.
type WeekMoment struct {
	Day  int    `json:"day" minimum:"0" maximum:"6" doc:"0: Sunday, 1: Monday, ..."`
	Time string `json:"time" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" doc:"10:00"`
}

func (m WeekMoment) of() contest.WeekTime {
	t, _ := time.Parse("15:04", m.Time) // the schema lets no other through
	return contest.WeekTime{Day: time.Weekday(m.Day), Hour: t.Hour(), Minute: t.Minute()}
}

// PreviewView is a paper as a contestant would see it. It has no key, and nobody ever gets it.
type PreviewView struct {
	PeriodID   int64       `json:"period_id"`
	DivisionID int64       `json:"division_id"`
	DurationS  int64       `json:"duration_s"`
	Guess      Guess       `json:"guess" enum:",all_right,entrants,share"`
	Items      []PaperItem `json:"items"`
}

type examSetupOut struct{ Body SetupView }

type examPreviewOut struct{ Body PreviewView }

type examWeeksOut struct {
	Body struct {
		Windows []Window `json:"windows"`
	}
}

// setupView reads a round with all that its set-up page shows.
func (s *Service) setupView(ctx context.Context, contestID, roundID int64) (*examSetupOut, error) {
	x, err := s.Setup(ctx, contestID, roundID)
	if err != nil {
		return nil, err
	}
	now := s.nowUs()
	v := SetupView{RoundID: x.Round.ID, Name: x.Round.Name, Version: x.Version, Phase: x.Phase, Editable: x.Editable(), TimeZone: x.Contest.TimeZone,
		NowUs: now, MaxScore: x.Round.MaxScore, Settings: x.Settings, Divisions: x.Contest.Divisions, Warnings: x.Settings.warnings(),
		Periods: []SetupPeriodView{}, Blueprints: []SetupBlueprint{}}
	for _, p := range x.Periods {
		v.Taken = v.Taken || p.Taken
		view := SetupPeriodView{ID: p.ID, Name: p.Name, Windows: p.Windows, Opened: x.Phase != PhasePlanned && p.Opened(now), Taken: p.Taken, Prepared: x.prepared(p), Pools: []SetupPool{}}
		for _, f := range x.Pools {
			if f.PeriodID == p.ID {
				view.Pools = append(view.Pools, SetupPool{DivisionID: f.DivisionID, BlueprintID: f.BlueprintID, CreatedUs: f.CreatedUs})
			}
		}
		v.Periods = append(v.Periods, view)
	}
	blueprints, err := s.papers.Blueprints(ctx, contestID)
	if err != nil {
		return nil, err
	}
	standings, err := s.papers.Standings(ctx, contestID, blueprints)
	if err != nil {
		return nil, err
	}
	var others []SetupBlueprint
	for i, b := range blueprints {
		t, f := b.Spec.Totals(), standings[i]
		view := SetupBlueprint{ID: b.ID, Name: b.Name, Items: t.Items, Points: t.Points, Offered: f.Offered, Lacks: f.Lacks, Missing: len(f.Missing)}
		if b.RoundID == roundID {
			v.Blueprints = append(v.Blueprints, view)
		} else {
			others = append(others, view)
		}
	}
	v.Blueprints = append(v.Blueprints, others...)
	return &examSetupOut{Body: v}, nil
}

// Preview draws a paper by a seed that is thrown away, from the bank as it is now, and shows it as a contestant of the
// period and division would see it. Who looks is recorded.
func (s *Service) Preview(ctx context.Context, contestID, roundID, periodID, divisionID int64) (PreviewView, error) {
	x, err := s.Setup(ctx, contestID, roundID)
	if err != nil {
		return PreviewView{}, err
	}
	id := x.Settings.Blueprint(periodID, divisionID)
	if id == 0 {
		return PreviewView{}, errNoBlueprint
	}
	parts, err := s.papers.Try(ctx, contestID, id)
	if err != nil {
		return PreviewView{}, err
	}
	v := PreviewView{PeriodID: periodID, DivisionID: divisionID, DurationS: x.Settings.DurationUs(divisionID) / 1_000_000, Guess: x.Settings.Guess, Items: []PaperItem{}}
	for _, part := range parts {
		for i, e := range part.Entries {
			item := PaperItem{Place: int16(e.Number), Points: e.Points, Question: e.Question}
			if i == 0 {
				item.Part, item.Note = part.Title, part.Note
			}
			v.Items = append(v.Items, item)
		}
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		return audit.Append(ctx, tx, contestID, "exam.preview", map[string]any{"round": roundID, "period": periodID, "division": divisionID, "blueprint": id})
	})
	return v, postgres.Fault(err)
}

// setUpRoutes registers what organizers do before a round.
func setUpRoutes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/rounds/{round}/exam"
	saved := func(ctx context.Context, in SetupRoundIn, err error) (*examSetupOut, error) {
		if err != nil {
			return nil, err
		}
		return s.setupView(ctx, in.Contest, in.Round)
	}
	web.Handle(api, web.Op{ID: "get-exam", Method: http.MethodGet, Path: base, Summary: "An online exam as it is set up"},
		func(ctx context.Context, in *SetupRoundIn) (*examSetupOut, error) { return saved(ctx, *in, nil) })
	web.Handle(api, web.Op{ID: "save-exam-settings", Method: http.MethodPut, Path: base + "/settings", Summary: "Change the rules of an online exam"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Body struct {
				Version  int64    `json:"version" minimum:"1"`
				Settings Settings `json:"settings"`
			}
		}) (*examSetupOut, error) {
			_, err := s.SaveSettings(ctx, in.Contest, in.Round, in.Body.Version, in.Body.Settings)
			return saved(ctx, in.SetupRoundIn, err)
		})
	web.Handle(api, web.Op{ID: "save-exam-periods", Method: http.MethodPut, Path: base + "/periods", Summary: "Replace the periods of an online exam with their windows"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Body struct {
				Version int64          `json:"version" minimum:"1"`
				Periods []PeriodWanted `json:"periods" maxItems:"60" doc:"In order"`
			}
		}) (*examSetupOut, error) {
			periods := make([]Period, 0, len(in.Body.Periods))
			for _, p := range in.Body.Periods {
				periods = append(periods, Period{ID: p.ID, Name: p.Name, Windows: slices.Clone(p.Windows)})
			}
			_, err := s.SavePeriods(ctx, in.Contest, in.Round, in.Body.Version, periods)
			return saved(ctx, in.SetupRoundIn, err)
		})
	web.Handle(api, web.Op{ID: "plan-exam-weeks", Method: http.MethodPost, Path: base + "/weeks", Summary: "The windows of weekly periods; nothing is saved"},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Body struct {
				From   time.Time  `json:"from" doc:"The first week opens at or after it"`
				Opens  WeekMoment `json:"opens"`
				Closes WeekMoment `json:"closes"`
				Weeks  int        `json:"weeks" minimum:"1" maximum:"53"`
			}
		}) (*examWeeksOut, error) {
			x, err := s.Setup(ctx, in.Contest, in.Round)
			out := &examWeeksOut{}
			out.Body.Windows = Weeks(zoneOf(x.Contest), in.Body.From, in.Body.Opens.of(), in.Body.Closes.of(), in.Body.Weeks)
			return out, err
		})
	web.Handle(api, web.Op{ID: "prepare-exam-period", Method: http.MethodPost, Path: base + "/periods/{period}/prepare", Summary: "Freeze what the papers of a period are drawn from", Timeout: 60 * time.Second},
		func(ctx context.Context, in *SetupPeriodIn) (*examSetupOut, error) {
			return saved(ctx, in.SetupRoundIn, s.Prepare(ctx, in.Contest, in.Round, in.Period))
		})
	web.Handle(api, web.Op{ID: "ready-exam", Method: http.MethodPost, Path: base + "/ready", Summary: "Let the periods open by the clock", Timeout: 60 * time.Second},
		func(ctx context.Context, in *SetupRoundIn) (*examSetupOut, error) {
			return saved(ctx, *in, s.Ready(ctx, in.Contest, in.Round))
		})
	web.Handle(api, web.Op{ID: "preview-exam-paper", Method: http.MethodPost, Path: base + "/preview", Summary: "A paper as a contestant would see it; who looks is recorded", Timeout: 60 * time.Second},
		func(ctx context.Context, in *struct {
			SetupRoundIn
			Body struct {
				PeriodID   int64 `json:"period_id" minimum:"0"`
				DivisionID int64 `json:"division_id" minimum:"0"`
			}
		}) (*examPreviewOut, error) {
			v, err := s.Preview(ctx, in.Contest, in.Round, in.Body.PeriodID, in.Body.DivisionID)
			return &examPreviewOut{Body: v}, err
		})
}
