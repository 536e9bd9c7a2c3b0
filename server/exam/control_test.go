package exam

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/timing"
)

// staffed gives the context of another organizer.
func (c *class) staffed(login string, roles ...account.Role) context.Context {
	c.t.Helper()
	var id int64
	c.one(&id, `INSERT INTO account (login, name) VALUES ($1, $1) RETURNING id`, login)
	return account.With(c.t.Context(), account.Principal{AccountID: id, Name: login, Locale: "vi", Grants: map[int64][]account.Role{c.contestID: roles}})
}

func (c *class) deadline(a Started) int64 {
	return c.rows(`SELECT deadline_us FROM exam_attempt WHERE id = $1`, a.AttemptID)
}

// An exception for one entry needs two people; from the second one's word on its clock is longer, and only its clock.
func TestAnExceptionForOneNeedsASecondPerson(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	asks, grants := c.staffed("thuky", account.RoleSecretary), c.staffed("btc2", account.RoleOrganizer)
	a, other := c.start(n, 0, 10), c.start(n, 1, 10)
	before, untouched := c.deadline(a), c.deadline(other)
	w := OverrideWanted{EntryID: c.entries[0], ExtraUs: 5 * timing.Minute, Reason: "Mất điện tại điểm thi"}
	seen, err := n.AskOverride(asks, c.contestID, c.roundID, w, true)
	c.must(err)
	if !seen.Second || seen.Running != 1 || seen.Over || c.rows(`SELECT count(*) FROM exam_override`) != 0 {
		t.Fatalf("the preview: %+v", seen)
	}
	asked, err := n.AskOverride(asks, c.contestID, c.roundID, w, false)
	c.must(err)
	if asked.State != OverrideAsked || c.deadline(a) != before {
		t.Fatalf("%+v holds before anybody has agreed", asked)
	}
	_, err = n.DecideOverride(asks, c.contestID, c.roundID, asked.ID, true, "")
	c.refused(err, "override_second_person")
	n.hub.mu.Lock()
	n.hub.here["entry/"+jsonOf(c.entries[0])] = c.as(0, 10)
	n.hub.mu.Unlock()
	done, err := n.DecideOverride(grants, c.contestID, c.roundID, asked.ID, true, "Đồng ý")
	c.must(err)
	if done.Running != 1 || c.deadline(a) != before+5*timing.Minute || c.deadline(other) != untouched {
		t.Fatalf("%+v: %d and %d later", done, c.deadline(a)-before, c.deadline(other)-untouched)
	}
	if own := c.own(n, 0, 10); own.Open.DeadlineUs != before+5*timing.Minute || own.Periods[0].ExtraUs != 5*timing.Minute {
		t.Fatalf("the contestant sees %+v", own.Open)
	}
	_, err = n.DecideOverride(grants, c.contestID, c.roundID, asked.ID, true, "")
	c.refused(err, "override_decided")
	// Pauses and extensions stay in a deadline when the exception goes.
	c.must(n.Extend(c.ctx, c.contestID, c.roundID, 0, timing.Minute, "Chậm mạng"))
	_, err = n.RevokeOverride(grants, c.contestID, c.roundID, asked.ID, "Nhầm thí sinh")
	c.must(err)
	if c.deadline(a) != before+timing.Minute {
		t.Fatalf("after the revocation %d are left of a minute", c.deadline(a)-before)
	}
	list, err := n.overrideViews(asks, c.contestID, c.roundID)
	c.must(err)
	if o := list[0]; o.State != OverrideRevoked || o.AskedName != "thuky" || o.DecidedName != "btc2" || o.RevokedName != "btc2" || o.Reason == "" || !o.Mine {
		t.Fatalf("%+v", o)
	}
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// An exception for a unit holds for everything below it, at once; its window reopens a round that was over.
func TestAUnitsException(t *testing.T) {
	c := newClass(t, 4, func(s *Settings) { s.Guess, s.ShowKeys = GuessEntrants, Published })
	n := c.open()
	var province, commune int64
	c.one(&province, `INSERT INTO unit (name, short_name, same_key, search_key, kind) VALUES ('Tỉnh', 'Tỉnh', 'tinh', 'tinh', 'province') RETURNING id`)
	c.one(&commune, `INSERT INTO unit (name, short_name, same_key, search_key, kind, parent_id) VALUES ('Xã', 'Xã', 'xa', 'xa', 'commune', $1) RETURNING id`, province)
	c.exec(`UPDATE entry SET unit_id = $1 WHERE id = ANY($2)`, commune, c.entries[:2])
	c.exec(`UPDATE entry SET unit_id = $1 WHERE id = $2`, province, c.entries[2])
	a, b := c.start(n, 0, 10), c.start(n, 3, 10)
	before := c.deadline(b)
	boss := c.staffed("btc", account.RoleOrganizer)
	done, err := n.AskOverride(boss, c.contestID, c.roundID, OverrideWanted{UnitID: province, ExtraUs: timing.Minute, Reason: "Mạng của tỉnh chậm"}, false)
	c.must(err)
	if done.State != OverrideGranted || done.Entries != 3 || done.Running != 1 || c.deadline(a)-c.rows(`SELECT started_us FROM exam_attempt WHERE id = $1`, a.AttemptID) != 21*timing.Minute || c.deadline(b) != before {
		t.Fatalf("%+v", done)
	}
	// Whoever is no organizer asks for it.
	small, err := n.AskOverride(c.staffed("thuky", account.RoleSecretary), c.contestID, c.roundID, OverrideWanted{UnitID: province, Attempts: 1, Reason: "Thi lại"}, false)
	c.must(err)
	if small.State != OverrideAsked {
		t.Fatalf("%+v", small)
	}
	c.clock.Store(c.opens + 3*timing.Hour)
	for range 3 {
		n.turn(c.ctx)
	}
	if c.phase() != PhaseScored || c.rows(`SELECT actual FROM exam_period`) != 200 {
		t.Fatalf("the round is %s", c.phase())
	}
	again := OverrideWanted{UnitID: province, PeriodID: c.periodID, OpensUs: c.clock.Load(), ClosesUs: c.clock.Load() + timing.Hour, Reason: "Bão, không thi được"}
	late, err := n.AskOverride(boss, c.contestID, c.roundID, again, false)
	c.must(err)
	if !late.Reopens || c.phase() != PhaseRunning || c.rows(`SELECT count(*) FROM exam_period WHERE actual IS NULL AND settled_us = 0`) != 1 {
		t.Fatalf("%+v, the round is %s", late, c.phase())
	}
	c.start(n, 1, 10)
	_, err = n.StartAttempt(t.Context(), c.as(3, 10), c.roundID, c.clock.Load(), StartCommand{PeriodID: c.periodID})
	c.refused(err, "exam_over")
	c.after(2 * timing.Hour)
	for range 3 {
		n.turn(c.ctx)
	}
	if c.phase() != PhaseScored || c.rows(`SELECT actual FROM exam_period`) != 300 {
		t.Fatal("the period was not settled again with those who came late")
	}
	c.exec(`UPDATE exam_round SET published_us = $1`, c.clock.Load())
	again.OpensUs, again.ClosesUs = c.clock.Load(), c.clock.Load()+timing.Hour
	_, err = n.AskOverride(boss, c.contestID, c.roundID, again, false)
	c.refused(err, "override_keys_shown")
}

// Extra time that comes while the clock submits: either it was submitted at the old deadline, or it goes on until the new
// one. Nothing in between.
func TestAnExceptionWhileTheAttemptEnds(t *testing.T) {
	const entries = 12
	c := newClass(t, entries, nil)
	nodes := []*node{c.open(), c.node()}
	asks, grants := c.staffed("a", account.RoleOrganizer), c.staffed("b", account.RoleOrganizer)
	attempts, asked := make([]Started, entries), make([]int64, entries)
	old := make([]int64, entries)
	for i := range entries {
		attempts[i] = c.start(nodes[0], i, 10)
		old[i] = c.deadline(attempts[i])
		e, err := nodes[0].AskOverride(asks, c.contestID, c.roundID, OverrideWanted{EntryID: c.entries[i], ExtraUs: 10 * timing.Minute, Reason: "Mất điện"}, false)
		c.must(err)
		asked[i] = e.ID
	}
	c.clock.Store(old[entries-1] + 4*timing.Second)
	var wg sync.WaitGroup
	for i := range entries {
		wg.Go(func() {
			if _, err := nodes[i%2].DecideOverride(grants, c.contestID, c.roundID, asked[i], true, ""); err != nil {
				t.Error(err)
			}
		})
	}
	for _, n := range nodes {
		wg.Go(func() {
			for range 6 {
				n.turn(c.ctx)
			}
		})
	}
	wg.Wait()
	now := c.clock.Load()
	for i, a := range attempts {
		ended := c.rows(`SELECT coalesce(finished_us, 0) FROM exam_attempt WHERE id = $1`, a.AttemptID)
		if ended != 0 && (ended != old[i] || c.deadline(a) != old[i]) || ended == 0 && c.deadline(a) != now+10*timing.Minute {
			t.Errorf("attempt %d ended at %d, its deadline moved by %d", i, ended, c.deadline(a)-old[i])
		}
	}
}

// drawn puts one item on everybody's paper, and gives its version and place on each.
func (c *class) versionAt(n *node, a Started, place int) int64 {
	c.t.Helper()
	r, err := n.room(c.ctx, c.roundID)
	c.must(err)
	sat, err := r.readSittings(c.ctx, []int64{a.AttemptID})
	c.must(err)
	return sat[a.AttemptID].versions[place-1]
}

func (c *class) points(entry int) int64 {
	return c.rows(`SELECT points FROM exam_attempt WHERE entry_id = $1 AND counts`, c.entries[entry])
}

// What the preview says is what the correction does; taken back, everything is as it was.
func TestACorrectionDoesWhatItsPreviewSaid(t *testing.T) {
	c := newClass(t, 3, func(s *Settings) { s.Guess, s.PassPercent, s.ShowScore = GuessAllRight, 60, AtSubmit })
	n := c.open()
	var attempts []Started
	for i, options := range []string{"aaa", "aab", "bbb"} {
		a := c.start(n, i, 10)
		attempts = append(attempts, a)
		for place, option := range options {
			c.must(c.say(n, i, 10, a, int16(place+1), 1, string(option)))
		}
		c.after(timing.Second)
		_, err := c.submit(n, i, 10, a)
		c.must(err)
	}
	// The third place of the second entry, which it had wrong.
	version := c.versionAt(n, attempts[1], 3)
	found, _, _, err := n.FindItems(c.ctx, c.contestID, c.roundID, "", attempts[1].AttemptID, 3)
	c.must(err)
	if len(found) != 1 || found[0].Version != version {
		t.Fatalf("%+v", found)
	}
	if list, _, _, err := n.FindItems(c.ctx, c.contestID, c.roundID, strings.ToUpper(found[0].Stem), 0, 0); err != nil || len(list) != 1 || list[0].Version != version {
		t.Fatalf("by its words: %+v %v", list, err)
	}
	c.clock.Store(c.opens + 3*timing.Hour)
	for range 3 {
		n.turn(c.ctx)
	}
	w := CorrectionWanted{Version: version, Correction: Correction{Policy: scoring.VoidEverybody}, Reason: "Câu in thiếu dữ kiện"}
	effect, err := n.Effect(c.ctx, c.contestID, c.roundID, w)
	c.must(err)
	scores := c.rows(`SELECT scores_version FROM exam_round`)
	then := map[int64]int64{}
	for _, line := range effect.Top {
		then[line.EntryID] = line.PointsThen
	}
	if effect.Gain == 0 || effect.Lose != 0 || c.points(1) != 200 || then[c.entries[1]] != 300 || effect.PassNow != 2 {
		t.Fatalf("%+v", effect)
	}
	w.Basis = effect.Basis
	n.hub.mu.Lock()
	n.hub.sent = nil
	n.hub.mu.Unlock()
	changed, err := n.Correct(c.ctx, c.contestID, c.roundID, w)
	c.must(err)
	if changed < effect.Gain || c.points(1) != 300 || c.rows(`SELECT scores_version FROM exam_round`) != scores+1 {
		t.Fatalf("%d changed, and the second entry has %d", changed, c.points(1))
	}
	for i := range 3 {
		if c.points(i) != then[c.entries[i]] {
			t.Errorf("entry %d has %d, the preview said %d", i, c.points(i), then[c.entries[i]])
		}
	}
	if c.rows(`SELECT actual FROM exam_period`) != 200 {
		t.Error("what the guess was about was not counted again: two have everything right now")
	}
	c.recomputes(n)
	// Somebody who decided on the same preview finds that it has moved.
	other := CorrectionWanted{Version: version, Correction: Correction{Policy: scoring.VoidNobody}, Reason: "Câu sai", Basis: w.Basis}
	_, err = n.Correct(c.ctx, c.contestID, c.roundID, other)
	c.refused(err, "exam_correction_moved")
	_, err = n.Effect(c.ctx, c.contestID, c.roundID, w)
	c.refused(err, "exam_key_same")
	back, err := n.Effect(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: version})
	c.must(err)
	if back.Lose != effect.Gain || back.PassThen != effect.PassNow {
		t.Fatalf("back: %+v", back)
	}
	_, err = n.Correct(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: version, Basis: back.Basis, Reason: "Câu vẫn đúng"})
	c.must(err)
	if c.points(1) != 200 || c.rows(`SELECT actual FROM exam_period`) != 100 {
		t.Fatal("the correction was not taken back whole")
	}
	c.recomputes(n)
}

