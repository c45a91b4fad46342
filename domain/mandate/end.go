package mandate

import (
	"context"

	"maru/domain/mandate/contract"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// End ends a mandate, at once and for good: for the principal who gave it or
// the actor who has it, at any time (민법 제689조). What rests on law or on a
// court is not theirs to end. Ending twice changes nothing.
func (s *Service) End(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := s.person(actor); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		m, err := s.mine(tx, actor, id)
		if err != nil {
			return err
		}
		switch {
		case m.Basis != ByMandate:
			return kernel.E(kernel.Conflict, "mandate.error.not_yours_to_end", nil)
		case m.State == Ended:
			return nil
		}
		how := EndedByPrincipal
		if m.Principal != actor.Person {
			how = EndedByActor
		}
		return s.end(tx, actor, m, how, "")
	})
}

// mine is a mandate of which the actor is one side; anybody else's is NotFound.
func (s *Service) mine(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*store.Row, error) {
	m, err := store.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if m.Principal != actor.Person && (m.Actor == "" || m.Actor != actor.Person || m.State == Proposed) {
		return nil, kernel.E(kernel.NotFound, "mandate.error.none", nil)
	}
	return m, nil
}

func (s *Service) end(tx *pstore.Tx, actor authz.Actor, m *store.Row, how, agency string) error {
	if err := store.End(tx, m.ID, how, s.now()); err != nil {
		return err
	}
	if err := s.record(tx, actor, "end", m, agency); err != nil {
		return err
	}
	if m.State == Proposed {
		return nil // nobody had heard of it
	}
	if how != EndedByPrincipal {
		if err := s.tell(tx, m, m.Principal, contract.Ended); err != nil {
			return err
		}
	}
	if how != EndedByActor {
		return s.tell(tx, m, m.Actor, contract.Ended)
	}
	return nil
}
