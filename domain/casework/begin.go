package casework

import (
	"context"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Told is what the applicant told of a fact elsewhere, before there was a draft.
type Told struct {
	Value kernel.Value
	On    kernel.Date
}

// Begin opens a draft of the service for the actor, or the one that waits
// already, and fills in what is known: what they told elsewhere of themselves
// and their household, by fact, and what registers know under a consent given
// at an earlier application. agree tells that registers know more and wait for
// consent.
func (s *Service) Begin(ctx context.Context, actor authz.Actor, service string, told map[string]Told) (id kernel.ID, agree bool, err error) {
	if id, err = s.Start(ctx, actor, service); err != nil {
		return "", false, err
	}
	if err := s.fillTold(ctx, actor, id, told); err != nil {
		return "", false, err
	}
	c, err := s.Open(ctx, actor, id)
	if err != nil {
		return "", false, err
	}
	if agree, err = s.AsksConsent(ctx, actor, c); err != nil || agree || !actor.Proven() {
		return id, agree, err
	}
	return id, false, s.Refill(ctx, actor, id)
}

// AsksConsent tells whether registers could fill something in that the person
// has not yet agreed to. Where a law lets the actor ask, nobody need agree.
func (s *Service) AsksConsent(ctx context.Context, actor authz.Actor, c *Case) (bool, error) {
	if !actor.Proven() || len(s.Registers.Items(c.Service, kernel.KO)) == 0 {
		return false, nil
	}
	ok, err := s.mayRead(ctx, actor, c.Service.ID)
	return !ok, err
}

// mayRead tells whether registers may be read for an application: by consent, or
// by the law that lets the actor apply for somebody.
func (s *Service) mayRead(ctx context.Context, actor authz.Actor, service string) (bool, error) {
	if actor.Helper.Law != "" {
		return true, nil
	}
	return s.Registers.Consented(ctx, actor, service)
}

// fillTold writes told facts into the answers to the questions that ask for
// them. Answers that stand already stay; what does not answer a question is left
// out and asked.
func (s *Service) fillTold(ctx context.Context, actor authz.Actor, id kernel.ID, told map[string]Told) error {
	if len(told) == 0 {
		return nil
	}
	return s.changeDraft(ctx, actor, id, func(_ *pstore.Tx, _ *Application, svc *catalog.Service, c *Content) error {
		for i := range svc.Questions {
			q := &svc.Questions[i]
			t, known := told[q.Fact]
			if _, given := c.Answers[q.ID]; given || !known || q.Fact == "" || q.Of != "" {
				continue
			}
			v, fe := s.check(q, t.Value, nil, c.Known(), s.today())
			if fe != nil || !v.Known() {
				continue
			}
			c.Answers[q.ID] = v
			if c.Told == nil {
				c.Told = map[string]kernel.Date{}
			}
			c.Told[q.ID] = t.On
		}
		return nil
	})
}
