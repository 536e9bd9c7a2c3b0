package roster

import (
	"context"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/export"
	"github.com/hoithi/hoithi/server/unit"
	"github.com/hoithi/hoithi/server/web"
)

// PlanUnitView is what a contest expects of a unit, and how far it is.
type PlanUnitView struct {
	ID         int64     `json:"id"`
	Code       string    `json:"code"`
	Name       string    `json:"name"`
	ShortName  string    `json:"short_name"`
	Kind       unit.Kind `json:"kind" enum:"province,district,commune,agency,enterprise,force,school,other"`
	ParentID   int64     `json:"parent_id"`
	ParentName string    `json:"parent_name"`
	Invited    bool      `json:"invited" doc:"The registration form offers it"`
	BlockID    int64     `json:"block_id" doc:"0: in none"`
	Target     int       `json:"target" doc:"-1: none set"`
	Headcount  int       `json:"headcount" doc:"Confirmed for this contest; -1: not yet"`
	Counted    int       `json:"counted" doc:"Members by the newest count of the tree; -1: never counted"`
	Entries    int       `json:"entries"`
	Waiting    int       `json:"waiting" doc:"Registrations that nobody has decided"`
}

// PlanView is what a contest expects of its units.
type PlanView struct {
	Day        unit.Day       `json:"day" doc:"On which the units are looked at"`
	Changeable bool           `json:"changeable" doc:"Units can be invited"`
	Open       bool           `json:"open" doc:"Blocks, targets and headcounts can change"`
	Blocks     []Block        `json:"blocks"`
	Units      []PlanUnitView `json:"units" doc:"In Vietnamese order"`
}

// PlanChangeView changes what is expected of one unit.
type PlanChangeView struct {
	UnitID    int64 `json:"unit_id" minimum:"1"`
	BlockID   int64 `json:"block_id" minimum:"-1" doc:"-1: left as it is; 0: in none"`
	Target    int   `json:"target" minimum:"-2" doc:"-2: left as it is; -1: none"`
	Headcount int   `json:"headcount" minimum:"-2" doc:"-2: left as it is; -1: not confirmed"`
}

// PlanRowView is one row of a file with blocks and targets.
type PlanRowView struct {
	Row       int           `json:"row" doc:"As Excel shows it"`
	Code      string        `json:"code"`
	Name      string        `json:"name"`
	Block     string        `json:"block"`
	Target    int           `json:"target"`
	Headcount int           `json:"headcount"`
	Invites   bool          `json:"invites" doc:"The unit is not on the contest's list yet"`
	Status    FileStatus    `json:"status" enum:"new,duplicate,error"`
	Problems  []ProblemView `json:"problems"`
}

// PlanFileView is a file with blocks and targets as it was understood.
type PlanFileView struct {
	Rows      []PlanRowView `json:"rows"`
	NewBlocks []string      `json:"new_blocks"`
	Changed   int           `json:"changed"`
	Same      int           `json:"same"`
	Errors    int           `json:"errors"`
}

