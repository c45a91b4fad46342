package casework

import (
	"context"
	"errors"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// SubmitBundle hands in every draft of a bundle in one transaction: all of them
// are received, or none is. The same key again, or a bundle that is handed in
// already, changes nothing.
func (s *Service) SubmitBundle(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Bundle, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	before, err := s.readBundle(ctx, actor, id)
	if err != nil || before.Status == BundleSubmitted {
		return before, err // a double click or a retry: what was asked has happened
	}
	if err := s.settle(ctx, actor, before); err != nil {
		return nil, err
	}
	told, err := s.gatherAll(ctx, actor, before)
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, func(tx *pstore.Tx) error { return s.submitAll(ctx, tx, actor, before, told, key) })
	if err != nil {
		return nil, err
	}
	return s.readBundle(ctx, actor, id)
}

// settle refuses to hand in what its applicant has not seen: when a definition
// changed or a service is not offered any more, the bundle is brought up to
// date and looked at again.
func (s *Service) settle(ctx context.Context, actor authz.Actor, b *Bundle) error {
	drafts := b.Drafts()
	if len(drafts) == 0 {
		return kernel.E(kernel.Conflict, "casework.bundle.error.empty", nil)
	}
	changed, gone := false, false
	for _, c := range drafts {
		gone = gone || s.gone(c.Application.Service)
		changed = changed || s.outdated(c.Application, c.Service)
	}
	if !changed && !gone {
		return nil
	}
	if _, err := s.OpenBundle(ctx, actor, b.ID); err != nil {
		return err
	}
	if gone {
		return kernel.E(kernel.Conflict, "casework.bundle.error.gone", nil)
	}
	return kernel.E(kernel.Conflict, "casework.error.definition_changed", nil)
}

// gatherAll asks registers for every draft before any transaction is open. A
// register that does not answer holds up all: nothing is handed in by halves.
func (s *Service) gatherAll(ctx context.Context, actor authz.Actor, b *Bundle) (map[kernel.ID]gathered, error) {
	out := map[kernel.ID]gathered{}
	for _, c := range b.Drafts() {
		g := gathered{Content: c.Content}
		var err error
		if g.known, err = s.gather(ctx, actor, c.Service, &g.Content); kernel.Is(err, kernel.Unavailable) {
			return nil, registerDown(c.Service.ID, err)
		} else if err != nil {
			return nil, err
		}
		out[c.ID] = g
	}
	return out, nil
}

// submitAll is the one transaction. Whatever changed since the bundle was read
// ends it: the applicant then looks again.
func (s *Service) submitAll(ctx context.Context, tx *pstore.Tx, actor authz.Actor, before *Bundle, told map[kernel.ID]gathered, key string) error {
	b, err := ownBundle(tx, actor, before.ID)
	if err != nil || b.Status == BundleSubmitted {
		return err
	}
	hash := s.actHash("bundle", b.ID, nil)
	if prior, fresh, err := store.TakeKey(tx, actor.Account, key, store.Key{Hash: hash, Application: b.ID}, s.Clock.Now()); err != nil {
		return err
	} else if !fresh && prior.Hash != hash {
		return kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
	}
	members, err := store.BundleMembers(tx, b.ID)
	if err != nil {
		return err
	}
	var known people
	for _, g := range told {
		known = append(known, g.known...)
	}
	var wrong []kernel.FieldError
	done := 0
	for _, m := range members {
		g, drafted := told[m.Application]
		if m.Fate != "" {
			continue
		}
		fields, in, err := s.submitMember(ctx, tx, actor, m.Application, g, drafted, known)
		if err != nil {
			return err
		}
		wrong = append(wrong, fields...)
		if in {
			done++
		}
	}
	if wrong != nil {
		return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
	}
	if done != len(told) {
		return kernel.E(kernel.Conflict, "casework.bundle.error.changed", nil)
	}
	now := s.Clock.Now()
	b.Status, b.UpdatedAt, b.SubmittedAt = BundleSubmitted, now, now
	return store.UpdateBundle(tx, b)
}

// submitMember hands in one draft of the bundle. Wrong answers are given back,
// named by service and question, so that people read all of them at once; the
// transaction then ends without a trace.
func (s *Service) submitMember(ctx context.Context, tx *pstore.Tx, actor authz.Actor, id kernel.ID, g gathered, drafted bool, known people) ([]kernel.FieldError, bool, error) {
	a, err := own(tx, actor, id)
	if err != nil {
		return nil, false, err
	}
	if a.Status != Draft {
		return nil, false, nil // handed in by itself: it stays what it is
	}
	if !drafted {
		return nil, false, kernel.E(kernel.Conflict, "casework.bundle.error.changed", nil)
	}
	err = s.handIn(ctx, tx, actor, a, g, known)
	if fields := fieldsOf(err); fields != nil {
		for i := range fields {
			fields[i].Field = a.Service + "." + fields[i].Field
		}
		return fields, true, nil
	}
	return nil, true, err
}

// fieldsOf are the wrong answers that an error names.
func fieldsOf(err error) []kernel.FieldError {
	var e *kernel.Error
	if errors.As(err, &e) && e.Kind == kernel.Invalid {
		return e.Fields
	}
	return nil
}
