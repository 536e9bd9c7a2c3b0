package plan

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/hoithi/hoithi/server/contest"
)

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// Preview is what deciding who enters a round would come to now.
type Preview struct {
	Round    contest.Round
	Before   contest.Round
	Heats    []Heat
	Units    []UnitResult // with those that are not ranked; only where units go on
	Problems []Problem
	Hash     []byte // of the record that the promotion would store
	Done     bool
}

// Preview works out who would enter a round.
func (s *Service) Preview(ctx context.Context, contestID, roundID int64) (Preview, error) {
	x, err := s.read(ctx, contestID)
	if err != nil {
		return Preview{}, err
	}
	return x.preview(roundID)
}

func (x standing) preview(roundID int64) (Preview, error) {
	round, err := x.cut(roundID)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Round: round, Problems: []Problem{}, Units: []UnitResult{}}
	p.Before, _ = x.Contest.Before(roundID)
	if round.Intake.Who == contest.WhoUnits {
		p.Units = x.unitResults(round)
	}
	p.Heats = x.heats(round)
	_, p.Done = x.promotions[roundID]
	p.Problems = x.problems(round, p.Heats)
	_, p.Hash, err = hashOf(recordOf(round, p.Heats))
	return p, err
}

// problems looks at a promotion before it is done.
func (x standing) problems(round contest.Round, heats []Heat) []Problem {
	problems := []Problem{}
	add := func(code string, blocks bool, vi, en string) {
		problems = append(problems, Problem{Code: code, Blocks: blocks, Vi: vi, En: en})
	}
	levels := x.Contest.Levels()
	for _, r := range x.Contest.Rounds {
		if levels[r.ID] >= levels[round.ID] || r.TieBreak() || round.Intake.Basis == contest.BasisPrevious && !x.isBefore(r, round) {
			continue
		}
		if r.State != contest.Closed && r.State != contest.Scored {
			add("round_open", true, "Vòng “"+r.Name+"” chưa chốt điểm", "Round “"+r.Name+"” is not closed")
		}
		if _, done := x.promotions[r.ID]; r.Cuts() && !done {
			add("earlier_cut", true, "Chưa xét suất vào vòng “"+r.Name+"”", "Who enters “"+r.Name+"” has not been decided")
		}
	}
	if x.Contest.State == contest.Draft || x.Contest.State == contest.Open {
		add("not_running", true, "Hội thi chưa bắt đầu", "The contest has not begun")
	}
	if round.Begun() {
		add("begun", true, "Vòng “"+round.Name+"” đã bắt đầu", "Round “"+round.Name+"” has begun")
	}
	ranked := 0
	for _, h := range heats {
		ranked += len(h.Lines)
		name := x.heatName(round, h.ID)
		for _, tie := range h.Ties() {
			if i := slices.IndexFunc(h.Lines, func(l Line) bool { return l.ID == tie[0] }); h.Lines[i].Fate == AtLine {
				add("tie", true, fmt.Sprintf("%s%d đồng hạng %d đúng vạch, chỉ còn %d suất", name, len(tie), h.Lines[i].Place, h.Free),
					fmt.Sprintf("%s%d share place %d at the line, with %d places left", name, len(tie), h.Lines[i].Place, h.Free))
			} else {
				add("tied_reserves", false, fmt.Sprintf("%s%d dự bị đồng hạng %d; cần phân định trước khi gọi", name, len(tie), h.Lines[i].Place),
					fmt.Sprintf("%s%d reserves share place %d; resolve it before one is called", name, len(tie), h.Lines[i].Place))
			}
		}
		if len(h.Lines) < h.Places {
			add("few", false, fmt.Sprintf("%scó %d suất nhưng chỉ %d đủ điều kiện", name, h.Places, len(h.Lines)),
				fmt.Sprintf("%s%d places, but only %d are ranked", name, h.Places, len(h.Lines)))
		}
	}
	if ranked == 0 {
		add("nobody", true, "Chưa có ai để xét", "There is nobody to choose from")
	}
	return problems
}

func (x standing) isBefore(r, round contest.Round) bool {
	before, ok := x.Contest.Before(round.ID)
	return ok && before.ID == r.ID
}

// heatName is the division's or block's name in front of a sentence; empty where there is only one.
func (x standing) heatName(round contest.Round, id int64) string {
	if round.Intake.Who == contest.WhoUnits {
		if name := x.blockNames[id]; name != "" {
			return name + ": "
		}
		return ""
	}
	if len(x.Contest.Divisions) > 1 {
		for _, d := range x.Contest.Divisions {
			if d.ID == id {
				return d.Name + ": "
			}
		}
	}
	return ""
}
