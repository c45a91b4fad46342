package index

import (
	"math/bits"

	"maru/domain/benefit/internal/closure"
)

// Set holds a verdict for each programme of a law. Programmes stand at places of
// the index's own (Index.Place), at which bit 1 of Yes is set where one holds,
// of Open where it holds or is unknown. It is whether conditions hold, without
// amounts. Sets of one index can be compared word by word.
type Set struct {
	Yes, Open []uint64
	index     *Index
}

// Set makes an empty set of the right size.
func (x *Index) Set() *Set {
	return &Set{Yes: make([]uint64, x.words), Open: make([]uint64, x.words), index: x}
}

// Place is the bit at which a programme stands; Programme the one at a bit.
func (x *Index) Place(programme int) int { return int(x.places[programme]) }

// Programme is the number of the programme that stands at a bit.
func (x *Index) Programme(place int) int { return int(x.programmes[place]) }

// Of is the verdict of a programme by its number.
func (s *Set) Of(programme int) closure.Tri {
	place := s.index.Place(programme)
	word, bit := place/64, uint64(1)<<(place%64)
	switch {
	case s.Yes[word]&bit != 0:
		return closure.Yes
	case s.Open[word]&bit != 0:
		return closure.Unknown
	}
	return closure.No
}

// Count is how many programmes hold, and how many are unknown.
func (s *Set) Count() (yes, unknown int) {
	for i, w := range s.Yes {
		yes += bits.OnesCount64(w)
		unknown += bits.OnesCount64(s.Open[i] &^ w)
	}
	return yes, unknown
}

// Each calls f with every programme that holds or is unknown, in the order of
// their places.
func (s *Set) Each(f func(programme int, verdict closure.Tri)) {
	for i, w := range s.Open {
		for ; w != 0; w &= w - 1 {
			verdict := closure.Unknown
			if s.Yes[i]&(w&-w) != 0 {
				verdict = closure.Yes
			}
			f(s.index.Programme(i*64+bits.TrailingZeros64(w)), verdict)
		}
	}
}
