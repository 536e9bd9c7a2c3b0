package exam

import (
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/timing"
)

func TestAnAttemptFromStartToScore(t *testing.T) {
	c := newClass(t, 2, func(s *Settings) { s.Guess = GuessEntrants; s.PassPercent = 50 })
	n := c.open()
	if c.phase() != PhaseRunning {
		t.Fatalf("the window is open, and the round is %s", c.phase())
	}
	a := c.start(n, 0, 10)
	if again := c.start(n, 0, 10); again != a {
		t.Fatalf("started twice: %+v and %+v", a, again)
	}
	for place, option := range map[int16]string{1: "a", 2: "b"} {
		c.must(c.say(n, 0, 10, a, place, 1, option))
	}
	c.must(c.say(n, 0, 10, a, 2, 2, "a"))
	c.must(c.say(n, 0, 10, a, PlaceGuess, 1, "2"))
	c.must(c.say(n, 0, 10, a, PlaceFlags, 1, "3, 1"))
	c.refused(c.say(n, 0, 10, a, 4, 1, "a"), "exam_no_place")
	c.refused(c.say(n, 0, 10, a, 1, 9, "z"), "answer_invalid")
	c.refused(c.say(n, 0, 10, a, 2, 2, "c"), "answer_conflict")
	c.refused(c.say(n, 1, 10, a, 1, 9, "a"), "exam_no_attempt")
	c.after(5 * timing.Minute)
	done, err := c.submit(n, 0, 10, a)
	c.must(err)
	if done.Score == nil || done.Score.Points != 200 || done.Score.Max != 300 || done.Score.Correct != 2 || done.Score.TimeUs != 5*timing.Minute ||
		done.Answered != 2 || *done.Score.Guess != 200 || !*done.Score.Passed || !done.Score.Counts || done.Finish != FinishSubmitted {
		t.Fatalf("%+v %+v", done, done.Score)
	}
	again, err := c.submit(n, 0, 10, a)
	c.must(err)
	if again.FinishedUs != done.FinishedUs {
		t.Fatal("a second submit moved the end")
	}
	c.refused(c.say(n, 0, 10, a, 3, 1, "a"), "answer_closed")
	_, err = c.tryStart(n, 0, 10)
	c.refused(err, "exam_no_attempt_left")
	for _, m := range n.hub.messages() {
		if strings.Contains(m, "bí mật") || strings.Contains(m, `"key"`) {
			t.Fatal("a key left the server: " + m)
		}
	}
	// The end: the clock closes, settles what was guessed, and hands on.
	c.clock.Store(c.opens + 2*timing.Hour + timing.Minute)
	n.turn(c.ctx)
	n.turn(c.ctx)
	if c.phase() != PhaseScored {
		t.Fatalf("everything is over, and the round is %s", c.phase())
	}
	scores, err := n.Scores(c.ctx, c.roundID)
	c.must(err)
	anew, err := n.Recompute(c.ctx, c.roundID)
	c.must(err)
	if len(scores) != 1 || scores[0].Points != 200 || len(anew) != 1 || anew[0] != scores[0] {
		t.Fatalf("%+v, worked out anew %+v", scores, anew)
	}
	if own := c.own(n, 0, 10); *own.Periods[0].Attempts[0].Score.Actual != 100 {
		t.Fatal("one entry took part")
	}
	_, err = c.tryStart(n, 1, 11)
	c.refused(err, "exam_over")
}

func TestWhoMayNotStart(t *testing.T) {
	c := newClass(t, 3, nil)
	n := c.node()
	_, err := c.tryStart(n, 0, 10)
	c.refused(err, "exam_not_open")
	c.clock.Store(c.opens)
	_, err = c.tryStart(n, 0, 10)
	c.refused(err, "exam_not_prepared")
	c.refused(n.Ready(c.ctx, c.contestID, c.roundID), "exam_no_pool")
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, c.periodID))
	_, err = c.tryStart(n, 0, 10)
	c.refused(err, "exam_not_started")
	c.must(n.Ready(c.ctx, c.contestID, c.roundID))
	c.start(n, 0, 10) // before the clock's own turn
	c.exec(`UPDATE entry SET state = 'withdrawn', reason = 'ốm' WHERE id = $1`, c.entries[1])
	_, err = c.tryStart(n, 1, 11)
	c.refused(err, "not_in_round")
	stranger := c.as(2, 12)
	stranger.Entry.ContestID++
	_, err = n.StartAttempt(t.Context(), stranger, c.roundID, c.clock.Load(), StartCommand{PeriodID: c.periodID})
	c.refused(err, "not_in_round")
	c.must(n.Pause(c.ctx, c.contestID, c.roundID, ""))
	_, err = c.tryStart(n, 2, 12)
	c.refused(err, "round_paused")
}

