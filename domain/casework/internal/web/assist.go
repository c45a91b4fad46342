package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

func (p *Pages) registerAssist(page func(method, path, name string, who web.Audience, h web.Handler)) {
	const get, post = http.MethodGet, http.MethodPost
	page(get, "/counter/assist", "assist", web.Staff, p.assist)
	// A code ties an account to a person for good.
	p.srv.Page(web.Page{Method: post, Path: "/counter/assist", Name: "casework.assist_begin", For: web.Staff, Handler: p.assistBegin, Fresh: web.FreshAct,
		FreshIf: func(form url.Values) bool { return form.Get("code") != "" }})
	page(get, "/counter/assist/{id}", "assist_form", web.Staff, p.assistForm)
	page(post, "/counter/assist/{id}", "assist_save", web.Staff, p.assistSave)
	page(get, "/counter/assist/{id}/consent", "assist_consent", web.Staff, p.assistConsent)
	page(post, "/counter/assist/{id}/consent", "assist_consent_do", web.Staff, p.assistConsentDo)
	p.srv.Page(web.Page{Method: post, Path: "/counter/assist/{id}/files/{question}", Name: "casework.assist_file", For: web.Staff, Handler: p.assistFile, MaxBody: 64 << 20})
	page(get, "/counter/assist/{id}/check", "assist_check", web.Staff, p.assistCheck)
	page(post, "/counter/assist/{id}/submit", "assist_submit", web.Staff, p.assistSubmit)
	page(post, "/counter/assist/{id}/pay", "assist_pay", web.Staff, p.assistPay)
	page(get, "/counter/assist/{id}/receipt", "assist_receipt", web.Staff, p.assistReceipt)
	page(post, "/counter/assist/{id}/finish", "assist_finish", web.Staff, p.assistFinish)
	page(get, "/counter/assist/locked", "assist_locked", web.Staff, p.assistLocked)
}

type assistStart struct {
	Running                *casework.Assist
	Agencies, Services     []design.Option
	Regions                []design.Option
	Agency, Service, Code  string
	Name, Sex, Region, Key string
	Y, M, D                string
}

func (p *Pages) assist(w http.ResponseWriter, r *web.Request) error {
	return p.renderAssist(w, r, url.Values{}, nil)
}

func (p *Pages) renderAssist(w http.ResponseWriter, r *web.Request, form url.Values, fail error) error {
	own := r.Actor.Agencies(authz.Official)
	if len(own) == 0 {
		return kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	}
	v := assistStart{Agency: form.Get("agency"), Service: form.Get("service"), Code: form.Get("code"), Name: form.Get("name"), Sex: form.Get("sex"),
		Region: form.Get("region"), Y: form.Get("birth-year"), M: form.Get("birth-month"), D: form.Get("birth-day"), Key: form.Get("key")}
	if v.Key == "" {
		v.Key = p.key()
	}
	var err error
	if v.Running, err = p.s.AssistRunning(r.Context(), r.Actor); err != nil {
		return err
	}
	if len(own) > 1 {
		for _, id := range own {
			v.Agencies = append(v.Agencies, design.Option{Value: id, Label: p.s.Agencies.Name(id, r.Lang)})
		}
	}
	for _, svc := range p.s.Catalog.Online() {
		v.Services = append(v.Services, design.Option{Value: svc.ID, Label: svc.Title.In(r.Lang)})
	}
	for _, g := range p.s.Agencies.Regions(p.today(), r.Lang) {
		for _, c := range g.Choices {
			v.Regions = append(v.Regions, design.Option{Value: c.Value, Label: c.Text})
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "assist", Title: r.T("casework.assist.title"), Data: v, Active: "desk", Err: fail, Secret: true})
}

func (p *Pages) assistBegin(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	birth, err := web.FormDate(form, "birth")
	var v *casework.Assist
	if err == nil {
		v, err = p.s.AssistBegin(r.Context(), r.Actor, key, casework.AssistInput{Agency: form.Get("agency"), Service: form.Get("service"),
			Card: casework.Card{Name: form.Get("name"), Birth: birth, Sex: form.Get("sex"), Region: form.Get("region"), Code: form.Get("code")}})
	}
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict || k == kernel.Limited) {
		return p.renderAssist(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, assistPath(v.ID, ""))
}

func assistPath(id kernel.ID, page string) string {
	return fmt.Sprintf("/counter/assist/%s%s", id, page)
}

type assistField struct {
	Q       *catalog.Question
	Kind    string
	Value   kernel.Value
	Text    string // what stands in a text field
	Typed   map[string]string
	Other   string
	Options []design.Option
	Counts  []countField
	Days    []openDay
	Place   string // name of the office that receives, "" while it is open
	Files   []casework.FileView
	Words   string
	Source  string
}

