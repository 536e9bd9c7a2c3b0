package paper

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/web"
)

// BlueprintView is a blueprint as organizers see it.
type BlueprintView struct {
	ID        int64     `json:"id"`
	RoundID   int64     `json:"round_id" doc:"0: none"`
	Name      string    `json:"name"`
	Spec      Spec      `json:"spec"`
	Totals    Totals    `json:"totals"`
	Version   int       `json:"version"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by"`
	Papers    int       `json:"papers" doc:"How many were drawn from it"`
}

// Listed is a blueprint in the list, with how it stands to the bank.
type Listed struct {
	BlueprintView
	Lacks   int `json:"lacks" doc:"How many items the bank has too few of"`
	Missing int `json:"missing" doc:"How many pinned items the bank does not offer"`
}

// Overview is all that stands on the page of blueprints.
type Overview struct {
	Blueprints []Listed    `json:"blueprints"`
	Papers     []Summary   `json:"papers" doc:"Newest first"`
	Topics     []TopicView `json:"topics" doc:"In the order of the tree"`
}

// TopicView is a topic that a row can ask for.
type TopicView struct {
	ID    int64  `json:"id"`
	Path  string `json:"path"`
	Depth int    `json:"depth"`
	Items int    `json:"items" doc:"With those of its branches"`
}

// View is a paper with one of its variants, as contestants see it: it has no key.
type View struct {
	ID         int64         `json:"id"`
	Blueprint  int64         `json:"blueprint"`
	Name       string        `json:"name"`
	Number     int           `json:"number"`
	Minutes    int           `json:"minutes"`
	Totals     Totals        `json:"totals"`
	Mode       Mode          `json:"mode" enum:"same,different"`
	Seed       string        `json:"seed"`
	Bank       string        `json:"bank" doc:"Hash of what could be drawn"`
	Hash       string        `json:"hash"`
	Replaces   int64         `json:"replaces"`
	ReplacedBy int64         `json:"replaced_by"`
	Reason     string        `json:"reason"`
	At         time.Time     `json:"at"`
	Author     string        `json:"author"`
	Variants   []VariantFact `json:"variants"`
	Code       string        `json:"code" doc:"Of the variant shown"`
	Parts      []PartView    `json:"parts"`
}

// VariantFact is what a list of variants shows of one.
type VariantFact struct {
	Code string `json:"code"`
	// Letters are how often A, B, C, ... is the right one of a single choice: an uneven key is a hint to those who guess.
	Letters []int `json:"letters"`
	// Shared are how many items it has in common with each variant, itself included.
	Shared []int `json:"shared"`
}

// PartView is a section of a variant.
type PartView struct {
	Title   string      `json:"title"`
	Note    string      `json:"note"`
	Entries []EntryView `json:"entries"`
}

// EntryView is a question of a variant.
type EntryView struct {
	Number   int           `json:"number"`
	Item     int64         `json:"item"`
	Version  int64         `json:"version"`
	Points   int64         `json:"points"`
	Pinned   bool          `json:"pinned"`
	Question bank.Question `json:"question"`
}

func blueprintView(b Blueprint) BlueprintView {
	return BlueprintView{ID: b.ID, RoundID: b.RoundID, Name: b.Name, Spec: b.Spec, Totals: b.Spec.Totals(), Version: b.Version,
		UpdatedAt: b.UpdatedAt, UpdatedBy: b.UpdatedBy, Papers: b.Papers}
}

// View gives a paper with one variant; the empty code is the first.
func (s *Service) View(ctx context.Context, contestID, paperID int64, code string) (View, error) {
	p, err := s.Paper(ctx, contestID, paperID)
	if err != nil {
		return View{}, err
	}
	shown, err := p.Variant(code)
	if err != nil {
		return View{}, err
	}
	texts, err := s.texts(ctx, contestID, p.Document.Variants...)
	if err != nil {
		return View{}, err
	}
	d := p.Document
	v := View{ID: p.ID, Blueprint: d.Blueprint, Name: d.Name, Number: p.Number, Minutes: d.Spec.Minutes, Totals: d.Spec.Totals(), Mode: d.Mode,
		Seed: d.Seed, Bank: d.Bank, Hash: hex.EncodeToString(p.Hash), Replaces: p.Replaces, ReplacedBy: p.ReplacedBy, Reason: p.Reason,
		At: p.At, Author: p.Author, Code: shown.Code, Parts: []PartView{}, Variants: []VariantFact{}}
	for _, x := range d.Variants {
		f := VariantFact{Code: x.Code, Letters: letters(x, texts), Shared: []int{}}
		for _, y := range d.Variants {
			f.Shared = append(f.Shared, shared(x, y))
		}
		v.Variants = append(v.Variants, f)
	}
	v.Parts = partViews(shown, texts)
	return v, nil
}

