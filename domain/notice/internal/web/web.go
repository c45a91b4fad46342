// Package web is the inbox's pages.
package web

import (
	"context"
	"embed"
	"net/http"

	"maru/design"
	"maru/domain/notice/internal/letter"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Inbox is what the pages need.
type Inbox interface {
	List(ctx context.Context, actor authz.Actor, l kernel.Lang, before kernel.ID, limit int) ([]letter.Letter, kernel.ID, error)
	Open(ctx context.Context, actor authz.Actor, id kernel.ID, l kernel.Lang) (letter.Letter, error)
	ReadAll(ctx context.Context, actor authz.Actor) error
	Unread(ctx context.Context, actor authz.Actor) (int, error)
}

type pages struct {
	server   *web.Server
	inbox    Inbox
	contacts bool // people can be told elsewhere too
}

// Register adds the pages to the route table. contacts tells whether the inbox
// leads to where people choose to be told elsewhere.
func Register(s *web.Server, in Inbox, contacts bool) {
	p := &pages{server: s, inbox: in, contacts: contacts}
	s.Page(web.Page{Method: http.MethodGet, Path: "/notices", Name: "notice.list", For: web.Resident, Handler: p.list})
	s.Page(web.Page{Method: http.MethodGet, Path: "/notices/{id}", Name: "notice.message", For: web.Resident, Handler: p.message})
	s.Page(web.Page{Method: http.MethodPost, Path: "/notices/read-all", Name: "notice.read_all", For: web.Resident, Handler: p.readAll})
}

type listPage struct {
	Cards  []design.Card
	Unread int
	Later  bool   // this is not the first page
	Next   string // href of older messages
	// Contacts leads to where people choose to be told elsewhere.
	Contacts bool
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	before, err := cursor(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	list, next, err := p.inbox.List(r.Context(), r.Actor, r.Lang, before, 0)
	if err != nil {
		return err
	}
	page := listPage{Later: before != "", Contacts: p.contacts && !r.Actor.OnBehalf()}
	if page.Unread, err = p.inbox.Unread(r.Context(), r.Actor); err != nil {
		return err
	}
	for _, one := range list {
		card := design.Card{Title: one.Title, Text: one.Text, Href: r.Link("/notices/" + string(one.ID)), Meta: i18n.DateTime(r.Lang, one.At)}
		if !one.Read() {
			card.Tag, card.Tone = r.T("notice.new"), "info"
		}
		page.Cards = append(page.Cards, card)
	}
	if next != "" {
		page.Next = r.Link("/notices?before=" + string(next))
	}
	return p.server.Render(w, r, views, web.View{Template: "notices", Title: r.T("notice.title"), Active: "notices", Data: page})
}

// cursor is the id that the page before ended with.
func cursor(s string) (kernel.ID, error) {
	if s == "" {
		return "", nil
	}
	id, err := kernel.ParseID(s)
	if err != nil {
		return "", kernel.E(kernel.NotFound, "notice.error.none", err)
	}
	return id, nil
}

func (p *pages) message(w http.ResponseWriter, r *web.Request) error {
	id, err := kernel.ParseID(r.PathValue("id"))
	if err != nil {
		return kernel.E(kernel.NotFound, "notice.error.none", err)
	}
	one, err := p.inbox.Open(r.Context(), r.Actor, id, r.Lang)
	if err != nil {
		return err
	}
	return p.server.Render(w, r, views, web.View{Template: "notice", Title: one.Title, Active: "notices", Data: one})
}

func (p *pages) readAll(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.ParseForm(); err != nil {
		return err
	}
	if err := p.inbox.ReadAll(r.Context(), r.Actor); err != nil {
		return err
	}
	p.server.Flash(w, "notice.all_read")
	return p.server.Redirect(w, r, "/notices")
}
