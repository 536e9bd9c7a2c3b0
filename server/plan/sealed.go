package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/leaderboard"
)

// Sealed is what of the plan a final result rests on; it is part of the result's snapshot.
type Sealed struct {
	Rounds     []SealedRound     `json:"rounds"`
	Promotions []SealedPromotion `json:"promotions"`
	Decisions  []SealedDecision  `json:"decisions"`
}

// SealedRound is a round's part in the plan.
type SealedRound struct {
	RoundID  int64          `json:"round_id"`
	FromZero bool           `json:"from_zero"`
	Intake   contest.Intake `json:"intake"`
}

// SealedPromotion is who entered a round.
type SealedPromotion struct {
	RoundID int64   `json:"round_id"`
	Hash    string  `json:"hash" doc:"SHA-256 of the record of the promotion"`
	Entries []int64 `json:"entries" doc:"Who entered the round in the end, by id"`
	Agrees  bool    `json:"agrees" doc:"The list it was decided from is the one that the scores give now"`
}

// SealedDecision is how a tie was resolved.
type SealedDecision struct {
	What     string  `json:"what" enum:"entry,unit"`
	RoundID  int64   `json:"round_id"`
	Method   Method  `json:"method" enum:"round,head,lots"`
	Subjects []int64 `json:"subjects"`
	Numbers  []int   `json:"numbers"`
	Places   []int   `json:"places"`
	Seed     string  `json:"seed,omitempty"`
	TieRound int64   `json:"tie_round,omitzero"`
	Decider  string  `json:"decider,omitempty"`
	Reason   string  `json:"reason,omitempty"`
	// Earlier are decisions on some of the same that were taken back: whoever draws lots until they please him is seen.
	Earlier []SealedEarlier `json:"earlier,omitempty"`
}

// SealedEarlier is a decision that was taken back before the one that stands.
type SealedEarlier struct {
	Method   Method  `json:"method" enum:"round,head,lots"`
	Subjects []int64 `json:"subjects"`
	Numbers  []int   `json:"numbers"`
	Places   []int   `json:"places"`
	Seed     string  `json:"seed,omitempty"`
	TieRound int64   `json:"tie_round,omitzero"`
	Decider  string  `json:"decider,omitempty"`
	Why      string  `json:"why" doc:"Why it was taken back"`
}

// Seal gathers what a final result rests on; nil: the contest is a plain sum, without promotions and decisions.
func (s *Service) Seal(ctx context.Context, contestID int64) (*Sealed, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return nil, err
	}
	sealed := &Sealed{Rounds: []SealedRound{}, Promotions: []SealedPromotion{}, Decisions: []SealedDecision{}}
	plain := len(x.promotions) == 0
	for _, r := range x.Contest.Rounds {
		plain = plain && !r.FromZero && r.Intake.Who == contest.WhoAll
		sealed.Rounds = append(sealed.Rounds, SealedRound{RoundID: r.ID, FromZero: r.FromZero, Intake: r.Intake})
	}
	for _, id := range slices.Sorted(maps.Keys(x.promotions)) {
		p := SealedPromotion{RoundID: id, Hash: hexOf(x.promotions[id].Hash), Entries: slices.Sorted(slices.Values(x.Lists[id]))}
		if p.Entries == nil {
			p.Entries = []int64{}
		}
		p.Agrees, _ = x.agrees(id)
		sealed.Promotions = append(sealed.Promotions, p)
	}
	for _, d := range x.all {
		if d.RevokedUs == 0 {
			plain = false
			sealed.Decisions = append(sealed.Decisions, SealedDecision{What: d.What, RoundID: d.RoundID, Method: d.Method, Subjects: d.Subjects, Numbers: d.Numbers,
				Places: d.Places, Seed: d.Seed, TieRound: d.TieRound, Decider: d.Decider, Reason: d.Reason, Earlier: x.earlier(d)})
		}
	}
	if plain {
		return nil, nil
	}
	return sealed, nil
}

// earlier are the decisions on some of the same that were taken back, the oldest first.
func (x standing) earlier(d Decision) []SealedEarlier {
	var list []SealedEarlier
	for _, e := range x.all {
		if e.RevokedUs != 0 && e.ID < d.ID && e.What == d.What && e.RoundID == d.RoundID &&
			slices.ContainsFunc(e.Subjects, func(id int64) bool { return slices.Contains(d.Subjects, id) }) {
			list = append(list, SealedEarlier{Method: e.Method, Subjects: e.Subjects, Numbers: e.Numbers, Places: e.Places, Seed: e.Seed,
				TieRound: e.TieRound, Decider: e.Decider, Why: e.Why})
		}
	}
	return list
}

