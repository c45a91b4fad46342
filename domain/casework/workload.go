package casework

import (
	"context"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Load is how much lies on one desk.
type Load = store.Load

// TeamLoad is a team's work: its queue and, by name, what each member has open.
// It tells of work that waits, not of who is quick.
type TeamLoad struct {
	Team    *Team // nil for the agency's own queue
	Queue   Load
	Members []MemberLoad
}

// MemberLoad is what one member has open.
type MemberLoad struct {
	Account kernel.ID
	Name    string
	Lead    bool
	Away    kernel.Date // the last day of an absence, zero when there
	Acts    kernel.ID   // who acts instead, "" for nobody
	Load    Load
}

// atRisk is how near a due date has to be for a case to count as at risk.
const atRisk = 24 * time.Hour

// Workload shows how work is spread: a lead the teams that they lead, a manager
// every team and the agency's queue.
func (s *Service) Workload(ctx context.Context, actor authz.Actor, agency string) ([]TeamLoad, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	people, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return nil, err
	}
	names := map[kernel.ID]string{}
	for _, o := range people {
		names[o.Account] = o.Name
	}
	soon := s.Clock.Now().Add(atRisk)
	manager := actor.HasIn(authz.Manager, agency)
	var out []TeamLoad
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		for _, t := range r.teams {
			if !manager && !leadOf(t, actor.Account) {
				continue
			}
			l := TeamLoad{Team: t}
			if l.Queue, err = store.LoadOf(tx, agency, string(t.ID), soon); err != nil {
				return err
			}
			for _, m := range t.Members {
				ml := MemberLoad{Account: m.Account, Name: names[m.Account], Lead: m.Lead}
				if a := r.away[m.Account]; a != nil {
					ml.Away, ml.Acts = a.Until, r.standIn(m.Account)
				}
				if ml.Load, err = store.LoadOf(tx, agency, string(m.Account), soon); err != nil {
					return err
				}
				l.Members = append(l.Members, ml)
			}
			out = append(out, l)
		}
		if manager {
			l := TeamLoad{}
			if l.Queue, err = store.LoadOf(tx, agency, store.AgencyQueue, soon); err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		return nil, kernel.E(kernel.Forbidden, "casework.workload.error.leads_only", nil)
	}
	return out, err
}

// mostListed bounds a list that is downloaded.
const mostListed = 5000

// Listed gives the open cases of the teams that a lead leads, or of the whole
// agency for its managers, the most urgent first, for a table outside: numbers,
// services and dates, nobody's name.
func (s *Service) Listed(ctx context.Context, actor authz.Actor, agency string) ([]*Application, map[kernel.ID]*Team, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, nil, err
	}
	var out []*Application
	teams := map[kernel.ID]*Team{}
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		v := store.View{Limit: 500}
		if !actor.HasIn(authz.Manager, agency) {
			var led []*Team
			for _, t := range r.teams {
				if leadOf(t, actor.Account) {
					led = append(led, t)
				}
			}
			if len(led) == 0 {
				return kernel.E(kernel.Forbidden, "casework.workload.error.leads_only", nil)
			}
			v.Desks = r.shared(led)
		}
		for _, t := range r.teams {
			teams[t.ID] = t
		}
		for len(out) < mostListed {
			l, err := store.Open(tx, agency, v)
			if err != nil {
				return err
			}
			out = append(out, l...)
			if len(l) < v.Limit {
				return nil
			}
			v.AfterDue, v.AfterSeq = l[len(l)-1].DueAt, l[len(l)-1].Seq
		}
		return nil
	})
	return out, teams, err
}
