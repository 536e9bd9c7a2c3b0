// Package scoring knows how points come about: a response, a key and a rule give points; marks, a rubric and a
// combination give a score.
//
// Points, marks and scores are whole hundredths of a point (7,5 points = 750), weights are hundredths of a percent
// (100 % = 10000), times are microseconds. There are no floats: two machines must come to the same score. The package
// must never rank (that is package ranking), never read a clock, and never decide whether something came in time.
package scoring

import "math/bits"

// FullWeight is a weight of 100 %.
const FullWeight int64 = 10_000

// mulDivHalfUp is a×b/c, rounded half up, with a product of up to 126 bits. a and b must not be negative, c must be
// positive, and the quotient must fit: all three are bounded by the Check functions of this package.
func mulDivHalfUp(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	hi += carry
	// Half up on whole numbers: floor((ab + floor(c/2)) / c) is the same for even c, and for odd c there is no half.
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}

// divHalfUp is a/b rounded half up (towards the larger number, also below zero). b must be positive.
func divHalfUp(a, b int64) int64 {
	n, d := 2*a+b, 2*b
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

// Share is most × part ÷ whole, rounded half up: what an entry gets for its part of the votes. 0 when nobody voted.
func Share(most, part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	return mulDivHalfUp(most, part, whole)
}
