// Package web is the page on which people turn alerts on and off.
package web

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"maru/design"
	"maru/domain/benefit/alert/internal/setting"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Source is what the page needs.
type Source interface {
	Status(ctx context.Context, actor authz.Actor) (setting.Status, error)
	Save(ctx context.Context, actor authz.Actor, s setting.Setting) error
	Off(ctx context.Context, actor authz.Actor) error
	Topics() []setting.Topic
}

type pages struct {
	srv *web.Server
	src Source
}

// Register adds the page to the route table.
func Register(srv *web.Server, src Source) {
	p := &pages{srv, src}
	srv.Page(web.Page{Method: http.MethodGet, Path: "/benefits/alerts", Name: "benefit.alerts", For: web.Resident, Handler: p.show})
	srv.Page(web.Page{Method: http.MethodPost, Path: "/benefits/alerts", Name: "benefit.alerts_save", For: web.Resident, Handler: p.save})
	srv.Page(web.Page{Method: http.MethodPost, Path: "/benefits/alerts/off", Name: "benefit.alerts_off", For: web.Resident, Handler: p.off})
}

type alertsPage struct {
	Proven         bool
	On, Waiting    bool
	Looked         kernel.Date
	Topics         []design.Option
	Wanted         []string
	Hours          []design.Option
	From, To       string
	Extra          []design.Option
	ExtraWanted    []string
	TopicsMultiple bool
}

func (p *pages) show(w http.ResponseWriter, r *web.Request) error {
	return p.render(w, r, nil, nil)
}

// render shows the form as it is kept, or as it was sent with what is wrong.
func (p *pages) render(w http.ResponseWriter, r *web.Request, sent url.Values, fail error) error {
	page := alertsPage{Proven: r.Actor.Proven()}
	if page.Proven {
		status, err := p.src.Status(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		page.fill(r, status, p.src.Topics())
		if sent != nil {
			page.Wanted, page.ExtraWanted, page.From, page.To = sent["topic"], sent["extra"], sent.Get("from"), sent.Get("to")
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "alerts", Title: r.T("benefit.alert.title"), Active: "benefits", Data: page, Err: fail})
}

func (v *alertsPage) fill(r *web.Request, s setting.Status, topics []setting.Topic) {
	v.On, v.Waiting, v.Looked = s.On, s.Waiting, s.Looked
	v.From, v.To = strconv.Itoa(s.From), strconv.Itoa(s.To)
	for _, t := range topics {
		v.Topics = append(v.Topics, design.Option{Value: t.ID, Label: t.Title.In(r.Lang)})
		if !slices.Contains(s.Muted, t.ID) {
			v.Wanted = append(v.Wanted, t.ID)
		}
	}
	v.TopicsMultiple = len(topics) > 1
	for h := range 24 {
		v.Hours = append(v.Hours, design.Option{Value: strconv.Itoa(h), Label: r.T("benefit.alert.hour", "hour", h)})
	}
	v.Extra = []design.Option{
		{Value: "likely", Label: r.T("benefit.alert.likely"), Hint: r.T("benefit.alert.likely_hint")},
		{Value: "lost", Label: r.T("benefit.alert.lost"), Hint: r.T("benefit.alert.lost_hint")},
	}
	if s.Likely {
		v.ExtraWanted = append(v.ExtraWanted, "likely")
	}
	if s.Lost {
		v.ExtraWanted = append(v.ExtraWanted, "lost")
	}
}

func (p *pages) save(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	s := setting.Setting{From: hour(form.Get("from")), To: hour(form.Get("to")),
		Lost: slices.Contains(form["extra"], "lost"), Likely: slices.Contains(form["extra"], "likely")}
	for _, t := range p.src.Topics() {
		if !slices.Contains(form["topic"], t.ID) {
			s.Muted = append(s.Muted, t.ID)
		}
	}
	if len(s.Muted) == 1 && len(p.src.Topics()) == 1 {
		s.Muted = nil // one topic is not asked for
	}
	err = p.src.Save(r.Context(), r.Actor, s)
	if kernel.Is(err, kernel.Invalid) {
		return p.render(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "benefit.alert.saved")
	return p.srv.Redirect(w, r, "/benefits/alerts")
}

// hour is an hour of the day; what is none is refused when it is saved.
func hour(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (p *pages) off(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.ParseForm(); err != nil {
		return err
	}
	if err := p.src.Off(r.Context(), r.Actor); err != nil {
		return err
	}
	p.srv.Flash(w, "benefit.alert.stopped")
	return p.srv.Redirect(w, r, "/benefits/alerts")
}
