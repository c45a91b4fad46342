package mydata

import (
	"context"
	"slices"

	"maru/domain/audit"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// sensitive tells which of some items the fact dictionary calls so: what tells of
// health, disability and the like is agreed to by an act of its own (Personal
// Information Protection Act art. 23(1)1), and a service works without it.
func (s *Service) sensitive(item string) bool {
	f, ok := s.catalog.Fact(item)
	return ok && f.Sensitivity == "sensitive"
}

// Sensitive are those of some items that are agreed to by an act of their own.
func (s *Service) Sensitive(items []string) []string {
	var out []string
	for _, i := range items {
		if s.sensitive(i) {
			out = append(out, i)
		}
	}
	return out
}

// effective is a consent that stands as it may be read by: without items that
// are sensitive and were not agreed to apart, be it that the consent is older
// than that rule or that the dictionary came to call them so.
func (s *Service) effective(c Consent) Consent {
	if !c.EndedAt.IsZero() {
		return c // what was agreed to then
	}
	c.Items = slices.DeleteFunc(slices.Clone(c.Items), func(i string) bool { return s.sensitive(i) && !slices.Contains(c.Sensitive, i) })
	return c
}

// standing is the person's consent for a service that has not ended, as it may be
// read by. It may have expired.
func (s *Service) standing(tx *store.Tx, person, service string) (Consent, bool, error) {
	c, ok, err := standing(tx, person, service)
	return s.effective(c), ok, err
}

// choose settles what of an offer is agreed to: the sensitive items only with an
// act of their own.
func (s *Service) choose(c Consent, sensitive bool) Consent {
	of := s.Sensitive(c.Items)
	if sensitive {
		c.Sensitive, c.Declined = of, nil
		return c
	}
	c.Items = slices.DeleteFunc(slices.Clone(c.Items), func(i string) bool { return slices.Contains(of, i) })
	c.Sensitive, c.Declined = nil, of
	return c
}

// WithdrawSensitive takes back the sensitive part of the actor's consent alone.
// What stands from then on is a consent of its own without that part, which ends
// when the old one would have. Twice is as once; another person's consent, and
// one that has ended, is NotFound.
func (s *Service) WithdrawSensitive(ctx context.Context, actor authz.Actor, id kernel.ID) (Consent, error) {
	if err := proven(actor); err != nil {
		return Consent{}, err
	}
	if !actor.Can(authz.WithdrawConsent) {
		return Consent{}, kernel.E(kernel.Forbidden, "mydata.error.not_covered", nil)
	}
	now := s.clock.Now()
	var out Consent
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		c, err := consentByID(tx, id)
		if err != nil {
			return err
		}
		if c = s.effective(c); c.Person != actor.Person || !actor.Covers(c.Service) || !c.Active(now) {
			return kernel.E(kernel.NotFound, "mydata.error.no_consent", nil)
		}
		out = c
		if len(c.Sensitive) == 0 {
			return nil
		}
		out.ID, out.Account, out.GivenAt = kernel.NewID(now), actor.Account, now
		out.Items = slices.DeleteFunc(slices.Clone(c.Items), func(i string) bool { return slices.Contains(c.Sensitive, i) })
		out.Sensitive, out.Declined = nil, slices.Concat(c.Declined, c.Sensitive)
		if err := endConsent(tx, c.ID, now, "replaced"); err != nil {
			return err
		}
		if err := insertConsent(tx, out); err != nil {
			return err
		}
		if err := s.tell(tx, contract.Narrowed, out.ID); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{
			Actor: actor, Act: "mydata.withdraw", Object: "consent:" + string(c.ID), Subject: c.Person,
			Purpose: "mydata.purpose.withdraw", Service: c.Service, Detail: c.Sensitive,
		})
	})
	return out, err
}
