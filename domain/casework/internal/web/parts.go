package web

import (
	"net/url"
	"strings"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/web"
)

// partForm is what an official fills in for one entry.
type partForm struct {
	Name, Entry              string
	Decision, Ground, Reason string // names of the inputs
	Options, Grounds         []design.Option
	Chosen, Why              string
	Picked                   kernel.Value
}

// partForms puts the entries of a case that is decided in parts, and the
// grounds that its service names, on the desk's page.
func (p *Pages) partForms(r *web.Request, v *caseView) {
	var grounds []design.Option
	for _, g := range v.Service.Grounds {
		name := g.Law.Name
		if r.Lang == kernel.EN && g.Law.NameEN != "" {
			name = g.Law.NameEN
		}
		grounds = append(grounds, design.Option{Value: g.ID, Label: name + " " + g.Law.Article, Hint: g.Text.In(r.Lang)})
	}
	entries := v.Entries()
	if len(entries) == 0 {
		if len(grounds) > 0 {
			v.Grounds = append(grounds, design.Option{Value: "", Label: r.T("casework.desk.ground_other"), Divider: true})
		}
		return
	}
	v.Decisions = partChoices(r, v)
	for i, e := range entries {
		f := partForm{Name: casework.PartField(i, "title"), Entry: e, Decision: casework.PartField(i, "decision"), Ground: casework.PartField(i, "grounds"),
			Reason: casework.PartField(i, "reason"), Grounds: grounds,
			Options: []design.Option{{Value: casework.Granted, Label: r.T("casework.parts.granted")}, {Value: casework.Refused, Label: r.T("casework.parts.refused")}}}
		for _, d := range v.Content.Parts { // an objection starts from what was decided
			if d.Entry == e {
				f.Chosen, f.Why, f.Picked = d.Decision, d.Reason, kernel.SetOf(d.Grounds...)
			}
		}
		if v.Act == "decision" {
			f.Chosen, f.Why, f.Picked = v.Form.Get(f.Decision), v.Form.Get(f.Reason), kernel.SetOf(v.Form[f.Ground]...)
		}
		v.Parts = append(v.Parts, f)
	}
}

// partChoices are the decisions beside the one that follows from the parts.
func partChoices(r *web.Request, v *caseView) []design.Option {
	out := []design.Option{{Value: "", Label: r.T("casework.parts.follow"), Hint: r.T("casework.parts.follow_hint")}}
	for _, o := range v.Decisions {
		switch o.Value {
		case casework.Granted, casework.PartlyGranted, casework.Refused:
		default:
			out = append(out, o)
		}
	}
	return out
}

// decisionOf reads a decision out of the desk's form.
func decisionOf(form url.Values) casework.Decision {
	d := casework.Decision{Decision: form.Get("decision"), Reason: form.Get("reason"), Law: form.Get("law"), Line: lineFrom(form)}
	if g := form.Get("ground"); g != "" {
		d.Grounds = []string{g}
	}
	for i, e := range form["entry"] {
		d.Parts = append(d.Parts, casework.PartDecision{Entry: e, Decision: form.Get(casework.PartField(i, "decision")),
			Grounds: form[casework.PartField(i, "grounds")], Reason: form.Get(casework.PartField(i, "reason"))})
	}
	return d
}

// takingRows says whom an application is about and who receives what it
// brings, a line each.
func (p *Pages) takingRows(r *web.Request, c *casework.Case) []design.Row {
	var out []design.Row
	for _, t := range p.s.Taking(c) {
		out = append(out, design.Row{Key: t.Title.In(r.Lang), Value: strings.Join(t.Names, ", "), Note: r.T("casework.role." + t.Role)})
	}
	return out
}

// next is what the service itself says comes now.
func next(c *casework.Case) []kernel.Text {
	switch c.Status {
	case casework.Decided:
		return c.Service.NoticesOn(c.Decision)
	case casework.Submitted, casework.InReview, casework.Correction, casework.SecondLook:
		return c.Service.NoticesOn("submitted")
	}
	return nil
}
