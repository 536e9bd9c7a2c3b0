package bank

import "slices"

// EachWithEach compares every content with every other one: what Pairs must find, said plainly.
func EachWithEach(contents []Content) []Alike {
	var out []Alike
	for i := range contents {
		for j := range i {
			a, b := knownOf(contents[j]), knownOf(contents[i])
			n := 0
			for _, p := range a.pieces {
				if slices.Contains(b.pieces, p) {
					n++
				}
			}
			all := len(a.pieces) + len(b.pieces) - n
			x := Alike{A: int64(j + 1), B: int64(i + 1)}
			switch {
			case a.text == b.text:
				x.Percent, x.OtherKey = 100, a.key != b.key
			case all > 0 && 100*n >= nearPercent*all:
				x.Percent = 100 * n / all
			default:
				continue
			}
			out = append(out, x)
		}
	}
	return best(out, len(out))
}
