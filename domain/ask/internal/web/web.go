// Package web is the home page and the answer page of ask.
package web

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Found is an answer as the pages need it.
type Found struct {
	Read    string
	Results []Result
	Bundle  *contract.LifeEvent
	Crisis  *contract.Crisis
}

// Result is one service found.
type Result struct {
	Service *contract.Service
	Score   float64
	Matched string
	Facts   []string // quotes that fit the service's rules
}

// Asker is what the pages need.
type Asker interface {
	Find(ctx context.Context, text string, lang kernel.Lang) (Found, error)
	Service(id string) (*contract.Service, bool)
	LifeEvents() []contract.LifeEvent
	// Online lists the services that can be finished here.
	Online() []*contract.Service
}

// Pages are the handlers.
type Pages struct {
	server *web.Server
	ask    Asker
}

// Register adds the pages to the route table.
func Register(s *web.Server, a Asker) {
	p := &Pages{server: s, ask: a}
	s.Page(web.Page{Method: http.MethodGet, Path: "/", Name: "ask.home", For: web.Public, Handler: p.home})
	s.Page(web.Page{Method: http.MethodGet, Path: "/ask", Name: "ask.box", For: web.Public, Handler: p.box})
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask", Name: "ask.answer", For: web.Public, Handler: p.answer,
		CrossSite: true}) // the search box of partners
}

type homePage struct {
	Examples []string
	Events   []design.Card
	Services []design.Card
}

func (p *Pages) home(w http.ResponseWriter, r *web.Request) error {
	page := homePage{Examples: examples(r), Events: p.events(r)}
	for _, s := range p.ask.Online() {
		page.Services = append(page.Services, design.Card{Title: s.Title.In(r.Lang), Text: s.Summary.In(r.Lang), Href: r.Link("/services/" + s.ID)})
	}
	page.Services = append(page.Services, design.Card{Title: r.T("ask.all_services"), Text: r.T("ask.all_services_text"), Href: r.Link("/services")})
	return p.server.Render(w, r, views, web.View{Template: "home", Title: r.T("ask.home_title"), Active: "home", Data: page})
}

// examples are sentences to try.
func examples(r *web.Request) []string {
	const n = 3
	out := make([]string, n)
	for i := range out {
		out[i] = r.T("ask.example_" + strconv.Itoa(i+1))
	}
	return out
}

type answerPage struct {
	Query    string
	Said     string // the query, short
	Examples []string
	Asked    bool
	Read     string
	Results  []design.Card
	Crisis   *contract.Crisis
	Bundle   *contract.LifeEvent
	Together []design.Card // services of the bundle that are no result
	Events   []design.Card // where nothing is found or nothing was asked
}

func (p *Pages) box(w http.ResponseWriter, r *web.Request) error {
	page := answerPage{Examples: examples(r), Events: p.events(r)}
	return p.server.Render(w, r, views, web.View{Template: "answer", Title: r.T("ask.box_title"), Active: "home", Data: page})
}

func (p *Pages) answer(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	page := answerPage{Query: form.Get("q")}
	found, err := p.ask.Find(r.Context(), page.Query, r.Lang)
	if kernel.Is(err, kernel.Invalid) {
		page.Query, page.Events = clip(page.Query, backInBox), p.events(r)
		return p.server.Render(w, r, views, web.View{Template: "answer", Title: r.T("ask.box_title"), Active: "home", Data: page, Err: err})
	}
	if err != nil {
		return err
	}
	page.Asked, page.Said, page.Read, page.Crisis, page.Bundle = true, clip(page.Query, echoed), found.Read, found.Crisis, found.Bundle
	shown := map[string]bool{}
	for i, f := range found.Results {
		if i >= always && f.Score < near*found.Results[0].Score {
			break
		}
		page.Results = append(page.Results, card(r, f))
		shown[f.Service.ID] = true
	}
	if page.Bundle != nil {
		page.Together = p.together(r, page.Bundle, shown)
	}
	title := r.T("ask.answer_title")
	switch {
	case page.Crisis != nil:
		title = page.Crisis.Title.In(r.Lang)
	case len(page.Results) == 0:
		title, page.Events = r.T("ask.nothing_title"), p.events(r)
	}
	return p.server.Render(w, r, views, web.View{Template: "answer", Title: title, Active: "home", Data: page})
}

// together are the first services of a bundle that the answer does not name
// already; the rest stands on the page of the life event.
func (p *Pages) together(r *web.Request, e *contract.LifeEvent, shown map[string]bool) []design.Card {
	const most = 6
	var out []design.Card
	for _, id := range e.Services {
		if s, ok := p.ask.Service(id); ok && !shown[id] && len(out) < most {
			out = append(out, design.Card{Title: s.Title.In(r.Lang), Href: r.Link("/services/" + id)})
		}
	}
	return out
}

// The first results are always shown; one further down only when it comes near
// enough to the best.
const (
	always = 3
	near   = 0.3
)

// How much of a query comes back, in characters: in the box, and above the
// results.
const (
	backInBox = 1000
	echoed    = 100
)

// clip keeps an overlong text from coming back whole.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (p *Pages) events(r *web.Request) []design.Card {
	var out []design.Card
	for _, e := range p.ask.LifeEvents() {
		out = append(out, design.Card{Title: e.Title.In(r.Lang), Text: e.Summary.In(r.Lang), Href: r.Link("/life-events/" + e.ID)})
	}
	return out
}

// card shows a service, with what it was chosen by: the sentence that is near,
// or what was told and fits its rules.
func card(r *web.Request, f Result) design.Card {
	s := f.Service
	c := design.Card{Title: s.Title.In(r.Lang), Text: s.Summary.In(r.Lang), Href: r.Link("/services/" + s.ID)}
	switch {
	case len(f.Facts) > 0:
		c.Meta = r.T("ask.fits", "quote", f.Facts[0])
	case f.Matched != "":
		c.Meta = r.T("ask.matched", "line", f.Matched)
	}
	if s.Online {
		c.Tag, c.Tone = r.T("ask.online"), "success"
	}
	return c
}
