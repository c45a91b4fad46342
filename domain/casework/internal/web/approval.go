package web

import (
	"fmt"
	"net/http"
	"net/url"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/web"
)

// roundView is what a case's page shows and offers of agreeing to proposals.
type roundView struct {
	Steps     []design.Row // of the proposal that waits
	MayAgree  bool
	MayRecall bool
	Offices   []lineField // to choose a line from, empty when there is nobody
}

// lineField is one place in a line of approval.
type lineField struct {
	Kind, Label, Value string
	Options            []design.Option
}

// lineOrder are the places that the form offers, in their order.
var lineOrder = []string{casework.Review, casework.Agree, casework.Approve}

func (p *Pages) roundOf(r *web.Request, c *casework.Case, act string, form url.Values) (roundView, error) {
	var v roundView
	colleagues, err := p.s.Officials.Officials(r.Context(), c.Agency)
	if err != nil {
		return v, err
	}
	names := map[kernel.ID]string{}
	var options []design.Option
	for _, o := range colleagues {
		names[o.Account] = o.Name
		if o.Account != r.Actor.Account {
			options = append(options, design.Option{Value: string(o.Account), Label: o.Name})
		}
	}
	if c.Content.Pending != nil {
		round, err := p.s.RoundOf(r.Context(), r.Actor, c.Application)
		if err != nil {
			return v, err
		}
		v.MayAgree = round.Turn && c.Content.Pending.By != r.Actor.Account
		v.MayRecall = c.Content.Pending.By == r.Actor.Account || c.Assignee == r.Actor.Account
		for _, step := range round.Steps {
			row := design.Row{Key: r.T("casework.approval.kind." + step.Kind), Value: names[step.Account], Note: r.T("casework.approval.waits")}
			if row.Value == "" {
				row.Value = r.T("casework.desk.colleague")
			}
			switch {
			case step.AgreedAt > 0 && step.AgreedBy != step.Account:
				row.Note = r.T("casework.approval.agreed_for", "name", names[step.AgreedBy])
			case step.AgreedAt > 0:
				row.Note = r.T("casework.approval.agreed")
			}
			v.Steps = append(v.Steps, row)
		}
		return v, nil
	}
	if len(options) == 0 {
		return v, nil
	}
	last, err := p.s.Line(r.Context(), r.Actor, c.Agency, c.Application.Service)
	if err != nil {
		return v, err
	}
	for _, kind := range lineOrder {
		f := lineField{Kind: kind, Label: r.T("casework.approval.kind." + kind), Options: options}
		for _, step := range last {
			if step.Kind == kind {
				f.Value = string(step.Account)
			}
		}
		if act == "decision" {
			f.Value = form.Get("line-" + kind)
		}
		v.Offices = append(v.Offices, f)
	}
	return v, nil
}

// lineFrom reads the line out of a decision's form.
func lineFrom(form url.Values) []casework.Approver {
	var out []casework.Approver
	for _, kind := range lineOrder {
		if who := form.Get("line-" + kind); who != "" {
			out = append(out, casework.Approver{Kind: kind, Account: kernel.ID(who)})
		}
	}
	return out
}

func (p *Pages) deskRecall(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "recall", func(id kernel.ID, _ url.Values, key string) error {
		_, err := p.s.Recall(r.Context(), r.Actor, id, key)
		return err
	})
}

// approvals lists the proposals that wait for the official.
func (p *Pages) approvals(w http.ResponseWriter, r *web.Request) error {
	l, err := p.s.Approvals(r.Context(), r.Actor, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	var rows [][]any
	for _, a := range l {
		title, err := p.title(r, a)
		if err != nil {
			return err
		}
		urgency, tone := p.urgency(r, a)
		rows = append(rows, []any{design.Cell{Text: a.Number, Href: r.Link(fmt.Sprintf("/desk/cases/%s", a.ID))}, title, design.Cell{Tag: urgency, Tone: tone}})
	}
	return p.srv.Render(w, r, views, web.View{Template: "approvals", Title: r.T("casework.approval.title"), Data: rows, Active: "desk"})
}
