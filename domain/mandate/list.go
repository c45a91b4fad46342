package mandate

import (
	"context"
	"fmt"
	"time"

	"maru/domain/audit"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Mine are the mandates of which the actor is one side.
type Mine struct {
	Given []*Mandate // somebody acts, or might act, for the actor
	Held  []*Mandate // the actor may act for somebody
}

// Mine lists the actor's mandates, the newest first, ended ones too. Nobody
// sees another's, and whoever acts for somebody sees none.
func (s *Service) Mine(ctx context.Context, actor authz.Actor) (Mine, error) {
	if err := s.person(actor); err != nil {
		return Mine{}, err
	}
	var out Mine
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		given, err := store.OfPrincipal(tx, actor.Person)
		if err != nil {
			return err
		}
		given = keep(given, func(r *store.Row) bool { return r.State != Proposed })
		if out.Given, err = s.openAll(tx, given); err != nil {
			return err
		}
		held, err := store.OfActor(tx, actor.Person)
		if err != nil {
			return err
		}
		held = keep(held, func(r *store.Row) bool { return r.State != Proposed })
		out.Held, err = s.openAll(tx, held)
		return err
	})
	return out, err
}

func keep(rows []*store.Row, ok func(*store.Row) bool) []*store.Row {
	var out []*store.Row
	for _, r := range rows {
		if ok(r) {
			out = append(out, r)
		}
	}
	return out
}

// Get is one of the actor's mandates; another's is NotFound.
func (s *Service) Get(ctx context.Context, actor authz.Actor, id kernel.ID) (*Mandate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	var out *Mandate
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := s.mine(tx, actor, id)
		if err != nil {
			return err
		}
		out, err = s.open(tx, row)
		return err
	})
	return out, err
}

// ActorName is who acts under a mandate, for the log of the principal.
func (s *Service) ActorName(ctx context.Context, id kernel.ID) (string, error) {
	m, err := s.byID(ctx, id)
	if err != nil {
		return "", err
	}
	return m.Names.Actor, nil
}

// Sides are the names of a mandate's two sides and the person it is about, for
// messages about it.
func (s *Service) Sides(ctx context.Context, id kernel.ID) (principal, actor, person string, err error) {
	m, err := s.byID(ctx, id)
	if err != nil {
		return "", "", "", err
	}
	return m.Names.Principal, m.Names.Actor, m.Principal, nil
}

func (s *Service) byID(ctx context.Context, id kernel.ID) (m *Mandate, err error) {
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := store.Get(tx, id)
		if err != nil {
			return err
		}
		m, err = s.open(tx, row)
		return err
	})
	return m, err
}

// Visits lists the help at counters that goes on for the actor.
func (s *Service) Visits(ctx context.Context, actor authz.Actor) ([]Visit, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	if s.d.Counter == nil {
		return nil, nil
	}
	return s.d.Counter.Visits(ctx, actor)
}

// EndVisit ends help at a counter for the person whom it is about.
func (s *Service) EndVisit(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := s.person(actor); err != nil {
		return err
	}
	if s.d.Counter == nil {
		return kernel.E(kernel.NotFound, "mandate.error.none", nil)
	}
	return s.d.Counter.EndVisit(ctx, actor, id)
}

// How long what is over stays: a claim from an act done for somebody can be
// brought for ten years (민법 제162조).
const (
	keysKept  = 30 * 24 * time.Hour
	triesKept = 24 * time.Hour
	rowsKept  = 10 * 366 * 24 * time.Hour
)

// Purge forgets what is over for long.
func (s *Service) Purge(ctx context.Context) error {
	now := s.now()
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		return store.Purge(tx, now.Add(-keysKept), now.Add(-triesKept), now.Add(-rowsKept))
	})
}

// verify is an invariant for maru verify: what mandates rest on is as it was
// frozen, and nothing active is without its two sides.
func (s *Service) verify(ctx context.Context) error {
	return s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		bad, err := store.Broken(tx)
		if err != nil || len(bad) == 0 {
			return err
		}
		return fmt.Errorf("mandate: %d rows are active without principal, account or actor, or rest on a theme that is not kept; the first is %s", len(bad), bad[0])
	})
}

var _ audit.Mandates = (*Service)(nil)
