// Package stage runs a host-led round: everybody gets the same item at the same moment, the host (or the clock) gives
// the cues, and answers are durable before they are acknowledged.
//
// Step decides and Apply changes; nothing else ever does. The room must never let a client's clock decide anything,
// acknowledge a response that isn't committed, nor put a right answer into anything a contestant or the audience can
// read before the reveal.
package stage

// Phase is where the round is in its life.
type Phase string

// Phases, in order; running and paused alternate.
const (
	PhasePlanned Phase = "planned" // no items yet
	PhaseReady   Phase = "ready"   // the waiting room is open
	PhaseRunning Phase = "running"
	PhasePaused  Phase = "paused"
	PhaseClosed  Phase = "closed" // no more items; corrections are still possible
	PhaseScored  Phase = "scored" // the scores are handed on; only a void or a corrected key still changes them
)

// PlayStatus is where one play is. A play is one time that an item is put to the entries: an item that is opened again
// after an undo is another play, so that responses to the first opening can't leak into the second.
type PlayStatus string

// Statuses of a play.
const (
	PlayShown     PlayStatus = "shown"     // on the screen for reading; nobody can answer yet
	PlayOpen      PlayStatus = "open"      // answers are taken until the deadline
	PlayPaused    PlayStatus = "paused"    // the clock of an open play stands still
	PlayClosing   PlayStatus = "closing"   // the host closed it; answers on their way are still being stored
	PlayClosed    PlayStatus = "closed"    // no answer can come any more
	PlayRevealed  PlayStatus = "revealed"  // the right answer is public
	PlayWithdrawn PlayStatus = "withdrawn" // undone: counts for nothing, the item may be played again
	PlayReplaced  PlayStatus = "replaced"  // a reserve item took its place: counts for nothing, the item is used up
)

// Screen is what the projector shows.
type Screen string

// Screens of the projector.
const (
	ScreenWaiting  Screen = "waiting"
	ScreenBlack    Screen = "black"
	ScreenQuestion Screen = "question"
	ScreenBoard    Screen = "board"
)

// Scoring says what a right answer is worth.
type Scoring string

// Ways of scoring.
const (
	ScoringFixed Scoring = "fixed" // the points of the item
	ScoringSpeed Scoring = "speed" // P × (1 − (t / T) / 2)
)

// VoidPolicy says who scores on an item that was taken out.
type VoidPolicy string

// Policies of a void.
const (
	VoidNone      VoidPolicy = ""
	VoidNobody    VoidPolicy = "nobody"
	VoidEverybody VoidPolicy = "everybody"
)

// Times that are rules of the engine rather than of a contest, in microseconds.
const (
	// DrainUs is how long after deadline + grace the closer waits for answers that are on their way to Postgres.
	DrainUs int64 = 500_000
	// ShownCapUs is the most that a late delivery of an item can be credited.
	ShownCapUs int64 = 1_000_000
	// ExtendUs is what one "+10 s" adds.
	ExtendUs int64 = 10_000_000
)

// Settings are the rules a round runs with. They are stored with the round, and copied into its first event: changing
// them later can't change a round that has started.
type Settings struct {
	Scoring Scoring `json:"scoring" enum:"fixed,speed" doc:"What a right answer is worth: the item's points, or less the later it comes"`
	// Points and WrongLoss are hundredths of a point.
	Points      int64 `json:"points" minimum:"0" maximum:"10000000" doc:"Points of an item that names none, in hundredths of a point"`
	WrongLoss   int64 `json:"wrong_loss" minimum:"0" maximum:"10000000" doc:"Points taken off for a wrong answer, in hundredths of a point"`
	DurationS   int64 `json:"duration_s" minimum:"3" maximum:"3600" doc:"Seconds to answer an item that names none"`
	GraceMs     int64 `json:"grace_ms" minimum:"0" maximum:"3000" doc:"How late an answer may arrive after the deadline and still count, for the way through the network"`
	ShowTime    bool  `json:"show_time" doc:"Whether the time used is shown and counts; off means accuracy only"`
	ShowBoard   bool  `json:"show_board" doc:"Whether the board is public during the round"`
	AutoAdvance bool  `json:"auto_advance" doc:"The clock gives the cues that the host doesn't"`
	OpenAfterS  int64 `json:"open_after_s" minimum:"0" maximum:"600" doc:"With automatic advance: seconds from showing an item to opening it"`
	RevealAfter int64 `json:"reveal_after_s" minimum:"0" maximum:"600" doc:"With automatic advance: seconds from the close to the reveal"`
	NextAfterS  int64 `json:"next_after_s" minimum:"0" maximum:"600" doc:"With automatic advance: seconds from the reveal to the next item"`
}

// DefaultSettings suit a round that may decide a cut: fixed points, no speed.
func DefaultSettings() Settings {
	return Settings{
		Scoring: ScoringFixed, Points: 1000, DurationS: 20, GraceMs: 500,
		ShowTime: true, ShowBoard: true, OpenAfterS: 5, RevealAfter: 3, NextAfterS: 8,
	}
}

// GraceUs is the grace in microseconds.
func (s Settings) GraceUs() int64 { return s.GraceMs * 1000 }