type assistView struct {
	*casework.Assisted
	Title   string
	Agency  string
	Asks    bool // registers could fill something in
	Items   []string
	Fields  []assistField
	Rows    []design.Row
	Fee     kernel.Money
	FeeRows []feeRow
	Key     string
	Form    url.Values
	Years   int
	Status  string
}

// Of is what was typed into the failed form.
func (v assistView) Of(field string) string { return v.Form.Get(field) }

// attended opens the session of the path with what all its pages show.
func (p *Pages) attended(r *web.Request) (*assistView, error) {
	id, err := pathID(r, "id")
	if err != nil {
		return nil, err
	}
	a, err := p.s.AssistOpen(r.Context(), r.Actor, id)
	if err != nil {
		return nil, err
	}
	v := &assistView{Assisted: a, Title: a.Case.Service.Title.In(r.Lang), Agency: p.s.Agencies.Name(a.Assist.Agency, r.Lang), Key: p.key(),
		Items: p.s.Registers.Items(a.Case.Service, r.Lang), Years: a.Case.Service.Retention.Years}
	if len(v.Items) > 0 {
		agreed, err := p.s.Registers.Consented(r.Context(), a.Who, a.Case.Service.ID)
		if err != nil {
			return nil, err
		}
		v.Asks = !agreed
	}
	return v, nil
}

func (p *Pages) showAssist(w http.ResponseWriter, r *web.Request, template, title string, v *assistView, fail error) error {
	return p.srv.Render(w, r, views, web.View{Template: template, Title: r.T(title) + " - " + v.Title, Data: v, Active: "desk", Err: fail, Secret: true})
}

func (p *Pages) assistForm(w http.ResponseWriter, r *web.Request) error {
	return p.renderAssistForm(w, r, nil, nil)
}

func (p *Pages) renderAssistForm(w http.ResponseWriter, r *web.Request, form url.Values, fail error) error {
	v, err := p.attended(r)
	if err != nil {
		return err
	}
	if v.Case.Status != casework.Draft {
		return p.srv.Redirect(w, r, assistPath(v.ID, "/receipt"))
	}
	c := v.Case
	members := c.Content.Known()
	own := *r
	own.Actor = v.Who // choices leave the applicant out where nobody confirms to themselves
	for _, q := range c.Content.Shown(c.Service, p.today()) {
		f := assistField{Q: q, Kind: q.Type, Value: c.Content.Answers[q.ID], Options: p.choices(&own, c.Service, q, members)}
		if form != nil && q.Type != "file" {
			if typed, err := read(q, form); err == nil {
				f.Value = typed
			}
			f.Typed = map[string]string{"year": form.Get(q.ID + "-year"), "month": form.Get(q.ID + "-month"), "day": form.Get(q.ID + "-day")}
		}
		f.Text = f.Value.Text()
		switch q.Type {
		case "counts":
			f.Counts = countFields(r, q, f.Value, form)
		case "list":
			f.Text = lines(f.Value)
		case "slot":
			days, agency, err := p.s.Openings(r.Context(), c)
			if err != nil {
				return err
			}
			f.Days, f.Place = openDays(r, days, f.Text), p.s.Agencies.Name(agency, r.Lang)
		}
		if q.Type == "persons" || q.Type == "person" {
			for i, name := range typedNames(f.Value, members) {
				if i > 0 {
					f.Other += "\n"
				}
				f.Other += name
			}
		}
		for _, file := range c.Files {
			if file.Question == q.ID {
				f.Files = append(f.Files, file)
			}
		}
		if src, ok := c.Content.Sources[q.ID]; ok && !src.Disputed {
			f.Source = r.T("casework.source.note", "registry", p.s.Registers.Registry(src.Registry, r.Lang), "date", src.AsOf)
		}
		v.Fields = append(v.Fields, f)
	}
	return p.showAssist(w, r, "assist-form", "casework.assist.form", v, fail)
}