func partViews(shown Variant, texts map[int64]bank.Content) []PartView {
	views := make([]PartView, 0, len(shown.Parts))
	number := 0
	for _, part := range shown.Parts {
		pv := PartView{Title: part.Title, Note: part.Note, Entries: []EntryView{}}
		for _, e := range part.Entries {
			number++
			pv.Entries = append(pv.Entries, EntryView{Number: number, Item: e.Item, Version: e.Version, Points: e.Points, Pinned: e.Row < 0,
				Question: e.Arranged(texts[e.Version]).Question()})
		}
		views = append(views, pv)
	}
	return views
}

func shared(a, b Variant) int {
	has := map[int64]bool{}
	for _, e := range a.entries() {
		has[e.Item] = true
	}
	n := 0
	for _, e := range b.entries() {
		if has[e.Item] {
			n++
		}
	}
	return n
}

func letters(v Variant, texts map[int64]bank.Content) []int {
	counts := []int{}
	for _, e := range v.entries() {
		c := texts[e.Version]
		if c.Type != bank.Single {
			continue
		}
		for i, id := range e.Options {
			for len(counts) <= i {
				counts = append(counts, 0)
			}
			if id == c.Key.Options[0] {
				counts[i]++
			}
		}
	}
	return counts
}

type BlueprintIn struct {
	bank.ContestIn
	Blueprint int64 `path:"blueprint" minimum:"1"`
}

type PaperIn struct {
	bank.ContestIn
	Paper int64 `path:"paper" minimum:"1"`
}

// BlueprintBody is what a blueprint is saved from.
type BlueprintBody struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	RoundID int64  `json:"round_id" minimum:"0" doc:"0: none"`
	Version int    `json:"version" minimum:"0" doc:"The one that was read; 0 for a new one"`
	Spec    Spec   `json:"spec"`
}

func (b BlueprintBody) blueprint(id int64) Blueprint {
	return Blueprint{ID: id, RoundID: b.RoundID, Name: b.Name, Spec: b.Spec, Version: b.Version}
}

type blueprintOut struct{ Body BlueprintView }

type viewOut struct{ Body View }

// Routes registers the operations of blueprints and papers.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/bank"
	one := func(b Blueprint, err error) (*blueprintOut, error) { return &blueprintOut{blueprintView(b)}, err }
	web.Handle(api, web.Op{ID: "list-blueprints", Method: http.MethodGet, Path: base + "/blueprints", Summary: "Blueprints of the contest, with the papers drawn from them"},
		func(ctx context.Context, in *bank.ContestIn) (*struct{ Body Overview }, error) {
			out := &struct{ Body Overview }{}
			list, err := s.Blueprints(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			standings, err := s.Standings(ctx, in.Contest, list)
			if err != nil {
				return nil, err
			}
			out.Body.Blueprints = make([]Listed, 0, len(list))
			for i, b := range list {
				out.Body.Blueprints = append(out.Body.Blueprints, Listed{blueprintView(b), standings[i].Lacks, len(standings[i].Missing)})
			}
			if out.Body.Papers, err = s.Papers(ctx, in.Contest, 0); err != nil {
				return nil, err
			}
			topics, err := s.bank.Topics(ctx, in.Contest)
			out.Body.Topics = make([]TopicView, 0, len(topics))
			for _, t := range topics {
				out.Body.Topics = append(out.Body.Topics, TopicView{ID: t.ID, Path: t.Path, Depth: t.Depth, Items: t.All})
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "create-blueprint", Method: http.MethodPost, Path: base + "/blueprints", Summary: "A new blueprint", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			bank.ContestIn
			Body BlueprintBody
		}) (*blueprintOut, error) {
			return one(s.Create(ctx, in.Contest, in.Body.blueprint(0)))
		})
	web.Handle(api, web.Op{ID: "check-blueprint", Method: http.MethodPost, Path: base + "/blueprint-check", Summary: "How a blueprint stands to what the bank offers"},
		func(ctx context.Context, in *struct {
			bank.ContestIn
			Body struct {
				Blueprint int64 `json:"blueprint" minimum:"0" doc:"0: it is not kept yet"`
				Spec      Spec  `json:"spec"`
			}
		}) (*struct{ Body Feasibility }, error) {
			f, err := s.Check(ctx, in.Contest, in.Body.Blueprint, in.Body.Spec)
			return &struct{ Body Feasibility }{f}, err
		})
	web.Handle(api, web.Op{ID: "get-blueprint", Method: http.MethodGet, Path: base + "/blueprints/{blueprint}", Summary: "A blueprint"},
		func(ctx context.Context, in *BlueprintIn) (*blueprintOut, error) {
			return one(s.Blueprint(ctx, in.Contest, in.Blueprint))
		})
	web.Handle(api, web.Op{ID: "save-blueprint", Method: http.MethodPut, Path: base + "/blueprints/{blueprint}", Summary: "Change a blueprint"},
		func(ctx context.Context, in *struct {
			BlueprintIn
			Body BlueprintBody
		}) (*blueprintOut, error) {
			return one(s.Save(ctx, in.Contest, in.Body.blueprint(in.Blueprint)))
		})
	web.Handle(api, web.Op{ID: "remove-blueprint", Method: http.MethodDelete, Path: base + "/blueprints/{blueprint}", Summary: "Throw a blueprint away that has no papers"},
		func(ctx context.Context, in *BlueprintIn) (*struct{}, error) {
			return nil, s.Remove(ctx, in.Contest, in.Blueprint)
		})
	paperRoutes(api, s, base)
	printRoutes(api, s, base)
}

