package population

import (
	"context"
	"fmt"
	"slices"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

// Registers list every household of a country with its facts. Reading them
// needs a basis and a purpose, of which Origin speaks.
type Registers interface {
	// Households calls each with every household, once and in the same order each
	// time as long as nothing changes, and asks for the facts of these ids. An
	// error of each ends it.
	Households(ctx context.Context, person, household []string, each func(Home) error) error
}

// Home is a household as registers know it: facts by id, an unknown or absent
// one where no register holds it. The head stands first.
type Home struct {
	Facts   map[string]kernel.Value
	Members []Resident
}

// Resident is one person by the registers' own id, which does not get into a
// file.
type Resident struct {
	ID    string
	Facts map[string]kernel.Value
}

// Build writes a population of everybody whom registers know. key is that of the
// pseudonyms. The error is ErrAccess, ErrFact, or that of registers or of writing;
// then there is no file.
func Build(ctx context.Context, path string, law *rule.Law, o Origin, key []byte, from Registers) error {
	schema, err := NewSchema(law, true)
	if err != nil {
		return err
	}
	ids, err := NewPseudonyms(key)
	if err != nil {
		return err
	}
	w, err := NewWriter(path, schema, o)
	if err != nil {
		return err
	}
	defer w.Abort()
	h := NewHousehold(law)
	persons, households := schema.names()
	err = from.Households(ctx, persons, households, func(home Home) error {
		if err := h.take(home, ids); err != nil {
			return err
		}
		return w.Add(h)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// names are the ids of the facts that a file holds.
func (s *Schema) names() (persons, households []string) {
	for i := range s.persons {
		persons = append(persons, s.persons[i].fact.ID)
	}
	for i := range s.households {
		households = append(households, s.households[i].fact.ID)
	}
	return persons, households
}

// take fills in a household of registers.
func (h *Household) take(home Home, ids *Pseudonyms) error {
	h.Frame.Reset(len(home.Members))
	h.IDs = h.IDs[:0]
	put := func(member int, facts map[string]kernel.Value) error {
		for id, v := range facts {
			if err := h.Frame.Put(member, id, v); err != nil {
				return fmt.Errorf("%w: %w", ErrFact, err)
			}
		}
		return nil
	}
	if err := put(-1, home.Facts); err != nil {
		return err
	}
	for m, r := range home.Members {
		h.IDs = append(h.IDs, ids.Of([]byte(r.ID)))
		if err := put(m, r.Facts); err != nil {
			return err
		}
	}
	return nil
}

// Refresh brings a population to what registers hold now: households that are as
// they were are left alone, and all changes become one record of the journal. It
// tells how many households changed, came and went. key must be that of the
// file's pseudonyms: where nobody is found in it, the error is ErrAccess.
func (s *Snapshot) Refresh(ctx context.Context, key []byte, from Registers) (changed, came, gone int, err error) {
	ids, err := NewPseudonyms(key)
	if err != nil {
		return 0, 0, 0, err
	}
	persons, households := s.base.schema.names()
	err = s.Update(func(v *View) ([]Change, error) {
		changed, came, gone = 0, 0, 0
		var out []Change
		taken := make([]bool, v.Households())
		found := false
		h, was := NewHousehold(s.base.schema.law), NewHousehold(s.base.schema.law)
		err := from.Households(ctx, persons, households, func(home Home) error {
			if err := h.take(home, ids); err != nil {
				return err
			}
			at := -1
			for _, id := range h.IDs {
				if n, _, ok := v.Find(id); ok {
					if found = true; !taken[n] {
						at = n
						break
					}
				}
			}
			if at < 0 {
				came++
				out = append(out, Change{Key: NewKey, Household: h})
				h = NewHousehold(s.base.schema.law)
				return nil
			}
			taken[at] = true
			if v.Household(at, was); was.same(h) {
				return nil
			}
			changed++
			out = append(out, Change{Key: v.Key(at), Household: h})
			h = NewHousehold(s.base.schema.law)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("%w: nobody of the registers is in the file: it was built with another key file", ErrAccess)
		}
		for n, there := range taken {
			if !there {
				gone++
				out = append(out, Change{Key: v.Key(n)})
			}
		}
		return out, nil
	})
	return changed, came, gone, err
}

// same tells whether two households hold the same people and facts.
func (h *Household) same(o *Household) bool {
	return slices.Equal(h.IDs, o.IDs) && slices.Equal(h.Frame.Person, o.Frame.Person) && slices.Equal(h.Frame.PersonKnown, o.Frame.PersonKnown) &&
		slices.Equal(h.Frame.Household, o.Frame.Household) && h.Frame.HouseholdKnown == o.Frame.HouseholdKnown
}
