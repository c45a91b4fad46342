package mydata

import (
	"context"
	"slices"

	"maru/kernel"
)

// household settles what of a request is the means of everybody who lives with
// the person. By consent only an adult's opens them, whatever else is read; by
// law or by consent, each adult of the household is told in their log.
func (s *Service) household(ctx context.Context, p *plan) error {
	for _, item := range p.items {
		if f, ok := s.catalog.Fact(item); ok && f.Means() {
			p.means = append(p.means, item)
		}
	}
	if p.means == nil {
		return nil
	}
	today := s.clock.Now().DateIn(kernel.Seoul)
	if p.consent != "" {
		adult, err := s.provider.Adult(ctx, p.person, today)
		if err != nil {
			return registerError(err)
		}
		if !adult {
			p.items = slices.DeleteFunc(slices.Clone(p.items), func(i string) bool { return slices.Contains(p.means, i) })
			p.withheld, p.means = p.means, nil
			return nil
		}
	}
	members, err := s.provider.Household(ctx, p.person)
	if err != nil {
		return registerError(err)
	}
	for _, m := range members {
		if m.Person == p.person {
			continue
		}
		adult, err := s.provider.Adult(ctx, m.Person, today)
		if err != nil {
			return registerError(err)
		}
		if adult {
			p.adults = append(p.adults, m.Person)
		}
	}
	return nil
}
