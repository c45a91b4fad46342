// Package api is life's part of the JSON API.
package api

import (
	"context"
	"net/http"

	"maru/domain/life/internal/guide"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Source is what the operations need of the guides.
type Source interface {
	Guide(ctx context.Context, actor authz.Actor, event string, day kernel.Date) (*guide.Guide, bool, error)
	Put(ctx context.Context, actor authz.Actor, event string, day kernel.Date, done, hidden []string, remind bool) error
}

// Register adds the operations.
func Register(a *api.API, src Source) {
	o := operations{src}
	api.Register(a, api.Op{ID: "life_events.steps", Method: http.MethodGet, Path: "/life-events/{id}/steps",
		Summary: "What to do in a life event, in order, with last days counted from a day."}, o.steps)
	api.Register(a, api.Op{ID: "life_events.progress", Method: http.MethodGet, Path: "/life-events/{id}/progress",
		Summary: "Your own steps of a life event: what is done, by when the rest.", Scope: authz.ScopeApplications}, o.progress)
	api.Register(a, api.Op{ID: "life_events.progress_put", Method: http.MethodPut, Path: "/life-events/{id}/progress",
		Summary: "Keep your day, the steps you did yourself, those that do not concern you, and whether to be reminded.", Scope: authz.ScopeApplications}, o.put)
}

type operations struct{ src Source }

// Guide is a life event with its steps.
type Guide struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Day    kernel.Date `json:"day,omitzero"`
	Remind bool        `json:"remind"`
	Steps  []Step      `json:"steps"`
}

// Step is one thing to do.
type Step struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Text        string      `json:"text"`
	Who         string      `json:"who"`
	When        string      `json:"when,omitempty"`
	Service     string      `json:"service,omitempty"`
	Online      bool        `json:"online"`
	Together    bool        `json:"together"`
	Later       bool        `json:"later"`
	State       string      `json:"state" enum:"todo,draft,handed_in,decided,refused,done"`
	Hidden      bool        `json:"hidden"`
	Application kernel.ID   `json:"application,omitempty"`
	Due         string      `json:"due,omitempty" doc:"By when, in words."`
	Law         string      `json:"law,omitempty"`
	Last        kernel.Date `json:"last,omitzero" doc:"The last day, where the day is known."`
}

type guideOut struct{ Body Guide }

func view(g *guide.Guide, remind bool, l kernel.Lang) *guideOut {
	out := Guide{ID: g.Event.ID, Title: g.Event.Title.In(l), Day: g.Progress.Day, Remind: remind, Steps: []Step{}}
	for i := range g.Steps {
		s := &g.Steps[i]
		row := Step{ID: s.ID, Title: s.Title.In(l), Text: s.Text.In(l), Who: s.Who.In(l), When: s.When.In(l), Together: s.Together, Later: s.Later,
			State: s.State, Hidden: s.Hidden, Application: s.Application, Last: s.Last}
		if s.Service != nil {
			row.Service, row.Online = s.Service.ID, s.Service.Online
			if row.Title == "" {
				row.Title = s.Service.Title.In(l)
			}
			if row.Text == "" {
				row.Text = s.Service.Summary.In(l)
			}
		}
		if s.Due != nil {
			row.Due, row.Law = s.Due.Note.In(l), s.Due.Law
		}
		out.Steps = append(out.Steps, row)
	}
	return &guideOut{out}
}

type stepsIn struct {
	ID  string `path:"id" maxLength:"64"`
	Day string `query:"day" maxLength:"10" doc:"The day that the life event turns on, YYYY-MM-DD."`
}

func (o operations) steps(ctx context.Context, c api.Call, in *stepsIn) (*guideOut, error) {
	day, err := parse(in.Day)
	if err != nil {
		return nil, err
	}
	g, _, err := o.src.Guide(ctx, authz.Actor{}, in.ID, day)
	if err != nil {
		return nil, err
	}
	return view(g, false, c.Lang), nil
}

func parse(s string) (kernel.Date, error) {
	if s == "" {
		return kernel.Date{}, nil
	}
	d, err := kernel.ParseDate(s)
	if err != nil {
		return d, kernel.E(kernel.Invalid, "life.error.day", err).Field("day", "life.error.day", nil)
	}
	return d, nil
}

type progressIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (o operations) progress(ctx context.Context, c api.Call, in *progressIn) (*guideOut, error) {
	g, remind, err := o.src.Guide(ctx, c.Actor, in.ID, kernel.Date{})
	if err != nil {
		return nil, err
	}
	return view(g, remind, c.Lang), nil
}

type putIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Day    string   `json:"day,omitempty" maxLength:"10"`
		Done   []string `json:"done,omitempty" maxItems:"50" doc:"Steps you did yourself."`
		Hidden []string `json:"hidden,omitempty" maxItems:"50" doc:"Steps that do not concern you."`
		Remind bool     `json:"remind,omitempty" doc:"Your consent to a message three days before a last day."`
	}
}

// put needs no key: it says how things shall be, so that twice is as once.
func (o operations) put(ctx context.Context, c api.Call, in *putIn) (*guideOut, error) {
	day, err := parse(in.Body.Day)
	if err != nil {
		return nil, err
	}
	if err := o.src.Put(ctx, c.Actor, in.ID, day, in.Body.Done, in.Body.Hidden, in.Body.Remind); err != nil {
		return nil, err
	}
	return o.progress(ctx, c, &progressIn{ID: in.ID})
}
