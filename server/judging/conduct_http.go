package judging

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/web"
)

// conductRoutes are how a part is run beside its marks: settings, the stage clock, performances for practice, notes.
func conductRoutes(api *web.API, s *Service, base string, table func(context.Context, RoundIn, error) (*tableOut, error)) {
	type notesOut struct{ Body NotesView }
	one := base + "/performances/{performance}"
	web.Handle(api, web.Op{ID: "set-conduct", Method: http.MethodPut, Path: base + "/conduct", Summary: "Say how the round is run: clock, opening of sheets, alarms; at any time before the close"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body Conduct
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetConduct(ctx, in.Contest, in.Round, in.Body))
		})
	web.Handle(api, web.Op{ID: "set-publicity", Method: http.MethodPut, Path: base + "/publicity", Summary: "Say what the public sees of the marks; once a sheet is locked only less"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body Publicity
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.SetPublicity(ctx, in.Contest, in.Round, in.Body))
		})
	// The timekeeper sees no marks, so the clock answers with nothing: the new view comes live.
	web.Handle(api, web.Op{ID: "press-stage-clock", Method: http.MethodPost, Path: one + "/clock", Summary: "Start, pause, resume or stop the stage clock"},
		func(ctx context.Context, in *struct {
			PerformanceIn
			Body struct {
				Act    ClockAct `json:"act" enum:"start,pause,resume,stop"`
				Reason string   `json:"reason,omitempty" maxLength:"500" doc:"Of a pause; may be given later by a second pause, and is needed before the clock goes on"`
			}
		}) (*struct{}, error) {
			return nil, s.Clock(ctx, in.Contest, in.Round, in.Performance, in.Body.Act, in.Body.Reason)
		})
	web.Handle(api, web.Op{ID: "correct-stage-time", Method: http.MethodPut, Path: one + "/time", Summary: "Replace the clock's time, as the timekeeper: answers nothing"},
		func(ctx context.Context, in *struct {
			PerformanceIn
			Body struct {
				Seconds int64  `json:"seconds" minimum:"0" maximum:"86400"`
				Reason  string `json:"reason" minLength:"2" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.SetSeconds(ctx, in.Contest, in.Round, in.Performance, in.Body.Seconds, in.Body.Reason)
		})
	web.Handle(api, web.Op{ID: "add-calibration", Method: http.MethodPost, Path: base + "/calibrations", Summary: "Add a performance for practice, which never counts"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Title string `json:"title" minLength:"1" maxLength:"200"`
			}
		}) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.AddCalibration(ctx, in.Contest, in.Round, in.Body.Title))
		})
	web.Handle(api, web.Op{ID: "remove-calibration", Method: http.MethodDelete, Path: base + "/calibrations/{performance}", Summary: "Take a performance for practice out, with its marks"},
		func(ctx context.Context, in *PerformanceIn) (*tableOut, error) {
			return table(ctx, in.RoundIn, s.RemoveCalibration(ctx, in.Contest, in.Round, in.Performance))
		})
	web.Handle(api, web.Op{ID: "list-my-notes", Method: http.MethodGet, Path: "/api/judge/contests/{contest}/rounds/{round}/notes", Summary: "My own notes on the performances of the round"},
		func(ctx context.Context, in *RoundIn) (*notesOut, error) {
			v, err := s.Notes(ctx, in.Contest, in.Round)
			return &notesOut{Body: v}, err
		})
}
