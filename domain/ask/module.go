package ask

import (
	"context"
	"embed"
	"io/fs"
	"math"
	"time"

	"maru/domain/ask/internal/api"
	"maru/domain/ask/internal/store"
	"maru/domain/ask/internal/web"
	"maru/domain/catalog/contract"
	"maru/kernel"
	platformapi "maru/platform/api"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	platformweb "maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Migrations are the domain's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	m := module.Module{
		Name:       "ask",
		Messages:   messages,
		Pages:      func(srv *platformweb.Server) { web.Register(srv, pages{s}) },
		Operations: func(a *platformapi.API) { api.Register(a, s.wire); api.RegisterTalk(a, s.wireTalk) },
	}
	if s.db != nil {
		m.Migrations = Migrations()
		m.Checks = []module.Check{{Name: "ask.nothing_stale", Run: s.nothingStale}}
		m.Jobs = func(r *jobs.Runner) {
			r.Handle("ask.purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: 24 * time.Hour})
		}
	}
	return m
}

// wire answers the JSON API.
func (s *Service) wire(ctx context.Context, text string, lang kernel.Lang, limit int, help bool) (api.Answer, error) {
	a, err := s.AskIn(ctx, Query{Text: text, Lang: lang, Limit: limit, Help: help})
	if err != nil {
		return api.Answer{}, err
	}
	return s.onWire(a), nil
}

// onWire is an answer for programs.
func (s *Service) onWire(a Answer) api.Answer {
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
	return out
}

// wireTalk answers a turn of a conversation for the JSON API.
func (s *Service) wireTalk(ctx context.Context, text string, lang kernel.Lang, replies []api.Reply) (api.Turn, error) {
	list := make([]Reply, 0, len(replies))
	for _, r := range replies {
		list = append(list, Reply(r))
	}
	t, err := s.Talk(ctx, Query{Text: text, Lang: lang}, list)
	if err != nil {
		return api.Turn{}, err
	}
	out := api.Turn{Answer: s.onWire(t.Answer), Replies: []api.Reply{}}
	for _, r := range t.Replies {
		out.Replies = append(out.Replies, api.Reply(r.Reply))
	}
	if q := t.Question; q != nil {
		out.Question = &api.Question{ID: q.ID, Values: q.Values}
		if q.Fact != nil {
			out.Question.Title = q.Fact.Title.In(t.Lang)
		}
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

// Talk goes on with a conversation; help asks a language model to explain.
func (p pages) Talk(ctx context.Context, said web.Talked, lang kernel.Lang, help bool) (web.Turn, error) {
	t, err := p.ask.Talk(ctx, Query{Text: said.Query, Lang: lang, Help: help && p.ask.HasModel()}, repliesOf(said))
	if err != nil {
		return web.Turn{}, err
	}
	out := web.Turn{Found: web.Found{Read: t.Read, Bundle: t.Bundle, Crisis: t.Crisis}}
	if h := t.Help; h != nil {
		out.Help = &web.Help{Without: h.Without != "", Model: h.Model}
		for _, x := range h.Sentences {
			out.Help.Sentences = append(out.Help.Sentences, p.sentence(x))
		}
	}
	for _, r := range t.Results {
		out.Results = append(out.Results, web.Result{Service: r.Service, Matched: r.Matched, Facts: r.Why.Facts})
	}
	if t.Question != nil {
		out.Question = onPage(t.Question)
	}
	for _, r := range t.Replies {
		out.Replies = append(out.Replies, web.Reply{Question: onPage(r.Question), Value: r.Value})
	}
	return out, nil
}

func onPage(q *Question) *web.Question {
	return &web.Question{ID: q.ID, Fact: q.Fact, Values: q.Values}
}

// repliesOf reads the replies of a form; what is none is left out.
func repliesOf(said web.Talked) []Reply {
	var out []Reply
	for _, text := range said.Replies {
		if r, ok := ParseReply(text); ok {
			out = append(out, r)
		}
	}
	return out
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

// Start seals what was said of a service's form.
func (p pages) Start(ctx context.Context, said web.Talked, l kernel.Lang, service string) (string, error) {
	return p.ask.Start(ctx, Query{Text: said.Query, Lang: l}, repliesOf(said), service)
}

// Started opens it again.
func (p pages) Started(token string) (*contract.Service, []web.Understood, error) {
	svc, list, err := p.ask.Started(token)
	if err != nil {
		return nil, nil, err
	}
	var out []web.Understood
	for _, u := range list {
		if q, ok := svc.Question(u.Question); ok {
			out = append(out, web.Understood{Question: q, Value: u.Value, Quote: u.Quote})
		}
	}
	return svc, out, nil
}

// Begin opens the application.
func (p pages) Begin(ctx context.Context, actor authz.Actor, token string, answers map[string]kernel.Value) (kernel.ID, int, error) {
	return p.ask.Begin(ctx, actor, token, answers)
}

// Missed counts that nothing fitted.
func (p pages) Missed(ctx context.Context, l kernel.Lang) error { return p.ask.Missed(ctx, l) }

// Clean gives words as they would be kept.
func (p pages) Clean(words string) string { return p.ask.Clean(words) }

// Keep keeps them.
func (p pages) Keep(ctx context.Context, key, words string, l kernel.Lang) error {
	return p.ask.Keep(ctx, key, words, l)
}

// Look gathers what people asked for and did not find.
func (p pages) Look(ctx context.Context, actor authz.Actor, export bool) (web.Unmet, error) {
	u, err := p.ask.Look(ctx, actor, export)
	if err != nil {
		return web.Unmet{}, err
	}
	out := web.Unmet{Days: u.Days, Missed: u.Missed, Kept: u.Kept, Rest: u.Rest, CSV: u.WriteCSV}
	for _, n := range u.Needs {
		out.Needs = append(out.Needs, web.Need{Words: n.Words, Count: n.Count, From: n.From, To: n.To, Near: n.Near})
	}
	return out, nil
}

// Key names a form.
func (p pages) Key() string { return p.ask.Key() }

// Regions are the cities, counties and districts.
func (p pages) Regions(l kernel.Lang) []web.Place {
	if p.ask.places == nil {
		return nil
	}
	var out []web.Place
	province := ""
	for _, place := range p.ask.places.Regions() {
		if len(place.Region) == 2 {
			province = place.Name.In(l)
			continue
		}
		out = append(out, web.Place{Code: string(place.Region), Name: province + " " + place.Name.In(l)})
	}
	return out
}

// Office is the office of a region.
func (p pages) Office(region string) (string, bool) {
	if p.ask.offices == nil {
		return "", false
	}
	return p.ask.offices.Office(region)
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
