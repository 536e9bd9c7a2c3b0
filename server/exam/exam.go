// Package exam runs online exam rounds: self-paced tests within a window, by everybody on their own device.
//
// Every response is committed before it is acknowledged, deadlines hold on the server's clock alone, and the clock
// submits what was saved when a browser never comes back. The room must never let a paper or a key leave before it may,
// take a response after its deadline, count a loss of focus against anybody, or change a score without an event that
// says who, why and what.
package exam

import (
	"slices"

	"github.com/hoithi/hoithi/server/timing"
)

// Phase is where a round stands.
type Phase string

// Phases. A round is planned while it is being set up; from ready on its periods open and close by the clock.
const (
	PhasePlanned Phase = "planned"
	PhaseReady   Phase = "ready"
	PhaseRunning Phase = "running" // at least one period has opened
	PhasePaused  Phase = "paused"
	PhaseClosed  Phase = "closed" // every period is over
	PhaseScored  Phase = "scored" // and everything is counted
)

// Finish says how an attempt ended.
type Finish string

// Finishes.
const (
	FinishSubmitted Finish = "submitted"
	FinishDeadline  Finish = "deadline" // the server submitted what was saved
)

// The places of a paper that hold no item.
const (
	PlaceGuess int16 = 0
	PlaceFlags int16 = -1
)

// Period is a stretch of time in which a round can be taken: a week of a weekly contest, or the whole of a round.
type Period struct {
	ID       int64    `json:"id"`
	Position int      `json:"position" doc:"1, 2, ..."`
	Name     string   `json:"name"`
	Windows  []Window `json:"windows" doc:"The first is everybody's (division 0); others are those of divisions"`
	// Actual is what the guess was about, in hundredths; nil: not known yet.
	Actual    *int64 `json:"actual,omitempty"`
	SettledUs int64  `json:"settled_us,omitzero"`
}

// Window is when a division (0: all without their own) may take a period.
type Window struct {
	DivisionID int64 `json:"division_id" minimum:"0"`
	OpensUs    int64 `json:"opens_us" minimum:"1" doc:"Contest time, microseconds since 1970"`
	ClosesUs   int64 `json:"closes_us" minimum:"1"`
}

// Window finds that of a division.
func (p Period) Window(division int64) (timing.Window, bool) {
	at := slices.IndexFunc(p.Windows, func(w Window) bool { return w.DivisionID == division })
	if at < 0 {
		at = slices.IndexFunc(p.Windows, func(w Window) bool { return w.DivisionID == 0 })
	}
	if at < 0 {
		return timing.Window{}, false
	}
	return timing.Window{OpensUs: p.Windows[at].OpensUs, ClosesUs: p.Windows[at].ClosesUs}, true
}

// ClosesUs is when the last window of the period closes.
func (p Period) ClosesUs() int64 {
	var last int64
	for _, w := range p.Windows {
		last = max(last, w.ClosesUs)
	}
	return last
}

// OpensUs is when the first window of the period opens; 0: it has none.
func (p Period) OpensUs() int64 {
	var first int64
	for _, w := range p.Windows {
		if first == 0 || w.OpensUs < first {
			first = w.OpensUs
		}
	}
	return first
}

// Allowance is what the overrides that hold for an entry add up to in a period.
type Allowance struct {
	ExtraUs  int64 // on top of every deadline
	OpensUs  int64 // another window; 0: the period's
	ClosesUs int64
	Attempts int // more than the round allows
}

// Apply gives the window that holds for an entry.
func (a Allowance) Apply(w timing.Window) timing.Window {
	if a.OpensUs != 0 {
		w.OpensUs = a.OpensUs
	}
	if a.ClosesUs != 0 {
		w.ClosesUs = a.ClosesUs
	}
	return w
}

// Override is an exception that holds for an entry.
type Override struct {
	ExtraUs  int64
	OpensUs  int64 // another window; 0: the period's
	ClosesUs int64
	Attempts int
}

// Allow adds exceptions up: extra times and attempts on top of each other, windows to the widest that was granted.
func Allow(list []Override) Allowance {
	var a Allowance
	for _, o := range list {
		a.ExtraUs += o.ExtraUs
		a.Attempts += o.Attempts
		if o.OpensUs != 0 && (a.OpensUs == 0 || o.OpensUs < a.OpensUs) {
			a.OpensUs = o.OpensUs
		}
		a.ClosesUs = max(a.ClosesUs, o.ClosesUs)
	}
	return a
}

// GiveBack is a window after a pause: what of it lay in the pause is added, to the microsecond. A window that was over
// before, or opens later, stays.
func GiveBack(w timing.Window, pausedUs, resumedUs int64) timing.Window {
	if w.ClosesUs <= pausedUs || w.OpensUs >= resumedUs || resumedUs <= pausedUs {
		return w
	}
	w.ClosesUs += resumedUs - max(w.OpensUs, pausedUs)
	return w
}
