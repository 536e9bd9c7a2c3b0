package judging_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/contest"
	"github.com/hoithi/hoithi/server/fault"
	"github.com/hoithi/hoithi/server/judging"
	"github.com/hoithi/hoithi/server/scoring"
	"pgregory.net/rapid"
)

func codeOf(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return "not a fault: " + err.Error()
}

// sameWhenComputedAgain reads the round twice and computes the scores from nothing but the stored inputs.
func sameWhenComputedAgain(h *hall) {
	h.t.Helper()
	a, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	b, err := h.service().Inputs(h.organizer, h.roundID)
	h.must(err)
	if !bytes.Equal(a, b) {
		h.t.Errorf("the same round has two inputs:\n%s\n%s", a, b)
	}
	again, err := judging.Recompute(a)
	h.must(err)
	if now := h.judging().Scores(); !reflect.DeepEqual(again, now) {
		h.t.Errorf("computed again:\n%+v\nwant\n%+v", again, now)
	}
}

// The evening of one round with five judges: the score on the board is the one that a pencil finds.
//
//	GK1 8,5 + 5,0 + 3,5 = 17,00   GK2 9,0 + 5,5 + 3,5 = 18,00   GK3 6,0 + 4,0 + 2,5 = 12,50 (lowest)
//	GK4 10  + 6,0 + 4,0 = 20,00 (highest)   GK5 8,0 + 5,5 + 3,5 = 17,00
//	(17 + 18 + 17) ÷ 3 = 17,33; 5:40 of 5:00 → −0,25 → 17,08
func TestEveningOfARound(t *testing.T) {
	h := open(t, 5, 2)
	first := h.perform(0, 340)
	sheets := [][]int64{{850, 500, 350}, {900, 550, 350}, {600, 400, 250}, {1000, 600, 400}, {800, 550, 350}}
	for judge, values := range sheets {
		if _, scores, err := h.s.Scores(h.organizer, h.roundID); err != nil || len(scores) != 0 {
			t.Errorf("a score with %d of 5 sheets: %+v (%v)", judge, scores, err)
		}
		d := h.device(judge)
		_, err := d.lock(first, d.fill(first, values...))
		h.must(err)
	}
	_, scores, err := h.s.Scores(h.organizer, h.roundID)
	h.must(err)
	if len(scores) != 1 || scores[0].Score != 1708 || scores[0].EntryID != h.entries[0] || scores[0].Seconds != 340 {
		t.Fatalf("scores %+v", scores)
	}
	w := scores[0].Working
	if w.Sheets[2].Dropped != scoring.DroppedLowest || w.Sheets[3].Dropped != scoring.DroppedHighest || w.Sum != 5200 || w.Mean != 1733 || w.Overtime.Deduction != 25 {
		t.Errorf("working %+v", w)
	}
	r, err := h.contests.Round(t.Context(), h.contestID, h.roundID)
	h.must(err)
	if r.State != contest.RoundRunning || r.MaxScore != 2000 {
		t.Errorf("round is %s, at most %d", r.State, r.MaxScore)
	}
	sameWhenComputedAgain(h)

	err = h.close()
	wants(t, "closing with a performance to come", err, "judging_not_complete")
	second := h.perform(1, 300)
	for judge := range 4 {
		d := h.device(judge)
		_, err := d.lock(second, d.fill(second, 500, 300, 200))
		h.must(err)
	}
	err = h.close()
	wants(t, "closing with a sheet open", err, "judging_not_complete")
	if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Path != "sheet_open" {
		t.Errorf("what is missing: %+v", f.Fields)
	}
	h.must(h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 5, true, "phải về giữa chừng"))
	h.must(h.close())
	if _, scores, err = h.s.Scores(h.organizer, h.roundID); err != nil || len(scores) != 2 || scores[1].Score != 1000 || scores[1].Working.DropDone != 0 || scores[0].Score != 1708 {
		t.Errorf("scores %+v (%v)", scores, err)
	}
	if r, err = h.contests.Round(t.Context(), h.contestID, h.roundID); err != nil || r.State != contest.Scored {
		t.Errorf("round is %s (%v)", r.State, err)
	}
	if events, broken, err := audit.Verify(t.Context(), h.db, h.contestID); err != nil || broken != 0 || events < 15 {
		t.Errorf("audit: %d events, broken at %d (%v)", events, broken, err)
	}
}

