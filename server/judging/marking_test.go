package judging_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/hoithi/hoithi/server/judging"
)

func TestMarkIsStoredOnceHoweverOftenItIsSent(t *testing.T) {
	h := open(t, 1, 1)
	p := h.perform(0, 60)
	d := h.device(0)
	c := h.criteria()[0].ID
	m := d.next(p, c, 850)
	first, err := d.send(m)
	h.must(err)
	again := m
	again.ReceivedUs += 5 * second // the same frame, sent again after a gap
	if us, err := d.send(again); err != nil || us != first {
		t.Errorf("sent again: %d (%v), want the stored time %d", us, err, first)
	}
	other := int64(900)
	again.Value = &other
	_, err = d.send(again)
	wants(t, "another value under the same key", err, "mark_conflict")
	if n := h.count(`SELECT count(*) FROM mark`); n != 1 {
		t.Errorf("%d marks stored, want 1", n)
	}
	if got := h.judging().Sheet(p, idOf(d.judge)).Marks[c].Value; got != 850 {
		t.Errorf("the mark is %d, want 850", got)
	}
}

func TestLastMarkCountsAndCanBeTakenBack(t *testing.T) {
	h := open(t, 1, 1)
	p := h.perform(0, 60)
	d := h.device(0)
	c := h.criteria()[0].ID
	early, late := d.next(p, c, 700), d.next(p, c, 950)
	for _, m := range []judging.NewMark{late, early} { // they overtook each other on the way
		_, err := d.send(m)
		h.must(err)
	}
	if got := h.judging().Sheet(p, idOf(d.judge)).Marks[c].Value; got != 950 {
		t.Errorf("the mark is %d, want the one that was given last, 950", got)
	}
	back := d.next(p, c, 0)
	back.Value = nil
	_, err := d.send(back)
	h.must(err)
	if _, there := h.judging().Sheet(p, idOf(d.judge)).Marks[c]; there {
		t.Error("a mark that was taken back still counts")
	}
}

func TestMarksThatAreRefused(t *testing.T) {
	h := open(t, 2, 2)
	planned, p := h.performance(1), h.perform(0, 60)
	d := h.device(0)
	c := h.criteria()[0].ID
	try := func(what, code string, change func(*judging.NewMark)) {
		m := d.next(p, c, 800)
		change(&m)
		_, err := d.send(m)
		wants(t, what, err, code)
	}
	v := func(x int64) *int64 { return &x }
	try("above the maximum", "mark_invalid", func(m *judging.NewMark) { m.Value = v(1050) })
	try("between two steps", "mark_invalid", func(m *judging.NewMark) { m.Value = v(825) })
	try("below zero", "mark_invalid", func(m *judging.NewMark) { m.Value = v(-50) })
	try("another round's criterion", "not_found", func(m *judging.NewMark) { m.CriterionID += 1000 })
	try("no such performance", "not_found", func(m *judging.NewMark) { m.PerformanceID += 1000 })
	try("before the performance", "performance_not_begun", func(m *judging.NewMark) { m.PerformanceID = planned })
	try("a number that nobody claimed", "writer_unknown", func(m *judging.NewMark) { m.Writer += 10 })
	try("without a number", "writer_unknown", func(m *judging.NewMark) { m.Writer = 0 })
	stranger := &device{h: h, judge: h.person("Người lạ"), s: h.s, writer: d.writer}
	_, err := stranger.send(stranger.next(p, c, 800))
	wants(t, "not on the panel", err, "not_on_panel")
	_, err = h.s.Claim(stranger.judge, h.contestID, h.roundID)
	wants(t, "a claim by somebody who is not on the panel", err, "not_on_panel")
	h.must(h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 1, true, "ốm"))
	try("an absent judge", "judge_absent", func(*judging.NewMark) {})
	h.must(h.s.SetAbsence(h.organizer, h.contestID, h.roundID, 1, false, "đã đến"))
	d.mark(p, c, 800)
	if n := h.count(`SELECT count(*) FROM mark`); n != 1 {
		t.Errorf("%d marks stored, want only the good one", n)
	}
}

