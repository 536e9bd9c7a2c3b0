package leaderboard

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/web"
)

type boardOut struct{ Body BoardView }

// Routes registers the operations of boards.
func Routes(api *web.API, s *Service) {
	web.Handle(api, web.Op{ID: "get-board", Method: http.MethodGet, Path: "/api/audience/contests/{slug}/board", Summary: "A page of the public board"},
		func(ctx context.Context, in *struct {
			Slug   string `path:"slug" maxLength:"60"`
			Offset int    `query:"offset" minimum:"0" maximum:"1000000"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
		}) (*boardOut, error) {
			c, err := s.contests.Visible(ctx, in.Slug)
			if err != nil {
				return nil, err
			}
			v, err := s.Page(ctx, c.ID, in.Offset, in.Limit)
			return &boardOut{Body: v}, err
		})
	const base = "/api/organizer/contests/{contest}"
	web.Handle(api, web.Op{ID: "get-whole-board", Method: http.MethodGet, Path: base + "/board", Summary: "The whole board, also what is frozen or hidden from the public"},
		func(ctx context.Context, in *contest.In) (*boardOut, error) {
			whole, err := s.Whole(ctx, in.Contest)
			if err != nil {
				return nil, err
			}
			status, heldAtUs, err := s.status(ctx, in.Contest)
			v := BoardView{ContestID: in.Contest, Status: status, HeldAtUs: heldAtUs, Rounds: whole.Rounds,
				Divisions: whole.Divisions, TieBreakers: whole.TieBreakers, Rows: whole.Rows, Count: len(whole.Rows), Cuts: whole.Cuts}
			return &boardOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "freeze-board", Method: http.MethodPost, Path: base + "/board/freeze", Summary: "Let the public board stand still from now on"},
		func(ctx context.Context, in *contest.In) (*struct{}, error) {
			return nil, s.Freeze(ctx, in.Contest)
		})
	web.Handle(api, web.Op{ID: "thaw-board", Method: http.MethodPost, Path: base + "/board/thaw", Summary: "Show the public the present board again"},
		func(ctx context.Context, in *contest.In) (*struct{}, error) {
			return nil, s.Thaw(ctx, in.Contest)
		})
	type screenOut struct{ Body ScreenView }
	web.Handle(api, web.Op{ID: "get-screen", Method: http.MethodGet, Path: base + "/screen", Summary: "What the projector shows"},
		func(ctx context.Context, in *contest.In) (*screenOut, error) {
			v, _, err := s.Screen(ctx, in.Contest)
			return &screenOut{Body: v}, err
		})
	web.Handle(api, web.Op{ID: "set-screen", Method: http.MethodPut, Path: base + "/screen", Summary: "Change what the projector shows"},
		func(ctx context.Context, in *struct {
			contest.In
			Body ScreenView
		}) (*screenOut, error) {
			return &screenOut{Body: in.Body}, s.SetScreen(ctx, in.Contest, in.Body)
		})
}

// Own is an entry's own row of the public board, and the board's rounds.
func (s *Service) Own(ctx context.Context, contestID, entryID int64) (OwnBoardView, []BoardRound, error) {
	w, err := s.current(ctx, contestID)
	if err != nil {
		return OwnBoardView{}, nil, err
	}
	return w.places.own(w.public, entryID), w.public.Board.Rounds, nil
}

// Page is a part of the public board: from Redis, or when Redis is away or empty from Postgres.
func (s *Service) Page(ctx context.Context, contestID int64, offset, limit int) (BoardView, error) {
	h, err := s.page(ctx, contestID, offset, limit)
	if err != nil {
		// What this node knows, so that a hall full of phones doesn't build a board each while Redis is away.
		w, err := s.current(ctx, contestID)
		if err != nil {
			return BoardView{}, err
		}
		s.Changed(contestID)
		p := *w.public
		h = head{Public: p, Count: len(p.Board.Rows)}
		h.Board.Rows = p.Board.Rows[min(offset, h.Count):min(offset+limit, h.Count)]
	}
	return BoardView{ContestID: contestID, Status: h.Status, HeldAtUs: h.HeldAtUs, Rounds: h.Board.Rounds, Divisions: h.Board.Divisions,
		TieBreakers: h.Board.TieBreakers, Rows: h.Board.Rows, Count: h.Count, Cuts: h.Board.Cuts}, nil
}
