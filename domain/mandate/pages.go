package mandate

import (
	"net/http"
	"slices"
	"time"

	view "maru/domain/mandate/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// pages are the domain's handlers.
type pages struct {
	s   *Service
	srv *web.Server
}

func (s *Service) pages(srv *web.Server) {
	p := &pages{s, srv}
	page := func(method, path, name string, who web.Audience, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: path, Name: "mandate." + name, For: who, Handler: h})
	}
	const get, post = http.MethodGet, http.MethodPost
	page(get, web.ForPath, "list", web.Resident, p.list)
	page(post, web.StopPath, "stop", web.Resident, p.stop)
	page(post, "/mandates/act", "act", web.Resident, p.act)
	page(get, householdPath, "household", web.Resident, p.household)
	page(get, "/mandates/new", "new", web.Resident, p.new)
	fresh := func(path, name string, who web.Audience, h web.Handler) {
		srv.Page(web.Page{Method: post, Path: path, Name: "mandate." + name, For: who, Handler: h, Fresh: web.FreshAct})
	}
	fresh("/mandates/new", "give", web.Resident, p.give)
	fresh(householdPath, "mate", web.Resident, p.mate)
	page(get, "/mandates/accept", "code", web.Resident, p.code)
	page(post, "/mandates/accept", "offer", web.Resident, p.offer)
	fresh("/mandates/accept/confirm", "accept", web.Resident, p.accept)
	page(get, "/mandates/{id}", "one", web.Resident, p.one)
	page(post, "/mandates/{id}/end", "end", web.Resident, p.end)
	page(post, "/mandates/visits/{id}/end", "end_visit", web.Resident, p.endVisit)
	page(get, "/counter/mandates", "orders", web.Staff, p.orders)
	srv.Page(web.Page{Method: post, Path: "/counter/mandates", Name: "mandate.register", For: web.Staff, Handler: p.register, Fresh: web.FreshAct, MaxBody: maxEvidence + 1<<20})
	fresh("/counter/mandates/{id}/confirm", "confirm", web.Staff, p.confirm)
	page(post, "/counter/mandates/{id}/end", "end_order", web.Staff, p.endOrder)
}

func (p *pages) render(w http.ResponseWriter, r *web.Request, template, title string, data any, err error) error {
	return p.srv.Render(w, r, view.Views, web.View{Template: template, Title: title, Data: data, Active: "account", Err: err, Secret: true})
}

// shown tells whether an error belongs on the page whose form caused it.
func shown(err error) bool {
	return kernel.Is(err, kernel.Invalid) || kernel.Is(err, kernel.Limited) || kernel.Is(err, kernel.Conflict)
}

func pathID(r *web.Request) (kernel.ID, error) {
	id, err := kernel.ParseID(r.PathValue("id"))
	if err != nil {
		return "", kernel.E(kernel.NotFound, "mandate.error.none", err)
	}
	return id, nil
}

// list is where people choose for whom they act.
func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v := view.List{Proven: r.Actor.Proven()}
	if !v.Proven {
		return p.render(w, r, "mandates", r.T("mandate.list.title"), v, nil)
	}
	children, err := p.s.Children(r.Context(), r.Actor)
	if err != nil && !kernel.Is(err, kernel.Unavailable) {
		return err
	}
	for _, c := range children {
		v.Children = append(v.Children, view.Child{Person: c.Person, Name: c.Name, Until: c.Until})
	}
	mine, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, m := range mine.Held {
		switch e := p.entry(r, m, false); {
		case m.Basis == ByLaw, m.Basis == ByRegister: // shown as children and household, as the registers have them
		case m.Holds(p.s.now()):
			v.Held = append(v.Held, e)
		default:
			v.Past = append(v.Past, e)
		}
	}
	for _, m := range mine.Given {
		if e := p.entry(r, m, true); m.Holds(p.s.now()) || p.s.Code(m) != "" {
			v.Given = append(v.Given, e)
		} else {
			v.Past = append(v.Past, e)
		}
	}
	visits, err := p.s.Visits(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, x := range visits {
		v.Visits = append(v.Visits, view.Visit{ID: string(x.ID), Agency: p.s.d.Names.Agency(x.Agency, r.Lang), Service: p.s.d.Names.Service(x.Service, r.Lang), Ends: x.Ends})
	}
	return p.render(w, r, "mandates", r.T("mandate.list.title"), v, nil)
}