// agrees tells whether a promotion's list is the one that scores and decisions give now. Those who have withdrawn since
// are in the list of then and not in the one of now: the others must stand in the same order.
func (x standing) agrees(roundID int64) (bool, error) {
	rec, err := readRecord(x.promotions[roundID])
	if err != nil {
		return false, err
	}
	round, ok := x.Contest.Round(roundID)
	if !ok {
		return false, nil
	}
	round.Intake = rec.Intake
	now := map[int64]Line{}
	for _, h := range x.heats(round) {
		for _, l := range h.Lines {
			now[l.ID] = l
		}
	}
	for _, h := range rec.Heats {
		last := 0
		for _, l := range h.Lines {
			n, there := now[l.ID]
			if !there {
				continue
			}
			if n.Value != l.Value || n.Place < last {
				return false, nil
			}
			last = n.Place
		}
	}
	return true, nil
}

// Problems are what people must know of the plan before results become final.
func (s *Service) Problems(ctx context.Context, contestID int64) ([]Problem, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return nil, err
	}
	problems := []Problem{}
	add := func(code string, blocks bool, vi, en string) {
		problems = append(problems, Problem{Code: code, Blocks: blocks, Vi: vi, En: en})
	}
	for _, r := range x.Contest.Rounds {
		if !r.Cuts() {
			continue
		}
		if _, done := x.promotions[r.ID]; !done {
			add("not_promoted", r.Begun(), "Chưa xét suất vào vòng “"+r.Name+"”.", "Who enters “"+r.Name+"” was never decided.")
			continue
		}
		if ok, err := x.agrees(r.ID); err != nil {
			return nil, err
		} else if !ok {
			add("promotion_differs", false, "Điểm đã đổi sau khi xét suất vào vòng “"+r.Name+"”: danh sách vào vòng vẫn như lúc xét.",
				"Scores have changed since the entries of “"+r.Name+"” were decided: its list stands as it was.")
		}
	}
	return problems, nil
}

// Check recomputes what a plan can prove by itself: every record has its hash, its line is where the list puts it, and
// every draw of lots follows from its seed.
func (s *Service) Check(ctx context.Context, contestID int64) ([]string, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for _, id := range slices.Sorted(maps.Keys(x.promotions)) {
		p := x.promotions[id]
		rec, err := readRecord(p)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("the promotion into round %d cannot be read", id))
			continue
		}
		if _, sum, err := hashOf(rec); err != nil || !slices.Equal(sum, p.Hash) {
			wrong = append(wrong, fmt.Sprintf("the record of the promotion into round %d does not have its hash", id))
		}
		var through []int64
		for _, h := range rec.Heats {
			again := Heat{ID: h.ID, Places: h.Places, Lines: slices.Clone(h.Lines)}
			again.Cut(rec.Intake.Reserves)
			for _, l := range again.Lines {
				if l.Fate == Through {
					through = append(through, l.ID)
				}
			}
		}
		slices.Sort(through)
		if !slices.Equal(through, rec.Entered) {
			wrong = append(wrong, fmt.Sprintf("the list of round %d lets others through than those who entered", id))
		}
	}
	for _, d := range x.all {
		if d.Method == ByRound && d.RevokedUs == 0 {
			if places, err := x.tieRoundPlaces(d.TieRound, d.Subjects); err != nil || !slices.Equal(places, d.Places) {
				wrong = append(wrong, fmt.Sprintf("decision %d does not follow from its tie-break round", d.ID))
			}
		}
		if d.Method != ByLots {
			continue
		}
		numbers := map[int64]int{}
		for i, id := range d.Subjects {
			numbers[id] = d.Numbers[i]
		}
		for place, id := range judging.Draw(d.Seed, numbers) {
			if i := slices.Index(d.Subjects, id); d.Places[i] != place+1 {
				wrong = append(wrong, fmt.Sprintf("the lots of decision %d do not follow from their seed", d.ID))
				break
			}
		}
	}
	return wrong, nil
}

var _ leaderboard.Plan = (*Service)(nil)
