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

// claim is a right to act for somebody that nobody gives: a register has it.
type claim struct {
	basis, act   string
	person, name string
	until        kernel.Time
}

// claim makes the mandate of a claim, or gives the one there is. It entitles
// nobody by itself: each use asks the register again.
func (s *Service) claim(ctx context.Context, actor authz.Actor, c claim) (*Mandate, error) {
	themes := s.Themes(c.basis)
	if len(themes) == 0 {
		return nil, errDenied
	}
	theme := themes[0]
	who, err := s.d.Accounts.Represented(ctx, actor, c.person, c.name)
	if err != nil {
		return nil, err
	}
	var out *Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.now()
		row, err := store.Claimed(tx, c.basis, c.person, actor.Person)
		if err == nil && row.Until == c.until && row.Version == theme.Version {
			out, err = s.open(tx, row)
			return err
		}
		if err != nil && !kernel.Is(err, kernel.NotFound) {
			return err
		}
		if err == nil { // it ran out, the birth date was corrected, or there is a newer theme
			// Nothing is told: what takes its place follows at once.
			if err := store.End(tx, row.ID, EndedByLaw, now); err != nil {
				return err
			}
			if err := s.record(tx, actor, "end", row, ""); err != nil {
				return err
			}
		}
		row = &store.Row{ID: kernel.NewID(now), Principal: c.person, Account: who.Account, Actor: actor.Person, Basis: c.basis, Theme: theme.ID, Version: theme.Version,
			Since: now, Until: c.until, State: Active, By: actor.Account, Code: []byte{}, CreatedAt: now}
		out, err = s.enter(tx, actor, c.act, theme, row, Inside{Principal: c.name, Actor: actor.Name})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// allowed are those whom somebody may act for of those whom they might, with
// their ids: who is denied is left out.
func allowed[T any](might []string, one func(id string) (T, error)) (out []T, people []string, err error) {
	for _, id := range might {
		x, err := one(id)
		if errors.Is(err, errDenied) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		out, people = append(out, x), append(people, id)
	}
	return out, people, nil
}

// looked writes into people's logs that somebody was shown whom they may act
// for, and by which law.
func (s *Service) looked(ctx context.Context, actor authz.Actor, act, law string, people []string) error {
	if len(people) == 0 {
		return nil
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		for _, p := range people {
			if err := audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "mandate." + act, Object: "service:mandate", Subject: p,
				Purpose: "mandate.purpose.representation", Basis: law}); err != nil {
				return err
			}
		}
		return nil
	})
}
