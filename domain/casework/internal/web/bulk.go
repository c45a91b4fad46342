package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// bulkView is the page that chooses cases and an act, and the one that shows
// what it would do.
type bulkView struct {
	Cases      []design.Option
	Chosen     []string
	Acts       []design.Option
	Colleagues []design.Option
	Decisions  []design.Option
	Blanks     []string
	Form       url.Values
	Key        string
	Act        string // in words
	Rows       [][]any
	Can        int
}

// mostOnPage is how many cases the page offers.
const mostOnPage = 100

func (p *Pages) bulk(w http.ResponseWriter, r *web.Request) error {
	return p.renderBulk(w, r, url.Values{"case": r.URL.Query()["case"]}, nil)
}

func (p *Pages) renderBulk(w http.ResponseWriter, r *web.Request, form url.Values, fail error) error {
	mine := r.Actor.Agencies(authz.Official)
	if len(mine) == 0 {
		return kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	}
	l, err := p.s.Desk(r.Context(), r.Actor, casework.DeskQuery{ByDue: true, Limit: mostOnPage})
	if err != nil {
		return err
	}
	v := bulkView{Form: form, Chosen: form["case"], Blanks: casework.Blanks}
	for _, a := range l {
		title, err := p.title(r, a)
		if err != nil {
			return err
		}
		status, _ := p.status(r, a)
		urgency, _ := p.urgency(r, a)
		v.Cases = append(v.Cases, design.Option{Value: string(a.ID), Label: a.Number + " " + title, Hint: status + " · " + urgency})
	}
	for _, act := range casework.BulkActs {
		v.Acts = append(v.Acts, design.Option{Value: act, Label: r.T("casework.bulk.act." + act)})
	}
	colleagues, err := p.s.Officials.Officials(r.Context(), mine[0])
	if err != nil {
		return err
	}
	for _, o := range colleagues {
		if o.Account != r.Actor.Account {
			v.Colleagues = append(v.Colleagues, design.Option{Value: string(o.Account), Label: o.Name})
		}
	}
	for _, d := range []string{casework.Accepted, casework.Granted, casework.Replied} {
		v.Decisions = append(v.Decisions, design.Option{Value: d, Label: r.T("casework.decision." + d)})
	}
	return p.srv.Render(w, r, views, web.View{Template: "bulk", Title: r.T("casework.bulk.title"), Data: v, Active: "desk", Err: fail})
}

func orderFrom(form url.Values) casework.BulkOrder {
	o := casework.BulkOrder{Act: form.Get("act"), To: kernel.ID(form.Get("to")), Decision: form.Get("decision"), Text: form.Get("text")}
	for _, id := range form["case"] {
		if id, err := kernel.ParseID(id); err == nil {
			o.Cases = append(o.Cases, id)
		}
	}
	return o
}

func (p *Pages) bulkPreview(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	o := orderFrom(form)
	lines, err := p.s.Preview(r.Context(), r.Actor, o)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderBulk(w, r, form, err)
	}
	if err != nil {
		return err
	}
	v := bulkView{Form: form, Key: p.key(), Act: r.T("casework.bulk.act." + o.Act)}
	for _, line := range lines {
		number := design.Cell{Text: "–"} // of another desk: nothing is told of it
		if line.Number != "" {
			number = design.Cell{Text: line.Number, Href: r.Link(fmt.Sprintf("/desk/cases/%s", line.ID))}
		}
		row := []any{number, line.Title.In(r.Lang)}
		if line.Why != nil {
			why := line.Why.Key
			if len(line.Why.Fields) > 0 {
				why = line.Why.Fields[0].Key
			}
			row = append(row, design.Cell{Tag: r.T("casework.bulk.cannot"), Tone: "warning"}, p.why(r, why, line.Why.Args))
		} else {
			v.Can++
			v.Chosen = append(v.Chosen, string(line.ID))
			row = append(row, design.Cell{Tag: r.T("casework.bulk.can"), Tone: "success"}, line.Text)
		}
		v.Rows = append(v.Rows, row)
	}
	return p.srv.Render(w, r, views, web.View{Template: "bulk-preview", Title: r.T("casework.bulk.preview"), Data: v, Active: "desk"})
}

// why is an error in words; a status in it is told in words too.
func (p *Pages) why(r *web.Request, key string, args map[string]any) string {
	if s, ok := args["status"].(string); ok {
		return r.T("casework.bulk.status", "status", r.T("casework.status."+s))
	}
	if !p.s.Texts.Has(key) {
		return r.T("casework.error.no_case")
	}
	return p.s.Texts.TMap(r.Lang, key, args)
}

func (p *Pages) bulkOrder(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	b, err := p.s.Order(r.Context(), r.Actor, key, orderFrom(form))
	if kernel.Is(err, kernel.Invalid) {
		return p.renderBulk(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/bulk/%s", b.ID))
}

type bulkDoneView struct {
	*casework.Bulk
	Act   string
	Rows  [][]any
	Waits bool
	At    string // when it begins
}

func (p *Pages) bulkDone(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	b, o, err := p.s.Bulk(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	v := bulkDoneView{Bulk: b, Act: r.T("casework.bulk.act." + o.Act), Waits: b.Status == casework.BulkWaiting, At: i18n.TimeOfDay(r.Lang, b.RunAt)}
	for _, c := range b.Cases {
		cell := design.Cell{Tag: r.T("casework.bulk.waits"), Tone: "neutral"}
		switch {
		case c.Outcome == "done":
			cell = design.Cell{Tag: r.T("casework.bulk.done"), Tone: "success"}
		case c.Outcome != "":
			cell = design.Cell{Tag: p.why(r, c.Outcome, nil), Tone: "warning"}
		case b.Status == casework.BulkUndone:
			cell = design.Cell{Tag: r.T("casework.bulk.undone"), Tone: "neutral"}
		}
		number, err := p.s.NumberOf(r.Context(), c.Application)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, []any{design.Cell{Text: cmp.Or(number, string(c.Application)), Href: r.Link(fmt.Sprintf("/desk/cases/%s", c.Application))}, cell})
	}
	slices.SortStableFunc(v.Rows, func(a, b []any) int { return cmp.Compare(a[0].(design.Cell).Text, b[0].(design.Cell).Text) })
	return p.srv.Render(w, r, views, web.View{Template: "bulk-done", Title: v.Act, Data: v, Active: "desk"})
}

func (p *Pages) bulkUndo(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.Undo(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.bulk.undone_all")
	return p.srv.Redirect(w, r, fmt.Sprintf("/desk/bulk/%s", id))
}
