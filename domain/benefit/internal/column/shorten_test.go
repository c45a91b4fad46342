package column

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestShorten(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]uint64, 1+r.IntN(300))
		share := r.Float64()
		full := 0
		for i := range b {
			if r.Float64() < share {
				b[i] = r.Uint64() | 1<<r.IntN(64)
				full++
			}
		}
		p := shorten(b)
		if len(p) > len(b) || len(p) == len(b) && !slices.Equal(p, b) {
			t.Fatalf("%d words of %d became %d", full, len(b), len(p))
		}
		if len(p) == len(b) {
			continue
		}
		if len(p) != words(len(b))+full {
			t.Fatalf("%d words of %d became %d", full, len(b), len(p))
		}
		out := make([]uint64, len(b))
		for i := range out {
			out[i] = r.Uint64() // what was there before
		}
		if restore(p, out); !slices.Equal(out, b) {
			t.Fatal("another bitmap comes back")
		}
	}
}
