package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

// bundlePages adds the pages on which several services are applied for in one
// go.
func (p *Pages) bundlePages(page func(method, path, name string, who web.Audience, h web.Handler)) {
	const get, post = http.MethodGet, http.MethodPost
	page(post, "/bundles/start", "bundle_start", web.Resident, p.bundleStart)
	page(get, "/bundles/{id}", "bundle", web.Resident, p.bundle)
	page(get, "/bundles/{id}/consent", "bundle_consent", web.Resident, p.bundleConsent)
	p.srv.Page(web.Page{Method: post, Path: "/bundles/{id}/consent", Name: "casework.bundle_consent_save", For: web.Resident, Handler: p.bundleConsentSave, Fresh: web.FreshAct})
	page(get, "/bundles/{id}/questions/{question}", "bundle_question", web.Resident, p.bundleQuestion)
	page(post, "/bundles/{id}/questions/{question}", "bundle_question_save", web.Resident, p.bundleQuestionSave)
	page(get, "/bundles/{id}/next", "bundle_next", web.Resident, p.bundleNext)
	page(post, "/bundles/{id}/leave", "bundle_leave", web.Resident, p.bundleLeave)
	page(get, "/bundles/{id}/check", "bundle_check", web.Resident, p.bundleCheck)
	page(post, "/bundles/{id}/submit", "bundle_submit", web.Resident, p.bundleSubmit)
	page(get, "/bundles/{id}/done", "bundle_done", web.Resident, p.bundleDone)
}

func bundlePath(id kernel.ID, rest string) string {
	if rest != "" {
		rest = "/" + rest
	}
	return "/bundles/" + string(id) + rest
}

// inBundle leads from the page of a draft to that of the open bundle in which
// it is answered.
func (p *Pages) inBundle(w http.ResponseWriter, r *web.Request, application kernel.ID, rest string) (bool, error) {
	id, status, ok, err := p.s.BundleOf(r.Context(), r.Actor, application)
	if err != nil || !ok || status != casework.BundleOpen {
		return false, err
	}
	return true, p.srv.Redirect(w, r, bundlePath(id, rest))
}

