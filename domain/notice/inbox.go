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
		rows, err = store.List(tx, actor, before, limit+1)
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

// Unread counts the messages that the actor has not opened, for the badge of
// the navigation; 0 for visitors.
func (s *Service) Unread(ctx context.Context, actor authz.Actor) (n int, err error) {
	if !actor.SignedIn() {
		return 0, nil
	}
	err = s.db.View(ctx, func(tx *pstore.Tx) error {
		n, err = store.Unread(tx, actor)
		return err
	})
	return n, err
}
