package mydata

import (
	"context"
	"slices"
	"time"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// consentDays is how long a consent lets facts be read; an application that
// takes longer asks again. Withdrawing ends it at once.
const consentDays = 90

// purposeApplication is what a consent for a service is given for.
const purposeApplication = "mydata.purpose.application"

// Propose tells what the actor would agree to for a service, without agreeing:
// what a consent page shows. pack is the version of the definition, "" for the
// active one.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, service, pack string) (Consent, error) {
	if err := proven(actor); err != nil {
		return Consent{}, err
	}
	if !actor.Can(authz.GiveConsent) || !actor.Covers(service) {
		return Consent{}, kernel.E(kernel.Forbidden, "mydata.error.not_covered", nil)
	}
	svc, pack, err := s.definition(ctx, service, pack)
	if err != nil {
		return Consent{}, err
	}
	now, terms := s.clock.Now(), s.terms(svc.ID)
	return Consent{
		ID: kernel.NewID(now), Person: actor.Person, Account: actor.Account, Service: svc.ID, Pack: pack,
		Items: Bundle(svc), Purpose: terms.Purpose, Recipient: svc.Agency.Type, KeptYears: svc.Retention.Years,
		GivenAt: now, ExpiresAt: now.Add(time.Duration(terms.Days) * 24 * time.Hour),
	}, nil
}

// Grant records the actor's consent to move what the service's definition names
// and is not sensitive. Giving it again while it stands for the same items
// changes nothing; other items replace it.
func (s *Service) Grant(ctx context.Context, actor authz.Actor, service, pack string) (Consent, error) {
	return s.grant(ctx, actor, service, pack, false)
}

// GrantSensitive is Grant with the sensitive items too, where the actor agreed
// to these by an act of its own.
func (s *Service) GrantSensitive(ctx context.Context, actor authz.Actor, service, pack string) (Consent, error) {
	return s.grant(ctx, actor, service, pack, true)
}

func (s *Service) grant(ctx context.Context, actor authz.Actor, service, pack string, sensitive bool) (Consent, error) {
	c, err := s.Propose(ctx, actor, service, pack)
	if err != nil {
		return Consent{}, err
	}
	c = s.choose(c, sensitive)
	given := c
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		given = c
		old, ok, err := standing(tx, c.Person, c.Service)
		if err != nil {
			return err
		}
		if ok && old.Active(c.GivenAt) && covers(old.Items, c.Items) && covers(old.Sensitive, c.Sensitive) && covers(old.Declined, c.Declined) {
			given = s.effective(old)
			return nil
		}
		if ok {
			if err := s.replaced(tx, old, c); err != nil {
				return err
			}
		}
		if err := insertConsent(tx, c); err != nil {
			return err
		}
		if err := s.tell(tx, contract.Granted, c.ID); err != nil {
			return err
		}
		return audit.Append(tx, c.GivenAt, audit.Entry{
			Actor: actor, Act: "mydata.consent", Object: "consent:" + string(c.ID), Subject: c.Person,
			Purpose: c.Purpose, Basis: "consent:" + string(c.ID), Service: c.Service, Detail: c.Items,
		})
	})
	if err != nil {
		return Consent{}, err
	}
	return given, nil
}

// replaced ends a consent in whose place another comes. One whose time was over
// ends as any such, and what was kept because of it goes; so does what was kept
// because of a sensitive part that is not agreed to any more. Who keeps something
// because of the old consent itself is told that it gave way.
func (s *Service) replaced(tx *store.Tx, old, by Consent) error {
	if !old.Active(by.GivenAt) {
		return s.expired(tx, old)
	}
	if err := endConsent(tx, old.ID, by.GivenAt, "replaced"); err != nil {
		return err
	}
	if err := s.tell(tx, contract.Replaced, old.ID); err != nil {
		return err
	}
	if covers(by.Sensitive, old.Sensitive) {
		return nil
	}
	return s.tell(tx, contract.Narrowed, by.ID)
}

// tell publishes an event of a consent.
func (s *Service) tell(tx *store.Tx, event string, consent kernel.ID) error {
	if s.events == nil {
		return nil
	}
	return s.events.Publish(tx, event, contract.ConsentEvent{Consent: consent})
}

// covers tells whether all wanted items are among those agreed to.
func covers(agreed, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(agreed, w) })
}

// proven refuses whoever is not known to be a person of the registers.
func proven(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	if !actor.Proven() {
		return kernel.E(kernel.Forbidden, "mydata.error.prove_first", nil)
	}
	return nil
}

// definition is the service in a version of the pack, "" for the active one.
func (s *Service) definition(ctx context.Context, service, pack string) (*catalog.Service, string, error) {
	if service == "" {
		return nil, "", kernel.E(kernel.Invalid, "", nil).Field("service", "mydata.error.no_service", nil)
	}
	if pack == "" {
		pack = s.catalog.PackHash()
	}
	svc, err := s.catalog.Pinned(ctx, catalog.Ref{ServiceID: service, Pack: pack})
	return svc, pack, err
}
