package mandate

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
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
	might, err := s.d.Register.Children(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	out, people, err := allowed(might, func(id string) (Child, error) { return s.child(ctx, actor, id) })
	if err != nil {
		return nil, err
	}
	return out, s.looked(ctx, actor, "children", lawParents, people)
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
	return s.claim(ctx, actor, claim{ByLaw, "child", c.Person, c.Name, c.Until})
}
