package bank

import (
	"fmt"
	"testing"
)

// BenchmarkStanding compares a file of 2,000 questions with a bank of 20,000, as reading an import does.
func BenchmarkStanding(b *testing.B) {
	content := func(i int) Content {
		c := Samples()[i%len(Samples())]
		c.Stem = fmt.Sprintf("%s Trong tình huống %d, hồ sơ số %d của đơn vị %d thì sao?", c.Stem, i, i*7919%99991, i%700)
		return c.Normalized()
	}
	others := newAlike()
	for i := range 20000 {
		others.add(knownOf(content(i)))
	}
	b.ResetTimer()
	for b.Loop() {
		for i := range 2000 {
			k := knownOf(content(20000 + i))
			if _, same := others.same(k); !same {
				others.near(k)
			}
		}
	}
}
