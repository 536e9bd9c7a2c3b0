package bank

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// Alike is two items that read alike, the one that came first as A.
type Alike struct {
	A, B     int64
	Percent  int
	OtherKey bool // they ask and offer the same, but another answer is right
}

// Fingerprint is what of an item is compared with others.
type Fingerprint struct {
	ItemID int64
	pieces []uint64
	text   uint64
	key    uint64
}

// Comparing makes fingerprints that can be compared with each other.
type Comparing struct{ seed maphash.Seed }

// NewComparing begins a comparison.
func NewComparing() Comparing { return Comparing{maphash.MakeSeed()} }

// Of is the fingerprint of a content.
func (c Comparing) Of(itemID int64, content Content) Fingerprint {
	k := knownOf(content)
	f := Fingerprint{ItemID: itemID, text: maphash.String(c.seed, k.text), key: maphash.String(c.seed, k.key)}
	for _, p := range k.pieces {
		f.pieces = append(f.pieces, maphash.String(c.seed, p))
	}
	return f
}

// Pairs finds the items that share at least nearPercent of their pieces, the most alike first and at most limit of them.
// told is called with how many have been looked at.
//
// Two such items share a piece among the rarest of either, so only these are looked up: at 50,000 items nothing is
// compared that has but common words in common.
func Pairs(items []Fingerprint, limit int, told func(done int) error) (pairs []Alike, more bool, err error) {
	often := map[uint64]int{}
	for _, f := range items {
		for _, p := range f.pieces {
			often[p]++
		}
	}
	for _, f := range items {
		slices.SortFunc(f.pieces, func(a, b uint64) int { return cmp.Or(cmp.Compare(often[a], often[b]), cmp.Compare(a, b)) })
	}
	rare := map[uint64][]int32{} // who has a piece among his rarest
	byText := map[uint64]int32{}
	seen := make([]int32, len(items))
	for i, f := range items {
		if told != nil && i%500 == 0 {
			if err := told(i); err != nil {
				return nil, false, err
			}
		}
		add := func(j int32, percent int) {
			other := items[j]
			same := other.text == f.text
			if same {
				percent = 100
			}
			a, b := min(f.ItemID, other.ItemID), max(f.ItemID, other.ItemID)
			pairs = append(pairs, Alike{A: a, B: b, Percent: percent, OtherKey: same && other.key != f.key})
		}
		mark := int32(i + 1)
		if j, ok := byText[f.text]; ok {
			seen[j] = mark
			add(j, 100)
		}
		byText[f.text] = int32(i)
		for _, p := range f.pieces[:prefix(len(f.pieces))] {
			for _, j := range rare[p] {
				if seen[j] == mark {
					continue
				}
				seen[j] = mark
				if n := shared(f.pieces, items[j].pieces, often); 100*n >= nearPercent*(len(f.pieces)+len(items[j].pieces)-n) {
					add(j, 100*n/(len(f.pieces)+len(items[j].pieces)-n))
				}
			}
			if len(rare[p]) < commonPiece {
				rare[p] = append(rare[p], int32(i))
			}
		}
		if len(pairs) > 4*limit {
			pairs, more = best(pairs, limit), true
		}
	}
	more = more || len(pairs) > limit
	return best(pairs, limit), more, nil
}

// prefix is how many of its rarest pieces an item must be looked up by.
func prefix(n int) int { return n - (n*nearPercent+99)/100 + min(n, 1) }

func best(pairs []Alike, limit int) []Alike {
	slices.SortFunc(pairs, func(x, y Alike) int {
		return cmp.Or(-cmp.Compare(x.Percent, y.Percent), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return pairs[:min(len(pairs), limit)]
}

// shared counts the pieces that two have in common; both are sorted from the rarest.
func shared(a, b []uint64, often map[uint64]int) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := cmp.Or(cmp.Compare(often[a[i]], often[b[j]]), cmp.Compare(a[i], b[j])); {
		case c == 0:
			n, i, j = n+1, i+1, j+1
		case c < 0:
			i++
		default:
			j++
		}
	}
	return n
}
