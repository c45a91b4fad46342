package notice

import (
	"context"

	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// How many messages one page of the inbox holds.
const (
	pageSize = 20
	pageMost = 100
)

// List gives up to limit of the actor's messages in words, the newest first;
// 0 means 20, more than 100 means 100. before is next of the page before, ""
// for the first; next is "" when there is no more.
func (s *Service) List(ctx context.Context, actor authz.Actor, l kernel.Lang, before kernel.ID, limit int) (list []Letter, next kernel.ID, err error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, "", err
	}
	if limit <= 0 {
		limit = pageSize
	}
	limit = min(limit, pageMost)
	var rows []*Message
	err = s.db.View(ctx, func(tx *pstore.Tx) error {
		rows, err = ofActor(tx, actor, before, limit+1)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows, next = rows[:limit], rows[limit-1].ID
	}
	for _, m := range rows {
		one, err := s.write.Write(ctx, m, l)
		if err != nil {
			return nil, "", err
		}
		list = append(list, one)
	}
	return list, next, nil
}

// ofActor lists the messages that the actor may read: all of their own, and of
// whom they act for those about a service that the mandate covers.
func ofActor(tx *pstore.Tx, actor authz.Actor, before kernel.ID, n int) ([]*Message, error) {
	if !actor.Mandated() {
		return store.List(tx, actor, before, n)
	}
	var out []*Message
	for {
		l, err := store.List(tx, actor, before, n)
		if err != nil {
			return nil, err
		}
		for _, m := range l {
			if before = m.ID; covered(actor, m) {
				out = append(out, m)
			}
			if len(out) == n {
				return out, nil
			}
		}
		if len(l) < n {
			return out, nil
		}
	}
}

// covered tells whether a message is within what the actor may see. One about no
// service is its owner's alone.
func covered(actor authz.Actor, m *Message) bool {
	return !actor.Mandated() || m.Service != "" && actor.Covers(m.Service)
}

// Unread counts the messages that the actor has not opened, for the badge of
// the navigation; 0 for visitors and for whoever acts for somebody, who reads
// nothing for them.
func (s *Service) Unread(ctx context.Context, actor authz.Actor) (n int, err error) {
	if !actor.SignedIn() || actor.Mandated() {
		return 0, nil
	}
	err = s.db.View(ctx, func(tx *pstore.Tx) error {
		n, err = store.Unread(tx, actor)
		return err
	})
	return n, err
}
