package column

import (
	"math/rand/v2"
	"testing"
)

// TestSpread: a household's bit is that of each of its members, whatever the sizes.
func TestSpread(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 7))
	for round := range 400 {
		var owner []int
		households, most := 1+dice.IntN(300), 1+dice.IntN(9)
		if round%9 == 0 {
			most = 200 // longer than a word
		}
		for h := range households {
			for range 1 + dice.IntN(most) {
				owner = append(owner, h)
			}
		}
		a := make([]uint64, (households+63)/64)
		for h := range households {
			a[h>>6] |= uint64(dice.IntN(2)) << (h & 63)
		}
		words := (len(owner) + 63) / 64
		begins, out, last := make([]uint64, words), make([]uint64, words), ^uint64(0)>>(-len(owner)&63)
		for i, h := range owner {
			if i == 0 || owner[i-1] != h {
				begins[i>>6] |= 1 << (i & 63)
			}
		}
		var s spread
		s.of(begins)
		s.write(out, a, last)
		for i, h := range owner {
			if got, want := out[i>>6]>>(i&63)&1, a[h>>6]>>(h&63)&1; got != want {
				t.Fatalf("round %d: person %d of household %d has %d, not %d", round, i, h, got, want)
			}
		}
		if out[words-1]&^last != 0 {
			t.Fatalf("round %d: bits behind the last person", round)
		}
	}
}
