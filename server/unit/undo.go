package unit

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/audit"
)

// ActKind is what was done to the tree: a kind of change, a correction, or an import.
type ActKind string

const (
	ActCorrect ActKind = "correct"
	ActImport  ActKind = "import"
)

// Act is something that was done to the tree, as it is remembered. It stays after it was taken back.
type Act struct {
	ID       int64
	Kind     ActKind
	Day      Day // "": of an import, each row has its own
	Ground   string
	At       time.Time
	Names    []string // the first units that it was done to, as they were called then
	LeadsTo  []string // new names, successors, the new parent ("": the top)
	Changed  int      // how many units it has made or changed
	UndoneAt *time.Time
	Reason   string // why it was taken back
}

// actNames is how many units an act names; the rest is a number.
const actNames = 5

// Back is what leads from the tree after an act to the tree before it.
type Back struct {
	Units  []History   `json:"units"`  // those it has changed, as they were
	Made   []int64     `json:"made"`   // those it has founded
	Links  []Successor `json:"links"`  // the successors it has named
	Counts []Recount   `json:"counts"` // the headcounts it has set
}

// Recount is a headcount before and after an act; below zero: there was none.
type Recount struct {
	Was Count `json:"was"`
	Is  Count `json:"is"`
}

// BackFrom finds what leads from one tree back to an older one.
func BackFrom(now, old Tree) Back {
	var b Back
	for _, id := range now.IDs() {
		was, known := old.units[id]
		if !known {
			b.Made = append(b.Made, id)
		} else if is := now.units[id]; was.Code != is.Code || !slices.Equal(was.Periods, is.Periods) {
			b.Units = append(b.Units, was)
		}
	}
	for _, l := range now.successors {
		if !slices.Contains(old.successors, l) {
			b.Links = append(b.Links, l)
		}
	}
	return b
}

// touched are the units that the act has made or changed.
func (b Back) touched() []int64 {
	ids := slices.Clone(b.Made)
	for _, h := range b.Units {
		ids = append(ids, h.ID)
	}
	slices.Sort(ids)
	return ids
}

// shared are the units that went on with others, or with a part of them, and are there still: who has come to them since
// may belong to another one when the act is taken back.
func (b Back) shared(now Tree) []int64 {
	var ids []int64
	for _, l := range b.Links {
		for _, id := range []int64{l.UnitID, l.SuccessorID} {
			periods := now.units[id].Periods
			if len(periods) > 0 && periods[len(periods)-1].To == "" && !slices.Contains(b.Made, id) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// hash is that of the units of an act as they are in a tree.
func (b Back) hash(t Tree) ([]byte, error) {
	var units []History
	for _, id := range b.touched() {
		units = append(units, t.units[id])
	}
	data, err := audit.Canonical(units)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return sum[:], nil
}

// Undo makes the tree as it was before an act.
func (t Tree) Undo(b Back) (Tree, error) {
	w := t.copied()
	for _, h := range b.Units {
		w.units[h.ID] = h
	}
	for _, id := range b.Made {
		delete(w.units, id)
	}
	w.successors = slices.DeleteFunc(w.successors, func(l Successor) bool { return slices.Contains(b.Links, l) })
	return w, w.refused()
}

// undoEffects tells what taking back an act does to each of its units: what is different on the first day on which
// something is.
func undoEffects(now, then Tree, b Back) []Effect {
	var effects []Effect
	for _, id := range b.Made {
		periods := now.units[id].Periods
		effects = append(effects, Effect{UnitID: id, Kind: EventRemoved, Name: periods[len(periods)-1].Name})
	}
	for _, will := range b.Units {
		is := now.units[will.ID]
		effects = append(effects, turned(then, is, will)...)
	}
	return sortedEffects(effects)
}

// turned tells what becomes different for a unit that is one way and will be another way again.
func turned(then Tree, is, will History) []Effect {
	var days []Day
	for _, p := range slices.Concat(is.Periods, will.Periods) {
		days = append(days, p.From)
		if p.To != "" {
			days = append(days, p.To)
		}
	}
	slices.Sort(days)
	for _, day := range days {
		a, there := is.At(day)
		b, again := will.At(day)
		var effects []Effect
		switch {
		case there && again:
			for _, e := range then.step(a, b) {
				effects = append(effects, Effect{UnitID: will.ID, Kind: e.Kind, Name: a.Name, Before: e.Before, After: e.After})
			}
		case again:
			effects = []Effect{{UnitID: will.ID, Kind: EventRevived, Name: b.Name, After: then.units[b.ParentID].Near(day).Name}}
		case there:
			effects = []Effect{{UnitID: will.ID, Kind: EventDissolved, Name: a.Name}}
		}
		if len(effects) > 0 {
			return effects
		}
	}
	return []Effect{{UnitID: will.ID, Kind: EventRecord, Name: will.Near(Today()).Name}}
}

// words names what a change is done to and what it leads to, as far as it is told.
func (c Change) words(old, now Tree, made []int64) (names, leadsTo []string) {
	for _, id := range c.Units[:min(len(c.Units), actNames)] {
		names = append(names, old.units[id].Near(c.Day.before()).Name)
	}
	switch c.Kind {
	case Found:
		names, leadsTo = []string{CleanName(c.New.Name)}, []string{now.units[c.New.ParentID].Near(c.Day).Name}
	case Rename:
		leadsTo = []string{CleanName(c.New.Name)}
	case Move:
		leadsTo = []string{now.units[c.ParentID].Near(c.Day).Name}
	case Merge, Split:
		for _, p := range c.Into[:min(len(c.Into), actNames)] {
			id := p.UnitID
			if id == 0 {
				id, made = made[0], made[1:]
			}
			leadsTo = append(leadsTo, now.units[id].Near(c.Day).Name)
		}
	case Dissolve:
	}
	return names, leadsTo
}

// recounted pairs headcounts that an import sets with those that were there.
func recounted(stored, set []Count) []Recount {
	type key struct {
		id  int64
		day Day
	}
	was := make(map[key]Count, len(stored))
	for _, c := range stored {
		was[key{c.UnitID, c.Day}] = c
	}
	at := map[key]int{}
	var out []Recount
	for _, c := range set {
		k := key{c.UnitID, c.Day}
		if i, twice := at[k]; twice {
			out[i].Is = c // said twice in one file: the last one counts
			continue
		}
		before, ok := was[k]
		if !ok {
			before = Count{UnitID: c.UnitID, Day: c.Day, Members: -1, Staff: -1}
		}
		at[k] = len(out)
		out = append(out, Recount{Was: before, Is: c})
	}
	return out
}
