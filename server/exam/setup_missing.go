package exam

import (
	"context"
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/paper"
)

// Missing lists what a round still needs, and what of it is done (contest.RoundKind). Later weeks are often written while
// the first one runs, so only what the next period needs keeps the contest from running.
func (s *Service) Missing(ctx context.Context, round contest.Round) ([]contest.Missing, error) {
	x, err := s.Setup(ctx, round.ContestID, round.ID)
	if err != nil {
		return nil, err
	}
	if x.Phase == PhaseClosed || x.Phase == PhaseScored {
		return []contest.Missing{}, nil
	}
	standings, err := s.blueprintsOf(ctx, x)
	if err != nil {
		return nil, err
	}
	return x.missing(standings, s.nowUs()), nil
}

// blueprintsOf tells how the blueprints that the unprepared periods ahead draw from stand to the bank.
func (s *Service) blueprintsOf(ctx context.Context, x Setup) (map[int64]paper.Feasibility, error) {
	var used []int64
	now := s.nowUs()
	for _, p := range x.ahead(now) {
		if !x.prepared(p) {
			used = append(used, x.blueprints(p)...)
		}
	}
	if len(used) == 0 {
		return nil, nil
	}
	all, err := s.papers.Blueprints(ctx, x.Contest.ID)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(all, func(b paper.Blueprint) bool { return !slices.Contains(used, b.ID) })
	found, err := s.papers.Standings(ctx, x.Contest.ID, list)
	if err != nil {
		return nil, err
	}
	standings := make(map[int64]paper.Feasibility, len(list))
	for i, b := range list {
		if b.Spec.Totals().Items > 0 { // one that asks for nothing gives no paper
			standings[b.ID] = found[i]
		}
	}
	return standings, nil
}

// ahead are the periods that are not over.
func (x Setup) ahead(nowUs int64) []Standing {
	return slices.DeleteFunc(slices.Clone(x.Periods), func(p Standing) bool { return p.OpensUs() != 0 && p.ClosesUs() <= nowUs })
}

// divisions are those of the contest; 0 where it has none.
func (x Setup) divisions() []int64 {
	if len(x.Contest.Divisions) == 0 {
		return []int64{0}
	}
	ids := make([]int64, len(x.Contest.Divisions))
	for i, d := range x.Contest.Divisions {
		ids[i] = d.ID
	}
	return ids
}

// blueprints are those that the divisions of a period draw from; 0 where a division has none.
func (x Setup) blueprints(p Standing) []int64 {
	var list []int64
	for _, d := range x.divisions() {
		if b := x.Settings.Blueprint(p.ID, d); !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	return list
}

// prepared tells whether each division of a period has its pool.
func (x Setup) prepared(p Standing) bool {
	return !slices.ContainsFunc(x.divisions(), func(d int64) bool {
		return !slices.Contains(p.Prepared, d) && !slices.Contains(p.Prepared, 0)
	})
}

// timed tells whether each division of a period has its window.
func (x Setup) timed(p Standing) bool {
	return !slices.ContainsFunc(x.divisions(), func(d int64) bool { _, ok := p.Window(d); return !ok })
}

func (x Setup) missing(standings map[int64]paper.Feasibility, nowUs int64) []contest.Missing {
	list := []contest.Missing{}
	name := "“" + x.Round.Name + "”"
	line := func(code string, done, blocks bool, vi, en string) {
		m := contest.Missing{Code: code, Done: done, RoundID: x.Round.ID, Vi: vi, En: en}
		if blocks {
			m.Blocks = contest.Running
		}
		list = append(list, m)
	}
	untimed := len(x.Periods) == 0 || slices.ContainsFunc(x.Periods, func(p Standing) bool { return !x.timed(p) })
	line("exam_window", !untimed, true, name+": đặt kỳ thi và giờ mở, giờ đóng", name+": set the periods and when they open and close")
	ahead := x.ahead(nowUs)
	if len(x.Periods) > 0 && len(ahead) == 0 {
		line("exam_window_ahead", false, true, name+": mọi kỳ thi đều đã qua giờ đóng", name+": the time of every period is past")
	}
	if len(ahead) == 0 {
		return list
	}
	lacks := func(p Standing) (without bool, short int) {
		for _, b := range x.blueprints(p) {
			f, known := standings[b]
			switch {
			case b == 0 || !known:
				without = true
			case f.Lacks > 0 || len(f.Missing) > 0:
				short += max(1, f.Lacks+len(f.Missing))
			}
		}
		return without, short
	}
	next := ahead[0]
	if !x.prepared(next) {
		without, short := lacks(next)
		line("exam_blueprint", !without, true, name+": chọn ma trận đề cho mọi bảng thi", name+": choose a blueprint for every division")
		if !without {
			vi, en := name+": ngân hàng đủ câu cho ma trận đề", name+": the bank has enough questions for the blueprint"
			if short > 0 {
				vi, en = fmt.Sprintf("%s: ngân hàng còn thiếu %d câu cho ma trận đề", name, short), fmt.Sprintf("%s: the bank lacks %d questions for the blueprint", name, short)
			}
			line("exam_bank", short == 0, true, vi, en)
		}
	}
	later := 0
	for _, p := range ahead[1:] {
		if without, short := lacks(p); !x.prepared(p) && (without || short > 0) {
			later++
		}
	}
	if later > 0 {
		line("exam_later", false, false, fmt.Sprintf("%s: %d kỳ sau còn thiếu ma trận hoặc câu hỏi", name, later), fmt.Sprintf("%s: %d later periods lack a blueprint or questions", name, later))
	}
	line("exam_prepared", x.prepared(next), false, fmt.Sprintf("%s: chuẩn bị đề cho “%s”", name, next.Name), fmt.Sprintf("%s: prepare the papers of “%s”", name, next.Name))
	line("exam_ready", x.Phase != PhasePlanned, false, name+": mở vòng thi để các kỳ tự mở theo giờ", name+": make the round ready, so that its periods open by the clock")
	for i, p := range ahead {
		if slices.ContainsFunc(ahead[:i], func(q Standing) bool { return overlap(p, q) }) {
			line("exam_overlap", false, false, fmt.Sprintf("%s: giờ của “%s” trùng với kỳ trước", name, p.Name), fmt.Sprintf("%s: the time of “%s” overlaps an earlier period", name, p.Name))
			break
		}
	}
	return list
}

func overlap(p, q Standing) bool {
	return p.OpensUs() != 0 && q.OpensUs() != 0 && p.OpensUs() < q.ClosesUs() && q.OpensUs() < p.ClosesUs()
}
