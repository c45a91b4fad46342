package population

import (
	"fmt"

	"maru/domain/benefit/internal/frame"
	"maru/kernel"
)

// Change puts a household in the place of what it was.
type Change struct {
	// Key is the household's, or NewKey for one that is added.
	Key Key
	// Household is the household as it is from now on; nil, it is gone.
	Household *Household
}

// NewKey is the key of a household that is yet to get one.
const NewKey Key = 1<<32 - 1

// Update changes households, all or none. change is called with the population
// as it is, while no other change can happen; households that it returns may be
// used again afterwards. When Update returns without an error the change is on
// disk and later views show it. The error is ErrFact, ErrDictionary,
// ErrReplaced, or that of change or of writing.
func (s *Snapshot) Update(change func(*View) ([]Change, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.base.schema.changeable(); err != nil {
		return err
	}
	v := s.View()
	list, err := change(v)
	if err != nil || len(list) == 0 {
		return err
	}
	keys, changes, err := v.take(list)
	if err != nil {
		return err
	}
	if err := v.alone(keys, changes); err != nil {
		return err
	}
	if err := s.openJournal(); err != nil {
		return err
	}
	if err := s.append(s.base.record(keys, changes)); err != nil {
		return err
	}
	s.view.Store(v.with(changes))
	return nil
}

// take checks changes and gives new households their keys.
func (v *View) take(list []Change) ([]Key, map[Key]*stored, error) {
	last := len(v.patches) - 1
	next := v.base.head.Households
	if p := v.patches[last]; p != nil {
		next += len(p.keys)
	}
	known := next
	var keys []Key
	changes := map[Key]*stored{}
	for _, c := range list {
		key := c.Key
		switch {
		case key == NewKey:
			key = Key(next)
			next++
		case int(key) >= known:
			return nil, nil, fmt.Errorf("%w: there is no household of key %d", ErrFact, key)
		}
		if changes[key] != nil {
			return nil, nil, fmt.Errorf("%w: a household is changed twice at once", ErrFact)
		}
		s := &stored{household: make([]int64, len(v.base.household))}
		if c.Household != nil {
			if err := v.base.schema.check(c.Household); err != nil {
				return nil, nil, err
			}
			s = storedOf(c.Household)
			v.base.trim(s)
		}
		keys, changes[key] = append(keys, key), s
	}
	return keys, changes, nil
}

// trim takes out what the file does not hold, and numbers of unknown facts. That
// the head is the head stays in any case.
func (b *base) trim(s *stored) {
	for m := range s.ids {
		for slot, field := range b.person {
			if field < 0 && (m > 0 || slot != b.relation) {
				s.personKnown[m] &^= 1 << slot
			}
			if s.personKnown[m]>>slot&1 == 0 {
				s.person[m*len(b.person)+slot] = 0
			}
		}
	}
	for slot, field := range b.household {
		if field < 0 {
			s.householdKnown &^= 1 << slot
		}
		if s.householdKnown>>slot&1 == 0 {
			s.household[slot] = 0
		}
	}
}

// alone tells whether everybody who comes into a household then lives nowhere
// else.
func (v *View) alone(keys []Key, changes map[Key]*stored) error {
	seen := map[ID]bool{}
	for _, key := range keys {
		for _, id := range changes[key].ids {
			if seen[id] {
				return fmt.Errorf("%w: a person is a member twice", ErrFact)
			}
			seen[id] = true
			if h, _, ok := v.Find(id); ok && v.Key(h) != key && changes[v.Key(h)] == nil {
				return fmt.Errorf("%w: a person is a member of another household", ErrFact)
			}
		}
	}
	return nil
}

// PutPerson changes facts of one person; an unknown value makes a fact unknown.
// ok is false when the pseudonym is nobody's.
func (s *Snapshot) PutPerson(id ID, facts map[string]kernel.Value) (ok bool, err error) {
	return s.put(id, false, facts)
}

// PutHousehold changes facts of the household in which a person lives.
func (s *Snapshot) PutHousehold(id ID, facts map[string]kernel.Value) (ok bool, err error) {
	return s.put(id, true, facts)
}

func (s *Snapshot) put(id ID, household bool, facts map[string]kernel.Value) (ok bool, err error) {
	err = s.Update(func(v *View) ([]Change, error) {
		var h, m int
		if h, m, ok = v.Find(id); !ok {
			return nil, nil
		}
		out := NewHousehold(s.base.schema.law)
		v.Household(h, out)
		if household {
			m = -1
		}
		for name, value := range facts {
			if err := s.putFact(out.Frame, m, name, value); err != nil {
				return nil, err
			}
		}
		return []Change{{v.Key(h), out}}, nil
	})
	return ok, err
}

// putFact changes one fact; m is -1 for the household.
func (s *Snapshot) putFact(f *frame.Frame, m int, name string, value kernel.Value) error {
	law := s.base.schema.law
	fact := law.Fact(m < 0, name)
	fields := s.base.person
	if m < 0 {
		fields = s.base.household
	}
	if fact == nil || fields[fact.Slot] < 0 {
		return fmt.Errorf("%w: the file does not hold %s", ErrDictionary, name)
	}
	if value.Known() {
		if err := f.Put(m, name, value); err != nil {
			return fmt.Errorf("%w: %w", ErrFact, err)
		}
		return nil
	}
	switch {
	case m < 0:
		f.HouseholdKnown &^= 1 << fact.Slot
		f.Household[fact.Slot] = 0
	case m > 0 || name != "relation_to_head":
		f.PersonKnown[m] &^= 1 << fact.Slot
		f.Person[m*f.Stride+fact.Slot] = 0
	}
	return nil
}
