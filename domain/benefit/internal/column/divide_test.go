package column

import (
	"math/rand/v2"
	"testing"
)

// TestDivisor: a product gives what a division rounded down gives, at the edges
// of each quotient and at those of what numbers can be.
func TestDivisor(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const limit = 1 << 62
	divisors := []int64{2, 3, 7, 10, 12, 100, 1000, 10_000, 120_000, 999_983, 1 << 20, 1<<20 + 1, 1<<40 - 1, 1 << 40, 1<<61 + 1, 1 << 62}
	for range 2000 {
		divisors = append(divisors, 2+r.Int64N(1<<(1+r.IntN(61))))
	}
	for _, d := range divisors {
		for _, lo := range []int64{0, 1, -1, -d, -d + 1, -limit + d, -r.Int64N(limit / 2)} {
			if lo < -limit {
				continue
			}
			v := divisorOf(d, lo, limit)
			try := []int64{lo, lo + 1, 0, limit, limit - 1}
			for range 20 {
				q := r.Int64N(limit/d + 1)
				try = append(try, q*d, q*d-1, q*d+1, q*d+d-1, -q*d, -q*d-1, r.Int64N(limit))
			}
			for _, n := range try {
				if n < lo || n > limit {
					continue
				}
				want := n / d
				if n%d < 0 {
					want--
				}
				if got := v.floor(n); got != want {
					t.Fatalf("%d / %d from %d on: %d, want %d", n, d, lo, got, want)
				}
			}
		}
	}
}
