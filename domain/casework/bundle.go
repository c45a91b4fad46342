package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// A bundle is a set of drafts of one life event that are answered together and
// handed in with one act. It holds no answers: what services share is written
// into each draft, so that every draft is whole and can leave at any time.

// The statuses of a bundle.
const (
	BundleOpen      = "open"
	BundleSubmitted = "submitted"
)

// Why a service is not part of its bundle any more.
const (
	LeftAlone     = "alone"     // the applicant goes on with it by itself
	LeftDiscarded = "discarded" // the draft was deleted
	LeftGone      = "gone"      // the service is not offered here any more
)

// maxBundle bounds how many services go in one.
const maxBundle = 12

// Bundle is a bundle opened for its applicant.
type Bundle struct {
	*store.Bundle
	// Members are its applications in order. In an open bundle one may be
	// handed in by itself already: it is shown, and not handed in again.
	Members []*Case
	Left    []LeftMember
}

// LeftMember is a service that left the bundle, and why.
type LeftMember struct {
	Service     string
	Application kernel.ID
	Fate        string
}

// Drafts are the members that are still answered here.
func (b *Bundle) Drafts() []*Case {
	return slices.DeleteFunc(slices.Clone(b.Members), func(c *Case) bool { return c.Status != Draft })
}

// StartBundle opens a bundle of services of a life event, or changes what an
// open one holds: drafts that wait already are taken in with their answers,
// those not chosen any more go on by themselves, or go where they are empty.
func (s *Service) StartBundle(ctx context.Context, actor authz.Actor, event string, services []string) (kernel.ID, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return "", err
	}
	e, ok := s.Catalog.LifeEvent(event)
	if !ok {
		return "", kernel.E(kernel.NotFound, "casework.bundle.error.no_event", nil)
	}
	chosen, err := s.together(&e, services)
	if err != nil {
		return "", err
	}
	refs := make([]catalog.Ref, len(chosen))
	for i, id := range chosen {
		if _, refs[i], err = s.mayApply(actor, id); err != nil {
			return "", err
		}
	}
	var id kernel.ID
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		b, err := s.bundleFor(tx, actor, event)
		if err != nil {
			return err
		}
		id = b.ID
		taken, err := s.fill(tx, actor, b, refs)
		if err != nil {
			return err
		}
		if err := s.letGo(tx, b, taken); err != nil {
			return err
		}
		return s.agreeAll(tx, actor, b)
	})
	return id, err
}

// together are the chosen services in the order of the life event's steps. Each
// must be one that goes together with others.
func (s *Service) together(e *catalog.LifeEvent, services []string) ([]string, error) {
	var out []string
	for i := range e.Steps {
		if st := &e.Steps[i]; st.Together && slices.Contains(services, st.Service) {
			out = append(out, st.Service)
		}
	}
	for _, id := range services {
		if !slices.Contains(out, id) {
			return nil, kernel.E(kernel.Invalid, "casework.bundle.error.not_together", nil).Field("service", "casework.bundle.error.not_together", nil)
		}
	}
	if len(out) < 2 || len(out) > maxBundle {
		return nil, kernel.E(kernel.Invalid, "casework.bundle.error.choose", nil).Field("service", "casework.bundle.error.choose", nil)
	}
	return out, nil
}

// bundleFor is the actor's open bundle of the life event, a new one if none is.
func (s *Service) bundleFor(tx *pstore.Tx, actor authz.Actor, event string) (*store.Bundle, error) {
	now := s.Clock.Now()
	b, err := store.OpenBundle(tx, actor.Account, event)
	if kernel.Is(err, kernel.NotFound) {
		b = &store.Bundle{ID: kernel.RandomID(), Account: actor.Account, Event: event, Status: BundleOpen, CreatedAt: now, UpdatedAt: now}
		return b, store.InsertBundle(tx, b)
	}
	if err != nil {
		return nil, err
	}
	b.UpdatedAt = now
	return b, store.UpdateBundle(tx, b)
}

