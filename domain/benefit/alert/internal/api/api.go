// Package api is the alert setting in the JSON API.
package api

import (
	"context"
	"net/http"
	"slices"

	"maru/domain/benefit/alert/internal/setting"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Source is what the operations need.
type Source interface {
	Status(ctx context.Context, actor authz.Actor) (setting.Status, error)
	Save(ctx context.Context, actor authz.Actor, s setting.Setting) error
	Off(ctx context.Context, actor authz.Actor) error
	Topics() []setting.Topic
}

// Register adds the operations.
func Register(a *api.API, src Source) {
	o := operations{src}
	api.Register(a, api.Op{ID: "benefits.alerts", Method: http.MethodGet, Path: "/benefits/alerts",
		Summary: "Whether you are told when you become entitled to something, and of what.", Scope: authz.ScopeApplications}, o.get)
	api.Register(a, api.Op{ID: "benefits.alerts_put", Method: http.MethodPut, Path: "/benefits/alerts",
		Summary: "Turn alerts on or off, and choose what you want to hear of. Off deletes what was kept for them.", Scope: authz.ScopeApplications}, o.put)
}

type operations struct{ src Source }

// Setting is the alert setting on the wire.
type Setting struct {
	On        bool        `json:"on"`
	QuietFrom int         `json:"quiet_from" minimum:"0" maximum:"23" doc:"Hour of the day in Seoul from which no message comes."`
	QuietTo   int         `json:"quiet_to" minimum:"0" maximum:"23" doc:"Hour until which none comes; the same as quiet_from for no quiet hours."`
	Lost      bool        `json:"lost" doc:"Tell of what is lost, too."`
	Likely    bool        `json:"likely" doc:"Tell of what you may be entitled to but should have checked, too."`
	Topics    []Topic     `json:"topics"`
	Waiting   bool        `json:"waiting" doc:"No consent stands, so that nobody looks."`
	Looked    kernel.Date `json:"looked,omitzero" doc:"Day of the last look."`
}

// Topic is a group of programmes.
type Topic struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Wanted     bool     `json:"wanted"`
	Programmes []string `json:"programmes"`
}

type output struct{ Body Setting }

func (o operations) get(ctx context.Context, c api.Call, _ *struct{}) (*output, error) {
	s, err := o.src.Status(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := Setting{On: s.On, QuietFrom: s.From, QuietTo: s.To, Lost: s.Lost, Likely: s.Likely, Waiting: s.Waiting, Looked: s.Looked, Topics: []Topic{}}
	for _, t := range o.src.Topics() {
		out.Topics = append(out.Topics, Topic{t.ID, t.Title.In(c.Lang), !slices.Contains(s.Muted, t.ID), t.Programmes})
	}
	return &output{out}, nil
}

type putInput struct {
	Body struct {
		On        bool     `json:"on"`
		Muted     []string `json:"muted,omitempty" maxItems:"100" doc:"Topics that you do not want to hear of."`
		QuietFrom *int     `json:"quiet_from,omitempty" minimum:"0" maximum:"23"`
		QuietTo   *int     `json:"quiet_to,omitempty" minimum:"0" maximum:"23"`
		Lost      *bool    `json:"lost,omitempty"`
		Likely    *bool    `json:"likely,omitempty"`
	}
}

// put needs no key: it says how things shall be, so that twice is as once. What
// is absent is as the form offers it at first.
func (o operations) put(ctx context.Context, c api.Call, in *putInput) (*output, error) {
	var err error
	if in.Body.On {
		s := setting.Default()
		s.Muted = in.Body.Muted
		for _, f := range []struct {
			to   *int
			from *int
		}{{&s.From, in.Body.QuietFrom}, {&s.To, in.Body.QuietTo}} {
			if f.from != nil {
				*f.to = *f.from
			}
		}
		if in.Body.Lost != nil {
			s.Lost = *in.Body.Lost
		}
		if in.Body.Likely != nil {
			s.Likely = *in.Body.Likely
		}
		err = o.src.Save(ctx, c.Actor, s)
	} else {
		err = o.src.Off(ctx, c.Actor)
	}
	if err != nil {
		return nil, err
	}
	return o.get(ctx, c, nil)
}
