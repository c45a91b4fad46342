package mydata

import (
	"slices"
	"strings"

	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata/contract"
)

// Bundle lists the facts that a service's definition names, each once, in the
// order in which an applicant meets them; ItemHousehold and ItemFamily where a
// question offers the members to choose from.
func Bundle(s *catalog.Service) []string {
	b := &bundle{}
	for _, q := range s.Questions {
		b.add(q.Fact)
		b.condition(q.When)
		switch q.From {
		case "household":
			b.add(contract.ItemHousehold)
		case "family":
			b.add(contract.ItemFamily)
		}
	}
	for _, p := range s.Parties {
		b.condition(p.When)
	}
	for i := range s.Eligibility {
		b.condition(&s.Eligibility[i].If)
	}
	if s.Auto != nil {
		b.condition(&s.Auto.If)
	}
	if fact, ok := strings.CutPrefix(s.Agency.By, "fact:"); ok {
		b.add(fact)
	}
	for _, f := range s.Outcome.Facts {
		b.add(f)
	}
	return b.items
}

type bundle struct{ items []string }

func (b *bundle) add(item string) {
	if item != "" && !slices.Contains(b.items, item) {
		b.items = append(b.items, item)
	}
}

func (b *bundle) condition(c *catalog.Condition) {
	if c == nil {
		return
	}
	b.add(c.Fact)
	b.condition(c.Not)
	for i := range c.All {
		b.condition(&c.All[i])
	}
	for i := range c.Any {
		b.condition(&c.Any[i])
	}
}
