package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// Team and Seat (a member's) are how an agency has divided its desk; Absence is when
// somebody is away and who acts instead.
type (
	Team    = store.Team
	Seat    = store.Member
	Absence = store.Absence
)

// roster is who works together at an agency, and who is away on one day. It is
// read in the transaction of the act that asks.
type roster struct {
	teams []*Team
	away  map[kernel.ID]*Absence
	// left are those whose role ended of late: what they had is on its way back.
	left []kernel.ID
}

// leftRecently is for how long somebody who left may still have cases that
// were not given back yet, because the job that does it failed.
const leftRecently = 7

func readRoster(tx *pstore.Tx, agency string, day kernel.Date) (*roster, error) {
	r := &roster{away: map[kernel.ID]*Absence{}}
	var err error
	if r.teams, err = store.Teams(tx, agency); err != nil {
		return nil, err
	}
	absences, err := store.Absences(tx, agency, day)
	if err != nil {
		return nil, err
	}
	for _, a := range absences {
		if !day.Before(a.From) {
			r.away[a.Account] = a
		}
	}
	r.left, err = store.LeftSince(tx, agency, kernel.TimeOf(day.AddDays(-leftRecently).In(kernel.Seoul)))
	return r, err
}

func (r *roster) present(account kernel.ID) bool {
	return account != "" && r.away[account] == nil && !slices.Contains(r.left, account)
}

// team finds a team by its id, nil when it is not there any more.
func (r *roster) team(id kernel.ID) *Team {
	for _, t := range r.teams {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// route is the team that new cases of a service go to: one that names the
// service before one that takes all, the older before the younger; nil for the
// agency's own queue.
func (r *roster) route(service string) *Team {
	var all *Team
	for _, t := range r.teams {
		switch {
		case slices.Contains(t.Services, service):
			return t
		case len(t.Services) == 0 && all == nil:
			all = t
		}
	}
	return all
}

// of lists the teams that an account is a member of.
func (r *roster) of(account kernel.ID) []*Team {
	return slices.DeleteFunc(slices.Clone(r.teams), func(t *Team) bool { return !memberOf(t, account) })
}

func memberOf(t *Team, account kernel.ID) bool {
	return slices.ContainsFunc(t.Members, func(m Seat) bool { return m.Account == account })
}

func leads(t *Team) []kernel.ID {
	var out []kernel.ID
	for _, m := range t.Members {
		if m.Lead {
			out = append(out, m.Account)
		}
	}
	return out
}

func leadOf(t *Team, account kernel.ID) bool { return slices.Contains(leads(t), account) }

// standIn is who acts for somebody today: themselves, or their deputy while
// they are away. A deputy's own deputy is not asked, so that nothing goes round
// in circles: the lead of the team acts for a deputy who is away, and a lead's
// deputy for a lead. "" means that nobody does, and the case is everybody's.
func (r *roster) standIn(account kernel.ID) kernel.ID {
	if r.present(account) {
		return account
	}
	if a := r.away[account]; a != nil && r.present(a.Deputy) {
		return a.Deputy
	}
	for _, t := range r.of(account) {
		for _, lead := range leads(t) {
			if lead != account && r.present(lead) {
				return lead
			}
		}
	}
	for _, t := range r.of(account) {
		for _, lead := range leads(t) {
			if a := r.away[lead]; lead != account && a != nil && r.present(a.Deputy) {
				return a.Deputy
			}
		}
	}
	return ""
}

// standsFor are those for whom an official acts today.
func (r *roster) standsFor(account kernel.ID) []kernel.ID {
	var out []kernel.ID
	for away := range r.away {
		if away != account && r.standIn(away) == account {
			out = append(out, away)
		}
	}
	slices.Sort(out)
	return out
}

// desks are the desks before an official: their own while they are there, and
// of those for whom they act today.
func (r *roster) desks(account kernel.ID) []string {
	out := []string{}
	if r.present(account) {
		out = append(out, string(account))
	}
	for _, away := range r.standsFor(account) {
		out = append(out, string(away))
	}
	return out
}

// ears are whose notes an official reads: their own, also while they are away,
// and of those for whom they act today.
func (r *roster) ears(account kernel.ID) []string {
	out := []string{string(account)}
	for _, away := range r.standsFor(account) {
		out = append(out, string(away))
	}
	return out
}

// queues are the desks that lie before nobody in particular: the agency's, the
// teams', and of those who are away without anybody to act for them.
func (r *roster) queues() []string {
	out := []string{store.AgencyQueue}
	for _, t := range r.teams {
		out = append(out, string(t.ID))
	}
	for away := range r.away {
		if r.standIn(away) == "" {
			out = append(out, string(away))
		}
	}
	for _, gone := range r.left {
		if r.away[gone] == nil {
			out = append(out, string(gone))
		}
	}
	slices.Sort(out)
	return out
}

// shared are the desks of somebody's teams: their queues and their members'.
func (r *roster) shared(teams []*Team) []string {
	var out []string
	for _, t := range teams {
		out = append(out, string(t.ID))
		for _, m := range t.Members {
			out = append(out, string(m.Account))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Owner tells before whom an open case lies today: an official, or, with "",
// everybody of the team or of the agency.
func (r *roster) owner(a *Application) kernel.ID {
	if a.Assignee == "" {
		return ""
	}
	return r.standIn(a.Assignee)
}

// StandIn is who acts at an agency for an official on a day: the official, the
// deputy while they are away, the lead where the deputy is away too, or "" for
// nobody in particular.
func (s *Service) StandIn(ctx context.Context, agency string, account kernel.ID, day kernel.Date) (kernel.ID, error) {
	var out kernel.ID
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = standIn(tx, agency, account, day)
		return err
	})
	return out, err
}

// standIn is StandIn inside a transaction.
func standIn(tx *pstore.Tx, agency string, account kernel.ID, day kernel.Date) (kernel.ID, error) {
	r, err := readRoster(tx, agency, day)
	if err != nil {
		return "", err
	}
	return r.standIn(account), nil
}
