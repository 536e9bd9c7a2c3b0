package stage

import (
	"context"
	"reflect"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/live"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/stage/stagedb"
)

// ConsoleView is what the host and the organizers see: everything.
type ConsoleView struct {
	Head
	Settings Settings `json:"settings"`
	Screen   Screen   `json:"screen" enum:"waiting,black,question,board"`
	MediaPlaying
	Auto     bool          `json:"auto"`
	AutoHeld bool          `json:"auto_held" doc:"After an undo the clock waits for the host's next cue"`
	AutoAtUs int64         `json:"auto_at_us,omitzero" doc:"When the clock gives the next cue by itself"`
	Timeline []ConsoleItem `json:"timeline"`
	Play     *ConsolePlay  `json:"play,omitempty"`
	Next     *ConsoleNext  `json:"next,omitempty" doc:"The item that comes next"`
	NextCue  Cue           `json:"next_cue,omitempty" doc:"What the big button does"`
	Cues     []Cue         `json:"cues" doc:"What is possible now"`
	Undo     *ConsoleUndo  `json:"undo,omitempty" doc:"The cue that an undo takes back"`
	Events   []EventView   `json:"events" doc:"The last ones, newest first"`
}

// ConsoleItem is a line of the timeline.
type ConsoleItem struct {
	ID         int64      `json:"id"`
	VersionID  int64      `json:"version_id"`
	Type       string     `json:"type"`
	Stem       string     `json:"stem"`
	Points     int64      `json:"points"`
	DurationUs int64      `json:"duration_us"`
	Reserve    bool       `json:"reserve"`
	Play       int32      `json:"play,omitzero" doc:"Its play; none while it is to come"`
	Status     PlayStatus `json:"status,omitempty" enum:"shown,open,paused,closing,closed,revealed,replaced"`
	Void       VoidPolicy `json:"void,omitempty" enum:"nobody,everybody"`
}

// ConsolePlay is the item on stage with its key.
type ConsolePlay struct {
	PlayView
	ItemID       int64        `json:"item_id"`
	KeyVersionID int64        `json:"key_version_id"`
	Content      bank.Content `json:"content"`
	Key          bank.Key     `json:"key" doc:"The key that counts; another than the content's after a correction"`
}

// ConsoleNext is the item that comes next.
type ConsoleNext struct {
	ID         int64        `json:"id"`
	Points     int64        `json:"points"`
	DurationUs int64        `json:"duration_us"`
	Content    bank.Content `json:"content"`
}

// ConsoleUndo says what an undo takes back, and until when it can.
type ConsoleUndo struct {
	Kind    EventKind `json:"kind"`
	Play    int32     `json:"play,omitzero"`
	UntilUs int64     `json:"until_us,omitzero" doc:"Contest time after which it is too late; none: no limit"`
}

// EventView is a line of the log.
type EventView struct {
	Seq    int64      `json:"seq"`
	AtUs   int64      `json:"at_us"`
	Kind   EventKind  `json:"kind"`
	By     int64      `json:"by,omitzero" doc:"Account; none: the clock"`
	Play   int32      `json:"play,omitzero"`
	Undoes EventKind  `json:"undoes,omitempty"`
	Policy VoidPolicy `json:"policy,omitempty"`
	Screen Screen     `json:"screen,omitempty"`
	On     bool       `json:"on,omitzero"`
	Reason string     `json:"reason,omitempty"`
}

// ConsoleCounts says who is there and who has answered: numbers, and the names that the host looks for.
type ConsoleCounts struct {
	Play      int32      `json:"play,omitzero"`
	Entries   int        `json:"entries"`
	Connected int        `json:"connected"`
	Answered  int        `json:"answered" doc:"Entries with a saved answer to the play"`
	Absent    []EntryRef `json:"absent" doc:"Not connected; at most 60"`
	Waiting   []EntryRef `json:"waiting" doc:"No saved answer to the open item; at most 60"`
}