// A judge's tablet fails, a phone takes over: what the tablet had saved stays, what it sends late is refused, and
// nothing that was acknowledged is lost.
func TestTwoDevicesOfOneJudgeLoseNoMark(t *testing.T) {
	h := open(t, 1, 4)
	var performances []int64
	for n := range 4 {
		performances = append(performances, h.perform(n, 60))
	}
	criteria := h.criteria()
	type key struct{ performance, criterion, writer, seq int64 }
	var mu sync.Mutex
	acknowledged := map[key]int64{}
	refused := map[string]int{}
	work := func(d *device, random *rand.Rand) {
		for range 40 {
			c := criteria[random.IntN(len(criteria))]
			m := d.next(performances[random.IntN(len(performances))], c.ID, c.Step*random.Int64N(c.Max/c.Step+1))
			_, err := d.send(m)
			mu.Lock()
			if err == nil {
				acknowledged[key{m.PerformanceID, m.CriterionID, m.Writer, m.Seq}] = *m.Value
			} else {
				refused[codeOf(err)]++
			}
			mu.Unlock()
		}
	}
	tablet := h.device(0)
	var both sync.WaitGroup
	both.Go(func() { work(tablet, rand.New(rand.NewPCG(1, 1))) })
	// The phone is served by another node.
	both.Go(func() {
		node := h.service()
		writer, err := node.Claim(h.judges[0], h.contestID, h.roundID)
		if err != nil {
			t.Error(err)
			return
		}
		work(&device{h: h, judge: h.judges[0], s: node, writer: writer}, rand.New(rand.NewPCG(2, 2)))
	})
	both.Wait()
	_, err := tablet.send(tablet.next(performances[0], criteria[0].ID, 0))
	wants(t, "the device that was taken over", err, "device_superseded")
	for code := range refused {
		if code != "device_superseded" {
			t.Errorf("refused with %s", code)
		}
	}
	last := map[[2]int64]key{}
	for k, v := range acknowledged {
		if n := h.count(`SELECT count(*) FROM mark m JOIN sheet s ON s.id = m.sheet_id WHERE s.performance_id = $1 AND m.criterion_id = $2
			AND m.writer = $3 AND m.seq = $4 AND m.value = $5`, k.performance, k.criterion, k.writer, k.seq, v); n != 1 {
			t.Fatalf("acknowledged, but stored %d times: %+v", n, k)
		}
		place := [2]int64{k.performance, k.criterion}
		if b, ok := last[place]; !ok || k.writer > b.writer || k.writer == b.writer && k.seq > b.seq {
			last[place] = k
		}
	}
	if n := h.count(`SELECT count(*) FROM mark`); n != len(acknowledged) {
		t.Errorf("%d marks stored, %d acknowledged", n, len(acknowledged))
	}
	j := h.judging()
	for place, k := range last {
		if got := j.Sheet(place[0], idOf(h.judges[0])).Marks[place[1]].Value; got != acknowledged[k] {
			t.Errorf("performance %d, criterion %d counts %d, the last one given is %d", place[0], place[1], got, acknowledged[k])
		}
	}
}

