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
func (s *Service) wire(ctx context.Context, text string, lang kernel.Lang, limit int, help bool) (api.Answer, error) {
	a, err := s.AskIn(ctx, Query{Text: text, Lang: lang, Limit: limit, Help: help})
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
		out.Facts = append(out.Facts, api.Fact{Fact: f.ID, Value: f.Value, Who: f.Who, Exact: f.Exact, Model: f.Model, Kind: string(f.Measure.Kind), Text: f.Text})
	}
	if a.Help != nil {
		out.Help = wireHelp(a.Help, a.Results, a.Lang)
	}
	if b := a.Bundle; b != nil {
		out.Bundle = &api.Bundle{ID: b.ID, Title: b.Title.In(a.Lang), Services: b.Services}
	}
	if c := a.Crisis; c != nil {
		out.Crisis = &api.Crisis{ID: c.ID, Title: c.Title.In(a.Lang), Text: c.Text.In(a.Lang), Phone: c.Phone}
	}
	return out, nil
}

// wireHelp writes links as the titles of their services.
func wireHelp(h *Help, results []Result, lang kernel.Lang) *api.Help {
	titles := map[string]string{}
	for _, r := range results {
		titles[r.Service.ID] = r.Service.Title.In(lang)
	}
	out := &api.Help{Without: string(h.Without), Model: h.Model, Prompt: h.Prompt, Sentences: make([]api.Sentence, 0, len(h.Sentences))}
	for _, x := range h.Sentences {
		text := ""
		for _, p := range x.Parts {
			text += p.Text + titles[p.Service]
		}
		out.Sentences = append(out.Sentences, api.Sentence{Text: text, Services: x.Services})
	}
	return out
}

// pages is the service as its pages need it.
type pages struct{ ask *Service }

// Find answers a query for the answer page.
func (p pages) Find(ctx context.Context, text string, lang kernel.Lang, help bool) (web.Found, error) {
	a, err := p.ask.AskIn(ctx, Query{Text: text, Lang: lang, Help: help && p.ask.HasModel()})
	if err != nil {
		return web.Found{}, err
	}
	out := web.Found{Read: a.Read, Bundle: a.Bundle, Crisis: a.Crisis}
	if h := a.Help; h != nil {
		out.Help = &web.Help{Without: h.Without != "", Model: h.Model}
		for _, x := range h.Sentences {
			out.Help.Sentences = append(out.Help.Sentences, p.sentence(x))
		}
	}
	for _, r := range a.Results {
		out.Results = append(out.Results, web.Result{Service: r.Service, Score: r.Score, Matched: r.Matched, Facts: r.Why.Facts})
	}
	return out, nil
}

// sentence is a sentence with its services.
func (p pages) sentence(x HelpSentence) web.Sentence {
	var out web.Sentence
	for _, part := range x.Parts {
		svc, _ := p.Service(part.Service) // nil for words
		out.Parts = append(out.Parts, web.Part{Text: part.Text, Service: svc})
	}
	for _, id := range x.Services {
		if svc, ok := p.Service(id); ok {
			out.Sources = append(out.Sources, svc)
		}
	}
	return out
}

// CanHelp tells whether there is a language model.
func (p pages) CanHelp() bool { return p.ask.HasModel() }

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
