package wordvec

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTiny: the cosine of vectors in half bytes is near to the true one.
func TestTiny(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	draw := func() Vector {
		var v Vector
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		v.Unit()
		return v
	}
	var squares float64
	const n = 500
	for range n {
		a, b := draw(), draw()
		mix := float32(rng.Float64())
		for i := range b { // some near to a, some far
			b[i] = mix*a[i] + (1-mix)*b[i]
		}
		b.Unit()
		var want float32
		for i := range a {
			want += a[i] * b[i]
		}
		small := b.Tiny()
		off := float64(a.Table().Dot(&small) - want)
		if math.Abs(off) > 0.1 {
			t.Fatalf("cosine %v is off by %v", want, off)
		}
		squares += off * off
	}
	if off := math.Sqrt(squares / n); off > 0.025 {
		t.Errorf("off by %v on the average", off)
	}
	for h := range byte(16) {
		if got := half(value(h)); got != h {
			t.Errorf("half byte %d stands for %v, which is %d", h, value(h), got)
		}
	}
	for _, x := range []float32{-2, 2, float32(math.Inf(1)), 0} {
		if h := half(x); h > 15 {
			t.Errorf("%v is %d", x, h)
		}
	}
}
