package casework

import (
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// mayKnow tells whether an application is the actor's own, or one of whom they
// act for that their mandate reaches.
func mayKnow(actor authz.Actor, a *Application) bool {
	return a.Account == actor.Account && actor.Covers(a.Service) && (!actor.Helper.Own || a.Helper == actor.Helper.Account)
}

// helperOf is whose application it is that the actor begins for somebody, "" of
// who begins their own.
func helperOf(actor authz.Actor) kernel.ID {
	if actor.Mandated() {
		return actor.Helper.Account
	}
	return ""
}

// waiting finds a draft of a service that the actor began. One that somebody else
// began for the person is not gone on with: who began it would read along.
func waiting(mine []*Application, actor authz.Actor, service string) (*Application, bool) {
	i := slices.IndexFunc(mine, func(a *Application) bool {
		return a.Status == Draft && a.Service == service && a.Helper == helperOf(actor)
	})
	if i < 0 {
		return nil, false
	}
	return mine[i], true
}

// ofAccount lists the applications that the actor may know of: all of their
// own, and of whom they act for those that the mandate covers.
func ofAccount(tx *pstore.Tx, actor authz.Actor, before int64, limit int) ([]*Application, error) {
	if !actor.Mandated() {
		return store.OfAccount(tx, actor.Account, before, limit)
	}
	var out []*Application
	for {
		l, err := store.OfAccount(tx, actor.Account, before, limit)
		if err != nil {
			return nil, err
		}
		for _, a := range l {
			if before = a.Seq; mayKnow(actor, a) {
				out = append(out, a)
			}
			if len(out) == limit {
				return out, nil
			}
		}
		if len(l) < limit {
			return out, nil
		}
	}
}
