package plan

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leaderboard"
	"github.com/hoithi/hoithi/server/plan/plandb"
	"github.com/hoithi/hoithi/server/roster"
)

// Method is how a tie is resolved.
type Method string

const (
	ByRound Method = "round" // a further round among those who are tied
	ByHead  Method = "head"  // the head judge's decision
	ByLots  Method = "lots"  // a draw of lots with a stored seed
)

// awardPlaces are the places at which a tie in the final standings is worth a decision.
const awardPlaces = 3

// Tie is an open question: who of some that share a place stands first.
type Tie struct {
	What    string `json:"what" enum:"entry,unit"`
	RoundID int64  `json:"round_id" doc:"Where the tie stands: entries in this round alone, or 0: overall; units: the round they would enter"`
	For     int64  `json:"for" doc:"The round whose line it lies at; 0: the final standings"`
	HeatID  int64  `json:"heat_id"`
	Place   int    `json:"place"`
	Free    int    `json:"free" doc:"How many of them can go on; 0: it is about the order alone"`
	Blocks  bool   `json:"blocks" doc:"Nobody can go on before it is resolved"`
	Lines   []Line `json:"lines"`
}

func (t Tie) subjects() []int64 {
	ids := make([]int64, len(t.Lines))
	for i, l := range t.Lines {
		ids[i] = l.ID
	}
	slices.Sort(ids)
	return ids
}

// ties lists what is open now.
func (x standing) ties() []Tie {
	ties := []Tie{}
	for _, round := range x.Contest.Rounds {
		if !round.Cuts() {
			continue
		}
		what, scope := scopeOf(x.Contest, round)
		_, done := x.promotions[round.ID]
		for _, h := range x.heats(round) {
			for _, ids := range h.Ties() {
				t := Tie{What: what, RoundID: scope, For: round.ID, HeatID: h.ID}
				for _, l := range h.Lines {
					if slices.Contains(ids, l.ID) {
						t.Lines = append(t.Lines, l)
					}
				}
				t.Place = t.Lines[0].Place
				if t.Lines[0].Fate == AtLine {
					t.Free, t.Blocks = h.Free, !done
				}
				if !done || t.Lines[0].Fate == Reserve {
					ties = append(ties, t)
				}
			}
		}
	}
	return append(ties, x.finalTies()...)
}

// finalTies are those at the award places of the standings overall, once the rounds of their level are closed.
func (x standing) finalTies() []Tie {
	levels := x.Contest.Levels()
	top := 0
	for _, r := range x.Contest.Rounds {
		top = max(top, levels[r.ID])
	}
	for _, r := range x.Contest.Rounds {
		if levels[r.ID] == top && !r.TieBreak() && r.State != contest.Closed && r.State != contest.Scored {
			return nil
		}
	}
	b := leaderboard.ComputePlan(x.Input)
	var ties []Tie
	for _, r := range b.Rows {
		if !r.Tied || r.Place > awardPlaces || r.Level != top {
			continue
		}
		l := Line{ID: r.EntryID, Number: roster.ParseNumber(r.Number), Place: r.Place, Tied: true, Value: r.Total, Fate: Out}
		if n := len(ties); n > 0 && ties[n-1].Place == r.Place && ties[n-1].HeatID == r.DivisionID {
			ties[n-1].Lines = append(ties[n-1].Lines, l)
			continue
		}
		ties = append(ties, Tie{What: "entry", HeatID: r.DivisionID, Place: r.Place, Lines: []Line{l}})
	}
	return ties
}

// DecisionAsk is how somebody resolves a tie.
type DecisionAsk struct {
	What     string
	RoundID  int64
	Subjects []int64
	Method   Method
	Order    []int64 // the head judge's: all of them, best first
	Decider  string
	Reason   string
	TieRound int64
}

func (x standing) tie(what string, roundID int64, subjects []int64) (Tie, error) {
	subjects = slices.Sorted(slices.Values(subjects))
	for _, t := range x.ties() {
		if t.What == what && t.RoundID == roundID && slices.Equal(t.subjects(), subjects) {
			return t, nil
		}
	}
	return Tie{}, notTied
}