func planFileView(f PlanFile, locale string) PlanFileView {
	v := PlanFileView{Rows: make([]PlanRowView, 0, len(f.Rows)), NewBlocks: f.NewBlocks}
	for _, r := range f.Rows {
		row := PlanRowView{Row: r.Number, Code: r.Code, Name: r.Name, Block: r.Block, Target: r.Target, Headcount: r.Headcount, Invites: r.Invites,
			Status: r.Status, Problems: []ProblemView{}}
		for _, p := range r.Problems {
			text := p.Vi
			if locale == "en" {
				text = p.En
			}
			row.Problems = append(row.Problems, ProblemView{Row: p.Row, Column: p.Column, Warning: p.Warning, Text: text})
		}
		switch r.Status {
		case FileNew:
			v.Changed++
		case FileDuplicate:
			v.Same++
		case FileRefused:
			v.Errors++
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func unitRoutes(api *web.API, s *Service) {
	type planOut struct{ Body PlanView }
	plan := func(ctx context.Context, contestID int64, err error) (*planOut, error) {
		if err != nil {
			return nil, err
		}
		p, err := s.Plan(ctx, contestID)
		if err != nil {
			return nil, err
		}
		v := PlanView{Day: p.Day, Changeable: changeable(p.Contest) == nil, Open: planOpen(p.Contest) == nil, Blocks: p.Blocks,
			Units: make([]PlanUnitView, 0, len(p.Units))}
		for _, u := range p.Units {
			v.Units = append(v.Units, PlanUnitView{ID: u.ID, Code: u.Code, Name: u.Name, ShortName: u.ShortName, Kind: u.Kind, ParentID: u.ParentID,
				ParentName: u.ParentName, Invited: u.Invited, BlockID: u.BlockID, Target: u.Target, Headcount: u.Headcount, Counted: u.Counted,
				Entries: u.Entries, Waiting: u.Waiting})
		}
		return &planOut{Body: v}, nil
	}
	web.Handle(api, web.Op{ID: "get-unit-plan", Method: http.MethodGet, Path: base + "/unit-plan", Summary: "The units of a contest with their blocks, targets and headcounts"},
		func(ctx context.Context, in *ContestIn) (*planOut, error) { return plan(ctx, in.Contest, nil) })
	web.Handle(api, web.Op{ID: "save-blocks", Method: http.MethodPut, Path: base + "/blocks", Summary: "The blocks of a contest, in their order"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Blocks []Block `json:"blocks" maxItems:"60"`
			}
		}) (*planOut, error) {
			return plan(ctx, in.Contest, s.SaveBlocks(ctx, in.Contest, in.Body.Blocks))
		})
	web.Handle(api, web.Op{ID: "set-unit-plan", Method: http.MethodPatch, Path: base + "/unit-plan", Summary: "Change blocks, targets and headcounts of units"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Units []PlanChangeView `json:"units" minItems:"1" maxItems:"2000"`
			}
		}) (*planOut, error) {
			changes := make([]PlanChange, len(in.Body.Units))
			for i, u := range in.Body.Units {
				changes[i] = PlanChange(u)
			}
			return plan(ctx, in.Contest, s.SetPlan(ctx, in.Contest, changes))
		})
	type addedOut struct {
		Body struct {
			Added int `json:"added"`
		}
	}
	web.Handle(api, web.Op{ID: "invite-below", Method: http.MethodPost, Path: base + "/units/below", Summary: "Invite the units below one"},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				UnitID int64       `json:"unit_id" minimum:"0" doc:"0: the whole tree"`
				All    bool        `json:"all" doc:"On every level; else only those right below it"`
				Kinds  []unit.Kind `json:"kinds,omitempty" maxItems:"8" doc:"Empty: any"`
			}
		}) (*addedOut, error) {
			n, err := s.InviteBelow(ctx, in.Contest, in.Body.UnitID, in.Body.All, in.Body.Kinds)
			out := &addedOut{}
			out.Body.Added = n
			return out, err
		})
	type idsIn struct {
		ContestIn
		Body struct {
			IDs []int64 `json:"ids" minItems:"1" maxItems:"2000"`
		}
	}
	web.Handle(api, web.Op{ID: "invite-known-units", Method: http.MethodPost, Path: base + "/units/known", Summary: "Invite units of the tree"},
		func(ctx context.Context, in *idsIn) (*struct{}, error) {
			return nil, s.InviteByID(ctx, in.Contest, in.Body.IDs)
		})
	web.Handle(api, web.Op{ID: "dismiss-units", Method: http.MethodPost, Path: base + "/units/dismiss", Summary: "Take units off the contest's list; their entries stay"},
		func(ctx context.Context, in *idsIn) (*struct{}, error) {
			_, err := s.DismissUnits(ctx, in.Contest, in.Body.IDs)
			return nil, err
		})
	web.Handle(api, web.Op{ID: "export-unit-plan", Method: http.MethodGet, Path: base + "/unit-plan/export", Summary: "Blocks and targets as .xlsx"},
		func(ctx context.Context, in *ContestIn) (*web.Download, error) {
			locale := account.From(ctx).Locale
			data, err := s.ExportPlan(ctx, in.Contest, locale)
			name := "khoi-chi-tieu.xlsx"
			if locale == "en" {
				name = "blocks-targets.xlsx"
			}
			return web.NewDownload(name, web.XLSX, data), err
		})
	type planUploadIn struct {
		ContestIn
		RawBody []byte `contentType:"application/octet-stream"`
	}
	type planFileOut struct{ Body PlanFileView }
	web.Handle(api, web.Op{ID: "preview-unit-plan", Method: http.MethodPost, Path: base + "/unit-plan/import/preview", Summary: "What a file would change in blocks and targets", MaxBody: export.MaxWorkbookBytes + 1, Timeout: time.Minute},
		func(ctx context.Context, in *planUploadIn) (*planFileOut, error) {
			f, err := s.PreviewPlan(ctx, in.Contest, in.RawBody)
			return &planFileOut{Body: planFileView(f, account.From(ctx).Locale)}, err
		})
	web.Handle(api, web.Op{ID: "import-unit-plan", Method: http.MethodPost, Path: base + "/unit-plan/import", Summary: "Take blocks and targets of a file", MaxBody: export.MaxWorkbookBytes + 1, Timeout: time.Minute},
		func(ctx context.Context, in *planUploadIn) (*planFileOut, error) {
			f, err := s.ImportPlan(ctx, in.Contest, in.RawBody)
			return &planFileOut{Body: planFileView(f, account.From(ctx).Locale)}, err
		})
}
