package unit

import (
	"cmp"
	"slices"
)

// EventKind is what a unit's line of events tells.
type EventKind string

const (
	EventFounded   EventKind = "founded"
	EventRenamed   EventKind = "renamed"
	EventKindOf    EventKind = "kind" // it became another kind of unit
	EventMoved     EventKind = "moved"
	EventReceived  EventKind = "received"  // others merged into it
	EventFormed    EventKind = "formed"    // it was made of others
	EventSeparated EventKind = "separated" // a part of it became another unit
	EventMerged    EventKind = "merged"    // it went on in another one
	EventSplit     EventKind = "split"     // it went on in several
	EventDissolved EventKind = "dissolved"
	EventRevived   EventKind = "revived"
	EventRemoved   EventKind = "removed" // the act that founded it was taken back
	EventRecord    EventKind = "record"  // only what is written beside it: code, ground
)

// Event is something that happened to a unit.
type Event struct {
	Day    Day
	Kind   EventKind
	Ground string
	// Before and After are names or, for a move, the parents; "" is the top.
	Before, After string
	UnitIDs       []int64 // the others: parents, successors or predecessors
}

// Line tells what happened to a unit, oldest first. It follows from the periods and the successors.
func (t Tree) Line(id int64) []Event {
	h, ok := t.units[id]
	if !ok {
		return nil
	}
	var line []Event
	before := t.Predecessors(id)
	for i, p := range h.Periods {
		if i == 0 || h.Periods[i-1].To != p.From {
			line = append(line, t.start(p, before, i > 0)...)
			continue
		}
		line = append(line, t.step(h.Periods[i-1], p)...)
	}
	for _, s := range before { // units that joined one that was there
		if _, there := h.At(s.Since.before()); there {
			line = append(line, Event{Day: s.Since, Kind: EventReceived, Ground: t.groundOf(s), UnitIDs: []int64{s.UnitID}})
		}
	}
	line = append(line, t.finish(h)...)
	line = joined(line)
	slices.SortStableFunc(line, func(a, b Event) int { return cmp.Compare(a.Day, b.Day) })
	return line
}

func (t Tree) start(p Period, before []Successor, again bool) []Event {
	e := Event{Day: p.From, Kind: EventFounded, Ground: p.Ground, After: p.Name}
	for _, s := range before {
		if s.Since == p.From {
			e.Kind = EventFormed
			e.UnitIDs = append(e.UnitIDs, s.UnitID)
		}
	}
	switch {
	case e.Kind == EventFormed:
	case again:
		e.Kind = EventRevived
	case p.From == Always:
		return nil
	}
	return []Event{e}
}

func (t Tree) step(a, b Period) []Event {
	var line []Event
	if a.Name != b.Name || a.ShortName != b.ShortName {
		line = append(line, Event{Day: b.From, Kind: EventRenamed, Ground: b.Ground, Before: a.Name, After: b.Name})
	}
	if a.Kind != b.Kind {
		line = append(line, Event{Day: b.From, Kind: EventKindOf, Ground: b.Ground, Before: string(a.Kind), After: string(b.Kind)})
	}
	if a.ParentID != b.ParentID {
		line = append(line, Event{Day: b.From, Kind: EventMoved, Ground: b.Ground, Before: t.units[a.ParentID].Near(a.From).Name,
			After: t.units[b.ParentID].Near(b.From).Name, UnitIDs: []int64{a.ParentID, b.ParentID}})
	}
	return line
}

// finish tells how a unit ended, and what was taken from it before.
func (t Tree) finish(h History) []Event {
	var line []Event
	last := h.Periods[len(h.Periods)-1]
	var heirs []int64
	for _, s := range t.Successors(h.ID) {
		if s.Since == last.To {
			heirs = append(heirs, s.SuccessorID)
			continue
		}
		line = append(line, Event{Day: s.Since, Kind: EventSeparated, Ground: t.groundOf(s), UnitIDs: []int64{s.SuccessorID}})
	}
	if last.To == "" {
		return line
	}
	e := Event{Day: last.To, Kind: EventDissolved, Ground: last.EndGround, Before: last.Name, UnitIDs: heirs}
	switch {
	case len(heirs) == 1:
		e.Kind = EventMerged
	case len(heirs) > 1:
		e.Kind = EventSplit
	}
	return append(line, e)
}

// groundOf is the act by which one unit goes on in another.
func (t Tree) groundOf(s Successor) string {
	if h := t.units[s.UnitID]; len(h.Periods) > 0 {
		if last := h.Periods[len(h.Periods)-1]; last.To == s.Since && last.EndGround != "" {
			return last.EndGround
		}
	}
	p, _ := t.units[s.SuccessorID].At(s.Since)
	return p.Ground
}

// joined makes one event of several that differ only in the other unit.
func joined(line []Event) []Event {
	var out []Event
	for _, e := range line {
		i := slices.IndexFunc(out, func(o Event) bool {
			return o.Kind == e.Kind && o.Day == e.Day && (e.Kind == EventReceived || e.Kind == EventSeparated)
		})
		if i < 0 {
			out = append(out, e)
			continue
		}
		out[i].UnitIDs = append(out[i].UnitIDs, e.UnitIDs...)
	}
	return out
}

// Effect is what a change does to one unit.
type Effect struct {
	UnitID int64 // below zero: a new one
	Kind   EventKind
	// Before and After are names, kinds or the names of parents.
	Name, Before, After string
	Children            int // how many stand below it afterwards, or went elsewhere
}

// Effects compares two trees: what is different for each unit on the day and after it.
func Effects(old, next Tree, day Day) []Effect {
	var effects []Effect
	below := next.At(day)
	for _, id := range next.IDs() {
		now, there := next.units[id].At(day)
		was, before := old.units[id].At(day)
		switch {
		case there && !before:
			effects = append(effects, Effect{UnitID: id, Kind: EventFounded, Name: now.Name, After: next.units[now.ParentID].Near(day).Name, Children: below.HasChildren(id)})
		case before && !there:
			effects = append(effects, Effect{UnitID: id, Kind: EventDissolved, Name: was.Name, After: heirs(next, id, day)})
		case before && there:
			for _, e := range next.step(was, now) {
				effects = append(effects, Effect{UnitID: id, Kind: e.Kind, Name: was.Name, Before: e.Before, After: e.After})
			}
		}
	}
	return sortedEffects(effects)
}

// sortedEffects puts the graver effects first, each kind in Vietnamese order.
func sortedEffects(effects []Effect) []Effect {
	rank := map[EventKind]int{EventDissolved: 0, EventRemoved: 0, EventFounded: 1, EventRevived: 1, EventRenamed: 2, EventKindOf: 3,
		EventMoved: 4, EventRecord: 5}
	names := make([]string, len(effects))
	for i, e := range effects {
		names[i] = e.Name
	}
	order := sortedBy(names)
	at := make([]int, len(effects))
	for place, i := range order {
		at[i] = place
	}
	index := make([]int, len(effects))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank[effects[a].Kind], rank[effects[b].Kind]), cmp.Compare(at[a], at[b]))
	})
	out := make([]Effect, len(effects))
	for i, j := range index {
		out[i] = effects[j]
	}
	return out
}

func heirs(t Tree, id int64, day Day) string {
	var names string
	for _, s := range t.Successors(id) {
		if s.Since == day {
			if names != "" {
				names += ", "
			}
			names += t.units[s.SuccessorID].Near(day).Name
		}
	}
	return names
}

// before is the day before; Always stays.
func (d Day) before() Day { return d.shifted(-1) }