// recomputes makes sure that what stands is what the responses and events give.
func (c *class) recomputes(n *node) {
	c.t.Helper()
	stands, err := n.Scores(c.ctx, c.roundID)
	c.must(err)
	anew, err := n.Recompute(c.ctx, c.roundID)
	c.must(err)
	if jsonOf(stands) != jsonOf(anew) {
		c.t.Fatalf("stored %s\nanew   %s", jsonOf(stands), jsonOf(anew))
	}
}

// Two organizers correct at once while contestants submit: one of the two holds whole, the other is told; whoever submits
// in between is scored by what holds.
func TestTwoCorrectionsAtOnce(t *testing.T) {
	const entries = 16
	c := newClass(t, entries, nil)
	nodes := []*node{c.open(), c.node()}
	attempts := make([]Started, entries)
	for i := range entries {
		attempts[i] = c.start(nodes[i%2], i, 10)
		for place := range int16(3) {
			c.must(c.say(nodes[i%2], i, 10, attempts[i], place+1, 1, string(rune('a'+(i+int(place))%3))))
		}
		if i < entries/2 {
			_, err := c.submit(nodes[i%2], i, 10, attempts[i])
			c.must(err)
		}
	}
	version := c.versionAt(nodes[0], attempts[0], 1)
	wanted := []CorrectionWanted{
		{Version: version, Correction: Correction{Policy: scoring.VoidEverybody}, Reason: "Hủy câu, mọi người được điểm"},
		{Version: version, Correction: Correction{Policy: scoring.VoidNobody}, Reason: "Hủy câu, không ai được điểm"},
	}
	faults := make([]error, 2)
	var wg sync.WaitGroup
	for i, w := range wanted {
		wg.Go(func() { _, faults[i] = nodes[i].Correct(c.ctx, c.contestID, c.roundID, w) })
	}
	for i := entries / 2; i < entries; i++ {
		wg.Go(func() {
			if _, err := c.submit(nodes[i%2], i, 10, attempts[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if (faults[0] == nil) == (faults[1] == nil) {
		t.Fatalf("both or neither were applied: %v, %v", faults[0], faults[1])
	}
	if faults[0] == nil {
		c.refused(faults[1], "exam_correction_moved")
	} else {
		c.refused(faults[0], "exam_correction_moved")
	}
	nodes[0].turn(c.ctx)
	c.recomputes(nodes[0])
}

// The key of another version scores the answers that were given; one that asks something else does not.
func TestAnotherKey(t *testing.T) {
	c := newClass(t, 1, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(c.say(n, 0, 10, a, 1, 1, "b"))
	_, err := c.submit(n, 0, 10, a)
	c.must(err)
	version := c.versionAt(n, a, 1)
	item := c.rows(`SELECT item_id FROM item_version WHERE id = $1`, version)
	held, err := c.bank.Get(c.ctx, c.contestID, item)
	c.must(err)
	edit := func(change func(x *bank.Content)) int64 {
		x := held.Content
		change(&x)
		if held, err = c.bank.Edit(c.ctx, c.contestID, item, held.Version.Version, x); err != nil {
			t.Fatal(err)
		}
		return held.Version.ID
	}
	right := edit(func(x *bank.Content) { x.Key = bank.Key{Options: []string{"b"}} })
	asks := edit(func(x *bank.Content) { x.Options = x.Options[:2] })
	keys, others, err := n.Alternatives(c.ctx, c.contestID, c.roundID, version)
	c.must(err)
	if len(keys) != 2 || others != 1 {
		t.Fatalf("%d keys, %d others", len(keys), others)
	}
	_, err = n.Effect(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: version, Correction: Correction{KeyVersion: asks}})
	c.refused(err, "exam_key_unfit")
	changed, err := n.Correct(c.ctx, c.contestID, c.roundID, CorrectionWanted{Version: version, Correction: Correction{KeyVersion: right}, Reason: "Đáp án in nhầm"})
	c.must(err)
	if changed != 1 || c.points(0) != 100 {
		t.Fatalf("%d changed, %d points", changed, c.points(0))
	}
	c.recomputes(n)
}

// What is said reaches whom it is for; a question gets one answer.
func TestAnnouncementsAndQuestions(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(n.Announce(c.ctx, c.contestID, c.roundID, 0, "Câu 5 đọc là “2025”."))
	c.must(n.Announce(c.ctx, c.contestID, c.roundID, c.entries[0], "Máy bạn đã được mở."))
	ask := func(entry int, body string) error {
		return n.Ask(t.Context(), c.as(entry, 10), c.roundID, c.clock.Load(), AskCommand{AttemptID: a.AttemptID, Place: 2, Body: body})
	}
	c.must(ask(0, "Câu 2 có hai đáp án đúng?"))
	c.refused(ask(1, "Câu của người khác"), "exam_no_place")
	c.refused(ask(0, "  "), "message_invalid")
	if own := c.own(n, 1, 10); len(own.Messages) != 1 || own.Messages[0].Own {
		t.Fatalf("the other one sees %+v", own.Messages)
	}
	view, err := n.rooms[c.roundID].controlView(c.ctx)
	c.must(err)
	if view.Waiting.Questions != 1 || view.Started != 1 || view.Running != 1 || view.Entries != 2 {
		t.Fatalf("%+v", view)
	}
	list, err := n.Messages(c.ctx, c.contestID, c.roundID)
	c.must(err)
	c.must(n.Reply(c.ctx, c.contestID, c.roundID, list[0].ID, "Chỉ một đáp án đúng.", true))
	c.refused(n.Reply(c.ctx, c.contestID, c.roundID, list[0].ID, "Khác", false), "message_replied")
	if own := c.own(n, 1, 10); len(own.Messages) != 2 || own.Messages[0].Reply == "" || own.Messages[0].Place != 0 {
		t.Fatalf("an answer to all is not shown to all: %+v", own.Messages)
	}
	for i := range maxUnheard {
		c.must(ask(0, "Hỏi thêm "+string(rune('1'+i))))
	}
	c.refused(ask(0, "Quá nhiều"), "too_many_questions")
}

// Devices and focus are pointed out to people; points stay what they are.
func TestHintsCostNoPoints(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	c.exec(`UPDATE exam_attempt SET devices = 4, away = 60 WHERE id = $1`, a.AttemptID)
	list, err := n.Patterns(c.ctx, c.contestID, c.roundID)
	c.must(err)
	if len(list) != 1 || strings.Join(list[0].Hints, " ") != "devices away" {
		t.Fatalf("%+v", list)
	}
	now, err := n.EntryNow(c.ctx, c.contestID, c.roundID, c.entries[0])
	c.must(err)
	if x := now.Attempts[0]; x.Answered != 1 || x.Items != 3 || x.Away != 60 || x.Devices != 4 || now.Periods[0].Left != 0 {
		t.Fatalf("%+v", now)
	}
	if _, err := c.submit(n, 0, 10, a); err != nil || c.points(0) != 100 {
		t.Fatalf("%d points, %v", c.points(0), err)
	}
	units, err := n.ControlUnits(c.ctx, c.contestID, c.roundID, c.periodID)
	c.must(err)
	absent, err := n.Absent(c.ctx, c.contestID, c.roundID, c.periodID, 0)
	c.must(err)
	if len(units) != 1 || units[0].Entries != 2 || units[0].Finished != 1 || len(absent) != 1 || absent[0].ID != c.entries[1] {
		t.Fatalf("%+v %+v", units, absent)
	}
}

// An item that counts for nobody lowers what is needed to pass: the preview says the same as the contestant's own page.
func TestWhoPassesWithoutAnItem(t *testing.T) {
	c := newClass(t, 1, func(s *Settings) { s.PassPercent = 100 })
	n := c.open()
	a := c.start(n, 0, 10)
	for place, option := range []string{"a", "a", "b"} {
		c.must(c.say(n, 0, 10, a, int16(place+1), 1, option))
	}
	was, err := c.submit(n, 0, 10, a)
	c.must(err)
	w := CorrectionWanted{Version: c.versionAt(n, a, 3), Correction: Correction{Policy: scoring.VoidNobody}, Reason: "Câu hỏi không còn đúng"}
	effect, err := n.Effect(c.ctx, c.contestID, c.roundID, w)
	c.must(err)
	if was.Score == nil || *was.Score.Passed || effect.PassNow != 0 || effect.PassThen != 1 {
		t.Fatalf("had all but the voided item right: %+v, preview %+v", was.Score, effect)
	}
	w.Basis = effect.Basis
	if _, err := n.Correct(c.ctx, c.contestID, c.roundID, w); err != nil {
		t.Fatal(err)
	}
	n.turn(c.ctx)
	if score := c.own(n, 0, 10).Periods[0].Attempts[0].Score; score == nil || !*score.Passed || score.Max != 200 {
		t.Fatalf("after it: %+v", score)
	}
}
