package paper

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/hoithi/hoithi/server/bank"
)

// Offer is an item that may be drawn, without its text.
type Offer struct {
	Item       int64
	Version    int64 // the version's id
	Topic      int64 // 0: none
	Difficulty bank.Difficulty
	Type       bank.ItemType
}

// Pool is what a draw chooses from: offers by item, and the tree of topics.
type Pool struct {
	offers []Offer
	parent map[int64]int64
}

// NewPool makes a pool; the order in which offers come in says nothing.
func NewPool(offers []Offer, parents map[int64]int64) Pool {
	list := slices.Clone(offers)
	slices.SortFunc(list, func(a, b Offer) int { return cmp.Compare(a.Item, b.Item) })
	return Pool{offers: list, parent: parents}
}

// without leaves items out.
func (p Pool) without(items map[int64]bool) Pool {
	if len(items) == 0 {
		return p
	}
	var list []Offer
	for _, o := range p.offers {
		if !items[o.Item] {
			list = append(list, o)
		}
	}
	return Pool{list, p.parent}
}

func (p Pool) find(item int64) (Offer, bool) {
	i, ok := slices.BinarySearchFunc(p.offers, item, func(o Offer, id int64) int { return cmp.Compare(o.Item, id) })
	if !ok {
		return Offer{}, false
	}
	return p.offers[i], true
}

// under tells whether a topic is another one or one of its branches.
func (p Pool) under(topic, of int64) bool {
	for range 64 { // a tree is never so deep; a ring in the data must not hold us up
		if topic == of {
			return true
		}
		if topic == 0 {
			return false
		}
		topic = p.parent[topic]
	}
	return false
}

func (p Pool) fits(c Cell, o Offer) bool {
	return (c.topic == 0 || p.under(o.Topic, c.topic)) && (c.kind == "" || c.kind == o.Type) && (c.Level == "" || c.Level == o.Difficulty)
}

// Hash names the state of what could be drawn: the same offers under the same tree have the same hash.
func (p Pool) Hash() []byte {
	var b []byte
	for _, o := range p.offers {
		b = binary.BigEndian.AppendUint64(b, uint64(o.Item))
		b = binary.BigEndian.AppendUint64(b, uint64(o.Version))
		for t, n := o.Topic, 0; t != 0 && n < 64; t, n = p.parent[t], n+1 {
			b = binary.BigEndian.AppendUint64(b, uint64(t))
		}
		b = append(append(append(append(b, 0), o.Difficulty...), 0), o.Type...)
		b = append(b, '\n')
	}
	return hash(b)
}

// Offers are what may be drawn, by item.
func (p Pool) Offers() []Offer { return slices.Clone(p.offers) }

// Parents is the tree of topics: each topic's parent.
func (p Pool) Parents() map[int64]int64 { return maps.Clone(p.parent) }

// For leaves out what no paper of the blueprint can have.
func (p Pool) For(s Spec) Pool {
	cells, pinned := s.Cells(), map[int64]bool{}
	for _, section := range s.Sections {
		for _, pin := range section.Pinned {
			pinned[pin.Item] = true
		}
	}
	var list []Offer
	for _, o := range p.offers {
		if pinned[o.Item] || slices.ContainsFunc(cells, func(c Cell) bool { return p.fits(c, o) }) {
			list = append(list, o)
		}
	}
	return Pool{list, p.parent}
}
