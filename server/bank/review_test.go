package bank_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

func (h *house) topic(t *testing.T, path string) bank.Topic {
	t.Helper()
	topics, err := h.Topics(h.ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(topics, func(x bank.Topic) bool { return x.Path == path })
	if i < 0 {
		t.Fatalf("no topic %q in %+v", path, topics)
	}
	return topics[i]
}

func as(ctx context.Context, id int64, name string, role account.Role) context.Context {
	return account.With(ctx, account.Principal{AccountID: id, Name: name, Grants: map[int64][]account.Role{1: {role}}})
}

func (h *house) reviewed(t *testing.T, own bool) {
	t.Helper()
	if _, err := h.SetReview(h.ctx, 1, bank.Review{Needed: true, OwnApproval: own, CheckMonths: 12, Version: 1}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) offered(t *testing.T) map[int64]int {
	t.Helper()
	items, err := h.Offered(h.ctx, h.banks[1])
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]int{}
	for _, i := range items {
		out[i.ItemID] = i.Version
	}
	return out
}

// From the author to the reviewer and back: only what somebody else has approved is drawn, and the approved version
// stays the one that is drawn while a newer one is reviewed.
func TestAQuestionIsReviewedBeforeItIsDrawn(t *testing.T) {
	h := open(t)
	h.reviewed(t, false)
	author, reviewer := as(t.Context(), 11, "Trần Văn An", account.RoleAuthor), as(t.Context(), 12, "Phạm Thị Bình", account.RoleReviewer)
	organizer := as(t.Context(), 13, "Lê Thu Trang", account.RoleOrganizer)
	i, err := h.Create(author, 1, bank.Samples()[0])
	if err != nil || i.State != bank.Draft || i.Approved != 0 {
		t.Fatalf("%+v, %v", i, err)
	}
	if len(h.offered(t)) != 0 {
		t.Error("a draft is offered to rounds")
	}
	if _, err := h.Take(author, 1, i.ID, 1, bank.Approve, ""); !isCode(err, "not_reviewer") {
		t.Errorf("an author approves: %v", err)
	}
	if _, err := h.Take(author, 1, i.ID, 1, bank.Submit, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Take(reviewer, 1, i.ID, 1, bank.SendBack, " "); !isCode(err, "send_back_why") {
		t.Errorf("sent back without a reason: %v", err)
	}
	if i, err = h.Take(reviewer, 1, i.ID, 1, bank.SendBack, "Nêu rõ điều khoản."); err != nil || i.State != bank.SentBack {
		t.Fatalf("%+v, %v", i, err)
	}
	record, err := h.Record(author, 1, i.ID)
	if err != nil || len(record.Comments) != 1 || record.Comments[0].Body != "Nêu rõ điều khoản." || len(record.Steps) != 2 {
		t.Fatalf("the author does not see why: %+v, %v", record, err)
	}
	changed := i.Content
	changed.Explanation = "Điều 94 Hiến pháp."
	if i, err = h.Edit(author, 1, i.ID, 1, changed); err != nil || i.State != bank.Draft {
		t.Fatalf("%+v, %v", i, err)
	}
	if i, err = h.Take(reviewer, 1, i.ID, 2, bank.Approve, ""); err != nil || i.Approved != 2 {
		t.Fatalf("%+v, %v", i, err)
	}
	// A newer version: the approved one is drawn until this one is approved too.
	changed.Explanation = "Điều 94 Hiến pháp năm 2013."
	if i, err = h.Edit(organizer, 1, i.ID, 2, changed); err != nil {
		t.Fatal(err)
	}
	if got := h.offered(t); got[i.ID] != 2 {
		t.Errorf("version %d is drawn, want the approved 2", got[i.ID])
	}
	page, err := h.List(organizer, 1, bank.Filter{Offered: true, Size: 10})
	if err != nil || page.Total != 1 || page.Items[0].Shown != 2 {
		t.Errorf("what is offered to rounds: %+v, %v", page, err)
	}
	bars, err := h.Barred(h.ctx, h.banks[1], []int64{i.Version.ID})
	if err != nil || bars[i.Version.ID] != bank.BarUnapproved {
		t.Errorf("bars %v, %v", bars, err)
	}
	if _, err := h.Take(organizer, 1, i.ID, 3, bank.Approve, ""); !isCode(err, "own_approval") {
		t.Errorf("an organizer approves what he wrote himself: %v", err)
	}
	if _, err := h.SetReview(organizer, 1, bank.Review{Needed: true, OwnApproval: true, CheckMonths: 12, Version: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Take(organizer, 1, i.ID, 3, bank.Approve, ""); err != nil || h.offered(t)[i.ID] != 3 {
		t.Errorf("where the bank allows it, a single organizer approves: %v", err)
	}
}

func TestAnAuthorSeesOnlyHisOwnQuestions(t *testing.T) {
	h := open(t)
	other := h.create(t, bank.Samples()[0])
	author := as(t.Context(), 11, "Trần Văn An", account.RoleAuthor)
	mine, err := h.Create(author, 1, bank.Samples()[1])
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.List(author, 1, bank.Filter{Size: 10})
	if err != nil || page.Total != 1 || page.Items[0].ID != mine.ID {
		t.Errorf("%+v, %v", page, err)
	}
	for name, try := range map[string]func() error{
		"get":     func() error { _, err := h.Get(author, 1, other.ID); return err },
		"history": func() error { _, err := h.History(author, 1, other.ID); return err },
		"record":  func() error { _, err := h.Record(author, 1, other.ID); return err },
		"edit":    func() error { _, err := h.Edit(author, 1, other.ID, 1, bank.Samples()[2]); return err },
		"submit":  func() error { _, err := h.Take(author, 1, other.ID, 1, bank.Withdraw, ""); return err },
		"comment": func() error { return h.Say(author, 1, other.ID, "…") },
	} {
		if err := try(); !fault.IsKind(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who has read a key: opening the item and exporting it count, lists don't; a second look within the same ten minutes
// is the same reading.
func TestWhoHasReadAKey(t *testing.T) {
	h := open(t)
	i, j, k := h.create(t, bank.Samples()[0]), h.create(t, bank.Samples()[4]), h.create(t, bank.Samples()[1])
	views := func() []bank.View {
		v, err := h.Views(h.ctx, 1, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if _, err := h.List(h.ctx, 1, bank.Filter{Size: 10}); err != nil || len(views()) != 0 {
		t.Fatalf("a list without keys was recorded: %v, %v", views(), err)
	}
	for range 2 {
		if _, err := h.Get(h.ctx, 1, i.ID); err != nil {
			t.Fatal(err)
		}
		h.clock = h.clock.Add(time.Minute)
	}
	if _, err := h.History(h.ctx, 1, j.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Retire(h.ctx, 1, k.ID, false); err != nil { // changes nothing, and gives the key
		t.Fatal(err)
	}
	for _, x := range []int64{j.ID, k.ID} {
		if got, err := h.Views(h.ctx, 1, x); err != nil || len(got) != 1 || got[0].How != bank.SeenOpen {
			t.Errorf("a key was given and nobody knows: %+v, %v", got, err)
		}
	}
	if got := views(); len(got) != 1 || got[0].How != bank.SeenOpen || got[0].Name != "Lê Thu Trang" || got[0].LastAt.Sub(got[0].FirstAt) != time.Minute {
		t.Errorf("two looks within ten minutes: %+v", got)
	}
	h.clock = h.clock.Add(time.Hour)
	if _, _, err := h.Export(h.ctx, 1, bank.Exported{Format: bank.XLSX, Locale: "vi"}); err != nil {
		t.Fatal(err)
	}
	viewers, readings, err := h.Readings(h.ctx, 1, 0, 0)
	if err != nil || len(viewers) != 1 || viewers[0].Items != 3 || len(readings) != 2 || readings[0].How != bank.SeenExport || readings[0].Items != 3 {
		t.Errorf("%+v %+v, %v (items %d, %d)", viewers, readings, err, i.ID, j.ID)
	}
}

// A topic is where an item stands, not what it says: renamed, moved or merged, it leaves every version as it was.
func TestTopicsAreATreeThatRewritesNoQuestion(t *testing.T) {
	h := open(t)
	c := bank.Samples()[0]
	c.Topic = "Nhà nước / Chính phủ"
	i := h.create(t, c)
	c = bank.Samples()[3]
	c.Topic = "Nhà nước / Địa lý"
	h.create(t, c)
	c = bank.Samples()[4]
	c.Topic = "Bộ máy / Chính phủ"
	third := h.create(t, c)
	if got := h.topic(t, "Nhà nước"); got.All != 2 || got.Items != 0 {
		t.Errorf("%+v", got)
	}
	if err := h.SaveTopic(h.ctx, 1, h.topic(t, "Nhà nước").ID, bank.TopicDraft{Name: "Bộ máy nhà nước"}); err != nil {
		t.Fatal(err)
	}
	got, err := h.Get(h.ctx, 1, i.ID)
	if err != nil || got.Content.Topic != "Bộ máy nhà nước / Chính phủ" || got.Version.Version != 1 {
		t.Errorf("after renaming: %+v, %v", got, err)
	}
	if old, err := h.Versions(h.ctx, h.banks[1], []int64{i.Version.ID}); err != nil || old[0].Content.Topic != "Nhà nước / Chính phủ" {
		t.Errorf("the version was rewritten: %+v, %v", old, err)
	}
	if err := h.SaveTopic(h.ctx, 1, h.topic(t, "Bộ máy nhà nước").ID, bank.TopicDraft{Name: "X", ParentID: h.topic(t, "Bộ máy nhà nước / Chính phủ").ID}); !isCode(err, "topic_inside_itself") {
		t.Errorf("into its own branch: %v", err)
	}
	// Branches of one name become one.
	if err := h.MergeTopic(h.ctx, 1, h.topic(t, "Bộ máy").ID, h.topic(t, "Bộ máy nhà nước").ID); err != nil {
		t.Fatal(err)
	}
	if got := h.topic(t, "Bộ máy nhà nước / Chính phủ"); got.Items != 2 {
		t.Errorf("%+v", got)
	}
	// The editor sends the topic along: the same one changes nothing, another one moves the item without a new version.
	got.Content.Topic = "Bộ máy nhà nước / Chính phủ"
	if same, err := h.Edit(h.ctx, 1, i.ID, 1, got.Content); err != nil || same.Version.Version != 1 {
		t.Errorf("%+v, %v", same, err)
	}
	got.Content.Topic, got.Content.Difficulty = "Mới / Nhánh", bank.Application
	moved, err := h.Edit(h.ctx, 1, i.ID, 1, got.Content)
	if err != nil || moved.Version.Version != 1 || moved.Content.Topic != "Mới / Nhánh" || moved.Content.Difficulty != bank.Application {
		t.Errorf("%+v, %v", moved, err)
	}
	if err := h.RemoveTopic(h.ctx, 1, h.topic(t, "Bộ máy nhà nước / Chính phủ").ID); err != nil || h.topic(t, "Bộ máy nhà nước").Items != 1 {
		t.Errorf("what was in a removed topic goes to the one above: %v", err)
	}
	if page, err := h.List(h.ctx, 1, bank.Filter{TopicID: h.topic(t, "Bộ máy nhà nước").ID, Size: 10}); err != nil || page.Total != 2 {
		t.Errorf("a topic with its branches: %v, %v (item %d)", stems(page), err, third.ID)
	}
}

// An act that is replaced bars its questions until somebody has looked at them, and not again by a later note.
func TestAReplacedActBarsItsQuestions(t *testing.T) {
	h := open(t)
	i := h.create(t, bank.Samples()[0])
	h.create(t, bank.Samples()[4])
	acts, err := h.Acts(h.ctx, 1)
	if err != nil || len(acts) != 1 || acts[0].Items != 2 {
		t.Fatalf("%+v, %v", acts, err)
	}
	act := acts[0]
	draft := bank.ActDraft{Title: act.Title, ForceTo: "2026-08-01", Version: act.Version}
	if err := h.SaveAct(h.ctx, 1, act.ID, draft); err != nil {
		t.Fatal(err)
	}
	if len(h.offered(t)) != 2 {
		t.Error("on its last day an act is in force")
	}
	h.clock = time.Date(2026, 8, 2, 0, 30, 0, 0, time.FixedZone("ICT", 7*3600))
	if len(h.offered(t)) != 0 {
		t.Error("the day after, its questions must not be drawn")
	}
	page, err := h.List(h.ctx, 1, bank.Filter{Look: bank.LookBarred, Size: 10})
	if err != nil || page.Total != 2 || !page.Items[0].Barred {
		t.Fatalf("%+v, %v", page, err)
	}
	organizer := as(t.Context(), 13, "Lê Thu Trang", account.RoleOrganizer)
	if _, err := h.Take(organizer, 1, i.ID, 1, bank.Check, "Điều khoản giữ nguyên."); err != nil {
		t.Fatal(err)
	}
	draft.Version, draft.Note = 2, "Được thay thế."
	h.clock = h.clock.Add(time.Hour)
	if err := h.SaveAct(h.ctx, 1, act.ID, draft); err != nil {
		t.Fatal(err)
	}
	if got := h.offered(t); len(got) != 1 || got[i.ID] != 1 {
		t.Errorf("what was looked at may be drawn again: %v", got)
	}
	if err := h.SaveAct(h.ctx, 1, act.ID, bank.ActDraft{Title: act.Title, ReplacedBy: act.ID}); !isCode(err, "act_replaces_itself") {
		t.Errorf("a circle: %v", err)
	}
}

func TestManyAreChangedAtOnce(t *testing.T) {
	h := open(t)
	var ids []int64
	for _, c := range bank.Samples() {
		ids = append(ids, h.create(t, c).ID)
	}
	topic, hard := "Ôn tập", bank.HighApplication
	change := bank.Change{Topic: &topic, Difficulty: &hard, AddTags: []string{"Vòng loại", "vong loai", "2026"}}
	organizer := as(t.Context(), 13, "Lê Thu Trang", account.RoleOrganizer)
	first, err := h.ChangeMany(organizer, 1, nil, bank.Filter{Search: "hien phap"}, change, true)
	if err != nil || first.Items != 5 || first.Changed != 5 {
		t.Fatalf("%+v, %v", first, err)
	}
	if tally, _ := h.Tally(h.ctx, 1); tally.Difficulties[hard] != 0 {
		t.Fatal("a preview has changed the bank")
	}
	if _, err := h.ChangeMany(organizer, 1, ids[:2], bank.Filter{}, change, false); err != nil {
		t.Fatal(err)
	}
	page, err := h.List(h.ctx, 1, bank.Filter{Tag: "Vòng loại", Difficulty: hard, TopicID: h.topic(t, "Ôn tập").ID, Size: 10})
	if err != nil || page.Total != 2 || !slices.Equal(page.Items[0].Tags, []string{"2026", "Vòng loại"}) || page.Items[0].Version.Version != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = h.List(h.ctx, 1, bank.Filter{Search: "vòng loại", Size: 10}); err != nil || page.Total != 2 {
		t.Errorf("searching for a tag: %d, %v", page.Total, err)
	}
	if done, err := h.ChangeMany(organizer, 1, ids, bank.Filter{}, bank.Change{Step: bank.Retire}, false); err != nil || done.Changed != 5 {
		t.Errorf("%+v, %v", done, err)
	}
	done, err := h.ChangeMany(organizer, 1, ids, bank.Filter{}, bank.Change{Step: bank.Submit}, false)
	if err != nil || done.Changed != 0 || done.Refuses != 5 {
		t.Errorf("retired items can't be submitted: %+v, %v", done, err)
	}
	if _, err := h.ChangeMany(as(t.Context(), 12, "Bình", account.RoleReviewer), 1, ids, bank.Filter{}, change, false); !isCode(err, "reviewers_dont_move") {
		t.Errorf("a reviewer moves questions: %v", err)
	}
}

// Items from before the bank had topics and acts get them when the server starts.
func TestOlderItemsAreFiled(t *testing.T) {
	h := open(t)
	i := h.create(t, bank.Samples()[0])
	for _, sql := range []string{`UPDATE item SET topic_id = NULL, act_id = NULL, filed = false`, `DELETE FROM topic`, `DELETE FROM legal_act`} {
		if _, err := h.db.Exec(h.ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.File(h.ctx); err != nil {
		t.Fatal(err)
	}
	got, err := h.Get(h.ctx, 1, i.ID)
	if err != nil || got.Content.Topic != "Bộ máy nhà nước" || got.ActID == 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestLikeItemsAreFoundAndDecided(t *testing.T) {
	h := open(t)
	a := h.create(t, bank.Samples()[0])
	c := bank.Samples()[0]
	c.Stem = "Cơ quan nào là cơ quan hành chính nhà nước cao nhất của nước ta?"
	b := h.create(t, c)
	h.create(t, bank.Samples()[4])
	queued := int64(0)
	h.UseComparing(func(_ context.Context, _ pgx.Tx, bankID int64) error { queued = bankID; return nil })
	if err := h.StartComparing(h.ctx, 1); err != nil || queued != h.banks[1] {
		t.Fatal(queued, err)
	}
	if err := h.StartComparing(h.ctx, 1); !isCode(err, "already_comparing") {
		t.Errorf("twice at once: %v", err)
	}
	if err := h.Compare(h.ctx, queued); err != nil {
		t.Fatal(err)
	}
	pairs, total, state, err := h.AlikeItems(h.ctx, 1, false, 0)
	if err != nil || total != 1 || pairs[0].A.ID != a.ID || pairs[0].B.ID != b.ID || state.State != "done" || pairs[0].OtherKey {
		t.Fatalf("%+v %+v, %v", pairs, state, err)
	}
	if views, err := h.Views(h.ctx, 1, a.ID); err != nil || len(views) != 1 || views[0].How != bank.SeenCompare {
		t.Errorf("their keys were shown: %+v, %v", views, err)
	}
	if err := h.DecideAlike(h.ctx, 1, b.ID, a.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := h.StartComparing(h.ctx, 1); err != nil {
		t.Fatal(err)
	}
	if err := h.Compare(h.ctx, queued); err != nil {
		t.Fatal(err)
	}
	if _, total, _, err := h.AlikeItems(h.ctx, 1, false, 0); err != nil || total != 0 {
		t.Errorf("a pair that somebody called different came back: %d, %v", total, err)
	}
}

// Whatever the items: the shortcut finds the very pairs that comparing each with each finds.
func TestPairsAreThoseOfComparingEachWithEach(t *testing.T) {
	words := []string{"luật", "viên", "chức", "cán", "bộ", "công", "vụ", "dân"}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 14).Draw(rt, "n")
		comparing := bank.NewComparing()
		var contents []bank.Content
		var items []bank.Fingerprint
		for i := range n {
			stem := ""
			for _, w := range rapid.SliceOfN(rapid.SampledFrom(words), 1, 8).Draw(rt, fmt.Sprintf("stem %d", i)) {
				stem += w + " "
			}
			c := bank.Content{Type: bank.ShortText, Stem: stem + "?", Key: bank.Key{Texts: []string{rapid.SampledFrom(words).Draw(rt, "key")}}}.Normalized()
			contents = append(contents, c)
			items = append(items, comparing.Of(int64(i+1), c))
		}
		want := bank.EachWithEach(contents)
		got, more, err := bank.Pairs(items, 1000, nil)
		if err != nil || more || !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}
