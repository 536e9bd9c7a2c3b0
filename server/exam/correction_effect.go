package exam

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/exam/examdb"
	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster"
	"github.com/hoithi/hoithi/server/scoring"
	"github.com/hoithi/hoithi/server/unit"
)

// CorrectionEffect is what a correction would change, before anything is changed.
type CorrectionEffect struct {
	Basis    int64            `json:"basis" doc:"To be given back when it is applied"`
	Attempts int              `json:"attempts" doc:"Scored attempts that have the item"`
	Answered int              `json:"answered"`
	Running  int              `json:"running" doc:"Attempts that run: they will be scored by the new rule"`
	Gain     int              `json:"gain" doc:"Entries that get more points in the round"`
	Lose     int              `json:"lose"`
	Places   int              `json:"places" doc:"Entries whose place changes"`
	PassNow  int              `json:"pass_now" doc:"Attempts that count and pass; only where there is a pass mark"`
	PassThen int              `json:"pass_then"`
	Changed  []CorrectionLine `json:"changed" doc:"Those whose points change most, at most 60"`
	Top      []CorrectionLine `json:"top" doc:"The first ten of each division, before or after"`
}

// CorrectionLine is an entry before and after.
type CorrectionLine struct {
	EntryID     int64  `json:"entry_id"`
	Number      string `json:"number"`
	Name        string `json:"name"`
	Unit        string `json:"unit"`
	DivisionID  int64  `json:"division_id"`
	PlaceNow    int    `json:"place_now" doc:"0: none"`
	PlaceThen   int    `json:"place_then"`
	PointsNow   int64  `json:"points_now"`
	PointsThen  int64  `json:"points_then"`
	TiedThen    bool   `json:"tied_then"`
	CorrectNow  int    `json:"correct_now"`
	CorrectThen int    `json:"correct_then"`
}

const (
	changedNamed = 60
	topNamed     = 10
)

// Effect works out what a correction would change. Nothing is stored, and nobody is held up.
func (s *Service) Effect(ctx context.Context, contestID, roundID int64, w CorrectionWanted) (CorrectionEffect, error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return CorrectionEffect{}, err
	}
	if w.KeyVersion == w.Version {
		w.KeyVersion = 0
	}
	x, err := r.shifting(ctx, w)
	if err != nil {
		return CorrectionEffect{}, err
	}
	if err := x.all(ctx); err != nil {
		return CorrectionEffect{}, err
	}
	left, err := s.q.OpenAttemptEntries(ctx, roundID)
	if err != nil {
		return CorrectionEffect{}, postgres.Fault(err)
	}
	v := CorrectionEffect{Basis: basisOf(x.f.events), Attempts: x.Attempts, Answered: x.Answered, Running: len(left)}
	before, after, err := x.standings(ctx)
	if err != nil {
		return CorrectionEffect{}, postgres.Fault(err)
	}
	v.PassNow, v.PassThen = before.pass, after.pass
	return v, s.compare(ctx, &v, before.list, after.list)
}

func (s *Service) compare(ctx context.Context, v *CorrectionEffect, before, after []EntryStanding) error {
	now := make(map[int64]EntryStanding, len(before))
	for _, e := range before {
		now[e.EntryID] = e
	}
	top, changed := []CorrectionLine{}, []CorrectionLine{}
	for _, e := range after {
		was := now[e.EntryID]
		line := CorrectionLine{EntryID: e.EntryID, DivisionID: e.DivisionID, PlaceNow: was.Place, PlaceThen: e.Place, PointsNow: was.Points, PointsThen: e.Points,
			TiedThen: e.Tied, CorrectNow: was.Correct, CorrectThen: e.Correct}
		switch {
		case e.Points > was.Points:
			v.Gain++
		case e.Points < was.Points:
			v.Lose++
		}
		if e.Place != was.Place {
			v.Places++
		}
		if e.Points != was.Points || e.Correct != was.Correct {
			changed = append(changed, line)
		}
		if e.Place <= topNamed || was.Place <= topNamed {
			top = append(top, line)
		}
	}
	slices.SortStableFunc(changed, func(a, b CorrectionLine) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.PlaceThen, b.PlaceThen))
	})
	v.Changed, v.Top = changed[:min(len(changed), changedNamed)], top[:min(len(top), 5*changedNamed)]
	ids := []int64{}
	for _, line := range slices.Concat(v.Changed, v.Top) {
		ids = append(ids, line.EntryID)
	}
	names, err := s.q.NamesOf(ctx, ids)
	if err != nil {
		return postgres.Fault(err)
	}
	byID := make(map[int64]examdb.NamesOfRow, len(names))
	for _, n := range names {
		byID[n.ID] = n
	}
	for _, list := range [][]CorrectionLine{v.Changed, v.Top} {
		for i := range list {
			n := byID[list[i].EntryID]
			list[i].Number, list[i].Name, list[i].Unit = roster.NumberText(int(n.Number)), n.Name, n.UnitName
		}
	}
	return nil
}

// size is how much the points change.
func (l CorrectionLine) size() int64 { return max(l.PointsThen-l.PointsNow, l.PointsNow-l.PointsThen) }

