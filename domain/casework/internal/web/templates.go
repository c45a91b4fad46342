package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n/plain"
	"maru/platform/web"
)

// wording is what could be plainer in a text that was checked.
type wording struct {
	Checked  bool
	Findings []plain.Finding
}

// replyView is what a case's page offers for answering: the agency's texts, the
// one that was chosen, and what could be plainer in it.
type replyView struct {
	wording
	Options []design.Option
	Chosen  string
	Text    string
}

// reply reads the templates that fit the case and fills in the chosen one. A
// text that was typed and sent for a check comes back with the findings.
func (p *Pages) reply(r *web.Request, c *casework.Case, form url.Values) (replyView, error) {
	var v replyView
	l, err := p.s.Templates(r.Context(), r.Actor, c.Agency, c.Application.Service)
	if err != nil {
		return v, err
	}
	v.Chosen = r.URL.Query().Get("template")
	for _, t := range l {
		v.Options = append(v.Options, design.Option{Value: string(t.ID), Label: t.Title})
		if string(t.ID) == v.Chosen {
			v.Text = p.s.Fill(t, c, r.Lang)
		}
	}
	if text, err := p.inspectionReason(r, c); err != nil || text != "" {
		v.Text = text
		if err != nil {
			return v, err
		}
	}
	switch {
	case form.Get("check") != "":
		v.Checked, v.Findings = true, casework.Wording(form.Get("reason"))
	case v.Text != "":
		v.Checked, v.Findings = true, casework.Wording(v.Text)
	}
	return v, nil
}

type templatesView struct {
	wording
	Agency   string
	Rows     [][]any
	Services []design.Option
	Blanks   []design.Option
	ID       kernel.ID // "" for a new one
	Form     url.Values
}

func (p *Pages) templates(w http.ResponseWriter, r *web.Request) error {
	return p.renderTemplates(w, r, "", url.Values{}, nil)
}

func (p *Pages) template(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	t, err := p.s.Template(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	form := url.Values{"title": {t.Title}, "service": {t.Service}, "body": {t.Body}, "rev": {strconv.FormatInt(t.Rev, 10)}, "check": {"wording"}}
	return p.renderTemplates(w, r, t.ID, form, nil)
}

func (p *Pages) renderTemplates(w http.ResponseWriter, r *web.Request, id kernel.ID, form url.Values, fail error) error {
	mine := r.Actor.Agencies(authz.Official)
	if len(mine) == 0 {
		return kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	}
	l, err := p.s.Templates(r.Context(), r.Actor, "", "")
	if err != nil {
		return err
	}
	v := templatesView{Agency: p.s.Agencies.Name(mine[0], r.Lang), ID: id, Form: form}
	for _, b := range casework.Blanks {
		v.Blanks = append(v.Blanks, design.Option{Value: b, Label: r.T("casework.blank." + strings.Trim(b, "{}"))})
	}
	if form.Get("check") != "" || fail != nil {
		v.Checked, v.Findings = form.Get("body") != "", casework.Wording(form.Get("body"))
	}
	for _, s := range p.s.Catalog.Online() {
		v.Services = append(v.Services, design.Option{Value: s.ID, Label: s.Title.In(r.Lang)})
	}
	slices.SortFunc(v.Services, func(a, b design.Option) int { return cmp.Compare(a.Label, b.Label) })
	for _, t := range l {
		name := r.T("casework.template.every")
		if i := slices.IndexFunc(v.Services, func(o design.Option) bool { return o.Value == t.Service }); i >= 0 {
			name = v.Services[i].Label
		}
		v.Rows = append(v.Rows, []any{design.Cell{Text: t.Title, Href: r.Link(fmt.Sprintf("/desk/templates/%s", t.ID))}, name})
	}
	return p.srv.Render(w, r, views, web.View{Template: "templates", Title: r.T("casework.template.title"), Data: v, Active: "desk", Err: fail})
}

func (p *Pages) templateSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	var id kernel.ID
	if r.PathValue("id") != "" {
		if id, err = pathID(r, "id"); err != nil {
			return err
		}
	}
	if form.Get("check") != "" {
		return p.renderTemplates(w, r, id, form, nil)
	}
	rev, _ := strconv.ParseInt(form.Get("rev"), 10, 64) // nonsense is a revision that never was
	t, err := p.s.SaveTemplate(r.Context(), r.Actor, casework.Template{ID: id, Service: form.Get("service"), Title: form.Get("title"), Body: form.Get("body"), Rev: rev})
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict) {
		return p.renderTemplates(w, r, id, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.template.saved")
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/templates/%s", t.ID))
}

func (p *Pages) templateRemove(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.DeleteTemplate(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.template.removed")
	return p.srv.Redirect(w, r, "/desk/templates")
}
