package plan

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/web"
)

// RoundIn is the path of an operation on who enters one round.
type RoundIn struct {
	Contest int64 `path:"contest" minimum:"1"`
	Round   int64 `path:"round" minimum:"1"`
}

// UnitIn is the path of an operation on one unit's team.
type UnitIn struct {
	RoundIn
	Unit int64 `path:"unit" minimum:"1"`
}

// TeamBody is a team as it is named.
type TeamBody struct {
	Name    string       `json:"name" minLength:"2" maxLength:"200"`
	Phone   string       `json:"phone,omitempty" maxLength:"20"`
	Members []MemberBody `json:"members" minItems:"1" maxItems:"80"`
}

// MemberBody is a person in it.
type MemberBody struct {
	PersonID int64             `json:"person_id" minimum:"1"`
	Role     roster.MemberRole `json:"role" enum:"captain,member,reserve"`
}

func (b TeamBody) ask() TeamAsk {
	ask := TeamAsk{Name: b.Name, Phone: b.Phone}
	for _, m := range b.Members {
		ask.Members = append(ask.Members, roster.TeamMember{PersonID: m.PersonID, Role: m.Role})
	}
	return ask
}

// TieBody names a tie.
type TieBody struct {
	What     string  `json:"what" enum:"entry,unit"`
	RoundID  int64   `json:"round_id" minimum:"0"`
	Subjects []int64 `json:"subjects" minItems:"2" maxItems:"5000"`
}

type planOut struct{ Body PlanView }

type promotionOut struct{ Body PromotionView }

type planTeamOut struct{ Body LeaderTeamView }

// View is the plan with what is open.
func (s *Service) View(ctx context.Context, contestID int64) (PlanView, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return PlanView{}, err
	}
	entrants, err := s.entrants(ctx, x.Contest)
	if err != nil {
		return PlanView{}, err
	}
	c := x.Contest
	v := PlanView{Version: c.Version, State: c.State, EntryKind: c.EntryKind, TeamMin: c.TeamMin, TeamMax: c.TeamMax, TieBreakers: c.TieBreakers, Divisions: c.Divisions,
		Blocks: len(x.blocks), Rounds: x.roundViews(entrants), Ties: x.tieViews(x.ties()), Decisions: x.decisionViews()}
	if v.TieBreakers == nil {
		v.TieBreakers = []string{}
	}
	return v, nil
}

func (s *Service) entrants(ctx context.Context, c contest.Contest) (map[int64]int, error) {
	counts := make(map[int64]int, len(c.Rounds))
	for _, r := range c.Rounds {
		ids, _, err := s.Roster.Entrants(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		counts[r.ID] = len(ids)
	}
	return counts, nil
}

// PromotionView is how the entries of a round are decided, or were.
func (s *Service) PromotionView(ctx context.Context, contestID, roundID int64) (PromotionView, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return PromotionView{}, err
	}
	p, err := x.preview(roundID)
	if err != nil {
		return PromotionView{}, err
	}
	entrants, err := s.entrants(ctx, x.Contest)
	if err != nil {
		return PromotionView{}, err
	}
	var teams []int64
	if p.Round.Intake.Who == contest.WhoUnits {
		for _, place := range x.places[roundID] {
			if place.EntryID != nil {
				teams = append(teams, *place.EntryID)
			}
		}
	}
	members, err := s.Roster.TeamMembers(ctx, contestID, teams)
	if err != nil {
		return PromotionView{}, err
	}
	return x.promotionView(p, entrants, members, s.NowUs()), nil
}