func TestNothingChangesAfterTheClose(t *testing.T) {
	h := open(t, 1, 1)
	p := h.perform(0, 60)
	d := h.device(0)
	m := d.next(p, h.criteria()[0].ID, 500)
	_, err := d.send(m)
	h.must(err)
	seen := d.fill(p, 500, 300, 200)
	locked, err := d.lock(p, seen)
	h.must(err)
	h.must(h.close())
	before, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	version, err := h.s.Version(t.Context(), h.roundID)
	h.must(err)

	for what, act := range map[string]func() error{
		"mark":    func() error { _, err := d.send(d.next(p, h.criteria()[0].ID, 900)); return err },
		"claim":   func() error { _, err := h.s.Claim(d.judge, h.contestID, h.roundID); return err },
		"rules":   func() error { return h.s.SetRules(h.organizer, h.contestID, h.roundID, mean) },
		"rubric":  func() error { return h.s.SetRubric(h.organizer, h.contestID, h.roundID, h.criteria()) },
		"panel":   func() error { return h.s.SetPanel(h.organizer, h.contestID, h.roundID, []int64{idOf(d.judge)}, 0) },
		"order":   func() error { return h.s.SetOrder(h.organizer, h.contestID, h.roundID, nil) },
		"draw":    func() error { return h.s.DrawOrder(h.organizer, h.contestID, h.roundID, "") },
		"seconds": func() error { return h.s.SetSeconds(h.organizer, h.contestID, h.roundID, p, 10, "đo lại") },
		"absence": func() error { return h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 1, true, "vắng") },
		"start":   func() error { return h.s.Start(h.organizer, h.contestID, h.roundID, p) },
		"finish":  func() error { return h.s.Finish(h.organizer, h.contestID, h.roundID, p) },
		"return":  func() error { return h.s.Return(h.organizer, h.contestID, h.roundID, p) },
		"close":   func() error { return h.s.Close(h.judges[0], h.contestID, h.roundID, "") },
		"check":   func() error { return h.s.CheckPart(h.organizer, h.contestID, h.roundID, "") },
	} {
		wants(t, what, act(), "judging_closed")
	}
	if _, err := d.send(m); err != nil {
		t.Errorf("a saved mark sent again after the close: %v", err)
	}
	if us, err := d.lock(p, seen); err != nil || us != locked {
		t.Errorf("a lock sent again after the close: %d (%v)", us, err)
	}
	after, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	if !bytes.Equal(before, after) {
		t.Errorf("the inputs have changed:\n%s\n%s", before, after)
	}
	if now, err := h.s.Version(t.Context(), h.roundID); err != nil || now != version {
		t.Errorf("version %d became %d (%v)", version, now, err)
	}
	if _, _, err := h.s.Table(d.judge, h.contestID, h.roundID); err != nil {
		t.Errorf("after the close everybody's marks may be seen: %v", err)
	}
}

func TestStageHoldsOneAtATime(t *testing.T) {
	h := open(t, 1, 2)
	a, b := h.performance(0), h.performance(1)
	wants(t, "finishing what has not begun", h.s.Finish(h.organizer, h.contestID, h.roundID, a), "performance_not_on_stage")
	wants(t, "taking back what has not begun", h.s.Return(h.organizer, h.contestID, h.roundID, a), "performance_planned")
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, a))
	wants(t, "two on stage", h.s.Start(h.organizer, h.contestID, h.roundID, b), "stage_taken")
	wants(t, "starting twice", h.s.Start(h.organizer, h.contestID, h.roundID, a), "performance_begun")
	wants(t, "time of what is on stage", h.s.SetSeconds(h.organizer, h.contestID, h.roundID, a, 5, "đo tay"), "performance_not_done")
	h.must(h.s.Return(h.organizer, h.contestID, h.roundID, a)) // the wrong one was started
	h.must(h.s.Start(h.organizer, h.contestID, h.roundID, b))
	h.clockUs.Add(300*second + 900_000)
	h.must(h.s.Finish(h.organizer, h.contestID, h.roundID, b))
	p, _ := h.judging().Performance(b)
	if *p.Seconds != 300 {
		t.Errorf("5:00,9 counts %d s, want 300: the second is not over", *p.Seconds)
	}
	h.device(0).mark(b, h.criteria()[0].ID, 500)
	wants(t, "taking back what has marks", h.s.Return(h.organizer, h.contestID, h.roundID, b), "performance_has_marks")
	wants(t, "a correction without a reason", h.s.SetSeconds(h.organizer, h.contestID, h.roundID, b, 290, " "), "reason_missing")
	h.must(h.s.SetSeconds(h.organizer, h.contestID, h.roundID, b, 361, "đồng hồ bấm tay"))
	p, _ = h.judging().Performance(b)
	if *p.Seconds != 361 || !p.TimedByHand {
		t.Errorf("the timekeeper's time: %+v", p)
	}
	for _, s := range h.judging().Scores() {
		if s.PerformanceID == b && s.Working.Overtime.Deduction != 50 {
			t.Errorf("6:01 of 5:00 costs %d, want 50", s.Working.Overtime.Deduction)
		}
	}
	h.exec(`UPDATE contest SET state = 'ended' WHERE id = $1`, h.contestID)
	wants(t, "a start after the contest", h.s.Start(h.organizer, h.contestID, h.roundID, a), "contest_not_running")
}

