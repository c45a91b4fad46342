package casework

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// TeamInput is what a team is to be.
type TeamInput struct {
	Name     kernel.Text
	Services []string // ids; none for all
	Spread   bool     // deal new cases out to members instead of offering them
	Leads    []kernel.ID
	Members  []kernel.ID // leads may be left out
	Rev      int64       // of the team that was looked at; 0 for whatever stands
}

const (
	maxTeamName = 60
	maxMembers  = 200
)

// staffAgency is the agency whose desk the actor works at or sets up: the one
// asked for, or their first.
func staffAgency(actor authz.Actor, agency string) (string, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return "", err
	}
	mine := append(actor.Agencies(authz.Official), actor.Agencies(authz.Manager)...)
	switch {
	case len(mine) == 0, agency != "" && !slices.Contains(mine, agency):
		return "", kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	case agency == "":
		return mine[0], nil
	}
	return agency, nil
}

// Teams lists the agency's teams, for those who work there.
func (s *Service) Teams(ctx context.Context, actor authz.Actor, agency string) ([]*Team, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	var out []*Team
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.Teams(tx, agency)
		return err
	})
	return out, err
}

// Colleagues lists who works at the agency's desk, for those who work there.
func (s *Service) Colleagues(ctx context.Context, actor authz.Actor, agency string) ([]Official, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	return s.Officials.Officials(ctx, agency)
}

// MakeTeam sets up a team. Only the agency's managers do.
func (s *Service) MakeTeam(ctx context.Context, actor authz.Actor, agency, key string, in TeamInput) (*Team, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	if !actor.HasIn(authz.Manager, agency) {
		return nil, kernel.E(kernel.Forbidden, "casework.team.error.managers_only", nil)
	}
	if err := s.checkTeam(ctx, agency, &in); err != nil {
		return nil, err
	}
	hash := s.actHash("team.make", kernel.ID(agency), in)
	var out *Team
	err = s.update(ctx, func(tx *pstore.Tx) error {
		now := s.Clock.Now()
		t := &Team{ID: kernel.NewID(now), Agency: agency, Name: in.Name, Services: in.Services, Spread: in.Spread, CreatedAt: now, Members: members(nil, in, now)}
		if key != "" {
			if err := checkKey(key); err != nil {
				return err
			}
			prior, fresh, err := store.TakeKey(tx, actor.Account, key, store.Key{Hash: hash, Application: t.ID}, now)
			if err != nil {
				return err
			}
			if !fresh {
				if prior.Hash != hash {
					return kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
				}
				out, err = teamOf(tx, agency, prior.Application)
				return err
			}
		}
		if err := noTwins(tx, t); err != nil {
			return err
		}
		if err := store.InsertTeam(tx, t); err != nil {
			return err
		}
		out = t
		if err := s.wake(tx, agency); err != nil {
			return err
		}
		return s.teamAudit(tx, actor, "casework.team_make", t)
	})
	return out, err
}

// ChangeTeam changes a team: a manager everything, a lead of the team its
// members, and then what else in says does not matter.
func (s *Service) ChangeTeam(ctx context.Context, actor authz.Actor, agency string, id kernel.ID, in TeamInput) (*Team, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	if !actor.HasIn(authz.Manager, agency) {
		// What only managers change stays as it is, and a service that left the
		// catalogue since is theirs to take out.
		t, err := s.Team(ctx, actor, agency, id)
		if err != nil {
			return nil, err
		}
		in.Name, in.Services, in.Spread, in.Leads = t.Name, nil, t.Spread, leads(t)
	}
	if err := s.checkTeam(ctx, agency, &in); err != nil {
		return nil, err
	}
	var out *Team
	err = s.update(ctx, func(tx *pstore.Tx) error {
		t, err := teamOf(tx, agency, id)
		if err != nil {
			return err
		}
		manager := actor.HasIn(authz.Manager, agency)
		if !manager && !leadOf(t, actor.Account) {
			return kernel.E(kernel.Forbidden, "casework.team.error.leads_only", nil)
		}
		if in.Rev != 0 && in.Rev != t.Rev {
			return kernel.E(kernel.Conflict, "casework.team.error.changed", nil)
		}
		if manager {
			t.Name, t.Services, t.Spread = in.Name, in.Services, in.Spread
		} else {
			in.Leads = leads(t)
		}
		t.Members = members(t, in, s.Clock.Now())
		if err := noTwins(tx, t); err != nil {
			return err
		}
		if err := store.UpdateTeam(tx, t); err != nil {
			return err
		}
		out = t
		if err := s.wake(tx, agency); err != nil {
			return err
		}
		return s.teamAudit(tx, actor, "casework.team_change", t)
	})
	return out, err
}

// CloseTeam ends a team. What waits in its queue goes to the team whose rule
// fits now, or to the agency's queue; what its members hold stays with them.
func (s *Service) CloseTeam(ctx context.Context, actor authz.Actor, agency string, id kernel.ID) error {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return err
	}
	if !actor.HasIn(authz.Manager, agency) {
		return kernel.E(kernel.Forbidden, "casework.team.error.managers_only", nil)
	}
	err = s.update(ctx, func(tx *pstore.Tx) error {
		t, err := teamOf(tx, agency, id)
		if err != nil {
			return err
		}
		t.ClosedAt, t.Members = s.Clock.Now(), nil
		if err := store.UpdateTeam(tx, t); err != nil {
			return err
		}
		if err := s.teamAudit(tx, actor, "casework.team_close", t); err != nil {
			return err
		}
		// The rest, should this be a large queue, follows in pieces.
		return s.Events.Publish(tx, TeamClosed, closedTeam{agency, id})
	})
	if err != nil {
		return err
	}
	return s.emptyQueue(ctx, agency, id)
}

