package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/hoithi/hoithi/server/app"
	"github.com/hoithi/hoithi/server/exam"
	"github.com/hoithi/hoithi/server/live/liveclient"
	"github.com/hoithi/hoithi/server/rehearse"
)

// examNight is an online exam that is open, with an app beside the nodes that looks into the database.
type examNight struct {
	evening
	app    *app.App
	period int64
}

func newExamNight(t *testing.T, databaseURL string, entries int) *examNight {
	t.Helper()
	a := appBeside(t, databaseURL)
	plan, err := a.PrepareExamRehearsal(t.Context(), "", entries)
	if err != nil {
		t.Fatal(err)
	}
	e := &examNight{evening: evening{t: t, db: a.DB, plan: plan}, app: a}
	x, err := a.Exam.Setup(t.Context(), plan.ContestID, plan.RoundID)
	if err != nil {
		t.Fatal(err)
	}
	settings := x.Settings
	settings.DurationS = 0 // only the window ends: what ends earlier was made to by the trial
	if x, err = a.Exam.SaveSettings(t.Context(), plan.ContestID, plan.RoundID, x.Version, settings); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	window := exam.Window{OpensUs: now.Add(-time.Minute).UnixMicro(), ClosesUs: now.Add(time.Hour).UnixMicro()}
	x, err = a.Exam.SavePeriods(t.Context(), plan.ContestID, plan.RoundID, x.Version, []exam.Period{{ID: x.Periods[0].ID, Name: "Kỳ thi", Windows: []exam.Window{window}}})
	if err != nil {
		t.Fatal(err)
	}
	e.period = x.Periods[0].ID
	if err := a.Exam.Prepare(t.Context(), plan.ContestID, plan.RoundID, e.period); err != nil {
		t.Fatal(err)
	}
	if err := a.Exam.Ready(t.Context(), plan.ContestID, plan.RoundID); err != nil {
		t.Fatal(err)
	}
	return e
}

// taker changes answers again and again until stopped, sends again what got no reply, and remembers what was
// acknowledged.
type taker struct {
	entry, attempt int64
	writer         int32
	deadlineUs     int64
	items          []exam.PaperItem
	watch          *watch

	mu    sync.Mutex
	acks  []rehearse.ExamAck
	tried int
}

func (e *examNight) takers(address string) []*taker {
	e.t.Helper()
	var all []*taker
	for _, r := range e.plan.Robots {
		w := e.watch(address, r.Cookie, fmt.Sprintf("contestant/exam/%d", e.plan.RoundID))
		x := &taker{entry: r.EntryID, watch: w}
		var got exam.Started
		for began := time.Now(); ; time.Sleep(50 * time.Millisecond) { // the clock opens the period within moments
			err := w.client.Do(e.t.Context(), "start_attempt", w.topic, exam.StartCommand{PeriodID: e.period}, &got)
			if err == nil {
				break
			}
			if time.Since(began) > patience {
				e.t.Fatalf("start: %v", err)
			}
		}
		paper := until(w, exam.KindPaper, "the paper", func(p exam.PaperView) bool { return p.AttemptID == got.AttemptID })
		x.attempt, x.writer, x.deadlineUs, x.items = got.AttemptID, got.Writer, paper.DeadlineUs, paper.Items
		all = append(all, x)
	}
	return all
}

func (x *taker) answerUntil(ctx context.Context, stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(uint64(x.entry), 1))
	for seq := int32(1); seq <= 150; seq++ {
		for _, item := range x.items {
			option := item.Question.Options[random.IntN(len(item.Question.Options))].ID
			c := exam.RespondCommand{AttemptID: x.attempt, Place: item.Place, Writer: x.writer, Seq: seq, Options: []string{option}}
			x.mu.Lock()
			x.tried++
			x.mu.Unlock()
			for again := true; again; {
				again = x.send(ctx, c)
				select {
				case <-stop:
					return
				case <-time.After(time.Duration(20+random.IntN(150)) * time.Millisecond):
				}
			}
		}
	}
}

