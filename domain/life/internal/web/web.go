// Package web shows the guide through a life event and keeps what people did
// of it.
package web

import (
	"context"
	"embed"
	"net/http"
	"net/url"

	"maru/domain/life/internal/guide"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Source is what the pages need of the guides.
type Source interface {
	Guide(ctx context.Context, actor authz.Actor, event string, day kernel.Date) (*guide.Guide, bool, error)
	SetDay(ctx context.Context, actor authz.Actor, event string, day kernel.Date) error
	SetDone(ctx context.Context, actor authz.Actor, event, step string, on bool) error
	SetHidden(ctx context.Context, actor authz.Actor, event, step string, on bool) error
	SetRemind(ctx context.Context, actor authz.Actor, event string, on bool) error
	Reset(ctx context.Context, actor authz.Actor, event string) error
}

type pages struct {
	srv *web.Server
	src Source
}

// Register adds the domain's rows to the route table.
func Register(srv *web.Server, src Source) {
	p := &pages{srv, src}
	page := func(method, path, name string, who web.Audience, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: path, Name: "life." + name, For: who, Handler: h})
	}
	page(http.MethodGet, "/life-events/{id}", "guide", web.Public, p.guide)
	page(http.MethodPost, "/life-events/{id}/day", "day", web.Resident, p.day)
	page(http.MethodPost, "/life-events/{id}/steps/{step}", "step", web.Resident, p.step)
	page(http.MethodPost, "/life-events/{id}/remind", "remind", web.Resident, p.remind)
	page(http.MethodPost, "/life-events/{id}/reset", "reset", web.Resident, p.reset)
}

// guide shows the steps. Without an account the day comes with the address and
// is kept nowhere.
func (p *pages) guide(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	day, err := web.FormDate(q, "day")
	if kernel.Is(err, kernel.Invalid) {
		return p.render(w, r, q, err)
	}
	if err != nil {
		return err
	}
	g, remind, err := p.src.Guide(r.Context(), r.Actor, r.PathValue("id"), day)
	if err != nil {
		return err
	}
	return p.show(w, r, g, remind, nil, nil)
}

// render shows the page again with what was typed and what is wrong with it.
func (p *pages) render(w http.ResponseWriter, r *web.Request, typed url.Values, fail error) error {
	g, remind, err := p.src.Guide(r.Context(), r.Actor, r.PathValue("id"), kernel.Date{})
	if err != nil {
		return err
	}
	return p.show(w, r, g, remind, typed, fail)
}

func (p *pages) back(w http.ResponseWriter, r *web.Request, anchor string) error {
	if anchor != "" {
		anchor = "#" + anchor
	}
	return p.srv.Redirect(w, r, "/life-events/"+url.PathEscape(r.PathValue("id"))+anchor)
}

func (p *pages) day(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	day, err := web.FormDate(form, "day")
	if err == nil {
		err = p.src.SetDay(r.Context(), r.Actor, r.PathValue("id"), day)
	}
	if kernel.Is(err, kernel.Invalid) {
		return p.render(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "life.saved.day")
	return p.back(w, r, "")
}

// step ticks a step off, hides it, or takes either back.
func (p *pages) step(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, step, act := r.PathValue("id"), r.PathValue("step"), form.Get("act")
	switch act {
	case "done", "undo":
		err = p.src.SetDone(r.Context(), r.Actor, id, step, act == "done")
	case "hide", "show":
		err = p.src.SetHidden(r.Context(), r.Actor, id, step, act == "hide")
	default:
		err = kernel.E(kernel.Invalid, "life.error.step", nil)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "life.saved."+act)
	return p.back(w, r, "")
}

func (p *pages) remind(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	on := form.Get("on") == "yes"
	if err := p.src.SetRemind(r.Context(), r.Actor, r.PathValue("id"), on); err != nil {
		return err
	}
	if on {
		p.srv.Flash(w, "life.saved.remind")
	} else {
		p.srv.Flash(w, "life.saved.remind_off")
	}
	return p.back(w, r, "")
}

func (p *pages) reset(w http.ResponseWriter, r *web.Request) error {
	if err := p.src.Reset(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	p.srv.Flash(w, "life.saved.reset")
	return p.back(w, r, "")
}
