package app

import (
	"context"
	"strings"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/demo"
)

// demoReview shows what reviewing is: an act that another one has replaced, so that its items wait to be looked at, tags,
// a comment, and what an author has written and a reviewer looked at since the bank is reviewed.
func (a *App) demoReview(ctx context.Context, c contest.Contest, d *DemoLogins) error {
	if err := a.demoLapse(ctx, c); err != nil {
		return err
	}
	return a.demoWork(ctx, c, d)
}

func (a *App) demoLapse(ctx context.Context, c contest.Contest) error {
	acts, err := a.Bank.Acts(ctx, c.ID)
	if err != nil {
		return err
	}
	var before, after bank.Act
	for _, act := range acts {
		switch {
		case strings.Contains(act.Title, "61/2018/NĐ-CP"):
			before = act
		case strings.Contains(act.Title, "118/2025/NĐ-CP"):
			after = act
		}
	}
	if after.ID == 0 {
		return nil // another bank than the demo's own
	}
	if before.ID == 0 {
		if err := a.Bank.SaveAct(ctx, c.ID, 0, bank.ActDraft{Title: "Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ",
			ForceFrom: "2018-06-21", ForceTo: "2025-06-30", ReplacedBy: after.ID}); err != nil {
			return err
		}
	} else if err := a.Bank.SaveAct(ctx, c.ID, before.ID, bank.ActDraft{Title: before.Title, ForceFrom: "2018-06-21", ForceTo: "2025-06-30", ReplacedBy: after.ID}); err != nil {
		return err
	}
	page, err := a.Bank.List(ctx, c.ID, bank.Filter{ActID: after.ID, Size: 3})
	if err != nil || len(page.Items) == 0 {
		return err
	}
	ids := make([]int64, 0, len(page.Items))
	for _, item := range page.Items {
		ids = append(ids, item.ID)
	}
	if _, err := a.Bank.ChangeMany(ctx, c.ID, ids, bank.Filter{}, bank.Change{AddTags: []string{"một cửa", "văn bản mới"}}, false); err != nil {
		return err
	}
	return a.Bank.Say(ctx, c.ID, ids[0], "Nên ghi rõ khoản của điều được dẫn, để thí sinh tra lại được.")
}

// demoWork lets the author write five questions, each of which has come to another state, and the reviewer look at them.
// Afterwards the bank is not reviewed any more: whoever tries the demo writes or imports questions and plays them at once,
// and needs no second person to approve them. Demos of earlier days have neither author nor reviewer.
func (a *App) demoWork(ctx context.Context, c contest.Contest, d *DemoLogins) error {
	if d.Author.ID == 0 || d.Reviewer.ID == 0 {
		return nil
	}
	as := func(l DemoLogin, role account.Role) context.Context {
		return account.With(ctx, account.Principal{AccountID: l.ID, Name: l.Name, Locale: "vi", Grants: map[int64][]account.Role{c.ID: {role}}})
	}
	writes, reads := as(d.Author, account.RoleAuthor), as(d.Reviewer, account.RoleReviewer)
	rules, err := a.Bank.Review(ctx, c.ID)
	if err != nil {
		return err
	}
	rules.Needed = true
	if rules, err = a.Bank.SetReview(ctx, c.ID, rules); err != nil {
		return err
	}
	contents, anew, err := demo.Written()
	if err != nil {
		return err
	}
	items := make([]bank.Item, len(contents))
	for i, content := range contents {
		if items[i], err = a.Bank.Create(writes, c.ID, content); err != nil {
			return err
		}
	}
	// The first stays a draft, the second waits to be looked at, the third was sent back, the fourth is approved, and the
	// fifth waits with what it was asked to change.
	steps := []struct {
		of   int
		by   context.Context
		step bank.Step
		note string
	}{
		{1, writes, bank.Submit, ""},
		{2, writes, bank.Submit, ""},
		{2, reads, bank.SendBack, "Phương án C và D nói cùng một ý. Đề nghị thay một phương án."},
		{3, writes, bank.Submit, ""},
		{3, reads, bank.Approve, ""},
		{4, writes, bank.Submit, ""},
		{4, reads, bank.SendBack, "Câu dẫn chưa nói nghị định quy định việc gì. Đề nghị ghi rõ để thí sinh không phải thuộc số hiệu."},
	}
	for _, s := range steps {
		if items[s.of], err = a.Bank.Get(s.by, c.ID, items[s.of].ID); err != nil {
			return err
		}
		if items[s.of], err = a.Bank.Take(s.by, c.ID, items[s.of].ID, items[s.of].Version.Version, s.step, s.note); err != nil {
			return err
		}
	}
	again := items[len(items)-1]
	mended := again.Content
	mended.Stem = anew
	if again, err = a.Bank.Edit(writes, c.ID, again.ID, again.Version.Version, mended); err != nil {
		return err
	}
	if err := a.Bank.Say(writes, c.ID, again.ID, "Đã viết lại câu dẫn theo góp ý."); err != nil {
		return err
	}
	if _, err = a.Bank.Take(writes, c.ID, again.ID, again.Version.Version, bank.Submit, ""); err != nil {
		return err
	}
	rules.Needed = false
	_, err = a.Bank.SetReview(ctx, c.ID, rules)
	return err
}
