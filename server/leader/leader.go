// Package leader is the place of those who act for a unit in a contest: they register its people, follow how far the unit
// is, hand out cards and codes.
//
// It must never show or change anything of a unit that is not below those which the leader was given, and never decide
// what the roster decides: whether somebody may enter.
package leader

import (
	"slices"

	"github.com/hoithi/hoithi/server/unit"
)

// Standing says how far a unit is with registering.
type Standing string

const (
	NotBegun Standing = "none"    // nobody is registered: "Chưa đăng ký"
	Below    Standing = "below"   // fewer than the target
	Reached  Standing = "reached" // the target is met, or somebody is registered where there is no target
)

// Count is how many entries there are, by how far they have come.
type Count struct {
	Approved   int // entries that take part
	Pending    int // registrations that wait for approval
	Waitlisted int
	Rejected   int
	Withdrawn  int
	// Entered of the approved have taken the round that was asked about.
	Entered int
}

// Registered are those that count towards a target: approved or waiting for it.
func (c Count) Registered() int { return c.Approved + c.Pending }

// Plus adds two counts.
func (c Count) Plus(o Count) Count {
	return Count{Approved: c.Approved + o.Approved, Pending: c.Pending + o.Pending, Waitlisted: c.Waitlisted + o.Waitlisted,
		Rejected: c.Rejected + o.Rejected, Withdrawn: c.Withdrawn + o.Withdrawn, Entered: c.Entered + o.Entered}
}

// UnitRow is how far one unit is.
type UnitRow struct {
	UnitID    int64
	Name      string
	Above     string // names of the units above it, from the top
	Block     string // "" where the contest has none
	Target    int    // 0: none
	Headcount int    // 0: not known
	Count
	Leaders int // accounts that act for this very unit
}

// Standing tells how far the unit is. A place in the waiting list is no place yet.
func (r UnitRow) Standing() Standing {
	switch n := r.Registered(); {
	case n == 0:
		return NotBegun
	case n < r.Target:
		return Below
	}
	return Reached
}

// Missing is how many are still to be registered.
func (r UnitRow) Missing() int { return max(r.Target-r.Registered(), 0) }

// Percent is how much of a target is met, in whole percent, never rounded up to a hundred before it is met; -1 without a
// target.
func Percent(registered, target int) int {
	if target <= 0 {
		return -1
	}
	return registered * 100 / target
}

// BlockRow sums the units of a block.
type BlockRow struct {
	Name       string
	Units      int
	NotBegun   int
	Below      int
	Target     int
	Registered int // of units with a target, none more than its own counts: one unit's many do not hide another's none
	Count
}

// Blocks sums the rows by block, in the order in which the blocks first stand.
func Blocks(rows []UnitRow) []BlockRow {
	var out []BlockRow
	for _, r := range rows {
		i := slices.IndexFunc(out, func(b BlockRow) bool { return b.Name == r.Block })
		if i < 0 {
			i = len(out)
			out = append(out, BlockRow{Name: r.Block})
		}
		out[i].add(r)
	}
	return out
}

// Sum adds all rows up.
func Sum(rows []UnitRow) BlockRow {
	var total BlockRow
	for _, r := range rows {
		total.add(r)
	}
	return total
}

func (b *BlockRow) add(r UnitRow) {
	b.Units++
	switch r.Standing() {
	case NotBegun:
		b.NotBegun++
	case Below:
		b.Below++
	case Reached:
	}
	b.Target += r.Target
	b.Registered += min(r.Registered(), r.Target)
	b.Count = b.Plus(r.Count)
}

// loginOf makes a login of a unit's name: "Phường Hạc Thành" → "phuonghacthanh".
func loginOf(name string) string {
	login := make([]rune, 0, 40)
	for _, r := range unit.SearchKey(name) {
		if r != ' ' && len(login) < 40 {
			login = append(login, r)
		}
	}
	for len(login) < 3 {
		login = append(login, 'x')
	}
	return string(login)
}