// bundleStart opens a bundle of the services chosen on a life event's page. A
// single one is applied for by itself.
func (p *Pages) bundleStart(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	switch chosen := form["service"]; len(chosen) {
	case 0:
		p.srv.Flash(w, "casework.bundle.error.choose")
		return p.srv.Redirect(w, r, "/life-events/"+form.Get("event"))
	case 1:
		return p.start(w, r)
	}
	id, err := p.s.StartBundle(r.Context(), r.Actor, form.Get("event"), form["service"])
	if err != nil {
		return err
	}
	b, err := p.s.OpenBundle(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	if err := p.bundleDay(r, b, form.Get("day")); err != nil {
		return err
	}
	asks, err := p.bundleAsks(r, b)
	if err != nil {
		return err
	}
	if len(asks) > 0 {
		return p.srv.Redirect(w, r, bundlePath(id, "consent"))
	}
	return p.srv.Redirect(w, r, bundlePath(id, ""))
}

// bundleDay answers with the day that the person gave on the life event's page,
// where the forms ask for it and nothing is answered yet.
func (p *Pages) bundleDay(r *web.Request, b *casework.Bundle, day string) error {
	e, ok := p.s.Catalog.LifeEvent(b.Event)
	d, err := kernel.ParseDate(day)
	if !ok || e.Day == nil || e.Day.Share == "" || err != nil {
		return nil // it is only a help: the question is asked all the same
	}
	for _, q := range b.Questions(p.today()) {
		if lead := q.Lead().Q; lead.Share != e.Day.Share || lead.Type != "date" || q.Answered() {
			continue
		}
		err := p.s.AnswerBundle(r.Context(), r.Actor, b.ID, map[string]kernel.Value{q.Key: kernel.DateValueOf(d)})
		if err != nil && !kernel.Is(err, kernel.Invalid) {
			return err
		}
	}
	return nil
}

// bundleAsks lists the drafts for which registers could fill something in that
// the person has not agreed to yet.
func (p *Pages) bundleAsks(r *web.Request, b *casework.Bundle) ([]*casework.Case, error) {
	var out []*casework.Case
	for _, c := range b.Drafts() {
		asks, err := p.asksConsent(r, c)
		if err != nil {
			return nil, err
		}
		if asks {
			out = append(out, c)
		}
	}
	return out, nil
}

// bundleByPath opens the bundle of the path. Once it is handed in, every page
// of it leads to the last one.
func (p *Pages) bundleByPath(w http.ResponseWriter, r *web.Request) (b *casework.Bundle, done bool, err error) {
	id, err := pathID(r, "id")
	if err != nil {
		return nil, false, err
	}
	if b, err = p.s.OpenBundle(r.Context(), r.Actor, id); err != nil {
		return nil, false, err
	}
	if b.Status != casework.BundleOpen {
		return nil, true, p.srv.Redirect(w, r, bundlePath(id, "done"))
	}
	return b, false, nil
}

// eventTitle names the life event of a bundle.
func (p *Pages) eventTitle(r *web.Request, b *casework.Bundle) string {
	e, ok := p.s.Catalog.LifeEvent(b.Event)
	if !ok {
		return r.T("casework.bundle.title")
	}
	return e.Title.In(r.Lang)
}

type bundleView struct {
	ID      kernel.ID
	Event   string
	Back    string
	Saved   kernel.Time
	Left    []string // what happened to services that are not part of it any more
	Consent bool     // something is left to agree to
	Groups  []bundleGroup
	Next    string
	Ready   bool
	Empty   bool
	Done    int
	Of      int
}

// bundleGroup are the questions that services share, or those of one service.
type bundleGroup struct {
	Title  string
	Note   string
	Tasks  []design.Task
	Status string // of an application that was handed in by itself
	Tone   string
	Href   string
	Leave  kernel.ID // the draft that can be taken out
}

// bundle shows what is done and what is left, shared questions first.
func (p *Pages) bundle(w http.ResponseWriter, r *web.Request) error {
	b, done, err := p.bundleByPath(w, r)
	if done || err != nil {
		return err
	}
	v := bundleView{ID: b.ID, Event: p.eventTitle(r, b), Back: "/life-events/" + b.Event, Saved: b.UpdatedAt, Left: p.left(r, b), Ready: true, Empty: len(b.Drafts()) == 0}
	asks, err := p.bundleAsks(r, b)
	if err != nil {
		return err
	}
	v.Consent = len(asks) > 0
	shared := bundleGroup{Title: r.T("casework.bundle.shared"), Note: r.T("casework.bundle.shared_note")}
	own := map[string]*bundleGroup{}
	for _, c := range b.Members {
		g := &bundleGroup{Title: c.Service.Title.In(r.Lang), Leave: c.ID}
		if c.Status != casework.Draft {
			g.Status, g.Tone = p.status(r, c.Application)
			g.Href, g.Leave = fmt.Sprintf("/applications/%s", c.ID), ""
		}
		own[c.Service.ID] = g
	}
	for _, q := range b.Questions(p.today()) {
		t := p.bundleTask(r, b, &q)
		v.Of++
		if q.Answered() {
			v.Done++
		} else if !q.Optional() {
			v.Ready = false
		}
		g := &shared
		if !q.Shared {
			g = own[q.Uses[0].Case.Service.ID]
		}
		g.Tasks = append(g.Tasks, t)
	}
	v.Next = bundlePath(b.ID, "next")
	if len(shared.Tasks) > 0 {
		v.Groups = append(v.Groups, shared)
	}
	for _, c := range b.Members {
		v.Groups = append(v.Groups, *own[c.Service.ID])
	}
	return p.srv.Render(w, r, views, web.View{Template: "bundle", Title: r.T("casework.bundle.title"), Data: v, Active: "applications"})
}

func (p *Pages) bundleTask(r *web.Request, b *casework.Bundle, q *casework.BundleQuestion) design.Task {
	u := q.Lead()
	t := design.Task{Text: u.Q.Title.In(r.Lang), Href: r.Link(bundleQuestionPath(b, q)), Status: r.T("casework.task.todo"), Tone: "info"}
	_, filled := u.Case.Content.Sources[u.Q.ID]
	switch {
	case q.Answered() && filled:
		t.Status, t.Tone = r.T("casework.task.filled"), "success"
	case q.Answered():
		t.Status, t.Tone = r.T("casework.task.done"), "success"
	case q.Optional():
		t.Status, t.Tone = r.T("casework.task.optional"), "neutral"
	}
	return t
}

// bundleQuestionPath is where a question is answered: files and appointments on
// the page of their own draft.
func bundleQuestionPath(b *casework.Bundle, q *casework.BundleQuestion) string {
	if u := q.Lead(); u.Q.Type == "file" || u.Q.Type == "slot" {
		return questionPath(u.Case.ID, u.Q.ID)
	}
	return bundlePath(b.ID, "questions/"+q.Key)
}

// left tells in words why services are not part of the bundle any more.
func (p *Pages) left(r *web.Request, b *casework.Bundle) []string {
	var out []string
	for _, m := range b.Left {
		title := m.Service
		if svc, _, err := p.s.Catalog.Current(m.Service); err == nil {
			title = svc.Title.In(r.Lang)
		}
		out = append(out, r.T("casework.bundle.left."+m.Fate, "service", title))
	}
	return out
}

type bundleConsentView struct {
	ID      kernel.ID
	Options []design.Option
}

// bundleConsent asks once, on one page, for the consent of each service.
func (p *Pages) bundleConsent(w http.ResponseWriter, r *web.Request) error {
	b, done, err := p.bundleByPath(w, r)
	if done || err != nil {
		return err
	}
	asks, err := p.bundleAsks(r, b)
	if err != nil {
		return err
	}
	if len(asks) == 0 {
		return p.srv.Redirect(w, r, bundlePath(b.ID, ""))
	}
	v := bundleConsentView{ID: b.ID}
	for _, c := range asks {
		agency := p.s.Agencies.Name(c.Service.Agency.Body, r.Lang)
		if agency == "" {
			agency = r.T("casework.consent.agency_later")
		}
		v.Options = append(v.Options, design.Option{Value: c.Service.ID, Label: c.Service.Title.In(r.Lang), Hint: r.T("casework.bundle.consent_item",
			"items", strings.Join(p.s.Registers.Items(c.Service, r.Lang), ", "), "agency", agency, "years", c.Service.Retention.Years)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "bundle-consent", Title: r.T("casework.bundle.consent_title"), Data: v, Active: "applications"})
}

func (p *Pages) bundleConsentSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if form.Get("agree") == "yes" && len(form["service"]) > 0 {
		switch err := p.s.AgreeBundle(r.Context(), r.Actor, id, form["service"]); {
		case kernel.Is(err, kernel.Unavailable):
			p.srv.Flash(w, "casework.bundle.register_later")
		case err != nil:
			return err
		default:
			p.srv.Flash(w, "casework.consent.filled")
		}
	}
	return p.srv.Redirect(w, r, bundlePath(id, ""))
}

// bundleAsked finds the question of the path.
func (p *Pages) bundleAsked(w http.ResponseWriter, r *web.Request) (*casework.Bundle, *casework.BundleQuestion, bool, error) {
	b, done, err := p.bundleByPath(w, r)
	if done || err != nil {
		return nil, nil, done, err
	}
	q, ok := b.Question(r.PathValue("question"), p.today())
	if !ok {
		return nil, nil, false, kernel.E(kernel.NotFound, "casework.error.no_question", nil)
	}
	return b, q, false, nil
}

func (p *Pages) bundleQuestion(w http.ResponseWriter, r *web.Request) error {
	b, q, done, err := p.bundleAsked(w, r)
	if done || err != nil {
		return err
	}
	v, err := p.viewQuestion(r, q.Lead().Case, q.Lead().Q, q.Value(), nil, nil)
	if err != nil {
		return err
	}
	return p.renderBundleQuestion(w, r, b, q, v, nil)
}

func (p *Pages) renderBundleQuestion(w http.ResponseWriter, r *web.Request, b *casework.Bundle, q *casework.BundleQuestion, v questionView, fail error) error {
	if q.Shared {
		var names []string
		for _, u := range q.Uses {
			if title := u.Case.Service.Title.In(r.Lang); u.Shown && !slices.Contains(names, title) {
				names = append(names, title)
			}
		}
		all := strings.Join(names, ", ")
		v.Service = kernel.Text{KO: all, EN: all}
	}
	v.Action, v.Home = bundlePath(b.ID, "questions/"+q.Key), bundlePath(b.ID, "")
	v.Back = v.Home
	all := b.Questions(p.today())
	v.Of = len(all)
	for i := range all {
		if all[i].Key == q.Key {
			v.At = i + 1
			if i > 0 {
				v.Back = bundleQuestionPath(b, &all[i-1])
			}
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "apply-question", Title: q.Lead().Q.Title.In(r.Lang) + " - " + r.T("casework.bundle.title"), Data: v,
		Active: "applications", Err: fail})
}

func (p *Pages) bundleQuestionSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	b, q, done, err := p.bundleAsked(w, r)
	if done || err != nil {
		return err
	}
	lead := q.Lead()
	value, err := read(lead.Q, form)
	if form.Get("confirm") != "" {
		value, err = q.Value(), nil // what was shown is right as it is
	}
	if err == nil {
		err = rename(p.s.AnswerBundle(r.Context(), r.Actor, b.ID, map[string]kernel.Value{q.Key: value}), q.Key, lead.Q.ID)
	}
	if kernel.Is(err, kernel.Invalid) {
		v, failed := p.viewQuestion(r, lead.Case, lead.Q, value, form, err)
		if failed != nil {
			return failed
		}
		return p.renderBundleQuestion(w, r, b, q, v, err)
	}
	if err != nil {
		return err
	}
	if form.Get("from") == "check" {
		return p.srv.Redirect(w, r, bundlePath(b.ID, "check"))
	}
	return p.bundleGoOn(w, r, b.ID, q.Key)
}