// EntryRef names an entry.
type EntryRef struct {
	ID     int64  `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
}

const (
	loggedEvents = 60
	namedEntries = 60
	stemInList   = 160
)

func consoleView(head Head, in info, s *State, events []Event, contents map[int64]Version) ConsoleView {
	v := ConsoleView{Head: head, Settings: s.Settings, Screen: s.Screen, MediaPlaying: MediaPlaying{s.MediaOn, s.MediaUs}, Auto: s.Auto, AutoHeld: s.AutoHeld,
		Timeline: []ConsoleItem{}, Cues: possible(s), NextCue: nextCue(s), Events: []EventView{}}
	if due, ok := NextDue(s); ok && !due.Close {
		v.AutoAtUs = due.AtUs
	}
	for _, it := range s.Items {
		c := contents[it.VersionID].Content
		line := ConsoleItem{ID: it.ID, VersionID: it.VersionID, Type: string(c.Type), Stem: cut(bank.PlainText(c.PlainStem()), stemInList),
			Points: it.Points, DurationUs: it.DurationUs, Reserve: it.Reserve}
		for i := range s.Plays {
			if p := &s.Plays[i]; p.ItemID == it.ID && p.Status != PlayWithdrawn {
				line.Play, line.Status, line.Void = p.Number, p.Status, p.Void
			}
		}
		v.Timeline = append(v.Timeline, line)
	}
	if play := playView(s, contents); play != nil {
		p := s.CurrentPlay()
		v.Play = &ConsolePlay{PlayView: *play, ItemID: p.ItemID, KeyVersionID: p.KeyVersionID,
			Content: contents[p.VersionID].Content, Key: contents[p.KeyVersionID].Content.Key}
	}
	if it := s.NextItem(false); it != nil && s.Phase != PhaseClosed && s.Phase != PhaseScored {
		v.Next = &ConsoleNext{ID: it.ID, Points: it.Points, DurationUs: it.DurationUs, Content: contents[it.VersionID].Content}
	}
	v.Undo = undoView(s)
	for i := len(events) - 1; i >= 0 && len(v.Events) < loggedEvents; i-- {
		e := events[i]
		v.Events = append(v.Events, EventView{Seq: e.Seq, AtUs: e.AtUs, Kind: e.Kind, By: e.By, Play: e.Play, Undoes: e.UndoesKind,
			Policy: e.Policy, Screen: e.Screen, On: e.On, Reason: e.Reason})
	}
	return v
}

func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

// undoView tells what an undo would do, as of the last event, and when it becomes too late.
func undoView(s *State) *ConsoleUndo {
	d, f := UndoDone(s, s.LastUs)
	if f != nil {
		return nil
	}
	u := &ConsoleUndo{Kind: d.Kind, Play: d.Play}
	p := s.Play(d.Play)
	switch {
	case d.Kind == EventOpened, d.Kind == EventResumed && d.Clock:
		u.UntilUs = p.DeadlineUs
	case d.Kind == EventExtended && p.Status == PlayOpen:
		u.UntilUs = p.DeadlineUs - d.AddedUs
	}
	return u
}

// nextCue is the usual next thing.
func nextCue(s *State) Cue {
	switch s.Phase {
	case PhaseReady:
		return CueStart
	case PhasePaused:
		return CueResume
	case PhaseClosed:
		return CueScored
	case PhasePlanned, PhaseScored:
		return ""
	case PhaseRunning:
	}
	if p := s.CurrentPlay(); p != nil {
		switch p.Status {
		case PlayShown:
			return CueOpen
		case PlayOpen:
			return CueClose
		case PlayClosing:
			return CueReveal // not possible yet, but what comes
		case PlayClosed:
			return CueReveal
		}
	}
	if s.NextItem(false) != nil {
		return CueNext
	}
	return CueFinish
}

// possible asks Step itself what would be accepted now.
func possible(s *State) []Cue {
	cues := []Cue{}
	for _, c := range []Command{
		{Cue: CueStart, Settings: s.Settings, Items: s.Items}, {Cue: CueNext}, {Cue: CueOpen}, {Cue: CueClose}, {Cue: CueReveal},
		{Cue: CuePause}, {Cue: CueResume}, {Cue: CueExtend}, {Cue: CueVoid, Play: s.Current, Policy: VoidNobody},
		{Cue: CueReplace}, {Cue: CueFinish}, {Cue: CueScored}, {Cue: CueAuto, On: !s.Auto}, {Cue: CueMedia, On: !s.MediaOn}, {Cue: CueBoard, On: !s.BoardShown},
		{Cue: CueUndo},
	} {
		if _, f := Step(*s, c, s.LastUs); f == nil {
			cues = append(cues, c.Cue)
		}
	}
	return cues
}

// countAll tells the consoles on this node who is there and who has answered, and the hall how many have, at most twice a
// second and only when something has changed.
func (s *Service) countAll(ctx context.Context) {
	for _, r := range s.allRooms() {
		console, hall := s.cfg.Hub.Count(organizerTopic(r.id)) > 0, s.cfg.Hub.Count(audienceTopic(r.id)) > 0
		if !console && !hall {
			continue
		}
		counts, err := r.count(ctx)
		s.health.Report(err)
		if err != nil {
			continue // the console keeps the last numbers; the next half second asks again
		}
		r.mu.Lock()
		same := reflect.DeepEqual(counts, r.counts)
		r.counts = counts
		public := HallCount{Play: counts.Play, Entries: counts.Entries, Answered: counts.Answered}
		sameHall := public == r.hallCount
		r.hallCount = public
		r.mu.Unlock()
		if console && !same {
			s.cfg.Hub.Publish(organizerTopic(r.id), live.Message{Kind: KindCounts, Data: counts})
		}
		if hall && !sameHall {
			s.cfg.Hub.Publish(audienceTopic(r.id), live.Message{Kind: KindHallCount, Data: public})
		}
	}
}

func (r *room) count(ctx context.Context) (ConsoleCounts, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if !r.isLoaded() {
		return ConsoleCounts{Absent: []EntryRef{}, Waiting: []EntryRef{}}, nil
	}
	in, state := r.details(), r.snapshot()
	connected, err := r.s.q.ConnectedEntries(ctx, r.id)
	if err != nil {
		return ConsoleCounts{}, err
	}
	counts := ConsoleCounts{Entries: len(in.entries)}
	here := in.among(connected)
	counts.Connected, counts.Absent = len(here), in.missing(here)
	counts.Waiting = []EntryRef{}
	if p := state.CurrentPlay(); p != nil && p.OpensUs != 0 {
		answered, err := r.s.q.AnsweredEntries(ctx, stagedb.AnsweredEntriesParams{RoundID: r.id, Play: p.Number})
		if err != nil {
			return ConsoleCounts{}, err
		}
		with := in.among(answered)
		counts.Play, counts.Answered, counts.Waiting = p.Number, len(with), in.missing(with)
	}
	return counts, nil
}

func (in info) among(ids []int64) map[int64]bool {
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if _, ok := in.entryAt[id]; ok {
			set[id] = true
		}
	}
	return set
}

func (in info) missing(has map[int64]bool) []EntryRef {
	refs := []EntryRef{}
	for i := range in.entries {
		if e := &in.entries[i]; !has[e.ID] && len(refs) < namedEntries {
			refs = append(refs, refOf(e))
		}
	}
	return refs
}

func refOf(e *roster.Entry) EntryRef { return EntryRef{ID: e.ID, Number: e.Number, Name: e.Name} }
