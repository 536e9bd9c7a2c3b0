package stage

import "testing"

func testItems(n, reserve int) []Item {
	var items []Item
	for i := 1; i <= n+reserve; i++ {
		items = append(items, Item{ID: int64(i), VersionID: int64(100 + i), Points: 1000, DurationUs: 20_000_000, Reserve: i > n})
	}
	return items
}

// ride is a round under test: the state, its events, and the time.
type ride struct {
	s      State
	events []Event
	nowUs  int64
}

func newRide(settings Settings, items []Item) *ride {
	return &ride{s: NewState(PhaseReady, settings, items), nowUs: 1_000_000_000}
}

// do gives a cue and fails the test if it is refused.
func (r *ride) do(t testing.TB, c Command) Event {
	t.Helper()
	events, f := Step(r.s, c, r.nowUs)
	if f != nil {
		t.Fatalf("%s refused: %v", c.Cue, f)
	}
	r.apply(events)
	return events[0]
}

func (r *ride) refused(t testing.TB, c Command, code string) {
	t.Helper()
	_, f := Step(r.s, c, r.nowUs)
	if f == nil || f.Code != code {
		t.Fatalf("%s: got %v, want %s", c.Cue, f, code)
	}
}

func (r *ride) apply(events []Event) {
	for _, e := range events {
		r.s = Apply(r.s, e)
		r.events = append(r.events, e)
	}
}

func (r *ride) start(t testing.TB) {
	t.Helper()
	r.do(t, Command{Cue: CueStart, Settings: r.s.Settings, Items: r.s.Items})
}

// tick lets the clock do what is due next.
func (r *ride) tick(t testing.TB) Event {
	t.Helper()
	due, ok := NextDue(&r.s)
	if !ok {
		t.Fatal("nothing is due")
	}
	r.nowUs = max(r.nowUs, due.AtUs)
	return r.do(t, due.Command)
}

func TestQuizFromStartToScored(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(2, 1))
	r.refused(t, Command{Cue: CueNext}, "not_started")
	r.start(t)
	r.refused(t, Command{Cue: CueOpen}, "nothing_on_stage")
	for range 2 {
		r.do(t, Command{Cue: CueNext})
		r.refused(t, Command{Cue: CueNext}, "item_still_shown")
		open := r.do(t, Command{Cue: CueOpen})
		if open.DeadlineUs != r.nowUs+20_000_000 {
			t.Fatalf("deadline %d", open.DeadlineUs)
		}
		r.refused(t, Command{Cue: CueReveal}, "item_still_closing")
		r.nowUs = open.DeadlineUs
		r.refused(t, Command{Cue: CueClose}, "item_not_open")
		if e := r.tick(t); e.Kind != EventClosed || e.AtUs < open.DeadlineUs+r.s.Settings.GraceUs()+DrainUs {
			t.Fatalf("closed too early: %+v", e)
		}
		if r.s.Counts(r.s.CurrentPlay()) {
			t.Fatal("a closed item counts before its reveal: that would tell who was right")
		}
		r.do(t, Command{Cue: CueReveal})
		if !r.s.Counts(r.s.CurrentPlay()) {
			t.Fatal("a revealed item doesn't count")
		}
	}
	r.refused(t, Command{Cue: CueNext}, "no_more_items")
	r.do(t, Command{Cue: CueFinish})
	r.do(t, Command{Cue: CueVoid, Play: 1, Policy: VoidEverybody})
	r.do(t, Command{Cue: CueScored})
	r.refused(t, Command{Cue: CueUndo}, "round_over")
	r.do(t, Command{Cue: CueCorrect, Play: 2, Version: 999})
}

func TestCloseNowAndItsUndo(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(1, 0))
	r.start(t)
	r.do(t, Command{Cue: CueNext})
	r.do(t, Command{Cue: CueOpen})
	opened := r.nowUs
	r.nowUs += 5_000_000
	r.do(t, Command{Cue: CueClose})
	if p := r.s.CurrentPlay(); p.Status != PlayClosing || p.DeadlineUs != r.nowUs {
		t.Fatalf("close now didn't move the deadline: %+v", p)
	}
	r.tick(t)
	r.nowUs += 7_000_000
	r.do(t, Command{Cue: CueUndo})
	p := r.s.CurrentPlay()
	if p.Status != PlayOpen || p.DeadlineUs != r.nowUs+15_000_000 {
		t.Fatalf("undo of close: %+v", p)
	}
	// An answer two seconds later has used 5 + 2 seconds: the gap counts for nobody.
	if got := p.ElapsedUs(opened, r.nowUs+2_000_000); got != 7_000_000 {
		t.Fatalf("elapsed %d", got)
	}
	r.do(t, Command{Cue: CueClose})
	r.tick(t)
	r.do(t, Command{Cue: CueReveal})
	r.do(t, Command{Cue: CueUndo}) // hide
	r.refused(t, Command{Cue: CueUndo}, "undo_answer_public")
}

