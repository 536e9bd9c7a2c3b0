package result

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/result/resultdb"
	"github.com/hoithi/hoithi/server/web"
)

// AwardPlan is what a contest gives, and to whom that goes by the standings of now.
type AwardPlan struct {
	Version    int         `json:"version" doc:"To be sent back"`
	Awards     []Award     `json:"awards" maxItems:"200" doc:"Within a division from the highest down"`
	SidePrizes []SidePrize `json:"side_prizes" maxItems:"100"`
}

var awardsMoved = fault.New(fault.Conflict, "awards_moved",
	"Người khác vừa sửa cơ cấu giải thưởng nên chưa lưu. Hãy tải lại rồi sửa tiếp.",
	"Somebody else has just changed the award plan, so nothing was saved. Load it again.")

// Awards reads a contest's award plan.
func (s *Service) Awards(ctx context.Context, contestID int64) (AwardPlan, error) {
	return readAwards(ctx, s.q, contestID)
}

func readAwards(ctx context.Context, q *resultdb.Queries, contestID int64) (AwardPlan, error) {
	p := AwardPlan{Awards: []Award{}, SidePrizes: []SidePrize{}}
	version, err := q.AwardPlanVersion(ctx, contestID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return p, postgres.Fault(err)
	}
	p.Version = int(version)
	awards, err := q.Awards(ctx, contestID)
	if err != nil {
		return p, postgres.Fault(err)
	}
	for _, r := range awards {
		a := Award{Name: r.Name, Prize: r.Prize, Count: int(r.Quota), Withheld: int(r.Withheld), Reason: r.Reason, Best: int(r.Best)}
		if r.DivisionID != nil {
			a.DivisionID = *r.DivisionID
		}
		if r.Measure != nil {
			a.Measure = Measure(*r.Measure)
		}
		p.Awards = append(p.Awards, a)
	}
	prizes, err := q.SidePrizes(ctx, contestID)
	for _, r := range prizes {
		x := SidePrize{Name: r.Name, Prize: r.Prize, Receiver: r.Receiver, Note: r.Note}
		if r.EntryID != nil {
			x.EntryID = *r.EntryID
		}
		p.SidePrizes = append(p.SidePrizes, x)
	}
	return p, postgres.Fault(err)
}

// SaveAwards replaces a contest's award plan. Nothing is given by it: that is what finalizing does.
func (s *Service) SaveAwards(ctx context.Context, contestID int64, p AwardPlan) error {
	c, err := s.contests.Get(ctx, contestID)
	if err != nil {
		return err
	}
	if err := checkAwards(p.Awards, p.SidePrizes, c.Divisions); err != nil {
		return err
	}
	entries, err := s.roster.Entries(ctx, contestID)
	if err != nil {
		return err
	}
	known := map[int64]bool{0: true}
	for _, e := range entries {
		known[e.ID] = true
	}
	if i := slices.IndexFunc(p.SidePrizes, func(x SidePrize) bool { return !known[x.EntryID] }); i >= 0 {
		return badAwards.At("side_prizes["+itoa(i)+"].entry_id", "Thí sinh hoặc đội này không có trong hội thi.", "This entry is not in the contest.")
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		now, err := q.TurnAwardPlan(ctx, contestID)
		if err != nil {
			return err
		}
		if int(now) != p.Version+1 {
			return awardsMoved
		}
		if err := q.DropAwards(ctx, contestID); err != nil {
			return err
		}
		for i, a := range p.Awards {
			row := resultdb.AddAwardParams{ContestID: contestID, Position: int32(i), Name: a.Name, Prize: a.Prize, Quota: int32(a.Count),
				Withheld: int32(a.Withheld), Reason: a.Reason, Best: int32(a.Best)}
			if a.DivisionID != 0 {
				row.DivisionID = &a.DivisionID
			} else {
				measure := string(a.Measure)
				row.Measure = &measure
			}
			if err := q.AddAward(ctx, row); err != nil {
				return err
			}
		}
		if err := putPrizes(ctx, q, contestID, p.SidePrizes); err != nil {
			return err
		}
		return audit.Append(ctx, tx, contestID, "result.awards", map[string]any{"awards": p.Awards, "side_prizes": p.SidePrizes})
	})
	return postgres.Fault(err)
}

