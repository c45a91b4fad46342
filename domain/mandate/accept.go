package mandate

import (
	"context"
	"time"

	"maru/domain/mandate/contract"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

const (
	offerTries = 5  // by people whom it is not for, then it is dead
	hourTries  = 10 // of one account
)

// errCode is the one answer to a code that does not fit, for whatever reason.
var errCode = wrong("code", "mandate.error.code")

// Invited shows an offer to the person it is for. Anybody else learns nothing,
// and after a few tries the offer is dead.
func (s *Service) Invited(ctx context.Context, actor authz.Actor, code string) (*Mandate, error) {
	return s.invited(ctx, actor, code, func(*pstore.Tx, *Mandate, Person) error { return nil })
}

// Accept takes an offer on. From then on the actor may act for the principal,
// who is told. Accepting twice changes nothing.
func (s *Service) Accept(ctx context.Context, actor authz.Actor, code string) (*Mandate, error) {
	return s.invited(ctx, actor, code, func(tx *pstore.Tx, m *Mandate, self Person) error {
		m.Names.Actor = self.Name
		names, err := s.seal(m.ID, m.Names)
		if err != nil {
			return err
		}
		row := m.Row
		row.Actor, row.Since, row.State, row.Names = actor.Person, s.now(), Active, names
		if err := store.Accept(tx, row); err != nil {
			return err
		}
		if err := s.record(tx, actor, "accept", row, ""); err != nil {
			return err
		}
		return s.tell(tx, row, row.Principal, contract.Accepted)
	})
}

func (s *Service) invited(ctx context.Context, actor authz.Actor, typed string, then func(*pstore.Tx, *Mandate, Person) error) (*Mandate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	self, err := s.living(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	code := typedCode(typed)
	if code != "" { // whose offer it is may have died since
		if err := s.principalLives(ctx, code); err != nil {
			return nil, err
		}
	}
	var out *Mandate
	var failed error
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		out, failed = nil, nil
		now := s.now()
		n, err := store.Tries(tx, actor.Account, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if n >= hourTries {
			return kernel.E(kernel.Limited, "mandate.error.tries", nil)
		}
		m, err := s.offer(tx, code, now)
		if err != nil {
			return err
		}
		if m != nil && m.State == Active {
			if m.Actor == actor.Person { // pressed twice
				out = m
				return nil
			}
			m = nil
		}
		if m == nil || m.Principal == actor.Person || !sameName(m.Names.Actor, self.Name) || m.Names.Birth != self.Birth {
			failed = errCode
			if m != nil && m.Principal != actor.Person {
				if err := s.mismatch(tx, actor, m); err != nil {
					return err
				}
			}
			return store.AddTry(tx, actor.Account, now)
		}
		out = m
		return then(tx, m, self)
	})
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	return out, nil
}

// offer is the offer of a code that still stands, nil for none.
func (s *Service) offer(tx *pstore.Tx, code string, now kernel.Time) (*Mandate, error) {
	if code == "" {
		return nil, nil
	}
	row, err := store.Offered(tx, s.codeHash(code))
	if kernel.Is(err, kernel.NotFound) {
		return nil, nil
	}
	if err != nil || now >= row.CodeUntil || now >= row.Until || row.Tries >= offerTries {
		return nil, err
	}
	return s.open(tx, row)
}

func (s *Service) principalLives(ctx context.Context, code string) error {
	var person string
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		m, err := s.offer(tx, code, s.now())
		if m != nil {
			person = m.Principal
		}
		return err
	})
	if err != nil || person == "" {
		return err
	}
	_, err = s.living(ctx, person)
	if kernel.Is(err, kernel.Forbidden) {
		return errCode // that somebody died is not told to whoever has a code
	}
	return err
}

// mismatch counts a try by somebody whom the offer is not for, and warns the
// principal: the code is in other hands.
func (s *Service) mismatch(tx *pstore.Tx, actor authz.Actor, m *Mandate) error {
	if err := store.Tried(tx, m.ID); err != nil {
		return err
	}
	if err := s.record(tx, actor, "mismatch", m.Row, ""); err != nil {
		return err
	}
	return s.tell(tx, m.Row, m.Principal, contract.Mismatched)
}
