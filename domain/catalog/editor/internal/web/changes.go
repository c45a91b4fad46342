package web

import (
	"net/http"

	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

type changesView struct {
	*editor.Work
	Title    kernel.Text
	Diffs    []editor.FileDiff
	Report   *editor.Report
	Findings []findingLine
	Waiting  string
	Date     string
	Passed   bool // the date has passed: it would be today
	Note     string
}

// changes shows what a draft changes, and to the second person what to decide.
func (p *Pages) changes(w http.ResponseWriter, r *web.Request) error {
	d, err := p.open(r)
	if err != nil {
		return err
	}
	return p.showChanges(w, r, d, "", nil)
}

func (p *Pages) showChanges(w http.ResponseWriter, r *web.Request, d *editor.Work, note string, fail error) error {
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return err
	}
	v := changesView{Work: d, Title: d.InForce.Title, Diffs: d.Diff(), Report: report, Findings: p.findings(r, d.ID, report.Findings, 40), Note: note}
	if !d.From.IsZero() {
		v.Date, v.Passed = i18n.Date(r.Lang, d.From), d.State == editor.Proposed && d.From.Before(p.s.Today())
	}
	if d.State == editor.Proposed && d.WhyNot != nil {
		v.Waiting = r.T("catalog.editor.draft.waiting")
	}
	return p.srv.Render(w, r, views, web.View{Template: "changes", Title: r.T("catalog.editor.changes.title"), Data: v, Active: nav(r), Err: fail})
}

func (p *Pages) sendBack(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, err := p.open(r)
	if err != nil {
		return err
	}
	err = p.s.SendBack(r.Context(), r.Actor, d.ID, revision(form), form.Get("note"))
	if kernel.Is(err, kernel.Invalid) {
		return p.showChanges(w, r, d, form.Get("note"), err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.sent_back")
	return p.srv.Redirect(w, r, draftPath(d.ID, ""))
}

type proposeView struct {
	*editor.Work
	Title                  kernel.Text
	From                   kernel.Date
	Year, Month, Day, Why  string
	Errors, Warnings, Diff int
	Shared                 bool
}

func (p *Pages) propose(w http.ResponseWriter, r *web.Request) error {
	d, err := p.open(r)
	if err != nil {
		return err
	}
	return p.showPropose(w, r, d, proposeView{From: p.s.Today(), Why: d.Why}, nil)
}

func (p *Pages) showPropose(w http.ResponseWriter, r *web.Request, d *editor.Work, v proposeView, fail error) error {
	if !d.MayWrite {
		return kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
	}
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return err
	}
	v.Work, v.Title, v.Errors, v.Warnings, v.Diff = d, d.InForce.Title, report.Errors, len(report.Findings)-report.Errors, len(d.Changed())
	v.Shared = d.InForce.Agency.By != "nationwide"
	return p.srv.Render(w, r, views, web.View{Template: "propose", Title: r.T("catalog.editor.propose.title"), Data: v, Active: nav(r), Err: fail})
}

func (p *Pages) proposeDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, err := p.open(r)
	if err != nil {
		return err
	}
	from, err := web.FormDate(form, "from")
	if err == nil {
		err = p.s.Propose(r.Context(), r.Actor, d.ID, revision(form), from, form.Get("why"))
	}
	if kernel.Is(err, kernel.Invalid) {
		return p.showPropose(w, r, d, proposeView{From: from, Year: form.Get("from-year"), Month: form.Get("from-month"), Day: form.Get("from-day"), Why: form.Get("why")}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.proposed")
	return p.srv.Redirect(w, r, draftPath(d.ID, ""))
}

type mergeView struct {
	*editor.Work
	Title kernel.Text
	Parts []mergePart
}

type mergePart struct {
	editor.Collision
	Name, Choice string
}

func (p *Pages) merge(w http.ResponseWriter, r *web.Request) error {
	d, err := p.open(r)
	if err != nil {
		return err
	}
	return p.showMerge(w, r, d, nil, nil)
}

func (p *Pages) showMerge(w http.ResponseWriter, r *web.Request, d *editor.Work, chosen map[string]string, fail error) error {
	v := mergeView{Work: d, Title: d.InForce.Title}
	for _, c := range d.Collisions {
		name := c.File
		if c.Field != "" {
			name = fieldName(r, c.Field)
		}
		v.Parts = append(v.Parts, mergePart{c, name, chosen[c.Key()]})
	}
	return p.srv.Render(w, r, views, web.View{Template: "merge", Title: r.T("catalog.editor.merge.title"), Data: v, Active: nav(r), Err: fail})
}

func (p *Pages) mergeSave(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, err := p.open(r)
	if err != nil {
		return err
	}
	choices := map[string]string{}
	for _, c := range d.Collisions {
		choices[c.Key()] = form.Get(c.Key())
	}
	err = p.s.Resolve(r.Context(), r.Actor, d.ID, revision(form), choices)
	if kernel.Is(err, kernel.Invalid) {
		return p.showMerge(w, r, d, choices, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.merged")
	return p.srv.Redirect(w, r, draftPath(d.ID, ""))
}
