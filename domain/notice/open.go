package notice

import (
	"context"

	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Open gives one of the actor's messages in words and marks it as read, the
// first time. A message of somebody else is NotFound, and so is one that the
// mandate of whoever acts for its owner does not cover.
func (s *Service) Open(ctx context.Context, actor authz.Actor, id kernel.ID, l kernel.Lang) (Letter, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return Letter{}, err
	}
	var m *Message
	get := func(tx *pstore.Tx) (err error) {
		if m, err = store.Get(tx, actor, id); err == nil && !covered(actor, m) {
			err = kernel.E(kernel.NotFound, "notice.error.none", nil)
		}
		return err
	}
	if err := s.db.View(ctx, get); err != nil {
		return Letter{}, err
	}
	if !m.Read() && !actor.OnBehalf() { // whose message it is has not read it
		err := s.db.Update(ctx, func(tx *pstore.Tx) error {
			if err := store.MarkRead(tx, id, s.clock.Now()); err != nil {
				return err
			}
			return get(tx)
		})
		if err != nil {
			return Letter{}, err
		}
	}
	return s.write.Write(ctx, m, l)
}

// ReadAll marks every message of the actor as read.
func (s *Service) ReadAll(ctx context.Context, actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error { return store.MarkAllRead(tx, actor, s.clock.Now()) })
}
