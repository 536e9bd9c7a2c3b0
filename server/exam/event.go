package exam

import (
	"encoding/json"
	"fmt"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/scoring"
)

// EventKind says what happened to a round.
type EventKind string

// Kinds of events.
const (
	EventPrepared   EventKind = "prepared"   // the pools of a period were frozen
	EventUnprepared EventKind = "unprepared" // a period opened, and no paper can be drawn
	EventReady      EventKind = "ready"
	EventOpened     EventKind = "opened" // the first window of a period opened
	EventPaused     EventKind = "paused"
	EventResumed    EventKind = "resumed"  // ByUs: how long the pause was, which was given back
	EventExtended   EventKind = "extended" // ByUs: by how much
	EventOverride   EventKind = "override" // an exception was granted or revoked
	EventVoid       EventKind = "void"     // a version of an item counts by another policy
	EventCorrect    EventKind = "correct"  // a version of an item is scored by the key of another version
	EventPublished  EventKind = "published"
	EventSettled    EventKind = "settled" // a period is counted; Actual: what the guess was about
	EventClosed     EventKind = "closed"
	EventScored     EventKind = "scored"
)

// Event is something that happened to a round while people take it. What it says is kept as canonical bytes.
type Event struct {
	Seq  int64 `json:"-"`
	AtUs int64 `json:"-"`
	By   int64 `json:"-"` // account; 0: the clock

	Kind     EventKind `json:"kind"`
	PeriodID int64     `json:"period_id,omitempty"` // 0: all
	ByUs     int64     `json:"by_us,omitempty"`
	Pools    []string  `json:"pools,omitempty"` // hashes, hexadecimal
	Override int64     `json:"override,omitempty"`
	Entry    int64     `json:"entry,omitempty"`
	Unit     int64     `json:"unit,omitempty"`
	// Item and Version are what is voided or corrected, as it was drawn.
	Item    int64 `json:"item,omitempty"`
	Version int64 `json:"version,omitempty"`
	// Policy of a void; empty: it counts again.
	Policy scoring.Void `json:"policy,omitempty"`
	// KeyVersion is the version whose key is right; equal to Version: its own again.
	KeyVersion int64  `json:"key_version,omitempty"`
	Entrants   int64  `json:"entrants,omitempty"`
	AllRight   int64  `json:"all_right,omitempty"`
	Actual     *int64 `json:"actual,omitempty"` // hundredths
	Reason     string `json:"reason,omitempty"`
}

// Encode gives the bytes that are stored.
func (e Event) Encode() ([]byte, error) { return audit.Canonical(e) }

// DecodeEvent reads a stored event.
func DecodeEvent(seq, atUs, by int64, payload []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(payload, &e); err != nil {
		return e, fmt.Errorf("exam event %d: %w", seq, err)
	}
	e.Seq, e.AtUs, e.By = seq, atUs, by
	return e, nil
}

// Correction is how a version is scored otherwise than by its own key.
type Correction struct {
	Policy     scoring.Void
	KeyVersion int64 // 0: its own
}

// Corrections are those in force, by the version that was drawn.
type Corrections map[int64]Correction

// CorrectionsOf follows from the events alone.
func CorrectionsOf(events []Event) Corrections {
	c := Corrections{}
	for _, e := range events {
		c.add(e)
	}
	return c
}

func (c Corrections) add(e Event) {
	now := c[e.Version]
	switch e.Kind {
	case EventVoid:
		now.Policy = e.Policy
	case EventCorrect:
		if now.KeyVersion = e.KeyVersion; e.KeyVersion == e.Version {
			now.KeyVersion = 0
		}
	default:
		return
	}
	if now == (Correction{}) {
		delete(c, e.Version)
		return
	}
	c[e.Version] = now
}

// takePoints tells whether some item gives nobody points any more: then papers differ in the most that they can come to.
func (c Corrections) takePoints() bool {
	for _, x := range c {
		if x.Policy == scoring.VoidNobody {
			return true
		}
	}
	return false
}

// course is what the events of a round amount to.
type course struct {
	Opened      map[int64]bool // periods
	Unprepared  map[int64]bool
	Corrections Corrections
}

func courseOf(events []Event) course {
	c := course{Opened: map[int64]bool{}, Unprepared: map[int64]bool{}, Corrections: CorrectionsOf(events)}
	for _, e := range events {
		switch e.Kind {
		case EventOpened:
			c.Opened[e.PeriodID] = true
		case EventUnprepared:
			c.Unprepared[e.PeriodID] = true
		case EventPrepared:
			delete(c.Unprepared, e.PeriodID)
		default:
		}
	}
	return c
}