func TestLockIsFinal(t *testing.T) {
	h := open(t, 1, 2)
	p := h.perform(0, 60)
	d := h.device(0)
	c := h.criteria()
	_, err := d.lock(p, nil)
	wants(t, "an empty sheet", err, "sheet_incomplete")
	saved := d.next(p, c[0].ID, 850)
	_, err = d.send(saved)
	h.must(err)
	_, err = d.lock(p, []judging.MarkValue{{CriterionID: c[0].ID, Value: 850}})
	wants(t, "a sheet with two criteria open", err, "sheet_incomplete")
	seen := d.fill(p, 850, 500, 350)
	other := slices.Clone(seen)
	other[2].Value = 400
	_, err = d.lock(p, other)
	wants(t, "a screen that shows other marks", err, "sheet_differs")
	_, err = d.lock(p, seen[:2])
	wants(t, "a screen that lacks a mark", err, "sheet_differs")
	_, err = d.lock(p, []judging.MarkValue{seen[0], seen[1], seen[1]})
	wants(t, "a mark named twice", err, "sheet_differs")

	locked, err := d.lock(p, seen)
	h.must(err)
	_, err = d.send(d.next(p, c[0].ID, 900))
	wants(t, "a mark after the lock", err, "sheet_locked")
	if _, err := d.send(saved); err != nil {
		t.Errorf("a mark that was saved before, sent again after the lock: %v", err)
	}
	h.clockUs.Add(second)
	if us, err := d.lock(p, seen); err != nil || us != locked {
		t.Errorf("locked again: %d (%v), want %d", us, err, locked)
	}
	_, err = d.lock(p, other)
	wants(t, "locking again with other marks", err, "sheet_differs")
	if got := h.judging().Sheet(p, idOf(d.judge)); got.Marks[c[0].ID].Value != 850 || got.State != judging.Locked {
		t.Errorf("the locked sheet has changed: %+v", got)
	}
	// Only the device that writes may lock.
	second := h.perform(1, 60)
	seen = d.fill(second, 100, 100, 100)
	h.device(0)
	_, err = d.lock(second, seen)
	wants(t, "a lock by the device that was taken over", err, "device_superseded")
}

// Marks race with the lock of their sheet: whatever was acknowledged is in the locked sheet, or the lock was refused.
func TestLockNeverLosesAMarkUnderWay(t *testing.T) {
	h := open(t, 1, 8)
	c := h.criteria()
	for n := range 8 {
		p := h.perform(n, 60)
		d := h.device(0)
		seen := d.fill(p, 500, 300, 200)
		change := d.next(p, c[0].ID, 550)
		var marked, locked error
		var both sync.WaitGroup
		both.Go(func() { _, marked = d.send(change) })
		both.Go(func() { _, locked = d.lock(p, seen) })
		both.Wait()
		got := h.judging().Sheet(p, idOf(d.judge))
		switch {
		case marked == nil && locked == nil:
			t.Fatalf("both went through: the judge locked 5,00 and the sheet says %d", got.Marks[c[0].ID].Value)
		case marked == nil:
			wants(t, "the lock that came second", locked, "sheet_differs")
		case locked == nil:
			wants(t, "the mark that came second", marked, "sheet_locked")
		default:
			t.Fatalf("neither went through: %v, %v", marked, locked)
		}
	}
}

// A device that hears no answer asks again while its first lock is still under way: one lock, and the same answer to both.
func TestLockAskedTwiceAtOnceIsOneLock(t *testing.T) {
	h := open(t, 1, 8)
	for n := range 8 {
		p := h.perform(n, 60)
		d := h.device(0)
		seen := d.fill(p, 500, 300, 200)
		var at [2]int64
		var errs [2]error
		var both sync.WaitGroup
		for i := range at {
			both.Go(func() { at[i], errs[i] = d.lock(p, seen) })
		}
		both.Wait()
		if errs[0] != nil || errs[1] != nil || at[0] != at[1] || at[0] == 0 {
			t.Fatalf("locked at %v, %v", at, errs)
		}
	}
}

