package casework

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	identity "maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	pstore "maru/platform/store"
)

// stillHere refuses the act of an official whose role has ended. It is asked in
// the transaction of the act, so that an act and a leave that meet end one way
// or the other: the act first, and its case is returned as it then is, or the
// leave first, and the act is refused.
func stillHere(tx *pstore.Tx, actor authz.Actor, agency string) error {
	gone, err := store.HasLeft(tx, agency, actor.Account)
	if err != nil {
		return err
	}
	if gone {
		return kernel.E(kernel.Forbidden, "casework.error.left", nil)
	}
	return nil
}

// OnRole hears from identity that a role began or ended.
func (s *Service) OnRole(ctx context.Context, e events.Event) error {
	var r identity.Role
	if err := json.Unmarshal(e.Data, &r); err != nil {
		return err
	}
	if r.Role != string(authz.Official) || r.Agency == "" {
		return nil
	}
	return s.Reconcile(ctx, r.Agency, r.Account)
}

// Reconcile brings the desk in line with whether an account works at an agency
// now. It may run any number of times, in any order.
func (s *Service) Reconcile(ctx context.Context, agency string, account kernel.ID) error {
	here, err := s.returned(ctx, agency, account)
	if err != nil || here {
		return err
	}
	managers, err := s.Officials.Managers(ctx, agency)
	if err != nil {
		return err
	}
	if err := s.left(ctx, agency, account, managers); err != nil {
		return err
	}
	// A role that was given again meanwhile may have been reconciled before this
	// leave was noted: the mark would stay for good.
	_, err = s.returned(ctx, agency, account)
	return err
}

// returned takes the mark of a leave away from an account that works here.
func (s *Service) returned(ctx context.Context, agency string, account kernel.ID) (here bool, err error) {
	l, err := s.Officials.Officials(ctx, agency)
	if err != nil || !slices.ContainsFunc(l, func(o Official) bool { return o.Account == account }) {
		return false, err
	}
	return true, s.DB.Update(ctx, func(tx *pstore.Tx) error { return store.UnmarkLeft(tx, agency, account) })
}

// left gives back what somebody had who no longer works at an agency. Their
// teams and deputies go in one transaction with the mark that refuses further
// acts; the cases follow in pieces, each with an entry in its timeline. A
// proposal of theirs that waits for the second official stays valid: it was
// made in office, and whoever confirms it answers for it, or sends it back.
func (s *Service) left(ctx context.Context, agency string, account kernel.ID, managers []kernel.ID) error {
	var tell []kernel.ID
	fresh := false
	err := s.update(ctx, func(tx *pstore.Tx) error {
		now, today := s.Clock.Now(), s.today()
		r, err := readRoster(tx, agency, today)
		if err != nil {
			return err
		}
		tell = nil
		for _, t := range r.of(account) {
			for _, lead := range leads(t) {
				if lead != account && !slices.Contains(tell, lead) {
					tell = append(tell, lead)
				}
			}
		}
		if len(tell) == 0 {
			tell = managers
		}
		if fresh, err = store.MarkLeft(tx, agency, account, now); err != nil || !fresh {
			return err
		}
		if err := errors.Join(store.DropMember(tx, agency, account), store.DropAbsencesOf(tx, agency, account, today),
			store.NoDeputy(tx, agency, account, today), store.DropPingsOf(tx, agency, account)); err != nil {
			return err
		}
		n, err := store.CountDesk(tx, agency, string(account))
		if err != nil {
			return err
		}
		if n > 0 {
			for _, to := range tell {
				if err := s.ping(tx, now, to, agency, "", PingLeft, account, n); err != nil {
					return err
				}
			}
		}
		return audit.Append(tx, now, audit.Entry{Actor: authz.Actor{System: "desk"}, Act: "casework.left", Object: "account:" + string(account),
			Purpose: "casework.purpose.organisation", Agency: agency})
	})
	if err != nil {
		return err
	}
	return s.requeue(ctx, agency, account)
}

// requeue gives the cases on a gone official's desk back to their teams.
func (s *Service) requeue(ctx context.Context, agency string, account kernel.ID) error {
	by := authz.Actor{System: "desk"}
	for {
		n := 0
		err := s.update(ctx, func(tx *pstore.Tx) error {
			l, err := store.OnDesk(tx, agency, string(account), atOnce)
			n = len(l)
			if err != nil || n == 0 {
				return err
			}
			for _, a := range l {
				now := s.Clock.Now()
				if err := s.unhand(tx, a); err != nil {
					return err
				}
				a.Assignee, a.UpdatedAt = "", now
				if err := s.toTeam(tx, a); err != nil {
					return err
				}
				if err := s.record(tx, a, now, by, "requeued", "left", "", false); err != nil {
					return err
				}
				if err := s.audited(tx, now, by, "casework.requeue", a, "casework.purpose.handling"); err != nil {
					return err
				}
				if err := store.Update(tx, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < atOnce {
			return err
		}
	}
}

// ReconcileAll looks through everybody who has cases, in case an event of
// identity was lost, or a role ended while the program stood still.
func (s *Service) ReconcileAll(ctx context.Context) error {
	var after [2]string
	for {
		var l [][2]string
		err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
			l, err = store.NextDesks(tx, after, atOnce)
			return err
		})
		if err != nil || len(l) == 0 {
			return err
		}
		here := map[string][]Official{}
		for _, d := range l {
			after = d
			if _, err := kernel.ParseID(d[1]); err != nil {
				continue // the agency's queue
			}
			if _, ok := here[d[0]]; !ok {
				if here[d[0]], err = s.Officials.Officials(ctx, d[0]); err != nil {
					return err
				}
			}
			if slices.ContainsFunc(here[d[0]], func(o Official) bool { return o.Account == kernel.ID(d[1]) }) {
				continue
			}
			team := false
			err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
				team, err = store.IsTeam(tx, kernel.ID(d[1]))
				return err
			})
			if err != nil {
				return err
			}
			if !team {
				if err := s.Reconcile(ctx, d[0], kernel.ID(d[1])); err != nil {
					return err
				}
			}
		}
	}
}
