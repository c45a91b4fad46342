package editor

import (
	"slices"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// inCharge tells whether a body answers for what a service says: the body
// that decides it for the whole country, or each body of the type that decides
// it where people live.
func (s *Service) inCharge(rule contract.AgencyRule, agency string) bool {
	if agency == "" {
		return false
	}
	if rule.By == "nationwide" {
		return agency == rule.Body
	}
	return agency == rule.Body || s.deps.Bodies.Type(agency) == rule.Type
}

// shared tells whether more than one body works by the service's definition.
func shared(rule contract.AgencyRule) bool { return rule.By != "nationwide" }

// staff are those who may enter the editor at all.
func staff(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !actor.Has(authz.Editor) && !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "catalog.editors_only", nil)
	}
	return nil
}

// home is the body for which the actor may write a service; "" when there is
// none. Where the actor edits for several, it is the first in charge.
func (s *Service) home(actor authz.Actor, svc *contract.Service) string {
	agencies := actor.Agencies(authz.Editor)
	i := slices.IndexFunc(agencies, func(a string) bool { return s.inCharge(svc.Agency, a) })
	if i < 0 {
		return ""
	}
	return agencies[i]
}

// mayRead: editors of bodies in charge, and operators, see a service's drafts.
func (s *Service) mayRead(actor authz.Actor, svc *contract.Service) error {
	if err := staff(actor); err != nil {
		return err
	}
	if s.home(actor, svc) == "" && !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "catalog.editor.not_yours", nil)
	}
	return nil
}

// mayWrite: editors of the body whose draft it is.
func (s *Service) mayWrite(actor authz.Actor, svc *contract.Service, d *Draft) error {
	if err := s.mayRead(actor, svc); err != nil {
		return err
	}
	if !actor.HasIn(authz.Editor, d.Agency) || !s.inCharge(svc.Agency, d.Agency) {
		return kernel.E(kernel.Forbidden, "catalog.editor.not_your_draft", nil)
	}
	return nil
}

// mayReview gives the body for which the actor may approve or send back: "" for
// an operator. Who wrote any of it, or proposed it, may not, under whatever
// account.
func (s *Service) mayReview(actor authz.Actor, svc *contract.Service, d *Draft) (string, error) {
	if err := s.mayRead(actor, svc); err != nil {
		return "", err
	}
	same := func(account, person string) bool {
		return account == string(actor.Account) || person != "" && person == actor.Person
	}
	if same(d.proposedBy, d.proposedPerson) {
		return "", kernel.E(kernel.Forbidden, "catalog.same_person", nil)
	}
	for _, a := range d.Acts {
		if wrote(a.Act) && same(a.account, a.person) {
			return "", kernel.E(kernel.Forbidden, "catalog.editor.author", nil)
		}
	}
	// Whatever else they are, an editor of the body is that body's: what all
	// share it does not change alone.
	if shared(svc.Agency) && actor.HasIn(authz.Editor, d.Agency) {
		return "", kernel.E(kernel.Forbidden, "catalog.editor.other_body", nil)
	}
	for _, agency := range actor.Agencies(authz.Editor) {
		if s.inCharge(svc.Agency, agency) {
			return agency, nil
		}
	}
	if actor.Has(authz.Operator) {
		return "", nil
	}
	return "", kernel.E(kernel.Forbidden, "catalog.editor.other_body", nil)
}

func wrote(act string) bool { return act == ActSaved || act == ActMerged || act == ActProposed }