// ControlItem is a version of an item that papers of the round can have, and how it is scored.
type ControlItem struct {
	Item       int64         `json:"item"`
	Version    int64         `json:"version"`
	Type       bank.ItemType `json:"type"`
	Stem       string        `json:"stem"`
	Content    bank.Content  `json:"content"`
	Policy     scoring.Void  `json:"policy" enum:",nobody,everybody" doc:"Empty: it counts"`
	KeyVersion int64         `json:"key_version" doc:"0: its own key"`
	Attempts   int           `json:"attempts" doc:"Begun with a paper that may have it"`
}

// ControlKey is another version of an item, by whose key the answers can be scored.
type ControlKey struct {
	Version int64        `json:"version"`
	Number  int          `json:"number"`
	At      time.Time    `json:"at"`
	Author  string       `json:"author"`
	Content bank.Content `json:"content"`
}

// itemsShown bounds a search.
const itemsShown = 40

// FindItems looks for items by words of their text or their number; attempt and place (0: none) name one on a paper.
func (s *Service) FindItems(ctx context.Context, contestID, roundID int64, words string, attemptID int64, place int16) (list []ControlItem, basis int64, more bool, err error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, 0, false, err
	}
	f := r.known()
	var only int64
	if attemptID != 0 {
		if only, err = s.itemAt(ctx, r, attemptID, place); err != nil {
			return nil, 0, false, err
		}
	}
	pools, offers := map[int64][]int64{}, map[int64]PoolOffer{}
	for id, p := range f.pools {
		for _, o := range p.Offers {
			pools[o.Version], offers[o.Version] = append(pools[o.Version], id), o
		}
	}
	versions := []int64{}
	for v := range offers {
		versions = append(versions, v)
	}
	contents, _, err := r.versions(ctx, f, versions)
	if err != nil {
		return nil, 0, false, err
	}
	number, key := numberIn(words), unit.SearchKey(words)
	slices.SortFunc(versions, func(a, b int64) int {
		_, x := f.course.Corrections[a]
		_, y := f.course.Corrections[b]
		switch {
		case x != y && x:
			return -1
		case x != y:
			return 1
		}
		return cmp.Or(cmp.Compare(offers[a].Item, offers[b].Item), cmp.Compare(a, b))
	})
	for _, v := range versions {
		o, c := offers[v], contents[v]
		stem := bank.PlainText(c.PlainStem())
		switch {
		case only != 0 && v != only:
			continue
		case only == 0 && key != "" && o.Item != number && !contains(unit.SearchKey(stem), key):
			continue
		case len(list) == itemsShown:
			return list, basisOf(f.events), true, nil
		}
		n, err := s.q.DrawnTimes(ctx, examdb.DrawnTimesParams{RoundID: roundID, PoolIds: pools[v]})
		if err != nil {
			return nil, 0, false, postgres.Fault(err)
		}
		fix := f.course.Corrections[v]
		list = append(list, ControlItem{Item: o.Item, Version: v, Type: o.Type, Stem: stem, Content: c, Policy: fix.Policy, KeyVersion: fix.KeyVersion, Attempts: int(n)})
	}
	return list, basisOf(f.events), false, nil
}

// Alternatives are the other versions of an item by whose key its answers can be scored, newest first, and how many there
// are that ask something else.
func (s *Service) Alternatives(ctx context.Context, contestID, roundID, version int64) (list []ControlKey, others int, err error) {
	r, err := s.fresh(ctx, contestID, roundID)
	if err != nil {
		return nil, 0, err
	}
	f := r.known()
	var item int64
	for _, p := range f.pools {
		if i, ok := p.at[version]; ok {
			item = p.Offers[i].Item
		}
	}
	if item == 0 {
		return nil, 0, errNoItem
	}
	contents, _, err := r.versions(ctx, f, []int64{version})
	if err != nil {
		return nil, 0, err
	}
	history, err := s.cfg.Bank.History(ctx, contestID, item)
	if err != nil {
		return nil, 0, err
	}
	list = []ControlKey{}
	for _, h := range history {
		_, err := h.Content.ScoringKey()
		if err != nil || !answeredAlike(contents[version], h.Content) {
			others++
			continue
		}
		list = append(list, ControlKey{Version: h.ID, Number: h.Version, At: h.At, Author: h.Author, Content: h.Content})
	}
	return list, others, nil
}

// answeredAlike tells whether answers to one content can be scored by the key of the other: the same kind, with the same
// parts under the same names.
func answeredAlike(a, b bank.Content) bool {
	texts := func(list []bank.Option) []string {
		var out []string
		for _, o := range list {
			image := ""
			if o.Image != nil {
				image = o.Image.Hash
			}
			out = append(out, o.ID+"\x00"+o.Text+"\x00"+image)
		}
		return out
	}
	exact := a.Type == bank.Ordering || a.Type == bank.Matching
	if a.Type != b.Type || !slices.Equal(bank.OptionIDs(a.Options), bank.OptionIDs(b.Options)) || !slices.Equal(bank.OptionIDs(a.Targets), bank.OptionIDs(b.Targets)) ||
		exact && (!slices.Equal(texts(a.Options), texts(b.Options)) || !slices.Equal(texts(a.Targets), texts(b.Targets))) {
		return false
	}
	return slices.EqualFunc(a.Blanks, b.Blanks, func(x, y bank.Blank) bool {
		return x.ID == y.ID && x.Type == y.Type && slices.Equal(bank.OptionIDs(x.Options), bank.OptionIDs(y.Options))
	})
}