// Routes registers the operations of plans.
func Routes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/plan"
	const ofRound = base + "/rounds/{round}"
	view := func(ctx context.Context, contestID int64, err error) (*planOut, error) {
		if err != nil {
			return nil, err
		}
		v, err := s.View(ctx, contestID)
		return &planOut{Body: v}, err
	}
	promotion := func(ctx context.Context, in RoundIn, err error) (*promotionOut, error) {
		if err != nil {
			return nil, err
		}
		v, err := s.PromotionView(ctx, in.Contest, in.Round)
		return &promotionOut{Body: v}, err
	}
	web.Handle(api, web.Op{ID: "get-plan", Method: http.MethodGet, Path: base, Summary: "How the rounds are put together, and what is open"},
		func(ctx context.Context, in *contest.In) (*planOut, error) { return view(ctx, in.Contest, nil) })
	web.Handle(api, web.Op{ID: "save-plan", Method: http.MethodPut, Path: base, Summary: "Set who enters which round, weights and tie-breakers"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				Version     int                 `json:"version" doc:"The one that was read"`
				Rounds      []contest.RoundPlan `json:"rounds" maxItems:"20"`
				TieBreakers []string            `json:"tie_breakers" maxItems:"10"`
			}
		}) (*planOut, error) {
			_, err := s.Contests.SavePlan(ctx, in.Contest, in.Body.Version, in.Body.Rounds, in.Body.TieBreakers)
			return view(ctx, in.Contest, err)
		})
	web.Handle(api, web.Op{ID: "get-promotion", Method: http.MethodGet, Path: ofRound, Summary: "Who would enter a round, or entered it"},
		func(ctx context.Context, in *RoundIn) (*promotionOut, error) { return promotion(ctx, *in, nil) })
	web.Handle(api, web.Op{ID: "promote", Method: http.MethodPost, Path: ofRound, Summary: "Decide who enters a round"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Hash string `json:"hash" pattern:"^[0-9a-f]{64}$" doc:"Of the preview that was shown"`
			}
		}) (*promotionOut, error) {
			hash, err := hex.DecodeString(in.Body.Hash)
			if err != nil {
				return nil, promotionMoved
			}
			return promotion(ctx, in.RoundIn, s.Promote(ctx, in.Contest, in.Round, hash))
		})
	web.Handle(api, web.Op{ID: "undo-promotion", Method: http.MethodPost, Path: ofRound + "/undo", Summary: "Take back who enters a round, before it has begun"},
		func(ctx context.Context, in *struct {
			RoundIn
			Body struct {
				Reason string `json:"reason" maxLength:"500"`
			}
		}) (*promotionOut, error) {
			return promotion(ctx, in.RoundIn, s.Undo(ctx, in.Contest, in.Round, in.Body.Reason))
		})
	web.Handle(api, web.Op{ID: "pass-place", Method: http.MethodPost, Path: ofRound + "/places/{place}/pass", Summary: "Pass a place on to the next in reserve"},
		func(ctx context.Context, in *struct {
			RoundIn
			Place int64 `path:"place" minimum:"1"`
			Body  struct {
				Reason   string     `json:"reason" maxLength:"500"`
				Deadline *time.Time `json:"deadline,omitempty" doc:"Until when the unit that follows names its team"`
			}
		}) (*promotionOut, error) {
			return promotion(ctx, in.RoundIn, s.Pass(ctx, in.Contest, in.Round, in.Place, in.Body.Reason, in.Body.Deadline))
		})
	web.Handle(api, web.Op{ID: "get-unit-team", Method: http.MethodGet, Path: ofRound + "/units/{unit}", Summary: "A unit's team in a round, and whom it can name"},
		func(ctx context.Context, in *UnitIn) (*planTeamOut, error) {
			n, err := s.Naming(ctx, in.Contest, in.Round, in.Unit)
			return &planTeamOut{Body: n.view()}, err
		})
	web.Handle(api, web.Op{ID: "name-unit-team", Method: http.MethodPut, Path: ofRound + "/units/{unit}", Summary: "Name a unit's team in its stead"},
		func(ctx context.Context, in *struct {
			UnitIn
			Body TeamBody
		}) (*planTeamOut, error) {
			if _, err := s.Name(ctx, in.Contest, in.Round, in.Unit, in.Body.ask(), true); err != nil {
				return nil, err
			}
			n, err := s.Naming(ctx, in.Contest, in.Round, in.Unit)
			return &planTeamOut{Body: n.view()}, err
		})
	tieRoutes(api, s, base, view)
	leaderRoutes(api, s)
}

