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
	Help    *Help // of a language model, nil where it was not asked for
}

// Help is what a language model added.
type Help struct {
	Without   bool // it could not help
	Model     string
	Sentences []Sentence
}

// Sentence is one sentence of an explanation, with the services whose texts say
// it.
type Sentence struct {
	Parts   []Part
	Sources []*contract.Service
}

// Part is a stretch of words, or a link to a service.
type Part struct {
	Text    string
	Service *contract.Service // nil for words
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
	// Talk goes on with a conversation; help asks a language model to explain.
	Talk(ctx context.Context, t Talked, lang kernel.Lang, help bool) (Turn, error)
	// CanHelp tells whether there is a language model.
	CanHelp() bool
	Service(id string) (*contract.Service, bool)
	LifeEvents() []contract.LifeEvent
	// Online lists the services that can be finished here.
	Online() []*contract.Service
	Starter
	Listener
	Planner
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
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask/start", Name: "ask.start", For: web.Public, Handler: p.start, MaxBody: maxBody})
	s.Page(web.Page{Method: http.MethodGet, Path: "/ask/start/{token}", Name: "ask.started", For: web.Resident, Handler: p.started})
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask/start/{token}", Name: "ask.begin", For: web.Resident, Handler: p.begin, MaxBody: maxBody})
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask/none", Name: "ask.none", For: web.Public, Handler: p.none, MaxBody: maxBody})
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask/none/keep", Name: "ask.keep", For: web.Public, Handler: p.keep, MaxBody: maxBody})
	s.Page(web.Page{Method: http.MethodGet, Path: "/ask/unmet", Name: "ask.unmet", For: web.Staff, Handler: p.unmet})
	s.Page(web.Page{Method: http.MethodGet, Path: "/ask/unmet/table.csv", Name: "ask.unmet_table", For: web.Staff, Handler: p.unmetTable})
	s.Page(web.Page{Method: http.MethodPost, Path: "/ask/office", Name: "ask.office", For: web.Public, Handler: p.office, MaxBody: maxBody})
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

// maxBody is far above any form of a conversation: a sentence in percent signs.
const maxBody = 64 << 10

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
	Results  []found
	Crisis   *contract.Crisis
	Bundle   *contract.LifeEvent
	Together []design.Card // services of the bundle that are no result
	Events   []design.Card // where nothing is found or nothing was asked
	Help     *Help         // of a language model
	CanHelp  bool          // it may be asked for help

	Replies  []replied
	Kept     []string // the replies as they travel on
	Question *asking
}

// found is a service found; Start is its id where it begins here.
type found struct {
	design.Card
	Start string
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
	// A model costs: other sites' forms find, but do not ask it.
	help := form.Get("help") != "" && r.Header.Get("Sec-Fetch-Site") != "cross-site"
	turn, err := p.ask.Talk(r.Context(), talked(form), r.Lang, help)
	if kernel.Is(err, kernel.Invalid) {
		page.Query, page.Events = clip(page.Query, backInBox), p.events(r)
		return p.server.Render(w, r, views, web.View{Template: "answer", Title: r.T("ask.box_title"), Active: "home", Data: page, Err: err})
	}
	if err != nil {
		return err
	}
	page.Asked, page.Said, page.Read, page.Crisis, page.Bundle = true, clip(page.Query, echoed), turn.Read, turn.Crisis, turn.Bundle
	page.Help, page.CanHelp = turn.Help, p.ask.CanHelp() && turn.Help == nil && turn.Crisis == nil
	shown := map[string]bool{}
	for _, f := range turn.Results {
		page.Results = append(page.Results, card(r, f))
		shown[f.Service.ID] = true
	}
	page.Replies, page.Kept = p.replies(r, page.Query, turn.Replies)
	page.Question = p.asking(r, turn.Question)
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
func card(r *web.Request, f Result) found {
	s := f.Service
	c := found{Card: design.Card{Title: s.Title.In(r.Lang), Text: s.Summary.In(r.Lang), Href: r.Link("/services/" + s.ID)}}
	switch {
	case len(f.Facts) > 0:
		c.Meta = r.T("ask.fits", "quote", f.Facts[0])
	case f.Matched != "":
		c.Meta = r.T("ask.matched", "line", f.Matched)
	}
	if s.Online {
		c.Tag, c.Tone, c.Start = r.T("ask.online"), "success", s.ID
	}
	return c
}
