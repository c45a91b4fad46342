package ask

import (
	"context"
	"embed"
	"io/fs"
	"math"

	"maru/domain/ask/internal/api"
	"maru/domain/ask/internal/web"
	"maru/domain/catalog/contract"
	"maru/kernel"
	platformapi "maru/platform/api"
	"maru/platform/module"
	platformweb "maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "ask",
		Messages:   messages,
		Pages:      func(srv *platformweb.Server) { web.Register(srv, pages{s}) },
		Operations: func(a *platformapi.API) { api.Register(a, s.wire) },
	}
}

// wire answers the JSON API.
func (s *Service) wire(ctx context.Context, text string, lang kernel.Lang, limit int) (api.Answer, error) {
	a, err := s.AskIn(ctx, Query{Text: text, Lang: lang, Limit: limit})
	if err != nil {
		return api.Answer{}, err
	}
	out := api.Answer{Lang: a.Lang, Read: a.Read, Results: make([]api.Result, 0, len(a.Results)), Facts: make([]api.Fact, 0, len(a.Facts)), Fallback: a.Fallback}
	for _, r := range a.Results {
		out.Results = append(out.Results, api.Result{
			Service: r.Service.ID, Title: r.Service.Title.In(a.Lang), Score: math.Round(r.Score*1000) / 1000, Matched: r.Matched,
			Why: api.Why{Field: r.Why.Field, Words: append([]string{}, r.Why.Words...), Facts: append([]string{}, r.Why.Facts...)},
		})
	}
	for _, f := range a.Facts {
		out.Facts = append(out.Facts, api.Fact{Fact: f.ID, Value: f.Value, Who: f.Who, Exact: f.Exact, Kind: string(f.Measure.Kind), Text: f.Text})
	}
	if b := a.Bundle; b != nil {
		out.Bundle = &api.Bundle{ID: b.ID, Title: b.Title.In(a.Lang), Services: b.Services}
	}
	if c := a.Crisis; c != nil {
		out.Crisis = &api.Crisis{ID: c.ID, Title: c.Title.In(a.Lang), Text: c.Text.In(a.Lang), Phone: c.Phone}
	}
	return out, nil
}

// pages is the service as its pages need it.
type pages struct{ ask *Service }

// Find answers a query for the answer page.
func (p pages) Find(ctx context.Context, text string, lang kernel.Lang) (web.Found, error) {
	a, err := p.ask.AskIn(ctx, Query{Text: text, Lang: lang})
	if err != nil {
		return web.Found{}, err
	}
	out := web.Found{Read: a.Read, Bundle: a.Bundle, Crisis: a.Crisis}
	for _, r := range a.Results {
		out.Results = append(out.Results, web.Result{Service: r.Service, Score: r.Score, Matched: r.Matched, Facts: r.Why.Facts})
	}
	return out, nil
}

// Service is a service of the active pack.
func (p pages) Service(id string) (*contract.Service, bool) {
	for _, s := range p.ask.catalog.Pack().Services {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}

// LifeEvents are those of the active pack.
func (p pages) LifeEvents() []contract.LifeEvent { return p.ask.catalog.Pack().LifeEvents }

// Online lists the services that are complete here.
func (p pages) Online() []*contract.Service {
	var out []*contract.Service
	for _, s := range p.ask.catalog.Pack().Services {
		if s.Online {
			out = append(out, s)
		}
	}
	return out
}
