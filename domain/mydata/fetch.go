package mydata

import (
	"context"
	"fmt"
	"slices"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/store"
)

// Fetch reads facts about a person for a service. The read is in the access
// log before anything is returned. Every asked fact is in the answer, unknown
// where no register holds it; of all facts (FetchRequest.Facts nil) those that
// are sensitive and were not agreed to apart are left out. The means of a
// household (catalog.Fact.Means) are everybody's who lives there: a minor's
// consent does not open them, they stay unknown then, and their reading is in the
// access log of every adult of the household, as with Home. Errors:
//   - Unauthorized, Forbidden "prove_first": nobody known asks;
//   - Forbidden "consent_needed": the message names the service to consent to;
//   - Forbidden "fact_not_named": the definition does not name a fact;
//   - NotFound: no register knows the person;
//   - Unavailable: a register does not answer.
func (s *Service) Fetch(ctx context.Context, req FetchRequest) (map[string]Fact, error) {
	p, err := s.plan(ctx, req)
	if err != nil {
		return nil, err
	}
	p.items = slices.DeleteFunc(p.items, func(i string) bool { return i == contract.ItemHousehold || i == contract.ItemFamily })
	if err := s.household(ctx, &p); err != nil {
		return nil, err
	}
	if err := s.permit(ctx, "mydata.fetch", req, &p); err != nil {
		return nil, err
	}
	facts, err := s.provider.Facts(ctx, p.person, p.items)
	if err != nil {
		return nil, registerError(err)
	}
	answered := append(slices.Clone(p.items), p.withheld...)
	out := make(map[string]Fact, len(answered))
	for _, f := range answered {
		out[f] = facts[f]
		if facts[f].Registry == "" {
			if d, ok := s.catalog.Fact(f); ok {
				out[f] = Fact{Value: facts[f].Value, AsOf: facts[f].AsOf, Registry: d.Registry}
			}
		}
	}
	return out, nil
}

// Household lists who is registered at the person's address, the person among
// them and the head first, for a question that lets the applicant choose. It
// needs what Fetch needs.
func (s *Service) Household(ctx context.Context, req FetchRequest) ([]Member, error) {
	return s.members(ctx, req, contract.ItemHousehold, s.provider.Household)
}

// Family lists spouse, parents and children, as Household does.
func (s *Service) Family(ctx context.Context, req FetchRequest) ([]Member, error) {
	return s.members(ctx, req, contract.ItemFamily, s.provider.Family)
}

