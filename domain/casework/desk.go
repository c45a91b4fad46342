package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// DeskQuery says which cases a desk lists.
type DeskQuery struct {
	Agency string // "" for the official's first agency
	Status string // "" for all
	Text   string // a number, or words of the content
	Mine   bool   // only those assigned to the actor
	ByDue  bool   // the most urgent first; otherwise newest first
	Before int64  // cursor: Seq of the last case seen, 0 from the start
	Limit  int    // 1..100, 0 for 50
}

// deskStatuses may be asked for by DeskQuery.Status.
var deskStatuses = []string{Submitted, InReview, Correction, SecondLook, Objected, Decided, Withdrawn}

// deskAgency is the agency whose desk the actor uses: the one asked for, which
// must be theirs, or their first.
func deskAgency(actor authz.Actor, agency string) (string, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return "", err
	}
	mine := actor.Agencies(authz.Official)
	switch {
	case len(mine) == 0, agency != "" && !slices.Contains(mine, agency):
		return "", kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	case agency == "":
		return mine[0], nil
	}
	return agency, nil
}

// Desk lists cases of the official's agency. The list shows numbers, services
// and dates only, so it is no look at personal data.
func (s *Service) Desk(ctx context.Context, actor authz.Actor, q DeskQuery) ([]*Application, error) {
	agency, err := deskAgency(actor, q.Agency)
	if err != nil {
		return nil, err
	}
	if q.Status != "" && !slices.Contains(deskStatuses, q.Status) {
		return nil, kernel.E(kernel.Invalid, "casework.error.status_unknown", nil).Field("status", "casework.error.status_unknown", nil)
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 50
	}
	f := store.Filter{Status: q.Status, Before: q.Before, Limit: q.Limit}
	if q.Mine {
		f.Assignee = string(actor.Account)
	}
	var out []*Application
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		switch {
		case q.Text != "":
			out, err = s.search(tx, agency, q.Text, f)
		case q.ByDue:
			out, err = store.Due(tx, agency, f)
		default:
			out, err = store.Queue(tx, agency, f)
		}
		return err
	})
	return out, err
}

// DeskCounts tells how many cases wait in each status, up to 1,000 each.
func (s *Service) DeskCounts(ctx context.Context, actor authz.Actor, agency string) (map[string]int, error) {
	agency, err := deskAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	var out map[string]int
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.Counts(tx, agency)
		return err
	})
	return out, err
}

// Look opens a case for an official of the agency in charge. The look is
// logged in the same transaction: no log, no data.
func (s *Service) Look(ctx context.Context, actor authz.Actor, id kernel.ID) (*Case, error) {
	if err := s.notOwnHousehold(ctx, actor, id); err != nil {
		return nil, err
	}
	var c *Case
	err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		if c, err = s.read(tx, a); err != nil {
			return err
		}
		return s.audited(tx, s.Clock.Now(), actor, "casework.read", a, "casework.purpose.handling")
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// desk reads a submitted case of one of the official's agencies. A case of
// another agency is NotFound: an official learns nothing of other desks.
func desk(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*Application, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	a, err := store.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if a.Number == "" || !actor.HasIn(authz.Official, a.Agency) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_case", nil)
	}
	if a.Account == actor.Account || actor.Proven() && a.Person == actor.Person {
		return nil, kernel.E(kernel.Forbidden, "casework.error.own_household", nil)
	}
	if helped, err := store.HasAssisted(tx, a.ID, actor.Account); err != nil {
		return nil, err
	} else if helped {
		return nil, kernel.E(kernel.Forbidden, "casework.assist.error.own", nil)
	}
	return a, nil
}

// notOwnHousehold refuses officials their own household's cases. It asks the
// register before any transaction of ours is open.
func (s *Service) notOwnHousehold(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if !actor.Proven() {
		return nil
	}
	var persons []string
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		persons = append(persons[:0], a.Person)
		parties, err := store.Parties(tx, id)
		for _, p := range parties {
			persons = append(persons, p.Person)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range persons {
		if p == "" {
			continue
		}
		same, err := s.Registers.SameHousehold(ctx, actor.Person, p)
		if err != nil {
			return err
		}
		if same {
			return kernel.E(kernel.Forbidden, "casework.error.own_household", nil)
		}
	}
	return nil
}

// act runs an official's act on a case: the checks, the change under the
// optional idempotency key, and the store.
func (s *Service) act(ctx context.Context, actor authz.Actor, id kernel.ID, key, act string, body any,
	fn func(tx *pstore.Tx, a *Application, now kernel.Time) error) (*Application, error) {
	if err := s.notOwnHousehold(ctx, actor, id); err != nil {
		return nil, err
	}
	var out *Application
	err := s.update(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		out = a
		return s.once(tx, actor, key, act, a, body, func() error {
			now := s.Clock.Now()
			at := a.Agency // whose official acts, also where the act passes the case on
			if err := stillHere(tx, actor, at); err != nil {
				return err
			}
			due := a.DueAt
			if err := fn(tx, a, now); err != nil {
				return err
			}
			if err := s.calm(tx, a, due, now); err != nil {
				return err
			}
			a.UpdatedAt = now
			if err := s.auditedAt(tx, now, actor, "casework."+act, a, at, "casework.purpose.handling"); err != nil {
				return err
			}
			return store.Update(tx, a)
		})
	})
	return out, err
}

// Assign gives a case to the acting official, or takes over from a colleague.
func (s *Service) Assign(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.act(ctx, actor, id, key, "assign", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Assignee == actor.Account && a.Status != Submitted {
			return nil
		}
		if !Open(a.Status) {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		if a.Status == Submitted {
			if err := move(a, InReview); err != nil {
				return err
			}
		}
		if err := s.unhand(tx, a); err != nil {
			return err
		}
		a.Assignee = actor.Account
		return s.record(tx, a, now, actor, "assigned", "", "", true)
	})
}