// bundleNext goes on with the first question that has no answer.
func (p *Pages) bundleNext(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	return p.bundleGoOn(w, r, id, "")
}

// bundleGoOn goes to the first question after this one that has no answer, else
// to any that needs one, else to the check page.
func (p *Pages) bundleGoOn(w http.ResponseWriter, r *web.Request, id kernel.ID, after string) error {
	b, err := p.s.OpenBundle(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	all := b.Questions(p.today())
	past := after == ""
	for i := range all {
		if past && !all[i].Answered() {
			return p.srv.Redirect(w, r, bundleQuestionPath(b, &all[i]))
		}
		past = past || all[i].Key == after
	}
	for i := range all {
		if !all[i].Answered() && !all[i].Optional() {
			return p.srv.Redirect(w, r, bundleQuestionPath(b, &all[i]))
		}
	}
	return p.srv.Redirect(w, r, bundlePath(id, "check"))
}

// bundleLeave takes one service out.
func (p *Pages) bundleLeave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	application, err := kernel.ParseID(form.Get("application"))
	if err != nil {
		return kernel.E(kernel.NotFound, "casework.error.no_case", err)
	}
	if err := p.s.LeaveBundle(r.Context(), r.Actor, id, application); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.bundle.left_done")
	return p.srv.Redirect(w, r, bundlePath(id, ""))
}

