package wordvec

import "math"

// Tiny is a unit vector in half a byte a component, for very many of them.
type Tiny [Dim / 2]byte

// levels are what the half bytes from 8 on stand for, below 8 the same negated,
// in the deviations of a component: the sixteen levels that lose least of a
// normal distribution (Max 1960, table I). Components of a unit vector are
// nearly so spread, with the deviation 1/sqrt(Dim).
var levels = [8]float32{0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733}

// deviation of a component of a unit vector.
var deviation = float32(1 / math.Sqrt(Dim))

// half is the half byte of a component.
func half(x float32) byte {
	x /= deviation
	side := byte(8)
	if x < 0 {
		x, side = -x, 0
	}
	k := 0
	for k < len(levels)-1 && x > (levels[k]+levels[k+1])/2 {
		k++
	}
	return side + byte(k)
}

// value is what a half byte stands for.
func value(h byte) float32 {
	if h >= 8 {
		return levels[h-8] * deviation
	}
	return -levels[h] * deviation
}

// Tiny rounds a unit vector.
func (v *Vector) Tiny() Tiny {
	var out Tiny
	for i := range out {
		out[i] = half(v[2*i]) | half(v[2*i+1])<<4
	}
	return out
}

// Table holds for a vector what every byte of a tiny one adds to their cosine.
type Table [Dim / 2][256]float32

// Table makes the table of a unit vector, to compare it with many tiny ones.
func (v *Vector) Table() *Table {
	t := new(Table)
	for i := range t {
		for b := range t[i] {
			t[i][b] = v[2*i]*value(byte(b)&15) + v[2*i+1]*value(byte(b)>>4)
		}
	}
	return t
}

// Dot is about the cosine of the table's vector and a tiny one; it is 0.02 off or so.
func (t *Table) Dot(s *Tiny) float32 {
	var a, b float32
	for i := 0; i < len(s); i += 2 {
		a += t[i][s[i]]
		b += t[i+1][s[i+1]]
	}
	return a + b
}