// fill puts a draft of each service into the bundle: the one that waits
// already, or a new one. It gives the drafts' ids.
func (s *Service) fill(tx *pstore.Tx, actor authz.Actor, b *store.Bundle, refs []catalog.Ref) ([]kernel.ID, error) {
	mine, err := store.OfAccount(tx, actor.Account, 0, 50)
	if err != nil {
		return nil, err
	}
	var taken []kernel.ID
	for place, ref := range refs {
		var id kernel.ID
		if a, ok := waiting(mine, actor, ref.ServiceID); ok {
			id = a.ID
		} else {
			a, err := s.newDraft(actor, ref, Content{Applicant: actor.Name, Answers: map[string]kernel.Value{}})
			if err != nil {
				return nil, err
			}
			if err := store.Insert(tx, a); err != nil {
				return nil, err
			}
			id = a.ID
		}
		if err := store.PutBundleMember(tx, store.BundleMember{Application: id, Bundle: b.ID, Service: ref.ServiceID, Place: place}); err != nil {
			return nil, err
		}
		taken = append(taken, id)
	}
	return taken, nil
}

// letGo takes the drafts that are not chosen any more out of the bundle.
func (s *Service) letGo(tx *pstore.Tx, b *store.Bundle, taken []kernel.ID) error {
	members, err := store.BundleMembers(tx, b.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Fate != "" || slices.Contains(taken, m.Application) {
			continue
		}
		if err := store.LeaveBundle(tx, m.Application, LeftAlone); err != nil {
			return err
		}
		a, err := store.Get(tx, m.Application)
		if err != nil {
			return err
		}
		if a.Status != Draft {
			continue
		}
		svc, err := s.Definition(tx.Context(), a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		if len(c.Answers) == 0 {
			if err := s.erase(tx, a); err != nil {
				return err
			}
			if err := store.ForgetMember(tx, a.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// LeaveBundle takes one draft out of an open bundle: the applicant goes on with
// it by itself, its answers stay.
func (s *Service) LeaveBundle(ctx context.Context, actor authz.Actor, id, application kernel.ID) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		b, err := ownBundle(tx, actor, id)
		if err != nil {
			return err
		}
		if b.Status != BundleOpen {
			return kernel.E(kernel.Conflict, "casework.bundle.error.submitted", nil)
		}
		members, err := store.BundleMembers(tx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(members, func(m store.BundleMember) bool { return m.Application == application }) {
			return kernel.E(kernel.NotFound, "casework.bundle.error.none", nil)
		}
		b.UpdatedAt = s.Clock.Now()
		if err := store.UpdateBundle(tx, b); err != nil {
			return err
		}
		return store.LeaveBundle(tx, application, LeftAlone)
	})
}

// ownBundle reads the actor's bundle; somebody else's is NotFound.
func ownBundle(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*store.Bundle, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	b, err := store.GetBundle(tx, id)
	if err != nil {
		return nil, err
	}
	if b.Account != actor.Account {
		return nil, kernel.E(kernel.NotFound, "casework.bundle.error.none", nil)
	}
	return b, nil
}

// OpenBundle reads a bundle of the actor's own. What changed in the catalogue
// since is settled first: a draft of an older definition moves to the one in
// force, and a service that is not offered any more leaves, so that it holds
// nobody up.
func (s *Service) OpenBundle(ctx context.Context, actor authz.Actor, id kernel.ID) (*Bundle, error) {
	b, err := s.readBundle(ctx, actor, id)
	if err != nil || b.Status != BundleOpen {
		return b, err
	}
	changed := false
	for _, c := range b.Drafts() {
		switch {
		case s.gone(c.Application.Service):
			if err := s.dropGone(ctx, actor, id); err != nil {
				return nil, err
			}
			changed = true
		case s.outdated(c.Application, c.Service):
			if err := s.refresh(ctx, actor, c.ID); err != nil {
				return nil, err
			}
			changed = true
		}
	}
	if !changed {
		return b, nil
	}
	return s.readBundle(ctx, actor, id)
}

func (s *Service) readBundle(ctx context.Context, actor authz.Actor, id kernel.ID) (*Bundle, error) {
	var out *Bundle
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := ownBundle(tx, actor, id)
		if err != nil {
			return err
		}
		out = &Bundle{Bundle: row}
		members, err := store.BundleMembers(tx, id)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Fate != "" {
				out.Left = append(out.Left, LeftMember{m.Service, m.Application, m.Fate})
				continue
			}
			a, err := own(tx, actor, m.Application)
			if err != nil {
				return err
			}
			c, err := s.read(tx, a)
			if err != nil {
				return err
			}
			out.Members = append(out.Members, c)
		}
		out.introduce()
		return nil
	})
	return out, err
}

