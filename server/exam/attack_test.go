package exam

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/timing"
)

// second adds a period that is open at the same time.
func (c *class) second(n *node) int64 {
	c.t.Helper()
	var id int64
	c.one(&id, `INSERT INTO exam_period (round_id, position, name) VALUES ($1, 2, 'Kỳ 2') RETURNING id`, c.roundID)
	c.exec(`INSERT INTO exam_window (period_id, opens_us, closes_us) VALUES ($1, $2, $3)`, id, c.opens, c.opens+2*timing.Hour)
	c.exec(`UPDATE exam_round SET version = version + 1 WHERE round_id = $1`, c.roundID)
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, id))
	return id
}

// Whoever begins two periods at the same moment, on two nodes, has one attempt: a second clock would run unseen.
func TestTwoPeriodsAtOnceMakeOneAttempt(t *testing.T) {
	c := newClass(t, 12, nil)
	nodes := []*node{c.open(), c.node()}
	periods := []int64{c.periodID, c.second(nodes[0])}
	var wg sync.WaitGroup
	for i := range c.entries {
		for k, n := range nodes {
			wg.Go(func() {
				if _, err := n.StartAttempt(t.Context(), c.as(i, 10), c.roundID, c.clock.Load(), StartCommand{PeriodID: periods[k]}); err != nil && !errOtherOpen.Is(err) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := c.rows(`SELECT count(*) FROM exam_attempt`); n != int64(len(c.entries)) {
		t.Fatalf("%d attempts of %d entries", n, len(c.entries))
	}
	// Having the one answered gives the one, whatever else is open.
	var period int64
	c.one(&period, `SELECT period_id FROM exam_attempt WHERE entry_id = $1`, c.entries[0])
	if _, err := nodes[1].StartAttempt(t.Context(), c.as(0, 10), c.roundID, c.clock.Load(), StartCommand{PeriodID: period}); err != nil {
		t.Fatal(err)
	}
}

// The number of an attempt goes to its contestant, who may be asked to guess how many there are.
func TestAttemptNumbersDoNotTellHowManyTakePart(t *testing.T) {
	c := newClass(t, 8, func(s *Settings) { s.Guess = GuessEntrants })
	n := c.open()
	ids := map[int64]bool{}
	for i := range c.entries {
		id := c.start(n, i, 10).AttemptID
		if id <= 1<<22 || id >= 1<<53 || ids[id-1] || ids[id+1] {
			t.Fatalf("attempt %d follows from another one, or is not exact in a browser", id)
		}
		ids[id] = true
	}
}

// A start that waits, for a lane or for the database, costs no time of the attempt; one whose period is over by then
// costs no attempt.
func TestAStartThatWaitedBeginsWithItsPaper(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	asked := c.clock.Load()
	c.after(30 * timing.Second)
	if _, err := n.StartAttempt(t.Context(), c.as(0, 10), c.roundID, asked, StartCommand{PeriodID: c.periodID}); err != nil {
		t.Fatal(err)
	}
	if c.rows(`SELECT deadline_us FROM exam_attempt`) != c.clock.Load()+20*timing.Minute {
		t.Fatal("the time ran before there was a paper")
	}
	asked = c.opens + 2*timing.Hour - 1
	c.clock.Store(asked + timing.Minute)
	n.turn(c.ctx)
	n.turn(c.ctx)
	_, err := n.StartAttempt(t.Context(), c.as(1, 10), c.roundID, asked, StartCommand{PeriodID: c.periodID})
	c.refused(err, "exam_over")
	if n := c.rows(`SELECT count(*) FROM exam_attempt WHERE entry_id = $1`, c.entries[1]); n != 0 {
		t.Fatal("an attempt of nothing counts")
	}
}

// Naming another's attempt answers nothing, tells nothing, and holds up nobody's submit.
func TestAnothersAttemptIsOutOfReach(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for k := range 8 {
		wg.Go(func() {
			for seq := int32(1); ctx.Err() == nil; seq++ {
				c.refused(c.say(n, 1, int64(20+k), a, 1, seq, "b"), "exam_no_attempt")
			}
		})
	}
	limited, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := n.room(limited, c.roundID)
	c.must(err)
	r.sittings.forget(a.AttemptID)
	_, err = n.Submit(limited, c.as(0, 10), c.roundID, c.clock.Load(), SubmitCommand(a))
	stop()
	wg.Wait()
	c.must(err)
	for what, try := range map[string]func() error{
		"submit": func() error {
			_, err := n.Submit(t.Context(), c.as(1, 20), c.roundID, c.clock.Load(), SubmitCommand(a))
			return err
		},
		"claim": func() error {
			_, err := n.Claim(t.Context(), c.as(1, 20), c.roundID, ClaimAttemptCommand{AttemptID: a.AttemptID})
			return err
		},
	} {
		if err := try(); !errNoAttempt.Is(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Boards and the check of results count the time to the submission from the same opening, also where an entry has its own.
func TestTheCheckKnowsEntriesWindows(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) { s.Ranking = []Metric{ByPoints, BySubmitted}; s.Guess = GuessAllRight })
	n := c.open()
	c.exec(`INSERT INTO exam_override (round_id, period_id, entry_id, opens_us, closes_us, reason, state, asked_us, asked_by, decided_by)
		VALUES ($1, $2, $3, $4, $5, 'Đi công tác', 'granted', 1, 1, 2)`, c.roundID, c.periodID, c.entries[0], c.opens+timing.Hour, c.opens+3*timing.Hour)
	c.must(n.act(c.ctx, c.contestID, c.roundID, func(a *act) error { a.add(Event{Kind: EventOverride, Entry: c.entries[0]}); return nil }))
	b := c.start(n, 1, 10)
	c.after(10 * timing.Minute)
	for place := range int16(3) {
		c.must(c.say(n, 1, 10, b, place+1, 1, "a"))
	}
	_, err := c.submit(n, 1, 10, b)
	c.must(err)
	c.clock.Store(c.opens + timing.Hour)
	a := c.start(n, 0, 10)
	c.after(5 * timing.Minute)
	_, err = c.submit(n, 0, 10, a)
	c.must(err)
	c.clock.Store(c.opens + 3*timing.Hour + timing.Minute)
	for range 3 {
		n.turn(c.ctx)
	}
	scores, err := n.Scores(c.ctx, c.roundID)
	c.must(err)
	anew, err := n.Recompute(c.ctx, c.roundID)
	c.must(err)
	if len(scores) != 2 || fmt.Sprint(scores) != fmt.Sprint(anew) || scores[0].SubmittedUs != 5*timing.Minute {
		t.Fatalf("scored %v, worked out anew %v", scores, anew)
	}
	// What a guess was about follows from the responses too: a wrong one is found.
	c.exec(`UPDATE exam_attempt SET guess = 500`)
	c.exec(`UPDATE exam_period SET actual = 700`)
	c.exec(`UPDATE exam_round SET version = version + 1`)
	if scores, err = n.Scores(c.ctx, c.roundID); err != nil || scores[0].Distance != 200 {
		t.Fatalf("%v %v", scores, err)
	}
	if anew, err = n.Recompute(c.ctx, c.roundID); err != nil || fmt.Sprint(scores) == fmt.Sprint(anew) {
		t.Fatal("a wrong actual value passes the check")
	}
}

// What is voided for nobody can't be reached: it lowers the most points, and with them the pass mark.
func TestTheMostPointsFollowVoidedItems(t *testing.T) {
	c := newClass(t, 1, func(s *Settings) { s.PassPercent = 100 })
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	c.must(c.say(n, 0, 10, a, 2, 1, "a"))
	_, err := c.submit(n, 0, 10, a)
	c.must(err)
	if own := c.own(n, 0, 10).Periods[0].Attempts[0].Score; own.Max != 300 || *own.Passed {
		t.Fatalf("%+v", own)
	}
	r, err := n.room(c.ctx, c.roundID)
	c.must(err)
	sat, err := r.readSittings(c.ctx, []int64{a.AttemptID})
	c.must(err)
	c.must(n.act(c.ctx, c.contestID, c.roundID, func(x *act) error {
		x.add(Event{Kind: EventVoid, Version: sat[a.AttemptID].versions[2], Policy: "nobody", Reason: "Câu sai"})
		return nil
	}))
	if own := c.own(c.node(), 0, 10).Periods[0].Attempts[0].Score; own.Max != 200 || own.Points != 200 || !*own.Passed {
		t.Fatalf("%+v", own)
	}
}

// A round that was looked at while its contest was a draft lets people in once it is open.
func TestAContestThatOpensLetsPeopleIn(t *testing.T) {
	c := newClass(t, 1, nil)
	c.exec(`UPDATE contest SET state = 'draft'`)
	n := c.node()
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, c.periodID))
	_, err := n.arrive(t.Context(), c.as(0, 10), c.roundID)
	c.refused(err, "not_in_round")
	c.exec(`UPDATE contest SET state = 'open'`)
	if own := c.own(n, 0, 10); own.EntryID != c.entries[0] {
		t.Fatalf("%+v", own)
	}
}

// Whatever is sent as a guess or a flag is a bounded number, or refused before it comes near the database.
func TestOddGuessesAndFlags(t *testing.T) {
	for text, want := range map[string]bool{"45": true, " 45 ": true, "45,0": true, "": true, "45\x00": false, "1e200000": false, "1e3": false, "-1": false,
		"4\u0301": false, "\u0664\u0665": false, "NaN": false, "Infinity": false, "0x10": false, "45%": false, "1.5": false, strings.Repeat("9", 39): false,
		"\ufffd": false, "\ud7ff": false, "4 5 6 7": false, "１２": false} {
		if n, flt := guessOf(GuessEntrants, text); (flt == nil) != want || n.Guess != nil && (*n.Guess < 0 || *n.Guess%100 != 0) {
			t.Errorf("a guess of %q: taken %v, %+v", text, flt == nil, n)
		}
	}
	for text, want := range map[string]bool{"0": true, "100": true, "100%": true, "45,55": true, "45.55 %": true, "100,01": false, "45,555": false, "%": false} {
		if n, flt := guessOf(GuessShare, text); (flt == nil) != want || n.Guess != nil && *n.Guess > 100_00 {
			t.Errorf("a share of %q: taken %v", text, flt == nil)
		}
	}
	for text, want := range map[string]bool{"": true, "3, 1,3": true, ",,": true, "4": false, "0": false, "-1": false, "70000": false, "1;2": false, "1\x00": false} {
		if n, flt := flagsOf(text, 3); (flt == nil) != want || len(n.Flags) > 3 {
			t.Errorf("flags %q: taken %v", text, flt == nil)
		}
	}
}