type bundleCheckView struct {
	ID       kernel.ID
	Event    string
	Key      string
	Services []checkedService
	Fee      kernel.Money
	Missing  bool
	Left     []string
}

type checkedService struct {
	ID       string // of the service: an error about all of it leads there
	Title    string
	Rows     []design.Row
	Fee      kernel.Money
	Doubts   []kernel.Text
	Cosigner string // who must confirm, in words
}

func (p *Pages) bundleCheck(w http.ResponseWriter, r *web.Request) error {
	b, done, err := p.bundleByPath(w, r)
	if done || err != nil {
		return err
	}
	return p.renderBundleCheck(w, r, b, p.key(), nil)
}

// renderBundleCheck shows all answers of all services, fees and who else must
// confirm, before the one act that hands everything in.
func (p *Pages) renderBundleCheck(w http.ResponseWriter, r *web.Request, b *casework.Bundle, key string, fail error) error {
	if len(b.Drafts()) == 0 {
		return p.srv.Redirect(w, r, bundlePath(b.ID, ""))
	}
	v := bundleCheckView{ID: b.ID, Event: p.eventTitle(r, b), Key: key, Left: p.left(r, b)}
	paths := map[string]string{} // of the question that an answer belongs to
	for _, q := range b.Questions(p.today()) {
		for _, u := range q.Uses {
			paths[u.Case.Service.ID+"."+u.Q.ID] = bundleQuestionPath(b, &q)
		}
		v.Missing = v.Missing || !q.Answered() && !q.Optional()
	}
	for _, c := range b.Drafts() {
		rows, err := p.answerRows(r, c, true)
		if err != nil {
			return err
		}
		for i := range rows {
			at := c.Service.ID + "." + rows[i].ID
			rows[i].ID, rows[i].Href = at, r.Link(paths[at])+"?from=check"
		}
		s := checkedService{ID: c.Service.ID, Title: c.Service.Title.In(r.Lang), Rows: rows}
		s.Fee, _ = p.feeRows(r, c)
		env := catalog.Env{Answers: c.Content.Answers, Facts: c.Content.Facts, Today: p.today()}
		_, no, _ := c.Service.Eligible(env)
		for _, rule := range no {
			s.Doubts = append(s.Doubts, rule.Else)
		}
		s.Cosigner = strings.Join(p.cosigners(r, c, env), ", ")
		v.Fee += s.Fee
		v.Services = append(v.Services, s)
	}
	return p.srv.Render(w, r, views, web.View{Template: "bundle-check", Title: r.T("casework.check.title"), Data: v, Active: "applications", Err: fail})
}

