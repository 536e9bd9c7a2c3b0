package stage

import (
	"context"
	"maps"
	"reflect"
	"time"

	"github.com/hoithi/hoithi/server/bank"
)

// Corrections are what a played item can be scored by instead of what it is scored by now.
type Corrections struct {
	Play     int32         `json:"play"`
	ItemID   int64         `json:"item_id"`
	Stem     string        `json:"stem"`
	Void     VoidPolicy    `json:"void,omitempty" enum:"nobody,everybody" doc:"While it is void no key changes anybody's points"`
	Present  KeyOfVersion  `json:"present" doc:"What counts now"`
	Versions []Alternative `json:"versions" doc:"Other versions of the item with the same parts and another key, newest first"`
	Others   int           `json:"others" doc:"Versions that ask something else, by which these answers can't be scored"`
}

// KeyOfVersion is a version of an item with its key.
type KeyOfVersion struct {
	VersionID int64        `json:"version_id"`
	Number    int          `json:"number"`
	At        time.Time    `json:"at"`
	Content   bank.Content `json:"content"`
}

// Alternative is a key with what it would change.
type Alternative struct {
	KeyOfVersion
	Effect Effect `json:"effect"`
}

// Effect tells what another key does to the points of a play.
type Effect struct {
	Answered int        `json:"answered" doc:"Entries with an answer"`
	Gain     int        `json:"gain" doc:"Entries that get more than now"`
	Lose     int        `json:"lose" doc:"Entries that get less than now"`
	Gaining  []EntryRef `json:"gaining" doc:"At most 60"`
	Losing   []EntryRef `json:"losing" doc:"At most 60"`
}

// Corrections shows what each other version of a played item would do to the scores, before anything is changed. Giving
// the cue is another act, which finds by itself whether the round has moved on since.
func (s *Service) Corrections(ctx context.Context, contestID, roundID int64, play int32) (Corrections, error) {
	if _, err := s.cfg.Contests.Round(ctx, contestID, roundID); err != nil {
		return Corrections{}, err
	}
	r, err := s.room(ctx, roundID)
	if err != nil {
		return Corrections{}, err
	}
	if err := r.refresh(ctx); err != nil {
		return Corrections{}, err
	}
	r.mu.Lock()
	st, in, contents := r.state.clone(), r.info, maps.Clone(r.contents)
	r.mu.Unlock()
	p := st.Play(play)
	switch {
	case p == nil:
		return Corrections{}, errNoSuchPlay
	case p.Running():
		return Corrections{}, errStillOpen
	case p.Status == PlayShown, p.Status == PlayWithdrawn, p.Status == PlayReplaced:
		return Corrections{}, errNoSuchPlay
	}
	history, err := s.cfg.Bank.ItemHistory(ctx, contestID, contents[p.VersionID].ItemID)
	if err != nil {
		return Corrections{}, err
	}
	asked := contents[p.VersionID].Content
	found := Corrections{Play: play, ItemID: contents[p.VersionID].ItemID, Stem: asked.Stem, Void: p.Void, Versions: []Alternative{}}
	present, err := contents[p.KeyVersionID].Content.ScoringKey()
	if err != nil {
		return Corrections{}, err
	}
	now, err := s.scorePlay(ctx, roundID, &st, p, in, contents)
	if err != nil {
		return Corrections{}, err
	}
	for _, v := range history {
		as := KeyOfVersion{VersionID: v.ID, Number: v.Number, At: v.At, Content: v.Content}
		if v.ID == p.KeyVersionID {
			found.Present = as
			continue
		}
		if v.Content.Type != asked.Type || !sameParts(asked, v.Content) {
			found.Others++
			continue
		}
		key, err := v.Content.ScoringKey()
		if err != nil || reflect.DeepEqual(key, present) {
			continue // it could not score, or would score the same
		}
		contents[v.ID] = v.Version
		other := *p
		other.KeyVersionID = v.ID
		then, err := s.scorePlay(ctx, roundID, &st, &other, in, contents)
		if err != nil {
			return Corrections{}, err
		}
		found.Versions = append(found.Versions, Alternative{KeyOfVersion: as, Effect: effectOf(in, now, then)})
	}
	return found, nil
}

func effectOf(in info, now, then map[int64]PlayResult) Effect {
	f := Effect{Gaining: []EntryRef{}, Losing: []EntryRef{}}
	note := func(n *int, names *[]EntryRef, ref EntryRef) {
		*n++
		if len(*names) < namedEntries {
			*names = append(*names, ref)
		}
	}
	for i := range in.entries {
		e := &in.entries[i]
		before, after := now[e.ID], then[e.ID]
		if before.Answered {
			f.Answered++
		}
		switch {
		case after.Outcome.Points > before.Outcome.Points:
			note(&f.Gain, &f.Gaining, refOf(e))
		case after.Outcome.Points < before.Outcome.Points:
			note(&f.Lose, &f.Losing, refOf(e))
		}
	}
	return f
}
