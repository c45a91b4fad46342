package mandate

import (
	"context"
	"errors"
	"slices"

	"maru/platform/authz"
)

// Mate is somebody of the actor's household, as the resident register has it,
// who is no minor child of theirs.
type Mate struct{ Person, Name string }

// Mates are the people of the actor's household, each of whom may have the
// register's papers about the others (Resident Registration Act art. 29 para. 2).
// The look is in each one's log.
func (s *Service) Mates(ctx context.Context, actor authz.Actor) ([]Mate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	home, err := s.household(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	out, people, err := allowed(home, func(id string) (Mate, error) { return s.mate(ctx, actor, id) })
	if err != nil {
		return nil, err
	}
	return out, s.looked(ctx, actor, "mates", lawHousehold, people)
}

// lawHousehold is what people of one household act by.
const lawHousehold = "Resident Registration Act art. 29 para. 2"

func (s *Service) mate(ctx context.Context, actor authz.Actor, id string) (Mate, error) {
	if id == actor.Person {
		return Mate{}, errDenied
	}
	p, err := s.living(ctx, id)
	if err != nil {
		return Mate{}, err
	}
	switch err := s.guards(ctx, actor.Person, p); {
	case err == nil:
		return Mate{}, errDenied // parents have more by law
	case !errors.Is(err, errDenied):
		return Mate{}, err
	}
	return Mate{p.ID, p.Name}, nil
}

// household are the people of one household with a person who is of age, as the
// register has them today; nobody of who is not.
func (s *Service) household(ctx context.Context, person string) ([]string, error) {
	p, err := s.living(ctx, person)
	if err != nil {
		return nil, err
	}
	if p.Birth.IsZero() || s.now() < majority(p.Birth) {
		return nil, nil
	}
	return s.d.Register.Household(ctx, person)
}

// together refuses who is not of the person's household today.
func (s *Service) together(ctx context.Context, person, mate string) error {
	home, err := s.household(ctx, person)
	if err == nil && !slices.Contains(home, mate) {
		return errDenied
	}
	return err
}

// ForMate makes the mandate by which the register lets the actor act for
// somebody of their household until the end of the next day, or gives the one
// there is. It entitles nobody by itself: each use asks the register again.
func (s *Service) ForMate(ctx context.Context, actor authz.Actor, person string) (*Mandate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	if err := s.together(ctx, actor.Person, person); err != nil {
		return nil, err
	}
	m, err := s.mate(ctx, actor, person)
	if err != nil {
		return nil, err
	}
	return s.claim(ctx, actor, claim{ByRegister, "mate", m.Person, m.Name, dayEnd(s.today().AddDays(1))})
}