func (s *Service) members(ctx context.Context, req FetchRequest, item string, read func(context.Context, string) ([]Member, error)) ([]Member, error) {
	req.Facts = []string{item}
	p, err := s.plan(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := s.permit(ctx, "mydata.fetch", req, &p); err != nil {
		return nil, err
	}
	out, err := read(ctx, p.person)
	if err != nil {
		return nil, registerError(err)
	}
	return out, nil
}

// plan is a request made definite.
type plan struct {
	person  string // whom it is about
	consent string // whose consent it rests on, "" for a legal basis
	law     string // that basis
	service *catalog.Service
	items   []string
	purpose string
	object  string
	means   []string // items that are the means of the household
	adults  []string // of the household, the person not among them
	// withheld are means that a minor's consent does not open.
	withheld []string
}

// plan settles whom and what a request is about, and whether it may be asked
// at all.
func (s *Service) plan(ctx context.Context, req FetchRequest) (plan, error) {
	p := plan{person: req.Person, purpose: req.Purpose, object: req.Object}
	if err := mayAsk(req); err != nil {
		return plan{}, err
	}
	if p.person == "" {
		p.person = req.Actor.Person
	}
	if p.person == "" {
		return plan{}, kernel.E(kernel.Invalid, "", nil).Field("person", "mydata.error.no_person", nil)
	}
	if !req.Actor.Covers(req.Service) {
		return plan{}, kernel.E(kernel.Forbidden, "mydata.error.not_covered", nil)
	}
	svc, _, err := s.definition(ctx, req.Service, req.Pack)
	if err != nil {
		return plan{}, err
	}
	p.service = svc
	named := Bundle(svc)
	p.items = slices.Clone(req.Facts)
	if req.Facts == nil {
		p.items = named
	}
	for _, f := range p.items {
		if !slices.Contains(named, f) {
			return plan{}, kernel.E(kernel.Forbidden, "mydata.error.fact_not_named", nil).With("fact", f).With("service", svc.Title)
		}
	}
	if p.purpose == "" {
		p.purpose = purposeApplication
	}
	if p.object == "" {
		p.object = "service:" + svc.ID
	}
	// A law that lets the helper apply without the person being asked lets the
	// office look up what it issues; what is sensitive stays shut.
	if p.law = req.Basis; p.law == "" && p.person == req.Actor.Person && req.Actor.Helper.Law != "" {
		p.law = req.Actor.Helper.Law
		p.items = slices.DeleteFunc(p.items, s.sensitive)
	}
	if p.law != "" {
		return p, nil
	}
	p.consent, err = s.whoConsents(ctx, req.Actor.Person, p.person)
	return p, err
}

// mayAsk refuses who can have no answer whatever was agreed: by consent only
// people proven to be somebody ask, by law only the program's own rules and
// people who work for a body.
func mayAsk(req FetchRequest) error {
	switch {
	case req.Basis == "":
		return proven(req.Actor)
	case req.Actor.System != "":
		return nil
	case !req.Actor.SignedIn():
		return kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	case !req.Actor.Staff():
		return kernel.E(kernel.Forbidden, "mydata.error.basis_for_bodies", nil)
	}
	return nil
}

// whoConsents is the person whose consent a read needs: the guardian's own for
// a minor, else that of the person the data is about.
func (s *Service) whoConsents(ctx context.Context, actor, person string) (string, error) {
	if actor == person {
		return actor, nil
	}
	guards, err := s.provider.Guards(ctx, actor, person)
	if err != nil {
		return "", registerError(err)
	}
	if guards {
		return actor, nil
	}
	return person, nil
}

// permit finds the consent that stands, if one is needed, leaves out of the plan
// what it does not open, and writes the access log, in one transaction that is
// durable when it returns nil.
func (s *Service) permit(ctx context.Context, act string, req FetchRequest, p *plan) error {
	now := s.clock.Now()
	return s.db.Update(ctx, func(tx *store.Tx) error {
		basis := p.law
		if p.consent != "" {
			c, ok, err := s.standing(tx, p.consent, p.service.ID)
			if err != nil {
				return err
			}
			if req.Facts == nil { // all that there is: what is sensitive only where it was agreed to
				p.items = slices.DeleteFunc(slices.Clone(p.items), func(i string) bool { return s.sensitive(i) && !slices.Contains(c.Items, i) })
			}
			if !ok || !c.Active(now) || !covers(c.Items, p.items) {
				return s.refusal(req, *p)
			}
			basis = "consent:" + string(c.ID)
		}
		entry := audit.Entry{
			Actor: req.Actor, Act: act, Object: p.object, Subject: p.person, Purpose: p.purpose, Basis: basis,
			Service: p.service.ID, Agency: req.Agency, Detail: p.items,
		}
		if err := audit.Append(tx, now, entry); err != nil {
			return err
		}
		for _, adult := range p.adults {
			entry.Subject, entry.Detail = adult, p.means
			if err := audit.Append(tx, now, entry); err != nil {
				return err
			}
		}
		return nil
	})
}

// refusal names what to consent to, and who must.
func (s *Service) refusal(req FetchRequest, p plan) error {
	key := "mydata.error.consent_needed"
	if p.consent != req.Actor.Person {
		key = "mydata.error.consent_of_other"
	}
	return kernel.E(kernel.Forbidden, key, nil).With("service", p.service.Title).With("id", p.service.ID)
}

// registerError keeps what a register said in the kinds that people
// understand; anything else counts as a register that does not answer.
func registerError(err error) error {
	switch kernel.KindOf(err) {
	case kernel.NotFound, kernel.Unavailable:
		return err
	}
	return kernel.E(kernel.Unavailable, "mydata.error.register_down", fmt.Errorf("mydata: register: %w", err))
}
