package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/design"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

// Registered is what the pages of signed-in people need.
type Registered interface {
	// Mine decides for the actor's household as registers tell it; home is what
	// an earlier page of theirs carried, "" for a new reading. The error is
	// kernel.Forbidden without their consent.
	Mine(ctx context.Context, actor authz.Actor, home string, l kernel.Lang) (*Mine, error)
	// Offer is what the actor would agree to.
	Offer(ctx context.Context, actor authz.Actor, l kernel.Lang) (*Offer, error)
	// Agree records the consent to an offer by its mark, to its sensitive part only
	// with an act of its own; ok is false where something else is on offer by now.
	Agree(ctx context.Context, actor authz.Actor, mark string, sensitive bool) (ok bool, err error)
	// Tell keeps an answer, or with an unknown value that the actor does not
	// know; carry is what the page carries on.
	Tell(ctx context.Context, actor authz.Actor, home, ref string, v kernel.Value) (carry string, err error)
	Forget(ctx context.Context, actor authz.Actor, statement kernel.ID) error
	// Apply opens an application, filled in with what was told: on the page of
	// the check that anybody can make, or before where told is nil. It gives the
	// path where the application goes on.
	Apply(ctx context.Context, actor authz.Actor, service string, told *Told) (path string, err error)
}

// Offer is what a consent would let be read, in words.
type Offer struct {
	Mark    string // names exactly this offer
	Sources []Holder
	// Sensitive are those with facts that are agreed to by an act of their own;
	// Agreed says that the actor did already.
	Sensitive []Holder
	Agreed    bool
	Until     kernel.Date
}

// Holder is one register and the names of its facts.
type Holder struct {
	Name  string
	Facts []string
}

// Mine is what somebody is entitled to by what registers know.
type Mine struct {
	Checked
	Members []Member
	Home    string // carried by the page, sealed
	// Month is the sum of what is due a month and known; Estimate says that part
	// of it is not certain.
	Month    kernel.Money
	Estimate bool
	Told     []Statement
	Others   *Others // of the public catalogue, nil where there is none
	// New are names of facts that rules read by now and the consent does not
	// cover.
	New []string
	// Declined are names of sensitive facts that they did not agree to.
	Declined []string

	chosen *Statement // to answer again or to delete
}

// Member is one person of the household, in the situation's order.
type Member struct {
	Name, Relation string // the relation is that to the head
	Self, Open     bool
	Ask            []string // names of who could agree, where it is not open
}

// Statement is something that the person told.
type Statement struct {
	ID  kernel.ID
	Ref string // "" where it is about nobody who lives there now
	// What is the fact's name, Value the answer in words, "" for “I do not know”.
	What, Value string
	On          kernel.Date
	// Counts: registers do not know better.
	Counts bool
}

func (p *pages) registerMine() {
	const get, post = http.MethodGet, http.MethodPost
	page := func(method, path, name string, h web.Handler) {
		p.srv.Page(web.Page{Method: method, Path: path, Name: "benefit." + name, For: web.Resident, Handler: h})
	}
	page(get, "/benefits/mine", "mine", p.mine)
	page(post, "/benefits/mine", "mine_answer", p.mineAnswer)
	page(get, "/benefits/mine/consent", "consent", p.consent)
	p.srv.Page(web.Page{Method: post, Path: "/benefits/mine/consent", Name: "benefit.agree", For: web.Resident, Handler: p.agree, Fresh: web.FreshAct})
	page(post, "/benefits/mine/forget", "forget", p.forget)
	page(post, "/benefits/apply", "apply", p.apply)
}

// prove tells who is not known to be a person what to do.
func (p *pages) prove(w http.ResponseWriter, r *web.Request) error {
	return p.srv.Render(w, r, views, web.View{Template: "prove", Title: r.T("benefit.mine.title"), Active: "benefits"})
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.Proven() {
		return p.prove(w, r)
	}
	m, err := p.src.Mine(r.Context(), r.Actor, "", r.Lang)
	if kernel.Is(err, kernel.Forbidden) {
		return p.srv.Redirect(w, r, "/benefits/mine/consent")
	}
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(m.Told, func(s Statement) bool { return string(s.ID) == r.URL.Query().Get("change") }); i >= 0 {
		m.chosen, m.Ask = &m.Told[i], ""
		if m.chosen.Counts {
			m.Ask = m.chosen.Ref
		}
	}
	return p.showMine(w, r, m, nil, nil)
}

// mineAnswer takes one answer and shows what it changes.
func (p *pages) mineAnswer(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	if !r.Actor.Proven() {
		return p.prove(w, r)
	}
	home, ref := form.Get("home"), form.Get("ask")
	v, fail := p.answered(form, ref)
	if fail == nil {
		home, err = p.src.Tell(r.Context(), r.Actor, home, ref, v)
		if kernel.Is(err, kernel.Invalid) { // more than the fact can be: asked again
			fail, err = err, nil
		}
	} else if _, _, known := p.src.Fact(ref); !known {
		err = fail
	}
	var m *Mine
	if err == nil {
		m, err = p.src.Mine(r.Context(), r.Actor, home, r.Lang)
	}
	if kernel.Is(err, kernel.Forbidden) {
		return p.srv.Redirect(w, r, "/benefits/mine/consent")
	}
	if err != nil {
		return err
	}
	if fail != nil {
		m.Ask = ref
	}
	return p.showMine(w, r, m, form, fail)
}

