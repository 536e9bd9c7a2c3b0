package ceremony

import (
	"context"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/result"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// DeskView is what the hosts see: the whole script with all that it will tell. It never goes to anybody else.
type DeskView struct {
	Seq      int64      `json:"seq" doc:"To be sent back with the next cue"`
	Settings Settings   `json:"settings"`
	Position int        `json:"position" doc:"Steps that have been made"`
	MovedUs  int64      `json:"moved_us"`
	MovedBy  string     `json:"moved_by"`
	Steps    []DeskStep `json:"steps"`
	Live     View       `json:"live" doc:"What everybody sees now"`
	Next     *View      `json:"next,omitempty" doc:"What everybody would see after the next step"`
	Final    bool       `json:"final" doc:"There is a final result to tell"`
	Told     bool       `json:"told" doc:"It is public already"`
	Seal     string     `json:"seal"`
	Revision int        `json:"revision"`
	Awards   int        `json:"awards" doc:"Awards of the plan"`
	Opened   int        `json:"opened" doc:"Before it begins: of how many entries the panel's sheets would be opened"`
}

// DeskStep is a line of the list of steps.
type DeskStep struct {
	Kind     StepKind `json:"kind" enum:"opening,prize,prize_name,unit,unit_name,division,rest,cut,award,place,name,marks,strike,points,row,summary,seal,closing"`
	Division string   `json:"division,omitempty"`
	Award    string   `json:"award,omitempty"`
	Place    int      `json:"place,omitzero"`
	Names    []string `json:"names,omitempty"`
	Withheld int      `json:"withheld,omitzero"`
	Note     string   `json:"note,omitempty"`
}

func (s *Service) desk(ctx context.Context, c contest.Contest, now standing, masks map[int64]roster.Mask) (DeskView, error) {
	v := DeskView{Seq: now.seq, Settings: now.set, Position: now.position, MovedUs: now.movedUs, MovedBy: now.movedBy, Steps: []DeskStep{}}
	newest, err := s.Results.Newest(ctx, c.ID)
	if err != nil {
		return v, err
	}
	if newest != nil {
		v.Final, v.Seal, v.Revision = true, result.Seal(newest.Hash), newest.Snapshot.Revision
	}
	if v.Told, err = s.Results.Told(ctx, c.ID); err != nil {
		return v, err
	}
	plan, err := s.Results.Awards(ctx, c.ID)
	if err != nil {
		return v, err
	}
	v.Awards = len(plan.Awards)
	if now.script == nil {
		if newest != nil {
			sheets, err := s.opened(ctx, c.ID, now.set, newest.Snapshot.Standings)
			v.Opened = len(sheets)
			return v, err
		}
		return v, nil
	}
	for _, step := range now.script.Steps {
		d := DeskStep{Kind: step.Kind, Division: step.Division, Award: step.Award, Place: step.Place, Withheld: step.Withheld, Note: step.Note}
		for i, r := range step.Rows {
			if i == 3 {
				break
			}
			d.Names = append(d.Names, r.Name)
		}
		v.Steps = append(v.Steps, d)
	}
	if now.position < len(now.script.Steps) {
		next := now.at(now.position + 1)
		next.mask(masks)
		v.Next = &next
	}
	return v, nil
}

// Desk is what the hosts see now.
func (s *Service) Desk(ctx context.Context, contestID int64) (DeskView, error) {
	k, err := s.load(ctx, contestID)
	return k.present, err
}

// Preview is what everybody would see after so many steps.
func (s *Service) Preview(ctx context.Context, contestID int64, position int) (View, error) {
	now, err := s.read(ctx, contestID)
	if err != nil {
		return View{}, err
	}
	if now.script == nil || position < 1 || position > len(now.script.Steps) {
		return View{}, fault.NothingHere
	}
	masks, err := s.Roster.Masks(ctx, contestID)
	v := now.at(position)
	v.mask(masks)
	return v, err
}

// Picture is an uploaded picture of a ceremony.
type Picture struct {
	File   string `json:"file"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

func owner(contestID int64) string { return "ceremony:" + strconv.FormatInt(contestID, 10) }

// KeepPicture stores a backdrop or a logo; SaveSettings makes it part of the show.
func (s *Service) KeepPicture(ctx context.Context, contestID int64, data []byte) (Picture, error) {
	p := Picture{}
	err := postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		f, err := s.Files.Keep(ctx, tx, owner(contestID), data)
		p = Picture{File: f.ID, Width: f.Width, Height: f.Height}
		return err
	})
	return p, postgres.Fault(err)
}

// Routes registers the operations of ceremonies.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/ceremony"
	type deskOut struct{ Body DeskView }
	type viewOut struct{ Body View }
	desk := func(ctx context.Context, contestID int64, err error) (*deskOut, error) {
		if err != nil {
			return nil, err
		}
		v, err := s.Desk(ctx, contestID)
		return &deskOut{v}, err
	}
	web.Handle(api, web.Op{ID: "get-ceremony", Method: http.MethodGet, Path: base, Summary: "The ceremony's settings, its script, and where it stands"},
		func(ctx context.Context, in *contest.In) (*deskOut, error) {
			return desk(ctx, in.Contest, nil)
		})
	web.Handle(api, web.Op{ID: "save-ceremony", Method: http.MethodPut, Path: base, Summary: "Change the ceremony's settings"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				Seq      int64    `json:"seq" doc:"Of the view that was read"`
				Settings Settings `json:"settings"`
			}
		}) (*deskOut, error) {
			return desk(ctx, in.Contest, s.SaveSettings(ctx, in.Contest, in.Body.Seq, in.Body.Settings))
		})
	web.Handle(api, web.Op{ID: "upload-ceremony-picture", Method: http.MethodPost, Path: base + "/pictures", Summary: "A backdrop or a logo", Status: http.StatusCreated, MaxBody: 10 << 20},
		func(ctx context.Context, in *struct {
			contest.In
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*struct{ Body Picture }, error) {
			p, err := s.KeepPicture(ctx, in.Contest, in.RawBody)
			return &struct{ Body Picture }{p}, err
		})
	web.Handle(api, web.Op{ID: "begin-ceremony", Method: http.MethodPost, Path: base + "/begin", Summary: "Begin to tell the final result, or a rehearsal with made-up names"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				Seq       int64 `json:"seq"`
				Rehearsal bool  `json:"rehearsal"`
			}
		}) (*deskOut, error) {
			return desk(ctx, in.Contest, s.Begin(ctx, in.Contest, in.Body.Seq, in.Body.Rehearsal))
		})
	web.Handle(api, web.Op{ID: "cue-ceremony", Method: http.MethodPost, Path: base + "/cue", Summary: "The next step, or another cue"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				Seq int64 `json:"seq" doc:"Of the view on which it was decided"`
				Cue Cue   `json:"cue" enum:"next,back,jump,pause,resume,black,light,finish,stop"`
				To  int   `json:"to,omitempty" minimum:"0" maximum:"100000" doc:"Of a jump"`
			}
		}) (*deskOut, error) {
			return desk(ctx, in.Contest, s.Do(ctx, in.Contest, in.Body.Seq, in.Body.Cue, in.Body.To))
		})
	web.Handle(api, web.Op{ID: "preview-ceremony-step", Method: http.MethodGet, Path: base + "/steps/{step}", Summary: "What everybody would see after a step"},
		func(ctx context.Context, in *struct {
			contest.In
			Step int `path:"step" minimum:"1" maximum:"100000"`
		}) (*viewOut, error) {
			v, err := s.Preview(ctx, in.Contest, in.Step)
			return &viewOut{v}, err
		})
}