func paperRoutes(api *web.API, s *Service, base string) {
	view := func(ctx context.Context, contestID, paperID int64, code string, err error) (*viewOut, error) {
		if err != nil {
			return nil, err
		}
		v, err := s.View(ctx, contestID, paperID, code)
		return &viewOut{v}, err
	}
	web.Handle(api, web.Op{ID: "draw-paper", Method: http.MethodPost, Path: base + "/blueprints/{blueprint}/papers", Summary: "Draw a paper with its variants", Status: http.StatusCreated, Timeout: 60 * time.Second},
		func(ctx context.Context, in *struct {
			BlueprintIn
			Body struct {
				Mode  Mode     `json:"mode" enum:"same,different" doc:"The same items in another order, or items of its own for each variant"`
				Codes []string `json:"codes" minItems:"1" maxItems:"24"`
				Seed  string   `json:"seed" maxLength:"32" doc:"32 hexadecimal digits; empty: chosen by the program"`
			}
		}) (*viewOut, error) {
			id, err := s.Draw(ctx, in.Contest, in.Blueprint, Ask{Seed: in.Body.Seed, Mode: in.Body.Mode, Codes: in.Body.Codes})
			return view(ctx, in.Contest, id, "", err)
		})
	web.Handle(api, web.Op{ID: "get-paper", Method: http.MethodGet, Path: base + "/papers/{paper}", Summary: "A paper with one of its variants, without the key"},
		func(ctx context.Context, in *struct {
			PaperIn
			Variant string `query:"variant" maxLength:"8" doc:"Empty: the first"`
		}) (*viewOut, error) {
			return view(ctx, in.Contest, in.Paper, in.Variant, nil)
		})
	web.Handle(api, web.Op{ID: "replace-paper-item", Method: http.MethodPost, Path: base + "/papers/{paper}/replacements", Summary: "Replace a question by another that fits its cell; a new paper comes of it", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			PaperIn
			Body struct {
				Item   int64  `json:"item" minimum:"1"`
				Reason string `json:"reason" minLength:"1" maxLength:"500"`
			}
		}) (*viewOut, error) {
			id, err := s.Replace(ctx, in.Contest, in.Paper, in.Body.Item, in.Body.Reason)
			return view(ctx, in.Contest, id, "", err)
		})
	web.Handle(api, web.Op{ID: "get-paper-keys", Method: http.MethodGet, Path: base + "/papers/{paper}/keys", Summary: "The right answers of all variants; who reads them is recorded"},
		func(ctx context.Context, in *PaperIn) (*struct{ Body Keys }, error) {
			k, err := s.Keys(ctx, in.Contest, in.Paper, locale(ctx))
			return &struct{ Body Keys }{k}, err
		})
}

func locale(ctx context.Context) string { return account.From(ctx).Locale }
