package web

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/platform/web"
)

// maxQuery bounds what the filter takes, in characters.
const maxQuery = 100

type listPage struct {
	Query, Kind, Event string
	Kinds, Events      []design.Option
	Groups             []group
	Count              int
	Filtered           bool
}

type group struct {
	ID, Title string
	Items     []item
}

type item struct {
	Title, Summary, Href string
	Online               bool
}

func (p *Pages) services(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	page := listPage{Query: clip(q.Get("q")), Kind: q.Get("kind"), Event: q.Get("event")}
	if !slices.Contains(p.kinds, page.Kind) {
		page.Kind = ""
	}
	if _, ok := p.src.LifeEvent(page.Event); !ok {
		page.Event = ""
	}
	page.Filtered = page.Query != "" || page.Kind != "" || page.Event != ""
	for _, k := range p.kinds {
		page.Kinds = append(page.Kinds, design.Option{Value: k, Label: r.T("catalog.kind." + k)})
	}
	for _, e := range p.src.LifeEvents() {
		page.Events = append(page.Events, design.Option{Value: e.ID, Label: e.Title.In(r.Lang)})
	}
	found := p.src.Find(page.Query, page.Kind, page.Event)
	page.Count = len(found)
	for _, k := range p.kinds {
		g := group{ID: k, Title: r.T("catalog.kind." + k)}
		for _, s := range found {
			if s.Kind == k {
				g.Items = append(g.Items, itemOf(r, s))
			}
		}
		if len(g.Items) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "services", Title: r.T("catalog.services.title"), Active: "services", Data: page, Wide: true})
}

func itemOf(r *web.Request, s *contract.Service) item {
	return item{s.Title.In(r.Lang), s.Summary.In(r.Lang), r.Link("/services/" + s.ID), s.Online}
}

func clip(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	if r := []rune(s); len(r) > maxQuery {
		return string(r[:maxQuery])
	}
	return s
}

type eventsPage struct{ Links []design.Card }

func (p *Pages) lifeEvents(w http.ResponseWriter, r *web.Request) error {
	var page eventsPage
	for _, e := range p.src.LifeEvents() {
		page.Links = append(page.Links, design.Card{Title: e.Title.In(r.Lang), Text: e.Summary.In(r.Lang), Href: r.Link("/life-events/" + e.ID)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "life-events", Title: r.T("catalog.life_events.title"), Active: "life-events", Data: page})
}
