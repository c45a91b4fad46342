package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

type draftView struct {
	*editor.Work
	Title    kernel.Text
	State    state
	Rows     []design.Row
	Errors   int
	Warnings int
	Findings []findingLine
	Tasks    []design.Task
	Sources  []design.Task
	Events   []design.Event
	Online   bool
	Changes  int
	Waiting  string // why somebody who looks cannot decide
	SentBack string // what the second person wants put right
}

type findingLine struct {
	Text  string
	Where string // file and line
	Href  string
	Error bool
}

func (p *Pages) draft(w http.ResponseWriter, r *web.Request) error {
	d, err := p.open(r)
	if err != nil {
		return err
	}
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return err
	}
	v := draftView{Work: d, Title: d.InForce.Title, State: p.draftState(r, d.Draft), Errors: report.Errors, Warnings: len(report.Findings) - report.Errors,
		Events: p.timeline(r, d.Draft), Online: report.Service != nil && report.Service.Online, Changes: len(d.Changed())}
	started, _ := d.Last(editor.ActStarted)
	v.Rows = []design.Row{
		{Key: r.T("catalog.editor.draft.started"), Value: p.by(r, started), Note: i18n.DateTime(r.Lang, started.At)},
		{Key: r.T("catalog.editor.draft.last"), Value: p.by(r, d.LastAct()), Note: i18n.DateTime(r.Lang, d.ChangedAt)},
	}
	if d.State == editor.Proposed || d.State == editor.Approved {
		v.Rows = append(v.Rows, design.Row{Key: r.T("catalog.editor.draft.from"), Value: i18n.Date(r.Lang, d.From)}, design.Row{Key: r.T("catalog.editor.draft.why"), Value: d.Why})
	}
	v.Findings = p.findings(r, d.ID, report.Findings, 12)
	if d.State == editor.Open && d.Returned() {
		if a, ok := d.Last(editor.ActSentBack); ok {
			v.SentBack = a.Note
		}
	}
	if d.State == editor.Proposed && !d.MayReview {
		v.Waiting = r.T("catalog.editor.draft.waiting")
	}
	p.tasks(r, &v, report)
	return p.srv.Render(w, r, views, web.View{Template: "draft", Title: v.Title.In(r.Lang), Data: v, Active: nav(r)})
}

// tasks lists the sections, each with what the check says about it.
func (p *Pages) tasks(r *web.Request, v *draftView, report *editor.Report) {
	errors := map[string]int{}
	for _, f := range report.Findings {
		if f.Severity == catalog.Error {
			errors[sectionOf(v.Files, f)]++
		}
	}
	changed := changedSections(v.Work)
	for _, s := range sections {
		t := design.Task{Text: r.T("catalog.editor.section." + s.name), Hint: r.T("catalog.editor.section_hint." + s.name)}
		if v.MayWrite {
			t.Href = r.Link(draftPath(v.ID, "/edit/"+s.name))
		}
		switch n := errors[s.name]; {
		case n > 0:
			t.Status, t.Tone = r.T("catalog.editor.draft.errors", "n", n), "danger"
		case changed[s.name]:
			t.Status, t.Tone = r.T("catalog.editor.draft.changed"), "info"
		}
		v.Tasks = append(v.Tasks, t)
	}
	for _, name := range catalog.ServiceFiles() {
		t := design.Task{Text: name, Href: r.Link(draftPath(v.ID, "/files/"+name))}
		if _, ok := v.Changed()[name]; ok {
			t.Status, t.Tone = r.T("catalog.editor.draft.changed"), "info"
		}
		v.Sources = append(v.Sources, t)
	}
}

// findings are lines that lead to where they can be put right; the rest is
// counted by the page.
func (p *Pages) findings(r *web.Request, id kernel.ID, list []editor.Finding, most int) []findingLine {
	var out []findingLine
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b editor.Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	for _, f := range sorted {
		if len(out) == most {
			break
		}
		l := findingLine{Text: words(r, f.Message), Where: f.File, Error: f.Severity == catalog.Error}
		if f.Line > 0 {
			l.Where = r.T("catalog.editor.line", "file", f.File, "n", f.Line)
		}
		if !f.Elsewhere {
			l.Href = r.Link(draftPath(id, "/files/"+f.File))
			if f.Line > 0 {
				l.Href += "#L" + strconv.Itoa(f.Line)
			}
		}
		out = append(out, l)
	}
	return out
}

func (p *Pages) discard(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, err := p.open(r)
	if err != nil {
		return err
	}
	if err := p.s.Discard(r.Context(), r.Actor, d.ID, revision(form)); err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.discarded")
	return p.srv.Redirect(w, r, "/desk/services/"+d.Service)
}
