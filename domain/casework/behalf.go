package casework

import (
	"maru/domain/casework/internal/store"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// mayKnow tells whether an application is the actor's own, or one of whom they
// act for that their mandate reaches.
func mayKnow(actor authz.Actor, a *Application) bool {
	return a.Account == actor.Account && actor.Covers(a.Service) && (!actor.Helper.Own || a.Helper == actor.Helper.Account)
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
