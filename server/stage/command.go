package stage

// Cue names what the host (or the clock) wants to happen.
type Cue string

// Cues.
const (
	CueStart   Cue = "start"
	CueNext    Cue = "next" // show the next item, or the named one
	CueOpen    Cue = "open"
	CueClose   Cue = "close"
	CueReveal  Cue = "reveal"
	CuePause   Cue = "pause"
	CueResume  Cue = "resume"
	CueExtend  Cue = "extend"
	CueVoid    Cue = "void"
	CueReplace Cue = "replace"
	CueCorrect Cue = "correct"
	CueScreen  Cue = "screen"
	CueBoard   Cue = "board"
	CueAuto    Cue = "auto"
	CueMedia   Cue = "media" // the projector plays the sound or film of the item on stage, or stops
	CueFinish  Cue = "finish"
	CueScored  Cue = "scored"
	CueUndo    Cue = "undo"
)

// Command asks for a change. By is 0 when the clock gives it: then Play and DueUs say what the timer was set for, and a
// timer that fires twice, or late, finds that its moment has passed.
type Command struct {
	Cue     Cue
	By      int64
	Play    int32
	DueUs   int64
	Timer   bool
	Item    int64
	Version int64
	Policy  VoidPolicy
	Screen  Screen
	On      bool
	Reason  string
	// Settings and Items are the timeline that a start freezes.
	Settings Settings
	Items    []Item
}

// Due is the next moment at which the clock gives a cue by itself.
type Due struct {
	Command Command
	AtUs    int64
	// Close tells that this is the end of an item: the closer adds its own conditions.
	Close bool
}

// NextDue tells what the clock is to do next, if anything.
func NextDue(s *State) (Due, bool) {
	p := s.CurrentPlay()
	if s.Phase != PhaseRunning && s.Phase != PhasePaused {
		return Due{}, false
	}
	if p != nil && (p.Status == PlayOpen || p.Status == PlayClosing) {
		at := p.DeadlineUs + s.Settings.GraceUs() + DrainUs
		return Due{Command: Command{Cue: CueClose, Timer: true, Play: p.Number, DueUs: p.DeadlineUs}, AtUs: at, Close: true}, true
	}
	if !s.Auto || s.AutoHeld || s.Phase != PhaseRunning {
		return Due{}, false
	}
	due := func(cue Cue, sinceUs, afterS int64) (Due, bool) {
		at := max(sinceUs, s.AutoSinceUs) + afterS*1_000_000
		return Due{Command: Command{Cue: cue, Timer: true, Play: s.Current, DueUs: at}, AtUs: at}, true
	}
	switch {
	case p == nil:
		if s.NextItem(false) != nil {
			return due(CueNext, s.StartedUs, s.Settings.NextAfterS)
		}
	case p.Status == PlayShown:
		return due(CueOpen, p.ShownUs, s.Settings.OpenAfterS)
	case p.Status == PlayClosed && !p.Exposed:
		return due(CueReveal, p.ClosedUs, s.Settings.RevealAfter)
	case p.Status == PlayRevealed:
		if s.NextItem(false) != nil {
			return due(CueNext, p.RevealedUs, s.Settings.NextAfterS)
		}
	}
	return Due{}, false
}
