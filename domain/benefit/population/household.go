package population

import (
	"fmt"

	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// Household is one household on its way into or out of a population.
type Household struct {
	// IDs are the members' pseudonyms, the head's first.
	IDs []ID
	// Frame holds the facts; Frame.Reset(len(IDs)) begins a new household.
	Frame *frame.Frame
}

// NewHousehold makes an empty household for a law. It may be used again.
func NewHousehold(law *rule.Law) *Household { return &Household{Frame: frame.New(law)} }

// stored is a household held in memory beside the file: facts by the law's
// slots. It does not change.
type stored struct {
	ids            []ID
	person         []int64
	personKnown    []uint64
	household      []int64
	householdKnown uint64
}

func (s *stored) members() int { return len(s.ids) }

func storedOf(h *Household) *stored {
	f := h.Frame
	return &stored{
		ids: append([]ID(nil), h.IDs...), person: append([]int64(nil), f.Person...), personKnown: append([]uint64(nil), f.PersonKnown...),
		household: append([]int64(nil), f.Household...), householdKnown: f.HouseholdKnown,
	}
}

func (s *stored) fill(h *Household) {
	h.IDs = append(h.IDs[:0], s.ids...)
	s.frame(h.Frame)
}

func (s *stored) frame(f *frame.Frame) {
	f.Reset(len(s.ids))
	copy(f.Person, s.person)
	copy(f.PersonKnown, s.personKnown)
	copy(f.Household, s.household)
	f.HouseholdKnown = s.householdKnown
}

// check tells whether a household can be kept: a head, no more members than a
// household may have, known facts within their bounds.
func (s *Schema) check(h *Household) error {
	f := h.Frame
	if len(h.IDs) != f.Members {
		return fmt.Errorf("%w: %d pseudonyms for %d members", ErrFact, len(h.IDs), f.Members)
	}
	if f.Members == 0 || f.Members > rule.MaxMembers {
		return fmt.Errorf("%w: a household has 1 to %d members, not %d", ErrFact, rule.MaxMembers, f.Members)
	}
	if len(f.Household) != len(s.law.Households) || f.Stride != len(s.law.Persons) {
		return fmt.Errorf("%w: the household is of another law", ErrDictionary)
	}
	for i := range s.persons {
		d := &s.persons[i]
		for m := range f.Members {
			if f.PersonKnown[m]>>d.fact.Slot&1 == 1 {
				if v := f.Person[m*f.Stride+d.fact.Slot]; !d.holds(v) {
					return fmt.Errorf("%w: %s cannot be %d", ErrFact, d.fact.ID, v)
				}
			}
		}
	}
	for i := range s.households {
		d := &s.households[i]
		if f.HouseholdKnown>>d.fact.Slot&1 == 1 && !d.holds(f.Household[d.fact.Slot]) {
			return fmt.Errorf("%w: %s cannot be %d", ErrFact, d.fact.ID, f.Household[d.fact.Slot])
		}
	}
	return nil
}