func TestAnInfeasiblePeriodTellsEverybody(t *testing.T) {
	c := newClass(t, 1, nil)
	n := c.node()
	c.must(n.Prepare(c.ctx, c.contestID, c.roundID, c.periodID))
	c.must(n.Ready(c.ctx, c.contestID, c.roundID))
	c.exec(`DELETE FROM exam_pool`)
	c.exec(`UPDATE item SET retired_at = now()`)
	n = c.node()
	c.clock.Store(c.opens)
	n.turn(c.ctx)
	_, err := c.tryStart(n, 0, 10)
	c.refused(err, "exam_not_prepared")
	events, err := n.Events(c.ctx, c.roundID)
	c.must(err)
	if last := events[len(events)-1]; last.Kind != EventUnprepared || last.PeriodID != c.periodID {
		t.Fatalf("the organizers see %+v", last)
	}
}

func TestTheClockSubmitsWhatWasSaved(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a, b := c.start(n, 0, 10), c.start(n, 1, 11)
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	c.after(20*timing.Minute + 2*timing.Second)
	c.must(c.say(n, 0, 10, a, 2, 1, "a")) // the last microsecond of the grace
	n.turn(c.ctx)
	if c.rows(`SELECT count(*) FROM exam_attempt WHERE finished_us IS NOT NULL`) != 0 {
		t.Fatal("closed before what was on its way could be stored")
	}
	c.after(1)
	c.refused(c.say(n, 0, 10, a, 3, 1, "a"), "answer_closed")
	c.after(timing.DrainUs)
	n.turn(c.ctx)
	for _, x := range []Started{a, b} {
		if c.rows(`SELECT count(*) FROM exam_attempt WHERE id = $1 AND finish = 'deadline' AND finished_us = started_us + 1200000000 AND scored_us IS NOT NULL`, x.AttemptID) != 1 {
			t.Fatal("the recorded finish is not the deadline")
		}
	}
	if own := c.own(n, 0, 10); own.Periods[0].Attempts[0].Score.Points != 200 || own.Open != nil {
		t.Fatalf("%+v", own.Periods[0].Attempts[0].Score)
	}
	done, err := c.submit(n, 0, 10, a)
	c.must(err)
	if done.Finish != FinishDeadline {
		t.Fatal("a late submit changed how it ended")
	}
}

func TestPauseAndExtension(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.after(5 * timing.Minute)
	c.must(n.Pause(c.ctx, c.contestID, c.roundID, "Mất điện"))
	c.refused(n.Pause(c.ctx, c.contestID, c.roundID, ""), "round_paused_already")
	c.after(timing.Hour + 7)
	c.refused(c.say(n, 0, 10, a, 1, 1, "a"), "round_paused")
	_, err := c.submit(n, 0, 10, a)
	c.refused(err, "round_paused")
	n.turn(c.ctx)
	c.must(n.Extend(c.ctx, c.contestID, c.roundID, c.periodID, timing.Minute, "Mạng chậm"))
	c.must(n.Resume(c.ctx, c.contestID, c.roundID))
	given := timing.Hour + 7 + timing.Minute
	if c.rows(`SELECT deadline_us - started_us FROM exam_attempt`) != 20*timing.Minute+given ||
		c.rows(`SELECT closes_us FROM exam_window`) != c.opens+2*timing.Hour+given {
		t.Fatal("the time was not given back to the microsecond")
	}
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	c.after(15 * timing.Minute)
	done, err := c.submit(n, 0, 10, a)
	c.must(err)
	if done.Score.TimeUs != 20*timing.Minute {
		t.Fatalf("%d µs used: a pause is no time used", done.Score.TimeUs)
	}
	c.refused(n.Resume(c.ctx, c.contestID, c.roundID), "round_not_paused")
}

