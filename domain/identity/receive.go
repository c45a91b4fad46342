package identity

import (
	"context"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/web"
)

// Receive finds who stands at the counter by the four facts of the card that
// the official holds, and gives that person as an actor without any role. An
// account with the code is linked first, with a proof as fresh as ProveAtCounter
// asks for; who has none gets one without a login name: nobody can sign in to it.
// may is asked about the person before anything is changed. Each look is logged
// to the person.
func (s *Service) Receive(ctx context.Context, actor authz.Actor, p CounterProof, may func(ctx context.Context, person string) error) (authz.Actor, error) {
	agency, err := counterAgency(actor, p.Agency)
	if err != nil {
		return authz.Actor{}, err
	}
	if p.Code != "" {
		if err := s.RequireFresh(ctx, actor, web.FreshAct); err != nil {
			return authz.Actor{}, err
		}
	}
	person, err := s.onCard(ctx, actor, &p.Facts)
	if err != nil {
		return authz.Actor{}, err
	}
	if person != "" {
		if err := may(ctx, person); err != nil {
			return authz.Actor{}, err
		}
	}
	if p.Code != "" {
		if err := s.linkByCode(ctx, actor, agency, p.Code, person); err != nil {
			return authz.Actor{}, err
		}
	}
	if person == "" {
		return authz.Actor{}, errUnproven
	}
	tries := proofTries(actor)
	var who Account
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		id, err := s.accountOf(tx, actor, now, person, p.Facts.Name, agency, methodCounter)
		if err != nil {
			return err
		}
		if who, err = s.accountByID(tx, id); err != nil {
			return err
		}
		if err := s.forgive(tx, tries); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "identity.receive", Object: object(id), Subject: person,
			Purpose: "identity.purpose.assist", Agency: agency})
	})
	if err != nil {
		return authz.Actor{}, wrap("receive", err)
	}
	s.cache.drop(who.ID)
	return authz.Actor{Account: who.ID, Person: person, Name: who.Name}, nil
}

// accountOf is the account of a person, made where there is none.
func (s *Service) accountOf(tx *store.Tx, actor authz.Actor, now kernel.Time, person, name, agency, method string) (kernel.ID, error) {
	a, err := s.accountOfPerson(tx, person)
	if err != nil || a.ID != "" {
		return a.ID, err
	}
	demo := ""
	if s.d.Demo {
		// In the try-out people sign in without a password: to this account.
		demo = person
	}
	id, err := s.insertAccount(tx, now, newAccount{kind: kindResident, demo: demo, name: name})
	if err != nil {
		return "", err
	}
	return id, s.link(tx, now, proof{actor, id, person, method, agency, 0})
}

// CodeFor makes a code that its owner tells an official at a counter: to have
// the account linked, or, once it is, to agree to something there.
func (s *Service) CodeFor(ctx context.Context, actor authz.Actor) (code string, expires kernel.Time, err error) {
	if err := actor.Alone(); err != nil {
		return "", 0, err
	}
	if !actor.Proven() {
		return s.CounterCode(ctx, actor)
	}
	code = newCode()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`DELETE FROM identity_link WHERE purpose = $1 AND account = $2`, linkConsent, string(actor.Account)); err != nil {
			return err
		}
		now := s.now()
		expires = now.Add(codeTime)
		return s.insertLink(tx, now, s.codeHash(code), linkConsent, actor.Account, "", false, expires)
	})
	if err != nil {
		return "", 0, wrap("consent code", err)
	}
	return code, expires, nil
}

// ConfirmCode uses up the code that an account's owner reads off their phone at
// the counter. A wrong one is Invalid; tries are bounded.
func (s *Service) ConfirmCode(ctx context.Context, actor authz.Actor, agency string, account kernel.ID, code string) error {
	agency, err := counterAgency(actor, agency)
	if err != nil {
		return err
	}
	tries := perHour("consent", string(actor.Account), 30)
	if err := s.count(ctx, tries); err != nil {
		return err
	}
	failed := error(nil)
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		n, err := tx.Exec(`DELETE FROM identity_link WHERE hash = $1 AND purpose = $2 AND account = $3 AND expires_at > $4`,
			s.codeHash(code), linkConsent, string(account), int64(now))
		if err != nil {
			return err
		}
		act := "identity.code_confirmed"
		if failed = nil; n == 0 {
			act = "identity.code_failed"
			failed = kernel.E(kernel.Invalid, "identity.check_form", nil).Field("code", "identity.proof.wrong_code", nil)
		} else if err := s.forgive(tx, tries); err != nil {
			return err
		}
		a, err := s.accountByID(tx, account)
		if err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: act, Object: object(account), Subject: audit.SubjectOf(a.Person, a.ID),
			Purpose: "identity.purpose.assist", Agency: agency})
	})
	if err != nil {
		return wrap("confirm code", err)
	}
	return failed
}