// Decide resolves a tie. What was decided stays, also when it is revoked afterwards.
func (s *Service) Decide(ctx context.Context, contestID int64, ask DecisionAsk) (Decision, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return Decision{}, err
	}
	t, err := x.tie(ask.What, ask.RoundID, ask.Subjects)
	if err != nil {
		return Decision{}, err
	}
	d, err := s.resolve(x, t, ask)
	if err != nil {
		return Decision{}, err
	}
	err = s.change(ctx, contestID, func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error {
		if c.State == contest.Finalized || c.State == contest.Archived {
			return contestOver
		}
		// With the contest locked: lots that were drawn on another device a moment ago stand, and no others beside them.
		if moved, err := x.decidedSince(ctx, q); err != nil || moved {
			return cmp.Or(err, error(notTied))
		}
		id, name := actor(ctx)
		p := plandb.AddDecisionParams{ContestID: contestID, What: d.What, Method: string(d.Method), Subjects: d.Subjects, Seed: d.Seed, Decider: d.Decider,
			Reason: d.Reason, AtUs: s.NowUs(), AccountID: id, Actor: name, Numbers: []int32{}, Places: []int32{}}
		if d.RoundID != 0 {
			p.RoundID = &d.RoundID
		}
		if d.TieRound != 0 {
			p.TieRoundID = &d.TieRound
		}
		for i := range d.Subjects {
			p.Numbers, p.Places = append(p.Numbers, int32(d.Numbers[i])), append(p.Places, int32(d.Places[i]))
		}
		if d.ID, err = q.AddDecision(ctx, p); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "decide_tie", map[string]any{"what": d.What, "round": d.RoundID, "method": d.Method, "subjects": d.Subjects,
			"numbers": d.Numbers, "places": d.Places, "seed": d.Seed, "decider": d.Decider, "reason": d.Reason})
	})
	return d, err
}

// decidedSince tells whether anything was decided or taken back since it was read.
func (x standing) decidedSince(ctx context.Context, q *plandb.Queries) (bool, error) {
	rows, err := q.Decisions(ctx, x.Contest.ID)
	if err != nil || len(rows) != len(x.all) {
		return true, err
	}
	for i, r := range rows {
		if r.ID != x.all[i].ID || value(r.RevokedUs) != x.all[i].RevokedUs {
			return true, nil
		}
	}
	return false, nil
}

// resolve works out what a decision says.
func (s *Service) resolve(x standing, t Tie, ask DecisionAsk) (Decision, error) {
	d := Decision{What: t.What, RoundID: t.RoundID, Method: ask.Method, Subjects: t.subjects()}
	numbers := map[int64]int{}
	for _, l := range t.Lines {
		numbers[l.ID] = l.Number
	}
	for _, id := range d.Subjects {
		d.Numbers = append(d.Numbers, numbers[id])
	}
	d.Places = make([]int, len(d.Subjects))
	put := func(order []int64) {
		for place, id := range order {
			d.Places[slices.Index(d.Subjects, id)] = place + 1
		}
	}
	switch ask.Method {
	case ByLots:
		d.Seed = s.NewSeed()
		put(judging.Draw(d.Seed, numbers))
		return d, nil
	case ByHead:
		f := badDecision
		d.Decider = norm.NFC.String(strings.Join(strings.Fields(ask.Decider), " "))
		if n := len([]rune(d.Decider)); n < 2 || n > 120 {
			f = f.At("decider", "Hãy ghi họ tên người quyết định.", "Give the name of who decides.")
		}
		var err error
		if d.Reason, err = cleanReason(ask.Reason); err != nil {
			f = f.At("reason", reasonNeeded.Vi, reasonNeeded.En)
		}
		if !slices.Equal(slices.Sorted(slices.Values(ask.Order)), d.Subjects) {
			f = f.At("order", "Hãy xếp thứ tự tất cả những người đồng hạng.", "Put all who are tied in order.")
		}
		if len(f.Fields) > 0 {
			return d, f
		}
		put(ask.Order)
		return d, nil
	case ByRound:
		places, err := x.tieRoundPlaces(ask.TieRound, d.Subjects)
		if err != nil {
			return d, err
		}
		d.TieRound, d.Places = ask.TieRound, places
		return d, nil
	}
	return d, badDecision.At("method", "Hãy chọn cách phân định.", "Choose how the tie is resolved.")
}

