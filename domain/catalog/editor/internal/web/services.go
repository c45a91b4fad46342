package web

import (
	"net/http"
	"net/url"
	"strings"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

type servicesView struct {
	Query string
	Count int
	Items []serviceItem
}

type serviceItem struct {
	Title, Summary, Href string
	States               []state
}

type state struct{ Text, Tone string }

func (p *Pages) services(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query().Get("q")
	if len(q) > 200 {
		q = ""
	}
	list, err := p.s.List(r.Context(), r.Actor, q)
	if err != nil {
		return err
	}
	v := servicesView{Query: q, Count: len(list)}
	for _, e := range list {
		v.Items = append(v.Items, serviceItem{e.Service.Title.In(r.Lang), e.Service.Summary.In(r.Lang), r.Link("/desk/services/" + e.Service.ID), p.states(r, e)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "services", Title: r.T("catalog.editor.services.title"), Data: v, Active: nav(r)})
}

func (p *Pages) states(r *web.Request, e editor.Entry) []state {
	out := []state{{r.T("catalog.editor.state.in_force"), "success"}}
	for _, d := range e.Drafts {
		if d.State == editor.Proposed {
			out = append(out, state{r.T("catalog.editor.state.waits", "body", p.body(r, d.Agency)), "warning"})
		} else {
			out = append(out, state{r.T("catalog.editor.state.draft", "body", p.body(r, d.Agency)), "info"})
		}
	}
	if !e.Coming.IsZero() {
		out = append(out, state{r.T("catalog.editor.state.coming", "date", i18n.Date(r.Lang, e.Coming)), "info"})
	}
	return out
}

type serviceView struct {
	Service  *contract.Service
	Public   string
	Drafts   []draftLine
	MayBegin bool
	Versions []versionLine
}

type draftLine struct {
	Href, By string
	State    state
	At       kernel.Time
}

type versionLine struct {
	Pack, Title, By, Why string
	Tag                  state
	MayGoBack            bool
}

func (p *Pages) service(w http.ResponseWriter, r *web.Request) error {
	e, err := p.s.Of(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	versions, err := p.s.History(r.Context(), r.Actor, e.Service.ID)
	if err != nil {
		return err
	}
	v := serviceView{Service: e.Service, Public: "/services/" + e.Service.ID, MayBegin: p.s.MayBegin(r.Actor, e.Service)}
	for _, d := range e.Drafts {
		v.Drafts = append(v.Drafts, draftLine{r.Link(draftPath(d.ID, "")), p.by(r, d.LastAct()), p.draftState(r, d), d.ChangedAt})
	}
	for _, x := range versions {
		v.Versions = append(v.Versions, p.version(r, x, v.MayBegin))
	}
	return p.srv.Render(w, r, views, web.View{Template: "service", Title: e.Service.Title.In(r.Lang), Data: v, Active: nav(r)})
}

func (p *Pages) version(r *web.Request, x editor.Version, may bool) versionLine {
	l := versionLine{Pack: x.Pack, Title: r.T("catalog.editor.version.from", "date", i18n.Date(r.Lang, x.From)), MayGoBack: may && !x.InForce && !x.Coming}
	switch {
	case x.InForce:
		l.Tag = state{r.T("catalog.editor.state.in_force"), "success"}
	case x.Coming:
		l.Tag = state{r.T("catalog.editor.state.comes"), "info"}
	}
	switch {
	case x.Draft != nil:
		l.Why = x.Draft.Why
		one, _ := x.Draft.Last(editor.ActProposed)
		two, _ := x.Draft.Last(editor.ActApproved)
		l.By = r.T("catalog.editor.version.by", "one", p.by(r, one), "two", p.by(r, two))
	case x.ByProgram:
		l.By = r.T("catalog.editor.version.program")
	default:
		l.By = r.T("catalog.editor.version.pack")
	}
	return l
}

// by is a person's name with the body they acted for. A name often has the
// body in it already.
func (p *Pages) by(r *web.Request, a editor.Act) string {
	body := p.body(r, a.Agency)
	if strings.Contains(a.Name, body) {
		return a.Name
	}
	return r.T("catalog.editor.by", "name", a.Name, "body", body)
}

func (p *Pages) draftState(r *web.Request, d *editor.Draft) state {
	tone := map[string]string{editor.Open: "info", editor.Proposed: "warning", editor.Approved: "success"}[d.State]
	return state{r.T("catalog.editor.draft_state." + d.State), tone}
}

func (p *Pages) begin(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := p.s.Begin(r.Context(), r.Actor, r.PathValue("id"), form.Get("version"))
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, draftPath(id, ""))
}

type compareView struct {
	Service  kernel.Text
	Back     string
	From, To string
	Diffs    []editor.FileDiff
}

func (p *Pages) compare(w http.ResponseWriter, r *web.Request) error {
	e, err := p.s.Of(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	versions, err := p.s.History(r.Context(), r.Actor, e.Service.ID)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := compareView{Service: e.Service.Title, Back: "/desk/services/" + url.PathEscape(e.Service.ID)}
	for _, x := range versions { // only what belongs to the history of this service
		name := r.T("catalog.editor.version.from", "date", i18n.Date(r.Lang, x.From))
		if x.Pack == q.Get("from") {
			v.From = name
		}
		if x.Pack == q.Get("to") {
			v.To = name
		}
	}
	if v.From == "" || v.To == "" {
		return kernel.E(kernel.NotFound, "catalog.no_version", nil)
	}
	if v.Diffs, err = p.s.Compare(r.Context(), r.Actor, e.Service.ID, q.Get("from"), q.Get("to")); err != nil {
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: "compare", Title: r.T("catalog.editor.compare.title"), Data: v, Active: nav(r)})
}

// timeline is a draft's record, newest first.
func (p *Pages) timeline(r *web.Request, d *editor.Draft) []design.Event {
	var out []design.Event
	for i := len(d.Acts) - 1; i >= 0; i-- {
		a := d.Acts[i]
		out = append(out, design.Event{Title: r.T("catalog.editor.act." + a.Act), By: p.by(r, a), Text: a.Note, At: i18n.DateTime(r.Lang, a.At), ISO: a.At.String()})
	}
	return out
}
