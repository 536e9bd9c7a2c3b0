package exam

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hoithi/hoithi/server/audit"
	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/paper"
)

// Pool is what the papers of a period and division are drawn from, as it was when it was frozen.
type Pool struct {
	ID         int64  `json:"-"`
	PeriodID   int64  `json:"-"`
	DivisionID int64  `json:"-"`
	Hash       []byte `json:"-"`

	Schema    int           `json:"schema"`
	Blueprint int64         `json:"blueprint"`
	Name      string        `json:"name"`
	Version   int           `json:"version"` // of the blueprint
	Spec      paper.Spec    `json:"spec"`
	Offers    []PoolOffer   `json:"offers"` // by item
	Parents   []TopicParent `json:"parents"`

	source paper.Pool
	at     map[int64]int // offer by version
	hashes map[int64]string
}

// PoolOffer is a version that may be drawn.
type PoolOffer struct {
	Item       int64           `json:"item"`
	Version    int64           `json:"version"`
	Hash       string          `json:"hash"`
	Topic      int64           `json:"topic"`
	Difficulty bank.Difficulty `json:"difficulty"`
	Type       bank.ItemType   `json:"type"`
}

// TopicParent is an edge of the tree of topics.
type TopicParent struct {
	Topic  int64 `json:"topic"`
	Parent int64 `json:"parent"`
}

const poolSchema = 1

// freeze makes the pool of a blueprint from what the bank offers now.
func freeze(b paper.Blueprint, source paper.Pool, contents map[int64]bank.Content) Pool {
	p := Pool{Schema: poolSchema, Blueprint: b.ID, Name: b.Name, Version: b.Version, Spec: b.Spec, Offers: []PoolOffer{}, Parents: []TopicParent{}}
	parents, wanted := source.Parents(), map[int64]bool{}
	for _, o := range source.Offers() {
		p.Offers = append(p.Offers, PoolOffer{Item: o.Item, Version: o.Version, Hash: contents[o.Version].HashText(), Topic: o.Topic, Difficulty: o.Difficulty, Type: o.Type})
		for t := o.Topic; t != 0 && !wanted[t]; t = parents[t] {
			wanted[t] = true
			p.Parents = append(p.Parents, TopicParent{Topic: t, Parent: parents[t]})
		}
	}
	slices.SortFunc(p.Parents, func(a, b TopicParent) int { return int(a.Topic - b.Topic) })
	p.index()
	return p
}

func (p *Pool) index() {
	offers, parents := make([]paper.Offer, 0, len(p.Offers)), make(map[int64]int64, len(p.Parents))
	p.at, p.hashes = make(map[int64]int, len(p.Offers)), make(map[int64]string, len(p.Offers))
	for i, o := range p.Offers {
		offers = append(offers, paper.Offer{Item: o.Item, Version: o.Version, Topic: o.Topic, Difficulty: o.Difficulty, Type: o.Type})
		p.at[o.Version], p.hashes[o.Version] = i, o.Hash
	}
	for _, t := range p.Parents {
		parents[t.Topic] = t.Parent
	}
	p.source = paper.NewPool(offers, parents)
}

// Encode gives the canonical bytes under which a pool is kept.
func (p Pool) Encode() ([]byte, error) { return audit.Canonical(p) }

// DecodePool reads a kept pool, and makes sure that it is what was kept.
func DecodePool(id int64, content, hash []byte) (*Pool, error) {
	if h := sha256.Sum256(content); !bytes.Equal(h[:], hash) {
		return nil, fmt.Errorf("exam pool %d does not have the hash it was kept with", id)
	}
	p := &Pool{}
	if err := json.Unmarshal(content, p); err != nil {
		return nil, fmt.Errorf("exam pool %d: %w", id, err)
	}
	p.ID, p.Hash = id, hash
	p.index()
	return p, nil
}

// Totals are what each paper of the pool has.
func (p *Pool) Totals() paper.Totals { return p.Spec.Totals() }

// Paper is what an attempt keeps of its paper: for each section of the blueprint what was drawn, in its order.
type Paper struct {
	Sections [][]Drawn `json:"s"`
}

// Drawn is an item on a paper: where it stands in the pool, and the order of its lists as letters of the author's order.
type Drawn struct {
	Offer   int      `json:"i"`
	Row     int      `json:"r"` // of the section in the blueprint; -1: pinned
	Options string   `json:"o,omitempty"`
	Targets string   `json:"t,omitempty"`
	Blanks  []string `json:"b,omitempty"`
}