// AddPrizes writes side prizes that were decided into the award plan, within the transaction that decides them. A line of
// the same name that nobody has received yet is filled; else the prize stands at the end. Whoever edits the plan meanwhile
// is told that it has moved.
func (s *Service) AddPrizes(ctx context.Context, tx pgx.Tx, contestID int64, won []SidePrize) error {
	q := s.q.WithTx(tx)
	if _, err := q.TurnAwardPlan(ctx, contestID); err != nil {
		return err
	}
	plan, err := readAwards(ctx, q, contestID)
	if err != nil {
		return err
	}
	for _, w := range won {
		at := slices.IndexFunc(plan.SidePrizes, func(x SidePrize) bool { return x.Name == clean(w.Name) && x.EntryID == 0 && x.Receiver == "" })
		if at < 0 {
			plan.SidePrizes = append(plan.SidePrizes, SidePrize{Name: w.Name})
			at = len(plan.SidePrizes) - 1
		}
		p := &plan.SidePrizes[at]
		p.EntryID, p.Note = w.EntryID, w.Note
		if w.Prize != "" {
			p.Prize = w.Prize
		}
	}
	if err := checkAwards(nil, plan.SidePrizes, nil); err != nil {
		return err
	}
	if err := putPrizes(ctx, q, contestID, plan.SidePrizes); err != nil {
		return err
	}
	return audit.Append(ctx, tx, contestID, "result.awards", map[string]any{"awards": plan.Awards, "side_prizes": plan.SidePrizes})
}

func putPrizes(ctx context.Context, q *resultdb.Queries, contestID int64, prizes []SidePrize) error {
	if err := q.DropSidePrizes(ctx, contestID); err != nil {
		return err
	}
	for i, x := range prizes {
		row := resultdb.AddSidePrizeParams{ContestID: contestID, Position: int32(i), Name: x.Name, Prize: x.Prize, Receiver: x.Receiver, Note: x.Note}
		if x.EntryID != 0 {
			row.EntryID = &x.EntryID
		}
		if err := q.AddSidePrize(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// CopyAwards gives a copy of a contest the same awards; nobody has received anything in it.
func (s *Service) CopyAwards(ctx context.Context, tx pgx.Tx, from, made contest.Contest) error {
	q := s.q.WithTx(tx)
	p, err := readAwards(ctx, q, from.ID)
	if err != nil || len(p.Awards) == 0 {
		return err
	}
	if _, err := q.TurnAwardPlan(ctx, made.ID); err != nil {
		return err
	}
	for i, a := range p.Awards {
		row := resultdb.AddAwardParams{ContestID: made.ID, Position: int32(i), Name: a.Name, Prize: a.Prize, Quota: int32(a.Count), Best: int32(a.Best)}
		if a.DivisionID != 0 {
			at := slices.IndexFunc(from.Divisions, func(d contest.Division) bool { return d.ID == a.DivisionID })
			if at < 0 || at >= len(made.Divisions) {
				continue
			}
			row.DivisionID = &made.Divisions[at].ID
		} else {
			measure := string(a.Measure)
			row.Measure = &measure
		}
		if err := q.AddAward(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// awardRoutes registers the operations of the award plan.
func awardRoutes(api *web.API, s *Service) {
	const base = "/api/organizer/contests/{contest}/awards"
	type awardsOut struct{ Body AwardPlan }
	web.Handle(api, web.Op{ID: "get-awards", Method: http.MethodGet, Path: base, Summary: "The award plan and the side prizes"},
		func(ctx context.Context, in *contest.In) (*awardsOut, error) {
			p, err := s.Awards(ctx, in.Contest)
			return &awardsOut{p}, err
		})
	web.Handle(api, web.Op{ID: "save-awards", Method: http.MethodPut, Path: base, Summary: "Replace the award plan and the side prizes", MaxBody: 256 << 10},
		func(ctx context.Context, in *struct {
			contest.In
			Body AwardPlan
		}) (*awardsOut, error) {
			if err := s.SaveAwards(ctx, in.Contest, in.Body); err != nil {
				return nil, err
			}
			p, err := s.Awards(ctx, in.Contest)
			return &awardsOut{p}, err
		})
}

// sameAwards tells whether a snapshot's awards follow from its own plan and standings.
func sameAwards(s Snapshot) bool {
	plan := make([]Award, 0, len(s.Awards))
	for _, g := range s.Awards {
		plan = append(plan, g.Award)
	}
	a, err := json.Marshal(Give(plan, s.Divisions, s.Standings), json.Deterministic(true))
	if err != nil {
		return false
	}
	b, err := json.Marshal(s.Awards, json.Deterministic(true))
	return err == nil && string(a) == string(b)
}
