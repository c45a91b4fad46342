package column

import (
	"math"
	"math/bits"
)

// divisor divides by one number, rounding down, with a product instead of a
// division: all numbers of a step are divided by the same one, and a division
// takes as long as everything else that is done with a row together.
//
// Numbers are first raised by a multiple of the divisor so that none is below
// nought. Of n below 2^63 and d up to 2^l, n/d rounded down is n times
// m = 2^(63+l)/d rounded up, over 2^(63+l): m is too large by less than 2^l/d of
// 2^l parts, which n cannot make one of (Granlund and Montgomery 1994).
type divisor struct {
	raise int64 // d times lower, all numbers are at least its negative
	lower int64
	times uint64
	shift int
	plain int64 // the divisor where numbers raised could come to 2^63; else 0
}

// divisorOf is for numbers from lo to hi, which lie within 2^62 of nought; d is
// two or more, and no more than 2^62.
func divisorOf(d, lo, hi int64) divisor {
	l := bits.Len64(uint64(d - 1))
	high, low := uint64(1)<<(l-1), uint64(0) // 2^(63+l)
	times, rest := bits.Div64(high%uint64(d), low, uint64(d))
	if rest > 0 {
		times++
	}
	out := divisor{times: times, shift: l - 1}
	if lo < 0 {
		out.lower = (-lo + d - 1) / d
		out.raise = out.lower * d
	}
	if hi > math.MaxInt64-out.raise {
		return divisor{plain: d}
	}
	return out
}

func (v divisor) floor(n int64) int64 {
	if v.plain != 0 {
		q := n / v.plain
		return q + (n-q*v.plain)>>63
	}
	high, _ := bits.Mul64(uint64(n+v.raise), v.times)
	return int64(high>>v.shift) - v.lower
}