// drawCode is the code of the only variant that an attempt's draw makes.
const drawCode = "A"

// Draw makes the paper that a seed gives. The same pool, seed and contents give the same paper.
func (p *Pool) Draw(seed string, contents map[int64]bank.Content) (Paper, error) {
	variants, err := p.Spec.Make(p.source, paper.Ask{Seed: seed, Mode: paper.SameItems, Codes: []string{drawCode}, Hashes: p.hashes},
		func([]int64) (map[int64]bank.Content, error) { return contents, nil })
	if err != nil {
		return Paper{}, err
	}
	var made Paper
	for _, part := range variants[0].Parts {
		section := []Drawn{}
		for _, e := range part.Entries {
			c := contents[e.Version]
			d := Drawn{Offer: p.at[e.Version], Row: e.Row, Options: letters(c.Options, e.Options), Targets: letters(c.Targets, e.Targets)}
			for i, order := range e.Blanks {
				d.Blanks = append(d.Blanks, letters(c.Blanks[i].Options, order))
			}
			section = append(section, d)
		}
		made.Sections = append(made.Sections, section)
	}
	return made, nil
}

// letters writes an order of options: "cab" says the third first, then the first, then the second.
func letters(options []bank.Option, order []string) string {
	b := make([]byte, 0, len(order))
	for _, id := range order {
		b = append(b, 'a'+byte(slices.IndexFunc(options, func(o bank.Option) bool { return o.ID == id })))
	}
	return string(b)
}

func unletters(options []bank.Option, order string) []string {
	var ids []string
	for i := range len(order) {
		if at := int(order[i] - 'a'); at < len(options) {
			ids = append(ids, options[at].ID)
		}
	}
	return ids
}

// Encode gives the canonical bytes of a paper.
func (p Paper) Encode() ([]byte, error) { return audit.Canonical(p) }

// DecodePaper reads them.
func DecodePaper(b []byte) (Paper, error) {
	var p Paper
	if err := json.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("exam paper: %w", err)
	}
	return p, nil
}

// Placed is an item on a paper as it is answered and scored.
type Placed struct {
	Place   int16 // 1, 2, ...
	Section int
	Offer   PoolOffer
	Points  int64
	Drawn   Drawn
}

// Placed lists the items of a paper in the order of their places.
func (p *Pool) Placed(x Paper) ([]Placed, error) {
	var list []Placed
	for i, section := range x.Sections {
		for _, d := range section {
			if i >= len(p.Spec.Sections) || d.Offer < 0 || d.Offer >= len(p.Offers) {
				return nil, fmt.Errorf("exam pool %d: a paper names what is not in it", p.ID)
			}
			placed := Placed{Place: int16(len(list) + 1), Section: i, Offer: p.Offers[d.Offer], Drawn: d}
			switch rows := p.Spec.Sections[i].Rows; {
			case d.Row >= 0 && d.Row < len(rows):
				placed.Points = rows[d.Row].Points
			default:
				for _, pin := range p.Spec.Sections[i].Pinned {
					if pin.Item == placed.Offer.Item {
						placed.Points = pin.Points
					}
				}
			}
			list = append(list, placed)
		}
	}
	return list, nil
}

// Arranged is the content with its lists in the order of the paper.
func (d Drawn) Arranged(c bank.Content) bank.Content {
	e := paper.Entry{Options: unletters(c.Options, d.Options), Targets: unletters(c.Targets, d.Targets)}
	for i, order := range d.Blanks {
		if i < len(c.Blanks) {
			e.Blanks = append(e.Blanks, unletters(c.Blanks[i].Options, order))
		}
	}
	return e.Arranged(c)
}

// Items are the questions of a paper as a contestant sees them.
func (p *Pool) Items(x Paper, contents map[int64]bank.Content) ([]PaperItem, error) {
	placed, err := p.Placed(x)
	if err != nil {
		return nil, err
	}
	items := make([]PaperItem, 0, len(placed))
	last := -1
	for _, at := range placed {
		c, ok := contents[at.Offer.Version]
		if !ok {
			return nil, fmt.Errorf("exam pool %d: version %d is not in the bank", p.ID, at.Offer.Version)
		}
		item := PaperItem{Place: at.Place, Points: at.Points, Question: at.Drawn.Arranged(c).Question()}
		if at.Section != last {
			item.Part, item.Note, last = p.Spec.Sections[at.Section].Title, p.Spec.Sections[at.Section].Note, at.Section
		}
		items = append(items, item)
	}
	return items, nil
}

func hexed(b []byte) string { return hex.EncodeToString(b) }