func TestRulesStandOnceARoundHasBegun(t *testing.T) {
	h := open(t, 2, 1)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	h.must(h.s.SetPanel(h.organizer, h.contestID, h.roundID, []int64{idOf(h.judges[1])}, 0))
	h.perform(0, 60)
	wants(t, "rules", h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.DefaultRules(60)), "rules_stand")
	wants(t, "rubric", h.s.SetRubric(h.organizer, h.contestID, h.roundID, h.criteria()), "rules_stand")
	wants(t, "panel", h.s.SetPanel(h.organizer, h.contestID, h.roundID, []int64{idOf(h.judges[0])}, 0), "rules_stand")
	wants(t, "a new draw", h.s.DrawOrder(h.organizer, h.contestID, h.roundID, ""), "order_begun")
	if j := h.judging(); !reflect.DeepEqual(j.Rules, mean) || len(j.Panel) != 1 || j.Panel[0].AccountID != idOf(h.judges[1]) {
		t.Errorf("rules %+v, panel %+v", j.Rules, j.Panel)
	}
}

func TestPanelThatIsRefused(t *testing.T) {
	h := open(t, 2, 0)
	a, b := idOf(h.judges[0]), idOf(h.judges[1])
	stranger := idOf(h.person("Người lạ"))
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'secretary')`, b, h.contestID)
	for what, c := range map[string]struct {
		accounts []int64
		head     int64
		path     string
	}{
		"nobody":                           {nil, 0, "accounts"},
		"somebody who is no judge":         {[]int64{a, stranger}, 0, "accounts[1]"},
		"the same judge twice":             {[]int64{a, a}, 0, "accounts[1]"},
		"a secretary, who sees all marks":  {[]int64{b}, 0, "accounts[0]"},
		"the organizer, without the grant": {[]int64{idOf(h.organizer)}, 0, "accounts[0]"},
		"a head who is not on it":          {[]int64{a}, stranger, "head"},
	} {
		err := h.s.SetPanel(h.organizer, h.contestID, h.roundID, c.accounts, c.head)
		wants(t, what, err, "panel_invalid")
		if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Path != c.path {
			t.Errorf("%s: %+v, want %s", what, f.Fields, c.path)
		}
	}
}

func TestRunningOrder(t *testing.T) {
	h := open(t, 1, 4)
	turn := func(n int) judging.Turn {
		return judging.Turn{EntryID: h.entries[n], Title: "Một cửa, một nụ cười"}
	}
	wants(t, "an entry twice", h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{turn(0), turn(1), turn(1)}), "order_invalid")
	wants(t, "an entry of another contest", h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{turn(0), {EntryID: 999_999}}), "order_invalid")
	h.exec(`UPDATE entry SET state = 'withdrawn' WHERE id = $1`, h.entries[3])
	wants(t, "an entry that has withdrawn", h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{turn(0), turn(3)}), "order_invalid")
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{turn(0), turn(2), turn(1)}))
	var order []int64
	for i, p := range h.judging().Performances {
		order = append(order, p.EntryID)
		if p.Position != i+1 || p.Title != "Một cửa, một nụ cười" {
			t.Errorf("turn %d: %+v", i, p)
		}
	}
	if want := []int64{h.entries[0], h.entries[2], h.entries[1]}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

func TestDrawnOrderFollowsFromItsSeed(t *testing.T) {
	h := open(t, 1, 6)
	h.must(h.s.DrawOrder(h.organizer, h.contestID, h.roundID, ""))
	j := h.judging()
	numbers, order := map[int64]int{}, []int64{}
	for _, p := range j.Performances {
		numbers[p.EntryID] = p.Number
		order = append(order, p.EntryID)
	}
	if j.OrderSeed == "" || len(order) != 6 || !slices.Equal(order, judging.Draw(j.OrderSeed, numbers)) {
		t.Errorf("seed %q gives %v, stored is %v", j.OrderSeed, judging.Draw(j.OrderSeed, numbers), order)
	}
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, []judging.Turn{{EntryID: order[0]}}))
	if h.judging().OrderSeed != "" {
		t.Error("an order set by hand still names the seed of the draw")
	}
}

func TestDrawIsFairAndRepeatable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.MapOfN(rapid.Int64Range(1, 1000), rapid.Just(0), 0, 20).Draw(t, "entries")
		for i, id := range slices.Sorted(maps.Keys(numbers)) {
			numbers[id] = i + 1
		}
		seed := rapid.StringN(1, 20, -1).Draw(t, "seed")
		order := judging.Draw(seed, numbers)
		if !slices.Equal(order, judging.Draw(seed, maps.Clone(numbers))) {
			t.Fatal("the same seed gave another order")
		}
		if !slices.Equal(slices.Sorted(slices.Values(order)), slices.Sorted(maps.Keys(numbers))) {
			t.Fatalf("%v is no order of %v", order, numbers)
		}
	})
	// Each of three entries comes first about as often as the others: a draw that favoured a number would show here.
	first := map[int64]int{}
	for i := range 3000 {
		first[judging.Draw(string(rune('a'+i%26))+string(rune(i)), map[int64]int{1: 1, 2: 2, 3: 3})[0]]++
	}
	for id, n := range first {
		if n < 850 || n > 1150 {
			t.Errorf("entry %d came first %d times of 3000", id, n)
		}
	}
}

func TestTemplateAndCloneSetARoundUp(t *testing.T) {
	h := open(t, 3, 2)
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	h.must(h.s.SetConflictRule(h.organizer, h.contestID, h.roundID, judging.ConflictBarred))
	h.must(h.publicity(judging.BySeat, judging.AfterPart))
	h.must(h.s.SetSupervised(h.organizer, h.contestID, h.roundID, true))
	before := h.judging()
	if len(before.Criteria) != 3 || before.Criteria[0].Name != "Nội dung" || before.Criteria[0].Max != 1000 {
		t.Fatalf("the template's rubric: %+v", before.Criteria)
	}
	c, err := h.contests.Clone(h.organizer, h.contestID, "Thanh niên với cải cách hành chính lần 2", nil)
	h.must(err)
	after, err := h.s.Get(h.organizer, c.ID, c.Rounds[0].ID)
	h.must(err)
	if !reflect.DeepEqual(after.Rules, before.Rules) || len(after.Criteria) != 3 || len(after.Panel) != 3 || len(after.Performances) != 0 {
		t.Errorf("the clone: %+v", after)
	}
	if after.Conflict != judging.ConflictBarred || after.Publicity != before.Publicity || !after.Signing.Supervised {
		t.Errorf("what was agreed of the part was lost in the clone: %s, %+v, %v", after.Conflict, after.Publicity, after.Signing.Supervised)
	}
	if after.Criteria[0].ID == before.Criteria[0].ID {
		t.Error("the clone shares its criteria with its origin")
	}
	list, err := h.s.Missing(t.Context(), c.Rounds[0])
	h.must(err)
	for _, m := range list {
		if m.Done != (m.Code != "order" && m.Code != "judge_units") { // whose judge a judge is belongs to the contest
			t.Errorf("checklist of the clone: %+v", m)
		}
	}
	_, err = h.s.Get(h.organizer, h.contestID, c.Rounds[0].ID)
	wants(t, "a round of another contest", err, "not_found")
	_, err = h.s.Get(h.organizer, 0, c.Rounds[1].ID)
	wants(t, "a round of another kind", err, "not_found")
}

func TestSetUpThatIsRefused(t *testing.T) {
	h := open(t, 1, 1)
	bad := []judging.Criterion{{Name: ""}, {Name: "Nội dung"}}
	bad[0].Criterion = scoring.Criterion{Max: 1000, Step: 300, Weight: 10_000}
	bad[1].Criterion = scoring.Criterion{Max: 0, Step: 50, Weight: 10_000}
	err := h.s.SetRubric(h.organizer, h.contestID, h.roundID, bad)
	wants(t, "a bad rubric", err, "rubric_invalid")
	var paths []string
	for _, f := range fault.From(err).Fields {
		paths = append(paths, f.Path)
	}
	if !slices.Equal(paths, []string{"criteria[0].name", "criteria[0].step", "criteria[1].max"}) {
		t.Errorf("marked fields %v", paths)
	}
	err = h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.MarkingRules{
		Combining: scoring.Combining{Method: "mode", Decimals: 2}, Overtime: scoring.Overtime{Method: scoring.OvertimePerMinute}})
	wants(t, "bad rules", err, "rules_invalid")
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, nil))
	if gaps := h.judging().SetUpGaps(); len(gaps) != 1 || gaps[0].Code != "order" {
		t.Errorf("gaps %+v", gaps)
	}
}

// The set-up of a round that never took place belongs to the inputs of the result: it stands when the contest is over.
func TestSetUpStandsWhenTheContestIsOver(t *testing.T) {
	h := open(t, 3, 3)
	before, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	for _, state := range []string{"ended", "finalized", "archived"} {
		_, err := h.db.Exec(context.Background(), `UPDATE contest SET state = $2 WHERE id = $1`, h.contestID, state)
		h.must(err)
		for what, err := range map[string]error{"rules": h.s.SetRules(h.organizer, h.contestID, h.roundID, judging.DefaultRules(3)),
			"draw": h.s.DrawOrder(h.organizer, h.contestID, h.roundID, ""), "order": h.s.SetOrder(h.organizer, h.contestID, h.roundID, nil)} {
			if err == nil {
				t.Errorf("%s in a contest that is %s", what, state)
			}
		}
	}
	after, err := h.s.Inputs(h.organizer, h.roundID)
	h.must(err)
	if !bytes.Equal(before, after) {
		t.Error("the inputs have changed")
	}
}

// A late team is let in and pieces are given titles, also when turns have been performed in another order and somebody of
// the running order has withdrawn.
func TestAnEntryIsAddedOnTheNightWhateverBecameOfTheOthers(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 3)
	h.perform(2, 60)
	h.exec(`UPDATE entry SET state = 'withdrawn' WHERE id = $1`, h.entries[0])
	late := h.team(9, "Đội đến muộn")
	add := func(entry int64) error {
		return h.s.ChangeOrder(h.organizer, h.contestID, h.roundID, judging.NewChange{Kind: judging.Added, EntryID: entry, Reason: "xe đến muộn"})
	}
	h.must(add(late))
	wants(t, "a second turn", add(late), "order_invalid")
	wants(t, "who has withdrawn", add(h.entries[0]), "order_invalid")
	wants(t, "an entry of nowhere", add(999_999), "order_invalid")
	turns := []judging.Turn{}
	for _, id := range append(slices.Clone(h.entries), late) {
		turns = append(turns, judging.Turn{EntryID: id, Title: "Một cửa, một nụ cười"})
	}
	h.must(h.s.SetOrder(h.organizer, h.contestID, h.roundID, turns))
	if p := h.judging().Performances; len(p) != 4 || p[3].EntryID != late || p[2].State != judging.Done || p[0].Title != "Một cửa, một nụ cười" {
		t.Errorf("the order: %+v", p)
	}
	turns[1].EntryID = turns[0].EntryID
	wants(t, "an entry in the place of another", h.s.SetOrder(h.organizer, h.contestID, h.roundID, turns), "order_tonight")
}

// A performance and the end of the contest at the same moment: one of them is refused.
func TestNothingBeginsInAContestThatEndsAtThatMoment(t *testing.T) {
	t.Parallel()
	h := open(t, 1, 1)
	p := h.performance(0)
	err := h.meanwhile(`UPDATE contest SET state = 'ended' WHERE id = $1`, func() error { return h.s.Start(h.organizer, h.contestID, h.roundID, p) })
	wants(t, "a start beside the end", err, "contest_not_running")

	h, _ = judged(t, 1, 1)
	h.must(h.close())
	h.must(h.s.AskRevoke(h.organizer, h.contestID, h.roundID, judging.Office, false, "cộng nhầm"))
	err = h.meanwhile(`UPDATE contest SET state = 'finalized' WHERE id = $1`, func() error { return h.confirm(h.judges[0], judging.PanelDoor) })
	wants(t, "a revocation beside the final result", err, "result_is_final")
}
