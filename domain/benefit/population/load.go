package population

import (
	"encoding/binary"
	"math/bits"
)

// load writes the numbers of rows from to to, as rules hold them, to out, and
// what is known of them to known from bit at on, where all bits must be 0.
func (c *column) load(from, to int, out []int64, known []uint64, at int) {
	n := to - from
	out = out[:n]
	switch c.kind {
	case constant:
		fill(out, c.fallback)
		if c.fallbackKnown == 1 {
			setBits(known, at, n)
		}
	case sparse:
		fill(out, c.fallback)
		if c.fallbackKnown == 1 {
			setBits(known, at, n)
		}
		for i := c.at.search(from); i < c.at.len(); i++ {
			row := c.at.at(i)
			if row >= to {
				break
			}
			out[row-from] = c.toLaw(c.number(i))
			putBit(known, at+row-from, c.knows(i))
		}
	default:
		c.widen(from, out)
		switch c.known {
		case knownAll:
			setBits(known, at, n)
		case knownBits:
			orBits(known, at, c.bits, from, n)
		}
	}
}

func fill(out []int64, v int64) {
	if v == 0 {
		clear(out)
		return
	}
	for i := range out {
		out[i] = v
	}
}

// widen writes the numbers of a dense column from a row on. Each loop does one
// thing without a branch: a country is read through it.
func (c *column) widen(from int, out []int64) {
	n := len(out)
	switch c.width {
	case 1:
		in := c.data[from : from+n]
		if c.table != nil {
			t := c.table
			for i, v := range in {
				out[i] = t[v]
			}
			return
		}
		for i, v := range in {
			out[i] = int64(v)
		}
	case 2:
		in := c.data[2*from : 2*(from+n)]
		for i := range out {
			out[i] = int64(int16(binary.LittleEndian.Uint16(in[2*i : 2*i+2])))
		}
	case 4:
		in := c.data[4*from : 4*(from+n)]
		for i := range out {
			out[i] = int64(int32(binary.LittleEndian.Uint32(in[4*i : 4*i+4])))
		}
	default:
		in := c.data[8*from : 8*(from+n)]
		for i := range out {
			out[i] = int64(binary.LittleEndian.Uint64(in[8*i : 8*i+8]))
		}
	}
	if c.field != nil {
		for i, v := range out {
			out[i] = c.field.toLaw(v)
		}
	}
}

// number is the i-th number that the column holds, as the file has it.
func (c *column) number(i int) int64 {
	switch c.width {
	case 1:
		return int64(c.data[i])
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(c.data[2*i:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(c.data[4*i:])))
	default:
		return int64(binary.LittleEndian.Uint64(c.data[8*i:]))
	}
}

// knows tells whether the i-th number that the column holds is known.
func (c *column) knows(i int) uint64 {
	switch c.known {
	case knownNone:
		return 0
	case knownAll:
		return 1
	}
	return c.bits.bit(i)
}

// row is one row's number, as rules hold it, and whether it is known.
func (c *column) row(row int) (int64, bool) {
	switch c.kind {
	case constant:
		return c.fallback, c.fallbackKnown == 1
	case sparse:
		i := c.at.search(row)
		if i == c.at.len() || c.at.at(i) != row {
			return c.fallback, c.fallbackKnown == 1
		}
		return c.toLaw(c.number(i)), c.knows(i) == 1
	}
	return c.toLaw(c.number(row)), c.knows(row) == 1
}

// words is how many words n bits take.
func words(n int) int { return (n + 63) / 64 }

// count is how many bits are set.
func count(known []uint64) (n int) {
	for _, w := range known {
		n += bits.OnesCount64(w)
	}
	return n
}