// introduce lets every draft name the persons whom any of them may name, so
// that registers are asked for them once. What is stored does not change.
func (b *Bundle) introduce() {
	all := Content{Members: b.Known()}
	for _, c := range b.Drafts() {
		for _, m := range all.Members {
			c.Content.meet(kernel.TextOf(m.Person), &all)
		}
	}
}

// gone tells whether a service is not offered here any more.
func (s *Service) gone(service string) bool {
	svc, _, err := s.Catalog.Current(service)
	return kernel.Is(err, kernel.NotFound) || err == nil && !svc.Online
}

// dropGone takes the services that are not offered any more out of a bundle.
func (s *Service) dropGone(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		b, err := ownBundle(tx, actor, id)
		if err != nil || b.Status != BundleOpen {
			return err
		}
		members, err := store.BundleMembers(tx, id)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Fate == "" && s.gone(m.Service) {
				if err := store.LeaveBundle(tx, m.Application, LeftGone); err != nil {
					return err
				}
			}
		}
		b.UpdatedAt = s.Clock.Now()
		return store.UpdateBundle(tx, b)
	})
}

// BundleOf is the bundle of one of the actor's applications; ok is false when
// it stands alone.
func (s *Service) BundleOf(ctx context.Context, actor authz.Actor, application kernel.ID) (id kernel.ID, status string, ok bool, err error) {
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		b, err := store.BundleOf(tx, application)
		if err != nil {
			return err
		}
		if b.Account != actor.Account {
			return kernel.E(kernel.NotFound, "casework.bundle.error.none", nil)
		}
		id, status = b.ID, b.Status
		return nil
	})
	if kernel.Is(err, kernel.NotFound) {
		return "", "", false, nil
	}
	return id, status, err == nil, err
}

// Sisters lists the other applications that were handed in with this one.
func (s *Service) Sisters(ctx context.Context, actor authz.Actor, application kernel.ID) ([]*Application, error) {
	id, status, ok, err := s.BundleOf(ctx, actor, application)
	if err != nil || !ok || status != BundleSubmitted || actor.Mandated() {
		return nil, err
	}
	var out []*Application
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		members, err := store.BundleMembers(tx, id)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Fate != "" || m.Application == application {
				continue
			}
			a, err := own(tx, actor, m.Application)
			if err != nil {
				return err
			}
			out = append(out, a)
		}
		return nil
	})
	return out, err
}

// leave notes that an application is deleted: an open bundle tells so, one that
// was handed in forgets it.
func (s *Service) leave(tx *pstore.Tx, a *Application) error {
	b, err := store.BundleOf(tx, a.ID)
	switch {
	case kernel.Is(err, kernel.NotFound):
		return store.ForgetMember(tx, a.ID)
	case err != nil:
		return err
	case b.Status == BundleOpen:
		return store.LeaveBundle(tx, a.ID, LeftDiscarded)
	}
	return store.ForgetMember(tx, a.ID)
}