func (p *Pages) assistSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	v, err := p.attended(r)
	if err != nil {
		return err
	}
	shown := v.Case.Content.Shown(v.Case.Service, p.today())
	answers := map[string]kernel.Value{}
	wrong := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	for _, q := range shown {
		if q.Type == "file" {
			continue
		}
		val, err := read(q, form)
		var e *kernel.Error
		switch {
		case errors.As(err, &e) && e.Kind == kernel.Invalid:
			wrong.Fields = append(wrong.Fields, e.Fields...)
		case err != nil:
			return err
		default:
			answers[q.ID] = val
		}
	}
	err = p.s.AssistAnswer(r.Context(), r.Actor, v.ID, answers)
	var e *kernel.Error
	if errors.As(err, &e) && e.Kind == kernel.Invalid {
		wrong.Fields = append(wrong.Fields, e.Fields...)
	} else if err != nil {
		return err
	}
	if len(wrong.Fields) > 0 {
		return p.renderAssistForm(w, r, form, wrong)
	}
	// An answer may bring another question.
	if v, err = p.attended(r); err != nil {
		return err
	}
	for _, q := range v.Case.Content.Shown(v.Case.Service, p.today()) {
		if _, asked := v.Case.Content.Answers[q.ID]; !asked && !q.Optional {
			p.srv.Flash(w, "casework.assist.more")
			return p.srv.Redirect(w, r, assistPath(v.ID, ""))
		}
	}
	return p.srv.Redirect(w, r, assistPath(v.ID, "/check"))
}

func (p *Pages) assistFile(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	took := 0
	_, err = r.ParseMultipart(func(_ url.Values, f web.File) error {
		took++
		_, err := p.s.AssistAttach(r.Context(), r.Actor, id, r.PathValue("question"), f.Name, f.Body)
		return err
	})
	if err == nil && took == 0 {
		err = kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("file", "casework.answer.missing.file", nil)
	}
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.TooLarge || k == kernel.Limited) {
		return p.renderAssistForm(w, r, nil, rename(ofFile(err), "file", "file-"+r.PathValue("question")))
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.file.added")
	return p.srv.Redirect(w, r, assistPath(id, ""))
}

func (p *Pages) assistConsent(w http.ResponseWriter, r *web.Request) error {
	return p.renderAssistConsent(w, r, url.Values{}, nil)
}

func (p *Pages) renderAssistConsent(w http.ResponseWriter, r *web.Request, form url.Values, fail error) error {
	v, err := p.attended(r)
	if err != nil {
		return err
	}
	v.Form = form
	return p.showAssist(w, r, "assist-consent", "casework.assist.consent", v, fail)
}

func (p *Pages) assistConsentDo(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	err = p.s.AssistConsent(r.Context(), r.Actor, id, key, form.Get("how"), form.Get("code"), form.Get("paper"))
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Limited) {
		return p.renderAssistConsent(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.assist.agreed")
	return p.srv.Redirect(w, r, assistPath(id, ""))
}

func (p *Pages) assistCheck(w http.ResponseWriter, r *web.Request) error {
	return p.renderAssistCheck(w, r, nil)
}

func (p *Pages) renderAssistCheck(w http.ResponseWriter, r *web.Request, fail error) error {
	v, err := p.attended(r)
	if err != nil {
		return err
	}
	if v.Case.Status != casework.Draft {
		return p.srv.Redirect(w, r, assistPath(v.ID, "/receipt"))
	}
	v.Fee, v.FeeRows = p.feeRows(r, v.Case)
	if v.Rows, err = p.answerRows(r, v.Case, false); err != nil {
		return err
	}
	return p.showAssist(w, r, "assist-check", "casework.check.title", v, fail)
}

func (p *Pages) assistSubmit(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	_, err = p.s.AssistSubmit(r.Context(), r.Actor, id, key)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderAssistCheck(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, assistPath(id, "/receipt"))
}

func (p *Pages) assistPay(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if _, err := p.s.AssistPay(r.Context(), r.Actor, id); err != nil {
		return err
	}
	return p.srv.Redirect(w, r, assistPath(id, "/receipt"))
}

func (p *Pages) assistReceipt(w http.ResponseWriter, r *web.Request) error {
	v, err := p.attended(r)
	if err != nil {
		return err
	}
	if v.Case.Status == casework.Draft {
		return p.srv.Redirect(w, r, assistPath(v.ID, ""))
	}
	v.Agency = p.s.Agencies.Name(v.Case.Agency, r.Lang)
	v.Fee, v.FeeRows = p.feeRows(r, v.Case)
	v.Status, _ = p.status(r, v.Case.Application)
	return p.showAssist(w, r, "assist-receipt", "casework.assist.receipt", v, nil)
}

// assistFinish ends the session and leaves a screen that shows nobody.
func (p *Pages) assistFinish(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.AssistFinish(r.Context(), r.Actor, id); err != nil {
		return err
	}
	// What the browser kept of the person's pages goes; "back" shows nothing.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return p.srv.Redirect(w, r, "/counter/assist/locked")
}

func (p *Pages) assistLocked(w http.ResponseWriter, r *web.Request) error {
	return p.srv.Render(w, r, views, web.View{Template: "assist-locked", Title: r.T("casework.assist.locked"), Active: "desk"})
}