func tieRoutes(api *web.API, s *Service, base string, view func(context.Context, int64, error) (*planOut, error)) {
	web.Handle(api, web.Op{ID: "decide-tie", Method: http.MethodPost, Path: base + "/ties", Summary: "Resolve a tie: by lots, the head judge or a tie-break round"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				TieBody
				Method   Method  `json:"method" enum:"round,head,lots"`
				Order    []int64 `json:"order,omitempty" maxItems:"5000" doc:"The head judge's: all of them, best first"`
				Decider  string  `json:"decider,omitempty" maxLength:"120"`
				Reason   string  `json:"reason,omitempty" maxLength:"500"`
				TieRound int64   `json:"tie_round,omitempty" minimum:"0"`
			}
		}) (*planOut, error) {
			b := in.Body
			_, err := s.Decide(ctx, in.Contest, DecisionAsk{What: b.What, RoundID: b.RoundID, Subjects: b.Subjects, Method: b.Method, Order: b.Order,
				Decider: b.Decider, Reason: b.Reason, TieRound: b.TieRound})
			return view(ctx, in.Contest, err)
		})
	web.Handle(api, web.Op{ID: "add-tie-round", Method: http.MethodPost, Path: base + "/ties/round", Summary: "A further round among those who are tied"},
		func(ctx context.Context, in *struct {
			contest.In
			Body struct {
				TieBody
				Kind contest.Kind `json:"kind" enum:"stage,judged,exam"`
				Name string       `json:"name" minLength:"2" maxLength:"80"`
			}
		}) (*planOut, error) {
			b := in.Body
			_, err := s.TieRound(ctx, in.Contest, b.What, b.RoundID, b.Subjects, tieSpec(b.Kind, b.Name))
			return view(ctx, in.Contest, err)
		})
	web.Handle(api, web.Op{ID: "revoke-decision", Method: http.MethodPost, Path: base + "/decisions/{decision}/revoke", Summary: "Take back how a tie was resolved"},
		func(ctx context.Context, in *struct {
			contest.In
			Decision int64 `path:"decision" minimum:"1"`
			Body     struct {
				Reason string `json:"reason" maxLength:"500"`
			}
		}) (*planOut, error) {
			return view(ctx, in.Contest, s.Revoke(ctx, in.Contest, in.Decision, in.Body.Reason))
		})
	type whatIfOut struct{ Body Outcome }
	web.Handle(api, web.Op{ID: "ask-what-if", Method: http.MethodPost, Path: base + "/what-if", Summary: "Who would move where under other rules; nothing is stored", Timeout: time.Minute},
		func(ctx context.Context, in *struct {
			contest.In
			Body What
		}) (*whatIfOut, error) {
			o, err := s.WhatIf(ctx, in.Contest, in.Body)
			return &whatIfOut{Body: o}, err
		})
}

// tieSpec is a tie-break round as it begins; its own page sets it up. A vote is none: who is loved by more people says
// nothing about the marks that were equal.
func tieSpec(kind contest.Kind, name string) contest.RoundSpec {
	online := contest.DefaultExam
	online.Paper.Items = 5
	return contest.RoundSpec{Exam: online, Kind: kind, Name: name, Quiz: contest.QuizSpec{Points: 1000, Seconds: 15, NumItems: 3},
		Judged: contest.JudgedSpec{Criteria: []contest.CriterionSpec{{Name: "Phần thi phụ", Max: 1000, Step: 25}}}}
}

func leaderRoutes(api *web.API, s *Service) {
	const base = "/api/leader/contests/{contest}/teams"
	type ledTeamsOut struct {
		Body struct {
			Teams []LeaderTeamView `json:"teams"`
		}
	}
	web.Handle(api, web.Op{ID: "list-led-teams", Method: http.MethodGet, Path: base, Summary: "The places of my units in rounds that units name teams for"},
		func(ctx context.Context, in *contest.In) (*ledTeamsOut, error) {
			led, err := s.Leaders.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			list, err := s.Namings(ctx, in.Contest, &led)
			out := &ledTeamsOut{}
			out.Body.Teams = []LeaderTeamView{}
			for _, n := range list {
				out.Body.Teams = append(out.Body.Teams, n.view())
			}
			return out, err
		})
	web.Handle(api, web.Op{ID: "name-led-team", Method: http.MethodPut, Path: base + "/{round}/{unit}", Summary: "Name the team of one of my units, or change it until the deadline"},
		func(ctx context.Context, in *struct {
			UnitIn
			Body TeamBody
		}) (*planTeamOut, error) {
			led, err := s.Leaders.Led(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			if !led.May(in.Unit) {
				return nil, noPlace
			}
			if _, err := s.Name(ctx, in.Contest, in.Round, in.Unit, in.Body.ask(), false); err != nil {
				return nil, err
			}
			n, err := s.Naming(ctx, in.Contest, in.Round, in.Unit)
			return &planTeamOut{Body: n.view()}, err
		})
}
