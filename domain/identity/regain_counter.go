package identity

import (
	"context"
	"database/sql"
	"errors"

	"maru/domain/audit"
	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// AskRegain is the first official's: the person, the card and the code on the
// person's own device are there. The account's owner is told on every channel,
// and can stop it. What did not match is not told.
func (s *Service) AskRegain(ctx context.Context, actor authz.Actor, p CounterProof) error {
	agency, person, tries, err := s.atCounter(ctx, actor, p)
	if err != nil {
		return err
	}
	failed := error(nil)
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		failed = nil
		now := s.now()
		r, err := s.regain(tx, `state = 'begun' AND code = $1`, s.codeHash(p.Code))
		if err != nil && !errors.Is(err, errRegainGone) {
			return err
		}
		a, aerr := s.accountOfPerson(tx, person)
		if aerr != nil {
			return aerr
		}
		if err == nil && person != "" && a.ID == "" {
			return kernel.E(kernel.Conflict, "identity.regain.no_account", nil)
		}
		if err != nil || person == "" {
			failed = errUnproven
			return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "identity.prove_failed", Object: object(a.ID), Subject: person,
				Purpose: "identity.purpose.recovery", Agency: agency})
		}
		if a.Demo {
			return kernel.E(kernel.Conflict, "identity.regain.try_out", nil)
		}
		if err := s.forgive(tx, tries); err != nil {
			return err
		}
		// One at a time: what was asked before and not finished is over.
		if err := endRegains(tx, a.ID); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE identity_regain SET state = 'asked', account = $1, person = $2, method = 'counter', agency = $3, asked_by = $4,
			asked_at = $5, expires_at = $6 WHERE id = $7 AND state = 'begun'`,
			string(a.ID), person, agency, string(actor.Account), int64(now), int64(now.Add(regainAskedTime)), string(r.id))
		if err != nil {
			return err
		}
		if n == 0 {
			return errRegainGone
		}
		if err := s.tellRegain(tx, contract.WayAsked, a, agency); err != nil {
			return err
		}
		return s.appendRegain(tx, actor, "identity.regain_ask", a.ID, person, agency)
	})
	if err != nil {
		return wrap("ask for an account back", err)
	}
	return failed
}

// atCounter checks the official and looks the person up. Tries are counted; the
// person is "" where nobody has these facts.
func (s *Service) atCounter(ctx context.Context, actor authz.Actor, p CounterProof) (agency, person string, tries bound, err error) {
	if agency, err = counterAgency(actor, p.Agency); err != nil {
		return "", "", bound{}, err
	}
	if err := p.Facts.check(); err != nil {
		return "", "", bound{}, err
	}
	tries = perHour("proof", string(actor.Account), 30)
	if err := s.count(ctx, tries); err != nil {
		return "", "", bound{}, err
	}
	person, err = s.d.People.MatchPerson(ctx, p.Facts)
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return "", "", bound{}, wrap("match person", err)
	}
	return agency, person, tries, s.stranger(ctx, actor, person)
}

// accountOfPerson is the account that was proven to be a person's; zero where
// there is none.
func (s *Service) accountOfPerson(tx *store.Tx, person string) (Account, error) {
	if person == "" {
		return Account{}, nil
	}
	a, err := s.scanAccount(tx.QueryRow(accountColumns+` WHERE person = $1`, person))
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, nil
	}
	return a, err
}

// endRegains stops what waits for an account.
func endRegains(tx *store.Tx, account kernel.ID) error {
	_, err := tx.Exec(`UPDATE identity_regain SET state = 'stopped' WHERE account = $1 AND state IN ('asked', 'confirmed')`, string(account))
	return err
}

// WaitingRegain is a request that waits for a second official.
type WaitingRegain struct {
	ID      kernel.ID
	Name    string // of the account's owner, to call them
	AskedBy string
	AskedAt kernel.Time
	UsedAt  kernel.Time // the account's last sign of life, zero for none: whoever lost everything is not signed in
	Mine    bool        // the actor asked: somebody else confirms
}

// Regains lists what waits at the actor's counters, the oldest first.
func (s *Service) Regains(ctx context.Context, actor authz.Actor) ([]WaitingRegain, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return nil, err
	}
	var out []WaitingRegain
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		for _, agency := range actor.Agencies(authz.Official) {
			rows, err := s.waitingRegains(tx, agency)
			if err != nil {
				return err
			}
			for _, r := range rows {
				x := WaitingRegain{ID: r.id, AskedAt: r.askedAt, Mine: r.askedBy == actor.Account}
				a, err := s.accountByID(tx, r.account)
				if err != nil {
					return err
				}
				x.Name = a.Name
				if a, err = s.accountByID(tx, r.askedBy); err != nil {
					return err
				}
				x.AskedBy = a.Name
				if err := tx.QueryRow(`SELECT coalesce(max(seen_at), 0) FROM identity_session WHERE account = $1`, string(r.account)).Scan(&x.UsedAt); err != nil {
					return err
				}
				out = append(out, x)
			}
		}
		return nil
	})
	return out, wrap("list what waits", err)
}

func (s *Service) waitingRegains(tx *store.Tx, agency string) ([]regainRow, error) {
	rows, err := tx.Query(`SELECT id, account, asked_by, asked_at FROM identity_regain WHERE agency = $1 AND state = 'asked' AND expires_at > $2 ORDER BY id LIMIT 100`,
		agency, int64(s.now()))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []regainRow
	for rows.Next() {
		var r regainRow
		if err := rows.Scan(&r.id, &r.account, &r.askedBy, &r.askedAt); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// ConfirmRegain is the second official's, who reads the card anew. It returns
// the number that this official reads out to the person.
func (s *Service) ConfirmRegain(ctx context.Context, actor authz.Actor, id kernel.ID, facts PersonFacts) (number string, err error) {
	r, err := s.regainAt(ctx, actor, id)
	if err != nil {
		return "", err
	}
	if r.askedBy == actor.Account {
		return "", kernel.E(kernel.Forbidden, "identity.regain.two_people", nil)
	}
	agency, person, tries, err := s.atCounter(ctx, actor, CounterProof{Agency: r.agency, Facts: facts})
	if err != nil {
		return "", err
	}
	failed := error(nil)
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		failed = nil
		now := s.now()
		if person != r.person {
			failed = kernel.E(kernel.Invalid, "identity.regain.no_match", nil)
			return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "identity.prove_failed", Object: object(r.account), Subject: r.person,
				Purpose: "identity.purpose.recovery", Agency: agency})
		}
		n, err := tx.Exec(`UPDATE identity_regain SET state = 'confirmed', confirmed_by = $1, confirmed_at = $2, expires_at = $3
			WHERE id = $4 AND state = 'asked' AND expires_at > $2`, string(actor.Account), int64(now), int64(now.Add(regainSetTime)), string(id))
		if err != nil {
			return err
		}
		if n == 0 {
			return errRegainGone
		}
		if err := s.forgive(tx, tries); err != nil {
			return err
		}
		return s.appendRegain(tx, actor, "identity.regain_confirm", r.account, r.person, agency)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return "", wrap("confirm for an account", err)
	}
	return s.regainNumber(id), nil
}

// regainAt is a request that waits at one of the actor's counters; another
// agency's is NotFound.
func (s *Service) regainAt(ctx context.Context, actor authz.Actor, id kernel.ID) (regainRow, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return regainRow{}, err
	}
	var r regainRow
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		r, err = s.regain(tx, `state = 'asked' AND id = $1`, string(id))
		return err
	})
	if err == nil && !actor.HasIn(authz.Official, r.agency) {
		err = errRegainGone
	}
	return r, wrap("look for what waits", err)
}

// DeclineRegain ends a request at one of the actor's counters: whoever stands
// there is not who they say. The owner is told.
func (s *Service) DeclineRegain(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	r, err := s.regainAt(ctx, actor, id)
	if err != nil {
		return err
	}
	return wrap("decline", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`UPDATE identity_regain SET state = 'stopped' WHERE id = $1 AND state = 'asked'`, string(id))
		if err != nil {
			return err
		}
		if n == 0 {
			return errRegainGone
		}
		a, err := s.accountByID(tx, r.account)
		if err != nil {
			return err
		}
		if err := s.tellRegain(tx, contract.WayDeclined, a, r.agency); err != nil {
			return err
		}
		return s.appendRegain(tx, actor, "identity.regain_decline", r.account, r.person, r.agency)
	}))
}
