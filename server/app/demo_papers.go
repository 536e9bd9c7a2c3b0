package app

import (
	"context"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/paper"
)

// demoPapers sets up a blueprint over the demo's topics and draws four variants from it. What the bank has too few of is
// asked for less, so that the demo stands whatever becomes of its questions.
func (a *App) demoPapers(ctx context.Context, c contest.Contest) error {
	topics, err := a.Bank.Topics(ctx, c.ID)
	if err != nil {
		return err
	}
	choice := paper.Section{Title: "Phần I. Câu hỏi trắc nghiệm", Note: "Mỗi câu chọn một phương án đúng.", Mix: paper.MixBoth}
	for _, t := range topics {
		if t.Depth == 0 && len(choice.Rows) < 5 {
			choice.Rows = append(choice.Rows, paper.Row{Topic: t.ID, Type: bank.Single, Points: 25,
				Counts: paper.Counts{Recognition: 2, Understanding: 2, Application: 1}})
		}
	}
	groups := paper.Section{Title: "Phần II. Câu hỏi đúng sai", Note: "Ở mỗi ý a, b, c, d chọn Đúng hoặc Sai.", Mix: paper.MixBoth,
		Rows: []paper.Row{{Type: bank.TrueFalseGroup, Points: 100, Counts: paper.Counts{Any: 2}}}}
	open := paper.Section{Title: "Phần III. Sắp xếp, ghép cặp và tự điền", Mix: paper.MixBoth}
	for _, kind := range []bank.ItemType{bank.Ordering, bank.Matching, bank.FillIn, bank.Numeric} {
		open.Rows = append(open.Rows, paper.Row{Type: kind, Points: 50, Counts: paper.Counts{Any: 1}})
	}
	spec := paper.Spec{Sections: []paper.Section{choice, groups, open}, Minutes: 45}
	check, err := a.Papers.Check(ctx, c.ID, 0, spec)
	if err != nil {
		return err
	}
	for _, cell := range check.Cells {
		counts := &spec.Sections[cell.Section].Rows[cell.Row].Counts
		switch cell.Level {
		case bank.Recognition:
			counts.Recognition -= cell.Lacks
		case bank.Understanding:
			counts.Understanding -= cell.Lacks
		case bank.Application:
			counts.Application -= cell.Lacks
		default:
			counts.Any -= cell.Lacks
		}
	}
	b, err := a.Papers.Create(ctx, c.ID, paper.Blueprint{Name: "Đề kiểm tra kiến thức vòng loại", Spec: spec})
	if err != nil {
		return err
	}
	_, err = a.Papers.Draw(ctx, c.ID, b.ID, paper.Ask{Seed: "20260901000000000000000000000001", Mode: paper.SameItems, Codes: []string{"101", "102", "103", "104"}})
	return err
}
