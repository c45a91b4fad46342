package web

import (
	"context"
	"net/http"

	"maru/design"
	"maru/kernel"
	"maru/platform/web"
)

// Listener hears what was not found.
type Listener interface {
	// Missed counts that nothing fitted.
	Missed(ctx context.Context, l kernel.Lang) error
	// Clean gives the words as they would be kept: without personal data. "" where
	// there are none, or nothing is kept.
	Clean(words string) string
	// Keep keeps them, as the person agreed. key names the form, so that a second
	// press keeps nothing more.
	Keep(ctx context.Context, key, words string, l kernel.Lang) error
	// Key is a new one.
	Key() string
	// Office is the body in charge of everyday matters of a region.
	Office(region string) (id string, ok bool)
}

type nonePage struct {
	Key     string
	Clean   string // the words as they would be kept, which the person may shorten
	Most    int    // characters
	Events  []design.Card
	Regions []design.Option
}

// none is where a conversation leads when nothing that was found fits: to all
// that happens in life, and to people.
func (p *Pages) none(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	if err := p.ask.Missed(r.Context(), r.Lang); err != nil {
		return err
	}
	return p.showNone(w, r, nonePage{Key: p.ask.Key(), Clean: p.ask.Clean(form.Get("q"))}, nil)
}

func (p *Pages) showNone(w http.ResponseWriter, r *web.Request, page nonePage, wrong error) error {
	page.Most, page.Events, page.Regions = backInBox, p.events(r), p.regions(r.Lang)
	return p.server.Render(w, r, views, web.View{Template: "none", Title: r.T("ask.missed.title"), Active: "home", Data: page, Err: wrong})
}

// keep keeps the words for those who plan services.
func (p *Pages) keep(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	again := func(wrong error) error {
		return p.showNone(w, r, nonePage{Key: form.Get("key"), Clean: p.ask.Clean(form.Get("words"))}, wrong)
	}
	if form.Get("agree") != "yes" {
		return again(kernel.E(kernel.Invalid, "error.check_answers", nil).Field("agree", "ask.error.agree", nil))
	}
	if err := p.ask.Keep(r.Context(), form.Get("key"), form.Get("words"), r.Lang); kernel.Is(err, kernel.Invalid) {
		return again(err)
	} else if err != nil {
		return err
	}
	p.server.Flash(w, "ask.missed.kept")
	return p.server.Redirect(w, r, "/ask")
}

// office leads to the body of a region.
func (p *Pages) office(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	if id, ok := p.ask.Office(form.Get("region")); ok {
		return p.server.Redirect(w, r, "/agencies/"+id)
	}
	return p.showNone(w, r, nonePage{}, kernel.E(kernel.Invalid, "error.check_answers", nil).Field("region", "ask.error.region", nil))
}
