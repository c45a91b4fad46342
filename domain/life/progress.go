package life

import (
	"context"

	"maru/domain/audit"
	"maru/domain/life/internal/guide"
	"maru/domain/life/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Change is what a person changes of their progress; nil fields stay as they
// are. Setting the same twice is setting it once.
type Change struct {
	Day    *kernel.Date    // zero takes the day back
	Done   map[string]bool // steps to tick off, or not any more
	Hidden map[string]bool // steps that do not concern them, or do after all
	Remind *bool           // consent to be reminded
}

// Save changes the actor's progress in a life event.
func (s *Service) Save(ctx context.Context, actor authz.Actor, event string, c Change) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	e, ok := s.d.Catalog.LifeEvent(event)
	if !ok {
		return kernel.E(kernel.NotFound, "life.error.no_event", nil)
	}
	if err := s.valid(&Guide{Event: e, Steps: guide.Build(e, s.d.Catalog.Service, Progress{}, nil, s.d.Catalog.Calendar(), s.today()).Steps}, c); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.d.Clock.Now()
		row, err := store.Get(tx, actor.Account, event)
		if err != nil {
			return err
		}
		p, err := s.open(row)
		if err != nil {
			return err
		}
		if row == nil {
			row = &store.Progress{Account: actor.Account, Event: event, BeganAt: now}
		}
		s.apply(&p, c)
		if c.Remind != nil && *c.Remind != row.Remind {
			row.Remind = *c.Remind
			// A consent, and its end, can be looked up for good.
			if err := audit.Append(tx, now, audit.Entry{Actor: actor, Act: "life.remind", Object: "life:" + event,
				Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "life.purpose.remind", Detail: map[string]bool{"on": row.Remind}}); err != nil {
				return err
			}
		}
		// Which steps are handed in meanwhile, the reminder asks when it is time.
		row.UpdatedAt, row.RemindAt = now, 0
		if row.Remind {
			g := guide.Build(e, s.d.Catalog.Service, p, nil, s.d.Catalog.Calendar(), s.today())
			row.RemindAt = remindAt(g.Remind(s.today()), now)
		}
		if err := s.close(row, p); err != nil {
			return err
		}
		return store.Put(tx, row)
	})
}

// valid refuses days far off and steps that the guide does not have.
func (s *Service) valid(g *Guide, c Change) error {
	if c.Day != nil && !c.Day.IsZero() {
		if d := *c.Day; g.Event.Day == nil || d.Before(s.today().AddDays(-3660)) || s.today().AddDays(730).Before(d) {
			return kernel.E(kernel.Invalid, "life.error.day", nil).Field("day", "life.error.day", nil)
		}
	}
	for _, set := range []map[string]bool{c.Done, c.Hidden} {
		for id := range set {
			known := false
			for i := range g.Steps {
				known = known || g.Steps[i].ID == id
			}
			if !known {
				return kernel.E(kernel.Invalid, "life.error.step", nil).Field("step", "life.error.step", nil)
			}
		}
	}
	return nil
}

func (s *Service) apply(p *Progress, c Change) {
	if c.Day != nil {
		p.Day = *c.Day
	}
	if p.Done == nil {
		p.Done = map[string]kernel.Date{}
	}
	for id, on := range c.Done {
		if _, was := p.Done[id]; on && !was {
			p.Done[id] = s.today()
		} else if !on {
			delete(p.Done, id)
		}
	}
	if p.Hidden == nil {
		p.Hidden = map[string]bool{}
	}
	for id, on := range c.Hidden {
		if on {
			p.Hidden[id] = true
		} else {
			delete(p.Hidden, id)
		}
	}
}

// Reset forgets what the actor keeps of a life event: it happens again.
func (s *Service) Reset(ctx context.Context, actor authz.Actor, event string) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return store.Drop(tx, actor.Account, event) })
}
