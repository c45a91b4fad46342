package identity

import (
	"context"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Represented gives a person as an actor without any role, for somebody who may
// act for them by law, by order of a court or by their mandate. Who has no
// account (a child, a ward) gets one without a login name: nobody can sign in
// to it. name is as the register has it.
func (s *Service) Represented(ctx context.Context, by authz.Actor, person, name string) (authz.Actor, error) {
	if err := by.Alone(); err != nil {
		return authz.Actor{}, err
	}
	if person == "" {
		return authz.Actor{}, kernel.E(kernel.NotFound, "identity.proof.no_match", nil)
	}
	var who Account
	read := func(tx *store.Tx) (err error) {
		who, err = s.accountOfPerson(tx, person)
		return err
	}
	err := s.d.DB.View(ctx, read)
	if err == nil && who.ID == "" {
		err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
			if err := read(tx); err != nil || who.ID != "" { // somebody may have come first
				return err
			}
			now := s.now()
			id, err := s.accountOf(tx, by, now, person, name, "", methodMandate)
			if err != nil {
				return err
			}
			if who, err = s.accountByID(tx, id); err != nil {
				return err
			}
			return audit.Append(tx, now, audit.Entry{Actor: by, Act: "identity.represent", Object: object(id), Subject: person, Purpose: "identity.purpose.represent"})
		})
	}
	if err != nil {
		return authz.Actor{}, wrap("represented person", err)
	}
	return authz.Actor{Account: who.ID, Person: who.Person, Name: who.Name}, nil
}

// PersonOf finds the one person with the four facts of a card that an official
// holds, and the name that belongs to the account or card. The look is the
// caller's to log.
func (s *Service) PersonOf(ctx context.Context, actor authz.Actor, f PersonFacts) (string, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return "", err
	}
	person, err := s.onCard(ctx, actor, &f)
	if err != nil {
		return "", err
	}
	if person == "" {
		return "", errUnproven
	}
	return person, wrap("forgive", s.d.DB.Update(ctx, func(tx *store.Tx) error { return s.forgive(tx, proofTries(actor)) }))
}

// NameOf is the name of an account.
func (s *Service) NameOf(ctx context.Context, account kernel.ID) (name string, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		a, err := s.accountByID(tx, account)
		name = a.Name
		return err
	})
	return name, wrap("name", err)
}
