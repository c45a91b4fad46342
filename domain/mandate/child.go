package mandate

import (
	"context"
	"errors"

	"maru/domain/audit"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Child is a minor for whom the law lets the actor act.
type Child struct {
	Person string
	Name   string
	Until  kernel.Time // the 19th birthday
}

// Children are the minors whose parent or guardian the actor is, by what the
// registers say today. The look is in the actor's log and in each child's.
func (s *Service) Children(ctx context.Context, actor authz.Actor) ([]Child, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	ids, err := s.d.Register.Children(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	var out []Child
	for _, id := range ids {
		c, err := s.child(ctx, actor, id)
		if errors.Is(err, errDenied) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		for _, c := range out {
			if err := audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "mandate.children", Object: "service:mandate", Subject: c.Person,
				Purpose: "mandate.purpose.representation", Basis: lawParents}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lawParents is what parents act by.
const lawParents = "Civil Act art. 911, 920"

func (s *Service) child(ctx context.Context, actor authz.Actor, id string) (Child, error) {
	p, err := s.living(ctx, id)
	if err != nil {
		return Child{}, err
	}
	if err := s.guards(ctx, actor.Person, p); err != nil {
		return Child{}, err
	}
	return Child{p.ID, p.Name, majority(p.Birth)}, nil
}

// ForChild makes the mandate by which the law lets the actor act for a minor,
// or gives the one there is. It entitles nobody by itself: each use asks the
// register again.
func (s *Service) ForChild(ctx context.Context, actor authz.Actor, person string) (*Mandate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	c, err := s.child(ctx, actor, person)
	if err != nil {
		return nil, err
	}
	themes := s.Themes(ByLaw)
	if len(themes) == 0 {
		return nil, errDenied
	}
	theme := themes[0]
	who, err := s.d.Accounts.Represented(ctx, actor, c.Person, c.Name)
	if err != nil {
		return nil, err
	}
	var out *Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.now()
		row, err := store.ByLaw(tx, c.Person, actor.Person)
		if err == nil && row.Until == c.Until && row.Version == theme.Version {
			out, err = s.open(tx, row)
			return err
		}
		if err != nil && !kernel.Is(err, kernel.NotFound) {
			return err
		}
		if err == nil { // the birth date was corrected, or there is a newer theme
			// Nothing is told: what takes its place follows at once.
			if err := store.End(tx, row.ID, EndedByLaw, now); err != nil {
				return err
			}
			if err := s.record(tx, actor, "end", row, ""); err != nil {
				return err
			}
		}
		row = &store.Row{ID: kernel.NewID(now), Principal: c.Person, Account: who.Account, Actor: actor.Person, Basis: ByLaw, Theme: theme.ID, Version: theme.Version,
			Since: now, Until: c.Until, State: Active, By: actor.Account, Code: []byte{}, CreatedAt: now}
		out, err = s.enter(tx, actor, "child", theme, row, Inside{Principal: c.Name, Actor: actor.Name})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
