package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/assistant"
	"maru/domain/assistant/mcp"
	"maru/domain/benefit"
	"maru/domain/casework"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// assistantPath is where assistants reach the tools.
const assistantPath = "/mcp"

// joinAssistant makes the tools for assistants.
func (a *App) joinAssistant(bodies agencies) {
	a.assistant = assistant.New(assistant.Deps{
		Catalog: assistantPack{a.catalog.Active}, Finder: finder{a.ask}, Benefits: verdicts{a.benefit.Engine, a.texts}, Bodies: directoryNames{func() *agency.Directory { return bodies.Directory() }},
		Texts: a.texts, Clock: a.clock, Applications: begin{a.casework}, DB: a.db, Keys: a.keys, Site: a.cfg.PublicURL, Own: own{a},
	})
}

// serveAssistant opens the address for assistants. Many people ask through the
// few addresses of a large assistant, so that one address may ask often; what
// it asks costs milliseconds.
func (a *App) serveAssistant() {
	limit := web.Rate{PerMinute: 1200, Burst: 200}
	if a.cfg.demo || a.cfg.RateAssistant != 0 {
		limit = rate(cmp.Or(a.cfg.RateAssistant, 600_000))
	}
	limiter := web.NewLimiter(a.clock, limit)
	cfg := a.cfg.suite
	cfg.Version, cfg.Site = Version(), a.cfg.PublicURL
	cfg.Guard = toolGuard{a.authority}
	cfg.Allow = func(r *http.Request) bool { return limiter.Allow(a.web.Client(r)) }
	a.web.Handle(assistantPath, mcp.New(a.assistant, cfg))
}

// assistantPack is assistant's view of a pack.
type assistantPack struct{ active func() *catalog.Pack }

func (p assistantPack) Pack() assistant.Pack {
	in := p.active()
	return assistant.Pack{Hash: in.Hash, Order: in.Order, Services: in.Services, LifeEvents: in.LifeEvents, Facts: in.Facts}
}

// finder is assistant's view of ask.
type finder struct{ ask *ask.Service }

func (f finder) Find(text string, l kernel.Lang, limit int) (assistant.Found, error) {
	a, err := f.ask.Ask(ask.Query{Text: text, Lang: l, Limit: limit})
	if err != nil {
		return assistant.Found{}, err
	}
	out := assistant.Found{Lang: a.Lang, Read: a.Read, Bundle: a.Bundle, Crisis: a.Crisis}
	for _, r := range a.Results {
		out.Hits = append(out.Hits, assistant.Hit{Service: r.Service, Matched: r.Matched})
	}
	return out, nil
}

// onePack is ask's view of a pack that never changes.
type onePack struct{ pack *catalog.Pack }

func (p onePack) Pack() ask.Pack { return searchable(p.pack) }

// verdicts is assistant's view of benefit.
type verdicts struct {
	engine func() (*benefit.Engine, error)
	texts  *i18n.Catalog
}

func (v verdicts) Has(service string) bool {
	e, err := v.engine()
	if err != nil {
		return false
	}
	for _, p := range e.Law().Programmes {
		if p.ID == service {
			return true
		}
	}
	return false
}

func (v verdicts) Decide(situation []byte, l kernel.Lang) ([]assistant.Verdict, error) {
	e, err := v.engine()
	if err != nil {
		return nil, err
	}
	in, err := e.Decode(situation)
	if err != nil {
		return nil, err
	}
	a, err := e.Evaluate(in)
	if err != nil {
		return nil, err
	}
	return verdictsOf(a, v.texts, l), nil
}

// verdictsOf are the engine's verdicts as assistants read them.
func verdictsOf(a *benefit.Answer, texts *i18n.Catalog, l kernel.Lang) []assistant.Verdict {
	view := a.View(texts, l)
	out := make([]assistant.Verdict, 0, len(view.Results))
	for i := range a.Results {
		id := a.Results[i].Programme.ID
		r := view.Results[id]
		one := assistant.Verdict{ID: id, Title: r.Title, Unit: r.Unit, Eligible: r.Eligible.String(), Amount: r.Amount, Period: r.Period, Unverified: r.Unverified,
			Reasons: reasonsOf(r.Reasons)}
		if r.Confidence != nil {
			one.Confidence = string(*r.Confidence)
		}
		for _, m := range a.Situation.Members {
			if w, ok := r.Members[m.ID]; ok {
				one.Members = append(one.Members, assistant.MemberVerdict{Member: m.ID, Eligible: w.Eligible.String(), Amount: w.Amount, Reasons: reasonsOf(w.Reasons)})
			}
		}
		refs := slices.Clone(r.Missing)
		for _, m := range r.Members {
			refs = append(refs, m.Missing...)
		}
		slices.Sort(refs)
		for _, ref := range slices.Compact(refs) {
			one.Missing = append(one.Missing, missingFact(a.Engine, ref, l)...)
		}
		out = append(out, one)
	}
	return out
}

func reasonsOf(list []benefit.Reason) []assistant.Reason {
	out := make([]assistant.Reason, 0, len(list))
	for _, r := range list {
		out = append(out, assistant.Reason{Text: r.Text, Article: r.Article, Holds: r.Holds.String(), Change: r.Change})
	}
	return out
}

// missingFact is the fact that a ref speaks of, in words.
func missingFact(e *benefit.Engine, ref string, l kernel.Lang) []assistant.MissingFact {
	fact, member, err := e.Ref(ref)
	if err != nil {
		return nil
	}
	f, ok := e.Fact(fact.Household, fact.ID)
	if !ok {
		return nil
	}
	out := assistant.MissingFact{Member: member, Fact: f.ID, Title: f.Title.In(l), Type: f.Type, Unit: f.Unit}
	for _, m := range f.Members {
		out.Options = append(out.Options, assistant.Option{Value: m, Title: f.Labels[m].In(l)})
	}
	return []assistant.MissingFact{out}
}

// directoryNames tells what bodies and places are called.
type directoryNames struct{ directory func() *agency.Directory }

func (d directoryNames) Name(id string, l kernel.Lang) string { return d.directory().Name(id, l) }

func (d directoryNames) TypeName(kind string, l kernel.Lang) string {
	return d.directory().TypeName(kind, l)
}

func (d directoryNames) RegionName(code string, l kernel.Lang) string {
	return d.directory().RegionName(kernel.Region(code), l)
}

// begin is assistant's view of casework.
type begin struct{ cases *casework.Service }

func (b begin) Begin(ctx context.Context, actor authz.Actor, service string, answers map[string]kernel.Value) (kernel.ID, []string, error) {
	id, err := b.cases.Start(ctx, actor, service)
	if err != nil {
		return "", nil, err
	}
	left, err := b.cases.Suggest(ctx, actor, id, answers)
	return id, left, err
}
