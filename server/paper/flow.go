package paper

import "slices"

// CellState says whether a cell can be filled.
type CellState struct {
	Cell
	Need int `json:"need"`
	Fits int `json:"fits" doc:"How many items fit this cell, whoever else wants them"`
	// Lacks is how many remain empty when the whole matrix is filled as well as it can be.
	Lacks int `json:"lacks"`
}

// Shortage is a set of cells that want more items than there are for all of them together.
type Shortage struct {
	Cells []Cell `json:"cells"`
	Need  int    `json:"need"`
	Have  int    `json:"have"`
}

// Feasibility is how a blueprint stands to what the bank offers.
type Feasibility struct {
	Offered   int         `json:"offered" doc:"How many items may be drawn at all"`
	Cells     []CellState `json:"cells"`
	Lacks     int         `json:"lacks" doc:"How many items are missing in all; 0: a paper can be drawn"`
	Shortages []Shortage  `json:"shortages"`
	// Missing are pinned items that the bank does not offer.
	Missing []int64 `json:"missing"`
}

// Feasible fills the matrix as well as it can be filled: a largest flow from the items to the cells, so cells that
// overlap (any topic, any difficulty) never hide a lack from each other, nor invent one.
func (s Spec) Feasible(p Pool) Feasibility {
	f := Feasibility{Offered: len(p.offers), Cells: []CellState{}, Shortages: []Shortage{}, Missing: []int64{}}
	taken := map[int64]bool{}
	for _, section := range s.Sections {
		for _, pin := range section.Pinned {
			if _, ok := p.find(pin.Item); !ok {
				f.Missing = append(f.Missing, pin.Item)
			}
			taken[pin.Item] = true
		}
	}
	n := newNetwork(s.Cells(), p.without(taken))
	var short []int
	for i, c := range n.cells {
		lacks := n.fill(i)
		fits := 0
		for _, class := range n.fits[i] {
			fits += n.supply[class]
		}
		f.Cells = append(f.Cells, CellState{c, c.count, fits, lacks})
		f.Lacks += lacks
		if lacks > 0 {
			short = append(short, i)
		}
	}
	told := map[int]bool{}
	for _, i := range short {
		if told[i] {
			continue
		}
		f.Shortages = append(f.Shortages, n.shortage(i, told))
	}
	return f
}

// class is a set of items that no cell tells apart.
type class struct {
	topic      int64
	kind       string
	difficulty string
}

// network is the matrix on one side and the classes of items on the other. flow[i][k] items of the class fits[i][k] are
// given to cell i.
type network struct {
	cells  []Cell
	fits   [][]int
	flow   [][]int
	users  [][]int // which cells a class fits
	supply []int
	used   []int
	items  [][]Offer // of each class
	of     map[int64]int
}

func newNetwork(cells []Cell, p Pool) *network {
	n := &network{cells: cells, fits: make([][]int, len(cells)), flow: make([][]int, len(cells)), of: map[int64]int{}}
	known := map[class]int{}
	for _, o := range p.offers {
		key := class{o.Topic, string(o.Type), string(o.Difficulty)}
		k, ok := known[key]
		if !ok {
			k = len(n.items)
			known[key] = k
			n.items, n.supply, n.used, n.users = append(n.items, nil), append(n.supply, 0), append(n.used, 0), append(n.users, nil)
			for i, c := range cells {
				if p.fits(c, o) {
					n.fits[i] = append(n.fits[i], k)
					n.users[k] = append(n.users[k], i)
				}
			}
		}
		n.items[k] = append(n.items[k], o)
		n.supply[k]++
		n.of[o.Item] = k
	}
	for i := range cells {
		n.flow[i] = make([]int, len(n.fits[i]))
	}
	return n
}

// fill gives a cell what it asks for, moving others where they can be moved, and tells how many it lacks.
func (n *network) fill(cell int) (lacks int) {
	for got := range n.cells[cell].count {
		if !n.place(cell, make([]bool, len(n.supply))) {
			return n.cells[cell].count - got
		}
	}
	return 0
}

// place finds one more item for a cell along an augmenting path.
func (n *network) place(cell int, seen []bool) bool {
	for i, k := range n.fits[cell] {
		if seen[k] {
			continue
		}
		seen[k] = true
		if n.used[k] < n.supply[k] || n.displace(k, seen) {
			n.flow[cell][i]++
			n.used[k]++
			return true
		}
	}
	return false
}

// displace frees one item of a class by finding another for a cell that has one.
func (n *network) displace(k int, seen []bool) bool {
	for _, cell := range n.users[k] {
		i := slices.Index(n.fits[cell], k)
		if n.flow[cell][i] > 0 && n.place(cell, seen) {
			n.flow[cell][i]--
			n.used[k]--
			return true
		}
	}
	return false
}

// shortage is the set of cells that stand in each other's way around one that lacks items: all classes that any of
// them could take are used up by them alone.
func (n *network) shortage(cell int, told map[int]bool) Shortage {
	s := Shortage{Cells: []Cell{}}
	seen, inside := make([]bool, len(n.supply)), make([]bool, len(n.cells))
	queue := []int{cell}
	inside[cell] = true
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		for _, k := range n.fits[c] {
			if seen[k] {
				continue
			}
			seen[k] = true
			s.Have += n.supply[k]
			for _, other := range n.users[k] {
				if !inside[other] && n.flow[other][slices.Index(n.fits[other], k)] > 0 {
					inside[other] = true
					queue = append(queue, other)
				}
			}
		}
	}
	for i, in := range inside {
		if in {
			told[i] = true
			s.Cells = append(s.Cells, n.cells[i])
			s.Need += n.cells[i].count
		}
	}
	return s
}

// take gives one item of a class to a cell for good, if all others can still be filled as before.
func (n *network) take(cell, k int) bool {
	i := slices.Index(n.fits[cell], k)
	if n.flow[cell][i] == 0 {
		// The cell gives back what it was to get elsewhere, and gets one of this class.
		other := slices.IndexFunc(n.flow[cell], func(units int) bool { return units > 0 })
		n.flow[cell][other]--
		n.used[n.fits[cell][other]]--
		if n.used[k] == n.supply[k] {
			// Someone must make room, and may not come back to this class: it has nothing left.
			seen := make([]bool, len(n.supply))
			seen[k] = true
			if !n.displace(k, seen) {
				n.flow[cell][other]++
				n.used[n.fits[cell][other]]++
				return false
			}
		}
	} else {
		n.flow[cell][i]--
		n.used[k]--
	}
	n.supply[k]--
	return true
}
