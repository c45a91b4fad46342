package column

import "math/bits"

func anyBit(b []uint64) bool {
	for _, x := range b {
		if x != 0 {
			return true
		}
	}
	return false
}

func full(b []uint64, last uint64) bool {
	n := len(b) - 1
	for _, x := range b[:n] {
		if x != ^uint64(0) {
			return false
		}
	}
	return b[n] == last
}

func fillBits(b []uint64, v bool, last uint64) {
	if !v {
		clear(b)
		return
	}
	for i := range b {
		b[i] = ^uint64(0)
	}
	b[len(b)-1] = last
}

// opposite writes NOT a.
func opposite(out, a []uint64, last uint64) {
	for i, x := range a {
		out[i] = ^x
	}
	out[len(out)-1] &= last
}

// count is how many bits are set.
func count(b []uint64) int {
	n := 0
	for _, x := range b {
		n += bits.OnesCount64(x)
	}
	return n
}

// bitsAt are n bits of a bitmap from one on; n is 64 at most.
func bitsAt(b []uint64, at, n int) uint64 {
	w, o := at>>6, at&63
	x := b[w] >> o
	if o+n > 64 {
		x |= b[w+1] << (64 - o)
	}
	return x & (1<<n - 1)
}

// bitWriter writes bits one after the other.
type bitWriter struct {
	out  []uint64
	word uint64
	used int
	next int
}

// put appends the n lowest bits of x, which has no others; n is below 64.
func (b *bitWriter) put(x uint64, n int) {
	b.word |= x << b.used
	b.used += n
	if b.used >= 64 {
		b.out[b.next] = b.word
		b.next++
		b.used -= 64
		b.word = x >> (n - b.used)
	}
}

func (b *bitWriter) end() {
	if b.used > 0 {
		b.out[b.next] = b.word
	}
}