// Each judge gives marks that no other gives; until the own sheet is locked, none of the others' stands anywhere in
// what a judge is shown.
func TestOthersMarksStayHiddenUntilTheOwnSheetIsLocked(t *testing.T) {
	h := open(t, 4, 2)
	criteria := make([]judging.Criterion, 3)
	for i := range criteria {
		criteria[i] = judging.Criterion{Name: "Tiêu chí " + strconv.Itoa(i+1)}
		criteria[i].Max, criteria[i].Step, criteria[i].Weight = 100_000, 1, 10_000
	}
	h.must(h.s.SetRubric(h.organizer, h.contestID, h.roundID, criteria))
	h.must(h.s.SetRules(h.organizer, h.contestID, h.roundID, mean))
	performances := []int64{h.perform(0, 60), h.perform(1, 60)}
	value := func(judge, performance, criterion int) int64 {
		return int64(70_003 + judge*1009 + performance*101 + criterion*11)
	}
	devices := make([]*device, 4)
	locked := map[[2]int]bool{}
	check := func() {
		t.Helper()
		for judge := range devices {
			v, _, err := h.s.JudgeView(h.judges[judge], h.contestID, h.roundID)
			h.must(err)
			for n, p := range v.Performances {
				shown, err := json.Marshal(p)
				h.must(err)
				if (p.Others != nil) != locked[[2]int{judge, n}] {
					t.Fatalf("judge %d, performance %d: own sheet locked %v, others %+v", judge, n, locked[[2]int{judge, n}], p.Others)
				}
				for other := range devices {
					for c := range 3 {
						visible := bytes.Contains(shown, []byte(strconv.FormatInt(value(other, n, c), 10)))
						wanted := locked[[2]int{judge, n}] && locked[[2]int{other, n}]
						if other != judge && visible != wanted {
							t.Fatalf("judge %d sees the mark of judge %d for performance %d: %v, want %v", judge, other, n, visible, wanted)
						}
					}
				}
			}
		}
	}
	for judge := range devices {
		devices[judge] = h.device(judge)
		for n := range performances {
			devices[judge].fill(performances[n], value(judge, n, 0), value(judge, n, 1), value(judge, n, 2))
		}
	}
	check()
	for n := range performances {
		for judge := range devices {
			var seen []judging.MarkValue
			for c, criterion := range h.criteria() {
				seen = append(seen, judging.MarkValue{CriterionID: criterion.ID, Value: value(judge, n, c)})
			}
			_, err := devices[judge].lock(performances[n], seen)
			h.must(err)
			locked[[2]int{judge, n}] = true
			check()
		}
	}
	_, _, err := h.s.Table(h.judges[0], h.contestID, h.roundID)
	wants(t, "a judge who asks for the table of all marks", err, "judges_see_own_marks")
}

func TestConcurrentMarksOfAWholePanel(t *testing.T) {
	const judges, teams = 7, 6
	h := open(t, judges, teams)
	var performances []int64
	for n := range teams {
		performances = append(performances, h.perform(n, 290+10*int64(n)))
	}
	criteria := h.criteria()
	given := make([]map[[2]int64]int64, judges)
	var all sync.WaitGroup
	for judge := range judges {
		d := h.device(judge)
		given[judge] = map[[2]int64]int64{}
		all.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(judge)))
			for _, n := range random.Perm(teams) {
				p := performances[n]
				var seen []judging.MarkValue
				for _, c := range criteria {
					v := c.Step * random.Int64N(c.Max/c.Step+1)
					if _, err := d.send(d.next(p, c.ID, v)); err != nil {
						t.Errorf("judge %d: %v", judge, err)
					}
					given[judge][[2]int64{p, c.ID}] = v
					seen = append(seen, judging.MarkValue{CriterionID: c.ID, Value: v})
				}
				if _, err := d.lock(p, seen); err != nil {
					t.Errorf("judge %d: lock: %v", judge, err)
				}
			}
		})
	}
	all.Wait()
	j := h.judging()
	for judge := range judges {
		for place, v := range given[judge] {
			if got := j.Sheet(place[0], idOf(h.judges[judge])).Marks[place[1]].Value; got != v {
				t.Errorf("judge %d gave %d, stored is %d", judge, v, got)
			}
		}
	}
	_, scores, err := h.s.Scores(h.organizer, h.roundID)
	h.must(err)
	if len(scores) != teams {
		t.Errorf("%d scores of %d", len(scores), teams)
	}
	sameWhenComputedAgain(h)
}
