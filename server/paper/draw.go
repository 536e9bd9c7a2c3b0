package paper

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/hoithi/hoithi/server/bank"
	"github.com/hoithi/hoithi/server/fault"
)

// dice are the random numbers of a draw. They are stated here so that a draw can be repeated anywhere, at any time, by
// any program: block i (from 0) is SHA-256(seed ‖ 0x00 ‖ purpose ‖ 0x00 ‖ i as 8 bytes, most significant first); each
// block gives four numbers of 64 bits, most significant byte first. A number below n is taken modulo n, after numbers of
// the last, incomplete round of n below 2^64 have been skipped. Lists are shuffled from the last place down, each place
// changing with one at or before it.
type dice struct {
	head  []byte
	block uint64
	left  []byte
}

func newDice(seed []byte, purpose string) *dice {
	head := append(append([]byte{}, seed...), 0)
	return &dice{head: append(append(head, purpose...), 0)}
}

func (d *dice) number() uint64 {
	if len(d.left) == 0 {
		h := sha256.Sum256(binary.BigEndian.AppendUint64(d.head[:len(d.head):len(d.head)], d.block))
		d.block++
		d.left = h[:]
	}
	n := binary.BigEndian.Uint64(d.left)
	d.left = d.left[8:]
	return n
}

// below is a number from 0 to n-1, each as likely as the others.
func (d *dice) below(n int) int {
	u := uint64(n)
	skip := (-u) % u // 2^64 mod n
	for {
		if x := d.number(); x >= skip {
			return int(x % u)
		}
	}
}

func shuffle[T any](d *dice, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := d.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// Picked is an item that was drawn for a place of the blueprint.
type Picked struct {
	Offer
	Section int
	Row     int // -1: pinned
	Level   bank.Difficulty
	Points  int64
}

var errInfeasible = fault.New(fault.Conflict, "blueprint_infeasible",
	"Ngân hàng chưa đủ câu cho ma trận này nên chưa bốc đề được. Hãy xem những ô còn thiếu.",
	"The bank does not have enough questions for this blueprint, so nothing was drawn. See which cells lack items.")

var errEmpty = fault.New(fault.Conflict, "blueprint_empty",
	"Ma trận chưa có câu nào. Hãy điền số câu trước khi bốc đề.",
	"The blueprint asks for no questions. Fill in how many before you draw.")

// Draw chooses the items of a paper, section by section. Every item that fits a place and leaves the rest possible is as
// likely as the others.
func (s Spec) Draw(p Pool, seed []byte, purpose string) ([]Picked, error) {
	if s.Totals().Items == 0 {
		return nil, errEmpty
	}
	var picked []Picked
	taken := map[int64]bool{}
	for i, section := range s.Sections {
		for _, pin := range section.Pinned {
			o, ok := p.find(pin.Item)
			if !ok {
				return nil, errInfeasible
			}
			taken[pin.Item] = true
			picked = append(picked, Picked{o, i, -1, "", pin.Points})
		}
	}
	n := newNetwork(s.Cells(), p.without(taken))
	for i := range n.cells {
		if n.fill(i) > 0 {
			return nil, errInfeasible
		}
	}
	d := newDice(seed, purpose)
	for i, c := range n.cells {
		for range c.count {
			o := n.pick(d, i)
			picked = append(picked, Picked{o, c.Section, c.Row, c.Level, c.points})
		}
	}
	return picked, nil
}

// pick draws one item for a cell. A class whose item would leave another cell empty is set aside; the one that the flow
// has planned for the cell never is, so something is always found.
func (n *network) pick(d *dice, cell int) Offer {
	var open []int
	total := 0
	for _, k := range n.fits[cell] {
		if len(n.items[k]) > 0 {
			open = append(open, k)
			total += len(n.items[k])
		}
	}
	for {
		at := d.below(total)
		for i, k := range open {
			if at >= len(n.items[k]) {
				at -= len(n.items[k])
				continue
			}
			if n.take(cell, k) {
				o := n.items[k][at]
				n.items[k] = slices.Delete(n.items[k], at, at+1) // the list is this draw's own
				return o
			}
			total -= len(n.items[k])
			open = append(open[:i:i], open[i+1:]...)
			break
		}
	}
}

// Seeds are 16 bytes, written as 32 hexadecimal digits.
func seedBytes(text string) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 16 {
		return nil, fault.New(fault.Invalid, "seed_invalid", "Mã bốc đề phải gồm 32 chữ số 0–9, a–f.", "A seed is 32 digits of 0–9, a–f.")
	}
	return b, nil
}
