// Package guide puts a life event, what a person did of it and the calendar
// together into a list of things to do. It reads and writes nothing.
package guide

import (
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/calendar"
)

// The states of a step.
const (
	ToDo     = "todo"
	Draft    = "draft"     // an application was begun
	HandedIn = "handed_in" // and lies at the office
	Decided  = "decided"   // and was decided well
	Refused  = "refused"   // or was not: something is left to do
	Done     = "done"      // the person says so
)

// Application is an application of a step's service.
type Application struct {
	ID    kernel.ID
	State string // Draft, HandedIn, Decided or Refused
}

// Progress is what a person keeps of a life event.
type Progress struct {
	Day    kernel.Date            `json:"day,omitzero"`
	Done   map[string]kernel.Date `json:"done,omitempty"`   // steps ticked off, and when
	Hidden map[string]bool        `json:"hidden,omitempty"` // steps that do not concern them
	// Reminded tells for which last day of a step a reminder went out.
	Reminded map[string]kernel.Date `json:"reminded,omitempty"`
}

// Step is one thing to do.
type Step struct {
	*contract.LifeStep
	Service     *contract.Service // nil where the step is outside Maru
	State       string
	Application kernel.ID   // "" for none
	Last        kernel.Date // last day; zero while it is not known
	DaysLeft    int         // to the last day, below 0 when it is over
	Hidden      bool
}

// Finished tells whether nothing is left to do for the person.
func (s *Step) Finished() bool {
	return s.State == Done || s.State == HandedIn || s.State == Decided
}

// Pending tells whether a last day still has to be kept.
func (s *Step) Pending() bool { return !s.Hidden && !s.Finished() && !s.Last.IsZero() }

// Guide is a life event as one person sees it.
type Guide struct {
	Event    contract.LifeEvent
	Progress Progress
	Steps    []Step
}

// Together are the steps that can be applied for in one go, and still have to.
func (g *Guide) Together() []*Step {
	var out []*Step
	for i := range g.Steps {
		s := &g.Steps[i]
		if s.LifeStep.Together && s.Service != nil && s.Service.Online && !s.Hidden && (s.State == ToDo || s.State == Draft) {
			out = append(out, s)
		}
	}
	return out
}

// Build makes the guide as of today. A life event without steps has one for
// each of its services.
func Build(e contract.LifeEvent, service func(id string) (*contract.Service, bool), p Progress, apps map[string]Application, c *calendar.Calendar, today kernel.Date) *Guide {
	steps := e.Steps
	if len(steps) == 0 {
		for _, id := range e.Services {
			steps = append(steps, contract.LifeStep{ID: id, Service: id})
		}
	}
	g := &Guide{Event: e, Progress: p}
	for i := range steps {
		s := Step{LifeStep: &steps[i], State: ToDo, Hidden: p.Hidden[steps[i].ID]}
		if s.LifeStep.Service != "" {
			svc, ok := service(s.LifeStep.Service)
			if !ok {
				continue // the service left the catalogue: there is nothing to say of it
			}
			s.Service = svc
			if a, ok := apps[svc.ID]; ok {
				s.State, s.Application = a.State, a.ID
			}
		}
		// Whoever says that it is done may have done it at a counter.
		if _, ticked := p.Done[s.ID]; ticked && (s.State == ToDo || s.State == Draft) {
			s.State = Done
		}
		if s.Due != nil && !p.Day.IsZero() {
			s.Last = c.LastDay(p.Day, calendar.Limit{Value: s.Due.Value, Unit: s.Due.Unit, Rule: calendar.Civil}, s.Due.From)
			s.DaysLeft = daysBetween(today, s.Last)
		}
		g.Steps = append(g.Steps, s)
	}
	return g
}

func daysBetween(a, b kernel.Date) int {
	return int(b.In(time.UTC).Sub(a.In(time.UTC)) / (24 * time.Hour))
}

// remindBefore is how long before a last day a reminder goes out.
const remindBefore = 3

// Remind is the day on which the next reminder is to go out, zero for none: of
// steps that are left to do, whose last day is not over and was not told of.
func (g *Guide) Remind(today kernel.Date) kernel.Date {
	var next kernel.Date
	for i := range g.Steps {
		s := &g.Steps[i]
		if !s.Pending() || s.DaysLeft < 0 || g.Progress.Reminded[s.ID] == s.Last {
			continue
		}
		day := s.Last.AddDays(-remindBefore)
		if day.Before(today) {
			day = today
		}
		if next.IsZero() || day.Before(next) {
			next = day
		}
	}
	return next
}

// DueNow are the steps to remind of today.
func (g *Guide) DueNow() []*Step {
	var out []*Step
	for i := range g.Steps {
		s := &g.Steps[i]
		if s.Pending() && s.DaysLeft >= 0 && s.DaysLeft <= remindBefore && g.Progress.Reminded[s.ID] != s.Last {
			out = append(out, s)
		}
	}
	return out
}