// tieRoundPlaces are the places of some entries in a closed tie-break round, the best being 1.
func (x standing) tieRoundPlaces(roundID int64, subjects []int64) ([]int, error) {
	round, ok := x.Contest.Round(roundID)
	if !ok || !round.TieBreak() {
		return nil, fault.NothingHere
	}
	if round.State != contest.Closed && round.State != contest.Scored {
		return nil, tieRoundOpen
	}
	at := map[int64]int{}
	for _, r := range leaderboard.ComputePlan(x.Input).Rows {
		if s, ok := r.Score(roundID); ok {
			at[r.EntryID] = s.Place
		}
	}
	places := make([]int, len(subjects))
	parted := false
	for i, id := range subjects {
		if at[id] == 0 {
			return nil, tieRoundOpen
		}
		places[i] = at[id]
		parted = parted || places[i] != places[0]
	}
	if !parted {
		return nil, badDecision.At("tie_round", "Vòng phân định cũng đồng điểm; hãy chọn cách khác.", "The tie-break round is a tie too; choose another way.")
	}
	return places, nil
}

// TieRound makes a further round among those who are tied. Its kind's own page sets it up and runs it.
func (s *Service) TieRound(ctx context.Context, contestID int64, what string, roundID int64, subjects []int64, spec contest.RoundSpec) (contest.Round, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return contest.Round{}, err
	}
	t, err := x.tie(what, roundID, subjects)
	if err != nil {
		return contest.Round{}, err
	}
	if t.What != "entry" {
		return contest.Round{}, badDecision.At("method", "Đơn vị đồng hạng được phân định bằng quyết định hoặc bốc thăm.", "Tied units are parted by a decision or by lots.")
	}
	var made contest.Round
	err = s.change(ctx, contestID, func(tx pgx.Tx, _ *plandb.Queries, c contest.Contest) error {
		if c.State != contest.Running {
			return contestOver
		}
		if len(c.Rounds) != len(x.Contest.Rounds) { // another device has made one
			return notTied
		}
		if made, err = s.Contests.AddTieBreak(ctx, tx, contestID, spec); err != nil {
			return err
		}
		if err := s.Roster.FillRound(ctx, tx, made.ID, t.subjects()); err != nil {
			return err
		}
		return record(ctx, tx, contestID, "tie_round", map[string]any{"round": made.ID, "name": made.Name, "entries": t.subjects()})
	})
	return made, err
}

// Revoke takes a decision back, with a reason; it stays in the list. One on which entries of a round rest stands.
func (s *Service) Revoke(ctx context.Context, contestID, decisionID int64, reason string) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	return s.change(ctx, contestID, func(tx pgx.Tx, q *plandb.Queries, c contest.Contest) error {
		if c.State == contest.Finalized || c.State == contest.Archived {
			return contestOver
		}
		// With the contest locked: a promotion that is made meanwhile rests on the decision.
		x, err := s.read(ctx, contestID)
		if err != nil {
			return err
		}
		for _, d := range x.all {
			if d.ID == decisionID && x.used(d) {
				return decisionUsed
			}
		}
		_, name := actor(ctx)
		n, err := q.RevokeDecision(ctx, plandb.RevokeDecisionParams{ID: decisionID, ContestID: contestID, AtUs: s.NowUs(), Actor: name, Reason: reason})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NothingHere
		}
		return record(ctx, tx, contestID, "revoke_decision", map[string]any{"decision": decisionID, "reason": reason})
	})
}

// used tells whether a promotion rests on a decision: somebody it is about stands in the list of a promotion of its scope.
func (x standing) used(d Decision) bool {
	for roundID := range x.promotions {
		round, ok := x.Contest.Round(roundID)
		if what, scope := scopeOf(x.Contest, round); !ok || what != d.What || scope != d.RoundID {
			continue
		}
		for _, p := range x.places[roundID] {
			if slices.Contains(d.Subjects, p.SubjectID) {
				return true
			}
		}
	}
	return false
}