func (x *taker) send(ctx context.Context, c exam.RespondCommand) (again bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := x.watch.client.Do(ctx, "respond", x.watch.topic, c, &exam.ResponseStored{})
	var f *liveclient.Fault
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case err == nil:
		x.acks = append(x.acks, rehearse.ExamAck{EntryID: x.entry, AttemptID: c.AttemptID, Place: c.Place, Writer: c.Writer, Seq: c.Seq, Sent: c})
		return false
	case errors.As(err, &f) && f.Status != 503: // refused for good, as after a deadline
		return false
	}
	return true
}

func (x *taker) saved() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.acks)
}

// streaming lets all answer until the returned function is called.
func streaming(ctx context.Context, all []*taker) (stop func()) {
	done := make(chan struct{})
	var wait sync.WaitGroup
	for _, x := range all {
		wait.Go(func() { x.answerUntil(ctx, done) })
	}
	return sync.OnceFunc(func() { close(done); wait.Wait() })
}

// moreSaved waits until each of some has so many more responses acknowledged.
func moreSaved(t *testing.T, some []*taker, more int) {
	t.Helper()
	for _, x := range some {
		before := x.saved()
		for began := time.Now(); x.saved() < before+more; time.Sleep(20 * time.Millisecond) { // a poll of a condition, bounded
			if time.Since(began) > patience {
				t.Fatalf("entry %d: %d responses acknowledged, waited for %d", x.entry, x.saved(), before+more)
			}
		}
	}
}

// endAt gives some attempts another deadline, as if their time had run out just then.
func (e *examNight) endAt(some []*taker, deadlineUs int64) {
	e.t.Helper()
	for _, x := range some {
		if _, err := e.db.Exec(e.t.Context(), `UPDATE exam_attempt SET deadline_us = $2 WHERE id = $1`, x.attempt, deadlineUs); err != nil {
			e.t.Fatal(err)
		}
		x.deadlineUs = deadlineUs
	}
}

// submit ends attempts by hand.
func (e *examNight) submit(some []*taker) {
	e.t.Helper()
	for _, x := range some {
		var got exam.Submitted
		for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			err := x.watch.client.Do(e.t.Context(), "submit_attempt", x.watch.topic, exam.SubmitCommand{AttemptID: x.attempt, Writer: x.writer}, &got)
			if err == nil {
				break
			}
			if time.Since(began) > patience {
				e.t.Fatalf("submit: %v", err)
			}
		}
	}
}

// finished waits until an attempt is over and scored, and says how and when it ended.
func (e *examNight) finished(x *taker) (finish string, finishedUs, deadlineUs int64) {
	e.t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		err := e.db.QueryRow(e.t.Context(), `SELECT finish, finished_us, deadline_us FROM exam_attempt WHERE id = $1 AND scored_us IS NOT NULL`, x.attempt).
			Scan(&finish, &finishedUs, &deadlineUs)
		if err == nil {
			return finish, finishedUs, deadlineUs
		}
		if time.Since(began) > patience {
			e.t.Fatalf("entry %d: the attempt was not closed and scored: %v", x.entry, err)
		}
	}
}

// check compares what everybody was told with what stands in the database.
func (e *examNight) check(all []*taker) {
	e.t.Helper()
	var acks []rehearse.ExamAck
	tried := 0
	for _, x := range all {
		acks = append(acks, x.acks...)
		tried += x.tried
	}
	var report rehearse.ExamReport
	if err := e.app.CheckExamRehearsal(e.t.Context(), e.plan.RoundID, acks, &report); err != nil {
		e.t.Fatal(err)
	}
	if report.Lost != 0 || report.Missing != 0 || report.Wrong != 0 || report.Finished != int64(len(all)) {
		e.t.Errorf("of %d acknowledged responses %d are lost; of %d attempts %d are over, %d without a score, %d with a wrong one",
			len(acks), report.Lost, len(all), report.Finished, report.Missing, report.Wrong)
	}
	var stored int
	if err := e.db.QueryRow(e.t.Context(), `SELECT count(*) FROM exam_response r JOIN exam_attempt a ON a.id = r.attempt_id WHERE a.round_id = $1`,
		e.plan.RoundID).Scan(&stored); err != nil {
		e.t.Fatal(err)
	}
	if stored > tried {
		e.t.Errorf("%d responses are stored, only %d were ever sent", stored, tried)
	}
}
