package stage

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

var allCues = []Cue{CueStart, CueNext, CueOpen, CueClose, CueReveal, CuePause, CueResume, CueExtend, CueVoid, CueReplace,
	CueCorrect, CueScreen, CueBoard, CueAuto, CueFinish, CueUndo}

// essence is what people could notice of a state: undoing a cue at once must bring it back.
func essence(s State) any {
	type play struct {
		Item      int64
		Key       int64
		Status    PlayStatus
		Remaining int64
		Void      VoidPolicy
	}
	var plays []play
	for _, p := range s.Plays {
		if p.Status == PlayWithdrawn {
			continue
		}
		q := play{p.ItemID, p.KeyVersionID, p.Status, p.RemainingUs, p.Void}
		if p.Status == PlayOpen || p.Status == PlayClosing {
			q.Remaining = max(p.DeadlineUs-s.LastUs, 0)
		}
		plays = append(plays, q)
	}
	current := int64(0)
	if p := s.CurrentPlay(); p != nil {
		current = p.ItemID
	}
	return []any{s.Phase, plays, current, s.Screen, s.BoardShown, s.Auto, len(s.Done)}
}

func checkState(t *rapid.T, s State) {
	active, used := 0, map[int64]bool{}
	for i := range s.Plays {
		p := &s.Plays[i]
		if int(p.Number) != i+1 || p.Rev > s.Seq {
			t.Fatalf("play %d: number %d rev %d seq %d", i+1, p.Number, p.Rev, s.Seq)
		}
		if p.Status != PlayWithdrawn {
			if used[p.ItemID] {
				t.Fatalf("item %d stands twice", p.ItemID)
			}
			used[p.ItemID] = true
		}
		if p.Status == PlayShown || p.Running() {
			active++
			if s.Current != p.Number {
				t.Fatalf("play %d is %s but %d is on stage", p.Number, p.Status, s.Current)
			}
		}
		if p.Exposed && p.Running() {
			t.Fatal("an answer that was public can be answered")
		}
		if p.Status == PlayPaused && (s.Phase != PhasePaused || p.RemainingUs <= 0) {
			t.Fatalf("paused play in phase %s with %d left", s.Phase, p.RemainingUs)
		}
		if p.Status == PlayOpen && p.DeadlineUs <= p.OpensUs {
			t.Fatal("the deadline is before the opening")
		}
		for _, stop := range p.Stops {
			if stop.ToUs < stop.FromUs || stop.FromUs < p.OpensUs {
				t.Fatalf("stop %+v", stop)
			}
		}
		if p.Status == PlayRevealed != (p.RevealedUs != 0) && p.Status != PlayReplaced {
			t.Fatalf("%s with reveal at %d", p.Status, p.RevealedUs)
		}
	}
	if active > 1 || s.Phase == PhaseReady && active > 0 || s.Phase == PhaseClosed && active > 0 {
		t.Fatalf("%d plays are active in phase %s", active, s.Phase)
	}
	if s.Screen == ScreenQuestion && s.Current == 0 {
		t.Fatal("the projector shows a question that isn't there")
	}
}

// TestAnySequence gives random cues and lets random time pass.
func TestAnySequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		settings := DefaultSettings()
		settings.AutoAdvance = rapid.Bool().Draw(t, "auto")
		base := NewState(PhaseReady, settings, testItems(3, 2))
		r := &ride{s: base, nowUs: 1_000_000}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			r.nowUs += rapid.SampledFrom([]int64{0, 1, 300_000, 1_000_000, 9_000_000, 30_000_000}).Draw(t, "dt")
			c := Command{Cue: rapid.SampledFrom(allCues).Draw(t, "cue"), By: 7}
			switch c.Cue {
			case CueStart:
				c.Settings, c.Items = settings, base.Items
			case CueVoid:
				c.Play, c.Policy = rapid.Int32Range(0, 4).Draw(t, "play"), rapid.SampledFrom([]VoidPolicy{VoidNone, VoidNobody, VoidEverybody}).Draw(t, "policy")
			case CueCorrect:
				c.Play, c.Version = rapid.Int32Range(0, 4).Draw(t, "play"), rapid.Int64Range(0, 3).Draw(t, "version")
			case CueScreen:
				c.Screen = rapid.SampledFrom([]Screen{ScreenBlack, ScreenBoard, ScreenWaiting, ScreenQuestion}).Draw(t, "screen")
			case CueBoard, CueAuto:
				c.On = rapid.Bool().Draw(t, "on")
			case CueNext, CueReplace:
				c.Item = rapid.SampledFrom([]int64{0, 0, 0, 1, 4, 99}).Draw(t, "item")
			}
			if rapid.IntRange(0, 3).Draw(t, "timer") == 0 {
				if due, ok := NextDue(&r.s); ok {
					if r.nowUs < due.AtUs {
						if _, f := Step(r.s, due.Command, r.nowUs); f == nil || f.Code != "timer_early" {
							t.Fatalf("an early timer was obeyed: %v", f)
						}
						r.nowUs = due.AtUs
					}
					c = due.Command
				}
			}
			before := r.s.clone()
			events, f := Step(r.s, c, r.nowUs)
			if !reflect.DeepEqual(before, r.s.clone()) {
				t.Fatal("Step changed the state")
			}
			if f != nil {
				continue
			}
			if len(events) != 1 || events[0].Seq != r.s.Seq+1 {
				t.Fatalf("events %+v", events)
			}
			prev := r.s
			r.apply(events)
			if !reflect.DeepEqual(before, prev.clone()) {
				t.Fatal("Apply changed the state it was given")
			}
			checkState(t, r.s)
			e := events[0]
			if e.DeadlineUs != 0 && e.DeadlineUs <= e.AtUs {
				t.Fatalf("%s opens until %d at %d", e.Kind, e.DeadlineUs, e.AtUs)
			}
			if c.Timer {
				if _, f := Step(r.s, c, r.nowUs); f == nil {
					t.Fatalf("timer %+v fired twice", c)
				}
				if len(r.s.Done) == len(prev.Done) {
					continue
				}
			}
			if c.Cue != CueUndo && len(r.s.Done) > len(prev.Done) {
				undo, f := Step(r.s, Command{Cue: CueUndo}, r.nowUs)
				if f != nil {
					if e.Kind == EventExtended && prev.Play(e.Play).DeadlineUs <= e.AtUs || e.Kind == EventStopped && r.s.Play(e.Play).Exposed {
						continue
					}
					t.Fatalf("%s can't be undone at once: %v", e.Kind, f)
				}
				back := Apply(r.s, undo[0])
				checkState(t, back)
				prev.LastUs = back.LastUs
				if !reflect.DeepEqual(essence(back), essence(prev)) {
					t.Fatalf("undo of %s:\n%+v\n%+v", e.Kind, essence(prev), essence(back))
				}
			}
		}
		// What is stored is what happened.
		again := base
		for _, e := range r.events {
			raw, err := e.Encode()
			if err != nil {
				t.Fatal(err)
			}
			stored, err := DecodeEvent(raw)
			if err != nil {
				t.Fatal(err)
			}
			twice, _ := stored.Encode()
			if string(twice) != string(raw) {
				t.Fatalf("bytes differ:\n%s\n%s", raw, twice)
			}
			again = Apply(again, stored)
		}
		if !reflect.DeepEqual(again.clone(), r.s.clone()) {
			t.Fatal("replay is not the state")
		}
	})
}
