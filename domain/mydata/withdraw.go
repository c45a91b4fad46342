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

// Withdraw ends the actor's consent: nothing more is read by it. What an
// application already holds stays with the application. Withdrawing twice
// changes nothing; another person's consent is NotFound.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID) (Consent, error) {
	if err := proven(actor); err != nil {
		return Consent{}, err
	}
	if !actor.Can(authz.WithdrawConsent) {
		return Consent{}, kernel.E(kernel.Forbidden, "mydata.error.not_covered", nil)
	}
	now := s.clock.Now()
	var c Consent
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		var err error
		if c, err = consentByID(tx, id); err != nil {
			return err
		}
		if c.Person != actor.Person || !actor.Covers(c.Service) {
			return kernel.E(kernel.NotFound, "mydata.error.no_consent", nil)
		}
		if !c.EndedAt.IsZero() {
			return nil
		}
		if !c.Active(now) { // its time was over before
			c.EndedAt, c.Ended = c.ExpiresAt, "expired"
			return s.expired(tx, c)
		}
		if err := endConsent(tx, id, now, "withdrawn"); err != nil {
			return err
		}
		c.EndedAt, c.Ended = now, "withdrawn"
		if err := s.tell(tx, contract.Withdrawn, id); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{
			Actor: actor, Act: "mydata.withdraw", Object: "consent:" + string(id), Subject: c.Person,
			Purpose: "mydata.purpose.withdraw", Service: c.Service,
		})
	})
	if err != nil {
		return Consent{}, err
	}
	return c, nil
}

// Consents lists what the actor agreed to, the newest first, ended ones too.
func (s *Service) Consents(ctx context.Context, actor authz.Actor) ([]Consent, error) {
	if err := proven(actor); err != nil {
		return nil, err
	}
	var out []Consent
	err := s.db.View(ctx, func(tx *store.Tx) error {
		var err error
		out, err = consentsOf(tx, actor.Person)
		out = slices.DeleteFunc(out, func(c Consent) bool { return !actor.Covers(c.Service) })
		return err
	})
	for i := range out {
		out[i] = s.effective(out[i])
	}
	return out, err
}

// Consent finds a consent by its id, for whoever is told that it was withdrawn.
func (s *Service) Consent(ctx context.Context, id kernel.ID) (c Consent, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		c, err = consentByID(tx, id)
		return err
	})
	return c, err
}

// Now is the service's time, by which Consent.Active is judged.
func (s *Service) Now() kernel.Time { return s.clock.Now() }
