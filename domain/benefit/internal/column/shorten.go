package column

import (
	"math/bits"
	"slices"
)

// shorten is a bitmap as it is kept. Most conditions hold for few people: of a
// country's kept words seven in ten are zero. So it is the words that are not,
// behind a map of where they stand, a bit each. What would hardly be shorter is
// copied as it is: the length tells which it is.
func shorten(b []uint64) []uint64 {
	head, full := words(len(b)), 0
	for _, x := range b {
		if x != 0 {
			full++
		}
	}
	if 4*(head+full) > 3*len(b) {
		return slices.Clone(b)
	}
	out := make([]uint64, head, head+full)
	for i, x := range b {
		if x != 0 {
			out[i>>6] |= 1 << (i & 63)
			out = append(out, x)
		}
	}
	return out
}

// restore writes a shortened bitmap, all of it, into out.
func restore(b, out []uint64) {
	clear(out)
	head := words(len(out))
	rest := b[head:]
	for i, at := range b[:head] {
		for ; at != 0; at &= at - 1 {
			out[i<<6+bits.TrailingZeros64(at)] = rest[0]
			rest = rest[1:]
		}
	}
}