// TeamClosed is casework's event to itself: a team's queue is to be emptied.
const TeamClosed = "casework.team_closed.v1"

type closedTeam struct {
	Agency string    `json:"agency"`
	Team   kernel.ID `json:"team"`
}

// atOnce is how many cases move in one transaction, so that nobody waits long
// for the store.
const atOnce = 50

// emptyQueue moves the cases that wait for a closed team.
func (s *Service) emptyQueue(ctx context.Context, agency string, team kernel.ID) error {
	for {
		n := 0
		err := s.update(ctx, func(tx *pstore.Tx) error {
			l, err := store.OnDesk(tx, agency, string(team), atOnce)
			n = len(l)
			if err != nil || n == 0 {
				return err
			}
			for _, a := range l {
				a.Team = ""
				if err := s.toTeam(tx, a); err != nil {
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

// Team reads one team of the agency.
func (s *Service) Team(ctx context.Context, actor authz.Actor, agency string, id kernel.ID) (*Team, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	var out *Team
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = teamOf(tx, agency, id)
		return err
	})
	return out, err
}

func teamOf(tx *pstore.Tx, agency string, id kernel.ID) (*Team, error) {
	all, err := store.Teams(tx, agency)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.ID == id {
			return t, nil
		}
	}
	return nil, kernel.E(kernel.NotFound, "casework.team.error.none", nil)
}

// noTwins refuses a second team of the same name.
func noTwins(tx *pstore.Tx, t *Team) error {
	all, err := store.Teams(tx, t.Agency)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != t.ID && o.Name.KO == t.Name.KO {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("name_ko", "casework.team.error.twin", nil)
		}
	}
	return nil
}

// checkTeam tells everything that is wrong with what a team is to be.
func (s *Service) checkTeam(ctx context.Context, agency string, in *TeamInput) error {
	e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	name := func(field string, text *string) {
		*text = strings.TrimSpace(*text)
		if n := utf8.RuneCountInString(*text); n == 0 || n > maxTeamName || hasControl(*text, false) {
			e.Field(field, "casework.team.error.name", map[string]any{"max": maxTeamName})
		}
	}
	name("name_ko", &in.Name.KO)
	name("name_en", &in.Name.EN)
	slices.Sort(in.Services)
	in.Services = slices.Compact(in.Services)
	for _, id := range in.Services {
		if _, _, err := s.Catalog.Current(id); err != nil {
			e.Field("services", "casework.team.error.service", nil)
			break
		}
	}
	here, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return err
	}
	stranger := func(id kernel.ID) bool {
		return !slices.ContainsFunc(here, func(o Official) bool { return o.Account == id })
	}
	switch {
	case len(in.Leads) == 0:
		e.Field("leads", "casework.team.error.no_lead", nil)
	case slices.ContainsFunc(in.Leads, stranger):
		e.Field("leads", "casework.team.error.stranger", nil)
	}
	if slices.ContainsFunc(in.Members, stranger) || len(in.Members) > maxMembers {
		e.Field("members", "casework.team.error.stranger", nil)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// members are the leads and the others; who was there before stays as old.
func members(before *Team, in TeamInput, now kernel.Time) []Seat {
	var out []Seat
	add := func(id kernel.ID, lead bool) {
		if slices.ContainsFunc(out, func(m Seat) bool { return m.Account == id }) {
			return
		}
		m := Seat{Account: id, Lead: lead, Since: now}
		if before != nil {
			for _, old := range before.Members {
				if old.Account == id {
					m.Since = old.Since
				}
			}
		}
		out = append(out, m)
	}
	for _, id := range in.Leads {
		add(id, true)
	}
	for _, id := range in.Members {
		add(id, false)
	}
	return out
}

func (s *Service) teamAudit(tx *pstore.Tx, actor authz.Actor, act string, t *Team) error {
	return audit.Append(tx, s.Clock.Now(), audit.Entry{Actor: actor, Act: act, Object: "team:" + string(t.ID), Purpose: "casework.purpose.organisation", Agency: t.Agency})
}

// toTeam puts a case into the queue of the team whose rule fits, and has it
// dealt out where the team wants that.
func (s *Service) toTeam(tx *pstore.Tx, a *Application) error {
	if s.recounting {
		return nil // it stays in the agency's open queue
	}
	teams, err := store.Teams(tx, a.Agency)
	if err != nil {
		return err
	}
	t := (&roster{teams: teams}).route(a.Service)
	if t == nil {
		a.Team = ""
		return nil
	}
	a.Team = t.ID
	if t.Spread && a.Assignee == "" {
		return s.wake(tx, a.Agency)
	}
	return nil
}

// rest gives a case that comes back to the desk to whom it belongs now: whoever
// had it may have left, and the team may be closed.
func (s *Service) rest(tx *pstore.Tx, a *Application) error {
	if a.Assignee != "" {
		gone, err := store.HasLeft(tx, a.Agency, a.Assignee)
		if err != nil || !gone {
			return err
		}
		a.Assignee = ""
	}
	return s.toTeam(tx, a)
}
