// Package frame holds the facts of one household as numbers, in the slots of a
// law, so that rules can be computed without looking anything up by name.
//
// Invariants: the head is member 0 and its relation to the head is known; a
// fact whose bit is not set is unknown and its number is 0.
package frame

import (
	"fmt"
	"slices"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

// Frame is one household. It may be filled again with Reset.
type Frame struct {
	law *rule.Law
	// Members is how many there are.
	Members int
	// Person holds the facts of member m at m*Stride + slot; PersonKnown[m] has
	// bit slot set where the fact is known. The household's stand alike.
	Person         []int64
	PersonKnown    []uint64
	Stride         int
	Household      []int64
	HouseholdKnown uint64

	headWord int64 // the word "head", -1 when no rule or fact names it
	relation int   // the slot of relation_to_head, -1 without
}

// New makes an empty frame for a law.
func New(law *rule.Law) *Frame {
	f := &Frame{law: law, Stride: len(law.Persons), Household: make([]int64, len(law.Households)), headWord: -1, relation: -1}
	if fact := law.Fact(false, "relation_to_head"); fact != nil {
		f.relation = fact.Slot
		if w, ok := law.WordOf("head"); ok {
			f.headWord = w
		}
	}
	return f
}

// Reset empties the frame and gives it n members.
func (f *Frame) Reset(n int) {
	f.Members = n
	if cap(f.Person) < n*f.Stride {
		f.Person, f.PersonKnown = make([]int64, n*f.Stride), make([]uint64, n)
	}
	f.Person, f.PersonKnown = f.Person[:n*f.Stride], f.PersonKnown[:n]
	clear(f.Person)
	clear(f.PersonKnown)
	clear(f.Household)
	f.HouseholdKnown = 0
	if n > 0 && f.relation >= 0 && f.headWord >= 0 {
		f.set(&f.Person[f.relation], &f.PersonKnown[0], f.relation, f.headWord)
	}
}

func (f *Frame) set(at *int64, known *uint64, slot int, v int64) {
	*at = v
	*known |= 1 << slot
}

// SetPerson fills in a fact of member m by its number.
func (f *Frame) SetPerson(m, slot int, v int64) {
	if m == 0 && slot == f.relation {
		return // the head is the head, whatever is recorded
	}
	f.set(&f.Person[m*f.Stride+slot], &f.PersonKnown[m], slot, v)
}

// SetHousehold fills in a fact of the household by its number.
func (f *Frame) SetHousehold(slot int, v int64) {
	f.set(&f.Household[slot], &f.HouseholdKnown, slot, v)
}

// Put fills in a fact by its value; an unknown value changes nothing. member is
// -1 for the household. Facts that no rule can speak of are passed over.
func (f *Frame) Put(member int, id string, v kernel.Value) error {
	fact := f.law.Fact(member < 0, id)
	if fact == nil || !v.Known() {
		return nil
	}
	n, err := Number(f.law, fact, v)
	if err != nil {
		return err
	}
	if member < 0 {
		f.SetHousehold(fact.Slot, n)
	} else {
		f.SetPerson(member, fact.Slot, n)
	}
	return nil
}

// Fill is Put for a value that nobody checked: false where there is no such fact
// or it cannot have the value.
func (f *Frame) Fill(member int, id string, v kernel.Value) bool {
	fact := f.law.Fact(member < 0, id)
	switch {
	case fact == nil:
		return false
	case !v.Known():
		return true
	case (fact.Type == rule.Word || fact.Type == rule.Code) && v.Kind() != kernel.TextValue:
		return false
	}
	n, err := Number(f.law, fact, v)
	if err != nil {
		return false
	}
	if member < 0 {
		f.SetHousehold(fact.Slot, n)
	} else {
		f.SetPerson(member, fact.Slot, n)
	}
	return true
}

// Number is a fact's value as rules hold it.
func Number(law *rule.Law, fact *rule.Fact, v kernel.Value) (int64, error) {
	var n int64
	ok := false
	switch fact.Type {
	case rule.Bool:
		var b bool
		if b, ok = v.Bool(); b {
			n = 1
		}
	case rule.Num:
		n, ok = v.Int()
		ok = ok && n >= fact.Lo && n <= fact.Hi
	case rule.Date:
		var d kernel.Date
		if d, ok = v.Date(); ok {
			n = rule.DayOf(d)
			ok = n >= fact.Lo && n <= fact.Hi
		}
	case rule.Word:
		if n, ok = law.WordOf(v.Text()); ok {
			ok = slices.Contains(fact.Members, v.Text())
		}
	case rule.Code:
		n, ok = code(v.Text())
	case rule.Set:
		var members []string
		if members, ok = v.Set(); ok {
			for _, id := range members {
				if bit := law.SetBit(id); bit >= 0 {
					n |= 1 << bit
				}
			}
		}
	}
	if !ok {
		return 0, fmt.Errorf("frame: %s cannot be %q", fact.ID, v.Text())
	}
	return n, nil
}

// code reads a region code of five digits.
func code(s string) (int64, bool) {
	if len(s) != 5 {
		return 0, false
	}
	var n int64
	for _, r := range []byte(s) {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	return n, true
}

// Law is the law whose slots the frame has.
func (f *Frame) Law() *rule.Law { return f.law }

// ForgetPerson makes a fact of member m unknown again.
func (f *Frame) ForgetPerson(m, slot int) {
	f.Person[m*f.Stride+slot] = 0
	f.PersonKnown[m] &^= 1 << slot
}

// ForgetHousehold makes a fact of the household unknown again.
func (f *Frame) ForgetHousehold(slot int) {
	f.Household[slot] = 0
	f.HouseholdKnown &^= 1 << slot
}
