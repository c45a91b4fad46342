package column

import "math/bits"

// spread gives the members of the block's households their household's bit. In a
// country's run over a thousand programmes two thirds of the time went into doing
// that household by household; 64 persons at once take a fourth of it.
//
// Bit h of a changes from household to household where a XOR a<<1 is set. Those
// changes are put where the households begin, and the persons between two changes
// are alike: their bits are the parity of the changes up to them.
type spread struct {
	words []spreadWord
	made  bool
}

// spreadWord moves the bits of the households that begin among 64 persons to where
// they begin. moves[i] are the places into which a bit comes from 1<<i places below
// (the "expand" of H. S. Warren, Hacker's Delight, 7-5).
type spreadWord struct {
	begin uint64 // persons who are the first of their household
	moves [6]uint64
}

// of prepares a block: begins has the first member of every household.
func (s *spread) of(begins []uint64) {
	s.made, s.words = true, s.words[:0]
	for _, begin := range begins {
		w := spreadWord{begin: begin}
		left, zeros := begin, ^begin<<1
		for i := range w.moves {
			odd := parity(zeros)
			move := odd & left
			w.moves[i] = move
			left = left&^move | move>>(1<<i)
			zeros &^= odd
		}
		s.words = append(s.words, w)
	}
}

// write gives bit h of a to the members of household h; last masks the bits of the
// last word that persons have.
func (s *spread) write(out, a []uint64, last uint64) {
	at, before := 0, uint64(0) // household and the one before the next, bit 63
	on := uint64(0)            // all ones where the last person of the word before has the bit
	for i := range s.words {
		w := &s.words[i]
		x := from(a, at)
		change := x ^ (x<<1 | before)
		n := bits.OnesCount64(w.begin)
		if n > 0 {
			before = x >> (n - 1) & 1
		}
		at += n
		change ^= (change ^ change<<32) & w.moves[5]
		change ^= (change ^ change<<16) & w.moves[4]
		change ^= (change ^ change<<8) & w.moves[3]
		change ^= (change ^ change<<4) & w.moves[2]
		change ^= (change ^ change<<2) & w.moves[1]
		change ^= (change ^ change<<1) & w.moves[0]
		x = parity(change&w.begin) ^ on
		out[i] = x
		on = uint64(int64(x) >> 63)
	}
	out[len(out)-1] &= last
}

// from are the bits of a from one on; behind the last they are 0.
func from(a []uint64, at int) uint64 {
	i, o := at>>6, at&63
	if i >= len(a) {
		return 0
	}
	x := a[i] >> o
	if o > 0 && i+1 < len(a) {
		x |= a[i+1] << (64 - o)
	}
	return x
}

// parity has bit i set where an odd number of bits up to bit i are.
func parity(x uint64) uint64 {
	x ^= x << 1
	x ^= x << 2
	x ^= x << 4
	x ^= x << 8
	x ^= x << 16
	return x ^ x<<32
}