func TestUndoOfOpenMakesAnotherPlay(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(1, 0))
	r.start(t)
	r.do(t, Command{Cue: CueNext})
	r.do(t, Command{Cue: CueOpen})
	r.nowUs += 1_000_000
	r.do(t, Command{Cue: CueUndo})
	if r.s.Plays[0].Status != PlayWithdrawn || r.s.Current != 2 || r.s.CurrentPlay().Status != PlayShown {
		t.Fatalf("%+v", r.s.Plays)
	}
	r.do(t, Command{Cue: CueUndo}) // the showing
	if r.s.Current != 0 || r.s.NextItem(false) == nil {
		t.Fatal("the item should be to come again")
	}
	r.do(t, Command{Cue: CueNext})
	if r.s.Current != 3 {
		t.Fatal("a play's number was used twice")
	}
	r.do(t, Command{Cue: CueOpen})
	r.nowUs += 20_000_000
	r.refused(t, Command{Cue: CueUndo}, "undo_time_up")
}

func TestPauseKeepsRemainingTime(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(1, 0))
	r.start(t)
	r.do(t, Command{Cue: CueNext})
	r.do(t, Command{Cue: CueOpen})
	r.nowUs += 8_000_000
	r.do(t, Command{Cue: CuePause})
	if _, ok := NextDue(&r.s); ok {
		t.Fatal("the clock runs during a pause")
	}
	r.nowUs += 60_000_000
	r.do(t, Command{Cue: CueExtend})
	r.do(t, Command{Cue: CueResume})
	if p := r.s.CurrentPlay(); p.DeadlineUs != r.nowUs+22_000_000 {
		t.Fatalf("remaining %d", p.DeadlineUs-r.nowUs)
	}
	r.do(t, Command{Cue: CueUndo})
	r.do(t, Command{Cue: CueUndo})
	if p := r.s.CurrentPlay(); p.Status != PlayPaused || p.RemainingUs != 12_000_000 {
		t.Fatalf("%+v", p)
	}
}

func TestUndoOfExtendNeverTakesTimeThatRuns(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(1, 0))
	r.start(t)
	r.do(t, Command{Cue: CueNext})
	r.do(t, Command{Cue: CueOpen})
	r.nowUs += 19_000_000
	r.do(t, Command{Cue: CueExtend})
	r.nowUs += 2_000_000
	r.refused(t, Command{Cue: CueUndo}, "undo_time_up")
}

func TestReplaceByReserve(t *testing.T) {
	r := newRide(DefaultSettings(), testItems(2, 1))
	r.start(t)
	r.do(t, Command{Cue: CueNext})
	r.do(t, Command{Cue: CueOpen})
	r.refused(t, Command{Cue: CueReplace}, "item_still_open")
	r.do(t, Command{Cue: CueClose})
	r.tick(t)
	r.do(t, Command{Cue: CueReplace})
	if r.s.Plays[0].Status != PlayReplaced || r.s.CurrentPlay().ItemID != 3 {
		t.Fatalf("%+v", r.s.Plays)
	}
	r.do(t, Command{Cue: CueUndo})
	if r.s.Plays[0].Status != PlayClosed || r.s.Current != 1 {
		t.Fatalf("%+v", r.s.Plays)
	}
	r.do(t, Command{Cue: CueReplace})
	r.do(t, Command{Cue: CueOpen})
	r.do(t, Command{Cue: CueUndo}) // shown again, as another play
	r.do(t, Command{Cue: CueUndo}) // and the replacement
	if r.s.Current != 1 || r.s.CurrentPlay().Status != PlayClosed {
		t.Fatalf("%+v", r.s.Plays)
	}
	r.do(t, Command{Cue: CueReplace})
	r.do(t, Command{Cue: CueOpen})
	r.do(t, Command{Cue: CueClose})
	r.tick(t)
	r.refused(t, Command{Cue: CueReplace}, "no_reserve_item")
}

func TestAutoAdvanceRunsAloneAndUndoHoldsIt(t *testing.T) {
	settings := DefaultSettings()
	settings.AutoAdvance = true
	r := newRide(settings, testItems(2, 0))
	r.start(t)
	want := []EventKind{EventShown, EventOpened, EventClosed, EventRevealed, EventShown, EventOpened, EventClosed, EventRevealed}
	for i, kind := range want {
		if e := r.tick(t); e.Kind != kind {
			t.Fatalf("step %d: %s, want %s", i, e.Kind, kind)
		}
	}
	if _, ok := NextDue(&r.s); ok {
		t.Fatal("the round must be finished by a person")
	}
	r.do(t, Command{Cue: CueUndo})
	if _, ok := NextDue(&r.s); ok {
		t.Fatal("the clock would reveal again what was just hidden")
	}
}
