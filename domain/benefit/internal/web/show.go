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
	Results  Checked
	Answered int
	Proven   bool // the visitor, so that registers can answer
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
	name := func(member string) string { return who(r, t, member) }
	page := checkPage{Members: t.Members, Skipped: t.Skipped, Carried: carriedOn(t), Results: p.label(r, *got, name), Proven: r.Actor.Proven()}
	page.Answered = len(page.Carried)
	if got.Ask != "" {
		page.Question = p.question(r, got.Ask, name)
		if fail != nil {
			page.Question.typed(form)
		}
	}
	var err error
	if page.Others, err = p.others(r, t, Asked{Limit: FewOthers}); err != nil {
		return err
	}
	if page.Others != nil && page.Others.NoPlace && got.Ask != placeRef {
		page.Place = p.question(r, placeRef, name)
	}
	return p.srv.Render(w, r, views, web.View{Template: "check", Title: r.T("benefit.page.title"), Active: "benefits", Data: page, Err: fail})
}

// typed shows an answer that was none as it was typed.
func (q *question) typed(form url.Values) {
	q.Value = kernel.TextOf(form.Get("answer"))
	q.Year, q.Month, q.Day = form.Get("answer-year"), form.Get("answer-month"), form.Get("answer-day")
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

// question is how a fact is asked for; name is what people call a member.
func (p *pages) question(r *web.Request, ref string, name func(member string) string) *question {
	fact, member, _ := p.src.Fact(ref)
	q := &question{Ref: ref, Kind: "text", Label: fact.Title.In(r.Lang)}
	if member != "" {
		q.Label = r.T("benefit.page.of", "who", name(member), "what", q.Label)
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

// label puts names to the people and facts of results.
func (p *pages) label(r *web.Request, c Checked, name func(member string) string) Checked {
	for _, list := range [][]Programme{c.Yes, c.Maybe, c.No} {
		for i := range list {
			one := &list[i]
			for j := range one.Who {
				if w := &one.Who[j]; w.Member >= 0 {
					w.Label = name(MemberID(w.Member))
				}
			}
			one.Known = r.Actor.Proven()
			one.Lacks = p.lacks(r, one.Missing, name)
		}
	}
	for i := range c.No {
		c.No[i].Why = against(r, c.No[i].Who)
	}
	return c
}

// several is how many facts of one person are told as a number.
const several = 3

// lacks names what is missing: of somebody of whom much is, how much.
func (p *pages) lacks(r *web.Request, refs []string, name func(member string) string) []string {
	count := map[string]int{}
	member := func(ref string) string {
		_, m, _ := p.src.Fact(ref)
		return m
	}
	for _, ref := range refs {
		count[member(ref)]++
	}
	var out []string
	for _, ref := range refs {
		m := member(ref)
		switch {
		case m == "" || count[m] > 0 && count[m] < several:
			out = append(out, p.refName(r, ref, name))
		case count[m] > 0:
			out = append(out, r.T("benefit.page.facts_of", "who", name(m), "n", count[m]))
			count[m] = 0
		}
	}
	return out
}

// refName is what people call the fact of a ref.
func (p *pages) refName(r *web.Request, ref string, name func(member string) string) string {
	fact, member, _ := p.src.Fact(ref)
	if member == "" {
		return fact.Title.In(r.Lang)
	}
	return r.T("benefit.page.of", "who", name(member), "what", fact.Title.In(r.Lang))
}

// against is what stands against a programme, in a sentence: the one condition
// that would change it where there is one, else the first.
func against(r *web.Request, all []Who) string {
	first := ""
	for _, w := range all {
		for _, reason := range w.Reasons {
			if reason.Holds != "no" {
				continue
			}
			says := reason.Change
			if says == "" {
				says = r.T("benefit.page.not", "what", reason.Text)
			}
			if w.Label != "" {
				says = r.T("benefit.page.of", "who", w.Label, "what", says)
			}
			if reason.Alone {
				return says + " " + r.T("benefit.page.alone")
			}
			if first == "" {
				first = says
			}
		}
	}
	return first
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
