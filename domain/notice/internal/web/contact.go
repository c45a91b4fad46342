package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"maru/design"
	"maru/domain/notice/internal/reach"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// Contacts is what the page of contacts needs.
type Contacts interface {
	Kinds() []string // that are offered here, none for no page
	Contacts(ctx context.Context, actor authz.Actor) ([]reach.Contact, error)
	AddContact(ctx context.Context, actor authz.Actor, kind, typed string, l kernel.Lang) error
	AskAgain(ctx context.Context, actor authz.Actor, id kernel.ID) error
	ProveContact(ctx context.Context, actor authz.Actor, id kernel.ID, typed string) error
	RemoveContact(ctx context.Context, actor authz.Actor, id kernel.ID) error
	ChooseTopics(ctx context.Context, actor authz.Actor, id kernel.ID, topics []string, l kernel.Lang) error
	// TriedOut is what the try-out would have sent.
	TriedOut() []reach.Outgoing
}

const (
	contactPath = "/account/contact"
	outboxPath  = "/demo/outbox"
)

// contactPages are the pages of contacts. Adding and removing ask for a fresh
// proof of the weight of settings: an address opens nothing, and who just came
// back by a recovery must be able to put theirs right at once; a thief who gets
// so far cannot silence those that were there.
type contactPages struct {
	server *web.Server
	src    Contacts
	topics []string
}

// RegisterContacts adds the page of contacts, where any are offered.
func RegisterContacts(s *web.Server, src Contacts, topics []string) {
	if len(src.Kinds()) == 0 {
		return
	}
	p := &contactPages{s, src, topics}
	page := func(method, path, name string, fresh web.Freshness, h web.Handler) {
		s.Page(web.Page{Method: method, Path: contactPath + path, Name: "notice.contact" + name, For: web.Resident, Fresh: fresh, Handler: h})
	}
	page(http.MethodGet, "", "", web.AnyTime, p.show)
	page(http.MethodPost, "", "_add", web.FreshSettings, p.add)
	page(http.MethodPost, "/{id}/prove", "_prove", web.AnyTime, p.prove)
	page(http.MethodPost, "/{id}/again", "_again", web.AnyTime, p.again)
	page(http.MethodPost, "/{id}/choose", "_choose", web.AnyTime, p.choose)
	page(http.MethodPost, "/{id}/remove", "_remove", web.FreshSettings, p.remove)
	s.Page(web.Page{Method: http.MethodGet, Path: outboxPath, Name: "notice.outbox", For: web.Demo, Handler: p.outbox})
}

// contactPage is the page; a part for each kind.
type contactPage struct {
	Parts  []part
	Left   []leftRow
	Topics []design.Option
	Langs  []design.Option
}

// part is one kind: what is told there, what waits for its code, and a form for
// another one.
type part struct {
	Kind            string
	Proven, Waiting *reach.Contact
	Typed           string // as sent, where it was wrong
}

type outboxRow struct {
	reach.Outgoing
	Paragraphs []string
}

type leftRow struct{ Shown, Until string }

func (p *contactPages) show(w http.ResponseWriter, r *web.Request) error {
	return p.render(w, r, "", "", nil)
}

// render shows the page, with what was typed of a kind and is wrong.
func (p *contactPages) render(w http.ResponseWriter, r *web.Request, kind, typed string, wrong error) error {
	all, err := p.src.Contacts(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := contactPage{}
	for _, t := range p.topics {
		page.Topics = append(page.Topics, design.Option{Value: t, Label: r.T("notice.contact.topic." + t), Hint: r.T("notice.contact.topic_hint." + t)})
	}
	for _, l := range kernel.Langs {
		page.Langs = append(page.Langs, design.Option{Value: string(l), Label: r.T("notice.contact.lang." + string(l))})
	}
	for _, k := range p.src.Kinds() {
		one := part{Kind: k}
		for i := range all {
			switch c := &all[i]; {
			case c.Kind != k || !c.Until.IsZero():
			case c.Proven:
				one.Proven = c
			default:
				one.Waiting = c
			}
		}
		if k == kind {
			one.Typed = typed
		}
		page.Parts = append(page.Parts, one)
	}
	for _, c := range all {
		if !c.Until.IsZero() {
			page.Left = append(page.Left, leftRow{c.Shown, i18n.DateTime(r.Lang, c.Until)})
		}
	}
	return p.server.Render(w, r, views, web.View{Template: "contacts", Title: r.T("notice.contact.title"), Active: "account", Data: page, Err: wrong, Secret: true})
}

// done goes on after an act: back to the page with a word, or with what was
// wrong beside its field.
func (p *contactPages) done(w http.ResponseWriter, r *web.Request, err error, kind, typed, flash string) error {
	if kernel.Is(err, kernel.Invalid) || kernel.Is(err, kernel.Conflict) || kernel.Is(err, kernel.Limited) {
		return p.render(w, r, kind, typed, err)
	}
	if err != nil {
		return err
	}
	p.server.Flash(w, flash)
	return p.server.Redirect(w, r, contactPath)
}

func (p *contactPages) add(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	kind := form.Get("kind")
	if !slices.Contains(p.src.Kinds(), kind) {
		return kernel.E(kernel.NotFound, "notice.contact.none", nil)
	}
	err = p.src.AddContact(r.Context(), r.Actor, kind, form.Get(kind), r.Lang)
	return p.done(w, r, err, kind, form.Get(kind), "notice.contact.sent")
}

func (p *contactPages) prove(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	code := form.Get("code_mail") + form.Get("code_text") // the form has one of them
	return p.done(w, r, p.src.ProveContact(r.Context(), r.Actor, kernel.ID(r.PathValue("id")), code), "", "", "notice.contact.added")
}

func (p *contactPages) again(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.ParseForm(); err != nil {
		return err
	}
	return p.done(w, r, p.src.AskAgain(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))), "", "", "notice.contact.sent")
}

func (p *contactPages) choose(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	err = p.src.ChooseTopics(r.Context(), r.Actor, kernel.ID(r.PathValue("id")), append(form["topics_mail"], form["topics_text"]...),
		kernel.Lang(form.Get("lang_mail")+form.Get("lang_text")))
	return p.done(w, r, err, "", "", "notice.contact.chosen")
}

func (p *contactPages) remove(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.ParseForm(); err != nil {
		return err
	}
	return p.done(w, r, p.src.RemoveContact(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))), "", "", "notice.contact.removed")
}

func (p *contactPages) outbox(w http.ResponseWriter, r *web.Request) error {
	var rows []outboxRow
	for _, o := range p.src.TriedOut() {
		rows = append(rows, outboxRow{o, strings.Split(strings.TrimSpace(o.Text), "\n\n")})
	}
	return p.server.Render(w, r, views, web.View{Template: "outbox", Title: r.T("notice.outbox.title"), Data: rows})
}
