package unit

import (
	"cmp"
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/web"
)

const base = "/api/organizer/units"

// NodeView is a unit as it stands in the tree on a day.
type NodeView struct {
	ID        int64  `json:"id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	ShortName string `json:"short_name"`
	Kind      Kind   `json:"kind" enum:"province,district,commune,agency,enterprise,force,school,other"`
	ParentID  int64  `json:"parent_id" doc:"0: at the top"`
	Children  int    `json:"children" doc:"Right below it"`
	Members   int    `json:"members" doc:"Of the newest count up to the day; -1: never counted"`
	Staff     int    `json:"staff" doc:"-1: never counted"`
	EndedOn   Day    `json:"ended_on" doc:"The first day on which it is no more; empty: it is there"`
}

// HitView is a unit that was found.
type HitView struct {
	NodeView
	Path []NameView `json:"path" doc:"From the top down to its parent"`
	Was  string     `json:"was" doc:"The former name by which it was found"`
}

// NameView names a unit.
type NameView struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// EventView is something that happened to a unit.
type EventView struct {
	Day    Day        `json:"day"`
	Kind   EventKind  `json:"kind" enum:"founded,renamed,kind,moved,received,formed,separated,merged,split,dissolved,revived"`
	Ground string     `json:"ground"`
	Before string     `json:"before"`
	After  string     `json:"after"`
	Units  []NameView `json:"units" doc:"The others: successors, predecessors"`
}

// PeriodView is what a unit is from one day until another.
type PeriodView struct {
	From       Day    `json:"from" doc:"0001-01-01: since before anything was recorded"`
	To         Day    `json:"to" doc:"The first day on which it no longer holds; empty: it still does"`
	Name       string `json:"name"`
	ShortName  string `json:"short_name"`
	Kind       Kind   `json:"kind" enum:"province,district,commune,agency,enterprise,force,school,other"`
	ParentID   int64  `json:"parent_id"`
	ParentName string `json:"parent_name"`
	Ground     string `json:"ground"`
}

// CountView is how many people a unit has on a day.
type CountView struct {
	Day     Day `json:"day"`
	Members int `json:"members" minimum:"-1" maximum:"10000000" doc:"-1: not counted"`
	Staff   int `json:"staff" minimum:"-1" maximum:"10000000" doc:"-1: not counted"`
}

// UnitView is one unit with its past.
type UnitView struct {
	NodeView
	Path    []NameView   `json:"path" doc:"From the top down to its parent, on the day"`
	There   bool         `json:"there" doc:"It exists on the day"`
	Periods []PeriodView `json:"periods" doc:"Oldest first"`
	Events  []EventView  `json:"events" doc:"Oldest first"`
	Counts  []CountView  `json:"counts" doc:"Newest first"`
	Heirs   []NameView   `json:"heirs" doc:"Who goes on with it"`
	Below   []NodeView   `json:"child_units" doc:"Right below it on the day"`
}

// PartView is a unit that a change leads to.
type PartView struct {
	UnitID    int64   `json:"unit_id,omitempty" minimum:"0" doc:"0: a new one"`
	Code      string  `json:"code,omitempty" maxLength:"80"`
	Name      string  `json:"name,omitempty" maxLength:"400"`
	ShortName string  `json:"short_name,omitempty" maxLength:"120"`
	Kind      string  `json:"kind,omitempty" enum:"province,district,commune,agency,enterprise,force,school,other"`
	ParentID  int64   `json:"parent_id,omitempty" minimum:"0" doc:"0: at the top"`
	Children  []int64 `json:"children,omitempty" maxItems:"2000" doc:"Of a split: those that go with it"`
}

func (v PartView) part() Part {
	return Part{UnitID: v.UnitID, Code: v.Code, Name: v.Name, ShortName: v.ShortName, Kind: Kind(v.Kind), ParentID: v.ParentID, Children: v.Children}
}

// ChangeView is an act that changes the tree from a day on.
type ChangeView struct {
	Kind     ChangeKind `json:"kind" enum:"found,rename,move,merge,split,dissolve"`
	Day      Day        `json:"day" maxLength:"10"`
	Ground   string     `json:"ground,omitempty" maxLength:"600" doc:"The act it rests on"`
	Units    []int64    `json:"units,omitempty" maxItems:"2000"`
	New      *PartView  `json:"new,omitempty" doc:"What is founded, or the new name"`
	ParentID int64      `json:"parent_id,omitempty" minimum:"0" doc:"Where units move to; where the children of dissolved units go (0: up to the parent of each)"`
	Into     []PartView `json:"into,omitempty" maxItems:"50"`
	Keep     bool       `json:"keep,omitempty" doc:"A unit that is split goes on"`
}

func (v ChangeView) change() Change {
	c := Change{Kind: v.Kind, Day: v.Day, Ground: v.Ground, Units: v.Units, ParentID: v.ParentID, Keep: v.Keep}
	if v.New != nil {
		c.New = v.New.part()
	}
	for _, p := range v.Into {
		c.Into = append(c.Into, p.part())
	}
	return c
}

// EffectView is what a change makes different.
type EffectView struct {
	UnitID int64     `json:"unit_id" doc:"Below zero: a new unit"`
	Kind   EventKind `json:"kind" enum:"founded,renamed,kind,moved,dissolved,revived,removed,record"`
	Name   string    `json:"name"`
	Before string    `json:"before"`
	After  string    `json:"after"`
}

func effectViews(effects []Effect) []EffectView {
	views := make([]EffectView, 0, len(effects))
	for _, e := range effects {
		views = append(views, EffectView{UnitID: e.UnitID, Kind: e.Kind, Name: e.Name, Before: e.Before, After: e.After})
	}
	return views
}

// asked is a day from a request; empty: today.
func asked(day string) (Day, error) {
	if day == "" {
		return Today(), nil
	}
	if !Day(day).Valid() {
		return "", badDay.At("at", badDay.Vi, badDay.En)
	}
	return Day(day), nil
}

func nodeView(u Unit, children int, counts map[int64]Count) NodeView {
	v := NodeView{ID: u.ID, Code: u.Code, Name: u.Name, ShortName: u.ShortName, Kind: u.Kind, ParentID: u.ParentID, Children: children,
		Members: -1, Staff: -1, EndedOn: u.EndedOn}
	if c, ok := counts[u.ID]; ok {
		v.Members, v.Staff = c.Members, c.Staff
	}
	return v
}

func nameViews(units []Unit) []NameView {
	views := make([]NameView, 0, len(units))
	for _, u := range units {
		views = append(views, NameView{ID: u.ID, Name: u.Name})
	}
	return views
}

// Routes registers the operations of the tree.
func Routes(api *web.API, s *Service) {
	fileRoutes(api, s) // before {unit}, which would take "export" for a number
	actRoutes(api, s)
	readRoutes(api, s)
	changeRoutes(api, s)
}

type nodesOut struct {
	Body struct {
		Units []NodeView `json:"units"`
		Total int        `json:"total" doc:"All units that are there on the day"`
		Day   Day        `json:"day"`
	}
}

func readRoutes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "list-units", Method: http.MethodGet, Path: base, Summary: "The units right below one, in Vietnamese order"},
		func(ctx context.Context, in *struct {
			Parent int64  `query:"parent" minimum:"0" doc:"0: at the top"`
			At     string `query:"at" maxLength:"10" doc:"The day; empty: today"`
		}) (*nodesOut, error) {
			day, err := asked(in.At)
			if err != nil {
				return nil, err
			}
			tree, err := s.Tree(ctx)
			if err != nil {
				return nil, err
			}
			counts, err := s.CountsAt(ctx, day)
			if err != nil {
				return nil, err
			}
			view := tree.At(day)
			out := &nodesOut{}
			out.Body.Day, out.Body.Total = day, len(view.Below(0))
			for _, u := range view.Children(in.Parent) {
				out.Body.Units = append(out.Body.Units, nodeView(u, view.HasChildren(u.ID), counts))
			}
			return out, nil
		})
	type foundOut struct {
		Body struct {
			Units []HitView `json:"units"`
			Total int       `json:"total"`
		}
	}
	web.Handle(api, web.Op{ID: "search-units", Method: http.MethodGet, Path: base + "/search", Summary: "Units by words of their names, without marks, and by abbreviations"},
		func(ctx context.Context, in *struct {
			Words string `query:"q" maxLength:"200"`
			Under int64  `query:"under" minimum:"0"`
			Kind  string `query:"kind" enum:"province,district,commune,agency,enterprise,force,school,other"`
			At    string `query:"at" maxLength:"10"`
			Ended bool   `query:"ended" doc:"Units that are not there on the day, too"`
			Skip  int    `query:"skip" minimum:"0"`
			Most  int    `query:"most" minimum:"1" maximum:"200" default:"30"`
		}) (*foundOut, error) {
			day, err := asked(in.At)
			if err != nil {
				return nil, err
			}
			hits, total, err := s.Search(ctx, Query{Words: in.Words, Under: in.Under, Kind: Kind(in.Kind), At: day, Ended: in.Ended, Skip: in.Skip, Most: in.Most})
			if err != nil {
				return nil, err
			}
			tree, err := s.Tree(ctx)
			if err != nil {
				return nil, err
			}
			counts, err := s.CountsAt(ctx, day)
			if err != nil {
				return nil, err
			}
			view := tree.At(day)
			out := &foundOut{}
			out.Body.Total = total
			for _, h := range hits {
				out.Body.Units = append(out.Body.Units, HitView{NodeView: nodeView(h.Unit, view.HasChildren(h.ID), counts), Path: nameViews(h.Path), Was: h.Was})
			}
			return out, nil
		})
	type unitOut struct{ Body UnitView }
	web.Handle(api, web.Op{ID: "get-unit", Method: http.MethodGet, Path: base + "/{unit}", Summary: "A unit with what happened to it"},
		func(ctx context.Context, in *struct {
			Unit int64  `path:"unit" minimum:"1"`
			At   string `query:"at" maxLength:"10"`
		}) (*unitOut, error) {
			day, err := asked(in.At)
			if err != nil {
				return nil, err
			}
			view, err := s.whole(ctx, in.Unit, day)
			return &unitOut{Body: view}, err
		})
}

// whole gathers what the page of a unit shows.
func (s *Service) whole(ctx context.Context, id int64, day Day) (UnitView, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return UnitView{}, err
	}
	h, ok := tree.Unit(id)
	if !ok {
		return UnitView{}, fault.NothingHere
	}
	counts, err := s.CountsAt(ctx, day)
	if err != nil {
		return UnitView{}, err
	}
	own, err := s.CountsOf(ctx, id)
	if err != nil {
		return UnitView{}, err
	}
	at := tree.At(day)
	path := at.Path(id)
	v := UnitView{NodeView: nodeView(h.unit(day), at.HasChildren(id), counts), Path: nameViews(path[:max(len(path)-1, 0)]), There: at.Has(id),
		Periods: []PeriodView{}, Events: []EventView{}, Counts: []CountView{}, Heirs: []NameView{}, Below: []NodeView{}}
	for _, p := range h.Periods {
		up, _ := tree.Unit(p.ParentID)
		v.Periods = append(v.Periods, PeriodView{From: p.From, To: p.To, Name: p.Name, ShortName: p.ShortName, Kind: p.Kind, ParentID: p.ParentID,
			ParentName: up.Near(p.From).Name, Ground: p.Ground})
	}
	for _, e := range tree.Line(id) {
		ev := EventView{Day: e.Day, Kind: e.Kind, Ground: e.Ground, Before: e.Before, After: e.After, Units: []NameView{}}
		for _, other := range e.UnitIDs {
			if o, ok := tree.Unit(other); ok {
				near := e.Day
				if e.Kind == EventFormed || e.Kind == EventReceived {
					near = e.Day.before() // as they were called until then
				}
				ev.Units = append(ev.Units, NameView{ID: other, Name: o.Near(near).Name})
			}
		}
		if e.Kind == EventMoved {
			ev.Units = []NameView{}
		}
		v.Events = append(v.Events, ev)
	}
	for _, c := range own {
		v.Counts = append(v.Counts, CountView{Day: c.Day, Members: c.Members, Staff: c.Staff})
	}
	for _, n := range tree.Successors(id) {
		if o, ok := tree.Unit(n.SuccessorID); ok {
			v.Heirs = append(v.Heirs, NameView{ID: o.ID, Name: o.Near(cmp.Or(day, n.Since)).Name})
		}
	}
	for _, u := range at.Children(id) {
		v.Below = append(v.Below, nodeView(u, at.HasChildren(u.ID), counts))
	}
	return v, nil
}

func changeRoutes(api *web.API, s *Service) {
	type changeIn struct{ Body ChangeView }
	type effectsOut struct {
		Body struct {
			Effects []EffectView `json:"effects"`
			Made    []int64      `json:"made" doc:"The new units"`
		}
	}
	web.Handle(api, web.Op{ID: "preview-unit-change", Method: http.MethodPost, Path: base + "/changes/preview", Summary: "What an act would change in the tree"},
		func(ctx context.Context, in *changeIn) (*effectsOut, error) {
			effects, err := s.Foresee(ctx, in.Body.change())
			out := &effectsOut{}
			out.Body.Effects = effectViews(effects)
			return out, err
		})
	web.Handle(api, web.Op{ID: "change-units", Method: http.MethodPost, Path: base + "/changes", Summary: "Change the tree from a day on"},
		func(ctx context.Context, in *changeIn) (*effectsOut, error) {
			effects, made, err := s.Change(ctx, in.Body.change())
			out := &effectsOut{}
			out.Body.Effects, out.Body.Made = effectViews(effects), made
			return out, err
		})
	web.Handle(api, web.Op{ID: "correct-unit", Method: http.MethodPut, Path: base + "/{unit}/periods/{from}", Summary: "Mend what was written wrongly about a period of a unit"},
		func(ctx context.Context, in *struct {
			Unit int64  `path:"unit" minimum:"1"`
			From string `path:"from" maxLength:"10"`
			Body struct {
				Code      string `json:"code,omitempty" maxLength:"80"`
				Name      string `json:"name" maxLength:"400"`
				ShortName string `json:"short_name,omitempty" maxLength:"120"`
				Kind      string `json:"kind" enum:"province,district,commune,agency,enterprise,force,school,other"`
				Ground    string `json:"ground,omitempty" maxLength:"600"`
			}
		}) (*struct{}, error) {
			b := in.Body
			return nil, s.Correct(ctx, in.Unit, Day(in.From), Part{Code: b.Code, Name: b.Name, ShortName: b.ShortName, Kind: Kind(b.Kind)}, b.Ground)
		})
	web.Handle(api, web.Op{ID: "set-unit-count", Method: http.MethodPut, Path: base + "/{unit}/counts", Summary: "How many people a unit has on a day; both -1 drops the count"},
		func(ctx context.Context, in *struct {
			Unit int64 `path:"unit" minimum:"1"`
			Body CountView
		}) (*struct{}, error) {
			return nil, s.SetCount(ctx, Count{UnitID: in.Unit, Day: in.Body.Day, Members: in.Body.Members, Staff: in.Body.Staff})
		})
}
