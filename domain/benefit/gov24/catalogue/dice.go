package catalogue

import "math/rand/v2"

// dice draws from PCG. The drawing functions are our own because those of
// math/rand/v2 may give other values in another release of Go.
type dice struct{ pcg *rand.PCG }

// below draws from 0 to n-1.
func (d dice) below(n int) int { return int(d.pcg.Uint64() >> 11 % uint64(n)) }

// chance is true in a number of 1,000 draws.
func (d dice) chance(permille int) bool { return d.below(1000) < permille }

// pick chooses by weight and gives the index.
func (d dice) pick(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := d.below(sum)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}

func one[T any](d dice, list []T) T { return list[d.below(len(list))] }
