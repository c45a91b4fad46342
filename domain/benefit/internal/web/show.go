package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/design"
	"maru/kernel"
	"maru/platform/web"
)

type checkPage struct {
	Members  int
	Carried  []carry
	Skipped  []string
	Question *question
	Yes      []Programme
	Maybe    []Programme
	No       []Programme
	Answered int
	Others   *Others
	// Place asks where somebody lives, where that is not the question anyway.
	Place *question
}

// carry is a fact that was told.
type carry struct{ Ref, Value string }

type question struct {
	Ref, Kind, Label, Hint, Suffix string
	Options                        []design.Option
	Value                          any
	Year, Month, Day               string
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, t Told, got *Checked, form url.Values, fail error) error {
	page := checkPage{Members: t.Members, Skipped: t.Skipped, Carried: carriedOn(t), Yes: label(r, t, got.Yes), Maybe: label(r, t, got.Maybe), No: label(r, t, got.No)}
	page.Answered = len(page.Carried)
	if got.Ask != "" {
		page.Question = p.question(r, t, got.Ask)
		if fail != nil {
			q := page.Question
			q.Value = kernel.TextOf(form.Get("answer"))
			q.Year, q.Month, q.Day = form.Get("answer-year"), form.Get("answer-month"), form.Get("answer-day")
		}
	}
	var err error
	if page.Others, err = p.others(r, t, Asked{Limit: fewOthers}); err != nil {
		return err
	}
	if page.Others != nil && page.Others.NoPlace && got.Ask != placeRef {
		page.Place = p.question(r, t, placeRef)
	}
	return p.srv.Render(w, r, views, web.View{Template: "check", Title: r.T("benefit.page.title"), Active: "benefits", Data: page, Err: fail})
}

// carriedOn are the facts that a form carries on, in order.
func carriedOn(t Told) []carry {
	var out []carry
	for ref, v := range t.Facts {
		if ref != "household.household_size" {
			out = append(out, carry{ref, carried(v)})
		}
	}
	slices.SortFunc(out, func(a, b carry) int { return strings.Compare(a.Ref, b.Ref) })
	return out
}

// question is how a fact is asked for.
func (p *pages) question(r *web.Request, t Told, ref string) *question {
	fact, member, _ := p.src.Fact(ref)
	q := &question{Ref: ref, Kind: "text", Label: fact.Title.In(r.Lang)}
	if member != "" {
		q.Label = r.T("benefit.page.of", "who", who(r, t, member), "what", q.Label)
	}
	switch fact.Type {
	case "bool":
		q.Kind = "radios"
		q.Options = []design.Option{{Value: "true", Label: r.T("benefit.page.yes")}, {Value: "false", Label: r.T("benefit.page.no")}}
	case "enum":
		q.Kind = "radios"
		for _, m := range fact.Members {
			q.Options = append(q.Options, design.Option{Value: m, Label: fact.Labels[m].In(r.Lang)})
		}
	case "date":
		q.Kind = "date"
	case "code":
		q.Kind, q.Options = "select", options(p.src.Regions(r.Lang))
	case "set":
		q.Kind, q.Options, q.Hint = "checkboxes", options(p.src.Programmes(r.Lang)), r.T("benefit.page.set_hint")
	case "int":
		if strings.HasPrefix(fact.Unit, "won") {
			q.Suffix = r.T("benefit.page.won")
		}
		q.Hint = r.T("benefit.unit." + unitKey(fact.Unit))
	}
	return q
}

func options(list []Choice) []design.Option {
	out := make([]design.Option, len(list))
	for i, c := range list {
		out[i] = design.Option{Value: c.Value, Label: c.Label}
	}
	return out
}

// unitKey is the end of the message key that explains a unit.
func unitKey(unit string) string {
	switch unit {
	case "won a month", "won a year", "won a day", "won", "persons", "days", "square metres", "order", "fetuses", "percent of median income":
		return strings.ReplaceAll(unit, " ", "_")
	}
	return "number"
}

// label names the people of each result.
func label(r *web.Request, t Told, list []Programme) []Programme {
	for i := range list {
		for j := range list[i].Who {
			if w := &list[i].Who[j]; w.Member >= 0 {
				w.Label = who(r, t, MemberID(w.Member))
			}
		}
	}
	return list
}

// who is what a member is called: by their relation where it was told.
func who(r *web.Request, t Told, member string) string {
	for i := range t.Members {
		if MemberID(i) != member {
			continue
		}
		if i == 0 {
			return r.T("benefit.page.me")
		}
		if v, ok := t.Facts[member+".relation_to_head"]; ok {
			return r.T("benefit.page.member_as", "n", i+1, "as", r.T("benefit.relation."+v.Text()))
		}
		return r.T("benefit.page.member", "n", i+1)
	}
	return member
}