// cosigners names who must confirm before an application is received.
func (p *Pages) cosigners(r *web.Request, c *casework.Case, env catalog.Env) []string {
	var out []string
	for i := range c.Service.Parties {
		party := &c.Service.Parties[i]
		needed := party.When == nil || catalog.Eval(party.When, env) == catalog.Yes
		if party.Role != "cosigner" && party.Role != "witness" || !needed || !c.Content.Answers[party.Question].Known() {
			continue
		}
		q, ok := c.Service.Question(party.Question)
		if ok {
			out = append(out, party.Title.In(r.Lang)+" "+p.s.Words(q, c.Content.Answers[q.ID], c.Content.Known(), c.Files, r.Lang))
		}
	}
	return out
}

func (p *Pages) bundleSubmit(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	_, err = p.s.SubmitBundle(r.Context(), r.Actor, id, key)
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict || k == kernel.Unavailable) {
		b, oerr := p.s.OpenBundle(r.Context(), r.Actor, id)
		if oerr != nil {
			return oerr
		}
		return p.renderBundleCheck(w, r, b, p.key(), namedInBundle(r, b, err))
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, bundlePath(id, "done"))
}

// namedInBundle says in each line of an error which service and question it is
// about.
func namedInBundle(r *web.Request, b *casework.Bundle, err error) error {
	var e *kernel.Error
	if !errors.As(err, &e) {
		return err
	}
	out := kernel.E(e.Kind, e.Key, err)
	out.Args = e.Args
	for _, f := range e.Fields {
		service, question, _ := strings.Cut(f.Field, ".")
		i := slices.IndexFunc(b.Members, func(c *casework.Case) bool { return c.Service.ID == service })
		if i < 0 {
			out.Field(f.Field, f.Key, f.Args)
			continue
		}
		var args []any
		for k, v := range f.Args {
			args = append(args, k, v)
		}
		title := b.Members[i].Service.Title.In(r.Lang)
		if q, ok := b.Members[i].Service.Question(question); ok {
			title += " · " + q.Title.In(r.Lang)
		}
		out.Field(f.Field, "casework.check.wrong", map[string]any{"question": title, "message": r.T(f.Key, args...)})
	}
	return out
}

type bundleDoneView struct {
	Event string
	Guide string
	Rows  []doneRow
}

type doneRow struct {
	Title, Number, Agency, Due, DueISO, Status, Tone, Href, Document string
	Pay                                                              string
	Links                                                            []waitingParty
}

// bundleDone tells of each application its number, who is in charge and by when
// it is decided.
func (p *Pages) bundleDone(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	b, err := p.s.OpenBundle(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	if b.Status == casework.BundleOpen {
		return p.srv.Redirect(w, r, bundlePath(id, ""))
	}
	v := bundleDoneView{Event: p.eventTitle(r, b), Guide: "/life-events/" + b.Event}
	for _, c := range b.Members {
		row := doneRow{Title: c.Service.Title.In(r.Lang), Number: c.Number, Agency: p.s.Agencies.Name(c.Agency, r.Lang),
			Href: fmt.Sprintf("/applications/%s", c.ID), Document: c.Document}
		row.Status, row.Tone = p.status(r, c.Application)
		if c.DueAt > 0 && c.DecidedAt == 0 {
			row.Due, row.DueISO = i18n.DateTime(r.Lang, c.DueAt), c.DueAt.String()
		}
		if c.Status == casework.Payment {
			row.Pay = fmt.Sprintf("/applications/%s/pay", c.ID)
		}
		for _, party := range c.Parties {
			if party.Status == casework.PartyAsked {
				row.Links = append(row.Links, waitingParty{Name: party.Name, Link: p.public + r.Link("/signatures/"+string(party.ID))})
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return p.srv.Render(w, r, views, web.View{Template: "bundle-done", Title: r.T("casework.bundle.done_title"), Data: v, Active: "applications"})
}

// sister is an application that was handed in together with another.
type sister struct{ Title, Href, Status, Tone string }

func (p *Pages) sisters(r *web.Request, id kernel.ID) ([]sister, error) {
	l, err := p.s.Sisters(r.Context(), r.Actor, id)
	if err != nil {
		return nil, err
	}
	var out []sister
	for _, a := range l {
		title, err := p.title(r, a)
		if err != nil {
			return nil, err
		}
		s := sister{Title: title, Href: fmt.Sprintf("/applications/%s", a.ID)}
		s.Status, s.Tone = p.status(r, a)
		out = append(out, s)
	}
	return out, nil
}