func TestAnExceptionHoldsForItsEntry(t *testing.T) {
	c := newClass(t, 2, nil)
	n := c.open()
	c.exec(`INSERT INTO exam_override (round_id, entry_id, extra_us, attempts, reason, state, asked_us, asked_by, decided_by)
		VALUES ($1, $2, 60000000, 1, 'Khuyết tật', 'granted', 1, 1, 2)`, c.roundID, c.entries[0])
	c.must(n.act(c.ctx, c.contestID, c.roundID, func(a *act) error { a.add(Event{Kind: EventOverride, Entry: c.entries[0]}); return nil }))
	for i, extra := range []int64{timing.Minute, 0} {
		a := c.start(n, i, 10)
		if c.rows(`SELECT deadline_us - started_us FROM exam_attempt WHERE id = $1`, a.AttemptID) != 20*timing.Minute+extra {
			t.Fatalf("entry %d has another deadline", i)
		}
		_, err := c.submit(n, i, 10, a)
		c.must(err)
	}
	c.start(n, 0, 10)
	_, err := c.tryStart(n, 1, 10)
	c.refused(err, "exam_no_attempt_left")
}

func TestOneDeviceAnswersAtATime(t *testing.T) {
	c := newClass(t, 1, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	claim := func(device int64) (Started, error) {
		return n.Claim(t.Context(), c.as(0, device), c.roundID, ClaimAttemptCommand{AttemptID: a.AttemptID})
	}
	_, err := c.tryStart(n, 0, 20)
	c.refused(err, "other_device")
	if own := c.own(n, 0, 20); own.Open == nil || own.Open.Mine {
		t.Fatal("another device is told that it answers")
	}
	c.refused(n.Release(t.Context(), c.as(0, 20), c.roundID, ReleaseAttemptCommand{}), "other_device")
	c.must(n.Release(t.Context(), c.as(0, 10), c.roundID, ReleaseAttemptCommand{}))
	b, err := claim(20)
	c.must(err)
	c.refused(c.say(n, 0, 10, a, 1, 1, "a"), "superseded")
	c.must(c.say(n, 0, 20, b, 1, 1, "a"))
	_, err = claim(10)
	c.refused(err, "other_device")
	c.must(n.ReleaseEntry(c.ctx, c.contestID, c.roundID, c.entries[0]))
	if d, err := claim(10); err != nil || d.Writer != 3 {
		t.Fatalf("%+v %v", d, err)
	}
	// A device whose connection has ended is not in the way of another.
	r, err := n.room(c.ctx, c.roundID)
	c.must(err)
	c.own(n, 0, 10)
	if _, err := r.devices.ask(c.ctx, deviceAsk{entryID: c.entries[0], deviceID: 10, gone: true}); err != nil || c.rows(`SELECT gone_us FROM exam_attempt`) != 0 {
		t.Fatal("it has a connection still")
	}
	r.sockets.add(c.entries[0], 10, -1)
	_, err = r.devices.ask(c.ctx, deviceAsk{entryID: c.entries[0], deviceID: 10, gone: true})
	c.must(err)
	if d, err := claim(20); err != nil || d.Writer != 4 {
		t.Fatalf("%+v %v", d, err)
	}
	if c.rows(`SELECT devices FROM exam_attempt`) != 4 {
		t.Fatal("take-overs are not counted")
	}
}

// A voided item and a corrected key change what is scored, and nothing else.
func TestCorrectionsAreInForce(t *testing.T) {
	c := newClass(t, 1, nil)
	n := c.open()
	a := c.start(n, 0, 10)
	c.must(c.say(n, 0, 10, a, 1, 1, "a"))
	_, err := c.submit(n, 0, 10, a)
	c.must(err)
	r, err := n.room(c.ctx, c.roundID)
	c.must(err)
	sat, err := r.readSittings(c.ctx, []int64{a.AttemptID})
	c.must(err)
	version := sat[a.AttemptID].versions[1]
	c.must(n.act(c.ctx, c.contestID, c.roundID, func(x *act) error {
		x.add(Event{Kind: EventVoid, Version: version, Policy: "everybody", Reason: "Câu sai"})
		_, err := x.q.UnscoreRound(c.ctx, c.roundID)
		return err
	}))
	n.turn(c.ctx)
	if own := c.own(n, 0, 10); own.Periods[0].Attempts[0].Score.Points != 200 {
		t.Fatalf("%+v", own.Periods[0].Attempts[0].Score)
	}
}