// Item is one line of the timeline as it was when the round started.
type Item struct {
	ID         int64 `json:"id"`
	VersionID  int64 `json:"version_id"`
	Points     int64 `json:"points"`
	DurationUs int64 `json:"duration_us"`
	Reserve    bool  `json:"reserve,omitempty"`
}

// Span is a stretch of time that doesn't count: a pause, or the gap between a close and its undo.
type Span struct {
	FromUs int64
	ToUs   int64
}

// Play is one time that an item was put to the entries.
type Play struct {
	Number       int32
	ItemID       int64
	VersionID    int64 // what was shown
	KeyVersionID int64 // whose key counts: another version after a corrected key
	Points       int64
	DurationUs   int64
	Status       PlayStatus
	ShownUs      int64
	OpensUs      int64
	DeadlineUs   int64 // while open or later; moved by close, extend, resume
	RemainingUs  int64 // while paused
	Stops        []Span
	ClosedUs     int64
	RevealedUs   int64
	// Exposed stays true once the answer was public, even if the reveal was undone: such a play never opens again.
	Exposed bool
	Void    VoidPolicy
	// Was is the status before the play was replaced, for undo.
	Was PlayStatus
	// Rev is the seq of the last event that may have changed who scores what on this play.
	Rev int64
}

// Running tells whether answers may still come in, now or after a pause.
func (p *Play) Running() bool {
	return p.Status == PlayOpen || p.Status == PlayPaused || p.Status == PlayClosing
}

// ElapsedUs is the time that counts between start and end: stops are left out.
func (p *Play) ElapsedUs(startUs, endUs int64) int64 {
	t := endUs - startUs
	for _, s := range p.Stops {
		from, to := max(s.FromUs, startUs), min(s.ToUs, endUs)
		if to > from {
			t -= to - from
		}
	}
	return max(t, 0)
}

// Done is a cue that can be undone, with what its undo needs to know.
type Done struct {
	Seq         int64
	Kind        EventKind
	Play        int32
	PrevPlay    int32
	PrevScreen  Screen
	PrevVoid    VoidPolicy
	PrevKey     int64
	PrevFlag    bool
	PrevPhase   Phase
	RemainingUs int64
	AddedUs     int64
	AtUs        int64
	Clock       bool // the cue stopped or started a play's clock
}

// State is everything the events of a round amount to.
type State struct {
	Seq        int64
	LastUs     int64
	Phase      Phase
	Settings   Settings
	Items      []Item
	Plays      []Play // play n is Plays[n-1]
	Current    int32  // the play on stage; 0: none
	Screen     Screen
	BoardShown bool
	Auto       bool
	// MediaOn: the projector plays what the item on stage has to be heard or seen, since MediaUs.
	MediaOn bool
	MediaUs int64
	// AutoHeld: after an undo the clock gives no cues until the host gives one, or it would repeat what was undone.
	AutoHeld    bool
	AutoSinceUs int64
	StartedUs   int64
	FinishedUs  int64
	Done        []Done
}

// NewState is a round before its first event.
func NewState(phase Phase, settings Settings, items []Item) State {
	return State{Phase: phase, Settings: settings, Items: items, Screen: ScreenWaiting, BoardShown: settings.ShowBoard}
}

// Play gives play n, or nil.
func (s *State) Play(n int32) *Play {
	if n < 1 || int(n) > len(s.Plays) {
		return nil
	}
	return &s.Plays[n-1]
}

// CurrentPlay is the play on stage, or nil.
func (s *State) CurrentPlay() *Play { return s.Play(s.Current) }

// Item finds a line of the timeline.
func (s *State) Item(id int64) *Item {
	for i := range s.Items {
		if s.Items[i].ID == id {
			return &s.Items[i]
		}
	}
	return nil
}

// Used tells whether an item has been put to the entries in a way that stands.
func (s *State) Used(itemID int64) bool {
	for i := range s.Plays {
		if s.Plays[i].ItemID == itemID && s.Plays[i].Status != PlayWithdrawn {
			return true
		}
	}
	return false
}

// NextItem is the next item of the timeline (or the next reserve item) that hasn't been used, or nil.
func (s *State) NextItem(reserve bool) *Item {
	for i := range s.Items {
		if s.Items[i].Reserve == reserve && !s.Used(s.Items[i].ID) {
			return &s.Items[i]
		}
	}
	return nil
}

// Counts tells whether a play counts towards the scores: from its reveal on, or from the end of the round. Nothing
// that hints at the right answer leaves before.
func (s *State) Counts(p *Play) bool {
	switch p.Status {
	case PlayRevealed:
		return true
	case PlayClosed:
		return s.Phase == PhaseClosed || s.Phase == PhaseScored
	}
	return false
}

// clone copies what Apply may change.
func (s State) clone() State {
	s.Items = append([]Item(nil), s.Items...)
	s.Plays = append([]Play(nil), s.Plays...)
	for i := range s.Plays {
		s.Plays[i].Stops = append([]Span(nil), s.Plays[i].Stops...)
	}
	s.Done = append([]Done(nil), s.Done...)
	return s
}
