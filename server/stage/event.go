package stage

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// EventKind names what happened.
type EventKind string

// Kinds of events. Each cue makes exactly one event, so that undoing a cue is undoing an event.
const (
	EventStarted   EventKind = "started"
	EventShown     EventKind = "shown"
	EventOpened    EventKind = "opened"
	EventStopped   EventKind = "stopped" // the host closed before the deadline
	EventClosed    EventKind = "closed"  // the last answer that counts is stored
	EventRevealed  EventKind = "revealed"
	EventPaused    EventKind = "paused"
	EventResumed   EventKind = "resumed"
	EventExtended  EventKind = "extended"
	EventVoided    EventKind = "voided"
	EventReplaced  EventKind = "replaced"
	EventCorrected EventKind = "corrected"
	EventScreen    EventKind = "screen"
	EventBoard     EventKind = "board"
	EventAuto      EventKind = "auto"
	EventMedia     EventKind = "media"
	EventFinished  EventKind = "finished"
	EventScored    EventKind = "scored"
	EventUndone    EventKind = "undone"
)

// Event is one thing that happened in a round. Its bytes are stored, hashed and never rewritten; a field's meaning
// never changes.
type Event struct {
	Seq        int64      `json:"seq"`
	AtUs       int64      `json:"at_us"`
	Kind       EventKind  `json:"kind"`
	By         int64      `json:"by,omitempty"` // account; 0: the clock
	Play       int32      `json:"play,omitempty"`
	Item       int64      `json:"item,omitempty"`
	Version    int64      `json:"version,omitempty"`
	OldPlay    int32      `json:"old_play,omitempty"`
	DeadlineUs int64      `json:"deadline_us,omitempty"`
	AddedUs    int64      `json:"added_us,omitempty"`
	Remaining  int64      `json:"remaining_us,omitempty"`
	Policy     VoidPolicy `json:"policy,omitempty"`
	Screen     Screen     `json:"screen,omitempty"`
	On         bool       `json:"on,omitempty"`
	Undoes     int64      `json:"undoes,omitempty"`
	UndoesKind EventKind  `json:"undoes_kind,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Settings   *Settings  `json:"settings,omitempty"`
	Items      []Item     `json:"items,omitempty"`
}

// Encode gives the canonical bytes: fields in the order of the struct, integers only, no escaping of HTML.
func (e Event) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// DecodeEvent reads stored bytes back; unknown fields are an error, for they would change the meaning.
func DecodeEvent(raw []byte) (Event, error) {
	var e Event
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return Event{}, fmt.Errorf("stage event: %w", err)
	}
	return e, nil
}

// Replay applies events in order.
func Replay(s State, events []Event) State {
	for _, e := range events {
		s = Apply(s, e)
	}
	return s
}