type minePage struct {
	*Mine
	Question *question
	Care     bool // the question is about something sensitive
	Results  Checked
	Closed   []closed
	Chosen   *Statement
	Rows     []design.Row // what was told
}

// closed is somebody whose facts nobody's consent opens.
type closed struct {
	Name, Ask string
}

func (p *pages) showMine(w http.ResponseWriter, r *web.Request, m *Mine, form url.Values, fail error) error {
	name := func(member string) string {
		for i := range m.Members {
			if MemberID(i) == member {
				return called(r, m.Members[i])
			}
		}
		return member
	}
	page := minePage{Mine: m, Chosen: m.chosen, Results: p.label(r, m.Checked, name)}
	for _, one := range m.Members {
		for _, ask := range one.Ask {
			page.Closed = append(page.Closed, closed{called(r, one), ask})
		}
	}
	for i := range m.Told {
		if s := &m.Told[i]; s.Ref != "" {
			s.What = p.refName(r, s.Ref, name)
		}
		page.Rows = append(page.Rows, toldRow(r, &m.Told[i]))
	}
	if m.Ask != "" {
		page.Question = p.question(r, m.Ask, name)
		if fact, _, ok := p.src.Fact(m.Ask); ok {
			page.Care = fact.Sensitivity == "sensitive"
		}
		if fail != nil {
			page.Question.typed(form)
		}
	}
	if page.Others != nil {
		titled(r, page.Others)
		for i := range page.Others.Items {
			if o := &page.Others.Items[i]; len(m.Members) > 1 {
				o.Label = name(MemberID(o.Member))
			}
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "mine", Title: r.T("benefit.mine.title"), Active: "benefits", Data: page, Err: fail})
}

// toldRow is a statement as a row with the way to change it.
func toldRow(r *web.Request, s *Statement) design.Row {
	row := design.Row{Key: s.What, Value: s.Value, Note: r.T("benefit.mine.told_on", "day", s.On), Href: r.Link("/benefits/mine") + "?change=" + string(s.ID)}
	if s.Value == "" {
		row.Value = r.T("benefit.mine.not_known")
	}
	switch {
	case s.Ref == "":
		row.Note += " · " + r.T("benefit.mine.nobody_here")
	case !s.Counts:
		row.Note += " · " + r.T("benefit.mine.register_knows")
	}
	return row
}

// called is what the page calls somebody of the household.
func called(r *web.Request, m Member) string {
	switch {
	case m.Self:
		return r.T("benefit.mine.me")
	case m.Relation == "":
		return m.Name
	}
	return r.T("benefit.mine.member", "name", m.Name, "as", r.T("benefit.relation."+m.Relation))
}

type consentPage struct {
	*Offer
	Rows, Apart []design.Row
}

func (p *pages) consent(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.Proven() {
		return p.prove(w, r)
	}
	offer, err := p.src.Offer(r.Context(), r.Actor, r.Lang)
	if err != nil {
		return err
	}
	page := consentPage{Offer: offer}
	for i, h := range offer.Sources {
		row := design.Row{Key: h.Name, Value: strings.Join(h.Facts, ", ")}
		if i == 0 { // the resident register, which also says who lives together
			row.Note = r.T("benefit.consent.household")
		}
		page.Rows = append(page.Rows, row)
	}
	for _, h := range offer.Sensitive {
		page.Apart = append(page.Apart, design.Row{Key: h.Name, Value: strings.Join(h.Facts, ", ")})
	}
	return p.srv.Render(w, r, views, web.View{Template: "consent", Title: r.T("benefit.consent.title"), Active: "benefits", Data: page})
}

func (p *pages) agree(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	ok, err := p.src.Agree(r.Context(), r.Actor, form.Get("mark"), form.Get("sensitive") == "yes")
	if err != nil {
		return err
	}
	if !ok {
		p.srv.Flash(w, "benefit.consent.changed")
		return p.srv.Redirect(w, r, "/benefits/mine/consent")
	}
	p.srv.Flash(w, "benefit.consent.given")
	return p.srv.Redirect(w, r, "/benefits/mine")
}

func (p *pages) forget(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := kernel.ParseID(form.Get("id"))
	if err != nil {
		return kernel.E(kernel.NotFound, "benefit.error.no_statement", err)
	}
	if err := p.src.Forget(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "benefit.mine.forgotten")
	return p.srv.Redirect(w, r, "/benefits/mine")
}

// apply begins an application from either page of results.
func (p *pages) apply(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	var told *Told
	if form.Has("members") {
		t, err := p.read(form)
		if err != nil {
			return err
		}
		told = &t
	}
	path, err := p.src.Apply(r.Context(), r.Actor, form.Get("service"), told)
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, path)
}
