package sample

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// dice draws from PCG. The drawing functions are our own because those of
// math/rand/v2 may give other values in another Go release, and the world must
// stay the same.
type dice struct{ pcg *rand.PCG }

func newDice(seed, stream uint64) dice { return dice{rand.NewPCG(seed, stream)} }

// below draws from 0 to n-1.
func (d dice) below(n int) int { return int(d.pcg.Uint64() >> 11 % uint64(n)) }

// between draws from lo to hi, both included.
func (d dice) between(lo, hi int) int { return lo + d.below(hi-lo+1) }

// chance is true in percent of 100 draws.
func (d dice) chance(percent int) bool { return d.below(100) < percent }

// won draws an amount from lo to hi in steps of step.
func (d dice) won(lo, hi, step int64) int64 {
	return lo + step*int64(d.below(int((hi-lo)/step)+1))
}

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

// apportion splits total over weights by the method of largest remainders, so
// that the parts are whole and sum to total. Equal remainders go to the
// earlier part.
func apportion(total int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	parts := make([]int, len(weights))
	if sum == 0 {
		return parts
	}
	order := make([]int, len(weights))
	left := total
	for i, w := range weights {
		parts[i] = total * w / sum
		left -= parts[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(total*weights[b]%sum, total*weights[a]%sum)
	})
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}