// entry is a mandate as one of its sides sees it.
func (p *pages) entry(r *web.Request, m *Mandate, mine bool) view.Entry {
	e := view.Entry{ID: string(m.ID), Name: m.Names.Principal, Theme: m.Theme.Title.In(r.Lang), Basis: r.T("mandate.basis." + m.Basis), Last: lastDay(m.Until), Mine: mine}
	if mine {
		e.Name = m.Names.Actor
	}
	state := m.State
	now := p.s.now()
	switch {
	case state == Active && !m.Holds(now), state == Offered && p.s.Code(m) == "":
		state = "over"
	case state == Ended:
		state = "ended_" + m.Ended
	}
	e.State, e.Tone = r.T("mandate.state."+state), map[string]string{Active: "success", Offered: "warning", Proposed: "warning"}[state]
	return e
}

// lastDay is the last day on which something holds that ends at until.
func lastDay(until kernel.Time) kernel.Date {
	return until.Add(-time.Microsecond).DateIn(kernel.Seoul)
}

// details are a mandate with all its terms.
func (p *pages) details(r *web.Request, m *Mandate, mine bool) view.One {
	v := view.One{Entry: p.entry(r, m, mine)}
	row := func(key, value string) {
		if value != "" {
			v.Rows = append(v.Rows, view.Row{Key: r.T("mandate.row." + key), Value: value})
		}
	}
	row("state", v.State)
	row("theme", v.Theme+". "+m.Theme.Text.In(r.Lang))
	row("basis", v.Basis)
	if !m.Since.IsZero() {
		row("since", i18n.DateTime(r.Lang, m.Since))
	}
	row("until", i18n.Date(r.Lang, lastDay(m.Until)))
	for _, a := range m.Theme.Actions {
		v.Actions = append(v.Actions, r.T("mandate.action."+a))
	}
	for _, id := range m.Theme.Services {
		v.Services = append(v.Services, p.s.d.Names.Service(id, r.Lang))
	}
	now := p.s.now()
	v.MayEnd = m.Basis == ByMandate && (m.Holds(now) || m.State == Offered && mine)
	v.MayAct = !mine && m.Holds(now)
	if !v.MayEnd && m.Holds(now) {
		v.Why = r.T("mandate.end.why_" + m.Basis)
	}
	if mine {
		if v.Code = p.s.Code(m); v.Code != "" {
			v.CodeEnds = m.CodeUntil
		}
	}
	return v
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	m, err := p.s.Get(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	v := p.details(r, m, m.Principal == r.Actor.Person)
	return p.render(w, r, "mandate", v.Name, v, nil)
}

func (p *pages) end(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := p.s.End(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "mandate.ended")
	return p.srv.Redirect(w, r, web.ForPath)
}

func (p *pages) endVisit(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := p.s.EndVisit(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "mandate.visit.ended")
	return p.srv.Redirect(w, r, web.ForPath)
}

// forms

func (p *pages) themes(r *web.Request, basis string) []view.Option {
	var out []view.Option
	for _, t := range p.s.Themes(basis) {
		out = append(out, view.Option{Value: t.ID, Label: t.Title.In(r.Lang), Hint: t.Text.In(r.Lang)})
	}
	return out
}

func (p *pages) key() string { return string(kernel.RandomID()) }

func (p *pages) new(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.person(r.Actor); err != nil {
		return err
	}
	return p.render(w, r, "mandate-new", r.T("mandate.give.title"), view.New{Key: p.key(), Themes: p.themes(r, ByMandate)}, nil)
}

func (p *pages) give(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	birth, wrongBirth := web.FormDate(form, "birth")
	last, wrongLast := web.FormDate(form, "last")
	err = both(wrongBirth, wrongLast)
	var m *Mandate
	if err == nil {
		m, err = p.s.Give(r.Context(), r.Actor, form.Get("key"), Offer{Theme: form.Get("theme"), Name: form.Get("name"), Birth: birth, Last: last})
	}
	if shown(err) {
		g := form.Get
		return p.render(w, r, "mandate-new", r.T("mandate.give.title"), view.New{Key: g("key"), Name: g("name"), Theme: g("theme"),
			Y: g("birth-year"), M: g("birth-month"), D: g("birth-day"), LastY: g("last-year"), LastM: g("last-month"), LastD: g("last-day"), Themes: p.themes(r, ByMandate)}, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, "/mandates/"+string(m.ID))
}

// both is what is wrong with either of two fields.
func both(a, b error) error {
	x, first := a.(*kernel.Error)
	y, second := b.(*kernel.Error)
	if first && second {
		x.Fields = append(slices.Clone(x.Fields), y.Fields...)
	}
	if a != nil {
		return a
	}
	return b
}

func (p *pages) code(w http.ResponseWriter, r *web.Request) error {
	return p.render(w, r, "mandate-accept", r.T("mandate.accept.title"), view.Accept{}, nil)
}

func (p *pages) offer(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	v := view.Accept{Code: form.Get("code")}
	m, err := p.s.Invited(r.Context(), r.Actor, v.Code)
	if shown(err) {
		return p.render(w, r, "mandate-accept", r.T("mandate.accept.title"), v, err)
	}
	if err != nil {
		return err
	}
	if m.State == Active {
		return p.srv.Redirect(w, r, "/mandates/"+string(m.ID))
	}
	d := p.details(r, m, false)
	v.Offer = &d
	return p.render(w, r, "mandate-accept", r.T("mandate.accept.title"), v, nil)
}

func (p *pages) accept(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	m, err := p.s.Accept(r.Context(), r.Actor, form.Get("code"))
	if shown(err) {
		return p.render(w, r, "mandate-accept", r.T("mandate.accept.title"), view.Accept{Code: form.Get("code")}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "mandate.accepted")
	return p.srv.Redirect(w, r, "/mandates/"+string(m.ID))
}

// act begins to act for somebody in this session.
func (p *pages) act(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := kernel.ParseID(form.Get("mandate"))
	if child := form.Get("child"); child != "" {
		var m *Mandate
		if m, err = p.s.ForChild(r.Context(), r.Actor, child); err != nil {
			return err
		}
		id = m.ID
	} else if err != nil {
		return errDenied
	}
	return p.begin(w, r, id)
}

func (p *pages) begin(w http.ResponseWriter, r *web.Request, id kernel.ID) error {
	if _, err := p.s.Begin(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.SetCookie(w, Cookie, cookieOf(id, r.Actor), 0)
	return p.srv.Redirect(w, r, "/applications")
}

func (p *pages) stop(w http.ResponseWriter, r *web.Request) error {
	p.srv.ClearCookie(w, Cookie)
	p.srv.Flash(w, "mandate.stopped")
	return p.srv.Redirect(w, r, web.ForPath)
}

// Cookie names the mandate under which a session acts. It is no secret and
// entitles to nothing: each request is decided by the mandate.
const Cookie = "maru_for"

func cookieOf(id kernel.ID, self authz.Actor) string { return string(id) + "." + string(self.Session) }

// Chosen is the mandate under which the session of a request acts, "" for none.
// A cookie of another session is no choice.
func Chosen(r *http.Request, self authz.Actor) kernel.ID {
	c, err := r.Cookie(Cookie)
	if err != nil || self.Session == "" {
		return ""
	}
	const length = len("00000000-0000-7000-8000-000000000000")
	if len(c.Value) <= length {
		return ""
	}
	id, err := kernel.ParseID(c.Value[:length])
	if err != nil || c.Value != cookieOf(id, self) {
		return ""
	}
	return id
}
