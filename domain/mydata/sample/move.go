package sample

import (
	"context"
	"errors"
	"maps"
	"slices"

	"maru/kernel"
	"maru/platform/store"
)

// Move is an accepted moving-in report.
type Move struct {
	Movers  []string
	Region  kernel.Region // of the new address, five digits
	Address string
	On      kernel.Date
	// Head is the head of the household that the movers join, "" when they
	// make one of their own.
	Head string
}

// Move registers the movers at the new address. A whole household that moves
// stays together with all that is recorded of it; those who leave others
// behind make a new household, or join Head's. Moving again to where one is
// changes nothing: the act may be repeated.
func (r *Registry) Move(ctx context.Context, m Move) error {
	for _, id := range m.Movers {
		if err := r.know(ctx, id); err != nil {
			return err
		}
	}
	if m.Head != "" {
		if err := r.know(ctx, m.Head); err != nil {
			return err
		}
	}
	if len(m.Movers) == 0 {
		return kernel.E(kernel.Invalid, "", nil).Field("movers", "mydata.error.nobody_moves", nil)
	}
	return r.db.Update(ctx, func(tx *store.Tx) error {
		s := newState(r.world, tx)
		done, err := s.livesThere(m)
		if done || err != nil {
			return err
		}
		touched := map[string]bool{}
		for _, id := range append([]string{m.Head}, m.Movers...) {
			if err := s.together(id, touched); err != nil {
				return err
			}
		}
		target, err := s.target(m)
		if err != nil {
			return err
		}
		for _, id := range m.Movers {
			if err := s.moveOne(id, target, m); err != nil {
				return err
			}
			delete(touched, id)
		}
		return errors.Join(r.announce(tx, "address", m.Movers...), r.announce(tx, "household", slices.Sorted(maps.Keys(touched))...))
	})
}

// livesThere tells whether the move was registered before.
func (s *state) livesThere(m Move) (bool, error) {
	for _, id := range m.Movers {
		c, err := s.changed(id)
		if err != nil {
			return false, err
		}
		if c["address"].value.Text() != m.Address || c["resident_since"].value.Text() != m.On.String() {
			return false, nil
		}
	}
	return true, nil
}

// target is the household that the movers belong to afterwards, and settles
// who is head in those that they leave.
func (s *state) target(m Move) (string, error) {
	if m.Head != "" {
		home, err := s.home(m.Head)
		if err != nil {
			return "", err
		}
		for _, id := range m.Movers {
			if err := s.leave(id, m.Movers); err != nil {
				return "", err
			}
			rel, err := s.relation(m.Head, id)
			if err != nil {
				return "", err
			}
			if err := s.set(id, "relation_to_head", kernel.TextOf(rel), m.On); err != nil {
				return "", err
			}
		}
		return home, nil
	}
	home, err := s.home(m.Movers[0])
	if err != nil {
		return "", err
	}
	members, err := s.members(home)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(members, func(id string) bool { return !slices.Contains(m.Movers, id) }) {
		return home, nil // the whole household moves
	}
	head, err := s.newHead(m.Movers)
	if err != nil {
		return "", err
	}
	for _, id := range m.Movers {
		if err := s.leave(id, m.Movers); err != nil {
			return "", err
		}
	}
	return "of:" + head, s.lead(head, m.Movers, m.On)
}

// leave gives the household that the mover leaves a new head, if they were it
// and others stay.
func (s *state) leave(id string, movers []string) error {
	rel, err := s.fact(id, "relation_to_head")
	if err != nil || rel.Value.Text() != "head" {
		return err
	}
	home, err := s.home(id)
	if err != nil {
		return err
	}
	members, err := s.members(home)
	if err != nil {
		return err
	}
	stay := slices.DeleteFunc(members, func(m string) bool { return slices.Contains(movers, m) })
	if len(stay) == 0 {
		return nil
	}
	next, err := s.newHead(stay)
	if err != nil {
		return err
	}
	return s.lead(next, stay, s.w.Day)
}

// newHead is the eldest of those who live together.
func (s *state) newHead(people []string) (eldest string, err error) {
	var first kernel.Date
	for _, id := range people {
		born, err := s.birth(id)
		if err != nil {
			return "", err
		}
		if eldest == "" || born.Before(first) {
			eldest, first = id, born
		}
	}
	return eldest, nil
}

// lead makes head the head and records how the others are related to them.
func (s *state) lead(head string, people []string, on kernel.Date) error {
	for _, id := range people {
		rel := "head"
		if id != head {
			var err error
			if rel, err = s.relation(head, id); err != nil {
				return err
			}
		}
		if err := s.set(id, "relation_to_head", kernel.TextOf(rel), on); err != nil {
			return err
		}
	}
	return nil
}

// relation is what a person is to the head by the family register.
func (s *state) relation(head, person string) (string, error) {
	if parents, err := s.parentsOf(person); err != nil || parents != nil {
		return s.descent(head, parents), err
	}
	h, there := s.w.byID[head]
	p, here := s.w.byID[person]
	if !there || !here {
		return "other", nil
	}
	hp, pp := &s.w.people[h], &s.w.people[p]
	switch {
	case hp.spouse == p:
		return "spouse", nil
	case pp.father == h, pp.mother == h:
		return "child", nil
	case hp.father == p, hp.mother == p:
		return "parent", nil
	case pp.mother != nobody && s.childOf(pp.mother, h), pp.father != nobody && s.childOf(pp.father, h):
		return "grandchild", nil
	}
	return "other", nil
}

func (s *state) childOf(child, parent int) bool {
	return s.w.people[child].father == parent || s.w.people[child].mother == parent
}

// moveOne enters household, address, region and day for one mover.
func (s *state) moveOne(id, home string, m Move) error {
	before, err := s.fact(id, "address")
	if err != nil {
		return err
	}
	for _, c := range []struct {
		fact  string
		value kernel.Value
	}{
		{homeFact, kernel.TextOf(home)},
		{"previous_address", before.Value},
		{"address", kernel.TextOf(m.Address)},
		{"region", kernel.TextOf(string(m.Region))},
		{"resident_since", kernel.DateValueOf(m.On)},
	} {
		if err := s.set(id, c.fact, c.value, m.On); err != nil {
			return err
		}
	}
	return nil
}
